"""Shift letters: what somebody on duty is told about a shift: what falls due in it, and what it leaves to others."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.case import Case
from bot.domain.clock import BY_CONTACT, Clock
from bot.domain.roster import Roster
from bot.domain.sla import clocks
from bot.domain.values import Instant, UserId, Value

BEFORE_THE_END = timedelta(hours=1)
"""Ours: how long before a shift ends its promises are offered to others: half an hour to read, half to hand over."""
ShiftLetterKind = Literal["digest", "relief"]


class ShiftLetter(Value):
    """A message about one person's shift, said once. A digest begins the shift, a relief ends it."""

    kind: ShiftLetterKind
    person: UserId
    since: Instant
    """When the shift begins."""
    until: Instant
    """When it ends."""

    @property
    def key(self) -> str:
        """Unique for all time: the same shift is never spoken of twice."""
        at = self.since if self.kind == "digest" else self.until
        return f"shift/{self.kind}/{self.person}/{at:%Y%m%dT%H%M%S}"

    @property
    def planned(self) -> datetime:
        """The moment that it is meant for."""
        return self.since if self.kind == "digest" else max(self.since, self.until - BEFORE_THE_END)


def letters(roster: Roster, now: datetime) -> Iterator[ShiftLetter]:
    """Every letter whose moment has come and whose shift still goes on, whether it was said or not."""
    for person in dict.fromkeys(person for duty in roster.on_duty(now) for person in duty.everybody):
        stretch = roster.stretch(person, now)
        if stretch is None:
            continue
        shift = {"person": person, "since": stretch.start, "until": stretch.end}
        relief = ShiftLetter(kind="relief", **shift)
        if now < relief.planned or relief.planned == stretch.start:
            yield ShiftLetter(kind="digest", **shift)
        if now >= relief.planned:
            yield relief


def next_moment(roster: Roster, now: datetime) -> datetime | None:
    """When a letter may next come to be due, or somebody comes or goes, within a day."""
    edges = roster.edges(now, now + timedelta(days=1) + BEFORE_THE_END)
    moments = [at for edge in edges for at in (edge, edge - BEFORE_THE_END) if at > now]
    return min(moments, default=None)


def due_in_shift(cases: Iterable[Case], letter: ShiftLetter, *, leading: bool) -> tuple[tuple[Case, Clock], ...]:
    """The clocks that run out before the shift ends, by time: on one's own cases, and for a lead on all of them."""
    found = [
        (case, clock)
        for case in cases
        if leading or case.owner == letter.person
        for clock in clocks(case)
        if clock.due < letter.until
    ]
    return tuple(sorted(found, key=lambda one: (one[1].due, one[0].number)))


def left_to_others(cases: Iterable[Case], letter: ShiftLetter) -> tuple[tuple[Case, Clock], ...]:
    """What a customer was promised for a time after the shift, on one's own cases: the first of each case."""
    found: list[tuple[Case, Clock]] = []
    for case in cases:
        promises = [clock for clock in clocks(case) if clock.name in BY_CONTACT and clock.due >= letter.until]
        if case.owner == letter.person and promises:
            found.append((case, promises[0]))
    return tuple(sorted(found, key=lambda one: (one[1].due, one[0].number)))
