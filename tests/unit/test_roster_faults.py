"""Bad rosters: every mistake is told at once, with file, key and the right form; and check finds the gaps."""

from datetime import UTC, datetime

import pytest

from bot.doctor import examine_roster
from bot.settings import SettingsFault, load_configuration

BAD = """
[roster.regions.tokyo]
zone = "Asia/Tokio"
members = ["U03HANA", "hana"]

[roster.regions.dublin]
zone = "Europe/Dublin"

[[roster.shifts]]
region = "tokyo"
hours = "09:00-25:00"

[[roster.shifts]]
region = "dublin"
hours = "08:00-17:00"

[[roster.shifts]]
region = "lodnon"
hours = "08:00-17:00"
members = ["U09STRAY"]
days = ["monday"]

[[roster.absences]]
member = "U03HANA"
first = 2026-11-24
last = 2026-11-27

[[roster.absences]]
member = "U03HANA"
first = 2026-11-26

[[roster.absences]]
member = "U10GONE"
first = 2026-11-26
last = 2026-11-20
"""
GOOD = """
[roster.regions.tokyo]
name = "東京"
zone = "Asia/Tokyo"
members = ["U03HANA"]
[[roster.shifts]]
region = "tokyo"
hours = "00:00-24:00"
[[roster.absences]]
member = "U03HANA"
first = 2026-12-01
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> str:
        (tmp_path / "jibungoto.toml").write_text(text, encoding="utf-8")
        return str(tmp_path / "jibungoto.toml")

    return write


def test_every_mistake_is_told_with_its_key_and_the_right_form(written) -> None:
    file = written(BAD)
    with pytest.raises(SettingsFault) as refused:
        load_configuration(file)

    told = {fault.removeprefix(f"{file}: ").partition(":")[0]: fault for fault in refused.value.faults}
    assert all(fault.startswith(f"{file}: ") for fault in refused.value.faults)
    assert set(told) == {
        "roster.regions.tokyo.zone", "roster.regions.tokyo.members.1", "roster.shifts.0.hours",
        "roster.shifts.1.members",
        "roster.shifts.2.region", "roster.shifts.2.members", "roster.shifts.2.days.0", "roster.absences.1",
        "roster.absences.2", "roster.absences.2.member",
    }  # fmt: skip
    for key, form in {
        "roster.regions.tokyo.zone": '"Asia/Tokyo"',
        "roster.shifts.0.hours": '"09:00-18:00"',
        "roster.shifts.1.members": 'members = ["U0123ABCD"]',
        "roster.shifts.2.region": "'dublin'",
        "roster.shifts.2.members": "roster.regions.NAME.members",
        "roster.absences.1": "roster.absences.0",
    }.items():
        assert form in told[key]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[roster]\n", "roster.shifts"),
        ("[roster]\nregions = 5\n", "roster.regions"),
        ('[roster.regions]\n[[roster.shifts]]\nregion = "tokyo"\nhours = "09:00-17:00"\n', "roster.regions"),
        (GOOD.replace("2026-12-01", '"soon"'), "roster.absences.0.first"),
        (GOOD.replace('hours = "00:00-24:00"', 'hours = "00:00-24:00"\ndays = []'), "roster.shifts.0.days"),
        (GOOD.replace('name = "東京"', 'usergroup = "S01"'), "roster.regions.tokyo.usergroup"),
    ],
)
def test_a_mistake_is_told_at_its_key(written, text, key) -> None:
    with pytest.raises(SettingsFault) as refused:
        load_configuration(written(text))
    assert any(f": {key}: " in fault for fault in refused.value.faults), refused.value.faults


def test_check_says_where_nobody_is_on_duty(written) -> None:
    found = examine_roster(load_configuration(written(GOOD)), datetime(2026, 11, 24, tzinfo=UTC))

    assert [(one.state, one.say) for one in found] == [
        ("warning", "roster: nobody is on duty from Mon 2026-11-30 15:00 to Tue 2026-12-01 15:00 UTC"),
        (
            "warning",
            "roster: everybody of the shift in 東京 is away from Mon 2026-11-30 15:00 to Tue 2026-12-01 15:00 UTC",
        ),
    ]


def test_without_a_gap_all_is_well_and_without_a_roster_nothing_is_said(written) -> None:
    later = datetime(2026, 12, 3, tzinfo=UTC)
    assert [one.state for one in examine_roster(load_configuration(written(GOOD)), later)] == ["well"]
    assert examine_roster(load_configuration(None), later) == []


def test_a_ladder_that_tells_a_lead_needs_none_of_the_channel_where_the_roster_has_one(written) -> None:
    ladder = (
        '[defaults]\npolicy = "own"\n[policies.own.A]\nfirst_response = "15m"\nnext_contact = "1h"\n'
        'ladder = [{ after = "5m", tell = "lead" }]\n'
    )
    with pytest.raises(SettingsFault, match="shift_leads"):
        load_configuration(written(GOOD + ladder))
    config = load_configuration(written(GOOD.replace("zone =", 'leads = ["U04KEN"]\nzone =') + ladder))
    assert config.access_in(None).shift_leads == ("U04KEN",)


COVERED = GOOD.replace("[roster.regions.tokyo]", '[roster]\ncovers = "office"\n[roster.regions.tokyo]').replace(
    "first = 2026-12-01", "first = 2026-11-28\nlast = 2026-11-30"
)
OFFICE = '[calendars.office]\nzone = "Asia/Tokyo"\nweekdays = ["09:00-12:00", "13:00-18:00"]\n'


def test_a_time_outside_the_hours_that_are_to_be_covered_is_no_gap(written) -> None:
    "Away from Saturday to Monday: two spans of Monday are gaps."
    config = load_configuration(written(COVERED + OFFICE))
    assert config.roster is not None
    gaps = config.roster.gaps(datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC))
    assert [(f"{gap.start:%d %H:%M}", f"{gap.end:%d %H:%M}") for gap in gaps] == [
        ("30 00:00", "30 03:00"), ("30 04:00", "30 09:00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("calendar", "says"),
    [("", "[calendars]"), (OFFICE.replace('zone = "Asia/Tokyo"\n', ""), "depends on the customer")],
)
def test_what_is_to_be_covered_is_a_calendar_of_ones_own(written, calendar, says) -> None:
    with pytest.raises(SettingsFault) as refused:
        load_configuration(written(COVERED + calendar))
    (fault,) = refused.value.faults
    assert "roster.covers: " in fault
    assert says in fault
