"""Refusals of checks: about risky steps and who confirms them."""

from bot.domain.refusals.base import Refusal

_ASK = "check {number} restore db-prod-01: from the 02:00 snapshot / rollback: keep the old volume"


class CheckRefusal(Refusal):
    """This check can't go on."""


class StepMissing(CheckRefusal):
    """Say what is to be done, on which target, and how it is undone."""

    example = _ASK


class TargetMissing(CheckRefusal):
    """Say what the step is done to: one host, ID or name, which the second person types to approve."""

    example = _ASK


class RollbackMissing(CheckRefusal):
    """Say how the step is undone if it goes wrong; if it can't be undone, say that."""

    example = _ASK


class CheckOfOneself(CheckRefusal):
    """You can't put the check to yourself: name somebody else, or nobody."""

    example = _ASK


class CantCheck(CheckRefusal):
    """{to} can't check a step: the account is deactivated or outside the team. Name somebody else, or nobody."""

    example = _ASK


class OwnCheck(CheckRefusal):
    """You asked for this check yourself, so a second person has to approve or reject it."""

    example = "check {number} withdraw"


class TargetNotTyped(CheckRefusal):
    """Read the target where the step will be done, and type it to approve."""

    example = "show {number}"


class TargetDiffers(CheckRefusal):
    """What you typed is not the target of the step: nothing is approved. Upper and lower case count."""

    example = "show {number}"


class StepEdited(CheckRefusal):
    """The step was edited since. Read it as it is now, then answer."""

    example = "show {number}"


class CheckAnswered(CheckRefusal):
    """This check is answered or withdrawn already, by {who} at {at}."""

    example = "show {number}"


class CheckExpired(CheckRefusal):
    """This check ran out at {at}: what was true then may not be true now. Ask for it again."""

    example = _ASK


class NoCheck(CheckRefusal):
    """No step of SEV-{number} waits for this."""

    example = _ASK


class CheckNotNamed(CheckRefusal):
    """Several steps wait: put the number of the one you mean right after the word, as in “done {first}” or
    “override {first} …” ({steps}).
    """


class NotYourCheck(CheckRefusal):
    """Only {who}, who asked for it, can withdraw this check. To refuse the step, reject it with a reason."""

    example = "reject {number} the snapshot is older than the fault"


class OverrideReason(CheckRefusal):
    """Say why the step can't wait for a second person: that stands in the thread and in the report."""

    example = "check {number} override the disk is full in ten minutes and nobody answers"


class CheckNeeded(CheckRefusal):
    """The terms of this case ask for a second person's check first. Ask for it; after the approval do this again."""

    example = "check {number} {risk} {target}: why it is safe / rollback: how it is undone"
