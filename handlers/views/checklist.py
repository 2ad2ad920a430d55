"""Checklist in words: the first checks and whom to tell, what is done and what is not, each with its button."""

from collections.abc import Iterator

from bot.domain.case import Case
from bot.domain.checklist import Item, undone
from bot.domain.values import Language, name_of
from handlers.views import parts
from handlers.views.buttons import act
from handlers.views.parts import Block, Message
from handlers.views.pen import Pen, pens

NAMED = 4
"""Ours: as many as a phone shows in a line or two."""
MOST = 12
"""Ours: as many as a form shows before everything else in it is out of sight."""


def listing(case: Case, language: Language, zone: str) -> Message:
    """The whole list, for one reader."""
    rich, plain = pens(language, zone, private=True)
    heading = plain.say("{case}: first checks and whom to tell", case=name_of(case.number))
    if not case.checklist:
        nothing = plain.say("{case} has no checklist.", case=name_of(case.number))
        return Message(text=nothing, blocks=(parts.section(nothing),))
    spoken = [heading, *(line(plain, item) for item in case.checklist)]
    return Message(
        text=parts.fitting(spoken, parts.TEXT),
        blocks=(parts.section(rich.bold(heading)), *rows(rich, case, every=True)),
    )


def rows(pen: Pen, case: Case, *, every: bool = False) -> Iterator[Block]:
    """A row for each item that is still to be done, with a button that ticks it off; or for every item."""
    shown = case.checklist if every else undone(case)
    for item in shown[:MOST]:
        button = None if item.done_at else act(pen, case, "tick", rest=item.key)
        yield parts.section(line(pen, item), accessory=button)


def line(pen: Pen, item: Item) -> str:
    """`Business impact and deadline · by 09:30`, or who did it when."""
    name = f"{parts.typed(item.name(pen.language), 100)} {parts.person(item.to) if item.to else ''}".strip()
    if item.done_at is not None:
        who = parts.person(item.done_by) if item.done_by else ""
        return f"✓ {name} · {pen.when(item.done_at)} {who}".strip()
    mark = pen.say("Tell: {name}", name=name) if item.sort == "tell" else name
    return pen.say("{name} · by {at}", name=mark, at=pen.when(item.due))


def summary(pen: Pen, case: Case) -> str:
    """One line for the card while something is undone: what is due first, and how much else."""
    left = sorted(undone(case), key=lambda item: item.due)
    if not left:
        return ""
    names = pen.texts.listed([parts.typed(item.name(pen.language), 60) for item in left[:NAMED]])
    if len(left) > NAMED:
        return pen.say("Still to be checked or told: {names} and {n} more", names=names, n=len(left) - NAMED)
    return pen.say("Still to be checked or told: {names}", names=names)
