"""Hooks: what whoever starts a sandbox lends to its page, because a Slack cannot know it of an app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Hooks:
    """What is None has no button. An app that lives in the sandbox's time also listens to `slack.clock.watch`."""

    restart_app: Callable[[], Awaitable[None]] | None = None
    """Kill the app without a farewell and start it again."""
    next_moment: Callable[[], Awaitable[datetime | None]] | None = None
    """When the app will next do something by itself: its next reminder or due time; None while nothing waits."""
    settle: Callable[[], Awaitable[None]] | None = None
    """Return once the app has done all that is due at this moment; without it, the page waits until it is quiet."""
