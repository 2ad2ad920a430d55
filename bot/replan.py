"""Replan: at start, the checkpoints of every open case as this version plans them.

What lies in the store was planned by whoever wrote it last. After an upgrade the same case may have other moments; no
due time moves by that, since a case keeps its own.
"""

import asyncio
import logging
from functools import partial

from bot.domain.moment import moments
from bot.domain.values import CaseNumber
from bot.ports import Queries, Store, Transaction

log = logging.getLogger(__name__)

TOGETHER = 10
"""Ours: cases looked at in one go. Reading and planning one takes under a millisecond, and an ack waits for one go."""


async def replan(store: Store) -> int:
    """Plan anew what differs, and return how many cases that were. Raises NothingSaved."""
    numbers = await store.read(lambda q: q.open_numbers())
    changed = 0
    for start in range(0, len(numbers), TOGETHER):
        differing = await store.read(partial(_differing, numbers=numbers[start : start + TOGETHER]))
        if differing:
            await store.write(partial(_plan, numbers=differing))
        changed += len(differing)
        await asyncio.sleep(0)  # people go first
    if changed:
        log.info("%d cases were planned otherwise by an earlier version", changed)
    return changed


def _differing(q: Queries, numbers: list[CaseNumber]) -> list[CaseNumber]:
    return [number for number in numbers if _differs(q, number)]


def _differs(q: Queries, number: CaseNumber) -> bool:
    case = q.case(number)
    return case is not None and q.planned(number) != {moment.key: moment.at for moment in moments(case)}


def _plan(tx: Transaction, numbers: list[CaseNumber]) -> None:
    for number in numbers:
        if (case := tx.case(number)) is not None:
            tx.save(case, moments(case))
