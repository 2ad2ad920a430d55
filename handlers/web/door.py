"""Door: how callers are let in and how long they may take. A slow or silent one costs a socket for seconds, no more."""

import asyncio
from typing import Any, NamedTuple

from aiohttp import web

MOST = 500
"""Ours: connections at once. Beyond it the oldest one that asks for nothing is closed."""


class Patience(NamedTuple):
    """Seconds, all ours. Slack itself waits three for the whole answer."""

    headers: float = 10.0
    """From the connection, or from a request's first byte, to the end of its headers."""
    body: float = 10.0
    """From there to the end of its body."""
    idle: float = 75.0
    """Between two requests of one connection: longer than nginx keeps one to us (`keepalive_timeout`, 60)."""


class Door(web.TCPSite):
    """A TCP site whose callers have deadlines: aiohttp has none for headers."""

    __slots__ = ("_most", "_patience", "_where")

    def __init__(self, runner: web.AppRunner, host: str, port: int, *, patience: Patience, most: int = MOST) -> None:
        super().__init__(runner, host, port)
        self._where = (host, port)
        self._patience = patience
        self._most = most

    async def start(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        await web.BaseSite.start(self)
        loop = asyncio.get_running_loop()
        manager = self._runner.server
        assert manager is not None
        host, port = self._where
        self._server = await loop.create_server(
            lambda: Caller(manager, loop=loop, patience=self._patience, most=self._most), host, port, backlog=128
        )


class Caller(web.RequestHandler):
    """One connection."""

    __slots__ = ("_deadline", "_most", "_patience")

    def __init__(self, manager: web.Server, *, loop: asyncio.AbstractEventLoop, patience: Patience, most: int) -> None:
        super().__init__(
            manager,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # as AppRunner itself passes it
            keepalive_timeout=patience.idle,
            lingering_time=1.0,  # seconds in which a refused body is drained, so that the refusal can be read
            auto_decompress=False,  # Slack signs the raw bytes and compresses nothing
        )
        self._patience = patience
        self._most = most
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        manager = self._manager
        super().connection_made(transport)
        self._await_headers()
        if manager is not None and len(manager.connections) > self._most:
            idle = (caller for caller in manager.connections if not caller._request_in_progress)
            next(idle, self).force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._headers_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self._request_count
        super().data_received(data)
        if self._request_count > before:
            self._headers_came()
        elif self._deadline is None and self._waiter is not None:
            self._await_headers()  # the first bytes of the next request

    def handle_error(
        self, request: Any, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """A fault of ours is logged, noise from the network is not; who called hears a number and nothing more."""
        if status >= 500:
            self.logger.error("a request failed in a way nobody foresaw", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer had begun")
        answer = web.Response(status=status, headers=HEADERS)
        answer.force_close()
        return answer

    def _await_headers(self) -> None:
        self._deadline = self._loop.call_later(self._patience.headers, self.force_close)

    def _headers_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


HEADERS = {
    "Server": "Jibungoto",  # aiohttp's own names its version and Python's
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""On every answer; a page may ask for more by setting its own."""


async def guarded(request: web.Request, response: web.StreamResponse) -> None:
    """An `on_response_prepare` signal."""
    if response.headers.get("Server", "").startswith("Python/"):
        del response.headers["Server"]
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
