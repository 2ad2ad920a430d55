"""Kin messages: what is asked and what happens between cases: suspected of one incident, a parent, its children."""

from typing import Literal

from bot.domain.message import CaseCommand, FactBase
from bot.domain.values import CaseNumber, Instant, Value

Sign = Literal["region", "family", "symptom"]
"""Why cases look like one incident: a region that both name, one product family, words that say the same."""
KinState = Literal["open", "resolved", "closed", "left"]
"""How the other case stands; `left`: it is no child any more."""


class Relative(Value):
    """What a case has to know of another one before it becomes its child, as the transaction sees it."""

    number: CaseNumber
    state: KinState
    parent: CaseNumber | None = None
    children: int = 0
    due: Instant | None = None
    """The next contact that it stands promised for."""


# ---------------------------------------------------------------- commands


class SetParent(CaseCommand):
    """Another case is the parent of this one; None: it stands for itself, and is no part of a suspected incident."""

    parent: CaseNumber | None = None
    carried: bool = False
    """The parent's contacts count here too, without being asked each time."""
    found: Relative | None = None
    """The parent, filled in by the desk."""


class GatherCases(CaseCommand):
    """This case becomes the parent of those that may be one incident with it."""

    cases: tuple[CaseNumber, ...] = ()
    """Those that the speaker sees; the desk leaves out what can't be a child."""


class NoteChild(CaseCommand):
    """Something is otherwise with a child of this case."""

    child: CaseNumber
    state: KinState
    carried: bool = False


class NoteParent(CaseCommand):
    """Something is otherwise with the parent of this case."""

    parent: CaseNumber
    state: KinState
    due: Instant | None = None


class Suspect(CaseCommand):
    """This case may be one incident with others."""

    head: CaseNumber
    others: tuple[CaseNumber, ...]
    signs: tuple[Sign, ...] = ()
    aloud: bool = False


class Enlarge(CaseCommand):
    """One more case may be the same incident."""

    joined: CaseNumber
    aloud: bool = False


class KeepApart(CaseCommand):
    """It is no incident after all: the group of this head is put aside."""

    head: CaseNumber


# ---------------------------------------------------------------- facts


class IncidentSuspected(FactBase):
    kind: Literal["incident_suspected"] = "incident_suspected"
    head: CaseNumber
    """The oldest of them: it is offered as the parent."""
    others: tuple[CaseNumber, ...]
    signs: tuple[Sign, ...] = ()
    aloud: bool = False
    """The channel hears it under this case, once."""


class IncidentGrew(FactBase):
    kind: Literal["incident_grew"] = "incident_grew"
    joined: CaseNumber
    aloud: bool = False
    """It is said in this case's thread."""


class KeptApart(FactBase):
    """It is no part of the suspected incident."""

    kind: Literal["kept_apart"] = "kept_apart"
    others: tuple[CaseNumber, ...] = ()


class ParentSet(FactBase):
    kind: Literal["parent_set"] = "parent_set"
    parent: CaseNumber
    carried: bool = False
    due: Instant | None = None
    """The next contact that the parent stood promised for."""
    replaced: CaseNumber | None = None


class ParentDropped(FactBase):
    kind: Literal["parent_dropped"] = "parent_dropped"
    parent: CaseNumber
    carried: bool = False


class ParentNoted(FactBase):
    """The parent changed: its state, or the time that it stands promised for."""

    kind: Literal["parent_noted"] = "parent_noted"
    parent: CaseNumber
    state: KinState
    due: Instant | None = None


class ChildNoted(FactBase):
    """A case became a child, is one no more, or changed its state."""

    kind: Literal["child_noted"] = "child_noted"
    child: CaseNumber
    state: KinState
    carried: bool = False
    new: bool = False
    """It was no child before, or is carried from now on."""
