"""Socket line: Socket Mode kept alive. The SDK can retry a dead address for ever, so we watch it and build anew.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import logging

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.ports import DeliveryTrouble, Stopped
from handlers.slack.messenger import call

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
DOWN_TOO_LONG = 30.0
"""Seconds without a connection after which the handler is built anew: a failed WebSocket connect is retried on the same
single-use address for ever (observed with slack_sdk 3.47)."""


class SocketLine:
    """One connection to Slack, rebuilt when it stays down."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._app = app
        self._token = app_token
        self._handler: AsyncSocketModeHandler | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        if self._handler is None:
            return False
        session = self._handler.client.current_session
        return session is not None and not session.closed

    async def open(self) -> None:
        """Connect; waits for Slack as long as it takes. Raises Stopped where the token is refused."""
        while True:
            try:
                # Asked first, with a deadline: connect_async() retries a refused token for ever.
                await call(self._app.client.apps_connections_open, app_token=self._token)
                break
            except Stopped:
                raise
            except DeliveryTrouble as trouble:
                log.warning("waiting for Slack's Socket Mode: %s", trouble.reason)
                await asyncio.sleep(max(1.0, min(trouble.seconds, 5.0)))
        await self._connect()
        self._watch = asyncio.create_task(self._keep_up())

    async def _connect(self) -> None:
        self._handler = AsyncSocketModeHandler(self._app, self._token)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DOWN_TOO_LONG):
                await self._handler.connect_async()  # type: ignore[no-untyped-call]

    async def _keep_up(self) -> None:
        down = 0.0
        while True:
            await asyncio.sleep(LOOK_EVERY)
            down = 0.0 if self.connected else down + LOOK_EVERY
            if down >= DOWN_TOO_LONG:
                log.warning("no connection to Slack for %.0f s: building it anew", down)
                await self._drop()
                await self._connect()
                down = 0.0

    async def _drop(self) -> None:
        if self._handler is not None:
            try:
                await self._handler.close_async()  # type: ignore[no-untyped-call]
            except Exception:
                log.warning("the old connection did not close cleanly", exc_info=True)
            self._handler = None

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await self._drop()
