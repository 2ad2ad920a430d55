"""Parts: the builders every message is made of, within Slack's limits and deaf to what people typed.

Limits: slack_sdk models and https://docs.slack.dev/reference/block-kit/blocks. Typed text is escaped exactly once and
cut after escaping; `verbatim` keeps Slack from finding channels and links in it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.text import isolated, mrkdwn_safe, one_line, right_to_left
from bot.domain.values import UserId

Block = dict[str, Any]
Element = dict[str, Any]

SECTION = 3000
FIELD = 2000
TEXT = 3900
"""Ours: chat.update refuses a `text` over 4,000 characters."""
ROOM = 12_000
"""Ours: what the texts of one message may hold together; chat.postMessage has `msg_blocks_too_long` and no figure."""
BLOCKS = 50
VIEW_BLOCKS = 100
_PERSON = re.compile(r"[A-Z0-9_]{1,40}")
_ADDRESS = re.compile(r"https?://[^\s<>|]{1,2000}")
_QUIET = str.maketrans({"`": "ˋ"})
_MARKS = {"*": "∗", "_": "ˍ", "~": "∼"}
_FORMAT = re.compile(r"(?<![^\W_])[*_~]+(?=[^\s*_~])|(?<=[^\s*_~])[*_~]+(?![^\W_])|\A[*_~]+|[*_~]+\Z")
"""Where a sign of bold, italics or strike-through could begin or end: at the edge of a word, not inside one."""
_QUOTED = re.compile(r"(?m)^((?:&gt;)+)")


@dataclass(frozen=True)
class Message:
    """What is posted: `text` for notifications and screen readers, `blocks` for the eye."""

    text: str
    blocks: tuple[Block, ...]


# ---------------------------------------------------------------- text


def typed(text: str, limit: int) -> str:
    """One line that somebody typed, for mrkdwn: it can't mention or link, nor format or order a word of ours."""
    safe = mrkdwn_safe(" ".join(text[: limit * 8].split()), _room(text, limit))
    return isolated(_calm(" ".join(safe.split())))  # split again: a control sign has become a space


def typed_lines(text: str, limit: int) -> str:
    """The same for a text that keeps its lines, each set off as a quotation."""
    safe = _calm(mrkdwn_safe(text.strip(), _room(text, limit)))
    return "\n".join(f"> {isolated(line.strip())}" for line in safe.split("\n") if line.strip())


def _room(text: str, limit: int) -> int:
    """What is left of a limit beside the two signs that isolate a text."""
    return limit - 2 if right_to_left(text) else limit


def _calm(safe: str) -> str:
    """Signs that would format, or quote the lines after them, become others that look alike. None gets longer."""
    quiet = _FORMAT.sub(lambda found: "".join(_MARKS[sign] for sign in found[0]), safe.translate(_QUIET))
    return _QUOTED.sub(lambda found: "›" * (len(found[1]) // 4), quiet)


def words(text: str, limit: int) -> str:
    """One line for a plain_text object, which Slack shows as it is. Never empty: Slack refuses that."""
    return isolated(one_line(text[: limit * 8], _room(text, limit))) or "-"


def person(user_id: UserId | str | None) -> str:
    """A mention, from an id that is one. Who was forgotten has a pseudonym, `former-member-3`."""
    if user_id and user_id.startswith("former-member-"):
        return typed(user_id.replace("-", " "), 40)
    return f"<@{user_id}>" if user_id and _PERSON.fullmatch(user_id) else typed(user_id or "-", 40)


def people(ids: Iterable[UserId], most: int = 12) -> str:
    """Mentions side by side; of a crowd the first ones and a number."""
    known = tuple(ids)
    more = f" +{len(known) - most}" if len(known) > most else ""
    return " ".join(person(one) for one in known[:most]) + more


def link(url: str, text: str) -> str:
    """A link of our own making; an address that could break out of its brackets is left out."""
    return f"<{url}|{text}>" if _ADDRESS.fullmatch(url) else text


def fitting(lines: Iterable[str], limit: int) -> str:
    """As many whole lines as fit, so that no mention or date is ever cut in two."""
    kept: list[str] = []
    room = limit - 2
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)


def pages(lines: Iterable[str], limit: int = SECTION) -> list[str]:
    """The lines gathered into as few texts as hold them."""
    gathered: list[str] = []
    for line in lines:
        if gathered and len(gathered[-1]) + len(line) + 1 <= limit:
            gathered[-1] += f"\n{line}"
        else:
            gathered.append(line)
    return gathered


def newest(lines: Sequence[str], room: int = ROOM) -> list[str]:
    """The last lines that fit together."""
    kept: list[str] = []
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept[::-1]


# ---------------------------------------------------------------- text objects


def mrkdwn(text: str, limit: int = SECTION) -> Element:
    return {"type": "mrkdwn", "text": fitting(text.split("\n"), limit) if len(text) > limit else text, "verbatim": True}


def plain_text(text: str, limit: int) -> Element:
    return {"type": "plain_text", "text": words(text, limit), "emoji": True}


# ---------------------------------------------------------------- blocks


def section(text: str, block_id: str | None = None, accessory: Element | None = None) -> Block:
    return _block("section", block_id, text=mrkdwn(text), accessory=accessory)


def fields(texts: Sequence[str], block_id: str | None = None) -> Block:
    """Short facts side by side; at most ten."""
    return _block("section", block_id, fields=[mrkdwn(text, FIELD) for text in texts[:10]])


def header(text: str, block_id: str | None = None) -> Block:
    return _block("header", block_id, text=plain_text(text, 150))


def context(text: str, block_id: str | None = None) -> Block:
    return _block("context", block_id, elements=[mrkdwn(text)])


def divider() -> Block:
    return {"type": "divider"}


def actions(elements: Sequence[Element], block_id: str) -> Block:
    return _block("actions", block_id, elements=list(elements[:25]))


def _block(kind: str, block_id: str | None, **content: Any) -> Block:
    block = {"type": kind, **{name: value for name, value in content.items() if value is not None}}
    return block | ({"block_id": block_id[:255]} if block_id else {})


# ---------------------------------------------------------------- elements


def button(
    text: str,
    verb: str,
    value: str,
    *,
    style: str | None = None,
    label: str | None = None,
    confirm: Element | None = None,
) -> Element:
    """A button whose action id is its verb; `label` is what a screen reader says where button texts repeat."""
    element: Element = {"type": "button", "text": plain_text(text, 75), "action_id": verb, "value": value[:2000]}
    if style:
        element["style"] = style
    if label:
        element["accessibility_label"] = words(label, 75)
    if confirm:
        element["confirm"] = confirm
    return element


def confirmation(title: str, text: str, yes: str, no: str) -> Element:
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def option(text: str, value: str) -> Element:
    return {"text": plain_text(text, 75), "value": value[:150]}


def select(verb: str, placeholder: str, options: Sequence[Element], chosen: str | None = None) -> Element:
    """A menu of at most 100 options; `chosen` is the value that stands selected."""
    shown = list(options[:100])
    element: Element = {
        "type": "static_select",
        "action_id": verb,
        "placeholder": plain_text(placeholder, 150),
        "options": shown,
    }
    initial = next((o for o in shown if o["value"] == chosen), None)
    return element | ({"initial_option": initial} if initial else {})
