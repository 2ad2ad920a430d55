"""Rows: how each value lies in the database, and how it comes back."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from bot.domain.case import Case
from bot.domain.check import pending
from bot.domain.messages import FACT, Fact, Notice, ReminderCame
from bot.domain.moment import Moment
from bot.domain.task import open_tasks
from bot.domain.text import fold
from bot.domain.values import AreaKey, CaseNumber, DeliveryId, UserId
from bot.ports import Letter, Parked, Surface, SurfaceKind, Told, Waiting

Row = dict[str, Any]
Columns = tuple[Any, ...]


# ---------------------------------------------------------------- instants


def text_of(moment: datetime) -> str:
    """`2026-07-04T12:00:00.000000Z`: of fixed width, so that texts are ordered as the moments are."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


# ---------------------------------------------------------------- cases


def case_row(case: Case) -> Row:
    return {
        "number": case.number,
        "team": case.team,
        "channel": case.channel,
        "thread": case.thread,
        "status": case.status,
        "severity": case.severity,
        "title": case.title,
        "customer": case.customer,
        "reference": case.reference,
        "reference_folded": reference_of(case.reference),
        "owner": case.owner,
        "opened_at": text_of(case.opened_at),
        "next_due": text_of(due) if (due := case.next_due) else None,
        "changed_at": text_of(case.changed_at),
        "document": case.model_dump_json(),
    }


def case_of(document: str) -> Case:
    return Case.model_validate_json(document)


def reference_of(typed: str) -> str:
    """A reference as it is looked up: width and case of its letters make no difference."""
    return fold(typed.strip())


def holders_of(case: Case) -> dict[AreaKey, UserId]:
    """Who holds which area."""
    return {area.key: area.holder for area in case.areas if area.holder is not None}


def people_of(case: Case) -> set[tuple[UserId, str]]:
    """Who is in the case as what; nobody is in a closed one. Whoever is asked for a part of it joined its work."""
    if case.status == "closed":
        return set()
    owner = {(case.owner, "owner")} if case.owner is not None else set()
    holders = {(holder, "holder") for holder in holders_of(case).values()}
    asked = {(person, "joined") for check in pending(case) for person in check.to}
    asked |= {(task.to, "joined") for task in open_tasks(case)}
    return owner | holders | asked | {(person, "joined") for area in case.areas for person in area.joined}


# ---------------------------------------------------------------- checkpoints


def moment_rows(moments: Iterable[Moment]) -> dict[str, Columns]:
    """By key: key, clock, rung, clock_due, due_at."""
    return {one.key: (one.key, one.name, one.rung, text_of(one.due), text_of(one.at)) for one in moments}


# ---------------------------------------------------------------- facts


def fact_row(number: CaseNumber, seq: int, fact: Fact, delivery: DeliveryId) -> Columns:
    return number, seq, fact.kind, fact.by, text_of(fact.at), delivery, fact.model_dump_json()


def fact_of(document: str) -> Fact:
    return FACT.validate_json(document)


def told_of(row: Columns) -> Told:
    seq, document = row
    return Told(seq=seq, fact=fact_of(document))


# ---------------------------------------------------------------- outbox


def notice_row(notice: Notice, id: str, at: datetime, until: datetime | None) -> Row:
    return {
        "id": id,
        "key": notice.key,
        "case_number": notice.case,
        "place": notice.place,
        "person": notice.to,
        "urgency": notice.urgency,
        "at": text_of(at),
        "not_before": text_of(max(at, until or at)),
        "planned": text_of(notice.fact.planned) if isinstance(notice.fact, ReminderCame) else None,
        "document": notice.model_dump_json(),
    }


def letter_of(row: Columns) -> Letter:
    """The letter as it is handed out: `attempts` are those before this one."""
    id, document, created_at, attempts, unsure, looked, lane = row
    return Letter(
        id=id,
        notice=Notice.model_validate_json(document),
        created_at=moment_of(created_at),
        attempts=attempts,
        unsure=bool(unsure),
        looked=looked,
        lane=lane,
    )


def waiting_of(row: Columns, kind: Literal["letter", "surface"]) -> Waiting:
    id, lane, urgency, since, unsure = row
    return Waiting(kind=kind, id=id, lane=lane, urgency=urgency, since=moment_of(since), unsure=bool(unsure))


def parked_of(row: Columns) -> Parked:
    id, case, what, reason, at = row
    return Parked(id=id, case=case, what=what, reason=reason, at=moment_of(at))


# ---------------------------------------------------------------- surfaces


def surface_key(kind: SurfaceKind, case: CaseNumber | None, person: UserId | None, part: str = "") -> str:
    """`card/42`, `card/42/run-1` or `home/U1`."""
    about = case if kind == "card" else person
    if about is None:
        raise ValueError(f"a {kind} needs its {'case' if kind == 'card' else 'person'}")
    return f"{kind}/{about}/{part}" if part else f"{kind}/{about}"


def surface_of(row: Columns) -> Surface:
    """The surface as it is handed out: `attempts` are those before this one."""
    key, kind, case, person, id, channel, ts, wanted, shown, attempts, unsure, looked = row
    return Surface(
        key=key,
        kind=kind,
        case=case,
        person=person,
        id=id,
        channel=channel,
        ts=ts,
        wanted=wanted,
        shown=shown,
        attempts=attempts,
        unsure=bool(unsure),
        looked=looked,
    )
