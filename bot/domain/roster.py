"""Roster: who is on duty where, and when that changes. Regions, shifts as wall time in a zone, leads, absences.

Shifts are wall time, and what is asked of them are instants: a night on which clocks are changed is as long as it is.
Times are half open: at the very moment in which one shift ends and the next begins, the next one is on duty.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Protocol, Self, cast
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.domain.calendar import Calendar
from bot.domain.hours import DAY, OneSpan
from bot.domain.values import Instant, UserId, Value
from bot.domain.wall import instant, known_zone
from bot.domain.worktime import intervals

Person = Annotated[UserId, Field(pattern=r"^[UW][A-Z0-9]+$")]
Persons = tuple[Person, ...]
Zone = Annotated[str, AfterValidator(known_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = timedelta(days=3)
"""Ours: whoever is on duty for longer without a break has no shift that begins or ends."""
AHEAD = timedelta(days=14)
"""Ours: how far somebody looks for who comes next, and for gaps."""


class Region(Value):
    """A place that people work from. `[roster.regions.NAME]`"""

    zone: Zone
    """Where its wall clock hangs."""
    name: str = ""
    """What people call it; left out, its NAME in the file."""
    members: Persons = ()
    """Who works there, by user id."""
    leads: Persons = ()
    """Who leads its shifts, where the shift does not say."""
    backup: Persons = ()
    """Who stands behind an owner who does not act while this region is on duty, where the shift does not say."""
    user_group: Annotated[str, Field(pattern=r"^(S[A-Z0-9]+)?$")] = ""
    """A Slack user group, by its id `S0123456789`, that is kept to those of this region who are on duty."""


class Shift(Value):
    """Hours on the wall clock of a region, and who is there. `[[roster.shifts]]`"""

    region: str
    """Its region, by NAME."""
    hours: OneSpan
    """From when until when, `"09:00-17:30"`; past midnight, `"22:00-06:00"`."""
    days: tuple[Weekday, ...] = WEEKDAYS
    """The days on which it begins; every day, if left out."""
    members: Persons = ()
    """Who is on duty; left out, everybody of the region."""
    leads: Persons = ()
    """Who leads it; left out, the region's leads."""
    backup: Persons = ()
    """Who stands behind the owner meanwhile; left out, the region's."""
    first: date | None = None
    """The first day on which it holds; left out, it always did."""
    last: date | None = None
    """The last day on which it holds, included."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError(f"last ({self.last}) lies before first ({self.first})")
        return self

    def on(self, day: date) -> bool:
        """Whether it begins on this day."""
        return (
            WEEKDAYS[day.weekday()] in self.days
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )


class Absence(Value):
    """Somebody is away: whole days, or the same hours on each of them. `[[roster.absences]]`"""

    member: Person
    """Who, by user id."""
    first: date
    """The first day of it."""
    last: date | None = None
    """The last day, included; left out, it is one day."""
    hours: OneSpan | None = None
    """The hours that somebody is away on these days; left out, all of them."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"last ({self.last}) lies before first ({self.first})")
        return self

    @property
    def until(self) -> date:
        return self.last or self.first

    def spans(self, zone: ZoneInfo) -> Iterator["Stretch"]:
        """When they are away, on the wall clock of this zone."""
        if self.hours is None:
            yield Stretch(start=instant(zone, self.first, 0), end=instant(zone, self.until, DAY))
            return
        for number in range((self.until - self.first).days + 1):
            day = self.first + timedelta(days=number)
            yield Stretch(start=instant(zone, day, self.hours.opens), end=instant(zone, day, self.hours.closes))


class Stretch(Value):
    """A time from an instant until, and without, another."""

    start: Instant
    end: Instant

    def has(self, at: datetime) -> bool:
        return self.start <= at < self.end

    def touches(self, since: datetime, until: datetime) -> bool:
        return self.start < until and since < self.end and self.start < self.end


class Duty(Stretch):
    """People of a region who are on duty together, unchanged from its start to its end."""

    region: str
    members: tuple[UserId, ...] = ()
    leads: tuple[UserId, ...] = ()
    backup: tuple[UserId, ...] = ()

    @property
    def everybody(self) -> tuple[UserId, ...]:
        """All who are on duty, those who lead first."""
        return tuple(dict.fromkeys((*self.leads, *self.members)))

    def without(self, away: frozenset[UserId], start: datetime, end: datetime) -> "Duty":
        left = {
            name: tuple(person for person in getattr(self, name) if person not in away)
            for name in ("members", "leads", "backup")
        }
        return self.model_copy(update={**left, "start": start, "end": end})


class Crew(Value):
    """Who is told at a time, beside the owner."""

    leads: tuple[UserId, ...] = ()
    backup: tuple[UserId, ...] = ()


class Source(Protocol):
    """Shifts and absences that another file says, such as an iCalendar; it reads nothing any more."""

    def duties(self, since: datetime, until: datetime) -> Iterable[Duty]:
        """What touches this time."""

    def away(self, since: datetime, until: datetime) -> Iterable[tuple[UserId, Stretch]]:
        """Who is away in this time."""


class Import(Value):
    """An iCalendar file with shifts or absences of a region. `[[roster.imports]]`"""

    file: str = Field(min_length=1)
    """The file, seen from where the configuration lies."""
    region: str
    """The region whose shifts it holds, by NAME; times without a zone are on its wall clock."""
    people: dict[str, Person] = Field(default_factory=dict)
    """Who is who: a mail address or a name as it stands in the file, and the user id."""
    absences: bool = False
    """Whether its events are absences instead of shifts."""


class Roster(Value):
    """The whole of it. `[roster]`"""

    regions: dict[str, Region] = Field(default_factory=dict)
    """The regions, by NAME."""
    shifts: tuple[Shift, ...] = ()
    """The shifts, one table each."""
    absences: tuple[Absence, ...] = ()
    """Who is away, one table each; on the wall clock of the first region that names the person."""
    imports: tuple[Import, ...] = ()
    """iCalendar files with more of both, one table each."""
    user_group: Annotated[str, Field(pattern=r"^(S[A-Z0-9]+)?$")] = ""
    """A Slack user group, by its id, that is kept to everybody who is on duty anywhere."""
    covers: str = ""
    """When somebody has to be on duty, by a name under `[calendars]`: outside of it is no gap. Left out, always."""
    hours: Calendar | None = Field(default=None, exclude=True, repr=False)
    """That calendar."""
    sources: tuple[Any, ...] = Field(default=(), exclude=True, repr=False)
    """What was read from the imports: each a Source."""

    @field_validator("regions")
    @classmethod
    def _some(cls, regions: dict[str, Region]) -> dict[str, Region]:
        if not regions:
            raise ValueError('expected at least one, such as [roster.regions.tokyo] with zone = "Asia/Tokyo"')
        return regions

    def called(self, region: str) -> str:
        """What people call a region."""
        found = self.regions.get(region)
        return found.name or region if found else region

    def zone(self, region: str) -> ZoneInfo:
        return ZoneInfo(self.regions[region].zone)

    def leaders(self) -> tuple[UserId, ...]:
        """Everybody who leads a shift at any time."""
        said = [region.leads for region in self.regions.values()] + [shift.leads for shift in self.shifts]
        return tuple(dict.fromkeys(person for leads in said for person in leads))

    def backups(self) -> tuple[UserId, ...]:
        """Everybody who stands behind owners at any time."""
        said = [region.backup for region in self.regions.values()] + [shift.backup for shift in self.shifts]
        return tuple(dict.fromkeys(person for backup in said for person in backup))

    def user_groups(self) -> tuple[str, ...]:
        """Every user group that is kept in step."""
        named = (self.user_group, *(region.user_group for region in self.regions.values()))
        return tuple(dict.fromkeys(group for group in named if group))

    def in_groups(self, at: datetime) -> dict[str, tuple[UserId, ...]]:
        """Who belongs into each user group at this instant; nobody is left out of a group that two regions share."""
        found: dict[str, dict[UserId, None]] = {group: {} for group in self.user_groups()}
        for duty in self.on_duty(at):
            for group in {self.user_group, self.regions[duty.region].user_group} - {""}:
                found[group] |= dict.fromkeys(duty.everybody)
        return {group: tuple(people) for group, people in found.items()}

    # ------------------------------------------------------------ who is on duty

    def duties(self, since: datetime, until: datetime) -> tuple[Duty, ...]:
        """Every duty that touches this time, cut wherever somebody comes or goes; a shift whose people are all away
        has nobody in it."""
        shifts = [duty for shift in self.shifts for duty in self._of(shift, since, until)]
        shifts += [duty for source in self._sources for duty in source.duties(since, until)]
        if not shifts:
            return ()
        first, last = min(one.start for one in shifts), max(one.end for one in shifts)
        away = list(self._away(first, last))
        pieces = [piece for duty in shifts for piece in _cut(duty, away)]
        return tuple(sorted((p for p in pieces if p.touches(since, until)), key=lambda p: (p.start, p.region, p.end)))

    def on_duty(self, at: datetime) -> tuple[Duty, ...]:
        """Who is on duty at this instant: one duty a region, in which somebody is; it ends when anything changes."""
        here = [duty for duty in self.duties(at, at + timedelta(microseconds=1)) if duty.has(at) and duty.everybody]
        by_region: dict[str, list[Duty]] = {}
        for duty in here:
            by_region.setdefault(duty.region, []).append(duty)
        return tuple(_together(duties) for duties in by_region.values())

    def crew(self, at: datetime) -> "Crew":
        """Who leads and who stands behind owners at this instant, in whichever regions are on duty."""
        here = self.on_duty(at)
        leads, backup = ([person for duty in here for person in getattr(duty, role)] for role in ("leads", "backup"))
        return Crew(leads=tuple(dict.fromkeys(leads)), backup=tuple(dict.fromkeys(backup)))

    def next_on(self, after: datetime, within: timedelta = AHEAD) -> tuple[Duty, ...]:
        """The duties that begin next, all those of the same instant, with somebody who is not on duty just before."""
        for at in self.edges(after, after + within):
            before = _people(self.on_duty(at - timedelta(microseconds=1)))
            fresh = tuple(duty for duty in self.on_duty(at) if not set(duty.everybody) <= before)
            if fresh:
                return fresh
        return ()

    def edges(self, since: datetime, until: datetime) -> list[datetime]:
        """Every instant later than `since` and before `until` at which a duty begins or ends."""
        moments = {at for duty in self.duties(since, until) for at in (duty.start, duty.end)}
        return sorted(at for at in moments if since < at < until)

    def gaps(self, since: datetime, until: datetime) -> tuple[Stretch, ...]:
        """The times in which nobody is on duty in any region, and somebody has to be."""
        found, covered = [], since
        for duty in self.duties(since, until):
            if not duty.everybody:
                continue
            if duty.start > covered:
                found.append(Stretch(start=covered, end=duty.start))
            covered = max(covered, duty.end)
        if covered < until:
            found.append(Stretch(start=covered, end=until))
        return tuple(found) if self.hours is None else tuple(_within(found, self.hours))

    def unmanned(self, since: datetime, until: datetime) -> tuple[Duty, ...]:
        """Shifts, or parts of them, whose people are all away."""
        return tuple(duty for duty in self.duties(since, until) if not duty.everybody)

    # ------------------------------------------------------------ one person

    def stretch(self, person: UserId, at: datetime) -> Stretch | None:
        """The time on duty without a break that this instant lies in, in whichever regions; None off duty.

        Also None for whoever is on duty for days on end: nothing begins or ends for them.
        """
        start = end = None
        for duty in self.duties(at - LONGEST, at + LONGEST):
            if person not in duty.everybody:
                continue
            if end is None or duty.start > end:
                if end is not None and start is not None and start <= at < end:
                    break
                start, end = duty.start, duty.end
            else:
                end = max(end, duty.end)
        if start is None or end is None or not start <= at < end:
            return None
        return None if start <= at - LONGEST or end >= at + LONGEST else Stretch(start=start, end=end)

    def relief(self, person: UserId, at: datetime) -> tuple[Duty, ...]:
        """Who is on duty when this person's shift has ended at `at`; where nobody is, who comes first after it."""
        there = _others(self.on_duty(at), person)
        return there or _others(self.next_on(at, timedelta(days=1)), person)

    # ------------------------------------------------------------ how it is found

    @property
    def _sources(self) -> tuple[Source, ...]:
        return cast(tuple[Source, ...], self.sources)

    def _of(self, shift: Shift, since: datetime, until: datetime) -> Iterator[Duty]:
        region = self.regions[shift.region]
        zone = ZoneInfo(region.zone)
        day, last = since.astimezone(zone).date() - timedelta(days=2), until.astimezone(zone).date()
        while day <= last:
            if shift.on(day):
                duty = Duty(
                    region=shift.region,
                    start=instant(zone, day, shift.hours.opens),
                    end=instant(zone, day, shift.hours.closes),
                    members=shift.members or region.members,
                    leads=shift.leads or region.leads,
                    backup=shift.backup or region.backup,
                )
                if duty.touches(since, until):
                    yield duty
            day += timedelta(days=1)

    def _away(self, since: datetime, until: datetime) -> Iterator[tuple[UserId, Stretch]]:
        for person, span in self._absent:
            if span.touches(since, until):
                yield person, span
        for source in self._sources:
            yield from source.away(since, until)

    @cached_property
    def _absent(self) -> tuple[tuple[UserId, Stretch], ...]:
        return tuple(
            (absence.member, span)
            for absence in self.absences
            for span in absence.spans(ZoneInfo(self._home(absence.member)))
        )

    def _home(self, person: UserId) -> str:
        """The zone of the first region that names somebody."""
        named = (r for r in self.regions.values() if person in (*r.members, *r.leads, *r.backup))
        by_shift = (self.regions[s.region] for s in self.shifts if person in (*s.members, *s.leads, *s.backup))
        return next(iter([*named, *by_shift, *self.regions.values()])).zone


def _cut(duty: Duty, away: Iterable[tuple[UserId, Stretch]]) -> Iterator[Duty]:
    """The duty in pieces, one for each time between two comings or goings."""
    named = {*duty.everybody, *duty.backup}
    theirs = [(person, span) for person, span in away if person in named and span.touches(duty.start, duty.end)]
    moments = {duty.start, duty.end}
    moments |= {at for _, span in theirs for at in (span.start, span.end) if duty.start < at < duty.end}
    ordered = sorted(moments)
    for start, end in pairwise(ordered):
        gone = frozenset(person for person, span in theirs if span.has(start))
        yield duty.without(gone, start, end)


def _within(gaps: Iterable[Stretch], hours: Calendar) -> Iterator[Stretch]:
    """The parts of these times that lie in the calendar's hours."""
    for gap in gaps:
        for piece in intervals(hours, gap.start, gap.end):
            if piece.counted:
                yield Stretch(start=piece.start, end=piece.end)


def _together(duties: list[Duty]) -> Duty:
    """Overlapping duties of one region as one."""
    merged = {
        name: tuple(dict.fromkeys(person for duty in duties for person in getattr(duty, name)))
        for name in ("members", "leads", "backup")
    }
    start, end = max(duty.start for duty in duties), min(duty.end for duty in duties)
    return duties[0].model_copy(update={**merged, "start": start, "end": end})


def _people(duties: Iterable[Duty]) -> set[UserId]:
    return {person for duty in duties for person in duty.everybody}


def _others(duties: Iterable[Duty], person: UserId) -> tuple[Duty, ...]:
    """The duties in which somebody else is."""
    left = (duty.without(frozenset({person}), duty.start, duty.end) for duty in duties)
    return tuple(duty for duty in left if duty.everybody)
