"""A case that was kept is found again: by number, thread, reference and person."""

from datetime import timedelta

import pytest
from clerk import NINE

from bot.domain.messages import (
    ClaimArea,
    CloseCase,
    JoinArea,
    LoseThread,
    NextStep,
    OfferHandoff,
    RecordContact,
    ResolveCase,
    StartThread,
)


async def test_a_case_comes_back_as_it_was_kept(clerk):
    """Every field survives, sets, instants and terms included."""
    case = await clerk.open(at=NINE + timedelta(microseconds=123456))
    answer = await clerk.act(
        OfferHandoff(delivery=clerk.delivery(), by="U_ANN", case=case.number, to="U_BEN", note="trace is running")
    )

    assert await clerk.store.read(lambda q: q.case(case.number)) == answer.case


async def test_an_unknown_case_is_none(store):
    assert await store.read(lambda q: (q.case(42), q.by_thread("C", "1"), q.by_reference("C", "X"))) == (None,) * 3


async def test_numbers_count_up_and_a_failed_opening_uses_none(clerk):
    def fail(tx):
        tx.new_number()
        raise RuntimeError("no")

    first = await clerk.open()
    with pytest.raises(RuntimeError):
        await clerk.store.write(fail)
    second = await clerk.open()

    assert (first.number, second.number) == (1, 2)


async def test_two_numbers_in_one_transaction_differ(store):
    assert await store.write(lambda tx: (tx.new_number(), tx.new_number())) == (1, 2)


async def test_a_thread_leads_to_its_case_also_after_it_was_lost(clerk):
    """Who writes in the old thread is still understood, and the new one works as well."""
    case = await clerk.open(thread="1.0001")
    await clerk.act(LoseThread(delivery=clerk.delivery(), by="", case=case.number, thread="1.0001"))
    lost = await clerk.store.read(lambda q: q.by_thread("C_TEAM", "1.0001"))
    await clerk.act(StartThread(delivery=clerk.delivery(), by="", case=case.number, thread="2.0002"))

    now = await clerk.store.read(lambda q: [q.by_thread("C_TEAM", "1.0001"), q.by_thread("C_TEAM", "2.0002")])

    assert (lost.number, lost.thread) == (case.number, None)
    assert [found.number for found in now] == [case.number] * 2
    assert await clerk.store.read(lambda q: q.by_thread("C_OTHER", "2.0002")) is None


async def test_a_message_escalated_again_leads_to_the_living_case(clerk):
    """The first case of that message is closed; its thread belongs to the second."""
    first = await clerk.open(thread="1.0001")
    await clerk.act(CloseCase(delivery=clerk.delivery(), by="U_ANN", case=first.number, anyway=True))
    second = await clerk.open(thread="1.0001")

    assert (await clerk.store.read(lambda q: q.by_thread("C_TEAM", "1.0001"))).number == second.number


@pytest.mark.parametrize("typed", ["INC-77", "inc-77", "ＩＮＣ-77", " INC-77 "])
async def test_a_reference_is_found_however_it_is_typed(clerk, typed):
    case = await clerk.open(reference="INC-77")

    assert await clerk.store.read(lambda q: q.by_reference("C_TEAM", typed)) == case


async def test_the_second_opening_with_a_reference_is_the_first_case(clerk):
    first = await clerk.open(reference="INC-77")
    again = await clerk.open(reference="INC-77", by="U_BEN")

    assert again == first
    assert len(await clerk.store.read(lambda q: q.unclosed())) == 1


async def test_a_reference_is_free_again_when_its_case_is_closed(clerk):
    first = await clerk.open(reference="INC-77")
    await clerk.act(CloseCase(delivery=clerk.delivery(), by="U_ANN", case=first.number, anyway=True))

    assert await clerk.store.read(lambda q: q.by_reference("C_TEAM", "INC-77")) is None
    assert (await clerk.open(reference="INC-77")).number != first.number


async def test_a_reference_belongs_to_its_channel_and_no_reference_is_nobodys(clerk):
    await clerk.open(reference="INC-77")
    await clerk.open(reference="")

    found = await clerk.store.read(lambda q: (q.by_reference("C_OTHER", "INC-77"), q.by_reference("C_TEAM", "")))

    assert found == (None, None)


async def test_unclosed_cases_come_by_next_due_then_number(clerk):
    """A resolved case measures nothing and comes last; a closed one does not come."""
    late, soon = await clerk.open(at=NINE + timedelta(hours=1)), await clerk.open(at=NINE)
    resolved, closed = await clerk.open(), await clerk.open()
    other = await clerk.open(channel="C_OTHER", at=NINE + timedelta(minutes=1))
    await clerk.act(ResolveCase(delivery=clerk.delivery(), by="U_ANN", case=resolved.number))
    await clerk.act(CloseCase(delivery=clerk.delivery(), by="U_ANN", case=closed.number, anyway=True))

    everywhere, here = await clerk.store.read(lambda q: (q.unclosed(), q.unclosed("C_TEAM")))

    assert [case.number for case in everywhere] == [c.number for c in (soon, other, late, resolved)]
    assert [case.number for case in here] == [c.number for c in (soon, late, resolved)]


async def test_the_first_unclosed_cases_and_how_many_there_are(clerk):
    """A long list is not read whole to show its beginning."""
    late, soon = await clerk.open(at=NINE + timedelta(hours=1)), await clerk.open(at=NINE)
    resolved, closed = await clerk.open(), await clerk.open()
    other = await clerk.open(channel="C_OTHER", at=NINE + timedelta(minutes=1))
    await clerk.act(ResolveCase(delivery=clerk.delivery(), by="U_ANN", case=resolved.number))
    await clerk.act(CloseCase(delivery=clerk.delivery(), by="U_ANN", case=closed.number, anyway=True))

    everywhere, here = await clerk.store.read(lambda q: (q.unclosed(most=2), q.unclosed("C_TEAM", 1)))
    counts = await clerk.store.read(lambda q: (q.count_unclosed("C_TEAM"), q.count_unclosed("C_OTHER")))

    assert [case.number for case in everywhere] == [soon.number, other.number]
    assert [case.number for case in here] == [soon.number]
    assert counts == (3, 1)
    assert late.number not in {case.number for case in everywhere}


async def test_a_person_has_the_cases_they_own_hold_or_joined(clerk):
    owned = await clerk.open(by="U_BEN")
    held = await clerk.open(at=NINE + timedelta(minutes=1))
    joined = await clerk.open(at=NINE + timedelta(minutes=2))
    await clerk.open(at=NINE)
    await clerk.act(ClaimArea(delivery=clerk.delivery(), by="U_BEN", case=held.number, area="network"))
    await clerk.act(ClaimArea(delivery=clerk.delivery(), by="U_CAI", case=joined.number, area="network"))
    await clerk.act(JoinArea(delivery=clerk.delivery(), by="U_BEN", case=joined.number, area="network"))

    mine = await clerk.store.read(lambda q: q.of_person("U_BEN"))

    assert [case.number for case in mine] == [owned.number, held.number, joined.number]


async def test_a_closed_case_is_nobodys_work(clerk):
    case = await clerk.open(by="U_BEN")
    await clerk.act(CloseCase(delivery=clerk.delivery(), by="U_BEN", case=case.number, anyway=True))

    assert await clerk.store.read(lambda q: q.of_person("U_BEN")) == []


async def test_the_order_follows_a_new_promise(clerk):
    first, second = await clerk.open(), await clerk.open(at=NINE + timedelta(minutes=1))
    told = RecordContact(
        delivery=clerk.delivery(),
        by="U_ANN",
        case=first.number,
        how="phone",
        said="we check the firewall",
        next=NextStep(due=NINE + timedelta(minutes=45), action="send the result"),
    )
    await clerk.act(told)

    assert [case.number for case in await clerk.store.read(lambda q: q.unclosed())] == [second.number, first.number]
