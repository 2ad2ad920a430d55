"""Clocks and checkpoints: what is being measured on a case now, and at which moments somebody is told.

`checkpoints(case)` is a pure function of the case. Storage replaces a case's rows by it after every change,
so a timer for a promise that was kept or moved cannot exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain import measure
from bot.domain.calendar import Calendar
from bot.domain.clock import BY_CONTACT, Clock, ClockName, ClockState
from bot.domain.duration import write_duration
from bot.domain.kin import MISSED_AFTER, spoken_for
from bot.domain.messages import Rung
from bot.domain.policy import When
from bot.domain.values import CaseNumber, Instant, Value

if TYPE_CHECKING:
    from bot.domain.case import Case

__all__ = ["Checkpoint", "Clock", "all_clocks", "calendar_of", "checkpoints", "clocks", "state_of", "unanswered"]


class Checkpoint(Value):
    """A moment on a clock at which someone is told."""

    case: CaseNumber
    key: str
    clock: Clock
    rung: Rung
    at: Instant

    @property
    def name(self) -> str:
        return self.clock.name

    @property
    def due(self) -> datetime:
        return self.clock.due


# ---------------------------------------------------------------- clocks


def clocks(case: Case) -> tuple[Clock, ...]:
    """The clocks that run on an open case, by due time; paused ones do not run. Other cases measure nothing."""
    return _by_due(clock for clock in standing(case) if not clock.paused) if case.status == "open" else ()


def standing(case: Case) -> tuple[Clock, ...]:
    """The clocks that have not ended, running or paused, in the order in which they began."""
    return tuple(clock for clock in case.ledger if clock.ended is None)


def unanswered(case: Case) -> tuple[Clock, ...]:
    """What the next contact answers, by due time: a promise is kept or late after the fault is over too."""
    return _by_due(clock for clock in standing(case) if clock.name in BY_CONTACT)


def all_clocks(case: Case) -> tuple[Clock, ...]:
    """Every clock of the case: those that stand by due time, then those that ended, the latest first."""
    ended = sorted((c for c in case.ledger if c.ended is not None), key=lambda c: c.ended or c.due, reverse=True)
    return (*_by_due(standing(case)), *ended)


def state_of(case: Case, clock: Clock, now: datetime) -> ClockState:
    """How a clock of this case stands now."""
    if clock.ended is None and case.closed_at is not None:
        clock = clock.end(case.closed_at, "closed")
    return clock.state(now, calendar_of(case, clock))


def calendar_of(case: Case, clock: Clock) -> Calendar | None:
    """The calendar that a clock counts in; None round the clock."""
    calendar = case.terms_of(clock).calendar if clock.counted else None
    return calendar.known if calendar else None


def next_serial(case: Case, name: ClockName) -> int:
    """The number of the next clock of this name."""
    if name == "next-contact":
        return case.promises + 1
    return max((clock.serial for clock in case.ledger if clock.name == name), default=0) + 1


def _by_due(found: Iterable[Clock]) -> tuple[Clock, ...]:
    return tuple(sorted(found, key=lambda clock: clock.due))


# ---------------------------------------------------------------- checkpoints


def checkpoints(case: Case) -> tuple[Checkpoint, ...]:
    """Every moment still to come on the case's running clocks, by time."""
    points = [point for clock in clocks(case) for point in _of_clock(case, clock)]
    return tuple(sorted(points, key=lambda point: (point.at, point.key)))


def _of_clock(case: Case, clock: Clock) -> list[Checkpoint]:
    whens = case.terms.checkpoints_of(clock.name)
    percents = [when.percent for when in whens if when.kind == "percent" and clock.counted]
    shares = measure.moments(clock, calendar_of(case, clock), percents) if percents else {}
    points = [point for when in whens if (point := _spoken(case, clock, when, shares)) is not None]
    if clock.look_at is not None and clock.told_from < clock.look_at < clock.due:
        points.append(_point(case, clock, "before", "look", clock.look_at))
    ladder = _ladder(case, clock) if clock.name in BY_CONTACT else []
    return [p for p in (*points, *ladder) if p.key not in case.fired]


def _spoken(case: Case, clock: Clock, when: When, shares: Mapping[int, datetime]) -> Checkpoint | None:
    if _by_the_parent(case, clock):
        return _point(case, clock, "due", str(when), clock.due + MISSED_AFTER) if when.kind == "due" else None
    if when.kind in ("due", "after"):
        return _point(case, clock, "due", str(when), when.moment(clock.start, clock.due))
    counted = when.kind == "percent" and clock.counted
    at = shares.get(when.percent) if counted else when.moment(clock.start, clock.due)
    # "10 min before" of a promise made 5 minutes ahead would speak at once, when the owner has only just promised.
    if at is None or at <= clock.told_from:
        return None
    return _point(case, clock, "before", str(when), at)


def _by_the_parent(case: Case, clock: Clock) -> bool:
    """The parent's owner is reminded of the same moment: the child's hears it only where that one let it pass.

    Terms by which nobody would hear of that are left as they are.
    """
    heard = case.terms.ladder or any(when.kind == "due" for when in case.terms.checkpoints_of(clock.name))
    return clock.name == "next-contact" and bool(heard) and spoken_for(case, clock.due)


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
    return f"{clock.key}/{label}"
