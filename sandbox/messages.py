"""Message: one post as Slack keeps it, with the marks of what happened to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """A post in a channel, a thread or a direct message; a new value replaces it on each change."""

    ts: str
    channel: str
    user: str
    text: str
    at: datetime
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: datetime | None = None
    deleted: bool = False
    pings: frozenset[str] = frozenset()
    attachments: tuple[Json, ...] = field(default=(), repr=False)
    team: str = field(default="", repr=False)
    bot_id: str | None = field(default=None, repr=False)
    app_id: str | None = field(default=None, repr=False)
    bot_name: str | None = field(default=None, repr=False)
    subtype: str | None = field(default=None, repr=False)
    client_msg_id: str | None = field(default=None, repr=False)
    broadcast: bool = field(default=False, repr=False)
    parent_user_id: str | None = field(default=None, repr=False)
    reactions: tuple[tuple[str, str], ...] = ()  # (emoji, user) in the order they came
    ephemeral_to: str | None = None
    version: int = 1  # 1 when posted, one more for each edit
    edited_by: str | None = field(default=None, repr=False)
    edited_ts: str | None = field(default=None, repr=False)
    external: bool = field(default=False, repr=False)  # the author is of another company
    author_name: str = field(default="", repr=False)
    options: Json = field(default_factory=dict, repr=False)  # parse and link_names as given
    files: tuple[Json, ...] = ()  # the files that were shared with it

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def changed(self, **fields: Any) -> Message:
        """The same message after an edit."""
        return replace(self, version=self.version + 1, **fields)

    def as_json(self, *, metadata: bool = False) -> Json:
        """The message object of events, payloads and histories."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        for key in ("subtype", "client_msg_id", "bot_id", "app_id", "thread_ts", "parent_user_id"):
            if (value := getattr(self, key)) is not None:
                body[key] = value
        if self.team:
            body["team"] = self.team
        if self.blocks:
            body["blocks"] = list(self.blocks)
        if self.attachments:
            body["attachments"] = list(self.attachments)
        if self.files:
            body |= {"files": list(self.files), "upload": False}
        if self.bot_id is not None:
            body["bot_profile"] = self._bot_profile()
        if self.external:
            body |= {"user_team": self.team, "source_team": self.team, "user_profile": self._user_profile()}
        if self.edited is not None and self.edited_by is not None:
            body["edited"] = {"user": self.edited_by, "ts": self.edited_ts}
        if self.reactions:
            body["reactions"] = self._reactions()
        if self.metadata is not None:
            # The payload comes only on request. D:messaging/message-metadata/
            body["metadata"] = self.metadata if metadata else {"event_type": self.metadata["event_type"]}
        return body

    def _bot_profile(self) -> Json:
        icon = "https://a.slack-edge.com/80588/img/plugins/app/bot_48.png"
        return {
            "id": self.bot_id,
            "app_id": self.app_id or "",
            "name": self.bot_name or "",
            "icons": {"image_36": icon, "image_48": icon, "image_72": icon},
            "deleted": False,
            "updated": 1700000000,
            "team_id": self.team,
        }

    def _user_profile(self) -> Json:
        return {
            "avatar_hash": "g0000000000",
            "image_72": "https://secure.gravatar.com/avatar/0.jpg",
            "first_name": self.author_name.split(" ")[0],
            "real_name": self.author_name,
            "display_name": self.author_name,
            "team": self.team,
            "name": self.author_name.split(" ")[0].lower(),
            "is_restricted": False,
            "is_ultra_restricted": False,
        }

    def _reactions(self) -> list[Json]:
        users: dict[str, list[str]] = {}
        for emoji, user in self.reactions:
            users.setdefault(emoji, []).append(user)
        return [{"name": emoji, "users": who, "count": len(who)} for emoji, who in users.items()]
