"""Drafting: a customer update from what is recorded, for a person to edit and send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import DraftLanguageUnknown
from bot.domain.text import one_line, plain
from handlers.slack.drafts import language_named
from handlers.slack.replies import Reply

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands


async def draft(room: Commands, asked: Asked) -> Reply:
    """The text for the speaker alone, in the case's language or the one that is named."""
    case = await room.case(asked)
    language = language_named(asked.rest)
    if asked.rest and language is None:
        raise DraftLanguageUnknown(number=case.number, word=one_line(plain(asked.rest), 40))
    return await room.drafts.message(case, asked.said.speaker, language)
