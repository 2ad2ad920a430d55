"""Months: all the time of one month in a calendar's zone, in order and without gaps, and why it counts or not.

Hours past midnight belong to the day on which they begin: the night of a Monday goes on into a Tuesday that is a
holiday, and the night of a holiday is free. Where an extra day begins before the night before it has ended, the time
counts once.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.calendar import Calendar, Kind
from bot.domain.hours import Hours
from bot.domain.wall import instant

_LONGEST_BREAK = timedelta(hours=4)
"""Closed time between two spans of one day is a break up to here, and outside hours above it (ours)."""


class Why(NamedTuple):
    """The reason a stretch of time counts or not: its kind, and the name of holiday, closure, extra day or pause."""

    kind: Kind
    name: str = ""
    ja: str = ""
    """The name in Japanese, where there is one of its own."""

    @property
    def counted(self) -> bool:
        return self.kind in ("open", "extra")


_OPEN, _OUTSIDE, _BREAK, _DAY_OFF = Why("open"), Why("outside"), Why("break"), Why("day-off")


class Interval(NamedTuple):
    """A stretch of time from `start` until, and without, `end`, of one reason throughout."""

    start: datetime
    end: datetime
    why: Why

    @property
    def counted(self) -> bool:
        return self.why.counted

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@lru_cache(maxsize=4096)
def month(calendar: Calendar, number: int) -> tuple[Interval, ...]:
    """All the time of one month, `12 * year + month - 1`, in order and without gaps."""
    zone = ZoneInfo(calendar.zone)
    day, after = _first(number), _first(number + 1)
    evening = _hours_of(calendar, day - timedelta(days=1))[0]
    opened = _opened(zone, day - timedelta(days=1), evening, _OPEN)
    pieces: list[Interval] = []
    start = instant(zone, day, 0)
    while day < after:
        hours, reason = _hours_of(calendar, day)
        end = instant(zone, day + timedelta(days=1), 0)
        own = _opened(zone, day, hours, reason)
        opened = _joined([*opened, *own])
        for piece in _filled(opened, start, end):
            if not piece.counted:
                piece = piece._replace(why=_closed(piece, own, reason))
            if pieces and pieces[-1].why == piece.why:
                piece = piece._replace(start=pieces.pop().start)
            pieces.append(piece)
        opened = [piece for piece in opened if piece.end > end]
        day, start = day + timedelta(days=1), end
    return tuple(pieces)


def _first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _hours_of(calendar: Calendar, day: date) -> tuple[tuple[Hours, ...], Why]:
    """The hours that begin on a day, and why it has these or none."""
    for extra in calendar.extra:
        if extra.on == day:
            return extra.hours, Why("extra", extra.name)
    week = calendar.hours[day.weekday()]
    if not week:
        return (), _DAY_OFF
    for closure in calendar.closures:
        if closure.covers(day):
            return (), Why("closure", closure.name)
    if holiday := calendar.holiday(day):
        return (), Why("holiday", holiday.en, holiday.ja)
    return week, _OPEN


def _opened(zone: ZoneInfo, day: date, hours: Sequence[Hours], reason: Why) -> list[Interval]:
    """The hours of a day as instants. Hours that the change of clocks leaves out altogether are none."""
    spans = [Interval(instant(zone, day, span.opens), instant(zone, day, span.closes), reason) for span in hours]
    return [span for span in spans if span.start < span.end]


def _joined(opened: list[Interval]) -> list[Interval]:
    """By time, none over another: an extra day may begin before the night before it has ended."""
    apart: list[Interval] = []
    for span in sorted(opened):
        if apart and span.start < apart[-1].end:
            span = span._replace(start=apart[-1].end)
        if span.start < span.end:
            apart.append(span)
    return apart


def _filled(opened: Sequence[Interval], start: datetime, end: datetime) -> Iterator[Interval]:
    """The time from `start` to `end`: the open spans cut to it, and the closed ones between them."""
    for span in opened:
        if span.start >= end:
            break
        if span.start > start:
            yield Interval(start, span.start, _OUTSIDE)
        if span.end > start:
            yield Interval(max(start, span.start), min(span.end, end), span.why)
            start = min(span.end, end)
    if start < end:
        yield Interval(start, end, _OUTSIDE)


def _closed(piece: Interval, own: Sequence[Interval], reason: Why) -> Why:
    """Why a piece of a day is closed: the whole day is, or it lies outside the day's hours, or between them."""
    if not reason.counted:
        return reason
    between_two = bool(own) and own[0].end <= piece.start and piece.end <= own[-1].start
    return _BREAK if between_two and piece.length <= _LONGEST_BREAK else _OUTSIDE
