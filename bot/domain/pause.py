"""Pause: the case waits for the customer, with a reason and a time at which somebody looks again.

It moves the clocks of reply and resolution, and no promise. Waiting for another team or a vendor is no pause.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain import measure
from bot.domain.clock import PAUSABLE, Clock
from bot.domain.clock_messages import CasePaused, CaseResumed, PauseCase, ResumeCase
from bot.domain.errors import (
    CaseResolved,
    LookAgainInThePast,
    LookAgainTooFar,
    NotAnsweredYet,
    NotPaused,
    ReasonNeeded,
)
from bot.domain.ledger import running
from bot.domain.message import Stamp
from bot.domain.messages import Fact
from bot.domain.sla import calendar_of, next_serial, standing
from bot.domain.text import one_line

if TYPE_CHECKING:
    from bot.domain.case import Case

FARTHEST = timedelta(days=180)
"""Ours: as for a promise, a time further away is a slip of the keyboard."""


def pause(case: Case, command: PauseCase, stamp: Stamp) -> tuple[Fact, ...]:
    """The clocks that wait, and the one that looks again; of a paused case the latter alone.

    Raises CaseResolved, ReasonNeeded, NotAnsweredYet, LookAgainInThePast, LookAgainTooFar.
    """
    reason = one_line(command.reason, 500)
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if not reason:
        raise ReasonNeeded(number=case.number, verb="pause")
    if running(case.ledger, "first-response") is not None:
        raise NotAnsweredYet(number=case.number)
    if command.look_at <= stamp.at:
        raise LookAgainInThePast(number=case.number, due=command.look_at)
    if command.look_at - stamp.at > FARTHEST:
        raise LookAgainTooFar(number=case.number, due=command.look_at)
    before = running(case.ledger, "look-again")
    again = case.paused is not None
    looks = Clock(
        name="look-again",
        serial=next_serial(case, "look-again"),
        start=stamp.at,
        due=command.look_at,
        cycle=case.cycle,
    )
    held = () if again else _held(case, stamp)
    done = (before.end(stamp.at, "answer"),) if before else ()
    clocks = (*held, *done, looks)
    return (CasePaused(**stamp.fields, reason=reason, look_at=command.look_at, again=again, clocks=clocks),)


def _held(case: Case, stamp: Stamp) -> tuple[Clock, ...]:
    waiting = (clock for clock in standing(case) if clock.name in PAUSABLE)
    held = ((clock, measure.hold(clock, calendar_of(case, clock), stamp.at)) for clock in waiting)
    return tuple(after for before, after in held if after != before)


def resume(case: Case, command: ResumeCase, stamp: Stamp) -> tuple[Fact, ...]:
    """The wait is over. Raises NotPaused."""
    if case.paused is None:
        raise NotPaused(number=case.number)
    return (resumed(case, stamp, note=one_line(command.note, 500)),)


def resumed(case: Case, stamp: Stamp, *, note: str = "", customer_wrote: bool = False) -> CaseResumed:
    """The clocks go on with what was left of them."""
    assert case.paused is not None
    since = case.paused.start
    gone_on = (
        measure.go_on(clock, calendar_of(case, clock), since, stamp.at) for clock in standing(case) if clock.paused
    )
    looked = running(case.ledger, "look-again")
    clocks = (*gone_on, *((looked.end(stamp.at, "resumed"),) if looked else ()))
    return CaseResumed(**stamp.fields, paused_at=since, note=note, customer_wrote=customer_wrote, clocks=clocks)
