"""Runbook text: a Markdown file with YAML front matter becomes a runbook. What is wrong in it is told with its line.

Pure: what reads files is runbooks.py. https://yaml.org/spec/1.1/, as PyYAML reads it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from bot.domain.runbook import (
    LONGEST_KEY,
    LONGEST_KEYWORD,
    LONGEST_NOTES,
    LONGEST_STEP,
    LONGEST_TITLE,
    MOST_KEYWORDS,
    MOST_STEPS,
    Runbook,
    Step,
)
from bot.domain.text import fold, many_lines, one_line

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML was built with it."""
_KEYS = ("title", "family", "area", "keywords", "steps")
_KEY = re.compile(rf"[^\W_][\w-]{{0,{LONGEST_KEY - 1}}}")
_RULE = re.compile(r"---\s*|\.\.\.\s*")
_LANGUAGE = re.compile(r"\s*<!--\s*(ja|en)\s*-->\s*")
_YES, _NO = ("true", "yes", "on"), ("false", "no", "off")
_BEFORE = 2
"""Lines of the file before the first one of YAML: it begins after `---`, and people count from one."""

Node = Any
"""A node of PyYAML, whose types it does not publish in full."""


def key_of(name: str) -> str | None:
    """The word that a file of this name, without its ending, is started by; None where it can't be typed."""
    return fold(name) if _KEY.fullmatch(name) else None


def read(key: str, text: str, families: Mapping[str, Collection[str]]) -> tuple[Runbook | None, tuple[str, ...]]:
    """The runbook in a text, or every fault in it, such as `line 3: family: expected …`.

    `families` are the product families by key, each with the keys of its areas.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != "---":
        return None, ("line 1: expected front matter between two lines of ---, with title and steps",)
    end = next((place for place, line in enumerate(lines[1:], 1) if _RULE.fullmatch(line)), None)
    if end is None:
        return None, ("line 1: the front matter that begins here has no end: expected another line of ---",)
    try:
        node = yaml.compose("\n".join(lines[1:end]), Loader=LOADER)
    except yaml.YAMLError as error:
        return None, (_unreadable(error),)
    front = _Front(families)
    runbook = front.runbook(key, node, lines[end + 1 :])
    return (None, tuple(front.faults)) if front.faults else (runbook, ())


def _unreadable(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be read"
    return f"line {_BEFORE + (mark.line if mark else 0)}: expected YAML: {str(problem)[:120]}"


@dataclass
class _Front:
    """The front matter of one file while it is read, and what is wrong with it so far."""

    families: Mapping[str, Collection[str]]
    faults: list[str] = field(default_factory=list)

    def runbook(self, key: str, node: Node, body: list[str]) -> Runbook | None:
        if not isinstance(node, yaml.MappingNode):
            self.faults.append(f"line {_BEFORE}: expected lines such as `title: …` and `steps:`")
            return None
        given = self._mapping(node, _KEYS, "")
        for name in ("title", "steps"):
            if name not in given:
                self.faults.append(f"line {_BEFORE}: {name}: it has none: expected `{name}:`")
        title = self._said(given["title"], "title", LONGEST_TITLE) if "title" in given else ("", "")
        family = self._family(given.get("family"))
        notes = {language: many_lines("\n".join(_body(body, language)), LONGEST_NOTES) for language in ("ja", "en")}
        about = {
            "key": key,
            "family": family,
            "areas": self._areas(given.get("area"), family),
            "keywords": self._keywords(given.get("keywords")),
            "steps": self._steps(given.get("steps")),
        }
        if self.faults:
            return None
        return Runbook(name_ja=title[0], name_en=title[1], notes_ja=notes["ja"], notes_en=notes["en"], **about)

    def _fault(self, node: Node, where: str, said: str) -> None:
        self.faults.append(f"line {_BEFORE + node.start_mark.line}: {where}: {said}")

    def _mapping(self, node: Node, known: tuple[str, ...], where: str) -> dict[str, Node]:
        """The values by their keys; a key that is unknown, or there twice, is a fault."""
        given: dict[str, Node] = {}
        for name, value in node.value:
            word = str(name.value) if isinstance(name, yaml.ScalarNode) else "?"
            place = f"{where}.{word[:40]}" if where else word[:40]
            if word not in known:
                near = get_close_matches(word, known, 1)
                self._fault(name, place, f"no such key here: {f'is it {near[0]}?' if near else ', '.join(known)}")
            elif word in given:
                self._fault(name, place, "it stands there twice")
            else:
                given[word] = value
        return given

    # ------------------------------------------------------------ texts

    def _text(self, node: Node, where: str, longest: int) -> str:
        """One line that somebody wrote."""
        if not isinstance(node, yaml.ScalarNode) or node.tag == "tag:yaml.org,2002:null":
            self._fault(node, where, "expected a text")
            return ""
        text = one_line(str(node.value), 10 * longest)
        if not text:
            self._fault(node, where, "expected a text, and it is empty")
        if len(text) > longest:
            self._fault(node, where, f"it has {len(text)} characters: {longest} at most")
        return text

    def _said(self, node: Node, where: str, longest: int) -> tuple[str, str]:
        """A text in Japanese and in English; one that is there in one language stands in for the other."""
        if not isinstance(node, yaml.MappingNode):
            text = self._text(node, where, longest)
            return text, text
        return self._languages(self._mapping(node, ("ja", "en"), where), node, where, longest)

    def _languages(self, given: dict[str, Node], node: Node, where: str, longest: int) -> tuple[str, str]:
        texts = {name: self._text(given[name], f"{where}.{name}", longest) for name in ("ja", "en") if name in given}
        if not texts:
            self._fault(node, where, "expected a text, or one under `ja` and one under `en`")
        some = next(iter(texts.values()), "")
        return texts.get("ja", some), texts.get("en", some)

    # ------------------------------------------------------------ what it is for

    def _family(self, node: Node) -> str:
        if node is None:
            return ""
        family = self._text(node, "family", LONGEST_KEY)
        if family and family not in self.families:
            self._fault(node, "family", f"expected one of {', '.join(sorted(self.families))}, not {family[:40]!r}")
        return family

    def _areas(self, node: Node, family: str) -> tuple[str, ...]:
        if node is None:
            return ()
        known = self.families.get(family) or {area for areas in self.families.values() for area in areas}
        areas = []
        for one in self._listed(node):
            area = self._text(one, "area", LONGEST_KEY)
            if area and area not in known:
                near = ", ".join(get_close_matches(area, sorted(known), 3) or sorted(known)[:5])
                of = f"of the family {family!r} " if family in self.families else ""
                self._fault(one, "area", f"expected the key of an area {of}such as {near}, not {area[:40]!r}")
            areas.append(area)
        return tuple(dict.fromkeys(areas))

    def _keywords(self, node: Node) -> tuple[str, ...]:
        words = [self._text(one, "keywords", LONGEST_KEYWORD) for one in (self._listed(node) if node else ())]
        if len(words) > MOST_KEYWORDS:
            self._fault(node, "keywords", f"it has {len(words)}: {MOST_KEYWORDS} at most")
        return tuple(dict.fromkeys(words))

    def _listed(self, node: Node) -> list[Node]:
        """A list, or the one thing that stands in its place."""
        return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]

    # ------------------------------------------------------------ steps

    def _steps(self, node: Node) -> tuple[Step, ...]:
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._fault(node, "steps", "expected a list of steps, each on a line such as `- Ask for the error code`")
            return ()
        if len(node.value) > MOST_STEPS:
            said = f"it has {len(node.value)}: {MOST_STEPS} at most, as many as one message shows; split the runbook"
            self._fault(node, "steps", said)
        return tuple(self._step(one, f"steps.{place}") for place, one in enumerate(node.value, 1))

    def _step(self, node: Node, where: str) -> Step:
        if not isinstance(node, yaml.MappingNode):
            text = self._text(node, where, LONGEST_STEP)
            return Step(ja=text, en=text)
        given = self._mapping(node, ("text", "ja", "en", "two_people"), where)
        if "text" in given and ("ja" in given or "en" in given):
            self._fault(node, where, "expected `text`, or `ja` and `en`, and not both")
        if "text" in given:
            ja, en = self._said(given["text"], where, LONGEST_STEP)
        else:
            ja, en = self._languages(given, node, where, LONGEST_STEP)
        return Step(ja=ja, en=en, two_people=self._yes_or_no(given.get("two_people"), f"{where}.two_people"))

    def _yes_or_no(self, node: Node, where: str) -> bool:
        if node is None:
            return False
        said = str(node.value).lower() if isinstance(node, yaml.ScalarNode) else ""
        if said not in (*_YES, *_NO):
            self._fault(node, where, "expected true or false")
        return said in _YES


def _body(lines: list[str], language: str) -> Iterator[str]:
    """The notes of one language: what stands below `<!-- ja -->` or `<!-- en -->`, and what stands below neither."""
    below: str | None = None
    for line in lines:
        if found := _LANGUAGE.fullmatch(line):
            below = found[1]
        elif below in (None, language):
            yield line
