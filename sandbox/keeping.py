"""Keeping: a workspace written to a file, so that it goes on where it stopped when its process is started again.

Time stands still while nothing runs. What only lives in a connection is not kept: open modals, triggers, the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from .files import File
from .messages import Message
from .methods.scheduled import put_back
from .world import Channel, Person, UserGroup

if TYPE_CHECKING:
    from .slack import Sandbox

EVERY = 1.0
"""Seconds between two looks at whether something changed: how much a killed process forgets at most."""


class NotKept(ValueError):
    """The file is not what a sandbox wrote; says what to do."""


@dataclass(frozen=True)
class Waiting:
    """A scheduled message that was not posted yet."""

    id: str
    channel: str
    post_at: datetime
    args: dict[str, Any]
    created: datetime


@dataclass(frozen=True)
class Kept:
    """Everything of a workspace that outlives its process."""

    now: datetime
    people: list[Person]
    channels: list[Channel]
    members: dict[str, set[str]]
    posts: dict[str, list[Message]]
    ephemerals: dict[str, list[Message]]
    homes: dict[str, dict[str, Any]]
    waiting: list[Waiting]
    read: list[tuple[str, str, str, str]]
    usergroups: dict[str, UserGroup] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)


_FILE = TypeAdapter(Kept)


def kept(slack: Sandbox) -> Kept:
    """The workspace as it is now."""
    state = slack.state
    waiting = [Waiting(s.id, s.channel, s.post_at, s.args, s.created) for s in slack.schedule.waiting.values()]
    return Kept(
        now=slack.clock.now(),
        people=list(state.people.values()),
        channels=list(state.channels.values()),
        members=dict(state.members),
        posts={channel: list(posts.values()) for channel, posts in state.posts.items()},
        ephemerals=dict(state.ephemerals),
        homes=dict(slack.views.homes),
        waiting=waiting,
        usergroups=dict(state.usergroups),
        read=[(*place, ts) for place, ts in state.marks.read.items()],
        files=[file for file in slack.files.all.values() if file.content is not None],
    )


def restore(slack: Sandbox, was: Kept) -> None:
    """Make a fresh sandbox what it was; its clock goes to that moment."""
    state = slack.state
    state.people = {person.id: person for person in was.people}
    state.channels = {channel.id: channel for channel in was.channels}
    state.usergroups |= was.usergroups
    state.members = {channel: set(members) for channel, members in was.members.items()}
    state.posts = {channel: {} for channel in state.channels}
    for posts in was.posts.values():
        for message in posts:
            state.remember(message)
    state.ephemerals = {user: list(messages) for user, messages in was.ephemerals.items()}
    state.marks.read = {(user, channel, thread): ts for user, channel, thread, ts in was.read}
    slack.views.take_over(was.homes)
    slack.files.all = {file.id: file for file in was.files}
    slack.clock.set(was.now)
    for each in was.waiting:
        put_back(slack, each.id, each.channel, each.post_at, each.args, each.created)


def read(path: Path) -> Kept | None:
    """What the file holds, None where there is none. Raises NotKept."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return _FILE.validate_json(text)
    except ValidationError:
        raise NotKept(f"{path} can't be read as a sandbox's state: move it away to begin anew.") from None


class Keeper:
    """Writes a sandbox to its file whenever something changed, and once more at the end."""

    def __init__(self, slack: Sandbox, path: Path) -> None:
        self._slack, self._path = slack, path
        self._written: tuple[int, int] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._look())

    async def stop(self) -> None:
        """Write the last state."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.write()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if self._slack.clock.factor or self._written != self._version():
                self.write()

    def _version(self) -> tuple[int, int]:
        return self._slack.state.bell.count, self._slack.clock.turns

    def write(self) -> None:
        """Write beside the file and rename: whoever is killed in the middle leaves the old one."""
        beside = self._path.with_name(f".{self._path.name}.new")
        beside.write_bytes(_FILE.dump_json(kept(self._slack)))
        os.replace(beside, self._path)
        self._written = self._version()
