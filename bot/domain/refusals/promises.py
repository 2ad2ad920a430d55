"""Refusals of promises: about contacts and next contacts."""

from bot.domain.refusals.base import Refusal


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
    """{due} is outside the customer's hours ({calendar}), which begin again at {opens}.

    If it is meant, tick the box, or write “outside: ok”."""

    example = "next {number} 23:00 send the result reason: agreed by phone outside: ok"


class DraftUnfinished(PromiseRefusal):
    """Something is still marked as to be filled in. Write it, or take the mark out."""

    example = "draft {number}"


class DraftTimesDiffer(PromiseRefusal):
    """The text names another next contact than {due}. Write the same time in both places."""

    example = "draft {number}"


class HoldTooLong(PromiseRefusal):
    """These terms hold reminders for {limit} at most. Contact the customer, or ask for less."""

    example = "ack {number}"
