"""Travel: moving the clock far ahead so that nothing on the way comes late."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .errors import SlackRefusal

if TYPE_CHECKING:
    from .slack import Sandbox

QUIET = 0.25
"""Real seconds without a call or payload after which an app is taken to have finished. One in another process may
look at the clock only a few times a second."""
PATIENCE = 5.0
STOPS_MOST = 1000
OVERDUE_MOST = 5
"""How often an app may say that it is late before nobody waits for it any more: Slack may be down."""


async def travel(slack: Sandbox, target: datetime) -> None:
    """Go to an instant, stopping wherever something is due before it; the clock then runs on as it did.

    Raises SlackRefusal while it is under way already.
    """
    if slack.is_travelling:
        raise SlackRefusal("the clock is on its way already")
    factor = slack.clock.factor
    slack.is_travelling = True
    slack.clock.freeze()
    overdue = 0
    try:
        for _ in range(STOPS_MOST):
            stop = await next_moment(slack)
            now = slack.clock.now()
            if stop is None or stop >= target or overdue > OVERDUE_MOST:
                break
            overdue = overdue + 1 if stop <= now else 0
            slack.clock.set(max(stop, now + timedelta(seconds=1)))
            await settled(slack)
        if target > slack.clock.now():
            slack.clock.set(target)
            await settled(slack)
    finally:
        slack.is_travelling = False
        slack.clock.speed(factor)


async def next_moment(slack: Sandbox) -> datetime | None:
    """When something happens by itself next: a scheduled message, or what the app says it waits for."""
    waiting = [due.post_at for due in slack.schedule.waiting.values()]
    if slack.hooks.next_moment is not None and (own := await slack.hooks.next_moment()) is not None:
        waiting.append(own)
    return min(waiting, default=None)


async def settled(slack: Sandbox) -> None:
    """Until the app has said what it has to say at this moment: nothing of its own is due, and it is quiet."""
    if slack.hooks.settle is not None:
        await slack.hooks.settle()
        return
    seen, waited = -1, 0.0
    while waited < PATIENCE:
        calm, seen = seen == slack.state.journal.last, slack.state.journal.last
        if calm and not await _is_due(slack):
            return
        await asyncio.sleep(QUIET)
        waited += QUIET


async def _is_due(slack: Sandbox) -> bool:
    moment = await next_moment(slack)
    return moment is not None and moment <= slack.clock.now()


def next_wall_time(now: datetime, at: time, zone: str) -> datetime:
    """The next instant at which clocks in that zone show this time."""
    local = now.astimezone(ZoneInfo(zone))
    wanted = datetime.combine(local.date(), at, ZoneInfo(zone))
    return wanted if wanted > local else datetime.combine(local.date() + timedelta(days=1), at, ZoneInfo(zone))
