"""Reader: the person through whose eyes something is drawn: their names for others, their zone, their way of dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.state import State
from sandbox.world import Channel, Person


@dataclass(frozen=True)
class Reader:
    """Everything that decides how the same message looks to different people."""

    user: str
    zone: ZoneInfo
    locale: str
    now: datetime
    people: Mapping[str, Person]
    channels: Mapping[str, Channel]
    domain: str = ""

    @classmethod
    def of(cls, state: State, user: str) -> Reader:
        """How this person reads now."""
        person = state.people[user]
        # Nobody tells the locale of people of other companies; their client has one all the same.
        return cls(user, ZoneInfo(person.tz), person.locale or "en-US", state.clock.now(), state.people, state.channels,
                   state.world.domain)  # fmt: skip

    @property
    def is_japanese(self) -> bool:
        """Whether dates are written in Japanese."""
        return self.locale.startswith("ja")

    def local(self, at: datetime) -> datetime:
        """An instant on their wall."""
        return at.astimezone(self.zone)

    def name(self, user: str) -> str:
        """What they call somebody."""
        person = self.people.get(user)
        return person.real_name if person else user

    def channel(self, channel: str) -> str | None:
        """A channel's name, None where they cannot know it."""
        known = self.channels.get(channel)
        return known.name if known else None
