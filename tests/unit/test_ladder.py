"""Ladder: who is told at a checkpoint, and who is told next when nobody acts."""

import pytest
from cases import (
    ANN,
    BEN,
    CHO,
    DAN,
    TIME_PASSES,
    a_case,
    after,
    ask,
    at,
    contact,
    facts_of,
    promise,
    terms,
    told,
)

from bot.domain.case import TIME
from bot.domain.ladder import backups, still_true
from bot.domain.messages import (
    Acknowledge,
    ClaimArea,
    CloseCase,
    LoseOwner,
    OfferHandoff,
    ReminderCame,
    ReopenCase,
    ResolveCase,
)
from bot.domain.sla import checkpoints


def promised(due="10:00", agreed=None, backup=(BEN,)):
    """A first response at 9:10 that promised the next contact."""
    return after(a_case(agreed=agreed, backup=backup), contact(due), "9:10")


def came(label, rung, planned, said=None, **about):
    """The reminder of a moment on the promise of 10:00."""
    return ReminderCame(
        by=TIME,
        at=at(said or planned),
        checkpoint=f"next-contact/1/{label}",
        clock="next-contact",
        rung=rung,
        planned=at(planned),
        due=at("10:00"),
        **about,
    )


BEFORE = came("10m before", "before", "9:50", to=(ANN,))
DUE = came("due", "due", "10:00", to=(ANN,), told=(ANN,))
BACKUP = came("backup after 5m", "backup", "10:05", to=(BEN,), told=(ANN,))
CHANNEL = came("channel after 10m", "channel", "10:10", told=(ANN, BEN))
AGAIN = came("again 1", "again", "10:40", told=(ANN, BEN))


def reminders(case, *clocks):
    """Everything said while time passes to each of these moments."""
    said = []
    for clock in clocks:
        said += facts_of(case, TIME_PASSES, clock)
        case = after(case, TIME_PASSES, clock)
    return said


def test_nobody_acts_and_the_ladder_climbs():
    said = reminders(promised(), "9:49", "9:50", "9:55", "10:00", "10:05", "10:10", "10:39", "10:40")

    assert said == [BEFORE, DUE, BACKUP, CHANNEL, AGAIN]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("9:49:59", []),
        ("9:50", [BEFORE]),
        ("10:00", [came("due", "due", "10:00", to=(ANN,), instead_of=("next-contact/1/10m before",))]),
        (
            "15:00",
            [
                came("due", "due", "10:00", "15:00", to=(ANN,), instead_of=("next-contact/1/10m before",)),
                came("backup after 5m", "backup", "10:05", "15:00", to=(BEN,)),
                came("channel after 10m", "channel", "10:10", "15:00"),
            ],
        ),
    ],
)
def test_after_a_silence_everybody_hears_the_last_word_once(moment, said):
    assert reminders(promised(), moment) == said


def test_after_a_silence_the_next_repeat_is_a_whole_interval_away():
    case = told(promised(), "15:00")

    assert [(point.key, point.at) for point in checkpoints(case)] == [("next-contact/1/again 1", at("15:30"))]


@pytest.mark.parametrize("moment", ["9:50", "10:00", "10:05", "10:10", "10:40", "15:00"])
def test_what_came_is_not_said_twice_at_the_same_time(moment):
    assert reminders(told(promised(), moment), moment) == []


def test_moments_that_fall_together_are_one_reminder():
    agreed = terms(next_contact_checkpoints=["50%", "25m before", "due"])

    assert reminders(promised(agreed=agreed), "9:35") == [
        came("50%", "before", "9:35", to=(ANN,), instead_of=("next-contact/1/25m before",))
    ]


def test_each_clock_speaks_for_itself():
    case = after(a_case(), promise("9:15"), "9:05")

    assert [(r.clock, r.rung) for r in reminders(told(case, "9:10"), "9:15")] == [
        ("first-response", "due"),
        ("next-contact", "due"),
    ]


# ---------------------------------------------------------------- who hears it


@pytest.mark.parametrize(
    ("act", "then"),
    [
        (ask(ClaimArea, CHO, area="network"), (BEN, CHO)),
        (ask(ClaimArea, BEN, area="network"), (BEN,)),
        (ask(ClaimArea, ANN, area="network"), (BEN,)),  # the owner is told already
        (ask(OfferHandoff, BEN, to=BEN), ()),  # a backup who took the case over stands behind nobody
        (ask(OfferHandoff, DAN, to=DAN), (BEN,)),
    ],
)
def test_who_stands_behind_the_owner(act, then):
    assert backups(after(promised(), act, "9:20")) == then


def test_after_a_handoff_the_new_owner_is_reminded():
    case = after(promised(), ask(OfferHandoff, DAN, to=DAN), "9:20")

    assert reminders(case, "9:50") == [BEFORE.model_copy(update={"to": (DAN,)})]


def test_with_no_backup_the_channel_hears_it_at_once_and_once():
    early = came("backup after 5m", "channel", "10:05", told=(ANN,), instead_of=("next-contact/1/channel after 10m",))

    said = reminders(promised(backup=()), "9:50", "10:00", "10:05", "10:10", "10:40")

    assert said == [BEFORE, DUE, early, came("again 1", "again", "10:40", told=(ANN,))]


def test_a_later_call_of_the_channel_is_still_to_come():
    """Told early for want of a backup, the channel is told again at its second moment."""
    ladder = [
        {"after": "5m", "tell": "backup"},
        {"after": "10m", "tell": "channel"},
        {"after": "30m", "tell": "channel"},
    ]
    case = promised(agreed=terms(ladder=ladder), backup=())

    said = reminders(case, "9:50", "10:00", "10:05", "10:10", "10:30")

    assert [(r.rung, r.planned) for r in said[2:]] == [("channel", at("10:05")), ("channel", at("10:30"))]


def test_a_channel_told_twice_by_the_policy_hears_it_twice():
    ladder = [{"after": "10m", "tell": "channel"}, {"after": "30m", "tell": "channel"}]

    said = reminders(promised(agreed=terms(ladder=ladder)), "9:50", "10:00", "10:10", "10:30")

    assert [r.planned for r in said[2:]] == [at("10:10"), at("10:30")]


def test_with_nobody_left_to_tell_the_timeline_keeps_that_the_moment_passed():
    agreed = terms(ladder=[{"after": "5m", "tell": "backup"}], repeat=None)

    assert reminders(promised(agreed=agreed, backup=()), "9:50", "10:00", "10:05")[2:] == [
        came("backup after 5m", "backup", "10:05", told=(ANN,), quiet=True)
    ]


def test_a_case_without_an_owner_is_due_in_the_thread():
    case = after(promised(), ask(LoseOwner, TIME), "9:20")

    assert reminders(case, "9:50", "10:00") == [
        came("10m before", "before", "9:50", quiet=True),
        came("due", "due", "10:00"),
    ]


# ---------------------------------------------------------------- acknowledging


def test_an_acknowledged_ladder_climbs_later_with_every_rung():
    case = after(told(promised(), "9:50", "10:00"), ask(Acknowledge), "10:04")

    said = reminders(case, "10:05", "10:10", "10:14", "10:19", "10:49")

    assert [(r.rung, r.planned) for r in said] == [
        ("backup", at("10:14")),
        ("channel", at("10:19")),
        ("again", at("10:49")),
    ]


def test_an_acknowledgement_silences_no_reminder_to_the_owner():
    case = after(promised(), ask(Acknowledge), "9:45")

    assert reminders(case, "9:50", "10:00") == [BEFORE, DUE]


# ---------------------------------------------------------------- still true


@pytest.mark.parametrize(
    ("act", "true"),
    [
        (None, True),
        (ask(Acknowledge), True),
        (ask(OfferHandoff, DAN, to=DAN), True),
        (contact("10:30"), False),
        (contact("10:50"), False),
        (promise("10:30", reason="asked"), False),
        (ask(ResolveCase), False),
        (ask(CloseCase, anyway=True), False),
    ],
)
def test_a_reminder_is_true_while_its_clock_runs_unmoved(act, true):
    case = told(promised(), "9:50", "10:00")
    case = after(case, act, "10:01") if act else case

    assert still_true(case, DUE) is true


def test_a_new_promise_for_the_same_time_is_another_promise():
    case = after(told(promised(), "9:50"), contact("10:00"), "9:52")

    assert not still_true(case, BEFORE)


def test_a_reminder_of_a_first_response_is_of_its_cycle():
    case = told(a_case(), "9:10")
    (said,) = facts_of(case, TIME_PASSES, "9:15")
    case = after(after(case, ask(ResolveCase), "9:15"), ask(ReopenCase, reason="again"), "9:16")

    assert not still_true(case, said)
