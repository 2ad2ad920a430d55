"""Handoff: the owner changes only when the other side accepts, having read back what it takes on (decision 0039)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain import contact
from bot.domain.errors import (
    AnotherTime,
    FirstActionMissing,
    HandoffPending,
    HandoffToSelf,
    NextContactMissing,
    NoHandoff,
    NothingOffered,
    OwnerAlready,
    ReasonNeeded,
)
from bot.domain.messages import (
    AcceptHandoff,
    DeclineHandoff,
    Fact,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
    NextContactPromised,
    NextStep,
    OfferHandoff,
    SetNextContact,
    Stamp,
    WithdrawHandoff,
)
from bot.domain.sla import clocks
from bot.domain.text import many_lines, one_line
from bot.domain.values import Instant, UserId, Value

if TYPE_CHECKING:
    from bot.domain.case import Case

ANSWERED_WITHIN = timedelta(minutes=10)
"""Ours: then whoever was asked and whoever asked hear that the answer is missing."""
LED_AFTER = timedelta(minutes=20)
"""Ours: then the shift lead decides who takes it."""
_DAY = timedelta(days=1)


class Offer(Value):
    """A case held out to somebody who has not answered yet."""

    to: UserId
    by: UserId
    at: Instant
    note: str


def offer(case: Case, command: OfferHandoff, stamp: Stamp) -> tuple[Fact, ...]:
    """Hold the case out. Offering it to oneself is taking it: asker and receiver agree already. Whoever it was held
    out to before hears that it no longer is.

    Raises HandoffToSelf where the receiver owns it, HandoffPending where it is held out to them already.
    """
    if command.to == case.owner:
        raise HandoffToSelf(number=case.number, to=command.to)
    offered = HandoffOffered(**stamp.fields, to=command.to, note=many_lines(command.note, 3000))
    if command.to == command.by:
        return (*_withdrawn(case, command.to, stamp), offered, HandoffAccepted(**stamp.fields, sender=case.owner))
    if case.offer is not None and case.offer.to == command.to:
        raise HandoffPending(number=case.number, to=command.to)
    return (*_withdrawn(case, command.to, stamp), offered)


def _withdrawn(case: Case, to: UserId, stamp: Stamp) -> tuple[Fact, ...]:
    """That it is no longer held out to somebody else."""
    if case.offer is None or case.offer.to == to:
        return ()
    return (HandoffWithdrawn(**stamp.fields, to=case.offer.to, sender=case.offer.by),)


def expected(case: Case, by: UserId) -> None:
    """Let an answer to the offer pass. Raises OwnerAlready, and NoHandoff where nothing is held out to them."""
    if by == case.owner:
        raise OwnerAlready(number=case.number)
    if case.offer is None or case.offer.to != by:
        raise NoHandoff(number=case.number)


def accept(case: Case, command: AcceptHandoff, stamp: Stamp) -> tuple[Fact, ...]:
    """Take it, with the receipt: the first action, and the next contact, which stays unless it is moved with a reason.

    Raises FirstActionMissing, AnotherTime, NextContactMissing where there is none, and what `contact.promised` raises.
    """
    expected(case, command.by)
    action = one_line(command.action, 500)
    if not action:
        raise FirstActionMissing(number=case.number)
    moved = _another_time(case, command, stamp)
    due = moved[0].due if moved else owed(case)
    return (HandoffAccepted(**stamp.fields, sender=case.owner, action=action, due=due), *moved)


def _another_time(case: Case, command: AcceptHandoff, stamp: Stamp) -> tuple[NextContactPromised, ...]:
    """The promise that the receiver makes instead of the one that stands; nothing where they confirm that one."""
    stands = owed(case)
    if command.due is None:
        if stands is None and case.needs_next_contact:
            raise NextContactMissing(number=case.number, severity=case.severity)
        return ()
    if stands is not None and _confirms(command.due, stands, stamp.at, meant_anew=bool(command.reason.strip())):
        return ()
    if case.promise is not None and not command.reason.strip():
        raise AnotherTime(number=case.number, due=case.promise.due)
    step = NextStep(due=command.due, action=command.action)
    who = {"delivery": command.delivery, "by": command.by, "case": command.case}
    wanted = SetNextContact(**who, next=step, reason=command.reason, confirmed=command.confirmed)
    return contact.renegotiate(case, wanted, stamp)


def owed(case: Case) -> datetime | None:
    """When the customer expects to hear from us: at the promise, and before there is one at the first response."""
    if case.status != "open":
        return None
    if case.promise is not None:
        return case.promise.due
    return next((clock.due for clock in clocks(case) if clock.name == "first-response"), None)


def _confirms(said: datetime, stands: datetime, now: datetime, *, meant_anew: bool) -> bool:
    """Whether a time read back is the one that stands. Spoken in minutes; one that has passed is read as tomorrow's."""
    said, stands = (at.replace(second=0, microsecond=0) for at in (said, stands))
    return said == stands or (stands <= now and not meant_anew and said == stands + _DAY)


def decline(case: Case, command: DeclineHandoff, stamp: Stamp) -> tuple[Fact, ...]:
    """Give the offer back, with a reason that the sender can act on."""
    if case.offer is None or case.offer.to != command.by:
        raise NoHandoff(number=case.number)
    reason = one_line(command.reason, 500)
    if not reason:
        raise ReasonNeeded(number=case.number, verb="decline")
    return (HandoffDeclined(**stamp.fields, sender=case.offer.by, reason=reason),)


def withdraw(case: Case, command: WithdrawHandoff, stamp: Stamp) -> tuple[Fact, ...]:
    """Take the offer back. Raises NothingOffered; whoever was asked declines instead, with a reason."""
    if case.offer is None:
        raise NothingOffered(number=case.number)
    if case.offer.to == command.by:
        raise ReasonNeeded(number=case.number, verb="decline")
    return (HandoffWithdrawn(**stamp.fields, to=case.offer.to, sender=case.offer.by),)
