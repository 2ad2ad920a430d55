"""Teams: in which channels cases live, and how posts are read there."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.errors import NotInChannel
from bot.domain.values import ChannelId, Value
from bot.ports import DeliveryTrouble
from bot.settings import Configuration
from handlers.slack.posts import PostPatterns

FRESH = timedelta(minutes=5)
"""Ours: how long it is believed that the bot is a member; being invited must work at the next try."""


class Standing(Value):
    """How the bot stands in a channel (conversations.info)."""

    member: bool
    shared: bool
    """Another organisation is in it (is_ext_shared)."""


class Teams:
    """The team channels."""

    def __init__(
        self,
        config: Configuration,
        standing: Callable[[ChannelId], Awaitable[Standing]],
        now: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._standing = standing
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

        Raises NotInChannel where the bot is not a member, and in channels shared with another organisation that the
        configuration does not list.
        """
        if channel is None or channel.startswith("D"):
            if len(self._config.channels) == 1:
                return self._config.channels[0].id
            raise NotInChannel()
        try:
            standing = await self._stands(channel)
        except DeliveryTrouble:
            return channel  # Slack is silent: opening the case matters more than the check
        if not standing.member or (standing.shared and not self.listed(channel)):
            raise NotInChannel()
        return channel

    async def _stands(self, channel: ChannelId) -> Standing:
        now = self._now()
        known = self._known.get(channel)
        if known is None or not known[1].member or now - known[0] > FRESH:
            known = (now, await self._standing(channel))
            self._known[channel] = known
        return known[1]

    def listed(self, channel: ChannelId) -> bool:
        """Whether the configuration names this channel."""
        return any(rules.id == channel for rules in self._config.channels)

    def opens_on_post(self, channel: ChannelId, *, shared: bool) -> bool:
        """Whether a post opens a case here. A channel shared with another organisation only where it is listed."""
        return self._config.rules(channel).open_on_post and (not shared or self.listed(channel))
