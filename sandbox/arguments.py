"""Argument: what a caller passed, which may be JSON, a form field or a word for yes."""

from __future__ import annotations

import json
from typing import Any

from .errors import SlackError

Json = dict[str, Any]


def given_json(args: Json, key: str, error: str) -> Any:
    """An argument that is JSON, also when it came as a form field."""
    value = args.get(key)
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None
    return value


def yes(value: Any) -> bool:
    """Booleans come as true, "true" or 1."""
    return value in (True, "true", "True", "1", 1)
