"""Killed at moments that nobody chose, with everybody acting at once; a model knows what must be there afterwards."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.messages import ReminderCame
from bot.settings import Configuration
from tests.crash.lives import Lives, lived
from tests.stage import BOB, HANA, KEN, MEI, SEV_A, YUKI

ROUNDS = 6
LONGEST = 0.04
"""Seconds before the kill: about what it takes to say what a step of time brings."""
STEPS = {"50%": 7.5, "5m before": 10, "due": 15, "backup after 5m": 20, "channel after 10m": 25}
"""When a Sev A that nobody contacts reminds of its first response, in minutes after it was opened."""


@dataclass
class Model:
    """What people were told, and what Slack took upon itself to deliver."""

    acked: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    lost: int = 0
    doubles: int = 0
    lateness: list[float] = field(default_factory=list)
    """Of each reminder, in seconds."""

    def delivered(self, lives: Lives) -> bool:
        """Slack sends a post again until it is acked: sooner or later all of them are there."""
        return set(self.posted) <= set(notes(lives)) and sorted(self.opened) == sorted(references(lives))

    def check(self, lives: Lives) -> None:
        noted = notes(lives)
        assert len(noted) == len(set(noted)), "an act had two effects"
        self.lost = len(set(self.acked) - set(noted))
        assert self.lost == 0, "something that was acked is lost"
        assert set(noted) <= {*self.typed, *self.posted}, "something was made up"
        assert self.delivered(lives)
        for number in lives.numbers():
            self._time_came(lives, number)

    def finish(self, lives: Lives) -> None:
        """The figures, for the summary of a long run."""
        self.kills, self.doubles = lives.deaths, lives.truth.doubles
        self.lateness = lives.truth.figures()["lateness"]

    def _time_came(self, lives: Lives, number: int) -> None:
        passed = lives.slack.clock.now() - lives.case(number).opened_at
        reminders = [fact for fact in lives.facts(number) if isinstance(fact, ReminderCame)]
        reached = {key for fact in reminders for key in (fact.checkpoint, *fact.instead_of)}
        due = {f"first-response/1/{step}" for step, minutes in STEPS.items() if passed >= timedelta(minutes=minutes)}
        assert due <= reached, "a checkpoint passed and nobody was told"


def notes(lives: Lives) -> list[str]:
    return [text for (text,) in lives.rows("SELECT words FROM timeline WHERE kind = 'note_added'")]


def references(lives: Lives) -> list[str]:
    return [reference for (reference,) in lives.rows("SELECT reference FROM cases")]


@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_acked_is_lost_and_nothing_is_said_twice(seed, tmp_path, config):
    model = await killed_at_any_moment(tmp_path, config, seed, ROUNDS)

    assert model.acked, "somebody was answered before the kills"


async def killed_at_any_moment(
    folder: Path, config: Configuration, seed: int, rounds: int, *, troubles: tuple[str, ...] = ()
) -> Model:
    """Rounds of acting and dying, and what must be true at the end. With `troubles`, Slack fails so now and then."""
    dice, model = random.Random(seed), Model()
    async with lived(folder, config=config) as lives:
        await open_one(lives, model)
        await lives.settle()
        for number in range(rounds):
            if troubles:
                trouble(lives, model, dice, troubles)
            acts = [asyncio.create_task(act) for act in everybody(lives, model, dice, number)]
            await some_are_answered(acts, dice)
            lives.kill()
            await asyncio.gather(*acts)
            await lives.follow()
            pass_time(lives, dice)
            await lives.settle(lambda: model.delivered(lives))
            # And once while only time acts: in the middle of saying what it brought.
            pass_time(lives, dice)
            await asyncio.sleep(dice.uniform(0, LONGEST))
            lives.kill()
            await lives.follow()
            await lives.settle()
        lives.slack.faults.clear()
        for _ in range(3):  # what trouble put off, at most for five minutes
            lives.tell_time(lives.slack.clock.now() + timedelta(minutes=6))
            await lives.settle()

        lives.sound()
        model.check(lives)
        model.finish(lives)
    return model


async def some_are_answered(acts: list[asyncio.Task[Any]], dice: random.Random) -> None:
    """Wait until a few have their answer, none or all, and a moment more."""
    few, waiting = dice.randint(0, len(acts)), set(acts)
    while len(acts) - len(waiting) < few:
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(dice.uniform(0, LONGEST / 4))


def trouble(lives: Lives, model: Model, dice: random.Random, kinds: tuple[str, ...]) -> None:
    kind = dice.choice(kinds)
    model.faults[kind] += 1
    lives.slack.faults.add(dice.choice(("chat.postMessage", "chat.update")), kind, times=dice.randint(1, 3))


def pass_time(lives: Lives, dice: random.Random) -> None:
    lives.tell_time(lives.slack.clock.now() + timedelta(minutes=dice.uniform(1, 4)))


def everybody(lives: Lives, model: Model, dice: random.Random, number: int) -> list[Any]:
    case = dice.choice(lives.numbers())
    area = lives.case(case).areas[number % 4].key
    acts = [
        *(type_note(lives, model, who, case, f"メモ {number}-{who}") for who in (KEN, MEI)),
        *(lives.slack.person(who).command("/sev", f"claim {case} {area}", channel=SEV_A) for who in (HANA, KEN, BOB)),
        post_note(lives, model, MEI, f"共有 {number}"),
    ]
    return acts if number % 4 else [*acts, open_one(lives, model)]


async def open_one(lives: Lives, model: Model) -> None:
    reference = f"SR{len(model.opened):07}"
    model.opened.append(reference)
    await lives.slack.person(YUKI).post(SEV_A, f"[SevA] 店舗POSに接続できない\nSR# {reference}")


async def type_note(lives: Lives, model: Model, who: str, case: int, text: str) -> None:
    """A command is sent once: without an answer the person knows that it may not have worked."""
    model.typed.append(text)
    reply = await lives.slack.person(who).command("/sev", f"note {case} {text}", channel=SEV_A)
    if reply.ok:
        model.acked.append(text)


async def post_note(lives: Lives, model: Model, who: str, text: str) -> None:
    model.posted.append(text)
    thread = lives.case(1).thread
    await lives.slack.person(who).post(SEV_A, f"@jibungoto note {text}", thread_ts=thread)
