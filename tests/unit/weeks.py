"""Calendars, zones and moments to try the counting of time with."""

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from hypothesis import settings
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.calendar_rules import WEEKDAYS, CalendarRules
from bot.domain.hours import Hours
from bot.domain.worktime import Pause

FACTOR = int(os.environ.get("JIBUNGOTO_MORE_CASES", "1"))
"""So many times more cases are tried: `JIBUNGOTO_MORE_CASES=50 pytest tests/unit/test_worktime_laws.py`."""

ODD_ZONES = [
    "America/Los_Angeles",
    "Europe/London",
    "Australia/Sydney",
    "Australia/Lord_Howe",  # half an hour
    "Antarctica/Troll",  # two hours
    "America/Havana",  # back over midnight
    "America/Sao_Paulo",  # forward at midnight, until 2019
    "Asia/Beirut",  # forward at midnight
    "Asia/Gaza",
    "America/St_Johns",  # a minute past midnight, until 2011
    "Africa/Casablanca",  # back for Ramadan
    "Pacific/Apia",  # without 30 December 2011
    "America/Caracas",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "UTC",
]


def tried(examples: int):
    return settings(max_examples=examples * FACTOR, derandomize=True, database=None, deadline=None)


zones = st.one_of(st.sampled_from(ODD_ZONES), st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})))
seventy_years = (datetime(2061, 1, 1, tzinfo=UTC) - datetime(1990, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
moments = st.integers(0, seventy_years).map(lambda n: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=n))
spans = st.integers(0, 30 * 86400 * 10**6).map(lambda micros: timedelta(microseconds=micros))
short_spans = st.integers(0, 6 * 86400).map(lambda seconds: timedelta(seconds=seconds))


def _pairs(edges: list[int]) -> list[Hours]:
    return [Hours(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    """The hours of a week: of days alone, or of nights with mornings that they leave free. Open on one day at least."""
    night = draw(st.booleans())
    edges = st.lists(st.integers(32 if night else 0, 64 if night else 96), max_size=6, unique=True).map(sorted)
    week: dict[str, list[str]] = {}
    for day in WEEKDAYS:
        hours = _pairs([edge * 15 for edge in draw(edges)])
        if night and draw(st.booleans()):
            hours.append(Hours(draw(st.integers(64, 95)) * 15, 1440 + draw(st.integers(0, 32)) * 15))
        week[day] = [str(one) for one in hours]
    if not any(week.values()):
        week[draw(st.sampled_from(WEEKDAYS))] = ["00:00-24:00"]
    return week


always = st.just({"every_day": ["00:00-24:00"]})
five_days = st.just({"weekdays": ["00:00-24:00"]})
nights = st.just({"every_day": ["22:00-06:00"]})
small_hours = st.sampled_from(
    [
        {"every_day": ["00:15-01:30", "01:45-02:30", "02:45-03:30"]},  # where clocks are changed
        {"every_day": ["00:30-02:15", "02:45-06:00", "23:15-00:00"]},
        {"every_day": ["23:30-00:15", "01:15-01:45"]},
    ]
)
office = st.just({"weekdays": ["09:00-12:00", "13:00-17:30"]})


@st.composite
def calendars(draw: st.DrawFn, year: int = 2026) -> Calendar:
    """Any calendar: its week, zone, holidays, closures and extra days, these two in a year or in every one."""
    given: dict[str, object] = dict(draw(st.one_of(weeks(), weeks(), always, five_days, nights, office, small_hours)))
    given["zone"] = draw(zones)
    given["holidays"] = draw(st.sampled_from([[], [], ["JP"], ["US-CA"], ["JP", "AU-NSW"]]))
    given["closures"] = draw(
        st.sampled_from(
            [
                [],
                [],
                [{"name": "年末年始", "first": "12-29", "last": "01-03"}],
                [{"name": "one day", "first": "10-26"}],
                [{"name": "move", "first": f"{year}-10-25", "last": f"{year}-11-02"}],
            ]
        )
    )
    extra = {"name": "inventory", "on": f"{year}-10-25", "hours": ["01:15-02:45", "20:00-02:30"]}
    given["extra"] = draw(st.sampled_from([[], [extra]]))
    return CalendarRules.model_validate(given).calendar("any")


@st.composite
def pauses(draw: st.DrawFn, start: datetime) -> tuple[Pause, ...]:
    """Up to four pauses that ended, some within others, from before `start` to a month after it."""
    begins = draw(st.lists(st.integers(-86400, 30 * 86400), max_size=4))
    lengths = [draw(st.integers(0, 4 * 86400)) for _ in begins]
    return tuple(
        Pause(start=start + timedelta(seconds=begin), end=start + timedelta(seconds=begin + length), reason="logs")
        for begin, length in zip(begins, lengths, strict=True)
    )
