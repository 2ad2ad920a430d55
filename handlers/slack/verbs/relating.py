"""Relating: which case is the parent of which."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.errors import ParentNotNamed
from bot.domain.kin_messages import SetParent
from bot.domain.text import fold, plain
from handlers.slack.replies import Modal, Reply
from handlers.slack.words import case_named

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_NONE = frozenset({"none", "no", "no parent", "apart", "なし", "無し", "取消", "取り消し", "解除", "別の障害"})
_ALL = frozenset({"all", "gather", "全件", "すべて", "全部", "まとめる"})
_CARRY = frozenset(
    {
        "carry",
        "carried",
        "carries",
        "まとめて",
        "まとめて連絡",
        "親がまとめて連絡",
        "親からまとめて連絡",
        "連絡もまとめて",
    }
)


async def parent(room: Commands, asked: Asked) -> Reply:
    """Name the parent, `none` for no parent, `all` to be the parent of those that may be the same incident."""
    asked = _of_this_thread(asked)
    case, speaker, where = await room.case(asked), asked.said.speaker, asked.said.where
    words = fold(plain(asked.rest)).strip()
    if words in _NONE:
        return await room.do(SetParent, asked, case, parent=None)
    if words in _ALL:
        return await room.done(await room.kindred.gather(asked.said.delivery, case, speaker, where), speaker, where)
    number, rest = case_named(asked.rest)
    if number is None:
        if asked.said.where.trigger and not words:
            return Modal(await room.kindred.form(case, speaker, where))
        raise ParentNotNamed(number=case.number)
    above = await room.kindred.found(number, speaker, where)
    return await room.do(SetParent, asked, case, parent=above.number, carried=_carried(rest))


def _carried(rest: str) -> bool:
    return fold(rest).strip() in _CARRY


def _of_this_thread(asked: Asked) -> Asked:
    """`parent SEV-40`, written in the thread of SEV-42, names the parent and not the case."""
    here, named = asked.said.here, asked.words.case
    if here is None or named is None or named == here.number or (asked.rest and not _carried(asked.rest)):
        return asked
    words = asked.words.model_copy(update={"case": None, "rest": f"{asked.words.said_case} {asked.rest}".strip()})
    return replace(asked, words=words)
