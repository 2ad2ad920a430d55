"""Runbook: steps that somebody wrote down before they were needed, and the cases that they were written for.

What becomes of one on a case, step by step, is a run (run.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.domain.errors import NoRunbooks, RunbookNotClear, RunbookUnknown
from bot.domain.family import find_area, place_of
from bot.domain.text import fold, one_line
from bot.domain.values import CaseNumber, Language, Value

if TYPE_CHECKING:
    from bot.domain.case import Case

MOST_STEPS = 25
"""Ours: a run is one message, which holds 50 blocks (https://docs.slack.dev/reference/block-kit/blocks) and is read on
a phone; a step takes one block."""
LONGEST_STEP = 300
"""Ours: characters of a step; 25 of them leave room for who did which when in what one message may hold."""
LONGEST_TITLE = 75
"""The text of an option in a menu (slack_sdk models)."""
MOST_KEYWORDS, LONGEST_KEYWORD = 20, 40
"""Ours."""
LONGEST_NOTES = 1500
"""Ours: half of what a section holds (3,000 characters, slack_sdk models); what is longer is cut."""
LONGEST_KEY = 60
"""Ours: it is typed, and carried in a menu's value of 150 characters (slack_sdk models)."""
OFFERED = 3
"""Ours: as many as a tired person compares."""


class Step(Value):
    """One thing to do; with `two_people` it counts only when a second person has confirmed it."""

    ja: str
    en: str
    two_people: bool = False

    def text(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en


class Runbook(Value):
    """A runbook as its file says it. A language that the file leaves out says what the other one says."""

    key: str
    """The file's name without its ending: the word to start it by."""
    name_ja: str
    name_en: str
    family: str = ""
    """The product family that it is for; empty for every one."""
    areas: tuple[str, ...] = ()
    """The isolation areas that it helps with, by key."""
    keywords: tuple[str, ...] = ()
    steps: tuple[Step, ...]
    notes_ja: str = ""
    notes_en: str = ""

    def name(self, language: Language) -> str:
        return self.name_ja if language == "ja" else self.name_en

    def notes(self, language: Language) -> str:
        return self.notes_ja if language == "ja" else self.notes_en


# ---------------------------------------------------------------- which one is meant


def named(word: str, runbooks: Sequence[Runbook], number: CaseNumber) -> Runbook:
    """The runbook that a word names: by its key, its title in either language, or a part that fits one alone.

    Raises NoRunbooks, RunbookNotClear where it fits several, RunbookUnknown.
    """
    if not runbooks:
        raise NoRunbooks(number=number)
    found, _ = find_area(word, runbooks, "ja")
    if found is not None:
        return found
    wanted = fold(one_line(word, LONGEST_TITLE))
    several = [one.key for one in runbooks if wanted and any(wanted in fold(name) for name in _names(one))]
    said = one_line(word, 40)
    if len(several) > 1:
        raise RunbookNotClear(number=number, word=said, near=", ".join(several[:5]), first=several[0])
    _, near = find_area(word, [_ByKey(key=one.key, name_en=one.key, name_ja=one.key) for one in runbooks], "ja")
    known = tuple(dict.fromkeys((*near, *(one.key for one in runbooks))))[:5]
    raise RunbookUnknown(number=number, word=said, near=", ".join(known), first=known[0])


def exactly(word: str, runbooks: Sequence[Runbook]) -> bool:
    """Whether the word is a whole key or title, so that nothing else can be meant by it."""
    wanted = fold(one_line(word, LONGEST_TITLE))
    return any(wanted == fold(name) for one in runbooks for name in _names(one))


class _ByKey(Value):
    key: str
    name_en: str
    name_ja: str


def _names(one: Runbook) -> tuple[str, str, str]:
    return one.key, one.name_ja, one.name_en


# ---------------------------------------------------------------- which ones fit a case

_SUSPECTED, _LOOKED_AT, _SAID, _OF_FAMILY = 6, 3, 3, 2
"""Ours: an area that is suspected says more than a word, and a word more than the family."""
_MOST_SAID = 3


def fitting(case: Case, runbooks: Sequence[Runbook]) -> tuple[Runbook, ...]:
    """Those that fit this case, the best first: by its family, by areas that are suspected or looked at, by keywords in
    its title, its impact and its findings. One that fits by nothing is left out.
    """
    weights = {one.key: _weight(case, one) for one in runbooks}
    return tuple(sorted((one for one in runbooks if weights[one.key] > 0), key=lambda one: -weights[one.key]))


def _weight(case: Case, one: Runbook) -> int:
    weight = _OF_FAMILY if one.family == case.family else 0
    for area in case.areas:
        if area.key in one.areas and (not one.family or one.family == case.family):
            weight += (
                _SUSPECTED if area.verdict in ("suspect", "cause") else _LOOKED_AT if area.state == "claimed" else 0
            )
    said = fold("\n".join((case.title, case.impact, *(area.evidence for area in case.areas))))
    found = sum(place_of(said, keyword) is not None for keyword in one.keywords)
    return weight + _SAID * min(found, _MOST_SAID)
