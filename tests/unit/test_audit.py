"""The audit: the rules applied a second time find what the plan or the outbox lacks, and nothing else."""

from datetime import timedelta

import pytest
from cases import TIME_PASSES, a_case, after, at, facts_of, told
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import PATIENCE, unplanned, unreached, unwritten
from bot.domain.messages import ReminderCame
from bot.domain.notices import notices
from bot.domain.sla import checkpoints

FIRST = "first-response/1"


def plan(case):
    return {point.key: point.at for point in checkpoints(case)}


class TestUnreached:
    def test_a_moment_that_passed_in_silence_is_found_after_two_minutes(self):
        assert [miss.what for miss in unreached(a_case(), at("9:09:29"))] == []
        assert [miss.what for miss in unreached(a_case(), at("9:09:30"))] == [f"{FIRST}/50%"]

    def test_what_was_said_is_none(self):
        case = told(a_case(), "9:08", "9:10", "9:15")

        assert unreached(case, at("9:19")) == ()

    @given(st.integers(0, 7200))
    def test_a_case_that_time_has_acted_on_has_none(self, seconds):
        now = at("9:00") + timedelta(seconds=seconds)
        case = a_case()
        while any(point.at <= now for point in checkpoints(case)):
            case = after(case, TIME_PASSES, _clock(seconds))

        assert unreached(case, now) == ()


def _clock(seconds):
    return f"{9 + seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


class TestUnplanned:
    def test_the_right_plan_is_well(self):
        assert unplanned(a_case(), plan(a_case()), at("9:00")) == ()

    @given(st.data())
    def test_every_moment_that_is_taken_away_or_moved_is_found(self, data):
        right = plan(a_case())
        key = data.draw(st.sampled_from(sorted(right)))
        moved = data.draw(st.sampled_from([None, timedelta(seconds=1), timedelta(days=-1)]))
        held = {**right, key: right[key] + moved} if moved else {k: v for k, v in right.items() if k != key}

        assert [miss.what for miss in unplanned(a_case(), held, at("9:00"))] == [key]

    def test_a_moment_of_a_promise_that_is_no_more_is_found_too(self):
        held = {**plan(a_case()), "next-contact/9/due": at("9:40")}

        assert [miss.what for miss in unplanned(a_case(), held, at("9:00"))] == ["next-contact/9/due"]


class TestUnwritten:
    @pytest.mark.parametrize("clock", ["9:10", "9:15", "9:20", "9:25", "12:00"])
    def test_every_letter_that_is_missing_is_found(self, clock):
        case, facts = a_case(), facts_of(a_case(), TIME_PASSES, clock)
        letters = [notice.key for notice in notices(case, facts)]
        came = [fact for fact in facts if isinstance(fact, ReminderCame)]

        assert letters
        assert unwritten(case, came, letters) == ()
        for lost in letters:
            found = unwritten(case, came, [key for key in letters if key != lost])
            assert [notice.key for notice in found] == [lost]


def test_a_finding_has_one_name_for_all_time():
    early, late = unreached(a_case(), at("9:10"))[0], unreached(a_case(), at("9:12"))[0]

    assert early.key == late.key
    assert late.found_at - early.found_at == PATIENCE
