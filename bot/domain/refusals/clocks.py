"""Refusals of clocks: about pauses, terms, vendors and deadlines."""

from bot.domain.refusals.base import Refusal


class ClockRefusal(Refusal):
    """That can't be done with these clocks."""


class NotAnsweredYet(ClockRefusal):
    """Nobody has answered the customer of SEV-{number} yet, so there is nothing to wait for. Contact them first."""

    example = "contacted {number} phone asked for the logs / next 1h ask again"


class LookAgainMissing(ClockRefusal):
    """Say when somebody looks again whether the customer has answered, and what you wait for."""

    example = "pause {number} 2h waiting for the logs"


class LookAgainInThePast(ClockRefusal):
    """{due} has passed already. Say when somebody looks again."""

    example = "pause {number} 2h waiting for the logs"


class LookAgainTooFar(ClockRefusal):
    """{due} is more than half a year away. Say when somebody looks again."""

    example = "pause {number} 2h waiting for the logs"


class NotPaused(ClockRefusal):
    """SEV-{number} does not wait for the customer, so there is nothing to resume."""

    example = "show {number}"


class SameTerms(ClockRefusal):
    """SEV-{number} runs under these terms already ({terms})."""

    example = "show {number}"


class SeverityNotNamed(ClockRefusal):
    """Say to which severity, A, B or C, and why."""

    example = "severity {number} B the workaround holds"


class NoTermsForSeverity(ClockRefusal):
    """The policy {policy} has no terms for severity {severity}. It has: {known}."""

    example = "show {number}"


class PlanNotNamed(ClockRefusal):
    """Say which plan, by one of its names such as {known}, and why."""

    example = "plan {number} {near} reason: the contract was looked up"


class PolicyUnknown(ClockRefusal):
    """There is no policy "{word}" here. Near it: {known}."""

    example = "plan {number} {near} reason: the contract was looked up"


class ClockUnknown(ClockRefusal):
    """SEV-{number} has no clock "{word}". It has: {known}."""

    example = "clocks {number}"


class WrittenInTheFuture(ClockRefusal):
    """{due} is still to come. Say when the customer wrote."""

    example = "wrote {number} 10m ago they sent the logs"


class VendorNameMissing(ClockRefusal):
    """Say which vendor you asked."""

    example = "vendor {number} Contoso 15:00 reference: 4711"


class VendorTimeMissing(ClockRefusal):
    """Say when the vendor promised to answer, or when you look after it. That time has to be still to come."""

    example = "vendor {number} Contoso 15:00 reference: 4711"


class NoVendorAsked(ClockRefusal):
    """SEV-{number} waits for no vendor."""

    example = "vendor {number} Contoso 15:00 reference: 4711"


class VendorNotNamed(ClockRefusal):
    """SEV-{number} waits for several vendors: say which one has answered ({names})."""

    example = "vendor {number} answered 1 the firmware is the cause"


class DeadlineMissing(ClockRefusal):
    """Say until when the customer needs it, or that there is no deadline any more."""

    example = "deadline {number} 7:00 the shops open"


class DeadlineInThePast(ClockRefusal):
    """{due} has passed already. Give the time by which the customer needs it."""

    example = "deadline {number} 7:00 the shops open"
