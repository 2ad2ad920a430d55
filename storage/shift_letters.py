"""Shift letters: what bot.ports promises of them, over the database."""

from datetime import datetime, timedelta
from typing import Any, Literal

from bot.domain.case import Case
from bot.domain.shift_letter import ShiftLetter, ShiftLetterKind
from bot.domain.values import UserId
from bot.ports import Receipt, ShiftLetterHeld, ShiftLetterPast
from storage import shift_statements as sql
from storage.connection import Connection
from storage.rows import moment_of, text_of

KEPT = timedelta(days=30)
"""Ours: after that nobody asks who worked when, and nobody should."""


class ShiftQueries:
    """Questions, as bot.ports.Queries promises them."""

    _connection: Connection

    def _cases(self, statement: str, *values: Any) -> list[Case]:
        raise NotImplementedError

    def due_before(self, moment: datetime, limit: int) -> list[Case]:
        return self._cases(sql.DUE_BEFORE, text_of(moment), limit)

    def shift_letters(self, now: datetime) -> list[ShiftLetterHeld]:
        found = self._connection.execute(sql.SHIFT_LETTERS, (text_of(now),)).fetchall()
        return [_held_of(*row) for row in found]

    def had_shift_letter(self, kind: ShiftLetterKind, person: UserId, since: datetime) -> bool:
        return self._connection.execute(sql.HAD_SHIFT_LETTER, (person, kind, text_of(since))).fetchone() is not None

    def shift_letters_of(self, person: UserId) -> list[ShiftLetterPast]:
        return [_past_of(*row) for row in self._connection.execute(sql.SHIFT_LETTERS_OF, (person,)).fetchall()]


class ShiftChanges:
    """Changes, as bot.ports.Transaction promises them."""

    _connection: Connection

    def _name(self, key: str) -> str:
        raise NotImplementedError

    def keep_shift_letter(self, letter: ShiftLetter, at: datetime, *, empty: bool) -> None:
        row = {
            "id": self._name(letter.key),
            "key": letter.key,
            "kind": letter.kind,
            "person": letter.person,
            "since": text_of(letter.since),
            "until": text_of(letter.until),
            "planned": text_of(letter.planned),
            "state": "nothing" if empty else "pending",
            "at": text_of(at),
        }
        self._connection.execute(sql.FORGET_SHIFT_LETTERS, (text_of(at - KEPT),))
        self._connection.execute(sql.KEEP_SHIFT_LETTER, row)

    def lease_shift_letter(self, id: str) -> None:
        self._connection.execute(sql.LEASE_SHIFT_LETTER, (id,))

    def settle_shift_letter(
        self, id: str, state: Literal["said", "nothing", "parked"], at: datetime, reason: str, receipt: Receipt | None
    ) -> None:
        place = (receipt.channel, receipt.ts) if receipt else (None, None)
        self._connection.execute(sql.SETTLE_SHIFT_LETTER, (state, text_of(at), reason, *place, id))

    def postpone_shift_letter(self, id: str, until: datetime, reason: str, *, unsure: bool, looked: int) -> None:
        self._connection.execute(sql.POSTPONE_SHIFT_LETTER, (text_of(until), reason, int(unsure), looked, id))


def _held_of(
    id: str, kind: ShiftLetterKind, person: str, since: str, until: str, attempts: int, unsure: int, looked: int
) -> ShiftLetterHeld:
    letter = _letter_of(kind, person, since, until)
    return ShiftLetterHeld(id=id, letter=letter, attempts=attempts, unsure=bool(unsure), looked=looked)


def _past_of(
    kind: ShiftLetterKind, person: str, since: str, until: str, state: Any, settled_at: str | None
) -> ShiftLetterPast:
    settled = moment_of(settled_at) if settled_at else None
    return ShiftLetterPast(letter=_letter_of(kind, person, since, until), state=state, settled_at=settled)


def _letter_of(kind: ShiftLetterKind, person: str, since: str, until: str) -> ShiftLetter:
    return ShiftLetter(kind=kind, person=UserId(person), since=moment_of(since), until=moment_of(until))
