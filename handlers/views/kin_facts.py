"""Kin facts in words: one sentence for every kind of fact between cases."""

from collections.abc import Callable
from typing import Any

from bot.domain.case import Case
from bot.domain.kin_messages import (
    ChildNoted,
    IncidentGrew,
    IncidentSuspected,
    KeptApart,
    ParentDropped,
    ParentNoted,
    ParentSet,
)
from bot.domain.values import name_of
from handlers.views.pen import STATUSES, Pen


def _suspected(pen: Pen, case: Case, fact: IncidentSuspected) -> str:
    others = pen.texts.listed([name_of(number) for number in fact.others])
    return pen.say("it could be one incident with {cases}", cases=others)


def _grew(pen: Pen, case: Case, fact: IncidentGrew) -> str:
    return pen.say("{case} could be the same incident", case=name_of(fact.joined))


def _apart(pen: Pen, case: Case, fact: KeptApart) -> str:
    others = pen.texts.listed([name_of(number) for number in fact.others])
    return pen.say("said that it is not one incident with {cases}", cases=others)


def _set(pen: Pen, case: Case, fact: ParentSet) -> str:
    said = pen.say("made {parent} the parent case", parent=name_of(fact.parent))
    return said + (pen.say(" — its contacts with the customer count here too") if fact.carried else "")


def _dropped(pen: Pen, case: Case, fact: ParentDropped) -> str:
    return pen.say("took the parent case {parent} away", parent=name_of(fact.parent))


def _parent(pen: Pen, case: Case, fact: ParentNoted) -> str:
    state = pen.say(STATUSES.get(fact.state, STATUSES["closed"]))
    said = pen.say("parent case {parent}: {state}", parent=name_of(fact.parent), state=state)
    return said + (pen.say(", next contact {at}", at=pen.when(fact.due)) if fact.due else "")


def _child(pen: Pen, case: Case, fact: ChildNoted) -> str:
    child = name_of(fact.child)
    if fact.state == "left":
        return pen.say("{child} is no child case any more", child=child)
    if fact.new:
        said = pen.say("{child} became a child case", child=child)
        return said + (pen.say(" — contacts are recorded together") if fact.carried else "")
    return pen.say("child case {child}: {state}", child=child, state=pen.say(STATUSES[fact.state]))


SENTENCES: dict[type[Any], Callable[[Pen, Case, Any], str]] = {
    IncidentSuspected: _suspected,
    IncidentGrew: _grew,
    KeptApart: _apart,
    ParentSet: _set,
    ParentDropped: _dropped,
    ParentNoted: _parent,
    ChildNoted: _child,
}
