"""Hours: one span of opening hours on the wall clock, as `"09:00-12:00"`, and the spans of one working day."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, NamedTuple

from pydantic import PlainSerializer, PlainValidator

DAY = 24 * 60
"""Minutes on the wall clock of one day."""
_LONGEST_NIGHT = 16 * 60
"""An end before the start crosses midnight if this is enough for it (ours): what is left of a day beside an eight-hour
working day, `17:00-09:00`. A longer one is two times in the wrong order."""
_HOURS = re.compile(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", re.ASCII)
_FORM = 'expected hours such as "09:00-18:00", "00:00-24:00" or, past midnight, "22:00-06:00"'


class Hours(NamedTuple):
    """Open from one minute of the day until, and without, another; above 1440 the end lies on the next day."""

    opens: int
    closes: int

    def __str__(self) -> str:
        # 24:00 is written for an end at midnight, 06:00 for one past it.
        closes = self.closes if self.closes <= DAY else self.closes - DAY
        return f"{_clock(self.opens)}-{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@lru_cache(maxsize=1024)
def read_hours(text: str) -> Hours:
    """`09:00-18:00`; an end before the start crosses midnight. Raises ValueError with the right form."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(f"{_FORM}, not {text!r}")
    opens, closes = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3))
    if opens >= DAY or closes > DAY or int(found[2]) > 59 or int(found[4]) > 59:
        raise ValueError(f"{_FORM}: a day goes from 00:00 to 24:00, not {text!r}")
    if opens == closes:
        raise ValueError(f'{text!r} has no length: the whole day is "00:00-24:00", a closed day is an empty list')
    if closes < opens:
        closes += DAY
        if closes - opens > _LONGEST_NIGHT:
            raise ValueError(
                f"{text!r} ends before it begins: a night past midnight has {_LONGEST_NIGHT // 60} hours at most"
            )
    return Hours(opens, closes)


def _as_hours(given: Any) -> Hours:
    if isinstance(given, Hours):
        return given
    if not isinstance(given, str):
        raise ValueError(f"{_FORM}, not {given!r}")
    return read_hours(given)


OneSpan = Annotated[Hours, PlainValidator(_as_hours), PlainSerializer(str, return_type=str)]
"""Hours written as `"09:00-18:00"`."""


def in_order(hours: Sequence[Hours]) -> tuple[Hours, ...]:
    """The spans of one day by time, those that touch as they are. Raises ValueError if two overlap."""
    ordered = tuple(sorted(hours))
    for one, other in pairwise(ordered):
        if other.opens < one.closes:
            raise ValueError(f"{one} and {other} overlap")
    return ordered


def length(hours: Sequence[Hours]) -> int:
    """Minutes of working time in one day on which no clock is changed."""
    return sum(span.closes - span.opens for span in hours)
