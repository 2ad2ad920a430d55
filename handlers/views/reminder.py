"""Reminder: what is said at a checkpoint. What to do comes first; why it pings, and whom before, after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.clock import BY_CONTACT
from bot.domain.family import Family
from bot.domain.messages import Place, ReminderCame
from bot.domain.values import Language, UserId, name_of
from handlers.views import offers, parts
from handlers.views.buttons import act, acts, block_id, row
from handlers.views.offers import Offer
from handlers.views.parts import Block, Message
from handlers.views.pen import Pen, pens
from handlers.views.texts import mark, texts

LATE = timedelta(seconds=60)
"""Ours: a reminder that comes later than this says so."""
OFFERS = mark("What could be done next:")


def reminder(
    case: Case, fact: ReminderCame, place: Place, to: UserId | None, zone: str, language: Language, now: datetime, *,
    families: Sequence[Family] = (),
) -> Message:  # fmt: skip
    """The reminder as this place says it: to a person, in the thread, or to the whole channel.

    An owner who has promised nothing yet is offered next actions, from the areas and questions of `families`.
    """
    rich, plain = pens(language, zone, private=place == "person")
    first = f"{name_of(case.number)}: {_ask(plain, case, fact, place, now)}"
    spoken = [first, *_facts(plain, case, fact, place, to, now)]
    offered = offers.actions(rich, case, families) if _freezing(case, fact, place, now) else []
    if offered:
        spoken += [plain.say(OFFERS), *offers.spoken(offered)]
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=_blocks(rich, case, fact, place, to, now, offered))


def _freezing(case: Case, fact: ReminderCame, place: Place, now: datetime) -> bool:
    """Whether the owner has no next action in the last reminder before the first response is due."""
    if fact.clock != "first-response" or fact.rung != "before" or place != "person":
        return False
    span = case.terms.stuck_after
    return case.needs_next_contact and span is not None and now >= case.cycle_started_at + span


def _blocks(
    pen: Pen, case: Case, fact: ReminderCame, place: Place, to: UserId | None, now: datetime, offered: list[Offer]
) -> tuple[Block, ...]:
    late = "🔴 " if now > fact.due else ""
    ask = f"{late}{pen.bold(name_of(case.number))} {_ask(pen, case, fact, place, now)}"
    lines = [ask, *_facts(pen, case, fact, place, to, now), *([pen.say(OFFERS)] if offered else [])]
    return (
        parts.section(parts.fitting(lines, parts.SECTION), block_id(case, "reminder")),
        *offers.blocks(case, offered),
        row(case, "work", _buttons(pen, case, fact)),
    )


def _buttons(pen: Pen, case: Case, fact: ReminderCame) -> list[parts.Element]:
    """What finishes the job. The first response has no time to change: it is the contract's."""
    if fact.clock == "look-again":
        return acts(pen, case, ("wrote", "resume", "pause", "handoff"), "wrote")
    if fact.clock == "vendor":
        return acts(pen, case, ("answered", "vendor", "handoff"), "answered")
    contacted = act(pen, case, "contacted", style="primary")
    if fact.clock not in BY_CONTACT:
        return [contacted, *acts(pen, case, ("handoff",))]
    later = ("next",) if fact.clock == "next-contact" else ()
    return [contacted, *acts(pen, case, ("draft", *later, "handoff", "ack"))]


def repeated(message: Message, language: Language) -> Message:
    """The message with a line that says that it may stand there twice: Slack did not confirm the first one."""
    say = texts(language).say
    line = say("This may be a repeat: Slack did not confirm the first one.")
    return Message(
        text=parts.fitting([*message.text.split("\n"), line], parts.TEXT), blocks=(*message.blocks, parts.context(line))
    )


# ---------------------------------------------------------------- what to do


def _ask(pen: Pen, case: Case, fact: ReminderCame, place: Place, now: datetime) -> str:
    left = pen.until(fact.due, now)
    if fact.clock not in BY_CONTACT:
        return _ask_about(pen, case, fact, left)
    if fact.by_change and fact.rung == "due":
        return pen.say("The terms have changed, and {clock} is over by that. Please contact the customer now; it is "
                       "not counted as missed.", clock=pen.clock(fact.clock))  # fmt: skip
    match place, fact.rung:
        case (("broadcast" | "channel"), _):
            return pen.say("Who can contact the customer? {clock}: {left}.", clock=pen.clock(fact.clock), left=left)
        case _ if case.owner is None:
            return pen.say("Nobody owns this case, and the customer must be contacted ({left}).", left=left)
        case "thread", ("backup" | "holders" | "lead"):
            return pen.say("{people} Please reach {owner}, or one of you contact the customer ({left}).",
                           people=parts.people(fact.to), owner=parts.person(case.owner), left=left)  # fmt: skip
        case "thread", _:
            return pen.say("{people} Please contact the customer ({left}).", people=parts.people(fact.to), left=left)
        case _, ("backup" | "holders" | "lead"):
            return pen.say("Please contact the customer in place of {owner}, or reach {owner} ({left}).",
                           owner=parts.person(case.owner), left=left)  # fmt: skip
        case _, "before":
            return pen.say("Please contact the customer ({left}).", left=left)
        case _ if fact.due <= now < fact.due + timedelta(minutes=1):
            return pen.say("It is time: please contact the customer.")
        case _:
            return pen.say("Please contact the customer now ({left}).", left=left)


def _ask_about(pen: Pen, case: Case, fact: ReminderCame, left: str) -> str:
    """What a clock asks for that no contact answers."""
    match fact.clock:
        case "deadline":
            return pen.say("The customer needs it back by then ({left}).", left=left)
        case "resolution":
            return pen.say("The target for resolving it comes near ({left}).", left=left)
        case "vendor":
            return pen.say("Has {vendor} answered ({left})? Please ask them.", vendor=_vendor(case, fact), left=left)
        case _:
            return pen.say("Has the customer answered? Please look, then resume the case or let it wait on.")


def _vendor(case: Case, fact: ReminderCame) -> str:
    serial = next((clock.vendor for clock in case.ledger if fact.checkpoint.startswith(f"{clock.key}/")), None)
    return parts.typed(next((v.name for v in case.vendors if v.serial == serial), "…"), 100)


# ---------------------------------------------------------------- which promise, and why you


def _facts(pen: Pen, case: Case, fact: ReminderCame, place: Place, to: UserId | None, now: datetime) -> list[str]:
    lines = [
        parts.typed(f"{pen.severity(case)} · {case.title}", 200),
        f"{pen.clock(fact.clock)}: {pen.when_there(fact.due, case.customer_zone)}",
        _action(pen, case, fact),
        _why(pen, case, fact, place, to),
        _unheard(pen, fact, place),
        _told(pen, fact),
        _lateness(pen, fact, now),
    ]
    return [line for line in lines if line]


def _action(pen: Pen, case: Case, fact: ReminderCame) -> str:
    if fact.clock != "next-contact" or case.promise is None:
        return ""
    return pen.say("Next action: {action}", action=parts.typed(case.promise.action, 300))


def _why(pen: Pen, case: Case, fact: ReminderCame, place: Place, to: UserId | None) -> str:
    """Why it pings the one who reads it; the owner knows."""
    if place in ("broadcast", "channel"):
        return pen.say("No contact is recorded yet, so the whole channel hears it. Owner: {owner}",
                       owner=pen.owner(case.owner))  # fmt: skip
    if fact.unheard is not None:
        return ""
    if fact.rung == "lead":
        return pen.say("You are told because you lead the shift.")
    if fact.rung not in ("backup", "holders"):
        return ""
    if place == "thread":
        return pen.say("You are told as backups or because you hold an area.")
    held = [pen.area(area) for area in case.areas if to is not None and area.holder == to]
    if (to in case.backup and fact.rung == "backup") or not held:
        return pen.say("You are told because you are the backup.")
    return pen.say("You are told because you are looking at {areas}.", areas=pen.texts.listed(held[:3]))


def _unheard(pen: Pen, fact: ReminderCame, place: Place) -> str:
    """Why it is said here and not where it was meant to be said."""
    if fact.unheard is None:
        return ""
    if not fact.unheard:
        return pen.say("You are told because the case's channel can't be reached.")
    if place == "person":
        return pen.say("You are told because {people} can't be reached.", people=parts.people(fact.unheard))
    return pen.say("{people} can't be reached by direct message.", people=parts.people(fact.unheard))


def _told(pen: Pen, fact: ReminderCame) -> str:
    if not fact.told or fact.rung in ("before", "due"):
        return ""
    return pen.say("Told before: {people}", people=parts.people(fact.told))


def _lateness(pen: Pen, fact: ReminderCame, now: datetime) -> str:
    if now - fact.planned <= LATE:
        return ""
    return pen.say("(This was to come at {at}; it is {length} late.)", at=pen.when(fact.planned),
                   length=pen.lasting(now - fact.planned))  # fmt: skip
