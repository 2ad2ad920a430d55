"""App: the Slack app under trial, as its manifest describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Manifest = Mapping[str, Any]

PERMISSIVE: Manifest = {
    "display_information": {"name": "Sandbox App"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "sandboxbot", "always_online": True},
        "slash_commands": [{"command": "/sev", "description": "Anything", "should_escape": True}],
        "shortcuts": [
            {"name": "Escalate this", "type": "message", "callback_id": "escalate", "description": "From a message"},
            {"name": "Open a case", "type": "global", "callback_id": "open", "description": "From anywhere"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *("app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands"),
                *("files:write",),
                *("groups:history", "groups:read", "im:history", "im:read", "im:write", "reactions:read"),
                *("reactions:write", "team:read", "usergroups:read", "usergroups:write", "users:read"),
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                *("app_home_opened", "app_mention", "app_uninstalled", "channel_archive", "channel_deleted"),
                *("channel_rename", "channel_unarchive", "member_joined_channel", "member_left_channel"),
                *("message.channels", "message.groups", "message.im", "reaction_added", "reaction_removed"),
                *("tokens_revoked", "user_change"),
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


@dataclass(frozen=True)
class Command:
    """A slash command the app has registered."""

    name: str
    should_escape: bool
    description: str = ""
    usage_hint: str = ""


@dataclass(frozen=True)
class Shortcut:
    """A shortcut the app has registered, on a message or global."""

    callback_id: str
    kind: str
    name: str = ""


@dataclass(frozen=True)
class App:
    """Name, scopes, subscriptions and surfaces: what decides which calls and payloads are allowed."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: Mapping[str, Command]
    shortcuts: Mapping[str, Shortcut]
    home_tab: bool
    messages_tab: bool
    messages_tab_read_only: bool
    interactive: bool

    @classmethod
    def read(cls, manifest: Manifest | str | Path | None) -> App:
        """From a manifest: a mapping, a JSON or YAML file, or nothing for a permissive one."""
        if isinstance(manifest, str | Path):
            manifest = _load(Path(manifest))
        return cls.from_manifest(PERMISSIVE if manifest is None else manifest)

    @classmethod
    def from_manifest(cls, manifest: Manifest) -> App:
        """Reads what the sandbox needs; the schema itself is checked elsewhere."""
        features: Manifest = manifest.get("features", {})
        settings: Manifest = manifest.get("settings", {})
        home: Manifest = features.get("app_home", {})
        name: str = manifest["display_information"]["name"]
        commands = [_command(given) for given in features.get("slash_commands", [])]
        shortcuts = [Shortcut(s["callback_id"], s["type"], s.get("name", "")) for s in features.get("shortcuts", [])]
        return cls(
            name=name,
            bot_name=features.get("bot_user", {}).get("display_name", name),
            scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            commands={c.name: c for c in commands},
            shortcuts={s.callback_id: s for s in shortcuts},
            home_tab=home.get("home_tab_enabled", False),
            messages_tab=home.get("messages_tab_enabled", False),
            messages_tab_read_only=home.get("messages_tab_read_only_enabled", False),
            interactive=settings.get("interactivity", {}).get("is_enabled", False),
        )


def _command(given: Manifest) -> Command:
    escape = given.get("should_escape", False)
    return Command(given["command"], escape, given.get("description", ""), given.get("usage_hint", ""))


def _load(path: Path) -> Manifest:
    text = path.read_text(encoding="utf-8")
    manifest: Manifest = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    return manifest
