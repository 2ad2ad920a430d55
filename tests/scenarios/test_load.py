"""Load: each sees the own week, who leads the shift sees who carries how much, and nobody else does."""

import logging

import pytest

from tests.stage import ALEX, BOB, HANA, KEN, MEI, NAOKO, SEV_A, SEV_A_EN, TEAM, YUKI, shown, staged

LED = TEAM.replace('language = "ja"', 'language = "ja"\nshift_leads = ["U07NAOKO"]\nadmins = ["U06ALEX"]')


@pytest.fixture
async def led(tmp_path):
    """Naoko leads the shift and Alex is an admin; Yuki owns a case, Ken holds an area of it and Mei helps him."""
    async with staged(tmp_path, toml=LED) as stage:
        case = await stage.open_case()
        await stage.mention(KEN, case, "claim firewall")
        await stage.mention(MEI, case, "join firewall")
        await stage.mention(YUKI, case, "contacted 電話 確認中とお伝えしました / next 9:40 ログの結果を共有")
        yield stage


async def test_mine_says_the_own_week_to_oneself_alone(led):
    mine = await led.sev(YUKI, "mine")
    kens = await led.sev(KEN, "自分")

    assert "直近7日間のご自身: 重要度Aの担当 1 件・応援 0 件、夜間の対応 0 件、お約束 1 件、時間内のご連絡 1 件" in mine
    assert "重要度Aの担当 0 件・応援 1 件" in kens
    assert "直近7日間" in await led.mention(YUKI, await led.case(), "mine")


async def test_nights_are_those_of_the_own_zone(led):
    """23:30 in Tokyo is the afternoon in Dublin."""
    await led.at("23:30")
    for who in (KEN, BOB):
        await led.sev(who, "note 1 確認しました")

    assert "夜間の対応 1 件" in await led.sev(KEN, "mine")
    assert "nights 0" in await led.sev(BOB, "mine", SEV_A_EN)


async def test_a_week_later_it_is_forgotten(led):
    await led.sev(YUKI, "close 1 anyway 完了")
    await led.at("+8 9:00")

    assert "重要度Aの担当 0 件・応援 0 件" in await led.sev(YUKI, "mine")


async def test_the_button_of_the_home_tab_shows_the_own_week(led):
    await led.yuki.open_home()
    await led.settle()

    await led.yuki.click(led.yuki.home, "week")

    assert "重要度Aの担当 1 件" in str(led.yuki.view)


@pytest.mark.parametrize("who", [NAOKO, ALEX])
@pytest.mark.parametrize("way", ["slash", "japanese", "mention"])
async def test_who_leads_sees_who_carries_how_much_in_the_order_of_names(led, who, way):
    if way == "mention":
        said = await led.mention(who, await led.case(), "負荷")
    else:
        said = await led.sev(who, "load" if way == "slash" else "負荷")

    lines = [line for line in said.split("\n") if line.startswith("•")]
    people = [line.split(" ")[1] for line in lines]
    assert {f"<@{KEN}>", f"<@{MEI}>", f"<@{YUKI}>"} <= set(people)
    assert people == sorted(
        people, key=lambda mention: led.slack.state.people[mention.strip("<@>")].real_name.casefold()
    )
    of = dict(zip(people, lines, strict=True))
    in_japanese = "いま" in lines[0]
    assert ("重要度Aの担当 1、領域 0" if in_japanese else "Sev A 1, areas 0") in of[f"<@{YUKI}>"]
    assert ("領域 1、参加 0" if in_japanese else "areas 1, helping 0") in of[f"<@{KEN}>"]
    assert ("参加 1" if in_japanese else "helping 1") in of[f"<@{MEI}>"]
    assert f"<@{HANA}>" in people, "the backup is who would be asked next"


@pytest.mark.parametrize("words", ["load", "負荷"])
async def test_anybody_else_is_told_who_may(led, words):
    said = await led.sev(KEN, words)

    assert "担当 1" not in said
    assert f"<@{NAOKO}>" in said
    assert "シフトリード" in said


async def test_nobody_leads_a_channel_that_names_nobody(stage):
    await stage.open_case()

    said = await stage.sev(KEN, "load")

    assert "シフトリード" in said
    assert "•" not in said


async def test_it_is_said_to_nobody_else_and_in_no_log(led, caplog):
    before = [len(led.thread(await led.case())), len(led.slack.messages(SEV_A))]
    caplog.set_level(logging.DEBUG)

    await led.sev(NAOKO, "load")
    await led.sev(YUKI, "mine")

    assert [len(led.thread(await led.case())), len(led.slack.messages(SEV_A))] == before
    assert "7日間" not in caplog.text
    assert not any("7日間" in shown(message) + message.text for message in led.slack.messages(SEV_A, replies=True))


async def test_the_lead_who_decides_a_handover_finds_it_there(tmp_path):
    """After twenty minutes without an answer."""
    toml = LED.replace(
        "nudges = false # stories about other things are not interrupted; test_nudges.py switches them on\n", ""
    )
    async with staged(tmp_path, toml=toml) as stage:
        case = await stage.open_case()
        await stage.mention(YUKI, case, "handoff @ken 交代をお願いします")
        await stage.at("9:21")
        asked = stage.said_to(NAOKO)[-1]
        before = len(stage.slack.ephemerals(NAOKO))

        await stage.naoko.click(asked, "load")
        await stage.settle()

        said = [m.text for m in stage.slack.ephemerals(NAOKO)[before:]] + [m.text for m in stage.said_to(NAOKO)]
        assert any("負荷の状況" in text for text in said)
