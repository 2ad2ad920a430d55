"""Knowing where things stand: lists, one case, its timeline, and the verbs themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.case import Case
from bot.domain.errors import Refusal
from bot.domain.load import week_of
from bot.domain.text import one_line
from handlers.slack.replies import Reply
from handlers.slack.words import verb_meant
from handlers.views import lists, sums
from handlers.views.alike import alike
from handlers.views.clock_words import clock_named
from handlers.views.help import help_message

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands


async def list_cases(room: Commands, asked: Asked) -> Reply:
    """The channel's cases; in a direct message all of them."""
    speaker, channel = asked.said.speaker, asked.said.where.channel
    if asked.private or channel is None:
        cases = await room.gate.visible(await room.desk.unclosed(), speaker, asked.said.where)
        total = len(cases)
    else:
        cases, total = await room.desk.listed(channel, lists.MOST)
    return lists.case_list(cases, language=speaker.language, zone=speaker.zone, now=asked.now, total=total)


async def mine(room: Commands, asked: Asked) -> Reply:
    """What the speaker owns, holds and helps with, and what they carried within a week: for them alone."""
    speaker = asked.said.speaker
    carried = await room.desk.carried(asked.by)
    week = week_of(asked.by, carried.deeds, speaker.zone)
    cases, by = carried.cases, asked.by
    return lists.mine(cases, by, language=speaker.language, zone=speaker.zone, now=asked.now, week=week)


async def show(room: Commands, asked: Asked) -> Reply:
    """One case in words; with `clocks` after it, the sums behind its due times."""
    first, _, rest = asked.rest.partition(" ")
    if verb_meant(first) == "clocks":
        return await _sums(room, asked, rest.strip())
    case, speaker = await room.case(asked), asked.said.speaker
    return lists.show(case, language=speaker.language, zone=speaker.zone, now=asked.now, link=room.link(case))


async def clocks(room: Commands, asked: Asked) -> Reply:
    """How each due time of a case comes about; of one clock, where one is named."""
    return await _sums(room, asked, asked.rest)


async def _sums(room: Commands, asked: Asked, word: str) -> Reply:
    case, speaker = await room.case(asked), asked.said.speaker
    named = clock_named(case, word) if word else None
    return sums.sums(case, language=speaker.language, zone=speaker.zone, now=asked.now, only=named)


async def timeline(room: Commands, asked: Asked) -> Reply:
    """What happened in a case."""
    speaker = asked.said.speaker
    case, told = await room.desk.history((await room.case(asked)).number)
    return lists.timeline(case, told, language=speaker.language, zone=speaker.zone)


async def similar(room: Commands, asked: Asked) -> Reply:
    """Past cases like one; with words instead of a case, those that say them."""
    speaker, words = asked.said.speaker, asked.rest
    case = asked.said.here if words else await room.case(asked)
    past = await room.recall.like(case, speaker, asked.said.where, words)
    return alike(case, past, speaker.language, speaker.zone, room.link, one_line(words, 200))


async def help_here(room: Commands, asked: Asked) -> Reply:
    """Lines that work here and now."""
    try:
        case: Case | None = await room.case(asked)
    except Refusal:
        case = None
    speaker = asked.said.speaker
    allowed = await room.gate.allowed(speaker, asked.said.where, case)
    return help_message(
        speaker.language,
        command=room.config.command,
        bot=room.bot,
        case=case,
        allowed=allowed,
        roster=room.config.roster is not None,
    )
