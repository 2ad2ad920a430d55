"""The net and death: a machine that is gone for good, and one that dies at any step of laying, moving, withdrawing."""

import pytest

from bot.settings import load_configuration
from handlers.views.watch import is_net
from storage.rows import text_of
from tests.crash.lives import lived
from tests.stage import NINE, TEAM, YUKI, tokyo

DUE = "SELECT count(*) FROM net_looks WHERE look_at <= ?"
NOW = text_of(NINE)
SPOKEN = "SELECT count(*) FROM nets WHERE spoke = 1"


def netted(folder):
    file = folder / "netted.toml"
    file.write_text(TEAM.replace("scheduled = false", "scheduled = true"), encoding="utf-8")
    return load_configuration(str(file))


def lying(lives):
    return sorted(int(one.post_at.timestamp()) for one in lives.slack.schedule.waiting.values())


def known(lives):
    """What is written of nets, apart from what Slack calls them; None where one is in doubt."""
    return [bool(scheduled) for (scheduled,) in lives.rows("SELECT scheduled FROM nets")]


def looked(lives):
    """The one who lives has reconciled, and every case has been looked at."""
    return lives.slack.calls("chat.scheduledMessages.list")[lives.deaths :] and lives.rows(DUE, NOW) == [(0,)]


def stamp(*clocks):
    return [int(tokyo(clock).timestamp()) for clock in clocks]


async def test_killed_for_good_the_owner_is_told_once(tmp_path):
    async with lived(tmp_path, config=netted(tmp_path)) as lives:
        await lives.typed(YUKI, "open A 店舗POSに接続できない")
        await lives.settle(lambda: known(lives) == [True])
        lives.kill()
        await lives.ended()

        lives.tell_time(tokyo("+1 09:00"))

        (told,) = [message for message in lives.slack.dms(YUKI) if message.user == lives.slack.bot_user_id]
        assert is_net(told.text)
        assert told.at == tokyo("09:25")


@pytest.mark.parametrize("when", ["worked", "committed"])
@pytest.mark.parametrize("step", ["lay net", "settle net"])
async def test_dying_while_it_is_laid_doubles_nothing_and_loses_nothing(tmp_path, when, step):
    async with lived(tmp_path, (f"{when} {step}", 1), config=netted(tmp_path)) as lives:
        await lives.typed(YUKI, "open A 店舗POSに接続できない")
        await lives.settle(lambda: lives.deaths == 1 and known(lives) == [True] and looked(lives))

        assert lying(lives) == stamp("09:25")


@pytest.mark.parametrize(
    "fate",
    [("worked lay net", 2), ("committed lay net", 2), ("worked settle net", 2), ("committed settle net", 2),
     ("worked forget net", 1), ("committed forget net", 1)],
    ids=lambda fate: f"{fate[0]}",
)  # fmt: skip
async def test_dying_while_a_promise_moves_leaves_one_net(tmp_path, fate):
    async with lived(tmp_path, fate, config=netted(tmp_path)) as lives:
        await lives.typed(YUKI, "open A 店舗POSに接続できない")
        await lives.settle(lambda: known(lives) == [True])
        await lives.typed(YUKI, "contacted 1 電話 確認中とお伝えしました / next 9:40 ログの結果を共有")
        await lives.settle(lambda: lives.deaths == 1 and known(lives) == [True] and looked(lives))

        assert lying(lives) == stamp("09:50")
        assert lives.rows(SPOKEN) == [(0,)]
