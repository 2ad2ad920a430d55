"""A customer update, from what is recorded to what is sent and promised, by every way and in both languages."""

import pytest

from tests.stage import BOB, GUEST, HANA, KEN, PHONED, SEV_A_EN, YUKI, shown, tokyo

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
            await stage.yuki.click(stage.slack.ephemerals(YUKI)[-1], "draft", value=f"{case.number} ja")
        case "mention":
            await stage.mention(YUKI, case, "文案")
            await stage.yuki.click(stage.slack.ephemerals(YUKI)[-1], "draft", value=f"{case.number} ja")
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
    again = "ネットワーク経路・名前解決の確認結果のご報告"  # ten minutes before a promise, the update keeps it
    assert after.promise.action == (again if way == "reminder" else "ログの結果を共有")
    assert f"{after.promise.due.astimezone(tokyo('9:00').tzinfo):%H:%M}" == field(view, "next_at")


async def test_the_answer_is_for_the_speaker_alone_and_sends_nothing(stage):
    case = await under_way(stage)
    facts, posts = await stage.kinds(), len(stage.said_in(case))

    said = await stage.mention(YUKI, case, "文案")

    assert said.startswith("SEV-1: お客様へのご報告の文案です。自動では送信されません。")
    assert "7. 次回ご連絡予定" in shown(stage.slack.ephemerals(YUKI)[-1])
    assert (await stage.kinds(), len(stage.said_in(case))) == (facts, posts)


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("draft 1 en", "1. Current status"),
        ("draft 1 ja", "1. 現在の状況"),
        ("文案 1 英語", "1. Current status"),
        ("文案 1", "1. 現在の状況"),
    ],
)
async def test_the_language_is_chosen_by_a_word(stage, line, heading):
    await under_way(stage)
    assert heading in await stage.sev(YUKI, line)


async def test_the_form_changes_its_language_where_it_stands(stage):
    case = await under_way(stage)
    await opened(stage, case, "more")

    await stage.yuki.click(stage.yuki.view, "draft")

    assert field(stage.yuki.view, "said").startswith("Dear 西日本リテール,")
    await stage.yuki.click(stage.yuki.view, "draft")
    assert field(stage.yuki.view, "said").startswith("西日本リテール様")


async def test_another_language_is_refused_with_what_works(stage):
    case = await under_way(stage)
    assert "文案は日本語か英語で作れます。「フランス語」は使えません。" in await stage.mention(
        YUKI, case, "文案 フランス語"
    )


async def test_the_text_and_the_record_must_promise_the_same(stage):
    case = await under_way(stage)
    view = await opened(stage, case, "slash")
    text = field(view, "said")

    errors = await stage.yuki.submit({"next_at": "9:55"})
    assert list(errors) == ["said"]
    assert "文面の次回ご連絡の時刻" in errors["said"]
    assert await stage.yuki.submit({"next_at": "9:55", "said": text.replace("09:40", "09:55")}) is None
    await stage.settle()
    assert (await stage.case()).promise.due == tokyo("9:55")


async def test_what_a_person_must_write_can_t_be_recorded_as_sent(stage):
    case = await stage.open_case("[SevA] 店舗POSに接続できない")
    view = await opened(stage, case, "mention")
    text = field(view, "said")
    assert "お客様\n" in text
    assert "【要記入】" in text

    errors = await stage.yuki.submit({"next_action": "一次結果をお伝えする"})

    assert "【要記入】が残っています" in errors["said"]
    assert (await stage.case()).last_contact is None


async def test_with_nothing_to_report_it_says_so(stage):
    case = await stage.open_case()
    await stage.press(YUKI, stage.card(case), "contacted", **PHONED)
    await stage.after(minutes=20)
    assert "以降、新たにご報告できる調査結果はございません。" in await stage.sev(YUKI, "文案 1")


async def test_other_customers_are_not_named(stage):
    await stage.open_case("[SevA] ログインできない\n顧客: 北星保険様")
    case = await stage.open_case()
    await stage.sev(BOB, f"異常なし {case.number} guest-os 北星保険様と同じ構成だが再現せず")

    said = await stage.sev(YUKI, f"文案 {case.number}")

    assert "異常がないことを確認いたしました" in said
    assert "北星" not in said
    assert "名前や社内向けの表現は省くか置き換えました" in shown(stage.slack.ephemerals(YUKI)[-1])


async def test_an_english_case_is_drafted_in_english(stage):
    case = await stage.open_case("[SevA] Orders fail\nCustomer: Contoso Freight", channel=SEV_A_EN)
    said = await stage.mention(YUKI, case, "draft")
    assert "Dear Contoso Freight," in said
    assert "GMT. It may be an interim report." in said


async def test_a_closed_case_and_a_guest_get_no_draft(stage):
    case = await stage.open_case()
    assert "7. 次回" not in await stage.mention(GUEST, case, "文案")
    await stage.sev(YUKI, "close 1 anyway done")
    assert "7. 次回" not in await stage.sev(YUKI, "文案 1")


async def test_after_the_service_is_back_the_draft_asks_the_customer_to_look(stage):
    case = await under_way(stage)
    await stage.sev(YUKI, "復旧 1 規則を戻し、全店舗から応答を確認")
    view = await opened(stage, case, "mention")

    assert "復旧を確認いたしました" in field(view, "said")
    assert [block for block in view["blocks"] if block.get("block_id") == "next_at"] == []
    assert await stage.yuki.submit({}) is None
    await stage.settle()
    assert (await stage.case()).last_contact.how == "mail"
