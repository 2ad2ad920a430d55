"""Kindred: parent cases and children as somebody may see them: the form, and whom a word for all means."""

from typing import Any

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.kin import children
from bot.domain.kin_messages import GatherCases
from bot.domain.values import CaseNumber, DeliveryId
from handlers.slack.gate import Gate
from handlers.slack.payloads import Where
from handlers.slack.people import Speaker
from handlers.slack.replies import Meta
from handlers.views import kin_modals as views

OFFERED = 90
"""Ours: cases to choose a parent from; a menu holds 100."""


class Kindred:
    """Asks the desk, and leaves out what the speaker can't see."""

    def __init__(self, desk: Desk, gate: Gate) -> None:
        self._desk = desk
        self._gate = gate

    async def found(self, number: int, speaker: Speaker, where: Where) -> Case:
        """The case that somebody named. Raises UnknownCase also where they can't see it."""
        case = await self._desk.find(CaseNumber(number))
        await self._gate.reveal(speaker, where, case)
        return case

    async def gather(self, delivery: DeliveryId, case: Case, speaker: Speaker, where: Where) -> GatherCases:
        """The command that makes this case the parent of those that may be one incident with it."""
        known = await self._desk.cases(case.incident.cases if case.incident else ())
        visible = tuple(one.number for one in await self._gate.visible(known, speaker, where))
        return GatherCases(delivery=delivery, by=speaker.user, case=case.number, cases=visible)

    async def told(self, case: Case, speaker: Speaker, where: Where) -> tuple[CaseNumber, ...]:
        """The children whose customers heard a contact that was made for all: those that the speaker sees."""
        known = await self._desk.cases(tuple(child.number for child in children(case)))
        return tuple(one.number for one in await self._gate.visible(known, speaker, where))

    async def form(self, case: Case, speaker: Speaker, where: Where) -> dict[str, Any]:
        """The form that asks for the parent: cases of the channel, and those that are named beside this one."""
        here, _ = await self._desk.listed(case.channel, OFFERED)
        beside = (case.incident.head, *case.incident.cases) if case.incident else ()
        above = (case.parent.number,) if case.parent else ()
        named = [one for one in await self._desk.cases((*above, *beside)) if one.status != "closed"]
        offered = list({one.number: one for one in (*named, *here) if one.number != case.number}.values())
        fit = [one for one in offered if one.parent is None]
        visible = await self._gate.visible(fit, speaker, where)
        meta = Meta.of(where, case.number).write()
        return views.parent_modal(case, visible[:OFFERED], speaker.language, meta)
