"""Flood: very much due at once, over a time that nobody has to wait for."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.courier import Courier
from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.messages import OpenCase
from bot.domain.values import ChannelId, DeliveryId, TeamId, Timestamp, UserId
from bot.pace import Limits
from bot.ports import Letter, Receipt, Surface, Transaction
from bot.settings import load_configuration
from storage.sqlite import SqliteStore
from tests.stage import MEMBER, NINE


class Hourglass:
    """Time that runs only where somebody would wait for it."""

    pace = 1.0

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return NINE + timedelta(seconds=self.passed)


@dataclass
class Said:
    """One post: when, to whom, how urgent it was, and how many letters it was."""

    at: float
    lane: str
    urgency: int
    letters: int = 1


@dataclass
class Listener:
    """A Slack that takes everything at once and writes it down."""

    glass: Hourglass
    said: list[Said] = field(default_factory=list)

    async def deliver(self, letter: Letter, case: Case, now: datetime) -> Receipt:
        self.said.append(Said(self.glass.passed, letter.notice.to or case.channel, letter.notice.urgency))
        return Receipt(channel=case.channel, ts=Timestamp(f"9.{len(self.said):06}"))

    async def deliver_together(self, letters: Sequence[tuple[Letter, Case]], now: datetime) -> Receipt:
        receipt = await self.deliver(*letters[0], now)
        self.said[-1].letters = len(letters)
        return receipt

    async def find(self, letter: Letter, case: Case) -> Receipt | None:
        return None

    async def show(self, surface: Surface, cases: tuple[Case, ...], now: datetime) -> Receipt | None:
        if surface.ts is not None or surface.kind == "home":
            return None
        self.said.append(Said(self.glass.passed, cases[0].channel, 3))
        return Receipt(channel=cases[0].channel, ts=Timestamp(f"9.{len(self.said):06}"))

    async def find_surface(self, surface: Surface, case: Case) -> Receipt | None:
        return None


class Silence:
    """An alarm for a courier whose loop does not run."""

    async def sleep(self, until: datetime | None, longest: timedelta, seconds: float | None = None) -> None:
        raise AssertionError("nobody waits here")

    def ring(self) -> None:
        pass


async def flooded(folder: Path, cases: int, channels: int, look: float = 0) -> tuple[list[Said], float]:
    """Every post of so many cases over so many channels whose first response falls due in the same instant, and how
    long the reminders took. Each case has an owner of its own channel. The courier looks every `look` seconds at the
    most: within its bursts, a courier that is late loses nothing."""
    glass, limits = Hourglass(), Limits()
    listener = Listener(glass)
    async with await SqliteStore.open(str(folder / "flood.db")) as store:
        config = load_configuration(None)
        quiet = config.defaults.model_copy(update={"nudges": False, "incidents": False})
        desk = Desk(store, config.model_copy(update={"defaults": quiet}), glass.now)
        await asyncio.gather(*(desk.handle(opening(number, number % channels), MEMBER) for number in range(cases)))
        await store.write(lambda tx: _cards_stand(tx, glass.now()))
        glass.passed = 15 * 60.0
        while await desk.reach_due(1000):
            pass
        began = glass.passed
        courier = Courier(store, desk, listener, Silence(), limits=limits, monotonic=glass.monotonic)
        await drained(
            courier, glass, lambda: sum(one.letters for one in listener.said if one.urgency < 3) == 2 * cases, look
        )
    return listener.said, glass.passed - began


def _cards_stand(tx: Transaction, at: datetime) -> None:
    place = Receipt(channel=ChannelId("C"), ts=Timestamp("1.000001"))
    for surface in tx.take_surfaces(at, 1_000_000):
        tx.settle_surface(surface.key, surface.wanted, place, at)


async def drained(courier: Courier, glass: Hourglass, is_done: Callable[[], bool], look: float = 0) -> None:
    """Let the courier say what it may, and time pass until it may say more, until it is done."""
    while True:
        while await courier.step():
            pass
        if is_done():
            return
        wait = courier.until_next_turn()
        assert wait is not None, "something is left to say, and no limit holds it"
        glass.passed += max(wait, look)


def opening(number: int, channel: int) -> OpenCase:
    return OpenCase(
        delivery=DeliveryId(f"post:{number}"),
        by=UserId(f"U{channel:03}"),
        team=TeamId("T0JIBUN"),
        channel=ChannelId(f"C{channel:03}"),
        language="ja",
        severity="A",
        title=f"接続できない {number}",
        source=Timestamp(f"1.{number:06}"),
    )


def physical(said: Iterable[Said], limits: Limits) -> float:
    """The seconds that the limits themselves dictate for these posts."""
    counts: dict[str, int] = {}
    for one in said:
        counts[one.lane] = counts.get(one.lane, 0) + 1
    lanes = max((n - limits.channel.burst) / limits.channel.per_second for n in counts.values())
    return max(lanes, (sum(counts.values()) - limits.posts.burst) / limits.posts.per_second, 0.0)
