"""Posting, editing, deleting and whispering, and every refusal on the way."""

import json

import pytest

SECTION = {"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "hello"}}
META = {"event_type": "jibungoto", "event_payload": {"id": "0142"}}


async def test_a_post_stands_in_the_channel(slack, client):
    answer = await client.chat_postMessage(channel="C01SEVJA", text="hello", blocks=[SECTION], metadata=META)

    (message,) = slack.messages("C01SEVJA")
    assert (message.ts, message.text, message.blocks, message.metadata) == (answer["ts"], "hello", (SECTION,), META)
    assert message.at == slack.message("C01SEVJA", message.ts).at


async def test_names_of_messages_are_unique_and_increase_even_when_time_stands_still(slack, client):
    slack.clock.freeze()
    posted = [(await client.chat_postMessage(channel="C01SEVJA", text="x"))["ts"] for _ in range(20)]

    assert posted == sorted(set(posted))


async def test_a_reply_stands_in_its_thread(slack, client):
    root = await slack.person("U01YUKI").post("C01SEVJA", "[SevA] down")
    await client.chat_postMessage(channel="C01SEVJA", text="card", thread_ts=root.ts)

    assert [m.text for m in slack.thread("C01SEVJA", root.ts)] == ["[SevA] down", "card"]
    assert [m.text for m in slack.messages("C01SEVJA")] == ["[SevA] down"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "C99NOPE", "text": "x"}, "channel_not_found"),
        ({"channel": "U99NOPE", "text": "x"}, "channel_not_found"),
        ({"channel": "C05NOBOT", "text": "x"}, "not_in_channel"),
        ({"channel": "C04OLD", "text": "x"}, "is_archived"),
        ({"channel": "U10GONE", "text": "x"}, "user_disabled"),
        ({"channel": "U11RELAY", "text": "x"}, "cannot_dm_bot"),
        ({"channel": "C01SEVJA", "text": " "}, "no_text"),
        ({"channel": "C01SEVJA", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "C01SEVJA", "text": "x", "blocks": "{nonsense"}, "invalid_blocks_format"),
        ({"channel": "C01SEVJA", "text": "x", "blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        ({"channel": "C01SEVJA", "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"channel": "C01SEVJA", "text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (
            {"channel": "C01SEVJA", "text": "x", "metadata": {"event_type": "x", "event_payload": {"a": "b" * 20000}}},
            "metadata_too_large",
        ),
        ({"channel": "C01SEVJA", "text": "x", "attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
    ],
)
async def test_a_bad_post_is_refused(slack, client, refused, args, error):
    assert await refused(client.api_call("chat.postMessage", json=args)) == error
    assert slack.calls("chat.postMessage")[-1].error == error


async def test_a_reply_to_a_reply_is_refused(slack, client, refused):
    root = await slack.person("U01YUKI").post("C01SEVJA", "root")
    reply = await slack.person("U02BOB").post("C01SEVJA", "reply", thread_ts=root.ts)

    error = await refused(client.chat_postMessage(channel="C01SEVJA", text="x", thread_ts=reply.ts))
    assert error == "cannot_reply_to_message"


async def test_a_direct_message_needs_the_messages_tab(slack, client, refused):
    sent = await client.chat_postMessage(channel="U01YUKI", text="reminder")
    assert sent["channel"] == "D01YUKI"
    assert [m.text for m in slack.dms("U01YUKI")] == ["reminder"]

    slack.close_dms()
    assert await refused(client.chat_postMessage(channel="U01YUKI", text="x")) == "messages_tab_disabled"


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(slack, client, refused):
    slack.state.change_channel("C05NOBOT", is_private=True)

    assert await refused(client.chat_postMessage(channel="C05NOBOT", text="x")) == "channel_not_found"


async def test_an_update_replaces_and_text_alone_removes_the_blocks(slack, client):
    sent = await client.chat_postMessage(channel="C01SEVJA", text="one", blocks=[SECTION], metadata=META)
    await client.chat_update(channel="C01SEVJA", ts=sent["ts"], text="two")

    message = slack.message("C01SEVJA", sent["ts"])
    assert (message.text, message.blocks, message.metadata, message.version) == ("two", (), META, 2)
    assert message.edited is not None


async def test_an_update_is_refused(slack, client, refused):
    theirs = await slack.person("U01YUKI").post("C01SEVJA", "mine")
    mine = await client.chat_postMessage(channel="C01SEVJA", text="x")

    async def update(channel="C01SEVJA", ts=mine["ts"], text="y"):
        return await refused(client.api_call("chat.update", json={"channel": channel, "ts": ts, "text": text}))

    assert await update(ts=theirs.ts) == "cant_update_message"
    assert await update(ts="1.000001") == "message_not_found"
    assert await update(text="y" * 4001) == "msg_too_long"
    assert await update(channel="U01YUKI") == "channel_not_found"
    assert await update(text="") == "no_text"
    await slack.archive("C01SEVJA")
    assert await update() == "is_inactive"


async def test_a_deleted_message_cannot_be_updated(slack, client, refused):
    sent = await client.chat_postMessage(channel="C01SEVJA", text="card")
    await slack.delete_message(slack.message("C01SEVJA", sent["ts"]))

    error = await refused(client.chat_update(channel="C01SEVJA", ts=sent["ts"], text="x"))
    assert error == "message_not_found"


async def test_the_app_deletes_its_own_only(slack, client, refused):
    theirs = await slack.person("U01YUKI").post("C01SEVJA", "mine")
    sent = await client.chat_postMessage(channel="C01SEVJA", text="x")
    await client.chat_delete(channel="C01SEVJA", ts=sent["ts"])

    assert slack.messages("C01SEVJA") == [theirs]
    assert await refused(client.chat_delete(channel="C01SEVJA", ts=theirs.ts)) == "cant_delete_message"


async def test_an_ephemeral_is_seen_by_one_person_and_no_history(slack, client, refused):
    await client.chat_postEphemeral(channel="C01SEVJA", user="U02BOB", text="only you")

    assert [m.text for m in slack.ephemerals("U02BOB")] == ["only you"]
    assert slack.ephemerals("U01YUKI") == []
    assert (await client.conversations_history(channel="C01SEVJA"))["messages"] == []
    outsider = client.chat_postEphemeral(channel="C01SEVJA", user="U09PARTNER", text="x")
    assert await refused(outsider) == "user_not_in_channel"


async def test_metadata_is_returned_only_on_request(slack, client):
    root = (await client.chat_postMessage(channel="C01SEVJA", text="x", metadata=META))["ts"]

    plain = (await client.conversations_replies(channel="C01SEVJA", ts=root))["messages"][0]
    full = (await client.conversations_replies(channel="C01SEVJA", ts=root, include_all_metadata=True))["messages"][0]
    assert "event_payload" not in plain["metadata"]
    assert full["metadata"] == META


async def test_a_permalink_leads_to_the_thread(slack, client):
    root = await slack.person("U01YUKI").post("C01SEVJA", "root")
    reply = await slack.person("U02BOB").post("C01SEVJA", "reply", thread_ts=root.ts)
    link = (await client.chat_getPermalink(channel="C01SEVJA", message_ts=reply.ts))["permalink"]

    assert link.endswith(f"/p{reply.ts.replace('.', '')}?thread_ts={root.ts}&cid=C01SEVJA")


async def test_long_text_is_cut_at_forty_thousand(slack, client):
    await client.chat_postMessage(channel="C01SEVJA", text="x" * 40_001)

    assert len(slack.messages("C01SEVJA")[0].text) == 40_000


async def test_blocks_may_come_as_a_json_string(slack, client):
    await client.api_call("chat.postMessage", data={"channel": "C01SEVJA", "blocks": json.dumps([SECTION])})

    assert slack.messages("C01SEVJA")[0].blocks == (SECTION,)


async def test_reactions_are_counted_once(slack, client, refused):
    root = await slack.person("U01YUKI").post("C01SEVJA", "root")
    await client.reactions_add(channel="C01SEVJA", timestamp=root.ts, name="eyes")

    again = client.reactions_add(channel="C01SEVJA", timestamp=root.ts, name="eyes")
    assert await refused(again) == "already_reacted"
    await client.reactions_remove(channel="C01SEVJA", timestamp=root.ts, name="eyes")
    gone = client.reactions_remove(channel="C01SEVJA", timestamp=root.ts, name="eyes")
    assert await refused(gone) == "no_reaction"
