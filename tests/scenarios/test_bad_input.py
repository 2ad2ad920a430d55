"""Bad input: what can't be read, what hurts, what is forged, and what vanished while nobody looked."""

import json

import pytest

from bot.domain.messages import CaseOpened, OwnerLost
from sandbox.mrkdwn import pings
from tests.stage import GUEST, HANA, KEN, MEI, PARTNER, PHONED, SEV_A, YUKI, tokyo

NASTY = (
    "<!channel> <!here> <@U05MEI> @channel @mei <https://evil.example|https://bank.example> &amp;amp; `code` 🔥\t」\n"
    "> *x*"
)


def everything_said(stage):
    """All that the bot has posted or whispered, as it reads now."""
    bot = stage.slack.bot_user_id
    posted = [message for channel in stage.slack.state.posts.values() for message in channel.values()]
    whispered = [message for said in stage.slack.state.ephemerals.values() for message in said]
    return [message for message in (*posted, *whispered) if message.user == bot and not message.deleted]


def mrkdwn_in(item):
    """Every text that Slack would read for mentions and links; plain_text it shows as it is."""
    if isinstance(item, dict) and item.get("type") == "mrkdwn":
        yield item["text"]
    elif isinstance(item, dict | list | tuple):
        for each in item.values() if isinstance(item, dict) else item:
            yield from mrkdwn_in(each)


def views_shown(stage):
    return [call.args["view"] for call in stage.slack.calls() if call.method.startswith("views.")]


def assert_harmless(stage, *, meant):
    """Nobody is pinged but those who are meant, and no link says one address and leads to another."""
    for message in everything_said(stage):
        assert message.pings <= meant | {stage.slack.bot_user_id}
        for text in (message.text, *mrkdwn_in(message.blocks)):
            assert "<https://evil" not in text
            assert "<!channel" not in text
    for view in views_shown(stage):
        blocks = view["blocks"] if isinstance(view, dict) else json.loads(view)["blocks"]
        assert pings("", blocks) <= meant | {stage.slack.bot_user_id}
        assert not any("<https://evil" in text for text in mrkdwn_in(blocks))


async def forged(stage, who, message, action, value):
    """Press what no button of ours says: the payload is Slack's, the value is not ours."""
    person = stage.slack.person(who).person
    button = {"type": "button", "action_id": action, "block_id": "b1", "value": value, "action_ts": "1.000001"}
    payload = stage.slack.interactions.click_in_message(person, message, button)
    ack = await stage.slack.inbound.ask("interactive", payload, answers=False)
    await stage.settle()
    return ack


# ---------------------------------------------------------------- what can't be read


REFUSED = {
    "show 99": "list",
    "contacted 99 電話 x / next 9:40 y": "list",
    "claim 1 ストリーミング": "/sev claim 1",
    "suspect 1 ストリーミング 遅延": "/sev claim 1",
    "next 1 2026-11-24 08:00 共有": "/sev next 1",
    "next 1 13:00 共有": "/sev next 1",
    "next 1 いつか": "/sev next 1",
    "next 1 9:40": "/sev next 1",
    "clam 1 network": "/sev help",
}
"""What can't be done with the case, and how the example in its refusal begins."""


async def test_a_refusal_is_private_and_one_sentence_with_an_example_and_saves_nothing(stage):
    case = await stage.open_case()
    facts, said = await stage.facts(), stage.slack.messages(SEV_A, replies=True)

    for words, example in REFUSED.items():
        reply = await stage.ken.command("/sev", words, channel=SEV_A)
        await stage.settle()

        rule, last = reply.text.split("\n")
        assert (reply.response_type, stage.ken.view) == ("ephemeral", None), words
        assert rule
        assert example in last, words
    assert await stage.case() == case
    assert await stage.facts() == facts
    assert stage.slack.messages(SEV_A, replies=True) == said


MISSING = ("clear network", "cause network  ", "note", "close", "reopen", "decline", "handoff", "contacted",
           "contacted 電話 確認中", "next", "claim 99", "claim ?", "42", "¯\\_(ツ)_/¯")  # fmt: skip


async def test_a_refused_mention_is_answered_to_its_author_alone(stage):
    case = await stage.open_case()
    people = [YUKI, HANA, MEI]
    before, said = {who: len(stage.slack.ephemerals(who)) for who in people}, len(stage.thread(case))

    for words in MISSING:
        assert await stage.mention(KEN, case, words), words

    assert {who: len(stage.slack.ephemerals(who)) for who in people} == before
    assert len(stage.thread(case)) == said + len(MISSING), "only what Ken wrote"
    assert (await stage.case()).areas == case.areas
    assert [fact.kind for fact in await stage.facts()] == ["case_opened"]


async def test_the_modal_of_a_finding_wants_evidence(stage):
    case = await stage.open_case()
    await stage.sev(KEN, "suspect 1 network")

    errors = await stage.ken.submit({"evidence": "   \u200b "})

    assert list(errors) == ["evidence"]
    assert await stage.case() == case


async def test_an_error_under_a_field_is_plain_words(stage):
    """It is plain text at Slack: a mention would show as an id, an entity as itself."""
    await stage.open_case()
    await stage.sev(MEI, "claim 1 network")
    await stage.sev(KEN, "clear 1 network")

    errors = await stage.ken.submit({"evidence": "a < b & c"})

    assert list(errors) == ["area"]
    assert "<@" not in errors["area"]
    assert "&lt;" not in errors["area"]


# ---------------------------------------------------------------- what hurts


async def test_nothing_typed_in_a_post_pings_or_links(stage):
    """Mei is mentioned at the head of the post, which tells her; nobody else is meant."""
    await stage.post(f"[SevA] {NASTY[:60]}\nお客様: {NASTY}\n契約: {NASTY}\n影響: {NASTY}\n期限: {NASTY}")

    case = await stage.case()
    assert_harmless(stage, meant={YUKI, MEI})
    assert case.informed == (MEI,)
    assert "\n" not in case.title
    assert "\t" not in case.title


async def test_nothing_typed_in_any_modal_pings_or_links(stage):
    """Every form there is, with the worst in every field, and every message and view that repeats it."""
    texts = dict.fromkeys(("title", "customer", "plan", "reference", "impact", "deadline"), NASTY)
    await stage.sev(YUKI, "open")
    assert await stage.yuki.submit({name: text[:100] for name, text in texts.items()}) is None
    await stage.settle()
    case = await stage.case()
    await stage.press(YUKI, stage.card(case), "contacted", said=NASTY, next_at="9:40", next_action=NASTY)
    await stage.press(YUKI, stage.card(case), "next", next_at="9:45", reason=NASTY)
    await stage.ken.click(stage.card(case), "claim", option="new")
    assert await stage.ken.submit({"text": NASTY[:60]}) is None
    await stage.sev(KEN, "suspect 1 own-1")
    assert await stage.ken.submit({"evidence": NASTY}) is None
    await stage.sev(YUKI, "note 1")
    assert await stage.yuki.submit({"text": NASTY}) is None
    await stage.sev(YUKI, "handoff 1")
    assert await stage.yuki.submit({"to": KEN, "text": NASTY}) is None
    await stage.settle()
    await stage.press(KEN, stage.said_to(KEN)[-1], "decline", reason=NASTY)
    await stage.press(YUKI, stage.card(case), "more")
    await stage.press(YUKI, stage.yuki.view, "edit", title=NASTY, customer=NASTY[:100])
    for person in (stage.yuki, stage.ken):
        await person.open_home()
    for moment in ("09:45", "09:50", "09:55"):
        await stage.at(moment)
    await stage.press(YUKI, stage.card(case), "resolve", text=NASTY)
    await stage.sev(YUKI, "close 1")
    assert await stage.yuki.submit({"reason": NASTY}) is None
    await stage.settle()
    await stage.press(YUKI, stage.card(case), "reopen", reason=NASTY)
    for words in ("list", "mine", "show 1", "timeline 1", "help"):
        await stage.sev(YUKI, words)
    await stage.press(YUKI, stage.card(case), "more")
    await stage.press(YUKI, stage.yuki.view, "timeline")

    assert len(await stage.facts()) >= 17
    assert_harmless(stage, meant={YUKI, KEN, HANA})


async def test_nothing_typed_in_words_pings_or_links(stage):
    nobody = NASTY.replace("@mei", "")  # whom a post names is told
    for words in (f"open A {nobody} customer: {nobody}", f"contacted 1 電話 {NASTY} / next 9:40 {NASTY}",
                  f"next 1 9:45 {NASTY} reason: {NASTY}", f"claim 1 new: {NASTY[:50]}", f"suspect 1 own-1 {NASTY}",
                  f"note 1 {NASTY}", f"swarm 1 {NASTY}", f"resolve 1 {NASTY}", f"close 1 anyway {NASTY}",
                  f"reopen 1 {NASTY}", f"claim 1 {NASTY}", f"next 1 {NASTY}", f"{NASTY} 1", f"show {NASTY}",
                  "timeline 1", "show 1"):  # fmt: skip
        await stage.sev(YUKI, words.replace("\n", " "))
    case = await stage.case()
    await stage.mention(KEN, case, f"note {NASTY}")
    await stage.at("09:40")

    assert len(await stage.facts()) >= 11
    assert_harmless(stage, meant={YUKI, HANA, KEN})


async def test_what_was_typed_is_shown_as_it_was_typed(stage):
    """Escaped once on the way out, so that an ampersand never grows."""
    case = await stage.open_case("[SevA] R&D <部門> の &amp; が &amp;amp; になる")

    await stage.mention(YUKI, case, "note A&B <C> &amp;")

    assert case.title == "R&D <部門> の &amp; が &amp;amp; になる"
    assert (await stage.facts())[-1].text == "A&B <C> &amp;"
    assert "R&amp;D &lt;部門&gt; の &amp;amp; が &amp;amp;amp; になる" in stage.card(case).text


async def test_a_mention_typed_by_hand_names_nobody(stage):
    case = await stage.open_case()

    await stage.mention(YUKI, case, "handoff <@U04KEN> お願いします")

    assert (await stage.case()).offer is None, "typed, it is words; Slack stores a real mention otherwise"


@pytest.mark.parametrize("text", ["あ" * 50_000, "火🔥" * 25_000, "a b " * 12_500, "<b>" * 16_000, "x\n" * 25_000])
async def test_fifty_thousand_characters_are_kept_or_cut_and_never_break_anything(stage, text):
    await stage.post(f"[SevA] {text}")

    case = await stage.case()
    answer = await stage.sev(YUKI, f"note 1 {text}")
    await stage.mention(YUKI, case, f"suspect network {text}")
    await stage.mention(YUKI, case, f"contacted 電話 {text} / next 9:40 共有")
    await stage.sev(YUKI, f"{text}")
    await stage.sev(YUKI, f"show {text}")

    assert "SEV-1" in answer
    assert 0 < len(case.title) <= 150
    assert all(len(getattr(fact, "text", "")) <= 40_000 for fact in await stage.facts())
    assert [call.error for call in stage.slack.calls() if call.error] == []
    assert stage.card(case).version > 1


async def test_a_title_of_nothing_visible_opens_no_case(stage):
    answer = await stage.sev(YUKI, "open A \u200b\u3164\u200b")
    await stage.sev(YUKI, "open")
    errors = await stage.yuki.submit({"title": " \u200b "})

    assert answer == "" or "/sev open A" in answer
    assert list(errors) == ["title"]
    assert await stage.bot.desk.unclosed() == []


# ---------------------------------------------------------------- twice, stale, forged


async def sent_off(stage, who, **fields):
    """The modal in front of somebody, sent off by a client that checks nothing and leaves it open."""
    person = stage.slack.person(who)
    view = json.loads(json.dumps(person.view))
    for name, text in fields.items():
        view["state"]["values"].setdefault(name, {})["value"] = {"type": "plain_text_input", "value": text}
    payload = stage.slack.interactions.submission(person.person, view)
    ack = await stage.slack.inbound.ask("interactive", payload, answers=True)
    await stage.settle()
    return ack.body["response_action"]


async def test_a_modal_sent_off_three_times_has_the_effect_of_once(stage):
    case = await stage.open_case()
    await stage.yuki.click(stage.card(case), "contacted")

    acks = [await sent_off(stage, YUKI, **PHONED) for _ in range(3)]

    assert acks == ["clear"] * 3
    assert [fact.kind for fact in await stage.facts()] == ["case_opened", "contact_made", "next_contact_promised"]
    assert (await stage.case()).promise.due == tokyo("09:40")


async def test_a_modal_with_fifty_thousand_characters_in_each_field_breaks_nothing(stage):
    case = await stage.open_case()
    long = "l" * 50_000
    await stage.yuki.click(stage.card(case), "contacted")

    acks = [await sent_off(stage, YUKI, said=long, next_at=long, next_action=long),
            await sent_off(stage, YUKI, said=long, next_at="9:40", next_action=long)]  # fmt: skip

    assert acks == ["errors", "clear"]
    case = await stage.case()
    assert (len(case.last_contact.said), len(case.promise.action)) == (40_000, 500)
    assert [call.error for call in stage.slack.calls() if call.error] == []


FORGED = ("999", "999 network", "9" * 30, "²", "-1", "", "<!channel>", "1 " + "x" * 1900)


@pytest.mark.parametrize("action", ["contacted", "claim", "ack", "accept", "close", "more", "timeline", "nonsense",
                                    "approve", "reject", "override", "done", "unask"])  # fmt: skip
async def test_a_forged_value_does_nothing_that_a_person_could_not_do(stage, action):
    case = await stage.open_case()

    for value in FORGED:
        assert (await forged(stage, KEN, stage.card(case), action, value)).ok

    after = await stage.case()
    assert (after.areas, after.owner, after.offer, after.status) == (case.areas, case.owner, None, "open")
    assert {fact.kind for fact in await stage.facts()} <= {"case_opened", "reminder_acknowledged"}
    assert_harmless(stage, meant={YUKI, KEN})


@pytest.mark.parametrize(("value", "answer"), [("999", "list"), ("9" * 30, "カードから"), ("²", "カードから")])
async def test_a_number_that_no_case_has_is_refused_and_so_is_what_is_none(stage, value, answer):
    case = await stage.open_case()

    await forged(stage, KEN, stage.card(case), "contacted", value)

    assert answer in stage.whispered(KEN)
    assert stage.ken.view is None


# ---------------------------------------------------------------- who left


async def test_a_case_whose_owner_left_says_so_loudly_and_anybody_can_take_it(stage):
    case = await stage.open_case()
    due = case.next_due

    await stage.slack.deactivate(YUKI)
    await stage.settle()
    call = stage.said_in(case)[-1]
    await stage.press(MEI, call, "handoff", to=MEI)

    assert call.broadcast
    assert isinstance((await stage.facts())[1], OwnerLost)
    after = await stage.case()
    assert (after.owner, after.next_due) == (MEI, due)
    await stage.at("09:15")
    assert len(stage.said_to(MEI)) == 1


async def test_a_case_without_an_owner_says_so_on_its_card_and_its_reminders_reach_the_team(stage):
    case = await stage.open_case()
    calm = stage.card(case).text.split("\n")[0]

    await stage.slack.deactivate(YUKI)
    await stage.settle()
    loud = stage.card(case).text.split("\n")[0]
    await stage.at("09:15")
    await stage.at("09:20")

    assert loud != calm
    assert f"<@{YUKI}>" not in loud
    assert [e["value"] for b in stage.card(case).blocks if b["type"] == "actions" for e in b["elements"]
            if e["action_id"] == "handoff"] == ["1 me"]  # fmt: skip
    assert stage.said_to(YUKI) == []
    below = [m for m in stage.said_in(case) if "reminder" in str(m.blocks)]
    assert len(below) == 2
    assert len(stage.said_to(HANA)) == 1


async def test_an_owner_who_left_unnoticed_is_noticed_when_a_reminder_cannot_reach_them(stage):
    case = await stage.open_case()
    stage.slack.state.change_person(YUKI, deleted=True)  # and no event tells us

    await stage.after(hours=2)

    assert (await stage.case()).owner is None
    assert any(message.broadcast for message in stage.said_in(case))
    assert stage.said_to(YUKI) == []


# ---------------------------------------------------------------- what was deleted at Slack


async def test_a_deleted_card_is_posted_anew(stage):
    case = await stage.open_case()
    gone = stage.card(case)
    await stage.slack.delete_message(gone)

    await stage.sev(KEN, "claim 1 network")
    await stage.settle()

    fresh = stage.card(case)
    assert fresh.ts != gone.ts
    assert f"<@{KEN}>" in fresh.text
    await stage.sev(MEI, "claim 1 storage")
    assert stage.card(case).ts == fresh.ts


async def test_a_thread_whose_first_message_was_deleted_goes_on(stage):
    """Its replies keep a thread alive at Slack: the case stays in it."""
    case = await stage.open_case()
    await stage.slack.delete_message(stage.slack.message(SEV_A, case.thread))

    await stage.at("09:15")

    assert (await stage.case()).thread == case.thread
    assert stage.said_in(case)[-1].pings == {YUKI}


async def test_a_thread_that_is_gone_entirely_is_begun_anew(stage):
    case = await stage.open_case()
    await stage.slack.delete_message(stage.card(case))
    await stage.slack.delete_message(stage.slack.message(SEV_A, case.thread))

    await stage.at("09:15")
    for _ in range(4):
        await stage.after(seconds=30)

    after = await stage.case()
    assert after.thread not in (None, case.thread)
    assert [fact.kind for fact in await stage.facts()].count("thread_lost") == 1
    assert "SEV-1" in stage.card(after).text
    assert stage.said_in(after)[-1].pings == {YUKI}
    assert len(stage.said_to(YUKI)) == 1
    assert after.next_due == tokyo("09:15"), "the thread is new, the due time is not"


CHANNEL_GONE = {
    "deleted": lambda slack: slack.delete_channel(SEV_A),
    "archived": lambda slack: slack.archive(SEV_A),
    "without the bot": lambda slack: slack.kick_bot(SEV_A),
}


@pytest.mark.parametrize("how", CHANNEL_GONE)
async def test_where_the_channel_is_gone_the_team_hears_it_and_nothing_is_tried_for_ever(stage, how):
    await stage.open_case()
    await CHANNEL_GONE[how](stage.slack)

    for moment in ("09:15", "09:20", "09:25"):
        await stage.at(moment)
    for _ in range(20):
        await stage.after(minutes=1)

    failed = [call for call in stage.slack.calls() if call.error]
    assert len(stage.said_to(YUKI)) == 1, "due; what the threads said beside it, it says already"
    assert len(stage.said_to(HANA)) == 2, "as the backup, and in place of the channel"
    assert len([call for call in failed if call.method == "chat.postMessage"]) == 3, "each was tried once"
    assert len(failed) <= 3 + 3, "and the card once after each change"
    assert len(await stage.bot.desk.parked()) >= 3, "an administrator sees what could not be said"


async def test_the_card_of_a_channel_that_was_archived_for_a_while_is_edited_again(stage):
    case = await stage.open_case()
    card = stage.card(case)
    await stage.slack.archive(SEV_A)
    await stage.at("09:15")

    await stage.slack.unarchive(SEV_A)
    await stage.sev(KEN, "claim 1 network")

    assert stage.card(case).ts == card.ts
    assert f"<@{KEN}>" in stage.card(case).text
    assert len([m for m in stage.thread(case) if m.user == stage.slack.bot_user_id]) == 1


async def test_where_direct_messages_are_closed_the_thread_says_it(stage):
    case = await stage.open_case()
    stage.slack.close_dms()

    await stage.at("09:10")
    for _ in range(4):
        await stage.after(minutes=1)

    assert stage.said_to(YUKI) == []
    assert len([m for m in stage.said_in(case) if "reminder" in str(m.blocks)]) == 1
    assert YUKI in stage.said_in(case)[-1].pings
    closed = [call for call in stage.slack.calls("chat.postMessage") if call.error == "messages_tab_disabled"]
    assert len(closed) == 1


async def test_people_of_another_company_change_nothing(stage):
    case = await stage.open_case()

    await forged(stage, GUEST, stage.card(case), "ack", "1")
    await forged(stage, PARTNER, stage.card(case), "claim", "1 network")

    assert [type(fact) for fact in await stage.facts()] == [CaseOpened]


class TestAnAnswerThatCanNotBeWorded:
    """What was asked is done and on disk; the person hears that, and Slack gets its ack."""

    DONE = "SEV-1 への記録は完了しています。"

    @pytest.fixture
    async def mute(self, stage):
        """A stage with a case, where nothing that is done can be put into words."""
        await stage.open_case()

        def broken(case):
            raise LookupError("no words")

        stage.bot.reception.commands.link = broken
        return stage

    async def test_a_command(self, mute):
        assert (await mute.sev(KEN, "claim 1 network")).startswith(self.DONE)
        assert await mute.kinds() == ["case_opened", "area_claimed"]

    async def test_a_button(self, mute):
        case = await mute.case()
        assert (await mute.on_card(KEN, case, "claim", option=case.areas[0].key)).startswith(self.DONE)
        assert await mute.kinds() == ["case_opened", "area_claimed"]

    async def test_a_form(self, mute):
        errors = await mute.press(YUKI, mute.card(await mute.case()), "contacted", **PHONED)
        assert errors is None
        assert mute.whispered(YUKI).startswith(self.DONE)
        assert await mute.kinds() == ["case_opened", "contact_made", "next_contact_promised"]

    async def test_a_mention_is_acked_and_not_sent_again(self, mute):
        case = await mute.case()
        assert (await mute.mention(KEN, case, "claim network")).startswith(self.DONE)
        await mute.after(minutes=10)
        assert not mute.slack.inbound.pending
        assert (await mute.kinds()).count("area_claimed") == 1

    async def test_a_form_that_fails_in_a_way_nobody_foresaw(self, stage):
        "Before anything is written: the form says that it did not work, instead of nothing at all."
        case = await stage.open_case()
        await stage.yuki.click(stage.card(case), "contacted")
        stage.bot.reception.commands.desk = None
        await stage.yuki.submit(PHONED)

        assert "処理できませんでした" in json.dumps(stage.yuki.view, ensure_ascii=False)
