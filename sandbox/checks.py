"""Check: one rule about a JSON value; small checks compose into the shape of a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

# A check looks at a value at a JSON pointer and appends Slack's sentences about what is wrong.
Check = Callable[[Any, str, list[str]], None]


def complain(found: list[str], sentence: str, path: str) -> None:
    """As Slack words it in `response_metadata.messages` (gh:metabase/metabase#74943 shows some)."""
    found.append(f"[ERROR] {sentence} [json-pointer:{path}]")


def string(most: int | None = None, least: int = 0) -> Check:
    """A text of limited length."""

    def check(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, str):
            complain(found, "must be a string", path)
        elif most is not None and len(value) > most:
            complain(found, f"must be less than {most + 1} characters", path)
        elif len(value) < least:
            complain(found, f"must be more than {least - 1} characters", path)

    return check


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, path: str, found: list[str]) -> None:
        if value not in allowed:
            complain(found, f"must be one of: {', '.join(allowed)}", path)

    return check


def boolean(value: Any, path: str, found: list[str]) -> None:
    """True or false."""
    if not isinstance(value, bool):
        complain(found, "must be a boolean", path)


def integer(value: Any, path: str, found: list[str]) -> None:
    """A whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        complain(found, "must be an integer", path)


def anything(value: Any, path: str, found: list[str]) -> None:
    """Not looked at."""


def items(of: Check, most: int, least: int = 1) -> Check:
    """A list of limited length."""

    def check(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, list):
            complain(found, "must be an array", path)
            return
        if len(value) > most:
            complain(found, f"no more than {most} items allowed", path)
        if len(value) < least:
            complain(found, f"no less than {least} items allowed", path)
        for index, each in enumerate(value):
            of(each, f"{path}/{index}", found)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these keys and no others."""
    fields = {**required, **(optional or {})}

    def check(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            complain(found, "must provide an object", path)
            return
        for key in required:
            if value.get(key) is None:
                complain(found, f"missing required field: {key}", path)
        for key, each in value.items():
            if key not in fields:
                complain(found, f"invalid additional property: {key}", path)
            elif each is not None:
                fields[key](each, f"{path}/{key}", found)

    return check


def kinds(allowed: Mapping[str, Check]) -> Check:
    """An object whose `type` decides its shape."""

    def check(value: Any, path: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            complain(found, "must provide an object", path)
        elif not isinstance(value.get("type"), str):
            complain(found, "missing required field: type", path)
        elif value["type"] not in allowed:
            complain(found, f"unsupported type: {value['type']}", f"{path}/type")
        else:
            allowed[value["type"]](value, path, found)

    return check
