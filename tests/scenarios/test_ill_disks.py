"""Ill disks and wrong clocks: a sentence to whoever acts, nothing acknowledged is lost, and it heals without hands."""

import asyncio
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from handlers.views.refusal import nothing_saved
from storage.connection import Connection, connect
from storage.sqlite import SqliteStore
from tests.invariants import Invariants
from tests.stage import KEN, MEI, SEV_A, STORE_POS, YUKI, Stage, staged, tokyo

NOTHING_SAVED = nothing_saved("ja").text


class Disk:
    """What the bot's connections stand on: it can be full, read-only or slow."""

    def __init__(self) -> None:
        self.read_only = self.full = False
        self.slow = 0.0
        self.commits = 0

    def connect(self, path: str, *, read_only: bool, patience: float) -> Connection:
        connection = connect(path, read_only=read_only, patience=min(patience, 0.2))
        return connection if read_only else OnDisk(connection, self)  # type: ignore[return-value]

    @property
    def opened(self) -> Any:
        return partial(SqliteStore.open, connecting=self.connect)

    @contextmanager
    def ill(self, how: str) -> Iterator[None]:
        setattr(self, how, True)
        try:
            yield
        finally:
            setattr(self, how, False)


class OnDisk:
    """A writer's connection. What it raises is raised by SQLite itself."""

    def __init__(self, connection: Connection, disk: Disk) -> None:
        self._connection = connection
        self._disk = disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> Any:
        if statement == "BEGIN IMMEDIATE":
            self._become()
        if statement == "COMMIT":
            self._disk.commits += 1
            time.sleep(self._disk.slow)
        return self._connection.execute(statement, *values)

    def _become(self) -> None:
        # No page more than there are: the next one fails with SQLITE_FULL. https://sqlite.org/pragma.html#pragma_max_page_count
        pages = 1 if self._disk.full else 0xFFFFFFFE
        self._connection.execute(f"PRAGMA max_page_count = {pages}")
        self._connection.execute(f"PRAGMA query_only = {'ON' if self._disk.read_only else 'OFF'}")


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def stage(tmp_path: Path, disk: Disk):
    async with staged(tmp_path, opened=disk.opened) as stage:
        yield stage


@pytest.fixture
def truth(stage: Stage, tmp_path: Path) -> Invariants:
    return Invariants(str(tmp_path / "jibungoto.db"), stage.slack)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another process is in the middle of a long change."""
    with closing(connect(str(folder / "jibungoto.db"))) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def fill(stage: Stage) -> None:
    """Type until the disk has no page left for it."""
    for _ in range(200):
        if (await stage.ken.command("/sev", f"note 1 {'長' * 500}", channel=SEV_A)).text == NOTHING_SAVED:
            return
    raise AssertionError("the disk is never full")


# ---------------------------------------------------------------- disks


async def test_a_full_disk_says_so_loses_nothing_and_heals(stage, disk, truth):
    await stage.open_case()
    with disk.ill("full"):
        await fill(stage)
        before = await stage.facts()
        refused = await stage.sev(MEI, f"note 1 届きましたか{'長' * 500}")
    await stage.sev(KEN, "claim 1 firewall")

    assert refused == NOTHING_SAVED
    assert (await stage.facts())[: len(before)] == before
    assert not any(getattr(fact, "text", "").startswith("届きましたか") for fact in await stage.facts())
    assert (await stage.kinds())[-1] == "area_claimed"
    truth.settled(stage.slack.clock.now())


async def test_a_disk_that_turned_read_only(stage, disk, truth):
    await stage.open_case()
    with disk.ill("read_only"):
        refused = await stage.ken.command("/sev", "claim 1 firewall", channel=SEV_A)
        read = await stage.ken.command("/sev", "show 1", channel=SEV_A)
    claimed = await stage.sev(KEN, "claim 1 firewall")

    assert (refused.text, "SEV-1" in read.text, "SEV-1" in claimed) == (NOTHING_SAVED, True, True)
    truth.settled(stage.slack.clock.now())


async def test_reminders_wait_for_the_disk_and_then_come(tmp_path, disk):
    """With its own loops running, as in production: nobody has to do anything."""
    async with staged(tmp_path, opened=disk.opened, loops=True) as stage:
        await stage.yuki.post(SEV_A, STORE_POS)
        await stage.slack.wait_for(lambda: len(stage.slack.messages(SEV_A, replies=True)) == 2)
        with disk.ill("read_only"):
            stage.slack.clock.set(tokyo("9:15"))
            stage.bot.ring()
            await asyncio.sleep(0.1)
            assert stage.said_to(YUKI) == []
        await stage.slack.wait_for(lambda: stage.said_to(YUKI))

        assert "SEV-1" in stage.said_to(YUKI)[0].text


async def test_a_slow_disk_commits_together_and_loses_nothing(stage, disk, truth):
    """Each fsync takes a tenth of a second: thirty people at once wait for few of them, not for thirty."""
    await stage.open_case()
    await stage.sev(KEN, "list")  # everybody's profile is known
    disk.slow, disk.commits = 0.1, 0

    begun = time.monotonic()
    typed = [
        stage.slack.person(who).command("/sev", f"note 1 {n}", channel=SEV_A) for n in range(15) for who in (KEN, YUKI)
    ]
    replies = await asyncio.gather(*typed)
    took = time.monotonic() - begun

    assert all(reply.ok and reply.text != NOTHING_SAVED for reply in replies)
    assert (await stage.kinds()).count("note_added") == 30
    assert disk.commits < 15
    assert took < 3, "every answer comes within Slack's three seconds"
    disk.slow = 0
    await stage.settle()
    truth.settled(stage.slack.clock.now())


async def test_a_database_locked_by_another_process(stage, tmp_path, truth):
    await stage.open_case()
    with locked(tmp_path):
        refused = await stage.ken.command("/sev", "claim 1 firewall", channel=SEV_A)
    claimed = await stage.sev(KEN, "claim 1 firewall")

    assert (refused.text, "SEV-1" in claimed) == (NOTHING_SAVED, True)
    truth.settled(stage.slack.clock.now())


async def test_a_lock_that_ends_in_time_is_only_a_delay(stage, tmp_path):
    await stage.open_case()
    taken, end = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(tmp_path):
            taken.set()
            end.wait(5)

    other = threading.Thread(target=hold)
    other.start()
    await asyncio.to_thread(taken.wait, 5)
    asyncio.get_running_loop().call_later(0.05, end.set)
    reply = await stage.ken.command("/sev", "claim 1 firewall", channel=SEV_A)
    await asyncio.to_thread(other.join)

    assert reply.text != NOTHING_SAVED
    assert (await stage.kinds())[-1] == "area_claimed"


# ---------------------------------------------------------------- a log that was cut


@contextmanager
def power_cut(folder: Path) -> Iterator[Path]:
    """The file and its log as they lie on disk while the bot runs: what a machine that lost power finds."""
    there = folder / "after"
    there.mkdir()
    for ending in ("", "-wal"):
        (there / f"jibungoto.db{ending}").write_bytes((folder / f"jibungoto.db{ending}").read_bytes())
    yield there


async def test_a_change_that_was_half_written_when_the_power_went(slack, tmp_path):
    """Nothing that was acknowledged is lost: what was half written was not acknowledged."""
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        await stage.sev(KEN, "claim 1 firewall")
        facts = await stage.facts()
        with power_cut(tmp_path) as there, (there / "jibungoto.db-wal").open("ab") as log:
            log.write(random.Random(1).randbytes(24 + 4096 + 24 + 1000))

    async with staged(there, slack=slack) as stage:
        assert await stage.facts() == facts
        await stage.sev(MEI, "note 1 再開")
        Invariants(str(there / "jibungoto.db"), slack).settled(slack.clock.now())


@pytest.mark.parametrize("left", [0.0, 0.3, 0.7])
async def test_a_log_of_which_a_part_is_gone(slack, tmp_path, left):
    """A disk that lied about writing: the file is of an earlier moment, whole, and the bot goes on from there."""
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        with closing(connect(str(tmp_path / "jibungoto.db"))) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for number in range(8):
            await stage.sev(KEN, f"note 1 {number}")
        facts = await stage.facts()
        with power_cut(tmp_path) as there:
            log = there / "jibungoto.db-wal"
            os.truncate(log, int(log.stat().st_size * left))

    async with staged(there, slack=slack) as stage:
        kept = await stage.facts()
        assert kept == facts[: len(kept)]
        assert len(kept) < len(facts)
        await stage.sev(MEI, "note 1 再開")
        await stage.at("09:15")
        Invariants(str(there / "jibungoto.db"), slack).structure()
        assert (await stage.kinds()).count("reminder_came") >= 1
        with closing(connect(str(there / "jibungoto.db"))) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# ---------------------------------------------------------------- a clock that is wrong


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_clock_that_is_set_back_an_hour_leaves_no_card_behind(slack, tmp_path, restarted):
    slack.clock.set(tokyo("12:00"))
    async with staged(tmp_path, slack=slack) as stage:
        case = await stage.open_case()
        await stage.sev(KEN, "claim 1 firewall")
        slack.clock.set(tokyo("11:00"))
        if not restarted:
            await claimed_and_shown(stage, case)
    if restarted:
        async with staged(tmp_path, slack=slack) as stage:
            await claimed_and_shown(stage, case)


async def claimed_and_shown(stage: Stage, case: Any) -> None:
    await stage.sev(MEI, "claim 1 storage")
    await stage.after(seconds=3)
    assert f"<@{MEI}>" in stage.card(case).text


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_letter_put_off_before_the_clock_was_set_back_goes_out(slack, tmp_path, restarted):
    slack.clock.set(tokyo("12:00"))
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        await stage.at("12:07")
        slack.faults.add("chat.postMessage", "http_503", channel=YUKI)
        slack.clock.set(tokyo("12:08"))
        await stage.bot.settle()
        assert stage.said_to(YUKI) == []
        slack.clock.set(tokyo("11:08"))
        if not restarted:
            await stage.after(seconds=6)
            await stage.after(seconds=6)
            assert len(stage.said_to(YUKI)) == 1
    if restarted:
        async with staged(tmp_path, slack=slack) as stage:
            await stage.after(seconds=10)
            await stage.after(seconds=6)
            assert len(stage.said_to(YUKI)) == 1


async def test_a_clock_that_goes_forth_an_hour_and_back_says_nothing_twice(stage, truth):
    """What the wrong hour brought was said early. It is not said again at its time, and nothing later is lost."""
    case = await stage.open_case()
    await stage.sev(YUKI, "contacted 1 電話 確認中 / next 90m 共有")
    stage.slack.clock.move(timedelta(hours=1))
    await stage.settle()
    stage.slack.clock.move(timedelta(hours=-1))
    await stage.settle()
    for _ in range(12):
        await stage.after(minutes=10)

    said = [message.text for message in stage.said_to(YUKI)]
    reached = [fact.checkpoint for fact in await stage.facts() if fact.kind == "reminder_came"]
    assert len(reached) == len(set(reached))
    assert any(key.endswith("/due") for key in reached)
    assert len(said) == len(set(said)), said
    assert case.number == 1
    truth.settled(stage.slack.clock.now())
