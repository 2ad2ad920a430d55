"""Wall time: the instant at which the clock on a wall in a named zone shows a time, daylight saving included.

Working hours are wall time. Where clocks are set back, a time that comes twice means its first coming; where they are
set forward, a time that never comes means the moment of the change. So wall times in order are instants in order.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: str) -> str:
    """The name, if the tz database has it. Raises ValueError with the right form."""
    if name not in _zones():
        raise ValueError(f'expected a time zone such as "Asia/Tokyo", not {name!r}')
    return name


def instant(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """The UTC instant at which the wall clock is so many minutes past midnight at the beginning of `day`."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first = wall.replace(tzinfo=zone).utcoffset()
    second = wall.replace(tzinfo=zone, fold=1).utcoffset()
    assert first is not None
    assert second is not None
    if second <= first:  # ordinary, or shown twice: PEP 495 gives the first coming to fold=0
        return (wall - first).replace(tzinfo=UTC)
    return _change(zone, (wall - second).replace(tzinfo=UTC), (wall - first).replace(tzinfo=UTC))


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant of the new offset between two instants of which only the later one has it, to the second."""
    new = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == new:
            after = middle
        else:
            before = middle
    return after
