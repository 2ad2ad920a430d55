"""Carrying: who carries how much, for who leads the shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import ChannelNotNamed, NotInChannel
from bot.domain.values import ChannelId
from handlers.slack.replies import Reply

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands


async def load(room: Commands, asked: Asked) -> Reply:
    """Who carries how much in this channel; in a direct message in the only one there is."""
    speaker = asked.said.speaker
    channel = _asked_about(room, asked)
    room.desk.permit("load", speaker.user, speaker.badge, channel=channel)
    return await room.loads.of(channel, speaker)


def _asked_about(room: Commands, asked: Asked) -> ChannelId:
    """The channel that it is typed in. Raises ChannelNotNamed."""
    if asked.said.here is not None:
        return asked.said.here.channel
    try:
        return room.teams.home_of(asked.said.where.channel)
    except NotInChannel:
        raise ChannelNotNamed() from None
