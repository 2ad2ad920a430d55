"""Runs in words: the runbooks that fit a case, the one message of each that is worked through, and its forms."""

from collections.abc import Iterator, Sequence

from bot.domain.case import Case
from bot.domain.run import Run, RunStep, numbered, running
from bot.domain.runbook import LONGEST_STEP, LONGEST_TITLE, OFFERED, Runbook, fitting
from bot.domain.values import Language, name_of
from handlers.views import parts
from handlers.views.buttons import act, block_id
from handlers.views.inputs import menu, text_input
from handlers.views.parts import Block, Element, Message
from handlers.views.pen import Pen, pens
from handlers.views.veil import veiled
from handlers.views.windows import View, form, window

OTHERS = 10
"""Ours: names of runbooks that do not fit, in one line; the menu has them all."""
ON_CARD = 120
"""Ours: characters of a step on the card, where it is one line of many."""
NOTES_OFFERED = 300
"""Ours: enough of the notes to tell whether it is the right one; the run shows them whole."""
QUOTED = 2500
"""Ours: what the notes may take after escaping, within one section (3,000, slack_sdk models)."""
_MARKS = {"open": "☐", "waiting": "◐", "done": "☑", "skipped": "–"}


# ---------------------------------------------------------------- what fits


def offers(case: Case, runbooks: Sequence[Runbook], language: Language, zone: str) -> Message:
    """The runbooks that fit, each with a button that starts it; those under way first."""
    rich, plain = pens(language, zone, private=True)
    fit, others = _chosen(case, runbooks)
    spoken = [_heading(plain, case, fit), *lines(plain, case), *(_line(plain, one) for one in fit)]
    if fit:
        spoken.append(plain.say("Start one: {line}", line=f"runbook {case.number} {fit[0].key}"))
    if others:
        spoken.append(_others(plain, others))
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=tuple(_offered(rich, case, fit, others)))


def offers_modal(case: Case, runbooks: Sequence[Runbook], language: Language, zone: str, meta: str) -> View:
    """The same, behind the button."""
    pen = Pen(language, zone, rich=True, private=True)
    return window(pen, "runbook", meta, name_of(case.number), list(_offered(pen, case, *_chosen(case, runbooks))))


def _chosen(case: Case, runbooks: Sequence[Runbook]) -> tuple[tuple[Runbook, ...], tuple[Runbook, ...]]:
    """The few that fit best, and all others; none of those that are under way."""
    under_way = {run.key for run in running(case)}
    free = [one for one in runbooks if one.key not in under_way]
    fit = fitting(case, free)[:OFFERED]
    return fit, tuple(one for one in free if one not in fit)


def _offered(pen: Pen, case: Case, fit: Sequence[Runbook], others: Sequence[Runbook]) -> Iterator[Block]:
    yield parts.section(pen.bold(_heading(pen, case, fit)))
    for line in lines(pen, case):
        yield parts.section(line)
    for one in fit:
        notes = one.notes(pen.language)
        said = [_line(pen, one), *([parts.typed_lines(notes, NOTES_OFFERED)] if notes else [])]
        yield parts.section(
            "\n".join(said), accessory=act(pen, case, "run", rest=one.key, about=one.name(pen.language))
        )
    if others:
        options = [parts.option(one.name(pen.language), f"{case.number} {one.key}") for one in others[:100]]
        menu_of_all = parts.select("run-chosen", pen.say("Start another runbook"), options)
        yield parts.actions([menu_of_all], f"{case.number}/runbooks")


def _heading(pen: Pen, case: Case, fit: Sequence[Runbook]) -> str:
    if fit:
        return pen.say("Runbooks that fit {case}", case=name_of(case.number))
    if running(case):
        return pen.say("Runbooks under way on {case}", case=name_of(case.number))
    return pen.say("No runbook fits {case} by its words.", case=name_of(case.number))


def _line(pen: Pen, one: Runbook) -> str:
    """Its title, its key and its size."""
    two = sum(step.two_people for step in one.steps)
    size = pen.count("{n} step", "{n} steps", len(one.steps))
    second = pen.say("{n} by two people", n=two) if two else ""
    name = pen.bold(parts.typed(one.name(pen.language), LONGEST_TITLE))
    return " · ".join(filter(None, [name, parts.typed(one.key, 60), size, second]))


def _others(pen: Pen, others: Sequence[Runbook]) -> str:
    names = pen.texts.listed([parts.typed(one.key, 60) for one in others[:OTHERS]])
    more = f" +{len(others) - OTHERS}" if len(others) > OTHERS else ""
    return pen.say("Others: {names}", names=names + more)


# ---------------------------------------------------------------- what is under way


def lines(pen: Pen, case: Case) -> list[str]:
    """A line for each run that goes on: how far it is, and what is next."""
    return [_under_way(pen, run) for run in running(case)]


def _under_way(pen: Pen, run: Run) -> str:
    name = parts.typed(run.name(pen.language), LONGEST_TITLE)
    said = pen.say("Runbook {name}: {gone} of {all}", name=name, gone=run.gone, all=len(run.steps))
    if run.next is None:
        return said
    step = run.steps[run.next - 1]
    text = f"{run.next}. {parts.typed(step.text(pen.language), ON_CARD)}"
    if step.state == "waiting":
        return f"{said} · {pen.say('waits for a second person: {step}', step=text)}"
    return f"{said} · {pen.say('next: {step}', step=text)}"


def part_of(case: Case, part: str) -> Message:
    """The message that shows this part of the case. Raises ValueError where it has none."""
    case = veiled(case)
    run = numbered(case, part)
    if run is None:
        raise ValueError(f"SEV-{case.number} has no {part}")
    return run_message(case, run)


def run_message(case: Case, run: Run) -> Message:
    """A run as it stands, in the case's language: every step with its button, who did what when."""
    rich, plain = pens(case.language, case.customer_zone)
    spoken = [f"{name_of(case.number)}: {_state(plain, run)}", *(_step(plain, n, step) for n, step in _numbered(run))]
    return Message(text=parts.fitting(spoken, parts.TEXT), blocks=tuple(_run_blocks(rich, case, run)))


def _numbered(run: Run) -> list[tuple[int, RunStep]]:
    return list(enumerate(run.steps, 1))


def _run_blocks(pen: Pen, case: Case, run: Run) -> Iterator[Block]:
    yield parts.section(_state(pen, run), _id(case, run, "head"))
    if notes := run.notes(pen.language):
        yield parts.section(parts.typed_lines(notes, QUOTED), _id(case, run, "notes"))
    for number, step in _numbered(run):
        yield parts.section(_step(pen, number, step), _id(case, run, number), _button(pen, case, run, number, step))
    if run.running and case.status != "closed":
        row = [act(pen, case, verb, rest=str(run.serial)) for verb in ("step-skip", "run-stop")]
        yield parts.actions(row, _id(case, run, "rest"))


def _id(case: Case, run: Run, name: str | int) -> str:
    return block_id(case, f"{run.part}/{name}")


def _state(pen: Pen, run: Run) -> str:
    """What it is and how far; when it began, or how it ended."""
    name = pen.bold(pen.say("Runbook: {name}", name=parts.typed(run.name(pen.language), LONGEST_TITLE)))
    who = parts.person(run.ended_by or run.by)
    if run.ended_at is None:
        far = pen.say("{gone} of {all} steps", gone=run.gone, all=len(run.steps))
        return "\n".join([name, f"{far} · {pen.say('started {at} {who}', at=pen.when(run.at), who=who)}"])
    at = pen.when(run.ended_at)
    if run.stopped:
        reason = parts.typed(run.stopped, 300)
        return "\n".join([name, pen.say("Stopped {at} {who}: {reason}", at=at, who=who, reason=reason)])
    return "\n".join([name, pen.say("Finished {at} {who}", at=at, who=who)])


def _step(pen: Pen, number: int, step: RunStep) -> str:
    """One step: what to do, and below it who did it when."""
    text = f"{_MARKS[step.state]} {number}. {parts.typed(step.text(pen.language), LONGEST_STEP)}"
    who, at = parts.person(step.by) if step.by else "", pen.when(step.at) if step.at else ""
    match step.state:
        case "open":
            return f"{text}\n{pen.say('needs two people')}" if step.two_people else text
        case "waiting":
            return f"{text}\n{pen.say('done {at} {who}, waits for a second pair of eyes', at=at, who=who)}"
        case "skipped":
            reason = parts.typed(step.skipped, 200)
            return f"{text}\n{pen.say('skipped {at} {who}: {reason}', at=at, who=who, reason=reason)}"
    if step.second and step.second_at:
        second = pen.say("confirmed {at} {who}", at=pen.when(step.second_at), who=parts.person(step.second))
        return f"{text}\n{at} {who} · {second}"
    return f"{text}\n{at} {who}"


def _button(pen: Pen, case: Case, run: Run, number: int, step: RunStep) -> Element | None:
    """What can be done with the step now; nothing where the run was stopped, or the case is closed."""
    if case.status == "closed" or run.stopped:
        return None
    rest, about = f"{run.serial} {number}", f"{number}. {step.text(pen.language)}"
    match step.state:
        case "open":
            return act(pen, case, "step", rest=rest, about=about, style="primary" if number == run.next else None)
        case "waiting":
            return act(pen, case, "step-confirm", rest=rest, about=about, style="primary")
    return act(pen, case, "step-back", rest=rest, about=about)


# ---------------------------------------------------------------- forms


def skip_modal(case: Case, run: Run, language: Language, meta: str) -> View:
    """Skip a step that is not needed here, with the reason."""
    pen = Pen(language, "UTC", rich=True, private=True)
    left = [(number, step) for number, step in _numbered(run) if step.state in ("open", "waiting")]
    options = [parts.option(f"{number}. {step.text(language)}", str(number)) for number, step in left]
    blocks = [
        menu("step", pen.say("Which step?"), options, chosen=str(run.next), placeholder=pen.say("Choose")),
        text_input("reason", pen.say("Why is it not needed here?"), longest=500),
    ]
    return form(
        pen, "step-skip", meta, pen.say("Skip a step: {case}", case=name_of(case.number)), pen.say("Skip"), blocks
    )


def stop_modal(case: Case, run: Run, language: Language, meta: str) -> View:
    """Work through it no further, with the reason."""
    pen = Pen(language, "UTC", rich=True, private=True)
    blocks = [
        parts.section(parts.typed(run.name(language), LONGEST_TITLE)),
        text_input("reason", pen.say("Why is it stopped?"), longest=500),
    ]
    return form(pen, "run-stop", meta, pen.say("Stop: {case}", case=name_of(case.number)), pen.say("Stop it"), blocks)
