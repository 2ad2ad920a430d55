"""Ways to use the page: a phone, a keyboard alone; and what Slack refuses or shows otherwise is told."""

import json

from playwright.async_api import Locator, expect

from tests.browser.window import Window
from tests.stage import KEN, NAOKO, SEV_A, STORE_POS, YUKI

TITLE = "店舗POSのWebサーバーに接続できない"
PHONE = {"width": 390, "height": 844, "phone": True}
TABS_MOST = 150


async def test_on_a_phone_a_case_is_opened_claimed_and_contacted_without_scrolling_sideways(house):
    yuki = await house.window(YUKI, "", **PHONE)
    widths = [await yuki.width()]

    await yuki.page.locator("#sidebar").get_by_role("link", name="sev-a", exact=True).tap()
    await expect(yuki.composer).to_be_visible()
    await yuki.is_ready()
    await yuki.composer.fill(STORE_POS)
    await yuki.page.get_by_role("button", name="送信する").tap()
    await yuki.replies(TITLE).tap()
    await expect(yuki.card).to_be_visible()
    await yuki.is_ready()
    widths.append(await yuki.width())
    await yuki.choose(yuki.card.get_by_role("combobox"), "ファイアウォール")
    await expect(yuki.card.locator(".section-text").filter(has_text="佐藤 有希").last).to_contain_text("調査中")
    contacted = yuki.card.get_by_role("button", name="ご連絡済み")
    await yuki.is_live(contacted)
    await contacted.tap()
    await yuki.opened("SEV-1 ご連絡の記録")
    widths.append(await yuki.width())
    await yuki.fill(said="確認中とお伝えしました", next_at="9:40", next_action="ログの結果を共有")
    await yuki.page.locator("#modal-submit").tap()
    await expect(yuki.card).to_contain_text("ログの結果を共有")
    widths.append(await yuki.width())

    assert widths == [390] * len(widths)


async def tab_to(window: Window, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    await expect(wanted).to_be_visible()
    await window.is_live(wanted)
    for _ in range(TABS_MOST):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await window.page.keyboard.press(key)
    raise AssertionError(f"{TABS_MOST} times {key} do not reach {wanted}")


async def test_with_the_keyboard_alone(house):
    yuki = await house.window(YUKI)
    keys = yuki.page.keyboard

    # The message field has the focus from the start.
    await expect(yuki.composer).to_be_focused()
    for line in STORE_POS.split("\n"):
        await keys.insert_text(line)
        await keys.press("Shift+Enter")
    await keys.press("Enter")
    await expect(yuki.composer).to_have_value("")
    await tab_to(yuki, yuki.replies(TITLE), "Shift+Tab")
    await keys.press("Enter")
    await expect(yuki.reply).to_be_focused()

    # A menu is opened, gone through and chosen from.
    menu = yuki.card.get_by_role("combobox")
    await tab_to(yuki, menu, "Shift+Tab")
    await keys.press("Space")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await expect(yuki.card.locator(".section-text").filter(has_text="佐藤 有希").last).to_contain_text("調査中")

    # A modal takes the focus, keeps it, and gives it back.
    contacted = yuki.card.get_by_role("button", name="ご連絡済み")
    await tab_to(yuki, contacted, "Shift+Tab")
    await keys.press("Enter")
    await yuki.opened("SEV-1 ご連絡の記録")
    for name, text in {"said": "確認中です", "next_at": "9:40", "next_action": "ログの結果を共有"}.items():
        await tab_to(yuki, yuki.field(name))
        await keys.press("Control+A")
        await keys.insert_text(text)
    await tab_to(yuki, yuki.page.locator("#modal-submit"))
    await keys.press("Enter")
    await expect(yuki.modal).to_have_count(0)
    await expect(yuki.card).to_contain_text("ログの結果を共有")

    # Escape closes a modal and asks nobody twice.
    await tab_to(yuki, contacted, "Shift+Tab")
    await keys.press("Enter")
    await yuki.opened("SEV-1 ご連絡の記録")
    await keys.press("Escape")
    await expect(yuki.modal).to_have_count(0)


async def test_a_form_that_is_not_complete_says_where_and_keeps_what_was_typed(house):
    yuki = await house.window(YUKI)
    await yuki.say(STORE_POS)
    await yuki.open_thread(TITLE)
    await yuki.press(yuki.card, "ご連絡済み")
    await yuki.opened("SEV-1 ご連絡の記録")

    await yuki.fill(said="確認中です", next_at="そのうち")
    await yuki.submit()

    block = yuki.modal.locator('[data-block-id="next_action"]')
    await expect(block.locator(".error")).to_have_text("この必須項目に入力してください。")
    await yuki.fill(next_action="ログ")
    await yuki.submit()
    await expect(yuki.modal.locator('[data-block-id="next_at"] .error')).not_to_be_empty()
    await expect(block.locator(".error")).to_be_empty()
    await expect(yuki.field("said")).to_have_value("確認中です")


async def test_a_slash_command_is_answered_in_the_channel_and_refused_in_a_thread(house):
    yuki, ken = await house.window(YUKI), await house.window(KEN)
    await yuki.say(STORE_POS)
    await yuki.replies(TITLE).wait_for()

    await yuki.say("/sev list")
    whisper = yuki.page.locator("#messages > li[data-ephemeral]")
    await expect(whisper).to_contain_text("SEV-1")
    await expect(ken.row(TITLE)).to_be_visible()
    await expect(ken.page.locator("li[data-ephemeral]")).to_have_count(0)
    await yuki.open_thread(TITLE)
    await yuki.say("/sev list", yuki.reply)

    await expect(yuki.notice).to_contain_text("not supported in threads")
    await expect(yuki.reply).to_have_value("/sev list")


async def test_what_a_person_says_is_text_and_never_markup(house):
    yuki, ken = await house.window(YUKI), await house.window(KEN)
    evil = "<img src=x onerror=\"document.title='gone'\"> <b>bold</b> [SevA] だけではない"

    await yuki.say(evil)

    await expect(ken.row("bold").locator(".content")).to_have_text(evil)
    await expect(ken.page.locator("#messages img, #messages .content b")).to_have_count(0)
    assert "gone" not in await ken.page.title()


async def test_a_block_that_the_page_cannot_draw_is_shown_as_what_it_is(house):
    yuki = await house.window(YUKI)
    block = {"type": "table", "rows": [[{"type": "raw_text", "text": "セル"}]]}

    said = {"text": "表です", "blocks": [block], "attachments": (), "options": {"parse": "none", "link_names": False}}
    house.slack.posts.bot_says(SEV_A, said, None, None)

    unknown = yuki.page.locator("#messages [data-unknown=table]")
    await expect(unknown).to_contain_text("「table」はここでは描けません")
    await unknown.locator("summary").click()
    shown = json.loads(await unknown.locator("pre").inner_text())
    assert {key: shown[key] for key in block} == block


async def test_the_home_tab_shows_what_is_mine_and_follows(house):
    naoko = await house.window(NAOKO, "home")
    await expect(naoko.page.locator("#home")).to_contain_text("/sev open")

    channel = await house.window(NAOKO)
    await channel.say(STORE_POS)

    await expect(naoko.page.locator("#home")).to_contain_text(TITLE)
    await naoko.press(naoko.page.locator("#home"), "ご連絡済み")
    await naoko.opened("SEV-1 ご連絡の記録")
