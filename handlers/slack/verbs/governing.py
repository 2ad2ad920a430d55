"""Governing: what admins do to the bot itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import SettingsWhat
from bot.domain.text import fold
from handlers.slack.replies import Reply
from handlers.views.watch import not_reloaded, reloaded

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_RELOAD = frozenset({"reload", "再読込", "再読み込み", "リロード"})


async def settings(room: Commands, asked: Asked) -> Reply:
    """Read the configuration file anew; a faulty one changes nothing, and every fault is said."""
    speaker = asked.said.speaker
    room.desk.permit("settings", asked.by, speaker.badge, channel=asked.said.where.channel)
    if fold(asked.rest.strip(" 。.!")) not in _RELOAD:
        raise SettingsWhat()
    done = await room.reload(asked.by)
    if done.faults:
        return not_reloaded(done.faults, language=speaker.language)
    return reloaded(done.waiting, done.changed, done.broken, language=speaker.language)
