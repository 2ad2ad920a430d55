"""Roster file: shifts and absences from iCalendar files, read once. What is wrong in one is told with its line.

https://www.rfc-editor.org/rfc/rfc5545. A calendar is kept as it was read; which of its events touch a month is worked
out when somebody asks, and kept.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event
from icalendar.parser import Contentline

from bot.domain.hours import DAY
from bot.domain.roster import Duty, Stretch
from bot.domain.values import UserId
from bot.domain.wall import instant, known_zone

log = logging.getLogger(__name__)

LARGEST = 2_000_000
"""Ours: bytes of one file."""
MOST_FAULTS = 10
"""Ours: of one file; after those it is easier to write it anew."""
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_PERSON = re.compile(r"[UW][A-Z0-9]+")
_BETWEEN = re.compile(r"\s*[,、;/&+]\s*")


def imports(given: Mapping[str, Any], folder: Path) -> tuple[tuple["CalendarFile", ...], list[str]]:
    """The files that `[[roster.imports]]` names, and what is wrong with them; a fault begins with its key."""
    roster = given.get("roster")
    listed = roster.get("imports") if isinstance(roster, dict) else None
    read: list[CalendarFile] = []
    faults: list[str] = []
    for index, one in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(one, dict) or not isinstance(one.get("file"), str) or not one["file"]:
            continue  # told by the model
        where, path = f"roster.imports.{index}.file", folder / one["file"]
        zone = _zone(roster, one.get("region"))
        people = {str(name): who for name, who in _dict(one.get("people")).items() if isinstance(who, str)}
        try:
            text = _text(path)
        except (OSError, ValueError) as error:
            faults.append(f"{where}: {path}: {error}")
            continue
        found = CalendarFile(str(one.get("region")), zone, text, tuple(people.items()), one.get("absences") is True)
        wrong = [f"{where}: {path}, {fault}" for fault in found.faults()]
        faults += wrong[:MOST_FAULTS]
        if len(wrong) > MOST_FAULTS:
            faults.append(f"{where}: {path}: and {len(wrong) - MOST_FAULTS} more")
        read.append(found)
    return tuple(read), faults


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError("there is no such file")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST // 1_000_000} MB: export the roster alone")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("expected a text file in UTF-8") from None


def _zone(roster: Any, region: Any) -> str:
    """The region's zone; where it has none that is known, that is told elsewhere."""
    zone = _dict(_dict(_dict(roster).get("regions")).get(str(region))).get("zone")
    try:
        return known_zone(zone) if isinstance(zone, str) else "UTC"
    except ValueError:
        return "UTC"


@dataclass(frozen=True)
class CalendarFile:
    """One file, a Source of the roster."""

    region: str
    zone: str
    text: str
    people: tuple[tuple[str, str], ...]
    absences: bool
    _months: dict[tuple[int, int], tuple[Duty, ...]] = field(default_factory=dict, compare=False, repr=False)

    # ------------------------------------------------------------ what the roster asks

    def duties(self, since: datetime, until: datetime) -> Iterable[Duty]:
        return [] if self.absences else self._between(since, until)

    def away(self, since: datetime, until: datetime) -> Iterable[tuple[UserId, Stretch]]:
        found = self._between(since, until) if self.absences else []
        return [(person, Stretch(start=one.start, end=one.end)) for one in found for person in one.everybody]

    def _between(self, since: datetime, until: datetime) -> list[Duty]:
        month = (since.year, since.month)
        found: dict[Duty, None] = {}
        while month <= (until.year, until.month):
            if month not in self._months:
                self._months[month] = self._read_month(*month)
            found |= dict.fromkeys(duty for duty in self._months[month] if duty.touches(since, until))
            month = (month[0] + month[1] // 12, month[1] % 12 + 1)
        return list(found)

    def _read_month(self, year: int, month: int) -> tuple[Duty, ...]:
        start = datetime(year, month, 1, tzinfo=UTC) - timedelta(days=1)
        try:
            events = recurring_ical_events.of(self._calendar()).between(start, start + timedelta(days=33))
            return tuple(duty for event in events if (duty := self._duty(event)) is not None)
        except Exception:  # it was tried when it was read: a ladder without it still has the channel's people
            log.exception("a calendar of the region %s can't be expanded", self.region)
            return ()

    def _duty(self, event: Event) -> Duty | None:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            return None
        start, end = self._instants(event)
        leads, members, _ = self._crew(event)
        return Duty(region=self.region, start=start, end=end, leads=leads, members=members) if start < end else None

    def _instants(self, event: Event) -> tuple[datetime, datetime]:
        return self._instant(event.start), self._instant(event.end)

    def _instant(self, at: date | datetime) -> datetime:
        """On the region's wall, where it says no zone."""
        zone = ZoneInfo(self.zone)
        if not isinstance(at, datetime):
            return instant(zone, at, 0)
        if at.tzinfo is None:
            midnight = datetime.combine(at.date(), time())
            return instant(zone, at.date(), int((at - midnight).total_seconds()) // 60 % DAY)
        return at.astimezone(UTC)

    def _crew(self, event: Event) -> tuple[tuple[UserId, ...], tuple[UserId, ...], list[tuple[str, str]]]:
        """Who leads, who is there, and which words name nobody, each with the property it stands in."""
        known = {name.strip().casefold(): who for name, who in self.people}
        leads: list[UserId] = []
        members: list[UserId] = []
        strangers: list[tuple[str, str]] = []
        attendees = event.get("ATTENDEE", [])
        for one in attendees if isinstance(attendees, list) else [attendees]:
            about = {key.upper(): str(value) for key, value in one.params.items()}
            if about.get("PARTSTAT", "").upper() == "DECLINED" or about.get("CUTYPE", "").upper() in (
                "ROOM",
                "RESOURCE",
            ):
                continue
            mail = str(one).strip()
            mail = mail[len("mailto:") :] if mail.lower().startswith("mailto:") else mail
            person = known.get(mail.casefold()) or known.get(about.get("CN", "").strip().casefold())
            if person is None:
                strangers.append(("ATTENDEE", mail))
            else:
                (leads if about.get("ROLE", "").upper() == "CHAIR" else members).append(UserId(person))
        if not (leads or members or strangers):
            for word in filter(None, _BETWEEN.split(str(event.get("SUMMARY", "")).strip())):
                person = known.get(word.casefold()) or (word if _PERSON.fullmatch(word) else None)
                if person is None:
                    strangers.append(("SUMMARY", word))
                else:
                    members.append(UserId(person))
        return tuple(dict.fromkeys(leads)), tuple(dict.fromkeys(members)), strangers

    def _calendar(self) -> Calendar:
        calendar = Calendar.from_ical(self.text)
        assert isinstance(calendar, Calendar)
        return calendar

    # ------------------------------------------------------------ what is wrong with it

    def faults(self) -> list[str]:
        """Every fault with its line; none where the file can be used."""
        lines = list(_unfolded(self.text))
        broken = list(_broken(lines))
        if broken:
            return broken
        try:
            calendar = self._calendar()
        except ValueError as error:
            return [f"line 1: expected one VCALENDAR: {str(error).splitlines()[0][:120]}"]
        places = list(_events(lines))
        events = [one for one in calendar.walk("VEVENT") if isinstance(one, Event)]
        if not events:
            return ["line 1: it has no VEVENT: nobody is on duty by it"]
        found = [fault for event, place in zip(events, places, strict=True) for fault in self._of_event(event, place)]
        return found or self._tried(calendar, events)

    def _of_event(self, event: Event, place: dict[str, int]) -> Iterator[str]:
        for name, message in event.errors:
            yield f"line {place.get(str(name), place['BEGIN'])}: {name}: {message}"
        if event.errors:
            return
        if "DTSTART" not in event:
            yield f"line {place['BEGIN']}: this VEVENT has no DTSTART: say when it begins"
            return
        for name in ("DTSTART", "DTEND"):
            value = event.get(name)
            at, zone = getattr(value, "dt", None), value.params.get("TZID") if value is not None else None
            if zone is not None and isinstance(at, datetime) and at.tzinfo is None:
                yield f'line {place[name]}: {name}: expected a time zone such as "Asia/Tokyo", not {str(zone)!r}'
                return
        rule = event.get("RRULE")
        often = [str(one).upper() for one in (rule.get("FREQ", []) if rule else [])]
        if set(often) & set(TOO_OFTEN):
            yield f"line {place['RRULE']}: RRULE: a shift repeats daily or more seldom, not {often[0]}"
        try:
            start, end = self._instants(event)
        except ValueError as error:
            yield f"line {place['BEGIN']}: {error}"
            return
        if end <= start:
            yield f"line {place.get('DTEND', place['DTSTART'])}: it ends before it begins"
        _, members, strangers = self._crew(event)
        for name, word in strangers:
            example = 'people = { "name@example.com" = "U0123ABCD" }'
            line = place.get(name, place["BEGIN"])
            yield f"line {line}: {name}: nobody is called {word[:60]!r}: add it to the import, {example}"
        leads, *_ = self._crew(event)
        if not (members or leads or strangers):
            yield f"line {place['BEGIN']}: this VEVENT names nobody: add an ATTENDEE, or a name as its SUMMARY"

    def _tried(self, calendar: Calendar, events: list[Event]) -> list[str]:
        """A year of it, so that what can't be expanded is known now."""
        first = min(self._instant(event.start) for event in events)
        try:
            recurring_ical_events.of(calendar).between(first, first + timedelta(days=400))
        except Exception as error:  # whatever the library trips over is a fault of the file
            return [f"line 1: its events can't be expanded: {type(error).__name__}: {str(error)[:120]}"]
        return []


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Content lines with the number of the line that each begins in; folded ones are joined."""
    number, gathered = 0, ""
    for count, line in enumerate(text.splitlines(), start=1):
        if line[:1] in (" ", "\t") and gathered:
            gathered += line[1:]
            continue
        if gathered:
            yield number, gathered
        number, gathered = count, line.rstrip("\r")
    if gathered:
        yield number, gathered


def _parts(line: str) -> tuple[str, str]:
    """The name and the value of a content line. Raises ValueError where it is none."""
    name, _, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # its parameters are, its class is not
    return str(name).upper(), str(value)


def _broken(lines: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Lines that are none, and components that begin or end in the wrong place."""
    inside: list[tuple[str, int]] = []
    for number, line in lines:
        try:
            name, value = _parts(line)
        except ValueError:
            yield f"line {number}: expected NAME:VALUE, not {line[:60]!r}"
            continue
        if name == "BEGIN":
            inside.append((value.upper(), number))
        elif name == "END":
            if not inside or inside[-1][0] != value.upper():
                began = f": {inside[-1][0]} of line {inside[-1][1]} is still open" if inside else ""
                yield f"line {number}: END:{value} ends nothing{began}"
                return
            inside.pop()
        elif not inside:
            yield f"line {number}: expected BEGIN:VCALENDAR, not {line[:60]!r}"
            return
    for name, number in inside:
        yield f"line {number}: BEGIN:{name} has no END:{name}"


def _events(lines: Iterable[tuple[int, str]]) -> Iterator[dict[str, int]]:
    """For each event, in which line each of its properties stands first."""
    inside: list[str] = []
    place: dict[str, int] = {}
    for number, line in lines:
        name, value = _parts(line)
        if name == "BEGIN":
            inside.append(value.upper())
            if value.upper() == "VEVENT":
                place = {"BEGIN": number}
        elif name == "END":
            if inside.pop() == "VEVENT":
                yield place
        elif inside and inside[-1] == "VEVENT":
            place.setdefault(name, number)


def _dict(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}
