"""Alike: past cases like this one, with what the cause was and which area found it."""

from collections.abc import Callable, Iterator, Sequence

from bot.domain.area import Area
from bot.domain.case import Case
from bot.domain.values import Language, name_of
from bot.memory import Past
from handlers.views import parts
from handlers.views.parts import Message
from handlers.views.pen import STATUSES, Pen, pens
from handlers.views.windows import View, window

MOST_CAUSES = 3
Link = Callable[[Case], str]


def alike(
    case: Case | None, past: Sequence[Past], language: Language, zone: str, link: Link, words: str = ""
) -> Message:
    """The answer of the word."""
    rich, plain = pens(language, zone, private=True)
    spoken = [_heading(plain, case, words, past), *(" / ".join(_entry(plain, one)) for one in past)]
    blocks = (parts.section(rich.bold(_heading(rich, case, words, past))), *_sections(rich, past, link))
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=blocks)


def alike_modal(case: Case, past: Sequence[Past], language: Language, zone: str, meta: str, link: Link) -> View:
    """The answer of the button."""
    pen = Pen(language, zone, rich=True, private=True)
    blocks = [parts.section(pen.bold(_heading(pen, case, "", past))), *_sections(pen, past, link)]
    return window(pen, "similar", meta, name_of(case.number), blocks)


def brief(past: Sequence[Past]) -> Callable[[Pen], list[str]]:
    """A line for each, for somebody who takes a case over."""
    return lambda pen: _lines(pen, past)


def _lines(pen: Pen, past: Sequence[Past]) -> list[str]:
    if not past:
        return []
    lines = (f"• {name_of(one.case.number)} {parts.typed(one.case.title, 60)} — {_gist(pen, one)}" for one in past)
    return [pen.bold(pen.say("Past cases like this one")), *lines]


def _heading(pen: Pen, case: Case | None, words: str, past: Sequence[Past]) -> str:
    what = pen.say("“{words}”", words=parts.typed(words, 60)) if words or case is None else name_of(case.number)
    if past:
        return pen.say("Past cases like {what}", what=what)
    return pen.say("No resolved or closed case is like {what}.", what=what)


def _sections(pen: Pen, past: Sequence[Past], link: Link) -> list[parts.Block]:
    blocks = []
    for one in past:
        lines = [*_entry(pen, one), parts.link(link(one.case), pen.say("Open the thread"))]
        blocks.append(parts.section(parts.fitting(lines, parts.SECTION)))
    if not past:
        blocks.append(parts.context(pen.say("Title, impact and findings are compared. More findings in it find more.")))
    return blocks


def _entry(pen: Pen, one: Past) -> list[str]:
    """Name, when it ended, what the cause was, and how it was resolved."""
    case = one.case
    over = case.closed_at or case.resolved_at or case.changed_at
    name = pen.bold(f"{name_of(case.number)} · {pen.severity(case)}")
    return [
        f"{name} {parts.typed(case.title, 150)}",
        f"{pen.say(STATUSES[case.status])} {pen.when(over)}",
        *(_causes(pen, case) or [pen.say("No cause was recorded.")]),
        *([pen.say("Resolved by: {how}", how=parts.typed(one.how, 200))] if one.how else []),
    ]


def _gist(pen: Pen, one: Past) -> str:
    """The cause in a few words, else how it was resolved."""
    if causes := _causes(pen, one.case, most=1, limit=80):
        return causes[0]
    return pen.say("Resolved by: {how}", how=parts.typed(one.how, 80)) if one.how else pen.say("No cause was recorded.")


def _causes(pen: Pen, case: Case, *, most: int = MOST_CAUSES, limit: int = 200) -> list[str]:
    """The areas that found the cause; where none did, those that were suspected."""
    found = list(_of(case, "cause")) or list(_of(case, "suspect"))
    return [
        pen.say("{verdict}: {area} — {evidence} ({who})", verdict=pen.state(area), area=pen.area(area),
                evidence=parts.typed(area.evidence, limit), who=pen.owner(area.reported_by))
        for area in found[:most]
    ]  # fmt: skip


def _of(case: Case, verdict: str) -> Iterator[Area]:
    return (area for area in case.areas if area.verdict == verdict)
