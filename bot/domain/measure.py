"""Measure: how clocks that count a calendar's time begin, wait, go on and come under other terms.

Everything is reckoned from the due time that stands, never from the start: what was told is not computed again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain import worktime
from bot.domain.calendar import Calendar
from bot.domain.clock import Clock
from bot.domain.duration import Span
from bot.domain.worktime import NeverOpen

ZERO = timedelta(0)


def length_of(calendar: Calendar | None, span: Span) -> timedelta:
    """How much counted time a span is; round the clock a working day is a day."""
    return worktime.length_of(calendar, span) if calendar else span.time + timedelta(days=span.working_days)


def add(calendar: Calendar | None, start: datetime, time: timedelta) -> datetime:
    """When so much time has been counted since `start`; elapsed time where the calendar never opens again."""
    if calendar is None:
        return start + time
    try:
        return worktime.add(calendar, start, time)
    except NeverOpen:  # a closure without an end: a case without a due time would be worse than an early one
        return start + time


def between(calendar: Calendar | None, start: datetime, end: datetime) -> timedelta:
    """How much time counts from `start` to `end`; negative if `end` comes first."""
    return worktime.between(calendar, start, end) if calendar else end - start


def run(clock: Clock, calendar: Calendar | None) -> Clock:
    """The clock with the due time that its span gives from its start."""
    assert clock.span is not None
    return clock.model_copy(update={"due": add(calendar, clock.start, length_of(calendar, clock.span))})


def hold(clock: Clock, calendar: Calendar | None, at: datetime) -> Clock:
    """The clock while the case waits for the customer. One that is over has nothing left to wait with."""
    if clock.left is not None or clock.due <= at:
        return clock
    return clock.model_copy(update={"left": between(calendar, at, clock.due)})


def go_on(clock: Clock, calendar: Calendar | None, paused_at: datetime, at: datetime) -> Clock:
    """The clock after the wait: what was left is counted from now. A wait in closed hours alone moves nothing."""
    if clock.left is None:
        return clock
    began = max(paused_at, clock.start)
    if between(calendar, began, at) == ZERO:
        return clock.model_copy(update={"left": None})
    due = add(calendar, at, clock.left)
    return clock.model_copy(update={"due": due, "left": None, "since": at, "moves": clock.moves + 1})


def used(clock: Clock, calendar: Calendar | None, at: datetime) -> timedelta:
    """How much of its span has been counted until now, under all the terms it had."""
    assert clock.span is not None
    left = clock.left if clock.left is not None else between(calendar, at, clock.due)
    return length_of(calendar, clock.span) - left


def moments(clock: Clock, calendar: Calendar | None, percents: Iterable[int]) -> dict[int, datetime]:
    """When each share of its span is counted; without those that were before its moments are told."""
    assert clock.span is not None
    length = length_of(calendar, clock.span)
    ahead = between(calendar, clock.told_from, clock.due)
    to_come = {percent: ahead - length * (100 - percent) / 100 for percent in percents}
    return {percent: add(calendar, clock.told_from, time) for percent, time in to_come.items() if time > ZERO}
