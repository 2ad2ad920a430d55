"""Working time by worked examples: each row has its source, or is ours. Times are wall times of the calendar's zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.calendar import Calendar
from bot.domain.calendar_rules import CalendarRules
from bot.domain.duration import Span
from bot.domain.wall import instant
from bot.domain.worktime import (
    Interval,
    NeverOpen,
    Pause,
    Why,
    add,
    after_pause,
    between,
    due,
    intervals,
    is_open,
    length_of,
    next_open,
    why,
)
from bot.settings import load_configuration

HOUR = timedelta(hours=1)
OURS = "ours"
EESEL = "https://www.eesel.ai/blog/zendesk-sla-calendar-business-hours"  # says Monday 09:00, which is wrong
NINEMINDS = "https://www.nineminds.com/documentation/113-setting-up-business-hours"  # says Tuesday 11:00, wrong too
RED_HAT = "https://access.redhat.com/articles/2623321"
AZURE_JP = "https://jpazasms.github.io/blog/AzureSubscriptionManagement/20160309c"
AZURE = "https://azure.microsoft.com/ja-jp/support/legal/faq"
AWS = "https://github.com/awsdocs/aws-support-user-guide/blob/main/doc_source/case-management.md"
GITLAB = "https://about.gitlab.com/support/definitions/"
UNIVERSITY = "https://itsupport.umd.edu/itsupport?id=kb_article_view&sysparm_article=KB0013826"
JIRA_DAY = "https://confluence.atlassian.com/servicemanagementserver0417/how-teams-see-slas-1072468255.html"
JIRA_BREAK = (
    "https://confluence.atlassian.com/servicemanagementserver0509/create-and-edit-sla-calendars-1252003187.html"
)

SHIPPED = load_configuration(None).calendars


def shipped(name: str, zone: str = "UTC", country: str = "US") -> Calendar:
    return SHIPPED[name].calendar(name, zone=zone, country=country)


def calendar(zone: str = "UTC", **given: object) -> Calendar:
    return CalendarRules.model_validate({"zone": zone, **given}).calendar("test")


def at(cal: Calendar, wall: str) -> datetime:
    """A wall time of the calendar's zone; with an offset where one time comes twice."""
    moment = datetime.fromisoformat(wall)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(cal.zone))).astimezone(UTC)


def shown(cal: Calendar, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(cal.zone)).strftime("%Y-%m-%d %H:%M")


NINE_TO_FIVE = calendar(weekdays=["09:00-17:00"])
EIGHT_TO_FIVE = calendar(weekdays=["08:00-17:00"])
JAPAN, JAPAN_AWS = shipped("jp-0900-1730"), shipped("jp-0900-1800")
PACIFIC, CENTRAL = shipped("us-pacific-0600-1800"), shipped("us-central-0800-1700")
RED_HAT_NA = shipped("redhat-na-0900-1800", zone="America/New_York")
AWS_LOCAL = shipped("local-0800-1800", zone="America/New_York")
GITLAB_24X5 = shipped("weekdays-24x5", zone="Europe/London")
LUNCH = calendar(weekdays=["09:00-12:00", "13:00-18:00"])
SATURDAYS = calendar(weekdays=["09:00-17:00"], sat=["09:00-12:00"])
NIGHTS = calendar("Asia/Tokyo", mon=["22:00-06:00"], tue=["22:00-06:00"], holidays="JP")
YEAR_END = calendar("Asia/Tokyo", weekdays=["09:00-18:00"], holidays="JP",
                    closures=[{"name": "年末年始", "first": "12-29", "last": "01-03"}])  # fmt: skip
INVENTORY = calendar("Asia/Tokyo", weekdays=["09:00-18:00"], holidays="JP",
                     extra=[{"name": "棚卸し", "on": date(2026, 11, 23), "hours": ["10:00-15:00"]}])  # fmt: skip


@pytest.mark.parametrize(
    ("cal", "start", "span", "expected", "source"),
    [
        # The end of the last hour is the due time, not the next morning.
        (NINE_TO_FIVE, "2026-11-20 17:00", "8h", "2026-11-23 17:00", EESEL),
        (EIGHT_TO_FIVE, "2026-11-20 16:00", "4h", "2026-11-23 11:00", NINEMINDS),
        # A severity 1 at 17:45 with one business hour; on a Friday before a Monday holiday, later still.
        (RED_HAT_NA, "2026-11-18 17:45", "1h", "2026-11-19 09:45", RED_HAT),
        (RED_HAT_NA, "2026-09-04 17:45", "1h", "2026-09-08 09:45", RED_HAT),
        # Severity B in Japanese, 4 hours of 09:00-17:30; Monday is 勤労感謝の日.
        (JAPAN, "2026-11-20 16:30", "4h", "2026-11-24 12:00", AZURE_JP),
        (PACIFIC, "2026-11-25 17:00", "2h", "2026-11-27 07:00", AZURE),
        (AWS_LOCAL, "2026-11-16 09:00", "12h", "2026-11-17 11:00", AWS),
        (JAPAN_AWS, "2026-11-16 09:00", "12h", "2026-11-17 12:00", AWS),
        (GITLAB_24X5, "2026-11-20 12:00", "24h", "2026-11-23 12:00", GITLAB),
        # "9 business hours", and "45": one and five days of nine hours.
        (CENTRAL, "2026-11-16 10:00", "9h", "2026-11-17 10:00", UNIVERSITY),
        (CENTRAL, "2026-11-16 10:00", "45h", "2026-11-23 10:00", UNIVERSITY),
        (CENTRAL, "2026-11-16 10:00", "5bd", "2026-11-23 10:00", UNIVERSITY),
        # A day is the calendar's working hours.
        (JAPAN, "2026-11-16 10:00", "1bd", "2026-11-17 10:00", JIRA_DAY),
        (JAPAN, "2026-11-20 15:00", "2bd", "2026-11-25 15:00", JIRA_DAY),
        (JAPAN, "2026-11-21 10:00", "1bd", "2026-11-24 17:30", JIRA_DAY),
        (SATURDAYS, "2026-11-20 15:00", "1bd", "2026-11-23 12:00", OURS),
        (LUNCH, "2026-11-16 11:30", "1h", "2026-11-16 13:30", JIRA_BREAK),
        (LUNCH, "2026-11-16 11:30", "30m", "2026-11-16 12:00", OURS),
        (LUNCH, "2026-11-16 12:30", "1bd", "2026-11-17 12:00", OURS),
        # The night of a Monday goes on into a holiday, and the night of a holiday is free: 23 November is a Monday.
        (NIGHTS, "2026-11-16 23:00", "9h", "2026-11-18 00:00", OURS),
        (NIGHTS, "2026-11-18 05:00", "2h", "2026-11-24 23:00", OURS),
        (YEAR_END, "2026-12-28 17:00", "2h", "2027-01-04 10:00", OURS),
        (INVENTORY, "2026-11-20 17:00", "3h", "2026-11-23 12:00", OURS),
        (shipped("24x7"), "2026-02-28 23:30", "15m", "2026-02-28 23:45", OURS),
        (shipped("24x7"), "2026-02-28 23:30", "1bd", "2026-03-01 23:30", OURS),
    ],
)
def test_a_due_time_by_its_source(cal, start, span, expected, source):
    assert shown(cal, add(cal, at(cal, start), Span.model_validate(span))) == expected, source


@pytest.mark.parametrize(
    ("cal", "moment", "opening"),
    [
        # Lowered outside 09:00-17:30 or on a holiday: work goes on from the next business day.
        (JAPAN, "2026-11-20 17:30", "2026-11-24 09:00"),
        (JAPAN, "2026-11-23 11:00", "2026-11-24 09:00"),
        (JAPAN, "2026-11-24 09:00", "2026-11-24 09:00"),
        (JAPAN, "2026-11-24 17:29", "2026-11-24 17:29"),
        (INVENTORY, "2026-11-21 12:00", "2026-11-23 10:00"),
    ],
)
def test_the_next_opening(cal, moment, opening):
    "https://jpazasms.github.io/blog/AzureSubscriptionManagement/20160309c for the first two; ours."
    assert shown(cal, next_open(cal, at(cal, moment))) == opening


def test_the_time_used_under_the_old_terms_counts():
    "https://help.saasjet.com/sla/transition-between-sla-goals: 3 h from 10:00, 2 h from 11:00, due at 12:00."
    opened, changed = at(NINE_TO_FIVE, "2026-11-16 10:00"), at(NINE_TO_FIVE, "2026-11-16 11:00")
    left = 2 * HOUR - between(NINE_TO_FIVE, opened, changed)

    assert add(NINE_TO_FIVE, changed, left) == at(NINE_TO_FIVE, "2026-11-16 12:00")


@pytest.mark.parametrize(("friday", "hours"), [("2026-07-03", 48), ("2026-01-09", 46), ("2026-10-09", 47)])
def test_a_weekend_from_the_pacific_to_australia_changes_length(friday, hours):
    "Friday 17:00 in Los Angeles to Monday 10:00 in Sydney: atlassian-support-offerings-193299636.html, older text."
    day = date.fromisoformat(friday)
    begins = instant(ZoneInfo("America/Los_Angeles"), day, 17 * 60)
    ends = instant(ZoneInfo("Australia/Sydney"), day + timedelta(days=3), 10 * 60)

    assert ends - begins == hours * HOUR


def test_a_month_that_was_shown_again_on_its_first_day():
    "In St. John's the clock went from 00:01 on 1 November 2009 back to 23:01: hours of the Sunday have begun."
    sundays = calendar("America/St_Johns", sun=["00:00-02:00"])
    again = datetime.fromisoformat("2009-10-31T23:30-03:30")

    assert is_open(sundays, again)
    assert next_open(sundays, again - 2 * HOUR) == datetime.fromisoformat("2009-11-01T00:00-02:30")
    assert between(sundays, again - 2 * HOUR, again + 10 * HOUR) == 3 * HOUR


def test_an_extra_day_that_begins_before_the_night_has_ended_counts_once():
    extra = {"name": "move", "on": date(2026, 11, 18), "hours": ["04:00-08:00"]}
    nights = calendar(tue=["22:00-06:00"], extra=[extra])
    start = at(nights, "2026-11-17 12:00")

    assert between(nights, start, start + timedelta(days=1)) == 10 * HOUR


# ---------------------------------------------------------------- daylight saving


@pytest.mark.parametrize(
    ("zone", "evening", "night", "eight_hours_later"),
    [
        ("America/Los_Angeles", "2026-03-07", 7, "2026-03-08T23:00-07:00"),
        ("America/Los_Angeles", "2026-10-31", 9, "2026-11-01T05:00-08:00"),
        ("Europe/London", "2026-03-28", 7, "2026-03-29T23:00+01:00"),
        ("Europe/London", "2026-10-24", 9, "2026-10-25T05:00+00:00"),
        ("Australia/Sydney", "2026-10-03", 7, "2026-10-04T23:00+11:00"),
        ("Australia/Sydney", "2026-04-04", 9, "2026-04-05T05:00+10:00"),
        ("Australia/Lord_Howe", "2026-10-03", 7.5, "2026-10-04T22:30+11:00"),
        ("Australia/Lord_Howe", "2026-04-04", 8.5, "2026-04-05T05:30+10:30"),
        ("Asia/Tokyo", "2026-04-04", 8, "2026-04-05T06:00+09:00"),
    ],
)
def test_a_night_on_which_the_clock_is_changed(zone, evening, night, eight_hours_later):
    "Eight hours of nights from 22:00 to 06:00, in both directions of daylight saving."
    nights = calendar(zone, every_day=["22:00-06:00"])
    start = at(nights, f"{evening} 22:00")
    noon = start + timedelta(hours=14)

    assert between(nights, start, noon) == night * HOUR
    assert add(nights, start, 8 * HOUR) == datetime.fromisoformat(eight_hours_later)


@pytest.mark.parametrize(
    ("zone", "day", "hours", "minutes", "opens"),
    [
        # 02:00 to 03:00 never came: hours in it are none, hours that begin in it begin when it is 03:00.
        ("America/Los_Angeles", "2026-03-08", "02:10-02:50", 0, None),
        ("America/Los_Angeles", "2026-03-08", "02:15-03:15", 15, "2026-03-08T03:00-07:00"),
        ("Australia/Lord_Howe", "2026-10-04", "01:30-02:45", 45, "2026-10-04T01:30+10:30"),
        # 01:00 to 02:00 came twice: hours begin and end at the first coming.
        ("America/Los_Angeles", "2026-11-01", "01:00-01:30", 30, "2026-11-01T01:00-07:00"),
        ("America/Los_Angeles", "2026-11-01", "01:30-02:00", 90, "2026-11-01T01:30-07:00"),
        ("Australia/Lord_Howe", "2026-04-05", "01:30-02:00", 60, "2026-04-05T01:30+11:00"),
        # Clocks forward at midnight: the day begins at 01:00.
        ("Asia/Beirut", "2026-03-29", "00:00-02:00", 60, "2026-03-29T01:00+03:00"),
        # A day that was left out, a Friday: https://en.wikipedia.org/wiki/Time_in_Samoa
        ("Pacific/Apia", "2011-12-30", "09:00-17:00", 0, None),
    ],
)
def test_hours_in_a_time_that_comes_twice_or_never(zone, day, hours, minutes, opens):
    early = calendar(zone, **{f"{datetime.fromisoformat(day):%a}".lower(): [hours]})
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(days=2)

    assert between(early, start, start + timedelta(days=4)) == timedelta(minutes=minutes)
    if opens:
        assert next_open(early, start) == datetime.fromisoformat(opens)


# ---------------------------------------------------------------- the sum behind a due time


def test_every_interval_says_why_it_counts_or_not():
    cal = calendar("Asia/Tokyo", weekdays=["09:00-12:00", "13:00-18:00"], holidays="JP",
                   closures=[{"name": "引っ越し", "first": date(2026, 11, 24)}],
                   extra=[{"name": "棚卸し", "on": date(2026, 11, 25), "hours": ["10:00-11:00"]}])  # fmt: skip
    found = intervals(cal, at(cal, "2026-11-20 11:00"), at(cal, "2026-11-25 10:30"))

    assert [(shown(cal, i.start)[8:], shown(cal, i.end)[8:], i.counted, *i.why) for i in found] == [
        ("20 11:00", "20 12:00", True, "open", "", ""),
        ("20 12:00", "20 13:00", False, "break", "", ""),
        ("20 13:00", "20 18:00", True, "open", "", ""),
        ("20 18:00", "21 00:00", False, "outside", "", ""),
        ("21 00:00", "23 00:00", False, "day-off", "", ""),
        ("23 00:00", "24 00:00", False, "holiday", "Labor Thanksgiving Day", "勤労感謝の日"),
        ("24 00:00", "25 00:00", False, "closure", "引っ越し", ""),
        ("25 00:00", "25 10:00", False, "outside", "", ""),
        ("25 10:00", "25 10:30", True, "extra", "棚卸し", ""),
    ]


def test_a_long_gap_between_two_spans_of_a_day_is_no_break():
    early_and_late = calendar(every_day=["00:00-06:00", "22:00-24:00"])

    assert why(early_and_late, at(early_and_late, "2026-11-20 12:00")) == Why("outside")


def test_around_the_clock_there_is_one_interval():
    always = shipped("24x7")
    start, end = at(always, "2026-11-20 11:00"), at(always, "2027-02-20 11:00")

    assert list(intervals(always, start, end)) == [Interval(start, end, Why("open"))]
    assert (always.always, NIGHTS.always, GITLAB_24X5.always) == (True, False, False)


def test_no_time_has_no_intervals():
    start = at(JAPAN, "2026-11-20 11:00")

    assert list(intervals(JAPAN, start, start)) == list(intervals(JAPAN, start, start - HOUR)) == []


# ---------------------------------------------------------------- pauses


def paused(start: str, end: str | None, reason: str = "logs") -> Pause:
    return Pause(start=at(NINE_TO_FIVE, start), end=end and at(NINE_TO_FIVE, end), reason=reason)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], "2026-11-16 14:00"),
        # A pause moves the due time by its length: appfire TTS, "Set When the SLA Pauses".
        ([paused("2026-11-16 11:00", "2026-11-16 12:00")], "2026-11-16 15:00"),
        ([paused("2026-11-16 11:00", "2026-11-17 11:00")], "2026-11-17 14:00"),
        ([paused("2026-11-16 11:00", "2026-11-16 20:00")], "2026-11-17 12:00"),
        # Ended, continued, and one within another: each moment is left out once.
        ([paused("2026-11-16 11:00", "2026-11-16 12:00"), paused("2026-11-16 11:30", "2026-11-16 12:30")],
         "2026-11-16 15:30"),
        ([paused("2026-11-16 11:00", "2026-11-16 13:00"), paused("2026-11-16 11:30", "2026-11-16 12:30")],
         "2026-11-16 16:00"),
        # Before the start, at the end, after it: nothing to leave out.
        ([paused("2026-11-16 08:00", "2026-11-16 10:00")], "2026-11-16 14:00"),
        ([paused("2026-11-16 14:00", None)], "2026-11-16 14:00"),
        ([paused("2026-11-16 11:00", None)], None),
        ([paused("2026-11-16 11:00", "2026-11-16 12:00"), paused("2026-11-16 14:30", None)], None),
    ],
)  # fmt: skip
def test_a_pause_moves_a_due_time_by_what_it_left_out(held, expected):
    found = due(NINE_TO_FIVE, at(NINE_TO_FIVE, "2026-11-16 10:00"), Span(time=4 * HOUR), held)

    assert (found and shown(NINE_TO_FIVE, found)) == expected


def test_a_due_time_that_was_told_moves_from_where_it_stands():
    "Four hours were told as 15:00 by rules of another day: an hour of pause makes it 16:00, and closed hours nothing."
    start, told = at(NINE_TO_FIVE, "2026-11-16 10:00"), at(NINE_TO_FIVE, "2026-11-16 15:00")
    hour, closed = paused("2026-11-16 11:00", "2026-11-16 12:00"), paused("2026-11-16 08:00", "2026-11-16 09:00")

    assert after_pause(NINE_TO_FIVE, start, told, hour) == told + HOUR
    assert after_pause(NINE_TO_FIVE, start - 3 * HOUR, told, closed) == told


def test_waiting_for_the_customer_and_outside_hours_are_told_apart():
    held = (paused("2026-11-16 16:00", "2026-11-17 08:00", "logs from the customer"),)
    found = intervals(NINE_TO_FIVE, at(NINE_TO_FIVE, "2026-11-16 15:00"), at(NINE_TO_FIVE, "2026-11-17 10:00"), held)

    assert [(shown(NINE_TO_FIVE, i.start)[8:], i.why.kind, i.why.name) for i in found] == [
        ("16 15:00", "open", ""),
        ("16 16:00", "paused", "logs from the customer"),
        ("17 08:00", "outside", ""),
        ("17 09:00", "open", ""),
    ]


def test_a_pause_that_ends_before_it_begins_is_none():
    with pytest.raises(ValueError, match="a pause ends after it begins"):
        paused("2026-11-16 11:00", "2026-11-16 10:00")


# ---------------------------------------------------------------- what must not move, and limits


def test_an_update_of_the_holidays_moves_no_due_time_of_a_case():
    "A calendar that was kept when 23 November was no holiday yet goes on without it; later years are looked up."
    kept = JAPAN.keeping(2026, 2026)
    of_old = Calendar(**{**dict(kept), "kept": tuple(day for day in kept.kept if day.day != date(2026, 11, 23))})
    start = at(JAPAN, "2026-11-20 16:30")

    assert shown(JAPAN, add(of_old, start, 4 * HOUR)) == "2026-11-23 12:00"
    assert shown(JAPAN, add(kept, start, 4 * HOUR)) == "2026-11-24 12:00"
    assert why(of_old, at(JAPAN, "2027-11-23 12:00")) == Why("holiday", "Labor Thanksgiving Day", "勤労感謝の日")


def test_a_moment_may_be_told_in_any_zone():
    tokyo = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Tokyo"))

    assert add(JAPAN, tokyo, HOUR) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert add(JAPAN, tokyo, HOUR).tzinfo is UTC
    assert next_open(JAPAN, tokyo).tzinfo is UTC
    assert is_open(JAPAN, tokyo)


def test_a_calendar_that_closed_for_good_says_so():
    closed = calendar(
        weekdays=["09:00-17:00"], closures=[{"name": "end", "first": date(2026, 12, 1), "last": date(2199, 1, 1)}]
    )
    start = at(closed, "2026-11-30 16:00")

    with pytest.raises(NeverOpen, match="the calendar test has no open hours left"):
        add(closed, start, 2 * HOUR)
    with pytest.raises(NeverOpen, match="the calendar test has no open hours left"):
        next_open(closed, start + HOUR)


def test_a_span_is_not_negative():
    with pytest.raises(ValueError, match="a span is not negative"):
        add(JAPAN, at(JAPAN, "2026-11-20 16:30"), -HOUR)


@pytest.mark.parametrize(
    ("cal", "hours"), [(JAPAN, 8.5), (LUNCH, 8), (SATURDAYS, 8), (NIGHTS, 8), (GITLAB_24X5, 24), (shipped("24x7"), 24)]
)
def test_a_working_day_is_the_most_common_day_of_the_week(cal, hours):
    assert length_of(cal, Span(working_days=2)) == 2 * hours * HOUR


@pytest.mark.parametrize(
    ("given", "hours"),
    [
        ({"mon": ["09:00-17:00"], "tue": ["09:00-12:00"]}, 8),  # as common: the longer one is the full day
        ({"weekdays": ["09:00-17:30"], "working_day": "8h"}, 8),  # "a business day is 8 hours" in some contracts
    ],
)
def test_how_long_a_working_day_is_can_be_said(given, hours):
    assert length_of(calendar(**given), Span(working_days=1)) == hours * HOUR
