"""How fast the bot answers, beside an empty Bolt app: over loopback, each app in a process of its own."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.settings import Configuration
from tests.benchmarks import crowd
from tests.benchmarks.conftest import Run
from tests.benchmarks.counts import some
from tests.benchmarks.figures import Report, Times, told
from tests.benchmarks.house import commits, opened
from tests.stage import KEN, YUKI

pytestmark = pytest.mark.benchmark
AT_ONCE = {1: some(300, 20), 16: some(640, 64), 64: some(1280, 128)}
WARM = 20
ABOUT = (
    "The ack is the whole of a person's wait: verify, understand, decide, commit to disk, put into words. "
    "Both apps got the same requests, in turns of a handful; so many at once, each next one as soon as one was acked."
)


def lines(cases: Sequence[tuple[int, Sequence[str]]], count: int) -> dict[str, tuple[str, list[str]]]:
    """By act: who does it, and as many lines of it, each with a case or an area of its own."""
    fresh = [(number, area) for number, areas in cases for area in areas][:count]
    assert len(fresh) == count
    spoken = "phone told them we check platform and network / next 45m send the first result"
    return {
        "claim": (KEN, [f"claim {number} {area}" for number, area in fresh]),
        "contacted": (YUKI, [f"contacted {number} {spoken}" for number, _ in fresh]),
        "open": (YUKI, [f"open A Stores can't reach the POS web server {number} {area}" for number, area in fresh]),
    }


@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["HTTP", "Socket Mode"])
async def test_ack(report: Report, run: Run, config: Configuration, tmp_path: Path, way: str):
    count = WARM + sum(AT_ONCE.values())
    async with opened(tmp_path / "jibungoto.db", config, -(-count // 7)) as (_, _, cases):
        acts = lines([(case.number, [area.key for area in case.areas]) for case in cases], count)
    disk = commits(tmp_path / "jibungoto.db")
    report.chapter(f"From a command to its ack, {way}", ABOUT)
    report.add("one small COMMIT on this disk (synchronous=FULL)", disk)
    async with (crowd.by_http if way == "HTTP" else crowd.by_socket)(run) as (ours, theirs):
        for act, (who, said) in acts.items():
            await crowd.in_turns(ours, theirs, who, said[:WARM], 1)
            first = WARM
            for at_once, many in AT_ONCE.items():
                ours.forget(), theirs.forget()
                await crowd.in_turns(ours, theirs, who, said[first : first + many], at_once)
                first += many
                _tell(report, f"`{act}`, {at_once} at once", ours, theirs, disk)


def _tell(report: Report, name: str, ours: crowd.Door, theirs: crowd.Door, disk: Times) -> None:
    floor = theirs.times.median + disk.median
    report.add(f"{name}: ack", ours.times, against=theirs.times, limit=f"empty app + one COMMIT: {told(floor)}")
    report.add(
        f"{name}: commands a second", f"{ours.per_second:,.0f}", against=f"{theirs.per_second:,.0f}",
        ratio=f"{ours.per_second / theirs.per_second:.2f}x", limit=f"one core: {1 / ours.cpu_each:,.0f}",
    )  # fmt: skip
    report.add(
        f"{name}: CPU per command", told(ours.cpu_each), against=told(theirs.cpu_each),
        ratio=f"{ours.cpu_each / theirs.cpu_each:.2f}x" if theirs.cpu_each else "",
    )  # fmt: skip
