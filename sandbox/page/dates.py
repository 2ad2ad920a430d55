"""Date: the tokens of `<!date^…>` and the times beside messages, in the reader's zone and manner.

https://docs.slack.dev/messaging/formatting-message-text and https://docs.slack.dev/reference/block-kit/block-elements/date-element
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from .reader import Reader

_TOKEN = re.compile(r"\{(\w+)\}")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_JA = "月火水木金土日"
_NEAR = {-1: ("yesterday", "昨日"), 0: ("today", "今日"), 1: ("tomorrow", "明日")}
_UNITS = ((86400, "day", "日"), (3600, "hour", "時間"), (60, "minute", "分"))
HALF_YEAR = 182


def filled(form: str, unix: int, reader: Reader) -> str | None:
    """The token string with its dates; None if it cannot be formatted, so that the fallback is shown."""
    try:
        at = datetime.fromtimestamp(unix, UTC)
        reader.local(at)
    except (OverflowError, ValueError, OSError):
        return None
    names = set(_TOKEN.findall(form))
    if not names or not names <= _FORMS.keys():
        return None
    said = _TOKEN.sub(lambda found: _FORMS[found[1]](at, reader), form)
    return said[:1].upper() + said[1:] if said[:1].islower() else said


def clock_time(at: datetime, reader: Reader, *, seconds: bool = False) -> str:
    """`2:10 AM`, or `02:10` where people count to 24."""
    local = reader.local(at)
    tail = f":{local:%S}" if seconds else ""
    if reader.locale == "en-US":
        return f"{local.hour % 12 or 12}:{local:%M}{tail} {local:%p}"
    return f"{local:%H:%M}{tail}"


def day(at: datetime, reader: Reader) -> str:
    """What stands on the line between two days."""
    said = _near(at, reader) or _long(at, reader, with_year=False)
    return said[:1].upper() + said[1:]


def day_and_time(at: datetime, reader: Reader) -> str:
    """`today at 2:10 AM`, for the last reply of a thread."""
    when = _near(at, reader) or _short(at, reader)
    between = " " if reader.is_japanese else " at "
    return f"{when}{between}{clock_time(at, reader)}"


def _near(at: datetime, reader: Reader) -> str:
    days = (reader.local(at).date() - reader.local(reader.now).date()).days
    said = _NEAR.get(days)
    return "" if said is None else said[reader.is_japanese]


def _year(at: datetime, reader: Reader) -> bool:
    """Slack leaves the year out of what is less than six months away."""
    return abs((reader.local(at) - reader.now).days) > HALF_YEAR


def _plain(at: datetime, reader: Reader, *, with_year: bool | None = None) -> str:
    local = reader.local(at)
    year = _year(at, reader) if with_year is None else with_year
    if reader.is_japanese:
        return f"{local.year}年{local.month}月{local.day}日" if year else f"{local.month}月{local.day}日"
    return f"{_MONTHS[local.month - 1]} {_ordinal(local.day)}" + (f", {local.year}" if year else "")


def _short(at: datetime, reader: Reader) -> str:
    local = reader.local(at)
    if reader.is_japanese:
        return _plain(at, reader)
    return f"{_MONTHS[local.month - 1][:3]} {local.day}" + (f", {local.year}" if _year(at, reader) else "")


def _long(at: datetime, reader: Reader, *, with_year: bool | None = None) -> str:
    local = reader.local(at)
    if reader.is_japanese:
        return f"{_plain(at, reader, with_year=with_year)}({_DAYS_JA[local.weekday()]})"
    return f"{_DAYS[local.weekday()]}, {_plain(at, reader, with_year=with_year)}"


def _ordinal(number: int) -> str:
    if 10 < number < 20:
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def _ago(at: datetime, reader: Reader) -> str:
    seconds = int((reader.now - at).total_seconds())
    for size, english, japanese in _UNITS:
        count = abs(seconds) // size
        if count:
            if reader.is_japanese:
                return f"{count}{japanese}{'前' if seconds > 0 else '後'}"
            words = f"{count} {english}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "たった今" if reader.is_japanese else "just now"


def _slash(at: datetime, reader: Reader) -> str:
    local = reader.local(at)
    if reader.is_japanese:
        return f"{local:%Y/%m/%d}"
    return f"{local:%m/%d/%Y}" if reader.locale == "en-US" else f"{local:%d/%m/%Y}"


_FORMS = {
    "date_num": lambda at, reader: f"{reader.local(at):%Y-%m-%d}",
    "date_slash": _slash,
    "date": _plain,
    "date_short": _short,
    "date_long": _long,
    "date_long_full": lambda at, reader: _plain(at, reader, with_year=True),
    "date_pretty": lambda at, reader: _near(at, reader) or _plain(at, reader),
    "date_short_pretty": lambda at, reader: _near(at, reader) or _short(at, reader),
    "date_long_pretty": lambda at, reader: _near(at, reader) or _long(at, reader),
    "day_divider_pretty": day,
    "time": clock_time,
    "time_secs": lambda at, reader: clock_time(at, reader, seconds=True),
    "ago": _ago,
}
