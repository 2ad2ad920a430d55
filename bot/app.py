"""App: the composition root. From settings to a running bot, read top to bottom, closed in reverse.

The only file that reads the clock, and the only one that knows handlers and storage.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.auditor import Auditor
from bot.courier import Courier
from bot.desk import Desk
from bot.doctor import (
    Finding,
    examine_calendars,
    examine_database,
    examine_policies,
    examine_settings,
    examine_slack,
    examine_watch,
)
from bot.domain.case import Case
from bot.domain.plan import Confidence
from bot.domain.values import CaseNumber, Language
from bot.heartbeat import Heartbeat
from bot.lateness import Lateness, TimedMessenger
from bot.net import Netkeeper
from bot.pace import Limits
from bot.policies import written
from bot.ports import Clock, DeliveryTrouble, Messenger, Stopped, Store, Told
from bot.report import Reporter
from bot.settings import Configuration, Environment
from bot.timekeeper import Bell, Timekeeper
from bot.watch import Herald
from handlers.slack.edge import Reception
from handlers.slack.herald import SlackHerald
from handlers.slack.messenger import SlackMessenger, Workspace
from handlers.slack.scheduler import SlackScheduler
from handlers.slack.socket import SocketLine
from handlers.views.lists import show, timeline
from handlers.views.policies import CONFIDENCES, Listing, doubts, listing, preface
from handlers.web.server import Pages, served
from storage.lock import AlreadyInUse, sole_user
from storage.schema import NotOurs, SchemaTooNew
from storage.sqlite import SqliteStore
from storage.upkeep import asked, backup, describe

__all__ = [
    "CONFIDENCES",
    "AlreadyInUse",
    "Bot",
    "NotOurs",
    "SchemaTooNew",
    "TokenRefused",
    "calendar_findings",
    "described",
    "examined",
    "next_moment",
    "policy_findings",
    "policy_list",
    "policy_text",
    "save_copy",
    "started",
]

log = logging.getLogger(__name__)

GRACE = 10.0
"""Seconds that what is being sent may take to land when the bot is told to stop."""


class SystemClock:
    """The machine's clock."""

    pace = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


class TokenRefused(Exception):
    """Slack does not accept our token; the sentence says which and what to do."""


@dataclass
class Watch:
    """Who looks after the bot itself."""

    auditor: Auditor
    reporter: Reporter | None
    """None where there is no admin to speak to."""


@dataclass
class Bot:
    """A running bot: what the tests and the demo hold on to."""

    store: SqliteStore
    desk: Desk
    courier: Courier
    net: Netkeeper
    watch: Watch
    reception: Reception
    workspace: Workspace
    pages: Pages
    address: str
    line: SocketLine | None
    ring: Callable[[], None]
    """Look at the clock again: it was set, or time is due to act."""
    loops: list[asyncio.Task[None]] = field(default_factory=list)

    def alive(self) -> bool:
        """No loop has ended."""
        return not any(loop.done() for loop in self.loops)

    async def settle(self) -> None:
        """Let time act and everything due be said, until nothing is left to do at this moment of the clock."""
        while (
            await self.desk.reach_due()
            or await self.courier.deliver_due()
            or await self.reception.settled()
            or await self.net.tend()
        ):
            pass


@asynccontextmanager
async def started(
    environment: Environment,
    config: Configuration,
    *,
    clock: Clock | None = None,
    limits: Limits | None = None,
    loops: bool = True,
    wrap: Callable[[Store, Messenger], tuple[Store, Messenger]] = lambda store, messenger: (store, messenger),
) -> AsyncIterator[Bot]:
    """A bot that listens and speaks until the block ends. Without `loops` nothing is sent until `settle` is called.

    What desk and courier remember and speak through goes through `wrap` first: the crash tests let it fail.

    Raises TokenRefused, AlreadyInUse, SchemaTooNew, NotOurs, NothingSaved, OSError where the port is taken.
    """
    time = clock or SystemClock()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(sole_user(environment.jibungoto_database))
        store = await stack.enter_async_context(await SqliteStore.open(environment.jibungoto_database))
        pages = Pages(store, time.now)
        address = await stack.enter_async_context(served(pages, environment.jibungoto_host, environment.jibungoto_port))
        client = await stack.enter_async_context(_web_client(environment))
        messenger = SlackMessenger(client, config)
        workspace = await _greeting(messenger.workspace)
        # A letter that was said may be the last that a net waited for.
        nets = Bell(time)
        bells = Bell(time, also=nets), Bell(time)
        kept, spoken = wrap(store, messenger)
        desk = Desk(kept, config, time.now, rung=lambda: _ring(bells))
        lateness = Lateness()
        courier = Courier(kept, desk, TimedMessenger(spoken, lateness, time.now), bells[0], limits=limits)
        scheduler = SlackScheduler(client, messenger)
        net = Netkeeper(kept, desk, scheduler, nets, config.net, rate=(limits or Limits()).scheduling)
        reception = Reception(
            client, signing_secret=_signing_secret(environment), desk=desk, messenger=messenger, workspace=workspace
        )
        watch = _watched(kept, desk, SlackHerald(messenger), config, time)
        await courier.recover()
        bot = Bot(
            store, desk, courier, net, watch, reception, workspace, pages, address, line=None, ring=lambda: _ring(bells)
        )
        if loops:
            await stack.enter_async_context(_working(bot, Timekeeper(desk, bells[1])))
        if environment.slack_app_token:
            bot.line = await stack.enter_async_context(_connected(reception, environment.slack_app_token))
        pages.alive, pages.histograms = bot.alive, (lateness.histogram,)
        if loops and (url := environment.jibungoto_heartbeat or config.heartbeat.url):
            await stack.enter_async_context(_beating(Heartbeat(url, config.heartbeat.every, pages.checks)))
        pages.open(reception.app if bot.line is None else None, lambda: bot.line is None or bot.line.connected)
        stack.push_async_callback(reception.settled)
        yield bot


def _ring(bells: tuple[Bell, ...]) -> None:
    for bell in bells:
        bell.ring()


@asynccontextmanager
async def _web_client(environment: Environment) -> AsyncIterator[AsyncWebClient]:
    """Our own client: it never repeats a call by itself, since the courier knows better what may be repeated."""
    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=15)) as session:
        yield AsyncWebClient(
            token=environment.slack_bot_token,
            base_url=environment.slack_api_url.rstrip("/") + "/",
            timeout=15,
            session=session,
            retry_handlers=[],
        )


def _signing_secret(environment: Environment) -> str:
    return "" if environment.slack_app_token else environment.slack_signing_secret


async def _greeting(ask: Callable[[], Awaitable[Workspace]]) -> Workspace:
    """Who we are, asked until Slack answers. Raises TokenRefused."""
    while True:
        try:
            return await ask()
        except Stopped as refused:
            raise TokenRefused(
                f"Slack refuses SLACK_BOT_TOKEN ({refused.reason}). Copy the Bot User OAuth Token (xoxb-…) of the "
                "installed app, under OAuth & Permissions."
            ) from None
        except DeliveryTrouble as trouble:
            log.warning("waiting for Slack: %s", trouble.reason)
            await asyncio.sleep(max(1.0, min(trouble.seconds, 5.0)))


@asynccontextmanager
async def _working(bot: Bot, timekeeper: Timekeeper) -> AsyncIterator[None]:
    runs = [timekeeper.run(), bot.courier.run(), bot.net.run(), bot.watch.auditor.run()]
    if bot.watch.reporter is not None:
        runs.append(bot.watch.reporter.run())
    bot.loops = [asyncio.create_task(run) for run in runs]
    try:
        yield
    finally:
        for loop in bot.loops:
            loop.cancel()
        for loop in bot.loops:
            with contextlib.suppress(asyncio.CancelledError):
                await loop
        await bot.courier.finish(GRACE)


def _watched(store: Store, desk: Desk, herald: Herald, config: Configuration, clock: Clock) -> Watch:
    """Auditor and reporter, who sleep by bells that no act rings: theirs is a slow round."""
    admin, at = config.defaults.admin, config.report.daily_line
    auditor = Auditor(store, desk, Bell(clock), herald, admin)
    if admin is None or at is None:
        return Watch(auditor, None)
    return Watch(auditor, Reporter(store, desk, Bell(clock), herald, admin, at))


@asynccontextmanager
async def _beating(heartbeat: Heartbeat) -> AsyncIterator[None]:
    beats = asyncio.create_task(heartbeat.run())
    try:
        yield
    finally:
        beats.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beats


@asynccontextmanager
async def _connected(reception: Reception, app_token: str) -> AsyncIterator[SocketLine]:
    line = SocketLine(reception.app, app_token)
    try:
        await line.open()
    except Stopped as refused:
        raise TokenRefused(
            f"Slack refuses SLACK_APP_TOKEN ({refused.reason}). Make an app-level token (xapp-…) with the scope "
            "connections:write, under Basic Information."
        ) from None
    try:
        yield line
    finally:
        await line.close()


# ---------------------------------------------------------------- without a running bot


async def read_case(environment: Environment, number: CaseNumber) -> tuple[Case, list[Told]]:
    """A case and its facts from the database file. Raises UnknownCase."""
    async with await SqliteStore.open(environment.jibungoto_database) as store:
        return await Desk(store, Configuration(), SystemClock().now).history(number)


async def described(environment: Environment, number: CaseNumber, language: Language, zone: str) -> str:
    """A case as the command line prints it: the card in words and what happened."""
    case, told = await read_case(environment, number)
    shown = show(case, language=language, now=SystemClock().now(), zone=zone).text
    return f"{shown}\n\n{timeline(case, told, language, zone, limit=1000).text}"


async def next_moment(database: str, *, deliveries: bool = False) -> datetime | None:
    """When the bot of this database next has something to say: the earliest checkpoint, or delivery still waiting."""
    async with await SqliteStore.open(database) as store:
        return await store.read(lambda q: q.next_delivery() if deliveries else q.next_due())


def save_copy(environment: Environment, path: str) -> None:
    """A consistent copy of the database, also while the bot writes."""
    backup(environment.jibungoto_database, path)


def calendar_findings(config: Configuration) -> list[Finding]:
    """What `check` and `doctor` say about the calendars today."""
    return examine_calendars(config, SystemClock().now())


def policy_findings(config: Configuration) -> list[Finding]:
    """What `check` and `doctor` say about the policies that channels name."""
    return examine_policies(config, lambda policy, severities: doubts(policy, severities, "en"))


def policy_list(
    config: Configuration, language: Language, *, vendor: str = "", confidence: Confidence | None = None
) -> Listing:
    """The policies as `jibungoto policies` shows them."""
    return listing(config.policies.values(), language, vendor=vendor, confidence=confidence)


def policy_text(config: Configuration, name: str, language: Language) -> str:
    """One policy as it would stand in the file, below what there is to know of it. Raises KeyError."""
    above = preface(config.policies[name], language, own=name in config.own)
    table = {key: value for key, value in config.tables[name].items() if key not in ("name", "like")}
    return "\n".join([*(f"# {line}" for line in above), written(name, table)])


async def examined(environment: Environment, config: Configuration) -> list[Finding]:
    """What `doctor` finds: settings, database, Slack."""
    findings = [
        *examine_settings(environment, config),
        *calendar_findings(config),
        *policy_findings(config),
        *examine_database(environment, describe),
        *examine_watch(environment, asked),
    ]
    if environment.slack_bot_token:
        async with _web_client(environment) as client:
            findings += await examine_slack(client, environment, SystemClock().now())
    return findings
