"""Catch-up: what was posted while nobody listened is read from Slack afterwards, and heard like any other message.

It goes through the same door under the same delivery identity, so that what was heard already has no effect twice.
Socket Mode sends nothing again that it sent into a dead connection (https://docs.slack.dev/apis/events-api/using-socket-mode
promises nothing), and HTTP mode's three retries end after about six minutes (https://docs.slack.dev/apis/events-api/).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import NothingSaved
from bot.domain.values import ChannelId, Timestamp
from bot.ports import DeliveryTrouble, Stopped, Store, Transaction, Unsure, Wait
from handlers.slack.heard import Heard, micros, named, spelt
from handlers.slack.history import History, Room

log = logging.getLogger(__name__)

LISTENING = "listening"
"""The sign of when we last listened: the beginning of the gap for a channel that has no mark of its own."""
LOOKED_BACK = timedelta(hours=24)
"""Ours: what lay for longer has been handled by people in another way."""
OVERLAP = timedelta(minutes=1)
"""Ours: events come in no promised order, so one below the mark may be missing; known ones are skipped by name."""
THREADS = 200
"""Ours: threads read after one break, those with the next promise first; at the pace of history.py, five minutes."""
KEEP_EVERY = 5.0
"""Seconds between two looks at whether there is something to write down: one write for all messages of that time."""
SIGN_EVERY = timedelta(minutes=1)
"""Ours: an idle bot writes that it listens no more often than this."""
AGAIN_AFTER = 30.0

Hear = Callable[[dict[str, Any], Room], Awaitable[bool]]
"""Hears one message of a channel that is (or is not) shared; whether a person had said something in it."""


class CatchUp:
    """Knows the gaps, and closes them."""

    def __init__(self, store: Store, heard: Heard, history: History, hear: Hear, now: Callable[[], datetime]) -> None:
        self._store = store
        self._heard = heard
        self._history = history
        self._hear = hear
        self._now = now
        self._gap: dict[ChannelId, Timestamp] | None = None
        self._gap_began: Timestamp | None = None
        self._kept: dict[ChannelId, Timestamp] = {}
        self._listened = now()
        self._signed_at: datetime | None = None
        self._wanted = asyncio.Event()
        self.caught = 0
        """Messages of people that were heard afterwards."""

    async def begin(self) -> None:
        """At start: whatever came since the process before stopped listening was missed."""
        self._kept, listened = await self._store.read(lambda q: (q.heard(), q.sign(LISTENING)))
        self._heard.begin(self._kept)
        if listened is not None:
            self._open(self._kept, listened)
        else:
            # Nobody ever listened: the past of a channel is none of our business. From now on it is.
            await self.written()

    def gap(self) -> None:
        """The line was broken and stands again: called before the first message of the new connection is heard."""
        before = named(self._now() - LOOKED_BACK)
        marks = {channel: max(_earlier(ts), before) for channel, ts in self._heard.marks().items()}
        self._open(marks, self._listened)

    def _open(self, marks: dict[ChannelId, Timestamp], began: datetime) -> None:
        if self._gap is None:
            # Our clock and Slack's differ a little, so the overlap is taken off here, too.
            self._gap, self._gap_began = dict(marks), named(began - OVERLAP)
        self._wanted.set()

    def listening(self) -> None:
        """The line stands at this moment."""
        if self._gap is None:
            self._listened = self._now()

    # ------------------------------------------------------------ the two loops

    async def run(self) -> None:
        """Close each gap as it comes, until cancelled."""
        while True:
            await self._wanted.wait()
            if not await self.settled():
                await asyncio.sleep(AGAIN_AFTER)

    async def keep(self, connected: Callable[[], bool]) -> None:
        """Write down how far we have heard, until cancelled."""
        while True:
            await asyncio.sleep(KEEP_EVERY)
            if connected():
                self.listening()
            try:
                await self.written()
            except NothingSaved:
                continue  # the disk refuses, which others say louder; it is written at the next look
            if self._heard.owed:
                self._heard.owed = False
                self.gap()

    async def settled(self) -> bool:
        """Close the gap there is; False where Slack or the disk did not let us, and it stays open."""
        while self._gap is not None:
            self._wanted.clear()
            try:
                await self._close(self._gap)
            except (DeliveryTrouble, NothingSaved) as trouble:
                log.warning("what was posted meanwhile can't be read yet: %s", trouble)
                self._wanted.set()
                return False
            if not self._wanted.is_set():
                self._gap = None
                self.listening()
        return True

    async def written(self, *, last: bool = False) -> None:
        """Write down the marks that moved, in one transaction; nothing while a gap is open. Raises NothingSaved."""
        if self._gap is not None:
            return
        now, marks = self._listened, self._heard.marks()
        self._heard.forget_older(now - LOOKED_BACK)
        moved = {channel: ts for channel, ts in marks.items() if self._kept.get(channel) != ts}
        fresh = self._signed_at is not None and now - self._signed_at < SIGN_EVERY
        if not moved and fresh and not last:
            return

        def work(tx: Transaction) -> None:
            tx.keep_heard(moved, now)
            tx.leave_sign(LISTENING, now)

        await self._store.write(work)
        self._kept, self._signed_at = self._kept | moved, now

    # ------------------------------------------------------------ closing a gap

    async def _close(self, gap: dict[ChannelId, Timestamp]) -> None:
        assert self._gap_began is not None
        earliest, before = named(self._now() - LOOKED_BACK), self.caught
        rooms = {room.id: room for room in await self._history.rooms()}
        since = {id: gap.get(id, self._gap_began) for id in rooms}
        for id, room in rooms.items():
            if since[id] < earliest:
                log.warning("what was posted in %s more than %s ago is not read", id, LOOKED_BACK)
            await self._read(room, max(since[id], earliest))
        for channel, thread in await self._threads(rooms):
            await self._read(rooms[channel], max(since[channel], earliest), thread)
        if self.caught > before:
            log.info("%d messages were posted while nobody listened: heard now", self.caught - before)

    async def _threads(self, rooms: dict[ChannelId, Room]) -> list[tuple[ChannelId, Timestamp]]:
        """The threads of open cases, those with the next promise first."""
        cases = await self._store.read(lambda q: q.unclosed())
        threads = [(case.channel, case.thread) for case in cases if case.thread is not None and case.channel in rooms]
        if len(threads) > THREADS:
            log.warning("%d threads are open: only the %d most urgent are read", len(threads), THREADS)
        return threads[:THREADS]

    async def _read(self, room: Room, since: Timestamp, thread: Timestamp | None = None) -> None:
        try:
            messages = await self._history.since(room.id, since, thread)
        except DeliveryTrouble as trouble:
            if isinstance(trouble, Wait | Unsure | Stopped):
                raise
            log.warning("%s can't be read: %s", room.id, trouble.reason)  # archived or left meanwhile, thread deleted
            return
        for message in messages:
            if not self._heard.knows(room.id, message["ts"]):
                self.caught += await self._hear(message, room)


def _earlier(ts: Timestamp) -> Timestamp:
    """With the overlap."""
    return spelt(max(0, micros(ts) - int(OVERLAP.total_seconds() * 1_000_000)))
