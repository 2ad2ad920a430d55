"""Shifts: what falls due is said when one begins, and what it leaves to others an hour before it ends. Once each."""

import pytest

from bot.domain.messages import HandoffOffered
from tests.scenarios.test_duty import GLOBAL
from tests.scenarios.test_handoff import RECEIPT
from tests.stage import ALEX, BOB, HANA, KEN, YUKI, Stage, shown, staged, tokyo

CALLED = "contacted 1 電話 夕方にご報告とお伝えした / 次回 17:30 JST ログの結果を共有 理由: お客様のご希望"


@pytest.fixture
async def world(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        await stage.settle()
        yield stage


async def promised(stage: Stage) -> None:
    """Yuki owns a case and promised half past five, when Tokyo's shift is over and Dublin's goes on."""
    await stage.open_case()
    await stage.sev(YUKI, CALLED)


def shift_letters(stage: Stage, who: str) -> list[str]:
    heads = {message.text: message.text.split("\n")[0].lower() for message in stage.said_to(who)}
    return [text for text, head in heads.items() if "シフト" in head or "your shift" in head]


async def test_an_hour_before_the_end_the_promises_after_it_are_listed_with_who_comes(world):
    await promised(world)
    await world.at("15:59")
    assert shift_letters(world, YUKI) == []
    await world.at("16:00")

    (said,) = shift_letters(world, YUKI)
    assert said.split("\n") == [
        "シフトは 11/24(火) 17:00 日本時間 に終わります。その後に期限を迎えるお約束が1件あります。",
        f"その時の当番 – Dublin:<@{ALEX}>(シフトリーダー) <@{BOB}>",
        "SEV-1 店舗POSのWebサーバーに接続できない",
        "次回ご連絡: 11/24(火) 17:30 日本時間 · ログの結果を共有",
    ]


async def test_a_button_begins_the_handover_to_who_comes_and_it_ends_as_every_other(world):
    await promised(world)
    await world.at("16:00")
    letter = world.said_to(YUKI)[-1]
    assert "Alex" in shown(letter)
    await world.yuki.click(letter, "handoff", block_id="1/relief")
    assert await world.yuki.submit({"text": "17:30 にお電話をお願いします"}) is None
    await world.settle()

    offered = (await world.facts())[-1]
    assert (type(offered), offered.to) == (HandoffOffered, ALEX)
    await world.press(ALEX, world.said_to(ALEX)[-1], "accept", **RECEIPT)
    assert (await world.case()).owner == ALEX
    assert (await world.case()).next_due == tokyo("17:30")


async def test_others_who_come_are_in_a_menu(world):
    await promised(world)
    await world.at("16:00")
    await world.yuki.click(world.said_to(YUKI)[-1], "handoff", block_id="1/relief/others", option=f"1 {BOB}")
    assert await world.yuki.submit({"text": ""}) is None
    assert (await world.case()).offer.to == BOB


async def test_it_is_said_once_also_across_a_restart(tmp_path, slack):
    async with staged(tmp_path, toml=GLOBAL, slack=slack) as stage:
        await stage.settle()
        await promised(stage)
        await stage.at("16:00")
        await stage.at("16:20")
    async with staged(tmp_path, toml=GLOBAL, slack=slack) as stage:
        await stage.at("16:40")
        await stage.at("16:59")
        assert len(shift_letters(stage, YUKI)) == 1


async def test_a_bot_that_was_down_at_that_moment_says_it_late(tmp_path, slack):
    async with staged(tmp_path, toml=GLOBAL, slack=slack) as stage:
        await stage.settle()
        await promised(stage)
        await stage.at("15:30")
    slack.clock.set(tokyo("16:25"))
    async with staged(tmp_path, toml=GLOBAL, slack=slack) as stage:
        await stage.settle()
        (said,) = shift_letters(stage, YUKI)
        assert "25分遅れて届きました" in said


async def test_an_answer_that_was_lost_is_looked_for_and_not_said_twice(world):
    await promised(world)
    world.slack.faults.add("chat.postMessage", "drop_after", channel=YUKI)
    await world.at("16:00")
    for minute in range(1, 6):
        await world.at(f"16:{minute:02}")
    assert len(shift_letters(world, YUKI)) == 1


async def test_a_promise_that_is_made_in_the_last_hour_is_listed_then(world):
    await world.open_case()
    await world.sev(YUKI, "contacted 1 電話 確認中 / 次回 16:50 結果を共有 理由: お客様のご希望")
    await world.at("16:30")
    assert shift_letters(world, YUKI) == []
    await world.sev(YUKI, "contacted 1 電話 確認中 / 次回 17:20 結果を共有 理由: お客様のご希望")
    assert len(shift_letters(world, YUKI)) == 1


async def test_where_nobody_comes_at_once_the_next_ones_are_named_with_their_time(tmp_path):
    late = GLOBAL.replace('hours = "08:00-17:30"', 'hours = "10:00-17:30"')
    async with staged(tmp_path, toml=late) as stage:
        await stage.settle()
        await promised(stage)
        await stage.at("16:00")
        (said,) = shift_letters(stage, YUKI)
        assert f"その時の当番の方はいません。次は 11/24(火) 19:00 日本時間 から – Dublin:<@{ALEX}>" in said


async def test_who_is_not_on_duty_hears_nothing_of_shifts(world):
    "Mei owns a case and stands in no region."
    await world.open_case(who="U05MEI")
    await world.sev("U05MEI", CALLED)
    await world.at("16:00")
    assert shift_letters(world, "U05MEI") == []


# ---------------------------------------------------------------- the beginning


async def test_at_shift_start_the_lead_hears_what_falls_due_before_its_end(world):
    await promised(world)
    await world.at("17:00")

    (said,) = shift_letters(world, ALEX)
    assert said.startswith("1 falls due before your shift ends at Tue 24 Nov 09:30 PST.")
    assert "SEV-1 店舗POSのWebサーバーに接続できない\nNext contact: Tue 24 Nov 00:30 PST" in said
    assert f"Owner: <@{YUKI}>" in said
    assert shift_letters(world, BOB) == [], "he owns nothing"


async def test_an_owner_hears_of_their_own_cases_and_not_of_others(world):
    await world.open_case("[SevA] 決済ができない", who=BOB)
    await world.sev(BOB, CALLED)
    await world.open_case(who=YUKI)
    await world.sev(YUKI, CALLED.replace("contacted 1", "contacted 2"))
    await world.at("17:00")

    (said,) = shift_letters(world, BOB)
    assert "SEV-1" in said
    assert "SEV-2" not in said
    (lead,) = shift_letters(world, ALEX)
    assert "SEV-1" in lead
    assert "SEV-2" in lead


async def test_where_nothing_is_due_nothing_is_said_and_not_later_either(world):
    await world.at("17:00")
    await world.open_case(who=BOB)
    await world.at("17:10")
    assert [shift_letters(world, who) for who in (ALEX, BOB, KEN, YUKI)] == [[], [], [], []]


async def test_a_roster_that_is_changed_does_not_begin_the_shift_again(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        await stage.settle()
        await promised(stage)
        await stage.at("17:00")
        (tmp_path / "jibungoto.toml").write_text(GLOBAL.replace("08:00-17:30", "07:30-18:00"), encoding="utf-8")
        await stage.bot.reloader.reload()
        await stage.at("17:10")
        assert len(shift_letters(stage, ALEX)) == 1


async def test_who_can_not_be_reached_costs_nobody_else_a_word(world):
    await promised(world)
    await world.slack.deactivate(ALEX)
    await world.at("17:00")
    waiting = await world.bot.store.read(lambda q: q.shift_letters(tokyo("17:59")))
    (parked,) = await world.bot.desk.parked()
    assert (waiting, shift_letters(world, ALEX)) == ([], [])
    assert parked.what.startswith(f"shift/digest/{ALEX}/"), "an administrator sees what could not be said"


async def test_without_a_roster_nobody_hears_of_shifts(stage):
    await promised(stage)
    await stage.at("16:00")
    await stage.at("17:00")
    assert [shift_letters(stage, who) for who in (YUKI, HANA, ALEX)] == [[], [], []]
