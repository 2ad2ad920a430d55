"""A case from its first post to its end, by people at their browsers, in both languages and over both transports."""

from dataclasses import dataclass

import pytest
from playwright.async_api import expect

from tests.browser.house import housed
from tests.stage import ALEX, BOB, KEN, SEV_A, SEV_A_EN, STORE_POS, YUKI


@dataclass(frozen=True)
class Tongue:
    """The same story as this team tells it."""

    language: str
    channel: str
    owner: str
    helper: str
    helper_name: str
    post: str
    title: str
    area: str
    looking: str
    buttons: dict[str, str]
    modals: dict[str, str]
    promise: tuple[str, str]
    again: str
    kept: str
    said: str
    action: str
    resolved: str
    closed: str


JAPANESE = Tongue(
    "ja", SEV_A, YUKI, KEN, "田中 健", STORE_POS, "店舗POSのWebサーバーに接続できない", "ファイアウォール", "調査中",
    {"contacted": "ご連絡済み", "resolve": "復旧", "close": "終了"},
    {"contacted": "SEV-1 ご連絡の記録", "resolve": "SEV-1 復旧", "close": "SEV-1 の終了"},
    ("9:40", "09:40"), "10:00", "期限内 3 件", "確認中とお伝えしました", "ログの結果を共有",
    "に復旧しました。", "に終了しました。",
)  # fmt: skip
ENGLISH = Tongue(
    "en", SEV_A_EN, BOB, ALEX, "Alex Rivera", "[SevA] Checkout is down\nCustomer: Contoso Freight, plan Premier, "
    "case 42424242\nImpact: nobody can pay", "Checkout is down", "Firewall", "looking",
    {"contacted": "Contacted", "resolve": "Resolved", "close": "Close"},
    {"contacted": "Contacted: SEV-1", "resolve": "Resolved: SEV-1", "close": "Close SEV-1"},
    ("40m", "00:40"), "01:00", "kept 3", "told them we are looking", "share the logs", "Resolved at", "Closed at",
)  # fmt: skip


@pytest.mark.parametrize(("tongue", "http"), [(JAPANESE, False), (ENGLISH, True)], ids=["japanese", "english"])
async def test_a_case_from_the_post_to_its_end(browser, tmp_path, tongue, http):
    async with housed(browser, tmp_path, http=http) as house:
        owner = await house.window(tongue.owner, tongue.channel, language=tongue.language)
        helper = await house.window(tongue.helper, tongue.channel, language=tongue.language)

        # The owner posts: the thread opens below the post, with the card, for everybody.
        await owner.say(tongue.post)
        await owner.open_thread(tongue.title)
        await expect(owner.card.get_by_role("heading")).to_contain_text("SEV-1 · ")
        await helper.open_thread(tongue.title)

        # Somebody else claims an area in their own window: the owner sees it.
        await helper.choose(helper.card.get_by_role("combobox"), tongue.area)
        for window in (owner, helper):
            line = window.card.locator(".section-text").filter(has_text=tongue.helper_name).last
            await expect(line).to_contain_text(tongue.looking)

        # The owner calls the customer and promises the next call.
        await owner.press(owner.card, tongue.buttons["contacted"])
        await owner.opened(tongue.modals["contacted"])
        await owner.fill(said=tongue.said, next_at=tongue.promise[0], next_action=tongue.action)
        await owner.send_form()
        for window in (owner, helper):
            await expect(window.card).to_contain_text(tongue.action)
            await expect(window.card).to_contain_text(tongue.promise[1])

        # The clock goes to the next reminder: the owner alone is called, by a direct message.
        await owner.press(owner.page.locator("#clock"), owner.words["next"])
        await expect(owner.page.locator("#sidebar .door").last.locator(".calls")).to_have_text("1")
        await expect(helper.page.locator("#sidebar .door").last.locator(".calls")).to_have_count(0)
        await owner.open_messages()
        reminder = owner.row(tongue.title, tongue.action)

        # Its button finishes the job.
        await owner.press(reminder, tongue.buttons["contacted"])
        await owner.opened(tongue.modals["contacted"])
        await owner.fill(said=tongue.said, next_at="30m", next_action=tongue.action)
        await owner.send_form()

        # It is resolved, the customer is told, the case is closed.
        await owner.go(tongue.channel)
        await owner.open_thread(tongue.title)
        await expect(owner.card).to_contain_text(tongue.again)
        await owner.press(owner.card, tongue.buttons["resolve"])
        await owner.opened(tongue.modals["resolve"])
        await owner.send_form()
        await expect(owner.card).to_contain_text(tongue.resolved)
        await owner.press(owner.card, tongue.buttons["contacted"])
        await owner.opened(tongue.modals["contacted"])
        await owner.fill(said=tongue.said)
        await owner.send_form()
        await expect(owner.card).to_contain_text(tongue.kept)
        await owner.press(owner.card, tongue.buttons["close"])
        await owner.opened(tongue.modals["close"])
        await owner.send_form()
        for window in (owner, helper):
            await expect(window.card).to_contain_text(tongue.closed)
