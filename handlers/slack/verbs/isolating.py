"""Isolating: claim, join, give back, report what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.area import Area, unknown
from bot.domain.case import Case
from bot.domain.family import exactly_named, spoken_of, take_area
from bot.domain.messages import AddArea, ClaimArea, JoinArea, ReleaseArea, ReportFinding, Verdict
from bot.domain.text import fold, plain
from bot.domain.values import UserId
from handlers.slack.replies import Modal, Reply

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_NEW_AREA = ("new:", "new ", "新規:", "新規 ", "追加:", "追加 ")
_VERDICTS: dict[str, Verdict] = {"clear": "cleared", "suspect": "suspect", "cause": "cause", "waiting": "waiting"}


async def claim(room: Commands, asked: Asked) -> Reply:
    """An area of the case, or a new one of one's own."""
    case = await room.case(asked)
    name = _new_area(asked.rest)
    if name is not None:
        return await room.do(AddArea, asked, case, name=plain(name))
    if not asked.rest:
        allowed = await room.gate.allowed(asked.said.speaker, asked.said.where, case)
        return room.ask(asked, case, lambda: room.forms.more(asked.said.speaker, case, asked.said.where, allowed))
    return await room.do(ClaimArea, asked, case, area=_area_said(asked, case))


async def join(room: Commands, asked: Asked) -> Reply:
    """Help whoever holds the area."""
    case = await room.case(asked)
    return await room.do(JoinArea, asked, case, area=_area_said(asked, case))


async def release(room: Commands, asked: Asked) -> Reply:
    """Give an area back; the only one needs no name."""
    case = await room.case(asked)
    held = _looked_at(case, asked.by)
    if not asked.rest and len(held) == 1:
        return await room.do(ReleaseArea, asked, case, area=held[0].key)
    return await room.do(ReleaseArea, asked, case, area=_area_said(asked, case))


def _area_said(asked: Asked, case: Case) -> str:
    words = plain(asked.rest).strip()
    if not words:
        raise asked.which_area(case)
    area, _evidence, near = take_area(words, case.areas, asked.said.speaker.language)
    if area is None:
        raise unknown(case.areas, words, case.number, near)
    return area.key


async def finding(room: Commands, asked: Asked) -> Reply:
    """What came out, with evidence; the only area one looks at needs no name."""
    case = await room.case(asked)
    verdict = _VERDICTS[asked.verb]
    words = plain(asked.rest).strip()
    area, evidence, near = take_area(words, case.areas, asked.said.speaker.language)
    if area is not None and not spoken_of(words, evidence, area):
        area, near = None, ()
    held = _looked_at(case, asked.by)
    if len(held) == 1 and (area is None or (area.key != held[0].key and not exactly_named(words, evidence, area))):
        area, evidence = held[0], words
    if area is None and words:
        raise unknown(case.areas, words.split()[0], case.number, near)
    if asked.said.where.trigger and (area is None or not evidence.strip()):
        return Modal(room.forms.finding(asked.said.speaker, case, asked.said.where, verdict, area))
    if area is None:
        raise asked.which_area(case)
    return await room.do(ReportFinding, asked, case, area=area.key, verdict=verdict, evidence=evidence)


def _new_area(rest: str) -> str | None:
    lowered = fold(rest[:20])
    marker = next((m for m in _NEW_AREA if lowered.startswith(m)), None)
    return rest[len(marker) :].strip() if marker else None


def _looked_at(case: Case, person: UserId) -> list[Area]:
    return [area for area in case.areas if area.has(person)]
