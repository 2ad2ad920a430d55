"""Story: the report of a case in words, from the short to the long: figures, clocks, areas, people, then everything."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from bot.domain.account import Account, Checked, Handover, Held, Measured, total
from bot.domain.clock import ClockState
from bot.domain.kin import Child
from bot.domain.messages import ContactMade, Fact
from bot.domain.review import over
from bot.domain.task import Task
from bot.domain.values import UserId, name_of
from handlers.views import facts, tasks, times
from handlers.views.checks import RISKS
from handlers.views.clock_words import STATES
from handlers.views.pen import STATUSES
from handlers.views.report.lanes import FILLS
from handlers.views.report.paper import Items, Paper, Picture, Section, Table, Words
from handlers.views.report.questions import questions
from handlers.views.report.scribe import Scribe, one_line
from handlers.views.report.steps import runbooks
from handlers.views.texts import mark

MOST_CLOCKS = 12
"""Ours: of a longer list the kept promises are one line, so that what was not kept is seen."""
REPLIES = {
    "accepted": mark("accepted"),
    "declined": mark("declined"),
    "taken": mark("taken over"),
    "withdrawn": mark("withdrawn"),
    "unanswered": mark("not answered"),
}

ANSWERS = {
    "approved": mark("approved"),
    "rejected": mark("sent back"),
    "overridden": mark("done without a check"),
    "withdrawn": mark("withdrawn"),
    "edited": mark("edited"),
    "expired": mark("ran out"),
    "unanswered": mark("not answered"),
}


def paper(pen: Scribe, account: Account) -> Paper:
    """The report of a case."""
    case = account.case
    sections = (
        Section(pen.say("The case"), (Table((), tuple(_case(pen, account))), Words(_zone(pen, account)))),
        Section(pen.say("At a glance"), (Picture(seen(pen, account)), Table((), tuple(figures(pen, account))))),
        Section(pen.say("Questions for the review"), (_questions(pen, account),)),
        Section(pen.say("Clocks"), (_clocks(pen, account),)),
        Section(pen.say("Isolation areas over time"), (_areas(pen, account),)),
        *runbooks(pen, account),
        Section(pen.say("Who was there"), (_people(pen, account),)),
        Section(pen.say("Handovers"), (_handovers(pen, account),)),
        *_checks(pen, account),
        *([Section(pen.say("Tasks"), (_tasks(pen, account),))] if account.tasks else []),
        Section(pen.say("Contacts with the customer"), (_contacts(pen, account),)),
        *_timeline(pen, account),
    )
    title = f"{name_of(case.number)} · {pen.severity(case)} · {one_line(case.title)}"
    return Paper(pen.language, pen.say("Report: {title}", title=title), sections)


def _zone(pen: Scribe, account: Account) -> str:
    zone = times.zone_word(account.start, pen.zone, pen.language)
    return pen.say("All times are {zone}. Counted is what the case went through; people are not compared.", zone=zone)


def _case(pen: Scribe, account: Account) -> Iterator[tuple[str, str]]:
    case = account.case
    known = (
        (pen.say("Customer"), case.customer),
        (pen.say("Plan"), case.plan),
        (pen.say("Reference"), case.reference),
        (pen.say("Impact"), case.impact),
        (pen.say("Customer's deadline"), _deadline(pen, account)),
        (pen.say("Owner"), pen.name(case.owner)),
        (pen.say("Opened"), f"{pen.long_day(account.start)} {pen.clock_time(account.start)}"),
        (pen.say("Status"), _status(pen, account)),
        (pen.say("Parent case"), name_of(case.parent.number) if case.parent else ""),
        (pen.say("Child cases"), pen.texts.listed([_child(pen, child) for child in case.children])),
    )
    yield from ((label, one_line(value)) for label, value in known if value)


def _child(pen: Scribe, child: Child) -> str:
    return f"{name_of(child.number)} ({pen.say(STATUSES.get(child.state, STATUSES['closed']))})"


def _deadline(pen: Scribe, account: Account) -> str:
    case = account.case
    return " · ".join(filter(None, [pen.spoken(case.deadline) if case.deadline else "", case.deadline_text]))


def _status(pen: Scribe, account: Account) -> str:
    case = account.case
    at = case.closed_at or case.resolved_at
    return pen.say(STATUSES[case.status]) + (f" · {pen.spoken(at)}" if at and case.status != "open" else "")


def seen(pen: Scribe, account: Account) -> str:
    """What the picture shows."""
    return pen.say("The case from {start} to {end}: contacts, clocks, owner, and who looked at which area.",
                   start=pen.spoken(account.start), end=pen.spoken(account.end))  # fmt: skip


# ---------------------------------------------------------------- figures


def figures(pen: Scribe, account: Account) -> Iterator[tuple[str, str]]:
    """The case in numbers, none of them a person's."""
    yield pen.say("Open for"), pen.how_long(total(account.open))
    if first := account.first("first-response"):
        yield pen.say("First response after"), pen.how_long(first.at - account.start)
    if cause := account.last("cause"):
        yield pen.say("Cause found after"), pen.how_long(cause.at - account.start)
    if resolved := account.last("resolved"):
        yield pen.say("Resolved after"), pen.how_long(resolved.at - account.start)
    tally = account.case.tally
    yield pen.say("Contacts"), str(len(account.contacts))
    yield (
        pen.say("Promised contacts"),
        pen.say("kept {kept}, late {late}, missed {missed}, changed {changed}", kept=tally.kept, late=tally.late,
                missed=tally.missed, changed=tally.renegotiated),
    )  # fmt: skip
    yield pen.say("Areas looked at"), _coverage(pen, account)
    alone = total(account.alone)
    yield pen.say("Alone"), pen.how_long(alone) if alone else pen.say("never")
    yield pen.say("Helpers"), str(max(len(account.present) - 1, 0))
    yield pen.say("Handovers"), str(sum(one.reply in ("accepted", "taken") for one in account.handovers))
    if account.checks:
        yield pen.say("Double checks"), _checked(pen, account)
    yield pen.say("Reminders"), str(account.reminders)
    if account.case.pauses:
        waited = sum(((p.end or account.end) - p.start for p in account.case.pauses), start=total(()))
        yield pen.say("Waited for the customer"), pen.how_long(waited)


def _checked(pen: Scribe, account: Account) -> str:
    """How many steps were put to a second person, and how those were answered."""
    count = Counter(one.answer for one in account.checks)
    return pen.say("asked {asked}, approved {approved}, sent back {rejected}, done without {overridden}",
                   asked=len({one.check for one in account.checks}), approved=count["approved"],
                   rejected=count["rejected"], overridden=count["overridden"])  # fmt: skip


def _coverage(pen: Scribe, account: Account) -> str:
    """How many areas in the end, and how long until half of them were looked at."""
    if not account.coverage:
        return pen.say("none")
    last = account.coverage[-1]
    said = pen.say("{seen} of {all}", seen=last.seen, all=last.all)
    half = next((one for one in account.coverage if one.all and one.seen * 2 >= one.all), None)
    if half is None or not last.seen:
        return said
    after = pen.how_long(half.at - account.start)
    return pen.texts.sentences(said, pen.say("(half of them after {length})", length=after))


def _questions(pen: Scribe, account: Account) -> Items | Words:
    asked = questions(pen, account)
    if not asked:
        return Words(pen.say("Nothing was slow. What went well that should go the same way next time?"))
    return Items(tuple(asked))


# ---------------------------------------------------------------- clocks


def _clocks(pen: Scribe, account: Account) -> Table | Words:
    if not account.clocks:
        return Words(pen.say("No clock was running."))
    kept = [one for one in account.clocks if one.clock.name == "next-contact" and one.state == "met"]
    summed = kept if len(account.clocks) > MOST_CLOCKS and len(kept) > 2 else []
    rows = [_clock(pen, account, one) for one in account.clocks if one not in summed]
    if summed:
        rows.append(_kept(pen, summed))
    headings = (pen.say("Clock"), pen.say("From"), pen.say("Due"), pen.say("How it went"), pen.say("Reason given"))
    return Table(headings, tuple(rows))


def _clock(pen: Scribe, account: Account, one: Measured) -> tuple[str, ...]:
    return (
        pen.clock(one.clock.name), pen.spoken(one.clock.start), pen.spoken(one.clock.due), _went(pen, account, one),
        one_line(one.reason),
    )  # fmt: skip


def _went(pen: Scribe, account: Account, one: Measured) -> str:
    state: ClockState = one.state
    if one.clock.name == "next-contact" and state == "cancelled" and one.clock.ended_by == "replaced":
        return pen.say("changed in time")
    length = over(one, account)
    if state in ("late", "missed") or (length and one.clock.ended is None and not one.clock.paused):
        return pen.say("{state}, by {length}", state=pen.say(STATES[state]), length=pen.how_long(length))
    return pen.say(STATES[state])


def _kept(pen: Scribe, kept: list[Measured]) -> tuple[str, ...]:
    last = kept[-1].clock.due
    said = pen.count("{n} promise kept", "{n} promises kept", len(kept))
    return (pen.clock("next-contact"), pen.spoken(kept[0].clock.start), pen.spoken(last), said, "")


# ---------------------------------------------------------------- areas and people


def _areas(pen: Scribe, account: Account) -> Table | Words:
    if not account.areas:
        return Words(pen.say("No area was named."))
    rows = []
    for area in account.areas:
        unseen = account.unseen(area.key)
        steps = [_step(pen, one) for one in account.of_area(area.key) if one.state != "open"]
        rows.append((pen.area_name(area), pen.how_long(unseen) if unseen else "–",
                     " → ".join(steps) or pen.say("nobody looked")))  # fmt: skip
    return Table((pen.say("Area"), pen.say("Looked at by nobody"), pen.say("What happened")), tuple(rows))


def _step(pen: Scribe, one: Held) -> str:
    who = pen.names([person for person in (one.holder, *one.helpers) if person])
    said = f"{pen.spoken(one.start)} {pen.say(FILLS[one.state])}" + (f" ({who})" if who else "")
    return f"{said}: {one_line(one.evidence)}" if one.evidence else said


def _people(pen: Scribe, account: Account) -> Table:
    """In the order in which they came; what each was to the case, and no count of anything."""
    rows = [(pen.name(one.person), pen.spoken(one.since), _part(pen, account, one.person)) for one in account.present]
    return Table((pen.say("Who"), pen.say("Since"), pen.say("Part in it")), tuple(rows))


def _part(pen: Scribe, account: Account, person: UserId) -> str:
    owned = [pen.say("owner {span}", span=pen.span(one.start, one.end)) for one in account.owners
             if one.owner == person]  # fmt: skip
    keys = {one.area for one in account.held if person in (one.holder, *one.helpers)}
    areas = [pen.area_name(area) for area in account.areas if area.key in keys]
    return pen.texts.listed([*owned, *areas]) or pen.say("in the thread")


def _handovers(pen: Scribe, account: Account) -> Table | Words:
    if not account.handovers:
        return Words(pen.say("The case was not handed over."))
    headings = (pen.say("When"), pen.say("From whom"), pen.say("To whom"), pen.say("Answer"))
    return Table(headings, tuple(_handover(pen, one) for one in account.handovers))


def _handover(pen: Scribe, one: Handover) -> tuple[str, ...]:
    after = pen.say("after {length}", length=pen.how_long(one.replied_at - one.at)) if one.replied_at else ""
    answer = pen.say(REPLIES[one.reply])
    waited = one.reply in ("accepted", "declined")
    return (pen.spoken(one.at), pen.name(one.sender), pen.name(one.to), f"{answer} ({after})" if waited else answer)


def _checks(pen: Scribe, account: Account) -> Iterator[Section]:
    if account.checks:
        headings = (pen.say("When"), pen.say("Step"), pen.say("Asked by"), pen.say("Answer"), pen.say("Reason given"))
        rows = tuple(_check(pen, one) for one in account.checks)
        yield Section(pen.say("Double checks of risky steps"), (Table(headings, rows),))


def _check(pen: Scribe, one: Checked) -> tuple[str, ...]:
    step = f"{pen.say(RISKS[one.risk])}: {one_line(one.target)}"
    who = pen.say("{answer} by {who}, {at}", answer=pen.say(ANSWERS[one.answer]), who=pen.name(one.by),
                  at=pen.spoken(one.answered_at)) if one.by and one.answered_at else ""  # fmt: skip
    answer = who or pen.say(ANSWERS[one.answer])
    return (pen.spoken(one.at), step, pen.name(one.asker), answer, one_line(one.reason))


def _tasks(pen: Scribe, account: Account) -> Table:
    """What colleagues asked each other for, and what came of it."""
    headings = (pen.say("When"), pen.say("Asked by"), pen.say("Asked of"), pen.say("What"), pen.say("Due"),
                pen.say("How it ended"))  # fmt: skip
    return Table(headings, tuple(_task(pen, account, one) for one in account.tasks))


def _task(pen: Scribe, account: Account, one: Task) -> tuple[str, ...]:
    area = next((f"{pen.area_name(area)}: " for area in account.areas if area.key == one.area), "")
    due = pen.spoken(one.due)
    return (pen.spoken(one.asked_at), pen.name(one.by), pen.name(one.to), area + one_line(one.text), due,
            _ended(pen, account, one))  # fmt: skip


def _ended(pen: Scribe, account: Account, one: Task) -> str:
    said = pen.say(tasks.STATES[one.state])
    end = one.ended_at or account.end
    if one.state in ("done", "asked", "accepted") and end > one.due:
        said = pen.say("{state}, {length} late", state=said, length=pen.how_long(end - one.due))
    words = one_line(one.result or one.reason)
    return f"{said}: {words}" if words else said


def _contacts(pen: Scribe, account: Account) -> Table | Words:
    if not account.contacts:
        return Words(pen.say("Nobody has contacted the customer."))
    headings = (pen.say("When"), pen.say("Who"), pen.say("How"), pen.say("What was said"), pen.say("In time"))
    return Table(headings, tuple(_contact(pen, one) for one in account.contacts))


def _contact(pen: Scribe, one: ContactMade) -> tuple[str, ...]:
    kept = ""
    if one.due is not None and one.late:
        kept = pen.say("{length} late", length=pen.how_long(one.at - one.due))
    elif one.due is not None:
        kept = pen.say("in time")
    return (pen.spoken(one.at), pen.name(one.by), pen.way(one.how), one_line(one.said), kept)


# ---------------------------------------------------------------- everything


def _timeline(pen: Scribe, account: Account) -> Iterator[Section]:
    """Every fact, a section for each day."""

    def day(fact: Fact) -> str:
        return pen.long_day(fact.at)

    for date, of_day in groupby(account.facts, day):
        lines = tuple(f"{pen.clock_time(fact.at)} {_line(pen, account, fact)}" for fact in of_day)
        yield Section(pen.say("Timeline: {day}", day=date), (Items(lines),))


def _line(pen: Scribe, account: Account, fact: Fact) -> str:
    return pen.plain(facts.line(pen, account.case, fact))
