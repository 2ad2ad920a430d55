"""Card: the one live message that mirrors a case, edited in place. Calm enough to be read on a phone at 3 a.m."""

from collections.abc import Callable, Iterator
from datetime import datetime

from bot.domain.case import Case
from bot.domain.sla import Clock, clocks, standing, state_of
from bot.domain.values import Timestamp, name_of
from handlers.views import checklist, coverage, ended, kin, parts, runs, tasks, times
from handlers.views.buttons import act, acts, block_id, claim_menu, next_button, row
from handlers.views.clock_words import STATES
from handlers.views.parts import Block, Message
from handlers.views.pen import Kin, Pen, pens
from handlers.views.texts import mark
from handlers.views.urgent import alarming, urgent
from handlers.views.veil import veiled

MISSING = {
    "customer": mark("customer"),
    "plan": mark("plan"),
    "reference": mark("reference number"),
    "impact": mark("impact"),
}


def card(
    case: Case, now: datetime, reply: Callable[[Timestamp], str] | None = None, relatives: Kin | None = None
) -> Message:
    """The case as it stands at this moment, in the case's language; without customer data where outsiders read it.

    `reply` is the address of a reply in its thread: findings that were taken from one lead there. `relatives` are the
    cases that it names, for their titles.
    """
    case = veiled(case)
    if case.status != "open":
        return ended.card(case, now, relatives)
    rich, plain = pens(case.language, case.customer_zone)
    rich.reply = reply
    rich.kin = plain.kin = relatives
    return Message(text=_text(plain, case, now), blocks=tuple(_blocks(rich, case, now)))


def _blocks(pen: Pen, case: Case, now: datetime) -> Iterator[Block]:
    yield parts.section(_first_lines(pen, case, now), block_id(case, "urgent"))
    yield parts.header(title(pen, case), block_id(case, "title"))
    yield parts.fields(facts(pen, case), block_id(case, "facts"))
    for index, running in enumerate(clocks(case)):
        yield parts.section(clock(pen, case, running, now), block_id(case, f"clock{index}"))
    if waits := waiting(pen, case, now):
        yield parts.section(parts.fitting(waits, parts.SECTION), block_id(case, "waiting"))
    if named := kin.lines(pen, case):
        yield parts.section(parts.fitting(named, parts.SECTION), block_id(case, "kin"))
    for index, page in enumerate(parts.pages(coverage.lines(pen, case))):
        yield parts.section(page, block_id(case, f"areas{index}"))
    if asked := tasks.lines(pen, case, now):
        yield parts.section(parts.fitting(asked, parts.SECTION), block_id(case, "tasks"))
    if left := checklist.summary(pen, case):
        yield parts.context(left, block_id(case, "checklist"))
    if under_way := runs.lines(pen, case):
        yield parts.context("\n".join(under_way), block_id(case, "runs"))
    yield parts.context(_footer(pen, case, now), block_id(case, "footer"))
    if case.shared:
        yield parts.section(_hidden(pen), block_id(case, "hidden"), act(pen, case, "details"))
    elif case.missing:
        yield parts.section(_asked_for(pen, case), block_id(case, "missing"), act(pen, case, "edit"))
    yield row(case, "work", _work(pen, case))
    yield row(case, "rest", acts(pen, case, ("swarm", "resolve", "clocks", "more")))


def _text(pen: Pen, case: Case, now: datetime) -> str:
    """The same in plain words: a screen reader hears this and skips the blocks."""
    first, *others = urgent(pen, case, now) or [_calm(pen)]
    running = [clock(pen, case, one, now) for one in clocks(case)]
    lines = [
        f"{name_of(case.number)}: {first}",
        *others,
        _spoken_title(pen, case),
        *spoken_facts(pen, case),
        *running,
        *waiting(pen, case, now),
        *kin.lines(pen, case),
        *coverage.lines(pen, case),
        *tasks.lines(pen, case, now),
        *filter(None, [checklist.summary(pen, case)]),
        *runs.lines(pen, case),
        *last_contact(pen, case),
    ]
    if case.shared:
        lines.append(_hidden(pen))
    elif case.missing:
        lines.append(_asked_for(pen, case))
    return parts.fitting("\n".join(lines).split("\n"), parts.TEXT)


def _first_lines(pen: Pen, case: Case, now: datetime) -> str:
    first, *others = urgent(pen, case, now) or [_calm(pen)]
    return "\n".join([("🔴 " if alarming(case, now) else "") + pen.bold(first), *others])


def _calm(pen: Pen) -> str:
    return pen.say("Nothing is missing right now.")


# ---------------------------------------------------------------- what is known


def title(pen: Pen, case: Case) -> str:
    """`SEV-42 · 重要度A · title`, for a plain_text header."""
    return f"{name_of(case.number)} · {pen.severity(case)} · {case.title}"


def _spoken_title(pen: Pen, case: Case) -> str:
    return f"{pen.severity(case)} · {parts.typed(case.title, 200)}"


def facts(pen: Pen, case: Case) -> list[str]:
    """The short facts of the case, label above value, those that are known."""
    return [f"{pen.bold(label)}\n{value}" for label, value in _facts(pen, case)]


def spoken_facts(pen: Pen, case: Case) -> list[str]:
    """The same, a line each."""
    return [f"{label}: {value}" for label, value in _facts(pen, case)]


def _facts(pen: Pen, case: Case) -> Iterator[tuple[str, str]]:
    yield pen.say("Owner"), pen.owner(case.owner)
    yield pen.say("In the case"), parts.people(case.people) or pen.say("nobody yet")
    known = (
        (pen.say("Customer"), parts.typed(case.customer, 120)),
        (pen.say("Plan"), parts.typed(case.plan, 120)),
        (pen.say("Reference"), parts.typed(case.reference, 120)),
        (pen.say("Impact"), parts.typed(case.impact, 300)),
        (pen.say("Customer's deadline"), _deadline(pen, case)),
        (pen.say("Mentioned in the post"), parts.people(case.informed)),
    )
    yield from ((label, value) for label, value in known if value)


def _deadline(pen: Pen, case: Case) -> str:
    if case.deadline is None:
        return parts.typed(case.deadline_text, 200)
    if any(clock.name == "deadline" for clock in clocks(case)):
        return ""  # its clock stands below
    return pen.when_there(case.deadline, case.customer_zone)


def clock(pen: Pen, case: Case, running: Clock, now: datetime) -> str:
    """A running clock: due when for the reader and for the customer, what comes next, and how long it is over."""
    due = pen.when_there(running.due, case.customer_zone)
    over = f" — {pen.until(running.due, now)}" if now > running.due else _stands(pen, case, running, now)
    lines = [f"{pen.bold(pen.clock(running.name))}: {due}{over}"]
    if running.name == "deadline" and case.deadline_text:
        lines.append(parts.typed(case.deadline_text, 200))
    if running.name == "next-contact" and case.promise is not None:
        lines.append(pen.say("Next action: {action}", action=parts.typed(case.promise.action, 300)))
    if case.held_until is not None and case.held_until > now:
        lines.append(pen.say("Somebody is on it: reminders to others wait until {at}.", at=pen.when(case.held_until)))
    return "\n".join(lines)


def _stands(pen: Pen, case: Case, running: Clock, now: datetime) -> str:
    """That its calendar is closed: the time in between does not count."""
    outside = state_of(case, running, now) == "outside-hours"
    return f" — {pen.say(STATES['outside-hours'])}" if outside else ""


def waiting(pen: Pen, case: Case, now: datetime) -> list[str]:
    """That the case waits for the customer: since when, for what, and which clocks stand still meanwhile."""
    if case.paused is None:
        return []
    since = pen.say("Waiting for the customer since {at}: {reason}", at=pen.when(case.paused.start),
                    reason=parts.typed(case.paused.reason, 200))  # fmt: skip
    held = [_held(pen, one) for one in standing(case) if one.paused]
    return [pen.bold(since) if pen.rich else since, *held]


def _held(pen: Pen, clock: Clock) -> str:
    left = times.left(clock.left, pen.language) if clock.left is not None else ""
    return pen.say("{clock}: stands still, {length} left", clock=pen.clock(clock.name), length=left)


def brief(pen: Pen, case: Case, now: datetime) -> list[str]:
    """The case in words: what runs, what was said last, what is known."""
    running = [clock(pen, case, one, now) for one in clocks(case)]
    known = [*running, *waiting(pen, case, now), *last_contact(pen, case), *kin.lines(pen, case)]
    return [*known, *spoken_facts(pen, case)]


def last_contact(pen: Pen, case: Case, limit: int = 160) -> list[str]:
    """When the customer last heard from us, and what."""
    last = case.last_contact
    if last is None:
        return []
    return [pen.say("Last contact: {at} {who}, {way}: {said}", at=pen.when(last.at), who=parts.person(last.by),
                    way=pen.way(last.how), said=parts.typed(last.said, limit))]  # fmt: skip


def _footer(pen: Pen, case: Case, now: datetime) -> str:
    return "\n".join([*last_contact(pen, case), pen.say("As of {at}", at=pen.when(now))])


def _hidden(pen: Pen) -> str:
    return pen.say("Customer data is hidden: this channel is shared with people outside. Members see it by the button.")


def _asked_for(pen: Pen, case: Case) -> str:
    names = pen.texts.listed([pen.say(MISSING[name]) for name in case.missing])
    return pen.say("Not filled in yet: {names}", names=names)


# ---------------------------------------------------------------- what can be done


def _work(pen: Pen, case: Case) -> list[parts.Element]:
    taking = [] if case.owner else [act(pen, case, "handoff", rest="me", text=pen.say("Become the owner"))]
    contacted = act(pen, case, "contacted", style="primary")
    return [*taking, contacted, next_button(pen, case), claim_menu(pen, case)]
