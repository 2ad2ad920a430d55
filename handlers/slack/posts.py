"""Posts: a message in the team channel that reports a case, with its title and the fields that stand in it."""

import re
from collections.abc import Container, Mapping
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from bot.domain.text import fold, folded, many_lines, mentions, one_line, plain
from handlers.slack.markers import EMOJI, HEAD, LEAD_IN, LOOKED_AT, is_talk, is_trouble, marker_of, own_words
from handlers.slack.post_patterns import PostPatterns, Severity

_LONGEST_TITLE = 150
_LONGEST_FIELD = 300


class Post(BaseModel):
    """A case as it stands in a message: what could be read, None for what the card has to ask."""

    model_config = ConfigDict(frozen=True)

    severity: Severity
    title: str
    customer: str | None = None
    plan: str | None = None
    reference: str | None = None
    impact: str | None = None
    deadline_text: str | None = None
    body: str = ""
    mentions: tuple[str, ...] = ()


def read_post(text: str, patterns: PostPatterns) -> Post | None:
    """The case that a message as Slack delivers it opens, or None for an ordinary message."""
    looked_at = text[:LOOKED_AT]
    own = own_words(looked_at)
    marker = marker_of(own, patterns)
    if marker is None or marker.severity not in patterns.severities:
        return None
    first, _, below = marker.rest.partition("\n")
    title, values = _read_title(first, patterns)
    lines, more = _read_lines(below, patterns)
    fields = more | values
    if is_talk(marker, title, evident=bool(fields) or is_trouble(marker.rest, patterns), alone=not below.strip()):
        return None
    title = _title(fields.pop("title", ""), title, lines, patterns.fields_by_label)
    title = title or _labelled_lines(marker.rest, fields)
    if not title:
        return None
    return Post(
        severity=marker.severity,
        title=title,
        customer=fields.get("customer"),
        plan=fields.get("plan"),
        reference=fields.get("reference"),
        impact=fields.get("impact"),
        deadline_text=fields.get("deadline"),
        body=many_lines(plain(looked_at), LOOKED_AT),
        mentions=mentions(looked_at),
    )


def lone_marker(text: str, patterns: PostPatterns) -> bool:
    """Whether somebody set out to post a case and left its title out: `[SevA]` and nothing that can be read."""
    marker = marker_of(own_words(text[:LOOKED_AT]), patterns)
    if marker is None or marker.form != "bracketed" or marker.severity not in patterns.severities:
        return False
    return not any(character.isalnum() for character in marker.rest)


# --- Title and fields ---

_FILLER = re.compile(
    r"(?:お疲れ(?:様|さま)です|お世話になっ(?:ております|ています)|(?:大変)?(?:すみません|申し訳(?:ありません|ございません))(?:が)?"
    r"|至急(?:です|でお願いします)?|緊急(?:です)?|(?:ご?相談|ご?連絡|ご?報告|案件|障害)(?:です|が(?:発生|来)しました|させてください)"
    r"|(?:ご対応|ご支援|ご協力|対応)?(?:を)?お願い(?:いた)?します|皆さん|各位)[。、!!\s]+"
)
_DANGLING = " \t\u3000\n:|-–—―/、,;*_~：；｜／・"
_LEADING = _DANGLING + "!！。."
_SENTENCE = re.compile(r"[^。]{4,}?。")
_PLACEHOLDERS = frozenset(
    {"", "-", "--", "?", "??", "n/a", "na", "tbd", "unknown", "none", "なし", "不明", "未定", "未確認", "確認中", "xxx"}
)
_SEPARATORS = re.compile(r"[,、/|;]")
_WEAK_PLAN = re.compile(r"(?:is|was|are|to|will|for|of|says?|の|は|が)(?![a-z])")
_TRAILING_CC = re.compile(r"[\s,、(]+(?:cc|fyi)[:：]?\s*$", re.IGNORECASE)


class _Mark(NamedTuple):
    """A label in a line: the field it names, where it begins and where its value begins."""

    field: str
    start: int
    value: int


def _read_title(line: str, patterns: PostPatterns) -> tuple[str, dict[str, str]]:
    """The marker's own line: its title, and the fields that follow with a colon."""
    marks = _marks(line, patterns, own_line=True)
    return (line[: marks[0].start] if marks else line), _values(line, marks)


def _read_lines(text: str, patterns: PostPatterns) -> tuple[list[str], dict[str, str]]:
    """The lines without labels, and the fields of the others; the first of two wins."""
    plain_lines: list[str] = []
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        marks = _marks(line, patterns, own_line=False)
        fields = _values(line, marks) | fields
        if not marks and line.strip():
            plain_lines.append(line)
    return plain_lines, fields


def _marks(line: str, patterns: PostPatterns, *, own_line: bool) -> list[_Mark]:
    """The labels in a line. Without a colon one counts only in a line of fields ("Customer: X, plan Y, case 12")."""
    front = folded(line, LOOKED_AT)
    strong = re.compile(
        rf"(?:[■●◆○・*•-]\s*)?[\[【(]?(?P<label>{patterns.label})\s{{0,3}}"
        r"(?:[\]】)]\s*[:=]?|[:=]|(?<=#)\s*:?|(?=#\s?\d))[ \t#]*"
    )
    weak = re.compile(rf"(?P<label>{patterns.label})[ \t]+(?:(?:no\.?|id|#)[ \t]*)?")
    marks = [_mark(found, front.places, patterns) for found in strong.finditer(front.text)]
    if own_line:  # "SEV1 incident: payments are down" names no incident number
        return [mark for mark in marks if mark.field != "reference" or re.search(r"\d", line[mark.value :][:30])]
    for found in weak.finditer(front.text):
        field = patterns.fields_by_label[_label_form(found)]
        value = front.text[found.end() :]
        numbered = field == "reference" and re.match(r"[a-z]{0,6}-?\d{4}", value)
        at_start = not front.text[: found.start()].strip(" \t-*•・")
        listed = marks and _SEPARATORS.search(front.text[: found.start()].rstrip()[-1:]) and not _WEAK_PLAN.match(value)
        if (numbered and (at_start or listed)) or (listed and field in ("plan", "customer")):
            marks.append(_mark(found, front.places, patterns))
    return sorted({mark.start: mark for mark in reversed(marks)}.values(), key=lambda mark: mark.start)


def _label_form(found: re.Match[str]) -> str:
    return re.sub(r"[ \t]+", " ", found["label"])


def _mark(found: re.Match[str], places: tuple[int, ...], patterns: PostPatterns) -> _Mark:
    field = patterns.fields_by_label[_label_form(found)]
    return _Mark(field, places[found.start()], places[found.end()])


def _values(line: str, marks: list[_Mark]) -> dict[str, str]:
    """What stands after each label, up to the next."""
    values: dict[str, str] = {}
    for place, mark in enumerate(marks):
        end = marks[place + 1].start if place + 1 < len(marks) else len(line)
        value = one_line(line[mark.value : max(mark.value, end)].strip(_DANGLING), _LONGEST_FIELD)
        if mark.field == "reference":
            value = _reference(value)
        if fold(value) not in _PLACEHOLDERS:
            values.setdefault(mark.field, value)
    return values


def _reference(value: str) -> str:
    """The number itself, in one width, since the same reference must be the same case."""
    words = [word.strip("()[]<>#,.、。:") for word in fold(value).split()]
    for word, typed in zip(words, value.split(), strict=False):
        if sum(character.isdigit() for character in word) >= 2:
            return word if word.isdigit() else typed.strip("()[]<>#,.、。:（）")
    return value


def _title(labelled: str, first: str, lines: list[str], empty_words: Container[str]) -> str:
    """The labelled title, else the first words that say something: of the marker's line, then of the lines below."""
    for candidate in (labelled, _after_lead_in(first), *lines[:3]):
        title = _sentence(candidate)
        if title and fold(title) not in empty_words:
            return title
    return ""


def _after_lead_in(text: str) -> str:
    front = folded(text, HEAD)
    found = LEAD_IN.match(front.text)
    return text[front.original(found.end()) :] if found else text


def _sentence(text: str) -> str:
    """The first sentence that is no greeting; only the Japanese full stop ends one, since "W. Europe" does not."""
    words = re.sub(rf"^(?:{EMOJI}|\s)+", "", text).strip(_DANGLING)
    while filler := _FILLER.match(words + "\n"):
        words = words[filler.end() :].strip(_DANGLING)
    found = _SENTENCE.match(words)
    words = found[0] if found else words
    title = one_line(_TRAILING_CC.sub("", words), _LONGEST_TITLE).rstrip(_DANGLING).lstrip(_LEADING)
    return title if re.search(r"\w", title) else ""


def _labelled_lines(rest: str, fields: Mapping[str, str]) -> str:
    """For a post of nothing but fields: those fields, as they stand."""
    lines = " / ".join(line.strip() for line in rest.split("\n") if line.strip())
    return one_line(lines, _LONGEST_TITLE).strip(_DANGLING) if fields else ""
