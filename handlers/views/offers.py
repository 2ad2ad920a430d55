"""Offers: lines with a button each; among them next actions for an owner who has none."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.area import unseen
from bot.domain.case import Case
from bot.domain.family import Family
from bot.domain.task import open_tasks
from bot.domain.text import one_line
from bot.domain.values import Language
from handlers.views import parts
from handlers.views.buttons import act, block_id
from handlers.views.parts import Block, Element
from handlers.views.pen import Pen
from handlers.views.questions import questions_of
from handlers.views.texts import texts

OFFERED = 3
"""Ours: as many next actions as a tired owner weighs."""
LONGEST = 300


def next_actions(case: Case, families: Sequence[Family], language: Language) -> list[str]:
    """Three things that could be done next, as they are: areas that nobody looks at, tasks that are open, then first
    questions of the rest.

    Whatever is shown of them has to be escaped: an area may have been named by anybody.
    """
    say = texts(language).say
    blind = [say("Have somebody look at {area}.", area=area.name(language)) for area in unseen(case.areas)]
    keys = dict.fromkeys([area.key for area in case.areas if area.verdict is None] + [a.key for a in case.areas])
    asked = [question for key in keys for question in questions_of(case, key, families, language)]
    waiting = [say("See to the open task: {what}", what=one.text) for one in open_tasks(case)]
    first = [*blind[: 1 if waiting else 2], *waiting[:1]]
    chosen = [*first, *asked[: OFFERED - len(first)], *blind[2 - len(waiting[:1]) :], *waiting[1:]][:OFFERED]
    return [one_line(one, LONGEST) for one in chosen]


class Offer(NamedTuple):
    """A line, and the button beside it that takes it up. Slack allows a verb once in a row of buttons."""

    line: str
    button: Element


def actions(pen: Pen, case: Case, families: Sequence[Family]) -> list[Offer]:
    """Next actions, each with a button that makes it the next one: only the time is left to say."""
    return [
        Offer(parts.typed(one, LONGEST), act(pen, case, "next", rest=one, text=pen.say("Do this next")))
        for one in next_actions(case, families, pen.language)
    ]


def spoken(offered: Sequence[Offer]) -> list[str]:
    """The same to be read aloud."""
    return [f"• {one.line}" for one in offered]


def blocks(case: Case, offered: Sequence[Offer]) -> list[Block]:
    return [parts.section(one.line, block_id(case, f"offer{index}"), one.button) for index, one in enumerate(offered)]
