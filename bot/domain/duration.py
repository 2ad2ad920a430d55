"""Durations: elapsed time as people write it, and spans, which may also count working days.

`1bd` is one full working day of the calendar that applies (docs/decisions/0013). A clock of `2d` counts 48 hours of the
calendar's time, which in an eight-hour calendar is six working days: `span_fault` says so before a case depends on it.
"""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_serializer, model_validator

from bot.domain.values import Value

_UNIT = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_LONGEST = timedelta(days=366)
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_WORKING_DAYS = re.compile(r"(\d{1,3})bd")


# Every reading of a case reads its terms: the same few durations, over and over.
@lru_cache(maxsize=1024)
def read_duration(text: str) -> timedelta:
    """`20s`, `15m`, `1h30m`, `2d` as an elapsed time above zero. Raises ValueError with the right form."""
    found = _DURATION.fullmatch(text.strip().lower())
    seconds = sum(int(n) * _UNIT[u] for n, u in zip(found.groups(), "dhms", strict=True) if n) if found else 0
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise ValueError(f"expected a duration above zero such as 15m or 1h30m, a year at most, not {text!r}")
    return timedelta(seconds=seconds)


@lru_cache(maxsize=1024)
def write_duration(duration: timedelta) -> str:
    """The shortest form that `read_duration` reads back: `1h30m`."""
    left = int(duration.total_seconds())
    parts = []
    for unit, size in _UNIT.items():
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0m"


def _as_duration(given: Any) -> Any:
    if isinstance(given, timedelta):
        return given
    return read_duration(given if isinstance(given, str) else str(given))  # a bare 15 is neither minutes nor seconds


Duration = Annotated[timedelta, BeforeValidator(_as_duration), PlainSerializer(write_duration, return_type=str)]
"""An elapsed time written as `15m`, `1h30m`."""


class Span(Value):
    """How long a clock runs: time that its calendar counts, or full working days of it. Never both."""

    time: timedelta = timedelta(0)
    working_days: int = Field(default=0, ge=0, le=366)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        if isinstance(given, timedelta):
            return {"time": given}
        return given if isinstance(given, dict) else _read_span(str(given))

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if self.time < timedelta(0) or bool(self.time) == bool(self.working_days):
            raise ValueError(_SPAN_FORM)
        return self

    @model_serializer
    def _write(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self.working_days}bd" if self.working_days else write_duration(self.time)


_SPAN_FORM = "expected a duration above zero such as 15m, 1h30m or 1bd, a year at most"


@lru_cache(maxsize=1024)
def _read_span(text: str) -> dict[str, Any]:
    if found := _WORKING_DAYS.fullmatch(text.strip().lower()):
        if not 0 < int(found[1]) <= _LONGEST.days:
            raise ValueError(f"{_SPAN_FORM}, not {text!r}")
        return {"working_days": int(found[1])}
    try:
        return {"time": read_duration(text)}
    except ValueError:
        raise ValueError(f"{_SPAN_FORM}, not {text!r}") from None


def span_fault(text: str, working_day: timedelta) -> str | None:
    """What is wrong with a span's text under a calendar whose full working day is so long; None if nothing is.

    A `d` is 24 hours. Where a working day is shorter, whoever wrote `2d` most likely meant `2bd`.
    """
    days = re.match(r"\s*(\d+)d", text.lower())
    if days is None or working_day == timedelta(days=1):
        return None
    return (
        f"{text!r} is {int(days[1]) * 24} hours of working time in a calendar whose day has "
        f"{write_duration(working_day)}: write {days[1]}bd for working days, or the hours"
    )
