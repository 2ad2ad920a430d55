"""`jibungoto explain`: the sums behind a case's due times, from the file alone."""

import asyncio

from typer.testing import CliRunner

from bot.cli import app
from tests.scenarios.test_clocks import OFFICE
from tests.stage import YUKI, staged


async def explained(folder, *words):
    env = {"JIBUNGOTO_DATABASE": str(folder / "jibungoto.db"), "JIBUNGOTO_CONFIG": str(folder / "jibungoto.toml")}
    done = await asyncio.to_thread(CliRunner().invoke, app, ["explain", *words], env=env)
    return done.output, done.exit_code


async def test_it_adds_up_in_both_languages_and_says_what_there_is_not(tmp_path):
    async with staged(tmp_path, toml=OFFICE) as stage:
        await stage.open_case()
        await stage.sev(YUKI, "連絡済 1 電話 確認中とお伝え / 次回 9:50 一次結果")

    english, code = await explained(tmp_path, "SEV-1", "resolution")
    japanese, _ = await explained(tmp_path, "1", "復旧目標", "--language", "ja", "--zone", "Asia/Tokyo")
    everything, _ = await explained(tmp_path, "SEV-1")
    no_clock = await explained(tmp_path, "SEV-1", "dinner")
    no_case = await explained(tmp_path, "SEV-9")
    no_number = await explained(tmp_path, "nine")

    assert code == 0
    assert "1 working day (9 h), counted in the hours of jp-0900-1800" in english
    assert "＝ 9 h" in english
    assert "＋ 9時間 · 11/24(火) 09:00 日本時間 → 11/24(火) 18:00 日本時間 · 営業時間内" in japanese
    assert "Promised to the customer" in everything
    assert "First response" in everything
    assert (no_clock[1], "first-response" in no_clock[0]) == (2, True)
    assert (no_case[1], "There is no case SEV-9" in no_case[0]) == (1, True)
    assert (no_number[1], "write 42 or SEV-42" in no_number[0]) == (2, True)
