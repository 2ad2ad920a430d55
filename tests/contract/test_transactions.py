"""A work is done wholly or not at all, whatever happens beside it."""

import asyncio

import pytest
from clerk import NINE, in_one_batch

from bot.domain.errors import NothingSaved
from bot.domain.messages import AddNote


def touching(person, error=None):
    def work(tx):
        tx.touch("home", NINE, person=person)
        if error is not None:
            raise error
        return person

    return work


async def people(store):
    return [surface.person for surface in await store.write(lambda tx: tx.take_surfaces(NINE, 999))]


async def test_what_a_work_returns_is_committed_when_the_await_returns(clerk):
    case = await clerk.open()

    for n in range(20):
        await clerk.act(AddNote(delivery=clerk.delivery(), by="U_ANN", case=case.number, text=f"note {n}"))
        assert len(await clerk.store.read(lambda q: q.facts(case.number))) == n + 2


async def test_a_work_that_raises_changes_nothing(store):
    with pytest.raises(ZeroDivisionError):
        await store.write(touching("U_ANN", ZeroDivisionError()))

    assert await people(store) == []


async def test_a_work_that_raises_does_not_disturb_those_beside_it(store):
    wrong = KeyError("mine alone")

    results = await in_one_batch(store, touching("U_ANN"), touching("U_BEN", wrong), touching("U_CAI"))

    assert results == ["U_ANN", wrong, "U_CAI"]
    assert await people(store) == ["U_ANN", "U_CAI"]


async def test_works_that_wait_together_see_each_other_in_order(store):
    """The second of a batch decides on what the first did."""
    results = await in_one_batch(store, *(lambda tx: tx.new_number() for _ in range(5)))

    assert results == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("error", [StopIteration(), asyncio.CancelledError()])
async def test_no_exception_stops_the_store(store, error):
    """Some exceptions mean something to threads and futures; the store outlives them."""
    raising = asyncio.create_task(store.write(touching("U_ANN", error)))
    await asyncio.wait([raising], timeout=5)

    assert raising.done()
    assert await store.write(touching("U_BEN")) == "U_BEN"
    assert await people(store) == ["U_BEN"]


async def test_who_stops_waiting_disturbs_nobody(store):
    async def impatient():
        await store.write(touching("U_ANN"))

    task = asyncio.create_task(impatient())
    await asyncio.sleep(0)
    task.cancel()

    assert await store.write(touching("U_BEN")) == "U_BEN"


async def test_a_query_that_raises_disturbs_nobody(store):
    def wrong(q):
        raise KeyError("mine alone")

    results = await asyncio.gather(store.read(wrong), store.read(lambda q: q.next_due()), return_exceptions=True)

    assert isinstance(results[0], KeyError)
    assert results[1] is None


async def test_a_thousand_works_at_once_are_all_done(store):
    numbers = await asyncio.gather(*(store.write(lambda tx: tx.new_number()) for _ in range(1000)))

    assert sorted(numbers) == list(range(1, 1001))


async def test_closing_finishes_what_was_asked_and_takes_no_more(store):
    waiting = [asyncio.create_task(store.write(touching(f"U_{n}"))) for n in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await store.close()

    assert len(await asyncio.gather(*waiting)) == 20
    with pytest.raises(NothingSaved):
        await store.write(touching("U_LATE"))
