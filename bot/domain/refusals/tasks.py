"""Refusals of tasks: about asking a colleague for a part of the work, and about their answer."""

from bot.domain.refusals.base import Refusal
from bot.domain.refusals.people import PersonUnavailable
from bot.domain.refusals.words import TimeUnreadable

_ASKED = "task {number} @hana check the flow logs by 15:00"


class TaskRefusal(Refusal):
    """That can't be done with this task."""


class TaskToNobody(TaskRefusal):
    """Say whom you ask, for what, and by when."""

    example = _ASKED


class TaskToSelf(TaskRefusal):
    """You would ask yourself. Claim the area instead: then everybody sees that you are on it."""

    example = "claim {number} {key}"


class CantBeAsked(PersonUnavailable):
    """{to} can't be asked: the account is deactivated or outside the team."""


class TaskTextMissing(TaskRefusal):
    """Say what is to be done."""

    example = _ASKED


class TaskTimeUnreadable(TimeUnreadable):
    """ "{word}" is not a time that can be read. Use 30m, 15:00 or "tomorrow 9:00"."""

    example = _ASKED


class TaskDueInThePast(TaskRefusal):
    """{due} has passed already. Say by when it is needed, or leave the time out."""

    example = _ASKED


class TaskDueTooFar(TaskRefusal):
    """{due} is more than half a year away. Say by when it is needed, or leave the time out."""

    example = _ASKED


class TaskPending(TaskRefusal):
    """{to} is asked for this already: it is task {task} of SEV-{number}."""

    example = "show {number}"


class TooManyTasks(TaskRefusal):
    """A case has at most {limit} open tasks. Take one back that is no longer needed."""

    example = "show {number}"


class TaskUnknown(TaskRefusal):
    """SEV-{number} has no task {task}. Those that are open stand on the card."""

    example = "show {number}"


class NoTask(TaskRefusal):
    """No task of SEV-{number} waits for this from you."""

    example = "show {number}"


class TaskInstead(TaskRefusal):
    """SEV-{number} itself is not offered to you; you are asked for task {task}. Name it in your answer."""

    example = "task {number} accept {task}"


class TaskNotNamed(TaskRefusal):
    """Several tasks can be meant: say which one ({numbers})."""

    example = "task {number} {verb} {first}"


class NotYourTask(TaskRefusal):
    """Task {task} of SEV-{number} was asked of {to}: nobody else can answer it."""

    example = "show {number}"


class NotYoursToTakeBack(TaskRefusal):
    """Only {by}, who asked for task {task} of SEV-{number}, or the owner can take it back."""

    example = "show {number}"


class TaskReasonMissing(TaskRefusal):
    """Say in one line why you can't, so that somebody else can be asked."""

    example = "task {number} decline {task} my shift ends at ten"


class ResultMissing(TaskRefusal):
    """Say in one line what came out."""

    example = "task {number} done {task} no deny in the flow logs"


class TaskAcceptedAlready(TaskRefusal):
    """You have taken on task {task} of SEV-{number} already. When it is done, say what came out."""

    example = "task {number} done {task} no deny in the flow logs"


class TaskIsDone(TaskRefusal):
    """Task {task} of SEV-{number} is done already."""

    example = "timeline {number}"


class TaskIsDeclined(TaskRefusal):
    """Task {task} of SEV-{number} was declined, so it waits for no answer."""

    example = "show {number}"


class TaskIsWithdrawn(TaskRefusal):
    """Task {task} of SEV-{number} was taken back or ended with the case, so it waits for no answer."""

    example = "show {number}"
