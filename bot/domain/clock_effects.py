"""Clock effects: what the facts about clocks change on a case. They carry their clocks, so nothing is reckoned here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.domain.clock_messages import (
    CasePaused,
    CaseResumed,
    ClockFact,
    CustomerWrote,
    DeadlineSet,
    PlanChanged,
    SeverityChanged,
    VendorAnswered,
    VendorAsked,
)
from bot.domain.ledger import put, with_deadline
from bot.domain.reply import unanswered_since
from bot.domain.vendor import Vendor
from bot.domain.worktime import Pause

if TYPE_CHECKING:
    from bot.domain.case import Case


def _changed(case: Case, fact: ClockFact, **changes: Any) -> Case:
    return case.model_copy(update={"ledger": put(case.ledger, fact.clocks), **changes})


def _paused(case: Case, fact: CasePaused) -> Case:
    pauses = case.pauses if fact.again else (*case.pauses, Pause(start=fact.at, reason=fact.reason))
    return _changed(case, fact, pauses=pauses)


def _resumed(case: Case, fact: CaseResumed) -> Case:
    return _changed(case, fact, pauses=ended(case.pauses, fact))


def ended(pauses: tuple[Pause, ...], fact: Any) -> tuple[Pause, ...]:
    """The pauses, the last of them over."""
    if not pauses or pauses[-1].end is not None:
        return pauses
    return (*pauses[:-1], pauses[-1].model_copy(update={"end": fact.at}))


def _under(case: Case, fact: SeverityChanged | PlanChanged) -> Case:
    if fact.terms == case.terms:
        return case
    return _changed(case, fact, terms=fact.terms, earlier_terms=(*case.earlier_terms, case.terms))


def _severity(case: Case, fact: SeverityChanged) -> Case:
    return _under(case, fact).model_copy(update={"severity": fact.severity})


def _plan(case: Case, fact: PlanChanged) -> Case:
    return _under(case, fact).model_copy(update={"plan": fact.plan or case.plan})


def _wrote(case: Case, fact: CustomerWrote) -> Case:
    return _changed(case, fact, wrote_at=unanswered_since(case, fact.wrote_at))


def _asked(case: Case, fact: VendorAsked) -> Case:
    vendor = Vendor(
        serial=fact.vendor,
        name=fact.name,
        reference=fact.reference,
        asked_at=fact.at,
        by=fact.by,
        promise_at=fact.promise_at,
        area=fact.area,
    )
    others = tuple(v for v in case.vendors if v.serial != fact.vendor)
    return _changed(case, fact, vendors=tuple(sorted((*others, vendor), key=lambda v: v.serial)))


def _answered(case: Case, fact: VendorAnswered) -> Case:
    vendors = tuple(
        v.model_copy(update={"answered_at": fact.at}) if v.serial == fact.vendor else v for v in case.vendors
    )
    return _changed(case, fact, vendors=vendors)


def _deadline(case: Case, fact: DeadlineSet) -> Case:
    text = fact.deadline_text if fact.deadline_text or fact.deadline is None else ""
    ledger = with_deadline(case.ledger, fact.deadline, fact.at, case.cycle)
    return case.model_copy(update={"deadline": fact.deadline, "deadline_text": text, "ledger": ledger})


EFFECTS: dict[type[Any], Callable[[Case, Any], Case]] = {
    CasePaused: _paused,
    CaseResumed: _resumed,
    SeverityChanged: _severity,
    PlanChanged: _plan,
    CustomerWrote: _wrote,
    VendorAsked: _asked,
    VendorAnswered: _answered,
    DeadlineSet: _deadline,
}
