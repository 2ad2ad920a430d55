"""The bot dies in the middle, as processes do: people at their browsers lose nothing and are told nothing twice."""

from playwright.async_api import expect

from tests.stage import KEN, STORE_POS, YUKI

TITLE = "店舗POSのWebサーバーに接続できない"


async def test_the_restart_button_kills_the_bot_and_the_case_goes_on(house):
    yuki, ken = await house.window(YUKI), await house.window(KEN)
    await yuki.say(STORE_POS)
    await yuki.open_thread(TITLE)
    await ken.open_thread(TITLE)
    await expect(yuki.card).to_be_visible()
    before = house.stage

    await yuki.page.locator("#backstage > summary").click()
    await yuki.press(yuki.page.locator("#trouble"), yuki.words["restart"])
    await house.slack.wait_for(lambda: house.is_up and house.stage is not before, timeout=30)

    # The same card, pressed by somebody else, and the promise made before it is still watched.
    await ken.choose(ken.card.get_by_role("combobox"), "ファイアウォール")
    await expect(yuki.card.locator(".section-text").filter(has_text="田中 健").last).to_contain_text("調査中")
    await expect(yuki.page.locator("#thread h3")).to_have_count(1)
    await yuki.press(yuki.page.locator("#clock"), yuki.words["next"])
    await expect(yuki.page.locator("#sidebar .door .calls")).to_have_text("1")


async def test_what_people_do_while_the_bot_is_down_is_heard_once_it_is_back(house):
    """In Socket Mode a click without a bot fails and says so; a reminder that came due meanwhile is told once."""
    yuki = await house.window(YUKI)
    await yuki.say(STORE_POS)
    await yuki.open_thread(TITLE)
    await expect(yuki.card).to_be_visible()
    await house.kill()

    await yuki.press(yuki.card, "ご連絡済み")
    await expect(yuki.notice).to_be_visible()
    await yuki.press(yuki.page.locator("#clock"), "9:00")
    await expect(yuki.page.locator("#clock")).to_contain_text("11月25日")
    await house.start()

    await expect(yuki.page.locator("#sidebar .door").last.locator(".calls")).to_have_text("1")
    await yuki.press(yuki.card, "ご連絡済み")
    await yuki.opened("SEV-1 ご連絡の記録")
