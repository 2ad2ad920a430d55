"""Erasure: the one way in which facts go, by law and on the record. docs/decisions/0020-erasing.md says why.

Two triggers refuse every change of a fact. They let go of a case that stands in `erasures`, and of any fact while
`rewriting` holds a row, which it does only inside the transaction that forgets a person. Tables are found by their
columns and not by a list, so that a table of a later release is not forgotten.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any, get_args

from bot.domain.messages import ClockName, How
from bot.domain.values import CaseNumber, UserId
from bot.ports import Forgotten, StillInCases
from storage.connection import Connection, connect
from storage.rows import text_of

_OURS = """
    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND name NOT LIKE '\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'
        AND name NOT IN ('erasures', 'rewriting')
"""
_UNCLOSED_OF = """
    SELECT DISTINCT case_number FROM people JOIN cases ON number = case_number
    WHERE person = ? AND status <> 'closed' ORDER BY case_number
"""


def erase_case(connection: Connection, number: CaseNumber, at: datetime, reason: str) -> None:
    """Remove everything that is known of a case but its number, inside a transaction."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    connection.execute(
        "INSERT INTO erasures (kind, case_number, at, reason) VALUES ('case', ?, ?, ?)", (number, text_of(at), reason)
    )
    for table in _tables(connection):
        if "case_number" in _columns(connection, table):
            connection.execute(f'DELETE FROM "{table}" WHERE case_number = ?', (number,))
    connection.execute("DELETE FROM cases WHERE number = ?", (number,))


def forget_person(connection: Connection, person: UserId, names: tuple[str, ...], at: datetime) -> Forgotten:
    """Put a pseudonym in the place of a person, wherever they are named, inside a transaction.

    The cases that named them have to be computed anew from their facts afterwards. Raises StillInCases.
    """
    unclosed = [CaseNumber(number) for (number,) in connection.execute(_UNCLOSED_OF, (person,))]
    if unclosed:
        raise StillInCases(person, tuple(unclosed))
    place = _counted(connection)
    pseudonym, words = UserId(f"former-member-{place}"), f"former member {place}"
    swap, rename = _swap(person, pseudonym, words), _rename(names, words)
    connection.create_function("swapped", 1, lambda text: swap(text) if isinstance(text, str) else text)
    connection.create_function("renamed", 1, lambda text: rename(swap(text)))
    named = _cases_naming(connection)
    connection.execute("DELETE FROM surfaces WHERE kind = 'home' AND person = ?", (person,))
    connection.execute("DELETE FROM outbox WHERE person = ? AND state <> 'sent'", (person,))
    connection.execute("UPDATE outbox SET channel = NULL, ts = NULL WHERE place = 'person' AND person = ?", (person,))
    connection.execute("INSERT INTO rewriting (pseudonym) VALUES (?)", (pseudonym,))
    for table in ("facts", "outbox"):  # the cases follow from their facts
        connection.execute(f"UPDATE {table} SET document = renamed(document) WHERE document <> renamed(document)")
    for table in _tables(connection):
        for column in _columns(connection, table, kind="TEXT"):
            connection.execute(
                f'UPDATE "{table}" SET "{column}" = swapped("{column}") WHERE "{column}" <> swapped("{column}")'
            )
    connection.execute("DELETE FROM rewriting")
    connection.execute(
        "INSERT INTO erasures (kind, pseudonym, at, reason) VALUES ('person', ?, ?, 'on request')",
        (pseudonym, text_of(at)),
    )
    return Forgotten(pseudonym=pseudonym, cases=tuple(named))


def _cases_naming(connection: Connection) -> list[CaseNumber]:
    found = connection.execute(
        """SELECT case_number FROM facts WHERE document <> renamed(document) OR delivery <> swapped(delivery)
           UNION SELECT number FROM cases WHERE document <> swapped(document) ORDER BY 1"""
    )
    return [CaseNumber(number) for (number,) in found]


def _counted(connection: Connection) -> int:
    found = connection.execute(
        """INSERT INTO numbers (name, last) VALUES ('former_member', 1)
           ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last"""
    ).fetchall()
    return int(found[0][0])


TYPED = frozenset({
    "title", "customer", "plan", "reference", "impact", "deadline_text", "about", "name", "evidence", "said", "action",
    "reason", "note", "asking", "text", "how", "contact", "what", "target", "rollback", "typed", "result",
})  # fmt: skip
"""The keys of a fact under which somebody's own words stand; every other text is a word of ours, an id or a time."""


def _swap(person: UserId, pseudonym: str, words: str) -> Callable[[str], str]:
    """Ids become the pseudonym, mentions in typed text become words. An id is no other word, so JSON stays JSON."""
    mention = re.compile(rf"<@{person}(?:\|[^<>]*)?>|@{person}(?![A-Za-z0-9])")
    alone = re.compile(rf"(?<![A-Za-z0-9]){person}(?![A-Za-z0-9])")
    return lambda text: alone.sub(pseudonym, mention.sub(words, text))


def _rename(names: tuple[str, ...], words: str) -> Callable[[str], str]:
    """A document whose typed texts hold these names no more; one without them comes back as it was."""
    known = sorted((n for n in names if n), key=len, reverse=True)
    if not known:
        return lambda document: document
    name = re.compile("|".join(f"{_before(n)}{re.escape(n)}{_after(n)}" for n in known), re.IGNORECASE)

    def renamed(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: renamed(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [renamed(v, key) for v in value]
        ours = key not in TYPED or value in (*get_args(How), *get_args(ClockName))
        return value if ours or not isinstance(value, str) else name.sub(words, value)

    def rename(document: str) -> str:
        before = json.loads(document)
        after = renamed(before)
        return document if after == before else json.dumps(after, ensure_ascii=False, separators=(",", ":"))

    return rename


def _before(name: str) -> str:
    return r"(?<![A-Za-z0-9])" if name[0].isascii() else ""


def _after(name: str) -> str:
    return r"(?![A-Za-z0-9])" if name[-1].isascii() else ""


def _tables(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute(_OURS).fetchall()]


def _columns(connection: Connection, table: str, kind: str = "") -> Iterator[str]:
    for _, name, declared, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
        if declared.startswith(kind):
            yield name


# ---------------------------------------------------------------- the bytes


def scrub(path: str, *, whole: bool) -> bool:
    """Write what was removed out of the log file as well; `whole` builds the file anew. Whether nobody was in the way.

    What is removed is overwritten in its page at once (`secure_delete`); a page's older state can stand in the -wal
    until a checkpoint empties it, and pages that were split before may hold old bytes until VACUUM.
    """
    with closing(connect(path)) as connection:
        if whole:
            connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
