"""Ticks: where a time line is marked, so that three days and half an hour can both be read."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from bot.domain.values import Value

MOST = 10
STEPS = [
    *(timedelta(minutes=m) for m in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=h) for h in (1, 2, 3, 6, 12)),
    *(timedelta(days=d) for d in (1, 2, 7, 14, 28, 91, 364)),
]
DAY = timedelta(days=1)


class Tick(Value):
    """A mark at a round moment of the zone; `day` where it is the first of its day."""

    at: AwareDatetime
    day: bool


def ticks(start: datetime, end: datetime, zone: ZoneInfo) -> list[Tick]:
    """Round moments of the zone's wall clock between two moments, at most about ten."""
    step = next((step for step in STEPS if (end - start) / step <= MOST), STEPS[-1])
    found: list[Tick] = []
    shown = None
    for at in _moments(start, end, zone, step):
        day = at.astimezone(zone).date()
        found.append(Tick(at=at, day=day != shown))
        shown = day
    return found


def _moments(start: datetime, end: datetime, zone: ZoneInfo, step: timedelta) -> Iterator[datetime]:
    wall = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    last: datetime | None = None
    while (at := wall.replace(tzinfo=zone).astimezone(start.tzinfo)) <= end:
        if at >= start and at != last:  # an hour that the clocks skip is not marked twice
            yield at
            last = at
        wall += step
