"""Home: what one person owns and holds, by next due. Empty, it is calm and says how to begin."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.values import Language, UserId
from handlers.views import lists, parts
from handlers.views.buttons import act, acts, next_button
from handlers.views.parts import Block
from handlers.views.pen import Pen

MOST = 20


def home(person: UserId, cases: Sequence[Case], language: Language, zone: str, now: datetime) -> dict[str, Any]:
    """The home tab of a person: their cases, soonest due first."""
    pen = Pen(language, zone, rich=True, private=True)
    return {"type": "home", "blocks": list(_blocks(pen, person, cases, now))[: parts.VIEW_BLOCKS]}


def _blocks(pen: Pen, person: UserId, cases: Sequence[Case], now: datetime) -> Iterator[Block]:
    yield parts.header(pen.say("What I own and hold"))
    if not cases:
        yield parts.section(pen.say("Nothing is waiting for you."))
        yield parts.context(pen.say("To begin, post a case in the team channel, for example “[SevA] Stores can't reach "
                                    "the POS server”, or type `/sev open`."))  # fmt: skip
    for case in cases[:MOST]:
        yield parts.section(parts.fitting(_case(pen, case, person, now), parts.SECTION))
        yield parts.actions(_buttons(pen, case, person), f"{case.number}/home")
    if len(cases) > MOST:
        yield parts.context(pen.say("{n} more: `/sev mine` lists them.", n=len(cases) - MOST))
    yield parts.context(pen.say("As of {at}", at=pen.when(now)))


def _case(pen: Pen, case: Case, person: UserId, now: datetime) -> list[str]:
    return [*lists.entry(pen, case, now), *_mine(pen, case, person)]


def _mine(pen: Pen, case: Case, person: UserId) -> list[str]:
    """What is mine in it: the case, areas, or both."""
    own = [pen.say("You are the owner.")] if case.owner == person else []
    held = [pen.area(area) for area in case.areas if area.has(person)]
    return own + ([pen.say("You look at: {areas}", areas=pen.texts.listed(held[:6]))] if held else [])


def _buttons(pen: Pen, case: Case, person: UserId) -> list[parts.Element]:
    more = acts(pen, case, ("more",))
    if case.status != "open":
        return [*acts(pen, case, ("contacted", "close")), *more]
    if case.owner == person:
        return [act(pen, case, "contacted", style="primary"), next_button(pen, case), act(pen, case, "handoff"), *more]
    return more
