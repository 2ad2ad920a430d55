"""Control: act as people and bend the world by JSON over HTTP, for other programs and for pages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .errors import SlackRefusal
from .messages import Message

if TYPE_CHECKING:
    from .slack import Sandbox

Json = dict[str, Any]
Step = Callable[[Json], Awaitable[Any]]
WAIT_MOST = 30.0


class Control:
    """POST /control/NAME runs a step, GET /control/state and /control/messages look, /control/wait waits."""

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack
        self._steps: dict[str, Step] = {
            "post": self._post,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "command": self._command,
            "click": self._click,
            "submit": self._submit,
            "close_view": self._close_view,
            "shortcut": self._shortcut,
            "open_home": self._open_home,
            "clock": self._clock,
            "fault": self._fault,
            "inbound": self._inbound,
            "disconnect": self._disconnect,
            "link": self._link,
            "admin": self._admin,
        }

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/control/state", self._state)
        app.router.add_get("/control/messages", self._messages)
        app.router.add_get("/control/person", self._person)
        app.router.add_get("/control/calls", self._calls)
        app.router.add_get("/control/wait", self._wait)
        app.router.add_post("/control/{step}", self._run)

    # Looking

    async def _state(self, request: web.Request) -> web.Response:
        slack, state = self._slack, self._slack.state
        body = {
            "now": slack.clock.now(),
            "changes": state.bell.count,
            "team": asdict(slack.world) | {"people": None, "channels": None},
            "api_url": slack.api_url,
            "request_url": slack.request_url,
            "connections": slack.sockets.count,
            "is_down": slack.is_down,
            "limits": slack.limits.mode,
            "people": [asdict(person) for person in state.people.values()],
            "channels": [
                asdict(channel) | {"members": sorted(state.members[channel.id])} for channel in state.channels.values()
            ],
            "commands": list(slack.app.commands),
            "shortcuts": [{"callback_id": s.callback_id, "kind": s.kind} for s in slack.app.shortcuts.values()],
        }
        return _json(body)

    async def _messages(self, request: web.Request) -> web.Response:
        channel, thread = request.query.get("channel", ""), request.query.get("thread_ts")
        if channel not in self._slack.state.channels:
            return _json({"ok": False, "error": f"there is no channel {channel!r}"}, 400)
        found = self._slack.thread(channel, thread) if thread else self._slack.messages(channel)
        return _json({"ok": True, "messages": found})

    async def _person(self, request: web.Request) -> web.Response:
        try:
            actor = self._slack.person(request.query.get("user", ""))
        except LookupError as error:
            return _json({"ok": False, "error": str(error)}, 400)
        private = {"dms": self._slack.dms(actor.id), "ephemerals": self._slack.ephemerals(actor.id)}
        return _json({"ok": True, "view": actor.view, "home": actor.home, **private})

    async def _calls(self, request: web.Request) -> web.Response:
        return _json({"ok": True, "calls": self._slack.calls(request.query.get("method"))})

    async def _wait(self, request: web.Request) -> web.Response:
        """Returns when something changed since `after`, or after `timeout` seconds."""
        try:
            after = int(request.query.get("after", "-1"))
            timeout = min(float(request.query.get("timeout", "25")), WAIT_MOST)
            await self._slack.wait_for(lambda: self._slack.state.bell.count > after, timeout)
        except TimeoutError:
            pass
        except ValueError as error:
            return _json({"ok": False, "error": str(error)}, 400)
        return _json({"ok": True, "changes": self._slack.state.bell.count})

    # Acting

    async def _run(self, request: web.Request) -> web.Response:
        step = self._steps.get(request.match_info["step"])
        if step is None:
            return _json({"ok": False, "error": f"there is only: {', '.join(self._steps)}"}, 404)
        # A page of another origin can send a form, but no JSON without asking first.
        if request.content_type != "application/json":
            return _json({"ok": False, "error": "send application/json"}, 415)
        try:
            args = await request.json()
            result = await step(args)
        except SlackRefusal as refusal:
            return _json({"ok": False, "refusal": str(refusal)}, 409)
        except KeyError as error:
            return _json({"ok": False, "error": f"missing or unknown: {error}"}, 400)
        except (TypeError, ValueError, LookupError) as error:
            return _json({"ok": False, "error": str(error)}, 400)
        return _json({"ok": True, "result": result})

    def _target(self, args: Json) -> Message:
        ts, channel = args.pop("ts"), args.pop("message_channel", None) or args.pop("channel")
        message = self._slack.message(channel, ts)
        if message is None:
            message = next((m for m in self._slack.ephemerals(args.get("user", "")) if m.ts == ts), None)
        if message is None:
            raise SlackRefusal(f"there is no message {ts} in {channel}")
        return message

    async def _post(self, args: Json) -> Any:
        return await self._slack.person(args.pop("user")).post(**args)

    async def _edit(self, args: Json) -> Any:
        message = self._target(args)
        return await self._slack.person(args["user"]).edit(message, args["text"])

    async def _delete(self, args: Json) -> Any:
        message = self._target(args)
        return await self._slack.person(args["user"]).delete(message)

    async def _react(self, args: Json) -> Any:
        message = self._target(args)
        actor = self._slack.person(args["user"])
        return await actor.react(message, args["emoji"], remove=args.get("remove", False))

    async def _command(self, args: Json) -> Any:
        return await self._slack.person(args.pop("user")).command(**args)

    async def _click(self, args: Json) -> Any:
        """`user` clicks; `selected_user` is whom they choose."""
        actor = self._slack.person(args["user"])
        surface = args.pop("surface", "message")
        where: Any = self._target(args) if surface == "message" else actor.view if surface == "modal" else actor.home
        if where is None:
            raise SlackRefusal(f"there is no {surface} in front of them")
        args.pop("user")
        return await actor.click(where, args.pop("action_id"), user=args.pop("selected_user", None), **args)

    async def _submit(self, args: Json) -> Any:
        return await self._slack.person(args["user"]).submit(args.get("values"))

    async def _close_view(self, args: Json) -> Any:
        return await self._slack.person(args["user"]).close_view()

    async def _shortcut(self, args: Json) -> Any:
        message = self._target(args) if "ts" in args else None
        return await self._slack.person(args["user"]).shortcut(args["callback_id"], message)

    async def _open_home(self, args: Json) -> Any:
        return await self._slack.person(args["user"]).open_home(args.get("tab", "home"))

    async def _clock(self, args: Json) -> Any:
        """Any of `set` (ISO), `move` (seconds), `speed` (factor), `freeze`."""
        clock = self._slack.clock
        if args.get("freeze"):
            clock.freeze()
        if "set" in args:
            clock.set(datetime.fromisoformat(args["set"]))
        if "move" in args:
            clock.move(timedelta(seconds=args["move"]))
        if "speed" in args:
            clock.speed(args["speed"])
        return {"now": clock.now(), "factor": clock.factor}

    async def _fault(self, args: Json) -> Any:
        """A fault as `slack.faults.add` takes it; `{"clear": true}` removes all."""
        if args.pop("clear", False):
            return self._slack.faults.clear()
        return self._slack.faults.add(**args)

    async def _inbound(self, args: Json) -> Any:
        """`request_url`, `duplicate`, `delay`, `hold`, `release`, `reverse`."""
        inbound = self._slack.inbound
        if "request_url" in args:
            self._slack.request_url = args["request_url"]
        if "duplicate" in args:
            inbound.duplicate(args["duplicate"], delay=args.get("delay", 0), count=args.get("count"))
        if args.get("hold"):
            inbound.hold()
        if args.get("release"):
            await inbound.release(reverse=args.get("reverse", False))
        return None

    async def _disconnect(self, args: Json) -> Any:
        return await self._slack.disconnect(args.get("reason", "refresh_requested"), args.get("index"))

    async def _link(self, args: Json) -> Any:
        """`{"half_open": true, "later_ones": false}` or `{"refuse": "hello"}` (`url`, or empty to let them in)."""
        sockets = self._slack.sockets
        if args.get("half_open"):
            sockets.half_open(later_ones=args.get("later_ones", False))
        if "refuse" in args:
            sockets.refuse(args["refuse"])

    async def _admin(self, args: Json) -> Any:
        """`{"do": "archive", "channel": "C…"}` and the like: the administration methods of Sandbox."""
        name = args.pop("do")
        if name not in _ADMIN:
            raise ValueError(f"there is only: {', '.join(_ADMIN)}")
        if name == "delete_message":
            args = {"message": self._target(args)}
        done = getattr(self._slack, name)(**args)
        if isinstance(done, asyncio.Task):
            await done


_ADMIN = (
    *("deactivate", "archive", "unarchive", "rename_channel", "delete_channel", "kick_bot", "bring_in", "take_out"),
    *("delete_message", "close_dms", "revoke_token", "uninstall", "down"),
)


def _json(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return str(value)
