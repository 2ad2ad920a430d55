"""Soak: kill and restart, people, time and trouble, for as long as `SOAK` says (seconds; ten minutes by default).

Every story is checked to its end with the model and the invariants of the short ones: what is lost, or said twice
without a word of it, fails the run. The summary is printed.
"""

import itertools
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console
from rich.table import Table

from bot.settings import Configuration
from tests.crash.test_any_moment import Model, killed_at_any_moment
from tests.stateful.test_machine import STORIES, WholeBot

LENGTH = float(os.environ.get("SOAK", "600"))
TROUBLES = ("drop_after", "drop_before", "error:internal_error", "http_502", "http_503")
ROUNDS = 12

pytestmark = [pytest.mark.soak, pytest.mark.timeout(LENGTH * 3 + 600)]


@pytest.fixture(scope="module")
def chance() -> random.Random:
    """Another one each time; `SOAK_SEED` tells the stories of an earlier run again."""
    number = int(os.environ.get("SOAK_SEED", random.SystemRandom().randrange(2**32)))
    Console().print(f"\nSOAK_SEED={number}")
    return random.Random(number)


async def test_killed_and_started_again_under_load(
    chance: random.Random, tmp_path: Path, config: Configuration
) -> None:
    models: list[Model] = []
    begun = time.monotonic()
    for number in itertools.count():
        folder = tmp_path / str(number)
        folder.mkdir()
        models.append(await killed_at_any_moment(folder, config, chance.randrange(2**32), ROUNDS, troubles=TROUBLES))
        if time.monotonic() - begun > LENGTH / 2:
            break
    summary(
        "kill and restart under load",
        {
            "stories": len(models),
            "commands": sum(len(m.typed) + len(m.posted) + len(m.opened) for m in models),
            "of these acked": sum(len(m.acked) + len(m.posted) + len(m.opened) for m in models),
            "acked and lost": sum(m.lost for m in models),
            "kills (SIGKILL)": sum(m.kills for m in models),
            **{
                f"fault {kind}": times
                for m in (sum((m.faults for m in models), Counter()),)
                for kind, times in m.items()
            },
        },
        [late for m in models for late in m.lateness],
        doubles=sum(m.doubles for m in models),
    )


def test_people_time_and_trouble(chance: random.Random) -> None:
    WholeBot.towns.clear()
    WholeBot.lateness.clear()
    begun = time.monotonic()
    while time.monotonic() - begun < LENGTH / 2:
        told = seed(chance.randrange(2**32))(type("WholeBot", (WholeBot,), {}))
        run_state_machine_as_test(told, settings=settings(STORIES, derandomize=False, stateful_step_count=60))
    summary(
        "people, time and trouble",
        {name: number for name, number in sorted(WholeBot.towns.items()) if name != "doubles"},
        WholeBot.lateness,
        doubles=WholeBot.towns["doubles"],
    )


def summary(title: str, figures: dict[str, Any], lateness: list[float], *, doubles: int) -> None:
    """What happened. Lateness is of the moment at which a reminder was written down, in seconds of the story's time."""
    ordered = sorted(lateness)
    table = Table(title=title, show_header=False)
    rows = {
        **figures,
        "reminders told": len(ordered),
        "lateness p50 / max (s)": f"{_at(ordered, 0.5):.0f} / {_at(ordered, 1.0):.0f}",
        "said twice, and marked so": doubles,
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    Console().print(table)


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
