"""Keeping: a case and its facts are written down, with everything that follows from them, in one transaction."""

from datetime import datetime, timedelta

from bot.bundles import waits_until
from bot.domain.case import Case
from bot.domain.check import pending
from bot.domain.messages import CaseClosed, CaseReopened, Fact, SharingChanged, ThreadLost
from bot.domain.moment import moments
from bot.domain.notices import notices
from bot.domain.run import redrawn, running
from bot.domain.sla import clocks
from bot.domain.task import open_tasks
from bot.domain.values import DeliveryId, UserId
from bot.ports import Answer, Transaction

CALM = timedelta(seconds=2)
"""Ours: a card is edited at most this often, so that ten claims in a moment are one `chat.update`."""


def kept(
    tx: Transaction,
    case: Case,
    facts: tuple[Fact, ...],
    delivery: DeliveryId,
    now: datetime,
    *,
    before: Case | None = None,
) -> Answer:
    """Write down the case, its facts and everything that follows from them."""
    tx.save(case, moments(case))
    tx.append(case.number, facts, delivery)
    for notice in notices(case, facts):
        tx.enqueue(notice, now, waits_until(tx, notice, now))
    if before is None or _needs_of_net(before) != _needs_of_net(case):
        tx.look_at_nets(case.number, now)
    tx.touch("card", now, case=case.number, calm=CALM)
    for part in _parts_to_redraw(case, facts):
        tx.touch("card", now, case=case.number, part=part, calm=CALM)
    for person in _watchers(case) | (_watchers(before) if before else set()):
        tx.touch("home", now, person=person, calm=CALM, only_known=True)
    if any(isinstance(fact, ThreadLost) for fact in facts):
        for key in (f"card/{case.number}", *(f"card/{case.number}/{run.part}" for run in running(case))):
            tx.forget_surface(key, now)
    if case.parent is not None and case.parent.state != "closed" and _seen_above(before) != _seen_above(case):
        tx.touch("card", now, case=case.parent.number, calm=CALM)
    return Answer(case=case, facts=facts)


def _seen_above(case: Case | None) -> tuple[object, ...]:
    """What the parent's card says of it."""
    return (case.title, case.owner, case.promise, case.thread) if case else ()


def _parts_to_redraw(case: Case, facts: tuple[Fact, ...]) -> tuple[str, ...]:
    """The messages of runs that say something else now: of those that changed, and of all that go on when the case
    ends, begins again or loses its thread, which takes or gives them their buttons; and of all, where people outside
    begin or cease to read along."""
    changed = {case.runs[serial - 1].part: None for serial in redrawn(facts)}
    if any(isinstance(fact, CaseClosed | CaseReopened | ThreadLost) for fact in facts):
        changed |= {run.part: None for run in running(case)}
    if any(isinstance(fact, SharingChanged) for fact in facts):
        changed |= {run.part: None for run in case.runs}
    return tuple(changed)


def _needs_of_net(case: Case) -> tuple[object, ...]:
    """All that decides which nets should lie for a case."""
    return clocks(case), case.owner, case.thread, case.fired


def _watchers(case: Case) -> set[UserId]:
    """Whose home tab shows this case."""
    held = {person for area in case.areas for person in (area.holder, *area.joined) if person}
    asked = {person for check in pending(case) for person in check.to} | {task.to for task in open_tasks(case)}
    return held | asked | ({case.owner} if case.owner else set())
