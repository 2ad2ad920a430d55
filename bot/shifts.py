"""Shifts: tells those on duty what falls due in their shift, and an hour before its end what it leaves to others.

A letter is written down with the moment that asks for it, and then said, like every notice; but it is about a person's
shift and several cases, so it lies in a table of its own (docs/decisions/0035).
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.clock import Clock
from bot.domain.errors import NothingSaved
from bot.domain.roster import Duty, Roster
from bot.domain.shift_letter import ShiftLetter, due_in_shift, left_to_others, letters, next_moment
from bot.patience import LOOK_AGAIN, LOOKS, insist, pause
from bot.ports import (
    Alarm,
    DeliveryTrouble,
    Faulty,
    Queries,
    Receipt,
    ShiftLetterHeld,
    Stopped,
    Store,
    Transaction,
    Unreachable,
    Unreadable,
    Unsure,
    Wait,
)

log = logging.getLogger(__name__)

LONGEST_SLEEP = timedelta(minutes=1)
"""Ours: in the last hour of a shift a promise may be made that outlives it; nobody rings for that."""
MOST = 200
"""Ours: cases that are looked at for a lead's digest; what falls due first is among them."""

Promises = Collection[tuple[Case, Clock]]


class Crier(Protocol):
    """Says shift letters as direct messages. Raises DeliveryTrouble."""

    async def digest(self, held: ShiftLetterHeld, due: Promises, now: datetime) -> Receipt: ...
    async def relief(
        self, held: ShiftLetterHeld, promises: Promises, relief: tuple[Duty, ...], roster: Roster, now: datetime
    ) -> Receipt: ...
    async def find(self, held: ShiftLetterHeld) -> Receipt | None:
        """Look for one whose answer was lost. Raises Unreadable where nobody can look."""


class Shiftkeeper:
    """Writes down which letters are due, and says them."""

    def __init__(self, store: Store, desk: Desk, crier: Crier, alarm: Alarm) -> None:
        self._store = store
        self._desk = desk
        self._crier = crier
        self._alarm = alarm

    async def run(self) -> None:
        """Until cancelled. A store that can't be written delays letters and never ends the loop."""
        while True:
            try:
                await self.look()
            except NothingSaved:
                log.warning("shift letters wait: the database can't be written", exc_info=True)
                await self._alarm.sleep(None, timedelta(seconds=1))
                continue
            roster = self._desk.config.roster
            await self._alarm.sleep(next_moment(roster, self._desk.now()) if roster else None, LONGEST_SLEEP)

    async def look(self) -> int:
        """Write down what has come to be due, say what waits, and return how much was said."""
        roster, now = self._desk.config.roster, self._desk.now()
        if roster is not None:
            for letter in letters(roster, now):
                await self._due(roster, letter, now)
        waiting = await self._store.read(lambda q: q.shift_letters(now))
        return sum([await self._carried(held) for held in waiting])

    async def _due(self, roster: Roster, letter: ShiftLetter, now: datetime) -> None:
        """Write it down, if nobody spoke of this shift yet. A digest without anything in it is remembered as that; in
        the last hour something may still come."""

        def wanted(q: Queries) -> bool | None:
            if q.had_shift_letter(letter.kind, letter.person, letter.planned):
                return None
            return bool(_content(q, roster, letter))

        something = await self._store.read(wanted)
        if something is None or (letter.kind == "relief" and not something):
            return

        def write(tx: Transaction) -> None:
            if not tx.had_shift_letter(letter.kind, letter.person, letter.planned):
                tx.keep_shift_letter(letter, now, empty=not something)

        await self._store.write(write)

    # ------------------------------------------------------------ saying

    async def _carried(self, held: ShiftLetterHeld) -> int:
        """Take one step with it; whether it was said."""
        await self._store.write(lambda tx: tx.lease_shift_letter(held.id))
        try:
            receipt = await self._said(held)
        except DeliveryTrouble as trouble:
            await self._trouble(held, trouble)
            return 0
        except Exception as error:
            log.exception("sending %s failed in a way nobody foresaw", held.letter.key)
            await self._trouble(held, Unsure(f"unforeseen: {type(error).__name__}"))
            return 0
        await self._settle(held, "said" if receipt else "nothing", receipt=receipt)
        return 1 if receipt else 0

    async def _said(self, held: ShiftLetterHeld) -> Receipt | None:
        """Say it, unless it stands there already, or there is nothing left to say. Raises DeliveryTrouble."""
        letter = held.letter
        if held.unsure:
            found = await self._crier.find(held)
            if found is not None:
                return found
            if held.looked + 1 < LOOKS:
                raise _NotSeenYet("not seen where it may stand")
        roster, now = self._desk.config.roster, self._desk.now()
        if roster is None or now >= letter.until:
            return None
        content = await self._store.read(lambda q: _content(q, roster, letter))
        if not content:
            return None
        if letter.kind == "digest":
            return await self._crier.digest(held, content, now)
        return await self._crier.relief(held, content, roster.relief(letter.person, letter.until), roster, now)

    async def _trouble(self, held: ShiftLetterHeld, trouble: DeliveryTrouble) -> None:
        log.warning("%s was not said: %s", held.letter.key, trouble.reason)
        match trouble:
            case _NotSeenYet():
                await self._put_off(held, trouble, LOOK_AGAIN, looked=held.looked + 1)
            case Wait() | Stopped():
                await self._put_off(held, trouble, trouble.seconds or 60, looked=held.looked)
            case Unreadable() | Unreachable() | Faulty():
                # What may stand there already is not said twice: nobody misses a promise for want of it.
                await self._settle(held, "parked", trouble.reason)
            case _:
                await self._put_off(held, trouble, pause(held.attempts))

    async def _put_off(
        self, held: ShiftLetterHeld, trouble: DeliveryTrouble, seconds: float, *, looked: int = 0
    ) -> None:
        until, unsure = self._desk.now() + timedelta(seconds=seconds), held.unsure or isinstance(trouble, Unsure)
        await insist(
            lambda: self._store.write(
                lambda tx: tx.postpone_shift_letter(held.id, until, trouble.reason, unsure=unsure, looked=looked)
            )
        )

    async def _settle(
        self,
        held: ShiftLetterHeld,
        state: Literal["said", "nothing", "parked"],
        reason: str = "",
        receipt: Receipt | None = None,
    ) -> None:
        now = self._desk.now()
        await insist(lambda: self._store.write(lambda tx: tx.settle_shift_letter(held.id, state, now, reason, receipt)))


class _NotSeenYet(DeliveryTrouble):
    """It was looked for and not found; Slack may show it in a moment."""


def _content(q: Queries, roster: Roster, letter: ShiftLetter) -> tuple[tuple[Case, Clock], ...]:
    """What the letter has to say, as the cases are now."""
    if letter.kind == "relief":
        return left_to_others(q.of_person(letter.person), letter)
    leading = letter.person in roster.crew(letter.since).leads
    cases = q.due_before(letter.until, MOST) if leading else q.of_person(letter.person)
    return due_in_shift(cases, letter, leading=leading)
