"""Invariants: what must be true of the file and of Slack after any step, any death and any fault.

`Invariants(database, slack)` looks at both from outside, with a connection of its own. `structure` may be asked at any
moment; `settled` where everything that is due at this moment has been said. It remembers what it saw, since facts are
never edited. A finding is an AssertionError that names case and rule.
"""

from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from bot.domain.case import TIME, Case, evolve, replay
from bot.domain.ladder import still_true
from bot.domain.messages import (
    ContactMade,
    Fact,
    HandoffAccepted,
    NextContactPromised,
    Notice,
    ReminderCame,
)
from bot.domain.moment import moments
from bot.domain.notices import notices
from bot.domain.sla import clocks
from bot.domain.values import CaseNumber
from handlers.slack.upload import carries
from sandbox import Message, Sandbox
from storage.connection import Connection, connect
from storage.rows import holders_of, moment_rows, people_of, text_of
from storage.transaction import SqliteQueries

SAME_MOMENT = timedelta(seconds=2)
"""A reminder that was on its way when its promise was kept may still arrive."""
REPEATS = ("This may be a repeat", "Slackの応答がな")
"""How a reminder says that it may stand there already: then, and only then, it may stand there twice."""

_WAITING = """
    SELECT key, state, not_before, reason FROM outbox
    WHERE state = 'sending' OR (state = 'pending' AND (place IN ('person', 'channel')
          OR EXISTS (SELECT 1 FROM cases WHERE number = case_number AND thread IS NOT NULL)))
"""
_BEHIND = """
    SELECT key, state, reason FROM surfaces
    WHERE state = 'sending' OR (state = 'idle' AND wanted > shown AND (not_before <= ? OR attempts > 0)
          AND (kind <> 'card' OR EXISTS (SELECT 1 FROM cases WHERE number = case_number AND thread IS NOT NULL)))
"""


class Invariants:
    """The checker of one world."""

    def __init__(self, database: str, slack: Sandbox, *, went_back: bool = False) -> None:
        """`went_back`: a copy took the database's place, so Slack shows what it does not know of."""
        self._went_back = went_back
        self._database = database
        self._slack = slack
        self._seen: dict[int, list[Fact]] = {}
        self._former_cards: set[str] = set()
        self._looked_at: set[tuple[str, str]] = set()
        self.doubles = 0
        """Messages that stand twice, each of them saying that it may be a repeat."""

    # ------------------------------------------------------------ at any moment

    def structure(self) -> None:
        """Facts, cases, claims, promises and letters agree with each other; nothing stands in Slack twice."""
        with closing(connect(self._database, read_only=True)) as connection:
            connection.execute("BEGIN")  # one snapshot of all tables
            for number in _numbers(connection):
                self._case(connection, number)
            self._letters(connection)

    def _case(self, connection: Connection, number: int) -> None:
        queries = SqliteQueries(connection)
        case = queries.case(CaseNumber(number))
        told = queries.facts(CaseNumber(number))
        assert case is not None
        facts = [one.fact for one in told]
        name = f"SEV-{number}"
        assert [one.seq for one in told] == list(range(1, len(told) + 1)), f"{name}: a fact is missing or out of order"
        assert replay(tuple(facts)) == case, f"{name}: the facts tell another story than the case"
        before = self._seen.get(number, [])
        assert facts[: len(before)] == before, f"{name}: a fact was edited"
        self._seen[number] = facts
        _has_its_clock(case)
        _plans(connection, case)
        _holders(connection, case)
        _acts(connection, number)
        self._history(connection, number, facts)

    def _history(self, connection: Connection, number: int, facts: list[Fact]) -> None:
        """Walk through the case's life: who acted, what kept a promise, what had to be said then."""
        known = {key for (key,) in connection.execute("SELECT key FROM outbox WHERE case_number = ?", (number,))}
        deliveries = [by for (by,) in connection.execute(
            "SELECT delivery FROM facts WHERE case_number = ? ORDER BY seq", (number,))]  # fmt: skip
        case: Case | None = None
        for _, act in groupby(zip(deliveries, facts, strict=True), key=lambda pair: pair[0]):
            done = tuple(fact for _, fact in act)
            for fact in done:
                after = replay((fact,)) if case is None else evolve(case, fact)
                if case is not None:
                    _step(case, fact, after)
                case = after
                self._allowed(fact)
            assert case is not None
            unsaid = {notice.key for notice in notices(case, done)} - known
            assert not unsaid, f"SEV-{number}: nobody wrote down that this must be said: {unsaid}"

    def _allowed(self, fact: Fact) -> None:
        """Invariant 10: only people of the team act, and time."""
        if fact.by == TIME:
            return
        person = self._slack.state.people[fact.by]
        foreign = person.is_bot or person.team_id is not None or person.is_restricted or person.is_ultra_restricted
        assert not foreign, f"{fact.by}, who is not of the team: {fact.kind}"

    def _letters(self, connection: Connection) -> None:
        """Invariant 5, as far as Slack shows it: what is settled stands there, and stands there once."""
        said = self._said()
        rows = connection.execute("SELECT id, key, state, ts, case_number, document FROM outbox").fetchall()
        reports = Counter(row[0] for row in rows for message in said if carries({"files": message.files}, row[0]))
        assert all(times == 1 for times in reports.values()), "a report was uploaded twice"
        ids = Counter(id for message in said for id in _ids_of(message))
        for id, times in ids.items():
            if times > 1:
                copies = [message for message in said if id in _ids_of(message)]
                assert all(_says_repeat(message) for message in copies[1:]), f"said twice: {copies[0].text!r}"
        self.doubles = sum(times - 1 for times in ids.values())
        surfaces = {id for (id,) in connection.execute("SELECT id FROM surfaces WHERE kind = 'card'")}
        by_id = {id: message for message in said for id in _ids_of(message)}
        for id, key, state, ts, number, document in rows:
            if state == "sent" and ts is not None:
                assert id in ids or id in reports or self._was_deleted(id), f"{key} is settled and stands nowhere"
            if id in by_id and (id, by_id[id].ts) not in self._looked_at:
                self._looked_at.add((id, by_id[id].ts))
                self._in_time(connection, number, Notice.model_validate_json(document), by_id[id])
        known = surfaces | {row[0] for row in rows} | self._former_cards
        self._former_cards |= surfaces
        assert self._went_back or ids.keys() <= known, "something was said that nobody wrote down"

    def _in_time(self, connection: Connection, number: int, notice: Notice, message: Message) -> None:
        """Invariant 6: no reminder is said after the end of its clock."""
        if not isinstance(notice.fact, ReminderCame):
            return
        facts = [one.fact for one in SqliteQueries(connection).facts(CaseNumber(number))]
        then = tuple(fact for fact in facts if fact.at <= message.at - SAME_MOMENT)
        if then and then == tuple(facts[: len(then)]) and notice.fact in then:
            assert still_true(replay(then), notice.fact), f"{notice.key} was said after its clock had ended"

    # ------------------------------------------------------------ when all is said

    def settled(self, now: datetime) -> None:
        """Everything that fell due has come, everything that was to be said is said, and every card is as its case.

        A card may rest between two edits; it may not be behind because of trouble.
        """
        self.structure()
        with closing(connect(self._database, read_only=True)) as connection:
            overdue = connection.execute("SELECT case_number, key FROM checkpoints WHERE due_at <= ?", (text_of(now),))
            assert overdue.fetchall() == [], "a checkpoint passed and nobody was told"
            assert connection.execute(_WAITING).fetchall() == [], "a letter waits"
            assert connection.execute(_BEHIND, (text_of(now),)).fetchall() == [], "a card waits"

    # ------------------------------------------------------------ what Slack shows

    def _said(self) -> list[Message]:
        """All that the bot said and that still stands, in channels, threads and direct messages."""
        bot = self._slack.bot_user_id
        places = [self._slack.messages(channel, replies=True) for channel in list(self._slack.state.channels)]
        return [message for place in places for message in place if message.user == bot]

    def _was_deleted(self, id: str) -> bool:
        gone = (m for posts in self._slack.state.posts.values() for m in posts.values() if m.deleted)
        return any(id in _ids_of(message) for message in gone)

    def figures(self) -> dict[str, Any]:
        """What was told and how late: for the summary of a long run."""
        facts = [fact for facts in self._seen.values() for fact in facts]
        reminders = [fact for fact in facts if isinstance(fact, ReminderCame)]
        return {
            "cases": len(self._seen),
            "facts": len(facts),
            "reminders": len(reminders),
            "lateness": sorted((fact.at - fact.planned).total_seconds() for fact in reminders),
        }


def _numbers(connection: Connection) -> list[int]:
    return [number for (number,) in connection.execute("SELECT number FROM cases ORDER BY number")]


def _has_its_clock(case: Case) -> None:
    """Invariant 1."""
    if case.status == "open" and case.terms.next_contact_required and case.terms.first_response is not None:
        assert clocks(case), f"SEV-{case.number} is open without a next contact or a first-response clock"


def _plans(connection: Connection, case: Case) -> None:
    rows = connection.execute(
        "SELECT key, clock, rung, clock_due, due_at FROM checkpoints WHERE case_number = ?", (case.number,)
    )
    assert set(rows) == set(moment_rows(moments(case)).values()), f"SEV-{case.number}: a due time moved"


def _holders(connection: Connection, case: Case) -> None:
    """Invariant 8: one holder per area, in the case as in the table."""
    rows = connection.execute("SELECT area, holder FROM claims WHERE case_number = ?", (case.number,)).fetchall()
    assert len(rows) == len({area for area, _ in rows}), f"SEV-{case.number}: an area has two holders"
    assert dict(rows) == holders_of(case), f"SEV-{case.number}: the claims are not the case's"
    people = set(connection.execute("SELECT person, role FROM people WHERE case_number = ?", (case.number,)))
    assert people == people_of(case), f"SEV-{case.number}: the people are not the case's"


def _acts(connection: Connection, number: int) -> None:
    """Invariant 7, in the file: each inbound act is remembered once, with exactly the facts it added."""
    rows = connection.execute(
        """SELECT delivery, min(seq), max(seq), count(*), first_seq, last_seq
           FROM facts LEFT JOIN deliveries ON deliveries.id = delivery AND deliveries.case_number = facts.case_number
           WHERE facts.case_number = ? GROUP BY delivery""", (number,),
    )  # fmt: skip
    for delivery, first, last, count, first_seq, last_seq in rows:
        whole = (first, last) == (first_seq, last_seq) and count == last - first + 1
        assert whole, f"SEV-{number}: {delivery} is remembered otherwise than it acted"


def _step(before: Case, fact: Fact, after: Case) -> None:
    """Invariants 2, 3 and 12 for one fact."""
    moved = before.promise is not None and after.promise != before.promise
    if moved:
        explicit = isinstance(fact, ContactMade | NextContactPromised) or fact.kind == "case_reopened"
        assert explicit, f"SEV-{before.number}: {fact.kind} changed the promise"
        assert fact.by != TIME, f"SEV-{before.number}: time changed the promise"
    if isinstance(fact, NextContactPromised) and fact.replaced is not None:
        assert fact.reason, f"SEV-{before.number}: a promise was changed without a reason"
    kept = (after.tally.kept + after.tally.late) - (before.tally.kept + before.tally.late)
    assert not kept or (isinstance(fact, ContactMade) and fact.by != TIME), f"{fact.kind} kept a promise"
    if isinstance(fact, HandoffAccepted):
        assert clocks(before) == clocks(after), f"SEV-{before.number}: handing over moved a due time"
    if before.runs != after.runs:
        _runs(after)
    if before.tasks != after.tasks:
        _tasks(before, fact, after)


def _tasks(before: Case, fact: Fact, after: Case) -> None:
    """Each keeps its number, only whoever was asked answers it, and what is over stays over."""
    name = f"SEV-{after.number}"
    assert [task.serial for task in after.tasks] == list(range(1, len(after.tasks) + 1)), f"{name}: a task is lost"
    for was, task in zip(before.tasks, after.tasks, strict=False):
        assert was.open or was == task, f"{name}: task {task.serial} changed after its end"
        answered = task != was and task.state in ("accepted", "declined", "done")
        assert not answered or fact.by == task.to, f"{name}: task {task.serial} was answered by somebody else"


def _runs(case: Case) -> None:
    """Of a runbook one run goes on at a time, it goes on while a step is left, and nobody is their own second look."""
    going = [run.key for run in case.runs if run.running]
    assert len(going) == len(set(going)), f"SEV-{case.number}: a runbook runs twice"
    for run in case.runs:
        assert run.stopped or run.running or run.next is None, f"SEV-{case.number}: {run.key} ended with a step left"
        for step in run.steps:
            assert step.second is None or (step.two_people and step.second != step.by), "looked at by one person twice"


def _ids_of(message: Message) -> tuple[str, ...]:
    """What the message says: one thing, or several reminders together."""
    payload: dict[str, Any] = (message.metadata or {}).get("event_payload", {})
    return tuple(id for id in (payload.get("id"), *payload.get("also", ())) if id)


def _says_repeat(message: Message) -> bool:
    return any(word in message.text for word in REPEATS)
