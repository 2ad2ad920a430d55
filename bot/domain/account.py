"""Account: what happened on a case, read from its facts: who was there when, who looked at what, how its clocks went.

It counts what the case went through. It compares no people, and is made to be read by all who took part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, TypeVar

from bot.domain.area import Area, State
from bot.domain.case import TIME, Case, evolve, replay
from bot.domain.check_messages import Risk
from bot.domain.clock import Clock, ClockName, ClockState
from bot.domain.clock_messages import DeadlineSet, PlanChanged, SeverityChanged
from bot.domain.kin import from_afar
from bot.domain.messages import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CheckApproved,
    CheckAsked,
    CheckOverridden,
    CheckRejected,
    CheckWithdrawn,
    ContactMade,
    Fact,
    FindingReported,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
    HelpCalled,
    NextContactPromised,
    NudgeCame,
    PersonLeft,
    ReminderCame,
    ReportAsked,
    TaskDeclined,
)
from bot.domain.sla import state_of
from bot.domain.task import Task
from bot.domain.values import AreaKey, Instant, UserId, Value

MilestoneKind = Literal["opened", "first-response", "suspect", "cause", "help", "resolved", "reopened", "closed"]
Reply = Literal["accepted", "declined", "taken", "withdrawn", "unanswered"]
CheckAnswer = Literal["approved", "rejected", "overridden", "withdrawn", "edited", "expired", "unanswered"]
UNSEEN: tuple[State, ...] = ("open",)


class Stretch(Value):
    """Some time, from and until when."""

    start: Instant
    end: Instant

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class Held(Stretch):
    """How an area stood for a while, and who looked at it."""

    area: AreaKey
    state: State
    holder: UserId | None = None
    helpers: tuple[UserId, ...] = ()
    evidence: str = ""


class Owned(Stretch):
    """Who owned the case for a while; None where nobody did."""

    owner: UserId | None


class Measured(Value):
    """A clock of the case, how it went, and the reason that was given where it was moved."""

    clock: Clock
    state: ClockState
    reason: str = ""


class Handover(Value):
    """The case was offered to somebody, or taken by them."""

    at: Instant
    sender: UserId | None
    to: UserId
    reply: Reply = "unanswered"
    replied_at: Instant | None = None


class Checked(Value):
    """A risky step was put to a second person, and what became of that."""

    at: Instant
    check: int
    risk: Risk
    target: str
    asker: UserId
    answer: CheckAnswer = "unanswered"
    by: UserId | None = None
    """Who approved, rejected, overrode or withdrew it; of an edit, who edited it."""
    answered_at: Instant | None = None
    reason: str = ""


class Milestone(Value):
    """A moment that the story turns on."""

    kind: MilestoneKind
    at: Instant
    area: AreaKey | None = None


class Coverage(Value):
    """From this moment on, so many of so many areas were looked at."""

    at: Instant
    seen: int
    all: int


class Present(Value):
    """Somebody who took part, since when."""

    person: UserId
    since: Instant


class Account(Value):
    """What happened on a case until a moment."""

    case: Case
    start: Instant
    end: Instant
    facts: tuple[Fact, ...]
    open: tuple[Stretch, ...]
    """When it was open: neither resolved nor closed."""
    areas: tuple[Area, ...]
    held: tuple[Held, ...]
    coverage: tuple[Coverage, ...]
    owners: tuple[Owned, ...]
    alone: tuple[Stretch, ...]
    present: tuple[Present, ...]
    """In the order in which they came."""
    clocks: tuple[Measured, ...]
    handovers: tuple[Handover, ...]
    checks: tuple[Checked, ...]
    """Every edition of every step, in the order of asking."""
    milestones: tuple[Milestone, ...]
    tasks: tuple[Task, ...]
    """What colleagues were asked for, in the order in which they were."""
    contacts: tuple[ContactMade, ...]
    reminders: int
    calls: int
    """How often the channel was called, by the ladder or by a person."""

    def of_area(self, key: AreaKey) -> tuple[Held, ...]:
        """How one area stood, one stretch after the other."""
        return tuple(one for one in self.held if one.area == key)

    def unseen(self, key: AreaKey) -> timedelta:
        """How long nobody looked at this area while the case was open."""
        return total(one for one in self.of_area(key) if one.state in UNSEEN)

    def first(self, *kinds: MilestoneKind) -> Milestone | None:
        return next((one for one in self.milestones if one.kind in kinds), None)

    def last(self, *kinds: MilestoneKind) -> Milestone | None:
        return next((one for one in reversed(self.milestones) if one.kind in kinds), None)

    def silences(self) -> Iterator[Stretch]:
        """The times without a word to the customer while the case was open."""
        for span in self.open:
            said = [c.at for c in self.contacts if span.start < c.at < span.end]
            moments = [span.start, *said, span.end]
            yield from (Stretch(start=a, end=b) for a, b in pairwise(moments))


def total(stretches: Iterable[Stretch]) -> timedelta:
    return sum((one.length for one in stretches), timedelta(0))


# ---------------------------------------------------------------- from the facts


def account(case: Case, facts: Sequence[Fact], now: datetime) -> Account:
    """The account of a case from all its facts, oldest first; `case` is how it is shown, `now` when it is read."""
    first, *rest = facts
    assert isinstance(first, CaseOpened)
    states = [replay((first,))]
    for fact in rest:
        states.append(evolve(states[-1], fact))
    end = max(case.closed_at or now, states[0].opened_at)
    teller = _Teller(states, tuple(facts), end)
    return Account(
        case=case,
        start=states[0].opened_at,
        end=end,
        facts=tuple(facts),
        open=tuple(teller.while_true(lambda state: state.status == "open")),
        areas=case.areas,
        held=tuple(teller.held()),
        coverage=tuple(teller.coverage()),
        owners=tuple(teller.owned()),
        alone=tuple(teller.while_true(lambda state: state.alone)),
        present=tuple(_present(facts)),
        clocks=tuple(_measured(case, states, facts, now)),
        handovers=tuple(_handovers(facts)),
        checks=tuple(_checks(facts)),
        milestones=tuple(_milestones(states[0].opened_at, facts)),
        tasks=states[-1].tasks,
        contacts=tuple(fact for fact in facts if isinstance(fact, ContactMade)),
        reminders=sum(isinstance(fact, ReminderCame) and not fact.quiet for fact in facts),
        calls=sum(calls(fact) for fact in facts),
    )


S = TypeVar("S")


class _Teller:
    """The states of a case, one after each fact, told as stretches."""

    def __init__(self, states: Sequence[Case], facts: Sequence[Fact], end: datetime) -> None:
        self._states = states
        self._end = end
        begun = states[0].opened_at
        self._at = [begun, *(min(max(fact.at, begun), end) for fact in facts[1:])]

    def runs(self, values: Iterable[S]) -> Iterator[tuple[S, datetime, datetime]]:
        """Every value with from and until when it stood; what lasted for no time is left out."""
        known: list[tuple[S, datetime]] = []
        for value, at in zip(values, self._at, strict=True):
            if not known or known[-1][0] != value:
                known.append((value, at))
        ends = [at for _, at in known[1:]] + [self._end]
        yield from ((value, at, end) for (value, at), end in zip(known, ends, strict=True) if at < end)

    def while_true(self, true: Callable[[Case], bool]) -> Iterator[Stretch]:
        yield from (Stretch(start=a, end=b) for value, a, b in self.runs(map(true, self._states)) if value)

    def owned(self) -> Iterator[Owned]:
        yield from (Owned(start=a, end=b, owner=who) for who, a, b in self.runs(s.owner for s in self._states))

    def held(self) -> Iterator[Held]:
        """How every area that the case has in the end stood, while the case was open."""
        for key in (area.key for area in self._states[-1].areas):
            for area, start, end in self.runs(_open_area(state, key) for state in self._states):
                if area is not None:
                    yield Held(start=start, end=end, area=key, state=area.state, holder=area.holder,
                               helpers=area.joined, evidence=area.evidence)  # fmt: skip

    def coverage(self) -> Iterator[Coverage]:
        counts = ((sum(not area.unseen for area in s.areas), len(s.areas)) for s in self._states)
        yield from (Coverage(at=a, seen=seen, all=all) for (seen, all), a, _ in self.runs(counts))


def _open_area(state: Case, key: AreaKey) -> Area | None:
    return next((area for area in state.areas if area.key == key), None) if state.status == "open" else None


def _present(facts: Sequence[Fact]) -> Iterator[Present]:
    seen: set[UserId] = {TIME}
    for fact in facts:
        if fact.by not in seen and not (isinstance(fact, ReportAsked | PersonLeft | TaskDeclined) or from_afar(fact)):
            seen.add(fact.by)
            yield Present(person=fact.by, since=fact.at)


def _measured(case: Case, states: Sequence[Case], facts: Sequence[Fact], now: datetime) -> Iterator[Measured]:
    """Every clock that there was, also those that the case itself no longer keeps, in the order of their beginning."""
    last: dict[tuple[ClockName, int], Clock] = {}
    before: object = None
    for state in states:
        if state.ledger is not before:
            last |= {(clock.name, clock.serial): clock for clock in state.ledger}
            before = state.ledger
    reasons = _reasons(facts)
    for clock in sorted(last.values(), key=lambda clock: (clock.start, clock.due)):
        at = clock.ended or clock.start
        yield Measured(clock=clock, state=state_of(states[-1], clock, now), reason=reasons.get((clock.name, at), ""))


def _reasons(facts: Sequence[Fact]) -> dict[tuple[ClockName, datetime], str]:
    """Why a clock was moved or ended otherwise than by what it waits for, by its name and that moment."""
    given: dict[tuple[ClockName, datetime], str] = {}
    for fact in facts:
        match fact:
            case NextContactPromised():
                given["next-contact", fact.at] = fact.reason
            case DeadlineSet():
                given["deadline", fact.at] = fact.reason
            case SeverityChanged() | PlanChanged():
                given |= {(clock.name, clock.ended or clock.start): fact.reason for clock in fact.clocks}
            case CaseReopened():
                given |= {(name, fact.at): fact.reason for name in _OF_A_CYCLE}
    return given


_OF_A_CYCLE: tuple[ClockName, ...] = ("first-response", "next-contact", "resolution")


def _handovers(facts: Sequence[Fact]) -> Iterator[Handover]:
    offered: Handover | None = None
    for fact in facts:
        match fact:
            case HandoffOffered():
                if offered is not None:
                    yield offered
                offered = Handover(at=fact.at, sender=fact.by, to=fact.to) if fact.to != fact.by else None
            case HandoffDeclined() if offered is not None:
                yield offered.model_copy(update={"reply": "declined", "replied_at": fact.at})
                offered = None
            case HandoffWithdrawn() if offered is not None:
                yield offered.model_copy(update={"reply": "withdrawn", "replied_at": fact.at})
                offered = None
            case HandoffAccepted():
                yield _accepted(offered, fact)
                offered = None
    if offered is not None:
        yield offered


def _accepted(offered: Handover | None, fact: HandoffAccepted) -> Handover:
    if offered is not None and offered.to == fact.by:
        return offered.model_copy(update={"reply": "accepted", "replied_at": fact.at})
    return Handover(at=fact.at, sender=fact.sender, to=fact.by, reply="taken", replied_at=fact.at)


def _checks(facts: Sequence[Fact]) -> Iterable[Checked]:
    rows: list[Checked] = []
    last: dict[int, int] = {}
    """Which row is the step's last edition."""

    def answer(check: int, answer: CheckAnswer, fact: Fact, reason: str = "") -> None:
        row = last.get(check)
        if row is not None and rows[row].answer in ("unanswered", "approved") and rows[row].answer != answer:
            told = {"answer": answer, "by": fact.by or None, "answered_at": fact.at, "reason": reason}
            rows[row] = rows[row].model_copy(update=told)

    for fact in facts:
        match fact:
            case CheckAsked():
                answer(fact.check, "edited", fact)
                last[fact.check] = len(rows)
                rows.append(Checked(at=fact.at, check=fact.check, risk=fact.risk, target=fact.target, asker=fact.by))
            case CheckApproved():
                answer(fact.check, "approved", fact)
            case CheckRejected():
                answer(fact.check, "rejected", fact, fact.reason)
            case CheckOverridden():
                answer(fact.check, "overridden", fact, fact.reason)
            case CheckWithdrawn():
                answer(fact.check, "withdrawn", fact)
            case NudgeCame(nudge="expired", check=int() as check):
                answer(check, "expired", fact)
    return rows


def _milestones(opened: datetime, facts: Sequence[Fact]) -> Iterator[Milestone]:
    yield Milestone(kind="opened", at=opened)
    responded = False
    for fact in facts:
        match fact:
            case ContactMade() if not responded:
                responded = True
                yield Milestone(kind="first-response", at=fact.at)
            case FindingReported(verdict="suspect" | "cause"):
                yield Milestone(kind="cause" if fact.verdict == "cause" else "suspect", at=fact.at, area=fact.area)
            case HelpCalled():
                yield Milestone(kind="help", at=fact.at)
            case CaseResolved():
                yield Milestone(kind="resolved", at=fact.at)
            case CaseReopened():
                responded = False
                yield Milestone(kind="reopened", at=fact.at)
            case CaseClosed():
                yield Milestone(kind="closed", at=fact.at)


def calls(fact: Fact) -> bool:
    """Whether the whole channel was called."""
    return isinstance(fact, HelpCalled) or (
        isinstance(fact, ReminderCame) and fact.rung in ("channel", "again") and not fact.quiet
    )
