"""People: who speaks, in which language and zone, and whether they belong to this workspace."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.access import NOBODY, Badge
from bot.domain.errors import NotKnown, Outsider
from bot.domain.values import Language, TeamId, UserId, Value
from bot.ports import DeliveryTrouble
from handlers.slack.payloads import Actor

FRESH = timedelta(hours=1)
"""Ours: how long a person's profile is believed. Somebody who travels changes zone rarely within the hour."""


class Profile(Value):
    """What Slack says of a person (https://docs.slack.dev/reference/objects/user-object)."""

    user: UserId
    team: TeamId | None
    locale: str = ""
    zone: str = "UTC"
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    name: str = ""
    """What people call them."""
    teams: tuple[TeamId, ...] = ()
    """On Enterprise Grid: every workspace of the account."""


class Speaker(Value):
    """Somebody who acts or reads: what they are spoken to in, and what is known of them."""

    user: UserId
    language: Language
    zone: str
    badge: Badge = NOBODY

    @property
    def tz(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


class People:
    """Profiles, asked of Slack once an hour each."""

    def __init__(
        self,
        fetch: Callable[[UserId], Awaitable[Profile]],
        now: Callable[[], datetime],
        home: TeamId,
        welcome: Callable[[UserId, Badge], None],
    ) -> None:
        self._fetch = fetch
        self._now = now
        self.home = home
        self._asking: dict[UserId, asyncio.Future[Profile]] = {}
        self._welcome = welcome
        self._known: dict[UserId, tuple[datetime, Profile]] = {}

    async def member(self, actor: Actor) -> Speaker:
        """Who acts, if somebody like them may do anything. Raises Outsider; NotKnown if Slack is silent."""
        said = Badge(home=self.home, acting=actor.team, bot=actor.bot)
        if actor.bot:
            raise Outsider()
        try:
            profile = await self.profile(actor.user)
        except DeliveryTrouble as trouble:
            if not said.at_home:
                raise Outsider() from trouble
            raise NotKnown() from trouble
        badge = self.badge(profile).model_copy(update={"acting": actor.team})
        self._welcome(actor.user, badge)
        return speaker(profile).model_copy(update={"badge": badge})

    def badge(self, profile: Profile) -> Badge:
        return Badge(
            home=self.home,
            team=profile.team,
            also=profile.teams,
            guest=profile.guest,
            bot=profile.bot,
            gone=profile.deleted,
        )

    def belongs(self, profile: Profile) -> bool:
        """A living account of a full member of the home workspace."""
        badge = self.badge(profile)
        return badge.at_home and not (badge.guest or badge.bot or badge.gone)

    def knows(self, user: UserId) -> bool:
        """Whether their profile need not be asked for now."""
        known = self._known.get(user)
        return known is not None and self._now() - known[0] < FRESH

    async def reader(self, user: UserId | None, language: Language = "en", zone: str = "UTC") -> Speaker:
        """The language and zone to write to somebody in; those given where Slack does not say."""
        if user is None:
            return Speaker(user=UserId(""), language=language, zone=zone)
        try:
            return speaker(await self.profile(user))
        except DeliveryTrouble:
            return Speaker(user=user, language=language, zone=zone)

    async def profile(self, user: UserId) -> Profile:
        """What Slack says of this person. An hour-old answer is used again while Slack is silent."""
        now = self._now()
        known = self._known.get(user)
        if known is not None and now - known[0] < FRESH:
            return known[1]
        try:
            profile = await self._asked(user)
        except DeliveryTrouble:
            if known is not None:
                return known[1]
            raise
        self._known[user] = (now, profile)
        return profile

    async def _asked(self, user: UserId) -> Profile:
        """One question for all who want to know at once: Slack answers a hundred a minute."""
        asking = self._asking.get(user)
        if asking is None:
            asking = asyncio.ensure_future(self._fetch(user))
            self._asking[user] = asking
            asking.add_done_callback(lambda done: self._answered(user, done))
        return await asyncio.shield(asking)

    def _answered(self, user: UserId, done: "asyncio.Future[Profile]") -> None:
        self._asking.pop(user, None)
        if not done.cancelled():
            done.exception()  # those who wait hear of it; where nobody does any more it is no news

    def forget(self, user: UserId) -> None:
        """Their profile changed: ask again."""
        self._known.pop(user, None)


def speaker(profile: Profile) -> Speaker:
    language: Language = "ja" if profile.locale.lower().startswith("ja") else "en"
    return Speaker(user=profile.user, language=language, zone=profile.zone)
