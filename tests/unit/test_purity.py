"""Purity: the rules import nothing that acts, read no clock, and refuse in sentences."""

import ast
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain import errors
from bot.domain.errors import Refusal

ROOT = Path(__file__).parents[2]
RULES = sorted((ROOT / "bot" / "domain").glob("*.py"))
CODE = [path for room in ("bot", "handlers", "storage") for path in sorted((ROOT / room).rglob("*.py"))]
MAY_BE_KNOWN = {"pydantic", "bot.domain", "zoneinfo", "tzdata", "holidays"}
ACTS = {"asyncio", "io", "logging", "os", "pathlib", "random", "shutil", "socket", "sqlite3", "subprocess", "tempfile",
        "threading", "time", "urllib", "uuid"}  # fmt: skip
READS_A_CLOCK = {"now", "utcnow", "today", "time", "monotonic", "localtime", "perf_counter"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield node.module or ""


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_a_rule_imports_only_what_cannot_act(path):
    foreign = {
        name
        for name in imported(path)
        if not any(name == known or name.startswith(f"{known}.") for known in MAY_BE_KNOWN)
        and (name.partition(".")[0] not in sys.stdlib_module_names or name.partition(".")[0] in ACTS)
    }

    assert foreign == set()


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_a_rule_reads_no_clock_and_no_file(path):
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    read = {call.attr for call in calls if isinstance(call, ast.Attribute)} & READS_A_CLOCK
    read |= {call.id for call in calls if isinstance(call, ast.Name)} & {"open", "print", "input", "eval", "exec"}

    assert read == set()


# ---------------------------------------------------------------- refusals


def below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


REFUSALS = [kind for kind in below(Refusal) if vars(errors).get(kind.__name__) is kind]
LEAVES = [kind for kind in REFUSALS if not kind.__subclasses__()]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def raised() -> dict[str, list[tuple[str, set[str]]]]:
    """Where each refusal is made, with the fields it is given there."""
    made: dict[str, list[tuple[str, set[str]]]] = {}
    for path in CODE:
        parsed = tree(path)
        known = {
            name.asname or name.name: name.name
            for node in ast.walk(parsed)
            if isinstance(node, ast.ImportFrom) and node.module == errors.__name__
            for name in node.names
        }
        for node in ast.walk(parsed):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
                given = {keyword.arg or "**" for keyword in node.keywords}
                made.setdefault(known[node.func.id], []).append((f"{path.name}:{node.lineno}", given))
    return made


RAISED = raised()


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_a_refusal_is_one_or_two_sentences(kind):
    words = kind.sentence.fget(kind())  # its own docstring, as people read it
    sentences = re.findall(r"[^.?!]+[.?!](?=\"?(?:\s|$))", re.sub(r'"[^"]*"|`[^`]*`', "quoted", words))

    assert kind.__doc__, "a class without a docstring says its parent's sentence"
    assert words.endswith((".", "?"))
    assert 1 <= len(sentences) <= 2, sentences


@pytest.mark.parametrize("kind", LEAVES, ids=lambda kind: kind.__name__)
def test_a_refusal_is_given_every_field_that_it_says(kind):
    said = fields(kind.sentence.fget(kind())) | fields(kind.example)

    assert kind.__name__ in RAISED, "nobody refuses this: the rule is gone"
    assert {place: said - given for place, given in RAISED[kind.__name__] if not said <= given} == {}


def test_a_refusal_reads_as_its_sentence_with_its_fields():
    assert str(errors.AreaTaken(holder="U1", area="network", number=42, key="network")) == (
        "U1 is already looking at network. You can join."
    )


def test_a_field_that_is_missing_never_hides_the_refusal():
    assert str(errors.AreaTaken()) == "… is already looking at …. You can join."
