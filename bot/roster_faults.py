"""Roster faults: what is wrong between regions, shifts and people, read from the file as it is, all at once.

What one table says wrongly by itself its model tells; here are the names that lead nowhere, shifts without people and
absences that overlap, so that they are told beside every other fault.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

_ROLES = ("members", "leads", "backup")


def roster_faults(given: Mapping[str, Any], calendars: Any) -> Iterator[str]:
    """A sentence for each fault, with its key and the right form."""
    roster = given.get("roster")
    if not isinstance(roster, dict):
        return
    regions = {name: one for name, one in _dict(roster.get("regions")).items() if isinstance(one, dict)}
    shifts, absences = _tables(roster, "shifts"), _tables(roster, "absences")
    if not (shifts or _tables(roster, "imports")):
        yield "roster.shifts: nobody is ever on duty: give [[roster.shifts]] or [[roster.imports]]"
    for name in ("hours", "sources"):
        if name in roster:
            yield f"roster.{name}: no such key here: is it misspelt?"
    yield from _of_cover(roster.get("covers", ""), calendars)
    for where, one in [*shifts, *_tables(roster, "imports")]:
        yield from _unknown(f"{where}.region", one.get("region"), regions)
    known = {person for region in regions.values() for role in _ROLES for person in _words(region.get(role))}
    for where, shift in shifts:
        yield from _of_shift(where, shift, regions, known)
    yield from _of_absences(
        absences, known | {p for _, s in shifts for r in ("leads", "backup") for p in _words(s.get(r))}
    )


def _of_cover(name: Any, calendars: Any) -> Iterator[str]:
    """The calendar in which somebody has to be on duty is nobody's customer's."""
    known = _dict(calendars)
    if not isinstance(name, str) or not name or not known:
        return
    if name not in known:
        near = (*get_close_matches(name, known, 1), *sorted(known))[0]
        yield f"roster.covers: expected a name under [calendars], for example {near!r}, not {name!r}"
    elif "customer" in (_dict(known[name]).get("zone", "customer"), *_words(_dict(known[name]).get("holidays"))):
        yield f"roster.covers: the calendar {name!r} depends on the customer: name one with a zone of its own"


def _of_shift(
    where: str, shift: dict[str, Any], regions: Mapping[str, dict[str, Any]], known: set[str]
) -> Iterator[str]:
    region = regions.get(str(shift.get("region")))
    if region is not None and not (_words(shift.get("members")) or _words(region.get("members"))):
        yield f'{where}.members: it names nobody, and neither does its region: give members = ["U0123ABCD"]'
    if shift.get("days") == []:
        yield f'{where}.days: it begins on no day: expected days such as ["mon", "fri"], or leave it out'
    for person in _words(shift.get("members")):
        if person not in known:
            yield f"{where}.members: {person} is a member of no region: add it to roster.regions.NAME.members"


def _of_absences(absences: list[tuple[str, dict[str, Any]]], known: set[str]) -> Iterator[str]:
    seen: list[tuple[str, str, date, date]] = []
    for where, absence in absences:
        member, first = absence.get("member"), _day(absence.get("first"))
        if isinstance(member, str) and known and member not in known:
            yield f"{where}.member: {member} is a member of no region: add it to roster.regions.NAME.members"
        last = first if absence.get("last") is None else _day(absence.get("last"))
        if not isinstance(member, str) or first is None or last is None or "hours" in absence:
            continue
        for other, who, begins, ends in seen:
            if who == member and begins <= last and first <= ends:
                span = f"{member}, {begins} to {ends}"
                yield f"{where}: overlaps with {other} ({span}): make one of the two, or part them"
        seen.append((where, member, first, last))


def _unknown(key: str, name: Any, regions: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(name, str) and name not in regions:
        near = (*get_close_matches(name, regions, 1), *sorted(regions), "tokyo")[0]
        yield f"{key}: expected a name under [roster.regions], for example {near!r}, not {name!r}"


def _tables(roster: Mapping[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    listed = roster.get(name)
    pairs = enumerate(listed if isinstance(listed, list) else [])
    return [(f"roster.{name}.{index}", one) for index, one in pairs if isinstance(one, dict)]


def _dict(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _words(given: Any) -> list[str]:
    return [word for word in given if isinstance(word, str)] if isinstance(given, list) else []


def _day(given: Any) -> date | None:
    """A date as TOML or as text; what is none the model tells."""
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
