"""Pace: Slack's limits are kept before being told to, nobody is starved, and nothing idles that may go."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pace import EDITS, LOOKING, POSTS, REMEMBERED, SLOW_FOR, Limits, Pace, Rate, Turns
from bot.ports import Waiting

CHANNEL = Rate(burst=3, per_second=1)
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def waits(pace, *moments, lane="C1"):
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

    assert waits(pace, 0, lane="C2") == [0]


def test_to_ask_uses_no_turn():
    pace = Pace()

    assert [pace.wait("C1", CHANNEL, 0) for _ in range(9)] == [0] * 9
    assert [pace.turns("C1", CHANNEL, 0), *waits(pace, 0), pace.turns("C1", CHANNEL, 0)] == [3, 0, 2]


# ---------------------------------------------------------------- told to wait


def test_nobody_uses_a_lane_that_slack_has_shut():
    pace = Pace()
    pace.shut("C1", 30, now=0)

    assert waits(pace, 10) == [20]
    assert pace.turns("C1", CHANNEL, 10) == 0


def test_what_waited_for_a_shut_lane_leaves_it_one_by_one_at_half_the_rate():
    """A crowd after Retry-After would be told to wait again."""
    pace = Pace()
    pace.shut("C1", 30, now=0)

    assert waits(pace, 0, 0, 0, 0) == [30, 32, 34, 36]


def test_the_longer_of_two_orders_to_wait_stands():
    pace = Pace()
    pace.shut("C1", 30, now=0)
    pace.shut("C1", 5, now=1)

    assert waits(pace, 2) == [28]


def test_a_lane_refused_again_goes_ever_more_slowly_down_to_an_eighth():
    pace = Pace()
    spacing = []
    for now in (0, 10, 20, 30, 40):
        pace.shut("C1", 1, now=now)
        first, second = waits(pace, now, now)
        spacing.append(second - first)
        pace._full_at.clear()

    assert spacing == [2, 4, 8, 8, 8]


def test_a_lane_goes_at_its_full_rate_again_after_a_while():
    pace = Pace()
    pace.shut("C1", 30, now=0)
    later = 30 + SLOW_FOR

    assert waits(pace, later - 1, later - 1) == [0, 2]
    assert waits(pace, later + 9, later + 9, later + 9, later + 9) == [0, 0, 0, 1]


def test_to_forget_idle_lanes_changes_no_wait():
    pace, forgetful = Pace(), Pace()
    for each in (pace, forgetful):
        waits(each, 0, 0, 0, 0)
        each.shut("C2", 10, now=0)
    forgetful.forget_idle(2)

    assert waits(forgetful, 2, 2, 9) == waits(pace, 2, 2, 9)
    assert waits(forgetful, 2, lane="C2") == waits(pace, 2, lane="C2")


def test_idle_lanes_take_no_memory():
    pace = Pace()
    waits(pace, 0, 0, lane="C1")
    pace.shut("C2", 10, now=0)

    pace.forget_idle(10 + REMEMBERED)

    assert vars(pace) == vars(Pace())


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 3), st.floats(0, 1)), min_size=1, max_size=60))
def test_however_long_calls_are_on_their_way_they_never_arrive_in_a_crowd(journeys):
    """Each is sent as soon as there is a turn, counts at Slack somewhere on its way, and has its answer at the end."""
    pace, now, arrived, landing = Pace(), 0.0, [], []
    for rest, length, part in journeys:
        now += rest
        while True:
            for end in sorted(end for end in landing if end <= now):
                landing.remove(end)
                pace.land("C1", CHANNEL, end)
            if pace.wait("C1", CHANNEL, now) == 0:
                break
            now += 0.05
        pace.hold("C1", now)
        arrived.append(now + part * length)
        landing.append(now + length)

    assert_within(sorted(arrived), CHANNEL)


# ---------------------------------------------------------------- who goes next


def letter(id: str, lane: str, urgency: int = 0, since: float = 0, *, unsure: bool = False) -> Waiting:
    at = NINE + timedelta(seconds=since)
    return Waiting(kind="letter", id=id, lane=lane, urgency=urgency, since=at, unsure=unsure)


class Outbox:
    """Letters in the order the store hands them out, over a time that nobody has to wait for."""

    def __init__(self, letters: Iterable[Waiting], limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.turns = Turns(self.limits)
        self.crowds: Counter[tuple[str, int]] = Counter()
        self.lanes: dict[str, list[Waiting]] = {}
        self.now = 0.0
        self.said: list[tuple[float, Waiting]] = []
        for one in letters:
            self.add(one)

    def add(self, one: Waiting) -> None:
        lane = self.lanes.setdefault(one.lane, [])
        lane.append(one)
        self.crowds[one.lane, one.urgency] += 1
        lane.sort(key=lambda other: (other.urgency, other.since))

    def look(self) -> list[Waiting]:
        at = NINE + timedelta(seconds=self.now)
        posts, _ = self.turns.asked(64, self.now)
        if not posts.each:
            return []
        seen = [
            one
            for name, lane in self.lanes.items()
            if name not in posts.closed
            for one in islice((one for one in lane if one.since <= at), posts.each)
        ]
        return self.turns.chosen(seen, self.crowds, 64, self.now, at)

    def step(self) -> float | None:
        """Say what may go; then the seconds until more may."""
        self.turns.pace.forget_idle(self.now)
        while going := self.look():
            for one in going:
                self.lanes[one.lane].remove(one)
                if not self.lanes[one.lane]:
                    del self.lanes[one.lane]
                self.turns.landed(one, self.now)
                self.crowds[one.lane, one.urgency] -= 1
                self.said.append((self.now, one))
        return self.turns.until_any(self.now)

    def run(self, until: float = math.inf) -> None:
        while self.lanes and self.now < until:
            wait = self.step()
            if self.lanes:
                assert wait is not None, "something waits, and nothing holds it"
                self.now += wait

    def ids(self) -> list[str]:
        return [one.id for _, one in self.said]


def physical(counts: Iterable[int], limits: Limits) -> float:
    """The seconds that the limits themselves dictate for so many posts to each channel."""
    each = list(counts)
    longest = max((n - limits.channel.burst) / limits.channel.per_second for n in each)
    return max(longest, (sum(each) - limits.posts.burst) / limits.posts.per_second, 0.0)


def test_the_most_urgent_of_all_channels_goes_first():
    outbox = Outbox(letter(f"{urgency}{lane}", lane, urgency) for urgency in (3, 2, 1, 0) for lane in ("C1", "C2"))
    outbox.run()

    assert [id[0] for id in outbox.ids()] == sorted(id[0] for id in outbox.ids())


def test_what_is_urgent_overtakes_what_waits_already():
    outbox = Outbox(letter(f"news{n}", "C1", 2) for n in range(9))
    outbox.step()
    outbox.add(letter("reminder", "C1", 0))
    outbox.run()

    assert outbox.ids().index("reminder") == 3, "behind the burst that had gone"


def test_a_channel_that_is_full_holds_up_no_other():
    outbox = Outbox([*(letter(f"a{n}", "C1", 0) for n in range(200)), letter("b", "C2", 2, since=10)])
    outbox.now = 10.0
    outbox.step()

    assert "b" in outbox.ids()


def test_a_single_letter_takes_its_turn_among_crowded_channels():
    """Twenty channels with two hundred letters each use all that the workspace has."""
    outbox = Outbox(letter(f"{lane}/{n}", f"C{lane}") for lane in range(20) for n in range(200))
    outbox.run(until=30)
    outbox.add(letter("late", "C99", since=outbox.now))
    outbox.run(until=outbox.now + 6)

    (said_at,) = (at for at, one in outbox.said if one.id == "late")
    assert said_at - 30 <= 20 / outbox.limits.posts.per_second + 1, "each of the others went once before it"


def test_crowded_channels_take_turns():
    outbox = Outbox(letter(f"{lane}/{n}", f"C{lane}") for lane in range(20) for n in range(50))
    outbox.run(until=60)
    counts = Counter(one.lane for _, one in outbox.said)

    assert max(counts.values()) - min(counts.values()) <= outbox.limits.channel.burst


def test_who_has_to_be_looked_for_first_holds_up_none_of_its_channel():
    outbox = Outbox([letter("lost", "C1", 0, unsure=True), letter("fresh", "C1", 0, since=0.1)])
    outbox.now = 0.2
    outbox.turns.pace.shut(LOOKING, 60, 0.2)
    outbox.step()

    assert outbox.ids() == ["fresh"]


CROWDS = {
    "two hundred in one channel": ([200], 3),
    "two thousand over a hundred channels": ([20] * 100, 3),
    "three crowds among five hundred": ([200] * 3 + [1] * 500, 1),
    "one who owns half of all": ([2000] + [20] * 100, 1),
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_all_is_said_within_five_percent_of_what_the_limits_dictate(crowd):
    counts, urgencies = CROWDS[crowd]
    outbox = Outbox(letter(f"{c}/{n}", f"C{c}", n % urgencies) for c, many in enumerate(counts) for n in range(many))
    outbox.run()

    assert len(outbox.said) == sum(counts)
    assert outbox.said[-1][0] <= 1.05 * physical(counts, outbox.limits)
    for channel in range(len(counts)):
        said = [one.urgency for _, one in outbox.said if one.lane == f"C{channel}"]
        assert said == sorted(said)


LETTERS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.floats(0, 20)), min_size=1, max_size=80)
LIMITS = st.builds(
    lambda burst, rate, posts, per_second: Limits(
        channel=Rate(burst=burst, per_second=rate), posts=Rate(burst=posts, per_second=per_second)
    ),
    st.integers(1, 4), st.sampled_from([0.5, 1, 2]), st.integers(1, 8), st.sampled_from([1, 3, 5]),
)  # fmt: skip


@given(LETTERS, LIMITS)
@settings(max_examples=150, deadline=None)
def test_no_window_ever_holds_more_than_the_rate(given_letters, limits):
    outbox = said_over_time(given_letters, limits)

    times: dict[str, list[float]] = {}
    for at, one in outbox.said:
        times.setdefault(one.lane, []).append(at)
    for moments in times.values():
        assert_within(moments, limits.channel)
    assert_within([at for at, _ in outbox.said], limits.posts)
    assert len(outbox.said) == len(given_letters)


@given(LETTERS, LIMITS)
@settings(max_examples=150, deadline=None)
def test_nothing_idles_that_may_go(given_letters, limits):
    outbox = said_over_time(given_letters, limits)
    for now, waiting in outbox.idled:
        for one in waiting:
            pace = outbox.turns.pace
            assert pace is not None
            assert one.lane in now.closed or now.posts_closed, f"{one.id} could have gone"


class Idle:
    """What had no turn at a moment in which nothing more went."""

    def __init__(self, turns: Turns, limits: Limits, now: float, lanes: Iterable[str]) -> None:
        self.closed = turns.pace.closed(lanes, limits.channel, now)
        self.posts_closed = turns.pace.wait(POSTS, limits.posts, now) > 0


class Watched(Outbox):
    idled: list[tuple[Idle, list[Waiting]]]


def said_over_time(given_letters: list[tuple[int, int, float]], limits: Limits) -> Watched:
    outbox = Watched(
        (letter(str(n), f"C{lane}", urgency, since) for n, (lane, urgency, since) in enumerate(given_letters)), limits
    )
    outbox.idled = []
    while outbox.lanes:
        wait = outbox.step()
        ready = [one for one in _all(outbox) if one.since <= NINE + timedelta(seconds=outbox.now)]
        outbox.idled.append((Idle(outbox.turns, limits, outbox.now, outbox.lanes), ready))
        later = [(one.since - NINE).total_seconds() - outbox.now for one in _all(outbox) if one not in ready]
        steps = [step for step in (wait, *later) if step is not None]
        outbox.now += min(steps) + 1e-6 if steps else 0
    return outbox


def _all(outbox: Outbox) -> Iterator[Waiting]:
    return (one for lane in outbox.lanes.values() for one in lane)


def assert_within(moments: list[float], rate: Rate) -> None:
    for first, start in enumerate(moments):
        for last in range(first, len(moments)):
            assert last - first + 1 <= rate.burst + rate.per_second * (moments[last] - start) + 1e-4


def test_a_method_that_is_used_up_is_not_looked_at():
    turns = Turns(Limits())
    for _ in range(10):
        turns.pace.take(EDITS, Limits().updates, 0)

    posts, edits = turns.asked(64, 0)

    assert (posts.each, edits[EDITS], edits["views.publish"]) == (3, 0, 10)
