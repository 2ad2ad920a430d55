"""Clock stories: a case with targets, what stands on it and how, and the acts that move clocks."""

from datetime import timedelta

from cases import CHO, a_case, after, ask, at, contact, terms

from bot.domain.calendar_rules import CalendarRules
from bot.domain.clock_messages import (
    AskVendor,
    ChangeSeverity,
    NoteCustomerWrote,
    PauseCase,
)
from bot.domain.sla import all_clocks, state_of

OFFICE = CalendarRules(zone="UTC", weekdays=["09:00-12:00", "13:00-17:00"]).calendar("office")
TARGETS = terms(
    next_reply="1h",
    resolution="4h",
    resolution_checkpoints=["50%", "10m before", "due"],
    next_reply_checkpoints=["10m before", "due"],
    vendor_checkpoints=["10m before", "due"],
    deadline_checkpoints=["1h before", "due"],
)
IN_HOURS = terms(
    calendar=OFFICE, first_response="2h", next_reply="1h", resolution="1bd", resolution_checkpoints=["50%", "due"]
)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def answered(agreed=TARGETS, next_at="11:00"):
    """A case whose customer was called at 9:05 and promised another call."""
    return after(a_case(agreed=agreed), contact(next_at, reason="agreed"), "9:05")


def dues(case):
    """The due times of what stands, by clock."""
    return {clock.name: f"{clock.due:%H:%M}" for clock in all_clocks(case) if clock.ended is None}


def states(case, clock):
    """How each clock of a case stands at this time."""
    return {one.name: state_of(case, one, at(clock)) for one in reversed(all_clocks(case))}


def pause(until="12:00", **more):
    return ask(PauseCase, reason="asked for the logs", look_at=at(until), **more)


def wrote(clock=None, **more):
    return ask(NoteCustomerWrote, CHO, wrote_at=at(clock) if clock else None, **more)


def severity(to, **more):
    about = {"reason": "the customer said so", "terms": terms(to), **more}
    return ask(ChangeSeverity, severity=to, **about)


def ask_vendor(**about):
    return ask(AskVendor, **{"name": "Contoso", "reference": "123", "promise_at": at("10:00"), **about})
