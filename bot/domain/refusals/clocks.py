"""Refusals of clocks: about pauses, terms, vendors and deadlines."""

from bot.domain.refusals.base import Refusal


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
