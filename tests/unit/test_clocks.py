"""Clocks: vendors, deadlines, cycles and working hours."""

from datetime import UTC, datetime, timedelta

import pytest
from cases import a_case, after, ask, at, contact, facts_of
from clock_stories import (
    IN_HOURS,
    TARGETS,
    answered,
    ask_vendor,
    dues,
    pause,
    states,
)

from bot.domain.clock_messages import (
    RecordVendorAnswer,
    ResumeCase,
    SetDeadline,
)
from bot.domain.errors import (
    DeadlineInThePast,
    NoVendorAsked,
    OutsideCustomerHours,
    ReasonNeeded,
    VendorNameMissing,
    VendorNotNamed,
    VendorTimeMissing,
)
from bot.domain.ledger import running
from bot.domain.messages import (
    NextStep,
    ReopenCase,
    ResolveCase,
    SetNextContact,
)
from bot.domain.sla import all_clocks, checkpoints, clocks, state_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


# ---------------------------------------------------------------- vendors and deadlines


def test_a_vendors_promise_is_a_clock_that_pauses_nothing():
    case = after(answered(), ask_vendor(), "9:10")

    assert dues(case) == {"vendor": "10:00", "next-contact": "11:00", "resolution": "13:00"}
    late = after(case, ask(RecordVendorAnswer, text="a bug"), "10:20")
    assert states(late, "10:21")["vendor"] == "late"
    assert late.vendors[0].answered_at == at("10:20")


def test_the_same_vendor_asked_again_has_a_new_promise():
    case = after(after(answered(), ask_vendor(), "9:10"), ask_vendor(promise_at=at("10:30")), "10:10")

    assert [v.serial for v in case.vendors] == [1]
    assert [state_of(case, c, at("10:11")) for c in all_clocks(case) if c.name == "vendor"] == ["running", "missed"]


def test_a_look_after_a_vendor_is_a_moment_of_its_own():
    case = after(answered(), ask_vendor(look_at=at("9:30")), "9:10")

    assert [(p.key, p.at) for p in checkpoints(case) if p.clock.name == "vendor"] == [
        ("vendor/1/look", at("9:30")),
        ("vendor/1/10m before", at("9:50")),
        ("vendor/1/due", at("10:00")),
    ]


def test_vendors_that_can_not_be_asked_or_answer():
    two = after(after(answered(), ask_vendor(), "9:10"), ask_vendor(name="Fabrikam", reference=""), "9:11")

    for command, refusal in (
        (ask_vendor(name=" "), VendorNameMissing),
        (ask_vendor(promise_at=None), VendorTimeMissing),
        (ask_vendor(promise_at=at("9:00")), VendorTimeMissing),
        (ask(RecordVendorAnswer), VendorNotNamed),
        (ask(RecordVendorAnswer, vendor=3), NoVendorAsked),
    ):
        with pytest.raises(refusal):
            facts_of(two, command, "9:20")
    assert len(clocks(after(two, ask(RecordVendorAnswer, vendor=2), "9:20"))) == len(clocks(two)) - 1


def test_the_customers_deadline_is_a_clock_and_no_pause_moves_it():
    case = after(a_case(agreed=TARGETS, deadline=at("16:00")), contact("11:00", reason="agreed"), "9:05")
    case = after(after(case, pause(), "9:10"), ask(ResumeCase), "10:10")

    assert dues(case)["deadline"] == "16:00"
    assert [p.at for p in checkpoints(case) if p.clock.name == "deadline"] == [at("15:00"), at("16:00")]
    assert states(after(case, ask(ResolveCase), "15:59"), "17:00")["deadline"] == "met"


def test_a_deadline_moves_with_a_reason_and_can_be_withdrawn():
    case = after(answered(), ask(SetDeadline, deadline=at("16:00")), "9:10")

    with pytest.raises(ReasonNeeded):
        facts_of(case, ask(SetDeadline, deadline=at("17:00")), "9:20")
    with pytest.raises(DeadlineInThePast):
        facts_of(case, ask(SetDeadline, deadline=at("9:00"), reason="earlier"), "9:20")
    assert facts_of(case, ask(SetDeadline, deadline=at("16:00")), "9:20") == ()
    moved = after(case, ask(SetDeadline, deadline=at("17:00"), reason="they open later"), "9:20")
    assert dues(moved)["deadline"] == "17:00"
    gone = after(moved, ask(SetDeadline, deadline=None, reason="no shop opens"), "9:30")
    assert (gone.deadline, "deadline" in dues(gone)) == (None, False)


# ---------------------------------------------------------------- cycles


def test_reopening_begins_a_cycle_and_keeps_the_record_of_the_one_before():
    case = after(after(answered(), ask(ResolveCase), "9:30"), ask(ReopenCase, reason="again"), "10:00")

    assert dues(case) == {"first-response": "10:15", "next-contact": "11:00", "resolution": "14:00"}
    assert [(c.name, c.cycle, state_of(case, c, at("10:01"))) for c in all_clocks(case)][3:] == [
        ("resolution", 1, "met"),
        ("first-response", 1, "met"),
    ]


# ---------------------------------------------------------------- hours


def test_outside_hours_is_a_word_of_its_own():
    case = a_case(opened=at("16:30"), agreed=IN_HOURS)

    assert running(case.ledger, "first-response").due == datetime(2026, 7, 7, 10, 30, tzinfo=UTC)
    assert states(case, "16:59") == {"first-response": "running", "resolution": "running"}
    assert states(case, "17:00") == {"first-response": "outside-hours", "resolution": "outside-hours"}


def test_half_of_a_clock_is_half_of_its_counted_time():
    case = a_case(opened=at("11:00"), agreed=IN_HOURS)  # a working day of seven hours, over lunch and a night

    half = next(point for point in checkpoints(case) if point.key == "resolution/1/50%")

    assert half.at == at("15:30")


def test_a_next_contact_outside_the_customers_hours_asks_back():
    case = a_case(agreed=IN_HOURS)
    late = {"next": NextStep(due=at("18:00"), action="call"), "reason": "agreed"}

    with pytest.raises(OutsideCustomerHours) as refused:
        facts_of(case, ask(SetNextContact, **late), "9:05")
    assert refused.value.about["opens"] == datetime(2026, 7, 7, 9, tzinfo=UTC)
    assert after(case, ask(SetNextContact, **late, confirmed=True), "9:05").promise.due == at("18:00")
