"""Courier: delivers notices and redraws cards. The only file that decides when something is sent.

A letter goes pending -> sending -> sent, or is parked with a reason. It is taken in the moment in which every limit of
Slack's has a turn for it, so what is most urgent then goes, and nobody waits behind a channel that is full.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from bot import bundles
from bot.desk import Desk
from bot.domain.errors import NothingSaved
from bot.letters import Letters
from bot.pace import Crowds, Limits, Turns
from bot.ports import Alarm, Letter, Messenger, Queries, Store, Surface, Transaction, Waiting
from bot.surfaces import Surfaces

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

IN_HAND = 64
"""Ours: how much is being sent at once; the lanes keep Slack's limits, this bounds our memory."""
ALL = 10_000
"""Ours: how much is taken at once where somebody waits for everything to be said."""
LONGEST_SLEEP = timedelta(minutes=1)
BREATH = 0.005
"""Ours: seconds between two looks that found nothing to send, however often somebody rings: acks go first."""
SET_BACK = timedelta(seconds=2)
"""Ours: a clock that goes back further than this was set, and not merely put right by NTP."""
LONGEST_WAIT = timedelta(minutes=10)
"""Ours: nothing is put off for longer; what waits beyond it was written while the clock was wrong."""


class Courier:
    """Takes what is due from the outbox, says it, and writes down that it was said."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        messenger: Messenger,
        alarm: Alarm,
        *,
        limits: Limits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._desk = desk
        self._alarm = alarm
        self._turns = Turns(limits or Limits())
        self._monotonic = monotonic
        pace = self._turns.pace
        self._letters = Letters(store, desk, messenger, pace, limits or Limits(), monotonic)
        self._surfaces = Surfaces(store, desk, messenger, pace, monotonic)
        self._flying: set[asyncio.Task[None]] = set()
        self._looked_at = self._desk.now()

    async def run(self) -> None:
        """Until cancelled. Slack's or the disk's trouble delays what must be said and never ends the loop."""
        while True:
            try:
                jobs, wake = await self._next(IN_HAND - len(self._flying))
            except NothingSaved:
                log.warning("messages wait: the database can't be written", exc_info=True)
                await asyncio.sleep(1)
                continue
            for job in jobs:
                self._fly(job)
            if len(self._flying) >= IN_HAND:
                await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            elif not jobs:
                await self._alarm.sleep(wake, LONGEST_SLEEP, self.until_next_turn())
                await asyncio.sleep(BREATH)

    async def deliver_due(self) -> int:
        """Say everything that is due now, each in its turn, and return how much that was."""
        said = 0
        while True:
            said += (now := await self.step())
            if now:
                continue
            wait = self.until_next_turn()
            if wait is None or not await self._is_due():
                return said
            await asyncio.sleep(wait)

    async def step(self) -> int:
        """Say what has a turn in this very moment, and return how much that was."""
        jobs, _ = await self._next(ALL)
        await asyncio.gather(*(job() for job in jobs))
        return len(jobs)

    def until_next_turn(self) -> float | None:
        """Seconds of our own time until a limit that is used up has a turn again; None where none is."""
        return self._turns.until_any(self._monotonic())

    async def recover(self) -> None:
        """At start: what a dead process had in hand may or may not have arrived."""
        now = self._desk.now()

        def anew(tx: Transaction) -> int:
            tx.hasten(now, now + LONGEST_WAIT)
            return tx.recover(now)

        unsure = await self._store.write(anew)
        if unsure:
            log.info("%d messages were in hand when the last process ended: looking for them first", unsure)

    async def finish(self, seconds: float) -> None:
        """Let what is in the air land, for so long; what waits for its turn was never taken."""
        if self._flying:
            await asyncio.wait(self._flying, timeout=seconds)
        for task in self._flying:
            task.cancel()

    # ------------------------------------------------------------ taking

    async def _next(self, room: int) -> tuple[list[Job], datetime | None]:
        """What goes now, taken; and when something else is due, apart from what waits for its turn."""
        at, now = self._desk.now(), self._monotonic()
        await self._notice_set_back(at)
        self._turns.pace.forget_idle(now)
        posts, edits = self._turns.asked(room, now)

        def look(q: Queries) -> tuple[list[Waiting], Crowds, datetime | None]:
            waiting = q.waiting(at, posts, edits)
            return waiting, q.crowds() if waiting else {}, q.next_delivery(at)

        waiting, crowds, wake = await self._store.read(look)
        going = self._turns.chosen(waiting, crowds, room, now, at)
        return (await self._taken(going, at) if going else []), wake

    async def _notice_set_back(self, at: datetime) -> None:
        if at < self._looked_at - SET_BACK:
            log.warning("the clock was set back: what waited for a time that is far again may go now")
            await self._store.write(lambda tx: tx.hasten(at, at))
        self._looked_at = at

    async def _taken(self, going: list[Waiting], at: datetime) -> list[Job]:
        ids = [one.id for one in going if one.kind == "letter"]
        keys = [one.id for one in going if one.kind == "surface"]

        def take(tx: Transaction) -> tuple[list[Letter], list[Surface]]:
            letters = tx.take_letters(at, len(ids), only=ids) if ids else []
            for person in bundles.people(letters):
                letters += tx.take_together(person, at, bundles.MOST - 1, [one.id for one in letters])
            return letters, tx.take_surfaces(at, len(keys), only=keys) if keys else []

        try:
            letters, surfaces = await self._store.write(take)
        except BaseException:
            for one in going:
                self._turns.landed(one, self._monotonic())
            raise
        jobs = self._jobs(letters, keys=[one.id for one in going])
        jobs |= {surface.key: partial(self._surfaces.carry, surface) for surface in surfaces}
        return [partial(self._carried, one, jobs.get(one.id)) for one in going]

    def _jobs(self, letters: list[Letter], keys: list[str]) -> dict[str, Job]:
        """By the letter whose turn is used for it: reminders to one person go in the turn of the first of them."""
        jobs: dict[str, Job] = {}
        for group in bundles.gathered(letters):
            turn = next((letter.id for letter in group if letter.id in keys), None)
            if turn is None:
                continue  # no turn of theirs was taken: more than one message holds
            work = partial(self._letters.carry, group[0])
            jobs[turn] = work if len(group) == 1 else partial(self._letters.carry_together, group)
        return jobs

    async def _carried(self, one: Waiting, job: Job | None) -> None:
        """Do it, and give its turns back; without a job somebody else took it meanwhile, or says it along."""
        if job is None:
            self._turns.unused(one)
            return
        try:
            await job()
        finally:
            self._turns.landed(one, self._monotonic())

    async def _is_due(self) -> bool:
        """Whether something waits for a turn of Slack's, and for nothing else."""
        due = await self._store.read(lambda q: q.next_delivery())
        return due is not None and due <= self._desk.now()

    def _fly(self, job: Job) -> None:
        async def fly() -> None:
            await job()

        task = asyncio.create_task(fly())
        self._flying.add(task)
        task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a message could not be settled", exc_info=task.exception())
        self._alarm.ring()
