"""Deadline: until when the customer needs it back. It is theirs: no pause and no policy moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.clock_messages import DeadlineSet, SetDeadline
from bot.domain.errors import CaseResolved, DeadlineInThePast, ReasonNeeded
from bot.domain.message import Stamp
from bot.domain.messages import Fact
from bot.domain.text import one_line

if TYPE_CHECKING:
    from bot.domain.case import Case


def set_deadline(case: Case, command: SetDeadline, stamp: Stamp) -> tuple[Fact, ...]:
    """Set, move or withdraw it; once one stands, with a reason.

    Raises CaseResolved, DeadlineInThePast, ReasonNeeded.
    """
    text, reason = one_line(command.deadline_text, 200), one_line(command.reason, 500)
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if command.deadline is not None and command.deadline <= stamp.at:
        raise DeadlineInThePast(number=case.number, due=command.deadline)
    if command.deadline == case.deadline and text in ("", case.deadline_text):
        return ()
    if case.deadline is not None and not reason:
        raise ReasonNeeded(number=case.number, verb="deadline")
    return (
        DeadlineSet(**stamp.fields, before=case.deadline, deadline=command.deadline, deadline_text=text, reason=reason),
    )
