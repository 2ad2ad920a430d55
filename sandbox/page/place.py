"""Place: what one window shows: a person's list of channels, a channel, its thread, the app's home or messages."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.state import State


class NoSuchPlace(LookupError):
    """Nobody can look there; says why."""


@dataclass(frozen=True)
class Place:
    """`kind` is list, channel, dm or home."""

    user: str
    kind: str
    channel: str = ""
    thread: str = ""

    @property
    def path(self) -> str:
        """Its address."""
        return address(self.user, self.channel if self.kind == "channel" else self.kind, self.thread)


def address(user: str, where: str = "", thread: str = "") -> str:
    """The path of a place: `where` is a channel's id, dm or home."""
    parts = ["/as", user, *([where] if where and where != "list" else []), *(["t", thread] if thread else [])]
    return "/".join(parts)


def find(state: State, user: str, where: str = "", thread: str = "") -> Place:
    """The place behind a path. Raises NoSuchPlace for one that this person cannot see."""
    person = state.people.get(user)
    if person is None or person.is_bot or person.deleted:
        raise NoSuchPlace("There is no such place.")
    if not where:
        return Place(user, "list")
    if where in ("dm", "home"):
        return Place(user, where, state.dm(user).id, thread if where == "dm" else "")
    if where not in state.channels or state.channels[where].is_im:
        raise NoSuchPlace("There is no such place.")
    if user not in state.members[where]:
        raise NoSuchPlace("{name} is not in this channel.")
    if thread and not state.thread(where, thread):
        raise NoSuchPlace("There is no such place.")
    return Place(user, "channel", where, _root(state, where, thread))


def _root(state: State, channel: str, ts: str) -> str:
    """A link may name a reply: its thread is meant."""
    message = state.find(channel, ts) if ts else None
    return message.thread_ts or ts if message is not None and message.is_reply else ts
