"""Standby: what the server answers while another Jibungoto holds the database: alive, but not ready."""

import errno
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from handlers.web.door import Door, Patience, guarded

log = logging.getLogger(__name__)


@asynccontextmanager
async def standing_by(host: str, port: int) -> AsyncIterator[None]:
    """The health pages of a standby for as long as the block lasts.

    Where the port is taken, most likely by the one that we wait for, there are none until the take-over.
    """
    app = web.Application()
    app.on_response_prepare.append(guarded)
    app.router.add_get("/healthz", _health)
    app.router.add_get("/readyz", _ready)
    app.router.add_get("/metrics", _metrics)
    app.router.add_post("/slack/events", _elsewhere)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await Door(runner, host, port, patience=Patience()).start()
        except OSError as taken:
            if taken.errno != errno.EADDRINUSE:
                raise
            log.info("port %d is in use, too: /healthz and /readyz answer here after the take-over", port)
        yield
    finally:
        await runner.cleanup()


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def _ready(request: web.Request) -> web.Response:
    """Not ready: whoever balances load must send nothing here."""
    return web.json_response({"ok": False, "standby": True}, status=503)


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(text="# HELP jibungoto_standby Waiting for another process to end\njibungoto_standby 1\n")


async def _elsewhere(request: web.Request) -> web.Response:
    return web.Response(status=503, text="standby")
