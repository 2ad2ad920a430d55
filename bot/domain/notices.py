"""Notices: who must be told what once, for the facts of one act. What the card says already is not said again.

Where a notice goes whose place is broken is in `instead.py`.
"""

from collections.abc import Iterator
from zlib import crc32

from bot.domain import check, nudge
from bot.domain.case import Case
from bot.domain.clock_messages import (
    CasePaused,
    CaseResumed,
    CustomerWrote,
    DeadlineSet,
    PlanChanged,
    SeverityChanged,
    VendorAnswered,
)
from bot.domain.kin_messages import ChildNoted, IncidentGrew, IncidentSuspected, ParentDropped, ParentNoted, ParentSet
from bot.domain.ladder import still_true
from bot.domain.messages import (
    NEWS,
    REMINDER,
    THREAD,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CheckApproved,
    CheckAsked,
    CheckFact,
    CheckOverridden,
    CheckRejected,
    CheckUsed,
    CheckWithdrawn,
    ContactMade,
    Fact,
    FindingReported,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
    HelpCalled,
    NextContactPromised,
    Notice,
    NudgeCame,
    OwnerLost,
    Place,
    ReminderCame,
    ReportAsked,
    Rung,
    SharingChanged,
    TaskAsked,
    TaskDeclined,
    TaskDone,
    TaskWithdrawn,
    ThreadLost,
    Urgency,
)
from bot.domain.task import of
from bot.domain.values import UserId, name_of


def notices(case: Case, facts: tuple[Fact, ...]) -> tuple[Notice, ...]:
    """The notices of one act's facts, `case` being the case after them."""
    said = [fact for fact in facts if not (isinstance(fact, NextContactPromised) and _with_a_contact(facts))]
    told = [notice for fact in said for notice in _of(case, fact, facts.index(fact))]
    # The channel's call stands in the thread too: nobody needs the milder ones of the same clock beside it.
    called = {_of_clock(n.fact) for n in told if n.place == "broadcast" and isinstance(n.fact, ReminderCame)}
    told = [
        n
        for n in told
        if not (n.place == "thread" and isinstance(n.fact, ReminderCame) and _of_clock(n.fact) in called)
    ]
    return tuple({notice.key: notice for notice in told}.values())


def _of_clock(fact: ReminderCame) -> str:
    return fact.checkpoint.rpartition("/")[0]


def _with_a_contact(facts: tuple[Fact, ...]) -> bool:
    """The next contact made in the same step is told with the contact."""
    return any(isinstance(fact, ContactMade) for fact in facts)


def _of(case: Case, fact: Fact, index: int) -> Iterator[Notice]:
    for place, to, urgency in _said(case, fact):
        where = f"{place}:{to}" if to else place
        what = _what(fact, index)
        yield Notice(
            key=f"{name_of(case.number)}/{what}/{where}",
            case=case.number,
            place=place,
            to=to,
            urgency=urgency,
            fact=fact,
        )


def _what(fact: Fact, index: int) -> str:
    match fact:
        case ReminderCame():
            return fact.checkpoint
        case NudgeCame():
            return fact.key
    return _act(fact, index)


def _act(fact: Fact, index: int) -> str:
    """Two people may act in the same instant, and one person in the same instant do two things."""
    about = f"{fact.by}/{fact.area}" if isinstance(fact, FindingReported) else fact.by
    return f"{fact.kind}/{fact.at:%Y%m%dT%H%M%S%f}/{index}/{about}/{crc32(fact.model_dump_json().encode()):08x}"


def _said(case: Case, fact: Fact) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    match fact:
        case CaseOpened() if fact.opening.source is None:
            yield "channel", None, THREAD
        case ThreadLost():
            yield "channel", None, THREAD
        case ReminderCame():
            yield from _reminder(fact)
        case NudgeCame():
            yield from _asked(fact)
        case FindingReported() if fact.verdict in ("suspect", "cause"):
            yield "thread", None, NEWS
        case HandoffOffered() if fact.to != fact.by:
            yield "person", fact.to, REMINDER
        case HandoffDeclined():
            yield "person", fact.sender, REMINDER
        case HandoffWithdrawn():
            for person in dict.fromkeys((fact.to, fact.sender)):
                if person != fact.by:
                    yield "person", person, NEWS
        case CheckAsked() | CheckWithdrawn() | CheckApproved() | CheckRejected() | CheckOverridden() | CheckUsed():
            yield from _of_a_check(case, fact)
        case TaskAsked() | TaskDeclined() | TaskDone() | TaskWithdrawn():
            yield from _of_a_task(case, fact)
        case ContactMade():
            yield from _done(case, fact)
        case NextContactPromised() if case.owner not in (None, fact.by):
            yield "person", case.owner, NEWS
        case SharingChanged(shared=True) if case.owner is not None:
            yield "person", case.owner, NEWS
        case CaseClosed():
            yield from _closed(case, fact)
        case ReportAsked():
            yield "thread", None, NEWS
        case DeadlineSet() if case.shared:
            return  # the customer's own time: members see it behind "Show details"
        case HandoffAccepted() | CaseResolved() | CaseReopened() | SeverityChanged() | PlanChanged() | DeadlineSet():
            yield "thread", None, NEWS
        case CustomerWrote() | VendorAnswered() | CasePaused() | CaseResumed():
            yield from _to_the_owner(case, fact)
        case HelpCalled() | OwnerLost():
            yield "broadcast", None, REMINDER
        case IncidentSuspected(aloud=True):
            yield "broadcast", None, NEWS
        case IncidentGrew(aloud=True):
            yield "thread", None, NEWS
        case ParentSet() | ParentDropped(carried=True) | ChildNoted(new=True, carried=True):
            yield from _to_the_owner(case, fact)
        case ParentNoted() if case.parent is not None and case.parent.carried and fact.state in ("resolved", "closed"):
            yield from _to_the_owner(case, fact)


def _of_a_task(
    case: Case, fact: TaskAsked | TaskDeclined | TaskDone | TaskWithdrawn
) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    """The two whose matter it is, and of a result the owner: the team has the card (docs/decisions/0049)."""
    match fact:
        case TaskAsked():
            ears: tuple[UserId | None, ...] = (fact.to,)
        case TaskDeclined():
            ears = (fact.asker,)
        case TaskDone():
            ears = (fact.asker, case.owner)
        case TaskWithdrawn():  # an account that is gone hears nothing
            ears = (fact.to, fact.asker) if fact.by else (fact.asker,)
    urgency = REMINDER if isinstance(fact, TaskAsked | TaskDeclined) else NEWS
    for person in dict.fromkeys(ears):
        if person not in (None, fact.by):
            yield "person", person, urgency


def _to_the_owner(case: Case, fact: Fact) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    """What the owner has to know when somebody else wrote it down; a wait that a message ended is told with it."""
    with_the_message = isinstance(fact, CaseResumed) and fact.customer_wrote
    if case.owner not in (None, fact.by) and not with_the_message:
        yield "person", case.owner, NEWS


def _of_a_check(case: Case, fact: CheckFact) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    """Who is asked, and who waits for the answer. What nobody checked is said to the team and to those who lead it."""
    match fact:
        case CheckAsked():
            for person in dict.fromkeys((*fact.to, *([fact.earlier] if fact.earlier else []))):
                if person != fact.by:
                    yield "person", person, REMINDER
            if not fact.to:
                yield "broadcast", None, REMINDER
        case CheckWithdrawn():
            for person in fact.to:
                yield "person", person, NEWS
        case CheckApproved() | CheckRejected():
            yield "person", fact.asker, REMINDER
        case CheckOverridden():
            yield "thread", None, REMINDER
            for person in dict.fromkeys((*fact.to, fact.asker)):
                if person != fact.by:
                    yield "person", person, REMINDER
        case CheckUsed(unchecked=True) if fact.risk in check.OWN:
            yield "thread", None, NEWS


def _done(case: Case, fact: ContactMade) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    """Whoever was woken for it hears that it is done, and the owner that somebody else did it. Nobody calls twice.

    By way of the parent it is done as it was agreed: the card says it, and only who was woken is told.
    """
    owner = (case.owner,) if case.owner and (fact.via is None or case.owner in fact.told) else ()
    woken = [person for person in fact.told if person not in owner]
    for person in dict.fromkeys((*woken, *owner)):
        if person != fact.by:
            yield "person", person, NEWS
    if fact.called:
        yield "thread", None, NEWS


def _closed(case: Case, fact: CaseClosed) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    """An end that somebody else brought, or that leaves something open, is not only a line on the card."""
    if fact.by != case.owner or fact.left_open:
        yield "thread", None, NEWS
    working = (task.to for task in case.tasks if task.state == "left" and task.ended_at == fact.at)
    for person in dict.fromkeys((case.owner, *working)):
        if person not in (None, fact.by):
            yield "person", person, NEWS


def _reminder(fact: ReminderCame) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    if fact.quiet:
        return
    for person in fact.to:
        yield "person", person, REMINDER
    if fact.rung in ("due", "owner", "backup", "holders", "lead"):
        yield "thread", None, REMINDER
    if fact.rung in ("channel", "again"):
        yield "broadcast", None, REMINDER


def _asked(fact: NudgeCame) -> Iterator[tuple[Place, UserId | None, Urgency]]:
    """One person quietly (or a few who bear one duty), or the team where its kind says."""
    kind = nudge.KINDS[fact.nudge]
    for person in (fact.to, *fact.also):
        yield "person" if person else kind.said_at(fact.step), person, kind.urgency


_TO_THE_OWNER: tuple[Rung, ...] = ("before", "due", "owner")


def addressed(case: Case, notice: Notice) -> Notice:
    """The notice as it must be said now: an owner's reminder goes to whoever owns the case in this moment."""
    fact = notice.fact
    if not isinstance(fact, ReminderCame) or fact.rung not in _TO_THE_OWNER or case.owner in (None, *fact.to):
        return notice
    to = case.owner if notice.place == "person" else notice.to
    return notice.model_copy(update={"to": to, "fact": fact.model_copy(update={"to": (case.owner,)})})


def still_worth_saying(case: Case, notice: Notice) -> bool:
    """The re-check in the moment of sending: no reminder for a promise kept or moved, none for a case that is over."""
    fact = notice.fact
    match fact:
        case ReminderCame():
            return still_true(case, fact) and not _held_since(case, fact)
        case NudgeCame():
            return nudge.still_true(case, fact)
        case HandoffOffered():
            return case.offer is not None and case.offer.to == fact.to
        case CheckAsked():
            return any((one.serial, one.edition) == (fact.check, fact.edition) for one in check.pending(case))
        case CheckApproved():
            one = check.of(case, fact.check)
            return one is not None and (one.edition, one.state) == (fact.edition, "approved")
        case TaskAsked():
            task = of(case, fact.task)
            return task is not None and task.state == "asked"
        case HelpCalled():
            return case.status == "open"
        case OwnerLost():
            return case.owner is None and case.status == "open"
        case CaseOpened() | ThreadLost():
            return case.thread is None
        case IncidentSuspected() | IncidentGrew():
            return case.status == "open" and not case.apart
    return True


def _held_since(case: Case, reminder: ReminderCame) -> bool:
    """Somebody said "I'm on it" after a rung was written and before it could be said: the others are left in peace."""
    if reminder.rung in ("before", "due") or case.held_until is None:
        return False
    return (case.held_at or case.held_until - case.terms.hold) >= reminder.at
