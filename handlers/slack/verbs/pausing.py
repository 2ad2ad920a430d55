"""Pausing: the case waits for the customer, goes on, and the customer wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.case import Case
from bot.domain.clock_messages import NoteCustomerWrote, PauseCase, ResumeCase
from bot.domain.errors import LookAgainMissing
from bot.domain.text import plain
from handlers.slack.replies import Modal, Reply
from handlers.slack.times import find_past, find_time
from handlers.slack.words import fields

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_LABELS = {"reason": ("理由", "because", "事由"), "until": ("look again", "まで", "再確認")}


async def pause(room: Commands, asked: Asked) -> Reply:
    """Wait for the customer: a time to look again, and what is waited for."""
    case, speaker = await room.case(asked), asked.said.speaker
    given, words = fields(asked.rest, _LABELS)
    found = find_time(given.get("until", words), asked.now, speaker.tz)
    reason = given.get("reason") or (words if "until" in given else found[1] if found else words)
    if found is None or not reason:
        return _form_or(room, asked, case, reason)
    return await room.do(PauseCase, asked, case, look_at=found[0], reason=plain(reason))


def _form_or(room: Commands, asked: Asked, case: Case, reason: str) -> Reply:
    if asked.said.where.trigger:
        return Modal(room.forms.clock.pause(asked.said.speaker, case, asked.said.where, reason=plain(reason)))
    raise LookAgainMissing(number=case.number)


async def resume(room: Commands, asked: Asked) -> Reply:
    """The wait is over."""
    return await room.do(ResumeCase, asked, await room.case(asked), note=plain(asked.rest))


async def wrote(room: Commands, asked: Asked) -> Reply:
    """The customer wrote: when, where it was not just now, and what."""
    case = await room.case(asked)
    found = find_past(asked.rest, asked.now, asked.said.speaker.tz)
    at, text = found if found else (None, asked.rest)
    return await room.do(NoteCustomerWrote, asked, case, wrote_at=at, text=plain(text))
