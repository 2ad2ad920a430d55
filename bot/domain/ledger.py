"""Ledger: every clock of a case, running or ended, and how facts write in it. No calendar is needed to read it back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bot.domain.clock import Clock, ClockName, EndedBy
from bot.domain.policy import Terms

Ledger = tuple[Clock, ...]

OFTEN: tuple[ClockName, ...] = ("next-contact", "next-reply", "look-again")
KEPT = 30
"""Ours: a case that lasts for days has a promise every half hour. So many of those that ended stay on the case; the
facts keep them all."""


def put(ledger: Ledger, clocks: Collection[Clock]) -> Ledger:
    """The ledger with these clocks in the place of what stood there by their name and number, or at its end."""
    new = {(clock.name, clock.serial): clock for clock in clocks}
    kept = tuple(new.pop((clock.name, clock.serial), clock) for clock in ledger)
    return _short((*kept, *new.values()))


def ended(ledger: Ledger, names: Collection[str], at: datetime, by: EndedBy) -> Ledger:
    """The ledger in which all clocks of these names have ended."""
    return tuple(clock.end(at, by) if clock.name in names else clock for clock in ledger)


def running(ledger: Ledger, name: ClockName) -> Clock | None:
    """The clock of this name that has not ended, if there is one."""
    return next((clock for clock in ledger if clock.name == name and clock.ended is None), None)


def with_deadline(ledger: Ledger, deadline: datetime | None, at: datetime, cycle: int) -> Ledger:
    """The ledger after the customer's deadline was set, moved or withdrawn. One that has passed runs no clock."""
    before = running(ledger, "deadline")
    if before is not None and before.due == deadline:
        return ledger
    ledger = ended(ledger, ("deadline",), at, "replaced" if deadline else "withdrawn")
    if deadline is None or deadline <= at:
        return ledger
    serial = 1 + max((clock.serial for clock in ledger if clock.name == "deadline"), default=0)
    return put(ledger, [Clock(name="deadline", serial=serial, start=at, due=deadline, cycle=cycle)])


def _short(ledger: Ledger) -> Ledger:
    over = [clock for clock in ledger if clock.name in OFTEN and clock.ended is not None]
    gone = {(clock.name, clock.serial) for clock in over[:-KEPT]}
    return tuple(clock for clock in ledger if (clock.name, clock.serial) not in gone) if gone else ledger


# ---------------------------------------------------------------- cases of earlier versions


def first_response_of(terms: Terms, start: datetime, serial: int) -> Ledger:
    """The first-response clock of a fact that carries none: it counts round the clock, as all clocks once did."""
    if terms.first_response is None:
        return ()
    due = start + terms.first_response.time
    name: ClockName = "first-response"
    return (Clock(name=name, serial=serial, start=start, due=due, span=terms.first_response, cycle=serial),)


def read_back(case: Mapping[str, Any]) -> list[Clock]:
    """The clocks of a case that was stored before it had a ledger."""
    terms, cycle = Terms.model_validate(case["terms"]), int(case["cycle"])
    found: list[Clock] = []
    if case["responded_at"] is None:
        found += first_response_of(terms, _moment(case["cycle_started_at"]), cycle)
    deadline = case.get("deadline")
    if deadline is not None and case["status"] == "open" and _moment(deadline) > _moment(case["changed_at"]):
        opened = _moment(case["opened_at"])
        found.append(Clock(name="deadline", serial=1, start=opened, due=_moment(deadline), cycle=cycle))
    if (promise := case.get("promise")) is not None:
        start, due = _moment(promise["made_at"]), _moment(promise["due"])
        found.append(Clock(name="next-contact", serial=promise["serial"], start=start, due=due, cycle=cycle))
    return found


def _moment(given: Any) -> datetime:
    return given if isinstance(given, datetime) else datetime.fromisoformat(given)
