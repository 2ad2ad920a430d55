"""Late: what is said some time after it happened says when that was."""

from datetime import datetime, timedelta

from bot.domain.messages import Fact
from handlers.views.pen import Pen

LATE = timedelta(minutes=2)
"""Ours: news older than this says when it was recorded."""


def lateness(pen: Pen, fact: Fact, now: datetime) -> list[str]:
    """When it was recorded, where that is some time ago."""
    if now - fact.at <= LATE:
        return []
    return [pen.say("(recorded {at})", at=pen.when(fact.at))]
