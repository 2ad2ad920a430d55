"""Socket: Socket Mode: tickets, connections, envelopes and their acks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from .errors import SlackError
from .state import Bell

Json = dict[str, Any]

CONNECTIONS_MOST = 10  # D:apis/events-api/using-socket-mode
TICKET_SECONDS = 30.0


class Sockets:
    """The app's WebSocket connections; a payload may go to any of them."""

    def __init__(self, app_id: str, bell: Bell) -> None:
        self.address = ""
        self._app_id, self._bell = app_id, bell
        self._tickets: dict[str, float] = {}
        self._live: list[web.WebSocketResponse] = []
        self._deaf: set[web.WebSocketResponse] = set()
        self.refuses = ""
        self.greets_deaf = False
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._live)

    def half_open(self, *, later_ones: bool = False) -> None:
        """The connections there are (with `later_ones`, those to come too) stay open, and nothing answers any more."""
        self._deaf |= set(self._live)
        self.greets_deaf = later_ones

    def refuse(self, how: str = "") -> None:
        """Later connections: `hello` is refused with 403, `url` is not given out; empty lets them in again."""
        if how not in ("", "hello", "url"):
            raise ValueError(f"unknown refusal {how!r}: hello, url or nothing")
        self.refuses = how

    def open_url(self) -> str:
        """A URL that works once, soon. D:reference/methods/apps.connections.open"""
        if self.refuses == "url":
            raise SlackError("internal_error")
        if len(self._live) >= CONNECTIONS_MOST:
            raise SlackError("too_many_websockets")
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = time.monotonic() + TICKET_SECONDS
        return f"{self.address}?ticket={ticket}&app_id={self._app_id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        expires = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if time.monotonic() > expires or self.refuses == "hello":
            return web.Response(status=403, text="the ticket was used or is too old")
        ws = web.WebSocketResponse(max_msg_size=1 << 22, autoping=False)
        await ws.prepare(request)
        self._live.append(ws)
        if self.greets_deaf:
            self._deaf.add(ws)
        try:
            if ws not in self._deaf:
                await ws.send_str(json.dumps(self._hello()))
            self._bell.ring()
            async for message in ws:
                if ws in self._deaf:
                    continue
                if message.type is WSMsgType.TEXT:
                    self._hear(message.data)
                elif message.type is WSMsgType.PING:
                    await ws.pong(message.data)
        finally:
            self._forget(ws)
        return ws

    async def deliver(self, kind: str, payload: Json, answers: bool, attempt: int, reason: str, timeout: float) -> Any:  # noqa: ASYNC109 - the envelope's own deadline
        """Send one envelope and wait for its ack; its payload counts only where Slack accepts one."""
        ws = self._next()
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "accepts_response_payload": answers,
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        ack: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = ack
        try:
            if ws not in self._deaf:
                await ws.send_str(json.dumps(envelope, ensure_ascii=False))
            body = await asyncio.wait_for(ack, timeout)
        finally:
            self._waiting.pop(envelope["envelope_id"], None)
        return body if answers else None

    async def disconnect(self, reason: str | None, index: int | None = None) -> None:
        """Tell connections to go (`warning` only announces it); without a reason they just break."""
        targets = list(self._live) if index is None else [self._live[index]]
        for ws in targets:
            if reason is not None:
                note = {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
                await ws.send_str(json.dumps(note))
            if reason != "warning":
                self._forget(ws)
                await _close(ws, broken=reason is None)

    async def close(self) -> None:
        """End all connections."""
        for ws in list(self._live):
            self._forget(ws)
            await _close(ws, broken=True)

    def _next(self) -> web.WebSocketResponse:
        live = [ws for ws in self._live if not ws.closed]
        if not live:
            raise ConnectionError("the app has no connection")
        self._turn += 1
        return live[self._turn % len(live)]

    def _hello(self) -> Json:
        debug = {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060}
        info = {"app_id": self._app_id}
        return {"type": "hello", "num_connections": len(self._live), "debug_info": debug, "connection_info": info}

    def _hear(self, text: str) -> None:
        with contextlib.suppress(ValueError):
            message = json.loads(text)
            # An ack may come on another connection than its envelope: the SDK does so across a refresh.
            waiting = self._waiting.get(message.get("envelope_id", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(message.get("payload"))

    def _forget(self, ws: web.WebSocketResponse) -> None:
        self._deaf.discard(ws)
        if ws in self._live:
            self._live.remove(ws)
            self._bell.ring()


async def _close(ws: web.WebSocketResponse, *, broken: bool) -> None:
    transport = ws.get_extra_info("transport")
    if broken and transport is not None:
        transport.abort()
        return
    with contextlib.suppress(TimeoutError, ConnectionError):
        await asyncio.wait_for(ws.close(), 0.5)
