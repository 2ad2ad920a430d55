"""Inputs: the fields of a modal. A field's block id is its name; its action id is always `value`."""

from collections.abc import Sequence

from handlers.views import parts
from handlers.views.parts import Block, Element

VALUE = "value"
LONGEST = 3000
"""The longest text that a plain_text_input takes (slack_sdk models)."""


def text_input(
    name: str, label: str, *, given: str = "", hint: str = "", lines: bool = False, optional: bool = False,
    longest: int = LONGEST, example: str = "",
) -> Block:  # fmt: skip
    """A field to type in, one line or several."""
    element: Element = {"type": "plain_text_input", "action_id": VALUE, "multiline": lines, "max_length": longest}
    if given.strip():
        element["initial_value"] = given.strip()[:longest]
    if example:
        element["placeholder"] = parts.plain_text(example, 150)
    return _input(name, label, element, hint, optional)


def menu(
    name: str, label: str, options: Sequence[Element], *, chosen: str | None = None, placeholder: str, hint: str = "",
    optional: bool = False,
) -> Block:  # fmt: skip
    """A choice of one from many."""
    return _input(name, label, parts.select(VALUE, placeholder, options, chosen), hint, optional)


def choice(name: str, label: str, options: Sequence[Element], *, chosen: str | None = None) -> Block:
    """A choice of one from at most ten, all in sight."""
    element: Element = {"type": "radio_buttons", "action_id": VALUE, "options": list(options[:10])}
    initial = next((one for one in options if one["value"] == chosen), None)
    return _input(name, label, element | ({"initial_option": initial} if initial else {}), "", False)


def tick(name: str, label: str, option: str, *, ticked: bool = False) -> Block:
    """A box to tick, or to leave."""
    options = [{"text": parts.plain_text(option, 75), "value": "yes"}]
    element: Element = {"type": "checkboxes", "action_id": VALUE, "options": options}
    return _input(name, label, element | ({"initial_options": options} if ticked else {}), "", True)


def person_input(name: str, label: str, *, chosen: str | None, placeholder: str, optional: bool = False) -> Block:
    """A choice of one person of the workspace."""
    element: Element = {"type": "users_select", "action_id": VALUE, "placeholder": parts.plain_text(placeholder, 150)}
    return _input(name, label, element | ({"initial_user": chosen} if chosen else {}), "", optional)


def channel_input(name: str, label: str, *, chosen: str | None, placeholder: str, hint: str) -> Block:
    """A choice of one channel, public or private."""
    element: Element = {
        "type": "conversations_select",
        "action_id": VALUE,
        "placeholder": parts.plain_text(placeholder, 150),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return _input(name, label, element | ({"initial_conversation": chosen} if chosen else {}), hint, False)


def _input(name: str, label: str, element: Element, hint: str, optional: bool) -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": parts.plain_text(label, 2000),
        "element": element,
        "optional": optional,
    }
    return block | ({"hint": parts.plain_text(hint, 2000)} if hint else {})
