"""Socket line: Socket Mode kept alive. The SDK can retry a dead address for ever, so we watch it and build anew.

https://docs.slack.dev/apis/events-api/using-socket-mode

What slack_sdk 3.47's aiohttp client does, and why we don't rely on it: a failed WebSocket connect is retried on the
same single-use address for ever (holding its lock, so that its own monitor can't help); a refused app token is retried
for ever; a connection that answers no ping is judged by the wall clock.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiohttp import ClientWebSocketResponse
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.domain.values import Value
from bot.ports import DeliveryTrouble, Stopped, Unsure, Wait
from handlers.slack.calls import call
from handlers.slack.inhand import InHand

log = logging.getLogger(__name__)


class Vigil(Value):
    """How closely the line is watched; all in seconds, all ours. A dead one is found and replaced within 30."""

    ping: float = 5.0
    """Between two pings: the SDK's own default (Bolt's is 10)."""
    look: float = 1.0
    """Between two looks at the line."""
    deaf: float = 15.0
    """Three pings without an answer: the connection is open and nothing comes through it."""
    down: float = 10.0
    """Without a connection: so long the SDK may try by itself, as after Slack's own refresh."""
    answer: float = 10.0
    """For Slack to give an address, and for the connection to it to stand."""
    again: float = 5.0
    """Before the first new attempt; doubled up to a minute (apps.connections.open is tier 1)."""
    lost: float = 300.0
    """Without a connection although the Web API answers: then a fresh process is the last thing to try."""


class LineLost(Exception):
    """No Socket Mode connection has held for {minutes:.0f} minutes although Slack's Web API answers ({reason}).

    Ending, so that a fresh process can try. Is Socket Mode on in the app's settings, and do WebSockets pass the proxy?
    """

    def __init__(self, seconds: float, reason: str) -> None:
        sentences = " ".join((type(self).__doc__ or "").split())
        super().__init__(sentences.format(minutes=seconds / 60, reason=reason))


class Contact(Value):
    """How we stand with Slack."""

    connected: bool
    since: datetime
    reconnects: int = 0
    """Connections after the first, the SDK's own at Slack's refreshes among them."""
    rebuilds: int = 0
    """How often client and session were thrown away and built anew."""
    caught: int = 0
    """Messages heard after a break."""


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler, which knows what it has in hand and can stop taking more."""

    def __init__(self, app: AsyncApp, token: str, ping: float, seen: Callable[["_Handler"], None]) -> None:
        super().__init__(app, token, ping_interval=ping)
        self.seen = seen
        self.closing = False
        self.in_hand = InHand()

    async def handle(self, client: Any, req: Any) -> None:
        if self.closing:
            return  # not acked: Slack sends events again, to whoever comes next
        self.seen(self)
        with self.in_hand.one():
            await super().handle(client, req)

    @property
    def session(self) -> ClientWebSocketResponse | None:
        return self.client.current_session


class SocketLine:
    """One connection to Slack, watched, and rebuilt when it is down or deaf.

    `broke` is called when a connection stands again, before the first message of it is heard.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        *,
        now: Callable[[], datetime],
        broke: Callable[[], None] = lambda: None,
        vigil: Vigil | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._token = app_token
        self._now = now
        self._broke = broke
        self._vigil = vigil or Vigil()
        self._monotonic = monotonic
        self._handler: _Handler | None = None
        self._session: ClientWebSocketResponse | None = None
        self._pong: float | None = None
        self._heard_at = monotonic()
        self._answers_since: float | None = None
        self._reason = ""
        self._watch: asyncio.Task[None] | None = None
        self._connections = 0
        self.contact = Contact(connected=False, since=now())
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Raises Stopped or LineLost once only a person or a fresh process can help."""

    @property
    def connected(self) -> bool:
        """Whether the connection is open and answered lately."""
        session = self._session
        open_ = session is not None and not session.closed
        return open_ and self._monotonic() - self._heard_at <= self._vigil.deaf

    async def open(self) -> None:
        """Connect; waits for Slack as long as it does not answer. Raises Stopped for a refused token, and LineLost."""
        await self._establish()
        self._watch = asyncio.create_task(self._keep_up())

    # ------------------------------------------------------------ watching

    async def _keep_up(self) -> None:
        try:
            while True:
                await asyncio.sleep(self._vigil.look)
                self._look()
                self._despair()
                if self._is_dead():
                    await self._rebuild()
        except (Stopped, LineLost) as end:
            self._say_lost(end)
        except Exception as error:
            log.exception("the watch over the connection failed in a way nobody foresaw")
            self._say_lost(LineLost(0, type(error).__name__))

    def _say_lost(self, end: Exception) -> None:
        if not self.lost.done():
            self.lost.set_exception(end)
            self.lost.exception()  # whoever does not wait for it is not reproached at the end

    def _look(self) -> None:
        """Take in what changed since the last look."""
        if self._handler is not None:
            self._notice(self._handler)
            pong = self._handler.client.last_ping_pong_time
            # None to a value may be the SDK's own note of a ping; from one value to the next it was an answer.
            if pong is not None and self._pong is not None and pong != self._pong:
                self._answered()
            self._pong = pong
        if self.connected != self.contact.connected:
            self._tell(connected=self.connected)

    def _answered(self) -> None:
        self._heard_at, self._answers_since = self._monotonic(), None

    def _message(self, handler: _Handler) -> None:
        """One came, and is about to be heard."""
        self._notice(handler)
        if handler is self._handler:
            self._answered()

    def _notice(self, handler: _Handler) -> None:
        """A connection that was not there before, the SDK's own too: what came meanwhile was missed."""
        session = handler.session
        if handler is not self._handler or session is None or session.closed or session is self._session:
            return
        # That it is open proves nothing: only an answer counts, or one deaf connection could follow another for ever.
        self._session = session
        self._connections += 1
        if self._connections > 1:
            log.info("connected to Slack again")
            self._broke()
        self._tell(connected=True, reconnects=max(0, self._connections - 1))

    def _is_dead(self) -> bool:
        silent = self._monotonic() - self._heard_at
        session = self._session
        return silent > (self._vigil.deaf if session is not None and not session.closed else self._vigil.down)

    def _tell(self, **news: Any) -> None:
        if news.get("connected", self.contact.connected) != self.contact.connected:
            news["since"] = self._now()
        self.contact = self.contact.model_copy(update=news)

    # ------------------------------------------------------------ connecting

    async def _rebuild(self) -> None:
        log.warning("no answer from Slack for %.0f s: building the connection anew", self._monotonic() - self._heard_at)
        self._tell(connected=False, rebuilds=self.contact.rebuilds + 1)
        await self._drop()
        await self._establish()

    async def _establish(self) -> None:
        """A new client with a new session and a new address, until it stands. Raises Stopped, LineLost."""
        pause = self._vigil.again
        while not await self._attempt():
            self._despair()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0, self._vigil.lost / 2)

    def _despair(self) -> None:
        """Raises LineLost where no connection has held for too long although Slack answers otherwise."""
        if self._answers_since is not None and (down := self._monotonic() - self._answers_since) > self._vigil.lost:
            raise LineLost(down, self._reason or "connections open and nothing comes through them")

    async def _attempt(self) -> bool:
        try:
            address = await self._address()
        except Stopped:
            raise
        except DeliveryTrouble as trouble:
            # Only an answer counts against us: while Slack is away, no fresh process could do better.
            answers = not isinstance(trouble, Wait | Unsure)
            self._failed(trouble.reason, answers=answers)
            return False
        # Until an answer comes through the connection that this address leads to.
        self._answers_since = self._monotonic() if self._answers_since is None else self._answers_since
        handler = _Handler(self._app, self._token, self._vigil.ping, self._message)
        handler.client.wss_uri = address
        self._handler, self._session, self._pong, self._heard_at = handler, None, None, self._monotonic()
        try:
            async with asyncio.timeout(self._vigil.answer):
                await handler.connect_async()  # type: ignore[no-untyped-call]
        except TimeoutError:
            await self._drop()
            self._failed("the WebSocket can't be opened", answers=True)
            return False
        self._look()
        return True

    async def _address(self) -> str:
        """Asked with a deadline, and never of the SDK: it asks for ever where a token is refused."""
        try:
            async with asyncio.timeout(self._vigil.answer):
                answer = await call(self._app.client.apps_connections_open, app_token=self._token)
        except TimeoutError:
            raise Unsure("no answer") from None
        return str(answer["url"])

    def _failed(self, reason: str, *, answers: bool) -> None:
        self._reason = reason
        if not answers:
            self._answers_since = None
        elif self._answers_since is None:
            self._answers_since = self._monotonic()
        log.warning("waiting for Slack's Socket Mode: %s", reason)

    # ------------------------------------------------------------ ending

    async def close(self, patience: float = 3.0) -> None:
        """Take nothing more, answer what is in hand for so many seconds, and hang up."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        if self._handler is not None:
            self._handler.closing = True
            await self._handler.in_hand.none(patience)
        await self._drop()
        self._tell(connected=False)

    async def _drop(self) -> None:
        """Throw client and session away. A peer that is gone answers no goodbye, so none is waited for long."""
        handler, self._handler, self._session = self._handler, None, None
        if handler is None:
            return
        client = handler.client
        client.closed, client.auto_reconnect_enabled = True, False
        for task in (client.message_processor, client.current_session_monitor, client.message_receiver):
            if task is not None:
                task.cancel()
        try:
            if client.current_session is not None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        await client.current_session.close()
            await client.aiohttp_client_session.close()
        except Exception:
            log.warning("the old connection did not close cleanly", exc_info=True)
