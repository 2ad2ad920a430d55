"""How long it takes to count working time with holidays over thirty days."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.calendar import Calendar
from bot.domain.case import Case, replay
from bot.domain.clock_messages import AskVendor, NoteCustomerWrote, PauseCase, ResumeCase
from bot.domain.messages import NextStep, RecordContact
from bot.domain.month import month
from bot.domain.rules import decide
from bot.domain.sla import checkpoints, clocks
from bot.domain.worktime import Pause, add, after_pause, between, intervals
from bot.settings import load_configuration
from tests.benchmarks.figures import Report, Times
from tests.unit.cases import a_case, ask, terms

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


def test_planning_all_checkpoints_of_one_case(report: Report):
    """Every clock of a case counts thirty days of a calendar with holidays; a pause and other terms lie behind it."""
    calendar = load_configuration(None).calendars["jp-0900-1730"].calendar("jp").keeping(2026, 2027)
    moments = ["25%", "50%", "75%", "90%", "1h before", "10m before", "due", "5m after"]
    names = ("first_response", "next_contact", "next_reply", "deadline", "resolution", "vendor")
    agreed = terms(
        calendar=calendar, first_response="20bd", next_reply="20bd", resolution="20bd",
        **{f"{name}_checkpoints": moments for name in names},
    )  # fmt: skip
    case = a_case(opened=START, agreed=agreed, deadline=START + THIRTY_DAYS)
    step = NextStep(due=START + THIRTY_DAYS, action="send it")
    for days, command in (
        (1, ask(RecordContact, how="mail", said="x", next=step, reason="agreed", confirmed=True)),
        (2, ask(NoteCustomerWrote)),
        (3, ask(PauseCase, reason="logs", look_at=START + THIRTY_DAYS)),
        (6, ask(ResumeCase)),
        (7, ask(AskVendor, name="Contoso", promise_at=START + THIRTY_DAYS)),
    ):
        case = replay(decide(case, command, START + timedelta(days=days)), case)
    written = case.model_dump_json()
    plan, cold, read = Times(), Times(), Times()
    for number in range(400):
        with read.once():
            case = Case.model_validate_json(written)
        if number % 10 == 0:
            month.cache_clear()
        with cold.once() if number % 10 == 0 else plan.once():
            points = checkpoints(case)
    report.chapter(f"all {len(points)} checkpoints of a case with 5 clocks over 30 days (aim: < 1 ms)")
    report.add("planning", plan)
    report.add("the same, in months not seen before", cold)
    report.add("reading the case", read)

    assert len(clocks(case)) == 5
    assert plan.median < 1e-3
