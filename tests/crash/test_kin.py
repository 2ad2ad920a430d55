"""Killed while cases come to be kin: the question stands once, a contact for several is recorded for all or none."""

import re

import pytest

from bot.settings import load_configuration
from tests.crash.lives import Lives, lived
from tests.crash.test_each_step import deaths, fates
from tests.stage import KEN, SEV_A, TEAM, YUKI

ASKED = """
    worked incident_suspected · committed incident_suspected
    before deliver incident_suspected broadcast · after deliver incident_suspected broadcast
    after deliver incident_suspected broadcast, before find letter
    after deliver incident_suspected broadcast, worked settle letter
"""
CARRIED = "worked contact_made · committed contact_made"


@pytest.fixture(scope="module")
def asking(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asking")
    (folder / "jibungoto.toml").write_text(re.sub(r"incidents = false.*\n", "", TEAM), encoding="utf-8")
    return load_configuration(str(folder / "jibungoto.toml"))


async def two(lives: Lives) -> None:
    """Two cases that say the same, each typed until it is there."""
    await lives.typed(YUKI, "open A 店舗POSサーバーに接続できない SR# 2411230010001234")
    await lives.settle()
    await lives.typed(KEN, "open A 店舗POSサーバーに接続できない SR# 2411230010009999")
    await lives.settle()
    await lives.at("9:01")
    await lives.at("9:02")


@pytest.mark.parametrize("death", deaths(ASKED))
async def test_the_channel_is_asked_once(death, tmp_path, asking):
    async with lived(tmp_path, *fates(death), config=asking) as lives:
        await two(lives)

        assert lives.deaths == len(fates(death)), "the story never came by there"
        lives.sound()
        asked = [m for m in lives.slack.messages(SEV_A) if "同一障害の可能性があります" in m.text]
        assert len(asked) == 1
        assert [fact.kind for fact in lives.facts(1)].count("incident_suspected") == 1


@pytest.mark.parametrize("death", deaths(CARRIED))
async def test_a_contact_for_several_is_recorded_for_all_or_none(death, tmp_path, asking):
    async with lived(tmp_path, *fates(death), config=asking) as lives:
        await two(lives)
        await lives.typed(KEN, "parent 2 1 carry")
        await lives.typed(YUKI, "contacted 1 電話 確認中とお伝えしました / next 9:40 ログの結果を共有")
        await lives.settle()

        assert lives.deaths == 1, "the story never came by there"
        lives.sound()
        for number in (1, 2):
            assert [fact.kind for fact in lives.facts(number)].count("contact_made") >= 1
            assert lives.case(number).promise is not None
        assert lives.case(1).promise.due == lives.case(2).promise.due
