"""Duty: who is on duty now and next, or at a time that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import DutyTimeUnreadable, NoRoster
from bot.domain.text import one_line
from handlers.slack.people import Speaker
from handlers.slack.replies import Reply
from handlers.slack.times import find_time
from handlers.views import duty as views

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.slack.commands import Asked, Commands


async def duty(room: Commands, asked: Asked) -> Reply:
    """Who is on duty; a time in the line asks for that moment."""
    if not asked.rest:
        return on_duty(room, asked.said.speaker, asked.now)
    found = find_time(asked.rest, asked.now, asked.said.speaker.tz)
    if found is None:
        raise DutyTimeUnreadable(word=one_line(asked.rest, 40), verb=asked.words.said_verb)
    return on_duty(room, asked.said.speaker, asked.now, found[0])


def on_duty(room: Commands, speaker: Speaker, now: datetime, at: datetime | None = None) -> Reply:
    """The answer of the word and of the button. Raises NoRoster."""
    roster = room.config.roster
    if roster is None:
        raise NoRoster()
    return views.duty(roster, at or now, language=speaker.language, zone=speaker.zone, now=now)
