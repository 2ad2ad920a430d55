"""Moment: a point in time at which a case has something to say by itself. Stored, so that it survives a restart."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.domain.nudge import nudges
from bot.domain.sla import checkpoints

if TYPE_CHECKING:
    from bot.domain.case import Case


class Moment(Protocol):
    """A checkpoint of a clock, or a nudge about the team."""

    @property
    def key(self) -> str:
        """Unique on its case."""

    @property
    def name(self) -> str:
        """The clock's, or `nudge`."""

    @property
    def rung(self) -> str: ...
    @property
    def due(self) -> datetime:
        """When the clock runs out; of a nudge its own moment."""

    @property
    def at(self) -> datetime: ...


def moments(case: Case) -> tuple[Moment, ...]:
    """Every moment still to come on the case, by time."""
    found: list[Moment] = [*checkpoints(case), *nudges(case)]
    return tuple(sorted(found, key=lambda moment: (moment.at, moment.key)))
