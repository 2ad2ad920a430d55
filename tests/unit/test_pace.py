"""Pace: Slack's limits are kept before being told to."""

import pytest

from bot.pace import Pace, Rate

CHANNEL = Rate(burst=3, per_second=1)


def waits(pace, *moments, lane="channel C1"):
    return [pace.turn(lane, CHANNEL, now) for now in moments]


@pytest.mark.parametrize(
    ("moments", "waited"),
    [
        ([0, 0, 0], [0, 0, 0]),
        ([0, 0, 0, 0, 0], [0, 0, 0, 1, 2]),
        ([0, 0, 0, 0.25], [0, 0, 0, 0.75]),
        ([0, 0, 0, 1, 1], [0, 0, 0, 0, 1]),
        ([0, 0, 0, 100, 100, 100, 100], [0, 0, 0, 0, 0, 0, 1]),  # however long it rests, it holds one burst
        ([5, 6, 7, 8, 9], [0, 0, 0, 0, 0]),
    ],
)
def test_a_burst_and_then_one_a_second(moments, waited):
    assert waits(Pace(), *moments) == waited


def test_each_lane_has_its_own_pace():
    pace = Pace()
    waits(pace, 0, 0, 0, 0)

    assert waits(pace, 0, lane="channel C2") == [0]


def test_nobody_uses_a_lane_that_slack_has_shut():
    pace = Pace()
    pace.shut("channel C1", 30, now=0)

    assert waits(pace, 10) == [20]


def test_what_waited_for_a_shut_lane_does_not_leave_it_all_at_once():
    """A crowd after Retry-After would be told to wait again."""
    pace = Pace()
    pace.shut("channel C1", 30, now=0)

    assert waits(pace, 0, 0, 0, 0, 10, 10) == [30, 30, 30, 31, 22, 23]


def test_the_longer_of_two_orders_to_wait_stands():
    pace = Pace()
    pace.shut("channel C1", 30, now=0)
    pace.shut("channel C1", 5, now=1)

    assert waits(pace, 2) == [28]


def test_a_lane_is_open_again_when_its_time_is_over():
    pace = Pace()
    pace.shut("channel C1", 30, now=0)

    assert waits(pace, 30, 30, 30, 30) == [0, 0, 0, 1]


def test_to_forget_idle_lanes_changes_no_wait():
    pace, forgetful = Pace(), Pace()
    for each in (pace, forgetful):
        waits(each, 0, 0, 0, 0)
        each.shut("channel C2", 10, now=0)
    forgetful.forget_idle(2)

    assert waits(forgetful, 2, 2, 9) == waits(pace, 2, 2, 9)
    assert waits(forgetful, 2, lane="channel C2") == waits(pace, 2, lane="channel C2")


def test_idle_lanes_take_no_memory():
    pace = Pace()
    waits(pace, 0, 0, lane="channel C1")
    pace.shut("channel C2", 10, now=0)

    pace.forget_idle(10)

    assert vars(pace) == vars(Pace())
