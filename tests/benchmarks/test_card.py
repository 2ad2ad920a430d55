"""How long the one live message of a case takes to be put into words."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.case import Case
from tests.benchmarks.counts import some
from tests.benchmarks.figures import Report, Times

sys.path.append(str(Path(__file__).parents[1] / "unit/views"))

from long_stories import three_days
from stories import Story, at, busy

from handlers.views.card import card
from handlers.views.parts import Message

pytestmark = pytest.mark.benchmark
WARM = 20
"""Renderings before those that count: the catalogue and the zones are read at the first."""


def test_rendering_a_card(report: Report) -> None:
    """A case that nobody has answered yet, one in full swing, and a closed one; both languages taking turns."""
    long = {language: three_days(language) for language in ("ja", "en")}
    report.chapter(
        "rendering a card (aim: < 1 ms)", "From the case to the message as Slack gets it. No disk, no Slack."
    )
    for name, story, now in (
        ("a new case", Story, at(1)),
        ("a case in full swing", busy, at(27)),
        ("a closed case of 3 days", long.__getitem__, long["ja"].facts[-1].at),
    ):
        taken = rendered(card, [story("ja").case, story("en").case], now)
        report.add(name, taken)

        assert taken.median < 1e-3


def rendered(view: Callable[[Case, datetime], Message], cases: list[Case], now: datetime) -> Times:
    taken = Times()
    for _ in range(WARM):
        for case in cases:
            view(case, now)
    for turn in range(some(2000, 200)):
        with taken.once():
            view(cases[turn % len(cases)], now)
    return taken
