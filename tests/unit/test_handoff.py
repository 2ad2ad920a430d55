"""Handoff: the owner changes only when the other side accepts, and no due time moves with it."""

import pytest
from cases import ANN, BEN, CHO, DAN, NUMBER, a_case, after, ask, at, contact, facts_of, told

from bot.domain.case import TIME
from bot.domain.errors import HandoffPending, HandoffToSelf, NoHandoff, ReasonNeeded
from bot.domain.handoff import Offer
from bot.domain.messages import (
    AcceptHandoff,
    Acknowledge,
    CloseCase,
    DeclineHandoff,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    LoseOwner,
    OfferHandoff,
    ResolveCase,
)
from bot.domain.sla import checkpoints, clocks

TO_CHO = ask(OfferHandoff, ANN, to=CHO, note=" the trace runs\nuntil noon ")
ACCEPT = ask(AcceptHandoff, CHO)
DECLINE = ask(DeclineHandoff, CHO, reason="my shift\nends at ten")


def offered(case=None):
    return after(case or a_case(), TO_CHO, "9:20")


def test_an_offer_is_held_out_and_changes_no_owner():
    assert facts_of(a_case(), TO_CHO, "9:20") == (
        HandoffOffered(by=ANN, at=at("9:20"), to=CHO, note="the trace runs\nuntil noon"),
    )
    assert (offered().owner, offered().offer) == (
        ANN,
        Offer(to=CHO, by=ANN, at=at("9:20"), note="the trace runs\nuntil noon"),
    )


def test_the_owner_changes_when_the_other_side_accepts_and_the_former_one_stays_around():
    case = after(offered(), ACCEPT, "9:25")

    assert facts_of(offered(), ACCEPT, "9:25") == (HandoffAccepted(by=CHO, at=at("9:25"), sender=ANN),)
    assert (case.owner, case.people, case.offer) == (CHO, (ANN,), None)


def test_a_declined_case_stays_where_it_was_with_the_reason():
    case = after(offered(), DECLINE, "9:25")

    assert facts_of(offered(), DECLINE, "9:25") == (
        HandoffDeclined(by=CHO, at=at("9:25"), sender=ANN, reason="my shift ends at ten"),
    )
    assert (case.owner, case.people, case.offer) == (ANN, (CHO,), None)


def test_handing_over_in_the_middle_of_a_reminder_moves_nothing():
    """Not the due time, not the ladder, not what was told, not an acknowledgement."""
    case = told(after(a_case(), contact("10:00"), "9:10"), "9:50", "10:00", "10:05")
    before = after(after(case, ask(Acknowledge), "10:06"), TO_CHO, "10:07")

    case = after(before, ACCEPT, "10:08")

    assert case == before.model_copy(update={"owner": CHO, "people": (ANN,), "offer": None, "changed_at": at("10:08")})
    assert (clocks(case), checkpoints(case)) == (clocks(before), checkpoints(before))


def test_offering_it_to_oneself_is_taking_it():
    take = ask(OfferHandoff, DAN, to=DAN)

    assert facts_of(offered(), take, "9:25") == (
        HandoffOffered(by=DAN, at=at("9:25"), to=DAN),
        HandoffAccepted(by=DAN, at=at("9:25"), sender=ANN),
    )
    assert (after(offered(), take, "9:25").owner, after(offered(), take, "9:25").offer) == (DAN, None)


def test_the_last_offer_stands():
    case = after(offered(), ask(OfferHandoff, BEN, to=DAN), "9:25")

    assert case.offer == Offer(to=DAN, by=BEN, at=at("9:25"), note="")


def test_a_case_without_an_owner_is_accepted_from_nobody():
    case = after(offered(), ask(LoseOwner, TIME), "9:22")

    assert case.owner is None
    assert facts_of(case, ACCEPT, "9:25") == (HandoffAccepted(by=CHO, at=at("9:25"), sender=None),)


def test_an_offer_outlives_the_resolution_and_ends_with_the_case():
    resolved = after(offered(), ask(ResolveCase), "9:30")
    closed = after(resolved, ask(CloseCase, anyway=True), "9:40")

    assert (resolved.offer, closed.offer) == (offered().offer, None)


@pytest.mark.parametrize(
    ("case", "act", "refusal"),
    [
        (a_case(), ask(OfferHandoff, BEN, to=ANN), HandoffToSelf(number=NUMBER, to=ANN)),
        (a_case(), ask(OfferHandoff, ANN, to=ANN), HandoffToSelf(number=NUMBER, to=ANN)),
        (offered(), ask(OfferHandoff, BEN, to=CHO), HandoffPending(number=NUMBER, to=CHO)),
        (a_case(), ACCEPT, NoHandoff(number=NUMBER)),
        (offered(), ask(AcceptHandoff, DAN), NoHandoff(number=NUMBER)),
        (offered(), ask(AcceptHandoff, ANN), NoHandoff(number=NUMBER)),
        (after(offered(), ACCEPT, "9:21"), ACCEPT, NoHandoff(number=NUMBER)),
        (after(offered(), DECLINE, "9:21"), ACCEPT, NoHandoff(number=NUMBER)),
        (after(offered(), ask(OfferHandoff, BEN, to=DAN), "9:21"), ACCEPT, NoHandoff(number=NUMBER)),
        (a_case(), DECLINE, NoHandoff(number=NUMBER)),
        (offered(), ask(DeclineHandoff, DAN, reason="no"), NoHandoff(number=NUMBER)),
        (offered(), ask(DeclineHandoff, CHO, reason=" "), ReasonNeeded(number=NUMBER, verb="decline")),
    ],
)
def test_what_is_no_handoff(case, act, refusal):
    with pytest.raises(type(refusal)) as refused:
        after(case, act, "9:30")

    assert refused.value.about == refusal.about
