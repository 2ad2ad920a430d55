"""`jibungoto report`: a case's report as files, from the database alone."""

import asyncio

from typer.testing import CliRunner

from bot.cli import app
from tests.stage import YUKI, staged


async def reported(folder, *words):
    env = {"JIBUNGOTO_DATABASE": str(folder / "jibungoto.db"), "JIBUNGOTO_CONFIG": str(folder / "jibungoto.toml")}
    done = await asyncio.to_thread(CliRunner().invoke, app, ["report", *words], env=env)
    return done.output, done.exit_code


async def test_it_writes_four_files_for_their_owner_alone(tmp_path):
    async with staged(tmp_path) as stage:
        await stage.open_case()
        await stage.sev(YUKI, "連絡済 1 電話 確認中とお伝え / 次回 9:50 一次結果")
    folder = tmp_path / "out"

    output, code = await reported(tmp_path, "SEV-1", "--out", str(folder))
    english, _ = await reported(tmp_path, "1", "--out", str(tmp_path / "en"), "--language", "en", "--zone", "UTC")

    names = ["report.html", "report.md", "timeline.png", "timeline.svg"]
    assert code == 0, output
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    assert "確認中とお伝え" in (folder / "report.md").read_text(encoding="utf-8")
    assert "報告書: SEV-1" in (folder / "report.html").read_text(encoding="utf-8")
    assert "Contacts with the customer" in (tmp_path / "en/report.md").read_text(encoding="utf-8")
    assert english.count("\n") == 4


async def test_what_is_wrong_is_one_sentence(tmp_path):
    async with staged(tmp_path) as stage:
        await stage.open_case()
    (tmp_path / "file").write_text("here already")

    assert "There is no case SEV-9" in (await reported(tmp_path, "9"))[0]
    assert "--language is ja or en, not 'fr'" in (await reported(tmp_path, "1", "--language", "fr"))[0]
    assert "can't be written" in (await reported(tmp_path, "1", "--out", str(tmp_path / "file")))[0]
