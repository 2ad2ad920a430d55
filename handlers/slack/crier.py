"""Crier: says shift letters as direct messages, in the reader's language and zone."""

from datetime import datetime

from bot.domain.roster import Duty, Roster
from bot.domain.values import UserId
from bot.ports import DeliveryTrouble, Receipt, ShiftLetterHeld
from bot.shifts import Promises
from handlers.slack.messenger import SlackMessenger
from handlers.views import shifts


class SlackCrier:
    """Over the messenger. Raises DeliveryTrouble."""

    def __init__(self, messenger: SlackMessenger) -> None:
        self._messenger = messenger

    async def digest(self, held: ShiftLetterHeld, due: Promises, now: datetime) -> Receipt:
        reader = await self._messenger.people.reader(held.letter.person)
        message = shifts.digest(held.letter, tuple(due), language=reader.language, zone=reader.zone, now=now)
        return await self._messenger.post_to(held.letter.person, message, held.id)

    async def relief(
        self, held: ShiftLetterHeld, promises: Promises, relief: tuple[Duty, ...], roster: Roster, now: datetime
    ) -> Receipt:
        reader = await self._messenger.people.reader(held.letter.person)
        comers = list(dict.fromkeys(person for duty in relief for person in duty.everybody))[: shifts.MOST_COMERS]
        names = {person: await self._name(person) for person in comers}
        message = shifts.relief(
            held.letter, tuple(promises), relief, names, roster, language=reader.language, zone=reader.zone, now=now
        )
        return await self._messenger.post_to(held.letter.person, message, held.id)

    async def find(self, held: ShiftLetterHeld) -> Receipt | None:
        return await self._messenger.find_at(held.letter.person, held.id, held.letter.planned)

    async def _name(self, person: UserId) -> str:
        """What a button calls somebody; empty where Slack does not say."""
        try:
            return (await self._messenger.people.profile(person)).name
        except DeliveryTrouble:
            return ""
