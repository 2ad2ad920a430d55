"""Checks: a risky step in words: for whoever is asked, for whoever asked, for the card, the brief and the timeline."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.check import LASTS, OWN, Check, of, others, overridden, pending
from bot.domain.check_messages import (
    CheckApproved,
    CheckAsked,
    CheckFact,
    CheckOverridden,
    CheckRejected,
    CheckUsed,
    CheckWithdrawn,
    Risk,
)
from bot.domain.messages import NudgeCame
from bot.domain.values import UserId, name_of
from handlers.views import parts
from handlers.views.buttons import act
from handlers.views.parts import Element
from handlers.views.pen import Pen
from handlers.views.texts import mark

RISKS: dict[Risk, str] = {
    "restore": mark("Restore"),
    "failover": mark("Failover"),
    "deletion": mark("Deletion"),
    "change": mark("Change of a setting"),
    "customer": mark("Message to the customer"),
    "severity": mark("Lower the severity"),
    "plan": mark("Other terms"),
    "pause": mark("Pause the clocks"),
    "resolve": mark("End of the fault"),
    "close": mark("Close the case"),
    "other": mark("Risky step"),
}
MOST = 3
"""Ours: of many overrides the last ones; the timeline has them all."""


def name(pen: Pen, step: CheckFact | Check) -> str:
    """`Restore: db-prod-01`."""
    return f"{pen.say(RISKS[step.risk])}: {_target(step)}"


def _target(step: CheckFact | Check) -> str:
    return parts.typed(step.target, 150) or "-"


def lines(pen: Pen, check: Check | CheckAsked) -> list[str]:
    """What is to be done, to what, and how it is undone."""
    return [
        f"{pen.bold(pen.say(RISKS[check.risk]))} — {parts.typed(check.what, 500)}",
        pen.say("Target: {target}", target=pen.bold(_target(check))),
        pen.say("Roll-back: {rollback}", rollback=parts.typed(check.rollback, 500)),
    ]


def value(check: CheckFact | Check) -> str:
    """What a button about a step says after the case number: the step, and the edition that was read."""
    serial = check.serial if isinstance(check, Check) else check.check
    return f"{serial} {check.edition}"


# ---------------------------------------------------------------- on the card, in lists and briefs


def waiting(pen: Pen, case: Case, now: datetime | None) -> list[str]:
    """A line for each step that waits for a second person."""
    return [
        pen.say("Waits for a second person's check: {step} (asked by {who} at {at}).", step=name(pen, check),
                who=parts.person(check.by), at=pen.when(check.at))
        for check in pending(case, now)
    ]  # fmt: skip


def unchecked(pen: Pen, case: Case) -> list[str]:
    """A line for each step that was not checked by anybody."""
    return [
        pen.say("⚠ Done without a second person's check: {step} — {who} at {at}: {reason}", step=name(pen, check),
                who=parts.person(check.answered_by), at=pen.when(check.answered_at or check.at),
                reason=parts.typed(check.reason, 200))
        for check in overridden(case)[-MOST:]
    ]  # fmt: skip


def for_brief(pen: Pen, case: Case, now: datetime) -> list[str]:
    """For whoever takes the case over: what waits for its check, and what was approved and is not done."""
    found = [line for check in pending(case, now) for line in (*lines(pen, check), _asked_by(pen, check))]
    approved = [check for check in case.checks if check.state == "approved" and now < check.until]
    found += [
        pen.say("Approved and not done yet: {step} (until {at})", step=name(pen, check), at=pen.when(check.until))
        for check in approved
    ]
    found += unchecked(pen, case)
    return [pen.bold(pen.say("Double checks")), *found] if found else []


def _asked_by(pen: Pen, check: Check) -> str:
    return pen.say("Asked by {who} at {at}; no answer yet.", who=parts.person(check.by), at=pen.when(check.at))


# ---------------------------------------------------------------- told once


def _asked(pen: Pen, case: Case, fact: CheckAsked) -> list[str]:
    who, case_name = parts.person(fact.by), name_of(case.number)
    if fact.edition > 1:
        first = pen.say("{who} edited a step of {case}: what was approved before is void. Please check it again.",
                        who=who, case=case_name)  # fmt: skip
    else:
        first = pen.say("{who} asks you to check a risky step of {case}.", who=who, case=case_name)
    until = pen.say("To approve it, look at the target where it is and type it. Until {at}; without an answer others "
                    "are asked.", at=pen.when(fact.at + LASTS))  # fmt: skip
    return [first, *lines(pen, fact), until, _title(pen, case)]


def _title(pen: Pen, case: Case) -> str:
    return parts.typed(f"{pen.severity(case)} · {case.title}", 200)


def _approved(pen: Pen, case: Case, fact: CheckApproved) -> list[str]:
    return [
        pen.say("{case}: {who} approved {step} and typed “{typed}”.", case=name_of(case.number),
                who=parts.person(fact.by), step=name(pen, fact), typed=parts.typed(fact.typed, 150)),
        pen.say("The approval counts until {at}. If you edit the step, it is void.", at=pen.when(fact.at + LASTS)),
        _title(pen, case),
    ]  # fmt: skip


def _rejected(pen: Pen, case: Case, fact: CheckRejected) -> list[str]:
    return [
        pen.say("{case}: {who} sent back {step}. Please don't do it like this.", case=name_of(case.number),
                who=parts.person(fact.by), step=name(pen, fact)),
        pen.say("Reason: {reason}", reason=parts.typed(fact.reason, 500)),
        _title(pen, case),
    ]  # fmt: skip


def _withdrawn(pen: Pen, case: Case, fact: CheckWithdrawn) -> list[str]:
    return [pen.say("{case}: {who} withdrew {step}. Nothing is left for you to check.", case=name_of(case.number),
                    who=parts.person(fact.by), step=name(pen, fact))]  # fmt: skip


def _overridden(pen: Pen, case: Case, fact: CheckOverridden) -> list[str]:
    found = of(case, fact.check)
    return [
        pen.say("⚠ {case}: {who} goes ahead without a second person's check: {step}", case=name_of(case.number),
                who=parts.person(fact.by), step=name(pen, fact)),
        pen.say("Reason: {reason}", reason=parts.typed(fact.reason, 500)),
        *([pen.say("Roll-back: {rollback}", rollback=parts.typed(found.rollback, 500))] if found else []),
        _title(pen, case),
    ]  # fmt: skip


def _used(pen: Pen, case: Case, fact: CheckUsed) -> list[str]:
    return [pen.say("⚠ {case}: done without a second person's check: {step} — {who}", case=name_of(case.number),
                    step=name(pen, fact), who=parts.person(fact.by))]  # fmt: skip


LINES: dict[type[Any], Callable[[Pen, Case, Any], list[str]]] = {
    CheckAsked: _asked,
    CheckApproved: _approved,
    CheckRejected: _rejected,
    CheckWithdrawn: _withdrawn,
    CheckOverridden: _overridden,
    CheckUsed: _used,
}


def _to_answer(pen: Pen, case: Case, fact: CheckAsked | Check) -> list[Element]:
    step = value(fact)
    return [act(pen, case, "approve", rest=step, style="primary"), act(pen, case, "reject", rest=step)]


def _to_do(pen: Pen, case: Case, fact: CheckApproved) -> list[Element]:
    """What the bot does itself needs no button: it is used up by doing it."""
    editing = act(pen, case, "check", rest=value(fact), text=pen.say("Edit the step"))
    if fact.risk in OWN:
        return [editing]
    return [act(pen, case, "done", rest=value(fact), style="primary"), editing]


def _to_mend(pen: Pen, case: Case, fact: CheckRejected) -> list[Element]:
    return [act(pen, case, "check", text=pen.say("Ask again"))]


BUTTONS: dict[type[Any], Callable[[Pen, Case, Any], list[Element]]] = {
    CheckAsked: _to_answer,
    CheckApproved: _to_do,
    CheckRejected: _to_mend,
}


# ---------------------------------------------------------------- nudges


def nudged(pen: Pen, case: Case, came: NudgeCame, now: datetime) -> list[str]:
    """Why the next one is asked: whom it was put to, since when."""
    check = of(case, came.check)
    if check is None:
        return [pen.say("a step waits for its check")]
    since = pen.lasting(now - check.at)
    if came.nudge == "expired":
        if check.state == "approved":
            first = pen.say("The approval of {step} ran out unused. If the step is still to be done, ask again.",
                            step=name(pen, check))  # fmt: skip
        else:
            first = pen.say("Nobody answered the check of {step} in {length}. If the step is still to be done, ask "
                            "again.", step=name(pen, check), length=since)  # fmt: skip
        return [first, _title(pen, case)]
    group = f"<!subteam^{case.duty_group}> " if came.step > 2 and case.duty_group else ""
    asked = parts.people(_asked_before(case, check, came.step)) or pen.say("nobody")
    first = pen.say("A risky step waits for a second person since {length}. Who can check it?", length=since)
    why = pen.say("Asked by {who}; asked so far without an answer: {people}", who=parts.person(check.by), people=asked)
    return [group + first, *lines(pen, check), why, _title(pen, case)]


def _asked_before(case: Case, check: Check, step: int) -> list[UserId]:
    """Whom the steps before this one asked."""
    people = [check.to, others(case, check), case.leads][:step]
    return list(dict.fromkeys(person for asked in people for person in asked if person != check.by))


def answering(pen: Pen, case: Case, came: NudgeCame) -> list[Element]:
    """The buttons below a nudge about a step."""
    check = of(case, came.check)
    if check is None:
        return []
    if came.nudge == "expired":
        return [act(pen, case, "check", text=pen.say("Ask again"))]
    return _to_answer(pen, case, check)


# ---------------------------------------------------------------- the timeline


def _line_asked(pen: Pen, case: Case, fact: CheckAsked) -> str:
    step = f"{name(pen, fact)} — {parts.typed(fact.what, 240)}"
    said = pen.say("asked for a check: {step}", step=step) if fact.edition == 1 else pen.say(
        "edited a step, which needs its check anew: {step}", step=step)  # fmt: skip
    undone = pen.say(" (roll-back: {rollback})", rollback=parts.typed(fact.rollback, 240))
    return said + undone + (f" → {parts.people(fact.to)}" if fact.to else "")


def _line_approved(pen: Pen, case: Case, fact: CheckApproved) -> str:
    return pen.say("approved {step}, having typed “{typed}”", step=name(pen, fact), typed=parts.typed(fact.typed, 150))


def _because(pen: Pen, reason: str) -> str:
    return pen.say(" (reason: {reason})", reason=parts.typed(reason, 240))


def _line_rejected(pen: Pen, case: Case, fact: CheckRejected) -> str:
    return pen.say("sent back {step}", step=name(pen, fact)) + _because(pen, fact.reason)


def _line_withdrawn(pen: Pen, case: Case, fact: CheckWithdrawn) -> str:
    return pen.say("withdrew the check of {step}", step=name(pen, fact))


def _line_overridden(pen: Pen, case: Case, fact: CheckOverridden) -> str:
    return pen.say("went ahead without a check: {step}", step=name(pen, fact)) + _because(pen, fact.reason)


def _line_used(pen: Pen, case: Case, fact: CheckUsed) -> str:
    return pen.say("did {step}", step=name(pen, fact)) + (pen.say(" — without a check") if fact.unchecked else "")


SENTENCES: dict[type[Any], Callable[[Pen, Case, Any], str]] = {
    CheckAsked: _line_asked,
    CheckApproved: _line_approved,
    CheckRejected: _line_rejected,
    CheckWithdrawn: _line_withdrawn,
    CheckOverridden: _line_overridden,
    CheckUsed: _line_used,
}


def answer(pen: Pen, case: Case, fact: CheckFact) -> list[str]:
    """What whoever acted reads right after it."""
    match fact:
        case CheckAsked() if fact.to:
            told = pen.say("{people} get a message. Nothing is approved until one of them types the target.",
                           people=parts.people(fact.to))  # fmt: skip
            return [pen.say("the check is asked for."), *lines(pen, fact), told]
        case CheckAsked():
            return [pen.say("the check is asked for, in the channel: nobody else is in the case."), *lines(pen, fact)]
        case CheckApproved():
            return [pen.say("approved: {step}. {who} hears it.", step=name(pen, fact), who=parts.person(fact.asker))]
        case CheckRejected():
            return [pen.say("sent back: {step}. {who} hears why.", step=name(pen, fact),
                            who=parts.person(fact.asker))]  # fmt: skip
        case CheckOverridden():
            leads = parts.people(fact.to) or pen.say("no shift lead is known")
            return [pen.say("go ahead: {step}. The thread and the shift lead hear it ({leads}).", step=name(pen, fact),
                            leads=leads)]  # fmt: skip
        case CheckUsed():
            return [pen.say("done: {step}.", step=name(pen, fact))] if fact.risk not in OWN else []
        case CheckWithdrawn():
            return [pen.say("the check is withdrawn: {step}.", step=name(pen, fact))]
    return []
