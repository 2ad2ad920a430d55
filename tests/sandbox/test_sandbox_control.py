"""The same world over HTTP, for other programs and for pages."""

import asyncio
import sys

import aiohttp
import pytest


@pytest.fixture
async def control(slack):
    """Runs a step; returns status and body."""
    async with aiohttp.ClientSession() as http:

        async def call(step, **args):
            async with http.post(f"{slack.url}/control/{step}", json=args) as answer:
                return answer.status, await answer.json()

        async def look(what, **query):
            async with http.get(f"{slack.url}/control/{what}", params=query) as answer:
                return await answer.json()

        call.look = look
        yield call


async def test_people_act_by_http(slack, client, inbox, control):
    inbox.answer = lambda payload: {"text": "heard"} if "command" in payload else None
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}}
    _, posted = await control("post", user="U01YUKI", channel="C01SEVJA", text="[SevA] down")
    _, said = await control("command", user="U01YUKI", command="/sev", text="list", channel="C01SEVJA")
    sent = await client.chat_postMessage(
        channel="C01SEVJA", text="card", blocks=[{"type": "actions", "elements": [button]}]
    )
    _, clicked = await control("click", user="U01YUKI", channel="C01SEVJA", ts=sent["ts"], action_id="a")
    seen = await control.look("messages", channel="C01SEVJA")

    assert posted["result"]["text"] == "[SevA] down"
    assert said["result"]["text"] == "heard"
    assert clicked["result"]["ok"] is True
    assert [m["text"] for m in seen["messages"]] == ["[SevA] down", "card"]
    assert [m["text"] for m in (await control.look("person", user="U01YUKI"))["ephemerals"]] == ["heard"]


async def test_what_the_client_refuses_is_told(control):
    assert await control("post", user="U01YUKI", channel="C04OLD", text="x") == (
        409,
        {"ok": False, "refusal": "#sev-a-2019 is archived"},
    )
    assert (await control("dance"))[0] == 404
    assert (await control("post", user="U99", channel="C01SEVJA", text="x"))[0] == 400
    assert (await control("post", channel="C01SEVJA"))[0] == 400


async def test_the_world_is_bent_by_http(slack, control):
    await control("clock", set="2026-12-01T00:00:00+00:00", freeze=True)
    await control("clock", move=60)
    await control("admin", do="archive", channel="C06RANDOM")
    await control("fault", method="chat.postMessage", kind="429")
    state = await control.look("state")

    assert state["now"] == "2026-12-01T00:01:00+00:00"
    assert [c["id"] for c in state["channels"] if c["is_archived"]] == ["C04OLD", "C06RANDOM"]
    assert (await control("admin", do="explode"))[0] == 400
    assert (await control("fault", clear=True))[0] == 200


async def test_a_page_waits_for_changes(slack, control):
    before = (await control.look("state"))["changes"]
    waiting = asyncio.create_task(control.look("wait", after=str(before)))
    await slack.person("U01YUKI").post("C05NOBOT", "x")

    assert (await waiting)["changes"] > before


async def test_a_form_of_another_page_does_nothing(slack, control):
    async with aiohttp.ClientSession() as http, http.post(f"{slack.url}/control/post", data={"user": "U01YUKI"}) as got:
        assert got.status == 415


async def test_it_runs_alone():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await asyncio.wait_for(process.stdout.readline(), 10)).decode().strip().partition("=")[2]
    async with aiohttp.ClientSession() as http, http.post(f"{address}api.test") as answer:
        assert (await answer.json())["ok"] is True
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 5) == 0
