"""Facts: what happened; past tense, appended and never edited. Those about clocks are in clock_messages.py."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter

from bot.domain.check_messages import (
    CheckApproved,
    CheckAsked,
    CheckOverridden,
    CheckRejected,
    CheckUsed,
    CheckWithdrawn,
)
from bot.domain.clock import Clock, ClockName
from bot.domain.clock_messages import (
    CasePaused,
    CaseResumed,
    CustomerWrote,
    DeadlineSet,
    PlanChanged,
    SeverityChanged,
    VendorAnswered,
    VendorAsked,
)
from bot.domain.commands import EditCase, Footing, How, OpenCase, Reaction, Verdict
from bot.domain.kin_messages import (
    ChildNoted,
    IncidentGrew,
    IncidentSuspected,
    KeptApart,
    ParentDropped,
    ParentNoted,
    ParentSet,
)
from bot.domain.message import FactBase
from bot.domain.runbook_messages import (
    RunbookFinished,
    RunbookStarted,
    RunbookStopped,
    StepConfirmed,
    StepDone,
    StepSkipped,
    StepUndone,
)
from bot.domain.values import AreaKey, CaseNumber, Instant, Timestamp, UserId

Rung = Literal["before", "due", "owner", "backup", "holders", "lead", "channel", "again"]
NudgeKind = Literal[
    "alone", "quiet", "stuck", "unanswered", "undone", "unchecked", "expired", "untaken", "overdue"
]  # fmt: skip
"""Nobody but the owner is there; a claim has no news; the owner has no next action; a handover has no answer; something
to be checked or told is undone; a risky step waits for its check; a check ran out; a task has no answer; a task is past
its time."""


class CaseOpened(FactBase):
    kind: Literal["case_opened"] = "case_opened"
    case: CaseNumber
    opening: OpenCase
    footing: Footing
    clocks: tuple[Clock, ...] = ()
    """The clocks that began with it. Cases opened before they were written down count round the clock."""


class CaseEdited(FactBase):
    kind: Literal["case_edited"] = "case_edited"
    changes: EditCase


class AreaAdded(FactBase):
    kind: Literal["area_added"] = "area_added"
    area: AreaKey
    name: str


class AreaClaimed(FactBase):
    kind: Literal["area_claimed"] = "area_claimed"
    area: AreaKey


class AreaJoined(FactBase):
    kind: Literal["area_joined"] = "area_joined"
    area: AreaKey


class AreaReleased(FactBase):
    kind: Literal["area_released"] = "area_released"
    area: AreaKey


class FindingReported(FactBase):
    kind: Literal["finding_reported"] = "finding_reported"
    area: AreaKey
    verdict: Verdict
    evidence: str
    source: Timestamp | None = None


class ContactMade(FactBase):
    kind: Literal["contact_made"] = "contact_made"
    how: How
    said: str
    clock: ClockName | None = None
    """The clock that this contact answered, None where none was running."""
    due: Instant | None = None
    late: bool = False
    told: tuple[UserId, ...] = ()
    """Who had been reminded of it: they hear that it is done."""
    called: bool = False
    """The channel had been called."""
    via: CaseNumber | None = None
    """It was made on the parent case, and counts here too."""
    also: tuple[CaseNumber, ...] = ()
    """The children that it counts for."""


class NextContactPromised(FactBase):
    kind: Literal["next_contact_promised"] = "next_contact_promised"
    due: Instant
    action: str
    reason: str = ""
    replaced: Instant | None = None
    """The promise that this one renegotiates; where it had passed already, it was missed."""
    missed: bool = False
    via: CaseNumber | None = None
    """It was promised on the parent case, for this customer too."""


class ReminderAcknowledged(FactBase):
    kind: Literal["reminder_acknowledged"] = "reminder_acknowledged"
    until: Instant


class ReminderCame(FactBase):
    """A checkpoint was reached and somebody had to be told; `instead_of` are earlier ones that it says along."""

    kind: Literal["reminder_came"] = "reminder_came"
    checkpoint: str
    clock: ClockName
    rung: Rung
    planned: Instant
    due: Instant
    to: tuple[UserId, ...] = ()
    told: tuple[UserId, ...] = ()
    """Who was told before on this clock."""
    instead_of: tuple[str, ...] = ()
    by_change: bool = False
    """The clock was over at once because the terms changed: said as that, and no miss."""
    quiet: bool = False
    """Nobody left to tell on this rung: the timeline keeps that the moment passed."""
    unheard: tuple[UserId, ...] | None = None
    """Said in another place than meant: because these people, or with none of them the channel, can't be reached."""


class NudgeCame(FactBase):
    """The moment of a nudge came: somebody is asked though no clock ran out."""

    kind: Literal["nudge_came"] = "nudge_came"
    nudge: NudgeKind
    key: str
    step: int
    planned: Instant
    area: AreaKey | None = None
    to: UserId | None = None
    """The one person who is asked; None where it is said to the team."""
    also: tuple[UserId, ...] = ()
    """Who else is asked the same: there may be several shift leads."""
    areas: tuple[AreaKey, ...] = ()
    """Every area that it is about: claims without news are offered to others in one message."""
    tasks: tuple[int, ...] = ()
    """The tasks that it is about, by number."""
    instead_of: tuple[str, ...] = ()
    """Earlier ones about the same, which it says along."""
    check: int | None = None
    """The step that it is about."""


class ItemTicked(FactBase):
    kind: Literal["item_ticked"] = "item_ticked"
    item: str
    done: bool = True


class HandoffOffered(FactBase):
    kind: Literal["handoff_offered"] = "handoff_offered"
    to: UserId
    note: str = ""


class HandoffAccepted(FactBase):
    kind: Literal["handoff_accepted"] = "handoff_accepted"
    sender: UserId | None
    action: str = ""
    """What the new owner does first; empty where the case was taken over without an offer."""
    due: Instant | None = None
    """The next contact as the new owner read it back."""


class HandoffDeclined(FactBase):
    kind: Literal["handoff_declined"] = "handoff_declined"
    sender: UserId
    reason: str


class HandoffWithdrawn(FactBase):
    kind: Literal["handoff_withdrawn"] = "handoff_withdrawn"
    to: UserId
    sender: UserId


class TaskAsked(FactBase):
    kind: Literal["task_asked"] = "task_asked"
    task: int
    """Its number on the case, from 1."""
    to: UserId
    area: AreaKey | None = None
    text: str
    due: Instant


class TaskAccepted(FactBase):
    kind: Literal["task_accepted"] = "task_accepted"
    task: int
    asker: UserId


class TaskDeclined(FactBase):
    kind: Literal["task_declined"] = "task_declined"
    task: int
    asker: UserId
    reason: str


class TaskDone(FactBase):
    kind: Literal["task_done"] = "task_done"
    task: int
    asker: UserId
    result: str
    due: Instant
    late: bool = False


class TaskWithdrawn(FactBase):
    """Taken back by whoever asked or the owner; by time, where the account of whoever was asked is gone."""

    kind: Literal["task_withdrawn"] = "task_withdrawn"
    task: int
    asker: UserId
    to: UserId


class HelpCalled(FactBase):
    kind: Literal["help_called"] = "help_called"
    asking: str = ""
    area: AreaKey | None = None


class NoteAdded(FactBase):
    kind: Literal["note_added"] = "note_added"
    text: str


class CaseResolved(FactBase):
    kind: Literal["case_resolved"] = "case_resolved"
    how: str = ""


class CaseClosed(FactBase):
    kind: Literal["case_closed"] = "case_closed"
    left_open: tuple[str, ...] = ()
    reason: str = ""


class ReportAsked(FactBase):
    """The report of the case is to be put into its thread."""

    kind: Literal["report_asked"] = "report_asked"
    by_closing: bool = False
    """Nobody asked for it by itself: it came with the end of the case."""


class CaseReopened(FactBase):
    kind: Literal["case_reopened"] = "case_reopened"
    reason: str
    clocks: tuple[Clock, ...] = ()
    """The clocks of the new cycle."""


class PersonArrived(FactBase):
    kind: Literal["person_arrived"] = "person_arrived"
    reaction: Reaction | None = None


class PersonLeft(FactBase):
    kind: Literal["person_left"] = "person_left"
    reaction: Reaction | None = None
    """The one that was taken away; None where they said so."""


class ThreadStarted(FactBase):
    kind: Literal["thread_started"] = "thread_started"
    thread: Timestamp


class ThreadLost(FactBase):
    kind: Literal["thread_lost"] = "thread_lost"
    thread: Timestamp


class OwnerLost(FactBase):
    kind: Literal["owner_lost"] = "owner_lost"
    owner: UserId


class PlaceLost(FactBase):
    kind: Literal["place_lost"] = "place_lost"
    to: UserId | None = None
    reason: str = ""
    edits: bool = False


class PlaceFound(FactBase):
    kind: Literal["place_found"] = "place_found"
    to: UserId | None = None


class SharingChanged(FactBase):
    kind: Literal["sharing_changed"] = "sharing_changed"
    shared: bool


class PersonForgotten(FactBase):
    """A person's id was replaced by a pseudonym, in this fact's past too: the one edit of facts there is."""

    kind: Literal["person_forgotten"] = "person_forgotten"
    pseudonym: UserId


Fact = (
    CaseOpened
    | CaseEdited
    | AreaAdded
    | AreaClaimed
    | AreaJoined
    | AreaReleased
    | FindingReported
    | ContactMade
    | NextContactPromised
    | ReminderAcknowledged
    | ReminderCame
    | NudgeCame
    | ItemTicked
    | HandoffOffered
    | HandoffAccepted
    | HandoffDeclined
    | HandoffWithdrawn
    | CheckAsked
    | CheckApproved
    | CheckRejected
    | CheckWithdrawn
    | CheckOverridden
    | CheckUsed
    | TaskAsked
    | TaskAccepted
    | TaskDeclined
    | TaskDone
    | TaskWithdrawn
    | HelpCalled
    | NoteAdded
    | CaseResolved
    | CaseClosed
    | ReportAsked
    | CaseReopened
    | PersonArrived
    | PersonLeft
    | ThreadStarted
    | ThreadLost
    | OwnerLost
    | CasePaused
    | CaseResumed
    | SeverityChanged
    | PlanChanged
    | CustomerWrote
    | VendorAsked
    | VendorAnswered
    | DeadlineSet
    | RunbookStarted
    | StepDone
    | StepConfirmed
    | StepUndone
    | StepSkipped
    | RunbookFinished
    | RunbookStopped
    | PlaceLost
    | PlaceFound
    | SharingChanged
    | IncidentSuspected
    | IncidentGrew
    | KeptApart
    | ParentSet
    | ParentDropped
    | ParentNoted
    | ChildNoted
    | PersonForgotten
)

AnyFact = Annotated[Fact, Field(discriminator="kind")]
FACT: TypeAdapter[Fact] = TypeAdapter(AnyFact)
"""Reads a stored fact back."""

F = TypeVar("F", bound=FactBase)
