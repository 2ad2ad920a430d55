"""Sandbox: a Slack workspace with one app installed, which programs and people can talk to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import keeping
from .app import App, Manifest
from .clock import Clock
from .events import Events
from .faults import Faults
from .files import Files
from .hooks import Hooks
from .inbound import Delivery, Inbound
from .interactions import Interactions
from .limits import Limits
from .messages import Message
from .methods.scheduled import Schedule
from .methods.users import shown
from .people import Actor
from .posts import Posts
from .replies import Replies
from .server import Server
from .show import Show
from .socket import Sockets
from .state import Call, State
from .story import Story
from .triggers import Triggers
from .views import Views
from .world import World


class Sandbox:
    """Start it with `async with`; an app reaches it at `api_url`, a test acts through `person(...)`."""

    def __init__(self, manifest: Manifest | str | Path | None = None, world: World | None = None, port: int = 0,
                 now: datetime | None = None, limits: str = "off", *, ack_timeout: float = 3.0,
                 hooks: Hooks | None = None, stories: Mapping[str, Story] | None = None,
                 keep: Path | None = None) -> None:  # fmt: skip
        self.world = world or World.default()
        self.app = App.read(manifest)
        self.clock = Clock(now)
        self.state = State(self.world, self.app, self.clock)
        self.events = Events(self.state)
        self.sockets = Sockets(self.world.app_id, self.state.bell)
        self.clock.watch(self.state.bell.ring)
        self.triggers = Triggers(self.clock)
        self.limits, self.faults = Limits(limits), Faults()
        self.signing_secret = "5a7d80c5a7d80c5a7d80c5a7d80c5a7d"
        self.bot_token = "xoxb-100000000000-200000000000-sandboxbot"
        self.app_token = "xapp-1-A00APP-300000000000-sandboxapp"
        self.revoked: set[str] = set()
        self.messages_tab = self.app.messages_tab
        self.is_down = False
        self.is_travelling = False  # the clock is being taken far ahead
        self.inbound = Inbound(
            self.clock, self.sockets, self.state.bell, self.state.journal, self.signing_secret, ack_timeout
        )
        self.posts = Posts(self.state, self.events, self.inbound)
        self.views = Views(self.world, self.clock, self.state.bell)
        self.interactions = Interactions(self.state, self.triggers)
        self.replies = Replies(self.state, self.posts, self.triggers)
        self.schedule = Schedule()
        self.files = Files()
        self.hooks = hooks or Hooks()
        self.show = Show(self, stories or {})
        self.url = ""
        self.went_on = False
        """Whether it was taken up again from the file named by `keep`."""
        self._keep = keep
        self._keeper: keeping.Keeper | None = None
        self._port = port
        self._server = Server(self)
        self._actors: dict[str, Actor] = {}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:  # fmt: skip
        await self.close()

    async def start(self) -> None:
        """Listen on loopback; with `keep`, as the workspace was left. Raises NotKept, OSError."""
        if self._keep is not None:
            self._take_up(self._keep)
        port = await self._server.start(self._port)
        self.url = f"http://127.0.0.1:{port}"
        self.sockets.address = f"ws://127.0.0.1:{port}/link"
        self.interactions.address = self.url

    def _take_up(self, path: Path) -> None:
        was = keeping.read(path)
        if was is not None:
            keeping.restore(self, was)
            self.went_on = True
        self._keeper = keeping.Keeper(self, path)
        self._keeper.start()

    async def close(self) -> None:
        """Stop everything at once."""
        await self.show.stop()
        if self._keeper is not None:
            await self._keeper.stop()
        self.clock.close()
        await self.inbound.close()
        await self.sockets.close()
        await self._server.close()

    # Addresses

    @property
    def api_url(self) -> str:
        """The Web API's base, as SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def team_id(self) -> str:
        """The workspace."""
        return self.world.team_id

    @property
    def bot_user_id(self) -> str:
        """The app's bot user."""
        return self.world.bot_user_id

    @property
    def request_url(self) -> str | None:
        """Where payloads go in HTTP mode; None sends them through Socket Mode."""
        return self.inbound.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.inbound.request_url = url

    # Looking

    def person(self, user: str) -> Actor:
        """Somebody at the keyboard."""
        if user not in self.state.people:
            raise LookupError(f"there is no {user}; there are: {', '.join(self.state.people)}")
        return self._actors.setdefault(user, Actor(self, user))

    def messages(self, channel: str, *, replies: bool = False) -> list[Message]:
        """What stands in a channel (with `replies`, in its threads too), oldest first."""
        return list(self.state.history(channel, replies=replies))[::-1]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A thread: its first message, then the replies."""
        return self.state.thread(channel, ts)

    def dms(self, user: str) -> list[Message]:
        """The direct messages between somebody and the app."""
        return self.messages(self.state.dm(user).id, replies=True)

    def ephemerals(self, user: str) -> list[Message]:
        """What the app said to somebody alone."""
        return list(self.state.ephemerals.get(user, ()))

    def message(self, channel: str, ts: str) -> Message | None:
        """One message as it reads now."""
        return self.state.find(channel, ts)

    def calls(self, method: str | None = None) -> list[Call]:
        """The app's calls of the Web API (and of response URLs, as `response_url`)."""
        return [call for call in self.state.calls if method in (None, call.method)]

    async def wait_for(self, fact: Callable[[], object], timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Return once `fact()` is true; it is looked at on each change here."""
        await self.state.bell.until(fact, timeout)

    async def connected(self, timeout: float = 5.0, count: int = 1) -> None:  # noqa: ASYNC109
        """Return once the app has `count` Socket Mode connections."""
        await self.wait_for(lambda: self.sockets.count >= count, timeout)

    async def disconnect(self, reason: str | None = "refresh_requested", index: int | None = None) -> None:
        """Slack ends connections: `warning` announces it only, None breaks them without a word."""
        await self.sockets.disconnect(reason, index)

    # Administration: each returns a task; awaiting it waits for the app to take the event

    def deactivate(self, user: str) -> asyncio.Task[None]:
        """Somebody leaves the company."""
        person = self.state.change_person(user, deleted=True)
        for members in self.state.members.values():
            members.discard(user)
        return self._tell([*self.events.person_changed(shown(self, person))])

    def archive(self, channel: str, by: str = "U01YUKI") -> asyncio.Task[None]:
        """A channel is closed."""
        self.state.change_channel(channel, is_archived=True)
        return self._tell([*self.events.channel_changed("channel_archive", channel, by)])

    def unarchive(self, channel: str, by: str = "U01YUKI") -> asyncio.Task[None]:
        """A channel is opened again."""
        self.state.change_channel(channel, is_archived=False)
        return self._tell([*self.events.channel_changed("channel_unarchive", channel, by)])

    def rename_channel(self, channel: str, name: str, by: str = "U01YUKI") -> asyncio.Task[None]:
        """A channel gets another name."""
        self.state.change_channel(channel, name=name)
        return self._tell([*self.events.channel_changed("channel_rename", channel, by)])

    def delete_channel(self, channel: str, by: str = "U01YUKI") -> asyncio.Task[None]:
        """A channel is gone with all its messages."""
        told = [*self.events.channel_changed("channel_deleted", channel, by)]
        for store in (self.state.channels, self.state.members, self.state.posts):
            store.pop(channel)
        self.state.bell.ring()
        return self._tell(told)

    def kick_bot(self, channel: str) -> asyncio.Task[None]:
        """The bot is removed from a channel."""
        self.state.members[channel].discard(self.bot_user_id)
        self.state.bell.ring()
        return self._tell([*self.events.membership(channel, self.bot_user_id, joined=False)])

    def bring_in(self, channel: str, user: str, inviter: str | None = None) -> asyncio.Task[None]:
        """Somebody, perhaps the bot, joins a channel."""
        if user in self.state.members[channel]:
            return self._tell([])
        self.state.members[channel].add(user)
        self.state.bell.ring()
        return self._tell([*self.events.membership(channel, user, joined=True, inviter=inviter)])

    def take_out(self, channel: str, user: str) -> asyncio.Task[None]:
        """Somebody leaves a channel."""
        self.state.members[channel].discard(user)
        return self._tell([*self.events.membership(channel, user, joined=False)])

    def delete_message(self, message: Message) -> asyncio.Task[None]:
        """An administrator deletes anybody's message, the bot's too."""
        deliveries = self.posts.remove(self.state.find(message.channel, message.ts) or message)
        return self.inbound.start(self._settle(deliveries))

    def close_dms(self, *, closed: bool = True) -> None:
        """The app's messages tab is turned off (or on again)."""
        self.messages_tab = not closed

    def revoke_token(self) -> asyncio.Task[None]:
        """The installation's bot token stops working."""
        self.revoked.add(self.bot_token)
        return self._tell([*self.events.tokens_revoked()])

    def uninstall(self) -> asyncio.Task[None]:
        """The app is removed from the workspace."""
        self.revoked |= {self.bot_token, self.app_token}
        return self._tell([*self.events.tokens_revoked(), *self.events.uninstalled()])

    def down(self, is_down: bool = True) -> asyncio.Task[None]:
        """Slack has an outage: every call is answered 503 and the connections break."""
        self.is_down = is_down
        return self.inbound.start(self.sockets.close() if is_down else asyncio.sleep(0))

    def _tell(self, payloads: list[dict[str, Any]]) -> asyncio.Task[None]:
        return self.inbound.start(self._settle(self.inbound.send(payloads)))

    def _settle(self, deliveries: list[Delivery]) -> Coroutine[Any, Any, None]:
        async def wait() -> None:
            await self.inbound.settled(deliveries)

        return wait()
