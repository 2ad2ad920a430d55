"""Timekeeper: sleeps until the earliest checkpoint, then lets time act through the desk like any other person."""

import asyncio
import contextlib
import logging
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.domain.errors import NothingSaved
from bot.ports import Alarm, Clock

log = logging.getLogger(__name__)

LONGEST_SLEEP = timedelta(minutes=1)
"""Ours: however wrong the machine's clock was set meanwhile, it is looked at again after this long."""


class Timekeeper:
    """Fires due checkpoints, as commands through the desk."""

    def __init__(self, desk: Desk, alarm: Alarm) -> None:
        self._desk = desk
        self._alarm = alarm

    async def run(self) -> None:
        """Until cancelled. A store that can't be written delays reminders and never ends the loop."""
        while True:
            next_due: datetime | None = None
            try:
                while await self._desk.reach_due():
                    pass
                next_due = await self._desk.next_due()
            except NothingSaved:
                log.warning("reminders wait: the database can't be written", exc_info=True)
                await self._alarm.sleep(None, timedelta(seconds=1))
                continue
            await self._alarm.sleep(next_due, LONGEST_SLEEP)


class Bell:
    """An alarm over the bot's own clock: `now` tells the time, `ring` ends a sleep early, and rings `also`."""

    def __init__(self, clock: Clock, also: "Bell | None" = None) -> None:
        self._clock = clock
        self._also = also
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        if self._also is not None:
            self._also.ring()

    async def sleep(self, until: datetime | None, longest: timedelta, seconds: float | None = None) -> None:
        wait = longest if until is None else min(max(until - self._clock.now(), timedelta(0)), longest)
        most = wait.total_seconds() / self._clock.pace
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most if seconds is None else min(most, seconds)):
                await self._rung.wait()
        self._rung.clear()
