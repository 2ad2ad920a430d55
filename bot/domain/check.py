"""Check: a risky step confirmed by a second person, who types its target again. It never stands before a contact.

Decision: docs/decisions/0044.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from bot.domain.check_messages import (
    ApproveCheck,
    AskCheck,
    CheckApproved,
    CheckAsked,
    CheckFact,
    CheckOverridden,
    CheckRejected,
    CheckUsed,
    CheckWithdrawn,
    FinishCheck,
    OverrideCheck,
    RejectCheck,
    Risk,
    WithdrawCheck,
)
from bot.domain.clock_messages import ChangePlan, ChangeSeverity, PauseCase
from bot.domain.commands import CloseCase, ResolveCase
from bot.domain.errors import (
    CheckAnswered,
    CheckExpired,
    CheckNeeded,
    CheckNotNamed,
    CheckOfOneself,
    NoCheck,
    NotYourCheck,
    OverrideReason,
    OwnCheck,
    ReasonNeeded,
    RollbackMissing,
    StepEdited,
    StepMissing,
    TargetDiffers,
    TargetMissing,
    TargetNotTyped,
)
from bot.domain.message import CaseCommand, Stamp
from bot.domain.text import narrowed, one_line
from bot.domain.values import Instant, UserId, Value, name_of

if TYPE_CHECKING:
    from bot.domain.case import Case

LASTS = timedelta(minutes=30)
"""Ours: so long a check waits for its answer, and an approval for the step. What somebody looked at is true for about
as long: half the time between two updates of a Sev A."""
OTHERS_AFTER = timedelta(minutes=5)
"""Ours: then the others in the case are asked. Half of what a handover waits: somebody has a hand on the switch."""
LEAD_AFTER = timedelta(minutes=10)
"""Ours: then the shift lead is."""
DUTY_AFTER = timedelta(minutes=15)
"""Ours: then the channel, and whoever is on duty there; the other half of the time is left for somebody to come."""
TARGET = 150
"""Ours: characters of a target; more can't be compared at a glance."""
LONGEST = 500
OWN: tuple[Risk, ...] = ("severity", "plan", "pause", "resolve", "close")
"""Steps that are verbs of the bot; all the others are done elsewhere, by a person who then says so."""
State = Literal["pending", "approved", "overridden", "rejected", "withdrawn", "used"]
Answerable = ApproveCheck | RejectCheck | OverrideCheck | WithdrawCheck | FinishCheck
_SEVERITY = re.compile(r"(?:sev(?:erity)?|重要度)?[ -]?([abc])", re.IGNORECASE)
_CASE = re.compile(r"(?:sev-|#)?(\d{1,9})", re.IGNORECASE)


class Check(Value):
    """One step as it was asked for last, and what became of it."""

    serial: int
    edition: int
    risk: Risk
    what: str
    target: str
    rollback: str
    by: UserId
    at: Instant
    to: tuple[UserId, ...] = ()
    state: State = "pending"
    answered_by: UserId | None = None
    answered_at: Instant | None = None
    reason: str = ""

    @property
    def until(self) -> datetime:
        """How long its answer is waited for, or its approval counts."""
        return (self.answered_at or self.at) + LASTS

    @property
    def key(self) -> str:
        """This edition of it, among all of its case: `2.1`."""
        return f"{self.serial}.{self.edition}"

    @property
    def about(self) -> dict[str, Any]:
        """What every fact about it says."""
        return {"check": self.serial, "edition": self.edition, "risk": self.risk, "target": self.target}


# ---------------------------------------------------------------- which there are


def pending(case: Case, now: datetime | None = None) -> tuple[Check, ...]:
    """The steps that wait for a second person; one that ran out does not, once its time has come and was told."""
    return tuple(
        check
        for check in case.checks
        if check.state == "pending" and not _told_over(case, check) and (now is None or now < check.until)
    )


def overridden(case: Case) -> tuple[Check, ...]:
    """The steps that were done, or are being done, without a check since the case was opened last."""
    done = (check for check in case.checks if check.state == "overridden" or (check.state == "used" and check.reason))
    return tuple(check for check in done if check.answered_at and check.answered_at >= case.cycle_started_at)


def put_to(case: Case, person: UserId) -> tuple[Check, ...]:
    """The steps that this person is asked to look at."""
    return tuple(check for check in pending(case) if person in check.to)


def of(case: Case, serial: int | None) -> Check | None:
    """The step of this number."""
    return next((check for check in case.checks if check.serial == serial), None)


def _told_over(case: Case, check: Check) -> bool:
    return f"expired/{check.key}/1" in case.nudged


def others(case: Case, check: Check) -> tuple[UserId, ...]:
    """Who is in the case and has not been asked."""
    held = (person for area in case.areas for person in (area.holder, *area.joined))
    everybody = dict.fromkeys((*held, *case.people, case.owner))
    return tuple(person for person in everybody if person and person not in (check.by, *check.to))


def canonical(risk: Risk, typed: str) -> str:
    """A target as it is compared: trimmed, full width as half width, and with the case of its letters.

    A severity and a case have several spellings, of which one is kept.
    """
    target = narrowed(one_line(typed, TARGET))
    if risk == "severity" and (found := _SEVERITY.fullmatch(target)):
        return found[1].upper()
    if risk in ("pause", "resolve", "close") and (found := _CASE.fullmatch(target)):
        return name_of(int(found[1]))
    return target


# ---------------------------------------------------------------- asking


def ask(case: Case, command: AskCheck, stamp: Stamp) -> tuple[CheckAsked, ...]:
    """Put a step to a second person, or edit it, which makes what was said of it void.

    Raises TargetMissing, StepMissing, RollbackMissing, CheckOfOneself, and what `answerable` raises for an edit.
    """
    target, what = canonical(command.risk, command.target), one_line(command.what, LONGEST)
    rollback = one_line(command.rollback, LONGEST)
    if not target and not what and not rollback:
        raise StepMissing(number=case.number)
    if not target:
        raise TargetMissing(number=case.number)
    if not what:
        raise StepMissing(number=case.number)
    if not rollback:
        raise RollbackMissing(number=case.number)
    if command.by in command.to:
        raise CheckOfOneself(number=case.number)
    before = _edited(case, command, target, stamp.at)
    step = {"risk": command.risk, "what": what, "target": target, "rollback": rollback}
    to = command.to or _present(case, command)
    if before is not None and before.state == "pending" and before.by == command.by:
        to = command.to or before.to
        if to == before.to and all(getattr(before, name) == value for name, value in step.items()):
            return ()
    return (
        CheckAsked(
            **stamp.fields,
            **step,
            check=before.serial if before else len(case.checks) + 1,
            edition=before.edition + 1 if before else 1,
            to=to,
            earlier=before.by if before and before.by != command.by else None,
        ),
    )


def _present(case: Case, command: AskCheck) -> tuple[UserId, ...]:
    """Everybody in the case but the asker; where nobody is, whoever leads the shift."""
    here = tuple(person for person in dict.fromkeys((case.owner, *case.people)) if person and person != command.by)
    leads = command.leads if command.leads is not None else case.leads
    return here or tuple(person for person in leads if person != command.by)


def _edited(case: Case, command: AskCheck, target: str, now: datetime) -> Check | None:
    """The step that this is a new edition of."""
    if command.check is not None:
        return answerable(case, command.check, command.edition, now, ("pending", "approved"))
    waiting = (check for check in case.checks if check.state in ("pending", "approved") and now < check.until)
    return next((c for c in waiting if (c.risk, c.target) == (command.risk, target)), None)


# ---------------------------------------------------------------- answering


def answerable(
    case: Case, serial: int | None, edition: int | None, now: datetime, states: tuple[State, ...] = ("pending",)
) -> Check:
    """The step that this is about. Raises NoCheck, CheckNotNamed, StepEdited, CheckAnswered, CheckExpired."""
    if serial is None:
        waiting = [check for check in case.checks if check.state in states and now < check.until]
        if len(waiting) > 1:
            raise _not_named(case, waiting)
        return waiting[0] if waiting else _none(case, now)
    check = of(case, serial)
    if check is None:
        raise NoCheck(number=case.number)
    if edition not in (None, check.edition):
        raise StepEdited(number=case.number)
    if check.state not in states:
        _over(case, check)
    if now >= check.until:
        raise CheckExpired(number=case.number, at=check.until)
    return check


def _none(case: Case, now: datetime) -> NoReturn:
    """Why no step waits: the last one has its answer, ran out, or there is none."""
    last = case.checks[-1] if case.checks else None
    if last is not None and last.state == "pending" and now >= last.until:
        raise CheckExpired(number=case.number, at=last.until)
    if last is not None and last.state in ("approved", "overridden") and now < last.until:
        _over(case, last)
    raise NoCheck(number=case.number)


def _over(case: Case, check: Check) -> NoReturn:
    if check.answered_by is None or check.answered_at is None:
        raise NoCheck(number=case.number)
    raise CheckAnswered(number=case.number, who=check.answered_by, at=check.answered_at)


def _not_named(case: Case, waiting: list[Check]) -> CheckNotNamed:
    steps = ", ".join(f"{check.serial}: {check.target}" for check in waiting)
    return CheckNotNamed(number=case.number, steps=steps, first=waiting[0].serial)


def second_person(case: Case, check: Check, by: UserId) -> None:
    """Let somebody answer. Raises OwnCheck for whoever asked."""
    if by == check.by:
        raise OwnCheck(number=case.number)


def approve(case: Case, command: ApproveCheck, stamp: Stamp) -> tuple[CheckApproved, ...]:
    """The second person has typed the target. Raises OwnCheck, TargetNotTyped, TargetDiffers, and what `answerable`
    raises."""
    check = _approvable(case, command, stamp.at)
    second_person(case, check, command.by)
    typed = one_line(command.typed, TARGET)
    if not typed:
        raise TargetNotTyped(number=case.number)
    if canonical(check.risk, typed) != check.target:
        raise TargetDiffers(number=case.number)
    return (CheckApproved(**stamp.fields, **check.about, asker=check.by, typed=typed),)


def _approvable(case: Case, command: ApproveCheck, now: datetime) -> Check:
    """The step that is meant; of several, the one whose target was typed."""
    if command.check is None:
        waiting = pending(case, now)
        meant = [check for check in waiting if canonical(check.risk, command.typed) == check.target]
        theirs = [check for check in waiting if check.by != command.by]
        answers = [check for check in meant if check in theirs] or meant or theirs or list(waiting)
        if answers:
            return answers[0]
    return answerable(case, command.check, command.edition, now)


def reject(case: Case, command: RejectCheck, stamp: Stamp) -> tuple[CheckRejected, ...]:
    """The step goes back with a reason. Raises OwnCheck, ReasonNeeded and what `answerable` raises."""
    check = answerable(case, command.check, command.edition, stamp.at)
    second_person(case, check, command.by)
    reason = one_line(command.reason, LONGEST)
    if not reason:
        raise ReasonNeeded(number=case.number, verb="reject")
    return (CheckRejected(**stamp.fields, **check.about, asker=check.by, reason=reason),)


def withdraw(case: Case, command: WithdrawCheck, stamp: Stamp) -> tuple[CheckWithdrawn, ...]:
    """Whoever asked takes it back. Raises NotYourCheck and what `answerable` raises."""
    check = answerable(case, command.check, command.edition, stamp.at, ("pending", "approved"))
    if check.by != command.by:
        raise NotYourCheck(number=case.number, who=check.by)
    return (CheckWithdrawn(**stamp.fields, **check.about, to=check.to if check.state == "pending" else ()),)


def override(case: Case, command: OverrideCheck, stamp: Stamp) -> tuple[CheckOverridden, ...]:
    """The step can't wait for anybody; who may say so is a matter of access. Raises OverrideReason and what
    `answerable` raises."""
    check = _unanswered(case, command, stamp.at)
    reason = one_line(command.reason, LONGEST)
    if not reason:
        raise OverrideReason(number=case.number)
    leads = command.leads if command.leads is not None else case.leads
    told = tuple(person for person in leads if person != command.by)
    return (CheckOverridden(**stamp.fields, **check.about, asker=check.by, reason=reason, to=told),)


def _unanswered(case: Case, command: OverrideCheck, now: datetime) -> Check:
    """The step that nobody checked: one whose time ran out as well: nobody has to ask again in an emergency."""
    last = case.checks[-1] if case.checks else None
    meant = of(case, command.check) if command.check is not None else last if not pending(case, now) else None
    if meant is not None and meant.state == "pending" and command.edition in (None, meant.edition):
        return meant
    return answerable(case, command.check, command.edition, now)


def finish(case: Case, command: FinishCheck, stamp: Stamp) -> tuple[CheckUsed, ...]:
    """The step is done. Raises what `answerable` raises."""
    check = answerable(case, command.check, command.edition, stamp.at, ("approved", "overridden"))
    return (_used(check, stamp),)


def _used(check: Check, stamp: Stamp) -> CheckUsed:
    return CheckUsed(**stamp.fields, **check.about, unchecked=check.state == "overridden")


# ---------------------------------------------------------------- the bot's own verbs


def passed(case: Case, command: CaseCommand, stamp: Stamp) -> tuple[CheckUsed, ...]:
    """The check that this command uses up; nothing where the terms ask for none. Raises CheckNeeded."""
    wanted = _GATES.get(type(command))
    risk, targets = wanted(case, command) if wanted else ("", ())
    if risk not in case.terms.double_check or not targets:
        return ()
    for check in case.checks:
        counts = check.state in ("approved", "overridden") and stamp.at < check.until
        if counts and check.risk == risk and check.target in targets:
            return (_used(check, stamp),)
    raise CheckNeeded(number=case.number, risk=risk, target=targets[0])


def _lowering(case: Case, command: ChangeSeverity) -> tuple[str, tuple[str, ...]]:
    """A higher severity holds us to more, and waits for nobody."""
    return "severity", (command.severity,) if command.severity > case.severity else ()


def _other_plan(case: Case, command: ChangePlan) -> tuple[str, tuple[str, ...]]:
    named = (command.policy, command.plan) if command.policy or command.plan else (case.terms.policy,)
    return "plan", tuple(canonical("plan", name) for name in named if name)


def _whole(risk: Risk) -> Callable[[Case, Any], tuple[str, tuple[str, ...]]]:
    return lambda case, command: (risk, (name_of(case.number),))


_GATES: dict[type[CaseCommand], Callable[[Case, Any], tuple[str, tuple[str, ...]]]] = {
    ChangeSeverity: _lowering,
    ChangePlan: _other_plan,
    PauseCase: _whole("pause"),
    ResolveCase: _whole("resolve"),
    CloseCase: _whole("close"),
}
"""What may wait for a check, and what its target is. No contact, promise, draft, note or telling of anybody stands here
or can come to: telling the customer waits for nobody."""


# ---------------------------------------------------------------- what changes


def _changed(case: Case, check: Check) -> Case:
    kept = tuple(check if one.serial == check.serial else one for one in case.checks)
    return case.model_copy(update={"checks": kept if of(case, check.serial) else (*case.checks, check)})


def _asked(case: Case, fact: CheckAsked) -> Case:
    step = {name: getattr(fact, name) for name in ("edition", "risk", "what", "target", "rollback", "by", "at", "to")}
    return _changed(case, Check(serial=fact.check, **step))


def _answered(state: State) -> Callable[[Case, Any], Case]:
    def effect(case: Case, fact: CheckFact) -> Case:
        check = of(case, fact.check)
        if check is None:
            return case
        answer = {"answered_by": fact.by, "answered_at": fact.at, "reason": getattr(fact, "reason", "")}
        # Who approved it, or overrode it and why, is still to be seen when it is done.
        known = {} if isinstance(fact, CheckUsed) else answer
        return _changed(case, check.model_copy(update={"state": state, **known}))

    return effect


EFFECTS: dict[type[Any], Callable[[Case, Any], Case]] = {
    CheckAsked: _asked,
    CheckApproved: _answered("approved"),
    CheckRejected: _answered("rejected"),
    CheckWithdrawn: _answered("withdrawn"),
    CheckOverridden: _answered("overridden"),
    CheckUsed: _answered("used"),
}
