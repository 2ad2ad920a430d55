"""Review: what was slow on a case, the slowest of its kind each, for a few questions to talk about afterwards.

What is asked about is time and circumstance. No question is about a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from bot.domain.account import Account, Measured, total
from bot.domain.values import AreaKey, Instant, Value

SlowKind = Literal[
    "late-response", "late-promise", "moved-promises", "late-clock", "alone", "silence", "unseen", "late-start",
    "untold", "unanswered", "called", "unresolved-cause",
]  # fmt: skip
MOST = 5
"""Ours: a review of half an hour gets through five questions."""
ALONE = timedelta(minutes=15)
"""Ours: the time in which half of the areas should be cleared (field guide, 6)."""
UNSEEN = timedelta(minutes=30)
"""Ours."""
WAITED = timedelta(minutes=15)
"""Ours: how long a handover may wait for its answer, half of the 30 minutes that are reserved for one
(https://handbook.gitlab.com/handbook/support/workflows/customer_emergencies_workflows/)."""
UNTOLD = timedelta(minutes=15)
"""Ours: a customer who is well again should hear it from us, and soon."""
MOVED = 3
"""Ours: a promise that was moved so often was made on too little."""


class Slow(Value):
    """Something that took long."""

    kind: SlowKind
    at: Instant
    """When it began, or was due."""
    length: timedelta = timedelta(0)
    count: int = 0
    area: AreaKey | None = None
    measured: Measured | None = None


def slow(account: Account) -> tuple[Slow, ...]:
    """What was slow, what the customer felt first; at most five."""
    looks = (
        _late_response, _late_promise, _silence, _late_clock, _untold, _alone, _unseen, _late_start, _unresolved_cause,
        _unanswered, _called, _moved,
    )  # fmt: skip
    found = (look(account) for look in looks)
    return tuple(one for one in found if one is not None)[:MOST]


def over(measured: Measured, account: Account) -> timedelta:
    """How much too late a clock ended, or how long it is over by now."""
    clock = measured.clock
    return max((clock.ended or account.end) - clock.due, timedelta(0))


def broken(account: Account, *names: str) -> list[Measured]:
    """The clocks of these names that were not kept; without names, all that were not."""
    return [
        one
        for one in account.clocks
        if (not names or one.clock.name in names)
        and (one.state in ("late", "missed") or (one.state in ("running", "outside-hours") and over(one, account)))
    ]


def _worst(account: Account, kind: SlowKind, *names: str) -> Slow | None:
    found = broken(account, *names)
    if not found:
        return None
    worst = max(found, key=lambda one: over(one, account))
    return Slow(kind=kind, at=worst.clock.due, length=over(worst, account), count=len(found), measured=worst)


def _late_response(account: Account) -> Slow | None:
    return _worst(account, "late-response", "first-response")


def _late_promise(account: Account) -> Slow | None:
    return _worst(account, "late-promise", "next-contact")


def _late_clock(account: Account) -> Slow | None:
    return _worst(account, "late-clock", "next-reply", "deadline", "resolution", "vendor")


def _silence(account: Account) -> Slow | None:
    """Longer without a word than the terms leave between two contacts."""
    longest = account.case.terms.next_contact
    found = max(account.silences(), key=lambda one: one.length, default=None)
    if found is None or longest is None or found.length <= 2 * longest:
        return None
    return Slow(kind="silence", at=found.start, length=found.length)


def _untold(account: Account) -> Slow | None:
    resolved = account.last("resolved")
    if resolved is None:
        return None
    told = next((one.at for one in account.contacts if one.at >= resolved.at), account.end)
    return Slow(kind="untold", at=resolved.at, length=told - resolved.at) if told - resolved.at > UNTOLD else None


def _alone(account: Account) -> Slow | None:
    if not account.alone or (length := total(account.alone)) <= ALONE:
        return None
    return Slow(kind="alone", at=account.alone[0].start, length=length)


def _unseen(account: Account) -> Slow | None:
    lengths = {area.key: account.unseen(area.key) for area in account.areas}
    longest = max(lengths, key=lambda key: lengths[key], default=None)
    if longest is None or lengths[longest] <= UNSEEN:
        return None
    start = next(one.start for one in account.of_area(longest) if one.state == "open")
    count = sum(length > UNSEEN for length in lengths.values())
    return Slow(kind="unseen", at=start, length=lengths[longest], count=count, area=longest)


def _late_start(account: Account) -> Slow | None:
    """The area where the cause was: how long until somebody looked there."""
    cause = account.last("cause")
    if cause is None or cause.area is None:
        return None
    seen = next((one.start for one in account.of_area(cause.area) if one.holder is not None), cause.at)
    length = seen - account.start
    return Slow(kind="late-start", at=account.start, length=length, area=cause.area) if length > ALONE else None


def _unresolved_cause(account: Account) -> Slow | None:
    """From the cause to the end of the fault."""
    cause, resolved = account.last("cause"), account.last("resolved")
    if cause is None or cause.area is None or resolved is None or resolved.at - cause.at <= timedelta(hours=1):
        return None
    return Slow(kind="unresolved-cause", at=cause.at, length=resolved.at - cause.at, area=cause.area)


def _unanswered(account: Account) -> Slow | None:
    waits = [(one, (one.replied_at or account.end) - one.at) for one in account.handovers]
    longest = max(waits, key=lambda pair: pair[1], default=None)
    if longest is None or longest[1] <= WAITED:
        return None
    return Slow(kind="unanswered", at=longest[0].at, length=longest[1])


def _called(account: Account) -> Slow | None:
    return Slow(kind="called", at=account.start, count=account.calls) if account.calls else None


def _moved(account: Account) -> Slow | None:
    moved = account.case.tally.renegotiated
    return Slow(kind="moved-promises", at=account.start, count=moved) if moved >= MOVED else None
