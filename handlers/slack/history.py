"""History: what stands in channels and threads, read page by page at a pace that leaves room for the rest of the bot.

https://docs.slack.dev/reference/methods/conversations.history, …/conversations.replies, …/users.conversations
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.values import ChannelId, Timestamp, Value
from bot.pace import Pace, Rate
from bot.ports import Stopped, Unsure, Wait
from handlers.slack.calls import call

log = logging.getLogger(__name__)

READING = Rate(burst=20, per_second=0.6)
"""Tier 3 is 50 a minute for each method (D:apis/web-api/rate-limits); the courier looks for lost ones by the same."""
PAGES = 10
PAGE = 200
"""Ours: 2,000 messages of a channel or thread, the newest of them where there are more."""
TRIES = 5


class Room(Value):
    """A channel that the bot is in."""

    id: ChannelId
    shared: bool
    """With another organisation."""
    private: bool
    """Only its members see it."""


class History:
    """Reads back."""

    def __init__(
        self, client: AsyncWebClient, rate: Rate = READING, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._rate = rate
        self._monotonic = monotonic
        self._pace = Pace()

    async def rooms(self) -> list[Room]:
        """The channels that the bot is in. Raises DeliveryTrouble."""
        try:
            found = await self._rooms("public_channel,private_channel")
        except Stopped as refused:
            if not refused.reason.startswith("missing_scope"):
                raise
            found = await self._rooms("public_channel")  # the manifest's groups scopes may be left out
        return [
            Room(id=one["id"], shared=bool(one.get("is_ext_shared")), private=bool(one.get("is_private", True)))
            for one in found
        ]

    async def _rooms(self, types: str) -> list[dict[str, Any]]:
        return await self._pages(
            "users.conversations", self._client.users_conversations, "channels", types=types, exclude_archived=True
        )

    async def since(self, channel: ChannelId, ts: Timestamp, thread: Timestamp | None = None) -> list[dict[str, Any]]:
        """The messages of a channel, or of one of its threads, after `ts`: oldest first. Raises DeliveryTrouble."""
        if thread is None:
            found = await self._messages("history", self._client.conversations_history, channel=channel, oldest=ts)
        else:
            method = self._client.conversations_replies
            found = await self._messages("replies", method, channel=channel, ts=thread, oldest=ts)
        # A thread's first message comes with every page, however old it is.
        return sorted((one for one in found if one["ts"] != thread), key=lambda one: str(one["ts"]))

    async def _messages(self, name: str, method: Callable[..., Awaitable[Any]], **asked: Any) -> list[dict[str, Any]]:
        return await self._pages(f"conversations.{name}", method, "messages", **asked)

    async def _pages(self, name: str, method: Callable[..., Awaitable[Any]], key: str, **asked: Any) -> list[Any]:
        found: list[Any] = []
        for _ in range(PAGES):
            page = await self._page(name, method, limit=PAGE, **asked)
            found += page[key]
            asked["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not asked["cursor"]:
                return found
        log.warning("%s has more than %d pages for %s: the rest is not read", name, PAGES, asked.get("channel", "us"))
        return found

    async def _page(self, name: str, method: Callable[..., Awaitable[Any]], **asked: Any) -> Any:
        """One page, tried again while Slack says to wait or gives no answer: reading twice does no harm."""
        tried = 0
        while True:
            await asyncio.sleep(self._pace.turn(name, self._rate, self._monotonic()))
            try:
                return await call(method, **asked)
            except (Wait, Unsure) as trouble:
                tried += 1
                if tried == TRIES:
                    raise
                self._pace.shut(name, trouble.seconds or 2.0**tried, self._monotonic())
