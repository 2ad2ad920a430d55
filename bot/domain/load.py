"""Load: what one person carries now and carried within a week, so that nobody is asked once too often.

Helping counts as work. The figures are for that person, and for who leads the shift: never as a ranking, and in no
thread, report or log (docs/decisions/0048).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.case import Case
from bot.domain.values import CaseNumber, Instant, Severity, UserId, Value

WEEK = timedelta(days=7)
"""Ours: a roster turns by the week."""
NIGHT_FROM, NIGHT_TO = 22, 6
"""Ours: hours on the wall of the person's own zone, the end left out."""
MOST_DEEDS = 2_000
"""Ours: acts of one person that are read of a week, the newest; nobody does more."""
MOST_PEOPLE = 40
"""Ours: as many people as one answer shows."""

_NO_WORK = frozenset({
    "person_left", "report_asked", "child_noted", "parent_noted", "handoff_declined", "kept_apart", "parent_set",
    "parent_dropped",
})  # fmt: skip
"""Facts that somebody caused, and that are no work on the case."""
_TOOK = frozenset({"case_opened", "handoff_accepted"})
"""By these somebody became the owner."""
_PROMISES = frozenset({"first-response", "next-contact"})


class Deed(Value):
    """One act of a person on a case, as the store tells it."""

    case: CaseNumber
    severity: Severity
    owner: UserId | None
    """Who owns the case now."""
    kind: str
    """The fact's."""
    at: Instant
    late: bool = False
    answered: str = ""
    """The clock that a contact answered; empty for none."""
    by_reaction: bool = False
    from_afar: bool = False
    """It was done on the parent case, and counts there."""


class Carried(Value):
    """What the store knows of a person: the open cases that they are in, and their acts of a week."""

    person: UserId
    cases: tuple[Case, ...]
    deeds: tuple[Deed, ...]


class Now(Value):
    """What a person carries at this moment."""

    owned: int
    """Open Sev A cases that they own."""
    held: int
    """Areas of open cases that they hold and have not cleared."""
    joined: int
    """Areas of open cases that they help with."""


class Week(Value):
    """What a person did within the last seven days."""

    owned: int
    """Sev A cases that they owned, for a while at least."""
    helped: int
    """Sev A cases of others that they worked on."""
    nights: int
    """Cases of any severity on which they acted at night, by their own wall."""
    promised: int
    """Next contacts that they promised."""
    kept: int
    """First responses and next contacts that they made in time."""


def now_of(person: UserId, cases: Iterable[Case]) -> Now:
    """What they carry, of the cases that they are in."""
    open_ones = [case for case in cases if case.status == "open"]
    areas = [area for case in open_ones for area in case.areas if area.verdict != "cleared"]
    return Now(
        owned=sum(case.owner == person and case.severity == "A" for case in open_ones),
        held=sum(area.holder == person for area in areas),
        joined=sum(person in area.joined for area in areas),
    )


def week_of(person: UserId, deeds: Sequence[Deed], zone: str) -> Week:
    """What they did, counted by case; `zone` is their own."""
    work = [deed for deed in deeds if deed.kind not in _NO_WORK and not (deed.by_reaction or deed.from_afar)]
    owned = {deed.case for deed in work if deed.severity == "A" and (deed.kind in _TOOK or deed.owner == person)}
    worked = {deed.case for deed in work if deed.severity == "A"}
    wall = _zone(zone)
    return Week(
        owned=len(owned),
        helped=len(worked - owned),
        nights=len({deed.case for deed in work if _at_night(deed.at.astimezone(wall).hour)}),
        promised=sum(deed.kind == "next_contact_promised" for deed in work),
        kept=sum(deed.kind == "contact_made" and deed.answered in _PROMISES and not deed.late for deed in work),
    )


def _at_night(hour: int) -> bool:
    return hour >= NIGHT_FROM or hour < NIGHT_TO


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
