"""Nudges: who is asked when no clock ran out, when, and how often."""

from datetime import timedelta

import pytest
from cases import ANN, CHO, a_case, after, ask, at, contact, terms

from bot.domain.case import TIME, Case
from bot.domain.commands import AddNote, ClaimArea, ReachCheckpoints, ReleaseArea, ReportFinding, ResolveCase
from bot.domain.facts import NudgeCame
from bot.domain.moment import moments
from bot.domain.nudge import nudges, still_true

ASKING = terms(alone_after="5m", stuck_after="10m", quiet_claims=True, next_contact="1h", first_response="2h")
MINUTE = timedelta(minutes=1)


def a_team(**more: object) -> Case:
    case = a_case(agreed=ASKING)
    return case.model_copy(update=more) if more else case


def said(case: Case) -> list[tuple[str, int, str]]:
    return [(nudge.kind, nudge.step, f"{nudge.at:%H:%M}") for nudge in nudges(case)]


def reached(case: Case, clock: str) -> Case:
    return after(case, ask(ReachCheckpoints, TIME), clock)


def test_an_owner_alone_is_heard_by_the_channel_and_then_by_whoever_is_on_duty() -> None:
    assert said(a_team()) == [("alone", 1, "09:05"), ("stuck", 1, "09:10")]
    assert said(a_team(duty_group="S1"))[:2] == [("alone", 1, "09:05"), ("alone", 2, "09:10")]


def test_a_second_person_ends_it() -> None:
    joined = after(a_team(duty_group="S1"), ask(AddNote, CHO, text="I look along"), "9:02")

    assert [nudge for nudge in nudges(joined) if nudge.kind == "alone"] == []


def test_a_claim_without_news_is_asked_about_after_half_the_cadence_then_offered() -> None:
    claimed = after(a_team(), ask(ClaimArea, CHO, area="network"), "9:01")
    assert [n for n in said(claimed) if n[0] == "quiet"] == [("quiet", 1, "09:31"), ("quiet", 2, "10:01")]

    reported = after(claimed, ask(ReportFinding, CHO, area="network", verdict="cleared", evidence="no loss"), "9:20")
    given_back = after(claimed, ask(ReleaseArea, CHO, area="network"), "9:20")
    for case in (reported, given_back):
        assert [n for n in said(case) if n[0] == "quiet"] == []


def test_each_comes_once_and_goes_to_whom_it_is_for() -> None:
    claimed = after(a_team(), ask(ClaimArea, CHO, area="network"), "9:01")
    asked = reached(claimed, "9:31")

    assert [n for n in said(asked) if n[0] == "quiet"] == [("quiet", 2, "10:01")]
    assert reached(asked, "9:32") == asked


def test_after_a_long_silence_the_last_step_speaks_for_both() -> None:
    claimed = after(a_team(), ask(ClaimArea, CHO, area="network"), "9:01")

    late = reached(claimed, "10:30")

    assert [n for n in said(late) if n[0] == "quiet"] == []
    assert sum(key.startswith("quiet/") for key in late.nudged) == 2


def test_no_next_action_is_offered_some_unless_the_first_response_says_it_anyway() -> None:
    assert ("stuck", 1, "09:10") in said(a_team())
    near = a_case(agreed=terms(stuck_after="10m", first_response="15m"))
    assert [n for n in said(near) if n[0] == "stuck"] == []
    promised = after(a_team(), contact("9:40"), "9:05")
    assert [n for n in said(promised) if n[0] == "stuck"] == []


@pytest.mark.parametrize("switch", [{"alone_after": None}, {"stuck_after": None}, {"quiet_claims": False}])
def test_each_can_be_switched_off(switch: dict[str, object]) -> None:
    kind = {"alone_after": "alone", "stuck_after": "stuck", "quiet_claims": "quiet"}[next(iter(switch))]
    off = terms(alone_after="5m", stuck_after="10m", quiet_claims=True, first_response="2h").model_copy(update=switch)
    case = after(a_case(agreed=off), ask(ClaimArea, ANN, area="network"), "9:01")

    assert kind not in {nudge.kind for nudge in nudges(case)}


def test_a_case_that_is_over_asks_nobody() -> None:
    assert nudges(after(a_team(), ask(ResolveCase), "9:02")) == ()


def test_they_lie_among_the_moments_of_the_case() -> None:
    keys = [moment.key for moment in moments(a_team())]
    assert "alone/20260706T090000/1" in keys
    assert [moment.at for moment in moments(a_team())] == sorted(moment.at for moment in moments(a_team()))


def test_what_was_asked_is_said_only_while_it_is_so() -> None:
    (came,) = [n for n in nudges(a_team()) if n.kind == "alone"]
    case = reached(a_team(), "9:05")
    fact = NudgeCame(by=TIME, at=at("9:05"), nudge="alone", key=came.key, step=1, planned=came.at)
    assert still_true(case, fact)
    assert not still_true(after(case, ask(AddNote, CHO, text="here"), "9:06"), fact)
