"""The roster: who is on duty at an instant, what changes next, and where nobody is."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.roster import Absence, Crew, Region, Roster, Shift, Stretch
from bot.domain.values import UserId

ANN, BEN, CHO, DAN, EVE = (UserId(f"U{name}") for name in ("ANN", "BEN", "CHO", "DAN", "EVE"))
TOKYO = Region(zone="Asia/Tokyo", members=(ANN, BEN), leads=(CHO,))
DUBLIN = Region(zone="Europe/Dublin", members=(DAN,), leads=(EVE,), backup=(ANN,))
DAYTIME = Shift(region="tokyo", hours="09:00-17:00")
DAYTIME_THERE = Shift(region="dublin", hours="08:00-17:00")


def utc(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


def roster(*shifts: Shift, absences: tuple[Absence, ...] = (), **regions: Region) -> Roster:
    return Roster(regions=regions or {"tokyo": TOKYO, "dublin": DUBLIN}, shifts=shifts, absences=absences)


def there(found) -> dict[str, tuple[UserId, ...]]:
    return {duty.region: duty.everybody for duty in found}


SUN = roster(DAYTIME, DAYTIME_THERE)


@pytest.mark.parametrize(
    ("clock", "regions"),
    [
        ("2026-11-23T23:59", {}),
        ("2026-11-24T00:00", {"tokyo": (CHO, ANN, BEN)}),
        ("2026-11-24T07:59", {"tokyo": (CHO, ANN, BEN)}),
        ("2026-11-24T08:00", {"dublin": (EVE, DAN)}),
        ("2026-11-24T16:59", {"dublin": (EVE, DAN)}),
        ("2026-11-24T17:00", {}),
    ],
)
def test_at_the_moment_of_a_change_the_next_shift_is_on_duty(clock, regions) -> None:
    assert there(SUN.on_duty(utc(*clock.split("T")))) == regions


@pytest.mark.parametrize(("day", "opens"), [("2026-03-27", "08:00"), ("2026-03-30", "07:00"), ("2026-10-26", "08:00")])
def test_a_shift_begins_at_eight_on_the_wall_in_summer_and_in_winter(day, opens) -> None:
    just = utc(day, opens)
    assert "dublin" in there(SUN.on_duty(just))
    assert "dublin" not in there(SUN.on_duty(just - timedelta(seconds=1)))


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    nights = roster(Shift(region="tokyo", hours="22:00-06:00", days=("fri",)))
    assert nights.duties(utc("2026-11-23", "00:00"), utc("2026-11-30", "00:00"))[0].end == utc("2026-11-27", "21:00")
    assert there(nights.on_duty(utc("2026-11-27", "20:59"))) != {}
    assert there(nights.on_duty(utc("2026-11-26", "20:59"))) == {}


def test_overlapping_shifts_are_on_duty_together_until_one_of_them_ends() -> None:
    both = roster(
        Shift(region="tokyo", hours="09:00-17:00", members=(ANN,)),
        Shift(region="tokyo", hours="15:00-23:00", members=(BEN,)),
    )
    (duty,) = both.on_duty(utc("2026-11-24", "07:00"))
    assert (duty.members, duty.start, duty.end) == (
        (ANN, BEN), utc("2026-11-24", "06:00"), utc("2026-11-24", "08:00"),
    )  # fmt: skip


def test_who_is_away_is_not_on_duty_and_the_others_are() -> None:
    away = roster(DAYTIME, absences=(Absence(member=ANN, first=date(2026, 11, 24)),))
    assert there(away.on_duty(utc("2026-11-24", "03:00"))) == {"tokyo": (CHO, BEN)}
    assert there(away.on_duty(utc("2026-11-25", "03:00"))) == {"tokyo": (CHO, ANN, BEN)}


def test_an_absence_of_some_hours_cuts_the_shift() -> None:
    dentist = Absence(member=ANN, first=date(2026, 11, 24), hours="10:00-12:00")
    lone = roster(DAYTIME, absences=(dentist,), tokyo=Region(zone="Asia/Tokyo", members=(ANN,)))
    day = utc("2026-11-24", "00:00"), utc("2026-11-24", "08:00")
    assert lone.gaps(*day) == (Stretch(start=utc("2026-11-24", "01:00"), end=utc("2026-11-24", "03:00")),)
    assert [duty.start for duty in lone.unmanned(*day)] == [utc("2026-11-24", "01:00")]
    assert lone.stretch(ANN, utc("2026-11-24", "04:00")) == Stretch(
        start=utc("2026-11-24", "03:00"), end=utc("2026-11-24", "08:00")
    )


def test_somebody_in_two_regions_has_one_stretch_where_the_shifts_touch() -> None:
    two = roster(
        Shift(region="tokyo", hours="09:00-17:00", members=(ANN,)),
        Shift(region="dublin", hours="08:00-12:00", members=(ANN,)),
    )
    assert two.stretch(ANN, utc("2026-11-24", "01:00")) == Stretch(
        start=utc("2026-11-24", "00:00"), end=utc("2026-11-24", "12:00")
    )


def test_who_is_always_on_duty_has_no_shift_that_ends() -> None:
    ever = roster(Shift(region="tokyo", hours="00:00-24:00"))
    assert ever.stretch(ANN, utc("2026-11-24", "01:00")) is None
    assert ever.gaps(utc("2026-11-24", "01:00"), utc("2026-12-08", "01:00")) == ()


def test_the_next_change_names_those_who_come() -> None:
    assert there(SUN.next_on(utc("2026-11-24", "03:00"))) == {"dublin": (EVE, DAN)}
    assert there(SUN.next_on(utc("2026-11-24", "09:00"))) == {"tokyo": (CHO, ANN, BEN)}
    assert SUN.next_on(utc("2026-11-24", "09:00"))[0].start == utc("2026-11-25", "00:00")


def test_who_relieves_somebody_is_there_at_the_end_or_comes_first_after_it() -> None:
    assert there(SUN.relief(ANN, utc("2026-11-24", "08:00"))) == {"dublin": (EVE, DAN)}
    assert there(SUN.relief(DAN, utc("2026-11-24", "17:00"))) == {"tokyo": (CHO, ANN, BEN)}
    alone = roster(Shift(region="dublin", hours="08:00-12:00", days=("tue",), leads=(DAN,)))
    assert alone.relief(DAN, utc("2026-11-24", "12:00")) == ()


def test_a_gap_over_the_weekend_is_found_whole() -> None:
    weekdays = roster(Shift(region="tokyo", hours="00:00-24:00", days=("mon", "tue", "wed", "thu", "fri")), tokyo=TOKYO)
    found = weekdays.gaps(utc("2026-11-24", "00:00"), utc("2026-12-01", "00:00"))
    assert found == (Stretch(start=utc("2026-11-27", "15:00"), end=utc("2026-11-29", "15:00")),)


def test_a_shift_holds_from_its_first_day_to_its_last() -> None:
    week = roster(Shift(region="tokyo", hours="09:00-17:00", first=date(2026, 11, 24), last=date(2026, 11, 25)))
    found = week.duties(utc("2026-11-01", "00:00"), utc("2026-12-01", "00:00"))
    assert [duty.start for duty in found] == [utc("2026-11-24", "00:00"), utc("2026-11-25", "00:00")]


def test_the_crew_are_those_who_lead_and_stand_behind_where_somebody_is_on_duty() -> None:
    assert SUN.crew(utc("2026-11-24", "09:00")) == Crew(leads=(EVE,), backup=(ANN,))
    assert SUN.crew(utc("2026-11-24", "03:00")) == Crew(leads=(CHO,))
    assert SUN.crew(utc("2026-11-24", "18:00")) == Crew()
