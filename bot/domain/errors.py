"""What is refused, and in which words.

Refusal
├── CaseRefusal       the case is not there, or not in a state for this
├── AreaRefusal       about isolation areas, claims and findings
├── PromiseRefusal    about contacts and next contacts
├── ClockRefusal      about pauses, terms, vendors and deadlines
├── HandoffRefusal    about giving the case over
├── PersonRefusal     about who is asking
└── WordsRefusal      what was typed can't be read
NothingSaved          the store could not keep the change; nobody's fault who typed

The docstring of a class is its sentence: it names the rule and what to do. `{…}` are fields of `about`.
Views translate the sentence and render the fields: instants as dates, people as names, typed text escaped.
"""

from typing import Any, ClassVar


class Refusal(Exception):
    """This can't be done."""

    example: str = ""
    """A line that works, in the shared grammar; `{…}` are fields of `about`."""
    people: ClassVar[frozenset[str]] = frozenset({"who", "holder", "owner", "to", "by", "ask"})
    """The fields of `about` that name a person, or several."""

    def __init__(self, **about: Any) -> None:
        self.about = about
        super().__init__(self.sentence.format_map(_Blank(about)))

    @property
    def sentence(self) -> str:
        return " ".join((type(self).__doc__ or Refusal.__doc__ or "").split())


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


class CaseRefusal(Refusal):
    """The case can't do that now."""


class UnknownCase(CaseRefusal):
    """There is no case SEV-{number} here. `list` shows the open ones."""

    example = "list"


class CaseErased(UnknownCase):
    """SEV-{number} was erased on {at}, as the rules on keeping data ask. `list` shows the open ones."""


class CaseNotNamed(CaseRefusal):
    """Several cases are open here: say which one you mean ({numbers})."""

    example = "{verb} {first}"


class NoOpenCase(CaseRefusal):
    """No case is open here. Open one first."""

    example = "open A stores can't reach the POS server"


class CaseClosed(CaseRefusal):
    """SEV-{number} is closed. Reopen it first, with a reason."""

    example = "reopen {number} the fault came back"


class CaseResolved(CaseRefusal):
    """SEV-{number} is already resolved, so no new promise runs on it. Reopen it first, with a reason."""

    example = "reopen {number} the fault came back"


class CaseStillOpen(CaseRefusal):
    """SEV-{number} is open: there is nothing to reopen."""

    example = "show {number}"


class LooseEnds(CaseRefusal):
    """SEV-{number} still has open ends. Close it anyway only if they no longer matter."""

    example = "close {number} anyway"


class FamilyUnknown(CaseRefusal):
    """ "{word}" is not a product family here. Use one of: {known}."""

    example = "edit {number} family: network"


class TitleMissing(CaseRefusal):
    """A case needs a title: one line that says what has stopped."""

    example = "open A stores can't reach the POS server"


class SeverityUnknown(CaseRefusal):
    """There is no severity "{word}" here. Use one of: {known}."""

    example = "open A stores can't reach the POS server"


class AreaRefusal(Refusal):
    """That can't be done with this area."""


class AreaUnknown(AreaRefusal):
    """SEV-{number} has no area "{word}"; near ones are: {near}. To add one, write "new:" before its name."""

    example = "claim {number} new: {word}"


class AreaTaken(AreaRefusal):
    """{holder} is already looking at {area}. You can join."""

    example = "join {number} {key}"


class AreaNotHeld(AreaRefusal):
    """You neither hold {area} nor joined it, so there is nothing to give back."""

    example = "join {number} {key}"


class AreaAlreadyYours(AreaRefusal):
    """You are already looking at {area}."""

    example = "clear {number} {key} what you saw"


class AreaNotNamed(AreaRefusal):
    """Say which area you mean."""

    example = "{verb} {number} {near} what you saw"


class AreaExists(AreaRefusal):
    """SEV-{number} has an area {area} already. Claim that one."""

    example = "claim {number} {key}"


class TooManyAreas(AreaRefusal):
    """A case has at most {limit} areas. Use one of those that are there, or `note` for a remark."""

    example = "note {number} rebooted at 10:05"


class EvidenceMissing(AreaRefusal):
    """A finding needs one line of evidence: what did you look at, and what did you see?"""

    example = "{verb} {number} {key} no deny in the logs since 23:00"


class PromiseRefusal(Refusal):
    """That promise can't be made."""


class ContactEmpty(PromiseRefusal):
    """Say how you reached the customer and what you told them."""

    example = "contacted {number} phone told them we check the firewall / next 30m send the result"


class NextContactMissing(PromiseRefusal):
    """A severity {severity} case always has a next contact: say when you contact the customer next, and with what."""

    example = "contacted {number} phone told them we check the firewall / next 30m send the result"


class NextActionMissing(PromiseRefusal):
    """A next contact has a next action: say what you will bring or do by then."""

    example = "next {number} 30m send the firewall result"


class PromiseInThePast(PromiseRefusal):
    """{due} has passed already. Give a time that is still to come."""

    example = "next {number} 30m send the result reason: the customer asked for it"


class PromiseTooFar(PromiseRefusal):
    """{due} is later than these terms allow ({limit} at most). Add the reason that the customer agreed to."""

    example = "next {number} 15:00 send the result reason: agreed with the customer"


class PromiseBeyondReason(PromiseRefusal):
    """{due} is more than half a year away. Give the time of the next contact."""

    example = "next {number} 30m send the firewall result"


class ReasonMissing(PromiseRefusal):
    """A next contact is promised for {due}. To move it, say why."""

    example = "next {number} 30m send the result reason: the customer asked for it"


class ReasonNeeded(PromiseRefusal):
    """Say why, in one line."""

    example = "{verb} {number} one line that says why"


class NothingToAcknowledge(PromiseRefusal):
    """No clock is running on SEV-{number}, so no reminder will come."""

    example = "show {number}"


class HeldLongEnough(PromiseRefusal):
    """The reminders of SEV-{number} were held {times} times already. Contact the customer, or change the time."""

    example = "next {number} 30m send the result reason: the customer asked for it"


class OutsideCustomerHours(PromiseRefusal):
    """{due} is outside the customer's hours ({calendar}), which begin again at {opens}. Is that time meant?"""


class HoldTooLong(PromiseRefusal):
    """These terms hold reminders for {limit} at most. Contact the customer, or ask for less."""

    example = "ack {number}"


class ClockRefusal(Refusal):
    """That can't be done with these clocks."""


class NotAnsweredYet(ClockRefusal):
    """Nobody has answered the customer of SEV-{number} yet, so there is nothing to wait for. Contact them first."""

    example = "contacted {number} phone asked for the logs / next 1h ask again"


class LookAgainInThePast(ClockRefusal):
    """{due} has passed already. Say when somebody looks again."""


class LookAgainTooFar(ClockRefusal):
    """{due} is more than half a year away. Say when somebody looks again."""


class NotPaused(ClockRefusal):
    """SEV-{number} does not wait for the customer, so there is nothing to resume."""

    example = "show {number}"


class SameTerms(ClockRefusal):
    """SEV-{number} runs under these terms already ({terms})."""

    example = "show {number}"


class NoTermsForSeverity(ClockRefusal):
    """The policy {policy} has no terms for severity {severity}. It has: {known}."""

    example = "show {number}"


class PolicyUnknown(ClockRefusal):
    """There is no policy "{word}" here. Use one of: {known}."""


class WrittenInTheFuture(ClockRefusal):
    """{due} is still to come. Say when the customer wrote."""


class VendorNameMissing(ClockRefusal):
    """Say which vendor you asked."""


class VendorTimeMissing(ClockRefusal):
    """Say when the vendor promised to answer, or when you look after it. That time has to be still to come."""


class NoVendorAsked(ClockRefusal):
    """SEV-{number} waits for no vendor."""


class VendorNotNamed(ClockRefusal):
    """SEV-{number} waits for several vendors: say which one has answered ({names})."""


class DeadlineInThePast(ClockRefusal):
    """{due} has passed already. Give the time by which the customer needs it."""


class HandoffRefusal(Refusal):
    """The handoff can't go on."""


class HandoffToNobody(HandoffRefusal):
    """Say to whom you hand over."""

    example = "handoff {number} @hana trace is running, call at 15:00"


class HandoffToSelf(HandoffRefusal):
    """{to} has this case already. Hand over to somebody else."""

    example = "handoff {number} @hana trace is running, call at 15:00"


class HandoffPending(HandoffRefusal):
    """SEV-{number} is already offered to {to}, who has not answered yet."""

    example = "show {number}"


class NoHandoff(HandoffRefusal):
    """SEV-{number} is not offered to you, so there is nothing to answer."""

    example = "show {number}"


class PersonRefusal(Refusal):
    """You can't do that here."""


class Outsider(PersonRefusal):
    """Only members of this team's own workspace can act on cases."""


class NotAllowed(PersonRefusal):
    """Only {roles} can {deed}."""


class AskThem(NotAllowed):
    """Only {roles} can {deed}: ask {ask}."""


class AskOrTakeOver(NotAllowed):
    """Only {roles} can {deed}: ask {ask}. If nobody answers, become the owner first: hand the case over to yourself."""


class TakeOverFirst(NotAllowed):
    """Only {roles} can {deed}. Nobody is one now, so become the owner first: hand the case over to yourself."""


class NotKnown(PersonRefusal):
    """Slack did not say who you are just now, so nothing was saved. Please try again in a moment."""


class PersonUnavailable(PersonRefusal):
    """{to} can't take a case: the account is deactivated or outside the team."""


class NotYoursToRetry(PersonRefusal):
    """Only the owner of SEV-{number} or the channel's admin can send it again."""


class NothingParked(PersonRefusal):
    """This message is no longer waiting: it was sent again already, or its case is closed."""


class NotInChannel(PersonRefusal):
    """Cases are opened in a team channel. Invite the bot there (`/invite @jibungoto`) and try again."""


class SharedChannel(PersonRefusal):
    """No case was opened: this channel is shared with people outside your workspace. If cases may live here, have
    `shared = true` set for {channel} in the configuration; otherwise use a channel of your own team."""


class StaleForm(PersonRefusal):
    """This form or button does not belong to this case any more, so nothing was saved. Open it again from the card."""


class WordsRefusal(Refusal):
    """That can't be read."""


class VerbUnknown(WordsRefusal):
    """ "{word}" is not a verb here. Did you mean: {near}?"""

    example = "help"


class TimeUnreadable(WordsRefusal):
    """ "{word}" is not a time that can be read. Use 30m, 15:00 or "tomorrow 9:00"."""

    example = "next {number} 30m send the result reason: the customer asked for it"


class TextMissing(WordsRefusal):
    """Write what should be kept."""

    example = "{verb} {number} the text to keep"


class NothingSaved(Exception):
    """Nothing was saved: the database can't be written right now. Please try again; your administrator sees why."""
