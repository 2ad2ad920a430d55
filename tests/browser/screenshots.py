"""Screenshots: `python -m tests.browser.screenshots` draws docs/screenshots anew, from a case played to its moments."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from playwright.async_api import Browser, Locator, expect

from bot.demo.playing import read_story, stories
from bot.domain.account import account
from handlers.views.report.picture import Look, picture
from handlers.views.report.raster import png
from handlers.views.report.scribe import Scribe
from sandbox import Sandbox
from sandbox.hooks import Hooks
from sandbox.story import Player, Story
from tests.browser.house import browser_path, browsing
from tests.browser.window import Window, open_window
from tests.stage import ALEX, BOB, HANA, KEN, MEI, ROOT, SEV_A, SEV_A_EN, YUKI, Stage, staged

sys.path.append(str(ROOT / "tests/unit/views"))

from long_stories import NAMES, half_an_hour, three_days

FOLDER = ROOT / "docs" / "screenshots"
STORY = "store-pos"
DESKTOP: dict[str, Any] = {"width": 1280, "height": 800}
TALL: dict[str, Any] = {"width": 1280, "height": 1600}
PHONE: dict[str, Any] = {"width": 390, "height": 844, "phone": True}
REMINDED, SUSPECTED = "03:16", "03:41"
"""Moments of the story: the promise of 3:15 is over; the firewall is suspected and 4:20 is promised."""
BEFORE = timedelta(minutes=10)
"""How long before a promise its owner is reminded."""
HIDE_DELAYS = "document.querySelectorAll('.delay').forEach(delay => { delay.hidden = true })"
"""How long calls took differs each time."""
ENGLISH = """[SevA] Checkout returns 502 for every card payment
Customer: Contoso Freight, plan Premier, case 2611240040
Impact: no store in Ireland can take cards since 16:40, about 40,000 EUR an hour"""


class Studio:
    """A story that stands still wherever a picture is taken."""

    def __init__(self, browser: Browser, slack: Sandbox, stage: Stage) -> None:
        self._browser, self.slack, self.stage = browser, slack, stage

    async def play(self, player: Player, until: str) -> None:
        """Play on to this time of the story, with everything that happens by itself on the way."""
        zone = player.story.start.tzinfo
        while (step := player.next_step) is not None and f"{step.at.astimezone(zone):%H:%M}" <= until:
            await self.reach(step.at)
            await player.step()
            await self.stage.settle()

    async def reach(self, moment: datetime) -> None:
        """Let it become this moment."""
        while (due := await self.stage.bot.desk.next_due()) is not None and due < moment:
            self.slack.clock.set(max(due, self.slack.clock.now()))
            await self.stage.settle()
        self.slack.clock.set(max(moment, self.slack.clock.now()))
        await self.stage.settle()

    @asynccontextmanager
    async def window(self, who: str, where: str, language: str = "ja", **looks: Any) -> AsyncIterator[Window]:
        """Somebody's browser."""
        window = await open_window(self._browser, self.slack.url, who, language, **looks)
        try:
            await window.go(where)
            yield window
        finally:
            await window.page.context.close()

    @asynccontextmanager
    async def thread(self, who: str, channel: str, language: str = "ja", **looks: Any) -> AsyncIterator[Window]:
        """Somebody reads the case's thread, from the card on."""
        case = await self.case_in(channel)
        async with self.window(who, f"{channel}/t/{case.thread}", language, **looks) as window:
            await expect(window.card).to_have_attribute("data-version", str(self.stage.card(case).version))
            await expect(window.page.locator("a.replies.unread")).to_have_count(0)  # it has been read by now
            await from_the_top(window.card)
            yield window

    async def case_in(self, channel: str) -> Any:
        """The case of this channel."""
        cases = [await self.stage.case(number) for number in (1, 2)[: 1 if channel == SEV_A else 2]]
        return next(case for case in cases if case.channel == channel)


async def from_the_top(element: Locator) -> None:
    """Scroll so that it begins at the top of its list."""
    await element.evaluate("element => element.scrollIntoView({block: 'start'})")


async def take(window: Window, name: str, part: Locator | None = None) -> None:
    """One picture, of the window or of a part of it."""
    await window.page.evaluate("document.fonts.ready")
    await window.page.evaluate("document.activeElement?.blur()")
    path = FOLDER / f"{name}.png"
    await (part or window.page).screenshot(path=path, animations="disabled", caret="hide")
    sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB\n")


async def take_all(browser: Browser, folder: Path) -> None:
    """Every picture of the documentation, in the story's order."""
    story = read_story(STORY)
    async with studio(browser, folder, story) as shooting:
        for language in ("ja", "en"):
            async with shooting.window(YUKI, "", language, **DESKTOP) as window:
                await window.page.goto("/")
                await window.is_ready()
                await take(window, f"first-{language}")
        player = Player(shooting.slack, story)
        await shooting.play(player, REMINDED)
        await _promise_over(shooting)
        await shooting.play(player, SUSPECTED)
        await _suspected(shooting)
        await _together(shooting)
        await _in_english(shooting)
    _timelines()


async def _promise_over(shooting: Studio) -> None:
    async with shooting.window(YUKI, "dm", **DESKTOP) as window:
        await expect(window.page.locator("#messages > li.row")).to_have_count(len(shooting.stage.said_to(YUKI)))
        await take(window, "reminder-ja")
    async with shooting.window(YUKI, "dm", **PHONE) as window:
        await take(window, "reminder-phone-ja")
    async with shooting.window(YUKI, "home", **DESKTOP) as window:
        await _home_drawn(shooting, window)
        await take(window, "home-ja")


async def _home_drawn(shooting: Studio, window: Window, who: str = YUKI) -> None:
    async with asyncio.timeout(15):
        while shooting.slack.views.home(who) is None:
            await shooting.stage.settle()
            await asyncio.sleep(0.02)
    home = shooting.slack.views.home(who)
    assert home is not None
    await expect(window.page.locator("#home")).to_have_attribute("data-hash", home["hash"])


async def _suspected(shooting: Studio) -> None:
    for device, looks in (("desktop", DESKTOP), ("phone", PHONE)):
        for dark in (False, True):
            async with shooting.thread(YUKI, SEV_A, dark=dark, **looks) as window:
                await take(window, f"card-{'dark' if dark else 'light'}-{device}")
    async with shooting.thread(YUKI, SEV_A, **TALL) as window:
        await take(window, "card-whole", window.card.locator(".content"))
    async with shooting.thread(YUKI, SEV_A, **DESKTOP) as window:
        await window.press(window.card, "ご連絡済み")
        await window.opened("SEV-1 ご連絡の記録")
        await window.fill(
            said="23:38 の規則変更後に店舗拠点からの通信が拒否されていることを確認し、規則を精査中とお伝えしました。",
            next_at="4:20",
            next_action="ファイアウォールの確認結果をお伝えする",
        )
        await take(window, "modal-ja")
        await window.page.keyboard.press("Escape")
        await expect(window.modal).to_have_count(0)
        await window.page.locator("#backstage > summary").click()
        await window.page.evaluate(HIDE_DELAYS)
        await take(window, "backstage-ja")


async def _together(shooting: Studio) -> None:
    """A part of the work asked of a colleague, a runbook, a risky step in front of a second person."""
    case, stage = await shooting.case_in(SEV_A), shooting.stage
    await stage.mention(YUKI, case, "依頼 @hana ネットワーク NSG のフローログの確認 4:10まで")
    await stage.settle()
    async with shooting.window(HANA, "dm", **PHONE) as window:
        await take(window, "task-phone-ja")
    await stage.mention(YUKI, case, "手順書 web-unreachable")
    await stage.mention(KEN, case, "手順書 済 1")
    await stage.mention(YUKI, case, "手順書 省略 2 お客様の拠点は一つのみ")
    await stage.settle()
    async with shooting.window(MEI, f"{SEV_A}/t/{case.thread}", **PHONE) as window:
        await from_the_top(window.row("2/7 済み", where="#thread"))
        await take(window, "runbook-phone-ja")
    await stage.mention(
        YUKI, case, "確認依頼 規則変更 nsg-store-443: 23:38 の規則を元に戻す / 戻し方: 規則を再適用 @ken"
    )
    await stage.settle()
    async with shooting.window(KEN, "dm", **PHONE) as window:
        await window.press(window.row("二重確認"), "承認")
        await window.opened("承認: SEV-1")
        await take(window, "approve-phone-ja")
    async with shooting.thread(YUKI, SEV_A, **TALL) as window:
        await take(window, "card-together", window.card.locator(".content"))


def _timelines() -> None:
    """The picture of a report: three days and half an hour, by day and by night."""
    for name, story in (("three-days", three_days("en")), ("half-hour", half_an_hour("en"))):
        told = account(story.case, story.facts, story.facts[-1].at + timedelta(minutes=1))
        for look in get_args(Look):
            if look != "both":
                path = FOLDER / f"timeline-{name}-{look}.png"
                path.write_bytes(png(picture(Scribe("en", "Europe/Dublin", NAMES), told, look)))
                sys.stdout.write(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB\n")


async def _in_english(shooting: Studio) -> None:
    await shooting.stage.post(ENGLISH, SEV_A_EN, BOB)
    case = await shooting.case_in(SEV_A_EN)
    await shooting.stage.after(minutes=4)
    await shooting.stage.mention(ALEX, case, "claim network path")
    said = "contacted phone told them that routing and the gateway are being checked / next 40m first findings"
    await shooting.stage.mention(BOB, case, said)
    await shooting.stage.after(minutes=6)
    case = await shooting.case_in(SEV_A_EN)
    async with shooting.thread(BOB, SEV_A_EN, "en", **PHONE) as window:
        await take(window, "card-en-phone")
    async with shooting.thread(BOB, SEV_A_EN, "en", **DESKTOP) as window:
        await take(window, "card-en-desktop")
        await window.press(window.card, "Contacted")
        await window.opened("Contacted: SEV-2")
        await window.fill(
            said="The gateway answers 502 since the 16:35 rollout; we are comparing the two versions.",
            next_at="19:55",
            next_action="say whether rolling back helps",
        )
        await take(window, "modal-en")
        await window.page.keyboard.press("Escape")
        await expect(window.modal).to_have_count(0)
    await shooting.reach(case.promise.due - BEFORE)
    async with shooting.window(BOB, "dm", "en", **DESKTOP) as window:
        await take(window, "reminder-en")
    async with shooting.window(BOB, "home", "en", **DESKTOP) as window:
        await _home_drawn(shooting, window, BOB)
        await take(window, "home-en")


@asynccontextmanager
async def studio(browser: Browser, folder: Path, story: Story) -> AsyncIterator[Studio]:
    """A Slack at the story's beginning, standing still, with the bot in it."""
    told = {name: read_story(name) for name in (STORY, *(name for name in stories() if name != STORY))}
    due: list[Stage] = []

    async def next_moment() -> datetime | None:
        return await due[0].bot.desk.next_due() if due else None

    async with Sandbox(
        manifest=ROOT / "manifest.yml", now=story.start, hooks=Hooks(next_moment=next_moment), stories=told
    ) as slack:
        slack.clock.freeze(story.start)
        async with staged(folder, slack=slack, http=False) as stage:
            due.append(stage)
            yield Studio(browser, slack, stage)


async def main() -> None:
    """Take all pictures, or say why not."""
    path = browser_path()
    if path is None:
        sys.exit("no browser: install chromium")
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        async with browsing(path) as browser:
            await take_all(browser, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
