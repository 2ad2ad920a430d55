"""Facts in words: what a person did, one sentence for every kind of fact, for timelines and answers."""

from collections.abc import Callable
from typing import Any

from bot.domain.case import Case
from bot.domain.messages import (
    AreaAdded,
    AreaClaimed,
    AreaJoined,
    AreaReleased,
    CaseClosed,
    CaseEdited,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    ContactMade,
    Fact,
    FindingReported,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
    HelpCalled,
    ItemTicked,
    NextContactPromised,
    NoteAdded,
    NudgeCame,
    OwnerLost,
    PersonArrived,
    PersonForgotten,
    PersonLeft,
    PlaceFound,
    PlaceLost,
    ReminderAcknowledged,
    ReminderCame,
    ReportAsked,
    SharingChanged,
    TaskAccepted,
    TaskAsked,
    TaskDeclined,
    TaskDone,
    TaskWithdrawn,
    ThreadLost,
    ThreadStarted,
)
from bot.domain.task import of
from bot.domain.values import CaseNumber, UserId, name_of
from handlers.views import checks, clock_facts, kin_facts, parts, run_facts, tasks
from handlers.views.pen import Pen
from handlers.views.texts import mark

LONG = 240
"""Ours: a timeline is read by the line; what was typed stands whole in the database."""
RUNGS = {
    "before": mark("before it is due"),
    "due": mark("due"),
    "owner": mark("overdue, to the owner again"),
    "backup": mark("overdue, to the backups"),
    "holders": mark("overdue, to those who hold areas"),
    "lead": mark("overdue, to the shift lead"),
    "channel": mark("overdue, to the channel"),
    "again": mark("overdue, to the channel again"),
}
NUDGES = {
    "alone": mark("nobody but the owner is there"),
    "quiet": mark("no news of {area}"),
    "stuck": mark("no next contact is set"),
    "unanswered": mark("a handover waits for its answer"),
    "undone": mark("first checks or people to tell are left"),
    "unchecked": mark("a step waits for its check"),
    "expired": mark("a check ran out"),
    "untaken": mark("a task waits for its answer"),
    "overdue": mark("a task is past its time"),
}
EDITED = {
    "title": mark("title"),
    "customer": mark("customer"),
    "plan": mark("plan"),
    "reference": mark("reference number"),
    "impact": mark("impact"),
    "deadline_text": mark("customer's deadline"),
    "family": mark("product family"),
}


def line(pen: Pen, case: Case, fact: Fact) -> str:
    """Who did it and what it was."""
    return f"{who(pen, fact.by)} {what(pen, case, fact)}"


def who(pen: Pen, by: UserId) -> str:
    """The person; time and the bot itself act without one."""
    return parts.person(by) if by else pen.say("(automatic)")


def what(pen: Pen, case: Case, fact: Fact) -> str:
    """What the fact says happened."""
    return _SENTENCES[type(fact)](pen, case, fact)


def typed(text: str) -> str:
    return parts.typed(text, LONG)


def because(pen: Pen, reason: str) -> str:
    """The reason that was given, where one was."""
    return pen.say(" (reason: {reason})", reason=typed(reason)) if reason else ""


def _opened(pen: Pen, case: Case, fact: CaseOpened) -> str:
    return pen.say("opened the case: {title}", title=typed(fact.opening.title))


def _edited(pen: Pen, case: Case, fact: CaseEdited) -> str:
    names = [pen.say(msgid) for name, msgid in EDITED.items() if getattr(fact.changes, name) is not None]
    return pen.say("edited the details: {names}", names=pen.texts.listed(names))


def _added(pen: Pen, case: Case, fact: AreaAdded) -> str:
    return pen.say("added the area {area}", area=typed(fact.name))


def _claimed(pen: Pen, case: Case, fact: AreaClaimed) -> str:
    return pen.say("claimed {area}", area=pen.area_named(case, fact.area))


def _joined(pen: Pen, case: Case, fact: AreaJoined) -> str:
    return pen.say("joined {area}", area=pen.area_named(case, fact.area))


def _released(pen: Pen, case: Case, fact: AreaReleased) -> str:
    return pen.say("gave back {area}", area=pen.area_named(case, fact.area))


def _found(pen: Pen, case: Case, fact: FindingReported) -> str:
    return pen.say("reported {area}: {verdict} — {evidence}", area=pen.area_named(case, fact.area),
                   verdict=pen.verdict(fact.verdict), evidence=typed(fact.evidence))  # fmt: skip


def _contacted(pen: Pen, case: Case, fact: ContactMade) -> str:
    said = pen.say("contacted the customer ({way}): {said}", way=pen.way(fact.how), said=typed(fact.said))
    said += _by_way_of(pen, fact.via)
    if fact.also:
        others = pen.texts.listed([name_of(number) for number in fact.also])
        said += pen.say(" — recorded for {cases} too", cases=others)
    return said if fact.due is None else said + _how_kept(pen, fact)


def _by_way_of(pen: Pen, via: CaseNumber | None) -> str:
    return pen.say(" (by way of {case})", case=name_of(via)) if via is not None else ""


def _how_kept(pen: Pen, fact: ContactMade) -> str:
    assert fact.due is not None
    if fact.late:
        return pen.say(" — {length} late for {due}", length=pen.lasting(fact.at - fact.due), due=pen.when(fact.due))
    return pen.say(" — in time for {due}", due=pen.when(fact.due))


def _promised(pen: Pen, case: Case, fact: NextContactPromised) -> str:
    due = pen.when_there(fact.due, case.customer_zone)
    if fact.replaced is None:
        said = pen.say("set the next contact: {due}, {action}", due=due, action=typed(fact.action))
    else:
        said = pen.say("changed the next contact from {old} to {due}, {action}", old=pen.when(fact.replaced), due=due,
                       action=typed(fact.action))  # fmt: skip
    missed = pen.say(" — the earlier time had passed") if fact.missed else ""
    return said + _by_way_of(pen, fact.via) + because(pen, fact.reason) + missed


def _acknowledged(pen: Pen, case: Case, fact: ReminderAcknowledged) -> str:
    return pen.say("is on it: reminders to others wait until {until}", until=pen.when(fact.until))


def _reminded(pen: Pen, case: Case, fact: ReminderCame) -> str:
    told = parts.people(fact.to) if fact.to else pen.say("the channel")
    if fact.quiet or (not fact.to and fact.rung not in ("channel", "again")):
        told = pen.say("nobody to tell")
    return pen.say("Reminder: {clock} {due}, {rung} → {to}", clock=pen.clock(fact.clock), due=pen.when(fact.due),
                   rung=pen.say(RUNGS[fact.rung]), to=told)  # fmt: skip


def _nudged(pen: Pen, case: Case, fact: NudgeCame) -> str:
    told = parts.people((fact.to, *fact.also)) if fact.to else pen.say("the team")
    about = pen.area_named(case, fact.area) if fact.area else ""
    asked = pen.say(NUDGES[fact.nudge], area=about)
    return pen.say("Asked: {what} → {to}", what=asked, to=told)


def _ticked(pen: Pen, case: Case, fact: ItemTicked) -> str:
    found = next((item for item in case.checklist if item.key == fact.item), None)
    name = typed(found.name(pen.language)) if found else typed(fact.item)
    if not fact.done:
        return pen.say("took back: {item}", item=name)
    told = found is not None and found.sort == "tell"
    return pen.say("told {item}", item=name) if told else pen.say("checked {item}", item=name)


def _offered(pen: Pen, case: Case, fact: HandoffOffered) -> str:
    note = f" — {typed(fact.note)}" if fact.note else ""
    return pen.say("offered the case to {to}", to=parts.person(fact.to)) + note


def _accepted(pen: Pen, case: Case, fact: HandoffAccepted) -> str:
    took = pen.say("took the case over from {sender}", sender=pen.owner(fact.sender))
    return took + (f" — {pen.say('First action: {action}', action=typed(fact.action))}" if fact.action else "")


def _declined(pen: Pen, case: Case, fact: HandoffDeclined) -> str:
    return pen.say("declined the handover from {sender}", sender=parts.person(fact.sender)) + because(pen, fact.reason)


def _withdrawn(pen: Pen, case: Case, fact: HandoffWithdrawn) -> str:
    return pen.say("withdrew the handover to {to}", to=parts.person(fact.to))


def _called(pen: Pen, case: Case, fact: HelpCalled) -> str:
    asking = f" — {typed(fact.asking)}" if fact.asking else ""
    if fact.area:
        return pen.say("called for help with {area}", area=pen.area_named(case, fact.area)) + asking
    return pen.say("called for help") + asking


def _noted(pen: Pen, case: Case, fact: NoteAdded) -> str:
    return pen.say("note: {text}", text=typed(fact.text))


def _resolved(pen: Pen, case: Case, fact: CaseResolved) -> str:
    how = f" — {typed(fact.how)}" if fact.how else ""
    return pen.say("marked the case resolved") + how


def _closed(pen: Pen, case: Case, fact: CaseClosed) -> str:
    ends = ""
    if fact.left_open:
        ends = pen.say(" — left open: {ends}", ends=pen.texts.listed([end(pen, case, one) for one in fact.left_open]))
    return pen.say("closed the case") + because(pen, fact.reason) + ends


def _reopened(pen: Pen, case: Case, fact: CaseReopened) -> str:
    return pen.say("reopened the case") + because(pen, fact.reason)


def _report(pen: Pen, case: Case, fact: ReportAsked) -> str:
    return pen.say("had the report put into the thread")


def _arrived(pen: Pen, case: Case, fact: PersonArrived) -> str:
    return pen.say("is looking along (by a reaction)") if fact.reaction else pen.say("came into the thread")


def _left(pen: Pen, case: Case, fact: PersonLeft) -> str:
    return pen.say("took the reaction away") if fact.reaction else pen.say("is not in the case any more")


def _started(pen: Pen, case: Case, fact: ThreadStarted) -> str:
    return pen.say("The thread stands")


def _thread_lost(pen: Pen, case: Case, fact: ThreadLost) -> str:
    return pen.say("The thread was deleted at Slack; a new one follows")


def _owner_lost(pen: Pen, case: Case, fact: OwnerLost) -> str:
    return pen.say("The owner {owner} can't be reached any more", owner=parts.person(fact.owner))


def _place_lost(pen: Pen, case: Case, fact: PlaceLost) -> str:
    if fact.to is None:
        return pen.say("The case's channel can't be reached: {reason}", reason=typed(fact.reason))
    return pen.say("{who} can't be reached by direct message: {reason}", who=parts.person(fact.to),
                   reason=typed(fact.reason))  # fmt: skip


def _place_found(pen: Pen, case: Case, fact: PlaceFound) -> str:
    if fact.to is None:
        return pen.say("The case's channel can be reached again")
    return pen.say("{who} can be reached again", who=parts.person(fact.to))


def _shared(pen: Pen, case: Case, fact: SharingChanged) -> str:
    if fact.shared:
        return pen.say("The channel is shared with people outside: customer data is hidden there")
    return pen.say("The channel is no longer shared with people outside")


def _forgotten(pen: Pen, case: Case, fact: PersonForgotten) -> str:
    return pen.say("A person asked to be forgotten, and is called {name} here", name=parts.person(fact.pseudonym))


_SENTENCES: dict[type[Any], Callable[[Pen, Case, Any], str]] = {
    CaseOpened: _opened,
    CaseEdited: _edited,
    AreaAdded: _added,
    AreaClaimed: _claimed,
    AreaJoined: _joined,
    AreaReleased: _released,
    FindingReported: _found,
    ContactMade: _contacted,
    NextContactPromised: _promised,
    ReminderAcknowledged: _acknowledged,
    ReminderCame: _reminded,
    NudgeCame: _nudged,
    ItemTicked: _ticked,
    HandoffOffered: _offered,
    HandoffAccepted: _accepted,
    HandoffDeclined: _declined,
    HandoffWithdrawn: _withdrawn,
    TaskAsked: tasks.story,
    TaskAccepted: tasks.story,
    TaskDeclined: tasks.story,
    TaskDone: tasks.story,
    TaskWithdrawn: tasks.story,
    HelpCalled: _called,
    NoteAdded: _noted,
    CaseResolved: _resolved,
    CaseClosed: _closed,
    CaseReopened: _reopened,
    ReportAsked: _report,
    PersonArrived: _arrived,
    PersonLeft: _left,
    ThreadStarted: _started,
    ThreadLost: _thread_lost,
    OwnerLost: _owner_lost,
    **clock_facts.SENTENCES,
    **checks.SENTENCES,
    **run_facts.SENTENCES,
    **kin_facts.SENTENCES,
    PlaceLost: _place_lost,
    PlaceFound: _place_found,
    SharingChanged: _shared,
    PersonForgotten: _forgotten,
}


# ---------------------------------------------------------------- loose ends

_ENDS = {
    "unresolved": mark("it is not resolved yet"),
    "promise": mark("a contact is still promised"),
    "untold": mark("the customer has not been told that it is resolved"),
    "offer": mark("a handover waits for its answer"),
    "check": mark("a step waits for its check"),
}


def end(pen: Pen, case: Case | None, name: str) -> str:
    """A loose end, as `bot.domain.rules.loose_ends` names it, in words."""
    kind, _, key = name.partition(":")
    if kind == "run":
        called = run_facts.name(pen, case, int(key)) if case else f"#{key}"
        return pen.say("the runbook “{name}” is not finished", name=called)
    if kind == "child":
        return pen.say("the child case {case} is still open", case=name_of(int(key)))
    if kind == "task":
        return task_left(pen, case, int(key))
    if kind != "area":
        return pen.say(_ENDS[kind]) if kind in _ENDS else typed(name)
    return pen.say("{area} has no result", area=pen.area_named(case, key) if case else typed(key))


def task_left(pen: Pen, case: Case | None, serial: int) -> str:
    """That somebody was asked for something and has not done it."""
    task = of(case, serial) if case else None
    if case is None or task is None:
        return pen.say("task {n} is open", n=serial)
    return pen.say("task {n} of {to} is open: {what}", n=serial, to=parts.person(task.to),
                   what=tasks.what(pen, case, task, tasks.SHORT))  # fmt: skip
