"""Clocks and checkpoints: what is being measured on a case now, and at which moments somebody is told.

`checkpoints(case)` is a pure function of the case. Storage replaces a case's rows by it after every change,
so a timer for a promise that was kept or moved cannot exist.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.duration import write_duration
from bot.domain.messages import ClockName, Rung
from bot.domain.policy import When
from bot.domain.values import CaseNumber, Instant, Value

if TYPE_CHECKING:
    from bot.domain.case import Case


class Clock(Value):
    """One duration being measured, from `start` to `due`, until a person contacts the customer."""

    name: ClockName
    serial: int
    """Counts the clocks of this name on the case: a checkpoint of an earlier one is never taken for this one's."""
    start: Instant
    due: Instant


class Checkpoint(Value):
    """A moment on a clock at which someone is told."""

    case: CaseNumber
    key: str
    clock: Clock
    rung: Rung
    at: Instant


def clocks(case: Case) -> tuple[Clock, ...]:
    """The clocks that run on an open case, by due time. A case that is not open measures nothing."""
    return unanswered(case) if case.status == "open" else ()


def unanswered(case: Case) -> tuple[Clock, ...]:
    """What the next contact answers, by due time: a promise is kept or late after the fault is over too."""
    running = []
    if case.responded_at is None and case.terms.first_response is not None:
        due = case.cycle_started_at + case.terms.first_response.time
        running.append(Clock(name="first-response", serial=case.cycle, start=case.cycle_started_at, due=due))
    if case.promise is not None:
        p = case.promise
        running.append(Clock(name="next-contact", serial=p.serial, start=p.made_at, due=p.due))
    return tuple(sorted(running, key=lambda clock: clock.due))


def checkpoints(case: Case) -> tuple[Checkpoint, ...]:
    """Every moment still to come on the case's running clocks, by time."""
    points = [point for clock in clocks(case) for point in _of_clock(case, clock)]
    return tuple(sorted(points, key=lambda point: (point.at, point.key)))


def _of_clock(case: Case, clock: Clock) -> list[Checkpoint]:
    whens = case.terms.first_response_checkpoints
    if clock.name == "next-contact":
        whens = case.terms.next_contact_checkpoints
    points = [point for when in whens if (point := _spoken(case, clock, when)) is not None]
    return [p for p in (*points, *_ladder(case, clock)) if p.key not in case.fired]


def _spoken(case: Case, clock: Clock, when: When) -> Checkpoint | None:
    at = when.moment(clock.start, clock.due)
    # "10 min before" of a promise made 5 minutes ahead would speak at once, when the owner has only just promised.
    if when.kind in ("percent", "before") and at <= clock.start:
        return None
    return _point(case, clock, "before" if when.kind in ("percent", "before") else "due", str(when), at)


def _ladder(case: Case, clock: Clock) -> list[Checkpoint]:
    """The rungs still to climb, put off together while an acknowledgement holds."""
    steps: list[tuple[str, Rung, datetime]] = [
        (f"{step.tell} after {write_duration(step.after)}", step.tell, clock.due + step.after)
        for step in case.terms.ladder
    ]
    left = [(label, rung, at + _put_off(case, clock, steps)) for label, rung, at in steps]
    left = [(label, rung, at) for label, rung, at in left if _key(clock, label) not in case.fired]
    if not left and steps and case.terms.repeat is not None:
        last = max(at for _, _, at in steps)
        left = [_next_repeat(case, clock, max(last, case.last_rung_at or last))]
    return [_point(case, clock, rung, label, at) for label, rung, at in left]


def _put_off(case: Case, clock: Clock, steps: list[tuple[str, Rung, datetime]]) -> timedelta:
    """How much later the rungs come that were still to climb when somebody said they are on it."""
    waiting = [at for label, _, at in steps if _key(clock, label) not in case.climbed]
    if case.held_until is None or not waiting:
        return timedelta(0)
    told = [at for label, _, at in steps if _key(clock, label) in case.fired]
    # A second, shorter hold never hurries a rung: it keeps its distance to the one that came late.
    late = case.last_rung_at - told[-1] if told and case.last_rung_at is not None else timedelta(0)
    return max(case.held_until - waiting[0], late, timedelta(0))


def _next_repeat(case: Case, clock: Clock, last: datetime) -> tuple[str, Rung, datetime]:
    assert case.terms.repeat is not None
    count = 1
    while _key(clock, f"again {count}") in case.fired:
        count += 1
    at = last + case.terms.repeat
    return f"again {count}", "again", max(at, case.held_until or at)


def _point(case: Case, clock: Clock, rung: Rung, label: str, at: datetime) -> Checkpoint:
    return Checkpoint(case=case.number, key=_key(clock, label), clock=clock, rung=rung, at=at)


def _key(clock: Clock, label: str) -> str:
    return f"{clock.name}/{clock.serial}/{label}"
