"""Text as people type it: decoded once on the way in, compared folded, escaped once on the way out.

Slack delivers message text already escaped, and expects `&`, `<` and `>` (only these) escaped in what is posted:
https://docs.slack.dev/messaging/formatting-message-text
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_MARKUP = re.compile(r"<([^<>\n]*)>|&(amp|lt|gt);")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>\n]*)?>")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")  # letters and marks that show as nothing
_JOINERS = "\u200c\u200d"
_JOINING = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af]")  # Semitic, Indic, Tibetan to Mongolian
_PICTURED = re.compile(
    "[\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff]"  # what stands in Unicode's emoji-zwj-sequences.txt
)
_PREPENDED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Cf too, and visible: the number signs of Arabic, Syriac and Kaithi (Prepended_Concatenation_Mark)."""
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_HEAP = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")  # ours: four on one letter; a heap covers the lines above and below
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LONGEST_WORD = 60  # a word worth a suggestion; difflib is quadratic


def fold(text: str) -> str:
    """The text as it is compared: full width, half width and case make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def narrowed(text: str) -> str:
    """The text with full width signs as half width ones, and the case of its letters as it was."""
    return unicodedata.normalize("NFKC", text).strip()


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
    if text.isascii() and text.isprintable():
        return text
    signs = _WITH_BREAKS if breaks else _IN_ONE_LINE
    if "\u200c" in text or "\u200d" in text:
        kept = (_joined(text, i) if sign in _JOINERS else sign.translate(signs) for i, sign in enumerate(text))
        return _HEAP.sub(r"\1", "".join(kept))
    return _HEAP.sub(r"\1", text.translate(signs))


def _joined(text: str, place: int) -> str:
    """A zero-width joiner where it makes a letter or a picture another one, and nothing where it only hides."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if _JOINING.match(before) and _JOINING.match(after):
        return text[place]
    pictures = text[place] == "\u200d" and _PICTURED.match(before) and _PICTURED.match(after)
    return text[place] if pictures else ""


class _Signs(dict[int, str]):
    """What is shown of each sign, looked at when it is first met: the signs of a language are few."""

    def __init__(self, *, breaks: bool) -> None:
        super().__init__()
        self._breaks = breaks

    def __missing__(self, code: int) -> str:
        shown = _shown(chr(code), self._breaks)
        if len(self) < _SIGNS_KEPT:
            self[code] = shown
        return shown


_SIGNS_KEPT = 8192
_IN_ONE_LINE, _WITH_BREAKS = _Signs(breaks=False), _Signs(breaks=True)


def _shown(character: str, breaks: bool) -> str:
    if character.isascii() and character.isprintable():
        return character
    if breaks and character in "\r\n":
        return character.replace("\r", "")
    # Cf holds zero-width and bidi controls, Cs lone surrogates (which no UTF-8 database takes).
    category = unicodedata.category(character)
    if character in _PREPENDED:
        return character
    if category in ("Cf", "Cs") or character in _INVISIBLE_LETTERS:
        return ""
    return " " if category in ("Cc", "Zl", "Zp", "Zs") else character


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip().rstrip(_JOINERS) + "…" if limit > 0 else ""


def isolated(text: str) -> str:
    """A text with right-to-left letters, so that it orders nothing but itself: time and name beside it stay in place.

    First Strong Isolate and its end, https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
    """
    return f"\u2068{text}\u2069" if right_to_left(text) else text


def right_to_left(text: str) -> bool:
    """Whether letters or digits are in it that are written from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


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
    return "".join(kept).rstrip().rstrip(_JOINERS) + "…" if limit > 0 else ""
