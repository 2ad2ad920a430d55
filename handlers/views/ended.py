"""Ended: a case that is resolved or closed, in few words: when, what is still owed, and how its promises went."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.case import Case
from bot.domain.rules import loose_ends
from bot.domain.values import name_of
from handlers.views import checks, kin, parts, tasks
from handlers.views.buttons import acts, block_id, row
from handlers.views.parts import Message
from handlers.views.pen import Kin, Pen, pens


def card(case: Case, now: datetime, relatives: Kin | None = None) -> Message:
    """The short card of a case that is over."""
    rich, plain = pens(case.language, case.customer_zone)
    rich.kin = plain.kin = relatives
    verbs = ("contacted", "close", "reopen", "more") if case.status == "resolved" else ("report", "reopen", "more")
    primary = "contacted" if "untold" in loose_ends(case) else ""
    first, *rest = _lines(rich, case, now)
    heard, *more = _lines(plain, case, now)
    spoken = [f"{name_of(case.number)}: {heard}", *more, parts.typed(case.title, 200)]
    return Message(
        text=parts.fitting(spoken, parts.TEXT),
        blocks=(
            parts.section(parts.fitting([rich.bold(first), *rest], parts.SECTION), block_id(case, "ended")),
            parts.header(f"{name_of(case.number)} · {rich.severity(case)} · {case.title}", block_id(case, "title")),
            row(case, "work", acts(rich, case, verbs, primary)),
        ),
    )


def _lines(pen: Pen, case: Case, now: datetime) -> Iterator[str]:
    if case.status == "resolved":
        yield from _owed(pen, case)
        yield from checks.waiting(pen, case, None)
    if case.status == "closed" and case.closed_at:
        yield pen.say("Closed at {at}.", at=pen.when(case.closed_at))
    if case.resolved_at:
        yield pen.say("Resolved at {at}.", at=pen.when(case.resolved_at))
    yield pen.say("Owner: {owner}", owner=pen.owner(case.owner))
    yield from kin.lines(pen, case)
    yield tally(pen, case)
    yield from tasks.lines(pen, case, now)


def _owed(pen: Pen, case: Case) -> Iterator[str]:
    if "untold" in loose_ends(case):
        yield pen.say("The customer has not been told yet that it is resolved.")
    if case.promise is not None:
        due = pen.when_there(case.promise.due, case.customer_zone)
        yield pen.say("A contact was promised for {at}: {action}", at=due, action=parts.typed(case.promise.action, 200))


def tally(pen: Pen, case: Case) -> str:
    """How the promises to the customer went."""
    t = case.tally
    return pen.say("Contacts promised: kept {kept}, late {late}, missed {missed}, changed {changed}",
                   kept=t.kept, late=t.late, missed=t.missed, changed=t.renegotiated)  # fmt: skip
