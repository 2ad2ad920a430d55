"""Notice: something that somebody must be told once. Which fact asks for which notice is in notices.py."""

from typing import Literal

from bot.domain.facts import AnyFact
from bot.domain.values import CaseNumber, UserId, Value

Urgency = Literal[0, 1, 2, 3]
REMINDER: Urgency = 0
THREAD: Urgency = 1
NEWS: Urgency = 2

Place = Literal["person", "thread", "broadcast", "channel"]
"""Where a notice is said: a direct message, the case's thread, the thread and the channel, or the channel itself."""


class Notice(Value):
    """Something that somebody must be told once, kept until it was said."""

    key: str
    """Unique for all time: the same thing is never said twice."""
    case: CaseNumber
    place: Place
    to: UserId | None = None
    """The person, where the place is one."""
    urgency: Urgency
    fact: AnyFact
