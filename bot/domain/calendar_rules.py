"""Calendar rules: working hours as `[calendars.NAME]` in the configuration file says them, with every fault by its key.

They may leave zone and country to the customer; `calendar` makes the `Calendar` of one customer from them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.domain.calendar import Calendar, Closure, ExtraDay
from bot.domain.duration import Duration
from bot.domain.holiday import data_until, known_place
from bot.domain.hours import DAY, OneSpan, in_order, length
from bot.domain.values import Value
from bot.domain.wall import known_zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_Hours = tuple[OneSpan, ...]


class CalendarRules(Value):
    """A calendar as the configuration file writes it. `[calendars.NAME]`"""

    zone: str = "customer"
    """Where its clock hangs: a name such as `"Asia/Tokyo"`, or `"customer"` for the customer's own zone."""
    every_day: _Hours = ()
    """The hours of every day that says nothing itself."""
    weekdays: _Hours | None = None
    """The hours of Monday to Friday, where the day says nothing itself."""
    mon: _Hours | None = Field(default=None, validate_default=True)
    """The hours of Monday, with breaks between several: `["09:00-12:00", "13:00-18:00"]`. `[]` is a day off."""
    tue: _Hours | None = Field(default=None, validate_default=True)
    """The same for Tuesday."""
    wed: _Hours | None = Field(default=None, validate_default=True)
    """The same for Wednesday."""
    thu: _Hours | None = Field(default=None, validate_default=True)
    """The same for Thursday."""
    fri: _Hours | None = Field(default=None, validate_default=True)
    """The same for Friday."""
    sat: _Hours | None = Field(default=None, validate_default=True)
    """The same for Saturday."""
    sun: _Hours | None = Field(default=None, validate_default=True)
    """The same for Sunday."""
    holidays: tuple[str, ...] = ()
    """Whose public holidays are free: `"JP"`, `"US-CA"`, a list of them, or `"customer"` for the customer's country."""
    closures: tuple[Closure, ...] = ()
    """Further free days: `{ name = "年末年始", first = "12-29", last = "01-03" }`."""
    extra: tuple[ExtraDay, ...] = ()
    """Days with hours of their own: `{ name = "Inventory", on = 2026-11-14, hours = ["10:00-15:00"] }`."""
    working_day: Duration | None = None
    """How much working time `1bd` is. Left out: the most common length of the days of its week."""
    source: str = ""
    """Where the hours come from, for whoever reads the file after you."""

    @field_validator("zone")
    @classmethod
    def _a_zone(cls, zone: str) -> str:
        if zone == "customer":
            return zone
        try:
            return known_zone(zone)
        except ValueError:
            raise ValueError(f'expected a time zone such as "Asia/Tokyo", or "customer", not {zone!r}') from None

    @field_validator("every_day", "weekdays")
    @classmethod
    def _apart(cls, hours: _Hours | None, info: ValidationInfo) -> _Hours | None:
        if hours is not None:
            hours = in_order(hours)
            _meet(info.field_name or "", hours, "the next day", hours)
        return hours

    @field_validator(*WEEKDAYS)
    @classmethod
    def _apart_from_the_night(cls, hours: _Hours | None, info: ValidationInfo) -> _Hours | None:
        """Its own spans, and what the night before leaves of its morning; Sunday night is held against Monday."""
        hours = None if hours is None else in_order(hours)
        name = info.field_name or ""
        index = WEEKDAYS.index(name)
        week = {**info.data, name: hours}
        for day in (index - 1, index) if name == "sun" else (index - 1,) if index else ():
            (one, night), (other, morning) = _of_day(week, day), _of_day(week, (day + 1) % 7)
            if one != other:  # the nights of one key are held against its own mornings above
                _meet(one, night, other, morning)
        return hours

    @field_validator("holidays", mode="before")
    @classmethod
    def _one_or_more(cls, given: Any) -> Any:
        if given == "none":
            return ()
        return (given,) if isinstance(given, str) else given

    @field_validator("holidays")
    @classmethod
    def _places(cls, places: tuple[str, ...]) -> tuple[str, ...]:
        for place in places:
            if place != "customer":
                known_place(place)
        return places

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if not any(self.week()):
            raise ValueError('it is never open: give hours, for example weekdays = ["09:00-18:00"]')
        on = Counter(day.on for day in self.extra)
        if twice := [str(day) for day, count in on.items() if count > 1]:
            raise ValueError(f"extra names {', '.join(twice)} twice: put all hours of a day into one")
        if self.working_day is not None and self.working_day > timedelta(days=1):
            raise ValueError("working_day is at most 24h")
        return self

    def week(self) -> tuple[_Hours, ...]:
        """The hours from Monday to Sunday."""
        return tuple(_of_day(dict(self), index)[1] for index in range(7))

    @property
    def of_customer(self) -> bool:
        """Whether it needs to know the customer's zone or country."""
        return self.zone == "customer" or "customer" in self.holidays

    def calendar(self, name: str, *, zone: str = "", country: str = "") -> Calendar:
        """The calendar for a customer in this zone and country. Raises ValueError if it needs one that isn't given."""
        if self.zone == "customer" and not zone:
            raise ValueError(f"the calendar {name} runs in the customer's time zone: set customer_zone")
        if "customer" in self.holidays and not country:
            raise ValueError(f"the calendar {name} keeps the customer's holidays: set customer_country")
        places = tuple(dict.fromkeys(country if place == "customer" else place for place in self.holidays))
        return Calendar(
            name=name,
            zone=zone if self.zone == "customer" else self.zone,
            hours=self.week(),
            places=tuple(known_place(place) for place in places),
            closures=self.closures,
            extra=self.extra,
            working_day=self.working_day or _usual_day(self.week()),
        )


def _of_day(week: dict[str, Any], index: int) -> tuple[str, _Hours]:
    """The hours of one day of the week, after the key that says them: its own, `weekdays` or `every_day`."""
    for key in (WEEKDAYS[index], "weekdays" if index < 5 else "every_day"):
        if (hours := week.get(key)) is not None:
            return key, tuple(hours)
    return "every_day", tuple(week.get("every_day") or ())


def _meet(name: str, night: Sequence[OneSpan], following: str, morning: Sequence[OneSpan]) -> None:
    """Raises ValueError if the last hours of a day reach over midnight into the first ones of the next."""
    if night and morning and night[-1].closes - DAY > morning[0].opens:
        raise ValueError(f"{night[-1]} of {name} reaches into {morning[0]} of {following}")


def _usual_day(week: Sequence[_Hours]) -> timedelta:
    """The most common length of a day that is worked; the longer of two as common."""
    lengths = Counter(length(hours) for hours in week if hours)
    return timedelta(minutes=max(lengths, key=lambda minutes: (lengths[minutes], minutes)))


def holiday_gaps(calendars: Mapping[str, CalendarRules], year: int) -> Iterator[str]:
    """A sentence for every calendar whose holiday data ends before the end of `year`. To be said loudly.

    `year` is the last one in which a clock that starts now may end. A customer's country is not known here.
    """
    for name, rules in calendars.items():
        for place in rules.holidays:
            until = None if place == "customer" else data_until((place,))
            if until is not None and until < year:
                yield (
                    f"calendars.{name}.holidays: the data for {place} ends with {until}, due times in {year} need it: "
                    "from then on holidays count as working days. Update the package holidays, or name the days "
                    "under closures"
                )
