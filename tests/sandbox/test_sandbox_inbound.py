"""How payloads travel: signatures, retries, duplicates, holding back; response URLs; Socket Mode."""

import asyncio
import json
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from sandbox import Sandbox, SlackRefusal
from sandbox.inbound import sign


async def test_requests_are_signed_as_slack_signs(slack, inbox):
    await slack.person("U01YUKI").post("C01SEVJA", "hello")
    await slack.person("U01YUKI").command("/sev", "リスト", channel="C01SEVJA")

    verifier = SignatureVerifier(slack.signing_secret)
    assert all(verifier.is_valid_request(body.decode(), headers) for headers, body in inbox.requests)
    assert not verifier.is_valid_request("other", inbox.requests[0][0])


def test_a_signature_covers_time_and_body():
    one = sign("secret", b"body", 1)

    assert one == sign("secret", b"body", 1)
    assert one["x-slack-signature"] not in (
        sign("secret", b"body", 2)["x-slack-signature"],
        sign("secret", b"other", 1)["x-slack-signature"],
        sign("public", b"body", 1)["x-slack-signature"],
    )


async def test_the_request_url_is_verified_by_a_challenge(slack, inbox):
    inbox.answer = lambda payload: payload["challenge"]
    assert await slack.inbound.verify_url()
    inbox.answer = lambda payload: "what?"
    assert not await slack.inbound.verify_url()


async def test_a_failed_event_is_retried_at_once_then_after_one_and_five_minutes(slack, inbox):
    slack.clock.freeze()
    inbox.answer = lambda payload: web.Response(status=500)
    await slack.person("U01YUKI").post("C01SEVJA", "hello")
    await slack.wait_for(lambda: len(inbox.payloads) == 2)
    slack.clock.move(timedelta(minutes=1))
    await slack.wait_for(lambda: len(inbox.payloads) == 3)
    slack.clock.move(timedelta(minutes=5))
    await slack.wait_for(lambda: len(inbox.payloads) == 4 and slack.inbound.pending == 0)

    retries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in inbox.requests]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({payload["event_id"] for payload in inbox.payloads}) == 1


async def test_an_app_may_ask_for_no_retry(slack, inbox):
    inbox.answer = lambda payload: web.Response(status=500, headers={"x-slack-no-retry": "1"})
    await slack.person("U01YUKI").post("C01SEVJA", "hello")

    await slack.wait_for(lambda: slack.inbound.pending == 0)
    assert len(inbox.payloads) == 1


async def test_an_app_that_is_too_slow_is_asked_again(slack, inbox):
    async def slow():
        await asyncio.sleep(0.5)

    answers = [slow, lambda: None]
    inbox.answer = lambda payload: answers.pop(0)()
    await slack.person("U01YUKI").post("C01SEVJA", "hello")

    await slack.wait_for(lambda: slack.inbound.pending == 0)
    assert inbox.requests[1][0]["x-slack-retry-reason"] == "http_timeout"


async def test_an_event_may_come_many_times(slack, inbox):
    slack.inbound.duplicate(times=3, count=1)
    for text in ("one", "two"):
        await slack.person("U01YUKI").post("C01SEVJA", text)
    await slack.wait_for(lambda: slack.inbound.pending == 0)

    assert sorted(e["text"] for e in inbox.events("message")) == ["one", "one", "one", "two"]
    assert len({p["event_id"] for p in inbox.payloads}) == 2


async def test_a_copy_may_come_late(slack, inbox):
    slack.clock.freeze()
    slack.inbound.duplicate(times=2, delay=60)
    await slack.person("U01YUKI").post("C01SEVJA", "one")
    await asyncio.sleep(0)
    assert len(inbox.payloads) == 1

    slack.clock.move(timedelta(minutes=1))
    await slack.wait_for(lambda: len(inbox.payloads) == 2)


async def test_events_held_back_can_come_in_another_order(slack, inbox):
    slack.inbound.hold()
    for text in ("one", "two", "three"):
        await slack.person("U01YUKI").post("C01SEVJA", text)
    assert inbox.payloads == []
    await slack.inbound.release(reverse=True)

    assert [e["text"] for e in inbox.events("message")] == ["three", "two", "one"]


async def test_a_response_url_works_five_times_in_thirty_minutes(slack, inbox):
    yuki = slack.person("U01YUKI")
    await yuki.command("/sev", "x", channel="C01SEVJA")
    url = inbox.payloads[0]["response_url"]
    async with aiohttp.ClientSession() as http:

        async def answer(url=url, **said):
            async with http.post(url, json=said) as got:
                return got.status, await got.text()

        assert await answer(text="one") == (200, "ok")
        assert await answer(blocks=[{"type": "marquee"}]) == (400, "invalid_blocks")
        assert await answer(text="all", response_type="in_channel") == (200, "ok")
        await answer(text="four")
        await answer(text="five")
        assert await answer(text="six") == (404, "used_url")
        await yuki.command("/sev", "x", channel="C01SEVJA")
        slack.clock.move(timedelta(minutes=31))
        assert await answer(inbox.asked[1]["response_url"], text="late") == (404, "expired_url")

    assert [m.text for m in slack.ephemerals("U01YUKI")] == ["one", "four", "five"]
    assert [m.text for m in slack.messages("C01SEVJA")] == ["all"]


async def test_a_response_url_may_replace_and_delete_what_was_clicked(slack, client, inbox):
    yuki = slack.person("U01YUKI")
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}}
    blocks = [{"type": "actions", "elements": [button]}]
    await client.chat_postEphemeral(channel="C01SEVJA", user="U01YUKI", text="old", blocks=blocks)
    await yuki.click(slack.ephemerals("U01YUKI")[0], "a")
    async with aiohttp.ClientSession() as http:
        url = inbox.asked[0]["response_url"]
        await (await http.post(url, json={"text": "new", "replace_original": True})).text()
        assert [m.text for m in slack.ephemerals("U01YUKI")] == ["new"]
        await (await http.post(url, json={"delete_original": True})).text()
    assert slack.ephemerals("U01YUKI") == []


# Socket Mode


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as http:
        yield http


@pytest.fixture
async def dial(slack, http):
    """Opens a Socket Mode connection and returns it after hello."""
    kept = []

    async def connect():
        headers = {"authorization": f"Bearer {slack.app_token}"}
        async with http.post(slack.api_url + "apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        ws = await http.ws_connect(url)
        hello = await ws.receive_json()
        assert hello["type"] == "hello"
        kept.append(ws)
        return ws, url

    yield connect
    for ws in kept:
        await ws.close()


async def test_a_socket_url_works_once(slack, http, dial):
    _, url = await dial()

    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await http.ws_connect(url)
    assert caught.value.status == 403


async def test_an_envelope_is_acked_and_only_some_take_a_payload(slack, dial):
    ws, _ = await dial()
    yuki = slack.person("U01YUKI")

    async def answer():
        for _ in range(2):
            envelope = await ws.receive_json()
            await ws.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": envelope["type"]}})
            seen.append((envelope["type"], envelope["accepts_response_payload"]))

    seen: list[tuple[str, bool]] = []
    answering = asyncio.create_task(answer())
    reply = await yuki.command("/sev", "x", channel="C01SEVJA")
    await yuki.shortcut("open")
    await answering

    assert reply.text == "slash_commands"
    assert seen == [("slash_commands", True), ("interactive", False)]


async def test_payloads_go_to_any_connection_and_come_again_without_an_ack(slack, dial):
    first, _ = await dial()
    second, _ = await dial()
    posting = asyncio.create_task(slack.person("U01YUKI").post("C01SEVJA", "hello"))
    done, _ = await asyncio.wait(
        [asyncio.create_task(ws.receive_json()) for ws in (first, second)], return_when=asyncio.ALL_COMPLETED
    )
    await posting

    attempts = sorted((task.result() for task in done), key=lambda envelope: envelope["retry_attempt"])
    assert [(e["retry_attempt"], e["retry_reason"]) for e in attempts] == [(0, ""), (1, "timeout")]


async def test_disconnect_announces_itself(slack, dial):
    ws, _ = await dial()
    await slack.disconnect("warning")
    assert (await ws.receive_json())["reason"] == "warning"
    assert slack.sockets.count == 1

    closing = asyncio.create_task(slack.disconnect("refresh_requested"))
    assert (await ws.receive_json())["reason"] == "refresh_requested"
    assert (await ws.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING)
    await closing
    assert slack.sockets.count == 0


async def test_only_ten_connections(slack, http, dial):
    for _ in range(10):
        await dial()
    headers = {"authorization": f"Bearer {slack.app_token}"}
    async with http.post(slack.api_url + "apps.connections.open", headers=headers) as answer:
        assert json.loads(await answer.text())["error"] == "too_many_websockets"


async def test_without_a_connection_people_see_a_failure(slack):
    reply = await slack.person("U01YUKI").command("/sev", "x", channel="C01SEVJA")
    assert not reply.ok
    slack.views.open("U01YUKI", {"type": "modal", "title": _plain("T"), "submit": _plain("OK"), "blocks": []})
    with pytest.raises(SlackRefusal, match="trouble connecting"):
        await slack.person("U01YUKI").submit()


def _plain(text):
    return {"type": "plain_text", "text": text}


async def test_leaving_is_quick_and_quiet_even_with_work_under_way():
    async with Sandbox() as slack:
        await slack.person("U01YUKI").post("C01SEVJA", "nobody listens")
        assert slack.inbound.pending
