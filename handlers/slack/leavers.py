"""Leavers: what an account that is gone leaves behind on the cases: nobody may wait for somebody who is not there."""

from bot.desk import Desk
from bot.domain.access import ITSELF
from bot.domain.case import TIME
from bot.domain.messages import LoseOwner, ReleaseArea, WithdrawTask
from bot.domain.task import in_hand
from bot.domain.values import DeliveryId
from handlers.slack.payloads import ProfileChanged


async def tidy_up(desk: Desk, changed: ProfileChanged) -> None:
    """Their cases have no owner, their areas no holder, and what was asked of them goes back to whoever asked."""
    for case in await desk.mine(changed.user):
        if case.owner == changed.user:
            delivery = DeliveryId(f"{changed.delivery}:{case.number}")
            await desk.handle(LoseOwner(delivery=delivery, by=TIME, case=case.number))
        for area in [area for area in case.areas if area.has(changed.user)]:
            # Otherwise the card says for ever that somebody is looking.
            delivery = DeliveryId(f"{changed.delivery}:{case.number}:{area.key}")
            gone = ReleaseArea(delivery=delivery, by=changed.user, case=case.number, area=area.key)
            await desk.handle(gone, ITSELF)
        for task in in_hand(case, changed.user):
            delivery = DeliveryId(f"{changed.delivery}:{case.number}:task:{task.serial}")
            back = WithdrawTask(delivery=delivery, by=TIME, case=case.number, task=task.serial)
            await desk.handle(back, ITSELF)
