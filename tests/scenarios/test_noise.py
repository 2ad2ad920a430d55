"""Noise: how many messages the bot adds to a thread, and how often it rings at a person. The thread is for people."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from bot.demo.playing import read_story
from sandbox import Message, Sandbox
from sandbox.story import Player
from tests.stage import ALEX, BOB, HANA, KEN, MEI, NAOKO, ROOT, SEV_A, YUKI, Stage, staged

DEMO = files("bot.stories").joinpath("demo.toml").read_text(encoding="utf-8") + "\n[net]\nscheduled = false\n"
MINUTE = timedelta(minutes=1)


@asynccontextmanager
async def playing(folder: Path, name: str) -> AsyncIterator[tuple[Stage, Player]]:
    """The stage as the demo sets it, at the beginning of a story."""
    story = read_story(name)
    async with Sandbox(manifest=ROOT / "manifest.yml", now=story.start) as slack:
        slack.clock.freeze(story.start)
        async with staged(folder, slack=slack, toml=DEMO) as stage:
            yield stage, Player(slack, story)


async def let_pass(stage: Stage, until: object) -> None:
    """Minute by minute, so that what is due in between happens in its own time."""
    while stage.slack.clock.now() < until:  # type: ignore[operator]
        stage.slack.clock.set(min(stage.slack.clock.now() + MINUTE, until))  # type: ignore[type-var]
        await stage.settle()


def below_the_card(stage: Stage) -> list[Message]:
    thread = stage.slack.thread(SEV_A, stage.slack.messages(SEV_A)[0].ts)
    return [message for message in thread if message.user == stage.slack.bot_user_id][1:]


def rings(stage: Stage, people: tuple[str, ...]) -> Counter[str]:
    """Direct messages, and mentions in the thread."""
    counted = Counter({who: len(stage.said_to(who)) for who in people})
    for message in below_the_card(stage):
        counted.update(re.findall(r"<@(\w+)>", message.text.split("\n")[0]))
    return counted


async def test_six_people_and_five_hours_are_twelve_messages_at_the_most(tmp_path: Path) -> None:
    "The story of the stores: a promise that was missed, a suspect, a cause, the end. None says what the card says."
    async with playing(tmp_path, "store-pos") as (stage, player):
        while (step := player.next_step) is not None:
            await let_pass(stage, step.at)
            await player.step()
            await stage.settle()

        assert await stage.bot.desk.parked() == []
        said = below_the_card(stage)
        pings = rings(stage, (YUKI, BOB, HANA, KEN, MEI, ALEX, NAOKO))

        assert len(said) <= 12
        assert len({message.text for message in said}) == len(said)
        assert pings[YUKI] == max(pings.values()) <= 8
        assert max(times for who, times in pings.items() if who != YUKI) <= 6


async def test_what_colleagues_ask_each_other_adds_nothing_to_the_thread(tmp_path: Path) -> None:
    "Six tasks, taken on and done in time: a ring for whoever is asked, and one for each result."
    helpers = (BOB, HANA, KEN, MEI, ALEX, NAOKO)
    async with playing(tmp_path, "store-pos") as (stage, player):
        await player.step()
        await stage.settle()
        case = await stage.case()
        for who in helpers:
            name = stage.slack.person(who).person.name
            await stage.mention(YUKI, case, f"task @{name} {name} の見るログの確認")
            await stage.mention(who, case, "task accept")
            await stage.mention(who, case, f"task done 異常なし {name}")

        assert await stage.bot.desk.parked() == []
        assert below_the_card(stage) == []
        assert rings(stage, (YUKI, *helpers)) == {YUKI: len(helpers), **dict.fromkeys(helpers, 1)}


async def test_twelve_hours_with_eight_people_stay_readable(tmp_path: Path) -> None:
    "Every hour a contact kept, areas taken and reported, one handover: the bot is heard when something changed hands."
    helpers = (BOB, HANA, KEN, MEI, ALEX, NAOKO)
    async with playing(tmp_path, "store-pos") as (stage, player):
        await player.step()
        await stage.settle()
        start = stage.slack.clock.now()
        case = await stage.case()
        free = [area.key for area in case.areas]
        for who, key in zip(helpers, free, strict=False):
            await let_pass(stage, stage.slack.clock.now() + MINUTE)
            await stage.mention(who, case, f"claim {key}")
        for hour in range(13):
            owner = YUKI if hour < 6 else KEN
            await let_pass(stage, start + timedelta(minutes=55 * hour + 12))
            await stage.mention(owner, case, f"contacted 電話 経過 {hour} をお伝え / next 1h 経過 {hour + 1} のご連絡")
            await let_pass(stage, start + timedelta(minutes=55 * hour + 25))
            if hour < len(helpers):
                await stage.mention(helpers[hour], case, f"clear {free[hour]} 異常なし {hour}")
            if hour == 5:
                await stage.mention(YUKI, case, "handoff @ken 日勤へ交代")
                await stage.mention(KEN, case, "accept まずお電話")  # and once more, by mistake
                await stage.mention(KEN, case, "accept")
        assert await stage.bot.desk.parked() == []
        said, pings = below_the_card(stage), rings(stage, (YUKI, *helpers))
        assert len(said) <= 12
        assert max(pings.values()) <= 14
