"""Text as people type it: decoded once on the way in, compared folded, escaped once on the way out.

Slack delivers message text already escaped, and expects `&`, `<` and `>` (only these) escaped in what is posted:
https://docs.slack.dev/messaging/formatting-message-text
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_MARKUP = re.compile(r"<([^<>\n]*)>|&(amp|lt|gt);")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>\n]*)?>")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")  # letters and marks that show as nothing
_LONGEST_WORD = 60  # a word worth a suggestion; difflib is quadratic


def fold(text: str) -> str:
    """The text as it is compared: full width, half width and case make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


class Folded(NamedTuple):
    """The beginning of a text, folded, where every place still knows its place in the original."""

    text: str
    places: tuple[int, ...]

    def original(self, index: int) -> int:
        """Where in the original the folded character at `index` came from."""
        return self.places[index]


def folded(text: str, limit: int) -> Folded:
    """Fold the first `limit` characters one by one, so that what is read can be cut from the original."""
    pieces: list[str] = []
    places: list[int] = []
    head = text[:limit]
    for place, character in enumerate(head):
        piece = fold(character)
        pieces.append(piece)
        places.extend([place] * len(piece))
    return Folded("".join(pieces), (*places, len(head)))


def plain(slack_text: str, *, keep_mentions: bool = True) -> str:
    """What a reader of Slack sees: markup becomes its label, entities are decoded exactly once."""

    def seen(found: re.Match[str]) -> str:
        if found[2]:
            return _ENTITIES[found[2]]
        return _label(found[1], keep_mentions=keep_mentions)

    return _MARKUP.sub(seen, slack_text)


def _label(markup: str, *, keep_mentions: bool) -> str:
    """The words shown for the inside of one `<…>`."""
    target, _, label = markup.partition("|")
    label = _decode(label)
    match markup[:1]:
        case "@":
            return f"@{(label or target[1:]).lstrip('@')}" if keep_mentions else ""
        case "#":
            return f"#{(label or target[1:]).lstrip('#')}"
        case "!":
            return _command_label(target[1:], label, keep_mentions=keep_mentions)
        case _ if _ADDRESS.match(markup):
            return label or _decode(target)
        case _:
            return _decode(f"<{markup}>")  # not Slack's markup: somebody's angle brackets


def _command_label(command: str, label: str, *, keep_mentions: bool) -> str:
    """A date shows its fallback; a broadcast or a group shows a word that cannot ping once it is escaped."""
    kind = command.partition("^")[0]
    if kind == "date":
        return label
    if not keep_mentions:
        return ""
    return f"@{(label or kind).lstrip('@')}"


def _decode(text: str) -> str:
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


def mentions(slack_text: str) -> tuple[str, ...]:
    """The ids of the people mentioned, each once, in the order they were named."""
    return tuple(dict.fromkeys(_MENTION.findall(slack_text)))


def one_line(text: str, limit: int) -> str:
    """One visible line of at most `limit` characters, without anything that could hide or reverse what follows."""
    return _shortened(" ".join(_visible(text, breaks=False).split()), limit)


def many_lines(text: str, limit: int) -> str:
    """The same promise for a text that keeps its line breaks."""
    return _shortened(_visible(text, breaks=True).strip(), limit)


def _visible(text: str, *, breaks: bool) -> str:
    return "".join([_shown(character, breaks) for character in text])


@lru_cache(maxsize=8192)  # a language's signs are few, and a card shows thousands of them
def _shown(character: str, breaks: bool) -> str:
    if character.isascii() and character.isprintable():
        return character
    if breaks and character in "\r\n":
        return character.replace("\r", "")
    # Cf holds zero-width and bidi controls, Cs lone surrogates (which no UTF-8 database takes).
    category = unicodedata.category(character)
    if category in ("Cf", "Cs") or character in _INVISIBLE_LETTERS:
        return ""
    return " " if category in ("Cc", "Zl", "Zp", "Zs") else character


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…" if limit > 0 else ""


def nearest(word: str, choices: Iterable[str], n: int = 3) -> tuple[str, ...]:
    """The choices a person may have meant, best first: those that share a beginning, then those spelled alike."""
    wanted = fold(word.strip())[:_LONGEST_WORD]
    if not wanted:
        return ()
    by_fold: dict[str, str] = {}
    for choice in choices:
        by_fold.setdefault(fold(choice), choice)
    beginning = [choice for choice in by_fold if choice.startswith(wanted)]
    beginning += [choice for choice in by_fold if 2 * len(choice) >= len(wanted) and wanted.startswith(choice)]
    # Japanese words are short: 引受 and 引き受け share two signs of four.
    alike = difflib.get_close_matches(wanted, by_fold, n=n, cutoff=0.6 if wanted.isascii() else 0.5)
    return tuple(by_fold[choice] for choice in dict.fromkeys([*beginning, *alike]))[:n]


def escape(text: str) -> str:
    """The text for a Slack message: it can neither mention nor link. Use once, on the way out."""
    return text.translate(_ESCAPES)


def mrkdwn_safe(text: str, limit: int) -> str:
    """The text visible, escaped and at most `limit` characters long after escaping, never cut inside an entity."""
    seen = _visible(text[: max(limit, 0) * 2 + 1], breaks=True)
    whole = escape(seen)
    if len(whole) <= limit and len(text) <= max(limit, 0) * 2 + 1:
        return whole
    kept: list[str] = []
    room = limit - 1
    for piece in map(escape, seen):
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + "…" if limit > 0 else ""
