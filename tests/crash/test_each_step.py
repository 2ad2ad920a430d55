"""Killed at every step from hearing something to having said what follows: the world is as if nothing had happened."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Configuration
from tests.crash.lives import Lives, lived
from tests.stage import BOB, KEN, SEV_A, YUKI

Story = Callable[[Lives], Awaitable[None]]

# Without a reference: nothing but the name of its delivery tells the same post from another one.
POST = "[SevA] 店舗POSのWebサーバーに接続できない\nお客様: 西日本リテール様 / 契約: Azure Rapid Response"
CONTACTED = "@jibungoto contacted 電話 確認中とお伝えしました / next 9:40 ログの結果を共有"
OPENED = "open A 店舗POSに接続できない お客様: 西日本リテール様 SR#2411230010001234"


async def posted(lives: Lives) -> None:
    """A post, a claim, a contact with its promise, and the reminders until the backup is told.

    What was not acked is read by the next process at its start; Slack sends it again after a minute all the same.
    """
    slack = lives.slack
    post = await slack.person(YUKI).post(SEV_A, POST)
    await heard(lives, "case_opened")
    await again(lives, "9:01")
    await lives.typed(KEN, "claim 1 firewall")
    await lives.at("9:08")  # half of the first response
    await lives.at("9:10")
    await slack.person(YUKI).post(SEV_A, CONTACTED, thread_ts=post.ts)
    await heard(lives, "contact_made")
    await again(lives, "9:11")
    await lives.at("9:30")  # ten minutes before the promise
    await lives.at("9:40")  # due
    await lives.at("9:45")  # the backup


async def heard(lives: Lives, known: str) -> None:
    await lives.settle(lambda: lives.rows("SELECT 1 FROM facts WHERE kind = ?", known))


async def again(lives: Lives, clock: str) -> None:
    """Slack sends again what was not acked."""
    await lives.at(clock)
    await lives.slack.wait_for(lambda: lives.slack.inbound.pending == 0, timeout=30)  # it is acked by now


async def typed(lives: Lives) -> None:
    """A case opened by a slash command, whose thread begins with the bot's own message."""
    await lives.typed(BOB, OPENED)
    await lives.settle()
    await lives.at("9:08")


async def checked(lives: Lives) -> None:
    """A risky step is put to a second person, who approves it."""
    await typed(lives)
    await lives.typed(KEN, "claim 1 firewall")
    await lives.typed(BOB, "check 1 restore db-prod-01: from 02:00 / rollback: keep it")
    await lives.settle()
    await lives.at("9:09")
    await lives.typed(KEN, "approve 1 db-prod-01")
    await lives.settle()
    await lives.at("9:10")


POSTED = """
    worked case_opened · committed case_opened
    worked take card · committed take card · before post card · after post card · worked settle card
    committed settle card
    worked area_claimed · committed area_claimed · before edit card · after edit card
    worked reminder_came · committed reminder_came · worked take letters · committed take letters
    before deliver before person · after deliver before person · worked settle letter · committed settle letter
    worked contact_made · committed contact_made
    before deliver due person · after deliver due person · before deliver due thread · after deliver due thread
    worked settle letter 3 · after deliver backup person 2
    after post card, before find card · after post card, after find card · after post card, worked settle card
    after deliver due thread, before find letter · after deliver due thread, after find letter
    after deliver due thread, worked recover · after deliver due person, committed recover
"""
TYPED = """
    worked case_opened · committed case_opened · worked take letters · committed take letters
    before deliver case_opened channel · after deliver case_opened channel
    worked thread_started · committed thread_started · worked settle letter · committed settle letter
    after deliver case_opened channel, before find letter · after deliver case_opened channel, after find letter
    after deliver case_opened channel, worked thread_started · committed thread_started, worked settle letter
"""

CHECKED = """
    worked check_asked · committed check_asked
    before deliver check_asked person · after deliver check_asked person
    after deliver check_asked person, before find letter · worked check_approved · committed check_approved
    before deliver check_approved person · after deliver check_approved person
"""


def deaths(listed: str) -> list[str]:
    return [one.strip() for line in listed.strip().split("\n") for one in line.split("·")]


def fates(death: str) -> list[tuple[str, int]]:
    """`after post card, worked settle card 2`: the points of one death after the other, and at which passing."""
    parts = [one.strip().rpartition(" ") for one in death.split(",") if one]
    return [(head, int(last)) if last.isdigit() else (f"{head} {last}", 1) for head, _, last in parts]


@pytest.fixture(scope="module")
def unharmed_worlds() -> dict[str, Any]:
    return {}


@pytest.fixture
async def unharmed(
    unharmed_worlds: dict[str, Any], config: Configuration, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Story], Awaitable[Any]]:
    """The world in which nobody died, told once for each story."""

    async def told(story: Story) -> Any:
        key = story.__name__
        if key not in unharmed_worlds:
            async with killed(tmp_path_factory.mktemp("unharmed"), config) as lives:
                await story(lives)
            unharmed_worlds[key] = lives.world()
        return unharmed_worlds[key]

    return told


@asynccontextmanager
async def killed(folder: Path, config: Configuration, death: str = "") -> AsyncIterator[Lives]:
    async with lived(folder, *fates(death), config=config) as lives:
        yield lives
        assert lives.deaths == len(fates(death)), "the story never came by there"
        lives.sound()


@pytest.mark.parametrize("death", deaths(POSTED))
async def test_a_case_posted_in_the_channel(death, tmp_path, config, unharmed):
    "What was acked is there, what was not is heard by the next one; each reminder and the card stand there once."
    async with killed(tmp_path, config, death) as lives:
        await posted(lives)

    assert lives.world() == await unharmed(posted)


@pytest.mark.parametrize("death", deaths(TYPED))
async def test_a_case_typed_as_a_command(death, tmp_path, config, unharmed):
    "A command that failed is typed again: the reference leads to the same case, and it has one thread."
    async with killed(tmp_path, config, death) as lives:
        await typed(lives)

    assert lives.world() == await unharmed(typed)


@pytest.mark.parametrize("death", deaths(CHECKED))
async def test_a_step_that_a_second_person_checks(death, tmp_path, config, unharmed):
    "Whoever was asked is asked once, whoever asked has one answer, and nothing is approved twice."
    async with killed(tmp_path, config, death) as lives:
        await checked(lives)

    assert lives.world() == await unharmed(checked)
