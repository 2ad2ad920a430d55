"""Event: what Slack tells the app through the Events API, and who is subscribed to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from .messages import Message
from .state import State

Json = dict[str, Any]

# Which subscription and scope a message event needs. D:reference/events/message
_MESSAGES = {
    "channel": ("message.channels", "channels:history"),
    "group": ("message.groups", "groups:history"),
    "im": ("message.im", "im:history"),
}
_SCOPES = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_rename": "channels:read",
    "user_change": "users:read",
}


class Events:
    """Builds the payloads; each method yields those that this app is to be sent."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._ids = itertools.count(1)

    def posted(self, message: Message) -> Iterator[Json]:
        """Somebody, perhaps the app itself, posted."""
        if (event := self._message(message, self._generic(message))) is not None:
            yield event
        if self._mentions_bot(message):
            yield from self._simple("app_mention", self._mention(message), message.channel)

    def edited(self, old: Message, new: Message) -> Iterator[Json]:
        """A message reads differently now."""
        change = {"message": new.as_json(metadata=True), "previous_message": old.as_json(metadata=True)}
        yield from self._hidden(new, {"subtype": "message_changed", **change})

    def deleted(self, old: Message) -> Iterator[Json]:
        """A message is gone."""
        change = {"deleted_ts": old.ts, "previous_message": old.as_json(metadata=True)}
        yield from self._hidden(old, {"subtype": "message_deleted", **change})

    def reacted(self, message: Message, user: str, emoji: str, *, added: bool) -> Iterator[Json]:
        """An emoji was put on a message or taken away."""
        name = "reaction_added" if added else "reaction_removed"
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"user": user, "reaction": emoji, "item": item, "item_user": message.user}
        yield from self._simple(name, event, message.channel)

    def home_opened(self, user: str, tab: str, view: Json | None) -> Iterator[Json]:
        """Somebody looks at the app's home."""
        event: Json = {"user": user, "channel": self._state.dm(user).id, "tab": tab}
        if view is not None:
            event["view"] = view
        yield from self._simple("app_home_opened", event)

    def membership(self, channel: str, user: str, *, joined: bool, inviter: str | None = None) -> Iterator[Json]:
        """Somebody came into a channel or left it."""
        name = "member_joined_channel" if joined else "member_left_channel"
        kind = self._state.channels[channel].kind[0].upper()
        event: Json = {"user": user, "channel": channel, "channel_type": kind, "team": self._state.world.team_id}
        if inviter is not None:
            event["inviter"] = inviter
        yield from self._simple(name, event, channel)

    def channel_changed(self, name: str, channel: str, user: str) -> Iterator[Json]:
        """A channel was archived, brought back, renamed or deleted."""
        event: Json = {"channel": channel, "user": user}
        if name == "channel_rename":
            renamed = self._state.channels[channel]
            name_of = {"name": renamed.name, "name_normalized": renamed.name, "created": 1700000000}
            kind = {"is_channel": not renamed.is_private, "is_mpim": False}
            event = {"channel": {"id": channel, **name_of, **kind}}
        yield from self._simple(name, event, channel)

    def person_changed(self, user: Json) -> Iterator[Json]:
        """Somebody's account changed."""
        yield from self._simple("user_change", {"user": user, "cache_ts": self._seconds()})

    def tokens_revoked(self) -> Iterator[Json]:
        """The installation's token no longer works."""
        yield from self._simple("tokens_revoked", {"tokens": {"oauth": [], "bot": [self._state.world.bot_user_id]}})

    def uninstalled(self) -> Iterator[Json]:
        """The app was removed from the workspace."""
        yield from self._simple("app_uninstalled", {})

    # Shapes

    def _generic(self, message: Message) -> Json:
        event = message.as_json(metadata=True)
        event.pop("reactions", None)
        return event

    def _mention(self, message: Message) -> Json:
        event = self._generic(message)
        event.pop("metadata", None)
        return event

    def _message(self, message: Message, event: Json) -> Json | None:
        channel = self._state.channels[message.channel]
        subscription, scope = _MESSAGES[channel.kind]
        if subscription not in self._state.app.events or scope not in self._state.app.scopes:
            return None
        if not self._state.bot_in(message.channel):
            return None
        event |= {"channel": message.channel, "event_ts": event.get("event_ts", message.ts)}
        return self._envelope({**event, "channel_type": channel.kind}, message.channel)

    def _hidden(self, message: Message, change: Json) -> Iterator[Json]:
        ts = self._state.new_ts(message.channel)
        event = {"type": "message", **change, "hidden": True, "ts": ts, "event_ts": ts}
        if (payload := self._message(message, event)) is not None:
            yield payload

    def _simple(self, name: str, event: Json, channel: str | None = None) -> Iterator[Json]:
        scope = _SCOPES.get(name)
        if name not in self._state.app.events or (scope is not None and scope not in self._state.app.scopes):
            return
        if channel is not None and name.startswith("reaction") and not self._state.bot_in(channel):
            return
        ts = event.get("ts") or self._state.new_ts("events")
        typed = {"type": name, **event, "event_ts": ts}
        if name == "app_mention":
            typed |= {"type": name, "channel": channel}
        yield self._envelope(typed, channel)

    def _mentions_bot(self, message: Message) -> bool:
        # Only where the bot is a member, never in DMs. D:reference/events/app_mention
        bot = self._state.world.bot_user_id
        if message.user == bot or self._state.channels[message.channel].is_im:
            return False
        return bot in message.pings and self._state.bot_in(message.channel)

    def _envelope(self, event: Json, channel: str | None) -> Json:
        """D:apis/events-api/"""
        world = self._state.world
        shared = channel is not None and self._state.channels[channel].is_ext_shared
        authorization = {
            "enterprise_id": None,
            "team_id": world.team_id,
            "user_id": world.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": "sandbox-verification-token",
            "team_id": world.team_id,
            "context_team_id": world.team_id,
            "context_enterprise_id": None,
            "api_app_id": world.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{next(self._ids):08d}",
            "event_time": self._seconds(),
            "authorizations": [authorization],
            "is_ext_shared_channel": shared,
            "event_context": f"4-{world.app_id}-{event['type']}",
        }

    def _seconds(self) -> int:
        return int(self._state.clock.now().timestamp())
