"""Task modals: the forms in which a colleague is asked for a part of the work, and in which they answer."""

from datetime import datetime

from bot.domain.case import Case
from bot.domain.task import Task, usual_due
from bot.domain.values import Language, UserId, name_of
from handlers.views import parts, tasks, times
from handlers.views.inputs import menu, person_input, text_input
from handlers.views.pen import Pen
from handlers.views.windows import View, form


def ask_modal(
    case: Case, language: Language, zone: str, meta: str, now: datetime, *, asked: UserId | None = None,
    area: str = "", text: str = "", due: datetime | None = None,
) -> View:  # fmt: skip
    """Whom, in which area, what, by when; without a time it is half the cadence of updates, which the form says."""
    pen = Pen(language, zone, rich=True, private=True)
    areas = [parts.option(one.name(language), one.key) for one in case.areas]
    usual, zone_name = times.typed_time(usual_due(case, now), now, zone), times.zone_word(now, zone, language)
    blocks = [
        person_input("to", pen.say("Whom do you ask?"), chosen=asked, placeholder=pen.say("Choose a person")),
        *([menu("area", pen.say("Isolation area"), areas, chosen=area, placeholder=pen.say("Choose"), optional=True)]
          if areas else []),
        text_input("text", pen.say("What for?"), given=text, lines=True,
                   example=pen.say("For example: check the flow logs of the gateway from 23:00")),
        text_input("due", pen.say("By when?"), given=times.typed_time(due, now, zone) if due else "", longest=100,
                   optional=True, hint=pen.say("15:00 or 30m, in {zone}; empty: {at}", zone=zone_name, at=usual)),
        parts.context(pen.say("They get a direct message. It stands on the card, so that nobody does it twice.")),
    ]  # fmt: skip
    title = pen.say("Ask: {case}", case=name_of(case.number))
    return form(pen, "task", meta, title, pen.say("Ask"), blocks)


def decline_modal(case: Case, task: Task, language: Language, zone: str, meta: str, now: datetime) -> View:
    """Give it back with a reason that whoever asked can act on."""
    pen = Pen(language, zone, rich=True, private=True)
    blocks = [
        parts.section(tasks.line(pen, case, task, now)),
        text_input("reason", pen.say("Why can't you take it?"), longest=500),
    ]
    title = pen.say("Decline a task: {case}", case=name_of(case.number))
    return form(pen, "task-decline", meta, title, pen.say("Decline"), blocks)


def done_modal(case: Case, task: Task, language: Language, zone: str, meta: str, now: datetime) -> View:
    """What came out, in one line, for those who wait for it."""
    pen = Pen(language, zone, rich=True, private=True)
    blocks = [
        parts.section(tasks.line(pen, case, task, now)),
        text_input("result", pen.say("What came out, in one line?"), longest=500,
                   example=pen.say("What you looked at, and what you saw")),
    ]  # fmt: skip
    title = pen.say("Done: {case}", case=name_of(case.number))
    return form(pen, "task-done", meta, title, pen.say("Report"), blocks)
