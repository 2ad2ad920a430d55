"""Duty: who is on duty now and next, and when nobody is."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.roster import AHEAD, Duty, Roster, Stretch
from bot.domain.values import Language
from handlers.views import parts
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens

MOST_GAPS = 3


def duty(roster: Roster, at: datetime, *, language: Language, zone: str, now: datetime) -> Message:
    """Who is on duty at this moment, who comes next, and where the next two weeks have a gap."""
    rich, plain = pens(language, zone, private=True)
    return Message(
        text=parts.fitting(_lines(plain, roster, at, now), parts.TEXT),
        blocks=(parts.section(parts.fitting(_lines(rich, roster, at, now), parts.SECTION), "duty"),),
    )


def _lines(pen: Pen, roster: Roster, at: datetime, now: datetime) -> Iterator[str]:
    here, coming = roster.on_duty(at), roster.next_on(at)
    yield pen.bold(pen.say("On duty now") if at == now else pen.say("On duty at {at}", at=pen.when(at)))
    for one in here:
        yield f"• {pen.say('{who}, until {at}', who=on_duty(pen, roster, one), at=pen.when(one.end))}"
    if not here:
        yield pen.say("Nobody is on duty.")
    yield pen.bold(pen.say("Next on duty"))
    for one in coming:
        yield f"• {pen.say('{who}, from {at}', who=on_duty(pen, roster, one), at=pen.when(one.start))}"
    if not coming:
        yield pen.count("Nobody new comes within {n} day.", "Nobody new comes within {n} days.", AHEAD.days)
    yield from _gaps(pen, roster.gaps(at, at + AHEAD))


def on_duty(pen: Pen, roster: Roster, one: Duty) -> str:
    """A region and its people, those who lead first."""
    others = tuple(person for person in one.members if person not in one.leads)
    leads = [pen.say("{lead} (shift lead)", lead=parts.person(lead)) for lead in one.leads]
    return pen.say("{region}: {people}", region=parts.typed(roster.called(one.region), 60),
                   people=" ".join([*leads, *([parts.people(others)] if others else [])]))  # fmt: skip


def _gaps(pen: Pen, gaps: Sequence[Stretch]) -> Iterator[str]:
    for gap in gaps[:MOST_GAPS]:
        yield pen.say("Nobody is on duty from {start} to {end}.", start=pen.when(gap.start), end=pen.when(gap.end))
    if len(gaps) > MOST_GAPS:
        yield pen.say("{n} more times without anybody: `jibungoto check` names them.", n=len(gaps) - MOST_GAPS)
