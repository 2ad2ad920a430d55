"""What happens when there is much of it: pending checkpoints, open cases, people at once."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemClock
from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.messages import AddNote, ClaimArea, ResolveCase
from bot.domain.sla import checkpoints
from bot.domain.values import DeliveryId, UserId
from bot.replan import replan
from bot.settings import Configuration
from storage.sqlite import SqliteStore
from tests.benchmarks.conftest import copied, open_cases, opened, parsed
from tests.benchmarks.figures import Report, Times
from tests.stage import KEN, MEMBER, YUKI

pytestmark = pytest.mark.benchmark


@pytest.mark.timeout(180)
async def test_time_with_many_checkpoints(report: Report, config: Configuration, tmp_path: Path):
    report.chapter("Time: the next due moment, and one due case fired, by pending checkpoints (aim: flat)")
    for pending in (1_000, 100_000, 1_000_000):
        path = tmp_path / f"{pending}.db"
        async with opened(path, config, 1) as (_, _, (case,)):
            each = len(checkpoints(case))
        began = time.perf_counter()
        copied(path, pending // each)
        built = time.perf_counter() - began
        # The copies' moments begin a quarter of an hour from now: long after the few cases that are fired here.
        async with await SqliteStore.open(str(path)) as store:
            next_due, due, fired = await timed(store, config)
        name = f"{pending:>9,} pending"
        report.add(f"{name}: next due, asked of the reader thread", next_due)
        report.add(f"{name}: cases due now (none)", due)
        report.add(f"{name}: reach_due() with one due case", fired)
        report.add(f"{name}: rows built in", f"{built:.0f} s")
        path.unlink()


async def timed(store: SqliteStore, config: Configuration) -> tuple[Times, Times, Times]:
    next_due, due, fired = Times(), Times(), Times()
    start = SystemClock().now() - timedelta(days=30)
    now = [start]
    desk = Desk(store, config, lambda: now[0])
    for _ in range(500):
        with next_due.once():
            await desk.next_due()
        with due.once():
            await store.read(lambda q: q.due(start, 100))
    for number in range(200):
        now[0] = start + timedelta(hours=number)
        (case,) = await open_cases(desk, 1, 5_000_000 + number)
        now[0] += timedelta(minutes=8)
        with fired.once():
            assert await desk.reach_due() == 1
        await desk.handle(ResolveCase(delivery=DeliveryId(f"end:{number}"), by=UserId(YUKI), case=case.number), MEMBER)
    return next_due, due, fired


async def test_memory_with_many_cases(report: Report, run: Callable[..., Any], config: Configuration, tmp_path: Path):
    async with opened(tmp_path / "jibungoto.db", config, 1):
        pass
    copied(tmp_path / "jibungoto.db", 9_999)
    async with run("memory") as line:
        found = parsed(line)
    before, opened_, listed = (size / 2**20 for size in found["rss"])
    report.chapter("Memory with 10,000 open cases")
    report.add("imported and configured", f"{before:.0f} MiB")
    report.add("store and desk open, next due asked", f"{opened_:.0f} MiB")
    report.add(f"after listing all {found['cases']:,} (took {found['seconds']:.2f} s)", f"{listed:.0f} MiB")


async def test_commands_per_second(report: Report, config: Configuration, tmp_path: Path):
    report.chapter("Commands through desk.handle: claims of fresh areas, each committed (synchronous=FULL)")
    for at_once, count in ((1, 400), (16, 3200), (64, 6400)):
        async with opened(tmp_path / f"{at_once}.db", config, -(-count // 4)) as (_, desk, cases):
            wanted = [(case.number, area.key) for case in cases for area in case.areas[:4]][:count]
            commands = [
                ClaimArea(delivery=DeliveryId(f"claim:{number}:{area}"), by=UserId(KEN), case=number, area=area)
                for number, area in wanted
            ]
            took, times = await all_handled(desk, commands, at_once)
        report.add(f"{at_once:>2} at once: {count / took:,.0f} a second", times)


async def all_handled(desk: Desk, commands: list[ClaimArea], at_once: int) -> tuple[float, Times]:
    times, waiting = Times(), iter(commands)

    async def person() -> None:
        for command in waiting:
            with times.once():
                await desk.handle(command, MEMBER)

    began = time.perf_counter()
    await asyncio.gather(*(person() for _ in range(at_once)))
    return time.perf_counter() - began, times


@pytest.mark.timeout(180)
async def test_planning_anew_at_start(report: Report, config: Configuration, tmp_path: Path):
    """Ten thousand open cases whose plans all differ, while somebody acts (aim: < 5 s of CPU, no act waits 100 ms)."""
    report.chapter("planning 10,000 open cases anew at start, with somebody acting meanwhile")
    async with opened(tmp_path / "start.db", config, 10_000) as (store, desk, cases):
        same = time.process_time()
        assert await replan(store) == 0
        same = time.process_time() - same
        await store.write(lambda tx: [tx.save(case, ()) for case in cases])
        alone, acts = Times(), Times()
        for number in range(100):
            with alone.once():
                await desk.handle(note(cases[0], f"alone:{number}"), MEMBER)
        began, worked = time.perf_counter(), time.process_time()
        replanning = asyncio.create_task(replan(store))
        while not replanning.done():
            with acts.once():
                await desk.handle(note(cases[0], f"meanwhile:{len(acts.seconds)}"), MEMBER)
            await asyncio.sleep(0.02)
        took, worked = time.perf_counter() - began, time.process_time() - worked
        assert await replanning >= len(cases) - 1  # an act plans its own case
    report.add("nothing differs, CPU", f"{same:.2f} s")
    report.add("everything differs, CPU with the acts", f"{worked:.2f} s")
    report.add("the same on the wall", f"{took:.2f} s")
    report.add("an act alone", alone)
    report.add("an act meanwhile", acts)
    report.add("the slowest act", f"{max(acts.seconds) * 1e3:.1f} ms")

    assert same < 5
    assert acts.median < 0.1


def note(case: Case, delivery: str) -> AddNote:
    return AddNote(delivery=DeliveryId(delivery), by=UserId(KEN), case=case.number, text="x")
