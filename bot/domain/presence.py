"""Presence: who is in a case. Writing in the thread, any act, and a reaction that says "I'm with you" all count.

A reaction counts for as long as it stands. Slack's events come twice and in any order, so of each the last state is
kept with Slack's own time of it (docs/decisions/0037).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.commands import Arrive, Leave, Reaction
from bot.domain.errors import LeavesAreas, NotInCase, OwnerLeaves
from bot.domain.facts import Fact, PersonArrived, PersonLeft
from bot.domain.message import Stamp
from bot.domain.values import UserId, Value

if TYPE_CHECKING:
    from bot.domain.case import Case


class Mark(Value):
    """A reaction of somebody, as it was left."""

    by: UserId
    reaction: Reaction
    stands: bool


def arrive(case: Case, command: Arrive, stamp: Stamp) -> tuple[Fact, ...]:
    """They are there; nothing new of somebody who is."""
    if command.by == case.owner or case.status == "closed":
        return ()
    if command.reaction is not None and _is_news(case, command.by, command.reaction):
        looking_on = command.by not in case.people or command.by in case.watching
        return (PersonArrived(**stamp.fields, reaction=command.reaction),) if looking_on else ()
    return () if command.reaction or command.by in case.people else (PersonArrived(**stamp.fields),)


def leave(case: Case, command: Leave, stamp: Stamp) -> tuple[Fact, ...]:
    """They are not there any more. Raises OwnerLeaves, LeavesAreas, NotInCase where they say so themselves.

    A reaction that was taken away says nothing of whoever did more than react.
    """
    if command.reaction is not None:
        unsaid = case.status == "closed" or command.by == case.owner or not _is_news(case, command.by, command.reaction)
        acted = command.by in case.people and command.by not in case.watching
        return () if unsaid or acted else (PersonLeft(**stamp.fields, reaction=command.reaction),)
    if command.by == case.owner:
        raise OwnerLeaves(number=case.number)
    held = [area for area in case.areas if area.has(command.by) and area.verdict is None]
    if held:
        raise LeavesAreas(number=case.number, area=held[0], key=held[0].key)
    if command.by not in case.people:
        raise NotInCase(number=case.number)
    return (PersonLeft(**stamp.fields),)


def _is_news(case: Case, by: UserId, reaction: Reaction) -> bool:
    """Nothing later is known of the very same reaction."""
    known = next((mark for mark in case.marks if _same(mark, by, reaction)), None)
    return known is None or known.reaction.at < reaction.at


def _same(mark: Mark, by: UserId, reaction: Reaction) -> bool:
    return mark.by == by and (mark.reaction.on, mark.reaction.emoji) == (reaction.on, reaction.emoji)


def arrived(case: Case, fact: PersonArrived) -> Case:
    """Who only looks along is kept apart, until they do something."""
    if fact.reaction is None:
        return case
    watching = tuple(dict.fromkeys((*case.watching, fact.by)))
    return case.model_copy(update={"watching": watching, **_marked(case, fact.by, fact.reaction, stands=True)})


def left(case: Case, fact: PersonLeft) -> Case:
    """Gone, unless another reaction of theirs stands."""
    if fact.reaction is not None:
        case = case.model_copy(update=_marked(case, fact.by, fact.reaction, stands=False))
        if any(mark.by == fact.by and mark.stands for mark in case.marks):
            return case
    changes: dict[str, Any] = {
        "people": tuple(person for person in case.people if person != fact.by),
        "watching": tuple(person for person in case.watching if person != fact.by),
    }
    if fact.by in case.people and not changes["people"]:
        changes["left_at"] = fact.at
    return case.model_copy(update=changes)


def _marked(case: Case, by: UserId, reaction: Reaction, *, stands: bool) -> dict[str, Any]:
    others = tuple(mark for mark in case.marks if not _same(mark, by, reaction))
    return {"marks": (*others, Mark(by=by, reaction=reaction, stands=stands))}
