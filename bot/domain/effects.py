"""Effects: what a fact changes on a case. Areas have theirs in area.py, clocks in clock_effects.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.domain import area, check, checklist, clock_effects, kin, ledger, presence, run, swarm, task
from bot.domain.area import Area
from bot.domain.clock import BY_CONTACT, Clock, ClockName
from bot.domain.contact import Contact, Promise
from bot.domain.handoff import Offer
from bot.domain.kin_messages import (
    ChildNoted,
    IncidentGrew,
    IncidentSuspected,
    KeptApart,
    ParentDropped,
    ParentNoted,
    ParentSet,
)
from bot.domain.ledger import Ledger
from bot.domain.messages import (
    CaseClosed,
    CaseEdited,
    CaseReopened,
    CaseResolved,
    ContactMade,
    EditCase,
    Fact,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
    HelpCalled,
    ItemTicked,
    NextContactPromised,
    NudgeCame,
    OwnerLost,
    PersonArrived,
    PersonLeft,
    PlaceFound,
    PlaceLost,
    ReminderAcknowledged,
    ReminderCame,
    SharingChanged,
    ThreadLost,
    ThreadStarted,
)
from bot.domain.place import Unreached
from bot.domain.sla import clocks, unanswered
from bot.domain.text import many_lines, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.case import Case

TITLE = 150
"""Ours: the length of a Slack header (slack_sdk models); a longer title is cut, the post itself keeps the whole."""


def _edited(case: Case, fact: CaseEdited) -> Case:
    after = edited(case, fact.changes)
    if after.deadline == case.deadline:
        return after
    clocks = ledger.with_deadline(case.ledger, after.deadline, fact.at, case.cycle)
    return after.model_copy(update={"ledger": clocks})


def edited(case: Case, command: EditCase) -> Case:
    lengths = {"title": TITLE, "customer": 100, "plan": 100, "reference": 100, "deadline_text": 200}
    changes: dict[str, Any] = {
        name: one_line(text, limit) for name, limit in lengths.items() if (text := getattr(command, name)) is not None
    }
    if command.impact is not None:
        changes["impact"] = many_lines(command.impact, 1000)
    if command.deadline is not None or command.deadline_text is not None:
        changes["deadline"] = command.deadline
    if command.family is not None and command.family != case.family:
        changes |= {"family": command.family, "areas": _regrouped(case, command)}
        if command.checklist is not None:
            changes["checklist"] = checklist.exchanged(case.checklist, command.checklist, case.changed_at)
    return case.model_copy(update=changes)


def _regrouped(case: Case, command: EditCase) -> tuple[Area, ...]:
    """The new family's areas beside every area that somebody touched: a change of menu loses no finding."""
    asked_for = {one.area for one in task.open_tasks(case)}
    touched = [a for a in case.areas if not a.unseen or a.key.startswith("own-") or a.key in asked_for]
    kept = {a.key for a in touched}
    fresh = areas_of([a for a in command.areas if a.key not in kept], case.changed_at)
    before = {a.key: a.since for a in case.areas}  # nobody looks at a shared area for as long as before
    return (*touched, *(a.model_copy(update={"since": before.get(a.key, a.since)}) for a in fresh))


def areas_of(offered: Any, at: datetime) -> tuple[Area, ...]:
    return tuple(Area(key=a.key, name_en=a.name_en, name_ja=a.name_ja, since=at) for a in offered)


def _contacted(case: Case, fact: ContactMade) -> Case:
    tally = case.tally
    for clock in unanswered(case):
        if clock.name in PROMISED and not clock.by_change:
            name = "late" if fact.at > clock.due else "kept"
            tally = tally.model_copy(update={name: getattr(tally, name) + 1})
    return case.model_copy(
        update={
            "last_contact": Contact(at=fact.at, by=fact.by, how=fact.how, said=fact.said),
            "responded_at": case.responded_at or fact.at,
            "promise": None,
            "tally": tally,
            "wrote_at": None,
            "ledger": ledger.ended(case.ledger, BY_CONTACT, fact.at, "contact"),
            **_SILENT,
        }
    )


PROMISED: tuple[ClockName, ...] = ("first-response", "next-contact")
"""Whose ends the tally counts: what the customer was promised, by contract or by a person."""
_SILENT: dict[str, Any] = {
    "held_until": None,
    "held_at": None,
    "holds": 0,
    "climbed": frozenset(),
    "told": (),
    "last_rung_at": None,
}


def _promised(case: Case, fact: NextContactPromised) -> Case:
    tally = case.tally
    if fact.replaced is not None:
        name = "missed" if fact.missed else "renegotiated"
        tally = tally.model_copy(update={name: getattr(tally, name) + 1})
    serial = case.promises + 1
    promise = Promise(serial=serial, due=fact.due, action=fact.action, by=fact.by, made_at=fact.at)
    # A promise answers neither first response nor reply: their ladder stands, or climbs on, where it is.
    others = any(clock.name in BY_CONTACT and clock.name != "next-contact" for clock in clocks(case))
    clock = Clock(name="next-contact", serial=serial, start=fact.at, due=fact.due, cycle=case.cycle)
    kept = ledger.put(ledger.ended(case.ledger, ("next-contact",), fact.at, "replaced"), [clock])
    changes = {"promise": promise, "promises": serial, "tally": tally, "ledger": kept}
    if case.parent is not None and fact.via == case.parent.number:
        changes["parent"] = case.parent.model_copy(update={"due": fact.due})
    return case.model_copy(update={**changes, **({} if others else _SILENT)})


def _nudged(case: Case, fact: NudgeCame) -> Case:
    return case.model_copy(update={"nudged": case.nudged | {fact.key, *fact.instead_of}})


def _reminded(case: Case, fact: ReminderCame) -> Case:
    told = tuple(dict.fromkeys((*case.told, *fact.to)))
    rung_at = case.last_rung_at if fact.rung in ("before", "due") else fact.at
    fired = case.fired | {fact.checkpoint, *fact.instead_of}
    return case.model_copy(update={"fired": fired, "told": told, "last_rung_at": rung_at})


def _held(case: Case, fact: ReminderAcknowledged) -> Case:
    return case.model_copy(update={**holding(case, fact), "held_until": fact.until})


def holding(case: Case, fact: Fact) -> dict[str, Any]:
    return {"held_at": fact.at, "holds": case.holds + 1, "climbed": case.fired}


def _offered(case: Case, fact: HandoffOffered) -> Case:
    return case.model_copy(update={"offer": Offer(to=fact.to, by=fact.by, at=fact.at, note=fact.note)})


def _handed_over(case: Case, fact: HandoffAccepted) -> Case:
    """The former owner stays in the case; no due time moves."""
    former = (fact.sender,) if fact.sender else ()
    people = tuple(p for p in dict.fromkeys((*case.people, *former)) if p != fact.by)
    return case.model_copy(update={"owner": fact.by, "people": people, "offer": None})


def _resolved(case: Case, fact: CaseResolved) -> Case:
    kept = ledger.ended(case.ledger, ("resolution", "deadline"), fact.at, "resolved")
    return case.model_copy(update={"status": "resolved", "resolved_at": fact.at, **_waits_no_more(case, kept, fact)})


def _waits_no_more(case: Case, kept: Ledger, fact: Fact) -> dict[str, Any]:
    """The end of a case is the end of its waiting for the customer."""
    return {
        "ledger": ledger.ended(kept, ("look-again",), fact.at, "withdrawn"),
        "pauses": clock_effects.ended(case.pauses, fact),
        **_SILENT,
    }


def _closed(case: Case, fact: CaseClosed) -> Case:
    kept = ledger.ended(case.ledger, ("resolution", "deadline", "vendor"), fact.at, "closed")
    changes = {"status": "closed", "closed_at": fact.at, "offer": None, "tasks": task.left(case.tasks, fact.at)}
    return case.model_copy(update={**changes, **_waits_no_more(case, kept, fact)})


def _reopened(case: Case, fact: CaseReopened) -> Case:
    """A new cycle: its clocks run from the beginning. A promise still to come stands; what passed was missed."""
    owed = [clock for clock in unanswered(case) if clock.name in PROMISED]
    passed = {clock.name for clock in owed if clock.due <= fact.at}
    missed = sum(clock.due <= fact.at and not clock.by_change for clock in owed)
    cycle = case.cycle + 1
    kept = ledger.ended(case.ledger, ("first-response", "resolution", *passed), fact.at, "reopened")
    first = fact.clocks or ledger.first_response_of(case.terms, fact.at, cycle)
    return case.model_copy(
        update={
            "ledger": ledger.with_deadline(ledger.put(kept, first), case.deadline, fact.at, cycle),
            "promise": None if "next-contact" in passed else case.promise,
            "tally": case.tally.model_copy(update={"missed": case.tally.missed + missed}),
            "status": "open",
            "cycle": cycle,
            "cycle_started_at": fact.at,
            "responded_at": None,
            "resolved_at": None,
            "closed_at": None,
            **_SILENT,
        }
    )


def _place_lost(case: Case, fact: PlaceLost) -> Case:
    """Whom a reminder did not reach was not told."""
    known = case.lost(fact.to)
    place = Unreached(to=fact.to, since=known.since if known else fact.at, reason=fact.reason, edits=fact.edits)
    others = tuple(other for other in case.unreached if other.to != fact.to)
    told = tuple(person for person in case.told if person != fact.to)
    return case.model_copy(update={"unreached": (*others, place), "told": told})


def _place_found(case: Case, fact: PlaceFound) -> Case:
    return case.model_copy(update={"unreached": tuple(place for place in case.unreached if place.to != fact.to)})


def _areas_after(case: Case, fact: Fact) -> Case:
    return case.model_copy(update={"areas": area.evolve(case.areas, fact)})


def _tasks_after(case: Case, fact: Fact) -> Case:
    return case.model_copy(update={"tasks": task.evolve(case.tasks, fact)})


EFFECTS: dict[type[Any], Callable[[Case, Any], Case]] = {
    CaseEdited: _edited,
    ContactMade: _contacted,
    NextContactPromised: _promised,
    ReminderAcknowledged: _held,
    ReminderCame: _reminded,
    NudgeCame: _nudged,
    ItemTicked: checklist.ticked,
    HandoffOffered: _offered,
    HandoffAccepted: _handed_over,
    HandoffDeclined: lambda case, fact: case.model_copy(update={"offer": None}),
    HandoffWithdrawn: lambda case, fact: case.model_copy(update={"offer": None}),
    CaseResolved: _resolved,
    CaseClosed: _closed,
    CaseReopened: _reopened,
    ThreadStarted: lambda case, fact: case.model_copy(update={"thread": fact.thread}),
    ThreadLost: lambda case, fact: case.model_copy(update={"thread": None}),
    OwnerLost: lambda case, fact: case.model_copy(update={"owner": None}),
    **clock_effects.EFFECTS,
    **check.EFFECTS,
    **run.EFFECTS,
    PlaceLost: _place_lost,
    PlaceFound: _place_found,
    HelpCalled: swarm.called,
    PersonArrived: presence.arrived,
    PersonLeft: presence.left,
    SharingChanged: lambda case, fact: case.model_copy(update={"shared": fact.shared}),
    IncidentSuspected: kin.was_suspected,
    IncidentGrew: kin.grew,
    KeptApart: kin.kept_apart,
    ParentSet: kin.parent_set,
    ParentDropped: kin.parent_dropped,
    ParentNoted: kin.parent_noted,
    ChildNoted: kin.child_noted,
    **{kind: _areas_after for kind in area.CHANGES},
    **{kind: _tasks_after for kind in task.CHANGES},
}
