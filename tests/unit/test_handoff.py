"""Handoff: the owner changes only when the other side accepts, and no due time moves with it."""

from datetime import timedelta

import pytest
from cases import ANN, BEN, CHO, DAN, NUMBER, a_case, after, ask, at, contact, facts_of, told

from bot.domain.case import TIME
from bot.domain.errors import (
    AnotherTime,
    FirstActionMissing,
    HandoffPending,
    HandoffToSelf,
    NoHandoff,
    NothingOffered,
    OwnerAlready,
    PromiseInThePast,
    ReasonNeeded,
)
from bot.domain.handoff import Offer, owed
from bot.domain.messages import (
    AcceptHandoff,
    Acknowledge,
    CloseCase,
    DeclineHandoff,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
    LoseOwner,
    NextContactPromised,
    NudgeCame,
    OfferHandoff,
    ReachCheckpoints,
    ResolveCase,
    WithdrawHandoff,
)
from bot.domain.nudge import nudges, still_true
from bot.domain.sla import checkpoints, clocks

TO_CHO = ask(OfferHandoff, ANN, to=CHO, note=" the trace runs\nuntil noon ")
ACCEPT = ask(AcceptHandoff, CHO, action="call with\nthe trace")
WITHDRAW = ask(WithdrawHandoff, ANN)
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


def test_an_offer_to_somebody_else_tells_the_first_that_it_is_withdrawn():
    to_dan, taken = ask(OfferHandoff, BEN, to=DAN), ask(OfferHandoff, BEN, to=BEN)
    withdrawn = HandoffWithdrawn(by=BEN, at=at("9:25"), to=CHO, sender=ANN)

    first, second = facts_of(offered(), to_dan, "9:25")
    assert (first, second.to, after(offered(), to_dan, "9:25").offer.to) == (withdrawn, DAN, DAN)
    assert facts_of(offered(), taken, "9:25")[0] == withdrawn


def test_whoever_was_asked_may_take_it_as_if_nobody_had():
    assert [f.kind for f in facts_of(offered(), ask(OfferHandoff, CHO, to=CHO), "9:25")] == [
        "handoff_offered",
        "handoff_accepted",
    ]


def test_the_owner_changes_when_the_other_side_accepts_and_the_former_one_stays_around():
    case = after(offered(), ACCEPT, "9:25")

    assert facts_of(offered(), ACCEPT, "9:25") == (
        HandoffAccepted(by=CHO, at=at("9:25"), sender=ANN, action="call with the trace", due=owed(offered())),
    )
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


def promised(when="10:00"):
    """Offered while a promise stands."""
    return offered(after(a_case(), contact(when), "9:10"))


@pytest.mark.parametrize("read_back", [None, "10:00"])
def test_the_promise_that_is_read_back_stays_as_it_is(read_back):
    take = ask(AcceptHandoff, CHO, action="call", due=at(read_back) if read_back else None)

    assert facts_of(promised(), take, "9:25") == (
        HandoffAccepted(by=CHO, at=at("9:25"), sender=ANN, action="call", due=at("10:00")),
    )
    assert after(promised(), take, "9:25").promise == promised().promise


def test_a_promise_is_read_back_in_minutes_and_one_that_has_passed_as_it_was():
    seconds = promised().promise.model_copy(update={"due": at("10:00") + timedelta(seconds=40)})
    spoken = promised().model_copy(update={"promise": seconds})

    assert len(facts_of(spoken, ask(AcceptHandoff, CHO, action="call", due=at("10:00")), "9:25")) == 1
    tomorrow = ask(AcceptHandoff, CHO, action="call", due=at("10:00") + timedelta(days=1))
    assert len(facts_of(promised(), tomorrow, "10:05")) == 1


def test_another_time_is_a_promise_of_the_new_owner_with_its_reason():
    take = ask(AcceptHandoff, CHO, action="call", due=at("9:50"), reason="agreed by phone")

    accepted, moved = facts_of(promised(), take, "9:25")
    case = after(promised(), take, "9:25")

    assert (accepted.action, accepted.due) == ("call", at("9:50"))
    assert moved == NextContactPromised(
        by=CHO, at=at("9:25"), due=at("9:50"), action="call", reason="agreed by phone", replaced=at("10:00")
    )
    assert (case.owner, case.promise.due, case.tally.renegotiated) == (CHO, at("9:50"), 1)


@pytest.mark.parametrize(
    ("due", "reason", "refusal"),
    [("9:50", " ", AnotherTime), ("9:20", "agreed", PromiseInThePast)],
)
def test_another_time_without_a_reason_or_in_the_past_changes_nothing(due, reason, refusal):
    with pytest.raises(refusal):
        facts_of(promised(), ask(AcceptHandoff, CHO, action="call", due=at(due), reason=reason), "9:25")


def test_a_first_response_is_confirmed_too_and_a_promise_may_be_made_before_it():
    stands = owed(offered())

    assert len(facts_of(offered(), ask(AcceptHandoff, CHO, action="call", due=stands), "9:05")) == 1
    _, made = facts_of(offered(), ask(AcceptHandoff, CHO, action="call", due=at("9:40")), "9:05")
    assert (made.due, made.replaced) == (at("9:40"), None)


def test_a_resolved_case_is_taken_with_a_first_action_alone():
    resolved = after(promised(), ask(ResolveCase), "9:30")

    (taken,) = facts_of(resolved, ACCEPT, "9:40")
    assert taken.due is None


def test_an_offer_is_withdrawn_and_whoever_was_asked_hears_it():
    case = after(offered(), WITHDRAW, "9:25")

    assert facts_of(offered(), WITHDRAW, "9:25") == (HandoffWithdrawn(by=ANN, at=at("9:25"), to=CHO, sender=ANN),)
    assert (case.owner, case.offer) == (ANN, None)


def test_an_offer_without_an_answer_is_asked_about_on_both_sides_and_then_led():
    case = after(a_case().model_copy(update={"leads": (DAN, ANN)}), TO_CHO, "9:20")
    asked = [(n.step, n.at) for n in nudges(case) if n.kind == "unanswered"]
    assert asked == [(1, at("9:30")), (2, at("9:30")), (3, at("9:40"))]

    both = [f for f in facts_of(case, ask(ReachCheckpoints, TIME), "9:30") if isinstance(f, NudgeCame)]
    assert [fact.to for fact in both] == [CHO, ANN]
    later = after(case, ask(ReachCheckpoints, TIME), "9:30")
    (led,) = [f for f in facts_of(later, ask(ReachCheckpoints, TIME), "9:40") if isinstance(f, NudgeCame)]
    assert (led.to, led.also) == (DAN, ())
    for answer in (ACCEPT, DECLINE, WITHDRAW):
        assert [n for n in nudges(after(later, answer, "9:35")) if n.kind == "unanswered"] == []
        assert not still_true(after(later, answer, "9:35"), both[0])


def test_every_lead_of_the_roster_hears_it_and_without_one_the_thread():
    case = offered()
    by_roster = ask(ReachCheckpoints, TIME, leads=(BEN, DAN))

    (led,) = [f for f in facts_of(case, by_roster, "9:40") if isinstance(f, NudgeCame) and f.step == 3]
    assert (led.to, led.also) == (BEN, (DAN,))
    (said,) = [
        f for f in facts_of(case, ask(ReachCheckpoints, TIME), "9:40") if isinstance(f, NudgeCame) and f.step == 3
    ]
    assert said.to is None


def test_offering_it_to_oneself_is_taking_it():
    take = ask(OfferHandoff, DAN, to=DAN)

    assert facts_of(offered(), take, "9:25") == (
        HandoffWithdrawn(by=DAN, at=at("9:25"), to=CHO, sender=ANN),
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
    assert facts_of(case, ACCEPT, "9:25")[0].sender is None


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
        (offered(), ask(AcceptHandoff, ANN), OwnerAlready(number=NUMBER)),
        (offered(), ask(AcceptHandoff, CHO, action=" "), FirstActionMissing(number=NUMBER)),
        (after(offered(), ACCEPT, "9:21"), ACCEPT, OwnerAlready(number=NUMBER)),
        (after(offered(), WITHDRAW, "9:21"), ACCEPT, NoHandoff(number=NUMBER)),
        (after(offered(), WITHDRAW, "9:21"), DECLINE, NoHandoff(number=NUMBER)),
        (a_case(), WITHDRAW, NothingOffered(number=NUMBER)),
        (offered(), ask(WithdrawHandoff, CHO), ReasonNeeded(number=NUMBER, verb="decline")),
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
