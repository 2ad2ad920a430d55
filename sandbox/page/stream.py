"""Stream: server-sent events: a window hears within a moment what changed on it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from aiohttp import web

from .screen import Screen

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

BREATH = 0.03
"""Seconds in which changes gather into one patch: much happens at once when the clock jumps."""
HEARTBEAT = 10.0


async def stream(request: web.Request, slack: Sandbox, screen: Screen | None) -> web.StreamResponse:
    """Patches as they come, until the window closes. A window that missed some is told to load anew."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    if screen is None or _missed(request, screen):
        await _send(response, "lost", "", 0)
        return response
    await response.write(b"retry: 500\n\n")
    bell = slack.state.bell
    with contextlib.suppress(ConnectionError):
        while True:
            rung = bell.count
            if changes := screen.changes():
                screen.sent += 1
                await _send(response, "patch", changes, screen.sent)
            try:
                await bell.until(lambda rung=rung: bell.count > rung, HEARTBEAT)  # type: ignore[misc]
            except TimeoutError:
                await response.write(b": still here\n\n")
            await asyncio.sleep(BREATH)
    return response


def _missed(request: web.Request, screen: Screen) -> bool:
    """Whether an earlier stream of this window sent what may not have arrived."""
    last = request.headers.get("Last-Event-ID", "")
    return screen.sent != (int(last) if last.isdigit() else 0)


async def _send(response: web.StreamResponse, event: str, data: str, number: int) -> None:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    await response.write(f"event: {event}\nid: {number}\n{lines}\n".encode())
