"""Case: one customer problem, known as SEV-42, that lives in one thread of one team channel.

`evolve(case, fact)` is the case after one more fact; nothing else changes a case. What may happen is in `rules.py`.
"""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import Any, Literal

from pydantic import model_validator

from bot.domain import area, clock_effects, ledger
from bot.domain.area import Area
from bot.domain.calendar import Calendar
from bot.domain.clock import BY_CONTACT, Clock, ClockName
from bot.domain.contact import MOST_HOLDS, Contact, Promise, Tally
from bot.domain.handoff import Offer
from bot.domain.ledger import Ledger
from bot.domain.messages import (
    CaseClosed,
    CaseEdited,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    ContactMade,
    EditCase,
    Fact,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    NextContactPromised,
    OwnerLost,
    PersonArrived,
    PlaceFound,
    PlaceLost,
    ReminderAcknowledged,
    ReminderCame,
    SharingChanged,
    ThreadLost,
    ThreadStarted,
)
from bot.domain.policy import Terms
from bot.domain.sla import clocks, unanswered
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
TITLE = 150
"""Ours: the length of a Slack header (slack_sdk models); a longer title is cut, the post itself keeps the whole."""


class Unreached(Value):
    """A place that takes nothing from us: a person's direct messages, or without one the case's channel."""

    to: UserId | None
    since: Instant
    reason: str
    edits: bool = False
    """What stands there may still be edited."""


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


def evolve(case: Case, fact: Fact) -> Case:
    """The case after one more fact."""
    changes: dict[str, Any] = {"changed_at": fact.at, "people": _people(case, fact)}
    after = case.model_copy(update=changes)
    after = _evolvers(fact)(after, fact)
    after = _seen_to(after, fact)
    return after.model_copy(update={"fired": _of_running_clocks(after)}) if after.fired else after


def _evolvers(fact: Fact) -> Callable[[Case, Any], Case]:
    return _EFFECTS.get(type(fact), lambda case, _: case)


def _people(case: Case, fact: Fact) -> tuple[UserId, ...]:
    """A person who acts on a case is in it."""
    if fact.by in (TIME, case.owner) or fact.by in case.people:
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
    silent = isinstance(fact, ReminderCame | ReminderAcknowledged | PersonArrived)
    if silent or fact.by not in case.told or case.holds >= MOST_HOLDS or case.status != "open":
        return case
    if case.held_until is not None and case.held_until > fact.at:
        return case
    return case.model_copy(update={**_holding(case, fact), "held_until": fact.at + case.terms.hold})


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
        areas=_areas(footing.areas, begun),
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
    )


def _first_clocks(fact: CaseOpened, begun: datetime) -> Ledger:
    first = fact.clocks or ledger.first_response_of(fact.footing.terms, begun, 1)
    return ledger.with_deadline(first, fact.opening.deadline, begun, 1)


def _edited(case: Case, fact: CaseEdited) -> Case:
    after = edited(case, fact.changes)
    if after.deadline == case.deadline:
        return after
    clocks = ledger.with_deadline(case.ledger, after.deadline, fact.at, case.cycle)
    return after.model_copy(update={"ledger": clocks})


def _areas(offered: Any, at: datetime) -> tuple[Area, ...]:
    return tuple(Area(key=a.key, name_en=a.name_en, name_ja=a.name_ja, since=at) for a in offered)


def edited(case: Case, command: EditCase) -> Case:
    lengths = {"title": TITLE, "customer": 100, "plan": 100, "reference": 100, "deadline_text": 200}
    changes: dict[str, Any] = {
        name: one_line(text, limit) for name, limit in lengths.items() if (text := getattr(command, name)) is not None
    }
    if command.impact is not None:
        changes["impact"] = many_lines(command.impact, 1000)
    if command.deadline is not None or command.deadline_text is not None:
        changes["deadline"] = command.deadline
    if command.family is not None and command.family != case.family:
        changes |= {"family": command.family, "areas": _regrouped(case, command)}
    return case.model_copy(update=changes)


def _regrouped(case: Case, command: EditCase) -> tuple[Area, ...]:
    """The new family's areas beside every area that somebody touched: a change of menu loses no finding."""
    touched = [a for a in case.areas if not a.unseen or a.key.startswith("own-")]
    kept = {a.key for a in touched}
    fresh = _areas([a for a in command.areas if a.key not in kept], case.changed_at)
    before = {a.key: a.since for a in case.areas}  # nobody looks at a shared area for as long as before
    return (*touched, *(a.model_copy(update={"since": before.get(a.key, a.since)}) for a in fresh))


def _contacted(case: Case, fact: ContactMade) -> Case:
    tally = case.tally
    for clock in unanswered(case):
        if clock.name in PROMISED and not clock.by_change:
            name = "late" if fact.at > clock.due else "kept"
            tally = tally.model_copy(update={name: getattr(tally, name) + 1})
    return case.model_copy(
        update={
            "last_contact": Contact(at=fact.at, by=fact.by, how=fact.how, said=fact.said),
            "responded_at": case.responded_at or fact.at,
            "promise": None,
            "tally": tally,
            "wrote_at": None,
            "ledger": ledger.ended(case.ledger, BY_CONTACT, fact.at, "contact"),
            **_SILENT,
        }
    )


PROMISED: tuple[ClockName, ...] = ("first-response", "next-contact")
"""Whose ends the tally counts: what the customer was promised, by contract or by a person."""
_SILENT: dict[str, Any] = {
    "held_until": None,
    "held_at": None,
    "holds": 0,
    "climbed": frozenset(),
    "told": (),
    "last_rung_at": None,
}


def _promised(case: Case, fact: NextContactPromised) -> Case:
    tally = case.tally
    if fact.replaced is not None:
        name = "missed" if fact.missed else "renegotiated"
        tally = tally.model_copy(update={name: getattr(tally, name) + 1})
    serial = case.promises + 1
    promise = Promise(serial=serial, due=fact.due, action=fact.action, by=fact.by, made_at=fact.at)
    # A promise answers neither first response nor reply: their ladder stands, or climbs on, where it is.
    others = any(clock.name in BY_CONTACT and clock.name != "next-contact" for clock in clocks(case))
    clock = Clock(name="next-contact", serial=serial, start=fact.at, due=fact.due, cycle=case.cycle)
    kept = ledger.put(ledger.ended(case.ledger, ("next-contact",), fact.at, "replaced"), [clock])
    changes = {"promise": promise, "promises": serial, "tally": tally, "ledger": kept}
    return case.model_copy(update={**changes, **({} if others else _SILENT)})


def _reminded(case: Case, fact: ReminderCame) -> Case:
    told = tuple(dict.fromkeys((*case.told, *fact.to)))
    rung_at = case.last_rung_at if fact.rung in ("before", "due") else fact.at
    fired = case.fired | {fact.checkpoint, *fact.instead_of}
    return case.model_copy(update={"fired": fired, "told": told, "last_rung_at": rung_at})


def _held(case: Case, fact: ReminderAcknowledged) -> Case:
    return case.model_copy(update={**_holding(case, fact), "held_until": fact.until})


def _holding(case: Case, fact: Fact) -> dict[str, Any]:
    return {"held_at": fact.at, "holds": case.holds + 1, "climbed": case.fired}


def _offered(case: Case, fact: HandoffOffered) -> Case:
    return case.model_copy(update={"offer": Offer(to=fact.to, by=fact.by, at=fact.at, note=fact.note)})


def _handed_over(case: Case, fact: HandoffAccepted) -> Case:
    """The former owner stays in the case; no due time moves."""
    former = (fact.sender,) if fact.sender else ()
    people = tuple(p for p in dict.fromkeys((*case.people, *former)) if p != fact.by)
    return case.model_copy(update={"owner": fact.by, "people": people, "offer": None})


def _resolved(case: Case, fact: CaseResolved) -> Case:
    kept = ledger.ended(case.ledger, ("resolution", "deadline"), fact.at, "resolved")
    return case.model_copy(update={"status": "resolved", "resolved_at": fact.at, **_waits_no_more(case, kept, fact)})


def _waits_no_more(case: Case, kept: Ledger, fact: Fact) -> dict[str, Any]:
    """The end of a case is the end of its waiting for the customer."""
    return {
        "ledger": ledger.ended(kept, ("look-again",), fact.at, "withdrawn"),
        "pauses": clock_effects.ended(case.pauses, fact),
        **_SILENT,
    }


def _closed(case: Case, fact: CaseClosed) -> Case:
    kept = ledger.ended(case.ledger, ("resolution", "deadline", "vendor"), fact.at, "closed")
    changes = {"status": "closed", "closed_at": fact.at, "offer": None}
    return case.model_copy(update={**changes, **_waits_no_more(case, kept, fact)})


def _reopened(case: Case, fact: CaseReopened) -> Case:
    """A new cycle: its clocks run from the beginning. A promise still to come stands; what passed was missed."""
    owed = [clock for clock in unanswered(case) if clock.name in PROMISED]
    passed = {clock.name for clock in owed if clock.due <= fact.at}
    missed = sum(clock.due <= fact.at and not clock.by_change for clock in owed)
    cycle = case.cycle + 1
    kept = ledger.ended(case.ledger, ("first-response", "resolution", *passed), fact.at, "reopened")
    first = fact.clocks or ledger.first_response_of(case.terms, fact.at, cycle)
    return case.model_copy(
        update={
            "ledger": ledger.with_deadline(ledger.put(kept, first), case.deadline, fact.at, cycle),
            "promise": None if "next-contact" in passed else case.promise,
            "tally": case.tally.model_copy(update={"missed": case.tally.missed + missed}),
            "status": "open",
            "cycle": cycle,
            "cycle_started_at": fact.at,
            "responded_at": None,
            "resolved_at": None,
            "closed_at": None,
            **_SILENT,
        }
    )


def _place_lost(case: Case, fact: PlaceLost) -> Case:
    """Whom a reminder did not reach was not told."""
    known = case.lost(fact.to)
    place = Unreached(to=fact.to, since=known.since if known else fact.at, reason=fact.reason, edits=fact.edits)
    others = tuple(other for other in case.unreached if other.to != fact.to)
    told = tuple(person for person in case.told if person != fact.to)
    return case.model_copy(update={"unreached": (*others, place), "told": told})


def _place_found(case: Case, fact: PlaceFound) -> Case:
    return case.model_copy(update={"unreached": tuple(place for place in case.unreached if place.to != fact.to)})


def _areas_after(case: Case, fact: Fact) -> Case:
    return case.model_copy(update={"areas": area.evolve(case.areas, fact)})


_EFFECTS: dict[type[Any], Callable[[Case, Any], Case]] = {
    CaseEdited: _edited,
    ContactMade: _contacted,
    NextContactPromised: _promised,
    ReminderAcknowledged: _held,
    ReminderCame: _reminded,
    HandoffOffered: _offered,
    HandoffAccepted: _handed_over,
    HandoffDeclined: lambda case, fact: case.model_copy(update={"offer": None}),
    CaseResolved: _resolved,
    CaseClosed: _closed,
    CaseReopened: _reopened,
    ThreadStarted: lambda case, fact: case.model_copy(update={"thread": fact.thread}),
    ThreadLost: lambda case, fact: case.model_copy(update={"thread": None}),
    OwnerLost: lambda case, fact: case.model_copy(update={"owner": None}),
    **clock_effects.EFFECTS,
    PlaceLost: _place_lost,
    PlaceFound: _place_found,
    SharingChanged: lambda case, fact: case.model_copy(update={"shared": fact.shared}),
    **{kind: _areas_after for kind in area.CHANGES},
}
