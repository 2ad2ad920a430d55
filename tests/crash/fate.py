"""Fate: ends its own process at a named point, as a power cut would. It wraps the bot's ports and patches nothing.

Points read `WHEN WHAT`. For the store, `worked` is inside the transaction with all of its work done, `committed` after
it, before anybody is told; for the messenger, `before` and `after` are around the call to Slack. WHAT is the kind of a
fact that was appended, a step of the courier (`take letters`, `settle card`), or what is said (`deliver due person`).
"""

import os
import signal
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from bot.domain.case import Case
from bot.domain.messages import Notice
from bot.ports import Letter, Messenger, Queries, Receipt, Store, Surface, Transaction

T = TypeVar("T")


class Fate:
    """The `times`-th passing of `point` is the process's last act."""

    def __init__(self, point: str | None, times: int = 1) -> None:
        self._point = point
        self._left = times

    def wrap(self, store: Store, messenger: Messenger) -> tuple[Store, Messenger]:
        return MortalStore(store, self), MortalMessenger(messenger, self)

    def passes(self, point: str) -> None:
        self._left -= point == self._point
        if point == self._point and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStore:
    """The store, dying inside a transaction or just after it."""

    def __init__(self, store: Store, fate: Fate) -> None:
        self._store = store
        self._fate = fate

    async def write(self, work: Callable[[Transaction], T]) -> T:
        done: list[str] = []

        def watched(tx: Transaction) -> T:
            result = work(Watched(tx, done))  # type: ignore[arg-type]
            for what in done:
                self._fate.passes(f"worked {what}")
            return result

        result = await self._store.write(watched)
        for what in done:
            self._fate.passes(f"committed {what}")
        return result

    async def read(self, query: Callable[[Queries], T]) -> T:
        return await self._store.read(query)


class Watched:
    """A transaction whose steps are written down by name."""

    def __init__(self, tx: Transaction, done: list[str]) -> None:
        self._tx = tx
        self._done = done

    def __getattr__(self, name: str) -> Any:
        method, named = getattr(self._tx, name), _STEPS.get(name)
        if named is None:
            return method

        def noted(*given: Any, **more: Any) -> Any:
            result = method(*given, **more)
            self._done.extend(named(given, result))
            return result

        return noted


_STEPS: dict[str, Callable[[Any, Any], list[str]]] = {
    "append": lambda given, _: [fact.kind for fact in given[1]],
    "take_letters": lambda _, taken: ["take letters"] if taken else [],
    "take_surfaces": lambda _, taken: ["take card"] if taken else [],
    "settle_letter": lambda *_: ["settle letter"],
    "settle_surface": lambda *_: ["settle card"],
    "recover": lambda *_: ["recover"],
    "begin_net": lambda *_: ["lay net"],
    "settle_net": lambda *_: ["settle net"],
    "forget_net": lambda *_: ["forget net"],
}


class MortalMessenger:
    """The messenger, dying before it speaks or before it can say that it spoke."""

    def __init__(self, messenger: Messenger, fate: Fate) -> None:
        self._messenger = messenger
        self._fate = fate

    async def deliver(self, letter: Letter, case: Case, now: datetime) -> Receipt:
        what = f"deliver {_spoken(letter.notice)}"
        self._fate.passes(f"before {what}")
        receipt = await self._messenger.deliver(letter, case, now)
        self._fate.passes(f"after {what}")
        return receipt

    async def find(self, letter: Letter, case: Case) -> Receipt | None:
        self._fate.passes("before find letter")
        found = await self._messenger.find(letter, case)
        self._fate.passes("after find letter")
        return found

    async def show(self, surface: Surface, cases: tuple[Case, ...], now: datetime) -> Receipt | None:
        what = f"{'edit' if surface.ts else 'post'} {surface.kind}"
        self._fate.passes(f"before {what}")
        receipt = await self._messenger.show(surface, cases, now)
        self._fate.passes(f"after {what}")
        return receipt

    async def find_surface(self, surface: Surface, case: Case) -> Receipt | None:
        self._fate.passes("before find card")
        found = await self._messenger.find_surface(surface, case)
        self._fate.passes("after find card")
        return found


def _spoken(notice: Notice) -> str:
    """`case_opened channel`, or for a reminder its rung: `due thread`."""
    return f"{getattr(notice.fact, 'rung', notice.fact.kind)} {notice.place}"
