"""Patience: how long the courier tries, how long it pauses between tries, and when a person has to see to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from bot.domain.errors import NothingSaved

T = TypeVar("T")

LONGEST_PAUSE = 300.0
"""Ours: seconds between two tries at most, so that an outage's end is noticed within five minutes."""
GIVE_UP_AFTER = timedelta(hours=72)
"""Ours: a weekend's outage is outlived; what waits longer is parked, where a person sees it."""
TRIES_AT_LEAST = 10
TRIES_MOST = 1500
"""Ours: 72 hours of tries five minutes apart are 864, and Retry-After may ask for more of them."""
UNFORESEEN_MOST = 8
"""Ours: an error that nobody foresaw seldom heals; two more minutes of tries rule out a passing one."""
LOOK_AGAIN = 5.0
"""Ours: seconds until a lost message is looked for again: what Slack shows may lag behind what it took."""
LOOKS = 2
"""How often it must not be found before it is said again."""


def pause(tries: int) -> float:
    """Seconds before the next try: 2, 4, 8 … up to five minutes. `tries` are those before this one."""
    return min(2.0 ** min(tries + 1, 9), LONGEST_PAUSE)


def is_over(tries: int, age: timedelta, *, foreseen: bool) -> bool:
    """Whether trying has to end: nothing is tried for ever."""
    if not foreseen and tries >= UNFORESEEN_MOST:
        return True
    return tries >= TRIES_MOST or (tries >= TRIES_AT_LEAST and age >= GIVE_UP_AFTER)


async def insist(attempt: Callable[[], Awaitable[T]]) -> T:
    """The result, tried again each second while the database can't be used."""
    while True:
        try:
            return await attempt()
        except NothingSaved:
            await asyncio.sleep(1)
