"""Nudge: what the team, a holder or the owner is asked when no clock ran out. What to do comes first."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from bot.domain.area import unseen
from bot.domain.case import Case
from bot.domain.checklist import undone
from bot.domain.family import Family
from bot.domain.messages import NudgeCame, NudgeKind
from bot.domain.task import Task, of
from bot.domain.values import Language, name_of
from handlers.views import checks, coverage, offers, parts, tasks
from handlers.views.buttons import act, block_id, claim_menu, next_button, row
from handlers.views.offers import Offer
from handlers.views.parts import Element, Message
from handlers.views.pen import Pen, pens

MOST_OFFERED = 10
"""Ours: as many quiet areas as fit a phone; the card has them all."""


def nudge(
    case: Case, came: NudgeCame, zone: str, language: Language, now: datetime, families: Sequence[Family]
) -> Message:
    """The question as its place says it: to the whole channel, in the thread, or to one person."""
    rich, plain = pens(language, zone, private=came.to is not None)
    worded = _WORDED[came.nudge]
    shown, spoken = worded.lines(rich, case, came, now), worded.lines(plain, case, came, now)
    first, *rest = shown
    text = parts.fitting([f"{rich.bold(name_of(case.number))} {first}", *rest], parts.SECTION)
    heard = [f"{name_of(case.number)}: {spoken[0]}", *spoken[1:]]
    buttons = worded.buttons(rich, case, came)
    return Message(
        text=parts.fitting([*heard, *offers.spoken(worded.offers(plain, case, came, families))], parts.TEXT),
        blocks=(
            parts.section(text, block_id(case, "nudge")),
            *offers.blocks(case, worded.offers(rich, case, came, families)),
            *([row(case, "work", buttons)] if buttons else []),
        ),
    )


def _no_offers(pen: Pen, case: Case, came: NudgeCame, families: Sequence[Family]) -> list[Offer]:
    return []


class Wording(NamedTuple):
    """How one kind of nudge is said, the buttons below it, and between them lines that have a button each."""

    lines: Callable[[Pen, Case, NudgeCame, datetime], list[str]]
    buttons: Callable[[Pen, Case, NudgeCame], list[Element]]
    offers: Callable[[Pen, Case, NudgeCame, Sequence[Family]], list[Offer]] = _no_offers


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


def _join_in(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    return [claim_menu(pen, case, named=True)]


def _quiet(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    area = pen.area_named(case, came.area or "")
    since = next((one.since for one in case.areas if one.key == came.area), came.planned)
    if came.step == 1:
        return [
            pen.say("Is there news of {area}? You have held it since {at}.", area=area, at=pen.when(since)),
            parts.typed(f"{pen.severity(case)} · {case.title}", 200),
        ]
    return [pen.say("No news of these areas. Who can help there?")]


def _tell(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    """What the holder can report."""
    if came.step > 1:
        return []
    return [act(pen, case, verb, rest=came.area or "") for verb in ("clear", "suspect", "waiting", "release")]


def _helpable(pen: Pen, case: Case, came: NudgeCame, families: Sequence[Family]) -> list[Offer]:
    """What the others can join."""
    if came.step == 1:
        return []
    quiet = [one for one in case.areas if one.key in came.areas and one.verdict is None][:MOST_OFFERED]
    lines = [pen.say("{area}, since {at}", area=pen.area(one), at=pen.when(one.since)) for one in quiet]
    return [Offer(line, act(pen, case, "join", rest=one.key)) for line, one in zip(lines, quiet, strict=True)]


def _stuck(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    return [pen.say("No next contact is set yet. What could be done next:")]


def _go_on(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    return [next_button(pen, case), claim_menu(pen, case, named=True)]


def _left(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    return [pen.say("These were to be checked or told by now:")]


def _nothing(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    return []


def _ticked_off(pen: Pen, case: Case, came: NudgeCame, families: Sequence[Family]) -> list[Offer]:
    """What is left, each with the button that ticks it off."""
    items = [item for item in undone(case) if item.due <= came.planned][:MOST_OFFERED]
    return [Offer(parts.typed(i.name(pen.language), 100), act(pen, case, "tick", rest=i.key)) for i in items]


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
    taking = act(pen, case, "handoff", rest="me", text=pen.say("Become the owner"), style="primary")
    return [taking, act(pen, case, "load")]


def _standing(case: Case, came: NudgeCame) -> list[Task]:
    """The tasks that it is about and that are still as they were."""
    found = [task for serial in came.tasks if (task := of(case, serial)) is not None and task.open]
    return [task for task in found if came.nudge == "overdue" or task.state == "asked"]


def _untaken(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    found = _standing(case, came)
    if came.step == 1:
        asked = pen.say("{who} asked for this and waits for an answer:", who=_whom(found, "by"))
    else:
        asked = pen.say("What you asked {to} for has no answer yet:", to=_whom(found, "to"))
    return [asked, *_listed(pen, case, found, now)]


def _overdue(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    found = _standing(case, came)
    if came.step == 1:
        asked = pen.say("The time is over for what you took on. Please say what came out, or give it back:")
    else:
        asked = pen.say("What {to} was asked for is past its time:", to=_whom(found, "to"))
    return [asked, *_listed(pen, case, found, now)]


def _whom(found: list[Task], side: Literal["by", "to"]) -> str:
    """Who asked, or who was asked, each once."""
    return parts.people(tuple(dict.fromkeys(task.by if side == "by" else task.to for task in found)))


def _listed(pen: Pen, case: Case, found: list[Task], now: datetime) -> list[str]:
    """One alone is said here; several are offers, each with its button."""
    about = [tasks.line(pen, case, task, now, tasks.LONG) for task in found] if len(found) == 1 else []
    return [*about, parts.typed(f"{pen.severity(case)} · {case.title}", 200)]


def _of_a_task(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    found = _standing(case, came)
    if len(found) != 1:
        return []
    if came.step == 1:
        return tasks.answers(pen, case, found[0])
    again = act(pen, case, "task", rest=str(found[0].serial), text=pen.say("Ask somebody else"))
    return [again, tasks.button(pen, case, "withdraw", found[0])]


def _of_tasks(pen: Pen, case: Case, came: NudgeCame, families: Sequence[Family]) -> list[Offer]:
    found = _standing(case, came)[:MOST_OFFERED]
    if len(found) < 2:
        return []
    verb = "withdraw" if came.step > 1 else "accept" if came.nudge == "untaken" else "done"
    return [Offer(tasks.line(pen, case, task, came.at), tasks.button(pen, case, verb, task)) for task in found]


_WORDED: dict[NudgeKind, Wording] = {
    "unanswered": Wording(_unanswered, _answer),
    "unchecked": Wording(checks.nudged, checks.answering),
    "expired": Wording(checks.nudged, checks.answering),
    "alone": Wording(_alone, _join_in),
    "quiet": Wording(_quiet, _tell, _helpable),
    "undone": Wording(_left, _nothing, _ticked_off),
    "untaken": Wording(_untaken, _of_a_task, _of_tasks),
    "overdue": Wording(_overdue, _of_a_task, _of_tasks),
    "stuck": Wording(_stuck, _go_on, lambda pen, case, came, families: offers.actions(pen, case, families)),
}
