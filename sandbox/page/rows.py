"""Row: one line of a conversation as a reader sees it: a message with its day, its mark and what hangs below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.marks import Marks
from sandbox.messages import Message
from sandbox.state import State

from .dates import day
from .reader import Reader

TOGETHER = timedelta(minutes=5)
"""Messages of one person so close to each other stand under one name, as Slack draws them."""
FACES = 4


@dataclass(frozen=True)
class Replies:
    """The line below a message that leads to its thread."""

    count: int
    last: datetime
    people: tuple[str, ...]
    unread: bool


@dataclass(frozen=True)
class Row:
    """A message and how it stands in its list."""

    key: str
    message: Message
    grouped: bool = False
    day: str = ""
    is_new: bool = False
    replies: Replies | None = None
    in_thread: bool = False

    def looks_like(self, other: Row | None) -> bool:
        """Whether drawing it again would give the same; messages are replaced on change, so identity tells."""
        if other is None or self.message is not other.message:
            return False
        return (self.grouped, self.day, self.replies, self.is_new) == (
            other.grouped,
            other.day,
            other.replies,
            other.is_new,
        )


def key(message: Message, *, in_thread: bool) -> str:
    """The row's DOM id; a message may stand in the channel and in its thread."""
    return f"{'t' if in_thread else 'm'}-{message.ts.replace('.', '-')}"


def channel_rows(
    state: State, marks: Marks, reader: Reader, channel: str, *, most: int | None = None, since: str = "",
    before: str = "", new_from: str | None = None,
) -> list[Row]:  # fmt: skip
    """The newest messages of a channel, oldest first, with what was whispered to the reader among them."""
    found: list[Message] = []
    for message in _newest_first(state, channel):
        if message.ts < since or (most is not None and len(found) >= most):
            break
        if not before or message.ts < before:
            found.append(message)
    floor = since or (found[-1].ts if found and most is not None and len(found) >= most else "")
    whispers = [
        m for m in state.ephemerals.get(reader.user, ())
        if m.channel == channel and m.thread_ts is None and m.ts >= floor and (not before or m.ts < before)
    ]  # fmt: skip
    ordered = sorted([*found, *whispers], key=lambda m: m.ts) if whispers else found[::-1]
    return list(_rows(ordered, state, marks, reader, in_thread=False, new_from=new_from))


def _newest_first(state: State, channel: str) -> Iterator[Message]:
    """What stands in the channel itself; a deleted message with replies leaves its tombstone."""
    for message in reversed(state.posts[channel].values()):
        stands = not message.deleted or message.subtype == "tombstone"
        if stands and (not message.is_reply or message.broadcast):
            yield message


def thread_rows(
    state: State, marks: Marks, reader: Reader, channel: str, thread: str, *, new_from: str | None = None
) -> list[Row]:
    """A thread with what was whispered to the reader in it."""
    whispers = [m for m in state.ephemerals.get(reader.user, ()) if m.channel == channel and m.thread_ts == thread]
    listed = sorted([*state.thread(channel, thread), *whispers], key=lambda m: m.ts)
    return list(_rows(listed, state, marks, reader, in_thread=True, new_from=new_from))


def _rows(
    messages: Iterable[Message], state: State, marks: Marks, reader: Reader, *, in_thread: bool, new_from: str | None
) -> Iterator[Row]:
    before: Message | None = None
    days: dict[object, str] = {}
    marked = new_from is None
    for message in messages:
        date = reader.local(message.at).date()
        other_day = before is None or reader.local(before.at).date() != date
        if other_day and date not in days:
            days[date] = day(message.at, reader)
        is_new = not marked and message.ts > (new_from or "") and message.user != reader.user
        marked = marked or is_new
        yield Row(
            key=key(message, in_thread=in_thread),
            message=message,
            grouped=not (other_day or is_new) and before is not None and _together(before, message),
            day=days[date] if other_day else "",
            is_new=is_new,
            replies=None if in_thread else replies_of(state, marks, reader, message),
            in_thread=in_thread,
        )
        before = message


def _together(before: Message, message: Message) -> bool:
    same = before.user == message.user and before.ephemeral_to == message.ephemeral_to
    return same and not message.broadcast and message.at - before.at < TOGETHER


def replies_of(state: State, marks: Marks, reader: Reader, message: Message) -> Replies | None:
    """What the thread below a message amounts to; None where there is none."""
    if (message.channel, message.ts) not in state.threads:
        return None
    posts = state.posts[message.channel]
    below = [posts[ts] for ts in state.threads[message.channel, message.ts] if not posts[ts].deleted]
    if not below:
        return None
    people = tuple(dict.fromkeys(m.user for m in below))[:FACES]
    unread = below[-1].ts > marks.seen(reader.user, message.channel, message.ts)
    return Replies(len(below), below[-1].at, people, unread)
