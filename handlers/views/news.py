"""News: what someone must see once, besides reminders: a suspect, a cause, a handover, a call for help, the end."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.domain.area import unseen
from bot.domain.case import Case
from bot.domain.kin_messages import ChildNoted, ParentDropped, ParentNoted, ParentSet
from bot.domain.messages import (
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CheckOverridden,
    ContactMade,
    Fact,
    FindingReported,
    HandoffAccepted,
    HandoffDeclined,
    HandoffOffered,
    HandoffWithdrawn,
    HelpCalled,
    OwnerLost,
    SharingChanged,
    TaskAsked,
    TaskDeclined,
    TaskDone,
    TaskWithdrawn,
    ThreadLost,
)
from bot.domain.rules import loose_ends
from bot.domain.sla import clocks
from bot.domain.values import Language, name_of
from handlers.views import brief, card, checks, coverage, facts, kin, parts, tasks
from handlers.views.buttons import act, acts, block_id, claim_menu, row
from handlers.views.late import lateness
from handlers.views.parts import Element, Message
from handlers.views.pen import Pen, pens


def news(
    case: Case, fact: Fact, language: Language, zone: str, now: datetime, more: Callable[[Pen], list[str]] | None = None
) -> Message:
    """The message that one fact is worth. First what the reader must know or do, last what `more` says."""
    rich, plain = pens(language, zone)
    lines = _LINES.get(type(fact), _plainly)
    spoken = [*lines(plain, case, fact), *(more(plain) if more else []), *lateness(plain, fact, now)]
    first, *rest = [*lines(rich, case, fact), *(more(rich) if more else [])]
    shown = "\n".join([rich.bold(first) if type(fact) in _LOUD else first, *rest])
    elements = _BUTTONS.get(type(fact), _none)(rich, case, fact)
    blocks = [parts.section(parts.fitting(shown.split("\n"), parts.SECTION), block_id(case, fact.kind))]
    if late := lateness(rich, fact, now):
        blocks.append(parts.context(late[0], block_id(case, "late")))
    if elements:
        blocks.append(row(case, "work", elements))
    return Message(text=parts.fitting("\n".join(spoken).split("\n"), parts.TEXT), blocks=tuple(blocks))


def _name(pen: Pen, case: Case) -> str:
    return f"{name_of(case.number)} · {pen.severity(case)} · {parts.typed(case.title, 200)}"


# ---------------------------------------------------------------- the thread's first message


def _opened(pen: Pen, case: Case, fact: CaseOpened | ThreadLost) -> list[str]:
    lines = [_name(pen, case), pen.say("Owner: {owner} — please write and claim areas in the thread below.",
                                       owner=pen.owner(case.owner))]  # fmt: skip
    if isinstance(fact, ThreadLost):
        lines.append(pen.say("The earlier thread was deleted, so the case goes on here. Nothing recorded is lost."))
    return lines


# ---------------------------------------------------------------- findings


def _found(pen: Pen, case: Case, fact: FindingReported) -> list[str]:
    area, who = pen.area_named(case, fact.area), parts.person(fact.by)
    found = pen.say("{verdict}: {area} — {who}", verdict=pen.verdict(fact.verdict), area=area, who=who)
    return [f"{name_of(case.number)} {found}", parts.typed(fact.evidence, 600)]


# ---------------------------------------------------------------- handover


def _offered(pen: Pen, case: Case, fact: HandoffOffered) -> list[str]:
    asked = pen.say("{who} asks you to take over {case}. Please read, then answer.", who=parts.person(fact.by),
                    case=name_of(case.number))  # fmt: skip
    return [asked, *brief.brief(pen, case, fact)]


def _accepted(pen: Pen, case: Case, fact: HandoffAccepted) -> list[str]:
    sender = pen.owner(fact.sender)
    lines = [pen.say("The owner is now {owner} (before: {sender}).", owner=parts.person(fact.by), sender=sender)]
    if fact.action:
        lines.append(pen.say("First action: {action}", action=parts.typed(fact.action, 300)))
    return lines + [card.clock(pen, case, running, fact.at) for running in clocks(case)]


def _declined(pen: Pen, case: Case, fact: HandoffDeclined) -> list[str]:
    return [
        pen.say("{case}: {who} can't take it over. The owner is still {owner}.", case=name_of(case.number),
                who=parts.person(fact.by), owner=pen.owner(case.owner)),
        pen.say("Reason: {reason}", reason=parts.typed(fact.reason, 500)),
        parts.typed(case.title, 200),
    ]  # fmt: skip


def _withdrawn(pen: Pen, case: Case, fact: HandoffWithdrawn) -> list[str]:
    return [
        pen.say("{case}: the handover is withdrawn by {who}. The owner is still {owner}.", case=name_of(case.number),
                who=parts.person(fact.by), owner=pen.owner(case.owner)),
        parts.typed(case.title, 200),
    ]  # fmt: skip


# ---------------------------------------------------------------- calls to the channel


def _called(pen: Pen, case: Case, fact: HelpCalled) -> list[str]:
    lines = [pen.say("{who} asks for help: {case}", who=parts.person(fact.by), case=_name(pen, case))]
    if fact.area:
        lines.append(pen.say("Help is wanted for {area}.", area=pen.area_named(case, fact.area)))
    if fact.asking:
        lines.append(parts.typed_lines(fact.asking, 600))
    if fact.area is None and unseen(case.areas):
        lines.append(pen.say("Nobody looks at: {areas}", areas=coverage.blind_spots(pen, case)))
        lines.append(pen.say("Taking one area below helps at once."))
    return lines


def _owner_lost(pen: Pen, case: Case, fact: OwnerLost) -> list[str]:
    lines = [
        pen.say("Nobody owns {case} any more. Who takes it over?", case=name_of(case.number)),
        f"{pen.severity(case)} · {parts.typed(case.title, 200)}",
        pen.say("{owner} can't be reached any more, so no reminder reaches anybody.", owner=parts.person(fact.owner)),
    ]
    return lines + [card.clock(pen, case, running, fact.at) for running in clocks(case)]


def _shared(pen: Pen, case: Case, fact: SharingChanged) -> list[str]:
    """For the owner, who has to decide where the case goes on."""
    return [
        pen.say("The channel of {case} is now shared with people outside your workspace.", case=name_of(case.number)),
        pen.say("Its card hides customer data from now on. What was written in the thread before, they can read."),
        parts.typed(case.title, 200),
    ]


# ---------------------------------------------------------------- the end, and a new beginning


def _resolved(pen: Pen, case: Case, fact: CaseResolved) -> list[str]:
    lines = [pen.say("{who} marked {case} resolved.", who=parts.person(fact.by), case=name_of(case.number))]
    if fact.how:
        lines.append(parts.typed(fact.how, 500))
    if "untold" in loose_ends(case):
        lines.append(pen.say("Please tell the customer that it is resolved, and record it with “Contacted”."))
    return [*lines, *kin.still_open(pen, case)]


def _done(pen: Pen, case: Case, fact: ContactMade) -> list[str]:
    """For those who were reminded of it: nobody needs to call twice."""
    first = pen.say("{case}: {who} has contacted the customer. Nothing is left for you to do.",
                    case=name_of(case.number), who=parts.person(fact.by))  # fmt: skip
    next_ones = [card.clock(pen, case, running, fact.at) for running in clocks(case)]
    return [first, parts.typed(fact.said, 300), *next_ones]


def _reopened(pen: Pen, case: Case, fact: CaseReopened) -> list[str]:
    lines = [pen.say("{who} reopened {case}: {reason}", who=parts.person(fact.by), case=name_of(case.number),
                     reason=parts.typed(fact.reason, 500))]  # fmt: skip
    return lines + [card.clock(pen, case, running, fact.at) for running in clocks(case)]


def _sorted(pen: Pen, case: Case, fact: ParentSet | ParentDropped | ChildNoted) -> list[str]:
    """For the owner of a case that somebody else put with another."""
    return [pen.say("{case}: {who} {deed}", case=name_of(case.number), who=parts.person(fact.by),
                    deed=facts.what(pen, case, fact))]  # fmt: skip


def _plainly(pen: Pen, case: Case, fact: Fact) -> list[str]:
    return [f"{name_of(case.number)}: {facts.line(pen, case, fact)}"]


# ---------------------------------------------------------------- buttons


def _none(pen: Pen, case: Case, fact: Fact) -> list[Element]:
    return []


def _answer(pen: Pen, case: Case, fact: Fact) -> list[Element]:
    return acts(pen, case, ("accept", "decline"), "accept")


def _help(pen: Pen, case: Case, fact: HelpCalled) -> list[Element]:
    """For one area it is enough to press; nobody has to find it in a menu."""
    wanted = next((area for area in case.areas if area.key == fact.area), None)
    if wanted is None:
        return [claim_menu(pen, case), act(pen, case, "contacted")]
    name = parts.words(pen.say("Join {area}", area=wanted.name(pen.language)), 75)
    return [act(pen, case, "join", rest=wanted.key, text=name), act(pen, case, "contacted")]


def _become_owner(pen: Pen, case: Case, fact: Fact) -> list[Element]:
    return [act(pen, case, "handoff", rest="me", text=pen.say("Become the owner"), style="primary")]


def _tell(pen: Pen, case: Case, fact: Fact) -> list[Element]:
    return acts(pen, case, ("contacted", "close", "reopen"), "contacted") if case.status == "resolved" else []


_LINES: dict[type[Any], Callable[[Pen, Case, Any], list[str]]] = {
    CaseOpened: _opened,
    ThreadLost: _opened,
    FindingReported: _found,
    ParentSet: _sorted,
    ParentDropped: _sorted,
    ChildNoted: _sorted,
    HandoffOffered: _offered,
    HandoffAccepted: _accepted,
    HandoffDeclined: _declined,
    HandoffWithdrawn: _withdrawn,
    TaskAsked: tasks.asked,
    TaskDeclined: tasks.declined,
    TaskDone: tasks.done,
    TaskWithdrawn: tasks.withdrawn,
    HelpCalled: _called,
    OwnerLost: _owner_lost,
    SharingChanged: _shared,
    CaseResolved: _resolved,
    CaseReopened: _reopened,
    ContactMade: _done,
    **checks.LINES,
    ParentNoted: kin.parent_ended,
}
_BUTTONS: dict[type[Any], Callable[[Pen, Case, Any], list[Element]]] = {
    HandoffOffered: _answer,
    HandoffDeclined: lambda pen, case, fact: acts(pen, case, ("handoff",)),
    TaskAsked: tasks.to_answer,
    TaskDeclined: tasks.to_ask_again,
    TaskDone: tasks.to_report,
    TaskWithdrawn: tasks.to_ask_again,
    HelpCalled: _help,
    OwnerLost: _become_owner,
    CaseResolved: _tell,
    **checks.BUTTONS,
}
_LOUD = frozenset({HelpCalled, OwnerLost, FindingReported, CaseOpened, ThreadLost, CheckOverridden})
