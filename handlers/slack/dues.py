"""Dues: by when something is asked for, said before or after what it is: `check the logs by 02:40`."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.text import fold
from handlers.slack.times import find_time

_LAST = 60
"""Ours: the longest way to say a time at the end of a sentence, in characters."""
_WORDS = r"no\s+later\s+than|(?:due\s+)?by|until|before|due|within"
_BEGINS = re.compile(rf"\s*(?:{_WORDS}|due\s+in)\s+", re.IGNORECASE)
_BEFORE_IT = re.compile(rf"(?:^|(?<=[\s、,/|。]))(?:{_WORDS})\s*$", re.IGNORECASE)
"""Words that say that a time follows, and belong to it. `find_time` knows some of them, before a time of day."""
_UNTIL = re.compile(r"(?:まで(?:に(?:は)?)?|以内に?|後(?:まで)?に?)[\s、,]*$")
_POLITELY = re.compile(
    r"\s*(?:で|に)?[\s、]*(?:よろしく)?(?:お願い(?:いたし|し)ます|願います|お願い|please)?\s*[。.!]*"
)
_OF_THE_MATTER = re.compile(
    r"(?:^|[^a-z])(?:since|from|at|on|of|around|after|between|to|and|last|past|previous|直近|過去|最近)\s*$"
)
"""Before a time these say that it belongs to what is asked for: "the denies since 23:38", "the last 30m"."""
_ENDS = re.compile(r"[\s、,/|。をは]+$")


def take_due(words: str, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, str]:
    """The time that the words begin or end with, None where there is none, and the words without it."""
    return _at_the_beginning(words, now, zone) or _at_the_end(words, now, zone) or (None, words.strip())


def _at_the_beginning(words: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    """Only where it is said to be one, or stands alone: "15:00 のログ" begins with a time that is none."""
    if (begun := _BEGINS.match(words)) and (found := find_time(words[begun.end() :], now, zone)):
        return found
    found = find_time(words, now, zone)
    if found is None or not found[1]:
        return found
    said = fold(words[: len(words) - len(found[1])])
    return found if _UNTIL.search(said) else None


def _at_the_end(words: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    for start in _starts(words):
        found = find_time(words[start:], now, zone)
        if found is None or not _POLITELY.fullmatch(fold(found[1])):
            continue
        before = words[:start]
        if _OF_THE_MATTER.search(fold(before)) or fold(words[start:]).startswith(("at ", "on ")):
            return None
        return found[0], _ENDS.sub("", _BEFORE_IT.sub("", before))
    return None


def _starts(words: str) -> Iterator[int]:
    """Where a time may begin, from the left, so that "tomorrow 9:00" is read whole; Japanese needs no space before."""
    for place in range(max(1, len(words) - _LAST), len(words)):
        before, here = words[place - 1], words[place]
        if (
            before.isspace()
            or before in "、,/|。"
            or (not before.isascii() and not before.isdigit() and here.isdigit())
        ):
            yield place
