"""Agreeing: the terms that a case is held to, and the time by which the customer needs it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from bot.domain.case import Case
from bot.domain.clock_messages import ChangePlan, ChangeSeverity, SetDeadline
from bot.domain.errors import DeadlineMissing, PlanNotNamed, SeverityNotNamed, TimeUnreadable
from bot.domain.text import fold, one_line, plain
from bot.domain.values import Severity
from bot.terms import near_plans, plan_named
from handlers.slack.replies import Modal, Reply
from handlers.slack.times import find_time
from handlers.slack.verbs.promising import CONFIRMED, Agreed, agreed_in
from handlers.slack.words import before_next, fields
from handlers.views import terms as views

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_LABELS = {"reason": ("理由", "because", "事由"), **CONFIRMED}
_NONE = frozenset({"none", "no deadline", "withdraw", "withdrawn", "なし", "無し", "取消", "取り消し", "取り下げ"})
_APPLY = frozenset({"apply", "適用"})


async def severity(room: Commands, asked: Asked) -> Reply:
    """Hold the case to another severity, with a reason, and a next contact where the new terms ask for one."""
    case = await room.case(asked)
    words, agreed = _apart(asked, case)
    given, said = fields(words, _LABELS)
    wanted, _, rest = said.partition(" ")
    severity = next((one for one in get_args(Severity) if fold(wanted) in (fold(one), f"sev{fold(one)}")), None)
    if severity is None:
        if asked.said.where.trigger and not said:
            return Modal(room.forms.clock.severity(asked.said.speaker, case, asked.said.where))
        raise SeverityNotNamed(number=case.number)
    reason = given.get("reason") or rest or agreed.reason
    if not reason and asked.said.where.trigger:
        return Modal(room.forms.clock.severity(asked.said.speaker, case, asked.said.where, severity=severity))
    about = {"severity": severity, "reason": plain(reason)}
    return await room.do(ChangeSeverity, asked, case, **about, next=agreed.step, confirmed=agreed.confirmed)


async def plan(room: Commands, asked: Asked) -> Reply:
    """Hold the case to another plan, or with `apply` to its own as the settings say it now; alone, show the terms."""
    case = await room.case(asked)
    speaker = asked.said.speaker
    if not asked.rest:
        return views.terms(case, room.config, language=speaker.language, zone=speaker.zone)
    words, agreed = _apart(asked, case)
    given, said = fields(words, _LABELS)
    step = {"next": agreed.step, "confirmed": agreed.confirmed}
    first, _, rest = said.partition(" ")
    if fold(first) in _APPLY:
        reason = given.get("reason") or rest or agreed.reason
        return await room.do(ChangePlan, asked, case, reason=plain(reason), **step)
    if not said:
        near = near_plans(room.config, case)
        raise PlanNotNamed(number=case.number, known=", ".join(near), near=near[0])
    policy, name, rest = plan_named(room.config, case, said)
    reason = given.get("reason") or _without_apply(rest) or agreed.reason
    if not reason and asked.said.where.trigger:
        return Modal(room.forms.clock.plan(speaker, case, asked.said.where, policy=policy))
    return await room.do(ChangePlan, asked, case, policy=policy, plan=plain(name), reason=plain(reason), **step)


def _without_apply(words: str) -> str:
    first, _, rest = words.partition(" ")
    return rest if fold(first) in _APPLY else words


def _apart(asked: Asked, case: Case) -> tuple[str, Agreed]:
    """The words before a next contact, and that contact; a reason typed after it is the change's as well."""
    words, phrase = before_next(asked.rest)
    return words, agreed_in(asked, case, phrase)


async def deadline(room: Commands, asked: Asked) -> Reply:
    """Until when the customer needs it; `none` withdraws it."""
    case, speaker = await room.case(asked), asked.said.speaker
    given, words = fields(asked.rest, _LABELS)
    if not words:
        if asked.said.where.trigger:
            return Modal(room.forms.clock.deadline(speaker, case, asked.said.where))
        raise DeadlineMissing(number=case.number)
    first, _, rest = words.partition(" ")
    if fold(first) in _NONE or fold(words) in _NONE:
        reason = given.get("reason") or rest
        return await room.do(SetDeadline, asked, case, deadline=None, reason=plain(reason))
    found = find_time(words, asked.now, speaker.tz)
    if found is None:
        raise TimeUnreadable(word=one_line(plain(words), 40), number=case.number)
    text = plain(words) if found[1] else ""
    reason = given.get("reason") or ""
    return await room.do(SetDeadline, asked, case, deadline=found[0], deadline_text=text, reason=plain(reason))
