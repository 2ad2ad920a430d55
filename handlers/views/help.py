"""Help: the verbs, as examples that work here and now."""

from collections.abc import Collection, Iterator

from bot.domain.access import VERBS, Verb
from bot.domain.area import Areas
from bot.domain.case import Case
from bot.domain.check import pending
from bot.domain.values import Language, UserId, name_of
from handlers.views import parts
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens
from handlers.views.texts import mark

_ABOUT: tuple[tuple[str, str], ...] = (
    (mark("open A stores can't reach the POS server"), mark("open a case; `open` alone shows a form")),
    (mark("list"), mark("the open cases; `mine`: what I own and hold")),
)
_LOAD = (mark("load"), mark("who carries how much, before somebody is asked again"))
_DUTY = (mark("duty"), mark("who is on duty now and next; `duty 15:00`: at that time"))
_SHOW = (mark("show {n}"), mark("one case"))
_SIMILAR = (mark("similar {n}"), mark("past cases like it, and what the cause was"))
_CLAIM = (mark("claim {n} {area}"), mark("I look at this area; `join` helps, `release` gives it back"))
_JOIN = (mark("join {n} {area}"), mark("I help with this area; `release` gives it back"))
_CLEAR = (
    mark("clear {n} {area} no deny in the logs"),
    mark("a result with evidence; also `suspect`, `cause`, `waiting`"),
)
_NOTE = (mark("note {n} rebooted at 10:05"), mark("add to the timeline; `timeline` shows it"))
_HANDOFF = (mark("handoff {n}"), mark("hand over in a form, or in one line with `@name` and a note"))
_PARENT = (mark("parent {n} none"), mark("no parent case; with a number instead, that case is the parent"))
_TASK = (mark("task {n}"), mark("ask a colleague for a part, in a form, or in one line: `@name`, what, by when"))
_DRAFT = (mark("draft {n}"), mark("a customer update from what is recorded, to edit and send; `draft en`, `draft ja`"))
_CHECK = (
    mark("check {n} restore db-prod-01: from the 02:00 snapshot / rollback: keep the old volume"),
    mark("have a risky step checked by a second person"),
)
_APPROVE = (mark("approve {n} db-prod-01"), mark("it may be done: type its target; or `reject` with a reason"))
_PAUSE = (mark("pause {n} 2h waiting for the logs"), mark("wait for the customer; `resume` goes on"))
_CLOCKS: tuple[tuple[str, str], ...] = (
    (mark("wrote {n} they sent the logs"), mark("the customer wrote: an answer is due")),
    (mark("severity {n} B the workaround holds"), mark("other terms; also `plan`, `deadline`")),
    (mark("vendor {n} Contoso 15:00 reference: 4711"), mark("ask a vendor; `vendor … answered` ends it")),
    (mark("clocks {n}"), mark("how the due times come about")),
)
_WHILE_OPEN: tuple[tuple[str, str], ...] = (
    (mark("contacted {n} phone told them we check / next 30m send the result"), mark("I contacted the customer")),
    _DRAFT,
    (mark("next {n} 15:00 send the result reason: agreed by phone"), mark("set or change the next contact")),
    (mark("ack {n}"), mark("I'm on it: reminders to others wait")),
    *_CLOCKS,
    (mark("swarm {n} need someone for storage"), mark("call the channel for help")),
    _NOTE,
    (mark("runbook {n}"), mark("steps written down for such a case; `runbook … done 3` ticks one off")),
    _TASK,
    _HANDOFF,
    _CHECK,
    (mark("resolve {n}"), mark("the service is back; then `close`, or `reopen` with a reason")),
)
_REOPEN = (mark("reopen {n} the fault came back"), mark("open it again"))
_REPORT = (mark("report {n}"), mark("timeline, figures and questions, as files in the thread"))
_WHEN_RESOLVED: tuple[tuple[str, str], ...] = (
    (mark("contacted {n} phone told them it is restored"), mark("I contacted the customer")),
    _DRAFT,
    _NOTE,
    _HANDOFF,
    _REPORT,
    (mark("close {n} anyway"), mark("end it; without `anyway` it lists what is still open")),
)

_NEEDS = {
    "list": ("read",),
    "show": ("read",),
    "similar": ("read",),
    "duty": ("read",),
    "clocks": ("read",),
    "draft": ("contacted",),
    "clear": ("finding",),
    "handoff": ("handoff", "take"),
}
"""The verbs of access that an example asks for, where they are not its own word: one of them is enough."""


def help_message(
    language: Language, *, command: str = "/sev", bot: UserId | str | None = None, case: Case | None = None,
    allowed: Collection[Verb] = VERBS, roster: bool = False,
) -> Message:  # fmt: skip
    """Examples with the real case number and an area that is free, where there is one: of what the reader may do."""
    rich, plain = pens(language, "UTC")
    lines = _lines(rich, command, bot, case, allowed, roster)
    return Message(
        text=parts.fitting(_lines(plain, command, bot, case, allowed, roster), parts.TEXT),
        blocks=tuple(parts.section(page) for page in parts.pages(lines)),
    )


def _lines(
    pen: Pen, command: str, bot: UserId | str | None, case: Case | None, allowed: Collection[Verb], roster: bool
) -> list[str]:
    lines = [pen.bold(_heading(pen, case))]
    lines += [
        _line(pen, command, pen.say(example), about)
        for example, about in (*_ABOUT, *([_DUTY] if roster else []), *([_LOAD] if "load" in allowed else []))
        if _may(example, allowed)
    ]
    if case is not None:
        examples = [(example, about) for example, about in _examples(case) if _may(example, allowed)]
        lines += [_line(pen, command, _filled(pen, example, case), about) for example, about in examples]
    lines.append(pen.say("Times: 30m, 1h30m, 15:00, “tomorrow 9:00”. Case numbers: 42, #42 or SEV-42."))
    if bot:
        lines.append(pen.say("In a case's thread, write to {bot} in the same words, without the number.",
                             bot=parts.person(bot)))  # fmt: skip
    return lines


def _may(example: str, allowed: Collection[Verb]) -> bool:
    """Whether the verb that an example begins with may be used by the reader."""
    word = example.partition(" ")[0]
    needed = _NEEDS.get(word, (word,))
    return not set(needed).isdisjoint(allowed)


def _heading(pen: Pen, case: Case | None) -> str:
    if case is None:
        return pen.say("What you can write here")
    return pen.say("What you can write about {case}", case=name_of(case.number))


def _examples(case: Case) -> Iterator[tuple[str, str]]:
    """What this case would not refuse in its present state."""
    yield _SHOW
    yield _SIMILAR
    if case.status == "closed":
        yield _REPORT
        yield _REOPEN
        return
    if case.areas:
        yield _CLAIM if _free(case) else _JOIN
        yield _CLEAR
    yield from _WHILE_OPEN if case.status == "open" else _WHEN_RESOLVED
    if pending(case):
        yield _APPROVE
    if case.status == "open" and (case.parent is not None or case.incident is not None):
        yield _PARENT
    if case.status == "open" and case.responded_at is not None:  # before that there is nothing to wait for
        yield _PAUSE


def _free(case: Case) -> Areas:
    return tuple(area for area in case.areas if area.holder is None)


def _filled(pen: Pen, example: str, case: Case) -> str:
    area = next(iter(_free(case) or case.areas), None)
    return pen.say(example, n=case.number, area=parts.typed(area.key, 40) if area else "")


def _line(pen: Pen, command: str, example: str, about: str) -> str:
    line = f"{command} {example}"
    return f"{f'`{line}`' if pen.rich else line} — {pen.say(about)}"
