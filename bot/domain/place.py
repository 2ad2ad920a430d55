"""Place: where a case speaks, and what is known against it."""

from bot.domain.values import Instant, UserId, Value


class Unreached(Value):
    """A place that takes nothing from us: a person's direct messages, or without one the case's channel."""

    to: UserId | None
    since: Instant
    reason: str
    edits: bool = False
    """What stands there may still be edited."""
