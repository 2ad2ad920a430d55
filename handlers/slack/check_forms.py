"""Check forms: which modal a button about a risky step opens, and what was filled in as a command."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from bot.domain.case import Case
from bot.domain.check import answerable, second_person
from bot.domain.check_messages import ApproveCheck, AskCheck, OverrideCheck, RejectCheck, Risk
from bot.domain.errors import StaleForm, StepMissing
from bot.domain.messages import CaseCommand
from bot.domain.values import UserId, Value
from handlers.slack.payloads import Where
from handlers.slack.people import Speaker
from handlers.slack.replies import Meta
from handlers.views import check_modals as views
from handlers.views.windows import View

FORMS = frozenset({"check", "approve", "reject", "override"})
_STEP = re.compile(r"(\d{1,4}) (\d{1,4})")


class Step(Value):
    """The step that a button is about, in the edition that stood there."""

    check: int | None = None
    edition: int | None = None


def step_of(rest: str) -> Step:
    """What a button says after the case number; nothing is a new step. Raises StaleForm for a value that is none."""
    if not rest:
        return Step()
    found = _STEP.fullmatch(rest)
    if found is None:
        raise StaleForm()
    return Step(check=int(found[1]), edition=int(found[2]))


class CheckForms:
    """The modals about risky steps."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def open(self, verb: str, to: Speaker, case: Case, where: Where, step: Step) -> View:
        """The form of a verb. Refused at once, as nobody fills in a form in vain: OwnCheck, or as by `answerable`."""
        if verb == "check" and step.check is None:
            return views.check_modal(case, None, to.language, _meta(where, case, step))
        states: Any = ("pending", "approved") if verb == "check" else ("pending",)
        check = answerable(case, step.check, step.edition, self._now(), states)
        meta = _meta(where, case, Step(check=check.serial, edition=check.edition))
        if verb in ("approve", "reject"):
            second_person(case, check, to.user)
        form = {
            "check": views.check_modal,
            "approve": views.approve_modal,
            "reject": views.reject_modal,
            "override": views.override_modal,
        }[verb]
        return form(case, check, to.language, meta)

    def command(self, verb: str, who: dict[str, Any], case: Case, field: dict[str, str], meta: Meta) -> CaseCommand:
        """What was filled in. Raises StepMissing for a kind that there is not."""
        step = {"check": meta.check or None, "edition": meta.edition or None}
        match verb:
            case "approve":
                return ApproveCheck(**who, **step, typed=field.get("target", ""))
            case "reject":
                return RejectCheck(**who, **step, reason=field.get("reason", ""))
            case "override":
                return OverrideCheck(**who, **step, reason=field.get("reason", ""))
        if field.get("risk") not in get_args(Risk):
            raise StepMissing(number=case.number)
        texts = {name: field.get(name, "") for name in ("risk", "target", "what", "rollback")}
        to = (UserId(field["to"]),) if field.get("to") else ()
        return AskCheck(**who, **step, **texts, to=to)


def _meta(where: Where, case: Case, step: Step) -> str:
    known = {"check": step.check or 0, "edition": step.edition or 0}
    return Meta.of(where, case.number).model_copy(update=known).write()
