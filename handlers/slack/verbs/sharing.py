"""Sharing: give the case over, call for help, keep what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.case import Case
from bot.domain.errors import (
    AnotherTime,
    HandoffToNobody,
    NoHandoff,
    OwnerAlready,
    PromiseRefusal,
    TaskInstead,
    TaskReasonMissing,
    TextMissing,
)
from bot.domain.family import exactly_named, take_area
from bot.domain.handoff import expected
from bot.domain.messages import (
    AcceptHandoff,
    AddNote,
    CallForHelp,
    DeclineHandoff,
    EditCase,
    Leave,
    OfferHandoff,
    WithdrawHandoff,
)
from bot.domain.task import in_hand
from bot.domain.text import fold, mentions, plain
from bot.domain.values import UserId
from handlers.slack.replies import Modal, Reply
from handlers.slack.times import find_time
from handlers.slack.verbs.promising import CONFIRMED
from handlers.slack.words import fields

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

_PRODUCT = ("製品", "製品ファミリー", "product")
_RECEIPT = {"reason": ("理由", "because", "事由"), **CONFIRMED}
WITHDRAW = frozenset({"withdraw", "withdrawn", "cancel", "取消", "取り消し", "取消し", "取り下げ", "取下げ"})


async def handoff(room: Commands, asked: Asked) -> Reply:
    """Offer the case to the person mentioned."""
    case = await room.case(asked)
    receivers = [user for user in mentions(asked.rest) if user != room.bot]
    if not receivers and fold(asked.rest) in WITHDRAW:
        return await room.do(WithdrawHandoff, asked, case)
    if not receivers:
        return room.ask(
            asked,
            case,
            lambda: room.forms.handoff(asked.said.speaker, case, asked.said.where),
            HandoffToNobody(number=case.number),
        )
    to = UserId(receivers[0])
    await room.can_own(to)
    return await room.do(OfferHandoff, asked, case, to=to, note=plain(asked.rest, keep_mentions=False))


async def accept(room: Commands, asked: Asked) -> Reply:
    """Take the case that was offered: the next contact where it is read back, and the first action."""
    case, speaker = await room.case(asked), asked.said.speaker
    _offered(case, asked.by, TaskInstead.example)
    given, words = fields(asked.rest, _RECEIPT)
    found = find_time(words, asked.now, speaker.tz)
    action = plain(found[1] if found else words)
    if not action and asked.said.where.trigger:
        typed = words if found else ""
        return Modal(room.forms.accept(speaker, case, asked.said.where, next_at=typed))
    about = {"due": found[0] if found else None, "action": action, "confirmed": "outside" in given}
    try:
        return await room.do(AcceptHandoff, asked, case, reason=plain(given.get("reason", "")), **about)
    except PromiseRefusal as error:
        error.example = AnotherTime.example  # a line that only promises would not take the case
        raise


async def decline(room: Commands, asked: Asked) -> Reply:
    """Give the offer back, with a reason."""
    case = await room.case(asked)
    _offered(case, asked.by, TaskReasonMissing.example)
    return await room.do(DeclineHandoff, asked, case, reason=plain(asked.rest))


def _offered(case: Case, by: UserId, answer: str) -> None:
    """Let an answer to the offer pass. Who is asked for a task meant that; raises TaskInstead, which says so."""
    try:
        expected(case, by)
    except (NoHandoff, OwnerAlready):
        tasks = [task for task in in_hand(case, by) if task.state == "asked"]
        if not tasks:
            raise
        error = TaskInstead(number=case.number, task=tasks[0].serial)
        error.example = answer
        raise error from None


async def swarm(room: Commands, asked: Asked) -> Reply:
    """Call the channel for help now; for one area, where the line begins with its name."""
    case, words = await room.case(asked), plain(asked.rest).strip()
    area, asking, _ = take_area(words, case.areas, asked.said.speaker.language)
    if area is None or not exactly_named(words, asking, area):
        return await room.do(CallForHelp, asked, case, asking=words)
    return await room.do(CallForHelp, asked, case, area=area.key, asking=asking)


async def leave(room: Commands, asked: Asked) -> Reply:
    """The speaker is not in the case: they only passed by, or have to go."""
    return await room.do(Leave, asked, await room.case(asked))


async def note(room: Commands, asked: Asked) -> Reply:
    """Keep a remark in the timeline."""
    case = await room.case(asked)
    if not asked.rest:
        return room.ask(
            asked,
            case,
            lambda: room.forms.note(asked.said.speaker, case, asked.said.where),
            TextMissing(number=case.number, verb=asked.words.said_verb),
        )
    return await room.do(AddNote, asked, case, text=plain(asked.rest))


async def edit(room: Commands, asked: Asked) -> Reply:
    """Fill in or correct what the card shows."""
    case = await room.case(asked)
    labels = {**room.teams.patterns(case.channel).labels, "family": _PRODUCT}
    given, _ = fields(asked.rest, labels)
    if not given:
        return room.ask(
            asked,
            case,
            lambda: room.forms.edit(asked.said.speaker, case, asked.said.where),
            TextMissing(number=case.number, verb=f"{asked.words.said_verb} customer:"),
        )
    changes: dict[str, Any] = {name: plain(value) for name, value in given.items() if name != "deadline"}
    if "family" in changes:
        changes["family"] = room.forms.family_named(changes["family"], case)
    if "deadline" in given:
        found = find_time(given["deadline"], asked.now, asked.said.speaker.tz)
        changes |= {"deadline": found[0] if found else None, "deadline_text": plain(given["deadline"])}
    return await room.do(EditCase, asked, case, **changes)
