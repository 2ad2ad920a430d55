"""Clocks that wait, change and begin again: what a pause, other terms, a message, a vendor and a deadline do."""

from datetime import UTC, datetime, timedelta

import pytest
from cases import ANN, BEN, CHO, TIME_PASSES, a_case, after, ask, at, contact, facts_of, promise, terms, told

from bot.domain.calendar_rules import CalendarRules
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
from bot.domain.contact import Tally
from bot.domain.errors import (
    CaseResolved,
    DeadlineInThePast,
    HeldLongEnough,
    HoldTooLong,
    LookAgainInThePast,
    LookAgainTooFar,
    NextContactMissing,
    NotAnsweredYet,
    NothingToAcknowledge,
    NotPaused,
    NoVendorAsked,
    OutsideCustomerHours,
    ReasonNeeded,
    SameTerms,
    VendorNameMissing,
    VendorNotNamed,
    VendorTimeMissing,
    WrittenInTheFuture,
)
from bot.domain.ledger import running
from bot.domain.messages import Acknowledge, AddNote, NextStep, ReopenCase, ResolveCase, SetNextContact
from bot.domain.sla import all_clocks, checkpoints, clocks, state_of

OFFICE = CalendarRules(zone="UTC", weekdays=["09:00-12:00", "13:00-17:00"]).calendar("office")
TARGETS = terms(
    next_reply="1h",
    resolution="4h",
    resolution_checkpoints=["50%", "10m before", "due"],
    next_reply_checkpoints=["10m before", "due"],
    vendor_checkpoints=["10m before", "due"],
    deadline_checkpoints=["1h before", "due"],
)
IN_HOURS = terms(
    calendar=OFFICE, first_response="2h", next_reply="1h", resolution="1bd", resolution_checkpoints=["50%", "due"]
)
MINUTE = timedelta(minutes=1)


def answered(agreed=TARGETS, next_at="11:00"):
    """A case whose customer was called at 9:05 and promised another call."""
    return after(a_case(agreed=agreed), contact(next_at, reason="agreed"), "9:05")


def dues(case):
    """The due times of what stands, by clock."""
    return {clock.name: f"{clock.due:%H:%M}" for clock in all_clocks(case) if clock.ended is None}


def states(case, clock):
    """How each clock of a case stands at this time."""
    return {one.name: state_of(case, one, at(clock)) for one in reversed(all_clocks(case))}


def pause(until="12:00", **more):
    return ask(PauseCase, reason="asked for the logs", look_at=at(until), **more)


def wrote(clock=None, **more):
    return ask(NoteCustomerWrote, CHO, wrote_at=at(clock) if clock else None, **more)


def severity(to, **more):
    about = {"reason": "the customer said so", "terms": terms(to), **more}
    return ask(ChangeSeverity, severity=to, **about)


# ---------------------------------------------------------------- pauses


def test_a_pause_holds_reply_and_resolution_and_no_promise():
    case = after(after(answered(), wrote(), "9:30"), pause(), "9:40")

    assert states(case, "10:00") == {
        "first-response": "met",
        "next-contact": "running",
        "next-reply": "paused",
        "resolution": "paused",
        "look-again": "running",
    }
    assert {clock.name for clock in clocks(case)} == {"next-contact", "look-again"}
    assert case.promise.due == at("11:00")


def test_a_resumed_clock_goes_on_with_what_was_left():
    case = after(after(answered(), pause(), "10:00"), ask(ResumeCase), "10:45")

    assert dues(case) == {"resolution": "13:45", "next-contact": "11:00"}
    assert running(case.ledger, "resolution").key == "resolution/1.1"


def test_a_look_again_reminds_the_owner_and_is_over_when_the_case_goes_on():
    case = after(answered(next_at="15:00"), pause("10:30"), "10:00")
    points = [point.at for point in checkpoints(case) if point.clock.name == "look-again"]

    assert points == [at("10:30")]
    assert [fact.clock for fact in facts_of(case, TIME_PASSES, "10:30")] == ["look-again"]
    resumed = after(case, ask(ResumeCase), "10:20")
    assert running(resumed.ledger, "look-again") is None


def test_pausing_on_moves_the_look_again_alone():
    first = after(answered(), pause("10:30"), "10:00")
    again = after(first, pause("11:30"), "10:30")

    assert again.pauses == first.pauses
    assert dues(again)["look-again"] == "11:30"
    assert running(again.ledger, "resolution") == running(first.ledger, "resolution")


def test_the_reminders_of_a_moved_clock_come_again():
    case = told(after(a_case(agreed=TARGETS), contact("14:00", reason="agreed"), "9:05"), "11:00", "12:50")
    case = after(after(case, pause("15:00"), "12:55"), ask(ResumeCase), "13:25")

    assert [(p.key, p.at) for p in checkpoints(case) if p.clock.name == "resolution"] == [
        ("resolution/1.1/due", at("13:30"))  # five minutes were left: ten minutes before is over
    ]


@pytest.mark.parametrize("length", [0, 1])
def test_a_pause_in_closed_hours_moves_nothing(length):
    case = after(a_case(agreed=IN_HOURS), contact("15:00", reason="agreed"), "9:05")
    before = dues(case)["resolution"]

    case = after(after(case, pause("16:00"), "12:00"), ask(ResumeCase), f"12:{length:02}")

    assert dues(case)["resolution"] == before


def test_a_clock_that_ran_out_is_not_helped_by_a_pause():
    case = after(after(answered(next_at="15:00"), pause("16:00"), "13:30"), ask(ResumeCase), "14:30")

    assert dues(case)["resolution"] == "13:00"
    assert states(case, "14:30")["resolution"] == "running"
    assert states(after(case, ask(ResolveCase), "14:31"), "14:32")["resolution"] == "late"


def test_the_end_of_a_case_ends_its_waiting():
    case = after(after(answered(), pause(), "10:00"), ask(ResolveCase), "10:30")

    assert case.paused is None
    assert states(case, "10:31")["look-again"] == "cancelled"


@pytest.mark.parametrize(
    ("case", "command", "clock", "refusal"),
    [
        (a_case(agreed=TARGETS), pause(), "9:04", NotAnsweredYet),
        (answered(), pause("9:00"), "9:10", LookAgainInThePast),
        (answered(), pause("9000:00"), "9:10", LookAgainTooFar),
        (answered(), ask(PauseCase, reason=" ", look_at=at("10:00")), "9:10", ReasonNeeded),
        (after(answered(), ask(ResolveCase), "9:08"), pause(), "9:10", CaseResolved),
        (answered(), ask(ResumeCase), "9:10", NotPaused),
    ],
)
def test_what_can_not_wait(case, command, clock, refusal):
    with pytest.raises(refusal):
        facts_of(case, command, clock)


# ---------------------------------------------------------------- the customer wrote


def test_the_next_reply_runs_from_the_oldest_message_that_nobody_answered():
    case = after(after(answered(), wrote("9:30"), "9:31"), wrote("9:50"), "9:51")

    assert dues(case)["next-reply"] == "10:30"
    assert [fact.clocks for fact in facts_of(case, wrote("9:55"), "9:56")] == [()]


def test_a_contact_answers_all_messages():
    case = after(after(answered(), wrote("9:30"), "9:31"), contact("11:00"), "10:00")

    assert (case.wrote_at, running(case.ledger, "next-reply")) == (None, None)
    assert states(case, "10:00")["next-reply"] == "met"
    assert case.tally == Tally(kept=2), "the tally is of what was promised"


def test_messages_noted_in_any_order_are_due_at_the_same_time():
    in_order = after(after(answered(), wrote("9:30"), "10:00"), wrote("9:40"), "10:00")
    backwards = after(after(answered(), wrote("9:40"), "10:00"), wrote("9:30"), "10:00")

    assert dues(in_order) == dues(backwards)
    assert in_order.wrote_at == backwards.wrote_at == at("9:30")


def test_a_message_from_before_the_last_contact_has_been_answered():
    case = after(answered(), wrote("9:04"), "9:30")

    assert (case.wrote_at, running(case.ledger, "next-reply")) == (None, None)


def test_before_the_first_response_no_reply_runs_beside_it():
    assert set(dues(after(a_case(agreed=TARGETS), wrote(), "9:03"))) == {"first-response", "resolution"}


def test_a_message_ends_the_wait():
    case = after(after(answered(), pause(), "10:00"), wrote(), "10:30")

    assert case.paused is None
    assert dues(case) == {"next-contact": "11:00", "next-reply": "11:30", "resolution": "13:30"}


def test_nobody_wrote_in_the_future():
    with pytest.raises(WrittenInTheFuture):
        facts_of(answered(), wrote("10:00"), "9:30")


# ---------------------------------------------------------------- other terms


def test_the_worked_example_of_a_raised_priority():
    """3 h from 10:00, raised to 2 h at 11:00: due at 12:00. https://help.saasjet.com/sla/transition-between-sla-goals"""
    slow = terms("C", first_response="3h")
    case = after(a_case("C", opened=at("10:00"), agreed=slow), severity("A", terms=terms(first_response="2h")), "11:00")

    assert dues(case) == {"first-response": "12:00"}
    assert case.severity == "A"


def test_used_time_is_what_the_earlier_calendar_counted():
    """From 11:30 over a lunch until 13:15, the office counted 45 minutes; the rest of the hour runs round the clock."""
    case = a_case(opened=at("11:30"), agreed=IN_HOURS)
    case = after(case, severity("C", terms=terms("C", first_response="1h")), "13:15")

    assert dues(case)["first-response"] == "13:30"


def test_a_clock_that_is_over_at_once_was_breached_by_the_change_and_is_no_miss():
    case = after(a_case("C", agreed=terms("C")), severity("A"), "9:40")
    first = running(case.ledger, "first-response")

    assert (first.due, first.by_change, states(case, "9:41")["first-response"]) == (
        at("9:40"), True, "breached-by-change",
    )  # fmt: skip
    reminders = facts_of(case, TIME_PASSES, "9:40")
    assert [(fact.rung, fact.by_change) for fact in reminders] == [("due", True)]
    case = told(case, "9:40")
    assert [p.rung for p in checkpoints(case)][:2] == ["backup", "channel"], "the customer still waits"
    assert after(case, contact("10:30"), "9:44").tally == Tally(), "neither kept, late nor missed"


def test_a_clock_that_had_run_out_before_is_not_forgiven():
    case = after(told(a_case(), "9:15"), severity("C", terms=terms("C")), "9:20")

    assert dues(case) == {"first-response": "09:15"}
    assert after(case, ask(AddNote, text="hm"), "9:21").tally == Tally()
    assert after(case, contact("10:00"), "9:22").tally == Tally(late=1)


def test_a_clock_nobody_needs_any_more_is_withdrawn():
    bare = terms("C", first_response=None)
    case = after(a_case(), severity("C", terms=bare), "9:05")

    assert states(case, "9:06") == {"first-response": "cancelled"}


def test_a_clock_the_earlier_terms_did_not_have_counts_from_its_start():
    case = after(answered(terms()), ask(ChangePlan, plan="Gold", reason="bought", terms=TARGETS), "9:30")

    assert dues(case)["resolution"] == "13:00"
    assert (case.plan, case.earlier_terms) == ("Gold", (terms(),))


def test_a_promise_stands_until_it_is_replaced():
    case = after(answered(), severity("C"), "9:30")

    assert case.promise.due == at("11:00")


def test_terms_that_ask_for_a_promise_get_one():
    """Invariant 1, for a case that was held to less."""
    bare = after(a_case("C", agreed=terms("C")), contact(), "9:05")
    step = NextStep(due=at("9:50"), action="call")

    with pytest.raises(NextContactMissing):
        facts_of(bare, severity("A"), "9:10")
    assert after(bare, severity("A", next=step), "9:10").promise.due == at("9:50")


def test_other_terms_while_the_case_waits_wait_too():
    case = after(after(answered(), pause(), "10:00"), severity("C", terms=terms("C", resolution="8h")), "10:30")
    assert states(case, "10:31")["resolution"] == "paused"

    case = after(case, ask(ResumeCase), "11:00")

    assert dues(case)["resolution"] == "18:00"  # seven hours were left, and nothing ran meanwhile


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (severity("A"), SameTerms),
        (severity("C", terms=None), SameTerms),
        (severity("C", reason=" "), ReasonNeeded),
        (ask(ChangePlan, reason="why not", terms=TARGETS), SameTerms),
        (ask(ChangePlan, plan="Gold", reason=""), ReasonNeeded),
    ],
)
def test_terms_that_do_not_change(command, refusal):
    with pytest.raises(refusal):
        facts_of(answered(), command, "9:30")


# ---------------------------------------------------------------- vendors and deadlines


def ask_vendor(**about):
    return ask(AskVendor, **{"name": "Contoso", "reference": "123", "promise_at": at("10:00"), **about})


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


# ---------------------------------------------------------------- the ladder


FULL = terms(
    ladder=[
        {"after": f"{minutes}m", "tell": tell}
        for minutes, tell in ((2, "owner"), (5, "backup"), (8, "lead"), (12, "channel"))
    ]
)


def climbed(case, *ticks):
    """What each moment said, to whom, and who had been told."""
    said = []
    for clock in ticks:
        facts = facts_of(case, TIME_PASSES, clock)
        said += [(fact.rung, fact.to, fact.told) for fact in facts]
        case = told(case, clock)
    return said


def test_every_rung_knows_who_was_told_before():
    case = a_case(agreed=FULL).model_copy(update={"leads": (CHO,)})

    assert climbed(told(case, "9:10"), "9:15", "9:17", "9:20", "9:23", "9:27") == [
        ("due", (ANN,), (ANN,)),
        ("owner", (ANN,), (ANN,)),
        ("backup", (BEN,), (ANN,)),
        ("lead", (CHO,), (ANN, BEN)),
        ("channel", (), (ANN, BEN, CHO)),
    ]


def test_where_nobody_leads_the_channel_hears_it_at_once_and_only_once():
    said = climbed(told(a_case(agreed=FULL, backup=()), "9:10"), "9:15", "9:17", "9:20", "9:23", "9:27", "9:57")

    assert [rung for rung, _, _ in said] == ["due", "owner", "channel", "lead", "again"]


@pytest.mark.parametrize("who", [ANN, BEN])
def test_an_act_of_somebody_who_was_told_holds_the_ladder(who):
    case = told(a_case(agreed=FULL), "9:10", "9:15", "9:20")

    held = after(case, ask(AddNote, who, text="calling them"), "9:21")

    assert (held.held_until, held.holds) == (at("9:31"), 1)
    assert next(p.at for p in checkpoints(held)) == at("9:31")


def test_an_act_of_somebody_else_holds_nothing_and_three_holds_are_enough():
    case = told(a_case(agreed=FULL), "9:10", "9:15")
    assert after(case, ask(AddNote, CHO, text="hm"), "9:16").held_until is None

    for clock in ("9:16", "9:27", "9:38", "9:49"):
        case = after(case, ask(AddNote, text="still looking"), clock)

    assert (case.holds, case.held_until) == (3, at("9:48"))
    with pytest.raises(HeldLongEnough):
        facts_of(case, ask(Acknowledge), "9:50")


def test_a_hold_may_be_shorter_than_the_terms_allow_and_never_longer():
    case = a_case()

    assert after(case, ask(Acknowledge, hold=5 * MINUTE), "9:10").held_until == at("9:15")
    for hold in (11 * MINUTE, timedelta(0), -MINUTE):
        with pytest.raises(HoldTooLong):
            facts_of(case, ask(Acknowledge, hold=hold), "9:10")
    with pytest.raises(NothingToAcknowledge):
        facts_of(after(case, ask(ResolveCase), "9:05"), ask(Acknowledge), "9:10")


def test_the_ladder_climbs_on_what_a_contact_answers_alone():
    case = told(after(answered(next_at="18:00"), ask_vendor(), "9:10"), "10:00", "13:00")

    assert {p.rung for p in checkpoints(case) if p.clock.name in ("vendor", "resolution")} == set()


def test_a_promise_leaves_the_ladder_of_an_unanswered_message_alone():
    case = after(answered(next_at="18:00"), wrote("9:30"), "9:30")
    case = told(case, "10:20", "10:30", "10:35")

    assert after(case, promise("12:00", reason="asked"), "10:36").last_rung_at == at("10:35")
