"""Plan: what a vendor publishes about one support plan, level by level, each figure with its confidence and source.

A vendor has one to five levels of its own; we have severities A, B and C. `Level.rank` places a level on the vendor's
whole scale (a plan may leave the top out), `Level.severities` says which of ours it is (docs/decisions/0027).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from bot.domain.duration import Span
from bot.domain.text import fold
from bot.domain.values import Language, Severity, Value

Confidence = Literal["confirmed", "secondary", "unconfirmed", "ours"]
"""Where a figure comes from: the vendor's own page, another's page, nowhere that we could read, or our own proposal."""
Status = Literal["current", "legacy", "example"]
ALWAYS = "24x7"
"""The calendar of a clock that never stands still."""
OURS: Literal["ours"] = "ours"
"""The confidence, and the source, of a figure that no vendor published."""

_PLACES: dict[str, tuple[int, tuple[Severity, ...]]] = {
    # Azure's names are ours.
    "a": (1, ("A",)), "b": (2, ("B",)), "c": (3, ("C",)),
    # Numbered from the top: 1, P1, L1. What comes after the third is below it.
    "1": (1, ("A",)), "2": (2, ("B",)), "3": (3, ("C",)), "4": (4, ("C",)), "5": (5, ("C",)),
    # AWS by its codes: both of the upper two are a system that is down, the third is one that works badly.
    # https://github.com/awsdocs/aws-support-user-guide/blob/main/doc_source/case-management.md
    "critical": (1, ("A",)), "urgent": (2, ("A",)), "high": (3, ("B",)), "normal": (4, ("C",)), "low": (5, ("C",)),
    # SAP: high and low as above.
    "very high": (1, ("A",)), "medium": (4, ("C",)),
    # Microsoft Unified publishes two: critical, and all the rest.
    "standard": (3, ("B", "C")),
}  # fmt: skip
_NUMBERED = re.compile(r"[pl]?([1-5])(?![0-9])")


class Level(Value):
    """One level of a vendor's scale and what is promised there. Figures are the vendor's, or absent."""

    name: str
    """The vendor's own name of the level."""
    code: str = ""
    """The vendor's short word for it, where it has one."""
    definition: str = ""
    """When the level applies, in few words."""
    first_response: Span | None = None
    """From the opening to the first contact by a person; none where nothing is published."""
    update_every: Span | None = None
    """The vendor's published time between two updates."""
    calendar: str = ALWAYS
    """The calendar in which its durations are counted."""
    language: dict[Language, str] = Field(default_factory=dict)
    """The calendar where the case is handled in that language, if another."""
    confidence: Confidence = "unconfirmed"
    """How sure the figures are."""
    source: str = ""
    """The page of the figures."""

    @property
    def rank(self) -> int:
        """Its place on the vendor's scale, 1 the most severe. Raises ValueError for a name that has none."""
        return self._place[0]

    @property
    def severities(self) -> tuple[Severity, ...]:
        """Which of our severities a case of this level has."""
        return self._place[1]

    @property
    def _place(self) -> tuple[int, tuple[Severity, ...]]:
        word = fold(self.code or self.name).strip()
        numbered = _NUMBERED.match(word)
        if (place := _PLACES.get(numbered[1] if numbered else word)) is None:
            raise ValueError(f"{self.name!r} has no place among the severities: give it one in bot/domain/plan.py")
        return place


class Plan(Value):
    """One plan of a vendor, as it was published."""

    key: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    vendor: str
    name: str
    label: str
    """What it is called where its vendor is not named beside it."""
    names: tuple[str, ...] = ()
    """What people call it besides."""
    status: Status
    note: str = ""
    as_of: str
    """The month in which the figures were last looked at."""
    levels: tuple[Level, ...] = ()

    @field_validator("levels")
    @classmethod
    def _most_severe_first(cls, levels: tuple[Level, ...]) -> tuple[Level, ...]:
        return tuple(sorted(levels, key=lambda level: level.rank))

    def at(self, severity: Severity) -> tuple[Level, ...]:
        """The levels that a case of this severity may have, the most severe first: its figures are the terms."""
        return tuple(level for level in self.levels if severity in level.severities)


def plans_from(data: Mapping[str, Any], names: Mapping[str, Mapping[str, Any]]) -> tuple[Plan, ...]:
    """The plans of a preset file that has been read, in its order, with what they are called.

    Raises ValueError (pydantic's, too) where a plan has no name of ours, or business hours without a calendar.
    """
    return tuple(_plans(data, names))


def _plans(data: Mapping[str, Any], names: Mapping[str, Mapping[str, Any]]) -> Iterator[Plan]:
    for given in data["presets"]:
        called = names.get(given["vendor"], {}).get(given["plan"])
        if called is None:
            raise ValueError(f"{given['vendor']}, {given['plan']}: give it a key in plan-names.toml")
        yield Plan(
            key=called["key"],
            vendor=given["vendor"],
            name=given["plan"],
            label=called["label"],
            names=tuple(called["names"]),
            status=given["status"],
            note=given.get("note", ""),
            as_of=data["as_of"],
            levels=tuple(_level(one) for one in given["severities"]),
        )


def _level(given: Mapping[str, Any]) -> Level:
    own = str(given["source"])
    return Level(
        name=given["name"],
        code=given.get("code", ""),
        definition=given.get("definition_short", ""),
        first_response=given["first_response"],
        update_every=given["update_every"],
        calendar=_calendar(given["clock"], given.get("calendar")),
        language={
            language: _calendar(clock, given.get("calendar"))
            for language, clock in given.get("clock_by_language", {}).items()
        },
        confidence=given["confidence"] if "://" in own else OURS,
        source=own if "://" in own else OURS,
    )


def _calendar(clock: str, named: str | None) -> str:
    """The calendar's name. Business hours that name none can't be counted."""
    if clock == ALWAYS:
        return ALWAYS
    if clock != "business-hours" or not named:
        raise ValueError(f"expected 24x7, or business-hours with a calendar, not {clock!r} in {named!r}")
    return named
