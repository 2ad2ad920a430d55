"""Kin: cases that could be one incident, a parent and its children: on cards, in briefs, and what is asked once.

What is said of a case of another channel is its number and how it stands; its title only where everybody may read it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.case import Case
from bot.domain.incident import WINDOW, may_meet
from bot.domain.kin import Child, children
from bot.domain.kin_messages import IncidentGrew, IncidentSuspected, ParentNoted, Sign
from bot.domain.values import CaseNumber, Language, name_of
from handlers.views import parts
from handlers.views.buttons import LABELS, block_id, row
from handlers.views.late import lateness
from handlers.views.parts import Element, Message
from handlers.views.pen import STATUSES, Kin, Pen, pens
from handlers.views.texts import mark

SIGNS: dict[Sign, str] = {
    "region": mark("they name the same region"),
    "family": mark("they are of one product family"),
    "symptom": mark("they say nearly the same"),
}


def numbers(case: Case) -> tuple[CaseNumber, ...]:
    """Whom its card names."""
    above = (case.parent.number,) if case.parent else ()
    alike = (case.incident.head, *case.incident.cases) if case.incident else ()
    named = (*above, *(child.number for child in children(case)), *alike)
    return tuple(number for number in dict.fromkeys(named) if number != case.number)


def lines(pen: Pen, case: Case) -> list[str]:
    """Parent, children, and what could be the same; nothing where a case stands for itself."""
    return [*_parent(pen, case), *_children(pen, case), *_alike(pen, case)]


def _parent(pen: Pen, case: Case) -> Iterator[str]:
    if case.parent is None:
        return
    above = _named(pen, case, case.parent.number)
    if case.parent.carries:
        yield pen.say("Parent case: {case}. Its contacts with the customer are recorded here too.", case=above)
    else:
        state = pen.say(STATUSES.get(case.parent.state, STATUSES["closed"]))
        yield pen.say("Parent case: {case} ({state})", case=above, state=state)


def _children(pen: Pen, case: Case) -> Iterator[str]:
    known = children(case)
    if not known:
        return
    still = sum(child.state == "open" for child in known)
    yield pen.bold(pen.say("Child cases: {all}, {open} of them open", all=len(known), open=still))
    yield from (f"• {_child(pen, case, child)}" for child in known)


def _child(pen: Pen, case: Case, child: Child) -> str:
    state = pen.say(STATUSES.get(child.state, STATUSES["closed"]))
    said = [f"{_named(pen, case, child.number)} ({state})"]
    known = _cases(pen).get(child.number)
    if known is not None and known.promise is not None and child.state == "open" and may_meet(case, known):
        said.append(pen.say("next contact {at}", at=pen.when(known.promise.due)))
    if child.carried:
        said.append(pen.say("contacts are recorded together"))
    return " · ".join(said)


def _alike(pen: Pen, case: Case) -> Iterator[str]:
    if case.incident is None or case.parent is not None or case.status != "open":
        return
    settled = {case.number, *(child.number for child in case.children)}
    others = [n for n in dict.fromkeys((case.incident.head, *case.incident.cases)) if n not in settled]
    others = [n for n in others if (one := _cases(pen).get(n)) is None or one.status != "closed"]
    if others:
        named = pen.texts.listed([_beside(pen, case, number) for number in others])
        yield pen.say("Could be one incident with {cases}.", cases=named)


def _named(pen: Pen, case: Case, number: CaseNumber) -> str:
    """Its name, and its title where everybody who reads here may read it."""
    other = _cases(pen).get(number)
    if other is None or not may_meet(case, other):
        return name_of(number)
    return f"{_linked(pen, number)} {parts.typed(other.title, 100)}"


def _beside(pen: Pen, case: Case, number: CaseNumber) -> str:
    """Its name, and the way to it where everybody who reads here may go."""
    other = _cases(pen).get(number)
    return _linked(pen, number) if other is not None and may_meet(case, other) else name_of(number)


def _linked(pen: Pen, number: CaseNumber) -> str:
    other = _cases(pen).get(number)
    link = pen.kin.link if pen.kin else None
    if other is None or link is None or not pen.rich:
        return name_of(number)
    return parts.link(link(other), name_of(number))


def _cases(pen: Pen) -> Mapping[CaseNumber, Case]:
    return pen.kin.cases if pen.kin else {}


def still_open(pen: Pen, case: Case) -> list[str]:
    """For whoever ends the parent: the children do not end with it."""
    left = [name_of(child.number) for child in case.children if child.state == "open"]
    if not left:
        return []
    return [pen.say("Child cases that are still open: {cases}. Each ends by itself.", cases=pen.texts.listed(left))]


# ---------------------------------------------------------------- what is said once


def incident(
    case: Case,
    fact: IncidentSuspected | IncidentGrew,
    relatives: Kin,
    *,
    language: Language,
    zone: str,
    now: datetime,
) -> Message:
    """The question whether several cases are one incident, or that one more may belong to it."""
    rich, plain = pens(language, zone)
    rich.kin = plain.kin = relatives._replace(cases={**relatives.cases, case.number: case})
    first, *rest = list(_asked(rich, case, fact))
    spoken = [*_asked(plain, case, fact), *lateness(plain, fact, now)]
    late = [parts.context(said, block_id(case, "late")) for said in lateness(rich, fact, now)]
    return Message(
        text=parts.fitting(spoken, parts.TEXT),
        blocks=(
            parts.section(parts.fitting([rich.bold(first), *rest], parts.SECTION), block_id(case, fact.kind)),
            *late,
            row(case, "kin", list(_answers(rich, case))),
        ),
    )


def _asked(pen: Pen, case: Case, fact: IncidentSuspected | IncidentGrew) -> Iterator[str]:
    if isinstance(fact, IncidentGrew):
        yield pen.say("{case} could be the same incident.", case=name_of(fact.joined))
        yield from _entries(pen, case, (fact.joined,))
        return
    members = sorted({case.number, *fact.others})
    yield pen.say("These could be one incident: {cases}", cases=pen.texts.listed([name_of(n) for n in members]))
    if fact.signs:
        why = pen.texts.listed([pen.say(SIGNS[sign]) for sign in fact.signs])
        yield pen.say("Opened within {length}; {why}.", length=pen.lasting(WINDOW), why=why)
    yield from _entries(pen, case, members)
    yield pen.say("If they are, {case} as the parent case keeps them together. Each keeps its own clocks and promise.",
                  case=name_of(fact.head))  # fmt: skip


def _entries(pen: Pen, case: Case, members: Sequence[CaseNumber]) -> Iterator[str]:
    for number in members:
        other = _cases(pen).get(number)
        if other is None or not may_meet(case, other):
            yield f"• {name_of(number)}"
            continue
        owner = pen.say("Owner: {owner}", owner=pen.owner(other.owner))
        title = parts.typed(other.title, 120)
        yield f"• {_linked(pen, number)} · {pen.severity(other)} · {title} — {owner}"


def _answers(pen: Pen, case: Case) -> Iterator[Element]:
    """To make the oldest the parent of all, or to say that they are several faults."""
    head = case.incident.head if case.incident else case.number
    label = pen.say("Make {case} the parent", case=name_of(head))
    yield parts.button(label, "gather", str(head), style="primary")
    label = pen.say(LABELS["apart"])
    yield parts.button(label, "apart", str(head), label=f"{label}: {name_of(head)}")


def parent_ended(pen: Pen, case: Case, fact: ParentNoted) -> list[str]:
    """For the owner of a carried child: nobody speaks for its customer any more."""
    state = pen.say(STATUSES.get(fact.state, STATUSES["closed"]))
    return [
        pen.say("{parent}, the parent of {case}, is {state}. The next contact with this customer is yours again.",
                parent=name_of(fact.parent), case=name_of(case.number), state=state),
        parts.typed(case.title, 200),
    ]  # fmt: skip
