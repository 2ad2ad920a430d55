"""Block: Block Kit as Slack checks it: which blocks may stand where, and every length and count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    HeaderBlock,
    ImageBlock,
    InputBlock,
    MarkdownBlock,
    SectionBlock,
)
from slack_sdk.models.views import View

from .checks import Check, anything, boolean, choice, complain, items, kinds, record, string
from .elements import ACCESSORY, ACTIONS, CONTEXT, INPUT, either, plain

Json = dict[str, Any]

# D:reference/block-kit/blocks
BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = View.blocks_max_length
VIEW_BYTES = 250_000  # D:reference/methods/views.update `view_too_large`

_BASE: dict[str, Check] = {"type": anything}
_OWN: dict[str, Check] = {"block_id": string(Block.block_id_max_length, 1)}


def _section() -> Check:
    shape = record(
        _BASE,
        {
            **_OWN,
            "text": either(SectionBlock.text_max_length),
            "fields": items(either(2000), SectionBlock.fields_max_length),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
    )

    def check(value: Any, path: str, found: list[str]) -> None:
        shape(value, path, found)
        if value.get("text") is None and value.get("fields") is None:
            complain(found, "must define either `text` or `fields`", path)

    return check


def _modelled(value: Any, path: str, found: list[str]) -> None:
    """Newer blocks: what slack_sdk's model says is all we know."""
    model = Block.parse(value)
    if model is None or type(model) is Block:
        complain(found, f"unsupported type: {value.get('type')}", f"{path}/type")
        return
    for key in value.keys() - model.attributes - {"type", "block_id"}:
        complain(found, f"invalid additional property: {key}", path)
    try:
        model.validate_json()
    except SlackObjectFormationError as error:
        complain(found, str(error), path)


_IMAGE = record(
    {**_BASE, "alt_text": string(ImageBlock.alt_text_max_length)},
    {
        **_OWN,
        "image_url": string(ImageBlock.image_url_max_length, 1),
        "slack_file": anything,
        "title": plain(ImageBlock.title_max_length),
    },
)
_INPUT = record(
    {**_BASE, "label": plain(InputBlock.label_max_length), "element": INPUT},
    {**_OWN, "hint": plain(InputBlock.hint_max_length), "optional": boolean, "dispatch_action": boolean},
)
_EVERYWHERE: dict[str, Check] = {
    "section": _section(),
    "divider": record(_BASE, _OWN),
    "image": _IMAGE,
    "actions": record({**_BASE, "elements": items(ACTIONS, ActionsBlock.elements_max_length)}, _OWN),
    "context": record({**_BASE, "elements": items(CONTEXT, ContextBlock.elements_max_length)}, _OWN),
    "header": record({**_BASE, "text": plain(HeaderBlock.text_max_length)}, _OWN),
    "input": _INPUT,
    "rich_text": record({**_BASE, "elements": anything}, _OWN),
    "video": _modelled,
}
_IN_MESSAGES: dict[str, Check] = {
    **_EVERYWHERE,
    "markdown": record({**_BASE, "text": string(MarkdownBlock.text_max_length, 1)}, _OWN),
    **dict.fromkeys(
        ("file", "table", "context_actions", "task_card", "plan", "alert", "card", "container", "carousel"), _modelled
    ),
}
_MESSAGE = items(kinds(_IN_MESSAGES), BLOCKS_IN_MESSAGE, 0)
_VIEW_BLOCKS = items(kinds(_EVERYWHERE), BLOCKS_IN_VIEW, 0)
_ANY_VIEW: dict[str, Check] = {
    "private_metadata": string(View.private_metadata_max_length),
    "callback_id": string(View.callback_id_max_length),
    "external_id": string(255),  # D:reference/methods/views.update
}
_MODAL = record(
    {"type": choice("modal"), "title": plain(View.title_max_length), "blocks": _VIEW_BLOCKS},
    {
        **_ANY_VIEW,
        "close": plain(View.close_max_length),
        "submit": plain(View.submit_max_length),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = record({"type": choice("home"), "blocks": _VIEW_BLOCKS}, _ANY_VIEW)


def faults_of_message(blocks: Any) -> list[str]:
    """What is wrong with the blocks of a message, in Slack's sentences."""
    found: list[str] = []
    _MESSAGE(blocks, "/blocks", found)
    if not found:
        _check_ids(blocks, "/blocks", found)
    return found


def faults_of_view(view: Any, *, home: bool) -> list[str]:
    """What is wrong with a modal or a home tab."""
    found: list[str] = []
    (_HOME if home else _MODAL)(view, "/view", found)
    if found:
        return found
    _check_ids(view["blocks"], "/view/blocks", found)
    if not home and view.get("submit") is None and any(block["type"] == "input" for block in view["blocks"]):
        complain(found, "submit is required when an input block is within blocks array", "/view/submit")
    return found


def too_large(view: Json) -> bool:
    """Whether a view is over 250 kB."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES


def _check_ids(blocks: list[Json], path: str, found: list[str]) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in seen:
            complain(found, f"`block_id` {block_id} already exists", f"{path}/{index}/block_id")
        if block_id is not None:
            seen.add(block_id)
        actions: set[str] = set()
        for element in elements_of(block):
            action_id = element.get("action_id")
            if action_id in actions:
                complain(found, f"`action_id` {action_id} already exists", f"{path}/{index}")
            if action_id is not None:
                actions.add(action_id)


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of a block, however deep they stand."""
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]
    for key in ("elements", "actions", "child_blocks"):
        for each in block.get(key) or []:
            if isinstance(each, dict):
                if each.get("type") in _INTERACTIVE:
                    yield each
                else:
                    yield from elements_of(each)


def with_ids(blocks: list[Json], new_id: Iterator[str]) -> list[Json]:
    """The blocks as Slack stores them: each block and element has an id."""
    named = []
    for block in blocks:
        block = dict(block)
        if not block.get("block_id"):
            block["block_id"] = next(new_id)
        for key in ("accessory", "element"):
            if isinstance(block.get(key), dict) and block[key].get("type") in _INTERACTIVE:
                block[key] = _with_action_id(block[key], new_id)
        if block["type"] in ("actions", "context_actions"):
            block["elements"] = [_with_action_id(each, new_id) for each in block["elements"]]
        named.append(block)
    return named


def _with_action_id(element: Json, new_id: Iterator[str]) -> Json:
    return element if element.get("action_id") else {**element, "action_id": next(new_id)}


_INTERACTIVE = frozenset(
    [
        "button",
        "workflow_button",
        "overflow",
        "icon_button",
        "feedback_buttons",
        "checkboxes",
        "radio_buttons",
        "file_input",
        "static_select",
        "external_select",
        "users_select",
        "conversations_select",
        "channels_select",
        "multi_static_select",
        "multi_external_select",
        "multi_users_select",
        "multi_conversations_select",
        "multi_channels_select",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
    ]
)
