"""Explain: the sum behind a due time adds up, and says why each stretch counted or did not."""

from datetime import UTC, datetime, timedelta

import pytest
from cases import a_case, after, ask, at, contact, terms
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendar_rules import CalendarRules
from bot.domain.case import replay
from bot.domain.clock_messages import ChangeSeverity, PauseCase, ResumeCase
from bot.domain.errors import Refusal
from bot.domain.explain import explain
from bot.domain.ledger import running
from bot.domain.messages import ResolveCase
from bot.domain.rules import decide

OFFICE = CalendarRules(zone="UTC", weekdays=["09:00-12:00", "13:00-17:00"], holidays="JP").calendar("office")
IN_HOURS = terms(calendar=OFFICE, first_response="2h", next_reply="1h", resolution="1bd")


def sum_of(case, name, clock):
    return explain(case, running(case.ledger, name), at(clock))


def lines(found):
    """The parts in short."""
    return [(f"{p.start:%d %H:%M}", f"{p.end:%d %H:%M}", p.kind) for p in found.parts]


def test_a_night_and_a_lunch_do_not_count():
    found = sum_of(a_case(opened=at("11:00"), agreed=IN_HOURS), "resolution", "11:30")

    assert lines(found) == [
        ("06 11:00", "06 12:00", "open"),
        ("06 12:00", "06 13:00", "break"),
        ("06 13:00", "06 17:00", "open"),
        ("06 17:00", "07 09:00", "outside"),
        ("07 09:00", "07 11:00", "open"),
    ]
    assert (found.counted, found.length, found.as_told) == (timedelta(hours=7), timedelta(hours=7), False)
    assert (found.calendar, found.left) == ("office", timedelta(hours=6, minutes=30))


def test_a_holiday_is_named():
    """20 July 2026 is Marine Day in Japan, a Monday."""
    friday = datetime(2026, 7, 17, 16, tzinfo=UTC)
    case = a_case(opened=friday, agreed=IN_HOURS)

    parts = explain(case, running(case.ledger, "first-response"), friday).parts

    assert [(p.kind, p.name, p.ja) for p in parts if p.kind == "holiday"] == [("holiday", "Marine Day", "海の日")]
    assert parts[-1].end == datetime(2026, 7, 21, 10, tzinfo=UTC)


def test_a_pause_is_named_by_its_reason():
    case = after(a_case(agreed=IN_HOURS), contact("11:00", reason="agreed"), "9:30")
    case = after(case, ask(PauseCase, reason="the logs", look_at=at("12:00")), "10:00")
    waiting = sum_of(case, "resolution", "10:20")
    case = after(case, ask(ResumeCase), "11:00")
    found = sum_of(case, "resolution", "11:00")

    assert (waiting.state, waiting.left, lines(waiting)) == (
        "paused",
        timedelta(hours=6),
        [("06 09:00", "06 10:00", "open"), ("06 10:00", "06 10:20", "paused")],
    )
    assert [(p.kind, p.name) for p in found.parts][:3] == [("open", ""), ("paused", "the logs"), ("open", "")]
    assert (found.counted, found.as_told) == (timedelta(hours=7), False)


def test_a_change_of_terms_counts_on_in_two_calendars():
    case = a_case(opened=at("11:30"), agreed=IN_HOURS)
    to = terms("C", first_response="1h", resolution=None)
    case = after(case, ask(ChangeSeverity, severity="C", reason="agreed", terms=to), "13:15")

    found = sum_of(case, "first-response", "13:20")

    assert [(f"{p.start:%H:%M}", f"{p.end:%H:%M}", p.kind, p.edition) for p in found.parts] == [
        ("11:30", "12:00", "open", 0),
        ("12:00", "13:00", "break", 0),
        ("13:00", "13:15", "open", 0),
        ("13:15", "13:30", "open", 1),
    ]
    assert (found.start, found.counted, found.calendar) == (at("11:30"), timedelta(hours=1), None)


def test_a_clock_over_by_a_change_says_so():
    case = a_case("C", agreed=terms("C"))
    case = after(case, ask(ChangeSeverity, severity="A", reason="worse", terms=terms()), "9:40")

    found = sum_of(case, "first-response", "9:41")

    assert (found.over_by_change, found.counted, found.state) == (True, timedelta(minutes=40), "breached-by-change")


def test_a_promise_is_no_sum():
    case = after(a_case(), contact("10:00"), "9:10")

    found = sum_of(case, "next-contact", "9:30")

    assert (found.span, found.calendar, found.left) == (None, None, timedelta(minutes=30))
    assert lines(found) == [("06 09:10", "06 10:00", "open")]


def test_a_due_time_stands_as_told_when_the_rules_have_changed_since():
    case = a_case(agreed=IN_HOURS)
    other = IN_HOURS.calendar.model_copy(update={"zone": "Asia/Tokyo"})  # as if the zone's rules had moved

    later = case.model_copy(update={"terms": IN_HOURS.model_copy(update={"calendar": other})})
    found = sum_of(later, "first-response", "9:10")

    assert (found.due, found.as_told) == (at("11:00"), True)


STEPS = st.lists(st.tuples(st.integers(1, 3000), st.sampled_from(("pause", "resume", "change"))), max_size=6)


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.integers(0, 60 * 24 * 300), STEPS)
@pytest.mark.parametrize("name", ["resolution", "first-response"])
def test_every_sum_adds_up_whatever_happens(name, start, steps):
    """Through pauses and changes of terms: the counted parts are the span, without gaps, up to the due time."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    agreed = IN_HOURS if name == "resolution" else terms(calendar=OFFICE, first_response="3bd", resolution=None)
    case = a_case(opened=now, agreed=agreed)
    if name == "resolution":
        case = case.model_copy(update={"responded_at": now, "ledger": case.ledger[1:]})
    for minutes, act in steps:
        now += timedelta(minutes=minutes)
        other = "C" if case.severity == "A" else "A"
        spans = {"resolution": "40h", "first_response": "30h"} if act == "change" and other == "C" else {}
        command = {
            "pause": ask(PauseCase, reason="logs", look_at=now + timedelta(hours=1)),
            "resume": ask(ResumeCase),
            "change": ask(ChangeSeverity, severity=other, reason="x", terms=terms(other, **spans) if spans else agreed),
        }[act]
        before = running(case.ledger, name)
        try:
            case = replay(decide(case, command, now), case)
        except Refusal:
            continue
        after_ = running(case.ledger, name)
        assert act != "pause" or after_.due == before.due
        found = explain(case, after_, now)
        assert all(one.end == two.start for one, two in zip(found.parts, found.parts[1:], strict=False))
        if not found.over_by_change and after_.left is None:
            assert (found.counted, found.as_told) == (found.length, False)
            assert not found.parts or found.parts[-1].end == after_.due
        if after_.left is not None:
            assert found.counted + after_.left == found.length


def test_a_clock_that_ended_keeps_its_sum():
    case = after(a_case(agreed=IN_HOURS), ask(ResolveCase), "10:00")
    ended = next(clock for clock in case.ledger if clock.name == "resolution")

    assert (explain(case, ended, at("20:00")).state, explain(case, ended, at("20:00")).left) == (
        "met", timedelta(hours=6),
    )  # fmt: skip


def test_a_clock_that_other_terms_ended_is_no_change_of_rules():
    """It was counted until then, and nobody should read that holidays have changed."""
    case = after(a_case(agreed=IN_HOURS), contact("11:00", reason="agreed"), "9:30")
    case = after(
        case,
        ask(
            ChangeSeverity,
            severity="B",
            reason="works again",
            terms=terms(resolution="8h").model_copy(update={"severity": "B"}),
        ),
        "10:00",
    )
    ended = next(clock for clock in case.ledger if clock.name == "resolution" and clock.ended_by == "terms")

    assert not explain(case, ended, at("12:00")).as_told
