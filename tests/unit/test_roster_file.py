"""iCalendar rosters: recurring events, exceptions and zones; and what is broken is told with its line."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.values import UserId
from bot.settings import SettingsFault, load_configuration

BOB, ALEX, MEI = UserId("U02BOB"), UserId("U06ALEX"), UserId("U05MEI")
HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Roster//EN\n"
WEEKLY = """BEGIN:VEVENT
UID:weekly@example.com
DTSTART;TZID=Europe/Dublin:20261019T080000
DTEND;TZID=Europe/Dublin:20261019T170000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU
EXDATE;TZID=Europe/Dublin:20261027T080000
ATTENDEE;ROLE=CHAIR;CN=Alex:mailto:alex@example.com
ATTENDEE;CN=Bob:mailto:bob@example.com
ATTENDEE;CN=Mei;PARTSTAT=DECLINED:mailto:mei@example.com
END:VEVENT
"""
MOVED = """BEGIN:VEVENT
UID:weekly@example.com
RECURRENCE-ID;TZID=Europe/Dublin:20261102T080000
DTSTART;TZID=Europe/Dublin:20261102T100000
DTEND;TZID=Europe/Dublin:20261102T170000
SUMMARY:Mei
END:VEVENT
"""
TAIL = "END:VCALENDAR\n"
TOML = """
[roster.regions.dublin]
zone = "Europe/Dublin"
[[roster.imports]]
file = "dublin.ics"
region = "dublin"
[roster.imports.people]
"bob@example.com" = "U02BOB"
"alex@example.com" = "U06ALEX"
"Mei" = "U05MEI"
"""


def utc(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


@pytest.fixture
def rostered(tmp_path):
    def read(calendar: str, toml: str = TOML):
        (tmp_path / "dublin.ics").write_text(calendar, encoding="utf-8")
        (tmp_path / "jibungoto.toml").write_text(toml, encoding="utf-8")
        return load_configuration(str(tmp_path / "jibungoto.toml")).roster

    return read


def starts(roster, since: str, until: str):
    return [(duty.start, duty.everybody) for duty in roster.duties(utc(since, "00:00"), utc(until, "00:00"))]


def test_events_recur_on_the_wall_with_their_exceptions(rostered) -> None:
    "The clocks of Dublin go back on 25 October; the 27th is left out; the 2nd of November begins later, with Mei."
    assert starts(rostered(HEAD + WEEKLY + MOVED + TAIL), "2026-10-19", "2026-11-04") == [
        (utc("2026-10-19", "07:00"), (ALEX, BOB)),
        (utc("2026-10-20", "07:00"), (ALEX, BOB)),
        (utc("2026-10-26", "08:00"), (ALEX, BOB)),
        (utc("2026-11-02", "10:00"), (MEI,)),
        (utc("2026-11-03", "08:00"), (ALEX, BOB)),
    ]


def test_who_leads_is_the_chair(rostered) -> None:
    (duty,) = rostered(HEAD + WEEKLY + TAIL).on_duty(utc("2026-10-26", "12:00"))
    assert (duty.leads, duty.members, duty.region) == ((ALEX,), (BOB,), "dublin")


def test_a_time_without_a_zone_hangs_on_the_regions_wall(rostered) -> None:
    floating = "BEGIN:VEVENT\nUID:1\nDTSTART:20260701T090000\nDURATION:PT8H\nSUMMARY:mei / U02BOB\nEND:VEVENT\n"
    assert starts(rostered(HEAD + floating + TAIL), "2026-07-01", "2026-07-02") == [
        (utc("2026-07-01", "08:00"), (MEI, BOB))
    ]


def test_whole_days_are_days_of_the_region(rostered) -> None:
    days = "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260703\nSUMMARY:Mei\nEND:VEVENT\n"
    (duty,) = rostered(HEAD + days + TAIL).duties(utc("2026-07-01", "00:00"), utc("2026-07-05", "00:00"))
    assert (duty.start, duty.end) == (utc("2026-06-30", "23:00"), utc("2026-07-02", "23:00"))


def test_a_zone_that_the_file_brings_along_is_kept(rostered) -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    event = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Office:20260701T090000\nDURATION:PT8H\nSUMMARY:Mei\nEND:VEVENT\n"
    assert starts(rostered(HEAD + zone + event + TAIL), "2026-07-01", "2026-07-02") == [
        (utc("2026-07-01", "03:30"), (MEI,))
    ]


def test_a_cancelled_event_is_none(rostered) -> None:
    cancelled = WEEKLY.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")
    assert starts(rostered(HEAD + cancelled + TAIL), "2026-10-19", "2026-11-04") == []


def test_a_month_and_the_next_are_asked_together_without_saying_anything_twice(rostered) -> None:
    night = "BEGIN:VEVENT\nUID:1\nDTSTART:20261031T220000\nDURATION:PT8H\nRRULE:FREQ=DAILY;COUNT=2\nSUMMARY:Mei\n"
    night += "END:VEVENT\n"
    roster = rostered(HEAD + night + TAIL)
    assert [at for at, _ in starts(roster, "2026-10-30", "2026-11-03")] == [
        utc("2026-10-31", "22:00"), utc("2026-11-01", "22:00"),
    ]  # fmt: skip
    assert roster.on_duty(utc("2026-11-01", "05:59"))
    assert not roster.on_duty(utc("2026-11-01", "06:00"))


def test_absences_can_be_imported_too(rostered) -> None:
    toml = TOML.replace('file = "dublin.ics"', 'file = "dublin.ics"\nabsences = true') + (
        '[[roster.shifts]]\nregion = "dublin"\nhours = "08:00-17:00"\nmembers = ["U02BOB", "U05MEI"]\n'
    )
    toml = toml.replace('zone = "Europe/Dublin"', 'zone = "Europe/Dublin"\nmembers = ["U02BOB", "U05MEI"]')
    away = "BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261124\nSUMMARY:Mei\nEND:VEVENT\n"
    roster = rostered(HEAD + away + TAIL, toml)
    assert roster.on_duty(utc("2026-11-24", "12:00"))[0].everybody == (BOB,)
    assert roster.on_duty(utc("2026-11-25", "12:00"))[0].everybody == (BOB, MEI)


def test_folded_lines_and_other_line_ends_are_read(rostered) -> None:
    folded = WEEKLY.replace("CN=Bob:mailto:bob", "CN=Bob:mail\n to:bob").replace("\n", "\r\n")
    assert len(starts(rostered(HEAD + folded + TAIL), "2026-10-19", "2026-10-21")) == 2


@pytest.mark.parametrize(
    ("calendar", "line", "says"),
    [
        (HEAD + WEEKLY.replace("RRULE:FREQ=WEEKLY", "RRULE:FREQ=SOMETIMES") + TAIL, 8, "RRULE"),
        (HEAD + WEEKLY.replace("DTSTART;TZID=Europe/Dublin:20261019T080000", "DTSTART:soon") + TAIL, 6, "DTSTART"),
        (HEAD + WEEKLY.replace("UID:weekly", "UID weekly") + TAIL, 5, "NAME:VALUE"),
        (HEAD + WEEKLY.replace("END:VEVENT\n", "") + TAIL, 13, "VEVENT of line 4 is still open"),
        (HEAD + WEEKLY, 1, "BEGIN:VCALENDAR has no END:VCALENDAR"),
        (HEAD + WEEKLY.replace("bob@", "rob@") + TAIL, 10, "rob@example.com"),
        (HEAD + WEEKLY.replace("20261019T170000", "20261019T070000") + TAIL, 7, "ends before it begins"),
        (HEAD + WEEKLY.replace("Europe/Dublin:20261019T0", "Europe/Dubln:20261019T0") + TAIL, 6, "'Europe/Dubln'"),
        (HEAD + WEEKLY.replace("FREQ=WEEKLY", "FREQ=SECONDLY") + TAIL, 8, "SECONDLY"),
        (HEAD + MOVED.replace("SUMMARY:Mei\n", "") + TAIL, 4, "names nobody"),
        (HEAD + TAIL, 1, "no VEVENT"),
        ("Bob works on Monday\n", 1, "NAME:VALUE"),
        ("VERSION:2.0\n", 1, "BEGIN:VCALENDAR"),
    ],
)
def test_a_broken_file_is_named_with_its_line(rostered, tmp_path, calendar, line, says) -> None:
    with pytest.raises(SettingsFault) as refused:
        rostered(calendar)
    (fault, *_) = refused.value.faults
    assert fault.startswith(
        f"{tmp_path / 'jibungoto.toml'}: roster.imports.0.file: {tmp_path / 'dublin.ics'}, line {line}: "
    )
    assert says in fault


def test_every_broken_line_is_told_beside_the_other_mistakes_of_the_configuration(rostered) -> None:
    bad = WEEKLY.replace("bob@", "rob@").replace("alex@", "alix@")
    with pytest.raises(SettingsFault) as refused:
        rostered(HEAD + bad + TAIL, TOML.replace('zone = "Europe/Dublin"', 'zone = "Europe/Dubln"'))
    assert len(refused.value.faults) == 3


def test_a_file_that_is_not_there_or_no_text_is_told(rostered, tmp_path) -> None:
    with pytest.raises(SettingsFault, match="there is no such file"):
        rostered(HEAD + WEEKLY + TAIL, TOML.replace("dublin.ics", "dubln.ics"))
    rostered(HEAD + WEEKLY + TAIL)
    (tmp_path / "dublin.ics").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsFault, match="UTF-8"):
        load_configuration(str(tmp_path / "jibungoto.toml"))


def test_gaps_see_what_was_imported(rostered) -> None:
    roster = rostered(HEAD + WEEKLY + TAIL)
    (before, after) = roster.gaps(utc("2026-10-19", "00:00"), utc("2026-10-20", "00:00"))
    assert (before.end, after.start) == (utc("2026-10-19", "07:00"), utc("2026-10-19", "16:00"))
    assert after.end - after.start == timedelta(hours=8)
