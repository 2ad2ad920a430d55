"""Recall: past cases like one, of those that the reader may see."""

import logging
from collections.abc import Sequence

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import NothingSaved
from bot.domain.likeness import grams, grams_of
from bot.domain.values import UserId
from bot.memory import Past
from bot.ports import DeliveryTrouble
from handlers.slack.gate import Gate
from handlers.slack.payloads import Where
from handlers.slack.people import People, Speaker, speaker

log = logging.getLogger(__name__)

SHOWN, IN_BRIEF = 5, 3
LOOKED_AT = 30
"""Ours: how many of them are looked at, since some may lie in channels that the reader does not see."""


class Recall:
    """Asks the desk, and leaves out what is not for the reader."""

    def __init__(self, desk: Desk, gate: Gate, people: People) -> None:
        self._desk = desk
        self._gate = gate
        self._people = people

    async def like(
        self, case: Case | None, reader: Speaker, where: Where, words: str = "", most: int = SHOWN
    ) -> list[Past]:
        """Past cases like this one, or that say these words, most alike first."""
        wanted = grams(words) if words else grams_of(case) if case else ()
        found = await self._desk.alike(wanted, LOOKED_AT, apart=case.number if case else None)
        visible = {one.number for one in await self._gate.visible([past.case for past in found], reader, where)}
        return [past for past in found if past.case.number in visible][:most]

    async def for_brief(self, case: Case, person: UserId) -> Sequence[Past]:
        """A few for somebody who is asked to take the case over; none where they can't be found out right now."""
        try:
            profile = await self._people.profile(person)
            reader = speaker(profile).model_copy(update={"badge": self._people.badge(profile)})
            return await self.like(case, reader, Where(team=self._people.home), most=IN_BRIEF)
        except (DeliveryTrouble, NothingSaved):
            log.info("SEV-%d is handed over without past cases", case.number)
            return ()
