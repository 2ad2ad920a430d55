"""Relatives: the cases that are named beside one, looked up when it is drawn or spoken of."""

from collections.abc import Callable

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import NothingSaved
from bot.domain.kin_messages import IncidentGrew, IncidentSuspected
from bot.domain.values import ChannelId, Timestamp
from bot.ports import Wait
from handlers.views.kin import numbers
from handlers.views.pen import Kin

Address = Callable[[ChannelId, Timestamp], str]


class Relatives:
    """Asks the desk; `desk` is set once it is there."""

    desk: Desk

    async def of(self, case: Case, link: Address | None, fact: IncidentSuspected | IncidentGrew | None = None) -> Kin:
        """The cases that its card names, or that this fact speaks of. Raises Wait."""
        match fact:
            case IncidentSuspected():
                named = fact.others
            case IncidentGrew():
                named = (fact.joined,)
            case None:
                named = numbers(case)
        if not named:
            return Kin()
        try:
            found = {one.number: one for one in await self.desk.cases(named)}
        except NothingSaved:
            raise Wait("the database can't be read", seconds=1) from None
        return Kin(found, None if link is None else lambda one: link(one.channel, one.thread or Timestamp("")))
