"""Laws of the roster, on nights and days on which clocks are changed, wherever people work."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.hours import Hours
from bot.domain.roster import WEEKDAYS, Absence, Region, Roster, Shift
from bot.domain.values import UserId

ZONES = ("America/Los_Angeles", "Europe/Dublin", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe")
ANN, BEN, CHO = UserId("UANN"), UserId("UBEN"), UserId("UCHO")
CHANGES = [
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 4, 5),
    date(2026, 10, 4),
]
"""The days of 2026 on which one of these zones changes its clocks."""

zones = st.sampled_from(ZONES)
days = st.one_of(
    st.sampled_from(CHANGES).flatmap(lambda day: st.integers(-2, 2).map(lambda n: day + timedelta(days=n))),
    st.dates(date(2026, 1, 3), date(2027, 12, 28)),
)
hours = st.builds(lambda opens, length: Hours(opens, opens + length), st.integers(0, 1439), st.integers(1, 16 * 60))
instants = st.builds(
    lambda day, second: datetime.combine(day, time(), UTC) + timedelta(seconds=second), days, st.integers(0, 86399)
)
people = st.lists(st.sampled_from((ANN, BEN, CHO)), min_size=1, max_size=3, unique=True).map(tuple)
shifts = st.builds(
    Shift,
    region=st.sampled_from(("here", "there")),
    hours=hours,
    members=people,
    days=st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple),
)
absences = st.builds(
    lambda member, first, more: Absence(member=member, first=first, last=first + timedelta(days=more)),
    st.sampled_from((ANN, BEN, CHO)), days, st.integers(0, 3),
)  # fmt: skip


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    regions = {name: Region(zone=draw(zones), members=(ANN,)) for name in ("here", "there")}
    listed = draw(st.lists(shifts, min_size=1, max_size=4))
    return Roster(regions=regions, shifts=tuple(listed), absences=tuple(draw(st.lists(absences, max_size=2))))


def plain(zone: ZoneInfo, at: datetime) -> bool:
    """Whether no clock is changed within a day and a half: there the wall alone tells."""
    around = [(at + timedelta(hours=n)).astimezone(zone).utcoffset() for n in (-36, 0, 36)]
    return len(set(around)) == 1


@given(zones, days, st.integers(1, 1438), st.integers(1, 1438))
def test_shifts_that_follow_each_other_on_the_wall_leave_no_gap_and_no_overlap(zone, day, one, other) -> None:
    "Whatever happens to the clocks: every instant has exactly one of them."
    first, second = sorted((one, other))
    walls = [Hours(0, first), Hours(first, second), Hours(second, 1440)]
    everyday = tuple(Shift(region="here", hours=wall, members=(ANN,)) for wall in walls if wall.opens < wall.closes)
    around = Roster(regions={"here": Region(zone=zone)}, shifts=everyday)
    since = datetime.combine(day, time(), UTC)

    duties = around.duties(since, since + timedelta(days=2))

    assert all(before.end == after.start for before, after in pairwise(duties))
    assert duties[0].start <= since
    assert duties[-1].end >= since + timedelta(days=2)


@given(zones, days, hours)
def test_a_shift_begins_when_the_wall_says_so(zone, day, span) -> None:
    "Unless that time is skipped: then at the moment of the change, and never for less than nothing."
    here = Roster(regions={"here": Region(zone=zone)}, shifts=(Shift(region="here", hours=span, members=(ANN,)),))
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    for duty in here.duties(midnight, midnight + timedelta(days=1)):
        local = duty.start.astimezone(ZoneInfo(zone))
        wanted = (datetime.combine(local.date(), time()) + timedelta(minutes=span.opens)).time()
        gap = (duty.start - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).utcoffset() != local.utcoffset()
        assert local.time() == wanted or gap
        assert duty.start < duty.end


@given(zones, hours, instants)
def test_where_no_clock_changes_the_wall_alone_tells_who_is_on_duty(zone, span, at) -> None:
    wall = ZoneInfo(zone)
    here = Roster(regions={"here": Region(zone=zone)}, shifts=(Shift(region="here", hours=span, members=(ANN,)),))
    if not plain(wall, at):
        return
    local = at.astimezone(wall)
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    says = any(span.opens * 60 <= seconds + n * 86400 < span.closes * 60 for n in (0, 1))
    assert bool(here.on_duty(at)) is says


@given(rosters(), instants)
def test_gaps_are_where_nobody_is_on_duty_and_nowhere_else(roster, at) -> None:
    gaps = roster.gaps(at, at + timedelta(days=4))
    for minutes in range(0, 4 * 1440, 97):
        moment = at + timedelta(minutes=minutes)
        assert any(gap.has(moment) for gap in gaps) is (roster.on_duty(moment) == ())
    for gap in gaps:
        assert roster.on_duty(gap.start) == ()
        assert gap.end == at + timedelta(days=4) or roster.on_duty(gap.end) != ()


@given(rosters(), instants)
def test_a_stretch_has_its_person_on_duty_from_its_first_moment_to_its_last(roster, at) -> None:
    for person in (ANN, BEN, CHO):
        stretch = roster.stretch(person, at)
        on = any(person in duty.everybody for duty in roster.on_duty(at))
        if stretch is None:
            continue
        assert on
        moment = timedelta(microseconds=1)
        for inside in (stretch.start, stretch.end - moment):
            assert any(person in duty.everybody for duty in roster.on_duty(inside))
        for outside in (stretch.start - moment, stretch.end):
            assert not any(person in duty.everybody for duty in roster.on_duty(outside))


@given(rosters(), instants)
def test_nobody_who_is_away_is_on_duty(roster, at) -> None:
    for absence in roster.absences:
        zone = ZoneInfo(roster.regions["here"].zone)
        if plain(zone, at) and absence.first <= at.astimezone(zone).date() <= absence.until:
            away = absence.member
            homes = {name for name, region in roster.regions.items() if away in region.members}
            named = next((s.region for s in roster.shifts if away in s.members), "here")
            if ("here" in homes) or (not homes and named == "here"):
                assert all(away not in duty.everybody for duty in roster.on_duty(at))


@given(rosters(), instants)
def test_between_two_edges_nothing_changes(roster, at) -> None:
    edges = roster.edges(at, at + timedelta(days=2))
    until = edges[0] if edges else at + timedelta(days=2)
    middle = at + (until - at) / 2
    assert [duty.everybody for duty in roster.on_duty(at)] == [duty.everybody for duty in roster.on_duty(middle)]
