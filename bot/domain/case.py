"""Case: one customer problem, known as SEV-42, that lives in one thread of one team channel.

`evolve(case, fact)` is the case after one more fact; nothing else changes a case. What a fact changes is in
`effects.py`, what may happen in `rules.py`.
"""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import Any, Literal

from pydantic import model_validator

from bot.domain import checklist as lists
from bot.domain import ledger
from bot.domain.area import Area
from bot.domain.calendar import Calendar
from bot.domain.check import Check
from bot.domain.checklist import Item
from bot.domain.clock import Clock
from bot.domain.contact import MOST_HOLDS, Contact, Promise, Tally
from bot.domain.effects import EFFECTS, areas_of, holding
from bot.domain.effects import PROMISED as PROMISED
from bot.domain.effects import TITLE as TITLE
from bot.domain.effects import edited as edited
from bot.domain.handoff import Offer
from bot.domain.kin import Child, Parent, Suspicion, from_afar
from bot.domain.ledger import Ledger
from bot.domain.messages import (
    CaseOpened,
    Fact,
    NudgeCame,
    PersonArrived,
    PersonLeft,
    ReminderAcknowledged,
    ReminderCame,
    ReportAsked,
    TaskDeclined,
)
from bot.domain.place import Unreached as Unreached
from bot.domain.policy import Terms
from bot.domain.presence import Mark
from bot.domain.run import Run
from bot.domain.sla import clocks
from bot.domain.swarm import Call
from bot.domain.task import Task
from bot.domain.text import many_lines, one_line
from bot.domain.values import (
    CaseNumber,
    ChannelId,
    Instant,
    Language,
    Severity,
    TeamId,
    Timestamp,
    UserId,
    Value,
)
from bot.domain.vendor import Vendor
from bot.domain.worktime import Pause

TIME = UserId("")
"""Who acts when nobody does: time itself."""


class Case(Value):
    """A case as it stands after its facts so far."""

    number: CaseNumber
    team: TeamId
    channel: ChannelId
    thread: Timestamp | None
    language: Language
    status: Literal["open", "resolved", "closed"]
    severity: Severity
    title: str
    customer: str
    plan: str
    reference: str
    impact: str
    deadline: Instant | None
    deadline_text: str
    customer_zone: str
    family: str
    owner: UserId | None
    backup: tuple[UserId, ...]
    people: tuple[UserId, ...]
    """Everybody present but the owner, in order of arrival."""
    informed: tuple[UserId, ...]
    """Who was mentioned when the case was posted."""
    areas: tuple[Area, ...]
    terms: Terms
    opened_at: Instant
    cycle: int
    cycle_started_at: Instant
    responded_at: Instant | None
    promise: Promise | None
    promises: int
    last_contact: Contact | None
    tally: Tally
    held_until: Instant | None
    holds: int
    """How often the ladder was held since somebody last contacted the customer or moved the promise."""
    climbed: frozenset[str] = frozenset()
    """The rungs that had been told when the ladder was last held: the others are put off together."""
    fired: frozenset[str]
    told: tuple[UserId, ...]
    last_rung_at: Instant | None
    offer: Offer | None
    unreached: tuple[Unreached, ...] = ()
    resolved_at: Instant | None
    closed_at: Instant | None
    changed_at: Instant
    shared: bool = False
    """People of another organisation read along in the channel: customer data is shown to members alone."""
    leads: tuple[UserId, ...] = ()
    """Who leads the shift: reached by the ladder after owner, backup and holders."""
    customer_hours: Calendar | None = None
    """When the customer can be reached; None where nobody said."""
    held_at: Instant | None = None
    """When somebody last said "I'm on it", or showed it by an act."""
    ledger: tuple[Clock, ...] = ()
    """Every clock of the case, running or ended, in the order in which they began."""
    pauses: tuple[Pause, ...] = ()
    """When the case waited for the customer; the last one goes on while its end is None."""
    wrote_at: Instant | None = None
    """When the customer wrote the oldest message that nobody has answered."""
    vendors: tuple[Vendor, ...] = ()
    earlier_terms: tuple[Terms, ...] = ()
    """The terms it ran under before, in order."""
    calls: tuple[Call, ...] = ()
    """The calls for help, of each area the last."""
    checklist: tuple[Item, ...] = ()
    """The first checks and whom to tell, in order."""
    checks: tuple[Check, ...] = ()
    """The risky steps that were put to a second person, in order, each as it was asked for last."""
    watching: tuple[UserId, ...] = ()
    """Those of `people` who reacted and did nothing else."""
    marks: tuple[Mark, ...] = ()
    """The reactions that say "I'm with you", those that were taken away among them."""
    left_at: Instant | None = None
    """When the last one beside the owner left."""
    nudged: frozenset[str] = frozenset()
    """The nudges that came, by key."""
    duty_group: str = ""
    """The user group that is called when nobody comes; empty where there is none."""
    runs: tuple[Run, ...] = ()
    """The runbooks that were started on it, in order."""
    private: bool = True
    """Only its members see the channel, as far as was known when the case was opened."""
    incident: Suspicion | None = None
    """That it may be one incident with other cases."""
    apart: bool = False
    """Somebody said that it is not."""
    parent: Parent | None = None
    children: tuple[Child, ...] = ()
    """By number, those that are closed among them."""
    tasks: tuple[Task, ...] = ()
    """What one person asked another for, those that are over among them, in the order of their numbers."""

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, given: Any) -> Any:
        """A case stored before there was a ledger is read with the clocks that it had."""
        if isinstance(given, dict) and "ledger" not in given and "responded_at" in given:
            return {**given, "ledger": ledger.read_back(given)}
        return given

    @property
    def paused(self) -> Pause | None:
        """The pause that goes on now."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].end is None else None

    def terms_of(self, clock: Clock) -> Terms:
        """The terms that a clock of this case runs under."""
        return (*self.earlier_terms, self.terms)[clock.edition]

    @property
    def needs_next_contact(self) -> bool:
        """Nobody has promised the customer when they will hear from us, though the terms ask for it."""
        return self.status == "open" and self.promise is None and self.terms.next_contact_required

    @property
    def alone(self) -> bool:
        """Open, and nobody there but the owner."""
        return self.status == "open" and not self.people

    @property
    def alone_since(self) -> datetime:
        """Since when nobody was there but the owner, where that is so."""
        return max(self.cycle_started_at, self.left_at or self.cycle_started_at)

    @property
    def missing(self) -> tuple[str, ...]:
        """What nobody has said yet and the card asks for."""
        return tuple(name for name in ("customer", "plan", "reference", "impact") if not getattr(self, name))

    def lost(self, to: UserId | None) -> Unreached | None:
        """Since when and why this person, or the channel, can't be reached; None where nothing is known against it."""
        return next((place for place in self.unreached if place.to == to), None)

    @property
    def next_due(self) -> datetime | None:
        """When the first of the running clocks runs out."""
        running = clocks(self)
        return running[0].due if running else None


# ---------------------------------------------------------------- evolve


def replay(facts: tuple[Fact, ...], case: Case | None = None) -> Case:
    """The case that these facts lead to, from an earlier one or from nothing. Raises ValueError without an opening."""
    if case is None:
        first, *rest = facts
        if not isinstance(first, CaseOpened):
            raise ValueError("a case begins with its opening")
        return reduce(evolve, rest, _opened(first))
    return reduce(evolve, facts, case)


def _no_act(fact: Fact) -> bool:
    """Of a person, and no sign that they are in the case."""
    return isinstance(fact, PersonLeft | ReportAsked | TaskDeclined) or from_afar(fact)


def evolve(case: Case, fact: Fact) -> Case:
    """The case after one more fact."""
    changes: dict[str, Any] = {"changed_at": fact.at, "people": _people(case, fact)}
    if fact.by in case.watching and not _no_act(fact):
        changes["watching"] = tuple(person for person in case.watching if person != fact.by)
    after = case.model_copy(update=changes)
    after = _evolvers(fact)(after, fact)
    after = _seen_to(after, fact)
    return after.model_copy(update={"fired": _of_running_clocks(after)}) if after.fired else after


def _evolvers(fact: Fact) -> Callable[[Case, Any], Case]:
    return EFFECTS.get(type(fact), lambda case, _: case)


def _people(case: Case, fact: Fact) -> tuple[UserId, ...]:
    """A person who acts on a case is in it; who only wants to read of it is not."""
    if fact.by in (TIME, case.owner) or fact.by in case.people or _no_act(fact):
        return case.people
    return (*case.people, fact.by)


def _of_running_clocks(case: Case) -> frozenset[str]:
    if case.status != "open":
        return case.fired  # a reopened case goes on with its promise, and says nothing of it twice
    running = tuple(f"{clock.key}/" for clock in clocks(case))
    return frozenset(key for key in case.fired if key.startswith(running)) if running else frozenset()


def _seen_to(case: Case, fact: Fact) -> Case:
    """Whoever was reminded and then acts on the case is on it: the ladder waits as if they had said so.

    It waits no oftener than for those who say so; a promise is kept by neither (docs/decisions/0026).
    """
    silent = isinstance(fact, ReminderCame | NudgeCame | ReminderAcknowledged | PersonArrived) or _no_act(fact)
    if silent or fact.by not in case.told or case.holds >= MOST_HOLDS or case.status != "open":
        return case
    if case.held_until is not None and case.held_until > fact.at:
        return case
    return case.model_copy(update={**holding(case, fact), "held_until": fact.at + case.terms.hold})


def _opened(fact: CaseOpened) -> Case:
    o, footing = fact.opening, fact.footing
    # The customer waits since the post, however late Slack or a restart let us hear of it.
    begun = min(o.posted_at or fact.at, fact.at)
    return Case(
        number=fact.case,
        team=o.team,
        channel=o.channel,
        thread=o.source,
        language=o.language,
        status="open",
        severity=o.severity,
        title=one_line(o.title, TITLE),
        customer=one_line(o.customer, 100),
        plan=one_line(o.plan, 100),
        reference=one_line(o.reference, 100),
        impact=many_lines(o.impact, 1000),
        deadline=o.deadline,
        deadline_text=one_line(o.deadline_text, 200),
        customer_zone=footing.customer_zone,
        family=footing.family,
        owner=fact.by,
        backup=footing.backup,
        people=(),
        informed=o.told,
        areas=areas_of(footing.areas, begun),
        terms=footing.terms,
        opened_at=begun,
        cycle=1,
        cycle_started_at=begun,
        responded_at=None,
        promise=None,
        promises=0,
        last_contact=None,
        tally=Tally(),
        held_until=None,
        holds=0,
        fired=frozenset(),
        told=(),
        last_rung_at=None,
        offer=None,
        resolved_at=None,
        closed_at=None,
        changed_at=fact.at,
        leads=footing.leads,
        customer_hours=footing.customer_hours,
        ledger=_first_clocks(fact, begun),
        shared=footing.shared,
        private=o.private,
        duty_group=footing.duty_group,
        checklist=lists.begun(footing.checklist, begun),
    )


def _first_clocks(fact: CaseOpened, begun: datetime) -> Ledger:
    first = fact.clocks or ledger.first_response_of(fact.footing.terms, begun, 1)
    return ledger.with_deadline(first, fact.opening.deadline, begun, 1)
