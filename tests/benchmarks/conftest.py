"""One report for all that was measured, and processes and databases to measure."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemClock
from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.messages import OpenCase
from bot.domain.values import ChannelId, DeliveryId, TeamId, Timestamp, UserId
from bot.ports import Receipt, Transaction
from bot.settings import Configuration, load_configuration
from storage.connection import connect
from storage.sqlite import SqliteStore
from tests.benchmarks.figures import Report, machine
from tests.stage import MEMBER, ROOT, SEV_A, TEAM, YUKI

START_MOST = 30.0


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    report = Report()
    before = machine()
    yield report
    sys.stdout.write("\n".join(["\n", before, *report.lines, ""]) + "\n")


@pytest.fixture(scope="session")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("config") / "jibungoto.toml"
    file.write_text(TEAM, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def config(config_file: Path) -> Configuration:
    return load_configuration(str(config_file))


@pytest.fixture
def run(config_file: Path, tmp_path: Path) -> Callable[..., Any]:
    """Start a process of `processes.py`; its first line. It is killed at the end of the block."""

    @asynccontextmanager
    async def running(name: str, **settings: Any) -> AsyncIterator[str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "JIBUNGOTO_"))}
        files = {"JIBUNGOTO_DATABASE": str(tmp_path / "jibungoto.db"), "JIBUNGOTO_CONFIG": str(config_file)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.benchmarks.processes", name),
            cwd=ROOT, env=ours | files | {"JIBUNGOTO_PORT": "0"} | settings, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(START_MOST):
                yield (await process.stdout.readline()).decode().strip()
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    return running


@asynccontextmanager
async def opened(path: Path, config: Configuration, cases: int) -> AsyncIterator[tuple[SqliteStore, Desk, list[Case]]]:
    """A database with so many posted cases whose cards stand in their threads."""
    async with await SqliteStore.open(str(path)) as store:
        desk = Desk(store, config, SystemClock().now)
        yield store, desk, await open_cases(desk, cases)
        await store.write(_cards_are_shown)


async def open_cases(desk: Desk, cases: int, first: int = 0) -> list[Case]:
    acts: list[Awaitable[Any]] = [desk.handle(opening(number), MEMBER) for number in range(first, first + cases)]
    return [answer.case for answer in await asyncio.gather(*acts)]


def opening(number: int) -> OpenCase:
    return OpenCase(
        delivery=DeliveryId(f"post:{number}"),
        by=UserId(YUKI),
        team=TeamId("T0JIBUN"),
        channel=ChannelId(SEV_A),
        language="ja",
        severity="A",
        title=f"店舗POSのWebサーバーに接続できない {number}",
        source=Timestamp(f"1795478400.{number:06}"),
        customer="西日本リテール様",
        plan="Azure Rapid Response",
        reference=f"24112300{number:08}",
        impact="既に業務に支障が出ており、朝7時までに復旧しなければ開店業務が行えません。",
    )


def _cards_are_shown(tx: Transaction) -> None:
    now = SystemClock().now()
    for surface in tx.take_surfaces(now, 1_000_000):
        place = Receipt(channel=ChannelId(SEV_A), ts=Timestamp(f"1795478401.{surface.case:06}"))
        tx.settle_surface(surface.key, surface.wanted, place, now)


def copied(path: Path, times: int) -> None:
    """The database's first case again under so many numbers, with its checkpoints, a second later each."""
    later = "strftime('%Y-%m-%dT%H:%M:%S', {column}, '+' || n || ' seconds') || '.000000Z'"
    numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"
    connection = connect(str(path))
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    connection.execute(
        f"""{numbers} INSERT INTO cases SELECT n + 1000, team, channel, thread, status, severity, title, customer,
            reference || n, reference_folded || n, owner, opened_at, {later.format(column="next_due")}, changed_at,
            json_set(document, '$.number', n + 1000) FROM numbers, cases WHERE number = 1""",
        (times,),
    )
    connection.execute(
        f"""{numbers} INSERT INTO checkpoints SELECT n + 1000, key, clock, rung, clock_due,
            {later.format(column="due_at")} FROM numbers, checkpoints WHERE case_number = 1""",
        (times,),
    )
    connection.execute("UPDATE numbers SET last = ?", (times + 2000,))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def parsed(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    return found
