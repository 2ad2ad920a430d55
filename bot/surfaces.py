"""Surfaces: one card or home tab on its way: drawn where it stands, posted where it does not, or parked."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from bot.desk import Desk
from bot.domain.case import TIME, Case
from bot.domain.messages import CaseCommand, FindPlace, LosePlace, LoseThread
from bot.domain.values import DeliveryId
from bot.letters import NotSeenYet, Unforeseen, find
from bot.pace import EDITS, HOMES, LOOKING, POSTS, Pace
from bot.patience import LOOK_AGAIN, LOOKS, insist, is_over, pause
from bot.ports import (
    DeliveryTrouble,
    Faulty,
    Limited,
    MessageGone,
    Messenger,
    Receipt,
    Stopped,
    Store,
    Surface,
    ThreadGone,
    Transaction,
    Unreachable,
    Unreadable,
    Unsure,
    Wait,
)

log = logging.getLogger(__name__)


def _works_again(case: Case, posted: Receipt | None) -> bool:
    """Whether a card that was shown says that its channel can be written to, against what was known."""
    lost = case.lost(None)
    return lost is not None and (posted is not None or not lost.edits)


class Surfaces:
    """Shows a surface that was taken, and writes down how that went."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        messenger: Messenger,
        pace: Pace,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._desk = desk
        self._messenger = messenger
        self._pace = pace
        self._monotonic = monotonic

    async def carry(self, surface: Surface) -> None:
        """Take one step with it."""
        try:
            receipt, cases = await self._shown(surface)
        except DeliveryTrouble as trouble:
            await self._trouble(surface, trouble)
            return
        except Exception as error:
            log.exception("drawing %s failed in a way nobody foresaw", surface.key)
            await self._trouble(surface, Unforeseen(f"unforeseen: {type(error).__name__}"))
            return
        if surface.case is not None and _works_again(cases[0], receipt):
            found = DeliveryId(f"found:{surface.id}:{surface.wanted}")
            await self._act(FindPlace(delivery=found, by=TIME, case=surface.case))
        now = self._desk.now()
        await self._written(lambda tx: tx.settle_surface(surface.key, surface.wanted, receipt, now))

    async def _shown(self, surface: Surface) -> tuple[Receipt | None, tuple[Case, ...]]:
        cases = await self._pictured(surface)
        receipt = None
        if surface.unsure and surface.ts is None and surface.kind == "card":
            receipt = await self._messenger.find_surface(surface, cases[0])
            if receipt is not None:
                surface = surface.model_copy(update={"channel": receipt.channel, "ts": receipt.ts})
            elif surface.looked + 1 < LOOKS:
                raise NotSeenYet("not seen in its thread")
        if surface.person is not None:
            parked = tuple(await self._desk.parked_for(surface.person))
            surface = surface.model_copy(update={"parked": parked})
        return await self._messenger.show(surface, cases, self._desk.now()) or receipt, cases

    async def _pictured(self, surface: Surface) -> tuple[Case, ...]:
        if surface.case is not None:
            return (await find(self._desk, surface.case),)
        assert surface.person is not None
        return tuple(await self._desk.mine(surface.person))

    async def _trouble(self, surface: Surface, trouble: DeliveryTrouble) -> None:
        now = self._desk.now()
        match trouble:
            case NotSeenYet():
                await self._put_off(surface, trouble, seconds=LOOK_AGAIN, looked=surface.looked + 1)
            case MessageGone():
                await self._written(lambda tx: tx.forget_surface(surface.key, now))
            case ThreadGone():
                await self._put_off(surface, trouble, seconds=1)
                await self._lose_thread(surface)
            case Unreachable():
                await self._lose_place(surface, trouble.reason)
                await self._park(surface, trouble.reason)
            case Unreadable():
                await self._park(surface, f"it may stand there, and nobody can look: {trouble.reason}")
            case Faulty():
                await self._park(surface, trouble.reason)
            case Limited():
                self._shut(surface, trouble)
                await self._put_off(surface, trouble, seconds=trouble.seconds)
            case Wait() | Stopped():
                await self._put_off(surface, trouble, seconds=trouble.seconds or 60)
            case _:
                await self._put_off(surface, trouble)

    def _shut(self, surface: Surface, trouble: Limited) -> None:
        now = self._monotonic()
        if trouble.method.startswith("conversations."):
            self._pace.shut(LOOKING, trouble.seconds, now)
        elif surface.kind == "home":
            self._pace.shut(HOMES, trouble.seconds, now)
        else:
            self._pace.shut(EDITS if surface.ts else POSTS, trouble.seconds, now)

    async def _put_off(
        self, surface: Surface, trouble: DeliveryTrouble, *, seconds: float | None = None, looked: int | None = None
    ) -> None:
        if is_over(surface.attempts, timedelta(0), foreseen=not isinstance(trouble, Unforeseen)):
            await self._park(surface, f"given up after {surface.attempts + 1} tries: {trouble.reason}")
            return
        until = self._desk.now() + timedelta(seconds=pause(surface.attempts) if seconds is None else seconds)
        lost = isinstance(trouble, Unsure)
        seen = 0 if lost else surface.looked if looked is None else looked
        unsure = lost or surface.unsure
        await self._written(
            lambda tx: tx.postpone_surface(surface.key, until, trouble.reason, unsure=unsure, looked=seen)
        )

    async def _park(self, surface: Surface, reason: str) -> None:
        log.warning("%s can't be shown: %s", surface.key, reason)
        now = self._desk.now()

        def park(tx: Transaction) -> None:
            tx.park_surface(surface.key, reason, now)
            if surface.case is not None:
                self._desk.show_parked(tx, surface.case, now)

        await self._written(park)

    async def _lose_place(self, surface: Surface, reason: str) -> None:
        if surface.case is not None:
            lost = DeliveryId(f"lost:{surface.id}:{surface.wanted}")
            await self._act(LosePlace(delivery=lost, by=TIME, case=surface.case, reason=reason))

    async def _lose_thread(self, surface: Surface) -> None:
        (case,) = await self._pictured(surface)
        if case.thread is not None:
            delivery = DeliveryId(f"thread-gone:{case.number}:{case.thread}")
            await self._act(LoseThread(delivery=delivery, by=TIME, case=case.number, thread=case.thread))

    async def _written(self, work: Callable[[Transaction], None]) -> None:
        await insist(lambda: self._store.write(work))

    async def _act(self, command: CaseCommand) -> None:
        await insist(lambda: self._desk.handle(command))
