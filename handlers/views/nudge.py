"""Nudge: what the team, a holder or the owner is asked when no clock ran out. What to do comes first."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.area import unseen
from bot.domain.case import Case
from bot.domain.checklist import undone
from bot.domain.family import Family
from bot.domain.messages import NudgeCame, NudgeKind
from bot.domain.values import Language, name_of
from handlers.views import coverage, offers, parts
from handlers.views.buttons import act, block_id, claim_menu, next_button, row
from handlers.views.parts import Block, Message
from handlers.views.pen import Pen, pens

MOST_SHOWN = 8
"""Ours: rows before a phone has to scroll; the card shows the rest."""


def nudge(
    case: Case, came: NudgeCame, zone: str, language: Language, now: datetime, families: Sequence[Family]
) -> Message:
    """The question as its place says it: to the whole channel, in the thread, or to one person."""
    rich, plain = pens(language, zone, private=came.to is not None)
    worded = _WORDED[came.nudge]
    shown, spoken = worded.lines(rich, case, came, now), worded.lines(plain, case, came, now)
    offered = offers.next_actions(case, families, language) if came.nudge == "stuck" else []
    first, *rest = shown
    text = parts.fitting([f"{rich.bold(name_of(case.number))} {first}", *rest], parts.SECTION)
    heard = [f"{name_of(case.number)}: {spoken[0]}", *spoken[1:], *offers.spoken(offered)]
    return Message(
        text=parts.fitting(heard, parts.TEXT),
        blocks=(
            parts.section(text, block_id(case, "nudge")),
            *offers.blocks(rich, case, offered),
            *worded.rows(rich, case, came),
        ),
    )


class Wording(NamedTuple):
    """How one kind of nudge is said, and what can be done below it: several of one act stand in blocks of their own."""

    lines: Callable[[Pen, Case, NudgeCame, datetime], list[str]]
    rows: Callable[[Pen, Case, NudgeCame], list[Block]]


def _alone(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    """The owner is not named: they are not who is asked."""
    group = f"<!subteam^{case.duty_group}> " if came.step > 1 and case.duty_group else ""
    since = pen.lasting(now - case.alone_since)
    lines = [
        group + pen.say("The owner has been alone with this for {length}. Who can join?", length=since),
        parts.typed(f"{pen.severity(case)} · {case.title}", 200),
    ]
    if unseen(case.areas):
        lines.append(pen.say("Nobody looks at: {areas}", areas=coverage.blind_spots(pen, case)))
    return lines


def _join_in(pen: Pen, case: Case, came: NudgeCame) -> list[Block]:
    return [row(case, "work", [claim_menu(pen, case, named=True)])]


def _quiet(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
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


def _tell(pen: Pen, case: Case, came: NudgeCame) -> list[Block]:
    """For the holder what to report, for the others what to join."""
    if came.step == 1:
        area = came.area or ""
        verbs = ("clear", "suspect", "waiting", "release")
        return [row(case, "work", [act(pen, case, verb, rest=area) for verb in verbs])]
    quiet = [one for one in case.areas if one.key in came.areas and one.verdict is None]
    return [parts.section(pen.area(one), block_id(case, f"join{place}"), act(pen, case, "join", rest=one.key))
            for place, one in enumerate(quiet[:MOST_SHOWN])]  # fmt: skip


def _stuck(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    return [pen.say("No next contact is set yet. What could be done next:")]


def _go_on(pen: Pen, case: Case, came: NudgeCame) -> list[Block]:
    return [row(case, "work", [next_button(pen, case), claim_menu(pen, case, named=True)])]


def _left(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    items = [parts.typed(item.name(pen.language), 100) for item in undone(case) if item.due <= now]
    return [pen.say("These were to be checked or told by now:"), *(f"• {name}" for name in items if not pen.rich)]


def _tick(pen: Pen, case: Case, came: NudgeCame) -> list[Block]:
    items = [item for item in undone(case) if item.due <= came.planned]
    return [parts.section(parts.typed(item.name(pen.language), 100), block_id(case, f"tick{place}"),
                          act(pen, case, "tick", rest=item.key))
            for place, item in enumerate(items[:MOST_SHOWN])]  # fmt: skip


def _unanswered(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    """Each side hears its own part of it, then whoever leads the shift."""
    if case.offer is None:
        return [pen.say("a handover waits for its answer")]
    sender, receiver = parts.person(case.offer.by), parts.person(case.offer.to)
    since, title = pen.lasting(now - case.offer.at), parts.typed(f"{pen.severity(case)} · {case.title}", 200)
    if came.step == 1:
        return [
            pen.say("{who} asked you {length} ago to take this over. Please answer.", who=sender, length=since),
            title,
        ]
    owner = pen.say("Owner: {owner}", owner=pen.owner(case.owner))
    if came.step == 2:
        return [pen.say("{to} has not answered your handover for {length}.", to=receiver, length=since), title, owner]
    asked = pen.say("Handed over by {who} to {to}, without an answer for {length}. Who takes it?", who=sender,
                    to=receiver, length=since)  # fmt: skip
    return [asked, title, owner]


def _answer(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    if came.step == 1:
        return [act(pen, case, "accept", style="primary"), act(pen, case, "decline")]
    if came.step == 2:
        return [act(pen, case, "handoff", text=pen.say("Ask somebody else")), act(pen, case, "withdraw")]
    return [act(pen, case, "handoff", rest="me", text=pen.say("Become the owner"), style="primary")]


_WORDED: dict[NudgeKind, Wording] = {
    "unanswered": Wording(_unanswered, _answer),
    "alone": Wording(_alone, _join_in),
    "quiet": Wording(_quiet, _tell),
    "stuck": Wording(_stuck, _go_on),
    "undone": Wording(_left, _tick),
}
