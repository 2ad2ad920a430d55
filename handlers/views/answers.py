"""Answers: what a person reads right after acting, privately: what was kept, and when the next promise falls due."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.clock_messages import PlanChanged, SeverityChanged
from bot.domain.family import Family
from bot.domain.messages import (
    AreaAdded,
    AreaClaimed,
    CaseClosed,
    CaseOpened,
    CaseResolved,
    CheckFact,
    ContactMade,
    Fact,
    HandoffAccepted,
    HandoffOffered,
    HandoffWithdrawn,
    HelpCalled,
    NextContactPromised,
    ReminderAcknowledged,
    ReportAsked,
    TaskAccepted,
    TaskAsked,
    TaskDeclined,
    TaskDone,
    TaskWithdrawn,
)
from bot.domain.runbook_messages import RunbookStarted
from bot.domain.sla import clocks
from bot.domain.values import Language, name_of
from handlers.views import checks, kin, parts, policies, tasks
from handlers.views import facts as wording
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens
from handlers.views.questions import first_questions

Lines = list[str]


def answer(
    case: Case,
    facts: Sequence[Fact],
    language: Language,
    zone: str,
    now: datetime,
    *,
    existing: bool = False,
    link: str | None = None,
    families: Sequence[Family] = (),
) -> Message:
    """What was kept of what was asked, with every promised time as an absolute one; `link` leads to the thread."""
    rich, plain = pens(language, zone, private=True)
    spoken = _lines(plain, case, facts, existing, families)
    shown = _lines(rich, case, facts, existing, families)
    if link:
        shown.append(parts.link(link, rich.say("Open the thread")))
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=(parts.section(parts.fitting(shown, parts.SECTION)),))


def _lines(pen: Pen, case: Case, facts: Sequence[Fact], existing: bool, families: Sequence[Family]) -> Lines:
    name = name_of(case.number)
    if existing:
        return [pen.say("{case} is open already with this reference number: {title}", case=name,
                        title=parts.typed(case.title, 200)), *_running(pen, case)]  # fmt: skip
    if not facts:
        return [pen.say("{case}: nothing had to be changed.", case=name)]
    told = [line for fact in facts for line in _told(pen, case, fact, families)]
    first, *rest = told or [pen.say("Saved.")]
    return [f"{name}: {first}", *rest]


def _told(pen: Pen, case: Case, fact: Fact, families: Sequence[Family]) -> Lines:
    if isinstance(fact, AreaClaimed):
        return _claimed(pen, case, fact, families)
    if isinstance(fact, CheckFact):
        return checks.answer(pen, case, fact)
    say = _ANSWERS.get(type(fact))
    return say(pen, case, fact) if say else [pen.say("Saved: {what}", what=wording.what(pen, case, fact))]


def _opened(pen: Pen, case: Case, fact: CaseOpened) -> Lines:
    opened = pen.say("opened, and you are the owner. {title}", title=parts.typed(case.title, 200))
    return [opened, *_running(pen, case), *_doubted(pen, case)]


def _changed(pen: Pen, case: Case, fact: PlanChanged | SeverityChanged) -> Lines:
    return [pen.say("Saved: {what}", what=wording.what(pen, case, fact)), *_doubted(pen, case)]


def _doubted(pen: Pen, case: Case) -> Lines:
    """Why the figures of the terms should be checked, said when they are chosen."""
    doubt = policies.doubt(case.terms, pen.language)
    return [doubt] if doubt else []


def _claimed(pen: Pen, case: Case, fact: AreaClaimed, families: Sequence[Family]) -> Lines:
    lines = [pen.say("{area} is yours. Thank you.", area=pen.area_named(case, fact.area))]
    questions = first_questions(case, fact.area, families, pen.language)
    return [*lines, pen.say("First questions:"), *questions] if questions else lines


def _contacted(pen: Pen, case: Case, fact: ContactMade) -> Lines:
    """That it is recorded, and for which children too."""
    others = pen.texts.listed([name_of(number) for number in fact.also])
    return [*_kept(pen, fact), *([pen.say("Recorded for {cases} too.", cases=others)] if fact.also else [])]


def _kept(pen: Pen, fact: ContactMade) -> Lines:
    if fact.due is None:
        return [pen.say("the contact is recorded.")]
    if fact.late:
        return [pen.say("the contact is recorded, {length} after {due}.", length=pen.lasting(fact.at - fact.due),
                        due=pen.when(fact.due))]  # fmt: skip
    return [pen.say("the contact is recorded, in time for {due}.", due=pen.when(fact.due))]


def _promised(pen: Pen, case: Case, fact: NextContactPromised) -> Lines:
    due = pen.when_there(fact.due, case.customer_zone)
    return [pen.say("next contact: {due}, {action}", due=due, action=parts.typed(fact.action, 300))]


def _acknowledged(pen: Pen, case: Case, fact: ReminderAcknowledged) -> Lines:
    return [pen.say("thank you. Reminders to others wait until {until}; the promise stays as it is.",
                    until=pen.when(fact.until)), *_running(pen, case)]  # fmt: skip


def _offered(pen: Pen, case: Case, fact: HandoffOffered) -> Lines:
    if fact.to == fact.by:
        return []
    return [pen.say("offered to {to}, who gets a message with the brief. Until they accept, the owner is {owner}.",
                    to=parts.person(fact.to), owner=pen.owner(case.owner))]  # fmt: skip


def _withdrawn(pen: Pen, case: Case, fact: HandoffWithdrawn) -> Lines:
    return [pen.say("the handover to {to} is withdrawn. The owner is {owner}.", to=parts.person(fact.to),
                    owner=pen.owner(case.owner))]  # fmt: skip


def _accepted(pen: Pen, case: Case, fact: HandoffAccepted) -> Lines:
    first = [pen.say("First action: {action}", action=parts.typed(fact.action, 300))] if fact.action else []
    return [pen.say("you are the owner now."), *first, *_running(pen, case)]


def _called(pen: Pen, case: Case, fact: HelpCalled) -> Lines:
    return [pen.say("the channel is asked for help.")]


def _resolved(pen: Pen, case: Case, fact: CaseResolved) -> Lines:
    asked = pen.say("resolved. Please tell the customer and record it with “Contacted”.")
    return [asked, *kin.still_open(pen, case)]


def _closed(pen: Pen, case: Case, fact: CaseClosed) -> Lines:
    return [pen.say("closed. Thank you.")]


def _report(pen: Pen, case: Case, fact: ReportAsked) -> Lines:
    """It comes with every end that asks for it; that is not said beside the end."""
    return [] if fact.by_closing else [pen.say("the report is being put into the thread.")]


def _begun(pen: Pen, case: Case, fact: RunbookStarted) -> Lines:
    steps = len(fact.runbook.steps)
    name = parts.typed(fact.runbook.name(pen.language), 80)
    said = pen.count("the runbook “{name}” is started: its {n} step is in the thread.",
                     "the runbook “{name}” is started: its {n} steps are in the thread.", steps, name=name)  # fmt: skip
    return [said]


def _running(pen: Pen, case: Case) -> Lines:
    """What falls due next on the case."""
    return [f"{pen.clock(clock.name)}: {pen.when_there(clock.due, case.customer_zone)}" for clock in clocks(case)]


_ANSWERS: dict[type[Any], Callable[[Pen, Case, Any], Lines]] = {
    CaseOpened: _opened,
    AreaAdded: lambda pen, case, fact: [],
    ContactMade: _contacted,
    NextContactPromised: _promised,
    ReminderAcknowledged: _acknowledged,
    HandoffOffered: _offered,
    HandoffAccepted: _accepted,
    HandoffWithdrawn: _withdrawn,
    TaskAsked: tasks.said,
    TaskAccepted: tasks.said,
    TaskDeclined: tasks.said,
    TaskDone: tasks.said,
    TaskWithdrawn: tasks.said,
    HelpCalled: _called,
    CaseResolved: _resolved,
    CaseClosed: _closed,
    ReportAsked: _report,
    PlanChanged: _changed,
    RunbookStarted: _begun,
    SeverityChanged: _changed,
}
