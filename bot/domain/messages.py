"""What people ask for, what happened, and who must be told: commands, facts and notices.

Commands are imperatives, facts past tense. A fact is never edited; a notice carries the fact that caused it.
"""

from datetime import timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter

from bot.domain.calendar import Calendar
from bot.domain.clock import Clock
from bot.domain.clock import ClockName as ClockName
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
from bot.domain.message import CaseCommand as CaseCommand
from bot.domain.message import Command as Command
from bot.domain.message import FactBase
from bot.domain.message import NextStep as NextStep
from bot.domain.message import Stamp as Stamp
from bot.domain.policy import Terms
from bot.domain.values import (
    AreaKey,
    CaseNumber,
    ChannelId,
    Instant,
    Language,
    Severity,
    TeamId,
    Timestamp,
    UserId,
    Value,
)

Verdict = Literal["cleared", "suspect", "cause", "waiting"]
How = Literal["phone", "mail", "chat", "meeting", "portal", "other"]
Rung = Literal["before", "due", "owner", "backup", "holders", "lead", "channel", "again"]


# ---------------------------------------------------------------- commands


class OpenCase(Command):
    """Open a case in a team channel; under the message `source` where it was posted as one."""

    team: TeamId
    channel: ChannelId
    language: Language
    severity: Severity
    title: str
    source: Timestamp | None = None
    posted_at: Instant | None = None
    """When it was posted as a case: the first-response clock starts then."""
    customer: str = ""
    plan: str = ""
    reference: str = ""
    impact: str = ""
    deadline: Instant | None = None
    deadline_text: str = ""
    family: str | None = None
    """None guesses it from the words."""
    about: str = ""
    """Everything that was typed, to guess the family from."""
    told: tuple[UserId, ...] = ()
    """People mentioned in the post: they are told by the card, and count as present only when they act."""
    shared: bool = False
    """People of another organisation read along in the channel, as far as is known when it is opened."""


class AreaOffered(Value):
    """An area as a family's template offers it."""

    key: AreaKey
    name_en: str
    name_ja: str


class Footing(Value):
    """What the configuration adds to an opening: the terms and the ground the case stands on."""

    terms: Terms
    family: str
    areas: tuple[AreaOffered, ...]
    backup: tuple[UserId, ...] = ()
    leads: tuple[UserId, ...] = ()
    """Who leads the shift: the ladder reaches them after owner, backup and holders."""
    customer_zone: str = "UTC"
    customer_hours: Calendar | None = None
    """When the customer can be reached; None asks nothing."""
    shared: bool = False
    """People of another organisation read along in the channel."""


class EditCase(CaseCommand):
    """Fill in or correct what the card shows; None leaves a field as it is."""

    title: str | None = None
    customer: str | None = None
    plan: str | None = None
    reference: str | None = None
    impact: str | None = None
    deadline: Instant | None = None
    deadline_text: str | None = None
    family: str | None = None
    areas: tuple[AreaOffered, ...] = ()
    """The areas of the new family, filled in by the desk."""


class ClaimArea(CaseCommand):
    area: str


class JoinArea(CaseCommand):
    area: str


class ReleaseArea(CaseCommand):
    area: str


class AddArea(CaseCommand):
    name: str


class ReportFinding(CaseCommand):
    area: str
    verdict: Verdict
    evidence: str


class RecordContact(CaseCommand):
    how: How
    said: str
    next: NextStep | None = None
    reason: str = ""
    confirmed: bool = False
    """The next contact may lie outside the customer's hours: somebody was asked and said so."""


class SetNextContact(CaseCommand):
    next: NextStep
    reason: str = ""
    confirmed: bool = False
    """It may lie outside the customer's hours: somebody was asked and said so."""


class Acknowledge(CaseCommand):
    """ "I saw the reminder": the ladder waits, the promise runs on."""

    hold: timedelta | None = None
    """For how long; None for as long as the terms allow."""


class OfferHandoff(CaseCommand):
    to: UserId
    note: str = ""


class AcceptHandoff(CaseCommand):
    pass


class DeclineHandoff(CaseCommand):
    reason: str


class CallForHelp(CaseCommand):
    asking: str = ""


class AddNote(CaseCommand):
    text: str


class ResolveCase(CaseCommand):
    how: str = ""


class CloseCase(CaseCommand):
    anyway: bool = False
    reason: str = ""


class ReopenCase(CaseCommand):
    reason: str


class Arrive(CaseCommand):
    """Somebody wrote in the thread: they are there."""


class StartThread(CaseCommand):
    """The case's first message stands at Slack; everything else goes below it."""

    thread: Timestamp


class LoseThread(CaseCommand):
    """The thread was deleted at Slack: the case needs a new one."""

    thread: Timestamp


class LoseOwner(CaseCommand):
    """The owner's account is gone, so nobody is reached by reminding them."""


class LosePlace(CaseCommand):
    """A direct message to this person can't be delivered, or without one the case's channel can't be written to."""

    to: UserId | None = None
    reason: str = ""
    edits: bool = False
    """What stands there may still be edited, so that an edit proves nothing."""


class FindPlace(CaseCommand):
    """It works again."""

    to: UserId | None = None


class MarkShared(CaseCommand):
    """The case's channel is shared with people of another organisation now, or no longer."""

    shared: bool


class ReachCheckpoints(CaseCommand):
    """Time passed: whatever is due on this case is due now."""


# ---------------------------------------------------------------- facts


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


class NextContactPromised(FactBase):
    kind: Literal["next_contact_promised"] = "next_contact_promised"
    due: Instant
    action: str
    reason: str = ""
    replaced: Instant | None = None
    """The promise that this one renegotiates; where it had passed already, it was missed."""
    missed: bool = False


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


class HandoffOffered(FactBase):
    kind: Literal["handoff_offered"] = "handoff_offered"
    to: UserId
    note: str = ""


class HandoffAccepted(FactBase):
    kind: Literal["handoff_accepted"] = "handoff_accepted"
    sender: UserId | None


class HandoffDeclined(FactBase):
    kind: Literal["handoff_declined"] = "handoff_declined"
    sender: UserId
    reason: str


class HelpCalled(FactBase):
    kind: Literal["help_called"] = "help_called"
    asking: str = ""


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


class CaseReopened(FactBase):
    kind: Literal["case_reopened"] = "case_reopened"
    reason: str
    clocks: tuple[Clock, ...] = ()
    """The clocks of the new cycle."""


class PersonArrived(FactBase):
    kind: Literal["person_arrived"] = "person_arrived"


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
    | HandoffOffered
    | HandoffAccepted
    | HandoffDeclined
    | HelpCalled
    | NoteAdded
    | CaseResolved
    | CaseClosed
    | CaseReopened
    | PersonArrived
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
    | PlaceLost
    | PlaceFound
    | SharingChanged
    | PersonForgotten
)

AnyFact = Annotated[Fact, Field(discriminator="kind")]
FACT: TypeAdapter[Fact] = TypeAdapter(AnyFact)
"""Reads a stored fact back."""

F = TypeVar("F", bound=FactBase)


# ---------------------------------------------------------------- notices

Urgency = Literal[0, 1, 2, 3]
REMINDER: Urgency = 0
THREAD: Urgency = 1
NEWS: Urgency = 2

Place = Literal["person", "thread", "broadcast", "channel"]
"""Where a notice is said: a direct message, the case's thread, the thread and the channel, or the channel itself."""


class Notice(Value):
    """Something that somebody must be told once, kept until it was said."""

    key: str
    """Unique for all time: the same thing is never said twice."""
    case: CaseNumber
    place: Place
    to: UserId | None = None
    """The person, where the place is one."""
    urgency: Urgency
    fact: AnyFact
