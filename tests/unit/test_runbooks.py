"""Runbooks: a folder is read, and of every file in it that can't be used the fault is known; the others go on."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.doctor import examine_runbooks
from bot.reload import doubt
from bot.runbooks import LARGEST, Shelf
from bot.settings import SettingsFault, load_configuration
from bot.shipped import shipped_runbooks

GOOD = "---\ntitle: 回線の切替\nkeywords: [回線]\nsteps: [確認する, {text: 切り替える, two_people: true}]\n---\n"
BROKEN = "---\ntitle: 壊れた手順書\nfamily: netwrok\nsteps: [確認する]\n---\n"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with an empty folder beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "books").mkdir()
    (tmp_path / "jibungoto.toml").write_text('[runbooks]\nfolder = "books"\nexamples = false\n', encoding="utf-8")
    return tmp_path


def write(house: Path, **files: str) -> Shelf:
    for name, text in files.items():
        (house / "books" / f"{name}.md").write_text(text, encoding="utf-8")
    return load_configuration("jibungoto.toml").shelf


def keys(shelf: Shelf) -> list[str]:
    return [one.key for one in shelf.runbooks]


def test_without_a_folder_there_are_the_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_configuration(None).shelf == Shelf(runbooks=shipped_runbooks())


def test_a_folder_is_read_beside_the_configuration(house: Path) -> None:
    (house / "books" / "README.md").write_text("# our runbooks", encoding="utf-8")
    (house / "books" / ".hidden.md").write_text("x", encoding="utf-8")
    (house / "books" / "notes.txt").write_text("x", encoding="utf-8")

    shelf = write(house, line=GOOD, LINE2=GOOD)

    assert (keys(shelf), shelf.faults) == (["line", "line2"], ())


def test_a_broken_file_is_named_with_its_line_and_the_others_load(house: Path) -> None:
    shelf = write(house, line=GOOD, wrong=BROKEN)

    (fault,) = shelf.faults
    assert fault.startswith("runbooks.folder: books/wrong.md, line 3: family: expected one of application, ")
    assert (keys(shelf), shelf.broken) == (["line"], ("wrong",))


def test_a_file_of_the_folder_replaces_the_example_of_its_name(house: Path) -> None:
    (house / "jibungoto.toml").write_text('[runbooks]\nfolder = "books"\n', encoding="utf-8")

    shelf = write(house, **{"vpn-down": GOOD, "web-unreachable": BROKEN})

    called = {one.key: one.name_ja for one in shelf.runbooks}
    assert called["vpn-down"] == "回線の切替"
    assert "web-unreachable" not in called, "a broken file is not quietly another one"
    assert "restore-from-backup" in called


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("two words.md", b"x", "two words.md: expected letters, digits and - in its name"),
        ("big.md", (LARGEST + 1) * b"x", "big.md: it has more than 100 kB: a runbook is read in a hurry"),
        ("latin.md", b"---\ntitle: \xff\n---", "latin.md: expected a text file in UTF-8"),
        ("LINE.md", GOOD.encode(), "line.md: another file is the runbook 'line' already"),
    ],
)
def test_a_file_that_is_no_runbook_is_told(house: Path, name: str, content: bytes, fault: str) -> None:
    write(house, line=GOOD)
    (house / "books" / name).write_bytes(content)

    shelf = load_configuration("jibungoto.toml").shelf

    assert fault in shelf.faults[0]
    assert keys(shelf) == ["line"]


def test_a_folder_in_the_place_of_a_file_is_told(house: Path) -> None:
    (house / "books" / "dir.md").mkdir()
    assert load_configuration("jibungoto.toml").shelf.faults == ("runbooks.folder: books/dir.md: it is no file",)


def test_an_empty_folder_is_told(house: Path) -> None:
    (fault,) = write(house).faults
    assert fault == "runbooks.folder: books: there is no runbook in it: expected files such as web-unreachable.md"


@pytest.mark.parametrize(
    ("named", "why"), [("nowhere", "there is no such folder"), ("jibungoto.toml", "it is no folder")]
)
def test_a_folder_that_is_not_there_refuses_the_configuration(house: Path, named: str, why: str) -> None:
    (house / "jibungoto.toml").write_text(f'[runbooks]\nfolder = "{named}"\n', encoding="utf-8")

    with pytest.raises(SettingsFault) as refused:
        load_configuration("jibungoto.toml")

    assert refused.value.faults == (f"jibungoto.toml: runbooks.folder: {named}: {why}",)


def test_a_file_that_breaks_stays_as_it_was_last_read(house: Path) -> None:
    before = write(house, line=GOOD, other=GOOD)

    after = write(house, line=BROKEN, third=GOOD).keeping(before)

    assert keys(after) == ["line", "other", "third"]
    assert after.runbooks[0] == before.runbooks[0]
    (house / "books" / "other.md").unlink()
    assert keys(write(house).keeping(after)) == ["line", "third"], "what was removed is gone"


def test_check_lists_them_and_doctor_counts_them(house: Path) -> None:
    write(house, line=GOOD, wrong=BROKEN)

    done = CliRunner().invoke(app, ["check"])
    said = [finding.say for finding in examine_runbooks(load_configuration("jibungoto.toml"))]

    assert done.exit_code == 0
    assert "Runbooks: line." in done.output
    assert "warning: runbooks.folder: books/wrong.md, line 3: family:" in done.output
    assert said[0] == "1 can be started, broken in the folder: 1"
    assert "books/wrong.md, line 3" in said[1]


def test_what_was_not_read_stands_in_the_log(house: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(house, wrong=BROKEN)

    doubt(load_configuration("jibungoto.toml"))

    assert "books/wrong.md, line 3" in caplog.text
