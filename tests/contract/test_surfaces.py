"""A surface mirrors: many wishes become one showing, calmly, and a lost message is replaced."""

from datetime import timedelta

import pytest
from clerk import NINE

from bot.domain.messages import StartThread
from bot.ports import Receipt

SECOND = timedelta(seconds=1)
CALM = 3 * SECOND
THERE = Receipt(channel="C_TEAM", ts="2.0002")


async def take(store, at=NINE):
    return await store.write(lambda tx: tx.take_surfaces(at, 10))


async def touch(store, case, at=NINE, calm=CALM):
    await store.write(lambda tx: tx.touch("card", at, case=case.number, calm=calm))


@pytest.fixture
async def case(clerk):
    return await clerk.open()


@pytest.fixture
async def shown(clerk, case):
    """The card stands since NINE."""
    (card,) = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.settle_surface(card.key, card.wanted, THERE, NINE))
    return card


async def test_many_wishes_become_one_showing(clerk, case):
    await touch(clerk.store, case)
    await touch(clerk.store, case)

    (card,) = await take(clerk.store)

    assert (card.key, card.kind, card.case, card.shown, card.ts, card.attempts) == ("card/1", "card", 1, 0, None, 0)
    assert card.wanted > card.shown
    assert await take(clerk.store, NINE + SECOND) == []


async def test_a_part_of_a_case_is_a_message_of_its_own_beside_the_card(clerk, case, shown):
    await clerk.store.write(lambda tx: tx.touch("card", NINE, case=case.number, part="run-1", calm=CALM))

    (run,) = await take(clerk.store)

    assert (run.key, run.kind, run.case, run.part, run.ts) == ("card/1/run-1", "card", 1, "run-1", None)
    assert run.id != shown.id
    assert shown.part == ""
    there = Receipt(channel=THERE.channel, ts="9.9")
    await clerk.store.write(lambda tx: tx.settle_surface(run.key, run.wanted, there, NINE))
    found = await clerk.store.read(lambda q: q.by_card(there.channel, there.ts))
    assert found is not None
    assert found.number == case.number, "who reacts to it is in the case"


async def test_a_shown_surface_rests_until_it_is_touched(clerk, case, shown):
    assert await take(clerk.store, NINE + 99 * SECOND) == []
    assert await clerk.store.read(lambda q: q.next_delivery()) is None


async def test_a_touched_surface_waits_for_its_calm_and_stands_where_it_stood(clerk, case, shown):
    await touch(clerk.store, case, NINE + SECOND)
    await touch(clerk.store, case, NINE + 2 * SECOND)

    early = await take(clerk.store, NINE + 2 * SECOND)
    when = await clerk.store.read(lambda q: q.next_delivery())
    (card,) = await take(clerk.store, NINE + CALM)

    assert early == []
    assert when == NINE + CALM
    assert (card.id, card.channel, card.ts, card.shown) == (shown.id, "C_TEAM", "2.0002", shown.wanted)


async def test_a_touch_after_a_long_rest_is_shown_at_once(clerk, case, shown):
    await touch(clerk.store, case, NINE + 99 * SECOND)

    assert len(await take(clerk.store, NINE + 99 * SECOND)) == 1


async def test_what_changed_while_it_was_being_shown_is_shown_next(clerk, case):
    """The version that was drawn is settled, the newer wish stays, and waits for its calm."""
    (card,) = await take(clerk.store)
    await touch(clerk.store, case)
    await clerk.store.write(lambda tx: tx.settle_surface(card.key, card.wanted, THERE, NINE + SECOND))

    early = await take(clerk.store, NINE + 2 * SECOND)
    (again,) = await take(clerk.store, NINE + SECOND + CALM)

    assert early == []
    assert (again.shown, again.wanted) == (card.wanted, card.wanted + 1)


async def test_a_card_waits_for_its_thread(clerk):
    case = await clerk.open(thread=None)
    before = await take(clerk.store)
    await clerk.act(StartThread(delivery=clerk.delivery(), by="", case=case.number, thread="1.0001"))

    assert before == []
    assert [card.case for card in await take(clerk.store)] == [case.number]


async def test_a_home_belongs_to_a_person_and_waits_for_no_thread(store):
    await store.write(lambda tx: tx.touch("home", NINE, person="U_ANN"))

    (home,) = await take(store)

    assert (home.key, home.kind, home.person, home.case) == ("home/U_ANN", "home", "U_ANN", None)


async def test_a_home_that_nobody_opened_is_not_drawn(store):
    """What only known surfaces want does not make one; once it is known, it is wanted."""
    await store.write(lambda tx: tx.touch("home", NINE, person="U_ANN", only_known=True))
    unknown = await take(store)
    await store.write(lambda tx: tx.touch("home", NINE, person="U_ANN"))
    (home,) = await take(store)
    await store.write(lambda tx: tx.settle_surface(home.key, home.wanted, None, NINE))
    await store.write(lambda tx: tx.touch("home", NINE + SECOND, person="U_ANN", only_known=True))

    assert unknown == []
    assert [h.person for h in await take(store, NINE + SECOND)] == ["U_ANN"]


async def test_a_surface_of_nothing_is_refused(store):
    with pytest.raises(ValueError, match="needs its case"):
        await store.write(lambda tx: tx.touch("card", NINE, person="U_ANN"))


async def test_settling_without_a_receipt_keeps_the_place(clerk, case, shown):
    await touch(clerk.store, case, NINE + CALM)
    (card,) = await take(clerk.store, NINE + CALM)
    await clerk.store.write(lambda tx: tx.settle_surface(card.key, card.wanted, None, NINE + CALM))
    await touch(clerk.store, case, NINE + 2 * CALM)

    assert [c.ts for c in await take(clerk.store, NINE + 2 * CALM)] == ["2.0002"]


async def test_a_postponed_surface_waits_in_spite_of_touches(clerk, case):
    """Slack said how long to wait: no wish makes that shorter."""
    (card,) = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.postpone_surface(card.key, NINE + 30 * SECOND, "limit", unsure=True))
    await touch(clerk.store, case, NINE + SECOND)

    early = await take(clerk.store, NINE + 29 * SECOND)
    (again,) = await take(clerk.store, NINE + 30 * SECOND)

    assert early == []
    assert (again.attempts, again.unsure) == (1, True)


async def test_a_parked_surface_is_seen_and_rests_until_it_is_touched(clerk, case):
    (card,) = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.park_surface(card.key, "the channel is archived", NINE))

    resting = await take(clerk.store, NINE + 99 * SECOND)
    parked = await clerk.store.read(lambda q: q.parked())
    await touch(clerk.store, case, NINE + 99 * SECOND)

    assert resting == []
    assert [(p.id, p.case, p.what, p.reason) for p in parked] == [(card.id, 1, "card/1", "the channel is archived")]
    assert [c.attempts for c in await take(clerk.store, NINE + 99 * SECOND)] == [0]
    assert await clerk.store.read(lambda q: q.parked()) == []


async def test_a_surface_whose_message_is_gone_is_posted_anew(clerk, case, shown):
    await clerk.store.write(lambda tx: tx.forget_surface(shown.key, NINE + SECOND))

    (card,) = await take(clerk.store, NINE + SECOND)

    assert (card.key, card.channel, card.ts, card.shown) == (shown.key, None, None, 0)
    assert card.id != shown.id


async def test_what_was_shown_in_a_lost_thread_does_not_count(clerk, case):
    """The thread was lost while the card was on its way there: the card is still to be posted."""
    (card,) = await take(clerk.store)
    await clerk.store.write(lambda tx: tx.forget_surface(card.key, NINE))
    await clerk.store.write(lambda tx: tx.settle_surface(card.key, card.wanted, THERE, NINE))

    assert [(c.ts, c.shown) for c in await take(clerk.store)] == [(None, 0)]


async def test_a_touch_that_is_rolled_back_was_no_touch(clerk, case, shown):
    def fail(tx):
        tx.touch("card", NINE + CALM, case=case.number)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await clerk.store.write(fail)

    assert await take(clerk.store, NINE + 99 * SECOND) == []
