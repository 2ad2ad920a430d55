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
    """SEV-{number} is not offered to you, so there is nothing to answer."""

    example = "show {number}"
