"""A sandbox for each test, an inbox that records what Slack sends, and a real Bolt app in both modes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from tests.sandbox.browsing import Open, Window

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 9:00 in Tokyo
Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(now=NINE, ack_timeout=0.3) as slack:
        yield slack


@pytest.fixture
def client(slack: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def refused() -> Callable[[Awaitable[Any]], Awaitable[str]]:
    """The error a call is refused with."""

    async def of(call: Awaitable[Any]) -> str:
        with pytest.raises(SlackApiError) as caught:
            await call
        return str(caught.value.response["error"])

    return of


@pytest.fixture
async def open_as(slack: Sandbox) -> AsyncIterator[Open]:
    """Opens windows of the page, each as one person."""
    async with aiohttp.ClientSession() as session:
        yield lambda user, language="en": Window(slack, session, user, language)


@dataclass
class Inbox:
    """An app that only records; `answer` decides what it says to each payload."""

    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    payloads: list[Json] = field(default_factory=list)
    answer: Callable[[Json], Any] = lambda payload: None

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        payload = _decode(request, body)
        self.requests.append((dict(request.headers), body))
        self.payloads.append(payload)
        said = self.answer(payload)
        if isinstance(said, Awaitable):
            said = await said
        if isinstance(said, web.Response):
            return said
        return web.json_response(said) if isinstance(said, dict) else web.Response(text=said or "")

    @property
    def asked(self) -> list[Json]:
        """Commands, clicks, shortcuts and submissions."""
        return [p for p in self.payloads if p.get("type") != "event_callback"]

    def events(self, kind: str) -> list[Json]:
        return [p["event"] for p in self.payloads if p.get("type") == "event_callback" and p["event"]["type"] == kind]


def _decode(request: web.Request, body: bytes) -> Json:
    if request.content_type == "application/json":
        return json.loads(body)
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return json.loads(form["payload"]) if "payload" in form else form


@asynccontextmanager
async def serving(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/slack/events", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


@pytest.fixture
async def inbox(slack: Sandbox) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    async with serving(inbox.take) as slack.request_url:
        yield inbox


@pytest.fixture(params=["http", "socket"])
async def bolt(request: pytest.FixtureRequest, slack: Sandbox, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """A real Bolt app, reached over HTTP and again through Socket Mode."""
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)
    if request.param == "http":

        async def handle(incoming: web.Request) -> web.StreamResponse:
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(incoming)))

        async with serving(handle) as slack.request_url:
            yield app
    else:
        handler = AsyncSocketModeHandler(app, slack.app_token)
        await handler.connect_async()
        await slack.connected()
        yield app
        await handler.close_async()
