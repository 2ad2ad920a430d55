"""Desk: every use case. The list of all that the bot can do, each in one transaction.

A command goes in; the case, its facts, its checkpoints, the notices and the cards to redraw are committed together,
and only then does anybody hear of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from bot import terms as agreed
from bot.domain import case as cases
from bot.domain import rules
from bot.domain.case import Case
from bot.domain.clock_messages import ChangePlan, ChangeSeverity
from bot.domain.errors import SeverityUnknown, UnknownCase
from bot.domain.family import guess_family
from bot.domain.messages import (
    AreaOffered,
    CaseCommand,
    Command,
    EditCase,
    Fact,
    Footing,
    OpenCase,
    ReachCheckpoints,
    ThreadLost,
)
from bot.domain.notices import notices
from bot.domain.sla import checkpoints, clocks
from bot.domain.values import CaseNumber, ChannelId, DeliveryId, Timestamp, UserId
from bot.ports import Answer, Parked, Queries, Store, Told, Transaction
from bot.settings import Configuration

Now = Callable[[], datetime]
CALM = timedelta(seconds=2)
"""Ours: a card is edited at most this often, so that ten claims in a moment are one `chat.update`."""


class Desk:
    """Every use case, over a store. `rung` is called after each change: somebody may have something to send."""

    def __init__(self, store: Store, config: Configuration, now: Now, rung: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self.config = config
        self.now = now
        self._rung = rung

    def ring(self) -> None:
        """Something was written beside the acts: whoever sends should look."""
        self._rung()

    # ------------------------------------------------------------ acts

    async def handle(self, command: Command) -> Answer:
        """Do what is asked, once; the same delivery again has its first answer. Raises Refusal or NothingSaved."""
        now = self.now()
        answer = await self._store.write(lambda tx: self._work(tx, command, now))
        self._rung()
        return answer

    def _work(self, tx: Transaction, command: Command, now: datetime) -> Answer:
        first = tx.answer(command.delivery)
        if first is not None:
            # An opening that added nothing had found the first case.
            existing = isinstance(command, OpenCase) and not first.facts
            return first.model_copy(update={"existing": existing})
        if isinstance(command, OpenCase):
            return self._open(tx, command, now)
        assert isinstance(command, CaseCommand)
        return self._act(tx, command, now)

    def _open(self, tx: Transaction, command: OpenCase, now: datetime) -> Answer:
        same = _same(tx, command)
        if same is not None:
            tx.remember(command.delivery, same.number, now)
            return Answer(case=same, existing=True)
        number = tx.new_number()
        facts = rules.open_case(number, command, self._footing(command, now), now)
        case = cases.replay(facts)
        return _kept(tx, case, facts, command.delivery, now)

    def _act(self, tx: Transaction, command: CaseCommand, now: datetime) -> Answer:
        case = tx.case(command.case)
        if case is None:
            raise UnknownCase(number=command.case)
        facts = rules.decide(case, self._filled(case, command, now), now)
        if not facts:
            tx.remember(command.delivery, case.number, now)
            return Answer(case=case)
        return _kept(tx, cases.replay(facts, case), facts, command.delivery, now, before=case)

    def _footing(self, command: OpenCase, now: datetime) -> Footing:
        rules = self.config.rules(command.channel)
        policy = self.config.policy(command.channel, command.plan, command.severity)
        terms = agreed.terms(self.config, command.channel, policy, command.severity, command.language, now.year)
        if terms is None:
            known = [s for s in ("A", "B", "C") if getattr(policy, s)]
            raise SeverityUnknown(word=command.severity, known=", ".join(known))
        families = self.config.families_of(command.channel)
        family = command.family or guess_family(f"{command.title}\n{command.about}", families)
        return Footing(
            terms=terms,
            family=family,
            areas=self._offered(command.channel, family),
            backup=rules.backup,
            leads=rules.leads,
            customer_zone=rules.customer_zone,
            customer_hours=agreed.calendar(self.config, command.channel, rules.customer_hours, now.year),
        )

    def _filled(self, case: Case, command: CaseCommand, now: datetime) -> CaseCommand:
        if isinstance(command, ChangeSeverity | ChangePlan):
            return command.model_copy(update={"terms": agreed.changed(self.config, case, command, now.year)})
        if isinstance(command, EditCase) and command.family is not None:
            return command.model_copy(update={"areas": self._offered(case.channel, command.family)})
        return command

    def _offered(self, channel: ChannelId, key: str) -> tuple[AreaOffered, ...]:
        family = next((f for f in self.config.families if f.key == key), self.config.families[0])
        return tuple(AreaOffered(key=a.key, name_en=a.name_en, name_ja=a.name_ja) for a in family.areas)

    # ------------------------------------------------------------ time

    async def reach_due(self, limit: int = 100) -> int:
        """Let time act on every case with a checkpoint that has come. Returns on how many."""
        now = self.now()
        due = await self._store.read(lambda q: q.due(now, limit))
        for number in due:
            await self.handle(ReachCheckpoints(delivery=_moment(number), by=cases.TIME, case=number))
        return len(due)

    async def next_due(self) -> datetime | None:
        """When time next has something to do."""
        return await self._store.read(lambda q: q.next_due())

    # ------------------------------------------------------------ questions

    async def find(self, number: CaseNumber) -> Case:
        """The case. Raises UnknownCase."""
        case = await self._store.read(lambda q: q.case(number))
        if case is None:
            raise UnknownCase(number=number)
        return case

    async def in_thread(self, channel: ChannelId, thread: Timestamp) -> Case | None:
        return await self._store.read(lambda q: q.by_thread(channel, thread))

    async def unclosed(self, channel: ChannelId | None = None) -> list[Case]:
        """Open and resolved cases, by next due."""
        return await self._store.read(lambda q: q.unclosed(channel))

    async def mine(self, person: UserId) -> list[Case]:
        """What the person owns, holds or helps with, by next due."""
        return await self._store.read(lambda q: q.of_person(person))

    async def history(self, number: CaseNumber) -> tuple[Case, list[Told]]:
        """The case and its facts, oldest first. Raises UnknownCase."""

        def both(q: Queries) -> tuple[Case | None, list[Told]]:
            return q.case(number), q.facts(number)

        case, facts = await self._store.read(both)
        if case is None:
            raise UnknownCase(number=number)
        return case, facts

    async def parked(self) -> list[Parked]:
        return await self._store.read(lambda q: q.parked())

    async def open_home(self, person: UserId) -> None:
        """Somebody looks at their home tab: draw it."""
        now = self.now()
        await self._store.write(lambda tx: tx.touch("home", now, person=person))
        self._rung()


def _same(tx: Transaction, command: OpenCase) -> Case | None:
    """The case that lives under this very message already, or has this reference; a closed one is another matter."""
    here = tx.by_thread(command.channel, command.source) if command.source else None
    if here is not None and here.status != "closed":
        return here
    return tx.by_reference(command.channel, command.reference) if command.reference else None


def _kept(
    tx: Transaction,
    case: Case,
    facts: tuple[Fact, ...],
    delivery: DeliveryId,
    now: datetime,
    *,
    before: Case | None = None,
) -> Answer:
    """Write down the case, its facts and everything that follows from them."""
    tx.save(case, checkpoints(case))
    tx.append(case.number, facts, delivery)
    for notice in notices(case, facts):
        tx.enqueue(notice, now)
    if before is None or _needs_of_net(before) != _needs_of_net(case):
        tx.look_at_nets(case.number, now)
    tx.touch("card", now, case=case.number, calm=CALM)
    for person in _watchers(case) | (_watchers(before) if before else set()):
        tx.touch("home", now, person=person, calm=CALM, only_known=True)
    if any(isinstance(fact, ThreadLost) for fact in facts):
        tx.forget_surface(f"card/{case.number}", now)
    return Answer(case=case, facts=facts)


def _needs_of_net(case: Case) -> tuple[object, ...]:
    """All that decides which nets should lie for a case."""
    return clocks(case), case.owner, case.thread, case.fired


def _watchers(case: Case) -> set[UserId]:
    """Whose home tab shows this case."""
    held = {person for area in case.areas for person in (area.holder, *area.joined) if person}
    return held | ({case.owner} if case.owner else set())


def _moment(number: CaseNumber) -> DeliveryId:
    """Each look at the clock is an act of its own: a clock that stands still may have more to say after the first."""
    return DeliveryId(f"time:{number}:{uuid4().hex}")
