"""Work time: how much of a stretch of time a calendar counts, and when a span is used up.

Instants in and out are aware UTC. A due time is the earliest instant at which the span is used up: eight hours from
Friday 17:00 in a calendar of 09:00-17:00 end on Monday at 17:00, not on Tuesday morning. Counted time is elapsed time:
a night on which the clock is set forward is an hour shorter.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from bot.domain.calendar import Calendar
from bot.domain.duration import Span
from bot.domain.month import Interval, Why, month
from bot.domain.values import Instant, Value

_LONGEST_SEARCH = 12 * 40
"""Months after which a search for open hours gives up: a closure without an end leaves none."""
_ZERO = timedelta(0)


class NeverOpen(ValueError):
    """The calendar has not enough open hours in the next forty years."""


class Pause(Value):
    """Time that a clock leaves out because the case waits for the customer; still going on while `end` is None."""

    start: Instant
    end: Instant | None = None
    reason: Annotated[str, Field(max_length=3000)] = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end is not None and self.end < self.start:
            raise ValueError("a pause ends after it begins")
        return self


# ---------------------------------------------------------------- what is asked of a calendar


def length_of(calendar: Calendar, span: Span) -> timedelta:
    """How much counted time a span is; a working day is as long as a full one of the calendar."""
    return span.time + span.working_days * calendar.working_day


def add(calendar: Calendar, start: datetime, span: Span | timedelta) -> datetime:
    """The earliest instant at which so much time has been counted since `start`; `start` itself for none.

    Raises ValueError for a negative span, NeverOpen if the calendar doesn't have that much time.
    """
    left = length_of(calendar, span) if isinstance(span, Span) else span
    if left < _ZERO:
        raise ValueError("a span is not negative")
    start = start.astimezone(UTC)
    if left == _ZERO:
        return start
    for stretch in _open_from(calendar, start):
        begin = max(start, stretch.start)
        if stretch.end - begin >= left:
            return begin + left
        left -= stretch.end - begin
    raise NeverOpen(f"the calendar {calendar.name} has no open hours left")


def due(calendar: Calendar, start: datetime, span: Span, pauses: Sequence[Pause] = ()) -> datetime | None:
    """When a clock that starts at `start` is over; None while a pause goes on before it is."""
    at = add(calendar, start, span)
    for pause in _apart(pauses):
        moved = after_pause(calendar, start, at, pause)
        if moved is None:
            return None
        at = moved
    return at


def after_pause(calendar: Calendar, start: datetime, at: datetime, pause: Pause) -> datetime | None:
    """Where a due time that was told lies after a pause: the time that was left is counted from the end of the pause.

    None while the pause goes on. A pause at the due time or later moves nothing, nor does one in closed hours alone.
    """
    begin = max(pause.start, start)
    if begin >= at:
        return at
    if pause.end is None:
        return None
    if between(calendar, begin, pause.end) == _ZERO:
        return at
    return add(calendar, max(pause.end, begin), between(calendar, begin, at))


def between(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """How much time counts from `start` to `end`; negative if `end` comes first."""
    if end < start:
        return -between(calendar, end, start, pauses)
    pieces = intervals(calendar, start, end, pauses) if pauses else _pieces(calendar, start, end)
    return sum((piece.length for piece in pieces if piece.counted), _ZERO)


def intervals(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> Iterator[Interval]:
    """All the time from `start` to `end`, in order and without gaps, cut where the reason changes."""
    last: Interval | None = None
    for piece in _paused(_pieces(calendar, start, end), _apart(pauses)):
        if last is not None and last.why == piece.why:
            last = last._replace(end=piece.end)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether this moment lies in the calendar's hours; their last moment is the one before they close."""
    return why(calendar, at).counted


def why(calendar: Calendar, at: datetime) -> Why:
    """Why this moment counts or does not."""
    months = _months(calendar, at)
    return next(stretch.why for stretches in months for stretch in stretches if stretch.start <= at < stretch.end)


def next_open(calendar: Calendar, at: datetime) -> datetime:
    """This moment if the calendar is open, else the next at which it opens. Raises NeverOpen."""
    at = at.astimezone(UTC)
    for stretch in _open_from(calendar, at):
        return max(at, stretch.start)
    raise NeverOpen(f"the calendar {calendar.name} has no open hours left")


# ---------------------------------------------------------------- walking


def _open_from(calendar: Calendar, at: datetime) -> Iterator[Interval]:
    """The open stretches that end after `at`, as far as the search goes."""
    for number, stretches in enumerate(_months(calendar, at)):
        if number > _LONGEST_SEARCH:
            return
        yield from (stretch for stretch in stretches if stretch.counted and stretch.end > at)


def _pieces(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Interval]:
    """The stretches from `start` to `end`, cut to them."""
    if end <= start:
        return
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    for stretches in _months(calendar, start):
        for stretch in stretches:
            if stretch.start >= end:
                return
            if stretch.end > start:
                yield Interval(max(start, stretch.start), min(end, stretch.end), stretch.why)


def _apart(pauses: Sequence[Pause]) -> list[Pause]:
    """The pauses by time, none over another; one that begins in another keeps what goes beyond it."""
    apart: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        if apart and (apart[-1].end is None or (pause.end is not None and pause.end <= apart[-1].end)):
            continue
        if apart and apart[-1].end is not None and pause.start < apart[-1].end:
            pause = pause.model_copy(update={"start": apart[-1].end})
        if pause.start != pause.end:
            apart.append(pause)
    return apart


def _paused(pieces: Iterator[Interval], pauses: Sequence[Pause]) -> Iterator[Interval]:
    """The pieces with the pauses cut out of them; all of a pause is `paused`, closed hours too."""
    for piece in pieces:
        at = piece.start
        for pause in pauses:
            if pause.start >= piece.end or (pause.end is not None and pause.end <= at):
                continue
            if pause.start > at:
                yield Interval(at, pause.start, piece.why)
            until = piece.end if pause.end is None else min(pause.end, piece.end)
            yield Interval(max(at, pause.start), until, Why("paused", pause.reason))
            at = until
        if at < piece.end:
            yield Interval(at, piece.end, piece.why)


def _months(calendar: Calendar, at: datetime) -> Iterator[tuple[Interval, ...]]:
    """The months from the one that the wall clock shows at this moment; set back over midnight, an earlier one."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    return (month(calendar, number) for number in count(local.year * 12 + local.month - 1))
