"""Clocks through the whole house: what a pause, other terms, a vendor and a deadline say to whom, and when."""

from datetime import timedelta

import pytest

from bot.domain.clock_messages import (
    AskVendor,
    ChangePlan,
    ChangeSeverity,
    NoteCustomerWrote,
    PauseCase,
    RecordVendorAnswer,
    ResumeCase,
    SetDeadline,
)
from bot.domain.errors import NoTermsForSeverity, PolicyUnknown
from bot.domain.messages import NextStep, RecordContact
from bot.domain.sla import clocks
from handlers.views import clock_facts
from tests.stage import KEN, MEMBER, TEAM, YUKI, shown, staged, tokyo

POLICIES = """
[policies.office]
version = "3"

[policies.office.A]
calendar = "jp-0900-1800"
first_response = "15m"
next_contact = "1h"
resolution = "1bd"
resolution_checkpoints = ["50%", "due"]
next_reply = "30m"
vendor_checkpoints = ["due"]
deadline_checkpoints = ["1h before", "due"]
ladder = [{ after = "5m", tell = "backup" }, { after = "8m", tell = "lead" }]

[policies.office.A.language.en]
calendar = "24x7"

[policies.office.B]
first_response = "2h"
next_contact = "4h"
resolution = "2d"
"""
OFFICE = (
    TEAM.replace('backup = ["U03HANA"]', 'backup = ["U03HANA"]\npolicy = "office"\nshift_leads = ["U05MEI"]') + POLICIES
)


@pytest.fixture
async def office(tmp_path):
    async with staged(tmp_path, toml=OFFICE) as stage:
        yield stage


class Desk:
    """Somebody who speaks to the desk without a grammar."""

    def __init__(self, stage):
        self.stage, self.count = stage, 0

    async def does(self, kind, by=YUKI, **about):
        self.count += 1
        answer = await self.stage.bot.desk.handle(kind(delivery=f"d{self.count}", by=by, case=1, **about), MEMBER)
        await self.stage.settle()
        return answer


async def answered(stage):
    """A case whose customer was called at 9:05, and who is called again at 11:00."""
    case = await stage.open_case()
    desk = Desk(stage)
    step = NextStep(due=tokyo("11:00"), action="結果を共有")
    await stage.at("09:05")
    await desk.does(RecordContact, how="phone", said="確認中", next=step, reason="合意済み")
    return case, desk


def owners_words(stage):
    return stage.said_to(YUKI)[-1].text


async def test_a_case_is_counted_in_the_calendar_of_its_policy(office):
    case = await office.open_case()

    resolution = next(clock for clock in clocks(case) if clock.name == "resolution")
    assert resolution.due == tokyo("18:00"), "a working day from nine o'clock; the office closes at six"
    assert case.terms.calendar.name == "jp-0900-1800"
    assert (case.terms.policy, case.terms.version, case.leads) == ("office", "3", ("U05MEI",))


async def test_another_language_may_have_another_calendar(tmp_path):
    toml = OFFICE.replace('language = "ja"', 'language = "en"', 1)
    async with staged(tmp_path, toml=toml) as stage:
        case = await stage.open_case()

        assert case.terms.calendar is None
        assert next(c.due for c in clocks(case) if c.name == "resolution") == tokyo("18:00") + timedelta(hours=15)


async def test_a_wait_for_the_customer_is_looked_after(office):
    _, desk = await answered(office)
    await desk.does(PauseCase, reason="ログの送付待ち", look_at=tokyo("10:00"))

    await office.at("10:00")

    assert owners_words(office).startswith("SEV-1: お客様から返信はありましたか。")
    assert "再確認" in owners_words(office)
    await desk.does(ResumeCase, by=KEN)
    assert "対応を再開しました" in owners_words(office), "the owner hears that somebody else resumed it"
    assert next(c.due for c in clocks(await office.case()) if c.name == "resolution") == tokyo("+1 09:55")


async def test_a_customers_message_reaches_the_owner_and_climbs(office):
    _, desk = await answered(office)
    await desk.does(NoteCustomerWrote, by=KEN, text="まだ直りませんか")
    assert "まだ直りませんか" in owners_words(office)

    await office.at("09:35")
    assert "ご返信" in owners_words(office)
    await office.at("09:40")
    assert "ご返信" in office.said_to("U03HANA")[-1].text
    await office.at("09:43")

    lead = office.said_to("U05MEI")[-1].text
    assert "シフトリーダーのため" in lead
    assert lead.count("<@") >= 2, "who owns it, and who was told before"


async def test_a_vendor_who_does_not_answer_is_named(office):
    _, desk = await answered(office)
    await desk.does(AskVendor, name="Contoso", reference="4711", promise_at=tokyo("10:00"))

    await office.at("10:00")

    assert "Contoso から回答はありましたか" in owners_words(office)
    await desk.does(RecordVendorAnswer, by=KEN, text="既知の不具合")
    assert "既知の不具合" in owners_words(office)


async def test_a_deadline_is_reminded_of_and_said_in_the_thread_when_it_moves(office):
    case, desk = await answered(office)
    await desk.does(SetDeadline, deadline=tokyo("10:30"))

    await office.at("09:30")
    assert owners_words(office).startswith("SEV-1: お客様の復旧期限です")

    await desk.does(SetDeadline, by=KEN, deadline=tokyo("10:45"), reason="開店が遅れる")
    assert "開店が遅れる" in office.said_in(case)[-1].text
    await office.at("10:30")
    assert "復旧期限" not in office.said_in(case)[-1].text, "the earlier deadline says nothing any more"


async def test_a_raised_severity_is_said_in_the_thread_and_a_breach_by_it_once(office):
    toml_case = await office.open_case("[SevA] 遅い\nお客様: 西日本リテール様")
    desk = Desk(office)
    await desk.does(ChangeSeverity, severity="B", reason="回避策あり")
    await office.at("09:40")

    await desk.does(ChangeSeverity, severity="A", reason="全店停止")

    said = office.said_in(toml_case)
    assert any("重要度を B から A に変更しました(理由: 全店停止)" in m.text for m in said)
    breach = [m.text for m in office.said_to(YUKI) if "条件の変更により" in m.text]
    assert len(breach) == 1
    assert "未実施には数えません" in breach[0]
    case = await office.case()
    assert (case.severity, case.terms.severity, len(case.earlier_terms)) == ("A", "A", 2)


async def test_terms_that_are_not_there(office):
    _, desk = await answered(office)

    with pytest.raises(NoTermsForSeverity) as refused:
        await desk.does(ChangeSeverity, severity="C", reason="軽微")
    assert refused.value.about["known"] == "A, B"
    with pytest.raises(PolicyUnknown) as unknown:
        await desk.does(ChangePlan, policy="offices", reason="契約変更")
    assert unknown.value.about["near"] == "office"
    assert unknown.value.about["known"].startswith("office, ")


async def test_the_present_terms_are_applied_by_an_explicit_act(office):
    _, desk = await answered(office)

    case = (await desk.does(ChangePlan, plan="Gold", policy="standard", reason="契約変更")).case

    assert (case.plan, case.terms.policy, [t.policy for t in case.earlier_terms]) == ("Gold", "standard", ["office"])


async def test_a_look_again_missed_by_a_bot_that_was_down_comes_late_and_says_so(tmp_path, slack):
    async with staged(tmp_path, toml=OFFICE, slack=slack) as stage:
        _, desk = await answered(stage)
        await desk.does(PauseCase, reason="ログ待ち", look_at=tokyo("10:00"))
    slack.clock.set(tokyo("10:07"))

    async with staged(tmp_path, toml=OFFICE, slack=slack) as stage:
        await stage.settle()
        assert "7分遅れて届きました" in owners_words(stage)


async def test_every_clock_fact_shows_in_the_timeline_in_both_languages(office):
    _, desk = await answered(office)
    await desk.does(SetDeadline, deadline=tokyo("15:00"), deadline_text="開店前")
    await desk.does(SetDeadline, deadline=None, reason="開店しない")
    await desk.does(AskVendor, name="Contoso", reference="4711", promise_at=tokyo("10:00"), look_at=tokyo("09:30"))
    await desk.does(RecordVendorAnswer, text="既知の不具合")
    await desk.does(PauseCase, reason="ログ待ち", look_at=tokyo("10:00"))
    await desk.does(PauseCase, reason="まだ届かない", look_at=tokyo("10:30"))
    await desk.does(NoteCustomerWrote, by=KEN, text="送りました")
    await desk.does(PauseCase, reason="再現待ち", look_at=tokyo("10:30"))
    await desk.does(ResumeCase, note="再現した")
    await desk.does(ChangeSeverity, severity="B", reason="回避策あり")
    await desk.does(ChangePlan, plan="Gold", policy="standard", reason="契約変更")

    facts = await office.facts()
    shown_ja = (await office.sev(YUKI, "timeline 1")).split("\n")[1:]
    shown_en = (await office.sev("U06ALEX", "timeline 1")).split("\n")[1:]

    assert set(clock_facts.SENTENCES) <= {type(fact) for fact in facts}
    assert len(shown_ja) == len(shown_en) == len(facts)
    for fact, *lines in zip(facts, shown_ja, shown_en, strict=True):
        for typed in ("reason", "text", "note", "deadline_text", "reference", "name"):
            assert all(not getattr(fact, typed, "") or getattr(fact, typed) in line for line in lines)


async def test_the_card_shows_every_clock(office):
    case, desk = await answered(office)
    await desk.does(AskVendor, name="Contoso", promise_at=tokyo("10:00"))

    words = shown(office.card(case))

    assert "ベンダーの回答" in words
    assert "復旧目標" in words
