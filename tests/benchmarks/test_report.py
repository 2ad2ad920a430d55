"""How long the report of a long case takes."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.benchmarks.counts import some
from tests.benchmarks.figures import Report, Times

sys.path.append(str(Path(__file__).parents[1] / "unit/views"))

from long_stories import NAMES, three_days
from stories import TOKYO

from bot.domain.account import account
from handlers.views.report.markdown import markdown
from handlers.views.report.page import page
from handlers.views.report.papers import papers
from handlers.views.report.picture import picture
from handlers.views.report.raster import png
from handlers.views.report.scribe import Scribe
from handlers.views.report.story import paper

pytestmark = pytest.mark.benchmark


def test_a_case_of_three_days(report: Report) -> None:
    """Two thousand facts, from the facts to every file."""
    story = three_days("ja")
    now = story.facts[-1].at + timedelta(minutes=1)
    whole, reading, words, drawing, dots = (Times() for _ in range(5))
    for _ in range(some(10, 2)):
        with whole.once():
            papers(account(story.case, story.facts, now), "ja", TOKYO, NAMES)
        with reading.once():
            told = account(story.case, story.facts, now)
        pen = Scribe("ja", TOKYO, NAMES)
        with drawing.once():
            svg = picture(pen, told, "light")
        with words.once():
            written = paper(pen, told)
            markdown(written)
            page(written, svg)
        with dots.once():
            png(svg)
    report.chapter(f"the report of a case of 3 days with {len(story.facts):,} facts (aim: < 2 s)")
    report.add("all of it", whole)
    report.add("reading the facts", reading)
    report.add("the words", words)
    report.add("the picture", drawing)
    report.add("the picture as PNG", dots)

    assert whole.median < 2
