"""Task forms: which modal asks for what about tasks, and what was filled in as a command."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.errors import TaskTimeUnreadable, TaskToNobody
from bot.domain.messages import AskTask, CaseCommand, DeclineTask, FinishTask
from bot.domain.task import Answer, Task, of
from bot.domain.text import one_line
from bot.domain.values import UserId
from handlers.slack.payloads import Where
from handlers.slack.people import Speaker
from handlers.slack.replies import Meta
from handlers.slack.times import find_time
from handlers.views import modals, task_modals
from handlers.views.windows import View

Who = dict[str, Any]
Fields = dict[str, str]


class TaskForms:
    """The modals about what colleagues ask each other for."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def ask(
        self, reader: Speaker, case: Case, where: Where, *, to: UserId | None = None, area: str = "", text: str = "",
        due: datetime | None = None,
    ) -> View:  # fmt: skip
        """A new one, with what was said already."""
        meta = Meta.of(where, case.number).write()
        return task_modals.ask_modal(
            case, reader.language, reader.zone, meta, self._now(), asked=to, area=area, text=text, due=due
        )

    def again(self, reader: Speaker, case: Case, where: Where, rest: str) -> View:
        """From a button: about one area, or once more what somebody else declined or did not do."""
        before = of(case, int(rest)) if rest.isascii() and rest.isdecimal() else None
        if before is None:
            return self.ask(reader, case, where, area=rest)
        due = before.due if before.due > self._now() else None
        return self.ask(reader, case, where, area=before.area or "", text=before.text, due=due)

    def answer(self, answer: Answer, reader: Speaker, case: Case, where: Where, task: Task) -> View:
        """The reason of a refusal, or what came out."""
        meta = Meta.of(where, case.number).model_copy(update={"task": task.serial}).write()
        build = task_modals.decline_modal if answer == "decline" else task_modals.done_modal
        return build(case, task, reader.language, reader.zone, meta, self._now())

    def finding(self, reader: Speaker, case: Case, where: Where, task: Task) -> View:
        """What came of it as a finding of its area, in the words of whoever did it."""
        meta = Meta.of(where, case.number).model_copy(update={"author": task.to})
        return modals.finding_modal(
            case, None, task.area, reader.language, meta.write(), evidence=task.result, reply=False
        )


# ---------------------------------------------------------------- what was filled in


def asked(who: Who, case: Case, field: Fields, speaker: Speaker, now: datetime) -> AskTask:
    """The request in a form. Raises TaskToNobody, TaskTimeUnreadable."""
    if not field.get("to"):
        raise TaskToNobody(number=case.number)
    typed = field.get("due", "").strip()
    found = find_time(typed, now, speaker.tz) if typed else None
    if typed and found is None:
        raise TaskTimeUnreadable(word=one_line(typed, 40), number=case.number, field="due")
    due = found[0] if found else None
    return AskTask(**who, to=UserId(field["to"]), text=field.get("text", ""), area=field.get("area", ""), due=due)


def answered(callback: str, who: Who, field: Fields, task: int | None) -> CaseCommand | None:
    """The answer in a form; None for another form."""
    match callback:
        case "task-decline":
            return DeclineTask(**who, task=task, reason=field.get("reason", ""))
        case "task-done":
            return FinishTask(**who, task=task, result=field.get("result", ""))
    return None
