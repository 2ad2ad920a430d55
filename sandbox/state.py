"""State: everything the workspace holds now: people, channels, messages, ephemerals."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .app import App
from .clock import Clock
from .journal import Journal
from .marks import Marks
from .messages import Message
from .mrkdwn import Typed
from .world import Channel, Person, World

Json = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Call:
    """One call of the Web API by the app, and what it got; status 0 is a dropped connection."""

    method: str
    args: Json
    at: datetime
    status: int
    answer: Json
    error: str | None


class Bell:
    """Wakes those who wait for the state to change."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()
        self.count = 0

    def ring(self) -> None:
        """Something changed."""
        self.count += 1
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def until(self, fact: Callable[[], object], timeout: float) -> None:  # noqa: ASYNC109 - nothing is cancelled
        """Return once `fact()` is true; look again at each change."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not fact():
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                raise TimeoutError(f"still not so after {timeout:g} s")
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.add(waiter)
            await asyncio.wait([waiter], timeout=left)
            self._waiters.discard(waiter)


class State:
    """The workspace; changes are plain synchronous steps, so nobody sees half of one."""

    def __init__(self, world: World, app: App, clock: Clock) -> None:
        self.world, self.app, self.clock = world, app, clock
        self.bell = Bell()
        bot = Person(world.bot_user_id, app.bot_name, app.name, locale="en-US", bot_id=world.bot_id)
        self.people = {person.id: person for person in (*world.people, bot)}
        self.channels = {channel.id: channel for channel in world.channels}
        self.members = {channel.id: self._founders(channel) for channel in world.channels}
        self.posts: dict[str, dict[str, Message]] = {channel: {} for channel in self.channels}
        self.usergroups = {group.id: group for group in world.usergroups}
        self.threads: dict[tuple[str, str], list[str]] = {}
        self.ephemerals: dict[str, list[Message]] = {}
        self.calls: deque[Call] = deque(maxlen=200_000)
        self.journal = Journal()
        self.marks = Marks()
        self._last_ts: dict[str, int] = {}

    def _founders(self, channel: Channel) -> set[str]:
        if channel.members is not None:
            members = set(channel.members)
        else:
            members = {p.id for p in self.world.people if p.team_id is None and not p.deleted}
        return members | ({self.world.bot_user_id} if channel.has_bot else set())

    # Time

    def new_ts(self, channel: str) -> str:
        """A message's name: the time in microseconds, unique and increasing in its channel."""
        number = max((self.clock.now() - _EPOCH) // _MICROSECOND, self._last_ts.get(channel, 0) + 1)
        self._last_ts[channel] = number
        return f"{number // 1_000_000}.{number % 1_000_000:06d}"

    # People and channels

    def team_of(self, person: Person) -> str:
        """The company somebody belongs to."""
        return person.team_id or self.world.team_id

    def is_external(self, user: str) -> bool:
        """Whether somebody is of another company."""
        return self.team_of(self.people[user]) != self.world.team_id

    def typed(self) -> Typed:
        """How text typed by people becomes text that Slack stores."""
        names = {name: p.id for p in self.people.values() for name in (p.real_name, p.name)}
        return Typed(names, {c.name: c.id for c in self.channels.values() if not c.is_im})

    def names(self) -> dict[str, str]:
        """Handles and whose they are."""
        return {p.name: p.id for p in self.people.values()}

    def bot_in(self, channel: str) -> bool:
        """Whether the app's bot is a member."""
        return self.world.bot_user_id in self.members.get(channel, ())

    def dm(self, user: str) -> Channel:
        """The direct message between the bot and somebody, opened at first use."""
        channel_id = f"D{user[1:]}"
        if channel_id not in self.channels:
            bot = self.world.bot_user_id
            self.channels[channel_id] = Channel(channel_id, "", is_im=True, user=user, members=(user, bot))
            self.members[channel_id] = {user, bot}
            self.posts[channel_id] = {}
        return self.channels[channel_id]

    def change_person(self, user: str, **fields: Any) -> Person:
        """Replace what is known of somebody."""
        self.people[user] = replace(self.people[user], **fields)
        self.bell.ring()
        return self.people[user]

    def change_channel(self, channel: str, **fields: Any) -> Channel:
        """Replace what is known of a channel."""
        self.channels[channel] = replace(self.channels[channel], **fields)
        self.bell.ring()
        return self.channels[channel]

    # Messages

    def add(self, message: Message) -> None:
        """A new message stands in its channel."""
        self.remember(message)
        self.bell.ring()

    def remember(self, message: Message) -> None:
        """It stands there, and nobody is told."""
        self.posts[message.channel][message.ts] = message
        self._last_ts[message.channel] = max(self._last_ts.get(message.channel, 0), int(message.ts.replace(".", "")))
        if message.is_reply and message.thread_ts is not None:
            self.threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)

    def put(self, message: Message) -> None:
        """A message changed."""
        self.posts[message.channel][message.ts] = message
        self.bell.ring()

    def find(self, channel: str, ts: str) -> Message | None:
        """A message that still exists."""
        message = self.posts.get(channel, {}).get(ts)
        return None if message is None or message.deleted else message

    def history(self, channel: str, *, replies: bool = False) -> Iterator[Message]:
        """What stands in a channel, newest first."""
        for message in reversed(self.posts[channel].values()):
            shown = replies or not message.is_reply or message.broadcast
            if shown and not message.deleted:
                yield message

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A thread: its first message (even as a tombstone) and its replies."""
        root = self.posts.get(channel, {}).get(ts)
        if root is not None and root.is_reply and root.thread_ts is not None:
            return self.thread(channel, root.thread_ts)
        posts = self.posts.get(channel, {})
        replies = [posts[reply] for reply in self.threads.get((channel, ts), ()) if not posts[reply].deleted]
        if root is None or (root.deleted and not replies):
            return replies
        return [root, *replies]

    def whisper(self, message: Message, user: str) -> None:
        """An ephemeral message for one person, outside every history."""
        self.ephemerals.setdefault(user, []).append(message)
        self.bell.ring()

    def replace_whisper(self, old: Message, new: Message | None) -> None:
        """An ephemeral message is replaced or taken away through its response_url."""
        user = old.ephemeral_to or old.user
        kept = [new if each.ts == old.ts else each for each in self.ephemerals.get(user, [])]
        self.ephemerals[user] = [each for each in kept if each is not None]
        self.bell.ring()
