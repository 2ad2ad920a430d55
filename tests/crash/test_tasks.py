"""Killed at every step of a task: it is asked once and answered once, and nobody hears any of it twice."""

import pytest

from bot.settings import Configuration
from tests.crash.lives import Lives, lived
from tests.crash.test_each_step import deaths, fates
from tests.stage import KEN, SEV_A, YUKI

POST = "[SevA] 店舗POSのWebサーバーに接続できない\nお客様: 西日本リテール様"
DEATHS = """
    worked task_asked · committed task_asked · before deliver task_asked person · after deliver task_asked person
    after deliver task_asked person, before find letter · after deliver task_asked person, worked settle letter
    worked task_accepted · committed task_accepted · worked nudge_came · committed nudge_came
    worked task_done · committed task_done · before deliver task_done person · after deliver task_done person
"""


async def asked_and_answered(lives: Lives) -> None:
    """Ken takes it on, is asked when its time is over, and then says what came out."""
    await lives.slack.person(YUKI).post(SEV_A, POST)
    await lives.settle(lambda: lives.rows("SELECT 1 FROM facts WHERE kind = 'case_opened'"))
    await lives.typed(YUKI, "task 1 @ken 拒否ログの確認 9:05まで")
    await lives.settle()
    await lives.at("9:01")  # what is in doubt has been looked for
    await lives.typed(KEN, "task 1 accept 1")
    await lives.settle()
    await lives.at("9:05")
    await lives.at("9:06")
    await lives.typed(KEN, "task 1 done 1 拒否なし")
    await lives.settle()
    await lives.at("9:07")


@pytest.mark.parametrize("death", deaths(DEATHS))
async def test_a_task_is_asked_and_answered_once(death: str, tmp_path, config: Configuration) -> None:
    async with lived(tmp_path, *fates(death), config=config) as lives:
        await asked_and_answered(lives)

        assert lives.deaths == len(fates(death)), "the story never came by there"
        lives.sound()
        assert [(task.state, task.result) for task in lives.case().tasks] == [("done", "拒否なし")]
        told = {who: [m.text.split("\n")[0] for m in lives.slack.dms(who) if m.user == lives.slack.bot_user_id]
                for who in (KEN, YUKI)}  # fmt: skip
        assert [("への依頼 1 です" in line, "期限になりました" in line) for line in told[KEN]] == [
            (True, False), (False, True),
        ]  # fmt: skip
        done = f"SEV-1: <@{KEN}> さんが依頼 1 を終えました: 拒否ログの確認"
        assert [line for line in told[YUKI] if "依頼" in line] == [done]
