"""Unread: what stands in a place since somebody last read there."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.marks import Marks
from sandbox.messages import Message
from sandbox.mrkdwn import BROADCASTS
from sandbox.state import State

LOOKED_AT = 500
"""How many of a channel's newest messages are looked at for mentions."""


@dataclass(frozen=True)
class Standing:
    """What a place has for somebody: anything new, and how often it calls them."""

    unread: bool = False
    calls: int = 0


def standing(state: State, marks: Marks, user: str, channel: str) -> Standing:
    """How a channel stands for somebody: messages of its own count as unread, mentions in threads too."""
    read = marks.seen(user, channel)
    is_dm = state.channels[channel].is_im
    unread, calls = False, 0
    for count, message in enumerate(reversed(state.posts[channel].values())):
        if count == LOOKED_AT:
            break
        if message.deleted or message.user == user:
            continue
        in_thread = message.is_reply and not message.broadcast
        seen = marks.seen(user, channel, message.thread_ts or "") if in_thread else read
        if message.ts <= seen:
            if not in_thread:
                break
            continue
        unread = unread or not in_thread
        calls += is_dm or calls_for(message, user)
    return Standing(unread, calls)


def calls_for(message: Message, user: str) -> bool:
    """Whether the message mentions them, or everybody."""
    return user in message.pings or any(word in message.pings for word in BROADCASTS)
