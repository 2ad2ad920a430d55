"""Refusals of people: about who is asking, and where."""

from bot.domain.refusals.base import Refusal


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


class ChannelNotNamed(PersonRefusal):
    """Several channels have cases: type this in the one that you ask about."""

    example = "load"


class SharedChannel(PersonRefusal):
    """No case was opened: this channel is shared with people outside your workspace. If cases may live here, have
    `shared = true` set for {channel} in the configuration; otherwise use a channel of your own team."""


class StaleForm(PersonRefusal):
    """This form or button does not belong to this case any more, so nothing was saved. Open it again from the card."""


class OwnerLeaves(PersonRefusal):
    """You own SEV-{number}, so you can't just leave it. Hand it over first."""

    example = "handoff {number} @hana trace is running, call at 15:00"


class LeavesAreas(PersonRefusal):
    """You still look at {area}. Give it back or say what came out, then leave."""

    example = "release {number} {key}"


class NotInCase(PersonRefusal):
    """You are not counted as being in SEV-{number}, so there is nothing to leave."""
