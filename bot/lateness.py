"""Lateness: how long after its moment each reminder was said, as a histogram for Prometheus."""

from collections.abc import Callable, Sequence
from datetime import datetime

from prometheus_client import Histogram

from bot.domain.case import Case
from bot.domain.messages import ReminderCame
from bot.ports import Letter, Messenger, Receipt, Surface

BUCKETS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds. Ours: up to 10 s is what Slack's own limits cost; above 60 s the reminder says that it is late; an hour is
what an outage is made of."""


class Lateness:
    """Seconds between planned and said, per rung, since this process began."""

    def __init__(self) -> None:
        self.histogram = Histogram(
            "jibungoto_reminder_lateness_seconds",
            "Seconds between the moment a reminder was planned for and the moment Slack took it",
            ("rung",),
            buckets=BUCKETS,
            registry=None,
        )

    def said(self, letter: Letter, at: datetime) -> None:
        """A letter was taken by Slack at that moment; only reminders count."""
        fact = letter.notice.fact
        if isinstance(fact, ReminderCame):
            late = (at - fact.planned).total_seconds()
            self.histogram.labels(rung=fact.rung).observe(max(0.0, late))


class TimedMessenger:
    """A messenger that measures how late it was."""

    def __init__(self, messenger: Messenger, lateness: Lateness, now: Callable[[], datetime]) -> None:
        self._messenger = messenger
        self._lateness = lateness
        self._now = now

    async def deliver(self, letter: Letter, case: Case, now: datetime) -> Receipt:
        """Say it, and write down when. Raises DeliveryTrouble."""
        receipt = await self._messenger.deliver(letter, case, now)
        self._lateness.said(letter, self._now())
        return receipt

    async def deliver_together(self, letters: Sequence[tuple[Letter, Case]], now: datetime) -> Receipt:
        """Say them, and write down when for each. Raises DeliveryTrouble."""
        receipt = await self._messenger.deliver_together(letters, now)
        for letter, _ in letters:
            self._lateness.said(letter, self._now())
        return receipt

    async def find(self, letter: Letter, case: Case) -> Receipt | None:
        """Look for a letter. One that is found was said in an earlier life, whose lateness nobody measured."""
        return await self._messenger.find(letter, case)

    async def show(self, surface: Surface, cases: tuple[Case, ...], now: datetime) -> Receipt | None:
        """Draw a surface."""
        return await self._messenger.show(surface, cases, now)

    async def find_surface(self, surface: Surface, case: Case) -> Receipt | None:
        """Look for a surface."""
        return await self._messenger.find_surface(surface, case)
