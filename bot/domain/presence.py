"""Presence: who is in a case. Writing in the thread, any act, and a reaction that says "I'm with you" all count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.commands import Arrive, Leave
from bot.domain.facts import Fact, PersonArrived, PersonLeft
from bot.domain.message import Stamp

if TYPE_CHECKING:
    from bot.domain.case import Case


def arrive(case: Case, command: Arrive, stamp: Stamp) -> tuple[Fact, ...]:
    """They are there; nothing new of somebody who is."""
    present = command.by == case.owner or command.by in case.people or case.status == "closed"
    return () if present else (PersonArrived(**stamp.fields, by_reaction=command.by_reaction),)


def leave(case: Case, command: Leave, stamp: Stamp) -> tuple[Fact, ...]:
    """They took their reaction away; whoever did more than that stays in the case."""
    return (PersonLeft(**stamp.fields),) if command.by in case.watching and case.status != "closed" else ()


def arrived(case: Case, fact: PersonArrived) -> Case:
    """Who only looks along is kept apart, until they do something."""
    return case.model_copy(update={"watching": (*case.watching, fact.by)}) if fact.by_reaction else case


def left(case: Case, fact: PersonLeft) -> Case:
    """Gone, as if they had not come."""
    without = {name: tuple(p for p in getattr(case, name) if p != fact.by) for name in ("people", "watching")}
    return case.model_copy(update=without)
