"""Victim: the bot in a process of its own, which may be killed anywhere. Started from a fork server, to be quick."""

import asyncio
import logging
import multiprocessing
import os
import signal
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from bot.app import started
from bot.settings import Configuration, Environment
from tests.crash.fate import Fate
from tests.stage import UNHURRIED


@dataclass(frozen=True)
class Life:
    """What one process is born with; `point` is where it dies, at its `times`-th passing."""

    environment: Environment
    config: Configuration
    folder: Path
    point: str | None = None
    times: int = 1
    diary: bool = False
    """Whether every point is written down, into `diary`."""


class SharedClock:
    """The test's time, read from a file. The pace lets the bot look up from every sleep within 10 ms."""

    pace = 6000.0

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text())


def live(life: Life, line: Connection) -> None:
    """Run the bot until it is killed, or asked to end by SIGTERM. Its address is the only thing that is said."""
    logging.basicConfig(filename=life.folder / "victim.log", level=logging.INFO)
    asyncio.run(_live(life, line))


async def _live(life: Life, line: Connection) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    if (test := multiprocessing.parent_process()) is not None:
        loop.add_reader(test.sentinel, os._exit, 1)  # a test that is killed leaves nobody behind
    clock, fate = (
        SharedClock(life.folder / "clock"),
        Fate(life.point, life.times, diary=life.folder / "diary" if life.diary else None),
    )
    async with started(life.environment, life.config, clock=clock, limits=UNHURRIED, wrap=fate.wrap) as bot:
        line.send(bot.address)
        await stop.wait()
