"""What the running bot asks of a file costs as much as the answer is long, and not as much as the file has grown."""

import re
from contextlib import closing
from datetime import timedelta

import pytest
from clerk import NINE

from bot.domain.messages import ResolveCase
from storage import load_statements, statements, watch_statements
from storage.connection import connect
from storage.schema import prepare

QUESTIONS = {
    name: text
    for module in (statements, watch_statements, load_statements)
    for name, text in vars(module).items()
    if isinstance(text, str) and text.lstrip().upper().startswith("SELECT") and name != "NAMING"
}
"""All but the one that looks for a person in every fact: asked by the command line, of a bot that is stopped."""
GROWING = ("cases", "facts", "deliveries", "people", "threads")
"""The tables that keep everything there ever was. (A letter's are read by indexes of what is still to be said.)"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("questions") / "jibungoto.db")
    prepare(path)
    with closing(connect(path, read_only=True)) as connection:
        yield connection


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_reads_everything_there_ever_was(file, name):
    plan = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {filled_in(QUESTIONS[name])}")]

    read_whole = [step for step in plan for table in GROWING if step.startswith(f"SCAN {table}")]
    assert [step for step in read_whole if "cases_unclosed" not in step] == []


def filled_in(question):
    """With nothing in every place that the question leaves open: the way to the answer is the same."""
    return re.sub(r"\?\d*|(?<!['\w]):[a-z_]+", "NULL", question)


async def test_what_opened_lately_is_found_the_own_channel_first(store, clerk):
    """By time, newest first; of many those of the channel that asks."""
    moments = (("C_TEAM", -40), ("C_TEAM", -20), ("C_OTHER", -10), ("C_TEAM", -5), ("C_OTHER", 0))
    cases = [
        await clerk.open(at=NINE + timedelta(minutes=minutes), channel=channel, thread=f"{minutes + 50}.000100")
        for channel, minutes in moments
    ]
    await clerk.act(
        ResolveCase(delivery=clerk.delivery(), by="U_ANN", case=cases[3].number), at=NINE + timedelta(minutes=1)
    )

    since = NINE - timedelta(minutes=30)
    found = [await store.read(lambda q, most=most: q.opened_since(since, "C_TEAM", most)) for most in (9, 2, 1)]

    numbers = [[case.number for case in some] for some in found]
    assert numbers == [[5, 3, 2], [5, 2], [2]]
