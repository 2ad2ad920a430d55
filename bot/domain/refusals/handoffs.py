"""Refusals of handoffs: about giving the case over."""

from bot.domain.refusals.base import Refusal


class HandoffRefusal(Refusal):
    """The handoff can't go on."""


class HandoffToNobody(HandoffRefusal):
    """Say to whom you hand over."""

    example = "handoff {number} @hana trace is running, call at 15:00"


class HandoffToSelf(HandoffRefusal):
    """{to} has this case already. Hand over to somebody else."""

    example = "handoff {number} @hana trace is running, call at 15:00"


class HandoffPending(HandoffRefusal):
    """SEV-{number} is already offered to {to}, who has not answered yet."""

    example = "show {number}"


class NoHandoff(HandoffRefusal):
    """SEV-{number} is not offered to you, or no longer, so there is nothing to answer."""

    example = "show {number}"


class OwnerAlready(HandoffRefusal):
    """You own SEV-{number} already, so there is nothing to accept."""

    example = "show {number}"


class FirstActionMissing(HandoffRefusal):
    """Say what you will do first: with that you are the owner."""

    example = "accept {number} call with the trace"


class AnotherTime(HandoffRefusal):
    """The next contact is promised for {due}. Confirm that time, or say why it becomes another."""

    example = "accept {number} 15:00 call with the trace reason: agreed with the customer"


class NothingOffered(HandoffRefusal):
    """SEV-{number} is offered to nobody, so there is nothing to withdraw."""

    example = "show {number}"
