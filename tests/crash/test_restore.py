"""Backup and restore: a copy made at full load is whole; who goes back to one loses no promise and repeats nothing."""

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.chores import Damaged, NotOurs, SchemaTooNew, put_back
from bot.cli import app
from bot.domain.messages import ReminderCame
from bot.settings import Configuration, Environment
from sandbox import Message
from storage.connection import connect
from storage.lock import AlreadyInUse, sole_user
from storage.restore import restore
from storage.schema import STEPS, prepare
from storage.upkeep import backup
from tests.crash.lives import Lives, lived
from tests.invariants import Invariants
from tests.stage import BOB, HANA, KEN, MEI, SEV_A, TEAM, YUKI, Stage, staged, tokyo

DATABASE = "jibungoto.db"


def integrity(path: Path) -> str:
    with closing(connect(str(path))) as database:
        return str(database.execute("PRAGMA integrity_check").fetchone()[0])


def went_back(folder: Path, copy: Path) -> None:
    restore(str(copy), str(folder / DATABASE))


# ---------------------------------------------------------------- at full load


async def test_a_copy_made_at_full_load_is_whole_and_serves(tmp_path: Path, config: Configuration) -> None:
    "Every copy, at whatever moment it was made, is one moment: its facts are the beginning of what came to be."
    copies = [tmp_path / f"copy-{number}.db" for number in range(5)]
    async with lived(tmp_path, config=config) as lives:
        await lives.slack.person(YUKI).post(SEV_A, "[SevA] 店舗POSに接続できない\nSR# 1")
        await lives.settle()
        writing = asyncio.create_task(write_on(lives))
        for copy in copies:
            await asyncio.to_thread(backup, str(tmp_path / DATABASE), str(copy))
            await asyncio.sleep(0.02)
        writing.cancel()
        written = await asyncio.gather(writing, return_exceptions=True)
        assert isinstance(written[0], asyncio.CancelledError)
        facts = lives.facts()

    sizes = []
    for copy in copies:
        assert integrity(copy) == "ok"
        with closing(connect(str(copy))) as database:
            seqs = [seq for (seq,) in database.execute("SELECT seq FROM facts WHERE case_number = 1 ORDER BY seq")]
        sizes.append(len(seqs))
        assert seqs == list(range(1, len(seqs) + 1))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] <= len(facts), "people were writing all the while"

    after = tmp_path / "after"
    after.mkdir()
    went_back(after, copies[2])
    async with lived(after, config=config) as lives:
        await lives.settle()
        assert lives.facts()[: sizes[2]] == facts[: sizes[2]]
        assert "SEV-1" in await lives.typed(KEN, "note 1 再開")


async def write_on(lives: Lives) -> None:
    number = 0
    while True:
        number += 1
        typed = (lives.slack.person(who).command("/sev", f"note 1 {number}", channel=SEV_A) for who in (KEN, MEI, BOB))
        await asyncio.gather(*typed)


# ---------------------------------------------------------------- going back


def reminders(stage: Stage) -> list[str]:
    said = [
        m for m in stage.slack.messages(SEV_A, replies=True) if m.user == stage.slack.bot_user_id and not is_card(m)
    ]
    return [m.text.split("\n")[0] for m in (*said, *stage.said_to(YUKI), *stage.said_to(HANA))]


def is_card(message: Message) -> bool:
    return any(element.get("action_id") == "claim" for block in message.blocks for element in block.get("elements", []))


async def test_what_was_said_after_the_copy_is_found_and_not_said_again(slack, tmp_path):
    """The reminders of 9:07 to 9:25 were said by a database that is no more."""
    copy = tmp_path / "copy.db"
    async with staged(tmp_path, slack=slack) as stage:
        case = await stage.open_case()
        backup(str(tmp_path / DATABASE), str(copy))
        for clock in ("09:08", "09:10", "09:15", "09:20", "09:25"):
            await stage.at(clock)
        before = reminders(stage)
        reached = {fact.checkpoint for fact in await stage.facts() if isinstance(fact, ReminderCame)}

    slack.clock.set(tokyo("9:27"))
    went_back(tmp_path, copy)
    async with staged(tmp_path, slack=slack) as stage:
        await stage.settle()
        assert reminders(stage) == before, "nothing came a second time"
        again = [f for f in await stage.facts() if isinstance(f, ReminderCame)]
        assert reached == {key for f in again for key in (f.checkpoint, *f.instead_of)}
        assert len([m for m in stage.thread(case) if m.user == slack.bot_user_id and m.ts == stage.card(case).ts]) == 1

        # And life goes on: what is due from now on is said.
        await stage.sev(YUKI, "contacted 1 電話 確認中 / next 9:40 共有")
        await stage.at("09:40")
        assert len(reminders(stage)) > len(before)
        Invariants(str(tmp_path / DATABASE), slack, went_back=True).settled(slack.clock.now())


async def test_what_was_never_said_is_said_after_going_back(slack, tmp_path):
    """Looking first loses nothing: who was not told before the disk died is told now."""
    copy = tmp_path / "copy.db"
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        backup(str(tmp_path / DATABASE), str(copy))

    slack.clock.set(tokyo("9:27"))
    went_back(tmp_path, copy)
    async with staged(tmp_path, slack=slack) as stage:
        for _ in range(3):  # not found at the first look, nor at the second: said
            await stage.after(seconds=6)
        assert any("SEV-1" in text for text in reminders(stage))
        assert stage.said_to(YUKI)
        Invariants(str(tmp_path / DATABASE), slack, went_back=True).settled(slack.clock.now())


async def test_a_letter_that_waited_in_the_copy_is_looked_for(slack, tmp_path):
    copy = tmp_path / "copy.db"
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        await stage.bot.desk.reach_due()
        slack.clock.set(tokyo("9:10"))
        await stage.bot.desk.reach_due()
        backup(str(tmp_path / DATABASE), str(copy))  # the reminder is written and not said
        await stage.settle()
        before = reminders(stage)

    went_back(tmp_path, copy)
    async with staged(tmp_path, slack=slack) as stage:
        await stage.after(seconds=5)
        assert len(stage.said_to(YUKI)) == 1
        assert reminders(stage) == before


async def test_the_card_is_drawn_again_as_the_copy_knows_it_and_numbers_are_not_given_twice(slack, tmp_path):
    copy = tmp_path / "copy.db"
    async with staged(tmp_path, slack=slack) as stage:
        case = await stage.open_case()
        backup(str(tmp_path / DATABASE), str(copy))
        await stage.sev(KEN, "claim 1 firewall")
        lost = await stage.open_case("[SevA] 倉庫システムが停止", who=KEN)
        assert f"<@{KEN}>" in stage.card(case).text

    went_back(tmp_path, copy)
    async with staged(tmp_path, slack=slack) as stage:
        await stage.after(seconds=5)
        assert f"<@{KEN}>" not in stage.card(case).text
        fresh = await stage.open_case("[SevA] 帳票が出ない", who=BOB)
        heard = await stage.bot.desk.in_thread(SEV_A, lost.thread)
        assert lost.number == 2
        # SEV-2 stands in Slack for a case that the copy does not know. Its post is read again, as after any silence.
        assert (heard.number, heard.title, heard.owner) == (101, lost.title, KEN)
        assert fresh.number == 102


async def test_a_copy_is_one_only_until_somebody_serves_from_it(slack, tmp_path):
    copy = tmp_path / "copy.db"
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        backup(str(tmp_path / DATABASE), str(copy))
    went_back(tmp_path, copy)
    numbers = []
    for _ in range(2):
        async with staged(tmp_path, slack=slack) as stage:
            numbers.append((await stage.open_case("[SevA] 帳票が出ない", who=BOB)).number)

    assert numbers == [101, 102]


# ---------------------------------------------------------------- what is refused


def test_what_was_there_is_kept_and_readable(tmp_path):
    copy, path = tmp_path / "copy.db", tmp_path / DATABASE
    for _ in range(3):
        prepare(str(path))
        backup(str(path), str(copy))
        done = restore(str(copy), str(path))
        assert done.replaced is not None
        assert integrity(Path(done.replaced)) == "ok"

    kept = sorted(file.name for file in tmp_path.iterdir() if ".replaced" in file.name and "-wal" not in file.name)
    assert kept == ["jibungoto.db.replaced", "jibungoto.db.replaced-2", "jibungoto.db.replaced-3"]


def test_a_copy_that_is_damaged_changes_nothing(tmp_path):
    copy, path = tmp_path / "copy.db", tmp_path / DATABASE
    prepare(str(path))
    backup(str(path), str(copy))
    before = path.read_bytes()
    whole = copy.read_bytes()

    for broken in (whole[: len(whole) // 2], b"no database at all" * 100, whole[:4096] + bytes(4096) + whole[8192:]):
        copy.write_bytes(broken)
        with pytest.raises(Damaged, match="Take an older copy"):
            restore(str(copy), str(path))

    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", DATABASE]


def test_somebody_elses_database_and_a_newer_one_change_nothing(tmp_path):
    other, newer, path = tmp_path / "other.db", tmp_path / "newer.db", tmp_path / DATABASE
    with closing(connect(str(other), create=True)) as database:
        database.execute("CREATE TABLE albums (title TEXT)")
    prepare(str(newer), (*STEPS, lambda_named("a_later_step")))

    with pytest.raises(NotOurs):
        restore(str(other), str(path))
    with pytest.raises(SchemaTooNew):
        restore(str(newer), str(path))
    with pytest.raises(Damaged, match="itself"):
        restore(str(newer), str(newer))
    with pytest.raises(FileNotFoundError):
        restore(str(tmp_path / "nowhere.db"), str(path))
    assert not path.exists()


def lambda_named(name):
    def step(db):
        db.execute("CREATE TABLE later (x TEXT)")

    step.__name__ = name
    return step


async def test_a_database_in_use_is_not_replaced(tmp_path):
    copy, path = tmp_path / "copy.db", tmp_path / DATABASE
    prepare(str(path))
    backup(str(path), str(copy))
    environment = Environment(jibungoto_database=str(path))

    async with sole_user(str(path)):
        with pytest.raises(AlreadyInUse):
            await put_back(environment, str(copy))
    assert (await put_back(environment, str(copy))).cases == 0


async def test_the_moment_until_which_a_copy_knows_everything(slack, tmp_path):
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        await stage.after(minutes=3)
        await stage.sev(KEN, "note 1 電源は正常")
        until = (await stage.case()).changed_at
    copy = tmp_path / "copy.db"
    backup(str(tmp_path / DATABASE), str(copy))

    done = restore(str(copy), str(tmp_path / DATABASE))

    assert (done.cases, done.until) == (1, until)
    assert slack.clock.now() - until < timedelta(minutes=1)


def test_the_command_says_what_is_in_place_and_what_was_kept(tmp_path):
    copy, path = tmp_path / "copy.db", tmp_path / DATABASE
    prepare(str(path))
    backup(str(path), str(copy))
    (tmp_path / "jibungoto.toml").write_text(TEAM, encoding="utf-8")
    settings = {"JIBUNGOTO_DATABASE": str(path), "JIBUNGOTO_CONFIG": str(tmp_path / "jibungoto.toml")}

    well = CliRunner().invoke(app, ["restore", str(copy)], env=settings)
    nowhere = CliRunner().invoke(app, ["restore", str(tmp_path / "nowhere.db")], env=settings)
    copy.write_bytes(b"no database at all" * 100)
    damaged = CliRunner().invoke(app, ["restore", str(copy)], env=settings)

    assert (well.exit_code, nowhere.exit_code, damaged.exit_code) == (0, 4, 4)
    assert f"{path} is {copy} now: 0 cases." in well.output
    assert f"kept as {path}.replaced" in well.output
