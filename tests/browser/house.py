"""House: a sandbox with its page, the bot in it, which can be killed and started anew, and the windows people open."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from shutil import which
from typing import Any

from playwright.async_api import Browser, Page, Playwright, async_playwright, expect

from bot.desk import CALM
from sandbox import Sandbox
from sandbox.hooks import Hooks
from tests.browser.window import PATIENCE, Window, open_window
from tests.stage import NINE, ROOT, SEV_A, Stage, staged

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]
STARTS_WITHIN = 60.0
LOOK_EVERY = 0.05
"""Seconds between two looks at what the bot has still to say."""
REFUSED = ("Failed to load resource", "Response Status Error Code 409")
"""What the browser and htmx write into the console where the page refuses something."""


def browser_path() -> str | None:
    """The browser of this machine, if it has one."""
    return next(filter(None, map(which, BROWSERS)), None)


@asynccontextmanager
async def browsing(path: str) -> AsyncIterator[Browser]:
    """One browser, in which each window is a person of its own."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright, _launched(playwright, path) as browser:
        yield browser


@asynccontextmanager
async def _launched(playwright: Playwright, path: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=STARTS_WITHIN * 1000)
    try:
        yield browser
    finally:
        await browser.close()


class House:
    """Everybody's Slack. The bot in it lives in a task of its own, so that it can be ended at any moment."""

    def __init__(self, browser: Browser, folder: Path, *, http: bool) -> None:
        self._browser, self._folder, self._http = browser, folder, http
        self._bot: asyncio.Task[None] | None = None
        self._open = AsyncExitStack()
        self._stage: Stage | None = None
        self._is_closing = False
        self.troubles: list[str] = []
        """What went wrong in a window's own program: there must be none."""
        hooks = Hooks(restart_app=self.restart, next_moment=self._next_moment)
        self.slack = Sandbox(manifest=ROOT / "manifest.yml", now=NINE, hooks=hooks, ack_timeout=PATIENCE / 1000)
        self.slack.clock.watch(self._ring)

    @property
    def stage(self) -> Stage:
        assert self._stage is not None, "the bot is not running"
        return self._stage

    @property
    def is_up(self) -> bool:
        """Whether the bot runs."""
        return self._stage is not None

    async def window(self, who: str, where: str = SEV_A, *, language: str = "ja", **looks: Any) -> Window:
        """Somebody opens the page in a browser of their own."""
        window = await open_window(self._browser, self.slack.url, who, language, **looks)
        self._open.push_async_callback(window.page.context.close)
        self._listen(window.page)
        await window.go(where)
        return window

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self._heard(said.type, said.text))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(REFUSED) and not self._is_closing:
            self.troubles.append(text)

    # The bot

    async def start(self) -> None:
        """Start the bot, on what it knew before."""
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bot = asyncio.create_task(self._live(ready))
        async with asyncio.timeout(STARTS_WITHIN):
            await asyncio.wait({ready, self._bot}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await self._bot  # raises what kept it from starting

    async def kill(self) -> None:
        """End the bot wherever it is."""
        bot, self._bot = self._bot, None
        assert bot is not None, "the bot is not running"
        bot.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await bot

    async def restart(self) -> None:
        """Kill it and start it anew."""
        await self.kill()
        await self.start()

    async def _live(self, ready: asyncio.Future[None]) -> None:
        async with staged(self._folder, slack=self.slack, loops=True, http=self._http) as stage:
            self._stage = stage
            ready.set_result(None)
            try:
                await self._hurry(stage)
            finally:
                self._stage = None

    async def _hurry(self, stage: Stage) -> None:
        """The clock stands, so that a busy machine makes nothing late; only a card's rest between two edits passes."""
        while True:
            wake, now = await stage.bot.store.read(lambda q: q.next_delivery()), self.slack.clock.now()
            if wake is not None and timedelta(0) < wake - now <= CALM:
                self.slack.clock.set(wake)
            await asyncio.sleep(LOOK_EVERY)

    def _ring(self) -> None:
        if self._stage is not None:
            self._stage.bot.ring()

    async def _next_moment(self) -> datetime | None:
        return await self.stage.bot.desk.next_due() if self.is_up else None

    async def close(self) -> None:
        """Close all windows, then the bot, then Slack. What a closing window complains of is no trouble."""
        self._is_closing = True
        await self._open.aclose()
        if self._bot is not None:
            await self.kill()
        await self.slack.close()


@asynccontextmanager
async def housed(browser: Browser, folder: Path, *, http: bool = False) -> AsyncIterator[House]:
    """A house at nine in the morning in Tokyo, with the bot in it and the clock standing still."""
    house = House(browser, folder, http=http)
    house.slack.clock.freeze(NINE)
    await house.slack.start()
    try:
        await house.start()
        yield house
    finally:
        await house.close()
    assert not house.troubles, "\n".join(house.troubles)
