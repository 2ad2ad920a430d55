"""One holder per area, decided by the database; the loser is told who won."""

import asyncio

import pytest

from bot.domain.case import replay
from bot.domain.errors import AreaTaken
from bot.domain.messages import ClaimArea, JoinArea, ReleaseArea
from bot.domain.rules import decide
from bot.domain.sla import checkpoints


def claim(clerk, case, by, area="network"):
    return ClaimArea(delivery=clerk.delivery(), by=by, case=case.number, area=area)


async def test_of_fifty_claims_at_once_one_wins_and_all_others_learn_who(clerk):
    case = await clerk.open()

    results = await asyncio.gather(
        *(clerk.act(claim(clerk, case, f"U_{n}")) for n in range(50)), return_exceptions=True
    )

    winners = [r for r in results if not isinstance(r, BaseException)]
    assert len(winners) == 1
    holder = winners[0].case.areas[0].holder
    losers = [r for r in results if isinstance(r, BaseException)]
    assert {type(r) for r in losers} == {AreaTaken}
    assert {r.about["holder"] for r in losers} == {holder}
    assert (await clerk.store.read(lambda q: q.case(case.number))).areas[0].holder == holder


async def test_the_database_refuses_a_second_holder_whatever_the_caller_read_before(clerk):
    """Ben decided on a case as it was before Ann's claim: he is refused, and Ann holds on."""
    old = await clerk.open()
    await clerk.act(claim(clerk, old, "U_ANN"))
    stale = replay(decide(old, claim(clerk, old, "U_BEN"), old.opened_at), old)

    with pytest.raises(AreaTaken) as refused:
        await clerk.store.write(lambda tx: tx.save(stale, checkpoints(stale)))

    assert refused.value.about == {"number": old.number, "holder": "U_ANN", "area": "network", "key": "network"}
    assert (await clerk.store.read(lambda q: q.case(old.number))).areas[0].holder == "U_ANN"


async def test_an_area_given_back_can_be_claimed_by_another(clerk):
    case = await clerk.open()
    await clerk.act(claim(clerk, case, "U_ANN"))
    await clerk.act(ReleaseArea(delivery=clerk.delivery(), by="U_ANN", case=case.number, area="network"))

    answer = await clerk.act(claim(clerk, case, "U_BEN"))

    assert answer.case.areas[0].holder == "U_BEN"


async def test_an_area_passes_to_the_heir_in_one_step(clerk):
    """Who helped holds the area when its holder leaves."""
    case = await clerk.open()
    await clerk.act(claim(clerk, case, "U_ANN"))
    await clerk.act(JoinArea(delivery=clerk.delivery(), by="U_BEN", case=case.number, area="network"))

    answer = await clerk.act(ReleaseArea(delivery=clerk.delivery(), by="U_ANN", case=case.number, area="network"))

    assert answer.case.areas[0].holder == "U_BEN"
    with pytest.raises(AreaTaken):
        await clerk.act(claim(clerk, case, "U_CAI"))


async def test_areas_of_a_case_are_held_apart(clerk):
    case = await clerk.open()

    await asyncio.gather(*(clerk.act(claim(clerk, case, f"U_{a}", a)) for a in ("network", "storage", "guest-os")))

    kept = await clerk.store.read(lambda q: q.case(case.number))
    assert [area.holder for area in kept.areas] == ["U_network", "U_storage", "U_guest-os"]
