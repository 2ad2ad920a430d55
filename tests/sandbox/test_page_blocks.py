"""Block Kit on the page: each block and element as Slack draws it, and what cannot be drawn shown as such."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.blocks import faults_of_message
from sandbox.page.blocks import BLOCKS, ELEMENTS
from tests.sandbox.drawn import draw, even

GOLDEN = yaml.safe_load(Path(__file__).with_name("page_blocks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_block_is_drawn_as_written_down(name):
    block = GOLDEN[name]["block"]

    drawn = draw(block, surface="modal" if block["type"] == "input" else "message")

    assert drawn == even(GOLDEN[name]["html"])


def test_every_block_and_element_that_can_be_drawn_has_its_golden_fragment():
    shown = {case["block"]["type"] for case in GOLDEN.values()}
    inner = {e["type"] for case in GOLDEN.values() for e in _elements(case["block"])}

    assert set(BLOCKS) | {"rich_text"} <= shown
    kinds = set(ELEMENTS) - inner
    # Drawn by the same macro as one that is there.
    assert kinds <= {
        "channels_select", "multi_users_select", "multi_channels_select", "multi_conversations_select",
        "email_text_input", "url_text_input",
    }  # fmt: skip


def _elements(block):
    return [*block.get("elements", ()), *([block["element"]] if "element" in block else ())]


@pytest.mark.parametrize("kind", ["table", "video", "markdown", "something_new"])
def test_an_unknown_block_is_shown_with_what_it_holds(kind):
    drawn = draw({"type": kind, "text": "<script>alert(1)</script>"})

    assert f'data-unknown="{kind}"' in drawn
    assert f"“{kind}” cannot be drawn here" in drawn
    assert "&lt;script&gt;" in drawn
    assert "<script" not in drawn


def test_what_was_chosen_in_a_modal_stands_in_it():
    menu = {"type": "static_select", "action_id": "v", "options": [_option("One", "1"), _option("Two", "2")]}
    field = {"type": "plain_text_input", "action_id": "v", "multiline": True}
    values = {
        "pick": {"v": {"type": "static_select", "selected_option": _option("Two", "2")}},
        "said": {"v": {"type": "plain_text_input", "value": "half a sent"}},
    }

    drawn = draw(_input("pick", menu), _input("said", field), surface="modal", values=values)

    assert '<option value="2" selected>' in drawn
    assert "half a sent</textarea>" in drawn


def test_an_error_stands_below_its_field():
    field = {"type": "plain_text_input", "action_id": "v"}

    drawn = draw(_input("said", field), surface="modal", errors={"said": "Too short"})

    assert '<p class="error" id="x-0-error" role="alert">Too short</p>' in drawn


def _input(block_id, element):
    return {"type": "input", "block_id": block_id, "label": {"type": "plain_text", "text": "?"}, "element": element}


def _option(text, value):
    return {"text": {"type": "plain_text", "text": text}, "value": value}


async def test_what_slack_refuses_never_reaches_the_page(slack: Sandbox, client: AsyncWebClient, refused):
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    assert faults_of_message(blocks)

    error = await refused(client.chat_postMessage(channel="C01SEVJA", blocks=blocks, text="x"))

    assert error == "invalid_blocks"
    assert slack.messages("C01SEVJA") == []
