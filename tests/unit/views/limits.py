"""Limits: what Slack accepts of a message or a view, by slack_sdk's own models and the figures of Slack's pages.

https://docs.slack.dev/reference/block-kit/blocks, https://docs.slack.dev/surfaces/modals,
https://docs.slack.dev/reference/methods/chat.update
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from handlers.views.parts import Message

DATE = r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|\n]+>"
QUOTE = r"(?m)^> "


def check_limits(shown: Message | dict[str, Any]) -> None:
    """Fail where Slack would refuse the message or view, or cut what it says."""
    if isinstance(shown, Message):
        assert shown.text.strip(), "a message without text says nothing to a screen reader"
        assert len(shown.text) <= 3900
        _check_blocks(list(shown.blocks), most=50)
        assert sum(len(piece["text"]) for piece in _texts(shown.blocks)) < 20_000
    else:
        _check_view(shown)


def _check_view(view: dict[str, Any]) -> None:
    _check_blocks(view["blocks"], most=100)
    assert len(json.dumps(view).encode()) < 250_000
    if view["type"] == "home":
        return
    for name in ("title", "submit", "close"):
        assert name not in view or 1 <= len(view[name]["text"]) <= 24
    assert len(view["private_metadata"]) <= 3000
    assert len(view["callback_id"]) <= 255
    has_inputs = any(block["type"] == "input" for block in view["blocks"])
    assert ("submit" in view) == has_inputs


def _check_blocks(blocks: list[dict[str, Any]], most: int) -> None:
    assert 1 <= len(blocks) <= most
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids)), "two blocks with one id"
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None, block
        parsed.to_dict()  # raises SlackObjectFormationError over a limit
        assert len(block.get("block_id", "")) <= 255
        _check_elements(block)
    for piece in _texts(blocks):
        assert piece["text"].strip()
        assert len(piece["text"]) <= 3000
        assert piece["type"] == "plain_text" or piece["verbatim"] is True


def _check_elements(block: dict[str, Any]) -> None:
    elements = block.get("elements", []) if block["type"] == "actions" else []
    elements = [*elements, *filter(None, [block.get("element"), block.get("accessory")])]
    ids = [element["action_id"] for element in elements]
    assert len(ids) == len(set(ids)), "two elements of one block with one action id"
    assert len(elements) <= 25
    for field in block.get("fields", []):
        assert len(field["text"]) <= 2000
    assert len(block.get("fields", [])) <= 10
    for element in elements:
        options = element.get("options", [])
        assert len(options) <= 100
        if element["type"] in ("static_select", "radio_buttons"):
            assert options
            assert len({option["value"] for option in options}) == len(options)
        assert all(len(o["text"]["text"]) <= 75 and 1 <= len(o["value"]) <= 150 for o in options)
        assert len(element.get("initial_value", "")) <= element.get("max_length", 3000) <= 3000
        assert len(element.get("accessibility_label", "")) <= 75
        assert element["type"] != "button" or len(element["text"]["text"]) <= 75


def _texts(value: Any) -> Iterator[dict[str, Any]]:
    """Every text object, however deep."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text") and isinstance(value.get("text"), str):
            yield value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def spoken(shown: Message | dict[str, Any]) -> Iterator[str]:
    """Every text in which Slack looks for markup."""
    blocks: Any = shown.blocks if isinstance(shown, Message) else shown["blocks"]
    yield from (piece["text"] for piece in _texts(blocks) if piece["type"] == "mrkdwn")
    if isinstance(shown, Message):
        yield shown.text


def check_harmless(shown: Message | dict[str, Any], people: tuple[str, ...], links: tuple[str, ...] = ()) -> None:
    """Fail where anything but our own mentions, dates and links could come alive."""
    allowed = [rf"<@(?:{'|'.join(people)})>", DATE, *(re.escape(link) for link in links)]
    for text in spoken(shown):
        rest = re.sub("|".join(allowed), "", text)
        assert "<" not in rest, rest
        assert ">" not in re.sub(QUOTE, "", rest), rest
        assert not re.search(r"&(?!amp;|lt;|gt;)", rest), rest
        assert "```" not in rest
        assert all(line.count("`") % 2 == 0 for line in rest.split("\n")), rest
