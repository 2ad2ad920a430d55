"""Server: the HTTP face of the sandbox: Web API, response URLs, Socket Mode, control and the page."""

from __future__ import annotations

import asyncio
import json
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from .control import Control
from .errors import SlackError
from .faults import Fault
from .methods import table
from .methods.method import Method, need
from .page.routes import Page
from .state import Call

if TYPE_CHECKING:
    from .slack import Sandbox

Json = dict[str, Any]
BODY_MOST = 4 << 20
_BEGAN: ContextVar[float] = ContextVar("began")  # each request has its own context
_HTML = "<!DOCTYPE html><html><body>Slack is having a moment</body></html>"


class Server:
    """Listens on loopback only."""

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack
        self._methods = table()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> int:
        """Listen; returns the port."""
        app = web.Application(client_max_size=BODY_MOST)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/commands/{secret}", self._answer)
        app.router.add_post("/actions/{secret}", self._answer)
        app.router.add_post("/upload/v1/{secret}", self._upload)
        app.router.add_get("/link", self._slack.sockets.serve)
        Control(self._slack).mount(app)
        Page(self._slack).mount(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening and drop what is open."""
        if self._runner is not None:
            await self._runner.cleanup()

    # The Web API

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        _BEGAN.set(time.perf_counter())
        args = await _arguments(request)
        token = _token(request, args)
        channel = str(args.get("channel") or args.get("channel_id") or "")
        if self._slack.is_down:
            return self._log(request, name, args, 503, {}, "service_unavailable", None)
        fault = self._slack.faults.take(name, channel)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        kind = fault.kind if fault is not None else ""
        if fault is not None and kind not in ("", "delay", "drop_after"):
            return self._fail(request, name, args, fault)
        status, answer, headers = self._call(name, args, token, channel)
        return self._log(request, name, args, status, answer, answer.get("error"), headers, drop=kind == "drop_after")

    def _call(self, name: str, args: Json, token: str, channel: str) -> tuple[int, Json, dict[str, str] | None]:
        method = self._methods.get(name)
        try:
            if method is None:
                raise SlackError("unknown_method", req_method=name)
            self._authorise(method, token)
            if wait := self._slack.limits.refuse(name, method.tier, channel):
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}
            need(self._slack, *method.scopes)
            return 200, method.run(self._slack, args), None
        except SlackError as error:
            return 200, error.answer(), None

    def _authorise(self, method: Method, token: str) -> None:
        slack = self._slack
        if method.token == "none":
            return
        if not token:
            raise SlackError("not_authed")
        if token in slack.revoked:
            raise SlackError("token_revoked")
        if token not in (slack.bot_token, slack.app_token):
            raise SlackError("invalid_auth")
        if token != (slack.bot_token if method.token == "bot" else slack.app_token):
            raise SlackError("not_allowed_token_type")

    def _fail(self, request: web.Request, name: str, args: Json, fault: Fault) -> web.StreamResponse:
        if fault.kind == "drop_before":
            return self._log(request, name, args, 0, {}, "drop_before", None, drop=True)
        if fault.kind == "429":
            headers = {"Retry-After": str(fault.retry_after)}
            return self._log(request, name, args, 429, {"ok": False, "error": "ratelimited"}, "ratelimited", headers)
        if fault.kind.startswith("error:"):
            error = fault.kind.removeprefix("error:")
            return self._log(request, name, args, 200, {"ok": False, "error": error}, error, None)
        return self._log(request, name, args, int(fault.kind.removeprefix("http_")), {}, fault.kind, None)

    def _log(self, request: web.Request, method: str, args: Json, status: int, answer: Json, error: str | None,
             headers: dict[str, str] | None, *, drop: bool = False) -> web.StreamResponse:  # fmt: skip
        slack = self._slack
        seen = {key: value for key, value in args.items() if key != "token"}
        self._write_down(Call(method, seen, slack.clock.now(), 0 if drop else status, answer, error))
        if drop:
            return _drop(request)
        if not answer:
            return web.Response(status=status, text=_HTML, content_type="text/html")
        return web.Response(
            status=status, body=_dump(answer), content_type="application/json", charset="utf-8", headers=headers
        )

    def _write_down(self, call: Call) -> None:
        state = self._slack.state
        state.calls.append(call)
        state.journal.heard(call, time.perf_counter() - _BEGAN.get())
        state.bell.ring()

    # Files

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file, to the address that was given for it; whoever has the address may write there once."""
        _BEGAN.set(time.perf_counter())
        content = await request.read()
        args: Json = {"length": len(content)}
        if self._slack.is_down:
            return web.Response(status=503, text=_HTML, content_type="text/html")
        fault = self._slack.faults.take("upload", "")
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.kind != "delay":
                return self._fail(request, "upload", args, fault)
        status = self._slack.files.receive(request.match_info["secret"], content)
        self._write_down(Call("upload", args, self._slack.clock.now(), status, {"ok": status == 200}, None))
        return web.Response(status=status, text=f"OK - {len(content)}" if status == 200 else "not as announced")

    # Response URLs

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        _BEGAN.set(time.perf_counter())
        args = await _arguments(request)
        if self._slack.is_down:
            return web.Response(status=503, text=_HTML, content_type="text/html")
        fault = self._slack.faults.take("response_url", "")
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.kind != "delay":
                return self._fail(request, "response_url", args, fault)
        error = None
        try:
            self._slack.replies.by_url(request.match_info["secret"], args)
        except SlackError as refused:
            error = refused.error
        now = self._slack.clock.now()
        status = 200 if error is None else 404 if error.endswith("_url") else 400
        self._write_down(Call("response_url", args, now, status, {"ok": error is None}, error))
        return web.Response(status=status, text=error or "ok")


async def _arguments(request: web.Request) -> Json:
    args: Json = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return args
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read())
        except ValueError:
            return args
        return {**args, **body} if isinstance(body, dict) else args
    if request.content_type == "multipart/form-data":
        return {**args, **{key: value for key, value in (await request.post()).items()}}
    return {**args, **dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))}


def _token(request: web.Request, args: Json) -> str:
    header = request.headers.get("authorization", "")
    return header[7:] if header.lower().startswith("bearer ") else str(args.get("token") or "")


def _dump(answer: Json) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
