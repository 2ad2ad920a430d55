"""Inbound: how payloads travel from Slack to the app, and what can go wrong on the way."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from .clock import Clock, wall_seconds
from .journal import Journal
from .socket import Sockets
from .state import Bell

Json = dict[str, Any]

# Up to 3 retries: almost at once, after 1 minute, after 5. D:apis/events-api/
RETRY_AFTER = (timedelta(0), timedelta(minutes=1), timedelta(minutes=5))
PENDING_MOST = 50_000
SIGNED_MOST = 10_000
"""How many bodies are remembered with the seconds they were signed in."""


@dataclass(frozen=True)
class Ack:
    """What the app answered to one payload; status 0 is no answer at all."""

    ok: bool
    status: int
    body: Any = None
    reason: str = ""
    retry: bool = True


@dataclass
class Delivery:
    """One event on its way: each attempt so far, and the first answer."""

    payload: Json
    first: asyncio.Future[Ack]
    acks: list[Ack] = field(default_factory=list)


class Inbound:
    """Sends events, slash commands and interactions by HTTP (with `request_url`) or through Socket Mode."""

    def __init__(self, clock: Clock, sockets: Sockets, bell: Bell, journal: Journal, signing_secret: str,
                 ack_timeout: float) -> None:  # fmt: skip
        self.request_url: str | None = None
        self._clock, self._sockets, self._bell, self._journal = clock, sockets, bell, journal
        self._secret, self._timeout = signing_secret, ack_timeout
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._held: list[Delivery] | None = None
        self._copies = 1
        self._copy_delay = timedelta(0)
        self._copies_left: int | None = None
        self._signed: dict[bytes, set[int]] = {}

    @property
    def pending(self) -> int:
        """How many deliveries are under way or waiting for their retry."""
        return len(self._tasks)

    # Faults

    @property
    def duplicates(self) -> bool:
        """Whether the next event goes out more than once."""
        return self._copies > 1 and self._copies_left != 0

    def duplicate(self, times: int = 2, *, delay: float = 0, count: int | None = None) -> None:
        """Deliver each of the next `count` events `times` times, the copies `delay` sandbox seconds later."""
        self._copies, self._copy_delay, self._copies_left = times, timedelta(seconds=delay), count

    def hold(self) -> None:
        """Keep events back until `release`."""
        if self._held is None:
            self._held = []

    def release(self, *, reverse: bool = False) -> asyncio.Task[None]:
        """Deliver what was held, one after the other; await the task to know that all first answers are in."""
        held, self._held = self._held or [], None
        return self.start(self._in_order(held[::-1] if reverse else held))

    async def _in_order(self, held: list[Delivery]) -> None:
        for delivery in held:
            self.start(self._deliver(delivery))
            await delivery.first

    # Sending

    def send(self, events: Iterable[Json]) -> list[Delivery]:
        """Events go out at once and are retried; nobody has to wait."""
        sent = []
        for payload in events:
            if len(self._tasks) >= PENDING_MOST:
                raise OverflowError("more events are waiting for the app than Slack would keep")
            delivery = Delivery(payload, asyncio.get_running_loop().create_future())
            sent.append(delivery)
            if self._held is not None:
                self._held.append(delivery)
            else:
                self.start(self._deliver(delivery))
        return sent

    async def settled(self, deliveries: Iterable[Delivery]) -> list[Ack]:
        """Wait for the app's first answer to each event that is not held back."""
        if self._held is not None:
            return []
        return [await delivery.first for delivery in deliveries]

    async def ask(self, kind: str, payload: Json, *, answers: bool) -> Ack:
        """A slash command or interaction: sent once, waits for the answer."""
        ack = await self._attempt(kind, payload, 0, "", answers=answers)
        return ack if answers or not ack.ok else Ack(True, ack.status)

    async def verify_url(self) -> bool:
        """Slack's handshake when a Request URL is entered: the app must echo the challenge."""
        challenge = {"type": "url_verification", "token": "sandbox-verification-token", "challenge": "c0ffee"}
        ack = await self._attempt("events_api", challenge, 0, "", answers=True)
        said = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.ok and said == "c0ffee"

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something in the background; it ends with the sandbox at the latest."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._bell.ring()

    async def close(self) -> None:
        """Stop all deliveries at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, delivery: Delivery) -> None:
        copies = self._take_copies()
        for _ in range(copies - 1):
            self.start(self._copy(delivery))
        await self._with_retries(delivery)

    def _take_copies(self) -> int:
        if self._copies_left is not None:
            if self._copies_left <= 0:
                return 1
            self._copies_left -= 1
        return self._copies

    async def _copy(self, delivery: Delivery) -> None:
        if self._copy_delay:
            await self._clock.sleep(self._copy_delay)
        delivery.acks.append(await self._attempt("events_api", delivery.payload, 0, "", answers=False))

    async def _with_retries(self, delivery: Delivery) -> None:
        for attempt in range(len(RETRY_AFTER) + 1):
            reason = delivery.acks[-1].reason if attempt else ""
            ack = await self._attempt("events_api", delivery.payload, attempt, reason, answers=False)
            delivery.acks.append(ack)
            if not delivery.first.done():
                delivery.first.set_result(ack)
            if ack.ok or not ack.retry or attempt == len(RETRY_AFTER):
                return
            if RETRY_AFTER[attempt]:
                await self._clock.sleep(RETRY_AFTER[attempt])

    async def _attempt(self, kind: str, payload: Json, attempt: int, reason: str, *, answers: bool) -> Ack:
        at, began = self._clock.now(), time.perf_counter()
        if self.request_url is None:
            ack = await self._by_socket(kind, payload, attempt, reason, answers)
        else:
            ack = await self._by_http(self.request_url, kind, payload, attempt, reason)
        self._journal.sent(
            kind, payload, at, ack.status, ack.body, ack.reason, attempt=attempt, seconds=time.perf_counter() - began
        )
        self._bell.ring()
        return ack

    async def _by_socket(self, kind: str, payload: Json, attempt: int, reason: str, answers: bool) -> Ack:
        try:
            body = await self._sockets.deliver(kind, payload, answers, attempt, reason, self._timeout)
        except ConnectionError:
            return Ack(False, 0, reason="connection_failed")
        except TimeoutError:
            return Ack(False, 0, reason="timeout")
        return Ack(True, 200, body)

    def _second(self, body: bytes) -> int:
        """Each attempt is signed anew. Copies that a test sends in one moment stand for seconds of their own: with
        the same timestamp they would be the very same request."""
        at = wall_seconds()
        if len(self._signed) > SIGNED_MOST:
            self._signed.clear()
        used = self._signed.setdefault(hashlib.sha256(body).digest(), set())
        while at in used:
            at -= 1
        used.add(at)
        return at

    async def _by_http(self, url: str, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        content_type, body = _encode(kind, payload)
        headers = {"content-type": content_type, "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        headers |= sign(self._secret, body, self._second(body))
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout), trust_env=False)
        try:
            async with self._session.post(url, data=body, headers=headers) as answer:
                return await _read(answer)
        except TimeoutError:
            return Ack(False, 0, reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Ack(False, 0, reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Ack(False, 0, reason="ssl_error")
        except aiohttp.ClientError:
            return Ack(False, 0, reason="connection_failed")


def sign(secret: str, body: bytes, timestamp: int | None = None) -> dict[str, str]:
    """The two headers by which an app knows Slack. D:authentication/verifying-requests-from-slack"""
    at = wall_seconds() if timestamp is None else timestamp
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={digest}"}


def _encode(kind: str, payload: Json) -> tuple[str, bytes]:
    if kind == "slash_commands":
        return "application/x-www-form-urlencoded", urlencode(payload).encode()
    if kind == "interactive":
        form = urlencode({"payload": json.dumps(payload, ensure_ascii=False)})
        return "application/x-www-form-urlencoded", form.encode()
    return "application/json", json.dumps(payload, ensure_ascii=False).encode()


async def _read(answer: aiohttp.ClientResponse) -> Ack:
    text = await answer.text()
    retry = answer.headers.get("x-slack-no-retry") != "1"
    if not 200 <= answer.status < 300:
        return Ack(False, answer.status, text, "http_error", retry)
    if answer.content_type == "application/json" and text:
        try:
            return Ack(True, answer.status, json.loads(text), retry=retry)
        except ValueError:
            return Ack(True, answer.status, text, retry=retry)
    return Ack(True, answer.status, text or None, retry=retry)
