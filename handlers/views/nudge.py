"""Nudge: what the team, a holder or the owner is asked when no clock ran out. What to do comes first."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.area import unseen
from bot.domain.case import Case
from bot.domain.family import Family
from bot.domain.messages import NudgeCame
from bot.domain.values import Language, name_of
from handlers.views import coverage, parts
from handlers.views.buttons import act, block_id, claim_menu, next_button, row
from handlers.views.parts import Element, Message
from handlers.views.pen import Pen, pens
from handlers.views.questions import first_questions

MOST_JOINED = 5
"""Ours: buttons in a row before a phone breaks it into many lines."""
OFFERED = 3
"""Ours: as many next actions as a tired owner weighs."""


def nudge(
    case: Case, came: NudgeCame, zone: str, language: Language, now: datetime, families: Sequence[Family]
) -> Message:
    """The question as its place says it: to the whole channel, in the thread, or to one person."""
    rich, plain = pens(language, zone, private=came.to is not None)
    shown = _lines(rich, case, came, now, families)
    spoken = _lines(plain, case, came, now, families)
    first, *rest = shown
    text = parts.fitting([f"{rich.bold(name_of(case.number))} {first}", *rest], parts.SECTION)
    return Message(
        text=parts.fitting([f"{name_of(case.number)}: {spoken[0]}", *spoken[1:]], parts.TEXT),
        blocks=(parts.section(text, block_id(case, "nudge")), row(case, "work", _buttons(rich, case, came))),
    )


def _lines(pen: Pen, case: Case, came: NudgeCame, now: datetime, families: Sequence[Family]) -> list[str]:
    match came.nudge:
        case "alone":
            return _alone(pen, case, came, now)
        case "quiet":
            return _quiet(pen, case, came)
    return [
        pen.say("No next contact is set yet. What could be done next:"),
        *next_actions(pen, case, families),
    ]


def _alone(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    """The owner is not named: they are not who is asked."""
    group = f"<!subteam^{case.duty_group}> " if came.step > 1 and case.duty_group else ""
    since = pen.lasting(now - case.cycle_started_at)
    lines = [
        group + pen.say("The owner has been alone with this for {length}. Who can join?", length=since),
        parts.typed(f"{pen.severity(case)} · {case.title}", 200),
    ]
    if unseen(case.areas):
        lines.append(pen.say("Nobody looks at: {areas}", areas=coverage.blind_spots(pen, case)))
    return lines


def _quiet(pen: Pen, case: Case, came: NudgeCame) -> list[str]:
    area = pen.area_named(case, came.area or "")
    since = next((one.since for one in case.areas if one.key == came.area), came.planned)
    if came.step == 1:
        return [
            pen.say("Is there news of {area}? You have held it since {at}.", area=area, at=pen.when(since)),
            parts.typed(f"{pen.severity(case)} · {case.title}", 200),
        ]
    quiet = [one for one in case.areas if one.key in came.areas and one.verdict is None]
    lines = [pen.say("{area}, since {at}", area=pen.area(one), at=pen.when(one.since)) for one in quiet]
    return [pen.say("No news of these areas. Who can help there?"), *(f"• {line}" for line in lines)]


def next_actions(pen: Pen, case: Case, families: Sequence[Family]) -> list[str]:
    """Three things that could be done next: areas that nobody looks at, then the first questions of those held."""
    blind = [pen.say("Have somebody look at {area}.", area=pen.area(area)) for area in unseen(case.areas)]
    keys = dict.fromkeys([area.key for area in case.areas if area.verdict is None] + [a.key for a in case.areas])
    asked = [
        question.removeprefix("• ") for key in keys for question in first_questions(case, key, families, pen.language)
    ]
    chosen = [*blind[:2], *asked[: OFFERED - len(blind[:2])], *blind[2:]][:OFFERED]
    return [f"• {one}" for one in chosen]


def _buttons(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    match came.nudge:
        case "alone":
            return [claim_menu(pen, case, named=True)]
        case "quiet" if came.step == 1:
            area = came.area or ""
            return [act(pen, case, verb, rest=area) for verb in ("clear", "suspect", "waiting", "release")]
        case "quiet":
            quiet = [one for one in case.areas if one.key in came.areas and one.verdict is None]
            names = [parts.words(pen.say("Join {area}", area=one.name(pen.language)), 75) for one in quiet]
            return [act(pen, case, "join", rest=one.key, text=name)
                    for one, name in zip(quiet[:MOST_JOINED], names, strict=False)]  # fmt: skip
    return [next_button(pen, case), claim_menu(pen, case, named=True)]
