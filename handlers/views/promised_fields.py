"""Promised fields: where a form asks for the next contact: when, with what, and whether an odd hour is meant."""

from datetime import datetime

from bot.domain.case import Case
from bot.domain.contact import suggested
from handlers.views import times
from handlers.views.inputs import text_input, tick
from handlers.views.parts import Block
from handlers.views.pen import Pen


def promised_fields(
    pen: Pen, case: Case, zone: str, now: datetime, next_at: str, next_action: str, *, required: bool
) -> list[Block]:
    """The time and the action; where the customer has hours, a box for a time outside them."""
    zone_name = times.zone_word(now, zone, pen.language)
    blocks = [
        text_input("next_at", pen.say("Next contact: when?"), given=next_at or (suggestion(case, zone, now) if required
                   else ""), longest=100, optional=not required,
                   hint=pen.say("15:00, 30m or “tomorrow 9:00”, in {zone}", zone=zone_name)),
        text_input("next_action", pen.say("Next action: with what?"), given=next_action, longest=500,
                   optional=not required, example=pen.say("For example: send the result of the firewall check")),
    ]  # fmt: skip
    return [*blocks, *_outside(pen, case)]


def confirmed_fields(
    pen: Pen, case: Case, zone: str, now: datetime, stands: datetime | None, next_at: str
) -> list[Block]:
    """The time as whoever takes the case over reads it back: the one that stands, unless they type another."""
    ahead = times.typed_time(stands, now, zone) if stands and stands > now else ""
    hint = (
        pen.say("As it stands, or empty: it stays. Another time needs a reason.")
        if stands
        else pen.say("15:00, 30m or “tomorrow 9:00”, in {zone}", zone=times.zone_word(now, zone, pen.language))
    )
    required = stands is None and case.terms.next_contact_required
    given = next_at or ahead or (suggestion(case, zone, now) if required else "")
    label = pen.say("Next contact: when?")
    field = text_input("next_at", label, given=given, longest=100, optional=not required, hint=hint)
    return [field, *_outside(pen, case)]


def _outside(pen: Pen, case: Case) -> list[Block]:
    if (case.customer_hours or case.terms.calendar) is None:
        return []
    label = pen.say("If that is outside the customer's hours")
    return [tick("outside", label, pen.say("It is meant: agreed with the customer"))]


def reason_field(pen: Pen, case: Case, reason: str, *, reasoned: bool) -> Block:
    """Why a promise moves, or why it is later than usual."""
    why = pen.say("Reason for the change") if reasoned else pen.say("Reason, if it is later than usual")
    return text_input("reason", why, given=reason, longest=500, optional=not reasoned, hint=_longest(pen, case))


def _longest(pen: Pen, case: Case) -> str:
    longest = case.terms.next_contact
    if longest is None:
        return ""
    return pen.say("These terms allow {length} at most without a reason.", length=pen.lasting(longest))


def suggestion(case: Case, zone: str, now: datetime) -> str:
    """The latest round time that the terms allow, as a person would type it; nothing where they name none."""
    due = suggested(case, now)
    return times.typed_time(due, now, zone) if due else ""
