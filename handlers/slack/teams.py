"""Teams: in which channels cases live, and how posts are read there."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.errors import NotInChannel, SharedChannel
from bot.domain.values import ChannelId, UserId, Value
from bot.ports import DeliveryTrouble
from bot.settings import Configuration
from handlers.slack.post_patterns import PostPatterns

FRESH = timedelta(minutes=5)
"""Ours: how long it is believed that the bot is a member; being invited must work at the next try."""


REMEMBERED = 10_000
"""Ours: of how many people in private channels it is remembered, so that a long life needs no more memory."""
INSIDE_FRESH = timedelta(minutes=1)
"""Ours: how long it is believed that somebody is in a private channel, or is not: who was removed sees no more."""


class Standing(Value):
    """How the bot stands in a channel (conversations.info)."""

    member: bool
    shared: bool
    """Another organisation is in it (is_ext_shared)."""
    private: bool = True
    """Only its members see it. Of a channel that we can't see we know no better."""


class Teams:
    """The team channels."""

    def __init__(
        self,
        config: Configuration,
        standing: Callable[[ChannelId], Awaitable[Standing]],
        inside: Callable[[ChannelId, UserId], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._standing = standing
        self._inside = inside
        self._people: dict[tuple[ChannelId, UserId], tuple[datetime, bool]] = {}
        self._now = now
        self._known: dict[ChannelId, tuple[datetime, Standing]] = {}
        self._patterns: dict[ChannelId, PostPatterns] = {}

    def adopt(self, config: Configuration) -> None:
        """Go on with another configuration."""
        self._config = config
        self._patterns.clear()

    def patterns(self, channel: ChannelId) -> PostPatterns:
        """How a post that opens a case looks in this channel."""
        if channel not in self._patterns:
            rules, usual = self._config.rules(channel), PostPatterns()
            labels = {name: (*words, *rules.labels.get(name, ())) for name, words in usual.labels.items()}
            self._patterns[channel] = PostPatterns(
                aliases={**usual.aliases, **rules.aliases}, severities=rules.severities, labels=labels
            )
        return self._patterns[channel]

    def choices(self) -> tuple[ChannelId, ...] | None:
        """The team channels to offer where nobody has named one; None where only one can be meant."""
        listed = tuple(rules.id for rules in self._config.channels)
        return None if len(listed) == 1 else listed

    async def team_channel(self, channel: ChannelId | None) -> ChannelId:
        """The channel itself where cases may be opened in it; from a direct message the only one that is configured.

        Raises NotInChannel where the bot is not a member, and SharedChannel where another organisation is in it and
        the configuration does not say that cases may live there.
        """
        if channel is None or channel.startswith("D"):
            return self.home_of(channel)
        try:
            standing = await self._stands(channel)
        except DeliveryTrouble:
            return channel  # Slack is silent: opening the case matters more than the check
        if not standing.member:
            raise NotInChannel()
        if standing.shared and not self.may_be_shared(channel):
            raise SharedChannel(channel=channel)
        return channel

    def home_of(self, channel: ChannelId | None) -> ChannelId:
        """The channel itself; from a direct message the only one that is configured. Raises NotInChannel."""
        if channel is not None and not channel.startswith("D"):
            return channel
        if len(self._config.channels) == 1:
            return self._config.channels[0].id
        raise NotInChannel()

    async def shared(self, channel: ChannelId) -> bool:
        """Whether people of another organisation read along. While Slack is silent: what was known, else no."""
        if self.may_be_shared(channel):
            return True
        try:
            return (await self._stands(channel)).shared
        except DeliveryTrouble:
            return False

    async def private(self, channel: ChannelId) -> bool:
        """Whether only its members see the channel. While Slack is silent: what was known, else yes."""
        try:
            return (await self._stands(channel)).private
        except DeliveryTrouble:
            return True

    async def open_to(self, channel: ChannelId, person: UserId, *, everybody: bool) -> bool:
        """Whether this person sees the channel; with `everybody`, all see a public one. Raises DeliveryTrouble."""
        if everybody and not (await self._stands(channel)).private:
            return True
        now = self._now()
        known = self._people.get((channel, person))
        if known is None or now - known[0] > INSIDE_FRESH:
            known = (now, await self._inside(channel, person))
            self._people[channel, person] = known
            if len(self._people) > REMEMBERED:
                self._people.pop(next(iter(self._people)))
        return known[1]

    def changed(self, channel: ChannelId) -> None:
        """Slack says that the channel is another one now: ask again."""
        self._known.pop(channel, None)

    async def _stands(self, channel: ChannelId) -> Standing:
        now = self._now()
        known = self._known.get(channel)
        if known is None or not known[1].member or now - known[0] > FRESH:
            try:
                known = (now, await self._standing(channel))
            except DeliveryTrouble:
                if known is not None and known[1].member:
                    return known[1]  # an old answer is better than none
                raise
            self._known[channel] = known
        return known[1]

    def may_be_shared(self, channel: ChannelId) -> bool:
        """Whether the configuration says that cases may live here although outsiders read along."""
        return self._config.rules(channel).shared

    def opens_on_post(self, channel: ChannelId) -> bool:
        """Whether a post opens a case here."""
        return self._config.rules(channel).open_on_post
