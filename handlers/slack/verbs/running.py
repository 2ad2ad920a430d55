"""Running: runbooks that fit, one that is started, and what is done with its steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.case import Case
from bot.domain.errors import StepNotNamed
from bot.domain.run import running
from bot.domain.runbook import exactly
from bot.domain.runbook_messages import ConfirmStep, DoStep, SkipStep, StartRunbook, StopRunbook, UndoStep
from bot.domain.text import fold, plain
from handlers.slack.replies import Reply
from handlers.views import runs

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_WORDS: dict[str, tuple[str, ...]] = {
    "done": ("done", "did", "済", "済み", "完了", "実施", "実施済", "実施済み"),
    "confirm": ("confirm", "confirmed", "確認", "確認済", "確認済み", "二重確認"),
    "undo": ("undo", "back", "取消", "取り消し", "取消し", "戻す", "未"),
    "skip": ("skip", "skipped", "省略", "スキップ", "飛ばす", "不要"),
    "stop": ("stop", "stopped", "abandon", "中止", "中断", "打ち切り"),
}
_ACTS = {word: act for act, words in _WORDS.items() for word in words}
_NUMBER = re.compile(r"(?:#|step|ステップ|手順)?(\d{1,9})(?:番|番目)?")
_NOISE = frozenset({"step", "ステップ", "手順"})


@dataclass(frozen=True)
class Said:
    """What was said of a run: which one, what is done, with which step, and why."""

    run: str
    act: str
    step: int | None
    reason: str


async def runbook(room: Commands, asked: Asked) -> Reply:
    """Offer those that fit, start the one that is named, or do something with a step of a run."""
    case, speaker = await room.case(asked), asked.said.speaker
    words, known = plain(asked.rest).strip(), room.config.shelf.runbooks
    if not words:
        return runs.offers(case, known, language=speaker.language, zone=speaker.zone)
    said = None if exactly(words, known) else read(words)
    if said is None:
        return await room.do(StartRunbook, asked, case, runbook=words)
    if said.act == "stop":
        return await room.do(StopRunbook, asked, case, run=said.run, reason=said.reason)
    if said.step is None:
        raise StepNotNamed(number=case.number, step=_next(case))
    about = {"run": said.run, "step": said.step}
    if said.act == "skip":
        return await room.do(SkipStep, asked, case, **about, reason=said.reason)
    return await room.do({"done": DoStep, "confirm": ConfirmStep, "undo": UndoStep}[said.act], asked, case, **about)


def _next(case: Case) -> int:
    return next((run.next or 1 for run in running(case)), 1)


def read(words: str) -> Said | None:
    """`NAME done 3`, `3 済`, `skip 3 reason`, `stop reason`; the name may be left out. None where no act is in it."""
    said = words.split()
    for place, word in enumerate(said):
        act = _ACTS.get(_bare(word))
        if act is None:
            continue
        if act == "stop":
            return Said(run=" ".join(said[:place]), act=act, step=None, reason=" ".join(said[place + 1 :]))
        name, after = said[:place], said[place + 1 :]
        while after and _bare(after[0]) in _NOISE:
            after = after[1:]
        if after and (number := _NUMBER.fullmatch(_bare(after[0]))):
            return Said(run=" ".join(name), act=act, step=int(number[1]), reason=" ".join(after[1:]))
        if name and (number := _NUMBER.fullmatch(_bare(name[-1]))):
            return Said(run=" ".join(name[:-1]), act=act, step=int(number[1]), reason=" ".join(after))
        if place == 0 or not after:
            return Said(run=" ".join(name), act=act, step=None, reason="")
    return None


def _bare(word: str) -> str:
    return fold(word).strip(".:,、。!")
