"""Message: what every command and every fact has, and what several of them say."""

from typing import Any

from bot.domain.values import CaseNumber, DeliveryId, Instant, UserId, Value


class Command(Value):
    """One act of one person (or of time), named so that its repetition is recognised."""

    delivery: DeliveryId
    by: UserId


class CaseCommand(Command):
    """An act on a case that is there."""

    case: CaseNumber


class Stamp(Value):
    """Who and when, the same for every fact of one act."""

    by: UserId
    at: Instant

    @property
    def fields(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at}


class FactBase(Value):
    by: UserId
    at: Instant


class NextStep(Value):
    """A next contact as it is asked for: when, and with what."""

    due: Instant
    action: str
