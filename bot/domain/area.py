"""Area: a part of the fault that one person can check. One holder, others by choice, and a finding with evidence."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

from bot.domain.errors import (
    AreaAlreadyYours,
    AreaExists,
    AreaNameTooLong,
    AreaNotHeld,
    AreaTaken,
    AreaUnknown,
    EvidenceMissing,
    TooManyAreas,
)
from bot.domain.family import find_area
from bot.domain.messages import (
    AddArea,
    AreaAdded,
    AreaClaimed,
    AreaJoined,
    AreaReleased,
    ClaimArea,
    Fact,
    FindingReported,
    JoinArea,
    ReleaseArea,
    ReportFinding,
    Stamp,
    Verdict,
)
from bot.domain.text import fold, one_line
from bot.domain.values import AreaKey, Instant, Language, Timestamp, UserId, Value

MOST_AREAS = 40
"""Ours: a select menu holds 100 options (slack_sdk models), and nobody reads forty areas on a phone."""

LONGEST_NAME = 60
"""Ours: what a line of the card and an option of a menu can show; the form takes no more."""

State = Literal["open", "claimed", "cleared", "suspect", "cause", "waiting"]


class Area(Value):
    """One isolation area of one case, as it stands."""

    key: AreaKey
    name_en: str
    name_ja: str
    since: Instant
    """When it last changed hands or state; while nobody looks at it, since when nobody does."""
    holder: UserId | None = None
    joined: tuple[UserId, ...] = ()
    verdict: Verdict | None = None
    evidence: str = ""
    reported_by: UserId | None = None
    source: Timestamp | None = None
    """The reply in the thread that the evidence was taken from."""

    @property
    def state(self) -> State:
        return self.verdict or ("claimed" if self.holder else "open")

    @property
    def unseen(self) -> bool:
        """Nobody looks at it and nobody has reported on it."""
        return self.holder is None and self.verdict is None

    def name(self, language: Language) -> str:
        return self.name_ja if language == "ja" else self.name_en

    def __str__(self) -> str:
        return self.key

    def has(self, person: UserId) -> bool:
        return self.holder == person or person in self.joined


Areas = tuple[Area, ...]
_WORDS = re.compile(r"[a-z0-9]+|[ァ-ヶー]+|[一-龠]+")
"""Japanese is written without spaces: a word is a run of one script."""


def find(areas: Areas, word: str, number: int) -> Area:
    """The area meant by a key, a name in either language, or a part that fits one alone. Raises AreaUnknown."""
    area, near = find_area(word, areas, "ja")
    if area is None:
        raise unknown(areas, word, number, near)
    return area


def unknown(areas: Areas, word: str, number: int, near: tuple[str, ...]) -> AreaUnknown:
    """The refusal of a word that names no area, with the nearest names."""
    names = near or tuple(area.key for area in areas[:3])
    return AreaUnknown(number=number, word=one_line(word, 60), near=", ".join(names))


def guess(areas: Areas, text: str, by: UserId, hints: Mapping[AreaKey, str] | None = None) -> Area | None:
    """The area that a reply seems to be about: the one that it names, else the only one that its writer looks at, else
    the one whose first questions (`hints`) share words with it that no other's have.
    """
    said = fold(text)
    held = [area for area in areas if area.has(by)]
    named = _heaviest({area.key: _names_of(area) for area in held or areas}, said) if len(held) != 1 else None
    named = named or _heaviest({area.key: _names_of(area) for area in areas}, said)
    key = named or (held[0].key if len(held) == 1 else _heaviest(_told_apart(hints or {}), said, least=_HINT))
    return next((area for area in areas if area.key == key), None)


_HINT = 8
"""Ours: words of so many letters together are no accident; a Japanese sign counts for two."""


def _heaviest(words: Mapping[AreaKey, set[str]], said: str, *, least: int = 1) -> AreaKey | None:
    """The key with the most of its words in what was said, by their length."""
    weights = {key: sum(_weight(word) for word in known if word in said) for key, known in words.items()}
    best = max(weights, key=lambda key: weights[key], default=None)
    return best if best is not None and weights[best] >= least else None


def _weight(word: str) -> int:
    return len(word) if word.isascii() else 2 * len(word)


def _names_of(area: Area) -> set[str]:
    return _words_of(f"{area.key} {area.name_en} {area.name_ja}")


def _told_apart(hints: Mapping[AreaKey, str]) -> dict[AreaKey, set[str]]:
    """The words of each that no other one has."""
    words = {key: _words_of(text) for key, text in hints.items()}
    often = Counter(word for known in words.values() for word in known)
    return {key: {word for word in known if often[word] == 1} for key, known in words.items()}


def _words_of(text: str) -> set[str]:
    """What is long enough to mean something."""
    return {word for word in _WORDS.findall(fold(text)) if len(word) > 1 + word.isascii()}


def claim(areas: Areas, command: ClaimArea, stamp: Stamp) -> tuple[Fact, ...]:
    """One holder: the first to come. Raises AreaTaken for the others, AreaAlreadyYours for the holder."""
    area = find(areas, command.area, command.case)
    if area.holder == command.by and area.verdict is None:
        raise AreaAlreadyYours(number=command.case, area=area, key=area.key)
    if area.holder is not None and area.holder != command.by:
        raise AreaTaken(number=command.case, holder=area.holder, area=area, key=area.key)
    return (AreaClaimed(**stamp.fields, area=area.key),)


def join(areas: Areas, command: JoinArea, stamp: Stamp) -> tuple[Fact, ...]:
    """Help the holder. An area that nobody holds is claimed instead, or it would have helpers and no holder."""
    area = find(areas, command.area, command.case)
    if area.has(command.by):
        raise AreaAlreadyYours(number=command.case, area=area, key=area.key)
    if area.holder is None:
        return (AreaClaimed(**stamp.fields, area=area.key),)
    return (AreaJoined(**stamp.fields, area=area.key),)


def release(areas: Areas, command: ReleaseArea, stamp: Stamp) -> tuple[Fact, ...]:
    """Give back what one holds, or stop helping."""
    area = find(areas, command.area, command.case)
    if not area.has(command.by):
        raise AreaNotHeld(number=command.case, area=area, key=area.key)
    return (AreaReleased(**stamp.fields, area=area.key),)


def add(areas: Areas, command: AddArea, stamp: Stamp) -> tuple[Fact, ...]:
    """An area of one's own, claimed in the same breath."""
    name = one_line(command.name, LONGEST_NAME + 1)
    if not name:
        raise unknown(areas, command.name, command.case, ())
    if len(name) > LONGEST_NAME:
        raise AreaNameTooLong(number=command.case, limit=LONGEST_NAME)
    if any(fold(name) in (fold(a.key), fold(a.name_en), fold(a.name_ja)) for a in areas):
        raise AreaExists(number=command.case, area=name, key=name)
    if len(areas) >= MOST_AREAS:
        raise TooManyAreas(number=command.case, limit=MOST_AREAS)
    key = AreaKey(f"own-{1 + sum(a.key.startswith('own-') for a in areas)}")
    return (
        AreaAdded(**stamp.fields, area=key, name=name),
        AreaClaimed(**stamp.fields, area=key),
    )


def report(areas: Areas, command: ReportFinding, stamp: Stamp) -> tuple[Fact, ...]:
    """A finding with evidence. Anyone who looked may report; an area nobody held becomes the reporter's.

    Raises EvidenceMissing, AreaUnknown, and AreaTaken where somebody else holds it, the reporter has not joined,
    and the words are not the holder's own.
    """
    area = find(areas, command.area, command.case)
    evidence = one_line(command.evidence, 500)
    if not evidence:
        raise EvidenceMissing(number=command.case, verb=verb_of(command.verdict), key=area.key)
    spoken = command.author is not None and area.has(command.author)
    if area.holder is not None and not area.has(command.by) and not spoken:
        raise AreaTaken(number=command.case, holder=area.holder, area=area, key=area.key)
    return (
        FindingReported(
            **stamp.fields, area=area.key, verdict=command.verdict, evidence=evidence, source=command.source
        ),
    )


def verb_of(verdict: Verdict) -> str:
    return "clear" if verdict == "cleared" else verdict


CHANGES = (AreaAdded, AreaClaimed, AreaJoined, AreaReleased, FindingReported)
"""The facts that change an area."""


def evolve(areas: Areas, fact: Fact) -> Areas:
    """The areas after a fact about one of them."""
    if isinstance(fact, AreaAdded):
        return (*areas, Area(key=fact.area, name_en=fact.name, name_ja=fact.name, since=fact.at))
    if isinstance(fact, AreaClaimed | AreaJoined | AreaReleased | FindingReported):
        return tuple(_changed(area, fact) if area.key == fact.area else area for area in areas)
    return areas


def _changed(area: Area, fact: AreaClaimed | AreaJoined | AreaReleased | FindingReported) -> Area:
    match fact:
        case AreaClaimed():
            joined = tuple(p for p in area.joined if p != fact.by)
            changes = {
                "holder": fact.by,
                "joined": joined,
                "verdict": None,
                "evidence": "",
                "reported_by": None,
                "source": None,
            }
        case AreaJoined():
            return area.model_copy(update={"joined": (*area.joined, fact.by)})
        case AreaReleased():
            if area.holder != fact.by:
                return area.model_copy(update={"joined": tuple(p for p in area.joined if p != fact.by)})
            # Whoever helped longest goes on holding it: an area with a helper is not an area that nobody looks at.
            heir, *rest = area.joined or (None,)
            changes = {"holder": heir, "joined": tuple(rest)}
        case FindingReported():
            holder = area.holder or fact.by
            changes = {"holder": holder, "verdict": fact.verdict, "evidence": fact.evidence, "reported_by": fact.by,
                       "source": fact.source}  # fmt: skip
    return area.model_copy(update={**changes, "since": fact.at})


def unseen(areas: Iterable[Area]) -> Areas:
    """The blind spots: areas that nobody holds and nobody has reported on."""
    return tuple(area for area in areas if area.unseen)
