"""Block Kit: every length and count."""

import pytest
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.models.blocks import Block

from sandbox.blocks import faults_of_message, faults_of_view


def plain(text="x"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="x", **more):
    return {"type": "mrkdwn", "text": text, **more}


def button(**more):
    return {"type": "button", "action_id": "a", "text": plain(), **more}


def option(value="v", text="x"):
    return {"text": plain(text), "value": value}


def select(count=1, **more):
    return {"type": "static_select", "action_id": "a", "options": [option(f"v{n}") for n in range(count)], **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def section(**more):
    return {"type": "section", **more}


def modal(blocks=(), **more):
    return {"type": "modal", "title": plain("Title"), "blocks": list(blocks), **more}


def text_input(**more):
    return {
        "type": "input",
        "label": plain(),
        "element": {"type": "plain_text_input", "action_id": "a"},
        **more,
    }


CONFIRM = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain()}
GOOD = [
    section(text=mrkdwn(verbatim=True), accessory=button(value="42", style="primary")),
    section(fields=[mrkdwn()] * 10),
    {"type": "divider"},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "context", "elements": [mrkdwn(), {"type": "image", "image_url": "https://x/y", "alt_text": "y"}]},
    actions(*[button(action_id=f"a{n}") for n in range(25)]),
    actions(select(100), {"type": "users_select", "action_id": "u"}, {"type": "datetimepicker", "action_id": "d"}),
    actions({"type": "overflow", "action_id": "o", "options": [option()] * 5}),
    {"type": "image", "image_url": "https://x/y", "alt_text": "y"},
    {"type": "markdown", "text": "**x**"},
    {"type": "alert", "text": mrkdwn()},
    text_input(),
]
BAD = {
    "unknown type": {"type": "marquee"},
    "unknown key": {"type": "divider", "colour": "red"},
    "unknown key inside": section(text=mrkdwn(bold=True)),
    "section without content": section(),
    "section text": section(text=mrkdwn("x" * 3001)),
    "section empty text": section(text=mrkdwn("")),
    "fields": section(fields=[mrkdwn()] * 11),
    "field": section(fields=[mrkdwn("x" * 2001)]),
    "header": {"type": "header", "text": plain("x" * 151)},
    "header in mrkdwn": {"type": "header", "text": mrkdwn()},
    "too many elements": actions(*[button(action_id=f"a{n}") for n in range(26)]),
    "no elements": actions(),
    "context": {"type": "context", "elements": [mrkdwn()] * 11},
    "button text": actions(button(text=plain("x" * 76))),
    "button in mrkdwn": actions(button(text=mrkdwn())),
    "button value": actions(button(value="x" * 2001)),
    "button url": actions(button(url="x" * 3001)),
    "button style": actions(button(style="danger!")),
    "accessibility label": actions(button(accessibility_label="x" * 76)),
    "action_id": actions(button(action_id="x" * 256)),
    "block_id": {"type": "divider", "block_id": "x" * 256},
    "same action_id": actions(button(), button()),
    "options": actions(select(101)),
    "no options": actions(select(0)),
    "option text": actions(select(options=[option(text="x" * 76)])),
    "option value": actions(select(options=[option("x" * 151)])),
    "initial not offered": actions(select(initial_option=option("other"))),
    "placeholder": actions(select(placeholder=plain("x" * 151))),
    "overflow": actions({"type": "overflow", "action_id": "o", "options": [option()] * 6}),
    "radio": actions({"type": "radio_buttons", "action_id": "o", "options": [option()] * 11}),
    "confirm": actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})),
    "input in actions": actions({"type": "plain_text_input", "action_id": "a"}),
    "image without alt": {"type": "image", "image_url": "https://x/y"},
    "markdown": {"type": "markdown", "text": "x" * 12001},
    "input label": text_input(label=plain("x" * 2001)),
    "alert level": {"type": "alert", "text": mrkdwn(), "level": "loud"},
}  # fmt: skip


def test_what_slack_takes_passes():
    assert faults_of_message(GOOD) == []


@pytest.mark.parametrize("block", BAD.values(), ids=BAD.keys())
def test_what_slack_refuses_is_refused(block):
    assert faults_of_message([block]) != []


@pytest.mark.parametrize("block", BAD.values(), ids=BAD.keys())
def test_whatever_the_sdk_refuses_is_refused_here_too(block):
    try:
        Block.parse(block).validate_json()
    except (SlackObjectFormationError, AttributeError, TypeError):
        assert faults_of_message([block])


def test_a_message_has_50_blocks_and_a_modal_100():
    assert faults_of_message([{"type": "divider"}] * 50) == []
    assert faults_of_message([{"type": "divider"}] * 51) == [
        "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"
    ]
    assert faults_of_view(modal([{"type": "divider"}] * 100), home=False) == []
    assert faults_of_view(modal([{"type": "divider"}] * 101), home=False)


def test_block_ids_are_unique():
    assert faults_of_message([{"type": "divider", "block_id": "b"}] * 2)


@pytest.mark.parametrize(
    "view",
    [
        modal(title=plain("x" * 25)),
        modal(submit=plain("x" * 25)),
        modal(close=plain("x" * 25)),
        modal(private_metadata="x" * 3001),
        modal(callback_id="x" * 256),
        modal([text_input()]),  # without a submit button
        modal([{"type": "markdown", "text": "x"}]),
        modal(colour="red"),
        {"type": "home", "blocks": []},
    ],
)
def test_a_bad_modal_is_refused(view):
    assert faults_of_view(view, home=False)


async def test_the_reasons_come_with_the_refusal(client):
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C01SEVJA", text="x", blocks=[section(text=mrkdwn("x" * 3001))])

    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
