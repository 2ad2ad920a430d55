"""Contact and next contact: what was said to the customer, and the promise of when we speak to them again.

Only a contact made by a person keeps a promise. A promise moves only by an explicit act, and with a reason.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.duration import write_duration
from bot.domain.errors import (
    CaseResolved,
    ContactEmpty,
    HeldLongEnough,
    HoldTooLong,
    NextActionMissing,
    NextContactMissing,
    NothingToAcknowledge,
    OutsideCustomerHours,
    PromiseBeyondReason,
    PromiseInThePast,
    PromiseTooFar,
    ReasonMissing,
)
from bot.domain.kin import recorded_for
from bot.domain.messages import (
    Acknowledge,
    ContactMade,
    Fact,
    How,
    NextContactPromised,
    RecordContact,
    ReminderAcknowledged,
    SetNextContact,
    Stamp,
)
from bot.domain.sla import clocks, unanswered
from bot.domain.text import many_lines, one_line
from bot.domain.values import Instant, UserId, Value
from bot.domain.worktime import NeverOpen, is_open, next_open

if TYPE_CHECKING:
    from bot.domain.case import Case

SLACK = timedelta(minutes=1)
"""Times are spoken in minutes: "next 1h" typed at 10:00:40 and read as 11:01 is still within the hour."""
FARTHEST = timedelta(days=180)
"""Ours: a promise further away is a slip of the keyboard, and its day and month would be read as this year's."""
MOST_HOLDS = 3
"""Ours: whoever is on it for longer owes the customer a call or another time, and the team has to hear of it."""
LONGEST = 40_000
"""chat.postMessage truncates over 40,000 characters (D:reference/methods/chat.postMessage); no typed text is longer."""


class Contact(Value):
    """Something a person said to the customer."""

    at: Instant
    by: UserId
    how: How
    said: str


class Promise(Value):
    """The next contact as the customer was told it."""

    serial: int
    due: Instant
    action: str
    by: UserId
    made_at: Instant


class Tally(Value):
    """How the promises of a case went, first responses included."""

    kept: int = 0
    late: int = 0
    missed: int = 0
    renegotiated: int = 0


def record(case: Case, command: RecordContact, stamp: Stamp) -> tuple[Fact, ...]:
    """The contact, the promise it keeps, and the next one in the same step.

    Raises ContactEmpty, NextContactMissing, CaseResolved, and what `promised` raises.
    """
    said = many_lines(command.said, LONGEST)
    if not said:
        raise ContactEmpty(number=case.number)
    if case.status == "open" and command.next is None and case.terms.next_contact_required:
        raise NextContactMissing(number=case.number, severity=case.severity)
    if case.status != "open" and command.next is not None:
        raise CaseResolved(number=case.number)
    running = unanswered(case)
    kept = running[0] if running else None
    facts: list[Fact] = [
        ContactMade(
            **stamp.fields,
            how=command.how,
            said=said,
            clock=kept.name if kept else None,
            due=kept.due if kept else None,
            late=bool(kept and stamp.at > kept.due),
            told=case.told,
            called=case.last_rung_at is not None and any(_calls(key) for key in case.fired),
            via=command.via,
            also=recorded_for(case, command.also),
        )
    ]
    if command.next is not None:
        facts.append(promised(case, command, stamp, replaced=None))
    return tuple(facts)


def _calls(key: str) -> bool:
    """Whether a checkpoint that came was a call to the channel."""
    return key.rpartition("/")[2].startswith(("channel ", "again "))


def renegotiate(case: Case, command: SetNextContact, stamp: Stamp) -> tuple[NextContactPromised, ...]:
    """Set the next contact; once one stands, only with a reason. Raises ReasonMissing and what `promised` raises."""
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if case.promise is not None and not one_line(command.reason, 500):
        raise ReasonMissing(number=case.number, due=case.promise.due)
    return (promised(case, command, stamp, replaced=case.promise),)


def promised(
    case: Case, command: RecordContact | SetNextContact, stamp: Stamp, *, replaced: Promise | None
) -> NextContactPromised:
    """The promise, if it may be made now.

    Raises NextActionMissing, PromiseInThePast, PromiseBeyondReason, PromiseTooFar where no reason is given, and
    OutsideCustomerHours where nobody has confirmed it.
    """
    step, reason = command.next, command.reason
    assert step is not None
    action = one_line(step.action, 500)
    if not action:
        raise NextActionMissing(number=case.number)
    _refuse_odd_times(case, step.due, reason, stamp.at)
    if not command.confirmed:
        _ask_back(case, step.due)
    return NextContactPromised(
        **stamp.fields,
        due=step.due,
        action=action,
        reason=one_line(reason, 500),
        replaced=replaced.due if replaced else None,
        missed=bool(replaced and stamp.at > replaced.due),
        via=command.via if isinstance(command, RecordContact) else None,
    )


def _refuse_odd_times(case: Case, due: datetime, reason: str, now: datetime) -> None:
    longest = case.terms.next_contact
    if due <= now:
        raise PromiseInThePast(number=case.number, due=due)
    if due - now > FARTHEST:
        raise PromiseBeyondReason(number=case.number, due=due)
    if longest is not None and due - now > longest + SLACK and not one_line(reason, 500):
        raise PromiseTooFar(number=case.number, due=due, limit=write_duration(longest))


def _ask_back(case: Case, due: datetime) -> None:
    """A call at night is promised on purpose or not at all."""
    hours = case.customer_hours or case.terms.calendar
    if hours is None or is_open(hours, due):
        return
    with suppress(NeverOpen):
        raise OutsideCustomerHours(number=case.number, due=due, calendar=hours.name, opens=next_open(hours, due))


def suggested(case: Case, now: datetime) -> datetime | None:
    """The latest round time that the terms allow for the next contact; None where they ask for none."""
    longest = case.terms.next_contact
    if longest is None or not case.terms.next_contact_required:
        return None
    due = now + longest
    rounded = due - timedelta(minutes=due.minute % 5, seconds=due.second, microseconds=due.microsecond)
    return rounded if rounded > now else due


def acknowledge(case: Case, command: Acknowledge, stamp: Stamp) -> tuple[Fact, ...]:
    """Hold the ladder, for as long as the terms say at most.

    Raises NothingToAcknowledge, HeldLongEnough, HoldTooLong.
    """
    if not clocks(case):
        raise NothingToAcknowledge(number=command.case)
    if case.holds >= MOST_HOLDS:
        raise HeldLongEnough(number=command.case, times=MOST_HOLDS)
    hold = case.terms.hold if command.hold is None else command.hold
    if not timedelta(0) < hold <= case.terms.hold:
        raise HoldTooLong(number=command.case, limit=write_duration(case.terms.hold))
    until = stamp.at + hold
    if command.hold is None and case.held_until is not None:  # earlier terms may have held it for longer
        until = max(until, case.held_until)
    return (ReminderAcknowledged(**stamp.fields, until=until),)
