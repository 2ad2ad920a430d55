"""A customer update, from what is recorded to what is sent and promised, by every way and in both languages."""

import pytest

from tests.stage import BOB, HANA, KEN, MEI, PHONED, SEV_A_EN, YUKI, in_japanese, shown, tokyo

WAYS = pytest.mark.parametrize("way", ["more", "slash", "mention", "reminder"])
INTERNAL = ("<@", "U02BOB", "U03HANA", "Bob", "SEV-", "北星", "社内")


async def under_way(stage):
    """Yuki called at 9:00 and calls again at 9:40; Bob has a result, Hana is looking, and a note is for us alone."""
    case = await stage.open_case()
    await stage.press(YUKI, stage.card(case), "contacted", **PHONED)
    await stage.sev(BOB, "引受 1 guest-os")
    await stage.sev(HANA, "引受 1 network-path")
    await stage.after(minutes=20)
    await stage.mention(BOB, case, "異常なし guest-os Bob と <@U03HANA> で確認、イベントログに異常なし")
    await stage.sev(KEN, "メモ 1 社内では変更管理の話になっている")
    return await stage.case()


async def opened(stage, case, way):
    """The form of the draft, as this way leads to it."""
    match way:
        case "more":
            await stage.yuki.click(stage.card(case), "more")
            await stage.yuki.click(stage.yuki.view, "draft")
        case "reminder":
            await stage.at("9:30")
            await stage.yuki.click(stage.said_to(YUKI)[-1], "draft")
        case "slash":
            await stage.yuki.command("/sev", "文案 1", channel=case.channel)
            await stage.yuki.click(stage.slack.ephemerals(YUKI)[-1], "draft")
        case "mention":
            await stage.mention(YUKI, case, "文案")
            await stage.yuki.click(stage.slack.ephemerals(YUKI)[-1], "draft")
    await stage.settle()
    return stage.yuki.view


def field(view, name):
    element = next(block for block in view["blocks"] if block.get("block_id") == name)["element"]
    return element.get("initial_value", "")


@WAYS
async def test_a_draft_is_edited_sent_by_a_person_and_recorded_with_the_next_contact(stage, way):
    case = await under_way(stage)
    view = await opened(stage, case, way)

    text = field(view, "said")
    assert text.startswith("西日本リテール様\n")
    assert "ゲスト OS" in text
    assert "弊社担当者と弊社担当者で確認、イベントログに異常なし" in text
    assert "確認中: ネットワーク経路" in text
    assert [word for word in INTERNAL if word in text] == []
    assert f"{field(view, 'next_at')} 日本時間までにご連絡" in text

    before = await stage.kinds()
    assert await stage.yuki.submit({}) is None
    await stage.settle()
    after = await stage.case()
    assert (await stage.kinds())[len(before) :][:2] == ["contact_made", "next_contact_promised"]
    assert (after.last_contact.how, after.last_contact.said) == ("mail", text)
    assert after.promise.action == "ネットワーク経路・名前解決の確認結果のご報告"
    assert f"{after.promise.due.astimezone(tokyo('9:00').tzinfo):%H:%M}" == field(view, "next_at")
