"""Home: what one person owns and holds, by next due. Empty, it is calm and says how to begin."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.values import Language, UserId, name_of
from bot.ports import Parked
from handlers.views import lists, parts, tasks
from handlers.views.buttons import act, acts, next_button
from handlers.views.parts import Block
from handlers.views.pen import Pen

MOST = 20
MOST_PARKED = 10
"""Ours: each is a line and a button; the command line lists them all."""


def home(
    person: UserId,
    cases: Sequence[Case],
    language: Language,
    zone: str,
    now: datetime,
    parked: Sequence[Parked] = (),
    *,
    roster: bool = False,
) -> dict[str, Any]:
    """The home tab of a person: what they have to see to because it could not be said, then their cases by due time.
    With a `roster` a button tells who is on duty."""
    pen = Pen(language, zone, rich=True, private=True)
    blocks = [*_not_said(pen, parked), *_blocks(pen, person, cases, now, roster)]
    return {"type": "home", "blocks": blocks[: parts.VIEW_BLOCKS]}


def _not_said(pen: Pen, parked: Sequence[Parked]) -> Iterator[Block]:
    if not parked:
        return
    yield parts.header(pen.say("Could not be delivered"))
    for one in parked[:MOST_PARKED]:
        name = name_of(one.case) if one.case is not None else one.what
        reason = parts.typed(one.reason, 300)
        said = pen.say("{case}: {reason} (since {at})", case=pen.bold(name), reason=reason, at=pen.when(one.at))
        again = pen.say("Send again")
        button = parts.button(again, "retry", f"{one.case} {one.id}", label=f"{again}: {name}")
        yield parts.section(said, f"{one.case}/parked/{one.id}", button)
    if len(parked) > MOST_PARKED:
        yield parts.context(pen.say("{n} more are not shown.", n=len(parked) - MOST_PARKED))


def _blocks(pen: Pen, person: UserId, cases: Sequence[Case], now: datetime, roster: bool) -> Iterator[Block]:
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
    duty = [parts.button(pen.say("Who is on duty"), "duty", "duty")] if roster else []
    yield parts.actions([*duty, parts.button(pen.say("My last 7 days"), "week", "week")], "duty")
    yield parts.context(pen.say("As of {at}", at=pen.when(now)))


def _case(pen: Pen, case: Case, person: UserId, now: datetime) -> list[str]:
    return [*lists.entry(pen, case, now), *_mine(pen, case, person), *tasks.mine(pen, case, person, now)]


def _mine(pen: Pen, case: Case, person: UserId) -> list[str]:
    """What is mine in it: the case, areas, or both."""
    own = [pen.say("You are the owner.")] if case.owner == person else []
    held = [pen.area(area) for area in case.areas if area.has(person)]
    looking = [pen.say("You look at: {areas}", areas=pen.texts.listed(held[:6]))] if held else []
    return [*own, *looking, *lists.asked(pen, case, person)]


def _buttons(pen: Pen, case: Case, person: UserId) -> list[parts.Element]:
    more = acts(pen, case, ("more",))
    if case.status != "open":
        return [*acts(pen, case, ("contacted", "close")), *more]
    if case.owner == person:
        return [act(pen, case, "contacted", style="primary"), next_button(pen, case), act(pen, case, "handoff"), *more]
    return more
