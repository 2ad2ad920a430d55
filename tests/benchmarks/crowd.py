"""Crowd: many people at once, at our door and at the empty app's, taking turns."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import aiohttp

from sandbox import Sandbox
from sandbox.inbound import sign
from tests.benchmarks.conftest import Run
from tests.benchmarks.figures import Times
from tests.benchmarks.house import Process, slack_settings, typed
from tests.stage import ROOT

Ask = Callable[[str, str], Awaitable[None]]
"""Somebody types a line; returns when it was acked."""
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Door:
    """One app as its users meet it, and what it has cost so far."""

    def __init__(self, process: Process, ask: Ask) -> None:
        self.process = process
        self.ask = ask
        self.times = Times()
        self.seconds = self.cpu = 0.0

    async def serve(self, who: str, lines: Iterable[str], at_once: int) -> None:
        """All these lines, so many at once, each next one as soon as one is acked."""
        waiting = iter(lines)

        async def person() -> None:
            for line in waiting:
                with self.times.once():
                    await self.ask(who, line)

        used, began = self.process.cpu, time.perf_counter()
        await asyncio.gather(*(person() for _ in range(at_once)))
        self.seconds += time.perf_counter() - began
        self.cpu += self.process.cpu - used

    def forget(self) -> None:
        """What was measured so far was for warming up."""
        self.times, self.seconds, self.cpu = Times(), 0.0, 0.0

    @property
    def per_second(self) -> float:
        return len(self.times.seconds) / self.seconds

    @property
    def cpu_each(self) -> float:
        """Seconds of the app's own CPU for each line."""
        return self.cpu / len(self.times.seconds)


async def in_turns(ours: Door, theirs: Door, who: str, lines: Sequence[str], at_once: int) -> None:
    """The same lines to both, a handful here, a handful there: whatever else the machine does meets both alike."""
    size = max(10, 2 * at_once)
    for first in range(0, len(lines), size):
        for door in (theirs, ours):
            await door.serve(who, lines[first : first + size], at_once)


@asynccontextmanager
async def by_http(run: Run, name: str = "bot") -> AsyncIterator[tuple[Door, Door]]:
    """Ours and the empty app, asked by signed HTTP."""
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack, aiohttp.ClientSession() as http:
        settings = slack_settings(slack)
        async with run(name, **settings) as ours, run("empty", **settings) as theirs:
            slack.request_url = f"{ours.line}/slack/events"
            yield Door(ours, _http(slack, http, ours)), Door(theirs, _http(slack, http, theirs))


def _http(slack: Sandbox, http: aiohttp.ClientSession, app: Process) -> Ask:
    async def ask(who: str, line: str) -> None:
        body = urlencode(typed(slack, who, line)).encode()
        headers = FORM | sign(slack.signing_secret, body)
        async with http.post(f"{app.line}/slack/events", data=body, headers=headers) as answer:
            assert answer.status == 200
            await answer.read()

    return ask


@asynccontextmanager
async def by_socket(run: Run, name: str = "bot") -> AsyncIterator[tuple[Door, Door]]:
    """The same through Socket Mode, each with a Slack of its own."""
    manifest = ROOT / "manifest.yml"
    async with (
        Sandbox(manifest=manifest, ack_timeout=30) as mine,
        Sandbox(manifest=manifest, ack_timeout=30) as other,
        run(name, **slack_settings(mine, socket=True)) as ours,
        run("empty", **slack_settings(other, socket=True)) as theirs,
    ):
        await asyncio.gather(mine.connected(30), other.connected(30))
        yield Door(ours, _socket(mine)), Door(theirs, _socket(other))


def _socket(slack: Sandbox) -> Ask:
    async def ask(who: str, line: str) -> None:
        assert (await slack.inbound.ask("slash_commands", typed(slack, who, line), answers=True)).ok

    return ask
