"""Presence: who is in a case, by writing, by acting or by a reaction, and since when the owner is alone."""

from datetime import timedelta
from itertools import permutations

import pytest
from cases import ANN, CHO, DAN, a_case, after, ask, at, facts_of

from bot.domain.case import Case
from bot.domain.commands import AddNote, Arrive, ClaimArea, Leave, Reaction, ReleaseArea, ReopenCase, ResolveCase
from bot.domain.errors import LeavesAreas, NotInCase, OwnerLeaves
from bot.domain.messages import CaseCommand
from bot.domain.values import Timestamp

CARD, HEAD = Timestamp("1783328401.000100"), Timestamp("1783328400.000100")


def eyes(second: int, on: Timestamp = CARD) -> Reaction:
    return Reaction(on=on, emoji="eyes", at=Timestamp(f"17833285{second:02}.000100"))


def put(second: int, on: Timestamp = CARD) -> CaseCommand:
    return ask(Arrive, CHO, reaction=eyes(second, on))


def taken(second: int, on: Timestamp = CARD) -> CaseCommand:
    return ask(Leave, CHO, reaction=eyes(second, on))


def once(case: Case, *commands: CaseCommand) -> Case:
    for command in commands:
        case = after(case, command, "9:01")
    return case


@pytest.mark.parametrize("order", list(permutations((put(1), taken(2), put(3)))))
def test_events_in_any_order_end_as_it_was_at_slack(order):
    assert once(a_case(), *order).people == (CHO,)


@pytest.mark.parametrize("order", list(permutations((put(1), taken(2)))))
def test_a_reaction_that_was_taken_away_counts_for_nothing_whatever_comes_first(order):
    assert once(a_case(), *order).people == ()


def test_the_same_event_twice_is_one():
    there = once(a_case(), put(1))

    assert facts_of(there, put(1), "9:02") == ()
    gone = once(there, taken(2))
    assert facts_of(gone, taken(2), "9:02") == ()


def test_who_reacted_in_two_places_is_there_until_both_are_gone():
    both = once(a_case(), put(1), put(2, HEAD))

    assert once(both, taken(3)).people == (CHO,)
    assert once(both, taken(3), taken(4, HEAD)).people == ()


def test_an_act_outlives_the_reaction():
    case = once(a_case(), put(1), ask(AddNote, CHO, text="no deny in the logs"), taken(3))

    assert case.people == (CHO,)
    assert facts_of(case, put(4), "9:02") == ()


def test_nobody_is_made_present_by_taking_something_away():
    assert once(a_case(), taken(2)).people == ()


def test_who_only_passed_by_says_so():
    case = once(a_case(), ask(Arrive, CHO), ask(Leave, CHO))

    assert case.people == ()
    assert once(case, ask(Arrive, CHO)).people == (CHO,)


def test_who_holds_an_area_gives_it_back_first():
    case = once(a_case(), ask(ClaimArea, CHO, area="network"))

    with pytest.raises(LeavesAreas):
        once(case, ask(Leave, CHO))
    assert once(case, ask(ReleaseArea, CHO, area="network"), ask(Leave, CHO)).people == ()


def test_the_owner_hands_over_and_a_stranger_has_nothing_to_leave():
    with pytest.raises(OwnerLeaves):
        once(a_case(), ask(Leave, ANN))
    with pytest.raises(NotInCase):
        once(a_case(), ask(Leave, DAN))


def test_the_owner_is_alone_since_the_last_one_left():
    case = a_case()
    assert case.alone_since == at("9:00")

    case = after(after(case, ask(Arrive, CHO), "9:03"), ask(Arrive, DAN), "9:04")
    case = after(case, ask(Leave, CHO), "9:20")
    assert not case.alone
    case = after(case, ask(Leave, DAN), "9:30")
    assert case.alone
    assert case.alone_since == at("9:30")


def test_a_new_cycle_begins_anew():
    case = after(after(a_case(), ask(Arrive, CHO), "9:03"), ask(Leave, CHO), "9:20")
    case = after(after(case, ask(ResolveCase), "9:30"), ask(ReopenCase, reason="again"), "9:50")

    assert case.alone_since == at("9:50") >= at("9:20") + timedelta(minutes=30)
