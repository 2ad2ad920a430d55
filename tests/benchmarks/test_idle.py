"""What the bot costs while nothing happens."""

import asyncio
from pathlib import Path

import pytest

from bot.settings import Configuration
from sandbox import Sandbox
from tests.benchmarks.conftest import Run
from tests.benchmarks.counts import IDLE
from tests.benchmarks.figures import Report, told
from tests.benchmarks.files import grown
from tests.benchmarks.house import slack_settings
from tests.stage import ROOT

pytestmark = pytest.mark.benchmark


@pytest.mark.timeout(IDLE + 120)
async def test_idle(report: Report, run: Run, config: Configuration, tmp_path: Path):
    await grown(tmp_path / "jibungoto.db", config, 1_000, 0)
    manifest = ROOT / "manifest.yml"
    async with (
        Sandbox(manifest=manifest) as mine,
        Sandbox(manifest=manifest) as other,
        run("bot", **slack_settings(mine, socket=True)) as ours,
        run("empty", **slack_settings(other, socket=True)) as theirs,
    ):
        await asyncio.gather(mine.connected(30), other.connected(30))
        await asyncio.sleep(3)
        before = {app: (app.cpu, app.memory) for app in (ours, theirs)}
        await asyncio.sleep(IDLE)
        spent = {app: app.cpu - before[app][0] for app in (ours, theirs)}
        sizes = {app: (before[app][1], app.memory) for app in (ours, theirs)}
    report.chapter(
        f"Idle for {IDLE:.0f} s",
        "Connected by Socket Mode, a thousand cases in the file, one of them open; the empty app beside it, at the "
        "same time.",
    )
    ratio = f"{spent[ours] / spent[theirs]:.1f}x" if spent[theirs] else ""
    report.add(
        "CPU of one core", f"{spent[ours] / IDLE:.3%}", against=f"{spent[theirs] / IDLE:.3%}",
        ratio=ratio, limit="pings of a connection, and a look at the line each second",
    )  # fmt: skip
    report.add("CPU in all", told(spent[ours]), against=told(spent[theirs]))
    for when, index in (("at the beginning", 0), ("at the end", 1)):
        mine_, theirs_ = sizes[ours][index], sizes[theirs][index]
        report.add(f"memory {when}", f"{mine_:.1f} MiB", against=f"{theirs_:.1f} MiB", ratio=f"{mine_ / theirs_:.2f}x")
