"""Vendors: a question to a vendor or a higher tier, when we look after it, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.case import Case
from bot.domain.clock_messages import AskVendor, RecordVendorAnswer
from bot.domain.errors import TimeUnreadable
from bot.domain.text import fold, one_line, plain
from bot.domain.values import Instant
from bot.domain.vendor import waiting
from handlers.slack.replies import Modal, Reply
from handlers.slack.times import find_time
from handlers.slack.words import fields

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_LABELS = {
    "reference": ("ref", "番号", "受付番号", "問い合わせ番号"),
    "contact": ("窓口", "連絡先"),
    "promise": ("promised", "by", "約束", "回答予定"),
    "look": ("look again", "look at", "再確認", "確認"),
    "area": ("領域",),
}
_ANSWERED = ("answered", "answer", "replied", "回答", "回答あり", "回答済", "回答済み")


async def vendor(room: Commands, asked: Asked) -> Reply:
    """Ask one, or say what one answered."""
    case, speaker, where = await room.case(asked), asked.said.speaker, asked.said.where
    if not asked.rest and where.trigger:
        return Modal(room.forms.clock.vendor(speaker, case, where))
    first, _, rest = asked.rest.partition(" ")
    if fold(first).rstrip(":、。") in _ANSWERED:
        return await _answered(room, asked, case, rest.strip())
    given, words = fields(asked.rest, _LABELS)
    name, promise = _name_and_time(asked, words)
    if "promise" in given:
        promise = _time(asked, case, given["promise"])
    look = _time(asked, case, given["look"]) if "look" in given else None
    texts = {key: plain(given.get(key, "")) for key in ("reference", "contact")}
    area = plain(given["area"]) if "area" in given else None
    return await room.do(
        AskVendor, asked, case, name=plain(name), promise_at=promise, look_at=look, area=area or None, **texts
    )


def _name_and_time(asked: Asked, words: str) -> tuple[str, Instant | None]:
    """The vendor's name, and the time after it, by which they promised to answer."""
    said = words.split()
    for place in range(1, len(said)):
        found = find_time(" ".join(said[place:]), asked.now, asked.said.speaker.tz)
        if found is not None:
            return " ".join(said[:place]), found[0]
    return words, None


def _time(asked: Asked, case: Case, words: str) -> Instant:
    found = find_time(words, asked.now, asked.said.speaker.tz)
    if found is None:
        raise TimeUnreadable(word=one_line(plain(words), 40), number=case.number)
    return found[0]


async def _answered(room: Commands, asked: Asked, case: Case, words: str) -> Reply:
    """Which vendor is said by its number or its name, where several are waited for."""
    known = waiting(case)
    first, _, rest = words.partition(" ")
    named = next((v for v in known if first == str(v.serial)), None) if len(known) > 1 else None
    named, text = (named, rest) if named else (None, words)
    for one in known if named is None else ():
        if fold(words).startswith(fold(one.name)):
            named, text = one, words[len(one.name) :]
    if not text.strip() and asked.said.where.trigger and known:
        return Modal(room.forms.clock.answered(asked.said.speaker, case, asked.said.where))
    serial = named.serial if named else None
    return await room.do(RecordVendorAnswer, asked, case, vendor=serial, text=plain(text.strip(" :、。")))
