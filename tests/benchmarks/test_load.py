"""What desk and store do by themselves, without Slack: commands a second, and time that acts on many cases at once."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import SystemClock
from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.messages import AddNote, ClaimArea
from bot.domain.values import DeliveryId, UserId
from bot.replan import replan
from bot.settings import Configuration
from storage.sqlite import SqliteStore
from tests.benchmarks.counts import some
from tests.benchmarks.figures import Report, Times, told
from tests.benchmarks.house import commits, open_cases, opened
from tests.stage import KEN, MEMBER

pytestmark = pytest.mark.benchmark


@pytest.mark.timeout(600)
async def test_commands_per_second(report: Report, config: Configuration, tmp_path: Path):
    report.chapter(
        "The desk by itself", "Claims of fresh areas through `desk.handle`, each committed (synchronous=FULL)."
    )
    for at_once, count in ((1, some(400, 40)), (16, some(3200, 64)), (64, some(6400, 128))):
        async with opened(tmp_path / f"{at_once}.db", config, -(-count // 4)) as (_, desk, cases):
            wanted = [(case.number, area.key) for case in cases for area in case.areas[:4]][:count]
            commands = [
                ClaimArea(delivery=DeliveryId(f"claim:{number}:{area}"), by=UserId(KEN), case=number, area=area)
                for number, area in wanted
            ]
            took, times = await all_handled(desk, commands, at_once)
        disk = commits(tmp_path / f"{at_once}.db")
        report.add(
            f"{at_once} at once: commands a second",
            f"{count / took:,.0f}",
            limit=f"one COMMIT each: {1 / disk.median:,.0f}",
        )
        report.add(f"{at_once} at once: each", times, limit=f"one COMMIT: {disk}")


@pytest.mark.timeout(600)
async def test_time_acting_on_many_cases(report: Report, config: Configuration, tmp_path: Path):
    """All of them due at once: how long until time has acted on the last."""
    count = some(1_000, 100)
    now = [SystemClock().now() - timedelta(days=1)]
    async with await SqliteStore.open(str(tmp_path / "time.db")) as store:
        desk = Desk(store, config, lambda: now[0])
        await open_cases(desk, count)
        now[0] += timedelta(minutes=8)
        began = time.perf_counter()
        while await desk.reach_due():
            pass
        took = time.perf_counter() - began
    report.add(f"time acting on {count:,} due cases: each", told(took / count))


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
