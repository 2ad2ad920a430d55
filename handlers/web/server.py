"""Server: `/slack/events`, `/healthz`, `/readyz` and `/metrics` on one aiohttp server. Health says nothing secret.

A request for Slack's address passes the gate before Bolt sees it; `door.py` keeps slow callers from holding sockets.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.domain.errors import NothingSaved
from bot.ports import Store
from handlers.slack.inhand import InHand
from handlers.slack.socket import Contact
from handlers.web.door import Door, Patience, guarded
from handlers.web.gate import Gate

LARGEST_BODY = 1024 * 1024
"""aiohttp's own default; the largest payload that Slack sends (a view of 250 kB, escaped) stays well below."""
OLDEST_LETTER = timedelta(minutes=2)
"""Ours: a letter that waits longer means that people are not being told."""


class Pages:
    """What the server answers; Slack's part opens once the bot knows who it is.

    Without a `gate` (Socket Mode) nothing is heard over HTTP. With a `metrics_key` the figures ask for it.
    """

    def __init__(
        self, store: Store, now: Callable[[], datetime], *, gate: Gate | None = None, metrics_key: str = ""
    ) -> None:
        self._store = store
        self._now = now
        self._gate = gate
        self._metrics_key = metrics_key.encode()
        self._bolt: AsyncApp | None = None
        self._in_hand = InHand()
        nobody = Contact(connected=False, since=now())
        self._contact: Callable[[], Contact] = lambda: nobody
        self.alive: Callable[[], bool] = lambda: True
        """Whether every loop of the bot goes on."""
        self.histograms: tuple[Histogram, ...] = ()
        """Figures that are measured while the bot runs, and not read from the store."""
        self.patience = Patience()

    def open(self, bolt: AsyncApp | None, contact: Callable[[], Contact]) -> None:
        """From now on Slack's requests are answered (in HTTP mode) and readiness can be green."""
        self._bolt = bolt
        self._contact = contact

    async def close(self, patience: float) -> None:
        """Take no more requests of Slack's, and answer those in hand for so many seconds. Health goes on."""
        self._bolt = None
        await self._in_hand.none(patience)

    def application(self, *, metrics: bool = True) -> web.Application:
        """Everything, or everything but the figures where those have an address of their own."""
        app = _application()
        app.router.add_post("/slack/events", self.slack)
        app.router.add_get("/healthz", self.health)
        app.router.add_get("/readyz", self.ready)
        if metrics:
            app.router.add_get("/metrics", self.metrics)
        return app

    def figures(self) -> web.Application:
        """The figures alone."""
        app = _application()
        app.router.add_get("/metrics", self.metrics)
        return app

    async def slack(self, request: web.Request) -> web.Response:
        """What Slack sends. 401 for anything that Slack did not send just now, for the first time."""
        if self._gate is None:
            return web.Response(status=503, text="not ready")
        if self._gate.hopeless(request.headers):
            return web.Response(status=401)  # without having read its body
        if (request.content_length or 0) > LARGEST_BODY:
            return web.Response(status=413)
        body = await self._body(request)
        if body is None:
            answer = web.Response(status=408)
            answer.force_close()
            return answer
        if not self._gate.admits(request.headers, body):
            return web.Response(status=401)
        return await self._heard(self._gate, request, body)

    async def _body(self, request: web.Request) -> bytes | None:
        """The raw bytes, or None where they take too long. Raises HTTPRequestEntityTooLarge."""
        try:
            async with asyncio.timeout(self.patience.body):
                return await request.read()
        except TimeoutError:
            return None

    async def _heard(self, gate: Gate, request: web.Request, body: bytes) -> web.Response:
        """Bolt's answer. What comes to nothing is forgotten at the gate, so that it may come again."""
        status = 503
        try:
            if self._bolt is None:
                return web.Response(status=status, text="not ready")
            with self._in_hand.one():
                response = await self._bolt.async_dispatch(await to_bolt_request(request))
            answer = await to_aiohttp_response(response)
            status = answer.status
            return answer
        finally:
            if status >= 300:
                gate.forget(request.headers, body)

    async def health(self, request: web.Request) -> web.Response:
        """The process lives."""
        return web.json_response({"ok": True})

    async def ready(self, request: web.Request) -> web.Response:
        """The bot can keep its promises: database writable, Slack connected, nothing waits too long."""
        checks, since = await self.checks(), self._contact().since
        good = all(checks.values())
        told = {"slack_since": since.isoformat(timespec="seconds").replace("+00:00", "Z")}
        return web.json_response({"ok": good, **checks, **told}, status=200 if good else 503)

    async def checks(self) -> dict[str, bool]:
        """What has to be true for a promise to be kept, by name."""
        contact = self._contact()
        return {
            "database": await self._writable(),
            "slack": contact.connected,
            "outbox": await self._outbox_moves(),
            "loops": self.alive() and await self._time_moves(),
        }

    async def _time_moves(self) -> bool:
        """No checkpoint has long passed without anybody acting on it."""
        try:
            due = await self._store.read(lambda q: q.next_due())
        except NothingSaved:
            return False
        return due is None or self._now() - due < OLDEST_LETTER

    async def _writable(self) -> bool:
        try:
            await self._store.write(lambda tx: tx.leave_sign("ready", self._now()))
        except NothingSaved:
            return False
        return True

    async def _outbox_moves(self) -> bool:
        try:
            return await self._store.read(lambda q: q.backlog(self._now())) < OLDEST_LETTER
        except NothingSaved:
            return False

    def _line(self, registry: CollectorRegistry) -> None:
        contact = self._contact()
        Gauge("jibungoto_slack_connected", "Whether Slack is connected", registry=registry).set(contact.connected)
        for name, count, help in (
            ("jibungoto_slack_reconnects_total", contact.reconnects, "Socket Mode connections after the first"),
            ("jibungoto_slack_rebuilds_total", contact.rebuilds, "Socket Mode clients thrown away and built anew"),
            ("jibungoto_slack_caught_up_total", contact.caught, "Messages missed at first, and heard afterwards"),
        ):
            Counter(name, help, registry=registry).inc(count)
        Gauge("jibungoto_standby", "Waiting for another process to end", registry=registry).set(0)

    async def _watched(self, registry: CollectorRegistry, now: datetime) -> None:
        """What the net and the auditor have to show."""
        figures = await self._store.read(lambda q: q.watch_counts(datetime.fromtimestamp(0, UTC)))
        audited = await self._store.read(lambda q: q.sign("audit"))
        Gauge("jibungoto_nets_laid", "Scheduled messages that lie at Slack", registry=registry).set(figures.nets)
        Gauge("jibungoto_nets_spoke", "Scheduled messages that Slack posted", registry=registry).set(figures.spoke)
        Gauge("jibungoto_audit_found", "Reminders that the auditor found missing", registry=registry).set(
            figures.misses
        )
        Gauge("jibungoto_audit_unrepaired", "Those of them that are not made good", registry=registry).set(
            figures.unrepaired
        )
        if audited is not None:
            Gauge("jibungoto_audit_age_seconds", "Since the auditor last looked", registry=registry).set(
                (now - audited).total_seconds()
            )
        for histogram in self.histograms:
            registry.register(histogram)

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus figures, counted by the store at each scrape."""
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if self._metrics_key and not hmac.compare_digest(given, b"Bearer " + self._metrics_key):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        now = self._now()
        registry = CollectorRegistry()
        count = await self._store.read(lambda q: q.count())
        for status, number in (("open", count.open), ("resolved", count.resolved)):
            gauge = Gauge(f"jibungoto_cases_{status}", f"Cases that are {status}", registry=registry)
            gauge.set(number)
        backlog = await self._store.read(lambda q: q.backlog(now))
        Gauge("jibungoto_outbox_age_seconds", "Wait of the oldest unsent letter", registry=registry).set(
            backlog.total_seconds()
        )
        Gauge("jibungoto_outbox_parked", "Messages that could not be delivered", registry=registry).set(count.parked)
        self._line(registry)
        await self._watched(registry, now)
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _application() -> web.Application:
    app = web.Application(client_max_size=LARGEST_BODY)
    app.on_response_prepare.append(guarded)
    return app


@asynccontextmanager
async def served(
    pages: Pages, host: str, port: int, *, metrics_at: tuple[str, int] | None = None
) -> AsyncIterator[tuple[str, str]]:
    """The server, listening; yields its address and that of the figures, which can have one of their own.

    Port 0 takes a free one. Raises OSError where it is taken.
    """
    async with AsyncExitStack() as stack:
        main = await stack.enter_async_context(_listening(pages, pages.application(metrics=not metrics_at), host, port))
        if metrics_at is None:
            yield main, main
        else:
            yield main, await stack.enter_async_context(_listening(pages, pages.figures(), *metrics_at))


@asynccontextmanager
async def _listening(pages: Pages, app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        await Door(runner, host, port, patience=pages.patience).start()
        bound = runner.addresses[0]
        yield f"http://{bound[0]}:{bound[1]}"
    finally:
        await runner.cleanup()
