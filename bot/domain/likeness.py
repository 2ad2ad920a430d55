"""Likeness: how much one case says what another one said. Words are compared, not what they mean.

Japanese is written without spaces, so its words are cut into grams of two characters; Latin words and codes stay whole.
docs/decisions/0038-past-cases.md says why.
"""

import re
from collections.abc import Collection, Mapping
from math import log

from bot.domain.case import Case
from bot.domain.text import fold
from bot.domain.values import CaseNumber, Value

READ = 4_000
"""Ours: the characters of one case that are read."""
MOST_GRAMS = 200
"""Ours: what a case is known by; the title comes first."""
MOST_ASKED, MOST_LISTED = 16, 1_000
"""Ours: the rarest grams that a question looks up, and the newest cases of one gram that it looks at."""
LEAST_SHARE = 0.15
"""Ours: below that share of what a case says another one is not like it, but only in the same trade."""
LEAST_GRAMS = 2

_LATIN = "0-9a-z\u00df-\u024f"
_RUN = re.compile(rf"(?P<latin>[{_LATIN}]+)|(?P<other>[^\W_{_LATIN}]+)")
_ENDINGS = re.compile(r"[\u3040-\u309f]+")
_EMPTY = re.compile(
    r"a|about|after|all|also|an|and|any|are|as|at|be|been|but|by|can|cannot|could|did|do|does|for|from|had|has"
    r"|have|in|into|is|it|its|no|not|of|on|or|our|since|so|some|than|that|the|their|them|then|there|they|this|to"
    r"|up|was|we|were|when|which|while|who|will|with|would|you|your"
)


class Alike(Value):
    """A case that is like the one that was asked about."""

    number: CaseNumber
    share: float
    """How much of what the one says the other says too; rare words weigh more."""


def is_past(case: Case) -> bool:
    """Whether there is something to learn from it: it is over."""
    return case.status != "open"


def grams_of(case: Case) -> tuple[str, ...]:
    """What a case is known by: the grams of its title, its impact and its findings, each once."""
    return grams("\n".join((case.title, case.impact, *(area.evidence for area in case.areas if area.evidence))))


def grams(text: str) -> tuple[str, ...]:
    """The grams of a text, each once, in their order. None of hiragana alone: those are endings and particles."""
    found: dict[str, None] = {}
    for run in _RUN.finditer(fold(text[:READ])):
        found.update(dict.fromkeys(_word(run["latin"]) if run["latin"] else _pairs(run["other"])))
    return tuple(found)[:MOST_GRAMS]


def _word(word: str) -> tuple[str, ...]:
    if len(word) < 2 or _EMPTY.fullmatch(word):
        return ()
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return (word[:-1] if plural else word,)


def _pairs(run: str) -> list[str]:
    pairs = [run[place : place + 2] for place in range(len(run) - 1)] or [run]
    return [pair for pair in pairs if not _ENDINGS.fullmatch(pair)]


# ---------------------------------------------------------------- what is looked up, and what is like it


def weights(wanted: Collection[str], counts: Mapping[str, int], total: int) -> dict[str, float]:
    """What each gram says: the fewer cases have it, the more. `counts` is in how many of the `total` it stands."""
    return {gram: log(1 + (total + 1) / (1 + counts.get(gram, 0))) for gram in wanted}


def asked(wanted: Collection[str], counts: Mapping[str, int]) -> list[str]:
    """The grams to look up: those that say most, among those that any case has."""
    return sorted((gram for gram in wanted if counts.get(gram)), key=lambda gram: counts[gram])[:MOST_ASKED]


def ranked(
    weight: Mapping[str, float],
    found: Mapping[CaseNumber, Collection[str]],
    most: int,
    *,
    apart: CaseNumber | None = None,
) -> list[Alike]:
    """The cases that are like it, most alike first and of two the newer one. `weight` is what its grams say."""
    whole = sum(weight.values()) or 1.0
    least = min(LEAST_GRAMS, len(weight))
    alike: list[Alike] = []
    for number, theirs in found.items():
        shared = weight.keys() & set(theirs)
        share = sum(weight[gram] for gram in shared) / whole
        if number != apart and len(shared) >= least and share >= LEAST_SHARE:
            alike.append(Alike(number=number, share=round(share, 4)))
    return sorted(alike, key=lambda one: (-one.share, -one.number))[:most]
