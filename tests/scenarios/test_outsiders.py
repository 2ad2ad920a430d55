"""Outsiders: guests, other companies, former colleagues and other bots change nothing. And whose language is spoken."""

from typing import Any

import pytest

from bot.domain.case import Case
from sandbox import SlackRefusal
from tests.stage import (
    BOB,
    GONE,
    GUEST,
    KEN,
    MEI,
    PARTNER,
    RELAY,
    SEV_A,
    SEV_A_EN,
    TEAM,
    YUKI,
    Stage,
    area,
    in_japanese,
    shown,
    staged,
)

SHARED = "C03SHARED"
POST = "[SevA] API down, all 5xx since 02:10\nCustomer: Contoso Freight"
LISTED = TEAM + '\n[[channels]]\nid = "C03SHARED"\nlanguage = "en"\nshared = true\n'


@pytest.fixture
async def stage(tmp_path):
    """A channel shared with another company is a team channel by the owner's own decision."""
    async with staged(tmp_path, toml=LISTED) as stage:
        yield stage


@pytest.fixture
async def case(stage: Stage) -> Case:
    return await stage.open_case(POST, SHARED, BOB)


async def unchanged(stage: Stage, case: Case) -> bool:
    """Nothing happened on the case, nothing was said in the thread, the card was not touched."""
    card = stage.card(case)
    return await stage.kinds() == ["case_opened"] and stage.said_in(case) == [] and card.version == 1


async def sent(stage: Stage, kind: str, payload: dict[str, Any]) -> Any:
    """A payload that Slack's client would not let this person send."""
    ack = await stage.slack.inbound.ask(kind, payload, answers=True)
    await stage.settle()
    assert ack.ok
    return ack.body


class TestPosts:
    """What they write in the channel is talk."""

    @pytest.mark.parametrize("who", [GUEST, PARTNER, RELAY])
    async def test_open_nothing(self, stage, who):
        for member in (GUEST, RELAY):
            await stage.slack.bring_in(SHARED, member)
        post = await stage.post(POST, SHARED, who)

        assert await stage.bot.desk.unclosed() == []
        assert stage.slack.messages(SHARED, replies=True) == [post]
        assert stage.slack.ephemerals(who) == []

    async def test_of_a_former_colleague_open_nothing(self, stage):
        "An event that was under way when the account was closed."
        gone = stage.slack.state.people[GONE]
        _, events = stage.slack.posts.person_says(gone, SEV_A, POST, None)
        await stage.slack.inbound.settled(events)
        await stage.settle()

        assert await stage.bot.desk.unclosed() == []
        assert stage.slack.calls("chat.postMessage") == []

    async def test_in_a_shared_channel_that_is_not_listed_open_nothing(self, tmp_path):
        "Not even a member's: cases are not shown to another company by accident. `/sev open` says why."
        async with staged(tmp_path) as stage:
            await stage.post(POST, SHARED, BOB)
            answer = await stage.sev(BOB, "open A API down", SHARED)

            assert await stage.bot.desk.unclosed() == []
            assert answer
            assert not in_japanese(answer)

    @pytest.mark.parametrize("who", [GUEST, PARTNER, RELAY])
    async def test_in_a_case_thread_are_nobody_arriving(self, stage, case, who):
        "The owner is still alone, and the case says so."
        await stage.slack.bring_in(SHARED, who)
        await stage.slack.person(who).post(SHARED, "こちらでも見ています", thread_ts=case.thread)
        await stage.settle()

        assert (await stage.case()).people == ()
        assert await unchanged(stage, case)


class TestActs:
    """Each is refused privately, with a sentence, in their own language."""

    @pytest.mark.parametrize("who", [GUEST, PARTNER])
    @pytest.mark.parametrize(("action", "option"), [("claim", "firewall"), ("contacted", None), ("swarm", None),
                                                    ("resolve", None), ("more", None)])  # fmt: skip
    async def test_a_click_changes_nothing(self, stage, case, who, action, option):
        await stage.slack.bring_in(SHARED, who)
        answer = await stage.on_card(who, case, action, option=option)

        assert len(answer) > 20
        assert not in_japanese(answer)
        assert stage.slack.person(who).view is None
        assert await unchanged(stage, case)

    @pytest.mark.parametrize(
        "words",
        ["claim 1 firewall", "contacted 1 phone hello / next 30m more", "close 1 anyway", "open A another case",
         "edit 1 customer: nobody", "list", "show 1", "timeline 1", "help"],
    )  # fmt: skip
    async def test_a_guests_command_changes_and_shows_nothing(self, stage, case, words):
        "Not even what is open: lists and cases are for members."
        answer = await stage.sev(GUEST, words)

        assert answer == await stage.sev(GUEST, "mine")  # the same sentence for everything
        assert "SEV-1" not in answer
        assert "Contoso" not in answer
        assert [each.number for each in await stage.bot.desk.unclosed()] == [1]
        assert await unchanged(stage, case)

    @pytest.mark.parametrize("who", [GUEST, PARTNER])
    async def test_a_mention_changes_nothing(self, stage, case, who):
        await stage.slack.bring_in(SHARED, who)
        answer = await stage.mention(who, case, "claim firewall")

        assert len(answer) > 20
        assert await unchanged(stage, case)

    async def test_another_bot_is_not_even_answered(self, stage, case):
        "Two bots that answer each other never stop."
        await stage.slack.bring_in(SHARED, RELAY)
        relay = stage.slack.person(RELAY)
        await relay.post(SHARED, f"<@{stage.slack.bot_user_id}> claim firewall", thread_ts=case.thread)
        await stage.settle()

        assert stage.slack.calls("chat.postEphemeral") == []
        assert await unchanged(stage, case)

    async def test_a_guest_cannot_escalate(self, stage):
        post = await stage.post("[SevB] slow admin pages", SEV_A, BOB)
        await stage.guest.shortcut("escalate", post)

        assert stage.guest.view["callback_id"] == "message"
        with pytest.raises(SlackRefusal):
            await stage.guest.submit()
        assert await stage.bot.desk.unclosed() == []

    async def test_a_partner_has_no_commands_at_all(self, stage):
        "Slack itself does not offer them; one that comes all the same is refused."
        with pytest.raises(SlackRefusal):
            await stage.partner.command("/sev", "open A API down", channel=SHARED)
        slack = stage.slack
        payload = slack.interactions.command(
            slack.state.people[PARTNER], slack.app.commands["/sev"], "open A API down", slack.state.channels[SHARED]
        )
        assert (await sent(stage, "slash_commands", payload))["response_type"] == "ephemeral"
        assert await stage.bot.desk.unclosed() == []

    async def test_a_case_is_not_handed_to_an_outsider(self, stage, case):
        for name in ("gita", "gone", "relay", "pat"):
            await stage.sev(BOB, f"handoff 1 @{name} please", SHARED)

        assert (await stage.case()).offer is None
        assert await unchanged(stage, case)


class TestFormerColleagues:
    """An account that is closed acts no more, whatever is still under way."""

    async def test_a_command_under_way_changes_nothing(self, stage, case):
        slack = stage.slack
        payload = slack.interactions.command(
            stage.mei.person, slack.app.commands["/sev"], "claim 1 firewall", slack.state.channels[SHARED]
        )
        await slack.deactivate(MEI)
        body = await sent(stage, "slash_commands", payload)

        assert len(body["text"]) > 10
        assert await unchanged(stage, case)

    async def test_a_form_left_open_changes_nothing(self, stage, case):
        await stage.on_card(MEI, case, "contacted")
        view = stage.mei.view
        view["state"]["values"]["said"] = {"value": {"type": "plain_text_input", "value": "bye"}}
        view["state"]["values"]["next_action"] = {"value": {"type": "plain_text_input", "value": "nothing"}}
        person = stage.mei.person
        await stage.slack.deactivate(MEI)
        body = await sent(stage, "interactive", stage.slack.interactions.submission(person, view))

        assert body["response_action"] == "push"
        assert await unchanged(stage, case)

    async def test_what_they_held_before_stays_visible(self, stage, case):
        "The finding of somebody who left is still a finding, but nobody is said to be looking."
        await stage.sev(MEI, "clear 1 firewall no deny since 02:00", SHARED)
        await stage.slack.deactivate(MEI)
        await stage.settle()

        found = area(await stage.case(), "firewall")
        assert (found.holder, found.reported_by, found.evidence) == (None, MEI, "no deny since 02:00")


class TestLanguages:
    """What one person reads follows the person; what the team reads follows the channel."""

    async def test_bob_is_answered_in_english_in_the_japanese_channel(self, stage):
        await stage.open_case("[SevA] API down\nお客様: Contoso", SEV_A, YUKI)

        for answer in (
            await stage.sev(BOB, "claim 1 firewall"),
            await stage.sev(BOB, "claim 1 frewall"),
            await stage.sev(BOB, "nonsense"),
            await stage.sev(BOB, "list"),
            await stage.sev(BOB, "help"),
            await stage.sev(BOB, "note 1 rebooted"),
            await stage.sev(BOB, "timeline 1"),
        ):
            assert answer
            assert not in_japanese(answer)

    async def test_yuki_is_answered_in_japanese_in_the_english_channel(self, stage):
        case = await stage.open_case("[SevA] API down", SEV_A_EN, BOB)

        for answer in (
            await stage.sev(YUKI, "claim 1 firewall", SEV_A_EN),
            await stage.sev(YUKI, "nonsense", SEV_A_EN),
            await stage.sev(YUKI, "help", SEV_A_EN),
            await stage.mention(YUKI, case, "claim firewall"),
        ):
            assert in_japanese(answer)

    @pytest.mark.parametrize("action", ["contacted", "next", "edit", "more"])
    async def test_forms_are_in_the_language_of_whoever_opened_them(self, stage, action):
        case = await stage.open_case("[SevA] API down", SEV_A, YUKI)
        await stage.on_card(BOB, case, action)
        await stage.on_card(KEN, case, action)

        assert not in_japanese(str(stage.bob.view["blocks"]) + str(stage.bob.view["title"]))
        assert in_japanese(str(stage.ken.view["blocks"]))

    async def test_the_errors_of_a_form_are_too(self, stage):
        case = await stage.open_case("[SevA] API down", SEV_A, YUKI)
        filled = {"said": "checking", "next_at": "whenever", "next_action": "send it"}
        english = await stage.press(BOB, stage.card(case), "contacted", **filled)
        japanese = await stage.press(KEN, stage.card(case), "contacted", **filled)

        assert (list(english), list(japanese)) == (["next_at"], ["next_at"])
        assert not in_japanese(english["next_at"])
        assert in_japanese(japanese["next_at"])

    async def test_the_thread_speaks_the_channels_language_whoever_acts(self, stage):
        japanese = await stage.open_case("[SevA] API down", SEV_A, YUKI)
        english = await stage.open_case("[SevA] API down", SEV_A_EN, YUKI)
        await stage.sev(BOB, "suspect 1 firewall 312 denies since 02:00")
        await stage.sev(YUKI, "suspect 2 firewall 312 denies since 02:00", SEV_A_EN)

        (told,) = stage.said_in(japanese)
        (said,) = stage.said_in(english)
        assert in_japanese(told.text)
        assert in_japanese(shown(told))
        assert not in_japanese(said.text)
        assert not in_japanese(shown(said))

    async def test_direct_messages_speak_the_readers_language_and_zone(self, stage):
        "Bob owns a case in the Japanese channel: his reminder is English and in Dublin's time."
        await stage.open_case("[SevA] API down", SEV_A, BOB)
        await stage.open_case("[SevA] API down", SEV_A_EN, YUKI)
        await stage.at("9:10")

        assert not in_japanese(stage.said_to(BOB)[-1].text)
        assert "00:15 GMT" in stage.said_to(BOB)[-1].text
        assert in_japanese(stage.said_to(YUKI)[-1].text)
        assert "09:15 日本時間" in stage.said_to(YUKI)[-1].text

    async def test_who_changes_their_language_is_answered_in_it(self, stage):
        "A `user_change` event forgets the profile we knew."
        before = await stage.sev(BOB, "list")
        stage.slack.state.change_person(BOB, locale="ja-JP")
        changed = stage.slack.events.person_changed({"id": BOB, "team_id": "T0JIBUN"})
        await stage.slack.inbound.settled(stage.slack.inbound.send(changed))
        after = await stage.sev(BOB, "list")

        assert (in_japanese(before), in_japanese(after)) == (False, True)
