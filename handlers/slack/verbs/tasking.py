"""Tasking: ask a colleague for a part of the work, and answer what one was asked for oneself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.domain.area import find
from bot.domain.case import Case
from bot.domain.errors import TaskTextMissing, TaskTimeUnreadable, TaskToNobody
from bot.domain.family import exactly_named, named_first, take_area
from bot.domain.messages import AcceptTask, AskTask, DeclineTask, FinishTask, WithdrawTask
from bot.domain.task import Answer, askable, expected
from bot.domain.text import fold, mentions, one_line, plain
from bot.domain.values import AreaKey, Instant, UserId
from handlers.slack.dues import take_due
from handlers.slack.replies import Modal, Reply
from handlers.slack.times import find_time
from handlers.slack.verbs.sharing import WITHDRAW
from handlers.slack.words import fields, forms_of

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_ANSWERS: dict[Answer, frozenset[str]] = {
    "accept": frozenset({"accept", "accepted", "take", "承諾", "受諾", "承知", "引受", "引き受け", "引き受ける"}),
    "decline": frozenset({"decline", "declined", "辞退", "断り", "お断り"}),
    "done": frozenset({"done", "finished", "completed", "完了", "済", "済み", "終了"}),
    "withdraw": WITHDRAW,
}
_LABELS = {"area": ("領域",), "due": ("期限", "by")}
_SERIAL = re.compile(r"#?([0-9]{1,4})[:,、。]?")
_BETWEEN = " \t\n\u3000、,:"
_TO = re.compile(r"\A(?:to|please)\s+(?=[a-z])", re.IGNORECASE)
"""`ask @ken to check …` says what to check."""
_GLUED = re.compile(r"([^0-9#\s]+)#?([0-9]{1,4})[:,、。]?")


@dataclass(frozen=True)
class Answered:
    """An answer as it was typed: which one, to which task where that was said, and the words after it."""

    answer: Answer
    task: int | None
    words: str


async def task(room: Commands, asked: Asked) -> Reply:
    """Ask somebody, or answer: `accept`, `decline`, `done`, `withdraw`, with the number where several can be meant."""
    said = _answered(asked.rest)
    return await (_ask(room, asked) if said is None else _answer(room, asked, said))


# ---------------------------------------------------------------- answering


def _answered(rest: str) -> Answered | None:
    """`done 3 no deny`, `3 done no deny`, `完了3 拒否なし`; None for the words of a request."""
    first, _, after = rest.strip().partition(" ")
    second, _, last = after.strip().partition(" ")
    if number := _SERIAL.fullmatch(fold(first)):
        answer = _meant(second)
        return Answered(answer, int(number[1]), last.strip()) if answer else None
    if answer := _meant(first):
        number = _SERIAL.fullmatch(fold(second))
        return Answered(answer, int(number[1]) if number else None, last.strip() if number else after.strip())
    glued = _GLUED.fullmatch(fold(first))
    if glued and (answer := _meant(glued[1])):
        return Answered(answer, int(glued[2]), after.strip())
    return None


def _meant(word: str) -> Answer | None:
    """The answer that a word is, polite endings and all."""
    forms = forms_of(word)
    return next((answer for answer, known in _ANSWERS.items() if not known.isdisjoint(forms)), None)


async def _answer(room: Commands, asked: Asked, said: Answered) -> Reply:
    case = await room.case(replace(asked, verb=f"task-{said.answer}"))
    speaker, where = asked.said.speaker, asked.said.where
    words = plain(said.words)
    if not words and where.trigger and said.answer in ("decline", "done"):
        meant = expected(case, asked.by, said.task, said.answer)
        return Modal(room.forms.task.answer(said.answer, speaker, case, where, meant))
    if said.answer == "decline":
        return await room.do(DeclineTask, asked, case, task=said.task, reason=words)
    if said.answer == "done":
        return await room.do(FinishTask, asked, case, task=said.task, result=words)
    return await room.do(AcceptTask if said.answer == "accept" else WithdrawTask, asked, case, task=said.task)


# ---------------------------------------------------------------- asking


async def _ask(room: Commands, asked: Asked) -> Reply:
    case, speaker, where = await room.case(asked), asked.said.speaker, asked.said.where
    askable(case)
    to = next((UserId(user) for user in mentions(asked.rest) if user != room.bot), None)
    wanted = _wanted(asked, case, _without(asked.rest, to))
    if where.trigger and (to is None or not wanted["text"]):
        return Modal(room.forms.task.ask(speaker, case, where, to=to, **wanted))
    if to is None:
        raise TaskToNobody(number=case.number)
    if not wanted["text"]:
        raise TaskTextMissing(number=case.number)
    await room.can_be_asked(to)
    return await room.do(AskTask, asked, case, to=to, **wanted)


def _without(rest: str, to: UserId | None) -> str:
    """What was typed, without the person it is asked of: whoever else is named belongs to the matter."""
    return re.sub(rf"<@{to}(?:\|[^<>\n]*)?>(?:\s*(?:さん|様))?(?:(?:に|へ)(?=\s))?", " ", rest, count=1) if to else rest


def _wanted(asked: Asked, case: Case, rest: str) -> dict[str, Any]:
    """The area, the time and the words of a request. Raises AreaUnknown and TaskTimeUnreadable for what is labelled."""
    given, words = fields(rest, _LABELS)
    due, words = (_due(asked, case, given["due"]), words) if "due" in given else _take_due(asked, words)
    words = _TO.sub("", plain(words).strip(_BETWEEN))
    if "area" in given:
        return {"area": find(case.areas, plain(given["area"]), case.number).key, "due": due, "text": words}
    area, text = _take_area(asked, case, words)
    return {"area": area or "", "due": due, "text": text}


def _due(asked: Asked, case: Case, typed: str) -> Instant:
    found = find_time(typed, asked.now, asked.said.speaker.tz)
    if found is None:
        raise TaskTimeUnreadable(word=one_line(plain(typed), 40), number=case.number, field="due")
    return found[0]


def _take_due(asked: Asked, words: str) -> tuple[Instant | None, str]:
    return take_due(words, asked.now, asked.said.speaker.tz)


def _take_area(asked: Asked, case: Case, words: str) -> tuple[AreaKey | None, str]:
    """The area that the words begin with, and the words; without its name where that only says where it belongs."""
    area, rest, _ = take_area(words, case.areas, asked.said.speaker.language)
    if area is None:
        return None, words
    if named_first(words, rest, area):
        return area.key, rest
    return (area.key if exactly_named(words, rest, area) else None), words
