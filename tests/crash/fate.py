"""Fate: ends its own process at a named point, as a power cut would. It wraps the bot's ports and patches nothing.

Points read `WHEN WHAT`. For the store, `worked` is inside the transaction with all of its work done, `committed` after
it, before anybody is told; for the messenger, `before` and `after` are around the call to Slack. WHAT is the kind of a
fact that was appended, a step of the courier (`take letters`, `settle card`), or what is said (`deliver due person`).
Beside these it is the plain name of any method that writes or speaks (`worked enqueue`, `before find_surface`),
read from the ports: a method that is added there is a point here.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bot.domain.messages import Notice
from bot.ports import Messenger, Queries, Store, Transaction

T = TypeVar("T")


def methods(port: type, *, but: type | None = None) -> frozenset[str]:
    """What a port asks for, by name; without what another one asks for too."""
    names = {name for name in dir(port) if not name.startswith("_") and callable(getattr(port, name))}
    return frozenset(names - (methods(but) if but else frozenset()))


WRITING = methods(Transaction, but=Queries)
SPEAKING = methods(Messenger)


class Fate:
    """The `times`-th passing of `point` is the process's last act."""

    def __init__(self, point: str | None, times: int = 1, *, diary: Path | None = None) -> None:
        self._point = point
        self._left = times
        self._diary = diary

    def wrap(self, store: Store, messenger: Messenger) -> tuple[Store, Messenger]:
        return MortalStore(store, self), MortalMessenger(messenger, self)  # type: ignore[return-value]

    def passes(self, point: str) -> None:
        if self._diary is not None:
            with self._diary.open("a") as diary:
                diary.write(f"{point}\n")
        self._left -= point == self._point
        if point == self._point and self._left == 0:
            self.end()

    def end(self) -> None:
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
        if name not in WRITING:
            return method

        def noted(*given: Any, **more: Any) -> Any:
            result = method(*given, **more)
            self._done.extend([name, *(named(given, result) if named else [])])
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
    """The messenger, dying before it speaks or before it can say that it spoke; whatever its methods are."""

    def __init__(self, messenger: Messenger, fate: Fate) -> None:
        self._messenger = messenger
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._messenger, name)
        if name not in SPEAKING:
            return method

        async def mortal(*given: Any, **more: Any) -> Any:
            points = [name, *_SPOKEN.get(name, lambda _: [])(given)]
            for what in points:
                self._fate.passes(f"before {what}")
            result = await method(*given, **more)
            for what in points:
                self._fate.passes(f"after {what}")
            return result

        return mortal


_SPOKEN: dict[str, Callable[[Any], list[str]]] = {
    "deliver": lambda given: [f"deliver {_spoken(given[0].notice)}"],
    "find": lambda _: ["find letter"],
    "show": lambda given: [f"{'edit' if given[0].ts else 'post'} {given[0].kind}"],
    "find_surface": lambda _: ["find card"],
}


def _spoken(notice: Notice) -> str:
    """`case_opened channel`, or for a reminder its rung: `due thread`."""
    return f"{getattr(notice.fact, 'rung', notice.fact.kind)} {notice.place}"
