"""How long it takes to find past cases like one."""

from pathlib import Path

import pytest

from bot.settings import Configuration
from tests.benchmarks.counts import some
from tests.benchmarks.figures import Report, Times
from tests.benchmarks.house import opened
from tests.memories import remember, seconds_of_search

pytestmark = pytest.mark.benchmark


@pytest.mark.timeout(1800)
async def test_past_cases_like_one(report: Report, config: Configuration, tmp_path: Path):
    """In Japanese and English, among a hundred thousand closed cases."""
    path, count = tmp_path / "jibungoto.db", some(100_000, 5_000)
    async with opened(path, config, 1) as (_, _, (case,)):
        pass
    remember(str(path), case, count)
    taken = Times(seconds_of_search(str(path), some(200, 20)))
    report.chapter(f"past cases like one, among {count:,} closed ones (aim: < 50 ms)")
    report.add("search", taken)

    assert taken.median < 0.05
