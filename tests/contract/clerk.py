"""Clerk: opens cases in a store and acts on them as the desk does, for the tests of every store."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.case import Case, replay
from bot.domain.messages import AreaOffered, CaseCommand, Footing, OpenCase
from bot.domain.notices import notices
from bot.domain.policy import Step, Terms, When
from bot.domain.rules import decide, open_case
from bot.domain.sla import checkpoints
from bot.domain.values import AreaKey, ChannelId, DeliveryId, TeamId, Timestamp, UserId
from bot.ports import Answer, Store, Transaction

NINE = datetime(2026, 7, 6, 9, tzinfo=UTC)
AREAS = ("network", "storage", "guest-os")
TERMS = Terms(
    policy="gold",
    version="1",
    severity="A",
    first_response=timedelta(minutes=15),
    next_contact=timedelta(hours=1),
    first_response_checkpoints=(When(kind="before", offset=timedelta(minutes=5)), When(kind="due")),
    next_contact_checkpoints=(When(kind="before", offset=timedelta(minutes=10)), When(kind="due")),
    ladder=(Step(after=timedelta(minutes=5), tell="channel"),),
)
FOOTING = Footing(
    terms=TERMS,
    family="vm",
    areas=tuple(AreaOffered(key=AreaKey(key), name_en=key.title(), name_ja=key) for key in AREAS),
)


class Clerk:
    """Does with a store what the desk does, and no more."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._deliveries = 0

    def delivery(self) -> DeliveryId:
        self._deliveries += 1
        return DeliveryId(f"delivery-{self._deliveries}")

    async def open(
        self,
        *,
        at: datetime = NINE,
        by: str = "U_ANN",
        channel: str = "C_TEAM",
        thread: str | None = "1.000100",
        reference: str = "",
        delivery: str = "",
    ) -> Case:
        command = OpenCase(
            delivery=DeliveryId(delivery) if delivery else self.delivery(),
            by=UserId(by),
            team=TeamId("T_TEAM"),
            channel=ChannelId(channel),
            language="ja",
            severity="A",
            title="店舗POSに接続できない",
            reference=reference,
            source=Timestamp(thread) if thread else None,
        )
        return (await self.store.write(lambda tx: self._open(tx, command, at))).case

    def _open(self, tx: Transaction, command: OpenCase, at: datetime) -> Answer:
        if (first := tx.answer(command.delivery)) is not None:
            return first
        if (existing := tx.by_reference(command.channel, command.reference)) is not None:
            tx.remember(command.delivery, existing.number, at)
            return Answer(case=existing, existing=True)
        facts = open_case(tx.new_number(), command, FOOTING, at)
        return self._keep(tx, replay(facts), facts, command.delivery, at)

    async def act(self, command: CaseCommand, *, at: datetime = NINE) -> Answer:
        return await self.store.write(lambda tx: self.handle(tx, command, at))

    def handle(self, tx: Transaction, command: CaseCommand, at: datetime) -> Answer:
        if (first := tx.answer(command.delivery)) is not None:
            return first
        case = tx.case(command.case)
        assert case is not None
        facts = decide(case, command, at)
        if not facts:
            tx.remember(command.delivery, case.number, at)
            return Answer(case=case)
        return self._keep(tx, replay(facts, case), facts, command.delivery, at)

    def _keep(self, tx: Transaction, case: Case, facts: Any, delivery: DeliveryId, at: datetime) -> Answer:
        tx.append(case.number, facts, delivery)
        tx.save(case, checkpoints(case))
        for notice in notices(case, facts):
            tx.enqueue(notice, at)
        tx.touch("card", at, case=case.number)
        return Answer(case=case, facts=facts)


async def in_one_batch(store: Store, *works: Callable[[Transaction], Any]) -> list[Any]:
    """Run works that wait together while the store is busy; results and exceptions, in order."""
    busy, gate = threading.Event(), threading.Event()

    def wait(tx: Transaction) -> None:
        busy.set()
        gate.wait(5)

    first = asyncio.create_task(store.write(wait))
    await asyncio.to_thread(busy.wait, 5)
    others = [asyncio.create_task(store.write(work)) for work in works]
    await asyncio.sleep(0)  # every task has had its turn to ask
    gate.set()
    await first
    return await asyncio.gather(*others, return_exceptions=True)
