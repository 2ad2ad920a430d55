"""Vendor: somebody outside who was asked about a case: their reference, their promise, and whether they kept it.

Waiting for a vendor pauses nothing that faces the customer: the team owes the next contact all the same.
"""

from bot.domain.values import AreaKey, Instant, UserId, Value


class Vendor(Value):
    """One question to a vendor."""

    serial: int
    name: str
    reference: str
    asked_at: Instant
    by: UserId
    promise_at: Instant | None = None
    area: AreaKey | None = None
    answered_at: Instant | None = None
