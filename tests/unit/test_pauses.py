"""Pauses and replies: what waits for the customer, and what the customer waits for."""

from datetime import timedelta

import pytest
from cases import TIME_PASSES, a_case, after, ask, at, contact, facts_of, told
from clock_stories import (
    IN_HOURS,
    TARGETS,
    answered,
    dues,
    pause,
    states,
    wrote,
)

from bot.domain.clock_messages import (
    PauseCase,
    ResumeCase,
)
from bot.domain.contact import Tally
from bot.domain.errors import (
    CaseResolved,
    LookAgainInThePast,
    LookAgainTooFar,
    NotAnsweredYet,
    NotPaused,
    ReasonNeeded,
    WrittenInTheFuture,
)
from bot.domain.ledger import running
from bot.domain.messages import (
    ResolveCase,
)
from bot.domain.sla import checkpoints, clocks

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


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
