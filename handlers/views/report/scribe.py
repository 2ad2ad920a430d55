"""Scribe: the pen of a paper. The zone is said once at its top; people have names, and nothing of Slack's is left."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

from bot.domain.area import Area
from bot.domain.values import Language, UserId
from handlers.views import times
from handlers.views.pen import Pen

Names = Mapping[UserId, str]
_PERSON = re.compile(r"<@([A-Z0-9_]{1,40})>")
_ISOLATES = re.compile("[\u2066-\u2069]")


class Scribe(Pen):
    """Writes for a file: short times in one zone, and names where they are known."""

    def __init__(self, language: Language, zone: str, names: Names | None = None) -> None:
        super().__init__(language, zone, rich=False, private=True)
        self._names = names or {}

    def spoken(self, at: datetime, zone: str | None = None) -> str:
        if zone not in (None, self.zone):
            return super().spoken(at, zone)
        return f"{self.day(at)} {self.clock_time(at)}"

    def day(self, at: datetime) -> str:
        """`11/24(火)` or `Tue 24 Nov`."""
        return times.day(at, self.zone, self.language)

    def long_day(self, at: datetime) -> str:
        """The day with its year: `2026/11/24(火)` or `Tue 24 Nov 2026`."""
        year = self.local(at).year
        return f"{year}/{self.day(at)}" if self.language == "ja" else f"{self.day(at)} {year}"

    def clock_time(self, at: datetime) -> str:
        return f"{self.local(at):%H:%M}"

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.tz)

    @property
    def tz(self) -> ZoneInfo:
        return times.zone(self.zone)

    def span(self, start: datetime, end: datetime) -> str:
        """From and until when; the day is said once where it is the same."""
        if self.local(start).date() == self.local(end).date():
            return f"{self.spoken(start)}–{self.clock_time(end)}"
        return f"{self.spoken(start)} – {self.spoken(end)}"

    def how_long(self, length: timedelta) -> str:
        return self.lasting(length)

    def name(self, person: UserId | None) -> str:
        """The person's name, or their id where nobody knows it."""
        if person is None:
            return self.say("nobody")
        return one_line(self._names.get(person, "")) or person.replace("-", " ")

    def names(self, people: Iterable[UserId]) -> str:
        return self.texts.listed([self.name(person) for person in people])

    def area_name(self, area: Area) -> str:
        return one_line(area.name(self.language))

    def plain(self, text: str) -> str:
        """What was written for Slack, as plain words: names for mentions, and signs as they were typed."""
        named = _PERSON.sub(lambda found: self.name(UserId(found[1])), text)
        return _ISOLATES.sub("", unescape(named))


def one_line(text: str) -> str:
    """What somebody typed, on one line, without signs that turn text round."""
    return _ISOLATES.sub("", " ".join("".join(c if c.isprintable() else " " for c in text).split()))
