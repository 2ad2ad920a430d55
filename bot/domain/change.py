"""Change: a case comes under other terms, by an explicit act and with a reason. The time already used counts.

Decision: docs/decisions/0024.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain import contact, measure, worktime
from bot.domain.clock import COUNTED, PAUSABLE, Clock, ClockName
from bot.domain.clock_messages import ChangePlan, ChangeSeverity, PlanChanged, SeverityChanged
from bot.domain.duration import Span
from bot.domain.errors import CaseResolved, NextContactMissing, ReasonNeeded, SameTerms
from bot.domain.ledger import running
from bot.domain.message import Stamp
from bot.domain.messages import Fact, NextContactPromised, SetNextContact
from bot.domain.policy import Terms
from bot.domain.sla import calendar_of, next_serial
from bot.domain.text import one_line

if TYPE_CHECKING:
    from bot.domain.case import Case

ZERO = timedelta(0)


def severity(case: Case, command: ChangeSeverity, stamp: Stamp) -> tuple[Fact, ...]:
    """The case under the terms of another severity.

    Raises CaseResolved, SameTerms, ReasonNeeded, NextContactMissing and what a promise raises.
    """
    terms = command.terms
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if terms is None or terms.severity == case.severity:
        raise SameTerms(number=case.number, terms=name_of(case.terms))
    reason = _reason(case, command.reason, "severity")
    clocks = under(case, terms, stamp.at)
    changed = SeverityChanged(
        **stamp.fields, before=case.severity, severity=terms.severity, reason=reason, terms=terms, clocks=clocks
    )
    return (changed, *_promised(case, command, terms, stamp))


def plan(case: Case, command: ChangePlan, stamp: Stamp) -> tuple[Fact, ...]:
    """The case under the terms of another plan. Raises what `severity` raises."""
    terms, name = command.terms or case.terms, one_line(command.plan, 100)
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if terms == case.terms and name in ("", case.plan):
        raise SameTerms(number=case.number, terms=name_of(case.terms))
    reason = _reason(case, command.reason, "plan")
    clocks = under(case, terms, stamp.at) if terms != case.terms else ()
    before = name_of(case.terms)
    changed = PlanChanged(**stamp.fields, before=before, plan=name, reason=reason, terms=terms, clocks=clocks)
    return (changed, *_promised(case, command, terms, stamp))


def _promised(
    case: Case, command: ChangeSeverity | ChangePlan, terms: Terms, stamp: Stamp
) -> tuple[NextContactPromised, ...]:
    """The next contact, where the new terms ask for one and nothing is promised or owed by contract."""
    if command.next is None:
        owed = case.promise is not None or case.responded_at is None
        if terms.next_contact_required and not owed:
            raise NextContactMissing(number=case.number, severity=terms.severity)
        return ()
    asked = SetNextContact(
        delivery=command.delivery,
        by=command.by,
        case=command.case,
        next=command.next,
        reason=command.reason,
        confirmed=command.confirmed,
    )
    under = case.model_copy(update={"terms": terms})
    return (contact.promised(under, asked, stamp, replaced=case.promise),)


def name_of(terms: Terms) -> str:
    """The terms as people tell them apart: `standard 1, A`."""
    return f"{terms.policy} {terms.version}, {terms.severity}"


def _reason(case: Case, given: str, verb: str) -> str:
    reason = one_line(given, 500)
    if not reason:
        raise ReasonNeeded(number=case.number, verb=verb)
    return reason


# ---------------------------------------------------------------- the clocks


def under(case: Case, terms: Terms, at: datetime) -> tuple[Clock, ...]:
    """The counted clocks as the new terms leave them: those that end, and those that take their places."""
    return tuple(clock for name in COUNTED for clock in _of_name(case, name, terms, at))


def _of_name(case: Case, name: ClockName, terms: Terms, at: datetime) -> tuple[Clock, ...]:
    before = running(case.ledger, name)
    span: Span | None = getattr(terms, name.replace("-", "_"))
    if before is None:
        start = _begun(case, name)
        return (_fresh(case, name, span, terms, start, at),) if span is not None and start is not None else ()
    if before.left is None and before.due <= at:
        return ()  # it had run out under the terms of its time: nothing that comes later makes that undone
    if span is None:
        return (before.end(at, "withdrawn"),)
    used = measure.used(before, calendar_of(case, before), at)
    return before.end(at, "terms"), _begin(case, name, span, terms, at, used)


def _begun(case: Case, name: ClockName) -> datetime | None:
    """Since when a clock of this name would have run, had the terms asked for it; None where nothing waits for it."""
    if name == "first-response":
        return None if case.responded_at else case.cycle_started_at
    if name == "next-reply":
        return case.wrote_at if case.responded_at else None
    return case.cycle_started_at


def _fresh(case: Case, name: ClockName, span: Span, terms: Terms, start: datetime, at: datetime) -> Clock:
    pauses = case.pauses if name in PAUSABLE else ()
    if terms.calendar is not None:
        used = worktime.between(terms.calendar, start, at, pauses)
    else:
        used = at - start - sum((min(p.end or at, at) - max(p.start, start) for p in pauses if p.start >= start), ZERO)
    clock = _begin(case, name, span, terms, at, used)
    return clock.model_copy(update={"start": start, "used": ZERO, "since": at})


def _begin(case: Case, name: ClockName, span: Span, terms: Terms, at: datetime, used: timedelta) -> Clock:
    """The clock from now, with what the span leaves of it; over at once where it leaves nothing."""
    left = measure.length_of(terms.calendar, span) - used
    clock = Clock(
        name=name,
        serial=next_serial(case, name),
        start=at,
        due=measure.add(terms.calendar, at, left) if left > ZERO else at,
        span=span,
        used=used,
        cycle=case.cycle,
        edition=len(case.earlier_terms) + 1,
        by_change=left <= ZERO,
    )
    if clock.by_change:
        return clock
    paused = case.paused is not None and name in PAUSABLE
    return measure.hold(clock, terms.calendar, at) if paused else clock
