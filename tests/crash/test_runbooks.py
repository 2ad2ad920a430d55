"""Killed at every step of a runbook: it is started once, stands in the thread once, and no second look is lost."""

import pytest

from bot.domain.case import Case
from bot.settings import Configuration
from tests.crash.lives import Lives, lived
from tests.crash.test_each_step import deaths, fates
from tests.stage import KEN, MEI, SEV_A, YUKI

POST = "[SevA] 店舗POSのWebサーバーに接続できない\nお客様: 西日本リテール様"
DEATHS = """
    worked runbook_started · committed runbook_started · before post card 2 · after post card 2
    after post card 2, before find card · after post card 2, worked settle card · worked settle card 3
    worked step_done · committed step_done · worked step_confirmed · committed step_confirmed
"""


async def worked_through(lives: Lives) -> None:
    await lives.slack.person(YUKI).post(SEV_A, POST)
    await lives.settle(lambda: lives.rows("SELECT 1 FROM facts WHERE kind = 'case_opened'"))
    for who, line in ((KEN, "手順書 1 web-unreachable"), (KEN, "手順書 1 済 6"), (MEI, "手順書 1 確認 6")):
        await lives.typed(who, line)
        await lives.settle()
    await lives.at("9:05")  # what its message says next has rested long enough


def runs_in(case: Case) -> list[tuple[str, str | None, str | None]]:
    return [(run.key, run.steps[5].by, run.steps[5].second) for run in case.runs]


@pytest.mark.parametrize("death", deaths(DEATHS))
async def test_a_run_stands_once_and_knows_both_people(death: str, tmp_path, config: Configuration) -> None:
    async with lived(tmp_path, *fates(death), config=config) as lives:
        await worked_through(lives)

        assert lives.deaths == len(fates(death)), "the story never came by there"
        lives.sound()
        assert runs_in(lives.case()) == [("web-unreachable", KEN, MEI)]
        (shown,) = [m for m in lives.slack.messages(SEV_A, replies=True) if "手順書: Web サーバー" in m.text]
        assert f"<@{MEI}> さんが確認" in shown.text
