"""Clock modals: the forms about waiting, other terms, the customer's words and deadline, and vendors."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.values import Language, Severity, name_of
from bot.domain.vendor import waiting
from handlers.views import parts, times
from handlers.views.inputs import choice, menu, text_input
from handlers.views.modals import SEVERITIES
from handlers.views.parts import Block
from handlers.views.pen import Pen
from handlers.views.promised_fields import promised_fields
from handlers.views.texts import mark
from handlers.views.windows import View, form

LOOK_AGAIN = timedelta(hours=2)
"""Ours: what the form suggests; whoever waits longer writes another time."""


def _pen(language: Language, zone: str) -> Pen:
    return Pen(language, zone, rich=True, private=True)


def _title(pen: Pen, msgid: str, case: Case) -> str:
    return pen.say(msgid, case=name_of(case.number))


def _when(pen: Pen, zone: str, now: datetime) -> str:
    return pen.say("15:00, 30m or “tomorrow 9:00”, in {zone}", zone=times.zone_word(now, zone, pen.language))


def pause_modal(case: Case, language: Language, zone: str, meta: str, now: datetime, *, reason: str = "") -> View:
    """Wait for the customer, with a time to look again; of a case that waits already, only that time."""
    pen = _pen(language, zone)
    at = times.typed_time(now + LOOK_AGAIN, now, zone)
    why = reason or (case.paused.reason if case.paused else "")
    blocks = [
        text_input("look_at", pen.say("When does somebody look again?"), given=at, longest=100,
                   hint=_when(pen, zone, now)),
        text_input("reason", pen.say("What do we wait for?"), given=why, longest=500,
                   example=pen.say("For example: the customer sends the logs")),
        parts.context(pen.say("The clocks of reply and resolution wait. Promises to the customer run on.")),
    ]  # fmt: skip
    return form(pen, "pause", meta, _title(pen, mark("Wait: {case}"), case), pen.say("Wait"), blocks)


def wrote_modal(case: Case, language: Language, zone: str, meta: str, now: datetime) -> View:
    """The customer wrote: somebody owes them an answer."""
    pen = _pen(language, zone)
    blocks = [
        text_input("text", pen.say("What did they write?"), lines=True, optional=True),
        text_input("wrote_at", pen.say("When did they write?"), longest=100, optional=True,
                   hint=pen.say("9:40 or 10m ago, in {zone}. Empty: just now.",
                                zone=times.zone_word(now, zone, language))),
    ]  # fmt: skip
    return form(pen, "wrote", meta, _title(pen, mark("Wrote: {case}"), case), pen.say("Record"), blocks)


def deadline_modal(case: Case, language: Language, zone: str, meta: str, now: datetime) -> View:
    """Set, move or withdraw the customer's deadline; once one stands, with a reason."""
    pen = _pen(language, zone)
    stands = case.deadline is not None
    given = case.deadline_text or (times.typed_date(case.deadline, zone) if case.deadline else "")
    blocks = [
        text_input("deadline", pen.say("Until when does the customer need it?"), given=given, longest=200,
                   optional=stands, hint=pen.say("Empty: there is no deadline any more.") if stands
                   else _when(pen, zone, now)),
        text_input("reason", pen.say("Reason for the change") if stands else pen.say("Remark"), longest=500,
                   optional=not stands),
    ]  # fmt: skip
    return form(pen, "deadline", meta, _title(pen, mark("Deadline: {case}"), case), pen.say("Save"), blocks)


def severity_modal(
    case: Case, language: Language, zone: str, meta: str, now: datetime, *, severities: Sequence[Severity],
    chosen: Severity | None = None,
) -> View:  # fmt: skip
    """Hold the case to another severity."""
    pen = _pen(language, zone)
    options = [parts.option(pen.say(SEVERITIES[one]), one) for one in severities]
    blocks = [
        choice("severity", pen.say("Severity"), options, chosen=chosen or case.severity),
        *_change(pen, case, zone, now),
    ]
    return form(pen, "severity", meta, _title(pen, mark("Severity: {case}"), case), pen.say("Save"), blocks)


def plan_modal(
    case: Case, language: Language, zone: str, meta: str, now: datetime, *, plans: Sequence[tuple[str, str]],
    chosen: str | None = None,
) -> View:  # fmt: skip
    """Hold the case to another plan, or to its own as it is now. `plans`: keys and what they're called."""
    pen = _pen(language, zone)
    options = [parts.option(parts.words(called, 75), key) for key, called in plans]
    blocks = [
        menu("plan", pen.say("Plan"), options, chosen=chosen or case.terms.policy, placeholder=pen.say("Choose"),
             hint=pen.say("The present plan again takes its terms as the settings say them now.")),
        *_change(pen, case, zone, now),
    ]  # fmt: skip
    return form(pen, "plan", meta, _title(pen, mark("Plan: {case}"), case), pen.say("Save"), blocks)


def _change(pen: Pen, case: Case, zone: str, now: datetime) -> list[Block]:
    """Why, and the next contact for the case that the new terms ask for one."""
    why = text_input("reason", pen.say("Reason for the change"), longest=500)
    kept = parts.context(
        pen.say("The time used so far counts. Promises to the customer stand until they are replaced.")
    )
    owed = case.promise is not None or case.responded_at is None
    return [why, *([] if owed else promised_fields(pen, case, zone, now, "", "", required=False)), kept]


def vendor_modal(case: Case, language: Language, zone: str, meta: str, now: datetime) -> View:
    """Ask a vendor or a higher tier: an area of its own, with their promise and our next look."""
    pen = _pen(language, zone)
    blocks = [
        text_input("name", pen.say("Which vendor or tier?"), longest=100),
        text_input("reference", pen.say("Their reference number"), longest=100, optional=True),
        text_input("contact", pen.say("Whom do we speak to there?"), longest=200, optional=True),
        text_input("promise_at", pen.say("When did they promise to answer?"), longest=100, optional=True,
                   hint=_when(pen, zone, now)),
        text_input("look_at", pen.say("When do we look after it?"), longest=100, optional=True,
                   hint=pen.say("Needed where they promised nothing.")),
        parts.context(pen.say("Nothing that faces the customer waits for it.")),
    ]  # fmt: skip
    return form(pen, "vendor", meta, _title(pen, mark("Vendor: {case}"), case), pen.say("Save"), blocks)


def answered_modal(case: Case, language: Language, zone: str, meta: str) -> View:
    """A vendor has answered."""
    pen = _pen(language, zone)
    asked = waiting(case)
    options = [parts.option(parts.words(f"{one.name} {one.reference}".strip(), 75), str(one.serial)) for one in asked]
    blocks: list[Block] = [text_input("text", pen.say("What did they answer?"), lines=True, optional=True)]
    if options:
        chosen = options[0]["value"] if len(options) == 1 else None
        blocks.insert(0, menu("vendor", pen.say("Vendor"), options, chosen=chosen, placeholder=pen.say("Choose")))
    return form(pen, "answered", meta, _title(pen, mark("Answered: {case}"), case), pen.say("Record"), blocks)
