"""Duty: whoever asks is told who is on duty now and next, by slash, mention and button, in their language and zone."""

import pytest

from tests.stage import ALEX, BOB, HANA, KEN, SEV_A_EN, TEAM, YUKI, staged

ROSTER = """
[roster.regions.tokyo]
name = "東京"
zone = "Asia/Tokyo"
members = ["U01YUKI", "U03HANA"]
leads = ["U04KEN"]

[roster.regions.dublin]
name = "Dublin"
zone = "Europe/Dublin"
members = ["U02BOB"]
leads = ["U06ALEX"]

[[roster.shifts]]
region = "tokyo"
hours = "08:00-17:00"

[[roster.shifts]]
region = "dublin"
hours = "08:00-17:30"
"""
GLOBAL = TEAM + ROSTER


async def test_the_slash_command_says_who_is_on_duty_now_and_next(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        said = await stage.sev(YUKI, "当番")

    assert said == "\n".join(
        [
            "いまの当番",
            f"• 東京:<@{KEN}>(シフトリーダー) <@{YUKI}> <@{HANA}>(11/24(火) 17:00 日本時間 まで)",
            "次の当番",
            f"• Dublin:<@{ALEX}>(シフトリーダー) <@{BOB}>(11/24(火) 17:00 日本時間 から)",
            "11/25(水) 02:30 日本時間 から 11/25(水) 08:00 日本時間 まで、当番の方がいません。",
            "11/26(木) 02:30 日本時間 から 11/26(木) 08:00 日本時間 まで、当番の方がいません。",
            "11/27(金) 02:30 日本時間 から 11/27(金) 08:00 日本時間 まで、当番の方がいません。",
            "当番がいない時間はほかに11件あります。`jibungoto check` で確かめられます。",
        ]
    )


async def test_in_the_zone_and_language_of_whoever_asks(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        said = await stage.sev(BOB, "duty", SEV_A_EN)

    assert said.startswith("On duty now\n• 東京: ")
    assert "until Tue 24 Nov 08:00 GMT" in said
    assert f"Dublin: <@{ALEX}> (shift lead) <@{BOB}>, from Tue 24 Nov 08:00 GMT" in said


async def test_a_mention_in_the_thread_says_the_same(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        case = await stage.open_case()
        assert (await stage.mention(YUKI, case, "当番")) == await stage.sev(YUKI, "当番")


async def test_a_button_on_the_home_tab_opens_it(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        await stage.yuki.open_home()
        await stage.settle()
        await stage.yuki.click(stage.yuki.home, "duty")

        assert "いまの当番" in str(stage.yuki.view)


async def test_a_time_in_the_line_asks_for_that_moment(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        assert f"<@{BOB}>" in (await stage.sev(YUKI, "当番 20:00")).split("次の当番")[0]
        assert "当番の方はいません。" in await stage.sev(YUKI, "当番 明日 3:00")
        assert "当番 明日 9:00" in await stage.sev(YUKI, "当番 いつか")


@pytest.mark.parametrize("words", ["duty", "当番", "on call"])
async def test_without_a_roster_it_says_how_to_get_one(stage, words):
    assert "`[roster]`" in await stage.sev(YUKI, words)


async def test_without_a_roster_the_home_tab_has_no_button(stage):
    await stage.yuki.open_home()
    await stage.settle()
    assert "duty" not in [
        e["action_id"] for b in stage.yuki.home["blocks"] for e in b.get("elements", []) if "action_id" in e
    ]


async def test_a_new_roster_is_in_force_after_a_reload(tmp_path):
    async with staged(tmp_path) as stage:
        (tmp_path / "jibungoto.toml").write_text(GLOBAL, encoding="utf-8")
        await stage.bot.reloader.reload()

        assert f"<@{KEN}>" in await stage.sev(YUKI, "当番")


async def test_a_faulty_roster_leaves_the_last_good_one(tmp_path):
    async with staged(tmp_path, toml=GLOBAL) as stage:
        (tmp_path / "jibungoto.toml").write_text(GLOBAL.replace("08:00-17:30", "08:00-25:00"), encoding="utf-8")
        reloaded = await stage.bot.reloader.reload()

        assert "roster.shifts.1.hours" in reloaded.faults[0]
        assert f"<@{BOB}>" in await stage.sev(YUKI, "当番 20:00")


IMPORTED = """
[[roster.imports]]
file = "night.ics"
region = "tokyo"
people = { "Mei" = "U05MEI" }
"""
NIGHT = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART:20261124T200000
DURATION:PT8H
RRULE:FREQ=DAILY
SUMMARY:Mei
END:VEVENT
END:VCALENDAR
"""


async def test_a_broken_calendar_is_named_with_its_line_and_the_last_good_roster_stays(tmp_path):
    (tmp_path / "night.ics").write_text(NIGHT, encoding="utf-8")
    admin = GLOBAL.replace("[[channels]]", '[defaults]\nadmin = "U03HANA"\n\n[[channels]]', 1)
    async with staged(tmp_path, toml=admin + IMPORTED) as stage:
        assert "<@U05MEI>" in await stage.sev(YUKI, "当番 21:00")
        (tmp_path / "night.ics").write_text(NIGHT.replace("FREQ=DAILY", "FREQ=NIGHTLY"), encoding="utf-8")
        await stage.bot.reloader.reload()
        await stage.settle()

        assert "night.ics, line 6: RRULE" in stage.said_to(HANA)[-1].text
        assert "<@U05MEI>" in await stage.sev(YUKI, "当番 21:00")


async def test_a_calendar_that_was_mended_is_taken_over_by_settings_reload(tmp_path):
    (tmp_path / "night.ics").write_text(NIGHT, encoding="utf-8")
    admin = GLOBAL.replace("[[channels]]", '[defaults]\nadmin = "U03HANA"\n\n[[channels]]', 1)
    async with staged(tmp_path, toml=admin + IMPORTED) as stage:
        (tmp_path / "night.ics").write_text(NIGHT.replace("T200000", "T220000"), encoding="utf-8")
        await stage.sev(HANA, "settings reload")

        assert "<@U05MEI>" not in (await stage.sev(YUKI, "当番 21:00")).split("次の当番")[0]
        assert "<@U05MEI>" in (await stage.sev(YUKI, "当番 22:00")).split("次の当番")[0]
