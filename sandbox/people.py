"""Actor: a person at the keyboard; does only what Slack's client would let them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import AppFailed, SlackError, SlackRefusal
from .forms import Forms, find_element
from .inbound import Ack
from .messages import Message
from .world import Channel, Person

if TYPE_CHECKING:
    from .slack import Sandbox

Json = dict[str, Any]


# How a person sees that an app did not answer a command. D:interactivity/implementing-slash-commands
_SHOWN = {
    "timeout": "operation_timeout",
    "http_timeout": "operation_timeout",
    **dict.fromkeys(("connection_failed", "http_error", "ssl_error", "too_many_redirects"), "dispatch_failed"),
}


@dataclass(frozen=True)
class SlashReply:
    """What somebody saw after a slash command."""

    ok: bool
    status: int
    text: str = ""
    blocks: tuple[Json, ...] = ()
    response_type: str | None = None
    messages: tuple[Message, ...] = ()  # everything private that came back so far, by ack or response_url


@dataclass(frozen=True)
class Interaction:
    """What somebody saw after a click or shortcut."""

    ok: bool
    status: int
    replies: tuple[Message, ...] = ()  # ephemerals that came so far
    view: Json | None = None


class Actor:
    """One person of the world, acting."""

    def __init__(self, slack: Sandbox, user: str) -> None:
        self._slack, self.id = slack, user
        self._forms = Forms(slack.state)

    @property
    def person(self) -> Person:
        """What Slack knows of them."""
        return self._slack.state.people[self.id]

    @property
    def view(self) -> Json | None:
        """The modal in front of them."""
        return self._slack.views.top(self.id)

    @property
    def home(self) -> Json | None:
        """The app's home tab as published for them."""
        return self._slack.views.home(self.id)

    # Messages

    async def post(
        self,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        *,
        broadcast: bool = False,
        blocks: list[Json] | None = None,
        as_stored: bool = False,
        wait: bool = True,
    ) -> Message:
        """Write in a channel, a thread or the DM with the app; waits for the app to take the event.

        With `as_stored` the text is what Slack would store (a link made with the editor, say), not what is typed.
        """
        place = self._place(channel)
        if place.is_im and (not self._slack.messages_tab or self._slack.app.messages_tab_read_only):
            raise SlackRefusal("sending messages to this app has been turned off")
        if not text and not blocks:
            raise SlackRefusal("there is nothing to send")
        root = self._root(place.id, thread_ts)
        stored = text if as_stored or self.person.is_bot else self._slack.state.typed().message(text)
        message, sent = self._slack.posts.person_says(
            self.person, place.id, stored, root, broadcast=broadcast, blocks=blocks
        )
        if wait:
            await self._slack.inbound.settled(sent)
        return message

    async def dm(self, text: str, *, wait: bool = True) -> Message:
        """Write to the app directly."""
        return await self.post(self._slack.state.dm(self.id).id, text, wait=wait)

    async def edit(self, message: Message, text: str, *, wait: bool = True) -> Message:
        """Change what they wrote."""
        old = self._own(message)
        new, sent = self._slack.posts.person_edits(old, self._slack.state.typed().message(text))
        if wait:
            await self._slack.inbound.settled(sent)
        return new

    async def delete(self, message: Message, *, wait: bool = True) -> None:
        """Take back what they wrote."""
        sent = self._slack.posts.remove(self._own(message))
        if wait:
            await self._slack.inbound.settled(sent)

    async def react(self, message: Message, emoji: str, *, remove: bool = False, wait: bool = True) -> None:
        """Put an emoji on a message, or take it away."""
        seen = self._seen(message)
        if (emoji, self.id) in seen.reactions and not remove:
            raise SlackRefusal(f"they already reacted with :{emoji}:")
        sent = self._slack.posts.react(seen, self.id, emoji, added=not remove)
        if wait:
            await self._slack.inbound.settled(sent)

    # Commands and shortcuts

    async def command(
        self, command: str, text: str = "", channel: str = "", *, thread_ts: str | None = None
    ) -> SlashReply:
        """Type a slash command."""
        self._at_home(command)
        known = self._slack.app.commands.get(command)
        if known is None:
            raise SlackRefusal(f"{command} is not a valid command.")
        if thread_ts is not None:
            # D:interactivity/implementing-slash-commands; the client's own words are unconfirmed
            raise SlackRefusal(f"{command} is not supported in threads. Sorry!")
        place = self._place(channel)
        before = len(self._slack.ephemerals(self.id))
        payload = self._slack.interactions.command(self.person, known, text, place)
        ack = await self._slack.inbound.ask("slash_commands", payload, answers=True)
        if not ack.ok:
            return self._failed(command, ack)
        try:
            said = self._slack.replies.in_ack(ack.body, self.id, place.id)
        except SlackError as error:
            return self._failed(command, Ack(False, ack.status, reason=error.error))
        return self._answered(ack, said, before)

    def _failed(self, command: str, ack: Ack) -> SlashReply:
        error = _SHOWN.get(ack.reason, ack.reason)
        return SlashReply(False, ack.status, text=f'{command} failed with the error "{error}"')

    def _answered(self, ack: Ack, said: Message | None, before: int) -> SlashReply:
        private = tuple(self._slack.ephemerals(self.id)[before:])
        shown = said or (private[0] if private else None)
        if shown is None:
            return SlashReply(True, ack.status)
        kind = "ephemeral" if shown.ephemeral_to else "in_channel"
        return SlashReply(True, ack.status, shown.text, shown.blocks, kind, private)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> Interaction:
        """Choose a global shortcut, or one from the menu of a message."""
        self._at_home("a shortcut")
        known = self._slack.app.shortcuts.get(callback_id)
        kind = "global" if message is None else "message"
        if known is None or known.kind != kind:
            raise SlackRefusal(f"there is no {kind} shortcut {callback_id!r}")
        seen = None if message is None else self._seen(message)
        return await self._interact(self._slack.interactions.shortcut(self.person, callback_id, seen))

    # Clicks

    async def click(
        self,
        where: Message | Json,
        action_id: str,
        value: str | None = None,
        *,
        option: str | None = None,
        user: str | None = None,
        selected: Any = None,
        block_id: str | None = None,
    ) -> Interaction:
        """Press a button or choose in a menu of a message, of a modal or of the home tab."""
        chosen = next((each for each in (selected, option, user, value) if each is not None), None)
        if isinstance(where, Message):
            seen = self._seen(where)
            if seen.user != self._slack.world.bot_user_id:
                raise SlackRefusal("that message is not the app's")
            block, element = find_element(list(seen.blocks), action_id, block_id=block_id, value=value, option=option)
            action = self._slack.interactions.action(block, element, chosen)
            return await self._interact(self._slack.interactions.click_in_message(self.person, seen, action))
        view = self._open_view(where)
        block, element = find_element(view["blocks"], action_id, block_id=block_id, value=value, option=option)
        action = self._slack.interactions.action(block, element, chosen)
        if block["type"] == "input" or element["type"] not in ("button", "overflow", "workflow_button"):
            self._fill(view, block, element, chosen)
        if block["type"] == "input" and not block.get("dispatch_action"):
            return Interaction(True, 0)
        return await self._interact(self._slack.interactions.click_in_view(self.person, view, action))

    def _open_view(self, view: Json) -> Json:
        for live in (self.view, self.home):
            if live is not None and live["id"] == view["id"]:
                return live
        raise SlackRefusal("that view is not in front of them")

    async def _interact(self, payload: Json) -> Interaction:
        if not self._slack.app.interactive:
            raise SlackRefusal("this app is not configured to handle interactive responses")
        before = len(self._slack.ephemerals(self.id))
        ack = await self._slack.inbound.ask("interactive", payload, answers=False)
        replies = tuple(self._slack.ephemerals(self.id)[before:])
        return Interaction(ack.ok, ack.status, replies, self.view)

    # Modals and home

    async def submit(self, values: Json | None = None) -> dict[str, str] | None:
        """Fill in the modal by block_id and press its submit button; returns the errors shown, if any."""
        view = self.view
        if view is None or view.get("submit") is None:
            raise SlackRefusal("there is no modal to submit")
        for block_id, given in (values or {}).items():
            block = next((b for b in view["blocks"] if b["block_id"] == block_id), None)
            element = None if block is None else next(iter(_fields(block)), None)
            if block is None or element is None:
                there = ", ".join(b["block_id"] for b in view["blocks"] if b["type"] == "input")
                raise SlackRefusal(f"there is no input {block_id!r}; there are: {there}")
            self._fill(view, block, element, given)
        if missing := self._forms.missing(view):
            raise SlackRefusal(f"please complete: {', '.join(missing)}")
        payload = self._slack.interactions.submission(self.person, view)
        ack = await self._slack.inbound.ask("interactive", payload, answers=True)
        if not ack.ok:
            raise AppFailed("We had some trouble connecting. Try again?", ack.status)
        return self._after_submit(view, ack.body)

    def _fill(self, view: Json, block: Json, element: Json, given: Any) -> None:
        chosen = self._forms.value(element, given)
        view["state"]["values"].setdefault(block["block_id"], {})[element["action_id"]] = chosen

    def _after_submit(self, view: Json, body: Any) -> dict[str, str] | None:
        action = body.get("response_action") if isinstance(body, dict) else None
        views = self._slack.views
        try:
            if action == "errors":
                return _known_errors(view, body.get("errors"))
            if action == "update":
                views.update(body["view"], view_id=view["id"], external_id=None)
            elif action == "push":
                views.push(self.id, body["view"])
            elif action == "clear":
                views.clear(self.id)
            elif action is not None:
                raise AppFailed(f"the app answered an unknown response_action {action!r}", 200)
            elif (top := self.view) is not None and top["id"] == view["id"]:
                views.pop(self.id)
        except SlackError as error:
            raise AppFailed(f"the app's view was refused: {error.error} {error.messages or ''}", 200) from error
        return None

    async def close_view(self) -> None:
        """Close the modal in front without submitting."""
        view = self.view
        if view is None:
            raise SlackRefusal("there is no modal to close")
        cleared = bool(view["clear_on_close"])
        if cleared:
            self._slack.views.clear(self.id)
        else:
            self._slack.views.pop(self.id)
        if view["notify_on_close"]:
            payload = self._slack.interactions.closing(self.person, view, cleared=cleared)
            await self._slack.inbound.ask("interactive", payload, answers=False)

    async def open_home(self, tab: str = "home") -> Json | None:
        """Look at the app's home; returns what is published by then."""
        if tab == "home" and not self._slack.app.home_tab:
            raise SlackRefusal("this app has no home tab")
        await self._slack.inbound.settled(self._slack.inbound.send(
            self._slack.events.home_opened(self.id, tab, self.home if tab == "home" else None)
        ))  # fmt: skip
        return self.home

    # What the client would refuse

    def _place(self, channel: str) -> Channel:
        if channel == f"D{self.id[1:]}":
            self._slack.state.dm(self.id)
        place = self._slack.state.channels.get(channel)
        if self.person.deleted:
            raise SlackRefusal(f"{self.id} is deactivated")
        if place is None or self.id not in self._slack.state.members[channel]:
            raise SlackRefusal(f"{self.id} is not in {channel!r}")
        if place.is_archived:
            raise SlackRefusal(f"#{place.name} is archived")
        return place

    def _root(self, channel: str, thread_ts: str | None) -> Message | None:
        if thread_ts is None:
            return None
        thread = self._slack.state.thread(channel, thread_ts)
        if not thread or thread[0].is_reply:
            raise SlackRefusal(f"there is no thread {thread_ts}")
        return thread[0]

    def _seen(self, message: Message) -> Message:
        self._place(message.channel)
        if message.ephemeral_to is not None:
            mine = [each for each in self._slack.ephemerals(self.id) if each.ts == message.ts]
            if not mine:
                raise SlackRefusal("that message is gone, or was for somebody else")
            return mine[-1]
        live = self._slack.state.find(message.channel, message.ts)
        if live is None:
            raise SlackRefusal("that message was deleted")
        return live

    def _own(self, message: Message) -> Message:
        live = self._seen(message)
        if live.user != self.id:
            raise SlackRefusal("they can change only their own messages")
        return live

    def _at_home(self, what: str) -> None:
        # D:apis/slack-connect/: commands and message shortcuts only for the installing organisation
        if self._slack.state.is_external(self.id):
            raise SlackRefusal(f"{what} is not available to people of other companies")


def _fields(block: Json) -> list[Json]:
    element = block.get("element") or block.get("accessory")
    return [element] if element is not None else list(block.get("elements") or [])


def _known_errors(view: Json, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise AppFailed(f"the errors {errors!r} do not belong to the inputs {sorted(inputs)}", 200)
    return {str(key): str(value) for key, value in errors.items()}
