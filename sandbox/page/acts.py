"""Act: what somebody does on the page: each is what Slack's client would do, and refuses what it would refuse."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import jinja2
from aiohttp import web
from markupsafe import Markup

from sandbox.errors import SlackRefusal
from sandbox.forms import Forms, find_element
from sandbox.messages import Message
from sandbox.mrkdwn import unescape
from sandbox.people import Actor, Interaction

from .words import Say, preferred, speaker

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

Json = dict[str, Any]
Form = Mapping[str, list[str]]


class Acts:
    """POST /page/as/USER/ACT."""

    def __init__(self, slack: Sandbox, made: jinja2.Environment) -> None:
        self._slack, self._made = slack, made
        self._acts: dict[str, Callable[[Actor, Form, Say], Awaitable[str]]] = {
            "say": self._say,
            "click": self._click,
            "fill": self._fill,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "react": self._react,
            "edit": self._edit,
            "delete": self._delete,
            "dismiss": self._dismiss,
        }

    async def act(self, request: web.Request) -> web.Response:
        """Do it; what is said in answer stands in the notice, and an empty notice takes the last one away."""
        act = self._acts.get(request.match_info["act"])
        if act is None:
            raise LookupError(f"there is only: {', '.join(self._acts)}")
        posted = await request.post()
        form = {key: [str(value) for value in posted.getall(key)] for key in posted}
        say = speaker(preferred(request.headers.get("Accept-Language", "")))
        said = await act(self._slack.person(request.match_info["user"]), form, say)
        return web.Response(text=said, content_type="text/html")

    # Messages

    async def _say(self, actor: Actor, form: Form, say: Say) -> str:
        text, channel, thread = one(form, "text").strip("\n"), one(form, "channel"), one(form, "thread") or None
        if text.startswith("/"):
            name, _, words = text.partition(" ")
            reply = await actor.command(name.strip(), words.strip(), channel, thread_ts=thread)
            if not reply.ok:
                raise SlackRefusal(reply.text)
            return ""
        await actor.post(channel, text, thread, broadcast=bool(one(form, "broadcast")), wait=False)
        return ""

    async def _edit(self, actor: Actor, form: Form, say: Say) -> str:
        await actor.edit(self._message(actor, form), one(form, "text"), wait=False)
        return ""

    async def edit_form(self, request: web.Request) -> web.Response:
        """The message's own text in a field, in its place."""
        actor = self._slack.person(request.match_info["user"])
        message = self._message(actor, {key: [value] for key, value in request.query.items()})
        say = speaker(preferred(request.headers.get("Accept-Language", "")))
        macro: Any = self._made.get_template("compose.html").module
        typed = unescape(_as_typed(message.text, self._slack))
        return web.Response(text=str(macro.edit(say, actor.id, message, typed)), content_type="text/html")

    async def _delete(self, actor: Actor, form: Form, say: Say) -> str:
        await actor.delete(self._message(actor, form), wait=False)
        return ""

    async def _react(self, actor: Actor, form: Form, say: Say) -> str:
        message, emoji = self._message(actor, form), one(form, "emoji").strip().strip(":")
        if not emoji:
            return ""
        await actor.react(message, emoji, remove=(emoji, actor.id) in message.reactions, wait=False)
        return ""

    async def _dismiss(self, actor: Actor, form: Form, say: Say) -> str:
        """Only ephemeral messages can be put away, and only by whom they were for."""
        ts = one(form, "ts")
        for message in self._slack.ephemerals(actor.id):
            if message.ts == ts:
                self._slack.state.replace_whisper(message, None)
        return ""

    def _message(self, actor: Actor, form: Form) -> Message:
        ts, channel = one(form, "ts"), one(form, "channel")
        whispers = (m for m in self._slack.ephemerals(actor.id) if m.ts == ts)
        message = self._slack.message(channel, ts) or next(whispers, None)
        if message is None:
            raise SlackRefusal("that message was deleted")
        return message

    # Clicks

    async def _click(self, actor: Actor, form: Form, say: Say) -> str:
        where = self._surface(actor, form)
        blocks = list(where.blocks) if isinstance(where, Message) else where["blocks"]
        element = _element(blocks, form)
        chosen = self._chosen(actor, element, form)
        done = await actor.click(where, one(form, "action_id"), block_id=one(form, "block_id"), **chosen)
        return _told(done, say)

    async def _fill(self, actor: Actor, form: Form, say: Say) -> str:
        """What is typed into a modal is kept as it is typed, so that a redrawn modal still has it."""
        view = actor.view
        if view is None:
            return ""
        try:
            element = _element(view["blocks"], form)
            chosen = self._chosen(actor, element, form)
            await actor.click(view, one(form, "action_id"), block_id=one(form, "block_id"), **chosen)
        except SlackRefusal:
            return ""  # half typed, or the modal is another one by now; submitting says what is wrong
        return ""

    def _surface(self, actor: Actor, form: Form) -> Any:
        surface = one(form, "surface")
        where = {"modal": actor.view, "home": actor.home}.get(surface) if surface != "message" else None
        if surface == "message":
            return self._message(actor, form)
        if where is None:
            raise SlackRefusal("that view is not in front of them")
        return where

    def _chosen(self, actor: Actor, element: Json, form: Form) -> Json:
        kind = element["type"]
        if kind in ("button", "workflow_button"):
            return {"value": element.get("value")}
        if kind == "overflow":
            return {"option": one(form, "option")}
        return {"selected": given(element, form.get(one(form, "field"), []), actor.person.tz)}

    async def _shortcut(self, actor: Actor, form: Form, say: Say) -> str:
        message = self._message(actor, form) if one(form, "ts") else None
        return _told(await actor.shortcut(one(form, "callback_id"), message), say)

    # Modals

    async def _submit(self, actor: Actor, form: Form, say: Say) -> str:
        view = actor.view
        if view is None or view["id"] != one(form, "view"):
            raise SlackRefusal("that view is not in front of them")
        values = {
            block["block_id"]: given(block["element"], form.get(f"{view['id']}-{index}-0", []), actor.person.tz)
            for index, block in enumerate(view["blocks"])
            if block["type"] == "input"
        }
        errors = self._faults(view, values, say)
        if not errors:
            errors = await actor.submit(values) or {}
        return _errors(view, errors)

    def _faults(self, view: Json, values: Json, say: Say) -> dict[str, str]:
        """What Slack's client says about a field before it sends anything."""
        forms, found = Forms(self._slack.state), {}
        for block in view["blocks"]:
            value = values.get(block.get("block_id"))
            if block["type"] != "input":
                continue
            if value in (None, "", []):
                if not block.get("optional"):
                    found[block["block_id"]] = say("Please complete this required field.")
                continue
            try:
                forms.value(block["element"], value)
            except SlackRefusal as refusal:
                found[block["block_id"]] = str(refusal)
        return found

    async def _close(self, actor: Actor, form: Form, say: Say) -> str:
        if actor.view is not None:
            await actor.close_view()
        return ""


def one(form: Form, key: str) -> str:
    """A field's only value, empty if it is not there."""
    values = form.get(key)
    return values[0] if values else ""


def given(element: Json, values: list[str], zone: str) -> Any:
    """What the form control sent, as the element means it; None is nothing."""
    kind = element["type"]
    if kind.startswith("multi_") or kind == "checkboxes":
        return [value for value in values if value]
    value = values[0] if values else ""
    if not value:
        return None
    if kind == "datetimepicker":
        return int(datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(zone)).timestamp())
    return value.replace("\r\n", "\n")


def _element(blocks: list[Json], form: Form) -> Json:
    action_id, block_id = one(form, "action_id"), one(form, "block_id")
    _, element = find_element(blocks, action_id, block_id=block_id or None, value=None, option=None)
    return element


def _told(done: Interaction, say: Say) -> str:
    """Slack shows a small warning beside the button; what the app says itself comes as a message."""
    if done.ok:
        return ""
    raise SlackRefusal(say("The app did not answer this in time ({status}).", status=done.status or "timeout"))


def _errors(view: Json, errors: Mapping[str, str]) -> str:
    """One fragment for each field: its error, or nothing where it was cured."""
    return str(
        Markup("").join(
            Markup('<p class="error" id="{}-{}-error" role="alert" hx-swap-oob="true">{}</p>').format(
                view["id"], index, errors.get(block.get("block_id"), "")
            )
            for index, block in enumerate(view["blocks"])
            if block["type"] == "input"
        )
    )


def _as_typed(text: str, slack: Sandbox) -> str:
    """A stored text as its author would type it again: names instead of ids."""
    for person in slack.state.people.values():
        text = text.replace(f"<@{person.id}>", f"@{person.real_name}")
    for channel in slack.state.channels.values():
        text = text.replace(f"<#{channel.id}|{channel.name}>", f"#{channel.name}")
    for word in ("channel", "here", "everyone"):
        text = text.replace(f"<!{word}>", f"@{word}")
    return re.sub(r"<(https?://[^<>|]+)>", r"\1", text)
