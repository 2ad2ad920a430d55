"""The SQLite file: it survives, it is copied before it changes, and a disk that was ill is forgiven."""

import asyncio
import os
import resource
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from clerk import NINE, Clerk, in_one_batch

from bot.domain.errors import NothingSaved
from bot.domain.messages import AddNote
from storage.connection import IntegrityError, connect
from storage.schema import STEPS, NotOurs, SchemaTooNew, prepare
from storage.sqlite import SqliteStore
from storage.upkeep import backup, describe

EVERYTHING = "SELECT name, sql FROM sqlite_schema ORDER BY name"


def rows(path, statement):
    with closing(connect(path)) as connection:
        return connection.execute(statement).fetchall()


@contextmanager
def a_full_disk(path):
    """No file of this process may grow beyond the write-ahead log's present size: a real write that really fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.stat(f"{path}-wal").st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def a_lock(path):
    """Another process is in the middle of a change."""
    with closing(connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def touching(person):
    return lambda tx: tx.touch("home", NINE, person=person)


async def people(store):
    return sorted(surface.person for surface in await store.write(lambda tx: tx.take_surfaces(NINE, 999)))


# ---------------------------------------------------------------- what was kept


async def test_what_was_kept_is_there_after_a_restart(path):
    async with await SqliteStore.open(path) as store:
        case = await Clerk(store).open()
        letters = await store.write(lambda tx: tx.take_letters(NINE, 9))

    async with await SqliteStore.open(path) as store:
        assert await store.read(lambda q: q.case(case.number)) == case
        assert await store.read(lambda q: q.answer("delivery-1")) is not None
        assert await store.write(lambda tx: tx.recover(NINE)) == len(letters)


async def test_a_commit_is_in_the_file_before_the_answer(clerk, path):
    """Another connection, which shares nothing but the file, reads it at once."""
    case = await clerk.open()

    assert rows(path, "SELECT number FROM cases") == [(case.number,)]


@pytest.mark.parametrize(
    "statement", ["UPDATE facts SET at = ''", "DELETE FROM facts", "REPLACE INTO facts SELECT * FROM facts"]
)
async def test_facts_can_be_neither_edited_nor_removed(clerk, path, statement):
    await clerk.open()
    before = rows(path, "SELECT * FROM facts")

    with pytest.raises(IntegrityError, match="never"):
        rows(path, statement)

    assert rows(path, "SELECT * FROM facts") == before


async def test_two_processes_write_to_one_file_in_turn(path):
    async with await SqliteStore.open(path) as one, await SqliteStore.open(path) as two:
        numbers = await asyncio.gather(*(s.write(lambda tx: tx.new_number()) for s in (one, two) for _ in range(50)))

    assert sorted(numbers) == list(range(1, 101))


async def test_the_views_read_as_people_speak(clerk, path):
    case = await clerk.open()
    await clerk.act(AddNote(delivery=clerk.delivery(), by="U_BEN", case=case.number, text="電源は正常"))

    assert rows(path, "SELECT name, owner, others_present, next_due FROM open_cases") == [
        ("SEV-1", "U_ANN", 1, "2026-07-06T09:15:00.000000Z")
    ]
    assert rows(path, "SELECT name, seq, kind, words FROM timeline") == [
        ("SEV-1", 1, "case_opened", "店舗POSに接続できない"),
        ("SEV-1", 2, "note_added", "電源は正常"),
    ]
    assert rows(path, "SELECT name, promised_for, kept FROM promises") == [("SEV-1", None, 0)]
    assert rows(path, "SELECT name, clock, serial, start, due, ended, paused, by_change FROM clocks")[0] == (
        "SEV-1", "first-response", 1, "2026-07-06T09:00:00.000Z", "2026-07-06T09:15:00.000Z", None, 0, 0,
    )  # fmt: skip
    assert rows(path, "SELECT * FROM outbox_state") == []


# ---------------------------------------------------------------- a disk that is ill


async def test_on_a_full_disk_nothing_is_saved_and_later_all_is_well(store, path):
    await store.write(touching("U_ANN"))

    with a_full_disk(path), pytest.raises(NothingSaved) as refused:
        await store.write(touching("U_BEN"))

    assert refused.value.__cause__ is not None
    assert await store.write(touching("U_CAI")) is None
    assert await people(store) == ["U_ANN", "U_CAI"]


async def test_a_commit_that_fails_fails_everybody_in_it(store, path):
    """Also who was refused: the refusal may have rested on what was not kept."""

    def refuse(tx):
        raise KeyError("taken")

    await store.write(touching("U_ANN"))
    with a_full_disk(path):
        results = await in_one_batch(store, touching("U_BEN"), refuse, touching("U_CAI"))

    assert [type(result) for result in results] == [NothingSaved] * 3
    assert await people(store) == ["U_ANN"]


async def test_a_lock_of_another_process_is_waited_for_and_then_refused(path):
    async with await SqliteStore.open(path, patience=0.05) as store:
        with a_lock(path), pytest.raises(NothingSaved):
            await store.write(touching("U_ANN"))
        await store.write(touching("U_BEN"))

        assert await people(store) == ["U_BEN"]


async def test_reading_goes_on_while_nothing_can_be_written(path):
    async with await SqliteStore.open(path, patience=0.05) as store:
        case = await Clerk(store).open()
        with a_lock(path):
            assert await store.read(lambda q: q.case(case.number)) == case


async def test_a_file_that_was_taken_away_is_noticed(store, path):
    """SQLite would go on writing into the removed file, and all of it would be lost."""
    await store.write(touching("U_ANN"))
    os.rename(path, f"{path}.aside")

    with pytest.raises(NothingSaved):
        await store.write(touching("U_BEN"))
    assert not os.access(path, os.F_OK)

    os.rename(f"{path}.aside", path)
    await store.write(touching("U_CAI"))
    assert await people(store) == ["U_ANN", "U_CAI"]


async def test_a_place_that_holds_no_file_is_refused_at_the_start(tmp_path):
    with pytest.raises(NothingSaved):
        await SqliteStore.open(str(tmp_path / "no" / "such" / "folder.db"))


# ---------------------------------------------------------------- schemas


def another_table(db):
    db.execute("CREATE TABLE another (id INTEGER PRIMARY KEY) STRICT")


def a_mistake(db):
    db.execute("DROP TABLE checkpoints")
    raise RuntimeError("half way")


async def test_a_newer_schema_is_refused_in_one_sentence(path):
    prepare(path, (*STEPS, another_table))
    before = rows(path, EVERYTHING)

    with pytest.raises(SchemaTooNew) as refused:
        await SqliteStore.open(path)

    known = len(STEPS)
    expected = f"{path} has schema {known + 1}, and this Jibungoto knows up to {known}: upgrade Jibungoto."
    assert str(refused.value) == expected
    assert rows(path, EVERYTHING) == before


async def test_an_older_schema_is_copied_and_then_brought_up_to_date(path):
    """The copy is the file as it was; the cases live on in the new one."""
    async with await SqliteStore.open(path) as store:
        case = await Clerk(store).open()

    copy = prepare(path, (*STEPS, another_table))

    assert copy == Path(f"{path}.before-{len(STEPS) + 1}")
    assert rows(str(copy), "SELECT number FROM cases") == [(case.number,)]
    assert describe(str(copy)).schema_version == len(STEPS)
    assert describe(path).counts["another"] == 0
    assert describe(path).schema_version == len(STEPS) + 1
    assert rows(path, "SELECT number FROM cases") == [(case.number,)]


@pytest.mark.parametrize("seen", range(1, len(STEPS)))
async def test_every_older_schema_becomes_the_present_one(path, tmp_path, seen):
    prepare(path, STEPS[:seen])
    prepare(str(tmp_path / "new.db"))

    async with await SqliteStore.open(path) as store:
        await Clerk(store).open()

    assert rows(path, EVERYTHING) == rows(str(tmp_path / "new.db"), EVERYTHING)


def test_a_new_or_present_file_is_not_copied(path):
    assert (prepare(path), prepare(path)) == (None, None)


def test_a_migration_that_fails_leaves_the_file_as_it_was(path):
    prepare(path)
    before = rows(path, EVERYTHING)

    with pytest.raises(RuntimeError):
        prepare(path, (*STEPS, another_table, a_mistake))

    assert rows(path, EVERYTHING) == before
    assert prepare(path) is None


def test_a_database_of_something_else_is_left_alone(path):
    with closing(connect(path, create=True)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")

    with pytest.raises(NotOurs):
        prepare(path)

    assert [name for name, _ in rows(path, EVERYTHING)] == ["recipes"]


# ---------------------------------------------------------------- upkeep


async def test_a_backup_of_a_file_in_use_is_a_whole_store(clerk, path, tmp_path):
    case = await clerk.open()
    copy = str(tmp_path / "copy.db")

    backup(path, copy)

    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy.db"]
    async with await SqliteStore.open(copy) as opened:
        assert await opened.read(lambda q: q.case(case.number)) == case


def test_a_database_is_never_backed_up_onto_itself(path):
    prepare(path)

    with pytest.raises(ValueError, match="itself"):
        backup(path, path)


async def test_a_description_says_how_the_file_is(clerk, path):
    await clerk.open()

    found = describe(path)

    assert (found.path, found.journal_mode, found.schema_version) == (path, "wal", len(STEPS))
    assert (found.counts["cases"], found.counts["facts"]) == (1, 1)
    assert tuple(map(int, found.sqlite_version.split("."))) >= (3, 37)


def test_a_file_that_is_not_there_has_no_description(path):
    with pytest.raises(FileNotFoundError):
        describe(path)
