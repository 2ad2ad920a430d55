"""Killed at every step of a report: it stands in the thread once."""

import pytest

from bot.settings import Configuration
from tests.crash.lives import Lives, lived
from tests.crash.test_each_step import deaths, fates
from tests.stage import KEN, SEV_A, YUKI

POST = "[SevA] 店舗POSのWebサーバーに接続できない\nお客様: 西日本リテール様"
DEATHS = """
    worked report_asked · committed report_asked · before deliver report_asked thread
    after deliver report_asked thread
    after deliver report_asked thread, before find letter · after deliver report_asked thread, after find letter
    after deliver report_asked thread, worked settle letter
"""


async def reported(lives: Lives) -> None:
    await lives.slack.person(YUKI).post(SEV_A, POST)
    await lives.settle(lambda: lives.rows("SELECT 1 FROM facts WHERE kind = 'case_opened'"))
    await lives.typed(KEN, "report 1")
    await lives.settle()


@pytest.mark.parametrize("death", deaths(DEATHS))
async def test_a_report_is_uploaded_once(death: str, tmp_path, config: Configuration) -> None:
    async with lived(tmp_path, *fates(death), config=config) as lives:
        await reported(lives)

        assert lives.deaths == len(fates(death)), "the story never came by there"
        lives.sound()
        shared = [message for message in lives.slack.messages(SEV_A, replies=True) if message.files]
        assert len(shared) == 1
