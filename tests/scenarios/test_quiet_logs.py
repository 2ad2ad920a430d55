"""Quiet logs: a whole story at the default level, trouble included, and no word of it in the log."""

import io
import logging
import re
from typing import Any

import pytest

from bot.logs import configure_logs
from tests.stage import HANA, KEN, MEI, SEV_A, YUKI, staged

WORDS = (
    "西日本リテール",
    "POS",
    "guest-secret",
    "朝7時",
    "拒否ログ",
    "hunter2",
    "重要顧客",
    "再起動手順",
    "2411230010001234",
)


@pytest.fixture(params=["console", "json"])
def log(request):
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure_logs(request.param, stream := io.StringIO())
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)


async def test_a_whole_story_leaves_ids_and_states_alone(log, tmp_path):
    async with staged(tmp_path) as stage:
        case = await stage.open_case()
        await stage.mention(YUKI, case, "連絡済 電話 hunter2 とお伝え / 次回 9:40 拒否ログの結果")
        await stage.on_card(KEN, case, "claim", option="firewall")
        await stage.sev(KEN, "suspect 1 firewall 拒否ログ 312 件 guest-secret")
        await stage.sev(MEI, "note 1 重要顧客 再起動手順")
        await stage.sev(MEI, "nonsense 重要顧客")
        await stage.press(YUKI, stage.card(case), "contacted", said="重要顧客", next_at="いつか", next_action="POS")
        stage.slack.faults.add("chat.postMessage", "error:invalid_blocks")
        await stage.sev(HANA, "swarm 1 重要顧客 応援")
        stage.slack.faults.add("chat.postMessage", "error:internal_error")
        await stage.at("9:30")
        await stage.at("9:50")
        await stage.sev(YUKI, "handoff 1 @hana 重要顧客")
        await stage.sev(YUKI, "close 1 anyway 重要顧客")
        said = log.getvalue()
    assert "can't be said" in said, "something was logged at all"
    assert [word for word in WORDS if word in said] == []
    assert re.findall("[ぁ-ヿ一-鿿]", said) == []


QUOTED = "can't read 'note 1 重要顧客 hunter2'"


class Mistaken:
    """A store with a fault that no code of ours makes, and which quotes what it was given."""

    async def write(self, work: Any) -> Any:
        raise ValueError(QUOTED)

    read = write


async def test_an_act_that_fails_in_a_way_nobody_foresaw(log, tmp_path):
    async with staged(tmp_path) as stage:
        await stage.open_case()
        store, stage.bot.desk._store = stage.bot.desk._store, Mistaken()
        reply = await stage.mei.command("/sev", "note 1 重要顧客 hunter2", channel=SEV_A)
        stage.bot.desk._store = store
    said = log.getvalue()
    assert reply.text, "the person hears of it"
    assert "ValueError (message withheld" in said
    assert "in write" in said, "and the log says where"
    assert [word for word in WORDS if word in said] == []
