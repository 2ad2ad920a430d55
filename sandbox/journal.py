"""Journal: each call of the app and each payload sent to it, with time, answer and delay, to look at and search."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .state import Call

Json = dict[str, Any]
KEPT = 20_000
SEARCHED = 5_000
"""How far back a search goes."""
_BRIEF = 140


@dataclass(frozen=True)
class Entry:
    """One call (`direction` in) or one payload (out); status 0 is no answer at all."""

    number: int
    at: datetime
    direction: str
    name: str
    brief: str
    status: int
    outcome: str
    seconds: float
    said: Any
    answer: Any

    @property
    def went_well(self) -> bool:
        """Whether both sides were content."""
        return self.outcome == "ok"

    def mentions(self, word: str) -> bool:
        """Whether the word occurs anywhere in it; what is folded away is looked at last."""
        if any(word in text.lower() for text in (self.name, self.brief, self.outcome, str(self.status))):
            return True
        return word in _dump(self.said).lower() or word in _dump(self.answer).lower()


class Journal:
    """The latest entries, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)

    def heard(self, call: Call, seconds: float) -> None:
        """The app called the Web API."""
        outcome = "ok" if call.error is None and call.status == 200 else call.error or f"HTTP {call.status}"
        self._add(
            Entry(
                0, call.at, "in", call.method, brief(call.args), call.status, outcome, seconds, call.args, call.answer
            )
        )

    def sent(
        self, kind: str, payload: Json, at: datetime, status: int, answer: Any, reason: str, *, attempt: int,
        seconds: float,
    ) -> None:  # fmt: skip
        """Slack told the app something."""
        name = _named(kind, payload) + (f" (retry {attempt})" if attempt else "")
        said = brief(payload.get("event", payload))
        self._add(Entry(0, at, "out", name, said, status, reason or "ok", seconds, payload, answer))

    def _add(self, entry: Entry) -> None:
        self._entries.append(replace(entry, number=next(self._numbers)))

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 if there is none."""
        return self._entries[-1].number if self._entries else 0

    def since(self, number: int) -> list[Entry]:
        """What came after that entry, oldest first."""
        newer = itertools.takewhile(lambda entry: entry.number > number, reversed(self._entries))
        return list(newer)[::-1]

    def find(self, words: str, most: int) -> list[Entry]:
        """The newest entries in which each word occurs, newest first."""
        return list(itertools.islice(self._matching(words.lower().split()), most))

    def _matching(self, words: list[str]) -> Iterator[Entry]:
        for entry in itertools.islice(reversed(self._entries), SEARCHED):
            if all(entry.mentions(word) for word in words):
                yield entry

    def entry(self, number: int) -> Entry | None:
        """One entry, if it is still kept."""
        place = number - (self._entries[0].number if self._entries else 0)
        return self._entries[place] if 0 <= place < len(self._entries) else None


def _named(kind: str, payload: Json) -> str:
    if kind == "slash_commands":
        return str(payload.get("command"))
    event = payload.get("event")
    if isinstance(event, dict):
        return ":".join(str(part) for part in (event.get("type"), event.get("subtype")) if part)
    actions = payload.get("actions")
    first = f" {actions[0].get('action_id')}" if isinstance(actions, list) and actions else ""
    return f"{payload.get('type')}{first}"


def brief(said: Json) -> str:
    """One line: who, where and the first words."""
    parts: list[str] = []
    for key in ("user", "user_id", "channel", "channel_id", "thread_ts", "callback_id", "text", "tab", "message_ts"):
        value = said.get(key)
        if isinstance(value, dict):
            value = value.get("id")
        if value:
            parts.append(f"{key}={value}")
    return " ".join(" ".join(parts).split())[:_BRIEF]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
