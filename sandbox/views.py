"""View: a modal or home tab as Slack keeps it, and the stack of modals each person has open."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from .blocks import elements_of, faults_of_view, too_large, with_ids
from .clock import Clock
from .errors import SlackError
from .state import Bell
from .world import World

Json = dict[str, Any]

DEPTH_MOST = 3  # D:surfaces/modals
_INITIAL = {
    "initial_option": "selected_option",
    "initial_options": "selected_options",
    "initial_user": "selected_user",
    "initial_users": "selected_users",
    "initial_channel": "selected_channel",
    "initial_channels": "selected_channels",
    "initial_conversation": "selected_conversation",
    "initial_conversations": "selected_conversations",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
    "initial_date_time": "selected_date_time",
    "initial_value": "value",
}
EMPTY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


class Views:
    """All modals and homes; the answers to views.open, push, update and publish."""

    def __init__(self, world: World, clock: Clock, bell: Bell) -> None:
        self._world, self._clock, self._bell = world, clock, bell
        self._numbers = itertools.count(1)
        self._stacks: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}

    # What a person sees

    def top(self, user: str) -> Json | None:
        """The modal in front of somebody."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def depth(self, user: str) -> int:
        """How many modals lie on each other."""
        return len(self._stacks.get(user, ()))

    def home(self, user: str) -> Json | None:
        """The home tab somebody would see."""
        return self.homes.get(user)

    def pop(self, user: str) -> None:
        """The modal in front is closed."""
        self._stacks[user].pop()
        self._bell.ring()

    def clear(self, user: str) -> None:
        """All modals are closed."""
        self._stacks[user] = []
        self._bell.ring()

    def take_over(self, homes: dict[str, Json]) -> None:
        """The home tabs of an earlier run; new views get numbers of their own."""
        self.homes = dict(homes)
        self._numbers = itertools.count(1 + max((int(view["id"][1:]) for view in homes.values()), default=0))

    # What the app asks for

    def open(self, user: str, view: Json) -> Json:
        """A first modal; it takes the place of others of this app."""
        made = self._made(view)
        made["root_view_id"] = made["id"]
        self._stacks[user] = [made]
        self._bell.ring()
        return made

    def push(self, user: str, view: Json) -> Json:
        """A modal on top of the one that is open."""
        stack = self._stacks.get(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEPTH_MOST:
            raise SlackError("push_limit_reached")
        made = self._made(view)
        made |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(made)
        self._bell.ring()
        return made

    def update(self, view: Json, *, view_id: str | None, external_id: str | None, expected: str | None = None) -> Json:
        """Another content for an open modal; typed values stay where block_id and action_id stay."""
        for stack in self._stacks.values():
            for place, old in enumerate(stack):
                if old["id"] == view_id or (external_id and old["external_id"] == external_id):
                    _same_hash(old, expected)
                    made = self._made(view, replaces=old)
                    made |= {key: old[key] for key in ("id", "root_view_id", "previous_view_id")}
                    made["state"] = {"values": _kept(old, made)}
                    stack[place] = made
                    self._bell.ring()
                    return made
        raise SlackError("not_found")

    def publish(self, user: str, view: Json, expected: str | None = None) -> Json:
        """The home tab of one person."""
        old = self.homes.get(user)
        if old is not None:
            _same_hash(old, expected)
        made = self._made(view, home=True)
        made |= {"id": old["id"] if old else made["id"]}
        made["root_view_id"] = made["id"]
        self.homes[user] = made
        self._bell.ring()
        return made

    def _made(self, view: Any, *, home: bool = False, replaces: Json | None = None) -> Json:
        if isinstance(view, dict) and too_large(view):
            raise SlackError("view_too_large")
        if faults := faults_of_view(view, home=home):
            raise SlackError("invalid_arguments", faults)
        self._external_id_is_new(view.get("external_id"), replaces)
        number = next(self._numbers)
        ids = (f"{number:03d}{letter:x}" for letter in itertools.count(160))
        blocks = with_ids(view["blocks"], ids)
        stamp = self._clock.now().timestamp()
        return {
            "id": f"V{number:08d}",
            "team_id": self._world.team_id,
            "type": view["type"],
            "title": view.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "close": view.get("close"),
            "submit": view.get("submit"),
            "blocks": blocks,
            "private_metadata": view.get("private_metadata") or "",
            "callback_id": view.get("callback_id") or "",
            "external_id": view.get("external_id") or "",
            "state": {"values": dict(initial_values(blocks))},
            "hash": f"{int(stamp)}.{number:08x}",
            "clear_on_close": view.get("clear_on_close", False),
            "notify_on_close": view.get("notify_on_close", False),
            "root_view_id": None,
            "previous_view_id": None,
            "app_id": self._world.app_id,
            "app_installed_team_id": self._world.team_id,
            "bot_id": self._world.bot_id,
        }

    def _external_id_is_new(self, external_id: str | None, replaces: Json | None) -> None:
        if not external_id:
            return
        for view in itertools.chain(*self._stacks.values(), self.homes.values()):
            if view["external_id"] == external_id and view is not replaces:
                raise SlackError("duplicate_external_id")


def initial_values(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """The form as it is before anyone types: block_id to action_id to value."""
    for block in blocks:
        values = {e["action_id"]: _initial(e) for e in elements_of(block) if e["type"] in EMPTY}
        if values:
            yield block["block_id"], values


def _initial(element: Json) -> Json:
    key = EMPTY[element["type"]]
    value: Any = [] if key.endswith("s") else None
    for name, selected in _INITIAL.items():
        if selected == key and element.get(name) is not None:
            value = element[name]
    return {"type": element["type"], key: value}


def _kept(old: Json, new: Json) -> Json:
    typed, fresh = old["state"]["values"], new["state"]["values"]
    return {
        block_id: {
            action_id: typed.get(block_id, {}).get(action_id, value)
            if typed.get(block_id, {}).get(action_id, value)["type"] == value["type"]
            else value
            for action_id, value in values.items()
        }
        for block_id, values in fresh.items()
    }


def _same_hash(old: Json, expected: str | None) -> None:
    if expected is not None and expected != old["hash"]:
        raise SlackError("hash_conflict")
