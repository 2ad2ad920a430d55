"""What people carry: their acts of a week, and who works in a channel; however long the file has grown."""

from contextlib import closing
from datetime import timedelta

import pytest
from clerk import NINE

from bot.domain.messages import AddNote, ClaimArea, CloseCase
from storage import load_statements as sql
from storage.connection import connect

WEEK = timedelta(days=7)


async def test_the_acts_of_a_person_since_a_moment_the_newest_first(store, clerk):
    case = await clerk.open()
    who = {"by": "U_BEN", "case": case.number}
    await clerk.act(ClaimArea(delivery=clerk.delivery(), area="network", **who), at=NINE - WEEK - timedelta(seconds=1))
    await clerk.act(AddNote(delivery=clerk.delivery(), text="a", **who), at=NINE)
    await clerk.act(AddNote(delivery=clerk.delivery(), text="b", **who), at=NINE + timedelta(minutes=1))

    deeds = await store.read(lambda q: q.deeds("U_BEN", NINE - WEEK, 10))

    assert [(deed.kind, deed.at, deed.severity, deed.owner) for deed in deeds] == [
        ("note_added", NINE + timedelta(minutes=1), "A", "U_ANN"),
        ("note_added", NINE, "A", "U_ANN"),
    ]
    assert len(await store.read(lambda q: q.deeds("U_BEN", NINE - WEEK, 1))) == 1
    assert await store.read(lambda q: q.deeds("", NINE - WEEK, 10)) == [], "time is nobody"


async def test_who_works_in_a_channel_now_or_did_within_the_week(store, clerk):
    here, there = await clerk.open(), await clerk.open(channel="C_OTHER", by="U_DAN", thread="2.000100")
    old = await clerk.open(at=NINE - 2 * WEEK, by="U_OLD", thread="3.000100")
    await clerk.act(CloseCase(delivery=clerk.delivery(), by="U_OLD", case=old.number, anyway=True), at=NINE - 2 * WEEK)
    for by, case in (("U_BEN", here), ("U_CHO", there)):
        await clerk.act(AddNote(delivery=clerk.delivery(), by=by, case=case.number, text="a"), at=NINE)

    assert await store.read(lambda q: q.working_in("C_TEAM", NINE - WEEK, 10)) == ["U_ANN", "U_BEN"]
    assert len(await store.read(lambda q: q.working_in("C_TEAM", NINE - WEEK, 1))) == 1


@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        (sql.DEEDS_OF, ("U_BEN", "", 10), "facts_of_people"),
        (sql.ACTIVE_IN, ("C_TEAM", "", "", 10), "cases_by_change"),
        (sql.PRESENT_IN, ("C_TEAM", 10), "cases_unclosed"),
    ],
)
async def test_each_question_goes_by_its_index(store, clerk, path, statement, values, index):
    await clerk.open()
    with closing(connect(path, read_only=True)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]

    assert any(index in step for step in plan)
    assert not any(step.startswith(("SCAN facts", "SCAN cases", "SCAN people")) for step in plan)
