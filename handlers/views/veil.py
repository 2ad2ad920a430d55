"""Veil: a case as people of another organisation may see it, who read along in its channel.

What the customer is, has, lost and was told is left out. Title, areas and findings stay: they are what the thread is
shared for. Members see the whole by the card's button, in direct messages and with `/sev show`.
"""

from bot.domain.case import Case
from bot.domain.check import Check
from bot.domain.clock_messages import CasePaused, CustomerWrote, DeadlineSet
from bot.domain.messages import (
    CheckFact,
    ContactMade,
    Fact,
    HandoffAccepted,
    HandoffOffered,
    NextContactPromised,
    TaskAsked,
    TaskDeclined,
    TaskDone,
)
from bot.domain.run import Run
from bot.domain.runbook_messages import RunbookStopped, StepSkipped
from bot.domain.task import Task
from handlers.views.texts import mark, texts

HIDDEN = mark("(hidden)")


def veiled(case: Case) -> Case:
    """The case for a place where outsiders read along; itself where none do."""
    if not case.shared:
        return case
    hidden = texts(case.language).say(HIDDEN)
    last, promise, offer = case.last_contact, case.promise, case.offer
    blank = dict.fromkeys(("customer", "plan", "reference", "impact", "deadline_text"), "")
    return case.model_copy(
        update={
            **blank,
            "deadline": None,
            "ledger": tuple(clock for clock in case.ledger if clock.name != "deadline"),
            "last_contact": last.model_copy(update={"said": hidden}) if last else None,
            "promise": promise.model_copy(update={"action": hidden}) if promise else None,
            "pauses": tuple(pause.model_copy(update={"reason": hidden}) for pause in case.pauses),
            "checks": tuple(one.model_copy(update=_step(one, hidden)) for one in case.checks),
            "offer": offer.model_copy(update={"note": ""}) if offer else None,
            "tasks": tuple(_veiled_task(task, hidden) for task in case.tasks),
            "runs": tuple(_veiled_run(run, hidden) for run in case.runs),
        }
    )


def _step(step: Check | CheckFact, hidden: str) -> dict[str, str]:
    """A risky step: what kind it is stays; what is done to what is inside knowledge of the team."""
    fields = ("what", "target", "rollback", "reason", "typed")
    return {name: hidden for name in fields if getattr(step, name, "")}


def _veiled_task(task: Task, hidden: str) -> Task:
    """What colleagues write to each other: who and by when stays."""
    about = {"reason": hidden if task.reason else "", "result": hidden if task.result else ""}
    return task.model_copy(update={"text": hidden, **about})


def _veiled_run(run: Run, hidden: str) -> Run:
    """A runbook: its steps stand there for everybody; why one was passed by, or all of it left, is the team's own."""
    steps = tuple(step.model_copy(update={"skipped": hidden if step.skipped else ""}) for step in run.steps)
    return run.model_copy(update={"steps": steps, "stopped": hidden if run.stopped else ""})


def veiled_fact(case: Case, fact: Fact) -> Fact:
    """What happened, for the same place: without what was said to the customer."""
    if not case.shared:
        return fact
    hidden = texts(case.language).say(HIDDEN)
    match fact:
        case ContactMade():
            return fact.model_copy(update={"said": hidden})
        case NextContactPromised():
            return fact.model_copy(update={"action": hidden, "reason": ""})
        case HandoffOffered():
            return fact.model_copy(update={"note": hidden if fact.note else ""})
        case HandoffAccepted():
            return fact.model_copy(update={"action": hidden if fact.action else ""})
        case TaskAsked():
            return fact.model_copy(update={"text": hidden})
        case TaskDone():
            return fact.model_copy(update={"result": hidden})
        case CasePaused() | TaskDeclined() | StepSkipped() | RunbookStopped():
            return fact.model_copy(update={"reason": hidden})
        case CheckFact():
            return fact.model_copy(update=_step(fact, hidden))
        case CustomerWrote():
            return fact.model_copy(update={"text": hidden if fact.text else ""})
        case DeadlineSet():
            return fact.model_copy(update={"deadline_text": "", "reason": ""})
    return fact
