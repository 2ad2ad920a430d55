"""Auditor: looks whether everything was said that should have been, and makes good what was not.

It trusts neither the plan nor the outbox: the rules (`bot.domain.audit`) are applied to each open case anew. What it
finds is kept, logged, counted, shown by `doctor`, told to the admin once, and repaired where that is possible.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import uuid4

from bot.desk import Desk
from bot.domain.audit import PATIENCE, Miss, miss_of, unplanned, unreached, unsaid, unwritten
from bot.domain.case import TIME, Case
from bot.domain.errors import NothingSaved
from bot.domain.messages import Notice, ReachCheckpoints, ReminderCame
from bot.domain.moment import moments
from bot.domain.values import CaseNumber, DeliveryId, UserId
from bot.ports import Alarm, DeliveryTrouble, Queries, Store, Transaction
from bot.replan import replan
from bot.watch import Herald

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=3)
CONFIRM = 5.0
"""Ours: seconds between suspecting and finding. A clock that jumped makes everything late for a moment."""
LOOKED_BACK = timedelta(hours=24)
"""Ours: how far back the letters of reminders are looked for."""
LOGGED = 20
SIGN = "audit"


class Auditor:
    """Compares what was said with what should have been, every few minutes."""

    def __init__(self, store: Store, desk: Desk, alarm: Alarm, herald: Herald, admin: UserId | None) -> None:
        self._store = store
        self._desk = desk
        self._alarm = alarm
        self._herald = herald
        self._admin = admin

    async def run(self) -> None:
        """Until cancelled."""
        planned = False
        while True:
            try:
                if not planned:  # what an upgrade plans otherwise is no finding either
                    await replan(self._store)
                    planned = True
                # At start, and after a jump of the clock, time acts first: what it does itself is no finding.
                while await self._desk.reach_due():
                    pass
                if await self.suspects():
                    await asyncio.sleep(CONFIRM)
                await self.look()
            except NothingSaved:
                log.warning("the audit waits: the database can't be written", exc_info=True)
            except Exception:
                log.exception("the audit failed in a way nobody foresaw")
            await self._alarm.sleep(None, EVERY)

    async def look(self) -> list[Miss]:
        """One pass: find, keep, repair, tell. Returns what is found now, known or not."""
        now = self._desk.now()
        found = await self.suspects()
        fresh = await self._store.write(lambda tx: [miss for miss, _ in found if tx.keep_miss(miss, now)])
        for miss in fresh[:LOGGED]:
            log.error("SEV-%d: a reminder is %s: %s, planned for %s", miss.case, miss.kind, miss.what, miss.planned)
        if len(fresh) > LOGGED:
            log.error("and %d more reminders", len(fresh) - LOGGED)
        for miss, notice in found:
            await self._repair(miss, notice)
        await self._close()
        await self._tell()
        await self._store.write(lambda tx: tx.leave_sign(SIGN, now))
        return [miss for miss, _ in found]

    # ------------------------------------------------------------ finding

    async def suspects(self) -> list[tuple[Miss, Notice | None]]:
        """What is not as it should be; for a letter that was never written, the letter."""
        now = self._desk.now()
        recent = await self._store.read(lambda q: q.reminders(now - LOOKED_BACK))
        came: dict[CaseNumber, list[ReminderCame]] = {}
        for reminded in recent:
            came.setdefault(reminded.case, []).append(reminded.fact)
        numbers = {case.number for case in await self._desk.unclosed() if case.status == "open"} | came.keys()
        found: list[tuple[Miss, Notice | None]] = []
        for number in sorted(numbers):
            found += await self._of_case(number, came.get(number, []))
        late = await self._store.read(lambda q: q.long_unsaid(now - PATIENCE))
        return [*found, *((unsaid(number, key, written, now), None) for number, key, written in late)]

    async def _of_case(self, number: CaseNumber, came: list[ReminderCame]) -> list[tuple[Miss, Notice | None]]:
        now = self._desk.now()

        def seen(q: Queries) -> tuple[Case | None, dict[str, datetime], list[str]]:
            return q.case(number), q.planned(number), q.letters(number) if came else []

        case, planned, letters = await self._store.read(seen)
        if case is None:
            return []
        found: list[tuple[Miss, Notice | None]] = [(miss, None) for miss in unreached(case, now)]
        found += [(miss, None) for miss in unplanned(case, planned, now)]
        return found + [(miss_of(case, notice, now), notice) for notice in unwritten(case, came, letters)]

    # ------------------------------------------------------------ making good

    async def _repair(self, miss: Miss, notice: Notice | None) -> None:
        now = self._desk.now()
        if miss.kind == "unreached":
            delivery = DeliveryId(f"audit:{miss.case}:{uuid4().hex}")
            await self._desk.handle(ReachCheckpoints(delivery=delivery, by=TIME, case=miss.case))
        elif miss.kind == "unplanned":
            await self._store.write(lambda tx: _plan_anew(tx, miss.case))
        elif notice is not None:
            await self._store.write(lambda tx: tx.enqueue(notice, now))
        self._desk.ring()

    async def _close(self) -> None:
        """What is not found any more was made good: by us, by the courier, or by an end of the case."""
        now = self._desk.now()
        still = {miss.key for miss, _ in await self.suspects()}

        def close(tx: Transaction) -> None:
            for miss in tx.misses(unrepaired=True, limit=1000):
                if miss.key not in still:
                    tx.repair_miss(miss.key, now)

        await self._store.write(close)

    async def _tell(self) -> None:
        if self._admin is None:
            return
        now = self._desk.now()
        untold = [m for m in await self._store.read(lambda q: q.misses(untold=True)) if now - m.found_at < LOOKED_BACK]
        if not untold:
            return
        try:
            await self._herald.alarm(self._admin, untold)
        except DeliveryTrouble as trouble:
            log.warning("the admin could not be told of %d findings: %s", len(untold), trouble.reason)
            return
        await self._store.write(lambda tx: tx.tell_misses([miss.key for miss in untold], now))


def _plan_anew(tx: Transaction, number: CaseNumber) -> None:
    case = tx.case(number)
    if case is not None:
        tx.save(case, moments(case))
