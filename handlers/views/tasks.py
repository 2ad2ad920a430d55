"""Tasks in words: who was asked for what by when, and how it stands; one line each, and none where nothing is open."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.case import Case
from bot.domain.messages import TaskAccepted, TaskAsked, TaskDeclined, TaskDone, TaskWithdrawn
from bot.domain.task import Task, in_hand, of, open_tasks
from bot.domain.values import UserId, name_of
from handlers.views import parts
from handlers.views.buttons import act
from handlers.views.parts import Block, Element
from handlers.views.pen import Pen
from handlers.views.texts import mark

STATES = {
    "asked": mark("not answered yet"),
    "accepted": mark("taken on"),
    "declined": mark("declined"),
    "done": mark("done"),
    "withdrawn": mark("taken back"),
    "left": mark("left open"),
}
MOST = 10
"""Ours: as many as a form shows with their buttons."""
SHORT, LONG = 120, 300
_ROOM = 3000
"""Ours: what all open ones may take on a card together."""


def lines(pen: Pen, case: Case, now: datetime) -> list[str]:
    """The heading, then the open ones by their time; empty where there is none."""
    waiting = open_tasks(case)
    if not waiting:
        return []
    heading = pen.count("{n} open task", "{n} open tasks", len(waiting))
    room = min(SHORT, _ROOM // len(waiting))
    return [pen.bold(heading), *(line(pen, case, task, now, room) for task in waiting)]


def line(pen: Pen, case: Case, task: Task, now: datetime, room: int = SHORT) -> str:
    """`2 · @bob · Network path: check the flow logs · by 02:40 · taken on`."""
    return pen.say("{n} · {who} · {what} · by {at} · {state}", n=task.serial, who=parts.person(task.to),
                   what=what(pen, case, task, room), at=pen.when(task.due), state=state(pen, task, now))  # fmt: skip


def state(pen: Pen, task: Task, now: datetime) -> str:
    said = pen.say(STATES[task.state])
    return pen.texts.listed([said, pen.say("overdue")]) if task.over(now) else said


def what(pen: Pen, case: Case, task: Task, room: int = LONG) -> str:
    """The area that it belongs to, and what is wanted there."""
    wanted = parts.typed(task.text, room)
    return f"{pen.area_named(case, task.area)}: {wanted}" if task.area else wanted


def named(pen: Pen, case: Case, serial: int, room: int = LONG) -> str:
    """The same by its number; the number alone where the case has no such task any more."""
    task = of(case, serial)
    return what(pen, case, task, room) if task else str(serial)


def mine(pen: Pen, case: Case, person: UserId, now: datetime) -> list[str]:
    """What this person was asked for."""
    return [pen.say("Asked of you: {task}", task=line(pen, case, task, now)) for task in in_hand(case, person)]


# ---------------------------------------------------------------- buttons


def button(pen: Pen, case: Case, verb: str, task: Task, style: str | None = None) -> Element:
    return act(pen, case, f"task-{verb}", rest=str(task.serial), style=style)


def answers(pen: Pen, case: Case, task: Task) -> list[Element]:
    """What whoever was asked can press, now."""
    first = [button(pen, case, "accept", task, "primary")] if task.state == "asked" else []
    done = button(pen, case, "done", task, None if first else "primary")
    return [*first, done, button(pen, case, "decline", task)] if task.open else []


def rows(pen: Pen, case: Case, viewer: UserId, now: datetime) -> Iterator[Block]:
    """The open ones in which the viewer has a say: to answer, or to take back."""
    theirs = [task for task in open_tasks(case) if viewer in (task.to, task.by, case.owner)][:MOST]
    for task in theirs:
        if viewer == task.to:
            yield parts.section(line(pen, case, task, now, LONG))
            yield parts.actions(answers(pen, case, task), f"{case.number}/task/{task.serial}")
        else:
            yield parts.section(line(pen, case, task, now, LONG), accessory=button(pen, case, "withdraw", task))


# ---------------------------------------------------------------- said once, to the few whose matter it is


def asked(pen: Pen, case: Case, fact: TaskAsked) -> list[str]:
    """For whoever is asked: what, by when, and what the case is about."""
    first = pen.say("{case}: {who} asks {to} for a part of the work (task {n}). Please answer.", n=fact.task,
                    case=name_of(case.number), who=parts.person(fact.by), to=parts.person(fact.to))  # fmt: skip
    where = [pen.say("Area: {area}", area=pen.area_named(case, fact.area))] if fact.area else []
    return [
        first,
        parts.typed_lines(fact.text, 1500),
        *where,
        pen.say("By when: {at}", at=pen.when(fact.due)),
        _title(pen, case),
    ]


def declined(pen: Pen, case: Case, fact: TaskDeclined) -> list[str]:
    return [
        pen.say("{case}: {who} can't take on task {n}: {what}", case=name_of(case.number), who=parts.person(fact.by),
                n=fact.task, what=named(pen, case, fact.task)),
        pen.say("Reason: {reason}", reason=parts.typed(fact.reason, 500)),
    ]  # fmt: skip


def done(pen: Pen, case: Case, fact: TaskDone) -> list[str]:
    return [
        pen.say("{case}: {who} has done task {n}: {what}", case=name_of(case.number), who=parts.person(fact.by),
                n=fact.task, what=named(pen, case, fact.task)),
        pen.say("Result: {result}", result=parts.typed(fact.result, 500)),
    ]  # fmt: skip


def withdrawn(pen: Pen, case: Case, fact: TaskWithdrawn) -> list[str]:
    wanted, name = named(pen, case, fact.task), name_of(case.number)
    if not fact.by:
        return [pen.say("{case}: the account of {to} is deactivated. Please ask somebody else for task {n}: {what}",
                        case=name, to=parts.person(fact.to), n=fact.task, what=wanted)]  # fmt: skip
    return [pen.say("{case}: {who} has taken back task {n}, so nothing is left to do: {what}", case=name,
                    who=parts.person(fact.by), n=fact.task, what=wanted)]  # fmt: skip


def _title(pen: Pen, case: Case) -> str:
    return parts.typed(f"{pen.severity(case)} · {case.title}", 200)


def to_answer(pen: Pen, case: Case, fact: TaskAsked) -> list[Element]:
    task = of(case, fact.task)
    return answers(pen, case, task) if task else []


def to_ask_again(pen: Pen, case: Case, fact: TaskDeclined | TaskWithdrawn) -> list[Element]:
    """Somebody else, with everything filled in; not for whoever is free of it."""
    by_itself = isinstance(fact, TaskDeclined) or not fact.by
    return [act(pen, case, "task", rest=str(fact.task), text=pen.say("Ask somebody else"))] if by_itself else []


def to_report(pen: Pen, case: Case, fact: TaskDone) -> list[Element]:
    """A result in an area is nearly a finding: one more press, and the verdict."""
    task = of(case, fact.task)
    known = task is not None and any(area.key == task.area for area in case.areas)
    return [button(pen, case, "finding", task)] if task and known and case.status == "open" else []


# ---------------------------------------------------------------- the answer to whoever acted


def said(pen: Pen, case: Case, fact: TaskAsked | TaskAccepted | TaskDeclined | TaskDone | TaskWithdrawn) -> list[str]:
    """What was kept, with the time as an absolute one."""
    task = of(case, fact.task)
    wanted = what(pen, case, task) if task else ""
    match fact:
        case TaskAsked():
            return [pen.say("task {n} for {to}, who gets a message: {what}", n=fact.task, to=parts.person(fact.to),
                            what=wanted), pen.say("By when: {at}", at=pen.when(fact.due))]  # fmt: skip
        case TaskAccepted():
            by = [pen.say("By when: {at}", at=pen.when(task.due))] if task else []
            example = pen.say("task {number} done {n} what came out", number=case.number, n=fact.task)
            return [pen.say("task {n} is yours: {what}", n=fact.task, what=wanted), *by,
                    pen.say("When it is done, press “{button}” or write: {line}",
                            button=pen.say("It is done"), line=example)]  # fmt: skip
        case TaskDeclined():
            return [pen.say("task {n} is declined, and {who} hears why.", n=fact.task, who=parts.person(fact.asker))]
        case TaskDone():
            return [pen.say("task {n} is done, and {who} hears it. Thank you.", n=fact.task,
                            who=parts.person(fact.asker))]  # fmt: skip
        case TaskWithdrawn():
            return [pen.say("task {n} is taken back, and {to} hears it.", n=fact.task, to=parts.person(fact.to))]


# ---------------------------------------------------------------- the timeline


def story(pen: Pen, case: Case, fact: TaskAsked | TaskAccepted | TaskDeclined | TaskDone | TaskWithdrawn) -> str:
    """What happened, after the name of whoever did it."""
    match fact:
        case TaskAsked():
            wanted = parts.typed(fact.text, LONG)
            area = f"{pen.area_named(case, fact.area)}: " if fact.area else ""
            return pen.say("asked {to} for task {n}: {what}, by {at}", to=parts.person(fact.to), n=fact.task,
                           what=f"{area}{wanted}", at=pen.when(fact.due))  # fmt: skip
        case TaskAccepted():
            return pen.say("took on task {n}: {what}", n=fact.task, what=named(pen, case, fact.task, SHORT))
        case TaskDeclined():
            return pen.say("declined task {n}: {reason}", n=fact.task, reason=parts.typed(fact.reason, LONG))
        case TaskDone():
            late = pen.say(" — {length} late for {due}", length=pen.lasting(fact.at - fact.due),
                           due=pen.when(fact.due)) if fact.late else ""  # fmt: skip
            return pen.say("has done task {n}: {result}", n=fact.task, result=parts.typed(fact.result, LONG)) + late
        case TaskWithdrawn():
            return pen.say("took back task {n}, asked of {to}", n=fact.task, to=parts.person(fact.to))
