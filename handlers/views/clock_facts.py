"""Clock facts in words: pauses, other terms, what the customer wrote, vendors and deadlines."""

from collections.abc import Callable
from typing import Any

from bot.domain.case import Case
from bot.domain.change import name_of
from bot.domain.clock import Clock
from bot.domain.clock_messages import (
    CasePaused,
    CaseResumed,
    CustomerWrote,
    DeadlineSet,
    PlanChanged,
    SeverityChanged,
    VendorAnswered,
    VendorAsked,
)
from handlers.views import parts
from handlers.views.pen import Pen

LONG = 240
"""Ours, as in facts.py."""


def _paused(pen: Pen, case: Case, fact: CasePaused) -> str:
    at, reason = pen.when(fact.look_at), parts.typed(fact.reason, LONG)
    if fact.again:
        return pen.say("goes on waiting for the customer, and looks again at {at} (reason: {reason})",
                       at=at, reason=reason)  # fmt: skip
    return pen.say("paused the case to wait for the customer, and looks again at {at} (reason: {reason})",
                   at=at, reason=reason) + _dues(pen, fact.clocks)  # fmt: skip


def _resumed(pen: Pen, case: Case, fact: CaseResumed) -> str:
    length = pen.lasting(fact.at - fact.paused_at)
    if fact.customer_wrote:
        said = pen.say("The customer wrote, so the case goes on; it had waited for {length}", length=length)
    else:
        said = pen.say("resumed the case; it had waited for the customer for {length}", length=length)
    note = f" — {parts.typed(fact.note, LONG)}" if fact.note else ""
    return said + note + _dues(pen, fact.clocks)


def _severity(pen: Pen, case: Case, fact: SeverityChanged) -> str:
    said = pen.say("changed the severity from {before} to {after} (reason: {reason})", before=fact.before,
                   after=fact.severity, reason=parts.typed(fact.reason, LONG))  # fmt: skip
    return said + _dues(pen, fact.clocks)


def _plan(pen: Pen, case: Case, fact: PlanChanged) -> str:
    said = pen.say("applied the terms {terms} instead of {before} (reason: {reason})",
                   terms=parts.typed(name_of(fact.terms), 100), before=parts.typed(fact.before, 100),
                   reason=parts.typed(fact.reason, LONG))  # fmt: skip
    plan = pen.say(" — plan: {plan}", plan=parts.typed(fact.plan, 100)) if fact.plan else ""
    return said + plan + _dues(pen, fact.clocks)


def _dues(pen: Pen, clocks: tuple[Clock, ...]) -> str:
    """Where the clocks stand that this moved; the words for one that waits and for one that is over by it."""
    return "".join(_due(pen, clock) for clock in clocks if clock.ended is None and clock.counted)


def _due(pen: Pen, clock: Clock) -> str:
    name = pen.clock(clock.name)
    if clock.by_change:
        return pen.say(" — {clock}: over by the change, not counted as missed", clock=name)
    if clock.paused:
        return pen.say(" — {clock}: waits", clock=name)
    return f" — {name}: {pen.when(clock.due)}"


def _wrote(pen: Pen, case: Case, fact: CustomerWrote) -> str:
    said = pen.say("noted that the customer wrote at {at}", at=pen.when(fact.wrote_at))
    text = f" — {parts.typed(fact.text, LONG)}" if fact.text else ""
    return said + text + _dues(pen, fact.clocks)


def _asked(pen: Pen, case: Case, fact: VendorAsked) -> str:
    said = pen.say("asked the vendor {vendor}", vendor=parts.typed(fact.name, 100))
    if fact.reference:
        said += pen.say(" (their number: {reference})", reference=parts.typed(fact.reference, 100))
    if fact.promise_at is not None:
        said += pen.say(" — they promised {at}", at=pen.when(fact.promise_at))
    if fact.look_at is not None:
        said += pen.say(" — we look after it at {at}", at=pen.when(fact.look_at))
    return said


def _answered(pen: Pen, case: Case, fact: VendorAnswered) -> str:
    said = pen.say("has the answer of the vendor {vendor}", vendor=parts.typed(fact.name, 100))
    if fact.late:
        said += pen.say(" — {length} late for {due}", length=pen.lasting(fact.at - fact.due), due=pen.when(fact.due))
    return said + (f" — {parts.typed(fact.text, LONG)}" if fact.text else "")


def _deadline(pen: Pen, case: Case, fact: DeadlineSet) -> str:
    reason = pen.say(" (reason: {reason})", reason=parts.typed(fact.reason, LONG)) if fact.reason else ""
    text = f" — {parts.typed(fact.deadline_text, 200)}" if fact.deadline_text else ""
    if fact.deadline is None:
        return pen.say("withdrew the customer's deadline") + text + reason
    due = pen.when_there(fact.deadline, case.customer_zone)
    if fact.before is None:
        return pen.say("set the customer's deadline: {due}", due=due) + text + reason
    return (
        pen.say("moved the customer's deadline from {old} to {due}", old=pen.when(fact.before), due=due) + text + reason
    )


SENTENCES: dict[type[Any], Callable[[Pen, Case, Any], str]] = {
    CasePaused: _paused,
    CaseResumed: _resumed,
    SeverityChanged: _severity,
    PlanChanged: _plan,
    CustomerWrote: _wrote,
    VendorAsked: _asked,
    VendorAnswered: _answered,
    DeadlineSet: _deadline,
}
