"""A second way to count working time, slow and simple: look at the wall clock once a minute.

It shares nothing with bot.domain.month and bot.domain.worktime but the values it reads. A wall clock that is set back
is taken to stand still until the time has caught up, which is what "a time that comes twice means its first coming" is.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from bot.domain.calendar import Calendar

MINUTE = timedelta(minutes=1)
LOOK_BACK = timedelta(hours=27)
"""Longer than any clock was ever set back since 1990, and than any night."""


def open_minutes(calendar: Calendar, start: datetime, count: int) -> list[bool]:
    """For each of so many minutes from `start`, whether the calendar is open in it."""
    zone = ZoneInfo(calendar.zone)
    free = holiday_dates(calendar, start)
    first = start - LOOK_BACK
    shown = first.replace(tzinfo=None) - timedelta(days=2)  # below any wall clock of that minute
    opened = []
    for number in range(int(LOOK_BACK / MINUTE) + count):
        at = first + number * MINUTE
        shown = max(shown, at.astimezone(zone).replace(tzinfo=None))
        if at >= start:
            opened.append(_open(calendar, free, shown))
    return opened


def holiday_dates(calendar: Calendar, start: datetime) -> set[date]:
    years = range(start.year - 1, start.year + 2)
    free: set[date] = set()
    for place in calendar.places:
        country, _, part = place.partition("-")
        free |= set(holidays.country_holidays(country, subdiv=part or None, years=years))
    return free


def _open(calendar: Calendar, free: set[date], wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    today, yesterday = wall.date(), wall.date() - timedelta(days=1)
    return any(span.opens <= minute < span.closes for span in _spans(calendar, free, today)) or any(
        span.opens <= minute + 1440 < span.closes for span in _spans(calendar, free, yesterday)
    )


def _spans(calendar: Calendar, free: set[date], day: date):
    for extra in calendar.extra:
        if extra.on == day:
            return extra.hours
    if day in free or any(_closed(closure, day) for closure in calendar.closures):
        return ()
    return calendar.hours[day.weekday()]


def _closed(closure, day: date) -> bool:
    if closure.last is None:
        return str(day).endswith(closure.first)
    if len(closure.first) > 5:
        return date.fromisoformat(closure.first) <= day <= date.fromisoformat(closure.last)
    after, before = f"{day:%m-%d}" >= closure.first, f"{day:%m-%d}" <= closure.last
    return (after and before) if closure.first <= closure.last else (after or before)


def used_up(opened: list[bool], start: int, minutes: int) -> int | None:
    """The first minute, counted in the list, at whose beginning so many open minutes have gone by since `start`."""
    for number in range(start, len(opened)):
        if minutes == 0:
            return number
        minutes -= opened[number]
    return None


def change_days(zone: ZoneInfo, year: int) -> list[datetime]:
    """Noon, UTC, of the days of a year on which the zone's clocks were changed, or the day after."""
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(365)]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    return [noons[day] for day in range(1, 365) if offsets[day] != offsets[day - 1]]
