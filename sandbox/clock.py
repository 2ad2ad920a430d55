"""Clock: the sandbox's own time, which can be set, moved, sped up and stopped."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(order=True)
class Alarm:
    """Something that will happen when the clock reaches an instant."""

    when: datetime
    order: int
    ring: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Never ring."""
        self.cancelled = True


class Clock:
    """Runs with the real clock until told otherwise; alarms ring in order when it passes them, however it moves."""

    def __init__(self, now: datetime | None = None) -> None:
        if now is not None and now.tzinfo is None:
            raise ValueError("the sandbox's time must be an aware datetime")
        self._base = (now or datetime.now(UTC)).astimezone(UTC)
        self._anchor = time.monotonic()
        self._factor = 1.0
        self._alarms: list[Alarm] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._watchers: list[Callable[[], None]] = []
        self.turns = 0

    def watch(self, told: Callable[[], None]) -> None:
        """Call `told` whenever somebody sets the clock or its speed: sleeps computed before are wrong then."""
        self._watchers.append(told)

    def _turned(self) -> None:
        self.turns += 1
        for told in self._watchers:
            told()

    def now(self) -> datetime:
        """The instant it is in this Slack."""
        if not self._factor:
            return self._base
        return self._base + timedelta(seconds=(time.monotonic() - self._anchor) * self._factor)

    @property
    def factor(self) -> float:
        """How many of its seconds pass in a real one; 0 while it stands."""
        return self._factor

    def set(self, when: datetime) -> None:
        """Jump to an instant; alarms in between ring at their own time."""
        if when.tzinfo is None:
            raise ValueError("the sandbox's time must be an aware datetime")
        self._reach(when.astimezone(UTC))
        self._arm()
        self._turned()

    def move(self, by: timedelta) -> None:
        """Go forward (or back) by a duration."""
        self.set(self.now() + by)

    def speed(self, factor: float) -> None:
        """Let time run `factor` times as fast as the real one; 0 stops it."""
        if factor < 0:
            raise ValueError("time does not run backwards")
        self._rebase(self.now())
        self._factor = factor
        self._arm()
        self._turned()

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, here or at an instant."""
        self.speed(0)
        if at is not None:
            self.set(at)

    def at(self, when: datetime, ring: Callable[[], None]) -> Alarm:
        """Call `ring` when the clock reaches `when`."""
        alarm = Alarm(when.astimezone(UTC), next(self._order), ring)
        heapq.heappush(self._alarms, alarm)
        self._arm()
        return alarm

    async def sleep(self, by: timedelta) -> None:
        """Wait for a duration of this clock."""
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        alarm = self.at(self.now() + by, lambda: None if waker.done() else waker.set_result(None))
        try:
            await waker
        finally:
            alarm.cancel()

    def close(self) -> None:
        """Forget all alarms."""
        self._alarms.clear()
        self._arm()

    def _rebase(self, when: datetime) -> None:
        self._base, self._anchor = when, time.monotonic()

    def _reach(self, target: datetime) -> None:
        while self._alarms and self._alarms[0].when <= target:
            alarm = heapq.heappop(self._alarms)
            if not alarm.cancelled:
                self._rebase(max(alarm.when, self.now()))
                alarm.ring()
        self._rebase(target)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._alarms and self._alarms[0].cancelled:
            heapq.heappop(self._alarms)
        if self._alarms and self._factor:
            wait = (self._alarms[0].when - self.now()).total_seconds() / self._factor
            self._timer = asyncio.get_running_loop().call_later(max(wait, 0), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._reach(self.now())
        self._arm()


def wall_seconds() -> int:
    """The real time: an app checks signatures against its own clock, so this one cannot be moved."""
    return int(time.time())
