"""Clock forms: which modal asks for what about clocks, and what was filled in as a command."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

from bot.domain.case import Case
from bot.domain.clock_messages import (
    AskVendor,
    ChangePlan,
    ChangeSeverity,
    NoteCustomerWrote,
    PauseCase,
    RecordVendorAnswer,
    SetDeadline,
)
from bot.domain.errors import LookAgainMissing, PlanNotNamed, SeverityNotNamed, TimeUnreadable
from bot.domain.messages import CaseCommand, NextStep
from bot.domain.text import one_line
from bot.domain.values import Instant, Severity
from bot.settings import Configuration
from bot.terms import near_plans
from handlers.slack.payloads import Where
from handlers.slack.people import Speaker
from handlers.slack.replies import Meta
from handlers.slack.times import find_past, find_time
from handlers.views import clock_modals as views
from handlers.views.windows import View

MOST_PLANS = 100
"""A select menu holds 100 options (https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element)."""
Who = dict[str, Any]
Fields = dict[str, str]


class ClockForms:
    """The modals about waiting, terms, deadlines and vendors."""

    def __init__(self, config: Configuration, now: Callable[[], datetime]) -> None:
        self._config = config
        self._now = now

    def adopt(self, config: Configuration) -> None:
        """Go on with another configuration."""
        self._config = config

    def pause(self, to: Speaker, case: Case, where: Where, *, reason: str = "") -> View:
        return views.pause_modal(case, to.language, to.zone, _meta(where, case), self._now(), reason=reason)

    def wrote(self, to: Speaker, case: Case, where: Where) -> View:
        return views.wrote_modal(case, to.language, to.zone, _meta(where, case), self._now())

    def deadline(self, to: Speaker, case: Case, where: Where) -> View:
        return views.deadline_modal(case, to.language, to.zone, _meta(where, case), self._now())

    def severity(self, to: Speaker, case: Case, where: Where, *, severity: Severity | None = None) -> View:
        policy = self._config.policies.get(case.terms.policy) or self._config.policy(case.channel)
        known = tuple(one for one in get_args(Severity) if getattr(policy, one) is not None)
        return views.severity_modal(
            case, to.language, to.zone, _meta(where, case), self._now(), severities=known, chosen=severity
        )

    def plan(self, to: Speaker, case: Case, where: Where, *, policy: str = "") -> View:
        return views.plan_modal(
            case, to.language, to.zone, _meta(where, case), self._now(), plans=self._plans(case), chosen=policy or None
        )

    def _plans(self, case: Case) -> list[tuple[str, str]]:
        """The policies with terms for this severity, the team's own first."""
        fitting = {key: one for key, one in self._config.policies.items() if getattr(one, case.severity) is not None}
        ordered = sorted(fitting, key=lambda key: (key != case.terms.policy, key not in self._config.own, key))
        return [(key, fitting[key].label or key) for key in ordered[:MOST_PLANS]]

    def vendor(self, to: Speaker, case: Case, where: Where) -> View:
        return views.vendor_modal(case, to.language, to.zone, _meta(where, case), self._now())

    def answered(self, to: Speaker, case: Case, where: Where) -> View:
        return views.answered_modal(case, to.language, to.zone, _meta(where, case))

    # ------------------------------------------------------------ what was filled in

    def command(self, callback: str, who: Who, case: Case, field: Fields, speaker: Speaker) -> CaseCommand | None:
        """The command of one of these forms; None for another form.

        Raises TimeUnreadable, LookAgainMissing, SeverityNotNamed, PlanNotNamed.
        """
        read = {
            "pause": self._pause,
            "wrote": self._wrote,
            "deadline": self._deadline,
            "severity": self._severity,
            "plan": self._plan,
            "vendor": self._vendor,
            "answered": self._answered,
        }.get(callback)
        return read(who, case, field, speaker) if read else None

    def _pause(self, who: Who, case: Case, field: Fields, speaker: Speaker) -> PauseCase:
        at = self._time(case, field, "look_at", speaker)
        if at is None:
            raise LookAgainMissing(number=case.number)
        return PauseCase(**who, look_at=at, reason=field.get("reason", ""))

    def _wrote(self, who: Who, case: Case, field: Fields, speaker: Speaker) -> NoteCustomerWrote:
        typed = field.get("wrote_at", "").strip()
        found = find_past(typed, self._now(), speaker.tz) if typed else None
        if typed and found is None:
            raise TimeUnreadable(word=one_line(typed, 40), number=case.number, field="wrote_at")
        return NoteCustomerWrote(**who, wrote_at=found[0] if found else None, text=field.get("text", ""))

    def _deadline(self, who: Who, case: Case, field: Fields, speaker: Speaker) -> SetDeadline:
        typed, reason = field.get("deadline", "").strip(), field.get("reason", "")
        if typed and typed == case.deadline_text:
            return SetDeadline(**who, deadline=case.deadline, deadline_text=typed, reason=reason)
        at = self._time(case, field, "deadline", speaker)
        found = find_time(typed, self._now(), speaker.tz)
        text = typed if found and found[1] else ""
        return SetDeadline(**who, deadline=at, deadline_text=text, reason=reason)

    def _severity(self, who: Who, case: Case, field: Fields, speaker: Speaker) -> ChangeSeverity:
        if field.get("severity") not in get_args(Severity):
            raise SeverityNotNamed(number=case.number)
        return ChangeSeverity(**who, severity=field["severity"], **self._change(case, field, speaker))

    def _plan(self, who: Who, case: Case, field: Fields, speaker: Speaker) -> ChangePlan:
        key = field.get("plan", "")
        if key not in self._config.policies:
            near = near_plans(self._config, case, key)
            raise PlanNotNamed(number=case.number, known=", ".join(near), near=near[0])
        own = key == case.terms.policy
        name = "" if own else self._config.policies[key].label or key
        return ChangePlan(**who, policy=key, plan=name, **self._change(case, field, speaker))

    def _change(self, case: Case, field: Fields, speaker: Speaker) -> dict[str, Any]:
        due = self._time(case, field, "next_at", speaker)
        step = NextStep(due=due, action=field.get("next_action", "")) if due else None
        return {"reason": field.get("reason", ""), "next": step, "confirmed": bool(field.get("outside"))}

    def _vendor(self, who: Who, case: Case, field: Fields, speaker: Speaker) -> AskVendor:
        times = {name: self._time(case, field, name, speaker) for name in ("promise_at", "look_at")}
        texts = {name: field.get(name, "") for name in ("name", "reference", "contact")}
        return AskVendor(**who, **times, **texts)

    def _answered(self, who: Who, case: Case, field: Fields, speaker: Speaker) -> RecordVendorAnswer:
        serial = field.get("vendor", "")
        vendor = int(serial) if serial.isascii() and serial.isdecimal() else None
        return RecordVendorAnswer(**who, vendor=vendor, text=field.get("text", ""))

    def _time(self, case: Case, field: Fields, name: str, speaker: Speaker) -> Instant | None:
        """The instant that was typed into a field; None for nothing. Raises TimeUnreadable."""
        typed = field.get(name, "").strip()
        if not typed:
            return None
        found = find_time(typed, self._now(), speaker.tz)
        if found is None:
            raise TimeUnreadable(word=one_line(typed, 40), number=case.number, field=name)
        return found[0]


def _meta(where: Where, case: Case) -> str:
    return Meta.of(where, case.number).write()
