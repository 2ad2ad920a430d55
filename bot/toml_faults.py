"""TOML faults: what a model finds wrong with a file, in the words of somebody who writes TOML."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

_IN_TOML = {
    "extra_forbidden": "no such key here: is it misspelt?",
    "tuple_type": "expected a list, in [ ]",
    "string_type": "expected text, in quotes",
    "dict_type": "expected a table",
    "model_type": "expected a table",
}
"""Pydantic speaks of tuples and dictionaries; people write lists and tables."""
_MUST_BE = {
    "tell": 'it tells nobody: expected tell = "backup", "channel" or another',
    "after": 'expected after = "5m"',
}
"""The right form of what was left out."""


def model_faults(name: str, error: ValidationError, spell: Any) -> Iterator[str]:
    """Each fault with file and key; `spell` says how the key is written there."""
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"] if part != "[key]")
        left_out = _MUST_BE.get(str(fault["loc"][-1])) if fault["type"] == "missing" else None
        message = left_out or _IN_TOML.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
        told = fault["type"] == "value_error" or isinstance(fault["input"], dict | list | tuple)
        given = "" if told else f" (it is {str(fault['input'])[:60]!r})"
        yield f"{name}: {spell(key)}: {message}{given}"
