"""Contact and next contact: only a contact keeps a promise, and only an explicit act moves it."""

from datetime import timedelta

import pytest
from cases import ANN, BEN, CHO, NUMBER, a_case, after, ask, at, contact, facts_of, promise, told

from bot.domain.contact import Contact, Promise, Tally
from bot.domain.errors import (
    CaseResolved,
    ContactEmpty,
    HeldLongEnough,
    NextActionMissing,
    NextContactMissing,
    NothingToAcknowledge,
    PromiseBeyondReason,
    PromiseInThePast,
    PromiseTooFar,
    ReasonMissing,
)
from bot.domain.messages import (
    Acknowledge,
    AddNote,
    Arrive,
    ContactMade,
    NextContactPromised,
    RecordContact,
    ReminderAcknowledged,
    ReopenCase,
    ResolveCase,
)
from bot.domain.sla import clocks

RESOLVE = ask(ResolveCase)
REOPEN = ask(ReopenCase, reason="it came back")


def told_through(*acts, case=None):
    """The case after these acts, each with its time."""
    case = case or a_case()
    for act, clock in acts:
        case = after(case, act, clock)
    return case


FIRST = (contact("10:00"), "9:10")
"""The first response, in time, which promises the next contact for 10:00."""


# ---------------------------------------------------------------- what a contact does


def test_a_contact_keeps_what_was_due_and_promises_the_next_in_one_step():
    case = told_through(FIRST)

    assert facts_of(case, contact("10:50", by=CHO), "9:55") == (
        ContactMade(
            by=CHO, at=at("9:55"), how="phone", said="we check the firewall", clock="next-contact", due=at("10:00")
        ),
        NextContactPromised(by=CHO, at=at("9:55"), due=at("10:50"), action="send the trace"),
    )


@pytest.mark.parametrize(("clock", "late"), [("9:59", False), ("10:00", False), ("10:00:01", True)])
def test_a_contact_knows_whether_it_was_late(clock, late):
    made = facts_of(told_through(FIRST), contact("10:50"), clock)[0]

    assert (made.clock, made.due, made.late) == ("next-contact", at("10:00"), late)


def test_a_contact_is_on_the_case_with_the_next_promise():
    case = told_through(FIRST)

    assert (case.last_contact, case.promise, case.responded_at) == (
        Contact(at=at("9:10"), by=ANN, how="phone", said="we check the firewall"),
        Promise(serial=1, due=at("10:00"), action="send the trace", by=ANN, made_at=at("9:10")),
        at("9:10"),
    )


@pytest.mark.parametrize("act", [ask(AddNote, text="told the customer"), ask(Arrive, CHO), ask(Acknowledge)])
def test_nothing_but_a_contact_stops_a_clock(act):
    case = a_case()

    assert clocks(after(case, act, "9:05")) == clocks(case)


@pytest.mark.parametrize(
    ("acts", "tally"),
    [
        ([], Tally()),
        ([FIRST], Tally(kept=1)),
        ([(contact("10:00"), "9:15")], Tally(kept=1)),  # at the due time is in time
        ([(contact("10:00"), "9:15:01")], Tally(late=1)),
        ([FIRST, (contact("10:30"), "10:00")], Tally(kept=2)),
        ([FIRST, (contact("10:30"), "10:00:01")], Tally(kept=1, late=1)),
        ([FIRST, (promise("10:10", reason="asked"), "9:59")], Tally(kept=1, renegotiated=1)),
        ([FIRST, (promise("10:10", reason="asked"), "10:00")], Tally(kept=1, renegotiated=1)),
        ([FIRST, (promise("10:10", reason="asked"), "10:01")], Tally(kept=1, missed=1)),
        ([(promise("9:12"), "9:05"), (contact("10:00"), "9:10")], Tally(kept=2)),  # one call answers both clocks
        ([(promise("9:12"), "9:05"), (contact("10:00"), "9:14")], Tally(kept=1, late=1)),
        ([(promise("9:12"), "9:05"), (contact("10:00"), "9:20")], Tally(late=2)),
        ([FIRST, (RESOLVE, "9:50"), (contact(), "9:55")], Tally(kept=2)),  # said after the end, and in time
        ([FIRST, (RESOLVE, "9:50"), (contact(), "10:20")], Tally(kept=1, late=1)),
        ([FIRST, (RESOLVE, "9:50"), (contact(), "9:55"), (contact(), "9:58")], Tally(kept=2)),
        ([FIRST, (RESOLVE, "9:50"), (REOPEN, "9:55")], Tally(kept=1)),
        ([(RESOLVE, "9:10"), (REOPEN, "9:14")], Tally()),  # nobody was late yet
        ([(RESOLVE, "9:10"), (REOPEN, "9:15")], Tally(missed=1)),  # nobody ever answered
        ([FIRST, (RESOLVE, "9:50"), (REOPEN, "10:05")], Tally(kept=1, missed=1)),
    ],
)
def test_how_the_promises_of_a_case_went(acts, tally):
    assert told_through(*acts).tally == tally


def test_a_contact_without_a_running_clock_is_a_contact_all_the_same():
    case = told_through((contact(), "9:30"), case=a_case("C"))

    assert facts_of(case, contact(), "9:40") == (
        ContactMade(by=ANN, at=at("9:40"), how="phone", said="we check the firewall"),
    )


def test_severities_that_need_no_next_contact_end_a_promise_without_a_new_one():
    case = told_through((contact("12:00"), "9:30"), (contact(), "11:00"), case=a_case("C"))

    assert (case.promise, clocks(case)) == (None, ())


# ---------------------------------------------------------------- what a promise needs


@pytest.mark.parametrize(
    ("acts", "act", "refusal"),
    [
        ([], contact(), NextContactMissing(number=NUMBER, severity="A")),
        ([FIRST], contact(), NextContactMissing(number=NUMBER, severity="A")),
        ([], ask(RecordContact, how="phone", said=" \n\u200b "), ContactEmpty(number=NUMBER)),
        ([], promise("9:50", action="  "), NextActionMissing(number=NUMBER)),
        ([], promise("9:29"), PromiseInThePast(number=NUMBER, due=at("9:29"))),
        ([], promise("9:30"), PromiseInThePast(number=NUMBER, due=at("9:30"))),
        ([], contact("9:30"), PromiseInThePast(number=NUMBER, due=at("9:30"))),
        ([], promise("10:31:01"), PromiseTooFar(number=NUMBER, due=at("10:31:01"), limit="1h")),
        ([], contact("12:00"), PromiseTooFar(number=NUMBER, due=at("12:00"), limit="1h")),
        ([], promise("12:00", reason=" \n"), PromiseTooFar(number=NUMBER, due=at("12:00"), limit="1h")),
        ([], promise("8794:00", reason="agreed"), PromiseBeyondReason(number=NUMBER, due=at("8794:00"))),
        ([FIRST], promise("10:10"), ReasonMissing(number=NUMBER, due=at("10:00"))),
        ([FIRST], promise("9:40", reason="\u3000"), ReasonMissing(number=NUMBER, due=at("10:00"))),
        ([(RESOLVE, "9:20")], promise("10:10"), CaseResolved(number=NUMBER)),
        ([(RESOLVE, "9:20")], contact("10:10"), CaseResolved(number=NUMBER)),
        ([(RESOLVE, "9:20")], ask(Acknowledge), NothingToAcknowledge(number=NUMBER)),
    ],
)
def test_what_is_no_promise(acts, act, refusal):
    case = told_through(*acts)

    with pytest.raises(type(refusal)) as refused:
        after(case, act, "9:30")

    assert refused.value.about == refusal.about


@pytest.mark.parametrize(
    ("act", "due"),
    [
        (promise("9:30:01"), "9:30:01"),
        (promise("10:31"), "10:31"),  # "1h" typed at 9:30:40 and spoken in minutes
        (promise("12:00", reason="agreed"), "12:00"),
        (contact("12:00", reason="agreed"), "12:00"),
        (promise("4329:00", reason="agreed"), "4329:00"),  # 180 days at most
    ],
)
def test_a_promise_that_may_be_made(act, due):
    assert after(a_case(), act, "9:30").promise.due == at(due)


def test_a_reason_makes_any_distance_right_where_the_terms_set_none():
    case = told_through((promise("4000:00", reason="agreed"), "9:30"), case=a_case("C"))

    assert case.promise.due == at("4000:00")


def test_a_moved_promise_says_from_where_and_why():
    case = told_through(FIRST)

    assert facts_of(case, promise("10:30", by=BEN, reason="waiting\nfor logs"), "10:05") == (
        NextContactPromised(
            by=BEN,
            at=at("10:05"),
            due=at("10:30"),
            action="send the trace",
            reason="waiting for logs",
            replaced=at("10:00"),
            missed=True,
        ),
    )


def test_each_promise_has_a_number_of_its_own():
    case = told_through(FIRST, (promise("10:10", reason="asked"), "9:20"), (contact("10:50"), "10:05"))

    assert (case.promise.serial, case.promises) == (3, 3)


# ---------------------------------------------------------------- acknowledging


def test_an_acknowledgement_holds_others_back_for_a_while_and_moves_nothing():
    case = told(told_through(FIRST), "10:00")

    assert facts_of(case, ask(Acknowledge, CHO), "10:02") == (
        ReminderAcknowledged(by=CHO, at=at("10:02"), until=at("10:12")),
    )
    assert after(case, ask(Acknowledge, CHO), "10:02").promise == case.promise


def test_an_acknowledgement_does_not_shorten_a_hold_of_earlier_terms():
    case = told(told_through(FIRST), "10:00").model_copy(update={"held_until": at("10:30")})

    assert facts_of(case, ask(Acknowledge), "10:02")[0].until == at("10:30")
    shorter = ask(Acknowledge, hold=timedelta(minutes=5))
    assert facts_of(case, shorter, "10:02")[0].until == at("10:07"), "unless somebody says so"


@pytest.mark.parametrize("act", [contact("11:00"), promise("11:00", reason="asked"), RESOLVE])
def test_what_was_acknowledged_ends_with_the_clock(act):
    case = told(told_through(FIRST), "10:00", "10:05")
    case = after(after(case, ask(Acknowledge), "10:06"), act, "10:07")

    assert (case.held_until, case.told, case.last_rung_at) == (None, (), None)


def test_the_ladder_is_not_held_for_ever():
    "Whoever is on it for longer owes the customer a call or another time."
    case = told_through((contact("10:00"), "9:10"), *((ask(Acknowledge), f"10:0{minute}") for minute in (1, 2, 3)))

    with pytest.raises(HeldLongEnough):
        facts_of(case, ask(Acknowledge), "10:04")
    assert after(case, contact("10:40"), "10:05").holds == 0
