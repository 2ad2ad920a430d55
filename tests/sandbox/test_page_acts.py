"""Acting on the page: everything goes the way a person's client would go, and is refused where it would refuse."""

from __future__ import annotations

import json

from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.browsing import Open, hx_vals
from tests.sandbox.conftest import Inbox

TEXT = {"type": "plain_text", "text": "Go"}
BUTTON = {"type": "button", "action_id": "go", "text": TEXT, "value": "42"}
MENU = {
    "type": "static_select",
    "action_id": "pick",
    "options": [{"text": TEXT, "value": "a"}, {"text": TEXT, "value": "b"}],
}
BOXES = {"type": "checkboxes", "action_id": "boxes", "options": MENU["options"]}
MOMENT = {"type": "datetimepicker", "action_id": "moment"}
ACTIONS = [{"type": "actions", "elements": [BUTTON, MENU, BOXES, MOMENT]}]


async def test_what_is_written_is_posted_and_told_to_the_app(slack: Sandbox, inbox: Inbox, open_as: Open):
    await open_as("U01YUKI").act("say", channel="C01SEVJA", text="hello @Bob Walsh\nsecond line")
    root = slack.messages("C01SEVJA")[0]
    await open_as("U02BOB").act("say", channel="C01SEVJA", thread=root.ts, text="a reply", broadcast="1")

    assert root.text == "hello <@U02BOB>\nsecond line"
    assert [(m.text, m.broadcast) for m in slack.thread("C01SEVJA", root.ts)[1:]] == [("a reply", True)]
    await slack.wait_for(lambda: len(inbox.events("message")) == 2)


async def test_a_slash_command_is_sent_in_a_channel_and_refused_in_a_thread(
    slack: Sandbox, inbox: Inbox, open_as: Open
):
    yuki = open_as("U01YUKI")
    inbox.answer = lambda payload: "for you alone"
    await yuki.act("say", channel="C01SEVJA", text="/sev claim 42 network")
    root = await slack.person("U01YUKI").post("C01SEVJA", "root")

    said = await yuki.refused("say", channel="C01SEVJA", text="/sev list", thread=root.ts)
    unknown = await yuki.refused("say", channel="C01SEVJA", text="/nothing")
    outside = await open_as("U09PARTNER").refused("say", channel="C03SHARED", text="/sev list")

    assert [(p["command"], p["text"]) for p in inbox.asked] == [("/sev", "claim 42 network")]
    assert slack.ephemerals("U01YUKI")[0].text == "for you alone"
    assert "/sev is not supported in threads" in said
    assert "/nothing is not a valid command" in unknown
    assert "not available to people of other companies" in outside


async def test_an_app_that_does_not_answer_is_shown_as_slack_shows_it(slack: Sandbox, open_as: Open):
    said = await open_as("U01YUKI").refused("say", channel="C01SEVJA", text="/sev list")

    assert "/sev failed with the error &#34;dispatch_failed&#34;" in said


async def test_empty_messages_and_other_peoples_channels_are_refused(inbox: Inbox, open_as: Open):
    assert "nothing to send" in await open_as("U01YUKI").refused("say", channel="C01SEVJA", text="")
    assert "is not in" in await open_as("U09PARTNER").refused("say", channel="C01SEVJA", text="hello")
    assert "archived" in await open_as("U01YUKI").refused("say", channel="C04OLD", text="hello")


async def test_a_click_sends_what_was_pressed_or_chosen(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    await client.chat_postMessage(channel="C01SEVJA", text="x", blocks=ACTIONS)
    yuki = open_as("U01YUKI")
    shown = await yuki.look()

    await yuki.act("click", **hx_vals(shown, "go"))
    pick, boxes, moment = (hx_vals(shown, name) for name in ("pick", "boxes", "moment"))
    await yuki.act("click", **pick, **{pick["field"]: "b"})
    await yuki.act("click", **boxes, **{boxes["field"]: "a"})
    await yuki.act("click", **moment, **{moment["field"]: "2026-11-24T10:00"})

    button, menu, checked, at = (p["actions"][0] for p in inbox.asked)
    assert (button["action_id"], button["value"]) == ("go", "42")
    assert menu["selected_option"]["value"] == "b"
    assert [o["value"] for o in checked["selected_options"]] == ["a"]
    assert at["selected_date_time"] == 1795482000, "10:00 in Tokyo"


async def test_a_click_on_an_app_that_is_gone_says_so(slack: Sandbox, client: AsyncWebClient, open_as: Open):
    await client.chat_postMessage(channel="C01SEVJA", text="x", blocks=ACTIONS)
    yuki = open_as("U01YUKI")

    said = await yuki.refused("click", **hx_vals(await yuki.look(), "go"))

    assert "The app did not answer this in time" in said


async def test_own_messages_are_edited_deleted_and_others_are_not(slack: Sandbox, inbox: Inbox, open_as: Open):
    message = await slack.person("U01YUKI").post("C01SEVJA", "hello @Bob Walsh <b>")
    ref = {"channel": "C01SEVJA", "ts": message.ts}
    yuki, bob = open_as("U01YUKI"), open_as("U02BOB")
    _, form = await yuki.get(f"/page/as/U01YUKI/edit?channel=C01SEVJA&ts={message.ts}")

    assert "hello @Bob Walsh &lt;b&gt;</textarea>" in form, "as it was typed"
    assert "only their own" in await bob.refused("edit", **ref, text="mine now")
    await yuki.act("edit", **ref, text="better")
    assert slack.messages("C01SEVJA")[0].text == "better"
    await yuki.act("delete", **ref)
    assert slack.messages("C01SEVJA") == []


async def test_reactions_come_and_go(slack: Sandbox, inbox: Inbox, open_as: Open):
    message = await slack.person("U02BOB").post("C01SEVJA", "hello")
    ref = {"channel": "C01SEVJA", "ts": message.ts, "emoji": ":eyes:"}
    yuki = open_as("U01YUKI")

    await yuki.act("react", **ref)
    assert slack.messages("C01SEVJA")[0].reactions == (("eyes", "U01YUKI"),)
    await yuki.act("react", **ref)
    assert slack.messages("C01SEVJA")[0].reactions == ()


async def test_an_ephemeral_message_can_be_put_away(slack: Sandbox, client: AsyncWebClient, open_as: Open):
    await client.chat_postEphemeral(channel="C01SEVJA", user="U01YUKI", text="for you alone")
    (message,) = slack.ephemerals("U01YUKI")

    await open_as("U02BOB").act("dismiss", channel="C01SEVJA", ts=message.ts)
    assert len(slack.ephemerals("U01YUKI")) == 1
    await open_as("U01YUKI").act("dismiss", channel="C01SEVJA", ts=message.ts)
    assert slack.ephemerals("U01YUKI") == []


VIEW = {
    "type": "modal",
    "callback_id": "contacted",
    "title": {"type": "plain_text", "text": "Contact"},
    "submit": TEXT,
    "blocks": [
        {"type": "input", "block_id": "said", "label": TEXT,
         "element": {"type": "plain_text_input", "action_id": "value", "multiline": True}},
        {"type": "input", "block_id": "to", "label": TEXT, "element": {"type": "users_select", "action_id": "value"}},
        {"type": "input", "block_id": "who", "label": TEXT, "optional": True,
         "element": {"type": "multi_static_select", "action_id": "value", "options": MENU["options"]}},
    ],
}  # fmt: skip


async def opened(slack: Sandbox, client: AsyncWebClient, yuki) -> dict:
    """A modal in front of Yuki."""
    trigger = slack.triggers.issue("U01YUKI")
    return (await client.views_open(trigger_id=trigger, view=VIEW)).data["view"]


async def test_a_modal_is_drawn_filled_in_and_submitted(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    yuki = open_as("U01YUKI")
    view = await opened(slack, client, yuki)
    shown = await yuki.look()
    fields = {f"{view['id']}-0-0": "told\r\nthem", f"{view['id']}-1-0": "U02BOB", f"{view['id']}-2-0": "b"}

    await yuki.act("submit", view=view["id"], **fields)

    assert 'data-callback-id="contacted"' in shown
    assert "data-view" not in (await yuki.look())
    (payload,) = inbox.asked
    values = payload["view"]["state"]["values"]
    assert values["said"]["value"]["value"] == "told\nthem"
    assert values["to"]["value"]["selected_user"] == "U02BOB"
    assert [o["value"] for o in values["who"]["value"]["selected_options"]] == ["b"]


async def test_a_required_field_and_an_error_of_the_app_stand_at_their_fields(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    yuki = open_as("U01YUKI")
    view = await opened(slack, client, yuki)
    name = view["id"]

    empty = await yuki.act("submit", view=name)
    assert inbox.asked == []
    inbox.answer = lambda payload: {"response_action": "errors", "errors": {"said": "Say <more>"}}
    answered = await yuki.act("submit", view=name, **{f"{name}-0-0": "x", f"{name}-1-0": "U02BOB"})

    required = "Please complete this required field."
    assert f'id="{name}-0-error" role="alert" hx-swap-oob="true">{required}<' in empty
    assert f'id="{name}-1-error" role="alert" hx-swap-oob="true">{required}<' in empty
    assert f'id="{name}-0-error" role="alert" hx-swap-oob="true">Say &lt;more&gt;<' in answered
    assert f'id="{name}-1-error" role="alert" hx-swap-oob="true"><' in answered, "cured"


async def test_what_is_typed_survives_a_redrawn_modal(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    yuki = open_as("U01YUKI")
    view = await opened(slack, client, yuki)
    vals = hx_vals(await yuki.look(), "value")

    await yuki.act("fill", **vals, **{vals["field"]: "half a sent"})
    await client.views_update(view_id=view["id"], view={**VIEW, "title": {"type": "plain_text", "text": "Again"}})

    shown = await yuki.look()
    assert "Again" in shown
    assert "half a sent</textarea>" in shown
    assert inbox.asked == []


async def test_closing_a_modal_tells_an_app_that_wants_to_know(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    trigger = slack.triggers.issue("U01YUKI")
    await client.views_open(trigger_id=trigger, view={**VIEW, "notify_on_close": True})

    await open_as("U01YUKI").act("close")
    await open_as("U01YUKI").act("close")

    assert [p["type"] for p in inbox.asked] == ["view_closed"]


async def test_shortcuts_are_offered_where_the_app_has_them(slack: Sandbox, inbox: Inbox, open_as: Open):
    message = await slack.person("U02BOB").post("C01SEVJA", "hello")
    yuki = open_as("U01YUKI")
    shown = await yuki.look()

    await yuki.act("shortcut", callback_id="escalate", channel="C01SEVJA", ts=message.ts)
    await yuki.act("shortcut", callback_id="open", ts="")

    assert 'data-shortcut="escalate"' in shown
    assert 'data-shortcut="open"' in shown
    assert [(p["type"], p["callback_id"]) for p in inbox.asked] == [
        ("message_action", "escalate"),
        ("shortcut", "open"),
    ]
    assert json.dumps(inbox.asked[0]["message"]["text"]) == '"hello"'
