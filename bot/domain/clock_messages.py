"""Commands and facts about clocks: pauses, other terms, what the customer wrote, vendors, the customer's deadline.

A fact carries the clocks that it starts or moves as they stand after it, so that replaying the facts needs no calendar.
"""

from typing import Literal

from bot.domain.clock import Clock
from bot.domain.message import CaseCommand, FactBase, NextStep
from bot.domain.policy import Terms
from bot.domain.values import AreaKey, Instant, Severity

# ---------------------------------------------------------------- commands


class PauseCase(CaseCommand):
    """The case waits for the customer: reply and resolution clocks stand still, promises run on."""

    reason: str
    look_at: Instant
    """When somebody looks again whether the customer has answered. A later pause of a paused case moves this alone."""


class ResumeCase(CaseCommand):
    """The wait for the customer is over."""

    note: str = ""


class ChangeSeverity(CaseCommand):
    """Hold the case to the terms of another severity of its policy; the time already used counts."""

    severity: Severity
    reason: str
    next: NextStep | None = None
    """The next contact, needed where the new terms ask for one and none stands."""
    confirmed: bool = False
    """It may lie outside the customer's hours: somebody was asked and said so."""
    terms: Terms | None = None
    """Filled in by the desk from the configuration."""


class ChangePlan(CaseCommand):
    """Hold the case to another plan, or to the present terms of its own (`plan … apply`)."""

    plan: str = ""
    """What the customer's plan is called; empty leaves the name on the case as it is."""
    policy: str = ""
    """The policy to take the terms from; empty for the case's own policy as the configuration says it now."""
    reason: str
    next: NextStep | None = None
    """As for a change of severity."""
    confirmed: bool = False
    terms: Terms | None = None
    """Filled in by the desk from the configuration."""


class NoteCustomerWrote(CaseCommand):
    """The customer wrote to us: the next reply is due, counted from the oldest message that nobody has answered."""

    wrote_at: Instant | None = None
    """When they wrote; None for just now."""
    text: str = ""


class AskVendor(CaseCommand):
    """Hand a question to a vendor. It pauses nothing that faces the customer."""

    name: str
    reference: str = ""
    """Their number for it."""
    contact: str = ""
    """Whom we speak to there, and how."""
    promise_at: Instant | None = None
    """When they promised to answer."""
    look_at: Instant | None = None
    """When we look after it; needed where they promised nothing."""
    area: AreaKey | None = None
    """The area that waits for them; without one the vendor is an area of its own."""


class RecordVendorAnswer(CaseCommand):
    """A vendor has answered."""

    vendor: int | None = None
    """Which one, by its serial on the case; None where only one is waited for."""
    text: str = ""


class SetDeadline(CaseCommand):
    """Until when the customer needs it back; None withdraws the deadline."""

    deadline: Instant | None
    deadline_text: str = ""
    reason: str = ""


# ---------------------------------------------------------------- facts


class ClockFact(FactBase):
    """A fact that starts, moves or ends clocks."""

    clocks: tuple[Clock, ...] = ()
    """The clocks that it starts or moves, and those that it ends, as they stand after it."""


class CasePaused(ClockFact):
    kind: Literal["case_paused"] = "case_paused"
    reason: str
    look_at: Instant
    again: bool = False
    """It was paused already: somebody looked, and the wait goes on."""


class CaseResumed(ClockFact):
    kind: Literal["case_resumed"] = "case_resumed"
    paused_at: Instant
    note: str = ""
    customer_wrote: bool = False
    """Nobody resumed it by hand: the customer wrote."""


class SeverityChanged(ClockFact):
    kind: Literal["severity_changed"] = "severity_changed"
    before: Severity
    severity: Severity
    reason: str
    terms: Terms


class PlanChanged(ClockFact):
    kind: Literal["plan_changed"] = "plan_changed"
    before: str
    """The policy before, by name and version."""
    plan: str = ""
    reason: str
    terms: Terms


class CustomerWrote(ClockFact):
    kind: Literal["customer_wrote"] = "customer_wrote"
    wrote_at: Instant
    text: str = ""


class VendorAsked(ClockFact):
    kind: Literal["vendor_asked"] = "vendor_asked"
    vendor: int
    name: str
    reference: str = ""
    contact: str = ""
    promise_at: Instant | None = None
    look_at: Instant | None = None
    area: AreaKey | None = None
    """The area that waits for them, made for them where the case has none of that key."""


class VendorAnswered(ClockFact):
    kind: Literal["vendor_answered"] = "vendor_answered"
    vendor: int
    name: str
    text: str = ""
    due: Instant
    late: bool = False


class DeadlineSet(FactBase):
    kind: Literal["deadline_set"] = "deadline_set"
    before: Instant | None = None
    deadline: Instant | None
    deadline_text: str = ""
    reason: str = ""
