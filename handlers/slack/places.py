"""Places: where at Slack a notice goes, and since when it may stand there."""

from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.messages import Notice, ReminderCame
from bot.ports import Letter


def place_of(notice: Notice, case: Case) -> dict[str, Any]:
    """Where a notice goes, as arguments of chat.postMessage."""
    arguments: dict[str, Any] = {"channel": notice.to if notice.place == "person" else case.channel}
    if notice.place in ("thread", "broadcast"):
        arguments["thread_ts"] = case.thread
    if notice.place == "broadcast":
        arguments["reply_broadcast"] = True
    return arguments


def said_since(letter: Letter) -> datetime:
    """The earliest that it can have been said: after a restore, a reminder is written anew later than it fell due."""
    fact = letter.notice.fact
    return min(letter.created_at, fact.planned) if isinstance(fact, ReminderCame) else letter.created_at
