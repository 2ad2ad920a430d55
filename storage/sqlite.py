"""SqliteStore: one writer thread that commits for everybody who waits, and one reader thread beside it.

Slow disks make the group: while one COMMIT reaches the disk, work gathers, and the next transaction takes all of it.
"""

import asyncio
import logging
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from bot.domain.errors import NothingSaved
from bot.ports import Queries, Transaction
from storage.connection import PATIENCE, Connection, connect, is_trouble
from storage.erasure import scrub
from storage.schema import prepare
from storage.transaction import SqliteQueries, SqliteTransaction

if TYPE_CHECKING:
    from bot.ports import Store

T = TypeVar("T")


class Connecting(Protocol):
    """Opens a connection to the file, as `connect` does."""

    def __call__(self, path: str, *, read_only: bool, patience: float) -> Connection: ...


MOST_AT_ONCE = 500
"""Ours: the works of one transaction, so that the first of a flood does not wait for the last."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """A work on its way: who waits for it, and how it went."""

    work: Callable[[Any], Any]
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """Runs in the event loop."""
        if self.future.done():  # whoever waited has gone; the work was done all the same
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class SqliteStore:
    """A ports.Store in one SQLite file."""

    def __init__(self, path: str, *, patience: float = PATIENCE, connecting: Connecting = connect) -> None:
        """Use `open`: it prepares the file too."""
        loop = asyncio.get_running_loop()
        self.path = path
        self._writer = _Writer(path, loop, patience, connecting)
        self._reader = _Reader(path, loop, patience, connecting)
        self._closed = False

    @classmethod
    async def open(cls, path: str, *, patience: float = PATIENCE, connecting: Connecting = connect) -> Self:
        """Prepare the file and start. Raises SchemaTooNew, NotOurs, and NothingSaved where the disk refuses.

        `connecting` opens the connections of both threads: the tests give one to a disk that is slow or ill.
        """
        try:
            await asyncio.to_thread(prepare, path, patience=patience)
        except Exception as error:
            if not is_trouble(error):
                raise
            _report(path, error)
            raise _nothing_saved(error) from error
        return cls(path, patience=patience, connecting=connecting)

    async def close(self) -> None:
        """Finish what was asked, then let go of the file. Closing twice is closing once."""
        self._closed = True
        for thread in (self._writer, self._reader):
            thread.finish()
        for thread in (self._writer, self._reader):
            await asyncio.to_thread(thread.join)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction, and return when it is on disk."""
        return await self._ask(self._writer, work)

    async def read(self, query: Callable[[Queries], T]) -> T:
        """Run `query` on one snapshot of what is committed. Raises NothingSaved where the disk refuses."""
        return await self._ask(self._reader, query)

    async def scrub(self, *, whole: bool = False) -> bool:
        """Let what was erased be gone from the files too; False where somebody's reading was in the way.

        `whole` builds the file anew, which takes as long as writing it: for a bot that is stopped.
        """
        try:
            return await asyncio.to_thread(scrub, self.path, whole=whole)
        except Exception as error:
            if not is_trouble(error):
                raise
            return False

    async def _ask(self, thread: "_Clerk", work: Callable[[Any], T]) -> T:
        if self._closed:
            raise NothingSaved(f"{self.path} is closed")
        future: Future[T] = asyncio.get_running_loop().create_future()
        thread.jobs.put(Job(work, future))
        return await future


# ---------------------------------------------------------------- the two threads


class _Clerk(Thread):
    """A thread with its own connection, opened when it is needed and dropped when it fails."""

    read_only: bool

    def __init__(self, path: str, loop: AbstractEventLoop, patience: float, connecting: Connecting) -> None:
        super().__init__(name=f"storage {type(self).__name__.strip('_').lower()}", daemon=True)
        self.jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._path = path
        self._loop = loop
        self._patience = patience
        self._connect = connecting
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None
        self.start()

    def finish(self) -> None:
        """Do what was asked before, then stop."""
        self.jobs.put(None)

    def run(self) -> None:
        while batch := self._waiting():
            self._serve(batch)
            with suppress(RuntimeError):  # the loop was closed before its store: nobody waits
                self._loop.call_soon_threadsafe(_tell_all, batch)
        self._drop()

    def _waiting(self) -> list[Job]:
        """Wait for a job, and take those that wait with it. Empty when it is time to stop."""
        job = self.jobs.get()
        batch: list[Job] = []
        while job is not None:
            batch.append(job)
            if len(batch) == MOST_AT_ONCE or self.jobs.empty():
                return batch
            job = self.jobs.get()
        if batch:
            self.finish()  # the sign to stop was taken with the last jobs: read it again after them
        return batch

    def _serve(self, batch: list[Job]) -> None:
        raise NotImplementedError

    def _connected(self) -> Connection:
        """Our connection to the very file that we opened first."""
        stat = Path(self._path).stat()
        file = (stat.st_dev, stat.st_ino)
        self._file = self._file or file
        if self._file != file:
            # What is written to a removed file is lost without any error, and a -wal would mix with another's.
            raise OSError(f"{self._path} was replaced while it was in use: restart Jibungoto")
        if self._connection is None:
            self._connection = self._connect(self._path, read_only=self.read_only, patience=self._patience)
        return self._connection

    def _fail(self, batch: list[Job], error: BaseException) -> None:
        """Tell everybody of the batch, and begin anew with a fresh connection."""
        _report(self._path, error)
        for job in batch:
            job.result, job.error = None, _nothing_saved(error)
        self._drop()

    def _drop(self) -> None:
        """Close the connection, which rolls back what was not committed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Writer(_Clerk):
    """Changes: a transaction for the batch, a savepoint for each work."""

    read_only = False

    def _serve(self, batch: list[Job]) -> None:
        try:
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            before = connection.total_changes
            for job in batch:
                self._do(connection, job)
            # An empty COMMIT writes a page and waits for the disk as well: refusals and idle looks need none.
            connection.execute("COMMIT" if connection.total_changes != before else "ROLLBACK")
        except BaseException as error:
            self._fail(batch, error)

    def _do(self, connection: Connection, job: Job) -> None:
        connection.execute("SAVEPOINT work")
        try:
            transaction = SqliteTransaction(connection)
            job.result = job.work(transaction)
            transaction.check()
            connection.execute("RELEASE work")
        except BaseException as error:
            if not connection.in_transaction:
                # SQLite gave up the whole transaction, as for a full disk: https://sqlite.org/lang_transaction.html
                raise
            connection.execute("ROLLBACK TO work")
            connection.execute("RELEASE work")
            job.result, job.error = None, _told_as(self._path, error)


class _Reader(_Clerk):
    """Questions: one snapshot for those who ask together."""

    read_only = True

    def _serve(self, batch: list[Job]) -> None:
        try:
            connection = self._connected()
            connection.execute("BEGIN")
            queries = SqliteQueries(connection)
            for job in batch:
                self._ask(queries, job)
            connection.execute("COMMIT")
        except BaseException as error:
            self._fail(batch, error)

    def _ask(self, queries: SqliteQueries, job: Job) -> None:
        try:
            job.result = job.work(queries)
        except BaseException as error:
            job.error = _told_as(self._path, error)


def _tell_all(batch: list[Job]) -> None:
    for job in batch:
        job.tell()


def _told_as(path: str, error: BaseException) -> BaseException:
    """The error as the caller sees it: no word of SQLite's leaves this room."""
    if is_trouble(error):
        _report(path, error)
        return _nothing_saved(error)
    if isinstance(error, StopIteration):  # a future refuses to carry it
        return _because(RuntimeError("a work raised StopIteration"), error)
    return error


def _nothing_saved(cause: BaseException) -> BaseException:
    return _because(NothingSaved(NothingSaved.__doc__), cause)


def _because(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


def _report(path: str, error: BaseException) -> None:
    code = getattr(error, "sqlite_errorname", type(error).__name__)
    log.error("nothing was saved in %s: %s (%s)", path, error, code)


if TYPE_CHECKING:

    def _keeps_the_promise(store: SqliteStore) -> Store:
        return store
