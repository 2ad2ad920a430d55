"""Courier: delivers notices and redraws cards. The only file that decides when something is sent.

A letter goes pending -> sending -> sent, or is parked with a reason. Between "Slack accepted it" and "we settled it"
the process may die: such a letter is unsure afterwards, and is looked for by its metadata before it is sent again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.desk import Desk
from bot.domain.case import TIME, Case
from bot.domain.errors import NothingSaved
from bot.domain.messages import CaseCommand, CaseOpened, LoseOwner, LoseThread, Notice, StartThread, ThreadLost
from bot.domain.notices import addressed, instead_of, still_worth_saying
from bot.domain.values import DeliveryId
from bot.pace import Limits, Pace, Rate
from bot.ports import (
    Alarm,
    DeliveryTrouble,
    Faulty,
    Letter,
    MessageGone,
    Messenger,
    PersonGone,
    Receipt,
    Stopped,
    Store,
    Surface,
    ThreadGone,
    Transaction,
    Unreachable,
    Unsure,
    Wait,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

IN_HAND = 64
"""Ours: how much is being sent at once; the lanes keep Slack's limits, this bounds our memory."""
LONGEST_SLEEP = timedelta(minutes=1)


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
        self._messenger = messenger
        self._alarm = alarm
        self._limits = limits or Limits()
        self._pace = Pace()
        self._monotonic = monotonic
        self._flying: set[asyncio.Task[None]] = set()
        self._ending = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. Slack's or the disk's trouble delays what must be said and never ends the loop."""
        while True:
            try:
                taken = await self._take(IN_HAND - len(self._flying))
                for job in taken:
                    self._fly(job)
                wake = None if taken else await self._store.read(lambda q: q.next_delivery())
            except NothingSaved:
                log.warning("messages wait: the database can't be written", exc_info=True)
                await asyncio.sleep(1)
                continue
            if len(self._flying) >= IN_HAND:
                await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            elif not taken:
                self._pace.forget_idle(self._monotonic())
                await self._alarm.sleep(wake, LONGEST_SLEEP)

    async def deliver_due(self) -> int:
        """Say everything that is due now, and return how much that was."""
        jobs = await self._take(10_000)
        await asyncio.gather(*(job() for job in jobs))
        return len(jobs)

    async def recover(self) -> None:
        """At start: what a dead process had in hand may or may not have arrived."""
        now = self._desk.now()
        unsure = await self._store.write(lambda tx: tx.recover(now))
        if unsure:
            log.info("%d messages were in hand when the last process ended: looking for them first", unsure)

    async def finish(self, seconds: float) -> None:
        """Let what is in the air land, for so long; what still waits for its turn goes back into the queue."""
        self._ending.set()
        if self._flying:
            await asyncio.wait(self._flying, timeout=seconds)
        for task in self._flying:
            task.cancel()

    async def _take(self, room: int) -> list[Callable[[], Awaitable[None]]]:
        now = self._desk.now()
        due = await self._store.read(lambda q: q.next_delivery())
        if due is None or due > now or room <= 0:
            return []
        letters, surfaces = await self._store.write(
            lambda tx: (tx.take_letters(now, room), tx.take_surfaces(now, room))
        )
        letter_jobs = [(lambda letter=letter: self._letter(letter)) for letter in letters]
        return [*letter_jobs, *((lambda surface=surface: self._surface(surface)) for surface in surfaces)]

    def _fly(self, job: Callable[[], Awaitable[None]]) -> None:
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

    # ------------------------------------------------------------ letters

    async def _letter(self, letter: Letter) -> None:
        try:
            receipt = await self._said(letter)
        except DeliveryTrouble as trouble:
            await self._trouble(letter, trouble)
        except Exception:
            log.exception("sending %s failed in a way nobody foresaw", letter.notice.key)
            await self._put_off_letter(letter, Unsure("unforeseen"))
        else:
            await self._settle(letter, receipt)

    async def _said(self, letter: Letter) -> Receipt | None:
        """Say it, unless it stands there already or is no longer true. Raises DeliveryTrouble."""
        case = await self._desk.find(letter.notice.case)
        if letter.unsure and (found := await self._messenger.find(letter, case)) is not None:
            return found
        await self._turns({_lane(letter.notice, case): self._limits.channel, "chat.postMessage": self._limits.posts})
        # Read again after waiting: the re-check is of this moment, not of when the letter was taken.
        case = await self._desk.find(letter.notice.case)
        if not still_worth_saying(case, letter.notice):
            return None
        letter = letter.model_copy(update={"notice": addressed(case, letter.notice)})
        return await self._messenger.deliver(letter, case, self._desk.now())

    async def _written(self, work: Callable[[Transaction], None]) -> None:
        """Write down how it went, however long the disk refuses: a letter in hand must not be forgotten."""
        await _insist(lambda: self._store.write(work))

    async def _act(self, command: CaseCommand) -> None:
        """Let the desk know what became of a message, however long the disk refuses."""
        await _insist(lambda: self._desk.handle(command))

    async def _settle(self, letter: Letter, receipt: Receipt | None) -> None:
        notice = letter.notice
        if receipt is not None and isinstance(notice.fact, CaseOpened | ThreadLost) and notice.place == "channel":
            delivery = DeliveryId(f"letter:{letter.id}")
            await self._act(StartThread(delivery=delivery, by=TIME, case=notice.case, thread=receipt.ts))
        now = self._desk.now()
        await self._written(lambda tx: tx.settle_letter(letter.id, receipt, now))

    async def _trouble(self, letter: Letter, trouble: DeliveryTrouble) -> None:
        case = await _insist(lambda: self._desk.find(letter.notice.case))
        match trouble:
            case Wait():
                self._pace.shut(_lane(letter.notice, case), trouble.seconds, self._monotonic())
                await self._put_off_letter(letter, trouble, seconds=trouble.seconds)
            case ThreadGone():
                await self._lose_thread(case)
                await self._put_off_letter(letter, trouble, seconds=0)
            case Unreachable():
                await self._elsewhere(letter, case, trouble)
            case Faulty():
                log.error("%s can't be said: %s", letter.notice.key, trouble.reason)
                await self._park(letter, trouble.reason)
            case Stopped():
                log.error("Slack refuses us: %s", trouble.reason)
                await self._put_off_letter(letter, trouble, seconds=60)
            case _:
                await self._put_off_letter(letter, trouble)

    async def _put_off_letter(self, letter: Letter, trouble: DeliveryTrouble, seconds: float | None = None) -> None:
        until = self._desk.now() + timedelta(seconds=_backoff(letter.attempts) if seconds is None else seconds)
        unsure = isinstance(trouble, Unsure) or letter.unsure
        await self._written(lambda tx: tx.postpone_letter(letter.id, until, trouble.reason, unsure=unsure))

    async def _park(self, letter: Letter, reason: str) -> None:
        now = self._desk.now()
        await self._written(lambda tx: tx.park_letter(letter.id, reason, now))

    async def _elsewhere(self, letter: Letter, case: Case, trouble: DeliveryTrouble) -> None:
        """This place is broken: say it in another one, once, and keep the broken one where people see it."""
        log.warning("%s can't be reached: %s", letter.notice.key, trouble.reason)
        now = self._desk.now()
        instead = instead_of(case, letter.notice)

        def both(tx: Transaction) -> None:
            tx.park_letter(letter.id, trouble.reason, now)
            for notice in instead:
                tx.enqueue(notice, now)

        await self._written(both)
        if isinstance(trouble, PersonGone) and letter.notice.to == case.owner:
            await self._act(LoseOwner(delivery=DeliveryId(f"gone:{letter.id}"), by=TIME, case=case.number))
        self._alarm.ring()

    async def _lose_thread(self, case: Case) -> None:
        if case.thread is not None:
            delivery = DeliveryId(f"thread-gone:{case.number}:{case.thread}")
            await self._act(LoseThread(delivery=delivery, by=TIME, case=case.number, thread=case.thread))

    # ------------------------------------------------------------ surfaces

    async def _surface(self, surface: Surface) -> None:
        try:
            cases = await self._pictured(surface)
            receipt = None
            if surface.unsure and surface.ts is None and surface.kind == "card":
                receipt = await self._messenger.find_surface(surface, cases[0])
                if receipt is not None:
                    surface = surface.model_copy(update={"channel": receipt.channel, "ts": receipt.ts})
            await self._turns(self._lanes(surface, cases))
            cases = await self._pictured(surface)
            receipt = await self._messenger.show(surface, cases, self._desk.now()) or receipt
        except DeliveryTrouble as trouble:
            await self._surface_trouble(surface, trouble)
            return
        except Exception:
            log.exception("drawing %s failed in a way nobody foresaw", surface.key)
            await self._put_off_surface(surface, Unsure("unforeseen"))
            return
        now = self._desk.now()
        await self._written(lambda tx: tx.settle_surface(surface.key, surface.wanted, receipt, now))

    async def _pictured(self, surface: Surface) -> tuple[Case, ...]:
        if surface.case is not None:
            return (await self._desk.find(surface.case),)
        assert surface.person is not None
        return tuple(await self._desk.mine(surface.person))

    def _lanes(self, surface: Surface, cases: tuple[Case, ...]) -> dict[str, Rate]:
        if surface.kind == "home":
            return {"views.publish": self._limits.homes}
        if surface.ts is not None:
            return {"chat.update": self._limits.updates}
        return {f"channel {cases[0].channel}": self._limits.channel, "chat.postMessage": self._limits.posts}

    async def _surface_trouble(self, surface: Surface, trouble: DeliveryTrouble) -> None:
        now = self._desk.now()
        match trouble:
            case MessageGone():
                await self._written(lambda tx: tx.forget_surface(surface.key, now))
            case ThreadGone():
                await self._put_off_surface(surface, trouble, seconds=1)
                await self._lose_thread((await self._pictured(surface))[0])
            case Unreachable() | Faulty():
                log.warning("%s can't be shown: %s", surface.key, trouble.reason)
                await self._written(lambda tx: tx.park_surface(surface.key, trouble.reason, now))
            case Wait() | Stopped():
                await self._put_off_surface(surface, trouble, seconds=trouble.seconds or 60)
            case _:
                await self._put_off_surface(surface, trouble)

    async def _put_off_surface(self, surface: Surface, trouble: DeliveryTrouble, seconds: float | None = None) -> None:
        until = self._desk.now() + timedelta(seconds=_backoff(surface.attempts) if seconds is None else seconds)
        unsure = isinstance(trouble, Unsure) or surface.unsure
        await self._written(lambda tx: tx.postpone_surface(surface.key, until, trouble.reason, unsure=unsure))

    async def _turns(self, lanes: dict[str, Rate]) -> None:
        wait = max(self._pace.turn(lane, rate, self._monotonic()) for lane, rate in lanes.items())
        if wait > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)
        if self._ending.is_set():
            raise Wait("this process ends", seconds=0.001)


async def _insist(attempt: Callable[[], Awaitable[T]]) -> T:
    """The result, tried again each second while the database can't be used."""
    while True:
        try:
            return await attempt()
        except NothingSaved:
            await asyncio.sleep(1)


def _lane(notice: Notice, case: Case) -> str:
    return f"channel {notice.to or case.channel}"


def _backoff(attempts: int) -> float:
    """Seconds before the next try: 2, 4, 8 … up to five minutes."""
    return float(min(2 ** min(attempts + 1, 9), 300))
