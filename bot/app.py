"""App: the composition root. From settings to a running bot, read top to bottom, closed in reverse.

The only file that reads the clock, and the only one that knows handlers and storage.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.archive import write_private
from bot.auditor import Auditor
from bot.courier import Courier
from bot.desk import Desk
from bot.doctor import (
    Finding,
    examine_calendars,
    examine_database,
    examine_parked,
    examine_policies,
    examine_rights,
    examine_roster,
    examine_settings,
    examine_slack,
    examine_watch,
)
from bot.domain.account import account
from bot.domain.case import Case
from bot.domain.errors import NothingSaved
from bot.domain.plan import Confidence
from bot.domain.values import CaseNumber, Language
from bot.heartbeat import Heartbeat
from bot.lateness import Lateness, TimedMessenger
from bot.memory import build
from bot.net import Netkeeper
from bot.pace import Limits
from bot.policies import written
from bot.ports import Clock, DeliveryTrouble, Messenger, Parked, Stopped, Store, Told
from bot.records import Records
from bot.reload import Reloader
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
from handlers.views.clock_words import clock_named
from handlers.views.lists import show, timeline
from handlers.views.policies import CONFIDENCES, Listing, doubts, listing, preface
from handlers.views.report.papers import papers
from handlers.views.sums import explained as explained_sums
from handlers.web.gate import Gate
from handlers.web.server import Pages, served
from handlers.web.standby import standing_by
from storage.lock import PATIENCE, AlreadyInUse, sole_user
from storage.restore import Damaged, Restored, restore
from storage.schema import NotOurs, SchemaTooNew
from storage.sqlite import SqliteStore
from storage.upkeep import asked, backup, describe, parked_in

__all__ = [
    "CONFIDENCES",
    "AlreadyInUse",
    "Bot",
    "Damaged",
    "LineLost",
    "NotOurs",
    "SchemaTooNew",
    "TokenRefused",
    "Vigil",
    "calendar_findings",
    "described",
    "examined",
    "next_moment",
    "opened_records",
    "parked_messages",
    "policy_findings",
    "policy_list",
    "policy_text",
    "put_back",
    "reported",
    "roster_findings",
    "save_copy",
    "started",
    "tried_again",
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
        client = await stack.enter_async_context(_web_client(environment))
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


async def reported(
    environment: Environment, number: CaseNumber, folder: Path, language: Language | None = None, zone: str = ""
) -> list[Path]:
    """Write a case's report into a folder, in its own language and zone unless told otherwise.

    Raises UnknownCase, OSError.
    """
    case, told = await read_case(environment, number)
    whole = account(case, [one.fact for one in told], SystemClock().now())
    files = papers(whole, language or case.language, zone or case.customer_zone).files()
    return [write_private(folder / name, content) for name, content in files.items()]


async def explained(environment: Environment, number: CaseNumber, clock: str, language: Language, zone: str) -> str:
    """How the due times of a case come about, as the command line prints it. Raises UnknownCase, ClockUnknown."""
    case, _ = await read_case(environment, number)
    only = clock_named(case, clock) if clock else None
    return explained_sums(case, language, zone, SystemClock().now(), only=only)


async def parked_messages(environment: Environment) -> list[Parked]:
    """What could not be delivered, from the database file, the newest first."""
    async with await SqliteStore.open(environment.jibungoto_database) as store:
        return await store.read(lambda q: q.parked(1000))


async def tried_again(environment: Environment, id: str) -> int:
    """Let the bot of this database try a parked message again, or all of them. Returns how many."""
    now = SystemClock().now()
    async with await SqliteStore.open(environment.jibungoto_database) as store:
        return await store.write(lambda tx: tx.retry_all(now) if id == "all" else tx.retry(id, now))


async def next_moment(database: str, *, deliveries: bool = False) -> datetime | None:
    """When the bot of this database next has something to say: the earliest checkpoint, or delivery still waiting."""
    async with await SqliteStore.open(database) as store:
        return await store.read(lambda q: q.next_delivery() if deliveries else q.next_due())


@asynccontextmanager
async def opened_records(environment: Environment, *, alone: bool) -> AsyncIterator[Records]:
    """The records of a database that is there. `alone`: with no bot on it, and the file is built anew when scrubbed.

    Raises AlreadyInUse where a bot runs, FileNotFoundError, and what opening a store raises.
    """
    database = environment.jibungoto_database
    await asyncio.to_thread(os.stat, database)
    async with AsyncExitStack() as stack:
        if alone:
            await stack.enter_async_context(sole_user(database, patience=0))
        store = await stack.enter_async_context(await SqliteStore.open(database))
        yield Records(store, SystemClock().now, lambda: store.scrub(whole=alone))


def save_copy(environment: Environment, path: str) -> None:
    """A consistent copy of the database, also while the bot writes."""
    backup(environment.jibungoto_database, path)


def calendar_findings(config: Configuration) -> list[Finding]:
    """What `check` and `doctor` say about the calendars today."""
    return examine_calendars(config, SystemClock().now())


async def put_back(environment: Environment, copy: str) -> Restored:
    """A copy in the place of the database. Raises AlreadyInUse, Damaged, NotOurs, SchemaTooNew, OSError."""
    async with sole_user(environment.jibungoto_database, patience=0):
        return await asyncio.to_thread(restore, copy, environment.jibungoto_database)


def roster_findings(config: Configuration) -> list[Finding]:
    """What `check` and `doctor` say about the next two weeks of the roster."""
    return examine_roster(config, SystemClock().now())


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
        *roster_findings(config),
        *examine_database(environment, describe),
        *examine_rights(environment),
        *examine_watch(environment, asked),
        *examine_parked(environment, parked_in),
    ]
    if environment.slack_bot_token:
        async with _web_client(environment) as client:
            findings += await examine_slack(client, environment, config, SystemClock().now())
    return findings
