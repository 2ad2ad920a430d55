"""Lock: one Jibungoto for one database, so that no reminder is sent by two. A killed process lets go by itself."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import IO

from storage.connection import make_private

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds that a successor waits which does not stand by: the one before may still be finishing what it has in hand."""
TOLD_EVERY = 300.0
"""Ours: seconds between two lines of a standby."""
LOOK_EVERY = 0.2


class AlreadyInUse(Exception):
    """{path} is in use by another Jibungoto: stop that one first, or name another JIBUNGOTO_DATABASE."""

    def __init__(self, path: str) -> None:
        super().__init__((type(self).__doc__ or "").format(path=path))


@asynccontextmanager
async def sole_user(
    path: str,
    *,
    patience: float | None = PATIENCE,
    told_every: float = TOLD_EVERY,
    meanwhile: Callable[[], AbstractAsyncContextManager[None]] = lambda: nullcontext(),
) -> AsyncIterator[None]:
    """Hold the database's lock file for as long as the block lasts. Raises AlreadyInUse, OSError.

    With no `patience` we stand by until the other one ends, however long. `meanwhile` is entered while we wait.
    """
    file = _opened(f"{path}.lock")
    try:
        if not _locked(file):
            async with meanwhile():
                await _wait(path, file, patience, told_every)
        yield
    finally:
        file.close()


async def _wait(path: str, file: IO[bytes], patience: float | None, told_every: float) -> None:
    began = time.monotonic()
    told = began - told_every
    while not _locked(file):
        waited = time.monotonic() - began
        if patience is not None and waited > patience:
            raise AlreadyInUse(path)
        if time.monotonic() - told >= told_every:
            told = time.monotonic()
            if patience is None:
                log.warning("%s is in use by another Jibungoto: standing by, to take over when that one ends", path)
            else:
                log.warning("%s is in use: waiting up to %.0f s for the other Jibungoto to end", path, patience)
        await asyncio.sleep(LOOK_EVERY)
    log.warning("taking over %s after waiting for %.0f s", path, time.monotonic() - began)


def _opened(name: str) -> IO[bytes]:
    make_private(name)
    return Path(name).open("ab")


def _locked(file: IO[bytes]) -> bool:
    if sys.platform == "win32":  # no flock there; docs/operations.md says to run one process
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
