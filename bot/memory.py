"""Memory: what the team has seen before. Past cases like one, and the index that finds them, built in small steps."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Protocol

from bot.domain.case import Case
from bot.domain.errors import NothingSaved
from bot.domain.values import CaseNumber, Value

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Ours: cases of one step, so that years of them delay nobody's command."""
REST = 0.1
"""Ours: seconds between two steps."""


class Past(Value):
    """A case that is over, and how it ended."""

    case: Case
    how: str = ""
    """How it was resolved, as somebody said it."""
    share: float
    """How much it is like the one that was asked about, up to 1."""


class MemoryQueries(Protocol):
    """What is asked of the memory."""

    def alike(self, wanted: Sequence[str], most: int, *, apart: CaseNumber | None = None) -> list[Past]:
        """Resolved and closed cases that have these grams, most alike first; `apart` from this one."""

    def gram_counts(self, wanted: Collection[str]) -> dict[str, int]:
        """In how many past cases each of these grams stands, those in none left out; under `""` how many there are."""


class MemoryChanges(Protocol):
    """What the memory changes."""

    def liken(self, limit: int) -> bool:
        """Read so many cases of earlier versions into the index, the newest first; whether more are left."""


class Likener(Protocol):
    """Takes one step of building the index."""

    async def liken(self, limit: int) -> bool: ...


async def build(desk: Likener) -> None:
    """Bring every case of earlier versions into the index, a few at a time. A disk that refuses delays it."""
    more = True
    while more:
        try:
            more = await desk.liken(AT_ONCE)
        except NothingSaved:
            log.warning("the index of past cases waits: the database can't be written")
            await asyncio.sleep(60)
        await asyncio.sleep(REST)
