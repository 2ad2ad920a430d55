"""A case is opened: by a post in the channel, by `/sev open`, from a message or from the search bar."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from bot.domain.case import Case
from sandbox import Message, SlackRefusal
from tests.stage import BOB, HANA, KEN, MEI, ROOT, SEV_A, SEV_A_EN, YUKI, Stage, in_japanese, staged

POSTS = yaml.safe_load((ROOT / "tests/samples/sev-a-posts.yaml").read_text(encoding="utf-8"))["posts"]
OPENING = [post for post in POSTS if post["opens"]]
ORDINARY = [post for post in POSTS if not post["opens"]]
READ = ("severity", "title", "customer", "plan", "reference")


def field(view: Any, name: str) -> Any:
    """What stands in a field of a modal before anybody types."""
    block = next(block for block in view["blocks"] if block.get("block_id") == name)
    chosen = block["element"].get("initial_option")
    return chosen["value"] if chosen else block["element"].get("initial_value", "")


def header(card: Message) -> str:
    return next(block["text"]["text"] for block in card.blocks if block["type"] == "header")


async def cases(stage: Stage) -> list[Case]:
    return await stage.bot.desk.unclosed()


class TestAPost:
    """An engineer posts the case in the team channel, and the thread opens under that very message."""

    def test_the_samples_are_all_there(self):
        "Thirteen messages as people type them, and each is one or the other."
        assert (len(OPENING), len(ORDINARY)) == (6, 7)

    @pytest.mark.parametrize("sample", OPENING, ids=lambda sample: sample["id"])
    async def test_that_reports_a_case_gets_its_thread_and_card(self, stage, sample):
        "The card is the only thing the bot says, as the first reply to the post itself."
        post = await stage.yuki.post(SEV_A, sample["text"], as_stored=True)
        await stage.settle()

        case = await stage.case()
        assert {name: getattr(case, name) for name in READ} == {name: sample.get(name) or "" for name in READ}
        assert (case.thread, case.channel, case.owner, case.status) == (post.ts, SEV_A, YUKI, "open")
        everything = stage.slack.messages(SEV_A, replies=True)
        assert [(m.user, m.thread_ts) for m in everything] == [(YUKI, None), (stage.slack.bot_user_id, post.ts)]
        assert header(stage.card(case)).startswith("SEV-1 · ")
        assert header(stage.card(case)).endswith(case.title)
        assert (stage.slack.ephemerals(YUKI), stage.said_to(YUKI)) == ([], [])

    @pytest.mark.parametrize("sample", ORDINARY, ids=lambda sample: sample["id"])
    async def test_that_reports_none_is_left_alone(self, stage, sample):
        "Talk about a Sev A, a quotation, a template: the bot says nothing to anybody."
        post = await stage.yuki.post(SEV_A, sample["text"], as_stored=True)
        await stage.settle()

        assert await cases(stage) == []
        assert stage.slack.messages(SEV_A, replies=True) == [post]
        assert stage.slack.ephemerals(YUKI) == []
        assert [call.method for call in stage.slack.calls() if call.method.startswith("chat.")] == []

    async def test_in_a_thread_opens_nothing(self, stage):
        "Only a post at the head of the channel is a case: a thread goes on being that thread."
        talk = await stage.post("朝会メモです")
        await stage.yuki.post(SEV_A, "[SevA] 店舗POSに接続できない", thread_ts=talk.ts)
        await stage.settle()

        assert await cases(stage) == []

    async def test_that_is_edited_opens_nothing_new(self, stage):
        "A correction of the post is no second case."
        case = await stage.open_case()
        post = stage.thread(case)[0]
        await stage.yuki.edit(post, "[SevA] 店舗POSのWebサーバーに接続できない(東日本)")
        await stage.settle()

        assert [case.number for case in await cases(stage)] == [1]

    async def test_addressed_to_the_bot_opens_too(self, stage):
        "`@jibungoto [SevA] …` is a case and no mistyped verb."
        post = await stage.post("@jibungoto [SevA] 店舗POSに接続できない")

        assert ((await stage.case()).thread, (await stage.case()).title) == (post.ts, "店舗POSに接続できない")
        assert stage.slack.ephemerals(YUKI) == []

    async def test_carries_the_deadline_in_the_speakers_zone(self, stage):
        "07:00 said in Tokyo at nine is tomorrow's."
        case = await stage.open_case("[SevA] 店舗POSに接続できない\n期限: 7:00\n影響: 開店できない")

        assert case.deadline is not None
        assert case.deadline.isoformat() == "2026-11-24T22:00:00+00:00"
        assert (case.deadline_text, case.impact) == ("7:00", "開店できない")


class TestSlash:
    """`/sev open`, in one line or by its form."""

    async def test_one_line_is_enough(self, stage):
        "Severity, title and labelled fields; the answer is private, the thread is the channel's."
        said = await stage.sev(
            BOB, "open A API down, all 5xx customer: Contoso Freight plan: Unified SR#2611220040", SEV_A_EN
        )

        case = await stage.case()
        assert {name: getattr(case, name) for name in READ} == {
            "severity": "A",
            "title": "API down, all 5xx",
            "customer": "Contoso Freight",
            "plan": "Unified",
            "reference": "2611220040",
        }
        assert (case.owner, case.language) == (BOB, "en")
        root, card = stage.slack.messages(SEV_A_EN, replies=True)
        assert (case.thread, card.thread_ts) == (root.ts, root.ts)
        assert "API down, all 5xx" in root.text
        assert said.startswith("SEV-1: ")
        assert "Tue 24 Nov 00:15 GMT" in said  # the first response, in Bob's own zone

    async def test_the_japanese_verb_and_labels_read_the_same(self, stage):
        await stage.sev(HANA, "起票 重要度A 店舗POSに接続できない お客様:西日本リテール様 契約:Unified")

        case = await stage.case()
        assert {name: getattr(case, name) for name in READ} == {
            "severity": "A",
            "title": "店舗POSに接続できない",
            "customer": "西日本リテール様",
            "plan": "Unified",
            "reference": "",
        }

    async def test_alone_it_shows_the_form(self, stage):
        "Filled in and sent off, the case stands in the channel it was typed in."
        await stage.hana.command("/sev", "open", channel=SEV_A)
        assert stage.hana.view["callback_id"] == "open"

        errors = await stage.hana.submit({
            "severity": "B",
            "title": "基幹バッチが停止",
            "customer": "北星保険様",
            "plan": "Premier",
            "reference": "SR-77",
            "impact": "出荷が止まる",
            "deadline": "18:00",
            "family": "database",
        })  # fmt: skip
        await stage.settle()

        case = await stage.case()
        assert errors is None
        assert stage.hana.view is None
        assert {name: getattr(case, name) for name in READ} == {
            "severity": "B", "title": "基幹バッチが停止", "customer": "北星保険様", "plan": "Premier",
            "reference": "SR-77",
        }  # fmt: skip
        assert (case.owner, case.family, case.impact) == (HANA, "database", "出荷が止まる")
        assert case.deadline is not None
        assert case.deadline.isoformat() == "2026-11-24T09:00:00+00:00"
        root, card = stage.slack.messages(SEV_A, replies=True)
        assert (case.thread, card.thread_ts) == (root.ts, root.ts)
        (private,) = stage.slack.ephemerals(HANA)
        assert private.text.startswith("SEV-1: ")

    async def test_the_form_asks_again_for_a_title_of_nothing(self, stage):
        "Slack's client refuses an empty title; spaces are refused at the field, and the same form can be sent again."
        await stage.hana.command("/sev", "open", channel=SEV_A)
        with pytest.raises(SlackRefusal, match="title"):
            await stage.hana.submit({"customer": "北星保険様"})

        errors = await stage.hana.submit({"title": "   "})
        assert list(errors) == ["title"]
        assert await cases(stage) == []

        assert await stage.hana.submit({"title": "基幹バッチが停止"}) is None
        assert [case.title for case in await cases(stage)] == ["基幹バッチが停止"]

    async def test_the_form_keeps_what_was_typed_already(self, stage):
        "`/sev open customer: …` without a title asks for the rest."
        await stage.hana.command("/sev", "open B お客様:北星保険様", channel=SEV_A)

        view = stage.hana.view
        assert (field(view, "severity"), field(view, "customer"), field(view, "title")) == ("B", "北星保険様", "")

    async def test_where_the_bot_is_not_a_member_it_is_refused(self, stage):
        "Privately, with the way out; and nothing is opened anywhere."
        said = await stage.sev(YUKI, "open A 店舗POSに接続できない", "C05NOBOT")

        assert in_japanese(said)
        assert await cases(stage) == []
        assert stage.slack.calls("chat.postMessage") == []


class TestShortcuts:
    """From the menu of a message, and from the search bar."""

    async def test_escalate_fills_the_form_from_the_message(self, stage):
        "Somebody else's Sev B post becomes a case of whoever escalates it, in the thread of that post."
        post = await stage.post("[SevB] 管理画面が遅い\nお客様: 北星保険様 / 契約: Premier / SR# 4411\n影響: 受付停滞")
        assert await cases(stage) == []

        await stage.ken.shortcut("escalate", post)
        view = stage.ken.view
        assert {name: field(view, name) for name in (*READ, "impact")} == {
            "severity": "B", "title": "管理画面が遅い", "customer": "北星保険様", "plan": "Premier",
            "reference": "4411", "impact": "受付停滞",
        }  # fmt: skip
        assert await stage.ken.submit({"severity": "A"}) is None
        await stage.settle()

        case = await stage.case()
        assert (case.thread, case.owner, case.severity, case.customer) == (post.ts, KEN, "A", "北星保険様")
        assert stage.slack.messages(SEV_A) == [post]
        assert stage.card(case).thread_ts == post.ts

    async def test_escalate_takes_the_words_of_a_message_without_a_marker(self, stage):
        "Any message can become a case: its first line is the title."
        post = await stage.post("基幹のバッチが3時から止まっています", who=MEI)

        await stage.ken.shortcut("escalate", post)

        assert field(stage.ken.view, "title") == "基幹のバッチが3時から止まっています"
        assert field(stage.ken.view, "severity") == "A"

    async def test_escalate_on_a_case_that_is_open_returns_it(self, stage):
        "The post is the thread of SEV-1 already: nobody opens a second case under it."
        case = await stage.open_case("[SevA] 店舗POSに接続できない")
        await stage.ken.shortcut("escalate", stage.thread(case)[0])

        assert stage.ken.view["callback_id"] == "message"
        assert "SEV-1" in stage.ken.view["blocks"][0]["text"]["text"]

    async def test_escalate_chosen_by_two_at_once_is_one_case(self, stage):
        "Both had the form open before either sent it off: the second gets the first one's case."
        post = await stage.post("基幹のバッチが止まっています", who=MEI)
        await stage.ken.shortcut("escalate", post)
        await stage.hana.shortcut("escalate", post)
        assert await stage.ken.submit() is None
        assert await stage.hana.submit() is None
        await stage.settle()

        assert [(case.number, case.owner, case.thread) for case in await cases(stage)] == [(1, KEN, post.ts)]
        assert "SEV-1" in stage.slack.ephemerals(HANA)[-1].text

    async def test_escalate_on_a_message_with_replies_stays_in_its_thread(self, stage):
        "Slack names a message with replies as its own thread; the card comes below the replies that are there."
        post = await stage.post("基幹のバッチが止まっています", who=MEI)
        await stage.hana.post(SEV_A, "いつからですか", thread_ts=post.ts)
        seen = replace(post, thread_ts=post.ts)
        payload = stage.slack.interactions.shortcut(stage.ken.person, "escalate", seen)
        assert (await stage.slack.inbound.ask("interactive", payload, answers=False)).ok
        assert await stage.ken.submit() is None
        await stage.settle()

        assert (await stage.case()).thread == post.ts
        assert stage.slack.messages(SEV_A) == [post]

    async def test_the_search_bar_opens_in_the_only_team_channel(self, tmp_path):
        "No channel comes with a global shortcut; where one is configured, that one is meant."
        async with staged(tmp_path, toml='[[channels]]\nid = "C02SEVEN"\nlanguage = "en"\n') as stage:
            await stage.bob.shortcut("open")
            assert await stage.bob.submit({"title": "API down"}) is None
            await stage.settle()

            case = await stage.case()
            assert (case.channel, case.owner, case.title) == (SEV_A_EN, BOB, "API down")

    async def test_the_search_bar_asks_which_of_several_team_channels(self, stage):
        "Two channels are configured, so the form asks for the channel too."
        await stage.bob.shortcut("open")
        assert stage.bob.view["callback_id"] == "open"
        assert await stage.bob.submit({"title": "API down", "channel": SEV_A_EN}) is None
        await stage.settle()

        assert (await stage.case()).channel == SEV_A_EN
        assert [(m.channel, m.text[:6]) for m in stage.slack.ephemerals(BOB)] == [(SEV_A_EN, "SEV-1:")]

    async def test_the_search_bar_says_at_the_field_where_the_bot_is_missing(self, stage):
        await stage.bob.shortcut("open")
        errors = await stage.bob.submit({"title": "API down", "channel": "C05NOBOT"})

        assert list(errors) == ["channel"]
        assert not in_japanese(errors["channel"])
        assert await cases(stage) == []


class TestTheSameReference:
    """The second opening with a reference that is open in this channel answers with the first case."""

    POST = "[SevA] POSに接続できない\nSR# 2411230010001234"

    @pytest.fixture
    async def first(self, stage: Stage) -> Case:
        return await stage.open_case(self.POST)

    async def test_posted_again_opens_no_second_thread(self, stage, first):
        "Whoever posted it is told privately which case it is; full width or half makes no difference."
        again = await stage.post("[SevA] 店舗のレジが全滅\nSR# 2411230010001234", who=KEN)

        assert [case.number for case in await cases(stage)] == [1]
        assert stage.slack.thread(SEV_A, again.ts) == [again]
        (private,) = stage.slack.ephemerals(KEN)
        assert "SEV-1" in private.text
        assert first.title in private.text
        assert first.thread.replace(".", "") in str(private.blocks)  # the way to the thread
        assert private.thread_ts is None  # under their post is no thread in which Slack would show it

    async def test_typed_again_answers_with_the_first(self, stage, first):
        said = await stage.sev(KEN, "open A 店舗のレジが全滅 SR#2411230010001234")

        assert [case.number for case in await cases(stage)] == [1]
        assert "SEV-1" in said
        assert first.title in said
        assert (await stage.case()).owner == YUKI

    async def test_filled_in_again_answers_with_the_first(self, stage, first):
        await stage.ken.command("/sev", "open", channel=SEV_A)
        assert await stage.ken.submit({"title": "店舗のレジが全滅", "reference": "2411230010001234"}) is None
        await stage.settle()

        assert [case.number for case in await cases(stage)] == [1]
        (private,) = stage.slack.ephemerals(KEN)
        assert "SEV-1" in private.text
        assert first.title in private.text

    async def test_in_another_channel_is_another_case(self, stage, first):
        "Two teams may each work on their side of it."
        await stage.post(self.POST, SEV_A_EN, BOB)

        assert [(case.number, case.channel) for case in await cases(stage)] == [(1, SEV_A), (2, SEV_A_EN)]

    async def test_without_a_reference_nothing_is_taken_for_the_same(self, stage):
        for _ in range(2):
            await stage.post("[SevA] POSに接続できない")

        assert [case.number for case in await cases(stage)] == [1, 2]


class TestSettings:
    """What a channel's settings change about opening."""

    OWN_WORDS = """
    [[channels]]
    id = "C01SEVJA"
    language = "ja"
    severities = ["A", "B"]
    aliases = { "大炎上" = "A" }
    labels = { customer = ["得意先"], reference = ["管理番号"] }

    [[channels]]
    id = "C02SEVEN"
    open_on_post = false
    """

    @pytest.fixture
    async def stage(self, tmp_path):
        async with staged(tmp_path, toml=self.OWN_WORDS) as stage:
            yield stage

    async def test_a_team_has_its_own_words_and_labels(self, stage):
        case = await stage.open_case("【大炎上】基幹バッチが停止\n得意先: 北星保険様\n管理番号: K-2026-11")

        assert (case.severity, case.title, case.customer, case.reference) == (
            "A", "基幹バッチが停止", "北星保険様", "K-2026-11",
        )  # fmt: skip

    async def test_the_usual_words_stay(self, stage):
        case = await stage.open_case("[SevA] 基幹バッチが停止\nお客様: 北星保険様")

        assert (case.severity, case.customer) == ("A", "北星保険様")

    async def test_a_channel_may_open_threads_for_severity_b(self, stage):
        "With the terms of B: the first response is due in two hours."
        case = await stage.open_case("[SevB] 管理画面の表示が遅い。急ぎではありません。")

        assert (case.severity, case.next_due.isoformat()) == ("B", "2026-11-24T02:00:00+00:00")

    async def test_a_channel_may_open_none_by_itself(self, stage):
        "There a post is only a post; `/sev open` works."
        await stage.post("[SevA] API down", SEV_A_EN, BOB)
        assert await cases(stage) == []

        await stage.sev(BOB, "open A API down", SEV_A_EN)
        assert [case.title for case in await cases(stage)] == ["API down"]

    async def test_another_channels_words_mean_nothing_here(self, stage):
        await stage.post("【大炎上】基幹バッチが停止", "C06RANDOM")

        assert await cases(stage) == []


@pytest.mark.parametrize("text", ["[SevA]", "【重要度A】", "[SevA] 🔥🔥🔥", "[SevA] !!!"])
async def test_a_marker_alone_opens_nothing_and_says_so(stage, text):
    "A missed Sev A is worse than a sentence too many; only whoever wrote it sees it."
    await stage.post(text)

    assert await cases(stage) == []
    assert len(stage.slack.messages(SEV_A)) == 1
    assert len(stage.slack.ephemerals(YUKI)) == 1


async def test_a_refused_contact_shows_a_line_that_records_it(stage):
    "The call was made: an example that only sets the next contact would lose it."
    await stage.open_case()

    assert "contacted 1" in await stage.sev(YUKI, "contacted 1 電話 話しました / 次回 3時間後 結果")
    assert "contacted 1" in await stage.sev(YUKI, "contacted 1 電話 話しました / 次回 いつか 結果")
