"""Refusals of runbooks: about the steps that were written down, and about working through them."""

from bot.domain.refusals.base import Refusal


class RunbookRefusal(Refusal):
    """That can't be done with this runbook."""


class NoRunbooks(RunbookRefusal):
    """There are no runbooks here. Your administrator names a folder of them under [runbooks] in the settings."""

    example = "show {number}"


class RunbookUnknown(RunbookRefusal):
    """There is no runbook "{word}". There are: {near}."""

    example = "runbook {number} {first}"


class RunbookNotClear(RunbookRefusal):
    """ "{word}" fits several runbooks: {near}. Name one of them."""

    example = "runbook {number} {first}"


class RunbookRuns(RunbookRefusal):
    """The runbook “{name}” is being worked through on SEV-{number} already. Go on with it, or stop it first."""

    example = "runbook {number} {key} done {step}"


class TooManyRuns(RunbookRefusal):
    """A case has at most {limit} runbooks. Keep what else is done as a note."""

    example = "note {number} rebooted at 10:05"


class NoRun(RunbookRefusal):
    """No runbook is being worked through on SEV-{number}. See which ones fit, and start one."""

    example = "runbook {number}"


class RunNotNamed(RunbookRefusal):
    """Several runbooks are being worked through on SEV-{number}: {near}. Say which one you mean."""

    example = "runbook {number} {first} done {step}"


class RunOver(RunbookRefusal):
    """The runbook “{name}” is not being worked through on SEV-{number} now. Start it again if it is needed."""

    example = "runbook {number} {key}"


class StepNotNamed(RunbookRefusal):
    """Say which step you mean, by its number."""

    example = "runbook {number} done {step}"


class StepUnknown(RunbookRefusal):
    """The runbook “{name}” has the steps 1 to {last}, and no step {step}."""

    example = "runbook {number} {key} done {next}"


class StepDoneAlready(RunbookRefusal):
    """Step {step} was done by {who} at {at} already. If that was a slip, take it back."""

    example = "runbook {number} {key} undo {step}"


class StepSkippedAlready(RunbookRefusal):
    """Step {step} was skipped by {who} at {at}. If it is to be done after all, take that back first."""

    example = "runbook {number} {key} undo {step}"


class StepWaits(RunbookRefusal):
    """{who} has done step {step}, which needs a second pair of eyes. Look at it yourself, and then confirm it."""

    example = "runbook {number} {key} confirm {step}"


class SecondPersonNeeded(RunbookRefusal):
    """You did step {step} yourself, and it needs two people: somebody else looks at it and confirms it."""

    example = "swarm {number} please confirm step {step}"


class NothingToConfirm(RunbookRefusal):
    """Step {step} waits for no second person: nobody has done it yet, or one person is enough for it."""

    example = "runbook {number} {key} done {step}"


class StepStillOpen(RunbookRefusal):
    """Step {step} is still open, so there is nothing to take back."""

    example = "runbook {number} {key} done {step}"


class SkipReasonMissing(RunbookRefusal):
    """Say why step {step} is skipped: whoever reads it later will ask."""

    example = "runbook {number} {key} skip {step} there is no such part here"


class StopReasonMissing(RunbookRefusal):
    """Say why the runbook “{name}” is stopped: whoever reads it later will ask."""

    example = "runbook {number} {key} stop the cause was found elsewhere"
