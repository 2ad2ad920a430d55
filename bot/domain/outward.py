"""Outward: a text that a colleague typed, as a customer may read it.

Whoever is named in it becomes a word for a person of ours; a text that names another customer or another case, or says
of itself that it is internal, is left out whole. What it can't know, a person reads before it is sent.
"""

import re
from collections.abc import Iterable, Iterator

from bot.domain.text import fold, one_line
from bot.domain.values import Value

_BEFORE = r"(?:(?<=[ぁ-んァ-ヶ一-龠、。])\s)?"
_AFTER = r"(?:\s?(?:さん|氏|くん|君))?(?:\s(?=[ぁ-んァ-ヶ一-龠]))?"
"""What goes with a name: its title, and the spaces that Japanese leaves beside Latin letters."""
_HANDLE = re.compile(rf"{_BEFORE}(?:<@[^<>\s]*>|(?<![\w.+-])@[\w.-]*[A-Za-z0-9_-]|\b[UW]0[A-Z0-9]{{5,}}\b){_AFTER}")
_INTERNAL = re.compile(
    r"(?<![a-z])sev-?\d|slack\.com/|slack://|社内メモ|社内限|社外秘|社外には|お客様には(?:言わ|伝え|話さ)|部外秘"
    r"|(?<![a-z])internal(?:\s+(?:note|only|memo)|:)|do(?: not|n't) (?:tell|share)|not for (?:the )?customer"
)
_TITLES = re.compile(r"(?:様|さま|御中|殿|株式会社|\(株\)|,?\s+(?:inc|ltd|corp|gmbh|co)\.?)+$")
_WORDS_TOO = (
    *("art", "bill", "case", "chance", "dean", "drew", "frank", "grace", "grant", "hope", "jack", "mark", "max", "may"),
    *("pat", "ray", "rob", "rose", "skip", "sue", "will"),
)
"""Ours: names that are everyday words, and hidden only where they are written as names."""
_LONG_ENOUGH = 3
_SHORTEST = 2
"""Ours: one sign of Japanese is as often part of a word as it is a name."""


class Inside(Value):
    """What stays inside the team."""

    person: str
    """The word that stands for a colleague."""
    people: tuple[str, ...] = ()
    """What colleagues are called."""
    customers: tuple[str, ...] = ()
    """What other customers are called."""


def outward(text: str, inside: Inside, limit: int) -> str:
    """The text in one line with nothing internal in it; empty where it had better not be read at all."""
    line = one_line(text, 4000)
    if _INTERNAL.search(fold(line)) or any(_says(line, name) for name in inside.customers):
        return ""
    return one_line(_nameless(line, inside), limit)


def kept(text: str, inside: Inside) -> bool:
    """Whether the whole text goes outside as it is."""
    return outward(text, inside, 4000) == one_line(text, 4000)


def others(names: Iterable[str], own: str) -> tuple[str, ...]:
    """Of the names of customers, those that are not this one's, shorn of their titles."""
    mine = bare(own)
    found = dict.fromkeys(bare(name) for name in names)
    return tuple(one for one in found if len(one) >= _LONG_ENOUGH and not (mine and (one in mine or mine in one)))


def bare(customer: str) -> str:
    """A customer's name as it is looked for: `西日本リテール様` and `西日本リテール` are one."""
    return _TITLES.sub("", fold(customer).strip()).strip()


def _says(line: str, name: str) -> bool:
    """Whether the line names this customer."""
    if name.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", fold(line)) is not None
    return name in fold(line)


def _nameless(line: str, inside: Inside) -> str:
    said = _HANDLE.sub(inside.person, line)
    for name in sorted(_called(inside.people), key=len, reverse=True):
        said = _pattern(name).sub(inside.person, said)
    return said


def _called(people: Iterable[str]) -> Iterator[str]:
    """A person's whole name, and each part of it."""
    for whole in people:
        for name in dict.fromkeys([whole.strip(), *re.split(r"[\s\u3000()/・]+", whole)]):
            if len(name) >= (_LONG_ENOUGH if name.isascii() else _SHORTEST):
                yield name


def _pattern(name: str) -> re.Pattern[str]:
    if not name.isascii():
        return re.compile(re.escape(name) + _AFTER)
    flags = re.NOFLAG if fold(name) in _WORDS_TOO else re.IGNORECASE
    return re.compile(rf"{_BEFORE}(?<![A-Za-z0-9.@_-]){re.escape(name)}(?![A-Za-z0-9_@]){_AFTER}", flags)
