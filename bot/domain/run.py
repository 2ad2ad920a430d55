"""Run: a runbook being worked through on a case: which step was done by whom, and which waits for a second person.

Its steps were copied when it began. Everything that happens to it is a fact, and can be taken back by another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

from bot.domain.errors import (
    NoRun,
    NoRunbooks,
    NothingToConfirm,
    RunbookRuns,
    RunbookUnknown,
    RunNotNamed,
    RunOver,
    SecondPersonNeeded,
    SkipReasonMissing,
    StepDoneAlready,
    StepSkippedAlready,
    StepStillOpen,
    StepUnknown,
    StepWaits,
    StopReasonMissing,
    TooManyRuns,
)
from bot.domain.facts import Fact
from bot.domain.family import find_area
from bot.domain.message import Stamp
from bot.domain.runbook import Step
from bot.domain.runbook_messages import (
    ConfirmStep,
    DoStep,
    RunbookFinished,
    RunbookStarted,
    RunbookStopped,
    SkipStep,
    StartRunbook,
    StepCommand,
    StepConfirmed,
    StepDone,
    StepSkipped,
    StepUndone,
    StopRunbook,
    UndoStep,
)
from bot.domain.text import one_line
from bot.domain.values import Instant, Language, UserId, Value

if TYPE_CHECKING:
    from bot.domain.case import Case

MOST_RUNS = 10
"""Ours: of one case; each keeps a copy of its steps in the case's document, which every act writes anew."""
LONGEST_REASON = 500
"""Ours, as for every reason."""

StepState = Literal["open", "waiting", "done", "skipped"]


class RunStep(Step):
    """A step of a run, as it stands."""

    by: UserId | None = None
    """Who did or skipped it."""
    at: Instant | None = None
    second: UserId | None = None
    """Who confirmed it."""
    second_at: Instant | None = None
    skipped: str = ""
    """Why it was skipped; empty where it was not."""

    @property
    def state(self) -> StepState:
        """`waiting` is done by one and not yet confirmed by another."""
        if self.by is None:
            return "open"
        if self.skipped:
            return "skipped"
        return "waiting" if self.two_people and self.second is None else "done"


class Run(Value):
    """One run, as it stands."""

    serial: int
    """Counted from one on its case."""
    key: str
    name_ja: str
    name_en: str
    notes_ja: str = ""
    notes_en: str = ""
    steps: tuple[RunStep, ...]
    by: UserId
    at: Instant
    """When it began."""
    ended_at: Instant | None = None
    ended_by: UserId | None = None
    stopped: str = ""
    """Why it was stopped; empty where it goes on, or came to its end."""

    @property
    def running(self) -> bool:
        return self.ended_at is None

    @property
    def part(self) -> str:
        """What its message is called among those of its case."""
        return f"run-{self.serial}"

    @property
    def next(self) -> int | None:
        """The first step that is neither done nor skipped, counted from one."""
        return next((n for n, step in enumerate(self.steps, 1) if step.state in ("open", "waiting")), None)

    @property
    def gone(self) -> int:
        """How many of its steps are done or skipped."""
        return sum(step.state in ("done", "skipped") for step in self.steps)

    def __str__(self) -> str:
        return self.key

    def name(self, language: Language) -> str:
        return self.name_ja if language == "ja" else self.name_en

    def notes(self, language: Language) -> str:
        return self.notes_ja if language == "ja" else self.notes_en


def running(case: Case) -> tuple[Run, ...]:
    """Those that are being worked through."""
    return tuple(run for run in case.runs if run.running)


def numbered(case: Case, part: str) -> Run | None:
    """The run whose message this part is."""
    return next((run for run in case.runs if run.part == part), None)


# ---------------------------------------------------------------- what may happen


def start(case: Case, command: StartRunbook, stamp: Stamp) -> tuple[Fact, ...]:
    """Copy the steps. Raises NoRunbooks where nobody filled them in, RunbookRuns where it runs already, TooManyRuns."""
    sheet = command.sheet
    if sheet is None:
        raise NoRunbooks(number=case.number)
    _only_one(case, sheet.key)
    if len(case.runs) >= MOST_RUNS:
        raise TooManyRuns(number=case.number, limit=MOST_RUNS)
    return (RunbookStarted(**stamp.fields, run=len(case.runs) + 1, runbook=sheet),)


def do(case: Case, command: DoStep, stamp: Stamp) -> tuple[Fact, ...]:
    """A step is done. Raises StepDoneAlready, StepSkippedAlready, StepWaits, SecondPersonNeeded.

    Where a first person has done it meanwhile, nobody becomes the second one unawares: they are asked to look.
    """
    run, step = _found(case, command)
    if step.state == "waiting" and step.by == command.by:
        raise SecondPersonNeeded(number=case.number, step=command.step)
    if step.state == "waiting":
        raise StepWaits(number=case.number, key=run.key, step=command.step, who=step.by)
    _still_open(case, run, command, step)
    return _and_finished(case, stamp, StepDone(**stamp.fields, run=run.serial, step=command.step))


def confirm(case: Case, command: ConfirmStep, stamp: Stamp) -> tuple[Fact, ...]:
    """A second person, never the same one, has looked at it. Raises SecondPersonNeeded, NothingToConfirm."""
    run, step = _found(case, command)
    if step.state == "open" or (step.state == "done" and not step.two_people):
        raise NothingToConfirm(number=case.number, key=run.key, step=command.step)
    if step.state != "waiting":
        _still_open(case, run, command, step)
    if step.by == command.by:
        raise SecondPersonNeeded(number=case.number, step=command.step)
    return _and_finished(case, stamp, StepConfirmed(**stamp.fields, run=run.serial, step=command.step))


def skip(case: Case, command: SkipStep, stamp: Stamp) -> tuple[Fact, ...]:
    """A step is not needed here. Raises SkipReasonMissing, StepDoneAlready, StepSkippedAlready."""
    run, step = _found(case, command)
    if step.state != "waiting":
        _still_open(case, run, command, step)
    reason = one_line(command.reason, LONGEST_REASON)
    if not reason:
        raise SkipReasonMissing(number=case.number, key=run.key, step=command.step)
    return _and_finished(case, stamp, StepSkipped(**stamp.fields, run=run.serial, step=command.step, reason=reason))


def undo(case: Case, command: UndoStep, stamp: Stamp) -> tuple[Fact, ...]:
    """Take back what was said of a step, also after the last one: the run then goes on. Raises StepStillOpen."""
    run, step = _found(case, command, also_finished=True)
    if step.state == "open":
        raise StepStillOpen(number=case.number, key=run.key, step=command.step)
    if not run.running:
        _only_one(case, run.key)
    return (StepUndone(**stamp.fields, run=run.serial, step=command.step),)


def stop(case: Case, command: StopRunbook, stamp: Stamp) -> tuple[Fact, ...]:
    """Work through it no further. Raises StopReasonMissing and what finding raises."""
    run = _run(case, command.run)
    reason = one_line(command.reason, LONGEST_REASON)
    if not reason:
        raise StopReasonMissing(number=case.number, name=run, key=run.key)
    return (RunbookStopped(**stamp.fields, run=run.serial, reason=reason),)


def _and_finished(case: Case, stamp: Stamp, fact: StepDone | StepConfirmed | StepSkipped) -> tuple[Fact, ...]:
    """The fact, and that with it no step is left."""
    after = EFFECTS[type(fact)](case, fact)
    run = after.runs[fact.run - 1]
    return (fact, RunbookFinished(**stamp.fields, run=run.serial)) if run.next is None else (fact,)


def _only_one(case: Case, key: str) -> None:
    for run in running(case):
        if run.key == key:
            raise RunbookRuns(number=case.number, name=run, key=key, step=run.next)


def _still_open(case: Case, run: Run, command: StepCommand, step: RunStep) -> None:
    if step.state == "skipped":
        raise StepSkippedAlready(number=case.number, key=run.key, step=command.step, who=step.by, at=step.at)
    if step.state != "open":
        raise StepDoneAlready(number=case.number, key=run.key, step=command.step, who=step.by, at=step.at)


# ---------------------------------------------------------------- which one is meant


def _found(case: Case, command: StepCommand, *, also_finished: bool = False) -> tuple[Run, RunStep]:
    """The run and the step. Raises NoRun, RunNotNamed, RunOver, RunbookUnknown, StepUnknown."""
    run = _run(case, command.run, step=command.step, also_finished=also_finished)
    if not 1 <= command.step <= len(run.steps):
        last, near = len(run.steps), run.next or 1
        raise StepUnknown(number=case.number, name=run, key=run.key, last=last, step=command.step, next=near)
    return run, run.steps[command.step - 1]


def _run(case: Case, word: str, *, step: int | None = None, also_finished: bool = False) -> Run:
    """The run that is meant: by its number, by its runbook's name, or the only one that there is."""
    word = one_line(word, 80)
    going = [run for run in case.runs if run.running or (also_finished and not run.stopped)]
    if word.isascii() and word.isdigit():
        chosen = [run for run in case.runs if run.serial == int(word)]
    elif word:
        chosen = _called(case, word)
    else:
        chosen = [run for run in going if run.running] or going[-1:]
        if len(chosen) > 1:
            near = ", ".join(run.key for run in chosen)
            raise RunNotNamed(number=case.number, near=near, first=chosen[0].key, step=step or 1)
    if not chosen:
        raise NoRun(number=case.number)
    meant = [run for run in chosen if run in going]
    if not meant:
        raise RunOver(number=case.number, name=chosen[-1], key=chosen[-1].key)
    return meant[-1]


def _called(case: Case, word: str) -> list[Run]:
    """The runs of the runbook that is named. Raises RunbookUnknown where the case has none of that name."""
    latest = {run.key: run for run in case.runs}
    found, _ = find_area(word, list(latest.values()), "ja")
    if found is None and latest:
        known = list(latest)
        raise RunbookUnknown(number=case.number, word=word[:40], near=", ".join(known), first=known[-1])
    return [run for run in case.runs if found is not None and run.key == found.key]


# ---------------------------------------------------------------- what a fact changes


def _started(case: Case, fact: RunbookStarted) -> Case:
    sheet = fact.runbook
    run = Run(
        serial=fact.run,
        key=sheet.key,
        name_ja=sheet.name_ja,
        name_en=sheet.name_en,
        notes_ja=sheet.notes_ja,
        notes_en=sheet.notes_en,
        steps=tuple(RunStep(ja=step.ja, en=step.en, two_people=step.two_people) for step in sheet.steps),
        by=fact.by,
        at=fact.at,
    )
    return case.model_copy(update={"runs": (*case.runs, run)})


_CLEAN: dict[str, Any] = {"by": None, "at": None, "second": None, "second_at": None, "skipped": ""}


def _done(case: Case, fact: StepDone) -> Case:
    return _with_step(case, fact.run, fact.step, {**_CLEAN, "by": fact.by, "at": fact.at})


def _confirmed(case: Case, fact: StepConfirmed) -> Case:
    return _with_step(case, fact.run, fact.step, {"second": fact.by, "second_at": fact.at})


def _skipped(case: Case, fact: StepSkipped) -> Case:
    return _with_step(case, fact.run, fact.step, {**_CLEAN, "by": fact.by, "at": fact.at, "skipped": fact.reason})


def _undone(case: Case, fact: StepUndone) -> Case:
    back = _with_step(case, fact.run, fact.step, _CLEAN)
    return _with_run(back, fact.run, {"ended_at": None, "ended_by": None, "stopped": ""})


def _finished(case: Case, fact: RunbookFinished) -> Case:
    return _with_run(case, fact.run, {"ended_at": fact.at, "ended_by": fact.by})


def _stopped(case: Case, fact: RunbookStopped) -> Case:
    return _with_run(case, fact.run, {"ended_at": fact.at, "ended_by": fact.by, "stopped": fact.reason})


def _with_step(case: Case, serial: int, number: int, changes: dict[str, Any]) -> Case:
    run = case.runs[serial - 1]
    steps = tuple(
        step.model_copy(update=changes) if place == number else step for place, step in enumerate(run.steps, 1)
    )
    return _with_run(case, serial, {"steps": steps})


def _with_run(case: Case, serial: int, changes: dict[str, Any]) -> Case:
    runs = tuple(run.model_copy(update=changes) if run.serial == serial else run for run in case.runs)
    return case.model_copy(update={"runs": runs})


EFFECTS: dict[type[Any], Callable[[Case, Any], Case]] = {
    RunbookStarted: _started,
    StepDone: _done,
    StepConfirmed: _confirmed,
    StepSkipped: _skipped,
    StepUndone: _undone,
    RunbookFinished: _finished,
    RunbookStopped: _stopped,
}


def redrawn(facts: Iterable[Fact]) -> tuple[int, ...]:
    """The runs that these facts changed, whose messages say something else now."""
    return tuple(
        dict.fromkeys(serial for fact in facts if type(fact) in EFFECTS and (serial := getattr(fact, "run", 0)))
    )
