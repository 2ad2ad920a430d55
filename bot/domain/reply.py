"""Reply: the customer wrote, and a person owes them an answer, counted from the oldest message that has none.

https://support.zendesk.com/hc/en-us/articles/4408829459866 counts the next reply like this.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain import measure
from bot.domain.clock import Clock
from bot.domain.clock_messages import CustomerWrote, NoteCustomerWrote
from bot.domain.errors import CaseResolved, WrittenInTheFuture
from bot.domain.ledger import running
from bot.domain.message import Stamp
from bot.domain.messages import Fact
from bot.domain.pause import resumed
from bot.domain.sla import next_serial
from bot.domain.text import many_lines

if TYPE_CHECKING:
    from bot.domain.case import Case

LONGEST = 3000


def note(case: Case, command: NoteCustomerWrote, stamp: Stamp) -> tuple[Fact, ...]:
    """That they wrote; it ends a wait for them. Raises CaseResolved, WrittenInTheFuture."""
    wrote_at = command.wrote_at or stamp.at
    if case.status != "open":
        raise CaseResolved(number=case.number)
    if wrote_at > stamp.at:
        raise WrittenInTheFuture(number=case.number, due=wrote_at)
    first: tuple[Fact, ...] = (resumed(case, stamp, customer_wrote=True),) if case.paused else ()
    clocks = _clocks(case, wrote_at, stamp.at)
    wrote = CustomerWrote(**stamp.fields, wrote_at=wrote_at, text=many_lines(command.text, LONGEST), clocks=clocks)
    return (*first, wrote)


def unanswered_since(case: Case, wrote_at: datetime) -> datetime | None:
    """When the oldest message without an answer was written, with this one; None where all have been answered."""
    if case.last_contact is not None and wrote_at < case.last_contact.at:
        return case.wrote_at
    return wrote_at if case.wrote_at is None else min(case.wrote_at, wrote_at)


def _clocks(case: Case, wrote_at: datetime, now: datetime) -> tuple[Clock, ...]:
    """The next-reply clock, where this message starts it or is older than the one that did.

    Before the first response there is none: that one is owed already, and is shorter.
    """
    span, since = case.terms.next_reply, unanswered_since(case, wrote_at)
    if span is None or since is None or since == case.wrote_at or case.responded_at is None:
        return ()
    before = running(case.ledger, "next-reply")
    clock = Clock(
        name="next-reply",
        serial=before.serial if before else next_serial(case, "next-reply"),
        moves=before.moves + 1 if before else 0,
        start=since,
        due=since,
        span=span,
        since=now if since < now else None,
        cycle=case.cycle,
        edition=len(case.earlier_terms),
    )
    return (measure.run(clock, case.terms.calendar),)
