"""Connection: how the database file is opened, and how its troubles are told from our mistakes."""

from pathlib import Path

# The module that sqlite-utils found: pysqlite3 where it is installed, which carries a newer SQLite than Python does.
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # it is exported by custom, not by __all__

Connection = sqlite3.Connection
IntegrityError = sqlite3.IntegrityError
DatabaseError = sqlite3.DatabaseError
SQLITE_VERSION: str = sqlite3.sqlite_version
SQLITE_MODULE: str = sqlite3.__name__

PATIENCE = 2.0
"""Seconds to wait for another process's lock. Slack gives three for an answer: a "try again" is better than silence."""

_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # what was acknowledged survives a power cut: https://sqlite.org/pragma.html#pragma_synchronous
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # a REPLACE deletes too, and facts refuse that
)


def connect(path: str, *, create: bool = False, read_only: bool = False, patience: float = PATIENCE) -> Connection:
    """Open the file with our settings; a file that is not there is made only where `create` says so."""
    # mode=rw: a vanished database must be noticed, not silently begun anew: https://sqlite.org/uri.html
    address = f"{Path(path).absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=patience, cached_statements=256)
    try:
        for pragma in (*_PRAGMAS, *(["PRAGMA query_only = ON"] if read_only else [])):
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def is_trouble(error: BaseException) -> bool:
    """The disk, a lock or the file refuse, and may be well again later; anything else is a mistake of ours."""
    ours = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.NotSupportedError)
    return isinstance(error, OSError) or (isinstance(error, sqlite3.DatabaseError) and not isinstance(error, ours))
