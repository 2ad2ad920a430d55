"""Clocks and checkpoints: what is measured now, and when somebody is told."""

import pytest
from cases import NUMBER, a_case, after, ask, at, contact, promise, terms, told

from bot.domain.messages import Acknowledge, AddNote, ClaimArea, CloseCase, ReopenCase, ResolveCase
from bot.domain.sla import Checkpoint, Clock, checkpoints, clocks

FIRST_RESPONSE = Clock(name="first-response", serial=1, start=at("9:00"), due=at("9:15"), span="15m")


def moments(case):
    """What comes when, in short."""
    return [(point.key.partition("/")[2], f"{point.at:%H:%M:%S}".removesuffix(":00")) for point in checkpoints(case)]


def promised(due="10:00", agreed=None):
    """A first response at 9:10 that promised the next contact."""
    return after(a_case(agreed=agreed), contact(due), "9:10")


# ---------------------------------------------------------------- clocks


def test_the_first_response_runs_from_the_opening():
    assert clocks(a_case()) == (FIRST_RESPONSE,)


def test_a_promise_runs_from_when_it_was_made():
    assert clocks(promised()) == (Clock(name="next-contact", serial=1, start=at("9:10"), due=at("10:00")),)


@pytest.mark.parametrize(
    ("due", "order"), [("9:14", ["next-contact", "first-response"]), ("9:16", ["first-response", "next-contact"])]
)
def test_a_promise_before_the_first_response_runs_beside_it_by_due_time(due, order):
    assert [clock.name for clock in clocks(after(a_case(), promise(due), "9:05"))] == order


@pytest.mark.parametrize("end", [ask(ResolveCase), ask(CloseCase, anyway=True)])
def test_nothing_is_measured_after_the_end(end):
    case = after(promised(), end, "9:30")

    assert (clocks(case), checkpoints(case), case.next_due) == ((), (), None)


def test_a_reopened_case_owes_a_first_response_again_and_still_its_promise():
    case = after(after(promised(), ask(ResolveCase), "9:30"), ask(ReopenCase, reason="again"), "9:40")

    assert clocks(case) == (
        Clock(name="first-response", serial=2, start=at("9:40"), due=at("9:55"), span="15m", cycle=2),
        Clock(name="next-contact", serial=1, start=at("9:10"), due=at("10:00")),
    )


def test_the_next_due_is_the_first_of_the_clocks():
    assert after(a_case(), promise("9:14"), "9:05").next_due == at("9:14")


# ---------------------------------------------------------------- checkpoints


def test_a_checkpoint_knows_its_clock():
    assert checkpoints(a_case())[0] == Checkpoint(
        case=NUMBER, key="first-response/1/50%", clock=FIRST_RESPONSE, rung="before", at=at("9:07:30")
    )


def test_every_moment_of_a_first_response():
    assert moments(a_case()) == [
        ("1/50%", "09:07:30"),
        ("1/5m before", "09:10"),
        ("1/due", "09:15"),
        ("1/backup after 5m", "09:20"),
        ("1/channel after 10m", "09:25"),
    ]


def test_every_moment_of_a_promise():
    assert moments(promised()) == [
        ("1/10m before", "09:50"),
        ("1/due", "10:00"),
        ("1/backup after 5m", "10:05"),
        ("1/channel after 10m", "10:10"),
    ]


@pytest.mark.parametrize(
    ("due", "first"),
    [
        ("9:19", ("1/due", "09:19")),  # ten minutes before it was made
        ("9:20", ("1/due", "09:20")),  # in the moment it was made
        ("9:21", ("1/10m before", "09:11")),
    ],
)
def test_a_tiny_promise_is_not_reminded_of_before_it_was_made(due, first):
    assert moments(promised(due))[0] == first


def test_a_share_of_a_tiny_clock_is_a_moment_within_it():
    agreed = terms(next_contact_checkpoints=["1%", "99%", "due"], ladder=[])

    assert moments(promised("9:10:01", agreed)) == [
        ("1/1%", "09:10"),
        ("1/99%", "09:10"),
        ("1/due", "09:10:01"),
    ]
    assert all(at("9:10") < point.at <= at("9:10:01") for point in checkpoints(promised("9:10:01", agreed)))


def test_a_moment_after_the_due_time_is_the_owners_too():
    agreed = terms(next_contact_checkpoints=["5m after"], ladder=[])

    assert [(point.rung, point.at) for point in checkpoints(promised(agreed=agreed))] == [("due", at("10:05"))]


@pytest.mark.parametrize("act", [ask(AddNote, text="hello"), ask(ClaimArea, area="network")])
def test_what_is_no_contact_moves_no_moment(act):
    assert moments(after(promised(), act, "9:30")) == moments(promised())


def test_a_moment_that_came_does_not_come_again():
    assert moments(told(promised(), "9:50", "10:00")) == [
        ("1/backup after 5m", "10:05"),
        ("1/channel after 10m", "10:10"),
    ]


def test_a_moved_promise_has_all_its_moments_again():
    case = after(told(promised(), "9:50", "10:00", "10:05"), promise("10:30", reason="asked"), "10:06")

    assert moments(case) == [
        ("2/10m before", "10:20"),
        ("2/due", "10:30"),
        ("2/backup after 5m", "10:35"),
        ("2/channel after 10m", "10:40"),
    ]


def test_a_promise_reopened_with_its_case_is_not_reminded_of_twice():
    case = after(told(promised(), "9:50"), ask(ResolveCase), "9:51")
    case = after(case, ask(ReopenCase, reason="again"), "9:52")

    assert ("1/10m before", "09:50") not in moments(case)


# ---------------------------------------------------------------- the ladder's moments


def climbing(*ticks):
    """A promise of 10:00 that nobody keeps."""
    return told(promised(), "9:50", "10:00", *ticks)


@pytest.mark.parametrize(
    ("ticks", "acknowledged", "then"),
    [
        ([], ["9:50"], [("1/backup after 5m", "10:05"), ("1/channel after 10m", "10:10")]),
        ([], ["10:01"], [("1/backup after 5m", "10:11"), ("1/channel after 10m", "10:16")]),
        ([], ["10:01", "10:04"], [("1/backup after 5m", "10:14"), ("1/channel after 10m", "10:19")]),
        (["10:05"], ["10:06"], [("1/channel after 10m", "10:16")]),
        (["10:05", "10:10"], ["10:12"], [("1/again 1", "10:40")]),  # nothing comes within its hold
        (["10:05", "10:10"], ["10:35"], [("1/again 1", "10:45")]),
        (["10:05", "10:10", "10:40"], ["10:41"], [("1/again 2", "11:10")]),
    ],
)
def test_an_acknowledgement_puts_the_ladder_off_and_loses_no_rung(ticks, acknowledged, then):
    case = climbing(*ticks)
    for clock in acknowledged:
        case = after(case, ask(Acknowledge), clock)

    assert moments(case) == then


def test_after_an_acknowledgement_the_rungs_keep_their_distance():
    """The backup has the five minutes before the channel hears of it, however often the owner asked for more time."""
    case = after(after(climbing(), ask(Acknowledge), "10:03"), ask(Acknowledge), "10:12")

    assert moments(told(case, "10:22")) == [("1/channel after 10m", "10:27")]


def test_a_short_acknowledgement_never_hurries_the_next_rung():
    case = after(a_case(agreed=terms(hold="2m")), contact("10:00"), "9:10")
    case = told(after(told(case, "10:00"), ask(Acknowledge), "10:04"), "10:06")
    before = moments(case)

    assert before == [("1/channel after 10m", "10:11")]
    assert moments(after(case, ask(Acknowledge), "10:07")) == before


def test_repeats_go_on_from_when_the_last_one_was_said():
    case = climbing("10:05", "10:10", "10:47")

    assert moments(case) == [("1/again 2", "11:17")]


def test_setting_a_promise_leaves_the_ladder_of_a_late_first_response_where_it_is():
    """No customer was spoken to: the channel is neither called at once nor later than it would have been."""
    case = told(a_case(), "9:07:30", "9:10", "9:15", "9:20", "9:25", "9:55", "10:25")
    before = moments(case)

    case = after(case, promise("10:50"), "10:30")

    assert before == [("1/again 3", "10:55")]
    assert set(before) < set(moments(case))


def test_setting_a_promise_undoes_no_acknowledgement():
    case = after(told(a_case(), "9:07:30", "9:10", "9:15"), ask(Acknowledge), "9:19")

    assert ("1/backup after 5m", "09:29") in moments(after(case, promise("9:50"), "9:21"))
