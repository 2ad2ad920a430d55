"""How long it takes to count working time with holidays over thirty days."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.calendar import Calendar
from bot.domain.month import month
from bot.domain.worktime import Pause, add, after_pause, between, intervals
from bot.settings import load_configuration
from tests.benchmarks.figures import Report, Times

pytestmark = pytest.mark.benchmark
START = datetime(2026, 11, 20, 6, tzinfo=UTC)
THIRTY_DAYS = timedelta(days=30)
PAUSE = Pause(start=START + timedelta(days=2), end=START + timedelta(days=5), reason="logs")


def test_planning_over_thirty_days(report: Report):
    """A due time in thirty days, after a pause, the time used and its sum; the calendar new each time, as from disk."""
    kept = load_configuration(None).calendars["jp-0900-1730"].calendar("jp").keeping(2026, 2027)
    written = kept.model_dump_json()
    warm, cold, read = Times(), Times(), Times()
    for number in range(400):
        with read.once():
            calendar = Calendar.model_validate_json(written)
        if number % 10 == 0:
            month.cache_clear()
        with cold.once() if number % 10 == 0 else warm.once():
            due = add(calendar, START, 18 * kept.working_day)
            after_pause(calendar, START, due, PAUSE)
            between(calendar, START, START + THIRTY_DAYS)
            list(intervals(calendar, START, due, (PAUSE,)))
    report.chapter("working time over 30 days, with holidays")
    report.add("due, pause, used and every interval", warm)
    report.add("the same, in months not seen before", cold)
    report.add("reading the calendar of a case", read)

    assert warm.median < 1e-3
