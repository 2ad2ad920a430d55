"""What happens when the file grows: years of closed cases, and very many open ones."""

import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.settings import Configuration
from sandbox import Sandbox
from sandbox.inbound import sign
from storage.connection import connect
from storage.sqlite import SqliteStore
from tests.benchmarks.conftest import Run
from tests.benchmarks.counts import FULL, QUICK, some
from tests.benchmarks.crowd import FORM
from tests.benchmarks.figures import Report, Times
from tests.benchmarks.files import grown
from tests.benchmarks.house import Process, slack_settings, typed
from tests.stage import MEI, ROOT, YUKI

pytestmark = pytest.mark.benchmark
FILES = (1_000, 10_000) if QUICK else (1_000, 100_000, *((1_000_000,) if FULL else ()))
CROWDS = (100, 1_000) if QUICK else (100, 1_000, 10_000)
UNCLOSED = 200
"""Ours: as many open cases as a large department has."""
ASKED = some(50, 5)
STARTS = some(5, 2)


@pytest.mark.timeout(1800)
async def test_a_file_that_grows(report: Report, run: Run, config: Configuration, tmp_path: Path):
    report.chapter(
        "Growth: cases in the file",
        f"{UNCLOSED} of them are open, the others were worked on and closed. Acks are by signed HTTP, beside the empty "
        "app. What does not depend on the file stays as it is from one row to the next.",
    )
    for cases in FILES:
        path = tmp_path / f"{cases}.db"
        began = time.perf_counter()
        open_, closed = await grown(path, config, cases, UNCLOSED)
        report.add(
            f"{cases:,} cases: the file", f"{path.stat().st_size / 2**20:,.0f} MiB",
            limit=f"{path.stat().st_size / cases / 1024:.1f} KiB a case; built in {time.perf_counter() - began:.0f} s",
        )  # fmt: skip
        async with await SqliteStore.open(str(path)) as store:
            report.add(f"{cases:,} cases: next due", await asked(lambda: store.read(lambda q: q.next_due()), ASKED * 4))
        await told_of(report, run, path, f"{cases:,} cases", open_, closed)
        path.unlink()


@pytest.mark.timeout(900)
async def test_many_open_cases(report: Report, run: Run, config: Configuration, tmp_path: Path):
    report.chapter(
        "Growth: open cases",
        "All in one channel and, which nobody should do, all of one owner: the worst that list and Home can meet.",
    )
    for cases in CROWDS:
        path = tmp_path / f"{cases}.db"
        open_, _ = await grown(path, config, cases + 1, cases)
        await told_of(report, run, path, f"{cases:,} open", open_, None)


async def told_of(report: Report, run: Run, path: Path, name: str, open_: int, closed: int | None) -> None:
    ours, theirs = await starts(run, path)
    report.add(f"{name}: start to listening", ours, against=theirs)
    nothing_missed(path)
    async with at_the_desk(run, path) as (bot, ask, home, get):
        nothing, listed = Times(), Times()
        for _ in range(ASKED):
            with nothing.once():
                await ask("empty", MEI, "list")
            with listed.once():
                await ask("bot", MEI, "list")
        report.add(f"{name}: `list`", listed, against=nothing)
        lines = {"an open case by number": f"show {open_}"}
        if closed is not None:
            lines["a closed case by number"] = f"show {closed}"
        lines["a case by its customer's reference"] = f"open A again reference: 2411230000000000{open_}"
        for what, line in lines.items():
            found, nothing = Times(), Times()
            for _ in range(ASKED):
                with nothing.once():
                    await ask("empty", MEI, line)
                with found.once():
                    said = await ask("bot", MEI, line)
            assert f"SEV-{closed if 'closed' in what else open_}" in said, said
            report.add(f"{name}: {what}", found, against=nothing)
        report.add(
            f"{name}: Home, from the look to `views.publish`",
            await asked(home, some(20, 3)),
            limit="one event, one call",
        )
        report.add(f"{name}: `/metrics`", await asked(lambda: get("/metrics"), ASKED))
        report.add(f"{name}: memory after all this", f"{bot.memory:.0f} MiB")


async def asked(question: Callable[[], Awaitable[Any]], times: int) -> Times:
    took = Times()
    await question()
    for _ in range(times):
        with took.once():
            await question()
    return took


def nothing_missed(path: Path) -> None:
    """As at the first start: this Slack never had the copies' threads, and there is nothing to catch up with."""
    with closing(connect(str(path))) as connection:
        connection.execute("DELETE FROM heard")
        connection.execute("DELETE FROM signs")


async def starts(run: Run, path: Path) -> tuple[Times, Times]:
    """From the first instruction of a new process until it listens: ours with this file, and the empty app."""
    ours, theirs = Times(), Times()
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack:
        for _ in range(STARTS):
            nothing_missed(path)
            for name, times in (("empty", theirs), ("bot", ours)):
                began = time.perf_counter()
                async with run(name, database=path, **slack_settings(slack)):
                    times.seconds.append(time.perf_counter() - began)
    return ours, theirs


@asynccontextmanager
async def at_the_desk(run: Run, path: Path) -> Any:
    """The bot with this file: its process, and how to ask it and the empty app, look at Home and read a page."""
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack, aiohttp.ClientSession() as http:
        settings = slack_settings(slack)
        async with run("unhurried", database=path, **settings) as bot, run("empty", **settings) as empty:
            slack.request_url = f"{bot.line}/slack/events"
            apps: dict[str, Process] = {"bot": bot, "empty": empty}

            async def ask(app: str, who: str, line: str) -> str:
                body = urlencode(typed(slack, who, line)).encode()
                headers = FORM | sign(slack.signing_secret, body)
                async with http.post(f"{apps[app].line}/slack/events", data=body, headers=headers) as answer:
                    assert answer.status == 200
                    return await answer.text()

            async def home() -> None:
                before = len(slack.calls("views.publish"))
                await slack.person(YUKI).open_home()
                await slack.wait_for(lambda: len(slack.calls("views.publish")) > before, 30)

            async def get(page: str) -> None:
                async with http.get(f"{bot.line}{page}") as answer:
                    assert answer.status == 200
                    await answer.read()

            yield bot, ask, home, get
