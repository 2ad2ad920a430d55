"""Backstage: what a director does to the world: the clock, the story, and trouble on purpose."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.errors import SlackRefusal
from sandbox.travel import next_moment, next_wall_time, travel

from .place import address
from .words import Say, preferred, speaker

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

LIMITED_CALLS = 5
RETRY_AFTER = 3
"""Real seconds: an app waits for Slack's Retry-After by its own clock."""
FASTEST = 10_000.0


class Backstage:
    """POST /page/clock/WHAT, /page/trouble/WHAT and /page/story/WHAT."""

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack
        self._corners: dict[str, Callable[[str, Mapping[str, Any], Say], Awaitable[web.Response]]] = {
            "clock": self._clock,
            "trouble": self._trouble,
            "story": self._story,
        }

    async def act(self, request: web.Request) -> web.Response:
        """Do it, for everybody at once."""
        corner = self._corners.get(request.match_info["corner"])
        if corner is None:
            raise LookupError(f"there is only: {', '.join(self._corners)}")
        say = speaker(preferred(request.headers.get("Accept-Language", "")))
        answer = await corner(request.match_info["what"], await request.post(), say)
        self._slack.state.bell.ring()
        return answer

    async def _clock(self, what: str, form: Mapping[str, Any], say: Say) -> web.Response:
        clock = self._slack.clock
        if what == "speed":
            clock.speed(min(float(form["factor"]), FASTEST))
        elif what == "nine":
            zone = self._slack.person(str(form["user"])).person.tz
            await travel(self._slack, next_wall_time(clock.now(), time(9), zone))
        elif what == "next":
            moment = await next_moment(self._slack)
            if moment is None or moment <= clock.now():
                raise SlackRefusal(say("Nothing is waiting for a time."))
            await travel(self._slack, moment)
        else:
            raise LookupError("there is only: speed, nine, next")
        return _done()

    async def _trouble(self, what: str, form: Mapping[str, Any], say: Say) -> web.Response:
        slack = self._slack
        match what:
            case "limit":
                slack.faults.add(None, "429", times=LIMITED_CALLS, retry_after=RETRY_AFTER)
            case "drop":
                slack.faults.add(None, "drop_after")
            case "twice":
                slack.inbound.duplicate(2, count=1)
            case "down":
                slack.down()
            case "up":
                slack.down(False)
            case "disconnect":
                await slack.disconnect(None)
            case "restart":
                if slack.hooks.restart_app is None:
                    raise LookupError("nobody has told this sandbox how to restart the app")
                await slack.hooks.restart_app()
            case "clear":
                slack.faults.clear()
                slack.inbound.duplicate(1)
                slack.down(False)
            case _:
                raise LookupError(f"there is no trouble {what!r}")
        return _done()

    async def _story(self, what: str, form: Mapping[str, Any], say: Say) -> web.Response:
        show = self._slack.show
        if what == "begin":
            story = await show.choose(str(form["name"]))
            show.play()
            return _done({"HX-Redirect": address(story.lead, story.channel)} if form.get("go") else {})
        if what == "play":
            show.play()
        elif what == "step":
            await show.step()
        elif what == "stop":
            await show.stop()
        else:
            raise LookupError("there is only: begin, play, step, stop")
        return _done()


def _done(headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(text="", content_type="text/html", headers=headers)
