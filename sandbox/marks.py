"""Marks: how far each person has read in each place."""

from __future__ import annotations


class Marks:
    """The newest message that somebody has seen in a channel, or in a thread of it."""

    def __init__(self) -> None:
        self.read: dict[tuple[str, str, str], str] = {}
        """(person, channel, thread or "") -> ts."""

    def seen(self, user: str, channel: str, thread: str = "") -> str:
        """The ts up to which they have read; empty if never."""
        return self.read.get((user, channel, thread), "")

    def see(self, user: str, channel: str, ts: str, thread: str = "") -> None:
        """They have read up to here, and never less than before."""
        key = (user, channel, thread)
        self.read[key] = max(self.read.get(key, ""), ts)
