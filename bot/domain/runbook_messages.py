"""Runbook messages: what is asked of runbooks, and what happened to them."""

from typing import Literal

from bot.domain.message import CaseCommand, FactBase
from bot.domain.runbook import Runbook

# ---------------------------------------------------------------- what is asked


class StartRunbook(CaseCommand):
    """Copy the steps of a runbook onto the case, to be worked through."""

    runbook: str
    """As it was called, by key or title."""
    sheet: Runbook | None = None
    """The runbook itself as its file says it now, filled in by the desk."""


class DoStep(CaseCommand):
    """A step is done; where it needs two people, it then waits for the second one."""

    run: str = ""
    """The run by its number on the case, or its runbook by name; empty for the only one that is running."""
    step: int
    """Counted from one."""


class ConfirmStep(CaseCommand):
    """A second person has looked at it."""

    run: str = ""
    step: int


class UndoStep(CaseCommand):
    """It is after all neither done nor skipped."""

    run: str = ""
    step: int


class SkipStep(CaseCommand):
    """It is not needed here, and why."""

    run: str = ""
    step: int
    reason: str = ""


StepCommand = DoStep | ConfirmStep | UndoStep | SkipStep


class StopRunbook(CaseCommand):
    """Work through it no further, and why."""

    run: str = ""
    reason: str = ""


# ---------------------------------------------------------------- what happened


class RunbookStarted(FactBase):
    """Its steps as they are then: what the file says later changes no run."""

    kind: Literal["runbook_started"] = "runbook_started"
    run: int
    runbook: Runbook


class StepDone(FactBase):
    kind: Literal["step_done"] = "step_done"
    run: int
    step: int


class StepConfirmed(FactBase):
    kind: Literal["step_confirmed"] = "step_confirmed"
    run: int
    step: int


class StepUndone(FactBase):
    kind: Literal["step_undone"] = "step_undone"
    run: int
    step: int


class StepSkipped(FactBase):
    kind: Literal["step_skipped"] = "step_skipped"
    run: int
    step: int
    reason: str


class RunbookFinished(FactBase):
    """No step is left: it came with the last of them."""

    kind: Literal["runbook_finished"] = "runbook_finished"
    run: int


class RunbookStopped(FactBase):
    kind: Literal["runbook_stopped"] = "runbook_stopped"
    run: int
    reason: str
