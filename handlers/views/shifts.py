"""Shifts: what somebody on duty is told about their shift: what falls due in it, and what it leaves to others."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.clock import Clock
from bot.domain.roster import Duty, Roster
from bot.domain.shift_letter import ShiftLetter
from bot.domain.values import Language, UserId, name_of
from handlers.views import parts
from handlers.views.buttons import act
from handlers.views.duty import on_duty
from handlers.views.parts import Block, Element, Message
from handlers.views.pen import Pen, pens

MOST = 12
"""Ours: what is listed of a long shift; `mine` and `list` show the rest."""
MOST_COMERS = 8
LATE = timedelta(minutes=5)
"""Ours: a letter that comes later than this says so."""

Promises = Sequence[tuple[Case, Clock]]


def digest(letter: ShiftLetter, due: Promises, *, language: Language, zone: str, now: datetime) -> Message:
    """At the beginning of a shift: what falls due before its end."""
    rich, plain = pens(language, zone, private=True)
    blocks = [
        parts.section("\n".join(_heading(rich, letter, due, now))),
        *(parts.section(_falls_due(rich, case, clock, letter, now)) for case, clock in due[:MOST]),
        *_more(rich, due),
    ]
    spoken = [*_heading(plain, letter, due, now), *(_falls_due(plain, *one, letter, now) for one in due[:MOST])]
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=tuple(blocks))


def _heading(pen: Pen, letter: ShiftLetter, due: Promises, now: datetime) -> Iterator[str]:
    until = pen.when(letter.until)
    yield pen.bold(pen.count("{n} falls due before your shift ends at {until}.",
                             "{n} fall due before your shift ends at {until}.", len(due), until=until))  # fmt: skip
    yield from _lateness(pen, letter, now)


def _lateness(pen: Pen, letter: ShiftLetter, now: datetime) -> Iterator[str]:
    if now - letter.planned > LATE:
        length = pen.lasting(now - letter.planned)
        at = pen.when(letter.planned)
        yield pen.say("(This was to come at {at}; it is {length} late.)", at=at, length=length)


def _falls_due(pen: Pen, case: Case, clock: Clock, letter: ShiftLetter, now: datetime) -> str:
    line = f"{_due(pen, case, clock)} — {pen.until(clock.due, now)}"
    if case.owner == letter.person:
        return line
    return f"{line} · {pen.say('Owner: {owner}', owner=pen.owner(case.owner))}"


def _due(pen: Pen, case: Case, clock: Clock) -> str:
    """The case, what falls due on it and when, and with what, where that was said."""
    name = f"{pen.bold(name_of(case.number))} {parts.typed(case.title, 120)}"
    line = f"{name}\n{pen.clock(clock.name)}: {pen.when_there(clock.due, case.customer_zone)}"
    action = case.promise.action if case.promise and clock.name == "next-contact" else ""
    return f"{line} · {parts.typed(action, 150)}" if action else line


def _more(pen: Pen, promises: Promises) -> Iterator[Block]:
    if len(promises) > MOST:
        yield parts.context(pen.say("{n} more are not shown.", n=len(promises) - MOST))


# ---------------------------------------------------------------- the end of a shift


def relief(
    letter: ShiftLetter, promises: Promises, comers: Sequence[Duty], names: Mapping[UserId, str], roster: Roster,
    *, language: Language, zone: str, now: datetime,
) -> Message:  # fmt: skip
    """An hour before a shift ends: the promises that fall after it, and who is on duty then, to hand them over to."""
    rich, plain = pens(language, zone, private=True)
    blocks: list[Block] = [parts.section("\n".join(_ending(rich, letter, promises, comers, roster, now)))]
    for case, clock in promises[:MOST]:
        blocks.append(parts.section(_due(rich, case, clock)))
        blocks += _hand_over(rich, case, names)
    spoken = [*_ending(plain, letter, promises, comers, roster, now), *(_due(plain, *one) for one in promises[:MOST])]
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=(*blocks, *_more(rich, promises)))


def _ending(
    pen: Pen, letter: ShiftLetter, promises: Promises, comers: Sequence[Duty], roster: Roster, now: datetime
) -> Iterator[str]:
    yield pen.bold(pen.count("Your shift ends at {until}, and {n} promise of yours falls after it.",
                             "Your shift ends at {until}, and {n} promises of yours fall after it.",
                             len(promises), until=pen.when(letter.until)))  # fmt: skip
    yield from _lateness(pen, letter, now)
    for one in comers:
        who = on_duty(pen, roster, one)
        if one.start <= letter.until:
            yield pen.say("On duty then: {who}", who=who)
        else:
            yield pen.say("Nobody is on duty then; the next from {at}: {who}", at=pen.when(one.start), who=who)
    if not comers:
        yield pen.say("Nobody is on duty after you within a day. Please tell your shift lead, or move the promise.")


def _hand_over(pen: Pen, case: Case, names: Mapping[UserId, str]) -> Iterator[Block]:
    """A button for the first who comes, a menu of the others; both begin an ordinary handover."""
    people = list(names.items())
    first, others = people[:1], people[1:]
    elements: list[Element] = [_to(pen, case, person, name) for person, name in first] or [act(pen, case, "handoff")]
    yield parts.actions(elements, f"{case.number}/relief")
    if others:
        options = [parts.option(parts.words(name or person, 70), f"{case.number} {person}") for person, name in others]
        menu = parts.select("handoff", pen.say("Hand over to someone else"), options)
        yield parts.actions([menu], f"{case.number}/relief/others")


def _to(pen: Pen, case: Case, person: UserId, name: str) -> Element:
    text = pen.say("Hand over to {name}", name=parts.words(name, 40)) if name else ""
    return act(pen, case, "handoff", rest=person, text=text, style="primary")
