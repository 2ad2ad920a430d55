"""Letters: one notice on its way. Said, found where it stands already, put off, said elsewhere, or parked.

Between "Slack accepted it" and "we settled it" the process may die, and an answer may be lost: such a letter is unsure.
It is looked for by its metadata, twice with a pause between, before it is said again. Where nobody can look, what
somebody must hear is repeated and says so, and everything else is parked: silence is better than saying it twice.
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.desk import Desk
from bot.domain.case import TIME, Case
from bot.domain.errors import NothingSaved
from bot.domain.instead import instead_of
from bot.domain.ladder import backups
from bot.domain.messages import (
    NEWS,
    CaseCommand,
    CaseOpened,
    FindPlace,
    LoseOwner,
    LosePlace,
    LoseThread,
    Notice,
    StartThread,
    ThreadLost,
)
from bot.domain.notices import addressed, still_worth_saying
from bot.domain.values import CaseNumber, DeliveryId, UserId
from bot.pace import LOOKING, POSTS, Limits, Pace
from bot.patience import LOOK_AGAIN, LOOKS, insist, is_over, pause
from bot.ports import (
    DeliveryTrouble,
    Faulty,
    Letter,
    Limited,
    Messenger,
    NotMember,
    PersonGone,
    Receipt,
    Stopped,
    Store,
    ThreadGone,
    ThreadShut,
    Transaction,
    Unreachable,
    Unreadable,
    Unsure,
    Wait,
)

log = logging.getLogger(__name__)


class NotSeenYet(DeliveryTrouble):
    """It was looked for and not found; Slack may show it in a moment."""


class Unforeseen(Unsure):
    """Something failed that nobody thought of: it may have been said."""


async def find(desk: Desk, number: CaseNumber) -> Case:
    """The case as it is in this moment. Raises DeliveryTrouble."""
    try:
        return await desk.find(number)
    except NothingSaved:
        raise Wait("the database can't be read", seconds=1) from None
    except Exception as error:
        log.exception("SEV-%d can't be read", number)
        raise Faulty(f"the case can't be read: {type(error).__name__}") from error


class Letters:
    """Carries a letter that was taken from the outbox to one of its ends."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        messenger: Messenger,
        pace: Pace,
        limits: Limits,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._desk = desk
        self._messenger = messenger
        self._pace = pace
        self._limits = limits
        self._monotonic = monotonic

    async def carry(self, letter: Letter) -> None:
        """Take one step with it, and write down how that went, however long the disk refuses."""
        try:
            case = await find(self._desk, letter.notice.case)
            receipt = await self._said(letter, case)
        except DeliveryTrouble as trouble:
            await self._trouble(letter, trouble)
        except Exception as error:
            log.exception("sending %s failed in a way nobody foresaw", letter.notice.key)
            await self._trouble(letter, Unforeseen(f"unforeseen: {type(error).__name__}"))
        else:
            await self._settle(letter, case, receipt)

    async def carry_together(self, letters: Sequence[Letter]) -> None:
        """Say several reminders to one person as one message; what can't share it goes its own way."""
        sharing: list[tuple[Letter, Case]] = []
        for letter in letters:
            try:
                case = await find(self._desk, letter.notice.case)
            except DeliveryTrouble as trouble:
                await self._trouble(letter, trouble)
                continue
            if not still_worth_saying(case, letter.notice):
                await self._settle(letter, case, None)
            elif addressed(case, letter.notice).to != letter.notice.to:
                await self.carry(letter)
            else:
                sharing.append((letter, case))
        if len(sharing) > 1:
            await self._shared(sharing)
        elif sharing:
            await self.carry(sharing[0][0])

    async def _shared(self, sharing: Sequence[tuple[Letter, Case]]) -> None:
        try:
            receipt = await self._messenger.deliver_together(sharing, self._desk.now())
        except Faulty:
            for letter, _ in sharing:  # one that can't be put into words holds up no other
                await self.carry(letter)
        except Limited as trouble:
            self._shut(sharing[0][0], trouble)  # once: each time would halve the rate again
            for letter, _ in sharing:
                await self._put_off(letter, trouble, seconds=trouble.seconds)
        except DeliveryTrouble as trouble:
            for letter, _ in sharing:
                await self._trouble(letter, trouble)
        except Exception as error:
            log.exception("sending %d reminders together failed in a way nobody foresaw", len(sharing))
            for letter, _ in sharing:
                await self._trouble(letter, Unforeseen(f"unforeseen: {type(error).__name__}"))
        else:
            for letter, case in sharing:
                await self._settle(letter, case, receipt)

    async def _said(self, letter: Letter, case: Case) -> Receipt | None:
        """Say it, unless it stands there already or is no longer true. Raises DeliveryTrouble."""
        wanted = still_worth_saying(case, letter.notice)
        if letter.unsure:
            try:
                found = await self._messenger.find(letter, case)
            except DeliveryTrouble as trouble:
                if not wanted:
                    return None
                if not isinstance(trouble, Unreadable) or letter.notice.urgency == NEWS:
                    raise
                letter = letter.model_copy(update={"repeat": True})
            else:
                if found is not None:
                    return found
                if wanted and letter.looked + 1 < LOOKS:
                    raise NotSeenYet("not seen where it may stand")
        if not wanted:
            return None
        notice = addressed(case, letter.notice)
        self._turn_of_another(letter.notice, notice)
        if notice.place in ("thread", "broadcast") and case.thread is None:
            raise Unreachable("the case has no thread")
        letter = letter.model_copy(update={"notice": notice})
        return await self._messenger.deliver(letter, case, self._desk.now())

    def _turn_of_another(self, taken: Notice, notice: Notice) -> None:
        """Whoever owns the case now has a lane of their own. Raises Wait."""
        if notice.to is None or notice.to == taken.to:
            return
        wait = self._pace.turn(notice.to, self._limits.channel, self._monotonic())
        if wait > 0:
            raise Wait("another's turn", seconds=wait)

    # ------------------------------------------------------------ how it ended

    async def _settle(self, letter: Letter, case: Case, receipt: Receipt | None) -> None:
        notice = letter.notice
        if receipt is not None:
            if isinstance(notice.fact, CaseOpened | ThreadLost) and notice.place == "channel":
                delivery = DeliveryId(f"letter:{letter.id}")
                await self._act(StartThread(delivery=delivery, by=TIME, case=notice.case, thread=receipt.ts))
            place = addressed(case, notice).to if notice.place == "person" else None
            if case.lost(place) is not None:
                found = DeliveryId(f"found:{letter.id}")
                await self._act(FindPlace(delivery=found, by=TIME, case=notice.case, to=place))
        now = self._desk.now()
        await self._written(lambda tx: tx.settle_letter(letter.id, receipt, now))

    async def _trouble(self, letter: Letter, trouble: DeliveryTrouble) -> None:
        match trouble:
            case NotSeenYet():
                await self._put_off(letter, trouble, seconds=LOOK_AGAIN, looked=letter.looked + 1)
            case Limited():
                self._shut(letter, trouble)
                await self._put_off(letter, trouble, seconds=trouble.seconds)
            case Wait():
                await self._put_off(letter, trouble, seconds=max(trouble.seconds, 0.0) or None)
            case ThreadGone():
                await self._lose_thread(letter)
                await self._put_off(letter, trouble, seconds=0)
            case Unreachable():
                await self._elsewhere(letter, trouble)
            case Unreadable():
                await self._park(letter, f"it may have been said, and nobody can look: {trouble.reason}")
            case Faulty():
                log.error("%s can't be said: %s", letter.notice.key, trouble.reason)
                await self._park(letter, trouble.reason)
            case Stopped():
                log.error("Slack refuses us: %s", trouble.reason)
                await self._put_off(letter, trouble, seconds=60)
            case _:
                await self._put_off(letter, trouble)

    def _shut(self, letter: Letter, trouble: Limited) -> None:
        """The method, and for a post the channel: Slack does not say which of the two was too fast."""
        now = self._monotonic()
        if trouble.method.startswith("conversations."):
            self._pace.shut(LOOKING, trouble.seconds, now)
            return
        self._pace.shut(POSTS, trouble.seconds, now)
        if lane := letter.lane:
            self._pace.shut(lane, trouble.seconds, now)

    async def _put_off(
        self, letter: Letter, trouble: DeliveryTrouble, *, seconds: float | None = None, looked: int | None = None
    ) -> None:
        now = self._desk.now()
        if is_over(letter.attempts, now - letter.created_at, foreseen=not isinstance(trouble, Unforeseen)):
            log.error("%s is given up after %d tries: %s", letter.notice.key, letter.attempts + 1, trouble.reason)
            await self._park(letter, f"given up after {letter.attempts + 1} tries: {trouble.reason}")
            return
        until = now + timedelta(seconds=pause(letter.attempts) if seconds is None else seconds)
        lost = isinstance(trouble, Unsure)
        # An answer lost anew is a new message to look for.
        seen = 0 if lost else letter.looked if looked is None else looked
        unsure = lost or letter.unsure
        await self._written(lambda tx: tx.postpone_letter(letter.id, until, trouble.reason, unsure=unsure, looked=seen))

    async def _park(self, letter: Letter, reason: str) -> None:
        now = self._desk.now()

        def park(tx: Transaction) -> None:
            tx.park_letter(letter.id, reason, now)
            self._desk.show_parked(tx, letter.notice.case, now)

        await self._written(park)

    async def _elsewhere(self, letter: Letter, trouble: Unreachable) -> None:
        """This place is broken: say it in the next one, and keep the broken one where people see it."""
        log.warning("%s can't be reached: %s", letter.notice.key, trouble.reason)
        notice, now = letter.notice, self._desk.now()
        case = await insist(lambda: self._desk.find(notice.case))
        notice = addressed(case, notice)
        admin = self._desk.config.rules(case.channel).admin
        if notice.to is None or notice.to in (case.owner, *backups(case)) or notice.to != admin:
            case = await self._lose_place(letter, case, notice.to, trouble)
        instead = instead_of(case, notice, admin, thread_only=isinstance(trouble, ThreadShut))
        reason = f"{trouble.reason} (told elsewhere)" if instead else trouble.reason

        def both(tx: Transaction) -> None:
            tx.park_letter(letter.id, reason, now)
            for other in instead:
                tx.enqueue(other, now)
            self._desk.show_parked(tx, notice.case, now)

        if isinstance(trouble, PersonGone) and notice.to == case.owner:
            # Before the letter is parked: who dies in between finds it again, and does both once.
            await self._act(LoseOwner(delivery=DeliveryId(f"gone:{letter.id}"), by=TIME, case=case.number))
        await self._written(both)

    async def _lose_place(self, letter: Letter, case: Case, to: UserId | None, trouble: Unreachable) -> Case:
        """The case, knowing who or what can't be reached."""
        waits = letter.notice.place in ("thread", "broadcast") and case.thread is None
        if waits or isinstance(trouble, ThreadShut):
            return case  # not the channel's fault
        delivery = DeliveryId(f"lost:{letter.id}:{letter.attempts}")
        about = {"to": to, "reason": trouble.reason, "edits": isinstance(trouble, NotMember)}
        await self._act(LosePlace(delivery=delivery, by=TIME, case=case.number, **about))
        return await insist(lambda: self._desk.find(case.number))

    async def _lose_thread(self, letter: Letter) -> None:
        case = await insist(lambda: self._desk.find(letter.notice.case))
        if case.thread is not None:
            delivery = DeliveryId(f"thread-gone:{case.number}:{case.thread}")
            await self._act(LoseThread(delivery=delivery, by=TIME, case=case.number, thread=case.thread))

    async def _written(self, work: Callable[[Transaction], None]) -> None:
        """Write down how it went, however long the disk refuses: a letter in hand must not be forgotten."""
        await insist(lambda: self._store.write(work))

    async def _act(self, command: CaseCommand) -> None:
        """Let the desk know what became of a message, however long the disk refuses."""
        await insist(lambda: self._desk.handle(command))
