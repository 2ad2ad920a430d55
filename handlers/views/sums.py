"""Sums: how each due time of a case comes about. Every stretch that counted and that did not, and why."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain.case import Case
from bot.domain.clock import Clock, ClockName
from bot.domain.explain import Part, Sum, explain
from bot.domain.sla import all_clocks, calendar_of
from bot.domain.values import Language, name_of
from handlers.views import parts, times
from handlers.views.clock_words import STATES, STRETCHES
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens

ENDED = 8
"""Ours: of the clocks that have ended, as many as a person scrolls past; one that is named is shown whole."""


def sums(case: Case, language: Language, zone: str, now: datetime, *, only: ClockName | None = None) -> Message:
    """The sum behind each running due time, and how the ended clocks went; of one clock, every time it ran."""
    rich, plain = pens(language, zone, private=True)
    blocks = [parts.section(page) for page in parts.pages(_lines(rich, case, now, only))]
    return Message(text=parts.fitting(_lines(plain, case, now, only), parts.TEXT), blocks=tuple(blocks[: parts.BLOCKS]))


def explained(case: Case, language: Language, zone: str, now: datetime, *, only: ClockName | None = None) -> str:
    """The same for a terminal, without any limit."""
    _, plain = pens(language, zone, private=True)
    return "\n".join(_lines(plain, case, now, only))


def _lines(pen: Pen, case: Case, now: datetime, only: ClockName | None) -> Iterator[str]:
    yield pen.bold(pen.say("{case}: how its due times come about", case=name_of(case.number)))
    found = [clock for clock in all_clocks(case) if only in (None, clock.name)]
    standing = [clock for clock in found if clock.ended is None]
    ended = [clock for clock in found if clock.ended is not None]
    for clock in standing if only is None else found:
        yield ""
        yield from _sum(pen, case, clock, now)
    if only is None and ended:
        yield ""
        yield from (_went(pen, case, clock, now) for clock in ended[:ENDED])
        if len(ended) > ENDED:
            yield pen.say("{n} more are not shown.", n=len(ended) - ENDED)
    if not found:
        yield pen.say("No clock runs on this case.")


def _sum(pen: Pen, case: Case, clock: Clock, now: datetime) -> Iterator[str]:
    found = explain(case, clock, now)
    yield _head(pen, case, clock, found, now)
    if found.span is None:
        yield _moment(pen, case, clock)
        return
    yield _rule(pen, case, clock, found)
    for part in found.parts:
        yield _part(pen, part)
    yield _total(pen, found)
    if found.as_told:
        yield pen.say("Rules of zones or holidays have changed since: the time stands as it was told.")


def _head(pen: Pen, case: Case, clock: Clock, found: Sum, now: datetime) -> str:
    name, state = pen.bold(pen.clock(clock.name)), pen.say(STATES[found.state])
    if found.state == "paused":
        return f"{name} — {state} ({pen.say('{length} left', length=times.left(found.left, pen.language))})"
    due = pen.when_there(found.due, case.customer_zone)
    if clock.ended is not None:
        return f"{name}: {due} — {state} ({pen.when(clock.ended)})"
    return f"{name}: {due} — {state} ({pen.until(found.due, now)})"


def _went(pen: Pen, case: Case, clock: Clock, now: datetime) -> str:
    """A clock that has ended, in one line."""
    found = explain(case, clock, now)
    return f"{pen.clock(clock.name)}: {pen.when(found.due)} — {pen.say(STATES[found.state])}"


def _moment(pen: Pen, case: Case, clock: Clock) -> str:
    """Where a time comes from that is no sum."""
    at = pen.when(clock.start)
    match clock.name:
        case "next-contact":
            return pen.say("Promised to the customer at {at}: this time is told, not counted.", at=at)
        case "deadline":
            return pen.say("Named by the customer, recorded at {at}: nothing moves it but they.", at=at)
        case "vendor":
            names = [vendor.name for vendor in case.vendors if vendor.serial == clock.vendor]
            return pen.say("Asked of {vendor} at {at}.", vendor=parts.typed(next(iter(names), "…"), 100), at=at)
        case _:
            return pen.say("Set by us at {at}.", at=at)


def _rule(pen: Pen, case: Case, clock: Clock, found: Sum) -> str:
    """How long it runs, in which hours, under which terms."""
    terms = case.terms_of(clock)
    about = {"policy": parts.typed(f"{terms.policy} {terms.version}", 100), "severity": terms.severity}
    calendar = calendar_of(case, clock)
    if calendar is None:
        return pen.say("{length}, counted round the clock ({policy}, severity {severity})",
                       length=_span(pen, found), **about)  # fmt: skip
    zone = times.zone_word(found.due, found.zone, pen.language)
    return pen.say("{length}, counted in the hours of {calendar} in {zone} ({policy}, severity {severity})",
                   length=_span(pen, found), calendar=parts.typed(calendar.name, 60), zone=zone, **about)  # fmt: skip


def _span(pen: Pen, found: Sum) -> str:
    assert found.span is not None
    if not found.span.working_days:
        return times.exact(found.length, pen.language)
    days = pen.count("{n} working day", "{n} working days", found.span.working_days)
    return pen.say("{days} ({length})", days=days, length=times.exact(found.length, pen.language))


def _part(pen: Pen, part: Part) -> str:
    """`＋ 3 h · from → until · within hours`, and for what does not count a minus."""
    why = pen.say(STRETCHES[part.kind])
    name = part.ja if pen.language == "ja" and part.ja else part.name
    named = f"{why}: {parts.typed(name, 100)}" if name else why
    length = times.exact(part.length, pen.language)
    counted = f"＋ {length}" if part.counted else f"－ {pen.say('{length} not counted', length=length)}"
    return f"{counted} · {pen.when(part.start)} → {pen.when(part.end)} · {named}"


def _total(pen: Pen, found: Sum) -> str:
    counted, length = times.exact(found.counted, pen.language), times.exact(found.length, pen.language)
    if found.over_by_change:
        return pen.say("Counted: {counted} of {length}. The terms left nothing of it, so it was over at once.",
                       counted=counted, length=length)  # fmt: skip
    return f"＝ {counted}" if counted == length else pen.say("＝ {counted} of {length}", counted=counted, length=length)
