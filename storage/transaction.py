"""Transaction: what one `work` can ask and change. It begins and ends nothing: sqlite.py does."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any
from uuid import uuid4

from bot.domain.case import TIME, Case, replay
from bot.domain.errors import AreaTaken
from bot.domain.messages import Fact, Notice, PersonForgotten
from bot.domain.moment import Moment
from bot.domain.sla import checkpoints as plan
from bot.domain.values import AreaKey, CaseNumber, ChannelId, DeliveryId, Timestamp, UserId
from bot.ports import Answer, Count, Forgotten, Letter, Parked, Receipt, Surface, SurfaceKind, Told
from storage import rows
from storage import statements as sql
from storage.connection import Connection, IntegrityError
from storage.erasure import erase_case, forget_person
from storage.lanes import LaneQueries
from storage.loads import LoadQueries
from storage.memory import MemoryChanges, MemoryQueries
from storage.rows import moment_of, text_of
from storage.shift_letters import ShiftChanges, ShiftQueries
from storage.shift_statements import DOUBT_SHIFT_LETTERS, RECOVER_SHIFT_LETTERS, RETRY_SHIFT_LETTERS
from storage.watching import WatchingChanges, WatchingQueries

NOTHING_LEFT = "nothing left to say"


class SqliteQueries(WatchingQueries, LaneQueries, ShiftQueries, MemoryQueries, LoadQueries):
    """Questions to the database, as ports.Queries promises them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # cases

    def case(self, number: CaseNumber) -> Case | None:
        return self._one_case(sql.CASE, number)

    def by_thread(self, channel: ChannelId, thread: Timestamp) -> Case | None:
        return self._one_case(sql.CASE_BY_THREAD, channel, thread)

    def by_card(self, channel: ChannelId, card: Timestamp) -> Case | None:
        return self._one_case(sql.CASE_BY_CARD, channel, card)

    def by_reference(self, channel: ChannelId, reference: str) -> Case | None:
        return self._one_case(sql.CASE_BY_REFERENCE, channel, rows.reference_of(reference))

    def unclosed(self, channel: ChannelId | None = None, most: int | None = None) -> list[Case]:
        limit = -1 if most is None else most
        if channel is None:
            return self._cases(sql.UNCLOSED, limit)
        return self._cases(sql.UNCLOSED_IN_CHANNEL, channel, limit)

    def count_unclosed(self, channel: ChannelId) -> int:
        found: int = self._all(sql.COUNT_UNCLOSED, channel)[0][0]
        return found

    def of_person(self, person: UserId) -> list[Case]:
        return self._cases(sql.CASES_OF_PERSON, person)

    def open_numbers(self) -> list[CaseNumber]:
        return [number for (number,) in self._all(sql.OPEN_NUMBERS)]

    def opened_since(self, moment: datetime, channel: ChannelId, most: int) -> list[Case]:
        return self._cases(sql.OPENED_SINCE, text_of(moment), channel, most)

    # history

    def facts(self, number: CaseNumber) -> list[Told]:
        return [rows.told_of(row) for row in self._all(sql.FACTS, number)]

    def answer(self, delivery: DeliveryId) -> Answer | None:
        found = self._first(sql.DELIVERY, delivery)
        if found is None:
            return None
        number, first, last = found
        case = self.case(number)
        assert case is not None  # a foreign key says so
        facts = tuple(rows.fact_of(document) for (document,) in self._all(sql.FACTS_BETWEEN, number, first, last))
        return Answer(case=case, facts=facts)

    # time

    def due(self, now: datetime, limit: int) -> list[CaseNumber]:
        with closing(self._connection.execute(sql.DUE, (text_of(now),))) as in_order:
            return list(islice(_once(number for (number,) in in_order), limit))

    def next_due(self) -> datetime | None:
        return self._moment(sql.NEXT_DUE)

    def next_reminder(self, owner: UserId, after: datetime, before: datetime) -> datetime | None:
        asked = {"owner": owner, "after": text_of(after), "before": text_of(before)}
        found = self._connection.execute(sql.NEXT_REMINDER, asked).fetchone()
        return moment_of(found[0]) if found[0] else None

    def next_delivery(self, after: datetime | None = None) -> datetime | None:
        since = text_of(after) if after else ""
        times = (self._moment(sql.NEXT_LETTER, since), self._moment(sql.NEXT_SURFACE, since))
        return min((at for at in times if at is not None), default=None)

    # what was heard

    def heard(self) -> dict[ChannelId, Timestamp]:
        return dict(self._all(sql.HEARD))

    def sign(self, name: str) -> datetime | None:
        found = self._first(sql.SIGN, name)
        return moment_of(found[0]) if found else None

    # what is not said yet

    def parked(self, limit: int = 50) -> list[Parked]:
        return [rows.parked_of(row) for row in self._all(sql.PARKED, limit)]

    def erased_at(self, number: CaseNumber) -> datetime | None:
        found = self._first(sql.ERASED_AT, number)
        return moment_of(found[0]) if found else None

    def closed_before(self, moment: datetime, limit: int) -> list[CaseNumber]:
        return [number for (number,) in self._all(sql.CLOSED_BEFORE, text_of(moment), limit)]

    def naming(self, person: UserId) -> list[CaseNumber]:
        return [number for (number,) in self._all(sql.NAMING, person)]

    def count(self) -> Count:
        found = self._first(sql.COUNT)
        assert found is not None
        return Count(open=found[0], resolved=found[1], parked=found[2])

    def backlog(self, now: datetime) -> timedelta:
        oldest = self._moment(sql.OLDEST_LETTER)
        return max(now - oldest, timedelta(0)) if oldest is not None else timedelta(0)

    # how it is asked

    def _first(self, statement: str, *values: Any) -> rows.Columns | None:
        found: rows.Columns | None = self._connection.execute(statement, values).fetchone()
        return found

    def _all(self, statement: str, *values: Any) -> list[rows.Columns]:
        return self._connection.execute(statement, values).fetchall()

    def _moment(self, statement: str, *values: Any) -> datetime | None:
        found = self._first(statement, *values)
        return moment_of(found[0]) if found and found[0] is not None else None

    def _one_case(self, statement: str, *values: Any) -> Case | None:
        found = self._first(statement, *values)
        return self._read(found[0]) if found else None

    def _cases(self, statement: str, *values: Any) -> list[Case]:
        return [self._read(document) for (document,) in self._all(statement, *values)]

    def _read(self, document: str) -> Case:
        return rows.case_of(document)


class SqliteTransaction(SqliteQueries, WatchingChanges, ShiftChanges, MemoryChanges):
    """Changes to the database, as ports.Transaction promises them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._holders: dict[CaseNumber, dict[AreaKey, UserId]] = {}
        """Who held what in each case as this transaction last saw it."""
        self._named: set[CaseNumber] = set()
        self._salt: bytes | None = None

    def check(self) -> None:
        """Every case written about is there, or LookupError: the COMMIT would refuse it for the whole batch."""
        for number in self._named - self._holders.keys():
            if self._first(sql.CASE_EXISTS, number) is None:
                raise LookupError(f"something was written about case {number}, which is not in the store")

    # cases

    def new_number(self) -> CaseNumber:
        found = self._all(sql.NEW_NUMBER)
        return CaseNumber(found[0][0])

    def save(self, case: Case, moments: Sequence[Moment]) -> None:
        self._run(sql.SAVE_CASE, rows.case_row(case))
        if case.thread is not None:
            self._run(sql.KEEP_THREAD, (case.channel, case.thread, case.number))
        self._keep_claims(case)
        self._keep_people(case)
        self._keep_checkpoints(case.number, moments)
        self.keep_likeness(case)
        self._holders[case.number] = rows.holders_of(case)

    def _keep_claims(self, case: Case) -> None:
        kept: dict[AreaKey, UserId] = dict(self._all(sql.CLAIMS, case.number))
        wanted, seen = rows.holders_of(case), self._holders.get(case.number, {})
        for area, holder in kept.items():
            # An area passes to another holder only where this transaction saw who held it; else it lost a race.
            if area not in wanted or (wanted[area] != holder and seen.get(area) == holder):
                self._run(sql.RELEASE, (case.number, area))
        for area, holder in wanted.items():
            if kept.get(area) != holder:
                self._claim(case.number, area, holder)

    def _claim(self, number: CaseNumber, area: AreaKey, holder: UserId) -> None:
        try:
            self._run(sql.CLAIM, (number, area, holder))
        except IntegrityError:
            winner = self._first(sql.HOLDER, number, area)
            if winner is None:
                raise
            raise AreaTaken(number=number, holder=winner[0], area=area, key=area) from None

    def _keep_people(self, case: Case) -> None:
        kept, wanted = set(self._all(sql.PEOPLE, case.number)), rows.people_of(case)
        for person, role in kept - wanted:
            self._run(sql.DROP_PERSON, (case.number, person, role))
        for person, role in wanted - kept:
            self._run(sql.ADD_PERSON, (case.number, person, role))

    def _keep_checkpoints(self, number: CaseNumber, moments: Sequence[Moment]) -> None:
        """Most changes of a case move none of its moments: only what differs is written."""
        kept, wanted = set(self._all(sql.CHECKPOINTS, number)), set(rows.moment_rows(moments).values())
        for key, *_ in kept - wanted:
            self._run(sql.UNPLAN, (number, key))
        for row in wanted - kept:
            self._run(sql.PLAN, (number, *row))

    # history

    def append(self, number: CaseNumber, facts: tuple[Fact, ...], delivery: DeliveryId) -> None:
        if not facts:
            raise ValueError(f"{delivery} changed nothing: remember it instead")
        if self._first(sql.DELIVERY, delivery) is not None:
            raise ValueError(f"{delivery} was handled before: its first answer stands")
        first = 1 + self._last_seq(number)
        for seq, fact in enumerate(facts, first):
            self._run(sql.APPEND, rows.fact_row(number, seq, fact, delivery))
        self._remember(delivery, number, first, first + len(facts) - 1, facts[-1].at)

    def remember(self, delivery: DeliveryId, number: CaseNumber, at: datetime) -> None:
        last = self._last_seq(number)
        self._remember(delivery, number, last + 1, last, at)

    def leave_sign(self, name: str, at: datetime) -> None:
        self._run(sql.LEAVE_SIGN, (name, text_of(at)))

    def keep_heard(self, marks: Mapping[ChannelId, Timestamp], at: datetime) -> None:
        for channel, ts in marks.items():
            self._run(sql.KEEP_HEARD, (channel, ts, text_of(at)))

    def _last_seq(self, number: CaseNumber) -> int:
        self._named.add(number)
        found = self._first(sql.LAST_SEQ, number)
        return found[0] if found else 0

    def _remember(self, delivery: DeliveryId, number: CaseNumber, first: int, last: int, at: datetime) -> None:
        self._run(sql.REMEMBER, (delivery, number, first, last, text_of(at)))

    # outbox

    def enqueue(self, notice: Notice, at: datetime, until: datetime | None = None) -> None:
        self._named.add(notice.case)
        self._run(sql.ENQUEUE, rows.notice_row(notice, self._name(notice.key), at, until))

    def _name(self, key: str) -> str:
        """Opaque, and the same each time: a letter that was said before a restore is found by it."""
        if self._salt is None:
            self._salt = bytes.fromhex(self._all(sql.SALT)[0][0])
        return blake2b(key.encode(), key=self._salt, digest_size=16).hexdigest()

    def take_letters(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[Letter]:
        if only is None:
            found = self._all(sql.LETTERS, text_of(now), limit)
        else:
            found = self._all(sql.THESE_LETTERS, text_of(now), json.dumps(list(only)))[:limit]
        return [letter for row in found if (letter := self._leased(row, now)) is not None]

    def take_together(self, person: UserId, now: datetime, limit: int, beside: Collection[str]) -> list[Letter]:
        found = self._all(sql.THEIR_REMINDERS, person, text_of(now), json.dumps(list(beside)), limit)
        return [letter for row in found if (letter := self._leased(row, now)) is not None]

    def _leased(self, row: rows.Columns, now: datetime) -> Letter | None:
        """The letter, leased; one that can't be read is parked, so that it holds up no other."""
        try:
            letter = rows.letter_of(row)
        except ValueError as error:
            self.park_letter(row[0], f"the letter can't be read: {type(error).__name__}", now)
            return None
        self._run(sql.LEASE_LETTER, (letter.id,))
        return letter

    def settle_letter(self, id: str, receipt: Receipt | None, at: datetime) -> None:
        channel, ts, reason = (receipt.channel, receipt.ts, "") if receipt else (None, None, NOTHING_LEFT)
        self._run(sql.SETTLE_LETTER, (channel, ts, text_of(at), reason, id))
        self.look_after_letter(id, at)

    def postpone_letter(self, id: str, until: datetime, reason: str, *, unsure: bool, looked: int = 0) -> None:
        self._run(sql.POSTPONE_LETTER, (int(unsure), looked, text_of(until), reason, id))

    def park_letter(self, id: str, reason: str, at: datetime) -> None:
        self._run(sql.PARK_LETTER, (text_of(at), reason, id))
        self.look_after_letter(id, at)

    # surfaces

    def touch(
        self,
        kind: SurfaceKind,
        at: datetime,
        *,
        case: CaseNumber | None = None,
        person: UserId | None = None,
        part: str = "",
        calm: timedelta = timedelta(0),
        only_known: bool = False,
    ) -> None:
        if case is not None:
            self._named.add(case)
        key = rows.surface_key(kind, case, person, part)
        times = self._first(sql.SURFACE_TIMES, key)
        if times is None and only_known:
            return
        values = {"key": key, "at": text_of(at), "calm_seconds": calm.total_seconds()}
        if times is None:
            new = {"kind": kind, "case_number": case, "person": person, "id": _opaque(), "not_before": text_of(at)}
            self._run(sql.ADD_SURFACE, values | new)
        else:
            self._run(sql.TOUCH_SURFACE, values | {"not_before": text_of(_calmly(times, at, calm))})

    def take_surfaces(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[Surface]:
        if only is None:
            found = self._all(sql.SURFACES, text_of(now), limit)
        else:
            found = self._all(sql.THESE_SURFACES, text_of(now), json.dumps(list(only)))[:limit]
        surfaces = [rows.surface_of(row) for row in found]
        for surface in surfaces:
            self._run(sql.LEASE_SURFACE, (surface.key,))
        return surfaces

    def settle_surface(self, key: str, shown: int, receipt: Receipt | None, at: datetime) -> None:
        times = self._first(sql.SURFACE_TIMES, key)
        if times is None:
            return
        *_, calm_seconds, _ = times
        place = {"channel": receipt.channel, "ts": receipt.ts} if receipt else {"channel": None, "ts": None}
        again = at + timedelta(seconds=calm_seconds)
        self._run(
            sql.SETTLE_SURFACE, {"key": key, "shown": shown, "at": text_of(at), "not_before": text_of(again), **place}
        )

    def postpone_surface(self, key: str, until: datetime, reason: str, *, unsure: bool, looked: int = 0) -> None:
        self._run(sql.POSTPONE_SURFACE, (int(unsure), looked, text_of(until), reason, key))

    def park_surface(self, key: str, reason: str, at: datetime) -> None:
        self._run(sql.PARK_SURFACE, (text_of(at), reason, key))

    def forget_surface(self, key: str, at: datetime) -> None:
        self._run(sql.FORGET_SURFACE, (_opaque(), text_of(at), key))

    # what a person wants tried again

    def retry(self, id: str, at: datetime) -> int:
        if not id or set(id) - set("0123456789abcdef"):
            return 0
        return self._again(f"{id}*", at)

    def retry_all(self, at: datetime) -> int:
        return self._again("*", at)

    def _again(self, pattern: str, at: datetime) -> int:
        return sum(
            self._connection.execute(statement, (text_of(at), pattern)).rowcount
            for statement in (sql.RETRY_LETTERS, sql.RETRY_SURFACES, RETRY_SHIFT_LETTERS)
        )

    # by law

    def erase(self, number: CaseNumber, at: datetime, reason: str) -> None:
        erase_case(self._connection, number, at, reason)

    def forget(self, person: UserId, names: tuple[str, ...], at: datetime) -> Forgotten:
        forgotten = forget_person(self._connection, person, names, at)
        for number in forgotten.cases:
            self.case(number)  # who held what is seen anew, by its new name
            fact = PersonForgotten(by=TIME, at=at, pseudonym=forgotten.pseudonym)
            self.append(number, (fact,), DeliveryId(f"forgotten:{forgotten.pseudonym}:{number}"))
            case = replay(tuple(told.fact for told in self.facts(number)))
            self.save(case, plan(case))
            for part in ("", *(run.part for run in case.runs)):
                self.touch("card", at, case=number, part=part, only_known=True)
        return forgotten

    # after a crash

    def recover(self, at: datetime) -> int:
        doubted = (sql.RECOVER_LETTERS, sql.RECOVER_SURFACES, RECOVER_SHIFT_LETTERS)
        if self._all(sql.COPIED):
            self._run(sql.LEAVE_SIGN, ("restored", text_of(at)))
            self._run(sql.LEAVE_GAP)
            doubted = (sql.DOUBT_LETTERS, sql.DOUBT_SURFACES, DOUBT_SHIFT_LETTERS)
        return sum(self._connection.execute(statement, (text_of(at),)).rowcount for statement in doubted)

    def hasten(self, at: datetime, beyond: datetime) -> None:
        for statement in (sql.HASTEN_LETTERS, sql.HASTEN_SURFACES):
            self._run(statement, (text_of(at), text_of(beyond)))

    # how it is written

    def _run(self, statement: str, values: Any = ()) -> None:
        self._connection.execute(statement, values)

    def _read(self, document: str) -> Case:
        case = super()._read(document)
        self._holders[case.number] = rows.holders_of(case)
        return case


def _once(numbers: Iterable[CaseNumber]) -> Iterable[CaseNumber]:
    seen: set[CaseNumber] = set()
    for number in numbers:
        if number not in seen:
            seen.add(number)
            yield number


def _opaque() -> str:
    return uuid4().hex


def _calmly(times: rows.Columns, at: datetime, calm: timedelta) -> datetime:
    """When a touched surface may be shown: calm since it was shown, and no sooner than its next attempt may be."""
    attempts, not_before, shown_at, _, state = times
    # Never later than calm from now: it may have been shown at a time that the clock, set back, has yet to reach.
    earliest = min(max(at, moment_of(shown_at) + calm), at + calm) if shown_at else at
    return max(earliest, moment_of(not_before)) if attempts and state != "parked" else earliest
