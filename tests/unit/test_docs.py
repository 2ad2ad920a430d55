"""What is written for people agrees with what is there: commands, settings, verbs, links, examples."""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer.main

from bot.cli import app
from bot.settings import SECRETS, Configuration, Environment, load_configuration
from bot.shipped import shipped_policies
from handlers.slack import verbs
from handlers.slack.times import find_time
from handlers.slack.words import VERBS, read_words

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PAIRS = [
    ("README.md", "README.ja.md"),
    ("docs/install.md", "docs/install.ja.md"),
    ("docs/using.md", "docs/using.ja.md"),
    ("docs/policies.md", "docs/policies.ja.md"),
    ("docs/runbooks.md", "docs/runbooks.ja.md"),
]
SUPPORTED = set(verbs.VERBS)
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def read(name: str | Path) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code(text: str) -> str:
    """Everything that stands as code in a page: blocks, and words between backticks."""
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE))
    return "\n".join([*blocks, *spans])


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


# ---------------------------------------------------------------- commands


@pages
def test_every_chore_is_in_the_makefile(page: Path) -> None:
    known = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^|[\s.])make ([a-z]+)\b", code(read(page)), re.MULTILINE)) <= known


@pages
def test_every_command_and_option_is_there(page: Path) -> None:
    group: Any = typer.main.get_command(app)
    for name, rest in re.findall(r"(?:^|[\s/])jibungoto ([a-z]+)(.*)$", code(read(page)), re.MULTILINE):
        assert name in group.commands
        command = group.commands[name]
        command = getattr(command, "commands", {}).get((rest.split() or [""])[0], command)
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known | {"--help"}


@pages
def test_every_variable_is_a_setting(page: Path) -> None:
    known = {name.upper() for name in Environment.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS}
    assert set(re.findall(r"\b(?:SLACK|JIBUNGOTO)_[A-Z_]+\b", read(page))) <= known


def test_every_metric_is_served() -> None:
    named = set(re.findall(r"`(jibungoto_[a-z_]+)`", read("docs/operations.md")))
    source = (
        read("bot/lateness.py")
        + read("handlers/web/server.py").replace("{status}", "open")
        + " jibungoto_cases_resolved"
    )
    assert named == set(re.findall(r"\b(jibungoto_[a-z_]+)", source))


def test_every_exit_code_is_told() -> None:
    told = re.findall(r"^BAD_SETTINGS, REFUSED, BUSY, LOST = (\d), (\d), (\d), (\d)", read("bot/cli.py"), re.M)[0]
    codes = {int(code) for code in told}
    assert {int(cells[0]) for cells in rows(read("docs/operations.md")) if cells[0].isdigit()} == codes | {0, 1}


# ---------------------------------------------------------------- verbs and times


@pytest.mark.parametrize("guide", ["docs/using.md", "docs/using.ja.md"])
def test_every_verb_is_explained(guide: str) -> None:
    """And none that is not there yet; every alias beside it means the same verb."""
    named = {verb.verb for verb in VERBS}
    told = {}
    for cells in rows(read(guide)):
        verb = cells[0].strip("`")
        if verb in named:
            told[verb] = [word.strip(" `") for word in re.split(r"[,、]", cells[1]) if word.strip()]
    assert set(told) == SUPPORTED
    assert [(verb, word) for verb, words in told.items() for word in words if read_words(word).verb != verb] == []


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_the_short_table_of_verbs_names_them_all(readme: str) -> None:
    cells = [cell for row in rows(read(readme)) for cell in row[1:]]
    assert {verb for cell in cells for verb in re.findall(r"`([a-z]+)`", cell)} == SUPPORTED


@pages
def test_every_example_is_understood(page: Path) -> None:
    """Each line that could be typed begins with a verb; tests/scenarios types those of the guides."""
    lines = re.findall(r"(?:^|\s)(?:/sev|@jibungoto) ([^\s…`].*)$", code(read(page)), re.MULTILINE)
    spoken = [(line, read_words(line).verb) for line in lines if not line.startswith("VERB")]
    assert [(line, verb) for line, verb in spoken if verb not in SUPPORTED] == []


@pytest.mark.parametrize("guide", ["docs/using.md", "docs/using.ja.md"])
def test_every_way_to_write_a_time_is_understood(guide: str) -> None:
    section = re.split(r"^## ", read(guide), flags=re.MULTILINE)
    times = next(part for part in section if part.startswith(("Times", "時刻の書き方")))
    examples = [said for cells in rows(times) for said in re.findall(r"`([^`]+)`", cells[0])]
    assert len(examples) > 12
    assert [said for said in examples if (find_time(said, NINE, ZoneInfo("Asia/Tokyo")) or ("", "?"))[1]] == []


# ---------------------------------------------------------------- settings


@contextmanager
def script(name: str) -> Iterator[ModuleType]:
    """A file of docs/, which belongs to no package."""
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / f"docs/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[f"docs_{name}"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[f"docs_{name}"]


@pytest.fixture
def reference() -> Iterator[ModuleType]:
    """docs/reference.py."""
    with script("reference") as module:
        yield module


def test_the_reference_is_what_the_settings_say(reference: ModuleType) -> None:
    assert read("docs/configuration.md") == reference.page(), "run `make docs`"


@pytest.mark.parametrize(("language", "name"), [("en", "docs/policies.md"), ("ja", "docs/policies.ja.md")])
def test_the_policies_listed_are_those_that_are_shipped(language: str, name: str) -> None:
    with script("policy_tables") as tables:
        page = tables.page(language)
    assert read(name) == page, "run `make docs`"
    assert {word for word in shipped_policies() if f"**`{word}`**" in page} == set(shipped_policies()) - {"standard"}


def test_every_setting_says_what_it_is(reference: ModuleType) -> None:
    silent = [cells[0] for cells in rows(reference.page()) if len(cells) == 4 and not all(cells) and cells[0]]
    assert [name for name in silent if name.startswith("`")] == []


@pages
def test_every_example_of_a_file_is_accepted(page: Path, tmp_path: Path) -> None:
    (tmp_path / "runbooks").mkdir()  # beside the file, as the examples have it
    for number, block in enumerate(blocks(read(page), "toml")):
        path = tmp_path / f"{number}.toml"
        path.write_text(block, encoding="utf-8")
        assert set(tomllib.loads(block)) <= set(Configuration.model_fields)
        load_configuration(str(path))


# ---------------------------------------------------------------- pages


def anchors(text: str) -> set[str]:
    """The headings as addresses within a page."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE))
    return {heading.strip().replace(" ", "-") for heading in words}


@pages
def test_every_link_within_the_house_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def outline(text: str) -> list[int]:
    """The level of each heading, code left out."""
    return [
        len(marks) for marks in re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    ]


@pytest.mark.parametrize(("english", "japanese"), PAIRS)
def test_both_languages_have_the_same_outline(english: str, japanese: str) -> None:
    assert outline(read(english)) == outline(read(japanese))
    assert len(blocks(read(english), r"\w+")) == len(blocks(read(japanese), r"\w+"))


@pytest.mark.parametrize(("english", "japanese"), PAIRS)
def test_each_language_leads_to_the_other_at_the_top(english: str, japanese: str) -> None:
    assert f"]({Path(japanese).name})" in "".join(read(english).splitlines()[:5])
    assert f"]({Path(english).name})" in "".join(read(japanese).splitlines()[:5])


@pages
def test_no_page_knows_the_machine_it_was_written_on(page: Path) -> None:
    """No paths of a person's machine, no hosts of package registries."""
    text = read(page)
    assert re.findall(r"(?:^|[\s`(=\"'])(?:/work|/root|/tmp|/home|/Users|C:\\)[\w/\\.-]*", text) == []
    assert re.findall(r"pypi\.|pythonhosted|index-url|registry\.npmjs", text) == []


def test_every_decision_has_its_three_parts_and_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    listed = read("docs/decisions/README.md")
    for record in records:
        assert re.findall(r"^## (.*)$", read(record), re.MULTILINE) == ["Context", "Choice", "What it costs us"]
        assert f"({record.name})" in listed
    assert [path.name[:4] for path in records[:-1]] == [f"{n + 1:04}" for n in range(len(records) - 1)]


def test_the_changelog_names_this_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert version in read("CHANGELOG.md")
