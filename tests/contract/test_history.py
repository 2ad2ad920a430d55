"""Facts are appended and stay; the same act twice has the effect of one."""

import asyncio
from datetime import timedelta

import pytest
from clerk import NINE

from bot.domain.case import replay
from bot.domain.messages import AddNote, Arrive, ClaimArea
from bot.ports import Answer


async def test_facts_come_back_in_order_and_lead_to_the_case(clerk):
    case = await clerk.open()
    await clerk.act(ClaimArea(delivery=clerk.delivery(), by="U_BEN", case=case.number, area="network"))
    await clerk.act(AddNote(delivery=clerk.delivery(), by="U_CAI", case=case.number, text="電源は正常"))

    told, kept = await clerk.store.read(lambda q: (q.facts(case.number), q.case(case.number)))

    assert [(t.seq, t.fact.kind) for t in told] == [(1, "case_opened"), (2, "area_claimed"), (3, "note_added")]
    assert replay(tuple(t.fact for t in told)) == kept


async def test_a_delivery_arriving_twice_has_the_effect_of_one(clerk):
    case = await clerk.open()
    note = AddNote(delivery="Ev1", by="U_BEN", case=case.number, text="trace is running")

    first = await clerk.act(note)
    second = await clerk.act(note, at=NINE + timedelta(minutes=1))

    assert second == first
    assert len(await clerk.store.read(lambda q: q.facts(case.number))) == 2


async def test_ten_arrivals_at_once_have_the_effect_of_one(clerk):
    """Slack retries, and two connections deliver the same event."""
    cases = await asyncio.gather(*(clerk.open(delivery="Ev1") for _ in range(10)))

    assert len({case.number for case in cases}) == 1
    assert len(await clerk.store.read(lambda q: q.unclosed())) == 1


async def test_the_answer_keeps_its_facts_and_shows_the_case_of_now(clerk):
    """The repetition says what was done the first time, on the case as it stands since."""
    case = await clerk.open()
    first = await clerk.act(ClaimArea(delivery="Ev1", by="U_BEN", case=case.number, area="network"))
    later = await clerk.act(AddNote(delivery="Ev2", by="U_BEN", case=case.number, text="no deny in the logs"))

    assert await clerk.store.read(lambda q: q.answer("Ev1")) == Answer(case=later.case, facts=first.facts)


async def test_an_act_that_changed_nothing_is_remembered_too(clerk):
    case = await clerk.open()
    await clerk.act(AddNote(delivery="Ev1", by="U_BEN", case=case.number, text="I look too"))
    here = await clerk.act(Arrive(delivery="Ev2", by="U_BEN", case=case.number))

    assert await clerk.store.read(lambda q: q.answer("Ev2")) == Answer(case=here.case)


async def test_a_new_delivery_has_no_answer(store):
    assert await store.read(lambda q: q.answer("Ev0")) is None


async def test_a_delivery_that_was_handled_can_add_no_more(clerk):
    """Even a caller that forgot to ask can't count one act twice."""
    case = await clerk.open(delivery="Ev1")
    facts = tuple(t.fact for t in await clerk.store.read(lambda q: q.facts(case.number)))

    with pytest.raises(ValueError, match="handled before"):
        await clerk.store.write(lambda tx: tx.append(case.number, facts, "Ev1"))

    assert len(await clerk.store.read(lambda q: q.facts(case.number))) == 1


async def test_nothing_is_written_about_a_case_that_is_not_there(clerk):
    with pytest.raises(LookupError):
        await clerk.store.write(lambda tx: tx.remember("Ev1", 99, NINE))

    assert await clerk.store.read(lambda q: q.answer("Ev1")) is None
