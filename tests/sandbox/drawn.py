"""Draws blocks and texts outside a server, for one reader, with white space made even."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sandbox import World
from sandbox.app import App
from sandbox.clock import Clock
from sandbox.page.blocks import Blocks, Spot
from sandbox.page.drawing import templates
from sandbox.page.reader import Reader
from sandbox.page.words import speaker
from sandbox.state import State

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # 9:00 in Tokyo
MADE = templates()


def reader(user: str = "U01YUKI", now: datetime = NINE) -> Reader:
    """A person of the default world."""
    clock = Clock(now)
    clock.freeze(now)
    return Reader.of(State(World.default(), App.read(None), clock), user)


def draw(*blocks: Any, user: str = "U01YUKI", surface: str = "message", **more: Any) -> str:
    """The blocks as that person sees them."""
    spot = Spot(surface, "x", channel="C01SEVJA", ts="1.0", **more)
    return even(str(Blocks(MADE, reader(user), speaker("en")).draw(blocks, spot)))


def even(markup: str) -> str:
    """One space between words, none between tags."""
    return re.sub(r"\s*(<[^>]+>)\s*", r"\1", re.sub(r"\s+", " ", markup)).strip()
