"""Killed inside every method of the ports that writes or speaks, before it and after it, whichever methods there are.

Stories come by all of them. A method that is added to a port and that no story uses fails the first test:
let somebody do what needs it.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.messages import ReminderCame
from bot.settings import Configuration
from handlers.views.watch import is_net
from sandbox import Message
from storage.connection import connect
from tests.crash.fate import SPEAKING, WRITING, Fate
from tests.crash.lives import Lives, lived
from tests.crash.test_net import netted
from tests.invariants import Invariants
from tests.stage import ALEX, HANA, KEN, SEV_A, TEAM, YUKI, staged, tokyo

UNUSED = {"leave_sign", "retry_all", "forget"}
"""The first overwrites one row that nothing depends on; the others are the operator's commands, processes of their own
(forgetting has the file to itself: test_erasing.py)."""
OF_THE_NET = {"begin_net", "settle_net", "forget_net", "look_at_all_nets", "net_spoke"}
OF_RETENTION = {"erase"}
OF_THE_SHIFTS = {"keep_shift_letter", "lease_shift_letter", "settle_shift_letter", "postpone_shift_letter"}
OF_THE_AUDIT = ("keep_miss", "repair_miss", "tell_misses")
"""These have stories of their own."""


def deaths(names: Iterable[str], first: str, second: str) -> dict[str, tuple[str, str]]:
    """Two deaths of each method: what the first one lost, the next process does again, and dies having done it."""
    return {name: (f"{first} {name}", f"{second} {name}") for name in sorted(names)}


DEATHS = deaths(
    WRITING - UNUSED - OF_THE_NET - OF_RETENTION - OF_THE_SHIFTS - {*OF_THE_AUDIT}, "worked", "committed"
) | deaths(SPEAKING, "before", "after")
NET_DEATHS = tuple(f"{when} {name}" for name in sorted(OF_THE_NET) for when in ("worked", "committed"))


async def story(lives: Lives) -> None:
    """A case, a claim, a deleted card, a message that can't arrive, answers lost, an opening typed twice."""
    slack = lives.slack
    slack.faults.add("chat.postMessage", "error:internal_error")
    slack.faults.add("chat.postMessage", "drop_after")  # the card: its answer is lost, so it is looked for
    await slack.person(YUKI).post(SEV_A, "[SevA] 店舗POSに接続できない\nSR# 2411230010001234")
    await lives.settle()
    await slack.wait_for(lambda: tried_twice(lives))
    lives.tell_time(tokyo("9:01"))  # the third attempt, where the first two were not acked
    await lives.settle(lives.numbers)
    await lives.typed(KEN, "claim 1 firewall")
    await lives.typed(YUKI, "open A 店舗POSに接続できない SR# 2411230010001234")  # known: remembered, nothing changes
    await lives.typed(KEN, "open A 倉庫の障害 SR# 2411230010009999")  # its thread begins with a letter
    await lives.at("9:02")
    slack.faults.add("chat.postMessage", "error:internal_error", channel=YUKI)
    slack.faults.add("chat.postMessage", "drop_after", channel=YUKI)  # her reminder: looked for as well
    await lives.at("9:08")
    await lives.at("9:09")
    await slack.delete_message(card(lives))
    await slack.deactivate(HANA)  # the backup: what is for her goes elsewhere, and is parked
    await lives.typed(KEN, "release 1 firewall")
    await lives.at("9:10")
    slack.faults.add(
        "chat.update", "error:invalid_blocks", times=None
    )  # a card that can't be drawn, until it is touched again
    await lives.typed(KEN, "claim 1 network")
    await lives.at("9:21")
    slack.faults.clear()
    await lives.typed(KEN, "claim 1 storage")
    await lives.at("9:22")
    await tried_again(lives)
    await lives.at("9:28")
    await two_promises_for_one_moment(lives)


async def two_promises_for_one_moment(lives: Lives) -> None:
    """Yuki takes the other case over as well: what is due on both comes in one message, before and when it is due."""
    await lives.typed(YUKI, "handoff 2 @yuki")
    for number in (1, 2):
        await lives.typed(YUKI, f"contacted {number} 電話 確認中とお伝えしました / next 9:58 結果 {number} を共有")
    await lives.at("9:48")
    await lives.at("9:49")
    await lives.at("9:58")
    await lives.at("9:59")


async def tried_again(lives: Lives) -> None:
    """The owner presses the button on her home tab, until it works."""
    yuki = lives.slack.person(YUKI)
    parked = lives.rows("SELECT case_number || ' ' || id FROM outbox WHERE state = 'parked' AND case_number = 1")
    await yuki.open_home()
    await lives.settle(lambda: "retry" in str(yuki.home))
    while not (await yuki.click(yuki.home, "retry", value=parked[0][0])).ok:
        await lives.follow()
    await lives.settle()


def tried_twice(lives: Lives) -> bool:
    """Slack has nothing left to send, or waits a minute before it tries again."""
    sent = lives.slack.state.journal.since(0)
    return lives.slack.inbound.pending == 0 or any(entry.name == "message (retry 1)" for entry in sent)


def card(lives: Lives) -> Message:
    thread = lives.slack.thread(SEV_A, lives.case(1).thread)
    return next(message for message in thread if message.user == lives.slack.bot_user_id)


async def net_story(lives: Lives) -> None:
    """A net is laid and moved, the machine is gone while Slack lets it down, and somebody starts the bot again."""
    await lives.typed(YUKI, "open A 店舗POSに接続できない SR# 2411230010001234")  # the same case when typed again
    await lives.settle()
    lives.tell_time(tokyo("9:01"))  # what is in doubt is looked at half a minute later
    await lives.settle(lambda: nets(lives) == [(1, 0)])
    await lives.typed(YUKI, "contacted 1 電話 確認中とお伝えしました / next 9:40 ログの結果を共有")
    await lives.settle()
    lives.tell_time(tokyo("9:02"))
    await lives.settle(lambda: nets(lives) == [(1, 0)] and len(lives.slack.schedule.waiting) == 1)
    await lives.typed(KEN, "note 1 電源は正常")  # whoever answers this has done with the net, or died of it
    await lives.settle()
    lives.kill()
    await lives.ended()
    lives.tell_time(tokyo("9:55"))
    await lives.settle(lambda: nets(lives) in ([(1, 1)], []))


def nets(lives: Lives) -> list[tuple[int, int]]:
    """Of each net: whether it is known to lie at Slack, and whether it has spoken."""
    return lives.rows("SELECT scheduled IS NOT NULL, spoke FROM nets ORDER BY seq")


async def test_the_stories_come_by_every_method(tmp_path: Path, config: Configuration) -> None:
    "A new method of a port is covered, or this fails."
    for name, told, settings in (("all", story, config), ("net", net_story, netted(tmp_path))):
        (folder := tmp_path / name).mkdir()
        async with lived(folder, config=settings, diary=True) as lives:
            await told(lives)
    passed = {point for name in ("all", "net") for point in (tmp_path / name / "diary").read_text().split("\n")}

    assert sorted({*NET_DEATHS, *(point for both in DEATHS.values() for point in both)} - passed) == []


@pytest.mark.parametrize("method", DEATHS)
async def test_killed_there_nothing_is_lost_and_nothing_doubled(
    method: str, tmp_path: Path, config: Configuration
) -> None:
    "What was acked is in the facts; every checkpoint was told, once; each message stands once."
    async with lived(tmp_path, *((point, 1) for point in DEATHS[method]), config=config) as lives:
        await story(lives)

        assert lives.deaths == 2, "the story never came by there twice"
        lives.truth.settled(lives.slack.clock.now())
        told = {fact.checkpoint for fact in lives.facts(1) if isinstance(fact, ReminderCame)}
        assert {key.rpartition("/")[2] for key in told} >= {"due", "backup after 5m"}
        kinds = [fact.kind for fact in lives.facts(1)]
        assert (kinds.count("case_opened"), kinds.count("area_claimed"), kinds.count("area_released")) == (1, 3, 1)
        assert len(lives.numbers()) == 2


@pytest.mark.parametrize("point", NET_DEATHS)
async def test_killed_there_the_net_speaks_once(point: str, tmp_path: Path) -> None:
    "And the reminders of the time in which nobody was there are said when somebody is."
    # Only who comes after the machine that was gone finds that the net has spoken.
    fates = [("nowhere", 1), (point, 1)] if point.endswith("net_spoke") else [(point, 1)]
    async with lived(tmp_path, *fates, config=netted(tmp_path)) as lives:
        await net_story(lives)

        assert lives.deaths == 2, "one death there, and the machine that was gone"
        lives.truth.settled(lives.slack.clock.now())
        said = [message.text for message in lives.slack.dms(YUKI) if message.user == lives.slack.bot_user_id]
        assert sum(is_net(text) for text in said) == 1
        assert any(not is_net(text) for text in said)


class Interrupted(BaseException):
    """The process ends here."""


class Interruption(Fate):
    """A fate that is an exception: for a story within the test's own process."""

    def end(self) -> None:
        raise Interrupted


@pytest.mark.parametrize("when", ["worked", "committed"])
@pytest.mark.parametrize("method", OF_THE_AUDIT)
async def test_an_auditor_that_dies_finds_repairs_and_tells_all_the_same(method, when, slack, tmp_path):
    "What was planned is taken out of the file by hand, and put back; the admin hears of it."
    path = str(tmp_path / "jibungoto.db")
    toml = TEAM.replace("[net]", f'[defaults]\nadmin = "{ALEX}"\n\n[net]')
    fate = Interruption(f"{when} {method}")
    async with staged(tmp_path, slack=slack, toml=toml, wrap=fate.wrap) as stage:
        await stage.open_case()
        with closing(connect(path)) as database:
            database.execute("DELETE FROM checkpoints WHERE rung = 'due'")
        with pytest.raises(Interrupted):
            await stage.bot.watch.auditor.look()

    async with staged(tmp_path, slack=slack, toml=toml) as stage:
        for _ in range(2):
            await stage.bot.watch.auditor.look()
            await stage.settle()
        with closing(connect(path)) as database:
            rows = database.execute("SELECT kind, repaired_at IS NULL, told_at IS NULL FROM misses").fetchall()
        assert rows == [("unplanned", 0, 0)]
        # Between having told and having written it down nobody knows: then the admin hears it again.
        assert len(stage.said_to(ALEX)) == (2 if (method, when) == ("tell_misses", "worked") else 1)
        Invariants(path, slack).settled(slack.clock.now())
