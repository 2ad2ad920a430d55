"""Coverage: who looks at what, what came out, and what nobody looks at. One line for each area."""

from bot.domain.area import Area, Areas, unseen
from bot.domain.case import Case
from handlers.views import parts
from handlers.views.pen import Pen
from handlers.views.texts import mark

_ORDER = ("cause", "suspect", "claimed", "waiting", "open", "cleared")
_ROOM = 6000
"""Ours: what all evidence together may take, so that forty areas still make one message."""


def by_weight(areas: Areas) -> Areas:
    """What bears on the fault first, what is cleared last."""
    return tuple(sorted(areas, key=lambda area: _ORDER.index(area.state)))


def line(pen: Pen, area: Area, evidence: int = 200) -> str:
    """State, name, holder, since when, evidence."""
    who = " ".join(filter(None, [parts.person(area.holder) if area.holder else "", _helpers(area)]))
    when = mark("at {at}") if area.state in ("cleared", "cause") else mark("since {at}")
    since = pen.say(when, at=pen.when(area.since))
    facts = " · ".join(filter(None, [f"{pen.bold(pen.state(area))} {pen.area(area)}", who, since]))
    if not area.evidence:
        return facts
    said = f"{facts} — {parts.typed(area.evidence, evidence)}"
    if area.source is None or pen.reply is None:
        return said
    return f"{said} {parts.link(pen.reply(area.source), pen.say('the reply'))}"


def lines(pen: Pen, case: Case) -> list[str]:
    """The heading with the count, then the areas."""
    seen = len(case.areas) - len(unseen(case.areas))
    heading = pen.say("Isolation areas: {seen} of {all} looked at", seen=seen, all=len(case.areas))
    room = max(60, min(200, _ROOM // max(1, len(case.areas))))
    ordered = by_weight(case.areas)
    before = [line(pen, area, room) for area in ordered if area.state not in ("open", "cleared")]
    after = [line(pen, area, room) for area in ordered if area.state == "cleared"]
    return [pen.bold(heading), *before, *_untouched(pen, case), *after]


def _untouched(pen: Pen, case: Case) -> list[str]:
    """What nobody looks at, one line for each moment since when: nobody reads seven lines that say the same."""
    blind = unseen(case.areas)
    moments = dict.fromkeys(area.since for area in blind)
    groups = [[area for area in blind if area.since == since] for since in moments]
    return [
        f"{pen.bold(pen.state(group[0]))} {pen.texts.listed([pen.area(area) for area in group])} · "
        + pen.say("since {at}", at=pen.when(group[0].since))
        for group in groups
    ]


def blind_spots(pen: Pen, case: Case, most: int = 8) -> str:
    """The names of the areas that nobody looks at."""
    blind = unseen(case.areas)
    names = [pen.area(area) for area in blind[:most]]
    return pen.texts.listed(names) + (f" +{len(blind) - most}" if len(blind) > most else "")


def _helpers(area: Area) -> str:
    return f"+ {parts.people(area.joined, 4)}" if area.joined else ""
