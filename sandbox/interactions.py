"""Interaction: the payloads of slash commands, clicks, shortcuts and modals."""

from __future__ import annotations

from typing import Any

from .app import Command
from .forms import Forms, option_of
from .messages import Message
from .state import State
from .triggers import Triggers
from .views import EMPTY, initial_values
from .world import Channel, Person

Json = dict[str, Any]


class Interactions:
    """Builds payloads as Slack does, each with a fresh trigger."""

    def __init__(self, state: State, triggers: Triggers) -> None:
        self.address = ""
        self._state, self._triggers = state, triggers
        self._forms = Forms(state)

    def command(self, person: Person, command: Command, text: str, channel: Channel) -> Json:
        """D:interactivity/implementing-slash-commands; form fields, so all are strings."""
        world = self._state.world
        typed = self._state.typed().command(text, should_escape=command.should_escape)
        return {
            "token": "sandbox-verification-token",
            "team_id": world.team_id,
            "team_domain": world.domain,
            "channel_id": channel.id,
            "channel_name": _shown_name(channel),
            "user_id": person.id,
            "user_name": person.name,
            "command": command.name,
            "text": typed,
            "api_app_id": world.app_id,
            "is_enterprise_install": "false",
            "response_url": self._url("commands", person, channel.id),
            "trigger_id": self._triggers.issue(person.id),
        }

    def click_in_message(self, person: Person, message: Message, action: Json) -> Json:
        """A button or menu of a message."""
        channel = self._state.channels[message.channel]
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.ephemeral_to is not None,
        }
        if message.thread_ts is not None:
            container["thread_ts"] = message.thread_ts
        values = dict(initial_values(list(message.blocks)))
        if action["type"] in EMPTY:
            chosen = {"type": action["type"], EMPTY[action["type"]]: action[EMPTY[action["type"]]]}
            values.setdefault(action["block_id"], {})[action["action_id"]] = chosen
        return {
            **self._base("block_actions", person),
            "container": container,
            "trigger_id": self._triggers.issue(person.id),
            "channel": {"id": channel.id, "name": _shown_name(channel)},
            "message": message.as_json(metadata=True),
            "state": {"values": values},
            "response_url": self._url("actions", person, channel.id, message),
            "actions": [action],
        }

    def click_in_view(self, person: Person, view: Json, action: Json) -> Json:
        """A button or menu of a modal or home tab."""
        return {
            **self._base("block_actions", person),
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": self._triggers.issue(person.id, view["id"] if view["type"] == "modal" else None),
            "view": view,
            "actions": [action],
        }

    def submission(self, person: Person, view: Json) -> Json:
        """D:reference/interaction-payloads/view-interactions-payload"""
        trigger = self._triggers.issue(person.id, view["id"])
        base = self._base("view_submission", person)
        return {**base, "trigger_id": trigger, "view": view, "response_urls": []}

    def closing(self, person: Person, view: Json, *, cleared: bool) -> Json:
        """Only for views with `notify_on_close`."""
        return {**self._base("view_closed", person), "view": view, "is_cleared": cleared}

    def shortcut(self, person: Person, callback_id: str, message: Message | None) -> Json:
        """D:reference/interaction-payloads/shortcuts-interaction-payload"""
        base = self._base("shortcut" if message is None else "message_action", person)
        base |= {"callback_id": callback_id, "trigger_id": self._triggers.issue(person.id)}
        base["action_ts"] = self._state.new_ts("actions")
        if message is None:
            return base
        channel = self._state.channels[message.channel]
        return {
            **base,
            "response_url": self._url("actions", person, channel.id, message),
            "message_ts": message.ts,
            "channel": {"id": channel.id, "name": _shown_name(channel)},
            "message": message.as_json(metadata=True),
        }

    def action(self, block: Json, element: Json, chosen: Any) -> Json:
        """One entry of `actions`."""
        kind = element["type"]
        action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
        if kind in ("button", "workflow_button"):
            action |= {key: element[key] for key in ("text", "value", "style") if key in element}
        elif kind == "overflow":
            action["selected_option"] = option_of(element, chosen)
        else:
            action |= self._forms.value(element, chosen)
            if "placeholder" in element:
                action["placeholder"] = element["placeholder"]
        action["action_ts"] = self._state.new_ts("actions")
        return action

    def _base(self, kind: str, person: Person) -> Json:
        world = self._state.world
        return {
            "type": kind,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": self._state.team_of(person),
            },
            "api_app_id": world.app_id,
            "token": "sandbox-verification-token",
            "team": {"id": world.team_id, "domain": world.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _url(self, kind: str, person: Person, channel: str, source: Message | None = None) -> str:
        return f"{self.address}/{kind}/{self._triggers.new_url(person.id, channel, source)}"


def _shown_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name
