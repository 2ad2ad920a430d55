"""House: what every benchmark needs: settings, a process to look at, cases in a file."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psutil

from bot.app import SystemClock
from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.messages import OpenCase
from bot.domain.values import ChannelId, DeliveryId, TeamId, Timestamp, UserId
from bot.ports import Receipt, Transaction
from bot.settings import Configuration
from sandbox import Sandbox
from storage.connection import connect
from storage.sqlite import SqliteStore
from tests.benchmarks.figures import Times
from tests.stage import MEMBER, SEV_A, YUKI


class Process:
    """One running process: the line it began with, and what it has used."""

    def __init__(self, pid: int, line: str) -> None:
        self.line = line
        self._process = psutil.Process(pid)

    @property
    def cpu(self) -> float:
        """Seconds of CPU, user and system, since it began."""
        times = self._process.cpu_times()
        return times.user + times.system

    @property
    def memory(self) -> float:
        """MiB resident."""
        return self._process.memory_info().rss / 2**20


def slack_settings(slack: Sandbox, *, socket: bool = False) -> dict[str, str]:
    way = {"SLACK_APP_TOKEN": slack.app_token} if socket else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    return {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url} | way


def typed(slack: Sandbox, who: str, words: str) -> dict[str, Any]:
    """The payload of `/sev …`."""
    place, command = slack.state.channels[SEV_A], slack.app.commands["/sev"]
    return slack.interactions.command(slack.person(who).person, command, words, place)


@asynccontextmanager
async def opened(path: Path, config: Configuration, cases: int) -> AsyncIterator[tuple[SqliteStore, Desk, list[Case]]]:
    """A database with so many posted cases whose cards stand in their threads."""
    async with await SqliteStore.open(str(path)) as store:
        desk = Desk(store, config, SystemClock().now)
        yield store, desk, await open_cases(desk, cases)
        await store.write(_cards_are_shown)


async def open_cases(desk: Desk, cases: int, first: int = 0) -> list[Case]:
    acts: list[Awaitable[Any]] = [desk.handle(opening(number), MEMBER) for number in range(first, first + cases)]
    return [answer.case for answer in await asyncio.gather(*acts)]


def opening(number: int) -> OpenCase:
    return OpenCase(
        delivery=DeliveryId(f"post:{number}"),
        by=UserId(YUKI),
        team=TeamId("T0JIBUN"),
        channel=ChannelId(SEV_A),
        language="ja",
        severity="A",
        title=f"店舗POSのWebサーバーに接続できない {number}",
        source=Timestamp(f"1795478400.{number:06}"),
        customer="西日本リテール様",
        plan="Azure Rapid Response",
        reference=f"24112300{number:08}",
        impact="既に業務に支障が出ており、朝7時までに復旧しなければ開店業務が行えません。",
    )


def _cards_are_shown(tx: Transaction) -> None:
    now = SystemClock().now()
    for surface in tx.take_surfaces(now, 1_000_000):
        place = Receipt(channel=ChannelId(SEV_A), ts=Timestamp(f"1795478401.{surface.case:06}"))
        tx.settle_surface(surface.key, surface.wanted, place, now)


def commits(path: Path, count: int = 200) -> Times:
    """What the disk takes for the smallest durable COMMIT: the floor under every command that changes something."""
    times = Times()
    with closing(connect(str(path))) as connection:
        for number in range(count):
            with times.once():
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO deliveries VALUES (?, 1, 1, 0, '')", (f"bench:{number}",))
                connection.execute("COMMIT")
    return times
