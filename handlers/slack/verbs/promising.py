"""Promising: what was said to the customer, and when they hear from us next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.case import Case
from bot.domain.errors import ContactEmpty, NextContactMissing, PromiseRefusal, ReasonMissing, TimeUnreadable
from bot.domain.messages import Acknowledge, How, NextStep, RecordContact, SetNextContact
from bot.domain.text import one_line, plain
from handlers.slack.replies import Modal, Reply
from handlers.slack.times import find_time
from handlers.slack.words import fields, split_next

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_REASON = {"reason": ("理由", "because", "事由")}


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
    how, said, phrase = split_next(asked.rest)
    step, reason = _next_step(asked, case, phrase)
    if not said or (step is None and case.status == "open" and case.terms.next_contact_required):
        if not asked.said.where.trigger and said:
            raise NextContactMissing(number=case.number, severity=case.severity)
        if asked.said.where.trigger:
            form = room.forms.contacted(asked.said.speaker, case, asked.said.where, how=how, said=plain(said))
            return Modal(form)
    return await room.do(RecordContact, asked, case, how=_how(how), said=plain(said), next=step, reason=plain(reason))


async def next_contact(room: Commands, asked: Asked) -> Reply:
    """Set or move the next contact."""
    case = await room.case(asked)
    if not asked.rest and asked.said.where.trigger:
        return Modal(room.forms.next(asked.said.speaker, case, asked.said.where))
    step, reason = _next_step(asked, case, asked.rest)
    if step is None:
        raise TimeUnreadable(word="", number=case.number)
    if case.promise is not None:
        if not reason and asked.said.where.trigger:
            raise ReasonMissing(number=case.number, due=case.promise.due)
        # To move a promise is to keep its action, unless another is named.
        step = step if step.action else step.model_copy(update={"action": case.promise.action})
    return await room.do(SetNextContact, asked, case, next=step, reason=plain(reason))


def _next_step(asked: Asked, case: Case, phrase: str | None) -> tuple[NextStep | None, str]:
    """The time, the action and the reason in a phrase such as `15:00 send the trace reason: agreed`."""
    if phrase is None:
        return None, ""
    given, words = fields(phrase, _REASON)
    found = find_time(words, asked.now, asked.said.speaker.tz)
    if found is None:
        raise TimeUnreadable(word=one_line(plain(words), 40), number=case.number)
    return NextStep(due=found[0], action=plain(found[1])), given.get("reason", "")


async def ack(room: Commands, asked: Asked) -> Reply:
    """The speaker saw the reminder."""
    return await room.do(Acknowledge, asked, await room.case(asked))


def _how(word: str) -> How:
    return word if word in ("phone", "mail", "chat", "meeting", "portal") else "other"  # type: ignore[return-value]
