"""Kin: a parent case and its children, one level deep. Each keeps its own clocks, promise and end.

A parent may carry the promise of a child: what its customer is told, the child's customer is told as well, and both
are recorded in one step. docs/decisions/0047 says why a child is never contacted by silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.errors import (
    AlreadyParent,
    ChildAsParent,
    NoParent,
    NothingToGather,
    OwnChild,
    ParentClosed,
    ParentOfItself,
    TooManyChildren,
    UnknownCase,
)
from bot.domain.kin_messages import (
    ChildNoted,
    Enlarge,
    GatherCases,
    IncidentGrew,
    IncidentSuspected,
    KeepApart,
    KeptApart,
    KinState,
    NoteChild,
    NoteParent,
    ParentDropped,
    ParentNoted,
    ParentSet,
    Relative,
    SetParent,
    Suspect,
)
from bot.domain.messages import CaseCommand, Fact, RecordContact, Stamp
from bot.domain.values import CaseNumber, DeliveryId, Instant, Value

if TYPE_CHECKING:
    from bot.domain.case import Case

MOST_CHILDREN = 30
"""Ours: a contact is recorded for all of them in one transaction, and nobody reads more on a card."""
MOST_SUSPECTED = 50
"""Ours: the cases that a group is known by."""
MISSED_AFTER = timedelta(minutes=2)
"""Ours: the parent's owner is reminded of the moment that both were promised for; so long after it, and not before, the
child's own owner is."""


_SORTING = (ParentSet, ParentDropped, ParentNoted, ChildNoted, KeptApart)


class Parent(Value):
    """The parent, as its child knows it."""

    number: CaseNumber
    state: KinState = "open"
    carried: bool = False
    """The parent's contacts count for the child too."""
    due: Instant | None = None
    """When the parent's customer is promised to hear from us."""

    @property
    def carries(self) -> bool:
        """Whether somebody can be expected to speak for the child: a parent that is over speaks to nobody."""
        return self.carried and self.state == "open"


class Suspicion(Value):
    """That a case may be one incident with others (incident.py)."""

    head: CaseNumber
    """The oldest of them: it is offered as the parent."""
    cases: tuple[CaseNumber, ...]
    """The others, as far as this case was told: the head knows all of them."""
    aloud: bool = False
    """The channel heard it under this case."""


class Child(Value):
    """A child, as its parent knows it."""

    number: CaseNumber
    state: KinState = "open"
    carried: bool = False


# ---------------------------------------------------------------- what is asked


def set_parent(case: Case, command: SetParent, stamp: Stamp) -> tuple[Fact, ...]:
    """Take another case as the parent, or none.

    Raises ParentOfItself, UnknownCase, ParentClosed, OwnChild, ChildAsParent, AlreadyParent, TooManyChildren, NoParent.
    """
    if command.parent is None:
        return _without(case, stamp)
    found = command.found
    if command.parent == case.number:
        raise ParentOfItself(number=case.number)
    if found is None:
        raise UnknownCase(number=command.parent)
    if found.state == "closed":
        raise ParentClosed(number=case.number, parent=found.number)
    if found.parent == case.number:
        raise OwnChild(number=case.number, parent=found.number)
    if found.parent is not None:
        raise ChildAsParent(number=case.number, parent=found.number, above=found.parent)
    if children(case):
        raise AlreadyParent(number=case.number, parent=found.number)
    before = case.parent
    if before is not None and (before.number, before.carried) == (found.number, command.carried):
        return ()
    if (before is None or before.number != found.number) and found.children >= MOST_CHILDREN:
        raise TooManyChildren(number=case.number, parent=found.number, most=MOST_CHILDREN)
    replaced = before.number if before is not None and before.number != found.number else None
    about = {"carried": command.carried, "due": found.due if command.carried else None, "replaced": replaced}
    return (ParentSet(**stamp.fields, parent=found.number, **about),)


def _without(case: Case, stamp: Stamp) -> tuple[Fact, ...]:
    """Without a parent; where only a suspicion stood, it is put aside."""
    if case.parent is not None:
        return (ParentDropped(**stamp.fields, parent=case.parent.number, carried=case.parent.carried),)
    if case.incident is None:
        raise NoParent(number=case.number)
    return _put_aside(case, case.incident, stamp)


def _put_aside(case: Case, suspicion: Suspicion, stamp: Stamp) -> tuple[Fact, ...]:
    """It is no incident with those that are not its children. Raises OwnChild where all are: that is undone there."""
    own = [child.number for child in children(case) if child.number in suspicion.cases]
    others = tuple(number for number in suspicion.cases if number not in own)
    if own and not others:
        raise OwnChild(number=case.number, parent=own[0])
    return (KeptApart(**stamp.fields, others=others),)


def gather(case: Case, command: GatherCases, stamp: Stamp) -> tuple[Fact, ...]:
    """Become the parent of these. Raises ChildAsParent, TooManyChildren, NothingToGather."""
    if case.parent is not None:
        raise ChildAsParent(number=command.case, parent=case.number, above=case.parent.number)
    known = {child.number for child in children(case)}
    fresh = [number for number in command.cases if number not in known and number != case.number]
    if not fresh and not known:
        raise NothingToGather(number=case.number)
    if len(known) + len(fresh) > MOST_CHILDREN:
        raise TooManyChildren(number=fresh[0], parent=case.number, most=MOST_CHILDREN)
    return tuple(ChildNoted(**stamp.fields, child=number, state="open", new=True) for number in fresh)


def note_child(case: Case, command: NoteChild, stamp: Stamp) -> tuple[Fact, ...]:
    """Write down how a child stands, where that is news."""
    known = next((child for child in case.children if child.number == command.child), None)
    wanted = Child(number=command.child, state=command.state, carried=command.carried)
    if wanted == known or (known is None and command.state == "left"):
        return ()
    is_new = command.state != "left" and (known is None or (command.carried and not known.carried))
    fields = wanted.model_dump(exclude={"number"})
    return (ChildNoted(**stamp.fields, child=command.child, new=is_new, **fields),)


def note_parent(case: Case, command: NoteParent, stamp: Stamp) -> tuple[Fact, ...]:
    """Write down how the parent stands, where that is news."""
    known = case.parent
    if known is None or known.number != command.parent or (known.state, known.due) == (command.state, command.due):
        return ()
    return (ParentNoted(**stamp.fields, parent=command.parent, state=command.state, due=command.due),)


def suspect(case: Case, command: Suspect, stamp: Stamp) -> tuple[Fact, ...]:
    """Write down that it may be one incident with others; once for each group."""
    if case.apart or (case.incident is not None and case.incident.head == command.head):
        return ()
    others, about = command.others[:MOST_SUSPECTED], {"signs": command.signs, "aloud": command.aloud}
    return (IncidentSuspected(**stamp.fields, head=command.head, others=others, **about),)


def enlarge(case: Case, command: Enlarge, stamp: Stamp) -> tuple[Fact, ...]:
    """Write down that one more case may be the same, once."""
    known = case.incident.cases if case.incident is not None else ()
    if command.joined in known or len(known) >= MOST_SUSPECTED:
        return ()
    return (IncidentGrew(**stamp.fields, joined=command.joined, aloud=command.aloud),)


def keep_apart(case: Case, command: KeepApart, stamp: Stamp) -> tuple[Fact, ...]:
    """Put the suspicion aside, where it is the one of this head. Raises OwnChild."""
    if case.incident is None or case.incident.head != command.head:
        return ()
    return _put_aside(case, case.incident, stamp)


# ---------------------------------------------------------------- what it changes


def was_suspected(case: Case, fact: IncidentSuspected) -> Case:
    return case.model_copy(update={"incident": Suspicion(head=fact.head, cases=fact.others, aloud=fact.aloud)})


def grew(case: Case, fact: IncidentGrew) -> Case:
    known = case.incident or Suspicion(head=case.number, cases=())
    cases = tuple(dict.fromkeys((*known.cases, fact.joined)))
    return case.model_copy(update={"incident": known.model_copy(update={"cases": cases})})


def parent_set(case: Case, fact: ParentSet) -> Case:
    parent = Parent(number=fact.parent, carried=fact.carried, due=fact.due)
    return case.model_copy(update={"parent": parent, "incident": None, "apart": False})


def parent_dropped(case: Case, fact: ParentDropped) -> Case:
    return case.model_copy(update={"parent": None})


def parent_noted(case: Case, fact: ParentNoted) -> Case:
    if case.parent is None:
        return case
    return case.model_copy(update={"parent": case.parent.model_copy(update={"state": fact.state, "due": fact.due})})


def child_noted(case: Case, fact: ChildNoted) -> Case:
    others = tuple(child for child in case.children if child.number != fact.child)
    if fact.state == "left":
        return case.model_copy(update={"children": others})
    child = Child(number=fact.child, state=fact.state, carried=fact.carried)
    return case.model_copy(update={"children": tuple(sorted((*others, child), key=lambda one: one.number))})


def kept_apart(case: Case, fact: KeptApart) -> Case:
    return case.model_copy(update={"incident": None, "apart": True})


# ---------------------------------------------------------------- what follows for others


def followed(before: Case, case: Case, command: CaseCommand, facts: tuple[Fact, ...]) -> Iterator[CaseCommand]:
    """What an act on one case asks of its relatives in the same transaction, `case` being the case after it.

    Each has a delivery of its own, made of the act's, so that the act happening again is recognised for all.
    """
    if not facts:
        return
    for child in _also(command, facts):
        yield _contact(case, child, command)
    yield from _of_children(before, case, command)
    yield from _of_parents(before, case, command)
    for fact in facts:
        if isinstance(fact, ChildNoted) and isinstance(command, GatherCases):
            yield SetParent(**_as(command, fact.child), parent=case.number, found=relative(before))
        if isinstance(fact, ChildNoted) and fact.state in ("open", "resolved") and case.parent is not None:
            # It was closed when this case took a parent of its own, and is back: one level, whatever the order.
            yield SetParent(**_as(command, fact.child, "apart"), parent=None)
        if isinstance(fact, KeptApart) and before.incident is not None and before.incident.head == case.number:
            yield from (KeepApart(**_as(command, other), head=case.number) for other in fact.others)


def _of_children(before: Case, case: Case, command: CaseCommand) -> Iterator[CaseCommand]:
    """How the parent stands, for each child; what it promised is of no matter to those that it does not carry."""
    ended, moved = before.status != case.status, _due(before) != _due(case)
    for child in case.children:
        if ended or (moved and child.carried):
            due = _due(case) if child.carried else None
            yield NoteParent(**_as(command, child.number, "parent"), parent=case.number, state=case.status, due=due)


def _of_parents(before: Case, case: Case, command: CaseCommand) -> Iterator[CaseCommand]:
    """How the child stands, for its parent, and for the one it had before."""
    was, now = before.parent, case.parent
    if was is not None and (now is None or now.number != was.number):
        yield NoteChild(**_as(command, was.number, "left"), child=case.number, state="left")
    if now is None:
        return
    if was is None or (was.number, was.carried) != (now.number, now.carried) or before.status != case.status:
        about = {"child": case.number, "state": case.status, "carried": now.carried}
        yield NoteChild(**_as(command, now.number, "child"), **about)


def _also(command: CaseCommand, facts: tuple[Fact, ...]) -> tuple[CaseNumber, ...]:
    if not isinstance(command, RecordContact):
        return ()
    return next((also for fact in facts if (also := getattr(fact, "also", ()))), ())


def _contact(case: Case, number: CaseNumber, command: CaseCommand) -> RecordContact:
    """The same contact for a child, with the same next one while the child is open."""
    assert isinstance(command, RecordContact)
    child = next(child for child in case.children if child.number == number)
    step = command.next if child.state == "open" else None
    return RecordContact(
        **_as(command, number, "via"),
        how=command.how,
        said=command.said,
        next=step,
        reason=command.reason,
        confirmed=command.confirmed,
        via=case.number,
    )


def _as(command: CaseCommand, number: CaseNumber, what: str = "kin") -> dict[str, Any]:
    delivery = DeliveryId(f"{command.delivery}:{what}:{number}")
    return {"delivery": delivery, "by": command.by, "case": number}


# ---------------------------------------------------------------- what is asked about it


def from_afar(fact: Fact) -> bool:
    """Whether somebody did it without being in the case: sorting many, or speaking to the customer for the parent."""
    return isinstance(fact, _SORTING) or getattr(fact, "via", None) is not None


def children(case: Case) -> tuple[Child, ...]:
    """Those that are not closed: who is leaves quietly, and is back when it is reopened."""
    return tuple(child for child in case.children if child.state != "closed")


def recorded_for(case: Case, also: tuple[CaseNumber, ...] | None) -> tuple[CaseNumber, ...]:
    """The children that a contact on the parent counts for: those that were named, else those that are carried.

    Whoever tells the parent's customer has not told the children's, so nothing is recorded that nobody asked for.
    """
    known = children(case)
    if also is None:
        return tuple(child.number for child in known if child.carried) if case.status == "open" else ()
    return tuple(child.number for child in known if child.number in also)


def spoken_for(case: Case, due: datetime) -> bool:
    """Whether the parent's owner is the one to be reminded of this promise."""
    return case.parent is not None and case.parent.carries and case.parent.due == due


def relative(case: Case) -> Relative:
    """The case as its child has to know it."""
    above = case.parent.number if case.parent else None
    count = len(children(case))
    return Relative(number=case.number, state=case.status, parent=above, children=count, due=_due(case))


def may_be_gathered(case: Case) -> bool:
    """Whether a case can become a child by one button for many: it has no family of its own yet."""
    return case.status != "closed" and case.parent is None and not children(case) and not case.apart


def _due(case: Case) -> datetime | None:
    return case.promise.due if case.promise is not None and case.status == "open" else None
