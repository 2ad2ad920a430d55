"""Calendars as the configuration file writes them: what is read, what is refused, and what a case keeps."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from pydantic import ValidationError

from bot.doctor import Finding, examine_calendars
from bot.domain.calendar import Calendar, Closure
from bot.domain.calendar_rules import CalendarRules, holiday_gaps
from bot.domain.duration import Span, span_fault
from bot.domain.holiday import Holiday, data_until, holidays_of
from bot.domain.hours import Hours, read_hours
from bot.settings import SettingsFault, load_configuration
from bot.shipped import shipped

NINE_TO_SIX = {"zone": "Asia/Tokyo", "weekdays": ["09:00-18:00"]}


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def written(text: str) -> str:
        (tmp_path / "jibungoto.toml").write_text(text, encoding="utf-8")
        return "jibungoto.toml"

    return written


def faults(path: str) -> list[str]:
    with pytest.raises(SettingsFault) as raised:
        load_configuration(path)
    return sorted(raised.value.faults)


# ---------------------------------------------------------------- what is read


def test_a_calendar_with_everything_is_read(write):
    config = load_configuration(
        write("""
[calendars.tokyo]
zone = "Asia/Tokyo"
weekdays = ["13:00-18:00", "9:00-12:00"]
fri = ["22:00 - 06:00"]
sun = []
holidays = ["JP", "US-CA"]
closures = [
  { name = "年末年始", first = "12-29", last = "01-03" },
  { name = "move", first = 2026-11-24 },
]
extra = [{ name = "棚卸し", on = 2026-11-14, hours = ["10:00-15:00"] }]
working_day = "7h30m"
source = "contract"
""")
    )

    assert config.calendars["tokyo"].calendar("tokyo") == Calendar.model_validate(
        {
            "name": "tokyo",
            "zone": "Asia/Tokyo",
            "hours": [["09:00-12:00", "13:00-18:00"]] * 4 + [["22:00-06:00"], [], []],
            "places": ["JP", "US-CA"],
            "closures": [
                {"name": "年末年始", "first": "12-29", "last": "01-03"},
                {"name": "move", "first": "2026-11-24"},
            ],
            "extra": [{"name": "棚卸し", "on": "2026-11-14", "hours": ["10:00-15:00"]}],
            "working_day": "7h30m",
        }
    )
    assert {"24x7", "24x5", "jp-0900-1730"} < set(config.calendars)


def test_a_calendar_of_the_same_name_replaces_ours(write):
    config = load_configuration(write('[calendars.24x5]\nzone = "UTC"\nweekdays = ["01:00-23:00"]'))

    assert config.calendars["24x5"].calendar("24x5").zone == "UTC"


def test_every_day_says_itself_or_what_stands_for_it():
    rules = CalendarRules.model_validate({"every_day": ["10:00-12:00"], "weekdays": ["09:00-17:00"], "wed": []})

    nine, ten = (Hours(540, 1020),), (Hours(600, 720),)
    assert rules.week() == (nine, nine, (), nine, nine, ten, ten)


@pytest.mark.parametrize(
    ("text", "hours", "written"),
    [
        ("09:00-18:00", Hours(540, 1080), "09:00-18:00"),
        ("9:00 - 18:00", Hours(540, 1080), "09:00-18:00"),
        ("00:00-24:00", Hours(0, 1440), "00:00-24:00"),
        ("22:00-06:00", Hours(1320, 1800), "22:00-06:00"),
        ("22:00-00:00", Hours(1320, 1440), "22:00-24:00"),
        ("17:00-09:00", Hours(1020, 1980), "17:00-09:00"),
    ],
)
def test_hours_are_read_and_written(text, hours, written):
    assert (read_hours(text), str(hours), read_hours(written)) == (hours, written, hours)


def test_the_calendars_that_the_presets_name_are_shipped():
    presets = yaml.safe_load(shipped("sla-presets.yaml"))
    calendars = load_configuration(None).calendars

    for wanted in presets["calendars"]:
        rules = calendars[wanted["key"]]
        hours = read_hours(f"{wanted['from']}-{wanted['to']}")
        assert rules.week() == ((hours,),) * 5 + ((), ())
        assert (rules.zone, rules.holidays or ("none",)) == (wanted["tz"], (wanted["holidays"],))
        assert rules.source == wanted["source"]


# ---------------------------------------------------------------- the customer's


def test_the_customers_zone_and_holidays_are_filled_in():
    rules = CalendarRules.model_validate({"weekdays": ["09:00-17:00"], "holidays": ["customer", "JP"]})
    calendar = rules.calendar("local", zone="Europe/Dublin", country="IE")

    assert (rules.of_customer, calendar.zone, calendar.places) == (True, "Europe/Dublin", ("IE", "JP"))
    assert rules.calendar("local", zone="Asia/Tokyo", country="JP").places == ("JP",)
    assert CalendarRules.model_validate(NINE_TO_SIX).of_customer is False


@pytest.mark.parametrize(
    ("zone", "country", "fault"),
    [
        ("", "IE", "the calendar local runs in the customer's time zone: set customer_zone"),
        ("Europe/Dublin", "", "the calendar local keeps the customer's holidays: set customer_country"),
        ("Europe/Dublin", "XX", 'expected a country such as "JP", or a part of one such as "US-CA", not \'XX\''),
        ("Europe/Dublib", "IE", "expected a time zone such as \"Asia/Tokyo\", not 'Europe/Dublib'"),
    ],
)
def test_a_customer_that_is_not_known_is_asked_for(zone, country, fault):
    rules = CalendarRules.model_validate({"weekdays": ["09:00-17:00"], "holidays": "customer"})

    with pytest.raises(ValueError, match=fault):
        rules.calendar("local", zone=zone, country=country)


# ---------------------------------------------------------------- what is refused

HOURS = 'expected hours such as "09:00-18:00", "00:00-24:00" or, past midnight, "22:00-06:00"'
ON_A_DAY = 'expected a date such as 2026-12-29, or "12-29" for every year'
PLACE = 'expected a country such as "JP", or a part of one such as "US-CA", not'


def test_the_faults_of_all_calendars_are_named_at_once(write):
    path = write("""
[calendars.one]
zone = "Asia/Tokio"
mon = ["09:00-25:00", "18:00-09:30", "12-13"]
tue = ["09:00-13:00", "12:00-18:00"]
holydays = "JP"

[calendars.two]
holidays = ["JP", "XX"]
closures = [{ name = "move", first = 2026-11-24, last = 2026-11-20 }]

[calendars.three]
zone = "UTC"
""")

    assert faults(path) == [
        "jibungoto.toml: calendars.one.holydays: no such key here: is it misspelt? (it is 'JP')",
        f"jibungoto.toml: calendars.one.mon.0: {HOURS}: a day goes from 00:00 to 24:00, not '09:00-25:00'",
        f"jibungoto.toml: calendars.one.mon.2: {HOURS}, not '12-13'",
        "jibungoto.toml: calendars.one.tue: 09:00-13:00 and 12:00-18:00 overlap",
        'jibungoto.toml: calendars.one.zone: expected a time zone such as "Asia/Tokyo", or "customer", not '
        "'Asia/Tokio'",
        'jibungoto.toml: calendars.three: it is never open: give hours, for example weekdays = ["09:00-18:00"]',
        "jibungoto.toml: calendars.two.closures.0: the closure ends on 2026-11-20, before it begins on 2026-11-24",
        f"jibungoto.toml: calendars.two.holidays: {PLACE} 'XX'",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("mon = ['09:60-18:00']", f"mon.0: {HOURS}: a day goes from 00:00 to 24:00, not '09:60-18:00'"),
        ("mon = ['24:00-06:00']", f"mon.0: {HOURS}: a day goes from 00:00 to 24:00, not '24:00-06:00'"),
        ("mon = ['09:00-24:30']", f"mon.0: {HOURS}: a day goes from 00:00 to 24:00, not '09:00-24:30'"),
        ("mon = ['09:00–18:00']", f"mon.0: {HOURS}, not '09:00–18:00'"),
        ("mon = [9]", f"mon.0: {HOURS}, not 9"),
        ("mon = '09:00-18:00'", "mon: expected a list, in [ ] (it is '09:00-18:00')"),
        (
            "mon = ['09:00-09:00']",
            "mon.0: '09:00-09:00' has no length: the whole day is \"00:00-24:00\", a closed day is an empty list",
        ),
        (
            "mon = ['18:00-12:00']",
            "mon.0: '18:00-12:00' ends before it begins: a night past midnight has 16 hours at most",
        ),
        (
            "weekdays = ['22:00-06:00', '05:00-07:00']",
            "weekdays: 22:00-06:00 of weekdays reaches into 05:00-07:00 of the next day",
        ),
        ("every_day = ['09:00-13:00', '12:00-14:00']", "every_day: 09:00-13:00 and 12:00-14:00 overlap"),
        ("mon = ['22:00-06:00']\ntue = ['05:00-07:00']", "tue: 22:00-06:00 of mon reaches into 05:00-07:00 of tue"),
        ("sun = ['22:00-06:00']\nmon = ['05:00-07:00']", "sun: 22:00-06:00 of sun reaches into 05:00-07:00 of mon"),
        (
            "weekdays = ['22:00-06:00']\nevery_day = ['05:00-07:00']",
            "sat: 22:00-06:00 of weekdays reaches into 05:00-07:00 of every_day",
        ),
        ("mon = []", 'it is never open: give hours, for example weekdays = ["09:00-18:00"]'),
        ("mon = ['09:00-18:00']\nholidays = 'Japan'", f"holidays: {PLACE} 'Japan'"),
        ("mon = ['09:00-18:00']\nholidays = 'US-ZZ'", f"holidays: {PLACE} 'US-ZZ'"),
        ("mon = ['09:00-18:00']\nholidays = 5", "holidays: expected a list, in [ ] (it is '5')"),
        ("mon = ['09:00-18:00']\nworking_day = '25h'", "working_day is at most 24h"),
        (
            "mon = ['09:00-18:00']\nclosures = [{ name = 'x', first = '02-30' }]",
            f"closures.0.first: {ON_A_DAY}, not '02-30'",
        ),
        (
            "mon = ['09:00-18:00']\nclosures = [{ name = 'x', first = '2026-12-29', last = '01-03' }]",
            'closures.0: first and last are both dates such as 2026-12-29, or both yearly such as "12-29"',
        ),
        (
            "mon = ['09:00-18:00']\nextra = [{ name = 'x', on = 2026-11-14, hours = ['9:00-12:00', '10:00-11:00'] }]",
            "extra.0.hours: 09:00-12:00 and 10:00-11:00 overlap",
        ),
        (
            "mon = ['09:00-18:00']\nextra = [{ name = 'x', on = 2026-11-14, hours = ['9:00-12:00'] }, "
            "{ name = 'y', on = 2026-11-14, hours = ['13:00-14:00'] }]",
            "extra names 2026-11-14 twice: put all hours of a day into one",
        ),
    ],
)
def test_a_fault_says_where_it_is_and_what_was_expected(write, text, fault):
    (told,) = faults(write(f"[calendars.mine]\nzone = 'UTC'\n{text}\n"))

    where = "jibungoto.toml: calendars.mine"
    assert told in (f"{where}.{fault}", f"{where}: {fault}")


def test_calendars_are_a_table_of_tables(write):
    assert faults(write("calendars = 5")) == ["jibungoto.toml: calendars: expected a table (it is '5')"]
    assert faults(write("calendars.mine = 5")) == ["jibungoto.toml: calendars.mine: expected a table (it is '5')"]


# ---------------------------------------------------------------- spans


@pytest.mark.parametrize(
    ("text", "span", "written"),
    [
        ("15m", Span(time=timedelta(minutes=15)), "15m"),
        ("90m", Span(time=timedelta(minutes=90)), "1h30m"),
        ("1bd", Span(working_days=1), "1bd"),
        (" 2BD ", Span(working_days=2), "2bd"),
        (timedelta(hours=48), Span(time=timedelta(hours=48)), "2d"),
    ],
)
def test_a_span_is_read_and_written(text, span, written):
    assert Span.model_validate(text) == span
    assert (str(span), span.model_dump(), Span.model_validate_json(json.dumps(written))) == (written, written, span)


@pytest.mark.parametrize(
    "given", ["", "0bd", "-1bd", "367bd", "1bd4h", "1.5bd", "bd", "0m", "-5m", 15, timedelta(0), -timedelta(hours=1),
              {"time": timedelta(hours=1), "working_days": 1}],
)  # fmt: skip
def test_what_is_no_span_is_answered_with_the_right_form(given):
    with pytest.raises(ValidationError, match="expected a duration above zero such as 15m, 1h30m or 1bd"):
        Span.model_validate(given)


def test_a_day_of_24_hours_in_a_shorter_calendar_is_asked_about():
    assert span_fault("2d", timedelta(hours=8, minutes=30)) == (
        "'2d' is 48 hours of working time in a calendar whose day has 8h30m: write 2bd for working days, or the hours"
    )
    assert [span_fault(text, timedelta(hours=8)) for text in ("48h", "2bd", "15m")] == [None] * 3
    assert span_fault("2d", timedelta(days=1)) is None


# ---------------------------------------------------------------- holidays and closures


def test_a_holiday_has_its_names():
    found = holidays_of(("JP", "US"), 2026)

    assert found[date(2026, 11, 23)] == Holiday(date(2026, 11, 23), "Labor Thanksgiving Day", "勤労感謝の日")
    assert found[date(2026, 11, 26)] == Holiday(date(2026, 11, 26), "Thanksgiving Day", "")
    assert date(2026, 7, 3) in found  # Independence Day, observed: 4 July 2026 is a Saturday
    assert {day.year for day in found} == {2026}


@pytest.mark.parametrize(
    ("first", "last", "day", "covered"),
    [
        ("12-29", "01-03", date(2026, 12, 29), True),
        ("12-29", "01-03", date(2027, 1, 3), True),
        ("12-29", "01-03", date(2027, 1, 4), False),
        ("12-29", "01-03", date(2026, 12, 28), False),
        ("08-13", "08-15", date(2031, 8, 14), True),
        ("08-13", "08-15", date(2031, 8, 16), False),
        ("08-13", None, date(2031, 8, 13), True),
        ("08-13", None, date(2031, 8, 14), False),
        ("2026-11-24", None, date(2026, 11, 24), True),
        ("2026-11-24", "2026-11-25", date(2026, 11, 25), True),
        ("2026-11-24", "2026-11-25", date(2027, 11, 25), False),
    ],
)
def test_the_days_of_a_closure(first, last, day, covered):
    assert Closure(name="x", first=first, last=last).covers(day) is covered


GAP = (
    "calendars.colombo.holidays: the data for LK ends with 2026, due times in 2027 need it: "
    "from then on holidays count as working days. Update the package holidays, or name the days under closures"
)


def test_holidays_that_end_before_a_needed_year_are_said_loudly(write):
    """holidays 0.109 knows Sri Lanka's until 2026; should a newer one know more, take another country here."""
    config = load_configuration(
        write("[calendars.colombo]\nzone = 'Asia/Colombo'\nweekdays = ['09:00-17:00']\nholidays = 'LK'")
    )

    assert data_until(("LK",)) == 2026
    assert list(holiday_gaps(config.calendars, 2026)) == []
    assert list(holiday_gaps(config.calendars, 2027)) == [GAP]
    assert examine_calendars(config, datetime(2026, 11, 24, tzinfo=UTC)) == [
        Finding(what="calendars", state="warning", say=GAP)
    ]
    assert [one.state for one in examine_calendars(config, datetime(2025, 11, 24, tzinfo=UTC))] == ["well"]


def test_a_calendar_knows_how_far_its_holidays_go():
    colombo = CalendarRules.model_validate({**NINE_TO_SIX, "holidays": "LK"}).calendar("colombo")

    assert (colombo.known_until, colombo.keeping(2026, 2027).known_until) == (2026, 2026)
    assert CalendarRules.model_validate(NINE_TO_SIX).calendar("plain").known_until is None


# ---------------------------------------------------------------- what a case keeps


def test_a_kept_calendar_is_whole_and_readable():
    calendar = CalendarRules.model_validate({**NINE_TO_SIX, "holidays": "JP"}).calendar("jp").keeping(2026, 2026)
    written = json.loads(calendar.model_dump_json())

    assert written["kept"][0] == ["2026-01-01", "New Year's Day", "元日"]
    assert written["hours"] == [["09:00-18:00"]] * 5 + [[], []]
    assert (written["kept_from"], written["kept_until"], len(written["kept"])) == (2026, 2026, 18)
    assert Calendar.model_validate(written) == calendar
    assert len(json.dumps(written, ensure_ascii=False)) < 2000
