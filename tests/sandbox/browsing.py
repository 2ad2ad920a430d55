"""A browser without a screen: asks the page for what a person would see, and posts what htmx would post."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp

from sandbox import Sandbox


class Window:
    """One window of one person."""

    def __init__(self, slack: Sandbox, session: aiohttp.ClientSession, user: str, language: str = "en") -> None:
        self.slack, self.user = slack, user
        self._session = session
        self.headers = {"Accept-Language": language}

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and markup of an address."""
        async with self._session.get(self.slack.url + path, headers={**self.headers, **headers}) as answer:
            return answer.status, await answer.text()

    async def look(self, where: str = "C01SEVJA", thread: str = "") -> str:
        """The page of a place, without the journal at its end, which knows everything."""
        status, shown = await self.get(f"/as/{self.user}/{where}" + (f"/t/{thread}" if thread else ""))
        assert status == 200, shown
        return shown.split('id="backstage"')[0]

    async def do(self, path: str, **fields: Any) -> tuple[int, str]:
        """What a form sends by htmx."""
        headers = {**self.headers, "HX-Request": "true"}
        async with self._session.post(self.slack.url + path, data=fields, headers=headers) as answer:
            return answer.status, await answer.text()

    async def act(self, act: str, **fields: Any) -> str:
        """Do something as this person; it must be allowed."""
        status, said = await self.do(f"/page/as/{self.user}/{act}", **fields)
        assert status == 200, said
        return said

    async def refused(self, act: str, **fields: Any) -> str:
        """Try something that Slack's client refuses; its sentence."""
        status, said = await self.do(f"/page/as/{self.user}/{act}", **fields)
        assert status == 409, said
        return said

    async def patches(self, shown: str) -> AsyncIterator[tuple[str, str]]:
        """The server-sent events of the window whose page this is: kind and data."""
        found = re.search(r'sse-connect="([^"]+)"', shown)
        assert found is not None
        async with self._session.get(self.slack.url + found[1]) as answer:
            kind, lines = "", []
            async for raw in answer.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: "):
                    lines.append(line[6:])
                elif not line and kind:
                    yield kind, "\n".join(lines)
                    kind, lines = "", []

    async def until(self, shown: str, text: str) -> str:
        """The first patch in which the text occurs."""
        async with asyncio.timeout(5):
            async for _, data in self.patches(shown):
                if text in data:
                    return data
        raise AssertionError(text)


Open = Callable[..., Window]


def hx_vals(shown: str, action_id: str) -> dict[str, Any]:
    """What the page would send for the first element with this action."""
    found = re.search(r"hx-vals='(\{[^']*?\"action_id\": \"" + re.escape(action_id) + r"\"[^']*\})'", shown)
    assert found is not None, action_id
    vals: dict[str, Any] = json.loads(found[1])
    return vals
