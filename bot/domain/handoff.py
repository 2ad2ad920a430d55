"""Handoff: the owner changes only when the other side accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import HandoffPending, HandoffToSelf, NoHandoff, ReasonNeeded
from bot.domain.messages import (
    AcceptHandoff,
    DeclineHandoff,
    Fact,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    OfferHandoff,
    Stamp,
)
from bot.domain.text import many_lines, one_line
from bot.domain.values import Instant, UserId, Value

if TYPE_CHECKING:
    from bot.domain.case import Case


class Offer(Value):
    """A case held out to somebody who has not answered yet."""

    to: UserId
    by: UserId
    at: Instant
    note: str


def offer(case: Case, command: OfferHandoff, stamp: Stamp) -> tuple[Fact, ...]:
    """Hold the case out. Offering it to oneself is taking it: asker and receiver agree already.

    Raises HandoffToSelf where the receiver owns it, HandoffPending where it is held out to them already.
    """
    if command.to == case.owner:
        raise HandoffToSelf(number=case.number, to=command.to)
    offered = HandoffOffered(**stamp.fields, to=command.to, note=many_lines(command.note, 3000))
    if command.to == command.by:
        return (offered, HandoffAccepted(**stamp.fields, sender=case.owner))
    if case.offer is not None and case.offer.to == command.to:
        raise HandoffPending(number=case.number, to=command.to)
    return (offered,)


def accept(case: Case, command: AcceptHandoff, stamp: Stamp) -> tuple[Fact, ...]:
    if case.offer is None or case.offer.to != command.by:
        raise NoHandoff(number=case.number)
    return (HandoffAccepted(**stamp.fields, sender=case.owner),)


def decline(case: Case, command: DeclineHandoff, stamp: Stamp) -> tuple[Fact, ...]:
    """Give the offer back, with a reason that the sender can act on."""
    if case.offer is None or case.offer.to != command.by:
        raise NoHandoff(number=case.number)
    reason = one_line(command.reason, 500)
    if not reason:
        raise ReasonNeeded(number=case.number, verb="decline")
    return (HandoffDeclined(**stamp.fields, sender=case.offer.by, reason=reason),)
