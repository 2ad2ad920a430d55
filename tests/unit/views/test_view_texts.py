"""Every sentence that the views or the Slack edge say has its translation, and no translation is left over."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from every import refused
from stories import TOKYO, Story

from bot.domain import errors
from bot.domain.values import Language
from handlers.slack.words import read_words, split_next
from handlers.views.help import help_message
from handlers.views.refusal import refusal
from handlers.views.texts import texts

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "bot/locales/ja/LC_MESSAGES/jibungoto.po"
SAID_BY = {"say": 1, "mark": 1, "count": 2}


def said_in_code() -> set[str]:
    """The first argument of every `say`, `mark` and `count` that is written out; for `count` the singular."""
    paths = [*(ROOT / "handlers/views").rglob("*.py"), *(ROOT / "handlers/slack").glob("*.py")]
    calls = [node for path in paths for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {said for call in calls if (said := _said(call)) is not None}


def _said(call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    wanted = SAID_BY.get(name, 0)
    words = [arg.value for arg in call.args[:wanted] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return words[0] if wanted and len(words) == wanted else None


def said_by_refusals() -> set[str]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    sentences = {" ".join((kind.__doc__ or "").split()) for kind in kinds}
    return sentences | {kind.example for kind in kinds if getattr(kind, "example", "")}


def catalogue() -> dict[str, tuple[str, str]]:
    """Every entry: its English (plural where there is one) and its Japanese."""
    with CATALOGUE.open("rb") as lines:
        entries = [entry for entry in read_po(lines, locale="ja") if entry.id]
    pairs = [entry.id if isinstance(entry.id, tuple) else (entry.id, entry.id) for entry in entries]
    strings = [entry.string if isinstance(entry.string, str) else entry.string[0] for entry in entries]
    return {one: (many, said) for (one, many), said in zip(pairs, strings, strict=True)}


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_nothing_is_untranslated_and_nothing_is_left_over() -> None:
    "The catalogue holds exactly what can be said."
    said = said_in_code() | said_by_refusals()

    assert said - set(catalogue()) == set()
    assert set(catalogue()) - said == set()


def test_every_translation_fills_in_the_same_fields() -> None:
    "No `{field}` is lost or misspelt on the way to Japanese, and none is left empty."
    for english, (many, japanese) in catalogue().items():
        assert japanese.strip(), english
        assert fields_of(japanese) == fields_of(many), english


def test_japanese_is_written_in_japanese() -> None:
    "Whatever is not a command or a name has been translated."
    commands = r"[a-z]+( \{\w+\})*"
    same = [english for english, (_, japanese) in catalogue().items() if english == japanese]
    allowed = {"open A 店舗POSに接続できない", "{verdict}: {area} — {who}"}
    assert [one for one in same if one not in allowed and not re.fullmatch(commands, one)] == ["{verb} {first}"]


def test_english_counts() -> None:
    "One area, two areas; in Japanese the form is the same."
    one, many = "Nobody looks at {n} area (since {at}).", "Nobody looks at {n} areas (since {at})."
    assert texts("en").count(one, many, 1, at="10:00") == "Nobody looks at 1 area (since 10:00)."
    assert texts("en").count(one, many, 2, at="10:00") == "Nobody looks at 2 areas (since 10:00)."
    assert texts("ja").count(one, many, 1, at="10:00") == "誰も見ていない領域が 1 件あります(10:00 から)。"


def test_what_is_filled_in_is_not_read_again() -> None:
    "A typed `{case}` stays what was typed."
    assert texts("en").say("Reason: {reason}", reason="{case} {0}") == "Reason: {case} {0}"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_examples_of_help_can_be_typed(language: Language) -> None:
    "Every line that help shows is understood by the grammar, with this case and a free area."
    shown = help_message(language, case=Story(language).case).text
    lines = re.findall(r"(?m)^/sev (.+?) — ", shown)

    assert len(lines) == 22
    for line in lines:
        spoken = read_words(line)
        assert spoken.verb is not None, line
        assert spoken.case == 42 or spoken.verb in ("open", "list", "load"), line
    contacted = next(read_words(line) for line in lines if line.startswith("contacted"))
    how, said, following = split_next(contacted.rest)
    assert (how, bool(said), bool(following)) == ("phone", True, True)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_examples_of_refusals_can_be_typed(language: Language) -> None:
    "A refusal's example is a line that the grammar understands."
    lines = [line for error in refused("word") for line in refusal(error, language, TOKYO).text.split("\n")]
    examples = [line.partition("/sev ")[2] for line in lines if line.startswith(("例: ", "Example: "))]

    assert len(examples) == 6
    assert all(read_words(line).verb for line in examples)
