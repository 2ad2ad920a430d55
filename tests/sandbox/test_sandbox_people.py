"""What people do, and what Slack's client does not let them do."""

import asyncio

import pytest

from sandbox import AppFailed, SlackRefusal


def plain(text):
    return {"type": "plain_text", "text": text}


def button(action_id, value="42"):
    return {"type": "button", "action_id": action_id, "value": value, "text": plain(action_id)}


AREAS = {
    "type": "static_select",
    "action_id": "claim",
    "options": [{"text": plain(v), "value": v} for v in ("network", "storage")],
}
CARD = [
    {"type": "actions", "block_id": "top", "elements": [button("resolve"), button("more")]},
    {"type": "actions", "block_id": "areas", "elements": [AREAS, {"type": "users_select", "action_id": "handoff"}]},
    {"type": "actions", "block_id": "n1", "elements": [button("release", "42:network")]},
    {"type": "actions", "block_id": "n2", "elements": [button("release", "42:storage")]},
]


@pytest.fixture
async def card(slack, client):
    sent = await client.chat_postMessage(channel="C01SEVJA", text="card", blocks=CARD)
    return slack.message("C01SEVJA", sent["ts"])


async def test_typed_text_is_escaped_and_names_become_mentions(slack, inbox):
    message = await slack.person("U01YUKI").post("C01SEVJA", "a < b & @Bob Walsh in #random https://x.jp/?a=1&b @here")

    assert message.text == ("a &lt; b &amp; <@U02BOB> in <#C06RANDOM|random> <https://x.jp/?a=1&amp;b> <!here>")
    assert message.pings == {"U02BOB", "here"}
    assert inbox.events("message")[0]["text"] == message.text


async def test_nobody_can_type_a_raw_mention(slack):
    message = await slack.person("U01YUKI").post("C01SEVJA", "<!channel> <@U02BOB>")

    assert message.pings == frozenset()


async def test_people_write_only_where_they_are(slack):
    yuki, pat, gone = (slack.person(user) for user in ("U01YUKI", "U09PARTNER", "U10GONE"))
    for actor, channel in ((yuki, "C04OLD"), (pat, "C01SEVJA"), (gone, "C01SEVJA"), (yuki, "C99")):
        with pytest.raises(SlackRefusal):
            await actor.post(channel, "x")
    with pytest.raises(SlackRefusal, match="no thread"):
        await yuki.post("C01SEVJA", "x", thread_ts="1.000001")


async def test_people_change_only_their_own_messages(slack):
    yuki, bob = slack.person("U01YUKI"), slack.person("U02BOB")
    message = await yuki.post("C01SEVJA", "[SevA] down")
    with pytest.raises(SlackRefusal, match="their own"):
        await bob.edit(message, "x")

    edited = await yuki.edit(message, "[SevB] down")
    assert (edited.text, edited.version) == ("[SevB] down", 2)
    await yuki.delete(message)
    assert slack.messages("C01SEVJA") == []


async def test_a_deleted_message_with_replies_leaves_a_tombstone(slack, inbox):
    yuki = slack.person("U01YUKI")
    root = await yuki.post("C01SEVJA", "root")
    await slack.person("U02BOB").post("C01SEVJA", "reply", thread_ts=root.ts)
    await yuki.delete(root)

    assert [m.subtype for m in slack.thread("C01SEVJA", root.ts)] == ["tombstone", None]
    assert inbox.events("message")[-1]["message"]["subtype"] == "tombstone"


async def test_a_command_is_answered_in_the_ack(slack, inbox):
    inbox.answer = lambda payload: {"text": "claimed", "response_type": "in_channel"}
    reply = await slack.person("U01YUKI").command("/sev", "claim 42 @Bob Walsh <x>", channel="C01SEVJA")

    assert (reply.ok, reply.text, reply.response_type) == (True, "claimed", "in_channel")
    assert inbox.payloads[0]["text"] == "claim 42 <@U02BOB> &lt;x&gt;"
    assert [m.text for m in slack.messages("C01SEVJA")] == ["claimed"]


async def test_the_client_refuses_commands_in_threads_unknown_ones_and_those_of_partners(slack, inbox):
    yuki = slack.person("U01YUKI")
    with pytest.raises(SlackRefusal, match="not supported in threads"):
        await yuki.command("/sev", "x", channel="C01SEVJA", thread_ts="1.0")
    with pytest.raises(SlackRefusal, match="/nope is not a valid command"):
        await yuki.command("/nope", channel="C01SEVJA")
    with pytest.raises(SlackRefusal, match="other companies"):
        await slack.person("U09PARTNER").command("/sev", channel="C03SHARED")
    assert inbox.payloads == []


async def test_a_command_nobody_answers_fails_visibly(slack):
    reply = await slack.person("U01YUKI").command("/sev", "x", channel="C01SEVJA")

    assert (reply.ok, reply.text) == (False, '/sev failed with the error "dispatch_failed"')


async def test_an_answer_with_bad_blocks_fails_visibly(slack, inbox):
    inbox.answer = lambda payload: {"blocks": [{"type": "marquee"}]}
    reply = await slack.person("U01YUKI").command("/sev", "x", channel="C01SEVJA")

    assert (reply.ok, reply.text) == (False, '/sev failed with the error "invalid_blocks"')


async def test_a_click_says_what_was_clicked_and_where(slack, inbox, card):
    await slack.person("U01YUKI").click(card, "release", "42:storage")

    (payload,) = inbox.asked
    (action,) = payload["actions"]
    assert (action["type"], action["block_id"], action["value"]) == ("button", "n2", "42:storage")
    assert payload["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": "C01SEVJA",
        "is_ephemeral": False,
    }
    assert (payload["user"]["id"], payload["user"]["team_id"]) == ("U01YUKI", "T0JIBUN")
    assert payload["message"]["ts"] == card.ts


async def test_choosing_in_menus(slack, inbox, card):
    yuki = slack.person("U01YUKI")
    await yuki.click(card, "claim", option="storage")
    await yuki.click(card, "handoff", user="U02BOB")

    first, second = (payload["actions"][0] for payload in inbox.asked)
    assert first["selected_option"]["value"] == "storage"
    assert second["selected_user"] == "U02BOB"
    assert inbox.asked[0]["state"]["values"]["areas"]["claim"]["selected_option"]["value"] == "storage"


async def test_only_what_is_there_can_be_clicked(slack, client, inbox, card):
    yuki = slack.person("U01YUKI")
    with pytest.raises(SlackRefusal, match="there are: claim, handoff, more"):
        await yuki.click(card, "explode")
    with pytest.raises(SlackRefusal, match="say which value"):
        await yuki.click(card, "release")
    with pytest.raises(SlackRefusal, match="no option 'moon'"):
        await yuki.click(card, "claim", option="moon")
    await client.chat_update(channel="C01SEVJA", ts=card.ts, text="done")
    with pytest.raises(SlackRefusal):
        await yuki.click(card, "resolve")
    await slack.delete_message(card)
    with pytest.raises(SlackRefusal, match="deleted"):
        await yuki.click(card, "resolve")


async def test_a_partner_clicks_with_their_own_team(slack, client, inbox):
    sent = await client.chat_postMessage(channel="C03SHARED", text="card", blocks=CARD)
    await slack.person("U09PARTNER").click(slack.message("C03SHARED", sent["ts"]), "resolve")

    assert (inbox.asked[0]["user"]["team_id"], inbox.asked[0]["team"]["id"]) == ("T0PARTNER", "T0JIBUN")


async def test_shortcuts(slack, inbox):
    yuki = slack.person("U01YUKI")
    message = await yuki.post("C01SEVJA", "down")
    await yuki.shortcut("escalate", message=message)
    await yuki.shortcut("open")

    on_message, anywhere = inbox.payloads[1:]
    assert (on_message["type"], on_message["message"]["text"]) == ("message_action", "down")
    assert (anywhere["type"], "message" in anywhere, "response_url" in anywhere) == ("shortcut", False, False)
    with pytest.raises(SlackRefusal, match="no global shortcut 'escalate'"):
        await yuki.shortcut("escalate")
    with pytest.raises(SlackRefusal, match="other companies"):
        await slack.person("U09PARTNER").shortcut("open")


async def test_a_modal_the_app_does_not_take_stays_open(slack, client, inbox):
    view = {"type": "modal", "title": plain("T"), "submit": plain("OK"), "blocks": []}
    inbox.answer = lambda payload: None if payload["type"] != "view_submission" else {"response_action": "explode"}
    yuki = slack.person("U01YUKI")
    await yuki.shortcut("open")
    await client.views_open(trigger_id=inbox.payloads[0]["trigger_id"], view=view)

    with pytest.raises(AppFailed, match="unknown response_action"):
        await yuki.submit()
    assert yuki.view is not None


async def test_a_command_answered_too_late_times_out(slack, inbox):
    inbox.answer = lambda payload: asyncio.sleep(0.5)
    reply = await slack.person("U01YUKI").command("/sev", "x", channel="D01YUKI")

    assert (reply.ok, reply.text) == (False, '/sev failed with the error "operation_timeout"')
