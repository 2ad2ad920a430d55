"""Calendar: working hours in a named zone, with holidays, closures and extra working days.

A `Calendar` is what a case keeps. It is made from what the configuration file says (calendar_rules.py) for one
customer's zone and country; how time is counted in it stands in worktime.py.

Decisions: docs/decisions/0013 (a working day), 0014 (hours on the wall clock), 0015 (what a case keeps of it).
"""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from bot.domain.duration import Duration
from bot.domain.holiday import Holiday, data_until, holidays_of
from bot.domain.hours import DAY, OneSpan, in_order, length
from bot.domain.values import Value
from bot.domain.wall import known_zone

Kind = Literal["open", "extra", "outside", "break", "day-off", "holiday", "closure", "paused"]
"""Why a stretch of time counts or does not; only `open` and `extra` count."""

_YEARLY = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
_DAY_FORM = 'expected a date such as 2026-12-29, or "12-29" for every year'


def _as_day(given: Any) -> str:
    """A date as it is kept: `2026-12-29`, or `12-29` for every year."""
    text = given.isoformat() if type(given) is date else str(given).strip()
    yearly = _YEARLY.fullmatch(text)
    try:
        date.fromisoformat(f"2000-{text}" if yearly else text)  # 2000 is a leap year
    except ValueError:
        raise ValueError(f"{_DAY_FORM}, not {text!r}") from None
    return text


Day = Annotated[str, BeforeValidator(_as_day)]
"""One date, `2026-12-29`, or one of every year, `12-29`."""


class Closure(Value):
    """Days on which nobody works although the week and the holidays say otherwise."""

    name: str = Field(min_length=1)
    """What the days are called, as the sum behind a due time names them."""
    first: Day
    """The first of the days: 2026-12-29, or "12-29" for every year."""
    last: Day | None = None
    """The last of them; left out, the closure is one day long."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last is not None and len(self.first) != len(self.last):
            raise ValueError('first and last are both dates such as 2026-12-29, or both yearly such as "12-29"')
        if self.last is not None and len(self.last) == len("2026-12-29") and self.last < self.first:
            raise ValueError(f"the closure ends on {self.last}, before it begins on {self.first}")
        return self

    def covers(self, day: date) -> bool:
        """Whether the day is one of these; a yearly closure may go over the turn of the year."""
        text = day.isoformat()[-len(self.first) :]
        last = self.last or self.first
        if self.first <= last:
            return self.first <= text <= last
        return text >= self.first or text <= last


class ExtraDay(Value):
    """A day with working hours of its own, whatever the week, the holidays and the closures say."""

    name: str = Field(min_length=1)
    """What the day is called, as the sum behind a due time names it."""
    on: date
    """The date."""
    hours: tuple[OneSpan, ...] = Field(min_length=1)
    """Its working hours, instead of those of its weekday."""

    @field_validator("hours")
    @classmethod
    def _in_order(cls, hours: tuple[OneSpan, ...]) -> tuple[OneSpan, ...]:
        return in_order(hours)


class Calendar(Value):
    """Working time, complete in itself. Written as JSON and read back it is equal."""

    name: str
    zone: Annotated[str, AfterValidator(known_zone)]
    hours: tuple[tuple[OneSpan, ...], ...] = Field(min_length=7, max_length=7)
    """From Monday to Sunday. Hours past midnight belong to the day on which they begin."""
    places: tuple[str, ...] = ()
    """Whose holidays are free: `JP`, `US-CA`."""
    closures: tuple[Closure, ...] = ()
    extra: tuple[ExtraDay, ...] = ()
    working_day: Duration
    """How long `1bd` is."""
    kept: tuple[Holiday, ...] = ()
    """The holidays of the years from `kept_from` to `kept_until` as they were known when the case opened."""
    kept_from: int | None = None
    kept_until: int | None = None

    def __hash__(self) -> int:
        # Enough to tell calendars apart at the price of few fields: every look-up of a month hashes one.
        return hash((self.name, self.zone, self.hours, self.kept_until))

    def keeping(self, first: int, last: int) -> Self:
        """This calendar with the holidays of these years kept in it: a later update of the data moves nothing."""
        found = [holiday for year in range(first, last + 1) for holiday in holidays_of(self.places, year).values()]
        return self.model_copy(update={"kept": tuple(found), "kept_from": first, "kept_until": last})

    def holiday(self, day: date) -> Holiday | None:
        """The holiday on this day: from those kept, and for years that are not kept from the data as it is now."""
        if self.kept_from is not None and self.kept_until is not None and self.kept_from <= day.year <= self.kept_until:
            return next((holiday for holiday in self.kept if holiday.day == day), None)
        return holidays_of(self.places, day.year).get(day)

    @property
    def known(self) -> Self:
        """The equal calendar that was seen first: looked up once, it is found by identity from then on."""
        return cast(Self, _first_seen(self))

    @property
    def always(self) -> bool:
        """Whether it is open at any time: outside its hours there is nothing."""
        day_and_night = all(spans and length(spans) == DAY for spans in self.hours)
        return day_and_night and not (self.places or self.closures or self.extra)

    @property
    def known_until(self) -> int | None:
        """The last year whose holidays are known; None if no holidays are asked for."""
        return data_until(self.places)


# Every case read from disk brings a calendar of its own, and all of a customer's are the same.
@lru_cache(maxsize=1024)
def _first_seen(calendar: Calendar) -> Calendar:
    return calendar
