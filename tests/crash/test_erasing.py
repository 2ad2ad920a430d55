"""Erasing and forgetting, killed on the way: all of it happened or nothing did, and the next one finishes it."""

import json
from pathlib import Path

import pytest

from bot.archive import read_archive
from bot.domain.case import replay
from bot.domain.values import CaseNumber, UserId
from bot.records import Records
from bot.settings import Configuration, load_configuration
from storage.erasure import scrub
from storage.sqlite import SqliteStore
from tests.crash.lives import Lives, lived
from tests.stage import KEN, NINE, TEAM, YUKI, tokyo

TYPED = "店舗POSに接続できない"


def kept_for_a_month(folder: Path) -> Configuration:
    file = folder / "kept.toml"
    rules = f'\n[retention]\nclosed_after = "30d"\nexport_to = "{folder}/exports"\n'
    file.write_text(TEAM + rules, encoding="utf-8")
    return load_configuration(str(file))


async def an_ended_case(lives: Lives) -> None:
    await lives.typed(YUKI, f"open A {TYPED}")
    await lives.settle()
    await lives.typed(KEN, "note 1 電源は正常")
    await lives.typed(YUKI, "close 1 anyway 重複")
    await lives.settle()
    lives.kill()
    await lives.ended()


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("jibungoto.db*")))


async def test_killed_while_a_case_is_erased_it_is_whole_or_gone(tmp_path: Path) -> None:
    "Dead before the commit, the next one erases it; dead after it, the next one clears its bytes away."
    fates = (("nowhere", 1), ("worked erase", 1), ("committed erase", 1))
    async with lived(tmp_path, *fates, config=kept_for_a_month(tmp_path)) as lives:
        await an_ended_case(lives)
        assert TYPED.encode() in bytes_of(tmp_path)
        before = lives.case(1)
        lives.tell_time(tokyo("+31 10:00"))
        await lives.settle(lambda: TYPED.encode() not in bytes_of(tmp_path))

        assert lives.deaths == 3
        assert lives.numbers() == []
        assert lives.rows("SELECT case_number, reason FROM erasures") == [(1, "retention")]
        assert read_archive(json.loads((tmp_path / "exports/SEV-1.json").read_text())) == before


class Died(BaseException):
    """The process ends here."""


class Mortal:
    """A store that dies in the transaction, having done the work, or right after it."""

    def __init__(self, store, when):
        self._store, self._when = store, when
        self.read = store.read

    async def write(self, work):
        def worked(tx):
            done = work(tx)
            if self._when == "worked":
                raise Died
            return done

        await self._store.write(worked)
        raise Died


@pytest.mark.parametrize("when", ["worked", "committed"])
async def test_killed_while_a_person_is_forgotten(tmp_path: Path, when: str) -> None:
    "Nobody is forgotten by halves: every case still follows from its facts, and the command can be given again."
    async with lived(tmp_path, ("nowhere", 1)) as lives:
        await an_ended_case(lives)
        path = str(tmp_path / "jibungoto.db")

        async def scrubbed() -> bool:
            return scrub(path, whole=True)

        async with await SqliteStore.open(path) as store:
            with pytest.raises(Died):
                await Records(Mortal(store, when), lambda: NINE, scrubbed).forget(UserId(KEN))
            assert lives.rows("SELECT * FROM rewriting") == []
            assert lives.case(1) == replay(tuple(lives.facts(1)))
            assert (KEN in {fact.by for fact in lives.facts(1)}) == (when == "worked")
            again = Records(store, lambda: NINE, scrubbed)
            forgotten = await again.forget(UserId(KEN))
            assert await again.scrub()
            assert forgotten.cases == ((CaseNumber(1),) if when == "worked" else ())
        assert KEN.encode() not in bytes_of(tmp_path)
        await lives.begin()
