"""Task: a part of the work that one person asked a colleague for: who, what, by when, and what came of it.

It stands on the card for everybody, and only the two of them are spoken to (docs/decisions/0049).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from bot.domain.area import find
from bot.domain.commands import AcceptTask, AskTask, DeclineTask, FinishTask, WithdrawTask
from bot.domain.contact import FARTHEST
from bot.domain.errors import (
    CaseResolved,
    NoTask,
    NotYoursToTakeBack,
    NotYourTask,
    ResultMissing,
    TaskAcceptedAlready,
    TaskDueInThePast,
    TaskDueTooFar,
    TaskIsDeclined,
    TaskIsDone,
    TaskIsWithdrawn,
    TaskNotNamed,
    TaskPending,
    TaskReasonMissing,
    TaskTextMissing,
    TaskToSelf,
    TaskUnknown,
    TooManyTasks,
)
from bot.domain.facts import Fact, TaskAccepted, TaskAsked, TaskDeclined, TaskDone, TaskWithdrawn
from bot.domain.message import Stamp
from bot.domain.text import fold, many_lines, one_line
from bot.domain.values import AreaKey, Instant, UserId, Value

if TYPE_CHECKING:
    from bot.domain.case import Case

State = Literal["asked", "accepted", "declined", "done", "withdrawn", "left"]
"""`left`: the case ended while it was open."""
Answer = Literal["accept", "decline", "done", "withdraw"]

UNANSWERED_AFTER = timedelta(minutes=5)
"""Ours: then whoever was asked hears it once more, and after as long again whoever asked; sooner for a short one."""
OVERDUE_TOLD_AFTER = timedelta(minutes=10)
"""Ours: so long after its time whoever asked hears it, and the owner: it may only not be typed yet."""
OTHERWISE = timedelta(hours=1)
"""Ours: when it is due where nobody said so and the terms know no cadence of updates."""
LONGEST = 3000
MOST = 20
"""Ours: open ones on one case; nobody keeps more in sight."""
_MINUTE = timedelta(minutes=1)
_TIME = UserId("")
"""Nobody: the bot itself takes back what was asked of an account that is gone."""


class Task(Value):
    """One request, as it stands."""

    serial: int
    by: UserId
    """Who asked."""
    to: UserId
    """Who was asked, and alone may answer."""
    text: str
    due: Instant
    asked_at: Instant
    area: AreaKey | None = None
    state: State = "asked"
    answered_at: Instant | None = None
    """When it was accepted."""
    ended_at: Instant | None = None
    reason: str = ""
    """Why it was declined."""
    result: str = ""
    """What came out."""

    @property
    def open(self) -> bool:
        return self.state in ("asked", "accepted")

    def over(self, now: datetime) -> bool:
        """Open, and past its time."""
        return self.open and now >= self.due


Tasks = tuple[Task, ...]


def open_tasks(case: Case) -> Tasks:
    """Those that somebody still waits for, in the order in which they are due."""
    return tuple(sorted((task for task in case.tasks if task.open), key=lambda task: (task.due, task.serial)))


def in_hand(case: Case, person: UserId) -> Tasks:
    """The open ones that were asked of this person."""
    return tuple(task for task in open_tasks(case) if task.to == person)


def of(case: Case, serial: int | None) -> Task | None:
    return next((task for task in case.tasks if task.serial == serial), None)


def usual_due(case: Case, now: datetime) -> datetime:
    """When it is due where nobody says so: after half the cadence of updates, so that its result is in the next one."""
    span = case.terms.next_contact / 2 if case.terms.next_contact else OTHERWISE
    due = (now + span).replace(second=0, microsecond=0)  # times are spoken in minutes
    return due if due > now else due + _MINUTE


# ---------------------------------------------------------------- asking


def ask(case: Case, command: AskTask, stamp: Stamp) -> tuple[Fact, ...]:
    """Ask somebody for it.

    Raises AreaUnknown, TaskToSelf, TaskTextMissing, TaskDueInThePast, TaskDueTooFar, TaskPending, and as `askable`.
    """
    askable(case)
    area = find(case.areas, command.area, case.number).key if command.area else None
    if command.to == command.by:
        raise TaskToSelf(number=case.number, key=area or _free(case))
    text = many_lines(command.text, LONGEST)
    if not text:
        raise TaskTextMissing(number=case.number)
    due = command.due or usual_due(case, stamp.at)
    if due <= stamp.at:
        raise TaskDueInThePast(number=case.number, due=due)
    if due - stamp.at > FARTHEST:
        raise TaskDueTooFar(number=case.number, due=due)
    same = next((one for one in in_hand(case, command.to) if (fold(one.text), one.area) == (fold(text), area)), None)
    if same is not None:
        raise TaskPending(number=case.number, to=command.to, task=same.serial)
    return (TaskAsked(**stamp.fields, task=len(case.tasks) + 1, to=command.to, area=area, text=text, due=due),)


def askable(case: Case) -> None:
    """Let somebody ask, also before a form is shown. Raises CaseResolved, TooManyTasks."""
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if len(open_tasks(case)) >= MOST:
        raise TooManyTasks(number=case.number, limit=MOST)


def _free(case: Case) -> str:
    """An area that could be claimed instead."""
    areas = [area.key for area in case.areas if area.unseen] or [area.key for area in case.areas]
    return areas[0] if areas else "…"


# ---------------------------------------------------------------- answering


def expected(case: Case, by: UserId, serial: int | None, answer: Answer) -> Task:
    """The task that this answer of this person is about; the number may be left out where one alone can be meant.

    Raises TaskUnknown, NoTask, TaskNotNamed, NotYourTask, NotYoursToTakeBack, TaskReasonMissing where whoever was asked
    would take it back, and TaskAcceptedAlready, TaskIsDone, TaskIsDeclined or TaskIsWithdrawn.
    """
    task = _named(case, serial) if serial is not None else _only(case, by, answer)
    if answer == "withdraw":
        if by == task.to and task.open:
            raise TaskReasonMissing(number=case.number, task=task.serial)
        if by not in (_TIME, task.by, case.owner):
            raise NotYoursToTakeBack(number=case.number, task=task.serial, by=task.by)
    elif by != task.to:
        raise NotYourTask(number=case.number, task=task.serial, to=task.to)
    _still_open(case, task)
    if answer == "accept" and task.state == "accepted":
        raise TaskAcceptedAlready(number=case.number, task=task.serial)
    return task


def _named(case: Case, serial: int) -> Task:
    task = of(case, serial)
    if task is None:
        raise TaskUnknown(number=case.number, task=serial)
    return task


def _only(case: Case, by: UserId, answer: Answer) -> Task:
    """The one that can be meant; where none waits for this answer, the person's last one says why."""
    theirs = [task for task in case.tasks if (_takes_back(case, by, task) if answer == "withdraw" else task.to == by)]
    waiting = [task for task in theirs if task.open and not (answer == "accept" and task.state == "accepted")]
    if answer == "withdraw":  # of an owner, the own requests before those of others
        waiting = [task for task in waiting if task.by == by] or waiting
    if len(waiting) > 1:
        raise TaskNotNamed(number=case.number, verb=answer, first=waiting[0].serial, numbers=_numbers(waiting))
    if not waiting and not theirs:
        raise NoTask(number=case.number)
    return waiting[0] if waiting else theirs[-1]


def _takes_back(case: Case, by: UserId, task: Task) -> bool:
    return by != task.to and by in (task.by, case.owner)


def _numbers(tasks: list[Task]) -> str:
    return ", ".join(str(task.serial) for task in tasks)


def _still_open(case: Case, task: Task) -> None:
    match task.state:
        case "done":
            raise TaskIsDone(number=case.number, task=task.serial)
        case "declined":
            raise TaskIsDeclined(number=case.number, task=task.serial)
        case "withdrawn" | "left":
            raise TaskIsWithdrawn(number=case.number, task=task.serial)


def accept(case: Case, command: AcceptTask, stamp: Stamp) -> tuple[Fact, ...]:
    """Take it on. Raises what `expected` raises."""
    task = expected(case, command.by, command.task, "accept")
    return (TaskAccepted(**stamp.fields, task=task.serial, asker=task.by),)


def decline(case: Case, command: DeclineTask, stamp: Stamp) -> tuple[Fact, ...]:
    """Give it back with a reason, also after it was accepted. Raises TaskReasonMissing and what `expected` raises."""
    task = expected(case, command.by, command.task, "decline")
    reason = one_line(command.reason, 500)
    if not reason:
        raise TaskReasonMissing(number=case.number, task=task.serial)
    return (TaskDeclined(**stamp.fields, task=task.serial, asker=task.by, reason=reason),)


def finish(case: Case, command: FinishTask, stamp: Stamp) -> tuple[Fact, ...]:
    """Say what came out; whoever did it at once need not have accepted it. Raises ResultMissing and as `expected`."""
    task = expected(case, command.by, command.task, "done")
    result = one_line(command.result, 500)
    if not result:
        raise ResultMissing(number=case.number, task=task.serial)
    late = stamp.at > task.due
    return (TaskDone(**stamp.fields, task=task.serial, asker=task.by, result=result, due=task.due, late=late),)


def withdraw(case: Case, command: WithdrawTask, stamp: Stamp) -> tuple[Fact, ...]:
    """Nobody needs to do it any more. Raises what `expected` raises."""
    task = expected(case, command.by, command.task, "withdraw")
    return (TaskWithdrawn(**stamp.fields, task=task.serial, asker=task.by, to=task.to),)


# ---------------------------------------------------------------- evolve

CHANGES = (TaskAsked, TaskAccepted, TaskDeclined, TaskDone, TaskWithdrawn)
"""The facts that change a task."""


def evolve(tasks: Tasks, fact: Fact) -> Tasks:
    """The tasks after a fact about one of them."""
    match fact:
        case TaskAsked():
            asked = Task(serial=fact.task, by=fact.by, to=fact.to, area=fact.area, text=fact.text, due=fact.due,
                         asked_at=fact.at)  # fmt: skip
            return (*tasks, asked)
        case TaskAccepted():
            return _changed(tasks, fact.task, state="accepted", answered_at=fact.at)
        case TaskDeclined():
            return _changed(tasks, fact.task, state="declined", ended_at=fact.at, reason=fact.reason)
        case TaskDone():
            return _changed(tasks, fact.task, state="done", ended_at=fact.at, result=fact.result)
        case TaskWithdrawn():
            return _changed(tasks, fact.task, state="withdrawn", ended_at=fact.at)
    return tasks


def _changed(tasks: Tasks, serial: int, **changes: object) -> Tasks:
    return tuple(task.model_copy(update=changes) if task.serial == serial else task for task in tasks)


def left(tasks: Tasks, at: datetime) -> Tasks:
    """The tasks after the end of their case: nobody waits for them any more."""
    return tuple(task.model_copy(update={"state": "left", "ended_at": at}) if task.open else task for task in tasks)
