"""Clock laws: worked examples with their sources, and what holds for any order and any time."""

from datetime import datetime, timedelta

import pytest
from cases import CHO, NINE, a_case, after, ask, at, terms
from clock_stories import (
    OFFICE,
    answered,
    ask_vendor,
    dues,
    pause,
    severity,
    wrote,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendar_rules import CalendarRules
from bot.domain.case import replay
from bot.domain.clock_messages import (
    PauseCase,
    ResumeCase,
    SetDeadline,
)
from bot.domain.explain import explain
from bot.domain.ledger import running
from bot.domain.messages import (
    AddNote,
    CallForHelp,
    ClaimArea,
)
from bot.domain.rules import decide
from bot.domain.sla import clocks

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


# ---------------------------------------------------------------- worked examples

JP = CalendarRules(zone="Asia/Tokyo", weekdays=["09:00-17:30"], holidays="JP").calendar("jp-0900-1730")
EU = CalendarRules(zone="Europe/Berlin", weekdays=["09:00-17:00"], holidays="DE").calendar("row-0900-1700")
NINE_TO_FIVE = CalendarRules(zone="UTC", weekdays=["09:00-17:00"]).calendar("9-17")
EIGHT_TO_FIVE = CalendarRules(zone="UTC", weekdays=["08:00-17:00"]).calendar("8-17")


@pytest.mark.parametrize(
    ("calendar", "span", "opened", "due"),
    [
        # Two help pages get these wrong (field guide 2.4); right is Monday 17:00 and Monday 11:00.
        # https://www.eesel.ai/blog/zendesk-sla-calendar-business-hours
        (NINE_TO_FIVE, "8h", "2026-07-10T17:00Z", "2026-07-13T17:00Z"),
        # https://www.nineminds.com/documentation/113-setting-up-business-hours
        (EIGHT_TO_FIVE, "4h", "2026-07-10T16:00Z", "2026-07-13T11:00Z"),
        # A severity 1 at 16:45 with one business hour is answered the next business day; on a Friday before a Monday
        # holiday later still: https://access.redhat.com/articles/2623321 (Whit Monday 2026 is 25 May)
        (EU, "1h", "2026-07-08T16:45+02:00", "2026-07-09T09:45+02:00"),
        (EU, "1h", "2026-05-22T16:45+02:00", "2026-05-26T09:45+02:00"),
        # Azure B in Japanese: four business hours of 09:00-17:30, over a weekend and Marine Day (20 July 2026)
        # https://jpazasms.github.io/blog/AzureSubscriptionManagement/20160309c
        (JP, "4h", "2026-07-17T16:30+09:00", "2026-07-21T12:00+09:00"),
        # A working day of eight and a half hours from the middle of one
        (JP, "1bd", "2026-07-15T13:00+09:00", "2026-07-16T13:00+09:00"),
        # Round the clock, over the night of the clock change in Berlin: elapsed time
        (None, "8h", "2026-10-24T22:00+02:00", "2026-10-25T05:00+01:00"),
    ],
)
def test_the_worked_examples(calendar, span, opened, due):
    opened, due = datetime.fromisoformat(opened), datetime.fromisoformat(due)
    case = a_case(opened=opened, agreed=terms(calendar=calendar, first_response=span))

    first = running(case.ledger, "first-response")
    found = explain(case, first, opened)

    assert first.due == due
    assert (found.counted, found.as_told) == (found.length, False)


def test_medium_to_high_goes_on_with_what_was_used():
    """The new priority's commitment applies and the clock continues; waiting on the customer is left out.

    https://docs.aws.amazon.com/managedservices/latest/userguide/incident-serv-commits.html
    """
    case = after(answered(terms(resolution="12h"), next_at="20:00"), pause("11:00"), "10:00")
    case = after(case, ask(ResumeCase), "11:00")

    case = after(case, severity("C", terms=terms("C", resolution="8h")), "12:00")

    assert dues(case)["resolution"] == "18:00"  # used: 9-10 and 11-12; six of eight hours are left


# ---------------------------------------------------------------- laws

ORDERLESS = {
    "claims": lambda: ask(ClaimArea, CHO, area="network"),
    "notes": lambda: ask(AddNote, CHO, text="hm"),
    "hears": lambda: wrote("9:20"),
    "hears another": lambda: wrote("9:25"),
    "asks": lambda: ask_vendor(),
    "asks another": lambda: ask_vendor(name="Fabrikam", promise_at=at("12:00")),
    "deadline": lambda: ask(SetDeadline, deadline=at("16:00")),
    "help": lambda: ask(CallForHelp, CHO),
}


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.permutations(list(ORDERLESS)))
def test_independent_acts_in_any_order_leave_the_same_due_times(names):
    """What does not depend on each other may be written down in any order."""
    case = answered(terms(next_reply="1h", resolution="4h"))
    for name in names:
        case = after(case, ORDERLESS[name](), "9:30")
    found = sorted((clock.name, clock.start, clock.due) for clock in clocks(case))

    assert [(name, f"{start:%H:%M}", f"{due:%H:%M}") for name, start, due in found] == [
        ("deadline", "09:30", "16:00"),
        ("next-contact", "09:05", "11:00"),
        ("next-reply", "09:20", "10:20"),
        ("resolution", "09:00", "13:00"),
        ("vendor", "09:30", "10:00"),
        ("vendor", "09:30", "12:00"),
    ]


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    st.integers(0, 60 * 24 * 14), st.integers(1, 3000), st.integers(0, 3000), st.sampled_from([JP, EU, OFFICE, None])
)
def test_a_later_act_never_brings_a_due_time_forward(start, minutes, later, calendar):
    """Resumed later, or opened later, a clock is never due sooner: due times don't run backwards as now advances."""
    opened = NINE + timedelta(minutes=start)
    agreed = terms(calendar=calendar, first_response=None, next_contact_required=False, resolution="20h")

    def due(shift, wait):
        case = a_case(opened=opened + shift, agreed=agreed)
        stop = opened + shift + timedelta(hours=1)
        case = replay(decide(case, ask(PauseCase, reason="x", look_at=stop + HOUR), stop), case)
        case = replay(decide(case, ask(ResumeCase), stop + wait), case)
        return running(case.ledger, "resolution").due

    short, long = timedelta(minutes=minutes), timedelta(minutes=minutes + later)
    none = timedelta(0)
    assert due(none, none) <= due(none, short) <= due(none, long)
    assert due(none, short) <= due(long, short)
