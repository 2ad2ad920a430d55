"""Methods: the Web API, one file per family; `table()` lists all that this Slack knows."""

from __future__ import annotations

from . import auth, chat, conversations, files, reactions, scheduled, users, views
from .method import Method


def table() -> dict[str, Method]:
    """Every method by its name."""
    families = (auth, chat, scheduled, conversations, users, views, reactions, files)
    return {method.name: method for family in families for method in family.METHODS}
