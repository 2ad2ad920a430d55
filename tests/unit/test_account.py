"""The account of a case: who was there when, what was looked at, and how its clocks went."""

from datetime import timedelta

import pytest

from bot.domain.account import Account, account, total
from bot.domain.case import Case, replay
from bot.domain.clock_messages import PauseCase, SetDeadline
from bot.domain.messages import (
    AcceptHandoff,
    AddNote,
    ApproveCheck,
    AskCheck,
    AskReport,
    CallForHelp,
    ClaimArea,
    CloseCase,
    Fact,
    FinishCheck,
    OfferHandoff,
    OverrideCheck,
    RejectCheck,
    ReopenCase,
    ReportFinding,
    ResolveCase,
)
from bot.domain.review import MOST, slow
from bot.domain.rules import open_case
from tests.unit.cases import ANN, BEN, CHO, NINE, NUMBER, TIME_PASSES, ask, at, contact, facts_of, footing, opening
from tests.unit.cases import promise as promised


class Told:
    """A case with all its facts."""

    def __init__(self) -> None:
        self.facts: tuple[Fact, ...] = open_case(NUMBER, opening(), footing(), NINE)
        self.case: Case = replay(self.facts)

    def do(self, clock, command):
        new = facts_of(self.case, command, clock)
        self.facts += new
        self.case = replay(new, self.case) if new else self.case
        return self

    def until(self, clock) -> Account:
        return account(self.case, self.facts, at(clock))


def shown(stretches):
    return [(f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in stretches]


def test_alone_until_a_second_person_acts():
    told = Told().do("9:05", contact("10:00")).do("9:20", ask(ClaimArea, CHO, area="network")).until("10:00")

    assert shown(told.alone) == [("09:00", "09:20")]
    assert total(told.alone) == timedelta(minutes=20)


def test_who_asks_for_the_report_was_not_there():
    told = Told().do("9:05", ask(AskReport, CHO)).until("9:30")

    assert shown(told.alone) == [("09:00", "09:30")]
    assert [one.person for one in told.present] == [ANN]


def test_an_area_is_told_as_one_stretch_after_the_other():
    told = Told().do("9:10", ask(ClaimArea, CHO, area="network"))
    told.do("9:25", ask(ReportFinding, CHO, area="network", verdict="cleared", evidence="no drops"))

    held = told.until("10:00").of_area("network")

    assert [(one.state, one.holder) for one in held] == [("open", None), ("claimed", CHO), ("cleared", CHO)]
    assert shown(held) == [("09:00", "09:10"), ("09:10", "09:25"), ("09:25", "10:00")]
    assert told.until("10:00").unseen("network") == timedelta(minutes=10)


def test_nobody_looks_after_the_end():
    """Time after the case was resolved is not time in which nobody looked."""
    told = Told().do("9:05", contact("10:00")).do("9:30", ask(ResolveCase, how="rule"))

    assert told.until("33:00").unseen("storage") == timedelta(minutes=30)


def test_coverage_grows():
    told = Told().do("9:10", ask(ClaimArea, CHO, area="network")).do("9:20", ask(ClaimArea, BEN, area="storage"))

    assert [(f"{one.at:%H:%M}", one.seen, one.all) for one in told.until("10:00").coverage] == [
        ("09:00", 0, 3),
        ("09:10", 1, 3),
        ("09:20", 2, 3),
    ]


def test_every_clock_with_how_it_went_and_why():
    told = Told().do("9:05", contact("10:00")).do("9:30", promised("9:50", reason="they are in a meeting"))
    told.do("10:00", contact("11:00"))

    went = [(one.clock.name, one.state, one.reason) for one in told.until("10:30").clocks]

    assert went == [
        ("first-response", "met", ""),
        ("next-contact", "cancelled", "they are in a meeting"),
        ("next-contact", "late", ""),
        ("next-contact", "running", ""),
    ]


def test_promises_that_the_case_itself_no_longer_keeps_are_told():
    """A case keeps thirty of them; its account has all."""
    told = Told()
    for minute in range(60, 60 + 50 * 10, 10):
        told.do(f"{9 + minute // 60}:{minute % 60:02}", contact(f"{9 + (minute + 30) // 60}:{(minute + 30) % 60:02}"))

    whole = told.until("20:00")

    assert sum(clock.name == "next-contact" for clock in told.case.ledger) < 50
    assert sum(one.clock.name == "next-contact" for one in whole.clocks) == 50


def test_a_handover_and_who_owned_when():
    told = (
        Told()
        .do("9:10", ask(OfferHandoff, ANN, to=BEN))
        .do("9:15", ask(AcceptHandoff, BEN, action="call"))
        .until("10:00")
    )

    assert [(one.owner, *shown([one])[0]) for one in told.owners] == [(ANN, "09:00", "09:15"), (BEN, "09:15", "10:00")]
    assert [(one.sender, one.to, one.reply) for one in told.handovers] == [(ANN, BEN, "accepted")]


STEP = {"risk": "restore", "what": "from 02:00", "target": "db-1", "rollback": "keep it"}


def test_every_edition_of_a_step_and_what_became_of_it():
    told = (
        Told().do("9:01", ask(AskCheck, ANN, **STEP)).do("9:02", ask(AskCheck, ANN, **{**STEP, "what": "from 01:00"}))
    )
    told.do("9:03", ask(ApproveCheck, BEN, typed="db-1")).do("9:04", ask(FinishCheck, ANN))
    told.do("9:05", ask(AskCheck, ANN, **STEP)).do("9:06", ask(RejectCheck, CHO, reason="too old"))
    told.do("9:07", ask(AskCheck, ANN, **STEP)).do("9:08", ask(OverrideCheck, ANN, reason="no time"))
    told.do("9:09", ask(AskCheck, ANN, **STEP)).do("9:10", ask(ApproveCheck, BEN, typed="db-1"))

    found = told.do("9:40", TIME_PASSES).until("9:50").checks

    assert [(one.check, one.answer, one.by, one.reason) for one in found] == [
        (1, "edited", ANN, ""),
        (1, "approved", BEN, ""),
        (2, "rejected", CHO, "too old"),
        (3, "overridden", ANN, "no time"),
        (4, "expired", None, ""),
    ]


def test_a_case_that_was_taken():
    told = Told().do("9:10", ask(OfferHandoff, CHO, to=CHO)).until("10:00")

    assert [(one.sender, one.to, one.reply) for one in told.handovers] == [(ANN, CHO, "taken")]


def test_a_case_that_came_back_has_two_times():
    told = Told().do("9:05", contact("10:00")).do("9:30", ask(ResolveCase)).do("9:31", contact())
    told.do("9:32", ask(CloseCase, anyway=True)).do("10:00", ask(ReopenCase, reason="it is back"))

    assert shown(told.until("10:30").open) == [("09:00", "09:30"), ("10:00", "10:30")]
    assert [one.kind for one in told.until("10:30").milestones] == [
        "opened", "first-response", "resolved", "closed", "reopened",
    ]  # fmt: skip


# ---------------------------------------------------------------- what was slow


def kinds(told: Account) -> list[str]:
    return [one.kind for one in slow(told)]


def test_a_case_that_went_well_asks_nothing():
    told = Told().do("9:03", ask(ClaimArea, CHO, area="network")).do("9:04", ask(ClaimArea, BEN, area="storage"))
    told.do("9:05", contact("10:00")).do("9:20", ask(ResolveCase)).do("9:21", contact())
    told.do("9:22", ask(CloseCase, anyway=True))

    assert kinds(told.until("9:22")) == []


def test_what_was_slow_is_found_and_measured():
    told = Told().do("9:40", TIME_PASSES).do("9:45", contact("10:30")).do("11:00", contact("12:00"))
    told.do("11:05", ask(CallForHelp, asking="DNS"))

    found = slow(told.until("11:10"))

    assert [(one.kind, one.length) for one in found[:2]] == [
        ("late-response", timedelta(minutes=30)),
        ("late-promise", timedelta(minutes=30)),
    ]
    assert {"alone", "unseen"} <= {one.kind for one in found}
    assert len(found) <= MOST


def test_the_area_of_the_cause_that_was_looked_at_late():
    told = Told().do("9:02", ask(ClaimArea, BEN, area="network")).do("9:05", contact("10:00"))
    told.do("9:40", ask(ClaimArea, CHO, area="storage"))
    told.do("9:45", ask(ReportFinding, CHO, area="storage", verdict="cause", evidence="the array"))

    late = next(one for one in slow(told.until("9:50")) if one.kind == "late-start")

    assert (late.area, late.length) == ("storage", timedelta(minutes=40))


@pytest.mark.parametrize("minutes", [10, 40])
def test_a_customer_who_was_told_late(minutes):
    told = Told().do("9:01", ask(AddNote, CHO, text="here")).do("9:05", contact("10:00")).do("9:10", ask(ResolveCase))
    told.do(f"9:{10 + minutes}", contact())

    assert ("untold" in kinds(told.until("9:59"))) is (minutes > 15)


def test_a_pause_and_a_deadline_do_not_disturb_it():
    told = Told().do("9:05", contact("10:00")).do("9:10", ask(PauseCase, reason="logs", look_at=at("9:40")))
    told.do("9:12", ask(SetDeadline, deadline=at("9:30"), deadline_text="the shop opens"))

    found = told.until("9:50")

    assert ("deadline", "running") in [(one.clock.name, one.state) for one in found.clocks]
    assert "late-clock" in kinds(found)
