"""Times in wording: Slack's date token for the eye, words with the zone named for everything that reads aloud."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import get_timezone_name

from bot.domain.values import Language

_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "ja": ("月", "火", "水", "木", "金", "土", "日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EVERYDAY = {"Asia/Tokyo": "日本時間", "Japan": "日本時間", "UTC": "UTC", "Etc/UTC": "UTC"}
_UNITS: dict[Language, tuple[str, str, str]] = {"ja": ("日", "時間", "分"), "en": (" d", " h", " min")}


def token(at: datetime, zone_name: str, language: Language) -> str:
    """The instant in the zone of whoever reads it, with words for where tokens are not drawn.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{in_words(at, zone_name, language)}>"


def in_words(at: datetime, zone_name: str, language: Language) -> str:
    """`11/24(火) 07:00 日本時間` or `Tue 24 Nov 07:00 JST`."""
    local = at.astimezone(zone(zone_name))
    return f"{_day(local, language)} {local.hour:02}:{local.minute:02} {_zone_word(local, language)}"


def day(at: datetime, zone_name: str, language: Language) -> str:
    """`11/24(火)` or `Tue 24 Nov`."""
    return _day(at.astimezone(zone(zone_name)), language)


def _day(local: datetime, language: Language) -> str:
    weekday = _WEEKDAYS[language][local.weekday()]
    if language == "ja":
        return f"{local.month}/{local.day}({weekday})"
    return f"{weekday} {local.day} {_MONTHS[local.month - 1]}"


def typed_time(at: datetime, now: datetime, zone_name: str) -> str:
    """The instant as a person would type it in that zone: `15:00`, or with its date when that is not plain."""
    local = at.astimezone(zone(zone_name))
    return f"{local:%H:%M}" if at - now < timedelta(hours=23) else f"{local:%Y-%m-%d %H:%M}"


def typed_date(at: datetime, zone_name: str) -> str:
    """The instant with its date, as a person would type it in that zone: `2026-11-24 07:00`."""
    return f"{at.astimezone(zone(zone_name)):%Y-%m-%d %H:%M}"


def zone_word(at: datetime, zone_name: str, language: Language) -> str:
    """The zone as people call it: 日本時間, JST, UTC+8."""
    return _zone_word(at.astimezone(zone(zone_name)), language)


def _zone_word(local: datetime, language: Language) -> str:
    if language == "ja":
        return _EVERYDAY.get(str(local.tzinfo)) or get_timezone_name(local, locale="ja")
    short = local.tzname() or "UTC"
    return short if short.isalpha() else _offset(local)


def lasting(length: timedelta, language: Language) -> str:
    """`1時間10分` or `1 h 10 min`: whole minutes, rounded down, the two largest units."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes == 0:
        return "1分未満" if language == "ja" else "less than a minute"
    counts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    parts = [f"{count}{unit}" for count, unit in zip(counts, _UNITS[language], strict=True) if count][:2]
    return ("" if language == "ja" else " ").join(parts)


def exact(length: timedelta, language: Language) -> str:
    """The whole length, to the second, in hours and smaller: what is added up must not be rounded."""
    seconds = int(abs(length).total_seconds())
    counts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    units = ("時間", "分", "秒") if language == "ja" else (" h", " min", " s")
    said = [f"{count}{unit}" for count, unit in zip(counts, units, strict=True) if count]
    return ("" if language == "ja" else " ").join(said) or f"0{units[1]}"


def left(length: timedelta, language: Language) -> str:
    """As `lasting`, rounded up: with 9 min 59 s to go, people say ten minutes."""
    return lasting(timedelta(minutes=-(-length // timedelta(minutes=1))), language)


def _offset(local: datetime) -> str:
    minutes = int((local.utcoffset() or timedelta(0)).total_seconds()) // 60
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


@cache
def zone(name: str) -> ZoneInfo:
    """The zone; one that this machine does not know is shown, and named, as UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
