"""Rate limits and injected faults."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.limits import Limits


async def test_a_channel_takes_a_short_burst_then_one_post_a_second():
    async with Sandbox(limits="slack") as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        for _ in range(4):
            await client.chat_postMessage(channel="C01SEVJA", text="x")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C01SEVJA", text="x")
        await client.chat_postMessage(channel="C06RANDOM", text="another channel")

    response = caught.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "1")


def test_tiers_are_calls_a_minute():
    now = 0.0
    limits = Limits("slack", lambda: now)

    assert [limits.refuse("users.list", 2, "") for _ in range(20)] == [0] * 20
    assert limits.refuse("users.list", 2, "") == 3
    assert limits.refuse("users.info", 4, "") == 0
    now = 3.0
    assert limits.refuse("users.list", 2, "") == 0


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [("429", 429, "ratelimited"), ("error:internal_error", 200, "internal_error")],
)
async def test_an_error_of_choice_once(slack, client, kind, status, error):
    slack.faults.add(method="chat.postMessage", kind=kind, retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C01SEVJA", text="x")
    await client.chat_postMessage(channel="C01SEVJA", text="x")

    assert (caught.value.response.status_code, caught.value.response["error"]) == (status, error)
    assert caught.value.response.headers.get("Retry-After") == ("7" if kind == "429" else None)
    assert [c.error for c in slack.calls("chat.postMessage")] == [error, None]


async def test_a_server_error_has_no_json(slack, client):
    slack.faults.add(method="chat.postMessage", kind="http_503")

    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C01SEVJA", text="x")
    assert not isinstance(caught.value.response, dict)
    assert slack.messages("C01SEVJA") == []


@pytest.mark.parametrize(("kind", "posted"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_connection_drops_before_or_after_the_effect(slack, client, kind, posted):
    slack.faults.add(method="chat.postMessage", kind=kind)

    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C01SEVJA", text="x")
    assert len(slack.messages("C01SEVJA")) == posted
    assert [c.status for c in slack.calls("chat.postMessage")] == [0]


async def test_the_sdks_default_client_posts_twice_after_a_dropped_connection(slack):
    slack.faults.add(method="chat.postMessage", kind="drop_after")
    await AsyncWebClient(slack.bot_token, base_url=slack.api_url).chat_postMessage(channel="C01SEVJA", text="x")

    assert len(slack.messages("C01SEVJA")) == 2


async def test_an_answer_may_be_slow(slack, client):
    slack.faults.add(method="chat.postMessage", delay=0.05)
    sending = asyncio.create_task(client.chat_postMessage(channel="C01SEVJA", text="x"))
    await asyncio.sleep(0.01)
    assert not sending.done()

    assert (await sending)["ok"]


async def test_an_outage_and_its_end(slack, client):
    await slack.down()
    with pytest.raises(SlackApiError):
        await client.auth_test()
    await slack.down(False)

    assert (await client.auth_test())["ok"]


def test_an_unknown_fault_is_a_mistake():
    with pytest.raises(ValueError, match="unknown fault"):
        Sandbox().faults.add(kind="gremlins")
