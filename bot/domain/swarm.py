"""Swarm: a call for help now, to the whole channel, for one area or for all that nobody looks at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.area import find
from bot.domain.commands import CallForHelp
from bot.domain.errors import CalledJustNow, CaseResolved
from bot.domain.facts import Fact, HelpCalled
from bot.domain.message import Stamp
from bot.domain.text import one_line
from bot.domain.values import AreaKey, Instant, Value

if TYPE_CHECKING:
    from bot.domain.case import Case

AGAIN_AFTER = timedelta(minutes=10)
"""Ours: the channel has heard it, and a second call brings nobody sooner."""


class Call(Value):
    """A call for help that went out."""

    at: Instant
    area: AreaKey | None = None


def call(case: Case, command: CallForHelp, stamp: Stamp) -> tuple[Fact, ...]:
    """The whole channel is asked, once in ten minutes for the same. Raises CaseResolved, AreaUnknown, CalledJustNow."""
    if case.status != "open":
        raise CaseResolved(number=case.number)
    area = find(case.areas, command.area, case.number).key if command.area else None
    before = next((one for one in reversed(case.calls) if one.area == area), None)
    if before is not None and stamp.at - before.at < AGAIN_AFTER:
        raise CalledJustNow(number=case.number, at=before.at, again=before.at + AGAIN_AFTER)
    return (HelpCalled(**stamp.fields, asking=one_line(command.asking, 500), area=area),)


def called(case: Case, fact: HelpCalled) -> Case:
    """The case, remembering the call; of each area the last one."""
    others = tuple(one for one in case.calls if one.area != fact.area)
    return case.model_copy(update={"calls": (*others, Call(at=fact.at, area=fact.area))})
