"""Chores: what the command line does with a database and a configuration file, without a bot that runs.

Beside app.py the only file that knows handlers and storage: it composes a few parts of them for one question each.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.app import SystemClock, web_client
from bot.archive import write_private
from bot.desk import Desk
from bot.doctor import (
    Finding,
    examine_calendars,
    examine_database,
    examine_parked,
    examine_policies,
    examine_rights,
    examine_roster,
    examine_runbooks,
    examine_settings,
    examine_slack,
    examine_watch,
)
from bot.domain.account import account
from bot.domain.case import Case
from bot.domain.plan import Confidence
from bot.domain.values import CaseNumber, Language
from bot.policies import written
from bot.ports import Parked, Told
from bot.records import Records
from bot.settings import Configuration, Environment
from handlers.views.clock_words import clock_named
from handlers.views.lists import show, timeline
from handlers.views.policies import CONFIDENCES, Listing, doubts, listing, preface
from handlers.views.report.papers import papers
from handlers.views.sums import explained as explained_sums
from storage.lock import sole_user
from storage.restore import Damaged, Restored, restore
from storage.schema import NotOurs, SchemaTooNew
from storage.sqlite import SqliteStore
from storage.upkeep import asked, backup, describe, parked_in

__all__ = [
    "CONFIDENCES",
    "Damaged",
    "NotOurs",
    "SchemaTooNew",
    "calendar_findings",
    "described",
    "examined",
    "explained",
    "next_moment",
    "opened_records",
    "parked_messages",
    "policy_findings",
    "policy_list",
    "policy_text",
    "put_back",
    "reported",
    "roster_findings",
    "runbook_findings",
    "save_copy",
    "tried_again",
]


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


def runbook_findings(config: Configuration) -> list[Finding]:
    """What `check` and `doctor` say about the runbooks."""
    return examine_runbooks(config)


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
        *runbook_findings(config),
        *examine_database(environment, describe),
        *examine_rights(environment),
        *examine_watch(environment, asked),
        *examine_parked(environment, parked_in),
    ]
    if environment.slack_bot_token:
        async with web_client(environment) as client:
            findings += await examine_slack(client, environment, config, SystemClock().now())
    return findings
