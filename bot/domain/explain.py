"""Explain: the sum behind a due time. Every stretch that counted and that did not, and why, adding up to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain import measure, worktime
from bot.domain.calendar import Calendar, Kind
from bot.domain.clock import PAUSABLE, Clock, ClockName, ClockState
from bot.domain.duration import Span
from bot.domain.month import Interval, Why
from bot.domain.sla import calendar_of, state_of
from bot.domain.values import Instant, Value
from bot.domain.worktime import Pause

if TYPE_CHECKING:
    from bot.domain.case import Case

_OPEN = Why("open")


class Part(Value):
    """One stretch of the sum: from when until when, whether it counted, and why."""

    start: Instant
    end: Instant
    kind: Kind
    name: str = ""
    """The holiday, closure, extra day or reason of the pause."""
    ja: str = ""
    edition: int = 0
    """Under which terms of the case it was counted."""

    @property
    def counted(self) -> bool:
        return self.kind in ("open", "extra")

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class Sum(Value):
    """A due time and what it is made of."""

    clock: ClockName
    state: ClockState
    start: Instant
    due: Instant
    span: Span | None
    """How long it runs; None for a moment that was told or set, which is no sum."""
    calendar: str | None
    """In which calendar; None round the clock."""
    zone: str
    length: timedelta
    """How much the span counts."""
    parts: tuple[Part, ...]
    counted: timedelta
    """What the parts that counted add up to."""
    left: timedelta
    """What is still to be counted at the moment of asking; negative once it is over."""
    over_by_change: bool = False
    as_told: bool = False
    """The parts add up to something else, since rules of zones or holidays changed: the due time stands as told."""


def explain(case: Case, clock: Clock, now: datetime) -> Sum:
    """The sum behind the due time of one of the case's clocks, as of now."""
    calendar, waits = calendar_of(case, clock), _pauses(case, clock)
    parts = tuple(part for link in _chain(case, clock) for part in _parts(case, link, now))
    counted = sum((part.length for part in parts if part.counted), timedelta(0))
    length = measure.length_of(calendar, clock.span) if clock.span else clock.due - clock.start
    left = clock.left if clock.left is not None else _ahead(calendar, min(now, clock.ended or now), clock.due, waits)
    expected = length if clock.left is None else length - clock.left
    return Sum(
        clock=clock.name,
        state=state_of(case, clock, now),
        start=parts[0].start if parts else clock.start,
        due=clock.due,
        span=clock.span,
        calendar=calendar.name if calendar else None,
        zone=calendar.zone if calendar else "UTC",
        length=length,
        parts=parts,
        counted=counted,
        left=left,
        over_by_change=clock.by_change,
        as_told=not clock.by_change and clock.ended_by != "terms" and counted != expected,
    )


def _ahead(calendar: Calendar | None, now: datetime, due: datetime, pauses: tuple[Pause, ...]) -> timedelta:
    if calendar is not None:
        return worktime.between(calendar, now, due, pauses)
    return due - now


def _pauses(case: Case, clock: Clock) -> tuple[Pause, ...]:
    return case.pauses if clock.name in PAUSABLE else ()


def _chain(case: Case, clock: Clock) -> list[Clock]:
    """The clock with those whose place it took under other terms, oldest first."""
    chain = [clock]
    while chain[0].used:
        before = [
            one
            for one in case.ledger
            if one.name == clock.name and one.ended_by == "terms" and one.ended == chain[0].start
        ]
        if not before:
            break
        chain.insert(0, before[-1])
    return chain


def _parts(case: Case, clock: Clock, now: datetime) -> Iterator[Part]:
    """The stretches of one clock: until it came under other terms, until now while it waits, else until it is due."""
    end = clock.ended if clock.ended_by == "terms" and clock.ended else clock.due
    if clock.left is not None:
        end = min(clock.ended or now, now)
    for piece in _pieces(calendar_of(case, clock), clock.start, end, _pauses(case, clock)):
        yield Part(
            start=piece.start,
            end=piece.end,
            kind=piece.why.kind,
            name=piece.why.name,
            ja=piece.why.ja,
            edition=clock.edition,
        )


def _pieces(calendar: Calendar | None, start: datetime, end: datetime, pauses: tuple[Pause, ...]) -> Iterator[Interval]:
    if calendar is not None:
        yield from worktime.intervals(calendar, start, end, pauses)
        return
    at = start
    for pause in pauses:
        begin, over = max(pause.start, at), min(pause.end or end, end)
        if begin >= over:
            continue
        if begin > at:
            yield Interval(at, begin, _OPEN)
        yield Interval(begin, over, Why("paused", pause.reason))
        at = over
    if at < end:
        yield Interval(at, end, _OPEN)
