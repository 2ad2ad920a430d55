"""Herald: speaks to the admin about the bot itself: the daily line, and what the auditor found."""

from zoneinfo import ZoneInfo

from bot.domain.audit import Miss
from bot.domain.values import UserId
from bot.watch import Figures
from handlers.slack.messenger import SlackMessenger
from handlers.slack.people import Speaker, speaker
from handlers.views.watch import daily_line, findings, group_not_kept, not_reloaded


class SlackHerald:
    """Direct messages to the admin, in their language and zone. Raises DeliveryTrouble."""

    def __init__(self, messenger: SlackMessenger) -> None:
        self._messenger = messenger

    async def zone(self, admin: UserId) -> ZoneInfo:
        """The admin's own zone."""
        return (await self._reader(admin)).tz

    async def report(self, admin: UserId, figures: Figures) -> None:
        """The daily line."""
        reader = await self._reader(admin)
        await self._messenger.tell(admin, daily_line(figures, language=reader.language))

    async def alarm(self, admin: UserId, misses: list[Miss]) -> None:
        """What the auditor found."""
        reader = await self._reader(admin)
        await self._messenger.tell(admin, findings(misses, language=reader.language, zone=reader.zone))

    async def faults(self, admin: UserId, faults: tuple[str, ...]) -> None:
        """Why a changed configuration is not in force."""
        reader = await self._reader(admin)
        await self._messenger.tell(admin, not_reloaded(faults, language=reader.language))

    async def user_group(self, admin: UserId, group: str, reason: str) -> None:
        """A user group could not be kept in step."""
        reader = await self._reader(admin)
        await self._messenger.tell(admin, group_not_kept(group, reason, language=reader.language))

    async def _reader(self, admin: UserId) -> Speaker:
        return speaker(await self._messenger.people.profile(admin))
