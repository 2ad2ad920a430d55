"""Modals: the forms behind the buttons. `callback_id` is the verb, block ids are the fields of its command."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.case import Case
from bot.domain.family import EVERY_CASE, Family
from bot.domain.handoff import owed
from bot.domain.messages import How, Verdict
from bot.domain.sla import clocks
from bot.domain.values import AreaKey, ChannelId, Language, Severity, UserId, name_of
from handlers.views import card, facts, parts, times
from handlers.views.inputs import channel_input, choice, menu, person_input, text_input
from handlers.views.kin_modals import also_field
from handlers.views.parts import Block
from handlers.views.pen import STATES, WAYS, Pen
from handlers.views.promised_fields import confirmed_fields, promised_fields, reason_field
from handlers.views.texts import mark
from handlers.views.windows import View, form, message_modal

VERDICTS: tuple[Verdict, ...] = ("cleared", "suspect", "cause", "waiting")
SEVERITIES: dict[Severity, str] = {
    "A": mark("A: the business has stopped"),
    "B": mark("B: the business is hampered"),
    "C": mark("C: little harm, or a question"),
}


def _pen(language: Language, zone: str = "UTC") -> Pen:
    return Pen(language, zone, rich=True, private=True)


# ---------------------------------------------------------------- opening and editing


def open_modal(
    language: Language, meta: str, *, title: str = "", severity: Severity = "A",
    severities: Sequence[Severity] = ("A",), customer: str = "", plan: str = "", reference: str = "", impact: str = "",
    deadline: str = "", family: str | None = None, families: Sequence[Family] = (), channel: ChannelId | None = None,
    channels: Sequence[ChannelId] | None = None,
) -> View:  # fmt: skip
    """Open a case. Only severity and title must be given; with `channels`, the team channel is chosen too."""
    pen = _pen(language)
    options = [parts.option(pen.say(SEVERITIES[one]), one) for one in severities]
    blocks = [
        menu("severity", pen.say("Severity"), options, chosen=severity, placeholder=pen.say("Choose")),
        _title(pen, title),
        *_details(pen, customer=customer, plan=plan, reference=reference, impact=impact, deadline=deadline),
        *_family(pen, families, family, pen.say("Chosen from the words if you leave it empty.")),
    ]
    if channels is not None:
        blocks.insert(0, _channel(pen, channel or next(iter(channels), None)))
    return form(pen, "open", meta, pen.say("Open a case"), pen.say("Open"), blocks)


def edit_modal(case: Case, language: Language, zone: str, meta: str, *, families: Sequence[Family] = ()) -> View:
    """Fill in or correct what the card shows. The deadline stands as it was typed, so that it is kept as it is."""
    pen = _pen(language, zone)
    deadline = case.deadline_text or (times.typed_date(case.deadline, zone) if case.deadline else "")
    blocks = [
        _title(pen, case.title),
        *_details(pen, customer=case.customer, plan=case.plan, reference=case.reference, impact=case.impact,
                  deadline=deadline),
        *_family(pen, families, case.family, pen.say("Areas that somebody touched stay when you change it.")),
    ]  # fmt: skip
    return form(pen, "edit", meta, _named(pen, mark("Edit {case}"), case), pen.say("Save"), blocks)


def _channel(pen: Pen, chosen: ChannelId | None) -> Block:
    return channel_input("channel", pen.say("Team channel"), chosen=chosen, placeholder=pen.say("Choose"),
                         hint=pen.say("The thread is opened here. The bot must be a member."))  # fmt: skip


def _title(pen: Pen, title: str) -> Block:
    return text_input("title", pen.say("Title"), given=title, longest=150,
                      example=pen.say("For example: stores can't reach the POS web server"))  # fmt: skip


def _details(pen: Pen, *, customer: str, plan: str, reference: str, impact: str, deadline: str) -> list[Block]:
    return [
        text_input("customer", pen.say("Customer"), given=customer, longest=100, optional=True),
        text_input("plan", pen.say("Plan"), given=plan, longest=100, optional=True),
        text_input("reference", pen.say("Reference"), given=reference, longest=100, optional=True),
        text_input("impact", pen.say("Impact"), given=impact, lines=True, longest=1000, optional=True,
                   example=pen.say("Which business has stopped, for whom, at what loss")),
        text_input("deadline", pen.say("Customer's deadline"), given=deadline, longest=200, optional=True,
                   hint=pen.say("A time such as 7:00 or “tomorrow 9:00”, or in words")),
    ]  # fmt: skip


def _family(pen: Pen, families: Sequence[Family], chosen: str | None, hint: str) -> list[Block]:
    offered = [one for one in families if one.key == chosen or one.key != EVERY_CASE]
    options = [parts.option(one.name(pen.language), one.key) for one in offered]
    if not options:
        return []
    return [menu("family", pen.say("Product family"), options, chosen=chosen, placeholder=pen.say("Choose"), hint=hint,
                 optional=True)]  # fmt: skip


# ---------------------------------------------------------------- contact and promise


def contacted_modal(
    case: Case, language: Language, zone: str, meta: str, now: datetime, *, how: How = "phone", said: str = "",
    next_at: str = "", next_action: str = "", reason: str = "",
) -> View:  # fmt: skip
    """Record a contact, and the next one in the same step while the case is open."""
    pen = _pen(language, zone)
    ways = [parts.option(pen.say(word), key) for key, word in WAYS.items()]
    blocks = [
        menu("how", pen.say("How did you reach the customer?"), ways, chosen=how, placeholder=pen.say("Choose")),
        text_input("said", pen.say("What did you say?"), given=said, lines=True,
                   example=pen.say("For example: told them we are checking the firewall")),
        *also_field(pen, case),
    ]  # fmt: skip
    if case.status == "open":
        required = case.terms.next_contact_required
        blocks += promised_fields(pen, case, zone, now, next_at, next_action, required=required)
        blocks.append(reason_field(pen, case, reason, reasoned=False))
    return form(pen, "contacted", meta, _named(pen, mark("Contacted: {case}"), case), pen.say("Record"), blocks)


def next_modal(
    case: Case, language: Language, zone: str, meta: str, now: datetime, *, next_at: str = "", next_action: str = "",
    reason: str = "",
) -> View:  # fmt: skip
    """Set or change the next contact. A promise that stands is changed only with a reason."""
    pen = _pen(language, zone)
    stands = case.promise
    blocks: list[Block] = []
    if stands is not None:
        due = pen.when_there(stands.due, case.customer_zone)
        blocks.append(parts.section(pen.say("Promised now: {due}", due=due)))
    action = next_action or (stands.action if stands else "")
    blocks += promised_fields(pen, case, zone, now, next_at, action, required=True)
    blocks.append(reason_field(pen, case, reason, reasoned=stands is not None))
    return form(pen, "next", meta, _named(pen, mark("Next contact: {case}"), case), pen.say("Save"), blocks)


# ---------------------------------------------------------------- areas


def finding_modal(
    case: Case, verdict: Verdict | None, area: AreaKey | None, language: Language, meta: str, *, evidence: str = "",
    reply: bool = True,
) -> View:  # fmt: skip
    """Report what came out in an area, with one line of evidence, which may be taken from a `reply` in the thread."""
    pen = _pen(language)
    if not case.areas:
        return message_modal(language, pen.say("This case has no areas yet. Add one first."))
    areas = [parts.option(one.name(language), one.key) for one in case.areas]
    verdicts = [parts.option(pen.say(STATES[one]), one) for one in VERDICTS]
    blocks = [
        menu("area", pen.say("Isolation area"), areas, chosen=area, placeholder=pen.say("Choose")),
        choice("verdict", pen.say("Result"), verdicts, chosen=verdict),
        text_input("evidence", pen.say("Evidence, in one line"), given=evidence, longest=500,
                   example=pen.say("What you looked at, and what you saw"),
                   hint=pen.say("Taken from the reply; the card will lead to it.") if evidence and reply else ""),
    ]  # fmt: skip
    return form(pen, "finding", meta, _named(pen, mark("Result: {case}"), case), pen.say("Report"), blocks)


def area_modal(case: Case, language: Language, meta: str, *, text: str = "") -> View:
    """Claim an area that is not in the list yet: it is added in the same breath."""
    pen = _pen(language)
    blocks = [text_input("text", pen.say("Name of the area"), given=text, longest=60,
                         hint=pen.say("You claim it at the same time."))]  # fmt: skip
    return form(pen, "area", meta, _named(pen, mark("New area: {case}"), case), pen.say("Add and claim"), blocks)


# ---------------------------------------------------------------- handover


def handoff_modal(case: Case, language: Language, meta: str, *, to: UserId | None = None, text: str = "") -> View:
    """Hold the case out to somebody, who reads the brief before accepting."""
    pen = _pen(language)
    blocks = [
        person_input("to", pen.say("To whom?"), chosen=to, placeholder=pen.say("Choose a person")),
        text_input("text", pen.say("What worries you?"), given=text, lines=True, optional=True,
                   example=pen.say("How the customer sounded, what was tried, what to do if …"),
                   hint=pen.say("Areas, evidence and the next contact are in the brief already.")),
        parts.context(pen.say("You stay the owner until they say what they do first. "
                              "Naming yourself takes the case over at once.")),
    ]  # fmt: skip
    return form(pen, "handoff", meta, _named(pen, mark("Hand over {case}"), case), pen.say("Offer"), blocks)


def accept_modal(
    case: Case, language: Language, zone: str, meta: str, now: datetime, *, next_at: str = "", next_action: str = "",
    reason: str = "",
) -> View:  # fmt: skip
    """The receipt: the first action, and the next contact, which stands as it is where nothing else is typed."""
    pen = _pen(language, zone)
    stands = owed(case)
    blocks: list[Block] = [
        *(parts.section(card.clock(pen, case, one, now)) for one in clocks(case) if one.due == stands),
        text_input("next_action", pen.say("What do you do first?"), given=next_action, longest=500,
                   example=pen.say("For example: call with the trace")),
    ]  # fmt: skip
    if case.status == "open":
        blocks += confirmed_fields(pen, case, zone, now, stands, next_at)
        blocks.append(text_input("reason", pen.say("Reason, if it is another time"), given=reason, longest=500,
                                 optional=True))  # fmt: skip
    return form(pen, "accept", meta, _named(pen, mark("Take over {case}"), case), pen.say("Take it over"), blocks)


def decline_modal(case: Case, language: Language, meta: str, *, reason: str = "") -> View:
    """Give the offer back with a reason that the sender can act on."""
    pen = _pen(language)
    blocks = [text_input("reason", pen.say("Why can't you take it?"), given=reason, longest=500)]
    return form(pen, "decline", meta, _named(pen, mark("Decline {case}"), case), pen.say("Decline"), blocks)


# ---------------------------------------------------------------- notes, ends


def note_modal(case: Case, language: Language, meta: str, *, text: str = "") -> View:
    """Add a fact to the timeline."""
    pen = _pen(language)
    blocks = [text_input("text", pen.say("What should be kept?"), given=text, lines=True)]
    return form(pen, "note", meta, _named(pen, mark("Note: {case}"), case), pen.say("Save"), blocks)


def resolve_modal(case: Case, language: Language, meta: str, *, text: str = "") -> View:
    """The service is back."""
    pen = _pen(language)
    blocks = [
        text_input("text", pen.say("How was it resolved?"), given=text, longest=500, optional=True),
        parts.context(pen.say("The clocks stop. Telling the customer stays to be done: record it with “Contacted”.")),
    ]
    return form(pen, "resolve", meta, _named(pen, mark("Resolved: {case}"), case), pen.say("Resolved"), blocks)


def close_modal(case: Case, ends: Sequence[str], language: Language, meta: str, *, reason: str = "") -> View:
    """Close the case, having read what is still open."""
    pen = _pen(language)
    if ends:
        listed = [f"• {facts.end(pen, case, end)}" for end in ends]
        told = parts.fitting([pen.bold(pen.say("Still open:")), *listed], parts.SECTION)
        submit = pen.say("Close anyway")
    else:
        told, submit = pen.say("Nothing is left open."), pen.say("Close")
    blocks = [
        parts.section(told),
        text_input("reason", pen.say("Remark"), given=reason, longest=500, optional=True),
    ]
    return form(pen, "close", meta, _named(pen, mark("Close {case}"), case), submit, blocks)


def reopen_modal(case: Case, language: Language, meta: str, *, reason: str = "") -> View:
    """Open it again; the first-response clock starts anew."""
    pen = _pen(language)
    blocks = [
        text_input("reason", pen.say("Why is it open again?"), given=reason, longest=500),
        parts.context(pen.say("The first-response clock starts again from now.")),
    ]
    return form(pen, "reopen", meta, _named(pen, mark("Reopen {case}"), case), pen.say("Reopen"), blocks)


def _named(pen: Pen, msgid: str, case: Case) -> str:
    """A modal's title with the case in it; Slack allows 24 characters."""
    return pen.say(msgid, case=name_of(case.number))
