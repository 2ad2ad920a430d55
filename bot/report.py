"""Report: the daily line to the admin: how many cases, how late at worst, what could not be said."""

import logging
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.desk import Desk
from bot.domain.errors import NothingSaved
from bot.domain.values import UserId
from bot.ports import Alarm, DeliveryTrouble, Store, Unsure
from bot.watch import Herald

log = logging.getLogger(__name__)

SIGN = "daily line"
AGAIN = timedelta(minutes=5)
DAY = timedelta(hours=24)


def last_time(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The latest moment, not after `now`, at which clocks in that zone showed this time."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    found = today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)
    return found.astimezone(now.tzinfo)


class Reporter:
    """Says the daily line once a day, also across restarts: it is marked as said before it is sent."""

    def __init__(self, store: Store, desk: Desk, alarm: Alarm, herald: Herald, admin: UserId, at: time) -> None:
        self._store = store
        self._desk = desk
        self._alarm = alarm
        self._herald = herald
        self._admin = admin
        self._at = at

    async def run(self) -> None:
        """Until cancelled. What can't be said is tried again; after a lost answer it rather stays silent."""
        while True:
            try:
                await self.speak()
            except (DeliveryTrouble, NothingSaved) as trouble:
                log.warning("the daily line waits: %s", type(trouble).__name__)
            except Exception:
                log.exception("the daily line failed in a way nobody foresaw")
            await self._alarm.sleep(None, AGAIN)

    async def speak(self) -> bool:
        """Say the line if its time has come since it was last said. Raises DeliveryTrouble, NothingSaved."""
        now = self._desk.now()
        before = await self._store.read(lambda q: q.sign(SIGN))
        if before is None:  # the first day begins now, and its line comes at its end
            await self._store.write(lambda tx: tx.leave_sign(SIGN, now))
            return False
        wanted = last_time(now, self._at, await self._herald.zone(self._admin))
        if before >= wanted:
            return False
        await self._store.write(lambda tx: tx.leave_sign(SIGN, now))
        figures = await self._store.read(lambda q: q.figures(now - DAY))
        try:
            await self._herald.report(self._admin, figures)
        except Unsure:
            log.warning("nobody knows whether the daily line arrived: it is not said again")
        except DeliveryTrouble:
            await self._store.write(lambda tx: tx.leave_sign(SIGN, before))
            raise
        return True
