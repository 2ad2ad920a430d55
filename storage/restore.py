"""Restore: a copy takes the place of the database; what was there is kept beside it."""

import itertools
import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from bot.domain.values import Value
from storage.connection import DatabaseError, connect
from storage.rows import moment_of
from storage.schema import STEPS, NotOurs, SchemaTooNew, applied_to
from storage.upkeep import backup


class Damaged(Exception):
    """{path} can't be restored from: {fault}. Take an older copy."""

    def __init__(self, path: str, fault: object) -> None:
        super().__init__((type(self).__doc__ or "").format(path=path, fault=fault))


class Restored(Value):
    """What was put in place: how many cases, and until when it knows everything (None where it knows no case)."""

    cases: int
    until: datetime | None
    replaced: str | None
    """Where the database that was there lies now."""


def restore(copy: str, path: str) -> Restored:
    """Check `copy` whole, and put it in the place of the database at `path`, which nobody may be using.

    The copy itself stays as it is. Raises FileNotFoundError, Damaged, NotOurs, SchemaTooNew, having changed nothing.
    """
    Path(copy).stat()
    if Path(path).exists() and Path(copy).samefile(path):
        raise Damaged(copy, "it is the database itself")
    cases, until = _examined(copy)
    ready = f"{path}.restored"
    backup(copy, ready)
    replaced = _put_aside(path)
    os.replace(ready, path)
    return Restored(cases=cases, until=until, replaced=replaced)


def _examined(copy: str) -> tuple[int, datetime | None]:
    try:
        with closing(connect(copy, read_only=True)) as connection:
            fault = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if fault != "ok":
                raise Damaged(copy, fault)
            applied = applied_to(Database(connection))
            if not applied:
                raise NotOurs(copy)
            if applied - {step.__name__ for step in STEPS}:
                raise SchemaTooNew(copy, len(applied), len(STEPS))
            cases, until = connection.execute("SELECT count(*), max(changed_at) FROM cases").fetchone()
            return cases, moment_of(until) if until else None
    except DatabaseError as error:
        raise Damaged(copy, error) from error


def _put_aside(path: str) -> str | None:
    """The database and its write-ahead log under another name, still readable together."""
    if not Path(path).exists():
        return None
    names = (f"{path}.replaced{number}" for number in itertools.chain([""], (f"-{n}" for n in itertools.count(2))))
    name = next(name for name in names if not Path(name).exists())
    # The log first: a log without its database is ignored, but a log beside another database would be mixed with it.
    for ending in ("-wal", "-shm", ""):
        if Path(path + ending).exists():
            os.replace(path + ending, name + ending)
    return name
