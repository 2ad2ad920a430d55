"""Rungs: the ladder in full, and what holds it."""

from datetime import timedelta

import pytest
from cases import ANN, BEN, CHO, TIME_PASSES, a_case, after, ask, at, facts_of, promise, terms, told
from clock_stories import (
    answered,
    ask_vendor,
    wrote,
)

from bot.domain.errors import (
    HeldLongEnough,
    HoldTooLong,
    NothingToAcknowledge,
)
from bot.domain.messages import (
    Acknowledge,
    AddNote,
    ResolveCase,
)
from bot.domain.sla import checkpoints

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


# ---------------------------------------------------------------- the ladder


FULL = terms(
    ladder=[
        {"after": f"{minutes}m", "tell": tell}
        for minutes, tell in ((2, "owner"), (5, "backup"), (8, "lead"), (12, "channel"))
    ]
)


def climbed(case, *ticks):
    """What each moment said, to whom, and who had been told."""
    said = []
    for clock in ticks:
        facts = facts_of(case, TIME_PASSES, clock)
        said += [(fact.rung, fact.to, fact.told) for fact in facts]
        case = told(case, clock)
    return said


def test_every_rung_knows_who_was_told_before():
    case = a_case(agreed=FULL).model_copy(update={"leads": (CHO,)})

    assert climbed(told(case, "9:10"), "9:15", "9:17", "9:20", "9:23", "9:27") == [
        ("due", (ANN,), (ANN,)),
        ("owner", (ANN,), (ANN,)),
        ("backup", (BEN,), (ANN,)),
        ("lead", (CHO,), (ANN, BEN)),
        ("channel", (), (ANN, BEN, CHO)),
    ]


def test_where_nobody_leads_the_channel_hears_it_at_once_and_only_once():
    said = climbed(told(a_case(agreed=FULL, backup=()), "9:10"), "9:15", "9:17", "9:20", "9:23", "9:27", "9:57")

    assert [rung for rung, _, _ in said] == ["due", "owner", "channel", "lead", "again"]


@pytest.mark.parametrize("who", [ANN, BEN])
def test_an_act_of_somebody_who_was_told_holds_the_ladder(who):
    case = told(a_case(agreed=FULL), "9:10", "9:15", "9:20")

    held = after(case, ask(AddNote, who, text="calling them"), "9:21")

    assert (held.held_until, held.holds) == (at("9:31"), 1)
    assert next(p.at for p in checkpoints(held)) == at("9:31")


def test_an_act_of_somebody_else_holds_nothing_and_three_holds_are_enough():
    case = told(a_case(agreed=FULL), "9:10", "9:15")
    assert after(case, ask(AddNote, CHO, text="hm"), "9:16").held_until is None

    for clock in ("9:16", "9:27", "9:38", "9:49"):
        case = after(case, ask(AddNote, text="still looking"), clock)

    assert (case.holds, case.held_until) == (3, at("9:48"))
    with pytest.raises(HeldLongEnough):
        facts_of(case, ask(Acknowledge), "9:50")


def test_a_hold_may_be_shorter_than_the_terms_allow_and_never_longer():
    case = a_case()

    assert after(case, ask(Acknowledge, hold=5 * MINUTE), "9:10").held_until == at("9:15")
    for hold in (11 * MINUTE, timedelta(0), -MINUTE):
        with pytest.raises(HoldTooLong):
            facts_of(case, ask(Acknowledge, hold=hold), "9:10")
    with pytest.raises(NothingToAcknowledge):
        facts_of(after(case, ask(ResolveCase), "9:05"), ask(Acknowledge), "9:10")


def test_the_ladder_climbs_on_what_a_contact_answers_alone():
    case = told(after(answered(next_at="18:00"), ask_vendor(), "9:10"), "10:00", "13:00")

    assert {p.rung for p in checkpoints(case) if p.clock.name in ("vendor", "resolution")} == set()


def test_a_promise_leaves_the_ladder_of_an_unanswered_message_alone():
    case = after(answered(next_at="18:00"), wrote("9:30"), "9:30")
    case = told(case, "10:20", "10:30", "10:35")

    assert after(case, promise("12:00", reason="asked"), "10:36").last_rung_at == at("10:35")
