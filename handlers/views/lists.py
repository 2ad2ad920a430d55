"""Lists: the open cases by next due, one case in words, and what happened on it."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.case import Case
from bot.domain.check import put_to
from bot.domain.load import Week
from bot.domain.sla import clocks
from bot.domain.values import Language, UserId, name_of
from bot.ports import Told
from handlers.views import card, checks, coverage, ended, load, parts, runs, tasks
from handlers.views.menus import timeline_lines
from handlers.views.parts import Message
from handlers.views.pen import STATUSES, Pen, pens
from handlers.views.urgent import urgent

MOST = 20
"""Ours: a list that is longer is searched, not read."""


def case_list(
    cases: Sequence[Case],
    language: Language,
    now: datetime,
    title: str = "",
    *,
    zone: str = "UTC",
    total: int | None = None,
    person: UserId | None = None,
) -> Message:
    """Cases by next due, one paragraph each; `total` is how many there are where not all are given, `person` whose
    own list it is."""
    rich, plain = pens(language, zone, private=True)
    if not cases:
        calm = plain.say("No case is open.")
        return Message(text=calm, blocks=(parts.section(calm),))
    heading = parts.typed(title, 100) or plain.say("Open cases")
    blocks = [parts.section(rich.bold(heading))]
    blocks += [parts.section(parts.fitting(_listed(rich, case, now, person), parts.SECTION)) for case in cases[:MOST]]
    spoken = [heading, *(" / ".join(_listed(plain, case, now, person)) for case in cases[:MOST])]
    left_out = (len(cases) if total is None else total) - len(cases[:MOST])
    if left_out > 0:
        more = plain.say("{n} more are not shown.", n=left_out)
        blocks.append(parts.context(more))
        spoken.append(more)
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=tuple(blocks))


def mine(
    cases: Sequence[Case], person: UserId, language: Language, now: datetime, *, zone: str = "UTC",
    week: Week | None = None,
) -> Message:  # fmt: skip
    """What a person owns, holds, helps with and was asked for, and what they carried within a week."""
    _, plain = pens(language, zone, private=True)
    calm = plain.say("Nothing is waiting for you.")
    said = Message(text=calm, blocks=(parts.section(calm),))
    if cases:
        said = case_list(cases, language, now, plain.say("What I own and hold"), zone=zone, person=person)
    if week is None:
        return said
    own = load.own_week(plain, week)
    text = parts.fitting([*said.text.split("\n"), own], parts.TEXT)
    return Message(text=text, blocks=(*said.blocks[: parts.BLOCKS - 1], parts.context(own)))


def asked(pen: Pen, case: Case, person: UserId | None) -> list[str]:
    """The risky steps that this person is asked to check."""
    return [pen.say("You are asked to check: {step}", step=checks.name(pen, one))
            for one in (put_to(case, person) if person else ())]  # fmt: skip


def _listed(pen: Pen, case: Case, now: datetime, person: UserId | None) -> list[str]:
    """With what this person was asked for, where it is their own list."""
    own = tasks.mine(pen, case, person, now) if person else []
    return [*entry(pen, case, now), *asked(pen, case, person), *own]


def entry(pen: Pen, case: Case, now: datetime) -> list[str]:
    """One case in a list: name, what falls due next, what it lacks."""
    name = pen.bold(f"{name_of(case.number)} · {pen.severity(case)}")
    lines = [f"{name} {parts.typed(case.title, 150)}", " · ".join([_state(pen, case, now), _owner(pen, case)])]
    lacks = urgent(pen, case, now)
    return [*lines, lacks[0]] if lacks and not _says_the_same(case, now) else lines


def _state(pen: Pen, case: Case, now: datetime) -> str:
    running = clocks(case)
    if not running:
        return pen.say(STATUSES[case.status])
    first = running[0]
    return f"{pen.clock(first.name)}: {pen.when_there(first.due, case.customer_zone)} — {pen.until(first.due, now)}"


def _says_the_same(case: Case, now: datetime) -> bool:
    """The line above names the first clock already."""
    running = clocks(case)
    return bool(running) and case.owner is not None and (now > running[0].due or running[0].name == "first-response")


def _owner(pen: Pen, case: Case) -> str:
    return pen.say("Owner: {owner}", owner=pen.owner(case.owner))


def show(case: Case, language: Language, now: datetime, *, zone: str = "UTC", link: str | None = None) -> Message:
    """One case in words, for one reader, in their language."""
    rich, plain = pens(language, zone, private=True)
    lines = _shown(rich, case, now) + ([parts.link(link, rich.say("Open the thread"))] if link else [])
    blocks = [parts.section(page) for page in parts.pages(line for text in lines for line in text.split("\n"))]
    spoken = "\n".join(_shown(plain, case, now)).split("\n")
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=tuple(blocks[: parts.BLOCKS]))


def _shown(pen: Pen, case: Case, now: datetime) -> list[str]:
    name = f"{name_of(case.number)} · {pen.severity(case)} · {parts.typed(case.title, 200)}"
    lines = [pen.bold(name), *urgent(pen, case, now), *card.brief(pen, case, now), *coverage.lines(pen, case)]
    lines += [*tasks.lines(pen, case, now), *runs.lines(pen, case)]
    if case.status == "open":
        return lines
    waits = checks.waiting(pen, case, now) if case.status == "resolved" else []
    return [*lines, *waits, pen.say(STATUSES[case.status]), ended.tally(pen, case)]


def timeline(case: Case, told: Sequence[Told], language: Language, zone: str, limit: int = 30) -> Message:
    """What happened, oldest first: the latest entries, one line a fact."""
    rich, plain = pens(language, zone, private=True)
    shown = parts.newest(timeline_lines(rich, case, told[-max(limit, 1) :]))
    latest, name = told[len(told) - len(shown) :], name_of(case.number)
    heading = plain.say("{case}: what happened", case=name)
    if len(latest) < len(told):
        heading = plain.say("{case}: the last {n} of {all} entries", case=name, n=len(latest), all=len(told))
    blocks = [parts.section(rich.bold(heading))]
    blocks += [parts.section(page) for page in parts.pages(shown)]
    spoken = [heading, *parts.newest(timeline_lines(plain, case, latest), parts.TEXT - len(heading) - 4)]
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=tuple(blocks[: parts.BLOCKS]))
