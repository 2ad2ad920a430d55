"""Times as people type them, in Japanese and English, read in the speaker's zone and returned in UTC.

A named zone ("15:00 UTC") is used for the whole phrase, "tomorrow" included. The one decision about the past: a clock
time alone means the next one. A given day is taken at its word, even when it is over; month and day without a year
mean the year nearest to now.

When clocks change, a wall time that does not exist moves forward by the gap (02:30 becomes 03:30), and one that comes
twice means the first that is still ahead.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.text import folded

_LOOKED_AT = 120
_ANY_NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

_UNITS = r"days?|d|日間?|hours?|hrs?|h|時間|minutes?|mins?|m|分間?|seconds?|secs?|s|秒間?"
_PART = re.compile(rf"(\d{{1,5}}(?:\.\d{{1,2}})?)\s*({_UNITS})(?![a-z])(半)?\s*")
_SECONDS = {"d": 86_400, "日": 86_400, "h": 3_600, "時": 3_600, "m": 60, "分": 60, "s": 1, "秒": 1}
_IN = re.compile(r"\s*(?:in\s+|あと\s*)?")
_WORDED = re.compile(r"(half\s+an|an|one)\s+hour(?![a-z])\s*")
_LATER = re.compile(r"(?:later|from now)(?![a-z])|(?:後|以内)(?:まで)?に?")
_AGO = re.compile(r"ago(?![a-z])|前")

_WEEKDAYS = "月火水木金土日"
_WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(
    r"""\s*(?:
      (?P<year>20\d\d)(?:[-/.]|\s*年\s*)(?P<month>\d{1,2})(?:[-/.]|\s*月\s*)(?P<day>\d{1,2})(?!\d)日?
    | (?P<month_only>\d{1,2})(?:/|\s*月\s*)(?P<day_only>\d{1,2})(?![\d/])日?
    | (?P<word>today|tomorrow|tmrw|(?:the\s+)?day\s+after\s+tomorrow
              |今日|本日|明日|明朝|あした|あす|翌日|翌朝|明後日|あさって)
    | (?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)
      (?![a-z])
    | (?P<曜>[月火水木金土日])曜日?
    )
    (?:\s*\((?:[月火水木金土日](?:曜日?)?|[a-z]{3,9})\))?
    (?:(?P<iso>t)(?=\d)|[\s,、]*の?[\s,、]*(?:at\s+|by\s+)?)""",
    re.VERBOSE,
)
_DAYS_AHEAD = {
    "today": 0, "今日": 0, "本日": 0,
    "tomorrow": 1, "tmrw": 1, "明日": 1, "明朝": 1, "あした": 1, "あす": 1, "翌日": 1, "翌朝": 1,
    "明後日": 2, "あさって": 2,
}  # fmt: skip
_CLOCK = re.compile(
    r"""(?:
      (?P<half>午前|午後|am|pm|朝|夕方)?\s*
      (?P<hour>\d{1,2})
      (?: :(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?(?!\d)
        | \s?時(?!間)(?:\s?(?P<分>\d{1,2})\s?分|(?P<半>半))?
        | (?=\s?[ap]\.?m)
      )
      (?:\s?(?P<ampm>am|pm|a\.m\.|p\.m\.)(?![a-z]))?
    | (?P<noon>正午|noon(?![a-z]))
    )""",
    re.VERBOSE,
)
_LEAD = re.compile(r"\s*(?:(?:at|by|until|before|on)\s+)?(?:(?P<japan>日本時間)\s*の?\s*)?")
_OFFSET = re.compile(r"z(?![a-z])|([+-])(\d{2}):?(\d{2})(?!\d)")
_UTC_OFFSET = re.compile(r"\s?\(?(?:utc|gmt)\s?([+-])(\d{1,2})(?::?(\d{2}))?(?![\d:])\)?")
_ZONE_WORD = re.compile(r"\s?\(?(日本時間|[a-z]{2,4})(?![a-z0-9/'_-])\)?")
_ZONE_NAME = re.compile(r"\s?\(?([a-z]+(?:/[a-z_-]+){1,2})(?![a-z0-9])\)?")
_DAY_AFTER = re.compile(r"\s+(?P<word>today|tomorrow)(?![\w'’])")
_UNTIL = re.compile(r"(?:頃|ごろ)?(?:\s*まで(?:に(?:は)?)?|に(?:は)?)?")
_GAP = re.compile(r"\s*(?:[,、:;|/]|[-–—](?!\d))*\s*")

# In summer people say PST and mean the clock on the Pacific wall: all three names are read as that wall.
_ZONES = {
    "utc": "UTC", "gmt": "UTC", "jst": "Asia/Tokyo", "日本時間": "Asia/Tokyo", "kst": "Asia/Seoul",
    "sgt": "Asia/Singapore", "hkt": "Asia/Hong_Kong",
    "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles",
    "mst": "America/Denver", "mdt": "America/Denver",
    "cdt": "America/Chicago", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "bst": "Europe/London", "cet": "Europe/Paris", "cest": "Europe/Paris",
    "aest": "Australia/Sydney", "aedt": "Australia/Sydney",
}  # fmt: skip
_AMBIGUOUS = frozenset({"ist", "cst"})  # Ireland or India or Israel; Chicago or China: only the speaker's own is safe
_IN_ANY_CASE = frozenset({"utc", "gmt", "jst", "日本時間"})


class UnreadableTime(ValueError):
    """This could not be read as a time."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def read_time(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant that the whole text names, in UTC, or `UnreadableTime`."""
    found = find_time(text, now, zone)
    if found is None or found[1].strip(" \t\n\u3000.。"):
        raise UnreadableTime(text)
    return found[0]


def find_time(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    """The instant that the text begins with, in UTC, and the words after it."""
    front = folded(text, _LOOKED_AT)
    try:
        found = _after_a_while(front.text, now) or _at_a_clock_time(front.text, text, front.places, now, zone)
    except (ValueError, OverflowError):  # 31 February, 25 o'clock pm, the year 10000
        return None
    if found is None:
        return None
    instant, end = found
    end = _end(_GAP, front.text, end)
    return instant, text[front.original(end) :].strip()


def find_past(text: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    """As `find_time`, for what has happened: `9:40` is the last one, `10m` and `10分前` are so long ago."""
    front = folded(text, _LOOKED_AT)
    if found := _duration(front.text, 0):
        length, end = found
        ago = _AGO.match(front.text, end)
        if not ago and front.text[:end].rstrip().endswith("日"):
            return None  # a date without its month, as above
        return now - length, text[front.original(ago.end() if ago else end) :].strip()
    # Seen from a day earlier, the next time that clocks show 9:40 is the last one; a date with it stays as it is.
    return find_time(text, now - timedelta(days=1), zone)


def starts_with_time(text: str) -> bool:
    """Whether the text begins with something that reads as a time, whenever and wherever it is said."""
    return find_time(text, _ANY_NOW, ZoneInfo("UTC")) is not None


def read_duration(text: str) -> timedelta:
    """The length of time that the whole text names, or `UnreadableTime`."""
    words = folded(text, _LOOKED_AT + 1).text
    found = _duration(words, _end(_IN, words, 0)) if len(text) <= _LOOKED_AT else None
    if found is None or words[found[1] :].strip(" 後以内."):
        raise UnreadableTime(text)
    return found[0]


def _end(pattern: re.Pattern[str], words: str, start: int) -> int:
    found = pattern.match(words, start)
    return found.end() if found else start


def _duration(words: str, start: int) -> tuple[timedelta, int] | None:
    """A run of amounts with units, each unit smaller than the one before it, and where the run ends."""
    if worded := _WORDED.match(words, start):
        return timedelta(minutes=30 if worded[1].startswith("half") else 60), worded.end()
    total, end, last = 0.0, start, 100_000
    while part := _PART.match(words, end):
        unit = _SECONDS[part[2][0]]
        if unit >= last or (part[3] and unit != 3_600):
            break
        total += float(part[1]) * unit + (1_800 if part[3] else 0)
        end, last = part.end(), unit
    return (timedelta(seconds=round(total)), end) if end > start else None


def _after_a_while(words: str, now: datetime) -> tuple[datetime, int] | None:
    """Elapsed time from now: `30m`, `in 30m`, `1時間半後`. Something ago is no time to come."""
    found = _duration(words, _end(_IN, words, 0))
    if found is None:
        return None
    length, end = found
    later = _LATER.match(words, end)
    if _AGO.match(words, end) or (words[:end].rstrip().endswith("日") and not later):
        return None  # "24日" is a date without its month
    return (now + length).astimezone(UTC), later.end() if later else end


def _at_a_clock_time(
    words: str, text: str, places: tuple[int, ...], now: datetime, zone: ZoneInfo
) -> tuple[datetime, int] | None:
    """A time of day, with a day and a zone before or after it."""
    lead = _LEAD.match(words)
    start = lead.end() if lead else 0
    day = _DAY.match(words, start)
    clock = _CLOCK.match(words, day.end() if day else start)
    if clock is None:
        return None
    minutes = _minutes(clock, morning=bool(day and day["word"] in ("明朝", "翌朝")))
    spoken = _spoken_zone(words, clock.end(), text, places, zone, iso=bool(day and day["iso"]), dated=bool(day))
    if minutes is None or spoken is None:
        return None
    where, end = spoken
    if lead and lead["japan"]:
        where = ZoneInfo("Asia/Tokyo")
    if day is None and (after := _DAY_AFTER.match(words, end)):
        day, end = after, after.end()
    end = _end(_UNTIL, words, end)
    here = now.astimezone(where)
    if day is None:
        return _next(minutes, here), end
    return _on(_date(day, minutes, here), minutes, where), end


def _minutes(clock: re.Match[str], *, morning: bool) -> timedelta | None:
    """How far into its day a clock time is; up to 29:59, since night shifts say 25:00."""
    if clock["noon"]:
        return timedelta(hours=12)
    hour = int(clock["hour"])
    minute = int(clock["minute"] or clock["分"] or (30 if clock["半"] else 0))
    half = (clock["half"] or clock["ampm"] or ("am" if morning else "")).replace(".", "")
    if hour > 29 or minute > 59 or int(clock["second"] or 0) > 59:
        return None
    if clock["ampm"] and not 1 <= hour <= 12:
        return None
    # 午後12時30分 is said for half past noon, whatever the law of 1872 says: the twelve-hour clock of every phone.
    if half in ("午後", "pm", "夕方"):
        hour = hour % 12 + 12 if hour <= 12 else hour
    elif half in ("午前", "am", "朝"):
        hour = hour % 12 if hour <= 12 else hour
    return timedelta(hours=hour, minutes=minute, seconds=int(clock["second"] or 0))


def _spoken_zone(
    words: str, start: int, text: str, places: tuple[int, ...], zone: ZoneInfo, *, iso: bool, dated: bool
) -> tuple[tzinfo, int] | None:
    """The zone named after a clock time, else the speaker's; None when the name could be two zones."""
    if offset := _UTC_OFFSET.match(words, start):
        return _fixed(offset[1], offset[2], offset[3] or "0"), offset.end()
    # "15:00-16:00" is a span of time, so a minus is an offset only in ISO's own form.
    offset = _OFFSET.match(words, start)
    if offset and (offset[1] is None or iso or (dated and offset[1] == "+")):
        return (_fixed(offset[1], offset[2], offset[3]) if offset[1] else UTC), offset.end()
    if name := _ZONE_NAME.match(words, start):
        try:
            return ZoneInfo(text[places[name.start(1)] : places[name.end(1)]]), name.end()
        except (ValueError, KeyError, OSError):
            return zone, start  # "15:00 DNS/DHCP": the next words, not a zone
    return _abbreviated(words, start, text, places, zone)


def _abbreviated(
    words: str, start: int, text: str, places: tuple[int, ...], zone: ZoneInfo
) -> tuple[tzinfo, int] | None:
    found = _ZONE_WORD.match(words, start)
    if found is None:
        return zone, start
    word = found[1]
    typed = text[places[found.start(1)] : places[found.end(1)]]
    if word not in _IN_ANY_CASE and not typed.isupper():
        return zone, start
    if word in _own_names(zone):
        return zone, found.end()
    if word in _AMBIGUOUS:
        return None
    return (ZoneInfo(_ZONES[word]), found.end()) if word in _ZONES else (zone, start)


def _own_names(zone: ZoneInfo) -> set[str]:
    """What the speaker's own zone is called, in winter and in summer."""
    seasons = (datetime(2026, 1, 15, tzinfo=zone), datetime(2026, 7, 15, tzinfo=zone))
    return {(moment.tzname() or "").casefold() for moment in seasons} - {"utc", "gmt"}


def _fixed(sign: str, hours: str, minutes: str) -> timezone:
    length = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-length if sign == "-" else length)


def _next(minutes: timedelta, here: datetime) -> datetime:
    """The next moment at which clocks here show this time."""
    today = here.date()
    for ahead in (0, 1, 2):
        day = today + timedelta(days=ahead)
        for again in (0, 1):
            moment = _on(day, minutes % timedelta(days=1), here.tzinfo, again=again)
            if moment > here:
                return moment
    raise ValueError("no clock skips a time of day for three days")


def _on(day: date, minutes: timedelta, where: tzinfo | None, *, again: int = 0) -> datetime:
    """That wall time as an instant; fold 0 gives the first of two, and moves a skipped one forward by the gap."""
    wall = datetime.combine(day, time(), tzinfo=where) + minutes  # arithmetic on the wall, not on elapsed time
    return wall.replace(fold=again).astimezone(UTC)


def _date(day: re.Match[str], minutes: timedelta, here: datetime) -> date:
    """The date that the words name, seen from here."""
    said = day.groupdict()
    today = here.date()
    if said.get("year"):
        return date(int(said["year"]), int(said["month"]), int(said["day"]))
    if said.get("month_only"):
        return _nearest_year(int(said["month_only"]), int(said["day_only"]), today)
    if said.get("word"):
        return today + timedelta(days=_DAYS_AHEAD.get(said["word"], 2))  # only "day after tomorrow" has spaces
    wanted = _WEEKDAYS.index(said["曜"]) if said["曜"] else _WEEKDAY_NAMES.index(said["weekday"][:3])
    ahead = (wanted - today.weekday()) % 7
    if ahead == 0 and _on(today, minutes, here.tzinfo) <= here:
        ahead = 7
    return today + timedelta(days=ahead)


def _nearest_year(month: int, day: int, today: date) -> date:
    """In December "1/5" is next year's; in January "12/28" is over."""
    candidates: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue  # 29 February in another year
    return min(candidates, key=lambda candidate: abs(candidate - today))
