"""Upkeep: what an operator does to the file: copy it while it is in use, and look at how it is."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from bot.domain.values import Value
from bot.ports import Parked
from storage.connection import SQLITE_MODULE, SQLITE_VERSION, connect
from storage.statements import STAMP_COPY
from storage.transaction import SqliteQueries

T = TypeVar("T")


class Description(Value):
    """How a database file is, for `doctor`."""

    path: str
    sqlite_version: str
    sqlite_module: str
    schema_version: int
    journal_mode: str
    counts: dict[str, int]


def backup(path_from: str, path_to: str) -> None:
    """Copy a database that may be in use. The copy is one consistent moment, and appears whole or not at all.

    The copy knows that it is one: whoever serves from it looks at Slack before repeating anything.
    Raises FileNotFoundError where there is nothing to copy.
    """
    if Path(path_from).resolve(strict=True) == Path(path_to).resolve():
        raise ValueError(f"{path_to} is the database itself: name another file")
    unfinished = Path(f"{path_to}.unfinished")
    unfinished.unlink(missing_ok=True)
    _copy(path_from, str(unfinished))
    os.replace(unfinished, path_to)


def _copy(path_from: str, path_to: str) -> None:
    with closing(connect(path_from)) as source, closing(connect(path_to, create=True)) as target:
        source.backup(target)  # https://sqlite.org/backup.html
        if target.execute("SELECT 1 FROM sqlite_schema WHERE name = 'signs'").fetchone():  # there since schema 5
            target.execute(STAMP_COPY)
        # One file, complete by itself: no -wal beside it that could be left behind.
        target.execute("PRAGMA journal_mode = DELETE")


def describe(path: str) -> Description:
    """The versions, the journal mode and how much is in each table. Raises FileNotFoundError."""
    Path(path).stat()
    with closing(connect(path, read_only=True)) as connection:
        database = Database(connection)
        return Description(
            path=path,
            sqlite_version=SQLITE_VERSION,
            sqlite_module=SQLITE_MODULE,
            schema_version=_schema_version(database),
            journal_mode=connection.execute("PRAGMA journal_mode").fetchone()[0],
            counts={
                name: database.table(name).count
                for name in database.table_names()
                if not name.startswith(("_", "likeness"))
            },
        )


def asked(path: str, question: Callable[[SqliteQueries], T]) -> T | None:
    """The answer of a database that may be in use, which is left as it is; None where its tables are too old."""
    with closing(connect(path, read_only=True)) as connection:
        database = Database(connection)
        return question(SqliteQueries(connection)) if database.table("misses").exists() else None


def parked_in(path: str) -> list[Parked]:
    """What could not be delivered, the newest first. Raises what SQLite raises for a file that is none of ours."""
    with closing(connect(path, read_only=True)) as connection:
        return SqliteQueries(connection).parked(1000)


def _schema_version(database: Database) -> int:
    """How many migrations this database has seen."""
    if "_sqlite_migrations" not in database.table_names():
        return 0
    return database.table("_sqlite_migrations").count_where("migration_set = ?", ["jibungoto"])
