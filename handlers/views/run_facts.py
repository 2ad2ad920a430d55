"""Facts of runs in words: one sentence for every kind, as facts.py has them for all others."""

from collections.abc import Callable
from typing import Any

from bot.domain.case import Case
from bot.domain.runbook_messages import (
    RunbookFinished,
    RunbookStarted,
    RunbookStopped,
    StepConfirmed,
    StepDone,
    StepSkipped,
    StepUndone,
)
from handlers.views import parts
from handlers.views.pen import Pen

LONG = 240
"""Ours, as in facts.py."""
StepFact = StepDone | StepConfirmed | StepUndone | StepSkipped


def name(pen: Pen, case: Case, serial: int) -> str:
    """What the run is called; its number where the case has no such run any more."""
    run = next((one for one in case.runs if one.serial == serial), None)
    return parts.typed(run.name(pen.language), 80) if run else f"#{serial}"


def _step(pen: Pen, case: Case, fact: StepFact) -> dict[str, str]:
    """What a sentence about a step says of it: its runbook, its number and its text."""
    run = next((one for one in case.runs if one.serial == fact.run), None)
    text = run.steps[fact.step - 1].text(pen.language) if run and fact.step <= len(run.steps) else ""
    return {"name": name(pen, case, fact.run), "n": str(fact.step), "text": parts.typed(text, LONG)}


def _started(pen: Pen, case: Case, fact: RunbookStarted) -> str:
    return pen.say("started the runbook “{name}”", name=parts.typed(fact.runbook.name(pen.language), 80))


def _done(pen: Pen, case: Case, fact: StepDone) -> str:
    return pen.say("did step {n} “{text}” (runbook “{name}”)", **_step(pen, case, fact))


def _confirmed(pen: Pen, case: Case, fact: StepConfirmed) -> str:
    return pen.say("confirmed as the second person step {n} “{text}” (runbook “{name}”)", **_step(pen, case, fact))


def _undone(pen: Pen, case: Case, fact: StepUndone) -> str:
    return pen.say("took back step {n} “{text}” (runbook “{name}”)", **_step(pen, case, fact))


def _skipped(pen: Pen, case: Case, fact: StepSkipped) -> str:
    return pen.say("skipped step {n} “{text}” (runbook “{name}”): {reason}", **_step(pen, case, fact),
                   reason=parts.typed(fact.reason, LONG))  # fmt: skip


def _finished(pen: Pen, case: Case, fact: RunbookFinished) -> str:
    return pen.say("finished the runbook “{name}”", name=name(pen, case, fact.run))


def _stopped(pen: Pen, case: Case, fact: RunbookStopped) -> str:
    return pen.say("stopped the runbook “{name}”: {reason}", name=name(pen, case, fact.run),
                   reason=parts.typed(fact.reason, LONG))  # fmt: skip


SENTENCES: dict[type[Any], Callable[[Pen, Case, Any], str]] = {
    RunbookStarted: _started,
    StepDone: _done,
    StepConfirmed: _confirmed,
    StepUndone: _undone,
    StepSkipped: _skipped,
    RunbookFinished: _finished,
    RunbookStopped: _stopped,
}
