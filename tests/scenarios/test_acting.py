"""Acting from anywhere: every act by button, by `/sev` and by mention, in Japanese and in English, with one grammar."""

import html
import re
from typing import Any

import pytest

from bot.domain.case import Case
from handlers.slack.words import read_words
from sandbox import Message
from tests.stage import (
    BOB,
    HANA,
    KEN,
    MEI,
    SEV_A,
    SEV_A_EN,
    STORE_POS,
    YUKI,
    Stage,
    area,
    in_japanese,
    shown,
    staged,
    tokyo,
)

ENGLISH = "[SevA] API down\nCustomer: Contoso Freight"


@pytest.fixture
async def opened(stage: Stage) -> Case:
    return await stage.open_case()


# ---------------------------------------------------------------- what was before


async def claimed(stage: Stage) -> None:
    await stage.sev(KEN, "claim 1 firewall")


async def promised(stage: Stage) -> None:
    await stage.sev(YUKI, "contacted 1 電話 確認中です / next 9:40 ログの結果を共有")


async def offered(stage: Stage) -> None:
    await stage.sev(YUKI, "handoff 1 @ken 9:40 に架電")


async def offered_a_promise(stage: Stage) -> None:
    await promised(stage)
    await offered(stage)


async def checking(stage: Stage) -> None:
    await stage.sev(YUKI, "check 1 restore db-prod-01: 復元 / rollback: 旧ボリュームを残す")


async def asked(stage: Stage) -> None:
    await stage.sev(YUKI, "task 1 @ken firewall 拒否ログの確認 9:40まで")


async def taken_on(stage: Stage) -> None:
    await asked(stage)
    await stage.sev(KEN, "task 1 accept")


async def resolved(stage: Stage) -> None:
    await stage.sev(YUKI, "resolve 1 規則を修正")


async def closed(stage: Stage) -> None:
    await stage.sev(YUKI, "close 1 anyway")


async def nothing(stage: Stage) -> None:
    """Straight after the opening."""


async def all_held(stage: Stage) -> None:
    for each in (await stage.case()).areas:
        await stage.sev(MEI, f"claim 1 {each.key}")


async def reminded(stage: Stage) -> None:
    await promised(stage)
    await stage.at("9:30")


# ---------------------------------------------------------------- where the buttons are


async def on_the_card(stage: Stage, case: Case, who: str) -> Any:
    return stage.card(case)


async def in_the_message(stage: Stage, case: Case, who: str) -> Any:
    """Reminders and offers carry the buttons that finish the job."""
    return stage.said_to(who)[-1]


async def behind_more(stage: Stage, case: Case, who: str) -> Any:
    await stage.on_card(who, case, "more")
    return stage.slack.person(who).view


ACTS = {
    # act: (before, who, the words after the verb's number, where its button is, button, what its form asks for)
    "contacted": (None, YUKI, "contacted {n} 電話 確認中です / next 9:40 ログの結果を共有", on_the_card, "contacted",
                  {"how": "phone", "said": "確認中です", "next_at": "9:40", "next_action": "ログの結果を共有"}),
    "first promise": (None, YUKI, "next {n} 9:40 ログの結果を共有", on_the_card, "next",
                      {"next_at": "9:40", "next_action": "ログの結果を共有"}),
    "another promise": (promised, YUKI, "next {n} 9:50 再現結果を共有 reason: お客様のご希望", on_the_card,
                        "next", {"next_at": "9:50", "next_action": "再現結果を共有", "reason": "お客様のご希望"}),
    "ack": (reminded, YUKI, "ack {n}", in_the_message, "ack", None),
    "handoff": (None, YUKI, "handoff {n} @ken 9:40 に架電", behind_more, "handoff", {"to": KEN, "text": "9:40 に架電"}),
    "accept": (offered, KEN, "accept {n} まず架電", in_the_message, "accept", {"next_action": "まず架電"}),
    "decline": (offered, KEN, "decline {n} 別件対応中", in_the_message, "decline", {"reason": "別件対応中"}),
    "task": (None, YUKI, "task {n} @ken firewall 拒否ログの確認 9:40まで", behind_more, "task",
             {"to": KEN, "area": "firewall", "text": "拒否ログの確認", "due": "9:40"}),
    "task accept": (asked, KEN, "task {n} accept 1", in_the_message, "task-accept", None),
    "task decline": (asked, KEN, "task {n} decline 1 別件対応中", in_the_message, "task-decline",
                     {"reason": "別件対応中"}),
    "task done": (asked, KEN, "task {n} done 1 拒否なし", in_the_message, "task-done", {"result": "拒否なし"}),
    "task withdraw": (asked, YUKI, "task {n} withdraw 1", behind_more, "task-withdraw", None),
    "swarm": (None, YUKI, "swarm {n}", on_the_card, "swarm", None),
    "note": (None, MEI, "note {n} 10:05 に再起動", behind_more, "note", {"text": "10:05 に再起動"}),
    "resolve": (None, YUKI, "resolve {n} 規則を修正", on_the_card, "resolve", {"text": "規則を修正"}),
    "close": (resolved, YUKI, "close {n} anyway 終わり", on_the_card, "close", {"reason": "終わり"}),
    "report": (resolved, MEI, "report {n}", behind_more, "report", None),
    "reopen": (resolved, MEI, "reopen {n} 再発しました", on_the_card, "reopen", {"reason": "再発しました"}),
}  # fmt: skip


async def done(stage: Stage, way: str, act: str) -> list[dict[str, Any]]:
    """The facts that an act adds to a case, without their time."""
    before, who, words, where, button, form = ACTS[act]
    case = await stage.open_case()
    if before:
        await before(stage)
    seen = len(await stage.facts())
    if way == "slash":
        await stage.sev(who, words.format(n=1))
    elif way == "mention":
        await stage.mention(who, case, words.format(n=""))
    else:
        await stage.press(who, await where(stage, case, who), button, **(form or {}))
    return [fact.model_dump(exclude={"at", "until"}) for fact in (await stage.facts())[seen:]]


class TestOneActThreeWays:
    """What becomes of an act does not depend on the way it was made."""

    @pytest.mark.parametrize("act", ACTS)
    async def test_is_the_same_fact(self, tmp_path, act):
        told = {}
        for way in ("button", "slash", "mention"):
            (tmp_path / way).mkdir()
            async with staged(tmp_path / way) as stage:
                told[way] = await done(stage, way, act)

        assert told["button"] != []
        assert told == dict.fromkeys(told, told["button"])


class TestWords:
    """Every verb in both languages, width and case no matter, polite endings and all."""

    BY_HAND = [
        # what was done before, who says it, what they say, what happens
        (None, KEN, "claim firewall", ["area_claimed"]),
        (None, KEN, "引受 firewall", ["area_claimed"]),
        (None, KEN, "引き受けます firewall", ["area_claimed"]),
        (None, KEN, "ＣＬＡＩＭ ファイアウォール", ["area_claimed"]),
        (None, KEN, "clear firewall no deny", ["finding_reported"]),
        (None, KEN, "異常なし firewall 拒否ログなし", ["finding_reported"]),
        (None, KEN, "被疑 firewall 拒否ログあり", ["finding_reported"]),
        (None, KEN, "原因 firewall 規則の誤り", ["finding_reported"]),
        (None, KEN, "待ち firewall ログ採取中", ["finding_reported"]),
        (None, YUKI, "連絡済 電話 確認中です / 次回 9:40 結果を共有", ["contact_made", "next_contact_promised"]),
        (None, YUKI, "ご連絡済み メールで確認中です 次回 30分後 共有", ["contact_made", "next_contact_promised"]),
        (None, YUKI, "contacted by phone: checking / next 30m send it", ["contact_made", "next_contact_promised"]),
        (None, YUKI, "次回 9:40 結果を共有", ["next_contact_promised"]),
        (None, YUKI, "次回9:40 結果を共有", ["next_contact_promised"]),
        (promised, YUKI, "次回 9:50 結果を共有 理由: お客様のご希望", ["next_contact_promised"]),
        (None, YUKI, "対応中", ["reminder_acknowledged"]),
        (None, YUKI, "対応中です", ["reminder_acknowledged"]),
        (None, YUKI, "引継 @ken 9:40 に架電", ["handoff_offered"]),
        (None, YUKI, "hand over @ken", ["handoff_offered"]),
        (offered, KEN, "承諾 まず架電します", ["handoff_accepted"]),
        (offered, KEN, "承諾 9:15 まず架電", ["handoff_accepted"]),
        (offered, KEN, "受諾します 9:30 まず架電", ["handoff_accepted", "next_contact_promised"]),
        (offered, YUKI, "引継 取消", ["handoff_withdrawn"]),
        (offered, YUKI, "handoff withdraw", ["handoff_withdrawn"]),
        (offered, KEN, "辞退 別件対応中", ["handoff_declined"]),
        (None, YUKI, "依頼 @ken ネットワーク NSG のフローログの確認 02:40まで", ["task_asked"]),
        (None, YUKI, "依頼します @ken さん フローログの確認", ["task_asked"]),
        (None, YUKI, "ask @ken to check the flow logs by 02:40", ["task_asked"]),
        (asked, KEN, "依頼 承諾", ["task_accepted"]),
        (asked, KEN, "依頼 承諾します", ["task_accepted"]),
        (asked, KEN, "依頼 辞退 別件対応中", ["task_declined"]),
        (asked, KEN, "task 1 done no deny", ["task_done"]),
        (taken_on, KEN, "依頼 完了しました 拒否なし", ["task_done"]),
        (asked, YUKI, "依頼 取消", ["task_withdrawn"]),
        (None, YUKI, "応援", ["help_called"]),
        (None, MEI, "メモ 再起動した", ["note_added"]),
        (None, YUKI, "復旧しました", ["case_resolved"]),
        (None, YUKI, "復旧 規則を修正", ["case_resolved"]),
        (resolved, YUKI, "終了 それでも", ["case_closed"]),
        (resolved, YUKI, "close anyway", ["case_closed"]),
        (resolved, YUKI, "再開始 再発しました", ["case_reopened"]),
        (None, MEI, "編集 影響: 開店できない", ["case_edited"]),
    ]

    @pytest.mark.parametrize(("before", "who", "said", "kinds"), BY_HAND)
    async def test_a_mention_in_the_thread_understands(self, stage, opened, before, who, said, kinds):
        if before:
            await before(stage)
        seen = await stage.kinds()
        await stage.mention(who, opened, said)

        assert (await stage.kinds())[len(seen) :] == kinds

    @pytest.mark.parametrize(
        "said",
        ["claim 1 firewall", "claim #1 firewall", "claim SEV-1 firewall", "1 claim firewall", "SEV-1 claim firewall",
         "引受 sev-1 firewall", "引受１ firewall", "引受#1 firewall", "claim firewall"],
    )  # fmt: skip
    async def test_the_case_may_be_named_in_any_form(self, stage, opened, said):
        await stage.sev(KEN, said)

        assert area(await stage.case(), "firewall").holder == KEN

    @pytest.mark.parametrize("said", ["show 1", "表示 1", "1", "SEV-1", "status"])
    async def test_a_case_is_shown_by_its_number_alone(self, stage, opened, said):
        answer = await stage.sev(KEN, said)

        assert "SEV-1" in answer
        assert opened.customer in answer

    @pytest.mark.parametrize("said", ["list", "一覧", "mine", "自分"])
    async def test_the_lists_name_what_is_open_and_due(self, stage, opened, said):
        assert "SEV-1" in await stage.sev(YUKI, said)
        assert "11/24(火) 09:15 日本時間" in await stage.sev(YUKI, said)

    async def test_mine_is_only_mine(self, stage, opened):
        before = await stage.sev(KEN, "mine")
        await stage.sev(KEN, "claim 1 firewall")

        assert "SEV-1" not in before
        assert "SEV-1" in await stage.sev(KEN, "mine")

    async def test_times_are_read_in_the_speakers_zone_and_echoed_absolutely(self, stage):
        "00:40 in Dublin is 09:40 in Tokyo, whoever reads it."
        await stage.open_case(ENGLISH, SEV_A_EN, BOB)
        answer = await stage.sev(BOB, "next 1 00:40 send the trace", SEV_A_EN)

        assert (await stage.case()).promise.due == tokyo("09:40")
        assert "Tue 24 Nov 00:40 GMT" in answer


class TestWhichCase:
    """The number is needed only where several could be meant."""

    @pytest.fixture
    async def two(self, stage: Stage) -> tuple[Case, Case]:
        return await stage.open_case("[SevA] POSに接続できない"), await stage.open_case("[SevA] VPNが切れる", who=HANA)

    async def test_of_several_the_bot_asks_and_names_them(self, stage, two):
        answer = await stage.sev(KEN, "swarm 手が足りません")

        assert ("SEV-1" in answer, "SEV-2" in answer) == (True, True)
        assert "/sev swarm 1" in answer
        assert (await stage.kinds(1), await stage.kinds(2)) == (["case_opened"], ["case_opened"])

    async def test_an_owner_means_the_one_they_own(self, stage, two):
        await stage.sev(HANA, "note 再起動した")

        assert (await stage.kinds(1), await stage.kinds(2)) == (["case_opened"], ["case_opened", "note_added"])

    async def test_in_a_thread_its_own_case_is_meant(self, stage, two):
        first, second = two
        await stage.mention(KEN, second, "note 二番目")
        await stage.mention(KEN, first, "note 一番目")

        assert [(await stage.facts(n))[-1].text for n in (1, 2)] == ["一番目", "二番目"]

    async def test_a_number_named_in_another_thread_counts(self, stage, two):
        await stage.mention(KEN, two[0], "note SEV-2 隣の案件へ")

        assert (await stage.facts(2))[-1].text == "隣の案件へ"
        assert await stage.kinds(1) == ["case_opened"]

    async def test_another_channels_case_is_not_meant(self, stage, opened):
        await stage.open_case(ENGLISH, SEV_A_EN, BOB)
        await stage.sev(KEN, "note ここの案件")

        assert (await stage.facts(1))[-1].text == "ここの案件"

    async def test_a_closed_case_is_not_meant(self, stage, two):
        await stage.sev(YUKI, "close 1 anyway")
        await stage.sev(KEN, "note 残った案件")

        assert (await stage.facts(2))[-1].text == "残った案件"

    async def test_a_number_that_is_not_there_is_refused(self, stage, opened):
        answer = await stage.sev(KEN, "claim 42 firewall")

        assert "SEV-42" in answer
        assert in_japanese(answer)

    async def test_where_nothing_is_open_the_bot_says_how_to_begin(self, stage):
        answer = await stage.sev(BOB, "claim firewall", SEV_A_EN)

        assert "/sev open" in answer
        assert not in_japanese(answer.partition("/sev open")[0])


class TestSlips:
    """What is mistyped is met with what was probably meant."""

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [("claym firewall", "claim"), ("relase firewall", "release"), ("contactd phone", "contact"), ("hlep", "help"),
         ("susspect firewall", "suspect"), ("引き受 firewall", "引き受け"), ("異常な firewall", "異常なし")],
    )  # fmt: skip
    @pytest.mark.parametrize("way", ["slash", "mention"])
    async def test_a_verb_offers_the_nearest(self, stage, opened, way, typed, meant):
        answer = await (stage.sev(KEN, typed) if way == "slash" else stage.mention(KEN, opened, typed))

        assert meant in answer
        assert typed.split()[0] in answer
        assert await stage.kinds() == ["case_opened"]

    @pytest.mark.parametrize(
        ("who", "typed", "meant"),
        [(KEN, "frewall", "経路上のファイアウォール"), (KEN, "gest-os", "ゲスト OS"),
         (BOB, "aplication", "Application"), (KEN, "アプリケーシヨン", "アプリケーション")],
    )  # fmt: skip
    async def test_an_area_offers_the_nearest_in_the_speakers_words(self, stage, opened, who, typed, meant):
        answer = await stage.sev(who, f"claim 1 {typed}")

        assert meant in answer
        assert answer.split("\n")[-1].endswith(f": {typed}")  # or to add it as a new area
        assert await stage.kinds() == ["case_opened"]

    @pytest.mark.parametrize("typed", ["25:99", "soonish", "夕方ごろ"])
    async def test_a_time_that_cannot_be_read_is_refused_with_one_that_can(self, stage, opened, typed):
        answer = await stage.mention(YUKI, opened, f"next {typed}")

        assert typed in answer
        assert "15:00" in answer
        assert (await stage.case()).promise is None

    async def test_a_promise_in_the_past_is_refused(self, stage, opened):
        answer = await stage.mention(YUKI, opened, "next 2026-11-23 15:00 結果を共有")

        assert "11/23(月) 15:00 日本時間" in answer
        assert (await stage.case()).promise is None


class TestExamples:
    """Refusals and `help` give lines that work: each is run as it stands."""

    async def works(self, stage: Stage, who: str, line: str, channel: str = SEV_A) -> bool:
        """Whether a line does or shows something."""
        command, _, words = line.partition(" ")
        assert command == "/sev"
        before = [await stage.kinds(case.number) for case in await stage.bot.desk.unclosed()]
        reply = await stage.slack.person(who).command(command, words, channel=channel)
        await stage.settle()
        after = [await stage.kinds(case.number) for case in await stage.bot.desk.unclosed()]
        reading = read_words(words).verb in ("list", "show", "clocks", "report", "similar", "draft", "runbook")
        form, person = stage.slack.person(who).view, stage.slack.person(who)
        if form is not None:
            await person.close_view()
        return (
            form is not None
            or after != before
            or (reading and bool(reply.text) and not self.examples(reply.messages[-1]))
        )

    def examples(self, message: Message) -> list[str]:
        """The lines to copy, entities decoded; in a thread they begin with our name, as Slack wants it."""
        lines = re.findall(r"`/sev ([^`]+)`|: <@U00BOT> ([^\n]+)", shown(message))
        return [f"/sev {html.unescape(slash or mention)}" for slash, mention in lines]

    REFUSED = [
        (None, KEN, "claim frewall"),
        (None, KEN, "claim"),
        (claimed, MEI, "claim firewall"),
        (claimed, KEN, "claim firewall"),
        (claimed, MEI, "clear firewall 見ました"),
        (claimed, MEI, "release firewall"),
        (None, KEN, "claim new: ゲスト OS"),
        (None, KEN, "suspect firewall"),
        (None, KEN, "clear"),
        (None, YUKI, "contacted 電話 確認中です"),
        (None, YUKI, "contacted"),
        (None, YUKI, "next いつか"),
        (None, YUKI, "next 9:40"),
        (None, YUKI, "next 2026-11-23 15:00 結果を共有"),
        (None, YUKI, "next 18:00 結果を共有"),
        (promised, YUKI, "next 9:50 結果を共有"),
        (None, YUKI, "handoff"),
        (offered, KEN, "decline"),
        (offered, KEN, "accept"),
        (offered_a_promise, KEN, "accept 9:50 まず架電"),
        (checking, YUKI, "approve db-prod-01"),
        (checking, KEN, "approve db-prod-02"),
        (checking, KEN, "reject"),
        (checking, KEN, "check withdraw"),
        (checking, YUKI, "check override"),
        (None, YUKI, "approve db-prod-01"),
        (None, YUKI, "check"),
        (None, YUKI, "check restore db-prod-01: 復元"),
        (offered, MEI, "accept まず架電"),
        (None, YUKI, "handoff withdraw"),
        (None, YUKI, "task"),
        (None, YUKI, "task @ken"),
        (None, YUKI, "task @yuki 拒否ログの確認"),
        (None, KEN, "task accept"),
        (asked, MEI, "task accept 1"),
        (asked, KEN, "task decline"),
        (asked, KEN, "task done"),
        (taken_on, KEN, "task accept"),
        (asked, MEI, "task withdraw 1"),
        (None, KEN, "claim new: " + "長" * 200),
        (None, YUKI, "note"),
        (resolved, YUKI, "next 9:40 結果を共有"),
        (resolved, YUKI, "close"),
        (resolved, YUKI, "reopen"),
        (closed, YUKI, "claim firewall"),
        (None, YUKI, "pause 2h ログのご送付待ち"),
        (promised, YUKI, "pause ログのご送付待ち"),
        (promised, YUKI, "resume"),
        (None, YUKI, "wrote 2026-12-24 9:00 ログ"),
        (None, YUKI, "severity"),
        (None, YUKI, "severity A 理由: 同じ"),
        (None, YUKI, "plan プラチナ 理由: 契約書で確認"),
        (None, YUKI, "deadline"),
        (None, YUKI, "deadline 2026-11-01 9:00"),
        (None, YUKI, "vendor Contoso"),
        (None, YUKI, "vendor answered"),
        (None, YUKI, "clocks 夕飯"),
        (None, YUKI, "ack 9時間"),
    ]

    @pytest.mark.parametrize(("before", "who", "line"), REFUSED)
    async def test_a_refusal_shows_a_line_that_works(self, stage, opened, before, who, line):
        if before:
            await before(stage)
        seen = await stage.kinds()
        said = await stage.mention(who, opened, line)
        assert said
        assert await stage.kinds() == seen

        examples = self.examples(stage.slack.ephemerals(who)[-1])
        assert len(examples) == 1
        assert await self.works(stage, who, examples[0]), examples[0]

    @pytest.mark.parametrize(("who", "channel", "post"), [(YUKI, SEV_A, STORE_POS), (BOB, SEV_A_EN, ENGLISH)])
    async def test_help_shows_lines_that_work_here_and_now(self, stage, who, channel, post):
        await stage.open_case(post, channel, who)
        examples = self.examples(await self.help(stage, who, channel))

        assert len(examples) == 21
        assert [line for line in examples if not await self.works(stage, who, line, channel)] == []

    async def help(self, stage: Stage, who: str, channel: str = SEV_A) -> Message:
        reply = await stage.slack.person(who).command("/sev", "help", channel=channel)
        await stage.settle()
        return reply.messages[-1]

    async def test_help_in_the_thread_says_the_same_without_the_number(self, stage, opened):
        await stage.mention(YUKI, opened, "help")
        (message,) = stage.slack.ephemerals(YUKI)
        lines = [line.removeprefix("/sev ").replace(" 1", "", 1) for line in self.examples(message)]
        told = []
        for line in lines[2:]:  # after open and list, which are not about this case
            seen = len(await stage.kinds())
            await stage.mention(YUKI, opened, line)
            told.append((line.split()[0], len(await stage.kinds()) > seen))

        assert [read_words(verb).verb for verb, worked in told if not worked] == [
            "show",
            "similar",
            "draft",
            "clocks",
            "runbook",
            "task",
            "handoff",
        ]  # which show a form to /sev alone

    async def test_help_without_a_case_shows_how_to_begin(self, stage):
        examples = self.examples(await self.help(stage, YUKI))

        assert [line.split()[1] for line in examples] == ["open", "list"]
        assert await self.works(stage, YUKI, examples[0])

    @pytest.mark.parametrize(
        ("owner", "before"),
        [
            pytest.param(YUKI, promised, id="promised"),
            pytest.param(YUKI, closed, id="closed"),
            pytest.param(YUKI, resolved, id="resolved"),
            pytest.param(YUKI, all_held, id="all held"),
            pytest.param(HANA, nothing, id="owned by hana"),
        ],
    )
    async def test_help_fits_the_state_of_the_case(self, stage, owner, before):
        """What the state of the case would refuse is not among the examples."""
        case = await stage.open_case(who=owner)
        await before(stage)
        await stage.mention(KEN, case, "help")
        examples = self.examples(stage.slack.ephemerals(KEN)[-1])

        assert len(examples) > 2
        assert [line for line in examples if not await self.works(stage, KEN, line)] == []
