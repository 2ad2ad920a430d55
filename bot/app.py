"""App: the composition root. From settings to a running bot, read top to bottom, closed in reverse.

The only file that reads the clock; beside it chores.py alone knows handlers and storage.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from time import monotonic

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.auditor import Auditor
from bot.courier import Courier
from bot.desk import Desk
from bot.domain.errors import NothingSaved
from bot.heartbeat import Heartbeat
from bot.lateness import Lateness, TimedMessenger
from bot.memory import build
from bot.net import Netkeeper
from bot.pace import Limits
from bot.ports import Clock, DeliveryTrouble, Messenger, Stopped, Store
from bot.records import Records
from bot.reload import Reloader, doubt
from bot.report import Reporter
from bot.settings import Configuration, Environment, RetentionRules, load_configuration
from bot.shifts import Shiftkeeper
from bot.timekeeper import Bell, Timekeeper
from bot.user_groups import Groupkeeper
from bot.watch import Herald
from handlers.slack.catchup import CatchUp
from handlers.slack.crier import SlackCrier
from handlers.slack.edge import Reception
from handlers.slack.herald import SlackHerald
from handlers.slack.history import READING, History
from handlers.slack.messenger import SlackMessenger, Workspace
from handlers.slack.scheduler import SlackScheduler
from handlers.slack.socket import Contact, LineLost, SocketLine, Vigil
from handlers.web.gate import Gate
from handlers.web.server import Pages, served
from handlers.web.standby import standing_by
from storage.lock import PATIENCE, AlreadyInUse, sole_user
from storage.sqlite import SqliteStore

__all__ = [
    "AlreadyInUse",
    "Bot",
    "LineLost",
    "TokenRefused",
    "Vigil",
    "started",
]

log = logging.getLogger(__name__)

GRACE = 8.0
"""Seconds that everything in hand has together, when the bot is told to stop: it is gone within ten."""
ANSWERED = 3.0
"""Seconds of them in which requests in hand are answered: Slack waits no longer (D:apis/events-api)."""


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
    shifts: Shiftkeeper
    groups: Groupkeeper
    reception: Reception
    workspace: Workspace
    pages: Pages
    address: str
    metrics_address: str
    records: Records
    line: SocketLine | None
    reloader: Reloader
    catchup: CatchUp
    ring: Callable[[], None]
    """Look at the clock again: it was set, or time is due to act."""
    loops: list[asyncio.Task[None]] = field(default_factory=list)

    def alive(self) -> bool:
        """No loop has ended."""
        return not any(loop.done() for loop in self.loops)

    async def settle(self) -> None:
        """Hear what was missed, let time act and everything due be said, until nothing is left at this moment."""
        await self.catchup.settled()
        while (
            await self.desk.reach_due()
            or await self.courier.deliver_due()
            or await self.reception.settled()
            or await self.net.tend()
            or await self.shifts.look()
            or await self.groups.keep()
        ):
            pass

    async def lost(self) -> None:
        """Waits until Slack is lost for good. Raises TokenRefused, LineLost."""
        try:
            await (asyncio.shield(self.line.lost) if self.line is not None else asyncio.Event().wait())
        except Stopped as refused:
            raise _app_token_refused(refused) from None


class Grace:
    """The time to end in: it runs from the first question on."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends: float | None = None

    def left(self, most: float = GRACE) -> float:
        """Seconds left, no more than `most`."""
        now = asyncio.get_running_loop().time()
        self._ends = now + self._seconds if self._ends is None else self._ends
        return max(0.0, min(most, self._ends - now))


@asynccontextmanager
async def started(
    environment: Environment,
    config: Configuration,
    *,
    clock: Clock | None = None,
    limits: Limits | None = None,
    monotonic: Callable[[], float] = monotonic,
    loops: bool = True,
    vigil: Vigil | None = None,
    wrap: Callable[[Store, Messenger], tuple[Store, Messenger]] = lambda store, messenger: (store, messenger),
    opened: Callable[[str], Awaitable[SqliteStore]] = SqliteStore.open,
) -> AsyncIterator[Bot]:
    """A bot that listens and speaks until the block ends. Without `loops` nothing is sent until `settle` is called.

    What desk and courier remember and speak through goes through `wrap` first, and the database is opened by `opened`:
    the crash tests let them fail. `monotonic` is the time that Slack's limits run in.

    Where another process has the database, this one stands by, and takes over when that one ends.

    Raises TokenRefused, LineLost, AlreadyInUse, SchemaTooNew, NotOurs, NothingSaved, OSError where the port is taken.
    """
    time, grace = clock or SystemClock(), Grace(GRACE)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_alone(environment))
        store = await stack.enter_async_context(await opened(environment.jibungoto_database))
        pages = Pages(store, time.now, gate=_gate(environment), metrics_key=environment.jibungoto_metrics_key)
        address, metrics_address = await stack.enter_async_context(_served(pages, environment))
        client = await stack.enter_async_context(web_client(environment))
        messenger = SlackMessenger(client, config, limits, monotonic)
        workspace = await _greeting(messenger.workspace)
        messenger.link = workspace.link
        # A letter that was said may be the last that a net waited for.
        nets = Bell(time)
        bells = Bell(time, also=nets), Bell(time)
        kept, spoken = wrap(store, messenger)
        desk = Desk(kept, config, time.now, rung=lambda: _ring(bells))
        messenger.tell_from(desk)
        lateness = Lateness()
        timed = TimedMessenger(spoken, lateness, time.now)
        courier = Courier(kept, desk, timed, bells[0], limits=limits, monotonic=monotonic)
        scheduler = SlackScheduler(client, messenger)
        net = Netkeeper(kept, desk, scheduler, nets, config.net, rate=(limits or Limits()).scheduling)
        reception = Reception(
            client, signing_secret=_signing_secret(environment), desk=desk, messenger=messenger, workspace=workspace
        )
        herald = SlackHerald(messenger)
        watch = _watched(kept, desk, herald, config, time)
        read = partial(load_configuration, environment.jibungoto_config)
        reloader = Reloader(config, read, (desk.adopt, reception.adopt, messenger.adopt), herald)
        reception.commands.reload = reloader.reload
        shifts = Shiftkeeper(kept, desk, SlackCrier(messenger), Bell(time))
        doubt(config)
        await courier.recover()
        reading = History(client, limits.channel if limits else READING)
        catchup = CatchUp(kept, reception.heard, reading, reception.hear, time.now)
        await catchup.begin()
        bot = Bot(
            store,
            desk,
            courier,
            net,
            watch,
            shifts,
            Groupkeeper(kept, desk, messenger, herald, Bell(time)),
            reception,
            workspace,
            pages,
            address,
            metrics_address,
            Records(kept, time.now, store.scrub),
            line=None,
            reloader=reloader,
            catchup=catchup,
            ring=lambda: _ring(bells),
        )
        if loops:
            await stack.enter_async_context(_working(bot, Timekeeper(desk, bells[1]), config.retention, grace))
        stack.push_async_callback(_last_words, bot, grace)
        if environment.slack_app_token:
            line = SocketLine(reception.app, environment.slack_app_token, now=time.now, broke=catchup.gap, vigil=vigil)
            bot.line = await stack.enter_async_context(_connected(line, grace))
        if loops:
            await stack.enter_async_context(_catching_up(bot))
        pages.alive, pages.histograms = bot.alive, (lateness.histogram,)
        if loops and (url := environment.jibungoto_heartbeat or config.heartbeat.url):
            await stack.enter_async_context(_beating(Heartbeat(url, config.heartbeat.every, pages.checks)))
        _open(bot, time.now())
        stack.push_async_callback(_deaf, bot, grace)
        yield bot


@asynccontextmanager
async def _alone(environment: Environment) -> AsyncIterator[None]:
    """Nobody else uses the database. Until then we are a standby, or after a while we refuse."""

    def health() -> AbstractAsyncContextManager[None]:
        return standing_by(environment.jibungoto_host, environment.jibungoto_port)

    path, stands_by = environment.jibungoto_database, environment.jibungoto_standby
    async with sole_user(path, patience=None if stands_by else PATIENCE, meanwhile=health):
        yield


def _open(bot: Bot, since: datetime) -> None:
    """Let Slack's requests in, and say how we stand with it."""
    always = Contact(connected=True, since=since)

    def contact() -> Contact:
        standing = always if bot.line is None else bot.line.contact
        return standing.model_copy(update={"caught": bot.catchup.caught})

    bot.pages.open(bot.reception.app if bot.line is None else None, contact)


async def _deaf(bot: Bot, grace: Grace) -> None:
    """First of all nothing new is taken; what is in hand is answered."""
    await bot.pages.close(grace.left(ANSWERED))
    if bot.line is not None:
        await bot.line.close(grace.left(ANSWERED))


async def _last_words(bot: Bot, grace: Grace) -> None:
    """Private answers in the air land, and how far we have heard is written down."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(bot.reception.settled(), grace.left())
    try:
        bot.catchup.listening()
        await bot.catchup.written(last=True)
    except NothingSaved:
        log.warning("how far we have heard could not be written down: a little more is read at the next start")


def _ring(bells: tuple[Bell, ...]) -> None:
    for bell in bells:
        bell.ring()


@asynccontextmanager
async def web_client(environment: Environment) -> AsyncIterator[AsyncWebClient]:
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


def _gate(environment: Environment) -> Gate | None:
    """Signatures are of Slack's time, so they are held against the machine's clock and not the bot's."""
    secret = _signing_secret(environment)
    return Gate(secret, lambda: datetime.now(UTC).timestamp()) if secret else None


def _served(pages: Pages, environment: Environment) -> AbstractAsyncContextManager[tuple[str, str]]:
    port, host = environment.jibungoto_metrics_port, environment.jibungoto_metrics_host
    metrics_at = None if port is None else (host, port)
    return served(pages, environment.jibungoto_host, environment.jibungoto_port, metrics_at=metrics_at)


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
async def _working(bot: Bot, timekeeper: Timekeeper, retention: RetentionRules, grace: Grace) -> AsyncIterator[None]:
    runs = [
        timekeeper.run(),
        bot.courier.run(),
        bot.net.run(),
        bot.watch.auditor.run(),
        bot.shifts.run(),
        bot.groups.run(),
    ]
    if bot.watch.reporter is not None:
        runs.append(bot.watch.reporter.run())
    if retention.closed_after is not None:
        runs.append(bot.records.run(retention))
    bot.loops = [asyncio.create_task(run) for run in runs]
    recalling = asyncio.create_task(build(bot.desk))  # it ends by itself, as no loop may
    try:
        yield
    finally:
        await _end([*bot.loops, recalling])
        await bot.courier.finish(grace.left())


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
async def _catching_up(bot: Bot) -> AsyncIterator[None]:
    loops = [
        asyncio.create_task(bot.catchup.run()),
        asyncio.create_task(bot.catchup.keep(lambda: bot.line is None or bot.line.connected)),
    ]
    bot.loops = [*bot.loops, *loops]
    try:
        yield
    finally:
        await _end(loops)


async def _end(loops: list[asyncio.Task[None]]) -> None:
    for loop in loops:
        loop.cancel()
    for loop in loops:
        with contextlib.suppress(asyncio.CancelledError):
            await loop


@asynccontextmanager
async def _connected(line: SocketLine, grace: Grace) -> AsyncIterator[SocketLine]:
    try:
        await line.open()
        yield line
    except Stopped as refused:
        raise _app_token_refused(refused) from None
    finally:
        await line.close(grace.left(ANSWERED))


def _app_token_refused(refused: Stopped) -> TokenRefused:
    return TokenRefused(
        f"Slack refuses SLACK_APP_TOKEN ({refused.reason}). Make an app-level token (xapp-…) with the scope "
        "connections:write, under Basic Information."
    )
