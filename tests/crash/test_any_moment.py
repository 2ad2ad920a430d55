"""Killed at moments that nobody chose, with everybody acting at once; a model knows what must be there afterwards."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.messages import ReminderCame
from tests.crash.lives import Lives, lived
from tests.stage import BOB, HANA, KEN, MEI, SEV_A, YUKI

ROUNDS = 6
LONGEST = 0.04
"""Seconds of acting before the kill: about what all the acts of a round take."""
STEPS = {"50%": 7.5, "5m before": 10, "due": 15, "backup after 5m": 20, "channel after 10m": 25}
"""When a Sev A that nobody contacts reminds of its first response, in minutes after it was opened."""


@dataclass
class Model:
    """What people were told, and what Slack took upon itself to deliver."""

    acked: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    def delivered(self, lives: Lives) -> bool:
        """Slack sends a post again until it is acked: sooner or later all of them are there."""
        return set(self.posted) <= set(notes(lives)) and sorted(self.opened) == sorted(references(lives))

    def check(self, lives: Lives) -> None:
        noted = notes(lives)
        assert len(noted) == len(set(noted)), "an act had two effects"
        assert set(self.acked) <= set(noted) <= {*self.typed, *self.posted}, "something that was acked is lost"
        assert self.delivered(lives)
        for number in lives.numbers():
            self._time_came(lives, number)

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
    dice, model = random.Random(seed), Model()
    async with lived(tmp_path, config=config) as lives:
        await open_one(lives, model)
        await lives.settle()
        for number in range(ROUNDS):
            acts = asyncio.gather(*everybody(lives, model, dice, number))
            await asyncio.sleep(dice.uniform(0, LONGEST))
            lives.kill()
            await acts
            await lives.follow()
            pass_time(lives, dice)
            await lives.settle(lambda: model.delivered(lives))
            # And once while only time acts: in the middle of saying what it brought.
            pass_time(lives, dice)
            await asyncio.sleep(dice.uniform(0, LONGEST))
            lives.kill()
            await lives.follow()
            await lives.settle()

        lives.sound()
        model.check(lives)


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
