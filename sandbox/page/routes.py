"""Routes: the addresses of the page. What is shown is a GET; what somebody does is a POST that only htmx can send."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from aiohttp import web
from markupsafe import Markup, escape

from sandbox.errors import SlackError, SlackRefusal
from sandbox.story import Story

from . import parts, place
from .acts import Acts
from .backstage import Backstage
from .drawing import Drawing, templates
from .reader import Reader
from .screen import Screen, Screens
from .stream import stream
from .words import preferred, speaker

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"),
        *("form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"),
    )
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
           "Cache-Control": "no-store"}  # fmt: skip
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Page:
    """A Slack in the browser for anybody of the workspace."""

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack
        self._made = templates()
        self._marks, self._screens = slack.state.marks, Screens()

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        acts, backstage = Acts(self._slack, self._made), Backstage(self._slack)
        get, post = app.router.add_get, app.router.add_post
        get("/", self._guarded(self._welcome))
        for path in ("/as/{user}", "/as/{user}/{where}", "/as/{user}/{where}/t/{thread}"):
            get(path, self._guarded(self._look))
        get("/page/stream/{screen}", self._guarded(self._stream))
        get("/page/earlier/{screen}", self._guarded(self._earlier))
        get("/page/log/{screen}", self._guarded(self._log))
        get("/page/entry/{number}", self._guarded(self._entry))
        get("/page/as/{user}/edit", self._guarded(acts.edit_form))
        get("/page/file/{id}", self._guarded(self._file))
        post("/page/as/{user}/{act}", self._guarded(acts.act, acts=True))
        post("/page/{corner}/{what}", self._guarded(backstage.act, acts=True))
        app.router.add_static("/page/static", str(files("sandbox.page").joinpath("static")))

    def _guarded(self, handler: Handler, *, acts: bool = False) -> Handler:
        """Only this machine's own pages may look and act; refusals become sentences."""

        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            # A name that was rebound to loopback, or a form of another site, is not our page.
            if urlsplit(f"//{request.host}").hostname not in LOOPBACK:
                return web.Response(status=403, text="only at 127.0.0.1 or localhost")
            if acts and request.headers.get("HX-Request") != "true":
                return web.Response(status=403, text="only the page itself may act")
            try:
                answer = await handler(request)
            except place.NoSuchPlace as missing:
                answer = self._missing(request, str(missing))
            except (SlackRefusal, SlackError) as refusal:
                answer = web.Response(status=409, text=_notice(str(refusal)), content_type="text/html")
            except (KeyError, LookupError, ValueError) as error:
                answer = web.Response(status=400, text=_notice(str(error)), content_type="text/html")
            if not answer.prepared:
                answer.headers.update(HEADERS)
            return answer

        return guarded

    # Looking

    async def _welcome(self, request: web.Request) -> web.Response:
        faces = parts.faces(self._slack, self._marks, None)
        drawing = self._drawing(request, faces[0].id)
        shown = drawing.page("welcome.html", faces=faces, slack=self._slack, stories=_mine_first(self._slack, drawing))
        return _html(shown)

    async def _look(self, request: web.Request) -> web.Response:
        where = place.find(self._slack.state, *(request.match_info.get(k, "") for k in ("user", "where", "thread")))
        screen = Screen(self._slack, self._made, self._marks, where, _language(request))
        self._screens.add(screen)
        if where.kind in ("home", "dm"):
            self._open_home(where)
        return _html(screen.page())

    def _open_home(self, where: place.Place) -> None:
        """Slack tells the app of each look at its home; the page does not wait for what the app makes of it."""
        tab = "home" if where.kind == "home" else "messages"
        if tab == "home" and not self._slack.app.home_tab:
            raise SlackRefusal("this app has no home tab")

        async def look() -> None:
            await self._slack.person(where.user).open_home(tab)

        self._slack.inbound.start(look())

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        return await stream(request, self._slack, self._screens.get(request.match_info["screen"]))

    async def _earlier(self, request: web.Request) -> web.Response:
        return _html(self._screen(request).earlier())

    async def _log(self, request: web.Request) -> web.Response:
        return _html(self._screen(request).log(request.query.get("q", "")))

    async def _entry(self, request: web.Request) -> web.Response:
        entry = self._slack.state.journal.entry(int(request.match_info["number"]))
        user = next(iter(self._slack.state.people))
        return _html(escape(self._drawing(request, user).payload(entry)) if entry else "")

    async def _file(self, request: web.Request) -> web.Response:
        """What the app uploaded, to be saved: nothing of it runs on this page."""
        file = self._slack.files.all.get(request.match_info["id"])
        if file is None or file.content is None:
            raise LookupError("there is no such file")
        saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return web.Response(body=file.content, content_type=file.mimetype, headers=saved)

    def _screen(self, request: web.Request) -> Screen:
        screen = self._screens.get(request.match_info["screen"])
        if screen is None:
            raise LookupError("this window is not known any more: reload the page")
        return screen

    def _drawing(self, request: web.Request, user: str) -> Drawing:
        slack = self._slack
        reader = Reader.of(slack.state, user)
        return Drawing(self._made, reader, _language(request), slack.app.name, slack.bot_user_id)

    def _missing(self, request: web.Request, why: str) -> web.Response:
        user = request.match_info.get("user", "")
        known = self._slack.state.people.get(user)
        said = speaker(_language(request))(why, name=known.real_name if known else user)
        drawing = self._drawing(request, next(iter(self._slack.state.people)))
        return _html(drawing.page("missing.html", said=said), status=404)


def _mine_first(slack: Sandbox, drawing: Drawing) -> list[tuple[str, Story]]:
    """Every story; those told in the reader's own language come first."""
    return sorted(slack.show.stories.items(), key=lambda named: named[1].language not in ("", drawing.language))


def _language(request: web.Request) -> str:
    return preferred(request.headers.get("Accept-Language", ""))


def _notice(sentence: str) -> str:
    return str(Markup('<p class="refusal" role="alert">{}</p>').format(sentence))


def _html(text: str | Markup, status: int = 200, **more: Any) -> web.Response:
    return web.Response(status=status, text=str(text), content_type="text/html", charset="utf-8", **more)
