"""Desk: every use case. The list of all that the bot can do, each in one transaction.

A command goes in; the case, its facts, its checkpoints, the notices and the cards to redraw are committed together,
and only then does anybody hear of it.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from bot import carrying, kinship
from bot import terms as agreed
from bot.domain import access, kin, rules, runbook
from bot.domain import case as cases
from bot.domain.access import NOBODY, Access, Badge, Verb
from bot.domain.case import Case
from bot.domain.clock_messages import ChangePlan, ChangeSeverity
from bot.domain.errors import (
    CarriedContact,
    CaseErased,
    CaseResolved,
    FamilyUnknown,
    NothingParked,
    NotYoursToRetry,
    Outsider,
    PromiseRefusal,
    SeverityUnknown,
    UnknownCase,
)
from bot.domain.family import guess_family
from bot.domain.kin_messages import SetParent
from bot.domain.load import Carried
from bot.domain.messages import (
    AreaOffered,
    AskCheck,
    CaseCommand,
    CloseCase,
    Command,
    EditCase,
    Footing,
    MarkShared,
    OpenCase,
    OverrideCheck,
    ReachCheckpoints,
    RecordContact,
)
from bot.domain.runbook_messages import StartRunbook
from bot.domain.values import CaseNumber, ChannelId, DeliveryId, Timestamp, UserId, name_of
from bot.keeping import CALM as CALM
from bot.keeping import kept
from bot.memory import Past
from bot.ports import Answer, Parked, Queries, Store, Told, Transaction
from bot.settings import Configuration

T = TypeVar("T")
Now = Callable[[], datetime]


class Desk:
    """Every use case, over a store. `rung` is called after each change: somebody may have something to send."""

    def __init__(self, store: Store, config: Configuration, now: Now, rung: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self.config = config
        self.now = now
        self._rung = rung
        self._tables: dict[ChannelId, Access] = {}

    def adopt(self, config: Configuration) -> None:
        """Go on with another configuration: cases opened from now on follow it."""
        self.config = config
        self._tables.clear()

    def ring(self) -> None:
        """Something was written beside the acts: whoever sends should look."""
        self._rung()

    # ------------------------------------------------------------ acts

    async def handle(self, command: Command, badge: Badge | None = None) -> Answer:
        """Do what is asked, once; the same delivery again has its first answer. Raises Refusal or NothingSaved.

        `badge` is what is known of the person who asks; without one only time and the bot itself may act.
        """
        now = self.now()
        answer = await self._store.write(lambda tx: self._work(tx, command, badge, now))
        self._rung()
        return answer

    def _work(self, tx: Transaction, command: Command, badge: Badge | None, now: datetime) -> Answer:
        first = tx.answer(command.delivery)
        if first is not None:
            # An opening that added nothing had found the first case.
            existing = isinstance(command, OpenCase) and not first.facts
            return first.model_copy(update={"existing": existing})
        if isinstance(command, OpenCase):
            return self._open(tx, command, badge, now)
        assert isinstance(command, CaseCommand)
        return self._act(tx, command, badge, now)

    def _open(self, tx: Transaction, command: OpenCase, badge: Badge | None, now: datetime) -> Answer:
        access.judge(command, badge, self._access(command.channel))
        same = _same(tx, command)
        if same is not None:
            tx.remember(command.delivery, same.number, now)
            return Answer(case=same, existing=True)
        number = tx.new_number()
        facts = rules.open_case(number, command, self._footing(command, now), now)
        answer = kept(tx, cases.replay(facts), facts, command.delivery, now)
        for suspicion in kinship.suspected(tx, self.config, answer.case, command):
            self._follow(tx, suspicion, badge, now)
        return answer

    def _act(self, tx: Transaction, command: CaseCommand, badge: Badge | None, now: datetime) -> Answer:
        case = tx.case(command.case)
        if case is None:
            raise _missing(tx, command.case)
        access.judge(command, badge, self._access(case.channel), case)
        command = kinship.filled(tx, self._filled(case, command, now))
        facts = rules.decide(case, command, now)
        if not facts:
            tx.remember(command.delivery, case.number, now)
            return Answer(case=case)
        answer = kept(tx, cases.replay(facts, case), facts, command.delivery, now, before=case)
        for asked in kin.followed(case, answer.case, command, facts):
            self._follow(tx, asked, badge, now)
        return answer

    def _follow(self, tx: Transaction, command: CaseCommand, badge: Badge | None, now: datetime) -> None:
        """What an act on one case does to a relative. Raises CarriedContact, and NotAllowed for a contact or a parent
        that the speaker may not give it; one that was erased meanwhile has no part in it."""
        case = tx.case(command.case)
        if case is None:
            return
        if isinstance(command, RecordContact) or (isinstance(command, SetParent) and command.parent is not None):
            # Whoever made them kin saw both: it is no matter now in whose channel the speaker stands.
            access.judge(command, badge and badge.model_copy(update={"inside": True}), self._access(case.channel), case)
        try:
            facts = rules.decide(case, command, now)
        except (PromiseRefusal, CaseResolved) as refusal:
            if not isinstance(command, RecordContact):
                raise
            raise CarriedContact(number=command.via, child=name_of(case.number)) from refusal
        if not facts:
            return
        after = kept(tx, cases.replay(facts, case), facts, command.delivery, now, before=case).case
        for asked in kin.followed(case, after, command, facts):
            self._follow(tx, asked, badge, now)

    def _footing(self, command: OpenCase, now: datetime) -> Footing:
        rules = self.config.rules(command.channel)
        policy = self.config.policy(command.channel, command.plan, command.severity)
        terms = agreed.terms(self.config, command.channel, policy, command.severity, command.language, now.year)
        if terms is None:
            known = [s for s in ("A", "B", "C") if getattr(policy, s)]
            raise SeverityUnknown(word=command.severity, known=", ".join(known))
        families = self.config.families_of(command.channel)
        self._known_family(command.channel, command.family, "?")
        family = command.family or guess_family(f"{command.title}\n{command.about}", families)
        return Footing(
            terms=terms,
            family=family,
            areas=self._offered(command.channel, family),
            backup=rules.backup,
            leads=rules.shift_leads,
            customer_zone=rules.customer_zone,
            customer_hours=agreed.calendar(self.config, command.channel, rules.customer_hours, now.year),
            shared=rules.shared or command.shared,
            duty_group=rules.duty_group,
            checklist=agreed.checklist(self.config, command.channel, command.severity, family),
        )

    def _filled(self, case: Case, command: CaseCommand, now: datetime) -> CaseCommand:
        if isinstance(command, CloseCase):
            return command.model_copy(update={"report": self.config.rules(case.channel).report_on_close})
        if isinstance(command, ChangeSeverity | ChangePlan):
            return command.model_copy(update={"terms": agreed.changed(self.config, case, command, now.year)})
        if isinstance(command, ReachCheckpoints) and self.config.roster is not None:
            crew = self.config.roster.crew(now)
            return command.model_copy(update={"backup": crew.backup or None, "leads": crew.leads or None})
        if isinstance(command, AskCheck | OverrideCheck) and self.config.roster is not None:
            return command.model_copy(update={"leads": self.config.roster.crew(now).leads or None})
        if isinstance(command, StartRunbook):
            return command.model_copy(
                update={"sheet": runbook.named(command.runbook, self.config.shelf.runbooks, case.number)}
            )
        if isinstance(command, EditCase) and command.family is not None:
            if command.family != case.family:
                self._known_family(case.channel, command.family, case.number)
            fresh = agreed.checklist(self.config, case.channel, case.severity, command.family)
            return command.model_copy(update={"areas": self._offered(case.channel, command.family), "checklist": fresh})
        return command

    def _known_family(self, channel: ChannelId, key: str | None, number: CaseNumber | str) -> None:
        """Raises FamilyUnknown: a form's value may be forged, or older than the configuration."""
        known = tuple(family.key for family in self.config.families_of(channel))
        if key is not None and key not in known:
            raise FamilyUnknown(number=number, word=key, known=known)

    def _offered(self, channel: ChannelId, key: str) -> tuple[AreaOffered, ...]:
        family = next((f for f in self.config.families if f.key == key), self.config.families[0])
        return tuple(AreaOffered(key=a.key, name_en=a.name_en, name_ja=a.name_ja) for a in family.areas)

    # ------------------------------------------------------------ who may

    def _access(self, channel: ChannelId | None) -> Access:
        """The channel's table, put together once: those that are not listed have the same one."""
        listed = self.config.rules(channel or ChannelId("")).id
        if listed not in self._tables:
            self._tables[listed] = self.config.access_in(listed)
        return self._tables[listed]

    def welcome(self, by: UserId, badge: Badge) -> None:
        """Raises Outsider where no table has anything for somebody of this kind."""
        channels = (None, *(rules.id for rules in self.config.channels))
        if not any(self._access(channel).allowed(by, badge) for channel in channels):
            raise Outsider()

    def permit(
        self, verb: Verb, by: UserId, badge: Badge, case: Case | None = None, *, channel: ChannelId | None = None
    ) -> None:
        """Let it pass, or say who could, before a form is shown or a case is read. Raises what Access.judge raises."""
        self._access(case.channel if case else channel).judge(verb, by, badge, case)

    def reveal(self, by: UserId, badge: Badge, case: Case) -> None:
        """Raises UnknownCase where the case is not there for this person, as if it had never been."""
        self._access(case.channel).find(by, badge, case)

    def allowed(self, by: UserId, badge: Badge = NOBODY, case: Case | None = None) -> frozenset[Verb]:
        """The verbs that somebody may do: on this case, or without one."""
        return self._access(case.channel if case else None).allowed(by, badge, case)

    async def mark_shared(self, channel: ChannelId, shared: bool) -> None:
        """The channel is shared with another organisation now, or no longer: its cases hide or show customer data."""
        shared = shared or self.config.rules(channel).shared
        for case in await self.unclosed(channel):
            if case.shared != shared:
                delivery = DeliveryId(f"shared:{uuid4().hex}")
                await self.handle(MarkShared(delivery=delivery, by=cases.TIME, case=case.number, shared=shared))

    # ------------------------------------------------------------ time

    async def reach_due(self, limit: int = 100) -> int:
        """Let time act on every case with a checkpoint that has come. Returns on how many."""
        now = self.now()
        due = await self._store.read(lambda q: q.due(now, limit))
        # Handed in together, so that one COMMIT carries many of them.
        acts = (ReachCheckpoints(delivery=_moment(number), by=cases.TIME, case=number) for number in due)
        await asyncio.gather(*(self.handle(act) for act in acts))
        return len(due)

    async def next_due(self) -> datetime | None:
        """When time next has something to do."""
        return await self._store.read(lambda q: q.next_due())

    # ------------------------------------------------------------ questions

    async def find(self, number: CaseNumber) -> Case:
        """The case. Raises UnknownCase."""
        case, _ = await self._store.read(lambda q: _found(q, number, lambda: ()))
        return case

    async def in_thread(self, channel: ChannelId, thread: Timestamp) -> Case | None:
        return await self._store.read(lambda q: q.by_thread(channel, thread))

    async def under(self, channel: ChannelId, message: Timestamp) -> Case | None:
        """The case whose first message or card this is."""

        def either(q: Queries) -> Case | None:
            return q.by_thread(channel, message) or q.by_card(channel, message)

        return await self._store.read(either)

    async def cases(self, numbers: Collection[CaseNumber]) -> list[Case]:
        """Those of these cases that are there, in their order."""
        return await self._store.read(lambda q: [case for n in numbers if (case := _readable(q, n)) is not None])

    async def unclosed(self, channel: ChannelId | None = None) -> list[Case]:
        """Open and resolved cases, by next due."""
        return await self._store.read(lambda q: q.unclosed(channel))

    async def listed(self, channel: ChannelId, most: int) -> tuple[list[Case], int]:
        """The first `most` open and resolved cases of a channel by next due, and how many it has."""

        def both(q: Queries) -> tuple[list[Case], int]:
            return q.unclosed(channel, most), q.count_unclosed(channel)

        return await self._store.read(both)

    async def mine(self, person: UserId) -> list[Case]:
        """What the person owns, holds, helps with or is asked to check, by next due."""
        return await self._store.read(lambda q: q.of_person(person))

    async def carried(self, person: UserId) -> Carried:
        """What a person carries now and did within a week: for them, and for who leads the shift."""
        now = self.now()
        return await self._store.read(lambda q: carrying.carried(q, person, now))

    async def carried_in(self, channel: ChannelId) -> tuple[Carried, ...]:
        """The same of everybody who works in a channel or is on duty for it."""
        now, rules, roster = self.now(), self.config.rules(channel), self.config.roster
        duties = roster.on_duty(now) if roster else ()
        beside = (*rules.backup, *rules.shift_leads, *(one for duty in duties for one in duty.everybody))
        return await self._store.read(lambda q: carrying.carried_in(q, channel, beside, now))

    async def history(self, number: CaseNumber) -> tuple[Case, list[Told]]:
        """The case and its facts, oldest first. Raises UnknownCase."""

        return await self._store.read(lambda q: _found(q, number, lambda: q.facts(number)))

    async def alike(self, wanted: Sequence[str], most: int, *, apart: CaseNumber | None = None) -> list[Past]:
        """Resolved and closed cases that have these grams (bot/domain/likeness.py), most alike first."""
        return await self._store.read(lambda q: q.alike(wanted, most, apart=apart))

    async def liken(self, limit: int) -> bool:
        """Read so many cases of earlier versions into the index of past cases; whether more are left."""
        return await self._store.write(lambda tx: tx.liken(limit))

    async def parked(self) -> list[Parked]:
        """What could not be said on cases that are not closed, the newest first."""
        return await self._store.read(lambda q: q.parked())

    async def parked_for(self, person: UserId) -> list[Parked]:
        """Of that, what this person is to see to: on their own cases, and in the channels they are the admin of."""

        def theirs(q: Queries) -> list[Parked]:
            return [parked for parked in q.parked() if self._may_retry(q, parked, person)]

        return await self._store.read(theirs)

    def _may_retry(self, q: Queries, parked: Parked, person: UserId) -> bool:
        case = _readable(q, parked.case) if parked.case is not None else None
        return case is not None and person in (case.owner, self.config.rules(case.channel).admin)

    async def retry(self, id: str, number: CaseNumber, by: UserId) -> None:
        """Try again what could not be said, because this person wants it. Raises NotYoursToRetry, NothingParked."""
        now = self.now()

        def again(tx: Transaction) -> None:
            parked = next((one for one in tx.parked() if one.id == id and one.case == number), None)
            if parked is None:
                raise NothingParked(number=number)
            if not self._may_retry(tx, parked, by):
                raise NotYoursToRetry(number=number)
            tx.retry(id, now)
            self.show_parked(tx, number, now)

        await self._store.write(again)
        self._rung()

    def show_parked(self, tx: Transaction, number: CaseNumber, now: datetime) -> None:
        """What can't be said on this case has changed: those who are to see to it have it on their home tabs."""
        case = _readable(tx, number)
        if case is None:
            return
        for person in (case.owner, self.config.rules(case.channel).admin):
            if person is not None:
                tx.touch("home", now, person=person, calm=CALM, only_known=True)

    async def open_home(self, person: UserId) -> None:
        """Somebody looks at their home tab: draw it."""
        now = self.now()
        await self._store.write(lambda tx: tx.touch("home", now, person=person))
        self._rung()


def _readable(q: Queries, number: CaseNumber) -> Case | None:
    """The case, or None where its document can't be read: what is parked for that reason must still be parked."""
    try:
        return q.case(number)
    except ValueError:
        return None


def _found(q: Queries, number: CaseNumber, more: Callable[[], T]) -> tuple[Case, T]:
    """The case and what is asked beside it. Raises UnknownCase."""
    case = q.case(number)
    if case is None:
        raise _missing(q, number)
    return case, more()


def _missing(q: Queries, number: CaseNumber) -> UnknownCase:
    """Why there is no such case."""
    at = q.erased_at(number)
    return CaseErased(number=number, at=at) if at is not None else UnknownCase(number=number)


def _same(tx: Transaction, command: OpenCase) -> Case | None:
    """The case that lives under this very message already, or has this reference; a closed one is another matter."""
    here = tx.by_thread(command.channel, command.source) if command.source else None
    if here is not None and here.status != "closed":
        return here
    return tx.by_reference(command.channel, command.reference) if command.reference else None


def _moment(number: CaseNumber) -> DeliveryId:
    """Each look at the clock is an act of its own: a clock that stands still may have more to say after the first."""
    return DeliveryId(f"time:{number}:{uuid4().hex}")
