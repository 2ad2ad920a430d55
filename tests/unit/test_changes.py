"""Changes: what other terms do to the clocks of a running case."""

from datetime import timedelta

import pytest
from cases import TIME_PASSES, a_case, after, ask, at, contact, facts_of, terms, told
from clock_stories import (
    IN_HOURS,
    TARGETS,
    answered,
    dues,
    pause,
    severity,
    states,
)

from bot.domain.clock_messages import (
    ChangePlan,
    ResumeCase,
)
from bot.domain.contact import Tally
from bot.domain.errors import (
    NextContactMissing,
    ReasonNeeded,
    SameTerms,
)
from bot.domain.ledger import running
from bot.domain.messages import (
    AddNote,
    NextStep,
)
from bot.domain.sla import checkpoints

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


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
