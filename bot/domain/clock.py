"""Clock: one duration being measured, with its start, its due time and how it ended.

A due time is written down when its clock starts and moves by a fact only: by a pause that ends, by other terms, never
by computing it again (docs/decisions/0015). What the rules say about clocks stands in sla.py, measure.py and pause.py.
"""

from datetime import datetime, timedelta
from typing import Literal

from bot.domain.calendar import Calendar
from bot.domain.duration import Span
from bot.domain.values import Instant, Value
from bot.domain.worktime import is_open

ClockName = Literal["first-response", "next-contact", "next-reply", "deadline", "resolution", "vendor", "look-again"]

ClockState = Literal["running", "outside-hours", "paused", "breached-by-change", "met", "late", "missed", "cancelled"]
"""The last four are ends. `outside-hours` runs on when its calendar opens; `paused` waits for the customer.
`breached-by-change` was over at once because the terms changed, and is never counted as a miss."""

EndedBy = Literal["contact", "answer", "resolved", "resumed", "replaced", "withdrawn", "terms", "reopened", "closed"]
"""What ended a clock. `replaced`: another time took its place; `terms`: other terms did; `withdrawn`: nobody needs it;
`reopened`, `closed`: a new cycle began, or the case ended, before anybody answered it."""

ANSWERED: tuple[EndedBy, ...] = ("contact", "answer", "resolved", "resumed")
"""The ends at which what was measured has come to pass."""
BY_CONTACT: tuple[ClockName, ...] = ("first-response", "next-contact", "next-reply")
"""What a contact with the customer answers; on these the ladder climbs."""
COUNTED: tuple[ClockName, ...] = ("first-response", "next-reply", "resolution")
"""What is counted in the calendar of the terms. The others are moments that were told to somebody, or set by us."""
PAUSABLE: tuple[ClockName, ...] = ("next-reply", "resolution")
"""What waits while the case waits for the customer. A promise, the customer's deadline and a vendor's promise never do;
before the first response there is nobody to wait for (docs/decisions/0023)."""


class Clock(Value):
    """One duration being measured, from `start` to `due`, until what it waits for comes to pass."""

    name: ClockName
    serial: int
    """Counts the clocks of this name on the case: a checkpoint of an earlier one is never taken for this one's."""
    moves: int = 0
    """How often its due time was moved: each time has its moments anew."""
    start: Instant
    due: Instant
    """When it runs out; of a paused one, when it would have without the pause."""
    span: Span | None = None
    """How long it runs in the calendar of its terms; None for a moment that was told or set."""
    used: timedelta = timedelta(0)
    """What had been counted of the span under earlier terms, before `start`."""
    since: Instant | None = None
    """From when its moments are told: set anew when a pause ends. None: from its start."""
    left: timedelta | None = None
    """While paused: how much is still to be counted. None while it runs."""
    by_change: bool = False
    """It was over at once because the terms changed."""
    cycle: int = 1
    edition: int = 0
    """Under which terms of the case it runs: `case.earlier_terms`, then `case.terms`."""
    vendor: int | None = None
    """Which of the case's vendors it waits for."""
    look_at: Instant | None = None
    """When somebody looks after it before it is due."""
    ended: Instant | None = None
    ended_by: EndedBy | None = None

    @property
    def key(self) -> str:
        """What its checkpoints are called by: `resolution/1`, and `resolution/1.2` after it moved twice."""
        return f"{self.name}/{self.serial}" + (f".{self.moves}" if self.moves else "")

    @property
    def counted(self) -> bool:
        """Whether it counts the time of a calendar."""
        return self.span is not None

    @property
    def paused(self) -> bool:
        return self.left is not None and self.ended is None

    @property
    def told_from(self) -> datetime:
        """No moment of it before this is told."""
        return self.since or self.start

    def state(self, now: datetime, calendar: Calendar | None = None) -> ClockState:
        """How it stands now, in the calendar in which it counts (None: round the clock)."""
        if self.ended is not None:
            return self._end(self.ended)
        if self.by_change:
            return "breached-by-change"
        if self.paused:
            return "paused"
        if calendar is not None and self.counted and now < self.due and not is_open(calendar, now):
            return "outside-hours"
        return "running"

    def _end(self, ended: datetime) -> ClockState:
        if self.by_change:
            return "breached-by-change"
        if self.ended_by in ANSWERED:
            return "late" if self.left is None and ended > self.due else "met"
        # Moved to another time or into another cycle after it had run out: nobody answered it.
        over = self.left is None and ended > self.due
        return "missed" if over and self.ended_by != "withdrawn" else "cancelled"

    def end(self, at: datetime, by: EndedBy) -> "Clock":
        """This clock, ended; one that has ended stays as it is."""
        return self if self.ended is not None else self.model_copy(update={"ended": at, "ended_by": by})
