"""Opening: a case in one line, or by the form that asks for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import TitleMissing
from bot.domain.messages import OpenCase
from bot.domain.text import fold, mentions, plain
from bot.domain.values import UserId
from handlers.slack.post_patterns import PostPatterns
from handlers.slack.replies import Meta, Modal, Reply
from handlers.slack.times import find_time
from handlers.slack.words import fields

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands


async def open_case(room: Commands, asked: Asked) -> Reply:
    """A case from one line; without a title, the form that asks for it."""
    where, speaker = asked.said.where, asked.said.speaker
    channel = await room.teams.team_channel(where.channel)
    await room.may_open(speaker, where, channel)
    rules = room.config.rules(channel)
    patterns = room.teams.patterns(channel)
    given, words = fields(asked.rest, patterns.labels)
    severity, title = _severity(words, patterns)
    title = given.pop("title", title)
    if not title and where.trigger:
        return Modal(room.forms.open(speaker, Meta.of(where), channel, severity=severity, **given))
    if not title:
        raise TitleMissing()
    deadline = find_time(given.get("deadline", ""), asked.now, speaker.tz)
    command = OpenCase(
        delivery=asked.said.delivery,
        by=asked.by,
        team=where.team,
        channel=channel,
        language=rules.language or speaker.language,
        severity=severity or rules.severities[0],
        title=plain(title, keep_mentions=False),
        customer=plain(given.get("customer", "")),
        plan=plain(given.get("plan", "")),
        reference=plain(given.get("reference", "")),
        impact=plain(given.get("impact", "")),
        deadline=deadline[0] if deadline else None,
        deadline_text=plain(given.get("deadline", "")),
        about=plain(asked.rest)[:4000],
        told=tuple(UserId(user) for user in mentions(asked.rest) if user != room.bot),
        shared=await room.teams.shared(channel),
        private=await room.teams.private(channel),
    )
    return await room.done(command, speaker, where)


def _severity(words: str, patterns: PostPatterns) -> tuple[str | None, str]:
    """The severity a line begins with, by letter or alias, and the title after it."""
    folded_words = fold(words.strip())
    first = folded_words.split(" ", 1)[0].strip("[]【】:")
    if first in ("a", "b", "c"):
        return first.upper(), words.strip().partition(" ")[2].strip()
    for alias in sorted(patterns.levels, key=len, reverse=True):
        if folded_words.startswith(alias):
            return patterns.levels[alias], words.strip()[len(alias) :].lstrip(" :|-–—】]、")
    return None, words.strip()
