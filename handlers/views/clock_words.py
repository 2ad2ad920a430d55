"""Clock words: what clocks, their states and the stretches of their sums are called on every screen.

"Outside hours" and "waiting for the customer" are two things, and are never called by one word.
"""

from bot.domain.calendar import Kind
from bot.domain.case import Case
from bot.domain.clock import ClockName, ClockState
from bot.domain.errors import ClockUnknown
from bot.domain.text import fold, nearest, one_line
from handlers.views.pen import CLOCKS
from handlers.views.texts import mark, texts

STATES: dict[ClockState, str] = {
    "running": mark("running"),
    "outside-hours": mark("outside hours"),
    "paused": mark("waiting for the customer"),
    "breached-by-change": mark("over by the change of terms, not counted as missed"),
    "met": mark("met"),
    "late": mark("late"),
    "missed": mark("missed"),
    "cancelled": mark("no longer needed"),
}
STRETCHES: dict[Kind, str] = {
    "open": mark("within hours"),
    "extra": mark("extra working time"),
    "outside": mark("outside hours"),
    "break": mark("break"),
    "day-off": mark("day off"),
    "holiday": mark("holiday"),
    "closure": mark("closed"),
    "paused": mark("waiting for the customer"),
}


def clock_named(case: Case, word: str) -> ClockName:
    """The clock that is meant by its name in either language. Raises ClockUnknown with those that the case has."""
    names = {fold(said): key for key, label in CLOCKS.items() for said in (key, *_labels(label))}
    wanted = fold(word.strip())
    if wanted in names:
        return names[wanted]
    near = [name for name in names if wanted and wanted in name] or nearest(wanted, list(names), n=1)
    if len({names[name] for name in near}) == 1:
        return names[near[0]]
    known = tuple(dict.fromkeys(clock.name for clock in case.ledger))
    raise ClockUnknown(number=case.number, word=one_line(word, 40), known=", ".join(known))


def _labels(label: str) -> tuple[str, str]:
    return texts("en").say(label), texts("ja").say(label)
