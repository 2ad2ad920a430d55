"""Child: the bot as a process of its own in the sandbox's time, so that it can be killed and started again.

`python -m bot.demo.child SANDBOX_URL`, with the same environment as `jibungoto serve`.
"""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot.app import started
from bot.logs import configure_logs
from bot.pace import Limits, Rate
from bot.settings import load_configuration, load_environment

LOOK_EVERY = 0.2
"""Seconds between two looks at the sandbox's clock: how soon a jump is noticed."""
UNHURRIED = Limits(**{name: Rate(burst=1000, per_second=1000) for name in Limits.model_fields})
"""In time-lapse a real second between two posts would be minutes of the story; this sandbox has no limits."""


class FollowedClock:
    """The sandbox's clock, carried on between two looks at it."""

    def __init__(self, now: datetime, factor: float) -> None:
        self._now, self._factor, self._seen_at = now, factor, time.monotonic()

    @property
    def pace(self) -> float:
        return max(self._factor, 0.001)

    def now(self) -> datetime:
        return self._now + timedelta(seconds=(time.monotonic() - self._seen_at) * self._factor)

    def set(self, now: datetime, factor: float) -> bool:
        """Take over what the sandbox says; whether the clock jumped or changed its pace."""
        jumped = abs(now - self.now()) > timedelta(seconds=max(1.0, 0.5 * factor)) or factor != self._factor
        self._now, self._factor, self._seen_at = now, factor, time.monotonic()
        return jumped


async def _look(session: aiohttp.ClientSession, sandbox: str) -> tuple[datetime, float]:
    async with session.post(f"{sandbox}/control/clock", json={}) as answer:
        said: dict[str, Any] = (await answer.json())["result"]
    return datetime.fromisoformat(said["now"]), float(said["factor"])


async def _follow(session: aiohttp.ClientSession, sandbox: str, clock: FollowedClock, ring: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        with contextlib.suppress(aiohttp.ClientError):
            if clock.set(*await _look(session, sandbox)):
                ring()


async def live(sandbox: str) -> None:
    """Run until SIGTERM."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    environment = load_environment()
    config = load_configuration(environment.jibungoto_config)
    async with aiohttp.ClientSession() as session:
        clock = FollowedClock(*await _look(session, sandbox))
        async with started(environment, config, clock=clock, limits=UNHURRIED) as bot:
            following = asyncio.create_task(_follow(session, sandbox, clock, bot.ring))
            await stop.wait()
            following.cancel()


if __name__ == "__main__":
    configure_logs("console")
    asyncio.run(live(sys.argv[1]))
