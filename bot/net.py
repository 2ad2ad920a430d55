"""Net: keeps the scheduled messages at Slack as they should be. What should lie is decided in `bot.domain.net`.

Level-triggered: a case is looked at when it changes and when its net comes near, and what lies is made what should. The
wish to lay is written down before Slack is asked, so that a crash in between leaves a question and no double.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import NothingSaved
from bot.domain.net import STEP, Laid, Net, uncrowded, wanted, work
from bot.domain.values import CaseNumber
from bot.pace import Pace, Rate
from bot.ports import (
    Alarm,
    Crowded,
    DeliveryTrouble,
    Faulty,
    MessageGone,
    Queries,
    Stopped,
    Store,
    Transaction,
    Unreachable,
    Unsure,
    Wait,
)
from bot.precautions import NetRules
from bot.watch import Place, Scheduled, Scheduler

log = logging.getLogger(__name__)

AT_ONCE = 20
LONGEST_SLEEP = timedelta(minutes=1)
TIER_3 = Rate(burst=20, per_second=0.8)
"""chat.scheduleMessage and chat.deleteScheduledMessage: 50 a minute each
(https://docs.slack.dev/reference/methods/chat.scheduleMessage)."""
AGAIN = timedelta(seconds=30)
"""Ours: after a lost answer or a trouble of Slack's that names no time."""
GIVEN_UP = timedelta(hours=1)
"""Ours: where neither the owner nor the thread can be reached, a change of the case is the better hope."""
CROWDED_MOST = 12


class Netkeeper:
    """Lays, moves and withdraws the nets of all cases."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        scheduler: Scheduler,
        alarm: Alarm,
        rules: NetRules,
        *,
        rate: Rate = TIER_3,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._desk = desk
        self._scheduler = scheduler
        self._alarm = alarm
        self._rules = rules
        self._rate = rate
        self._pace = Pace()
        self._monotonic = monotonic
        self._reconciled = False
        self._not_before: datetime | None = None

    async def run(self) -> None:
        """Until cancelled. Slack's or the disk's trouble leaves a net for later and never ends the loop."""
        while True:
            try:
                if await self.tend():
                    continue
                wake = await self._store.read(lambda q: q.next_net_look())
                wake = max(wake, self._not_before) if wake and self._not_before else wake or self._not_before
            except NothingSaved:
                log.warning("the nets wait: the database can't be written", exc_info=True)
                await asyncio.sleep(1)
                continue
            except Exception:
                log.exception("tending the nets failed in a way nobody foresaw")
                self._not_before, wake = self._desk.now() + AGAIN, None
            await self._alarm.sleep(wake, LONGEST_SLEEP)

    async def tend(self) -> int:
        """Look at every case whose time has come. Returns at how many."""
        now = self._desk.now()
        if self._not_before is not None and now < self._not_before:
            return 0
        self._not_before = None
        if not self._reconciled:
            return await self._reconcile()
        numbers = await self._store.read(lambda q: q.net_looks(now, AT_ONCE))
        for done, number in enumerate(numbers):
            if not await self._looked(number):
                return done
        return len(numbers)

    async def _looked(self, number: CaseNumber) -> bool:
        """Whether this case was seen to; after a trouble that is Slack's, the others wait as well."""
        try:
            await self._look(number)
        except (Wait, Stopped) as trouble:
            log.warning("the nets wait for Slack: %s", trouble.reason)
            self._not_before = self._desk.now() + (timedelta(seconds=trouble.seconds) or AGAIN)
            return False
        except DeliveryTrouble as trouble:
            log.warning("the net of SEV-%d can't be tended: %s", number, trouble.reason)
            again = self._desk.now() + (AGAIN if isinstance(trouble, Unsure) else GIVEN_UP)
            await self._store.write(lambda tx: tx.look_at_nets(number, again))
        return True

    # ------------------------------------------------------------ one case

    async def _look(self, number: CaseNumber) -> None:
        now = self._desk.now()

        def seen(q: Queries) -> tuple[Case | None, list[str], list[Laid], int]:
            return q.case(number), q.unsaid(number), q.nets(number), q.net_wish(number)

        case, unsaid, laid, wish = await self._store.read(seen)
        nets = wanted(case, unsaid, now, self._rules.grace) if case and self._rules.scheduled else ()
        todo = work(nets, laid, case.thread if case else None, now)
        for one in todo.spoke:
            await self._note_spoken(one)
        for one in todo.find:
            await self._find(one)
        for net in todo.lay:
            assert case is not None
            await self._lay(net, case)
        for one in todo.withdraw:
            await self._withdraw(one)
        # Whoever was looked for may or may not lie: look at once again, with open eyes.
        await self._store.write(lambda tx: tx.looked_at_nets(number, wish, now if todo.find else todo.look_at))

    async def _note_spoken(self, one: Laid) -> None:
        log.warning("%s: the net spoke at %s, so this bot was silent then", one.key, one.post_at.isoformat())
        await self._store.write(lambda tx: tx.net_spoke(one.seq))

    async def _lay(self, net: Net, case: Case) -> None:
        places = [Place(person=net.to)] if net.to else []
        if case.thread is not None:
            places.append(Place(channel=case.channel, thread=case.thread))
        for index, place in enumerate(places):
            try:
                return await self._lay_in(place, net, case)
            except Unreachable as trouble:
                log.warning("%s: no net in %s: %s", net.key, place.name, trouble.reason)
                if index == len(places) - 1:
                    raise

    async def _lay_in(self, place: Place, net: Net, case: Case) -> None:
        others = await self._store.read(lambda q: q.net_times(net.post_at - STEP))
        post_at = uncrowded(place.name, net.post_at, others)
        for step in range(CROWDED_MOST):
            try:
                return await self._attempt(place, net, case, post_at + step * STEP)
            except Crowded as trouble:
                log.info("%s: %s in %s, so five minutes later", net.key, trouble.reason, place.name)
        raise Faulty(f"no room for an hour after {net.post_at.isoformat()}")

    async def _attempt(self, place: Place, net: Net, case: Case, post_at: datetime) -> None:
        seq = await self._store.write(lambda tx: tx.begin_net(net, place.name, place.thread, post_at))
        try:
            await self._turn("chat.scheduleMessage")
            lies = await self._scheduler.lay(net, case, place, post_at)
        except Unsure:
            raise  # it may lie: the row stays, and is looked for
        except DeliveryTrouble:
            await self._store.write(lambda tx: tx.forget_net(seq))
            raise
        await self._store.write(lambda tx: tx.settle_net(seq, lies.channel, lies.id))

    async def _withdraw(self, one: Laid) -> None:
        assert one.channel is not None
        assert one.scheduled is not None
        try:
            await self._turn("chat.deleteScheduledMessage")
            await self._scheduler.withdraw(one.channel, one.scheduled)
        except MessageGone:
            log.info("%s: its net was withdrawn by somebody else", one.key)
        await self._store.write(lambda tx: tx.forget_net(one.seq))

    async def _find(self, one: Laid) -> None:
        """Its answer was lost: adopt it where it lies, else forget it."""
        if one.post_at <= self._desk.now():
            await self._store.write(lambda tx: tx.net_spoke(one.seq))  # the owner may well have it
            return
        known = {net.scheduled for net in await self._store.read(lambda q: q.nets(one.case))}
        await self._turn("chat.scheduledMessages.list")
        listed = await self._scheduler.lying(one.post_at)
        found = next((lies for lies in listed if lies.id not in known and _is(one, lies)), None)
        if found is not None:
            await self._store.write(lambda tx: tx.settle_net(one.seq, found.channel, found.id))
        else:
            await self._store.write(lambda tx: tx.forget_net(one.seq))

    # ------------------------------------------------------------ at start

    async def _reconcile(self) -> int:
        """Compare what we believe with what Slack has; then every case is looked at. Returns 1, or 0 to try later."""
        if not self._rules.scheduled and not await self._store.read(lambda q: q.nets()):
            self._reconciled = True  # switched off, and nothing left of earlier days
            return 1
        try:
            await self._turn("chat.scheduledMessages.list")
            lying = await self._scheduler.lying()
            await self._compare(lying)
        except DeliveryTrouble as trouble:
            log.warning("the nets wait for Slack: %s", trouble.reason)
            self._not_before = self._desk.now() + (timedelta(seconds=trouble.seconds) or AGAIN)
            return 0
        self._reconciled = True
        return 1

    async def _compare(self, lying: list[Scheduled]) -> None:
        now = self._desk.now()
        believed = await self._store.read(lambda q: q.nets())
        there = {one.id: one for one in lying}
        known = {one.scheduled for one in believed if one.scheduled is not None}
        adopted: set[str] = set()

        def put_right(tx: Transaction) -> None:
            for one in believed:
                if one.scheduled is None:
                    fresh = (lies for lies in lying if lies.id not in known | adopted)
                    found = next((lies for lies in fresh if _is(one, lies)), None)
                    if found is not None:
                        adopted.add(found.id)
                        tx.settle_net(one.seq, found.channel, found.id)
                    elif one.post_at > now:
                        tx.forget_net(one.seq)
                    else:
                        tx.net_spoke(one.seq)  # as below: the owner may well have it
                elif not one.spoke and one.post_at > now and one.scheduled not in there:
                    tx.forget_net(one.seq)  # somebody removed it: it is made anew
            tx.look_at_all_nets(now)

        await self._store.write(put_right)
        strays = [lies for lies in lying if lies.id not in known | adopted]
        for lies in strays:
            log.warning("SEV-%d: a scheduled message that nobody here knows is withdrawn", lies.case)
            try:
                await self._turn("chat.deleteScheduledMessage")
                await self._scheduler.withdraw(lies.channel, lies.id)
            except MessageGone:
                continue

    async def _turn(self, method: str) -> None:
        wait = self._pace.turn(method, self._rate, self._monotonic())
        if wait > 0:
            await asyncio.sleep(wait)


def _is(one: Laid, lies: Scheduled) -> bool:
    """Whether a message that Slack lists is this net, whose answer was lost: case and second are all its name."""
    return (one.case, one.post_at) == (lies.case, lies.post_at)
