"""Nudge: what the team is asked without any clock running out: nobody beside the owner, a claim without news, no next
action, a handover, a risky step or a task without an answer, a task past its time. Pure, as checkpoints are: each has
its moment, comes once, and goes when what it is about is no longer so.

The card says all of it already; a nudge is for those who do not look at the card (docs/decisions/0033).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.domain import check
from bot.domain.area import Area
from bot.domain.facts import NudgeCame, NudgeKind
from bot.domain.handoff import ANSWERED_WITHIN, LED_AFTER
from bot.domain.message import Stamp
from bot.domain.notice import NEWS, REMINDER, Place, Urgency
from bot.domain.sla import clocks
from bot.domain.task import OVERDUE_TOLD_AFTER, UNANSWERED_AFTER, of, open_tasks
from bot.domain.values import AreaKey, Instant, UserId, Value

if TYPE_CHECKING:
    from bot.domain.case import Case


class Nudge(Value):
    """One moment at which somebody is asked."""

    key: str
    kind: NudgeKind
    step: int
    """The first asks whoever is nearest, the second asks wider."""
    at: Instant
    area: AreaKey | None = None
    check: int | None = None
    task: int | None = None

    @property
    def name(self) -> str:
        return "nudge"

    @property
    def rung(self) -> str:
        return self.kind

    @property
    def due(self) -> datetime:
        return self.at


class Kind(NamedTuple):
    """One kind of nudge: when it comes, whom it asks, and where the team hears it.

    A new kind is a line in `KINDS`, a word in `NudgeKind` and its wording in handlers/views/nudge.py.
    """

    planned: Callable[[Case], Iterator[Nudge]]
    """All of an open case, those that came already among them. A key ends with its step: `alone/20261124T000000/2`."""
    ears: Callable[[Case, Nudge], tuple[UserId, ...]]
    """Who is asked in person; nobody where it is said to the team."""
    place: Place
    """Where it is said to the team: in the thread, or as a broadcast to the whole channel."""
    urgency: Urgency = NEWS
    calls_at: int = 0
    """From this step on the whole channel hears it; 0 for never."""
    when_resolved: bool = False
    """Whether it goes on when the service is back."""

    def said_at(self, step: int) -> Place:
        """Where the team hears this step."""
        return "broadcast" if self.calls_at and step >= self.calls_at else self.place


def nudges(case: Case) -> tuple[Nudge, ...]:
    """Those still to come, by time."""
    if case.status == "closed":
        return ()
    kinds = (kind for kind in KINDS.values() if case.status == "open" or kind.when_resolved)
    found = (nudge for kind in kinds for nudge in kind.planned(case))
    return tuple(sorted((n for n in found if n.key not in case.nudged), key=lambda n: (n.at, n.key)))


def reach(case: Case, stamp: Stamp) -> tuple[NudgeCame, ...]:
    """Those whose moment has come. Of several steps about one thing, after a long silence, the last speaks for all."""
    come = [nudge for nudge in nudges(case) if nudge.at <= stamp.at]
    come += _asked_along(case, come)
    about: dict[str, list[Nudge]] = {}
    for nudge in come:
        about.setdefault(_one_message(case, nudge), []).append(nudge)
    return tuple(_came(case, group, stamp) for group in about.values())


def _asked_along(case: Case, come: list[Nudge]) -> list[Nudge]:
    """Where one claim is offered to others, those whose holders have been asked are offered with it: one message."""
    if not any(nudge.kind == "quiet" and nudge.step > 1 for nudge in come):
        return []
    asked = {key.rpartition("/")[0] for key in (*case.nudged, *(nudge.key for nudge in come))}
    later = [nudge for nudge in nudges(case) if nudge not in come and nudge.kind == "quiet" and nudge.step > 1]
    return [nudge for nudge in later if nudge.key.rpartition("/")[0] in asked]


def _one_message(case: Case, nudge: Nudge) -> str:
    """What is said together: the steps about one thing, all claims that are offered to others, and what is to be said
    of several tasks to the same people."""
    if nudge.task is not None:
        return f"{nudge.kind}/{nudge.step}/{','.join(KINDS[nudge.kind].ears(case, nudge))}"
    return "offered" if nudge.kind == "quiet" and nudge.step > 1 else nudge.key.rpartition("/")[0]


def _came(case: Case, group: list[Nudge], stamp: Stamp) -> NudgeCame:
    last = group[-1] if group[0].kind != "quiet" or group[0].step == 1 else group[0]
    to, *also = KINDS[last.kind].ears(case, last) or (None,)
    return NudgeCame(
        **stamp.fields,
        nudge=last.kind,
        key=last.key,
        step=last.step,
        planned=last.at,
        area=last.area,
        check=last.check,
        areas=tuple(dict.fromkeys(nudge.area for nudge in group if nudge.area)),
        tasks=tuple(nudge.task for nudge in group if nudge.task is not None),
        to=to,
        also=tuple(person for person in also if person),
        instead_of=tuple(nudge.key for nudge in group if nudge != last),
    )


def still_true(case: Case, came: NudgeCame) -> bool:
    """Whether it may still be said: what it is about is as it was when it came; of several tasks, one of them."""
    if came.tasks:
        about = {came.key, *came.instead_of}
        unsaid = case.model_copy(update={"nudged": case.nudged - about})
        return any(nudge.key in about for nudge in nudges(unsaid))
    unsaid = case.model_copy(update={"nudged": case.nudged - {came.key}})
    return any(nudge.key == came.key and nudge.at == came.planned for nudge in nudges(unsaid))


def _undone(case: Case) -> Iterator[Nudge]:
    """What should have been checked or told by now: one message for all that has the same time."""
    for due in dict.fromkeys(item.due for item in case.checklist if item.done_at is None):
        yield Nudge(key=f"undone/{due:%Y%m%dT%H%M%S}/1", kind="undone", step=1, at=due)


# ---------------------------------------------------------------- what is asked when, and of whom


def _the_team(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    return ()


def _the_owner(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    return (case.owner,) if case.owner else ()


def _the_holder_first(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    """The holder alone, and afterwards the team."""
    holders = (area.holder for area in case.areas if area.key == nudge.area and nudge.step == 1)
    return tuple(holder for holder in holders if holder)


def _both_then_the_leads(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    """Whoever was asked, whoever asked, and then whoever leads the shift; the thread where nobody else does."""
    if case.offer is None:
        return ()
    sides = (case.offer.to, case.offer.by)
    return (sides[nudge.step - 1],) if nudge.step <= 2 else tuple(lead for lead in case.leads if lead not in sides)


def _asked_then_asker(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    task = of(case, nudge.task)
    return () if task is None else (task.to if nudge.step == 1 else task.by,)


def _asked_then_those_who_wait(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    """Whoever promised it alone; then whoever asked, and the owner, who carries the case."""
    task = of(case, nudge.task)
    if task is None:
        return ()
    waiting = (person for person in (task.by, case.owner) if person is not None and person != task.to)
    return (task.to,) if nudge.step == 1 else tuple(dict.fromkeys(waiting))


def _alone(case: Case) -> Iterator[Nudge]:
    """Nobody but the owner: the team hears it, and then whoever is on duty, where the settings name them."""
    span = case.terms.alone_after
    if span is None or not case.alone:
        return
    since = case.alone_since
    about = f"alone/{since:%Y%m%dT%H%M%S}"
    yield Nudge(key=f"{about}/1", kind="alone", step=1, at=since + span)
    if case.duty_group:
        yield Nudge(key=f"{about}/2", kind="alone", step=2, at=since + 2 * span)


def _quiet(case: Case) -> Iterator[Nudge]:
    """A claim without news for half the cadence: its holder is asked once, then the others are."""
    span = case.terms.next_contact
    if span is None or not case.terms.quiet_claims:
        return
    for area in case.areas:
        if _looked_at(area):
            yield from _silence(area, span / 2)


def _looked_at(area: Area) -> bool:
    return area.holder is not None and area.verdict is None


def _silence(area: Area, span: timedelta) -> Iterator[Nudge]:
    about = f"quiet/{area.key}/{area.since:%Y%m%dT%H%M%S}"
    for step in (1, 2):
        yield Nudge(key=f"{about}/{step}", kind="quiet", step=step, at=area.since + step * span, area=area.key)


def _stuck(case: Case) -> Iterator[Nudge]:
    """No next contact, hence no next action: the owner is offered some."""
    span = case.terms.stuck_after
    if span is None or case.owner is None or not case.needs_next_contact or _is_asked(case):
        return
    since = case.last_contact.at if case.last_contact else case.cycle_started_at
    since = max(since, case.cycle_started_at)
    yield Nudge(key=f"stuck/{since:%Y%m%dT%H%M%S}/1", kind="stuck", step=1, at=since + span)


def _unanswered(case: Case) -> Iterator[Nudge]:
    """A handover without an answer: each side hears it, and in the end whoever leads the shift."""
    if case.offer is None:
        return
    about = f"unanswered/{case.offer.at:%Y%m%dT%H%M%S%f}"
    moments = (("receiver", ANSWERED_WITHIN), ("sender", ANSWERED_WITHIN), ("lead", LED_AFTER))
    for step, (ear, after) in enumerate(moments, 1):
        yield Nudge(key=f"{about}/{ear}/{step}", kind="unanswered", step=step, at=case.offer.at + after)


def _unchecked(case: Case) -> Iterator[Nudge]:
    """A step without its check: the others in the case are asked, whoever leads the shift, and then the channel."""
    for one in check.pending(case):
        moments = ((1, check.OTHERS_AFTER), (2, check.LEAD_AFTER), (3, check.DUTY_AFTER))
        for step, after in moments if check.others(case, one) else moments[1:]:
            key = f"unchecked/{one.key}/{step}"
            yield Nudge(key=key, kind="unchecked", step=step, at=one.at + after, check=one.serial)


def _whose_turn(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    """Who is asked at this step; the thread where nobody leads the shift, and at last the channel."""
    one = check.of(case, nudge.check)
    if one is None or nudge.step > 2:
        return ()
    return check.others(case, one) if nudge.step == 1 else tuple(lead for lead in case.leads if lead != one.by)


def _expired(case: Case) -> Iterator[Nudge]:
    """A check that nobody answered, or that was approved and not used: whoever asked hears that it counts no more."""
    for one in case.checks:
        if one.state in ("pending", "approved"):
            yield Nudge(key=f"expired/{one.key}/1", kind="expired", step=1, at=one.until, check=one.serial)


def _the_asker(case: Case, nudge: Nudge) -> tuple[UserId, ...]:
    one = check.of(case, nudge.check)
    return (one.by,) if one else ()


def _untaken(case: Case) -> Iterator[Nudge]:
    """A task without an answer: each side hears it once, before its time has come."""
    for task in open_tasks(case):
        wait = min(UNANSWERED_AFTER, (task.due - task.asked_at) / 2)
        for step, ear in enumerate(("asked", "asker") if task.state == "asked" else (), 1):
            key = f"untaken/{task.serial}/{ear}/{step}"
            at = _on_the_minute(task.asked_at + step * wait)
            yield Nudge(key=key, kind="untaken", step=step, at=at, task=task.serial)


def _on_the_minute(at: datetime) -> datetime:
    """The whole minute not before it: what was asked of somebody in one breath is asked about in one message."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def _overdue(case: Case) -> Iterator[Nudge]:
    """A task past its time: whoever took it on in time is asked, then those who wait for it."""
    for task in open_tasks(case):
        about = f"overdue/{task.serial}"
        if task.answered_at is not None and task.answered_at < task.due:
            yield Nudge(key=f"{about}/asked/1", kind="overdue", step=1, at=task.due, task=task.serial)
        told = task.due + OVERDUE_TOLD_AFTER
        yield Nudge(key=f"{about}/waiting/2", kind="overdue", step=2, at=told, task=task.serial)


def _is_asked(case: Case) -> bool:
    """The first response is near: its reminders come anyway, and offer next actions as well."""
    span = case.terms.stuck_after
    first = next((clock for clock in clocks(case) if clock.name == "first-response"), None)
    return first is not None and span is not None and first.due <= case.cycle_started_at + 2 * span


KINDS: dict[NudgeKind, Kind] = {
    "alone": Kind(_alone, _the_team, "broadcast", REMINDER),
    "quiet": Kind(_quiet, _the_holder_first, "thread"),
    "stuck": Kind(_stuck, _the_owner, "thread"),
    "unanswered": Kind(_unanswered, _both_then_the_leads, "thread", REMINDER),
    "undone": Kind(_undone, _the_owner, "thread"),
    "unchecked": Kind(_unchecked, _whose_turn, "thread", REMINDER, calls_at=3, when_resolved=True),
    "expired": Kind(_expired, _the_asker, "thread", when_resolved=True),
    "untaken": Kind(_untaken, _asked_then_asker, "thread"),
    "overdue": Kind(_overdue, _asked_then_those_who_wait, "thread"),
}
"""Every kind there is."""
