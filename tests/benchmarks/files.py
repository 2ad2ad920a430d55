"""Files: a database as it is after years, made in seconds by copying one case's rows."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.desk import Desk
from bot.domain.messages import ClaimArea, CloseCase, NextStep, RecordContact, ReportFinding, ResolveCase
from bot.domain.values import CaseNumber, DeliveryId, UserId
from bot.settings import Configuration
from storage.connection import Connection, connect
from tests.benchmarks.house import opened
from tests.stage import KEN, MEMBER, YUKI

OPEN, CLOSED = 1, 2
"""The two cases that all others are copies of."""
NUMBERED = {
    "cases": "number", "facts": "case_number", "deliveries": "case_number", "people": "case_number",
    "threads": "case_number", "checkpoints": "case_number", "surfaces": "case_number",
}  # fmt: skip
"""The tables of which each case has rows, and the column that says whose they are."""
FIRST = 1001


async def grown(path: Path, config: Configuration, cases: int, unclosed: int) -> tuple[int, int]:
    """A file with so many cases, so many of them open. Returns the number of an open and of a closed one."""
    async with opened(path, config, 2) as (_, desk, _):
        await _worked_off(desk)
    ways = ((OPEN, FIRST, unclosed), (CLOSED, FIRST + unclosed, cases - unclosed))
    with closing(connect(str(path))) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for template, first, count in (way for way in ways if way[2]):
            for table in NUMBERED:
                _copied(connection, table, template, first, count)
        connection.execute("UPDATE numbers SET last = ?", (FIRST + cases,))
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
    return FIRST + unclosed // 2, FIRST + cases - 1


async def _worked_off(desk: Desk) -> None:
    """The first case has a promise for later in the day; the second one is worked on, resolved and closed."""
    told = RecordContact(
        delivery=DeliveryId("f:0"),
        by=UserId(YUKI),
        case=CaseNumber(OPEN),
        how="phone",
        said="we check the firewall",
        next=NextStep(due=desk.now() + timedelta(hours=6), action="send the result"),
        reason="agreed by phone",
    )
    await desk.handle(told, MEMBER)
    case = await desk.find(CaseNumber(CLOSED))
    area, ken = case.areas[0].key, UserId(KEN)
    acts = (
        ClaimArea(delivery=DeliveryId("f:1"), by=ken, case=case.number, area=area),
        ReportFinding(
            delivery=DeliveryId("f:2"), by=ken, case=case.number, area=area, verdict="cause", evidence="disk full"
        ),
        ResolveCase(delivery=DeliveryId("f:3"), by=UserId(YUKI), case=case.number),
        CloseCase(delivery=DeliveryId("f:4"), by=UserId(YUKI), case=case.number, anyway=True),
    )
    for act in acts:
        await desk.handle(act, MEMBER)


def _copied(connection: Connection, table: str, template: int, first: int, count: int) -> None:
    names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    number = NUMBERED[table]
    taken = ", ".join(_column(table, name, number) for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        f"""WITH RECURSIVE numbers (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
            INSERT INTO {table} ({columns}) SELECT {taken} FROM numbers, (SELECT * FROM {table} WHERE {number} = ?)""",
        (first, first + count - 1, template),
    )


def _column(table: str, name: str, number: str) -> str:
    """What a copy has in this column: names of its own, the rest as it was."""
    own = {
        (
            "cases",
            "document",
        ): "json_set(document, '$.number', n, '$.thread', thread || n, '$.reference', reference || n)",
        ("facts", "delivery"): "delivery || '/' || n",
        ("surfaces", "key"): "'card/' || n",
    }
    everywhere = {number: "n", "id": "id || '/' || n", "thread": "thread || n"}
    everywhere |= {name: f"{name} || n" for name in ("reference", "reference_folded")}
    return own.get((table, name)) or everywhere.get(name) or f'"{name}"'
