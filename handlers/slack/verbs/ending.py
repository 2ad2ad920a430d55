"""Ending: restored, closed, and opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import LooseEnds, ReasonNeeded
from bot.domain.messages import AskReport, CloseCase, ReopenCase, ResolveCase
from bot.domain.text import fold, plain
from handlers.slack.replies import Reply

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_ANYWAY = {"anyway", "yes", "force", "それでも", "強制", "はい"}


async def resolve(room: Commands, asked: Asked) -> Reply:
    """The service is back."""
    return await room.do(ResolveCase, asked, await room.case(asked), how=plain(asked.rest))


async def close(room: Commands, asked: Asked) -> Reply:
    """End the case; what is still open is listed and asked about first."""
    case = await room.case(asked)
    first, _, reason = asked.rest.partition(" ")
    anyway = fold(first).strip(":,、") in _ANYWAY
    try:
        return await room.do(CloseCase, asked, case, anyway=anyway, reason=plain(reason if anyway else asked.rest))
    except LooseEnds as error:
        left: tuple[str, ...] = error.about["ends"]
        form = lambda: room.forms.close(asked.said.speaker, case, asked.said.where, left)  # noqa: E731
        return room.ask(asked, case, form, error)


async def reopen(room: Commands, asked: Asked) -> Reply:
    """The fault came back."""
    case = await room.case(asked)
    if not asked.rest:
        return room.ask(
            asked,
            case,
            lambda: room.forms.reopen(asked.said.speaker, case, asked.said.where),
            ReasonNeeded(number=case.number, verb=asked.words.said_verb),
        )
    return await room.do(ReopenCase, asked, case, reason=plain(asked.rest))


async def report(room: Commands, asked: Asked) -> Reply:
    """What happened, put into the thread."""
    return await room.do(AskReport, asked, await room.case(asked))
