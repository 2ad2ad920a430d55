"""User groups: keeps those that the roster names to the people who are on duty.

Nothing is written down: who belongs into a group follows from the roster and the moment, so a start sets it anew. Slack
refuses a group without anybody; while nobody is on duty, those who were stay in it.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.desk import Desk
from bot.domain.errors import NothingSaved
from bot.domain.shift_letter import next_moment
from bot.domain.values import UserId
from bot.ports import Alarm, DeliveryTrouble, Faulty, Stopped, Store, Unreachable
from bot.watch import Herald

log = logging.getLogger(__name__)

LONGEST_SLEEP = timedelta(minutes=1)
AGAIN = timedelta(hours=1)
"""Ours: what somebody has to mend first is tried again after this long."""
TOLD_EVERY = timedelta(days=1)
"""Ours: the admin hears of one group this often, however often the bot is started."""


class Groups(Protocol):
    """Changes user groups. Raises DeliveryTrouble."""

    async def fill(self, group: str, people: tuple[UserId, ...]) -> None: ...


class Groupkeeper:
    """Looks who is on duty, and changes the groups that are behind."""

    def __init__(self, store: Store, desk: Desk, groups: Groups, herald: Herald, alarm: Alarm) -> None:
        self._store = store
        self._desk = desk
        self._groups = groups
        self._herald = herald
        self._alarm = alarm
        self._set: dict[str, tuple[UserId, ...]] = {}
        self._resting: dict[str, datetime] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.keep()
            except NothingSaved:
                log.warning("whether the admin was told of a user group can't be read", exc_info=True)
            roster = self._desk.config.roster
            await self._alarm.sleep(next_moment(roster, self._desk.now()) if roster else None, LONGEST_SLEEP)

    async def keep(self) -> int:
        """Change every group that is behind, and return how many those were."""
        roster, now = self._desk.config.roster, self._desk.now()
        wanted: Mapping[str, tuple[UserId, ...]] = roster.in_groups(now) if roster is not None else {}
        changed = 0
        for group, people in wanted.items():
            behind = bool(people) and set(self._set.get(group, ())) != set(people)
            if behind and self._resting.get(group, now) <= now:
                changed += await self._filled(group, people, now)
        return changed

    async def _filled(self, group: str, people: tuple[UserId, ...], now: datetime) -> int:
        try:
            await self._groups.fill(group, people)
        except (Stopped, Faulty, Unreachable) as trouble:
            log.warning("the user group %s can't be kept: %s", group, trouble.reason)
            self._resting[group] = now + AGAIN
            await self._tell(group, trouble.reason, now)
            return 0
        except DeliveryTrouble as trouble:
            self._resting[group] = now + timedelta(seconds=max(trouble.seconds, 5.0))
            return 0
        self._set[group] = people
        return 1

    async def _tell(self, group: str, reason: str, now: datetime) -> None:
        admin, name = self._desk.config.defaults.admin, f"user-group {group}"
        told = await self._store.read(lambda q: q.sign(name))
        if admin is None or (told is not None and now - told < TOLD_EVERY):
            return
        await self._store.write(lambda tx: tx.leave_sign(name, now))
        try:
            await self._herald.user_group(admin, group, reason)
        except DeliveryTrouble as trouble:
            log.warning("the admin could not be told of the user group %s: %s", group, trouble.reason)
