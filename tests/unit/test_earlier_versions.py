"""Earlier versions: cases and facts as they were stored before there was a ledger of clocks are read and go on."""

import json
from pathlib import Path

import pytest
from cases import TIME_PASSES, after, at, contact

from bot.domain.case import Case, replay
from bot.domain.messages import FACT
from bot.domain.sla import all_clocks, checkpoints, clocks, state_of

STORED = json.loads((Path(__file__).parent / "stored" / "before-the-ledger.json").read_text(encoding="utf-8"))
STORIES = {one["name"]: one for one in STORED}


def read(name):
    """The case as its row said it."""
    return Case.model_validate_json(json.dumps(STORIES[name]["case"]))


def replayed(name):
    """The case as its facts say it."""
    return replay(tuple(FACT.validate_json(json.dumps(fact)) for fact in STORIES[name]["facts"]))


def standing(case):
    return [(c.name, c.serial, c.due) for c in all_clocks(case) if c.ended is None]


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("just opened", [("first-response", 1, at("9:15")), ("deadline", 1, at("20:00"))]),
        ("reminded, not answered", [("first-response", 1, at("9:15")), ("deadline", 1, at("20:00"))]),
        ("a promise that ran out, held", [("next-contact", 1, at("10:00")), ("deadline", 1, at("21:00"))]),
        ("resolved with a promise", [("next-contact", 2, at("11:00"))]),
        (
            "reopened",
            [("first-response", 2, at("10:55")), ("next-contact", 2, at("11:00")), ("deadline", 1, at("21:00"))],
        ),
    ],
)
def test_the_clocks_of_a_stored_case_run_on(name, runs):
    assert standing(read(name)) == runs


@pytest.mark.parametrize("name", STORIES)
def test_a_stored_case_has_the_moments_that_its_facts_give(name):
    row, facts = read(name), replayed(name)
    of_promises = [[p for p in checkpoints(case) if p.clock.name != "deadline"] for case in (row, facts)]

    assert [(p.key, p.at) for p in of_promises[0]] == [(p.key, p.at) for p in of_promises[1]]
    assert row.tally == facts.tally
    assert row.promise == facts.promise


def test_a_stored_case_goes_on():
    case = after(read("reopened"), TIME_PASSES, "10:55")
    case = after(case, contact("11:30"), "10:56")

    assert (case.tally.late, [c.name for c in clocks(case)]) == (1, ["next-contact", "deadline"])
    assert Case.model_validate_json(case.model_dump_json()) == case


def test_a_closed_case_of_old_runs_nothing():
    case = read("closed")

    assert (clocks(case), checkpoints(case)) == ((), ())
    assert [state_of(case, clock, at("12:00")) for clock in all_clocks(case)] == ["cancelled"] * 2
