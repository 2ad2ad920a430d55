"""Watch: what those who watch over the bot (net, auditor, daily report) ask of the store and of Slack."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.audit import Miss
from bot.domain.case import Case
from bot.domain.messages import ReminderCame, Rung
from bot.domain.net import Laid, Net
from bot.domain.values import CaseNumber, ChannelId, Instant, Timestamp, UserId, Value


class Scheduled(Value):
    """A message of ours that waits at Slack."""

    id: str
    channel: ChannelId
    post_at: Instant
    case: CaseNumber
    text: str


class Place(Value):
    """Where a net is laid: in a person's direct messages, or in a thread."""

    person: UserId | None = None
    channel: ChannelId | None = None
    thread: Timestamp | None = None

    @property
    def name(self) -> str:
        return str(self.person or self.channel)


class Scheduler(Protocol):
    """Lays messages down at Slack for later. Raises DeliveryTrouble."""

    async def lay(self, net: Net, case: Case, place: Place, post_at: datetime) -> Scheduled: ...
    async def withdraw(self, channel: ChannelId, id: str) -> None:
        """Raises MessageGone where it is there no more, or can't be withdrawn any more."""

    async def lying(self, near: datetime | None = None) -> list[Scheduled]:
        """Ours that wait: all, or those to be posted at that very second."""


class Said(Value):
    """How many reminders were said in a span of time, and the latest of them."""

    count: int = 0
    worst: timedelta = timedelta(0)
    rung: Rung | None = None
    case: CaseNumber | None = None


class Reminded(Value):
    """A reminder that came, with its place in the history."""

    case: CaseNumber
    seq: int
    fact: ReminderCame


class Counts(Value):
    """What net and auditor have to show."""

    nets: int
    spoke: int
    """Nets that Slack posted since: the bot was silent."""
    misses: int
    """What the auditor found since."""
    unrepaired: int


class Figures(Value):
    """The daily line's figures."""

    open: int
    said: Said
    parked: int
    watch: Counts


class Herald(Protocol):
    """Speaks to the admin about the bot itself. Raises DeliveryTrouble."""

    async def zone(self, admin: UserId) -> ZoneInfo: ...
    async def report(self, admin: UserId, figures: Figures) -> None: ...
    async def alarm(self, admin: UserId, misses: list[Miss]) -> None: ...
    async def faults(self, admin: UserId, faults: tuple[str, ...]) -> None: ...
    async def user_group(self, admin: UserId, group: str, reason: str) -> None: ...


class WatchQueries(Protocol):
    """What the watch asks of the store."""

    def nets(self, number: CaseNumber | None = None) -> list[Laid]:
        """The nets of a case (or of all), those included that have spoken and those of which nobody knows."""

    def net_times(self, since: datetime) -> list[tuple[str, datetime]]:
        """Where and when the nets would be posted from that moment on."""

    def unsaid(self, number: CaseNumber) -> list[str]:
        """The keys of a case's letters that are neither said nor parked."""

    def net_looks(self, now: datetime, limit: int) -> list[CaseNumber]:
        """The cases whose nets have to be looked at, those first whose net or due time comes first."""

    def net_wish(self, number: CaseNumber) -> int:
        """Counts the wishes to look at a case's nets: whoever looks sees whether one came meanwhile."""

    def next_net_look(self) -> datetime | None: ...
    def reminders(self, since: datetime) -> list[Reminded]:
        """The reminders that came since, oldest first."""

    def letters(self, number: CaseNumber) -> list[str]:
        """The keys of all letters of a case."""

    def long_unsaid(self, since: datetime, limit: int = 1000) -> list[tuple[CaseNumber, str, datetime]]:
        """Reminders written before then that are neither said nor parked: case, key, when they were written."""

    def planned(self, number: CaseNumber) -> dict[str, datetime]:
        """The checkpoints that lie in the store for a case: key and moment."""

    def misses(self, *, unrepaired: bool = False, untold: bool = False, limit: int = 100) -> list[Miss]:
        """What the auditor found, the newest first."""

    def watch_counts(self, since: datetime) -> Counts: ...
    def figures(self, since: datetime) -> Figures: ...
    def sign(self, name: str) -> datetime | None:
        """When this sign was last left."""


class WatchChanges(Protocol):
    """What the watch changes."""

    def look_at_nets(self, number: CaseNumber, at: datetime) -> None:
        """Wish that a case's nets be looked at then."""

    def looked_at_nets(self, number: CaseNumber, wish: int, again: datetime | None) -> None:
        """They were; look again then, or (None) when somebody wishes it. A wish that came since stands."""

    def look_at_all_nets(self, at: datetime) -> None:
        """Look at the nets of every open case, and of every case that has one."""

    def begin_net(self, net: Net, place: str, thread: Timestamp | None, post_at: datetime) -> int:
        """Write down that it is about to be laid. Returns its `seq`."""

    def settle_net(self, seq: int, channel: ChannelId, scheduled: str) -> None:
        """It lies there."""

    def forget_net(self, seq: int) -> None:
        """It does not lie there (any more)."""

    def net_spoke(self, seq: int) -> None: ...
    def keep_miss(self, miss: Miss, at: datetime) -> bool:
        """Write down a finding; whether it is new."""

    def repair_miss(self, key: str, at: datetime) -> None: ...
    def tell_misses(self, keys: Collection[str], at: datetime) -> None:
        """The admin has been told of these."""
