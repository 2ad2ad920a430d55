"""Lock: one Jibungoto for one database, so that no reminder is sent by two. A killed process lets go by itself."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds that a successor waits: the one before it may still be finishing what it has in hand."""


class AlreadyInUse(Exception):
    """{path} is in use by another Jibungoto: stop that one first, or name another JIBUNGOTO_DATABASE."""

    def __init__(self, path: str) -> None:
        super().__init__((type(self).__doc__ or "").format(path=path))


@asynccontextmanager
async def sole_user(path: str, *, patience: float = PATIENCE) -> AsyncIterator[None]:
    """Hold the database's lock file for as long as the block lasts. Raises AlreadyInUse, OSError."""
    deadline = time.monotonic() + patience
    file = _opened(f"{path}.lock")
    try:
        waiting = False
        while not _locked(file):
            if not waiting:
                log.warning("%s is in use: waiting up to %.0f s for the other Jibungoto to end", path, patience)
                waiting = True
            if time.monotonic() > deadline:
                raise AlreadyInUse(path)
            await asyncio.sleep(0.2)
        yield
    finally:
        file.close()


def _opened(name: str) -> IO[bytes]:
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
