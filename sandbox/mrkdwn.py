"""Mrkdwn: Slack's text format: how typed text is escaped and whom a text would ping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

BROADCASTS = ("channel", "here", "everyone")
_URL = re.compile(r"https?://[^\s<>|]+")
# D:messaging/formatting-message-text: <@U…>, <!channel>, <!here>, <!everyone>, <!subteam^ID>
_CONTROL = re.compile(r"<(@[UW]\w+|!channel|!here|!everyone|!subteam\^\w+)(?:\|[^>]*)?>")
_BARE = re.compile(r"(?<![\w@&/.])@(channel|here|everyone|[\w.\-]+)")


def escape(text: str) -> str:
    """The three characters Slack escapes, and only these. D:messaging/formatting-message-text"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The text a reader sees."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


class Typed:
    """Turns what a person types into what Slack stores: escaped, with names and links resolved."""

    def __init__(self, people: Mapping[str, str], channels: Mapping[str, str]) -> None:
        self._people = sorted(people.items(), key=lambda item: -len(item[0]))
        self._channels = sorted(channels.items(), key=lambda item: -len(item[0]))

    def message(self, text: str) -> str:
        """As the composer of a channel does it."""
        return self._resolve(escape(text), broadcasts=True)

    def command(self, text: str, *, should_escape: bool) -> str:
        """As a slash command is sent. D:interactivity/implementing-slash-commands"""
        return self._resolve(escape(text), broadcasts=False) if should_escape else escape(text)

    def _resolve(self, text: str, *, broadcasts: bool) -> str:
        if "@" in text or "#" in text:
            text = self._names(text, broadcasts)
        return _URL.sub(lambda found: f"<{found[0]}>", text) if "http" in text else text

    def _names(self, text: str, broadcasts: bool) -> str:
        for name, user in self._people:
            if f"@{name}" in text:
                text = re.sub(rf"(?<![\w<])@{re.escape(name)}(?!\w)", f"<@{user}>", text)
        for name, channel in self._channels:
            if f"#{name}" in text:
                text = re.sub(rf"(?<![\w<])#{re.escape(name)}(?![\w-])", f"<#{channel}|{name}>", text)
        if broadcasts:
            for word in BROADCASTS:
                text = re.sub(rf"(?<![\w<!])@{word}(?!\w)", f"<!{word}>", text)
        return text


def pings(text: str, blocks: Sequence[Json] = (), attachments: Sequence[Json] = (), *, parse: str = "none",
          link_names: bool = False, names: Mapping[str, str] | None = None) -> frozenset[str]:  # fmt: skip
    """User ids, subteam ids and `channel`/`here`/`everyone` that a message would notify."""
    names = names or {}
    found = set(_in_text(text, loose=parse == "full" or link_names, names=names))
    for item in (*blocks, *attachments):
        found |= set(_in_object(item, names))
    return frozenset(found)


def _in_text(text: str, *, loose: bool, names: Mapping[str, str]) -> Iterable[str]:
    if "<" in text:
        for match in _CONTROL.finditer(text):
            yield match[1].removeprefix("@").removeprefix("!").removeprefix("subteam^")
    if loose and "@" in text:
        for match in _BARE.finditer(text):
            word = match[1]
            if word in BROADCASTS or word in names:
                yield names.get(word, word)


def _in_object(item: Any, names: Mapping[str, str]) -> Iterable[str]:
    if isinstance(item, list):
        for each in item:
            yield from _in_object(each, names)
    elif isinstance(item, dict):
        kind = item.get("type")
        if kind == "mrkdwn":
            # Block text is parsed loosely unless verbatim. D:messaging/formatting-message-text
            yield from _in_text(str(item.get("text", "")), loose=not item.get("verbatim", False), names=names)
        elif kind == "markdown" or (kind is None and isinstance(item.get("text"), str)):
            yield from _in_text(str(item.get("text", "")), loose=True, names=names)
        elif kind == "user" and "user_id" in item:
            yield item["user_id"]
        elif kind == "usergroup" and "usergroup_id" in item:
            yield item["usergroup_id"]
        elif kind == "broadcast" and "range" in item:
            yield item["range"]
        elif kind != "plain_text":
            for value in item.values():
                if isinstance(value, dict | list):
                    yield from _in_object(value, names)
