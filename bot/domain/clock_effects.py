"""Clock effects: what the facts about clocks change on a case. They carry their clocks, so nothing is reckoned here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.domain.area import Area, Areas
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
from bot.domain.text import one_line
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
        contact=fact.contact,
        asked_at=fact.at,
        by=fact.by,
        promise_at=fact.promise_at,
        area=fact.area,
    )
    others = tuple(v for v in case.vendors if v.serial != fact.vendor)
    areas = _waiting(case, fact) if fact.area else case.areas
    return _changed(case, fact, vendors=tuple(sorted((*others, vendor), key=lambda v: v.serial)), areas=areas)


def _waiting(case: Case, fact: VendorAsked) -> Areas:
    """The vendor's area waits, held by whoever asked, unless somebody held it already."""
    assert fact.area is not None
    known = next((area for area in case.areas if area.key == fact.area), None)
    fresh = Area(key=fact.area, name_en=fact.name, name_ja=fact.name, since=fact.at)
    asked = " · ".join(word for word in (fact.name, fact.reference, fact.contact) if word)
    found = (known or fresh).model_copy(
        update={
            "holder": known.holder if known and known.holder else fact.by,
            "joined": tuple(person for person in known.joined if person != fact.by or known.holder) if known else (),
            "verdict": "waiting",
            "evidence": asked,
            "reported_by": fact.by,
            "since": fact.at,
        }
    )
    return tuple(found if area.key == fact.area else area for area in case.areas) + (() if known else (found,))


def _answered(case: Case, fact: VendorAnswered) -> Case:
    vendors = tuple(
        v.model_copy(update={"answered_at": fact.at}) if v.serial == fact.vendor else v for v in case.vendors
    )
    return _changed(case, fact, vendors=vendors, areas=_to_look_at(case, fact))


def _to_look_at(case: Case, fact: VendorAnswered) -> Areas:
    """The area no longer waits: whoever holds it reads the answer, and reports what it means."""
    waited = next((v.area for v in case.vendors if v.serial == fact.vendor), None)
    return tuple(
        area.model_copy(update={"verdict": None, "evidence": one_line(fact.text, 500), "since": fact.at})
        if area.key == waited and area.verdict == "waiting"
        else area
        for area in case.areas
    )


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
