"""Lanes: an account as rows beside one another on one time line, before anything is drawn."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from bot.domain.account import Account, Held, Measured, calls
from bot.domain.area import State
from bot.domain.clock import ClockName
from bot.domain.clock_messages import CustomerWrote
from bot.domain.messages import ReminderCame
from bot.domain.review import over
from bot.domain.values import Instant, Value
from handlers.views.coverage import by_weight
from handlers.views.report.scribe import Scribe
from handlers.views.texts import mark

Fill = Literal["open", "claimed", "cleared", "suspect", "cause", "waiting", "owner", "nobody", "alone", "paused",
               "clock", "over"]  # fmt: skip
Sign = Literal["contact", "late", "due", "missed", "wrote", "reminder", "call"]
AREAS = 12
"""Ours: lanes of areas that fit on one picture; the others are counted."""
CLOCKS: tuple[ClockName, ...] = ("first-response", "next-reply", "resolution", "deadline")
SYMBOLS: dict[State, str] = {"open": "", "claimed": "", "cleared": "○", "suspect": "△", "cause": "●", "waiting": "…"}
"""Of Japanese check lists: read without colour, and where a name does not fit."""
FLAGS = {
    "opened": mark("Opened"),
    "first-response": mark("First response"),
    "suspect": mark("Suspect"),
    "cause": mark("Cause found"),
    "help": mark("Help called"),
    "resolved": mark("Resolved"),
    "reopened": mark("Reopened"),
    "closed": mark("Closed"),
}
FILLS: dict[Fill, str] = {
    "open": mark("nobody looks"),
    "claimed": mark("looking"),
    "cleared": mark("cleared"),
    "suspect": mark("suspect"),
    "cause": mark("cause found"),
    "waiting": mark("waiting for information"),
    "owner": mark("owner"),
    "nobody": mark("nobody"),
    "alone": mark("alone"),
    "paused": mark("waiting for the customer"),
    "clock": mark("clock running"),
    "over": mark("overdue"),
}
SIGNS: dict[Sign, str] = {
    "contact": mark("contact"),
    "late": mark("late contact"),
    "due": mark("promised time"),
    "missed": mark("missed promise"),
    "wrote": mark("the customer wrote"),
    "reminder": mark("reminder"),
    "call": mark("call to the channel"),
}


class Bar(Value):
    """Some time in a lane; `labels` from the longest to the shortest, the first that fits is written."""

    start: Instant
    end: Instant
    fill: Fill
    labels: tuple[str, ...] = ()


class Dot(Value):
    at: Instant
    sign: Sign


class Lane(Value):
    name: str
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()


class Flag(Value):
    """A moment that goes through all lanes."""

    at: Instant
    label: str


def lanes(pen: Scribe, account: Account) -> list[Lane]:
    """Everything that the picture shows, from the customer inwards."""
    found = [_customer(pen, account), *_clocks(pen, account), _owner(pen, account), *_reminders(pen, account)]
    if account.alone:
        bars = [Bar(start=one.start, end=one.end, fill="alone", labels=_fit(pen.how_long(one.length)))
                for one in account.alone]  # fmt: skip
        found.append(Lane(name=pen.say("Alone"), bars=tuple(bars)))
    if account.case.pauses:
        found.append(_pauses(pen, account))
    return [*found, *_areas(pen, account)]


def flags(pen: Scribe, account: Account) -> list[Flag]:
    """The turns of the story: the first suspect and call for help, every cause, end and new beginning."""
    once: set[str] = set()
    found = []
    for one in account.milestones:
        if one.kind in ("suspect", "help") and one.kind in once:
            continue
        once.add(one.kind)
        found.append(Flag(at=one.at, label=f"{pen.say(FLAGS[one.kind])} {pen.clock_time(one.at)}"))
    return found


def _customer(pen: Scribe, account: Account) -> Lane:
    dots = [Dot(at=one.at, sign="late" if one.late else "contact") for one in account.contacts]
    # What was kept is seen by its contact; the promised time of the others is marked.
    promised = [one for one in account.clocks if one.clock.name == "next-contact"]
    dots += [Dot(at=one.clock.due, sign="missed" if one.state == "missed" else "due") for one in promised
             if one.state not in ("met", "cancelled") and account.start <= one.clock.due <= account.end]  # fmt: skip
    dots += [Dot(at=max(fact.wrote_at, account.start), sign="wrote")
             for fact in account.facts if isinstance(fact, CustomerWrote)]  # fmt: skip
    return Lane(name=pen.say("Customer"), dots=tuple(sorted(dots, key=lambda dot: dot.at)))


def _clocks(pen: Scribe, account: Account) -> Iterator[Lane]:
    """The clocks that run long; promises stand in the customer's lane, however many they are."""
    for name in CLOCKS:
        bars = [bar for one in account.clocks if one.clock.name == name for bar in _clock(pen, account, one)]
        if bars:
            yield Lane(name=pen.clock(name), bars=tuple(bars))


def _clock(pen: Scribe, account: Account, one: Measured) -> Iterator[Bar]:
    clock = one.clock
    end = clock.ended or account.end
    until = min(end, clock.due)
    if until > clock.start:
        due = pen.say("due {at}", at=pen.clock_time(clock.due))
        yield Bar(start=clock.start, end=until, fill="clock", labels=_fit(due))
    if end > clock.due and one.state in ("late", "missed", "running", "outside-hours"):
        late = pen.say("{length} late", length=pen.how_long(over(one, account)))
        yield Bar(start=clock.due, end=end, fill="over", labels=_fit(late))


def _owner(pen: Scribe, account: Account) -> Lane:
    bars = [Bar(start=one.start, end=one.end, fill="owner" if one.owner else "nobody", labels=_fit(pen.name(one.owner)))
            for one in account.owners]  # fmt: skip
    return Lane(name=pen.say("Owner"), bars=tuple(bars))


def _reminders(pen: Scribe, account: Account) -> Iterator[Lane]:
    dots = [Dot(at=fact.at, sign="call" if calls(fact) else "reminder") for fact in account.facts
            if calls(fact) or (isinstance(fact, ReminderCame) and not fact.quiet)]  # fmt: skip
    if dots:
        yield Lane(name=pen.say("Reminders"), dots=tuple(dots))


def _pauses(pen: Scribe, account: Account) -> Lane:
    label = _fit(pen.say(FILLS["paused"]))
    bars = [Bar(start=one.start, end=one.end or account.end, fill="paused", labels=label)
            for one in account.case.pauses]  # fmt: skip
    return Lane(name=pen.say("Paused"), bars=tuple(bars))


def _areas(pen: Scribe, account: Account) -> Iterator[Lane]:
    """What bears on the fault first; those that nobody ever touched last, and of many of them only their number."""
    held = {key: account.of_area(key) for key in (area.key for area in account.areas)}
    touched = [area for area in by_weight(account.areas) if any(one.state != "open" for one in held[area.key])]
    never = [area for area in account.areas if area not in touched]
    shown = [*touched, *never][:AREAS]
    for area in shown:
        yield Lane(name=pen.area_name(area), bars=tuple(_bar(pen, one) for one in _joined(held[area.key])))
    left = len(account.areas) - len(shown)
    if left > 0:
        yield Lane(name=pen.count("and {n} area more", "and {n} areas more", left))


def _joined(held: Iterable[Held]) -> Iterator[Held]:
    """Stretches that look the same, one after the other, as one: another finding of the same kind moved nothing."""
    for _, same in groupby(held, lambda one: (one.state, one.holder, one.helpers)):
        first, *rest = same
        yield first.model_copy(update={"end": rest[-1].end}) if rest else first


def _bar(pen: Scribe, one: Held) -> Bar:
    word, symbol = pen.say(FILLS[one.state]), SYMBOLS[one.state]
    if one.holder is None:
        return Bar(start=one.start, end=one.end, fill=one.state, labels=_fit(word))
    who = pen.name(one.holder) + (f" +{len(one.helpers)}" if one.helpers else "")
    marked = f"{symbol} {word}".strip()
    return Bar(start=one.start, end=one.end, fill=one.state, labels=_fit(f"{marked} · {who}", marked, symbol or who))


def _fit(*labels: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for label in labels if label))


def window(account: Account) -> tuple[datetime, datetime]:
    """What the time line spans: never less than five minutes."""
    return account.start, max(account.end, account.start + timedelta(minutes=5))
