"""Check messages: what is asked about risky steps, and what happened. The rules are in check.py."""

from typing import Literal

from bot.domain.message import CaseCommand, FactBase
from bot.domain.values import UserId

Risk = Literal[
    "restore", "failover", "deletion", "change", "customer", "severity", "plan", "pause", "resolve", "close", "other"
]  # fmt: skip
"""What makes the step risky: data brought back, service moved, something deleted, a setting or a rule changed, a
message to the customer, or one of the bot's own verbs that hold the case to less; `other` for all the rest."""


# ---------------------------------------------------------------- commands


class AskCheck(CaseCommand):
    """Ask a second person to confirm a step; about a step that waits already, it becomes a new edition of it."""

    risk: Risk
    what: str
    target: str
    rollback: str
    to: tuple[UserId, ...] = ()
    """Whom it is put to; nobody named puts it to everybody present."""
    check: int | None = None
    """The step that is edited, by its number on the case; None finds it by kind and target, or is a new one."""
    edition: int | None = None
    """The edition that whoever edits it had read."""
    leads: tuple[UserId, ...] | None = None
    """Who leads the shift now, filled in by the desk where a roster says so."""


class ApproveCheck(CaseCommand):
    """The step may be done: whoever says so has typed its target."""

    typed: str
    check: int | None = None
    edition: int | None = None


class RejectCheck(CaseCommand):
    """The step must not be done like this."""

    reason: str
    check: int | None = None
    edition: int | None = None


class WithdrawCheck(CaseCommand):
    """Nobody needs to look at the step any more."""

    check: int | None = None
    edition: int | None = None


class OverrideCheck(CaseCommand):
    """The step is done without anybody's check, because it can't wait."""

    reason: str
    check: int | None = None
    edition: int | None = None
    leads: tuple[UserId, ...] | None = None
    """Who leads the shift now, filled in by the desk where a roster says so."""


class FinishCheck(CaseCommand):
    """The step that was approved is done."""

    check: int | None = None
    edition: int | None = None


# ---------------------------------------------------------------- facts


class CheckFact(FactBase):
    """Which step a fact is about, so that it can be read without the case."""

    check: int
    """The step's number on its case, from 1."""
    edition: int
    """From 1; an edit is a new one, and what was said of the one before is void."""
    risk: Risk
    target: str


class CheckAsked(CheckFact):
    kind: Literal["check_asked"] = "check_asked"
    what: str
    rollback: str
    to: tuple[UserId, ...] = ()
    """Who is asked in person."""
    earlier: UserId | None = None
    """Who asked for the edition that this one replaces, where that was somebody else."""


class CheckApproved(CheckFact):
    kind: Literal["check_approved"] = "check_approved"
    asker: UserId
    typed: str
    """The target as the second person typed it."""


class CheckRejected(CheckFact):
    kind: Literal["check_rejected"] = "check_rejected"
    asker: UserId
    reason: str


class CheckWithdrawn(CheckFact):
    kind: Literal["check_withdrawn"] = "check_withdrawn"
    to: tuple[UserId, ...] = ()
    """Who had been asked, and has nothing to do any more."""


class CheckOverridden(CheckFact):
    kind: Literal["check_overridden"] = "check_overridden"
    asker: UserId
    reason: str
    to: tuple[UserId, ...] = ()
    """The shift leads who are told in person."""


class CheckUsed(CheckFact):
    kind: Literal["check_used"] = "check_used"
    unchecked: bool = False
    """It went through by an override: nobody had checked it."""
