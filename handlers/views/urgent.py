"""Urgent: what a case lacks right now, the most urgent first. The first thing that anybody reads of it."""

from datetime import datetime, timedelta

from bot.domain.area import unseen
from bot.domain.case import Case, Unreached
from bot.domain.ladder import backups
from bot.domain.sla import Clock, clocks
from bot.domain.task import open_tasks
from handlers.views import checks, parts
from handlers.views.pen import Pen


def urgent(pen: Pen, case: Case, now: datetime) -> list[str]:
    """One sentence for each thing that is missing; empty when nothing is."""
    if case.status != "open":
        return []
    found = [
        _no_owner(pen, case),
        *_unreached(pen, case),
        *_overdue(pen, case, now),
        *_contact(pen, case, now),
        _alone(pen, case),
        _blind(pen, case),
        offered(pen, case),
        *checks.waiting(pen, case, now),
        *checks.unchecked(pen, case),
    ]
    return [sentence for sentence in found if sentence]


def alarming(case: Case, now: datetime) -> bool:
    """Whether something is wrong already, and not only still to be done."""
    late = any(now > clock.due for clock in clocks(case))
    unpromised = case.needs_next_contact and _first_response(case) is None
    return case.status == "open" and (case.owner is None or late or unpromised)


def _no_owner(pen: Pen, case: Case) -> str:
    if case.owner is not None:
        return ""
    return pen.say("Nobody owns this case. Whoever can, please take it over.")


def _unreached(pen: Pen, case: Case) -> list[str]:
    """Who of those whose turn it is gets nothing from us, and whether the channel does."""
    asked = (task.to for task in open_tasks(case))
    needed = {None, case.owner, *backups(case), case.offer.to if case.offer else None, *asked}
    return [_lost(pen, place) for place in case.unreached if place.to in needed]


def _lost(pen: Pen, place: Unreached) -> str:
    since, reason = pen.when(place.since), parts.typed(place.reason, 100)
    if place.to is None:
        return pen.say("Cannot reach this case's channel (since {at}; Slack says: {reason}).", at=since, reason=reason)
    return pen.say("Cannot reach {who} by direct message (since {at}; Slack says: {reason}).",
                   who=parts.person(place.to), at=since, reason=reason)  # fmt: skip


def _overdue(pen: Pen, case: Case, now: datetime) -> list[str]:
    late = [clock for clock in clocks(case) if now >= clock.due]
    return [
        pen.texts.sentences(
            _over(pen, clock, now),
            _unpromised_as_well(pen, case) if clock.name == "first-response" else "",
        )
        for clock in late
    ]


def _over(pen: Pen, clock: Clock, now: datetime) -> str:
    if clock.by_change:
        return pen.say("{clock} is over by the change of terms, and not counted as missed.",
                       clock=pen.clock(clock.name))  # fmt: skip
    if now - clock.due < timedelta(minutes=1):
        return pen.say("{clock} is due now.", clock=pen.clock(clock.name))
    return pen.say("{clock} is overdue ({length}).", clock=pen.clock(clock.name), length=pen.until(clock.due, now))


def _contact(pen: Pen, case: Case, now: datetime) -> list[str]:
    """The promise that nobody made, unless the first response is still to come."""
    first = _first_response(case)
    if first is None:
        return (
            [pen.say("No next contact is set. Tell the customer when they will hear from us, and record it here.")]
            if case.needs_next_contact
            else []
        )
    if now >= first.due:
        return []
    first_line = pen.say("First response to the customer by {at}.", at=pen.when(first.due))
    return [pen.texts.sentences(first_line, _unpromised_as_well(pen, case))]


def _unpromised_as_well(pen: Pen, case: Case) -> str:
    return pen.say("No next contact is set yet.") if case.needs_next_contact else ""


def _first_response(case: Case) -> Clock | None:
    return next((clock for clock in clocks(case) if clock.name == "first-response"), None)


def _alone(pen: Pen, case: Case) -> str:
    if not case.alone or case.owner is None:
        return ""
    return pen.say("Nobody but the owner is here yet (since {at}).", at=pen.when(case.alone_since))


def _blind(pen: Pen, case: Case) -> str:
    blind = unseen(case.areas)
    if not blind:
        return ""
    since = pen.when(min(area.since for area in blind))
    return pen.count(
        "Nobody looks at {n} area (since {at}).", "Nobody looks at {n} areas (since {at}).", len(blind), at=since
    )


def offered(pen: Pen, case: Case) -> str:
    """That a handover waits for its answer."""
    if case.offer is None:
        return ""
    return pen.say("Handover offered to {to}, no answer yet (since {at}).", to=parts.person(case.offer.to),
                   at=pen.when(case.offer.at))  # fmt: skip
