"""Menus: the modals behind "More": what I hold, what I can join, the first questions, and the timeline."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from bot.domain.access import VERBS, Verb
from bot.domain.area import Area
from bot.domain.case import Case
from bot.domain.check import OWN, Check
from bot.domain.checklist import undone
from bot.domain.family import Family
from bot.domain.values import Language, UserId, name_of
from bot.domain.vendor import waiting as asked
from bot.ports import Told
from handlers.views import checklist, checks, coverage, facts, parts, tasks, urgent
from handlers.views.buttons import act, acts, claim_menu
from handlers.views.parts import Block
from handlers.views.pen import Pen
from handlers.views.questions import first_questions
from handlers.views.windows import View, window

MINE = 10
OTHERS = 15
STEPS = 5
"""Ours: of many risky steps the last ones."""
ROOM = 20_000
"""Ours: a view holds 250 kB (https://docs.slack.dev/surfaces/modals), and a character of JSON may take twelve bytes."""
_FINDINGS = ("clear", "suspect", "cause", "waiting", "release", "swarm")


def more_modal(
    case: Case, viewer: UserId, language: Language, meta: str, families: Sequence[Family], now: datetime, *,
    zone: str = "", allowed: Collection[Verb] = VERBS,
) -> View:  # fmt: skip
    """Everything else that this viewer can and may do on the case, the own areas first."""
    pen = Pen(language, zone or case.customer_zone, rich=True, private=True)
    blocks = [
        parts.section(f"{pen.bold(name_of(case.number))} {parts.typed(case.title, 200)}"),
        *_offer(pen, case, viewer),
        *_steps(pen, case, viewer, now, allowed),
        *tasks.rows(pen, case, viewer, now),
        *_mine(pen, case, viewer, families, allowed),
        *_others(pen, case, viewer),
        *_whole(pen, case, viewer, allowed),
        parts.actions(acts(pen, case, ("similar",)), f"{case.number}/similar"),
    ]
    return window(pen, "more", meta, name_of(case.number), blocks)


def _offer(pen: Pen, case: Case, viewer: UserId) -> Iterator[Block]:
    if case.offer is None:
        return
    if case.offer.to != viewer:
        if viewer in (case.offer.by, case.owner):
            yield parts.section(urgent.offered(pen, case), accessory=act(pen, case, "withdraw"))
        return
    yield parts.section(pen.say("{who} asks you to take this case over.", who=parts.person(case.offer.by)))
    yield parts.actions(acts(pen, case, ("accept", "decline"), "accept"), f"{case.number}/offer")


def _steps(pen: Pen, case: Case, viewer: UserId, now: datetime, allowed: Collection[Verb]) -> Iterator[Block]:
    """The risky steps that wait for a check, or for being done after one."""
    if case.status == "closed":
        return
    for check in [one for one in case.checks if one.state in ("pending", "approved") and now < one.until][-STEPS:]:
        yield parts.section(parts.fitting(_step(pen, check), parts.SECTION))
        verbs = _on_step(check, viewer, allowed)
        if verbs:
            row = [_on(pen, case, check, verb) for verb in verbs]
            yield parts.actions(row, f"{case.number}/check/{check.key}")


def _on(pen: Pen, case: Case, check: Check, verb: str) -> parts.Element:
    """The button of one step: to ask again about it is to edit it."""
    text = pen.say("Edit the step") if verb == "check" else ""
    return act(pen, case, verb, rest=checks.value(check), text=text)


def _step(pen: Pen, check: Check) -> list[str]:
    asked = pen.say("Asked by {who} at {at}; no answer yet.", who=parts.person(check.by), at=pen.when(check.at))
    if check.state == "approved":
        asked = pen.say("Approved by {who}; counts until {at}.", who=parts.person(check.answered_by),
                        at=pen.when(check.until))  # fmt: skip
    return [*checks.lines(pen, check), asked]


def _on_step(check: Check, viewer: UserId, allowed: Collection[Verb]) -> list[str]:
    """Whoever asked edits or withdraws it; a second person answers; who may, goes ahead without."""
    answering = ["approve", "reject"] if check.state == "pending" and viewer != check.by else []
    verbs = [verb for verb in answering if "approve" in allowed]
    if "check" in allowed:
        verbs += ["done"] if check.state == "approved" and check.risk not in OWN else []
        verbs += ["check", "unask"] if viewer == check.by else ["check"]
    return [*verbs, *(["override"] if check.state == "pending" and "override" in allowed else [])]


def _mine(
    pen: Pen, case: Case, viewer: UserId, families: Sequence[Family], allowed: Collection[Verb]
) -> Iterator[Block]:
    """My areas, each with its questions and the results to report."""
    if case.status == "closed":
        return
    asking = ("task",) if case.status == "open" and "task" in allowed else ()
    for area in [area for area in case.areas if area.has(viewer)][:MINE]:
        questions = [] if area.verdict else first_questions(case, area.key, families, pen.language)
        yield parts.section(parts.fitting([coverage.line(pen, area), *questions], parts.SECTION))
        verbs = (*_FINDINGS, *asking)
        yield parts.actions([_report(pen, case, area, verb) for verb in verbs], f"{case.number}/area/{area.key}")


def _report(pen: Pen, case: Case, area: Area, verb: str) -> parts.Element:
    return act(pen, case, verb, rest=area.key)


def _others(pen: Pen, case: Case, viewer: UserId) -> Iterator[Block]:
    """What I could claim, and whom I could help."""
    if case.status == "closed":
        return
    yield parts.actions([claim_menu(pen, case, named=True)], f"{case.number}/claim")
    for area in [area for area in case.areas if area.holder and not area.has(viewer)][:OTHERS]:
        yield parts.section(coverage.line(pen, area), accessory=act(pen, case, "join", rest=area.key))


def _whole(pen: Pen, case: Case, viewer: UserId, allowed: Collection[Verb]) -> Iterator[Block]:
    yield parts.divider()
    relating = ("parent",) if "parent" in allowed else ()
    passing = ("handoff",) if not {"handoff", "take"}.isdisjoint(allowed) else ()
    editing = ("edit",) if "edit" in allowed else ()
    drafting = ("draft",) if "contacted" in allowed else ()
    noting = ("note",) if "note" in allowed else ()
    leaving = ("leave",) if viewer in case.people and not any(area.has(viewer) for area in case.areas) else ()
    reporting = ("report",) if "report" in allowed else ()
    checking = ("check",) if "check" in allowed else ()
    guiding = ("runbook",) if "runbook" in allowed else ()
    asking = ("task",) if case.status == "open" and "task" in allowed else ()
    involving = (*asking, *passing, *checking, *relating)
    working = () if case.status == "closed" else (*drafting, *guiding, *involving, *editing, *leaving)
    verbs = (*working, *noting, "timeline", *reporting)
    yield parts.actions(acts(pen, case, verbs), f"{case.number}/whole")
    if case.status == "open" and "tick" in allowed and undone(case):
        yield parts.section(pen.bold(pen.say("First checks and whom to tell")))
        yield from checklist.rows(pen, case)
    yield from _clocks(pen, case, allowed)


def _clocks(pen: Pen, case: Case, allowed: Collection[Verb]) -> Iterator[Block]:
    """What moves the clocks, and what explains them."""
    if case.status != "open":
        yield parts.actions(acts(pen, case, ("clocks",)), f"{case.number}/clocks")
        return
    waits = ("pause", "resume") if case.paused else ("pause",)
    answered = ("answered",) if asked(case) else ()
    needs = {"answered": "vendor"}
    verbs = [verb for verb in ("wrote", *waits, "deadline", "severity", "plan", "vendor", *answered)
             if needs.get(verb, verb) in allowed]  # fmt: skip
    yield parts.section(pen.bold(pen.say("Clocks and terms")))
    yield parts.actions(acts(pen, case, (*verbs, "terms", "clocks")), f"{case.number}/clocks")


def timeline_modal(case: Case, told: Sequence[Told], language: Language, zone: str, meta: str = "") -> View:
    """What happened, oldest first; of a long history the latest part."""
    pen = Pen(language, zone, rich=True, private=True)
    lines = parts.newest(timeline_lines(pen, case, told), ROOM)
    blocks = [parts.section(page) for page in parts.pages(lines)]
    if not told:
        blocks.append(parts.section(pen.say("Nothing is recorded yet.")))
    if len(lines) < len(told):
        blocks.insert(0, parts.context(pen.say("Earlier entries are not shown here.")))
    return window(pen, "timeline", meta, name_of(case.number), blocks)


def timeline_lines(pen: Pen, case: Case, told: Sequence[Told]) -> list[str]:
    """One line for each fact: when, who, what."""
    return [f"{pen.when(one.fact.at)} {facts.line(pen, case, one.fact)}" for one in told]
