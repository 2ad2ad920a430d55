"""Holidays: the public holidays of a country or of one part of it, by the data of the `holidays` package.

https://holidays.readthedocs.io lists the countries. Days on which a holiday of a weekend is observed count too.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from holidays import HolidayBase, country_holidays

_PLACE = re.compile(r"([A-Z]{2})(?:-([A-Za-z0-9]{1,3}))?", re.ASCII)


class Holiday(NamedTuple):
    """One public holiday, with its name in English and, where the data has one, in Japanese."""

    day: date
    en: str
    ja: str = ""


def known_place(name: str) -> str:
    """`JP`, or a part of a country such as `US-CA`, if there is data for it. Raises ValueError with the right form."""
    try:
        _of_place(name)
    except (NotImplementedError, ValueError):
        raise ValueError(f'expected a country such as "JP", or a part of one such as "US-CA", not {name!r}') from None
    return name


@lru_cache(maxsize=1024)
def holidays_of(places: tuple[str, ...], year: int) -> Mapping[date, Holiday]:
    """The holidays of all these places in one year, by date; empty where the data does not reach (see `data_until`)."""
    found: dict[date, Holiday] = {}
    for place in reversed(places):
        english, japanese = _names(place, "en_US", year), _names(place, "ja", year)
        own = _names(place, None, year)
        found |= {day: Holiday(day, english.get(day, name), japanese.get(day, "")) for day, name in own.items()}
    return MappingProxyType(dict(sorted(found.items())))


def data_until(places: Iterable[str]) -> int | None:
    """The last year for which the data knows the holidays of every one of these places; None without a place."""
    return min((_of_place(place).end_year for place in places), default=None)


def _names(place: str, language: str | None, year: int) -> dict[date, str]:
    base = _of_place(place)
    if language is not None and language not in base.supported_languages:
        return {}
    country, part = _parts(place)
    names = country_holidays(country, subdiv=part, years=year, expand=False, observed=True, language=language)
    return {day: name for day, name in names.items() if day.year == year}


@cache
def _of_place(place: str) -> HolidayBase:
    country, part = _parts(place)
    return country_holidays(country, subdiv=part)


def _parts(place: str) -> tuple[str, str | None]:
    found = _PLACE.fullmatch(place)
    if found is None:
        raise ValueError(place)
    return found[1], found[2]
