"""Window: what one person sees and does on the page, in the words of somebody who uses Slack."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

PATIENCE = 15_000
"""Milliseconds that whatever is expected may take to come: machines are busy, and nothing else waits."""
SPEAKS = {"ja": "ja-JP", "en": "en-GB"}
IS_LIVE = """element => new Promise(answer => setTimeout(() => {
  const sender = element.closest('[hx-post]');
  answer(element.isConnected && (!sender || Boolean(sender['htmx-internal-data']?.listenerInfos?.length)));
}, 150))"""
"""Whether it stays where it is for longer than a change takes to be drawn, and htmx has bound it."""
WORDS = {
    "ja": {"messages": "メッセージ", "reply": "返信", "backstage": "舞台裏", "next": "次のリマインドへ",
           "restart": "ボットを強制終了して再起動", "earlier": "以前のメッセージを見る", "back": "戻る"},
    "en": {"messages": "Messages", "reply": "repl", "backstage": "Backstage", "next": "To the next reminder",
           "restart": "Kill and restart the bot", "earlier": "Earlier messages", "back": "Back"},
}  # fmt: skip


async def open_window(
    browser: Browser, url: str, who: str, language: str, *, width: int = 1280, height: int = 800, dark: bool = False,
    phone: bool = False, density: float = 1,
) -> "Window":  # fmt: skip
    """An empty window of a browser that belongs to one person."""
    context = await browser.new_context(
        base_url=url,
        locale=SPEAKS[language],
        viewport={"width": width, "height": height},
        has_touch=phone,
        is_mobile=phone,
        device_scale_factor=density,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    return Window(await context.new_page(), who, language)


@dataclass(frozen=True)
class Window:
    """One person's browser."""

    page: Page
    who: str
    language: str

    @property
    def words(self) -> Mapping[str, str]:
        """What the page itself calls things, in this browser's language."""
        return WORDS[self.language]

    async def go(self, where: str) -> None:
        """Type an address: a channel, `dm`, `home`, or nothing for the list."""
        await self.page.goto(f"/as/{self.who}/{where}".rstrip("/"))
        await self.is_ready()

    async def is_ready(self) -> None:
        """The page's programs run."""
        await self.until("Boolean(window.htmx) && document.readyState === 'complete'")

    async def until(self, question: str, given: Any = None) -> Any:
        """Ask the page until it says yes. Playwright's own waiting evaluates in the page, which its policy forbids."""
        async with asyncio.timeout(PATIENCE / 1000):
            while not (answer := await self.page.evaluate(question, given)):  # noqa: ASYNC110  no bell of ours rings there
                await asyncio.sleep(0.02)
        return answer

    async def is_live(self, element: Locator) -> None:
        """It does something when it is pressed: nothing redraws it just now, which would swallow the click."""
        async with asyncio.timeout(PATIENCE / 1000):
            while not await element.evaluate(IS_LIVE):
                pass

    # Looking

    def row(self, *texts: str, where: str = "#messages") -> Locator:
        """The newest message that says all of this."""
        found = self.page.locator(f"{where} > li.row")
        for text in texts:
            found = found.filter(has_text=text)
        return found.last

    def replies(self, text: str) -> Locator:
        """The line below a message that leads to its thread."""
        return self.page.locator("#messages > li.row", has_text=text).locator("a.replies").last

    @property
    def card(self) -> Locator:
        """The case's card, in its thread."""
        return self.page.locator("#thread > li.row").filter(has=self.page.locator("h3")).first

    @property
    def modal(self) -> Locator:
        return self.page.get_by_role("dialog").filter(has=self.page.locator("form.modal"))

    @property
    def notice(self) -> Locator:
        """What the page refuses, in a sentence."""
        return self.page.locator(".refusal").last

    @property
    def composer(self) -> Locator:
        """Where one writes into the channel."""
        return self.page.locator("#compose-text")

    @property
    def reply(self) -> Locator:
        """Where one writes into the thread."""
        return self.page.locator("#reply-text")

    async def width(self) -> int:
        """How wide the page would have to be for all that it holds."""
        wide = await self.page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
        return int(wide)

    # Acting

    async def say(self, text: str, field: Locator | None = None) -> None:
        """Write and press Enter; the field is empty once it was taken."""
        field = field or self.composer
        await field.fill(text)
        await field.press("Enter")

    async def open_thread(self, text: str) -> None:
        """Follow the line with the replies below a message."""
        await self.replies(text).click()
        await expect(self.reply).to_be_visible()
        await self.is_ready()

    async def press(self, where: Locator, name: str) -> None:
        """Press the button of this name."""
        button = where.get_by_role("button", name=re.compile(f"^{re.escape(name)}"))
        await self.is_live(button)
        await button.click()

    async def fill(self, **fields: str) -> None:
        """Fill in what the modal asks for, field by field, and see that it stands there."""
        for label, text in fields.items():
            field = self.field(label)
            await field.fill(text)
            await expect(field).to_have_value(text)

    def field(self, block_id: str) -> Locator:
        """A field of the modal by its name."""
        block = self.modal.locator(f'[data-block-id="{block_id}"].input')
        return block.locator("input, textarea, select").first

    async def submit(self) -> None:
        """Press the modal's own button."""
        await self.is_live(self.page.locator("#modal-submit"))
        await self.page.locator("#modal-submit").click()

    async def send_form(self) -> None:
        """Send the modal off; it goes away."""
        await self.submit()
        await expect(self.modal).to_have_count(0)

    async def opened(self, title: str) -> None:
        """A modal of this title is in front, and takes what is typed."""
        await expect(self.page.locator("#modal-title")).to_have_text(title)
        await expect(self.page.locator("#columns")).to_have_attribute("inert", "")
        await self.is_live(self.page.locator("#modal-x"))

    async def choose(self, menu: Locator, text: str) -> None:
        """Choose the option that says this."""
        await self.is_live(menu)
        value = await menu.locator("option").filter(has_text=text).first.get_attribute("value")
        await menu.select_option(value)

    async def open_messages(self) -> None:
        """Go to the app's messages by the sidebar, as one does when it called."""
        await self.page.locator("#sidebar a.door").last.click()
        await self.page.get_by_role("navigation").get_by_role("link", name=self.words["messages"]).click()
        await self.page.wait_for_url("**/dm")
        await self.is_ready()
