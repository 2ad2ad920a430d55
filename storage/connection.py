"""Connection: how the database file is opened, and how its troubles are told from our mistakes."""

import os
from contextlib import suppress
from pathlib import Path

# The module that sqlite-utils found: pysqlite3 where it is installed, which carries a newer SQLite than Python does.
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it is exported by custom, not by __all__

Connection = sqlite3.Connection
IntegrityError = sqlite3.IntegrityError
DatabaseError = sqlite3.DatabaseError
SQLITE_VERSION: str = sqlite3.sqlite_version
SQLITE_VERSION_INFO: tuple[int, ...] = sqlite3.sqlite_version_info
SQLITE_MODULE: str = sqlite3.__name__

PATIENCE = 2.0
"""Seconds to wait for another process's lock. Slack gives three for an answer: a "try again" is better than silence."""

PRIVATE = 0o600
"""The mode of every file that holds data: nobody but the bot's own user. SQLite gives -wal and -shm the mode of the
database (https://sqlite.org/src/file/src/os_unix.c, findCreateFileMode)."""

_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power cut: https://sqlite.org/pragma.html#pragma_synchronous
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is removed is overwritten: https://sqlite.org/pragma.html#pragma_secure_delete
    "PRAGMA recursive_triggers = ON",  # a REPLACE deletes too, and facts refuse that
)


def connect(path: str, *, create: bool = False, read_only: bool = False, patience: float = PATIENCE) -> Connection:
    """Open the file with our settings; a file that is not there is made only where `create` says so."""
    # mode=rw: a vanished database must be noticed, not silently begun anew: https://sqlite.org/uri.html
    if create:
        make_private(path)
    address = f"{Path(path).absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=patience, cached_statements=256)
    try:
        for pragma in (*_PRAGMAS, *(["PRAGMA query_only = ON"] if read_only else [])):
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(path: str) -> None:
    """Make an empty file that only we can read. One that is there keeps its mode: that is the operator's choice."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))


def is_trouble(error: BaseException) -> bool:
    """The disk, a lock or the file refuse, and may be well again later; anything else is a mistake of ours."""
    ours = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.NotSupportedError)
    return isinstance(error, OSError) or (isinstance(error, sqlite3.DatabaseError) and not isinstance(error, ours))
