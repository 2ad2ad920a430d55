"""Runs: what the buttons and forms of a runbook ask for, read once into commands."""

import re
from typing import Any

from bot.domain.case import Case
from bot.domain.errors import NoRun, RunOver, StaleForm
from bot.domain.message import CaseCommand
from bot.domain.run import Run
from bot.domain.runbook_messages import ConfirmStep, DoStep, SkipStep, StartRunbook, StopRunbook, UndoStep

STEPS: dict[str, type[DoStep] | type[ConfirmStep] | type[UndoStep]] = {
    "step": DoStep,
    "step-confirm": ConfirmStep,
    "step-back": UndoStep,
}
"""Buttons of one step."""
FORMS = ("step-skip", "run-stop")
"""Buttons that ask for a reason, and the forms of their names."""
STARTS = ("run", "run-chosen")
"""The button of a runbook that fits, and the menu of the others."""
ACTIONS = frozenset((*STARTS, *STEPS, *FORMS))
_STEP = re.compile(r"(\d{1,3}) (\d{1,3})")


def pressed(action: str, who: dict[str, Any], rest: str) -> CaseCommand:
    """What a button says: a runbook where it starts one, else a run and a step. Raises StaleForm for anything else."""
    if action in STARTS:
        return StartRunbook(**who, runbook=rest)
    found = _STEP.fullmatch(rest)
    if found is None:
        raise StaleForm()
    return STEPS[action](**who, run=found[1], step=int(found[2]))


def sent(callback: str, who: dict[str, Any], run: int, field: dict[str, str]) -> CaseCommand:
    """What a form says. Raises StaleForm where it names no step."""
    if callback == "run-stop":
        return StopRunbook(**who, run=str(run), reason=field.get("reason", ""))
    step = field.get("step", "")
    if not (step.isascii() and step.isdigit() and len(step) <= 3):
        raise StaleForm()
    return SkipStep(**who, run=str(run), step=int(step), reason=field.get("reason", ""))


def going(case: Case, serial: str) -> Run:
    """The run that a form is about. Raises NoRun, RunOver: nobody fills in a form to be refused afterwards."""
    run = next((one for one in case.runs if str(one.serial) == serial), None)
    if run is None:
        raise NoRun(number=case.number)
    if not run.running:
        raise RunOver(number=case.number, name=run, key=run.key)
    return run
