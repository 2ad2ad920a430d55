"""Commands: what people, and time, ask for; imperatives. Those about clocks are in clock_messages.py."""

from datetime import timedelta
from typing import Literal

from bot.domain.calendar import Calendar
from bot.domain.duration import Duration
from bot.domain.message import CaseCommand, Command, NextStep
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
    private: bool = True
    """Only its members see the channel, as far as is known when it is opened; so it is where nobody knows."""


class AreaOffered(Value):
    """An area as a family's template offers it."""

    key: AreaKey
    name_en: str
    name_ja: str


class ItemOffered(Value):
    """Something to be done early on a case."""

    key: str
    sort: Literal["check", "tell"]
    name_en: str
    name_ja: str
    to: UserId | None = None
    within: Duration = timedelta(minutes=30)
    """Counted from the opening."""


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
    duty_group: str = ""
    """The user group that is called when nobody comes to help."""
    checklist: tuple[ItemOffered, ...] = ()
    """The first checks, and whom to tell."""


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
    checklist: tuple[ItemOffered, ...] | None = None
    """Its first checks and whom to tell, in the same way; None where a version of the bot wrote this that left them."""


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
    source: Timestamp | None = None
    """The reply in the thread that it stands in."""
    author: UserId | None = None
    """Who wrote that reply: what a holder wrote about their area, anybody may pick up."""


class RecordContact(CaseCommand):
    how: How
    said: str
    next: NextStep | None = None
    reason: str = ""
    confirmed: bool = False
    """The next contact may lie outside the customer's hours: somebody was asked and said so."""
    also: tuple[CaseNumber, ...] | None = None
    """The child cases whose customers heard it too; None: those that are carried."""
    via: CaseNumber | None = None
    """It was made on the parent case; filled in by the desk."""


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


class TickOff(CaseCommand):
    """A first check is done, or somebody was told; or after all not."""

    item: str
    done: bool = True


class AcceptHandoff(CaseCommand):
    """Take the case that was offered, reading back when the customer hears from us next and what is done first."""

    action: str = ""
    """What the new owner does first."""
    due: Instant | None = None
    """The next contact as the receiver reads it; None confirms the one that stands."""
    reason: str = ""
    """Why it is another time than the one that stands."""
    confirmed: bool = False
    """It may lie outside the customer's hours: somebody was asked and said so."""


class DeclineHandoff(CaseCommand):
    reason: str


class WithdrawHandoff(CaseCommand):
    """Nobody needs to answer the offer any more."""


class AskTask(CaseCommand):
    """Ask a colleague for a part of the work."""

    to: UserId
    text: str
    area: str = ""
    due: Instant | None = None
    """None is after half the cadence of updates."""


class AcceptTask(CaseCommand):
    """Take on what one was asked for."""

    task: int | None = None
    """Its number; None where one alone can be meant."""


class DeclineTask(CaseCommand):
    reason: str
    task: int | None = None


class FinishTask(CaseCommand):
    """It is done, and this came out."""

    result: str
    task: int | None = None


class WithdrawTask(CaseCommand):
    """Nobody needs to do it any more."""

    task: int | None = None


class CallForHelp(CaseCommand):
    asking: str = ""
    area: str = ""
    """The area that help is wanted for; empty for all that nobody looks at."""


class AddNote(CaseCommand):
    text: str


class ResolveCase(CaseCommand):
    how: str = ""


class CloseCase(CaseCommand):
    anyway: bool = False
    reason: str = ""
    report: bool = False
    """Whether the report goes to the thread with it, filled in by the desk from the configuration."""


class AskReport(CaseCommand):
    """Put what happened on the case, as a report, into its thread."""


class ReopenCase(CaseCommand):
    reason: str


class Reaction(Value):
    """An emoji on the card or the first message of a case, put there or taken away."""

    on: Timestamp
    emoji: str
    at: Timestamp
    """When, as Slack says: its events come in any order."""


class Arrive(CaseCommand):
    """Somebody wrote in the thread, or reacted to the case: they are there."""

    reaction: Reaction | None = None


class Leave(CaseCommand):
    """Somebody is not in the case any more: they say so, or took the reaction away that had said that they are."""

    reaction: Reaction | None = None


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

    backup: tuple[UserId, ...] | None = None
    """Who stands behind owners now as the roster says, filled in by the desk; None leaves it to the case."""
    leads: tuple[UserId, ...] | None = None
    """Who leads the shift now, in the same way."""
