"""Loads: what a person carries, with what only Slack knows of them: their name and their zone."""

import asyncio

from bot.desk import Desk
from bot.domain.load import Carried, now_of, week_of
from bot.domain.values import ChannelId, UserId
from bot.ports import DeliveryTrouble
from handlers.slack.people import People, Profile, Speaker
from handlers.views import load as views
from handlers.views.load import Line
from handlers.views.parts import Message

PATIENCE = 1.0
"""Ours, in seconds: an answer has three."""


class Loads:
    """A person's own week, and a channel's people for who leads it."""

    def __init__(self, desk: Desk, people: People) -> None:
        self._desk = desk
        self._people = people

    async def week(self, to: Speaker) -> Message:
        """The reader's own week."""
        carried = await self._desk.carried(to.user)
        return views.week_message(week_of(to.user, carried.deeds, to.zone), to.language)

    async def of(self, channel: ChannelId, to: Speaker) -> Message:
        """Who carries how much. Whether the reader may see it was judged before."""
        carried = await self._desk.carried_in(channel)
        profiles = await asyncio.gather(*(self._profile(one.person) for one in carried))
        known = [(one, profile) for one, profile in zip(carried, profiles, strict=True) if _stays(profile)]
        known.sort(key=lambda pair: (_name(pair[1]), pair[0].person))
        return views.load(channel, [_line(one, profile, to) for one, profile in known], to.language)

    async def _profile(self, person: UserId) -> Profile | None:
        """What Slack says of them; None where it does not say so in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._people.profile(person)
        except (TimeoutError, DeliveryTrouble):
            return None


def _stays(profile: Profile | None) -> bool:
    return profile is None or not (profile.bot or profile.deleted)


def _name(profile: Profile | None) -> str:
    return profile.name.casefold() if profile else "\U0010ffff"


def _line(one: Carried, profile: Profile | None, to: Speaker) -> Line:
    zone = profile.zone if profile else to.zone
    week = week_of(one.person, one.deeds, zone)
    return Line(one.person, now_of(one.person, one.cases), week, zoned=profile is not None)
