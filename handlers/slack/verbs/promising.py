"""Promising: what was said to the customer, and when they hear from us next."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.case import Case
from bot.domain.errors import ContactEmpty, NextContactMissing, PromiseRefusal, ReasonMissing, TimeUnreadable
from bot.domain.kin import children
from bot.domain.messages import Acknowledge, How, NextStep, RecordContact, SetNextContact
from bot.domain.text import folded, one_line, plain
from bot.domain.values import CaseNumber
from handlers.slack.replies import Modal, Reply
from handlers.slack.times import UnreadableTime, find_time, read_duration
from handlers.slack.words import fields, split_next

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

CONFIRMED = {"outside": ("outside hours", "時間外", "営業時間外")}
"""Said with anything after it, a time outside the customer's hours is meant."""
_LABELS = {"reason": ("理由", "because", "事由"), **CONFIRMED}


_FOR_WHOM: tuple[tuple[tuple[str, ...], bool], ...] = (
    (("for all", "全件", "子案件も", "子案件にも", "すべての子案件"), True),
    (("only", "this only", "この案件のみ", "この案件だけ"), False),
)
"""Words at the head of a contact on a parent case: whether the children's customers heard it as well."""


@dataclass(frozen=True)
class Agreed:
    """A next contact as it was said: the time and the action, why, and whether its odd hour is meant."""

    step: NextStep | None = None
    reason: str = ""
    confirmed: bool = False


async def contacted(room: Commands, asked: Asked) -> Reply:
    """A contact and the next one; the form asks for what the line leaves out."""
    case = await room.case(asked)
    try:
        return await _contact_recorded(room, asked, case)
    except (PromiseRefusal, TimeUnreadable) as error:
        # The call was made: an example that only promises would lose it.
        error.example = ContactEmpty.example
        raise


async def _contact_recorded(room: Commands, asked: Asked, case: Case) -> Reply:
    also, rest = await _told_too(room, asked, case)
    how, said, phrase = split_next(rest)
    agreed = agreed_in(asked, case, phrase)
    step = agreed.step
    if not said or (step is None and case.status == "open" and case.terms.next_contact_required):
        if not asked.said.where.trigger and said:
            raise NextContactMissing(number=case.number, severity=case.severity)
        if asked.said.where.trigger:
            form = room.forms.contacted(asked.said.speaker, case, asked.said.where, how=how, said=plain(said))
            return Modal(form)
    about = {"next": step, "reason": plain(agreed.reason), "confirmed": agreed.confirmed, "also": also}
    return await room.do(RecordContact, asked, case, how=_how(how), said=plain(said), **about)


async def _told_too(room: Commands, asked: Asked, case: Case) -> tuple[tuple[CaseNumber, ...] | None, str]:
    """For which children it counts, where the line begins with that, and the rest; None for those that are carried."""
    if not children(case):
        return None, asked.rest
    front = folded(asked.rest, 40)
    for words, everybody in _FOR_WHOM:
        found = next((word for word in words if re.match(rf"{re.escape(word)}(?![a-z0-9])", front.text)), None)
        if found is not None:
            told = await room.kindred.told(case, asked.said.speaker, asked.said.where) if everybody else ()
            return told, asked.rest[front.original(len(found)) :].strip(" 、,:：")
    return None, asked.rest


async def next_contact(room: Commands, asked: Asked) -> Reply:
    """Set or move the next contact."""
    case = await room.case(asked)
    if not asked.rest and asked.said.where.trigger:
        return Modal(room.forms.next(asked.said.speaker, case, asked.said.where))
    agreed = agreed_in(asked, case, asked.rest)
    step, reason = agreed.step, agreed.reason
    if step is None:
        raise TimeUnreadable(word="", number=case.number)
    if case.promise is not None:
        if not reason and asked.said.where.trigger:
            raise ReasonMissing(number=case.number, due=case.promise.due)
        # To move a promise is to keep its action, unless another is named.
        step = step if step.action else step.model_copy(update={"action": case.promise.action})
    confirmed = agreed.confirmed
    return await room.do(SetNextContact, asked, case, next=step, reason=plain(reason), confirmed=confirmed)


def agreed_in(asked: Asked, case: Case, phrase: str | None) -> Agreed:
    """The time, the action and the reason in a phrase such as `15:00 send the trace reason: agreed`.

    Raises TimeUnreadable.
    """
    if phrase is None:
        return Agreed()
    given, words = fields(phrase, _LABELS)
    found = find_time(words, asked.now, asked.said.speaker.tz)
    if found is None:
        raise TimeUnreadable(word=one_line(plain(words), 40), number=case.number)
    step = NextStep(due=found[0], action=plain(found[1]))
    return Agreed(step=step, reason=given.get("reason", ""), confirmed="outside" in given)


async def ack(room: Commands, asked: Asked) -> Reply:
    """The speaker saw the reminder, and is on it: for as long as they say, else for as long as the terms allow."""
    hold: timedelta | None = None
    with suppress(UnreadableTime):
        hold = read_duration(asked.rest)
    return await room.do(Acknowledge, asked, await room.case(asked), hold=hold)


def _how(word: str) -> How:
    return word if word in ("phone", "mail", "chat", "meeting", "portal") else "other"  # type: ignore[return-value]
