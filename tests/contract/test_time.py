"""The next checkpoint is always known, and one for a promise that was kept cannot exist."""

from datetime import timedelta

from clerk import NINE

from bot.domain.messages import CloseCase, NextStep, ReachCheckpoints, RecordContact

MINUTE = timedelta(minutes=1)


def contact(clerk, case, due):
    return RecordContact(
        delivery=clerk.delivery(),
        by="U_ANN",
        case=case.number,
        how="phone",
        said="we check the firewall",
        next=NextStep(due=due, action="send the result"),
    )


async def test_nothing_is_due_where_there_is_nothing(store):
    assert await store.read(lambda q: (q.next_due(), q.due(NINE, 10))) == (None, [])


async def test_the_next_checkpoint_is_the_earliest_of_all_cases(clerk):
    await clerk.open(at=NINE + MINUTE)
    await clerk.open(at=NINE)

    assert await clerk.store.read(lambda q: q.next_due()) == NINE + 10 * MINUTE


async def test_a_checkpoint_is_due_at_its_very_microsecond(clerk):
    case = await clerk.open(at=NINE)
    before = NINE + 10 * MINUTE - timedelta(microseconds=1)

    assert await clerk.store.read(lambda q: q.due(before, 10)) == []
    assert await clerk.store.read(lambda q: q.due(NINE + 10 * MINUTE, 10)) == [case.number]


async def test_due_cases_come_once_each_and_the_most_overdue_first(clerk):
    second, first = await clerk.open(at=NINE + MINUTE), await clerk.open(at=NINE)
    third = await clerk.open(at=NINE + 2 * MINUTE)

    assert await clerk.store.read(lambda q: q.due(NINE + 60 * MINUTE, 10)) == [c.number for c in (first, second, third)]
    assert await clerk.store.read(lambda q: q.due(NINE + 60 * MINUTE, 2)) == [first.number, second.number]


async def test_a_kept_promise_leaves_no_checkpoint_behind(clerk):
    """The first-response checkpoints are gone with the contact; those of the next contact stand."""
    case = await clerk.open(at=NINE)
    await clerk.act(contact(clerk, case, NINE + 60 * MINUTE), at=NINE + 5 * MINUTE)

    assert await clerk.store.read(lambda q: q.next_due()) == NINE + 50 * MINUTE
    assert await clerk.store.read(lambda q: q.due(NINE + 49 * MINUTE, 10)) == []


async def test_a_checkpoint_that_was_reached_is_not_due_again(clerk):
    case = await clerk.open(at=NINE)
    at = NINE + 10 * MINUTE
    await clerk.act(ReachCheckpoints(delivery=clerk.delivery(), by="", case=case.number), at=at)

    assert await clerk.store.read(lambda q: q.due(at, 10)) == []
    assert await clerk.store.read(lambda q: q.next_due()) == NINE + 15 * MINUTE


async def test_a_closed_case_has_no_checkpoints(clerk):
    case = await clerk.open(at=NINE)
    await clerk.act(CloseCase(delivery=clerk.delivery(), by="U_ANN", case=case.number, anyway=True))

    assert await clerk.store.read(lambda q: q.next_due()) is None
