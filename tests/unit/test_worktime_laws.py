"""What is true of working time in every calendar, every zone and at every moment from 1990 to 2060."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from minutes import MINUTE, change_days, open_minutes, used_up
from weeks import ODD_ZONES, calendars, moments, pauses, short_spans, spans, tried, zones

from bot.domain.calendar import Calendar
from bot.domain.duration import Span
from bot.domain.wall import instant
from bot.domain.worktime import Pause, add, after_pause, between, due, intervals, is_open, length_of, next_open, why

NONE = timedelta(0)


@tried(250)
@given(calendars(), moments, spans)
def test_what_was_added_is_measured_back(calendar, start, span):
    assert between(calendar, start, add(calendar, start, span)) == span


@tried(80)
@given(calendars(), moments, st.integers(1, 9))
def test_working_days_are_measured_back(calendar, start, days):
    span = Span(working_days=days)

    assert between(calendar, start, add(calendar, start, span)) == length_of(calendar, span)


@tried(80)
@given(calendars(), moments, spans)
def test_a_due_time_is_the_earliest_there_is(calendar, start, span):
    at = add(calendar, start, span)

    assert at == start or between(calendar, start, at - timedelta(microseconds=1)) < span


@tried(150)
@given(calendars(), moments, short_spans, spans)
def test_splitting_time_never_changes_the_sum(calendar, start, one, other):
    middle, end = start + one, start + one + other

    assert between(calendar, start, end) == between(calendar, start, middle) + between(calendar, middle, end)


@tried(80)
@given(calendars(), moments, short_spans, short_spans)
def test_adding_in_two_steps_is_adding_at_once(calendar, start, one, other):
    assert add(calendar, add(calendar, start, one), other) == add(calendar, start, one + other)


@tried(150)
@given(calendars(), moments, short_spans, short_spans)
def test_a_due_time_never_runs_backwards(calendar, start, later, span):
    assert add(calendar, start, span) <= add(calendar, start + later, span)


@tried(80)
@given(calendars(), moments, short_spans)
def test_time_measured_backwards_is_negative(calendar, start, span):
    assert between(calendar, start + span, start) == -between(calendar, start, start + span)


@tried(80)
@given(calendars(), moments, short_spans, st.data())
def test_the_intervals_leave_no_gap_and_add_up(calendar, start, span, data):
    end = start + span
    held = data.draw(pauses(start))
    found = list(intervals(calendar, start, end, held))

    assert [found[0].start, found[-1].end] == [start, end] if span else found == []
    assert all(one.end == other.start and one.why != other.why for one, other in pairwise(found))
    assert all(one.length > NONE for one in found)
    assert sum((one.length for one in found if one.counted), NONE) == between(calendar, start, end, held)


@tried(80)
@given(calendars(), moments, st.data())
def test_with_pauses_too_what_was_added_is_measured_back(calendar, start, data):
    held = data.draw(pauses(start))
    span = Span(time=data.draw(st.integers(1, 5 * 86400).map(lambda seconds: timedelta(seconds=seconds))))
    at = due(calendar, start, span, held)

    assert at is not None
    assert between(calendar, start, at, held) == span.time


@tried(80)
@given(calendars(), moments, st.data())
def test_the_order_in_which_pauses_are_told_is_nothing(calendar, start, data):
    held = data.draw(pauses(start))
    span = Span(time=timedelta(hours=9))

    assert due(calendar, start, span, held) == due(calendar, start, span, tuple(reversed(held)))


@tried(80)
@given(calendars(), moments, short_spans, st.data())
def test_a_pause_without_length_changes_nothing(calendar, start, later, data):
    held = data.draw(pauses(start))
    none = Pause(start=start + later, end=start + later, reason="none")
    span, end = Span(time=timedelta(hours=20)), start + timedelta(days=9)

    assert due(calendar, start, span, (*held, none)) == due(calendar, start, span, held)
    assert list(intervals(calendar, start, end, (*held, none))) == list(intervals(calendar, start, end, held))


@tried(80)
@given(calendars(), moments, short_spans, short_spans)
def test_a_pause_never_brings_a_due_time_forward(calendar, start, begin, length):
    at = add(calendar, start, timedelta(hours=12))
    pause = Pause(start=start + begin, end=start + begin + length)
    moved = after_pause(calendar, start, at, pause)

    assert moved is not None
    assert moved >= at
    assert between(calendar, start, moved, (pause,)) == timedelta(hours=12)


@tried(150)
@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar, at):
    opening = next_open(calendar, at)

    assert is_open(calendar, opening)
    assert between(calendar, at, opening) == NONE
    assert is_open(calendar, at) == why(calendar, at).counted == (opening == at)


@tried(80)
@given(calendars(), moments, spans)
def test_a_calendar_counts_the_same_when_it_was_written_and_read(calendar, start, span):
    read = Calendar.model_validate_json(calendar.model_dump_json())

    assert (read, hash(read)) == (calendar, hash(calendar))
    assert add(read, start, span) == add(calendar, start, span)


@tried(80)
@given(calendars(), moments, short_spans)
def test_keeping_the_holidays_moves_nothing_today(calendar, start, span):
    kept = calendar.keeping(start.year, start.year + 1)

    assert add(kept, start, span) == add(calendar, start, span)


@tried(150)
@given(zones, st.integers(1990, 2060), st.integers(0, 363), st.integers(0, 2760), st.integers(0, 120))
def test_wall_times_in_order_are_instants_in_order(name, year, number, minutes, later):
    """On the days on which the zone's clocks are changed, or on any in a year without a change."""
    zone = ZoneInfo(name)
    days = change_days(zone, year) or [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number)]
    day = days[number % len(days)].date() - timedelta(days=1)

    assert instant(zone, day, minutes) <= instant(zone, day, minutes + later)


# ---------------------------------------------------------------- against the clock on the wall

SCENES, CASES = 80, 40
DAYS = 4


@tried(SCENES)
@given(st.data(), st.integers(1990, 2060), st.integers(0, 2**32), st.booleans())
def test_looking_at_the_clock_once_a_minute_gives_the_same(data, year, seed, at_a_change):
    """Forty spans and forty measurements in four days, in three of four scenes with a change of clocks among them."""
    calendar = data.draw(calendars(year))
    if at_a_change:
        calendar = Calendar(**{**dict(calendar), "zone": data.draw(st.sampled_from(ODD_ZONES[:12]))})
    dice = random.Random(seed)
    middle = datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=dice.randrange(364))
    changes = change_days(ZoneInfo(calendar.zone), year)
    if changes and dice.random() < 0.75:
        middle = dice.choice(changes)
    first = middle - timedelta(days=DAYS / 2)
    opened = open_minutes(calendar, first, DAYS * 1440)

    for _ in range(CASES):
        start, end = sorted(dice.randrange(DAYS * 1440 + 1) for _ in range(2))
        assert between(calendar, first + start * MINUTE, first + end * MINUTE) == sum(opened[start:end]) * MINUTE
        if start == len(opened):
            continue
        assert is_open(calendar, first + start * MINUTE) is opened[start]
        minutes = dice.randrange(1, 1500)
        expected = used_up(opened, start, minutes)
        found = add(calendar, first + start * MINUTE, minutes * MINUTE)
        # A span that lasts beyond what was looked at is only known to end after it.
        assert (found == first + expected * MINUTE) if expected is not None else (found >= first + DAYS * 1440 * MINUTE)
