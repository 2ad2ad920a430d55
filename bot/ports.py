"""Ports: what the core asks of the world, and the values that cross. Storage and Slack implement these.

DeliveryTrouble
├── Crowded       no room for another scheduled message at that moment
├── Wait          not now: the limit or the outage tells how long
│   └── Limited       Slack's limit (429): so long, and then more slowly
├── Unsure        the answer was lost: it may or may not have been said
├── Unreadable    where it may stand can't be looked at, so nobody will ever know
├── Unreachable   this place can't be reached: another must be found
│   ├── PersonGone    the person's account is deactivated
│   ├── NotMember     the channel takes no posts of ours, but old messages may still be edited
│   └── ThreadShut    the thread takes no replies, but its channel may take posts
├── ThreadGone    the thread's first message was deleted
├── MessageGone   the message to edit was deleted
├── Stopped       the whole installation can't speak (token revoked, scope missing)
└── Faulty        our own mistake: sending it again would fail again
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from bot.carrying import LoadQueries
from bot.domain.case import Case
from bot.domain.messages import AnyFact, Fact, Notice
from bot.domain.moment import Moment
from bot.domain.shift_letter import ShiftLetter, ShiftLetterKind
from bot.domain.values import CaseNumber, ChannelId, DeliveryId, Instant, Timestamp, UserId, Value, name_of
from bot.memory import MemoryChanges, MemoryQueries
from bot.watch import WatchChanges, WatchQueries

T = TypeVar("T")


class Answer(Value):
    """What a command did: the case afterwards and the facts it added."""

    case: Case
    facts: tuple[AnyFact, ...] = ()
    existing: bool = False
    """The opening named a reference that is open already: this is the first case."""


class Receipt(Value):
    """Where something stands at Slack."""

    channel: ChannelId
    ts: Timestamp


class Letter(Value):
    """A notice in the outbox. `id` is opaque: it is all that the message's metadata says."""

    id: str
    notice: Notice
    created_at: Instant
    attempts: int
    unsure: bool
    """An earlier attempt may have arrived: look for it before sending again."""
    looked: int = 0
    """How often it was looked for since then and not found: what Slack shows may lag behind what it took."""
    lane: str = ""
    """Whose turn was taken for it: the person's or the channel's."""
    repeat: bool = False
    """It may stand there already, and nobody can look: it has to say so."""


class Waiting(Value):
    """Something that is due, and goes as soon as its lane has a turn."""

    kind: Literal["letter", "surface"]
    id: str
    """A letter's id, or a surface's key."""
    lane: str
    """The person or channel it is posted to, or the method that edits it: `chat.update`, `views.publish`."""
    urgency: int
    """A letter's own; 3 for what mirrors a state."""
    since: Instant
    unsure: bool = False


class Posts(Value):
    """How much to look at of what would be posted: so many of each lane, and none of the closed ones."""

    each: int
    closed: frozenset[str] = frozenset()


SurfaceKind = Literal["card", "home"]


class Surface(Value):
    """A message that mirrors state: shown once, then edited. `key` is `card/42`, `card/42/PART` or `home/U1`."""

    key: str
    kind: SurfaceKind
    case: CaseNumber | None = None
    person: UserId | None = None
    id: str
    """Opaque, like a letter's: carried in the metadata."""
    channel: ChannelId | None = None
    ts: Timestamp | None = None
    wanted: int
    shown: int
    attempts: int
    unsure: bool
    looked: int = 0
    parked: tuple["Parked", ...] = ()
    """What could not be said on its reader's cases: filled in by the courier for a home tab."""

    @property
    def part(self) -> str:
        """Of a case's messages the one that shows this part alone, such as `run-1`; empty for its card."""
        return self.key.split("/", 2)[2] if self.kind == "card" and self.key.count("/") == 2 else ""


class Told(Value):
    """One fact with its place in the case's history."""

    seq: int
    fact: AnyFact


class Parked(Value):
    """Something that could not be said, and why."""

    id: str
    case: CaseNumber | None
    what: str
    reason: str
    at: Instant


class Count(Value):
    """How much there is, for figures."""

    open: int
    resolved: int
    parked: int


class Forgotten(Value):
    """A person who was forgotten: what they are called now, and in which cases."""

    pseudonym: UserId
    cases: tuple[CaseNumber, ...]


class StillInCases(Exception):
    """{person} owns or holds something in {cases}: hand it over or close it first."""

    def __init__(self, person: UserId, cases: tuple[CaseNumber, ...]) -> None:
        self.person, self.cases = person, cases
        names = ", ".join(map(name_of, cases))
        super().__init__((type(self).__doc__ or "").format(person=person, cases=names))


class ShiftLetterHeld(Value):
    """A shift letter that waits to be said. `id` is opaque, as a letter's."""

    id: str
    letter: ShiftLetter
    attempts: int
    unsure: bool
    """An earlier attempt may have arrived: look for it before saying it again."""
    looked: int = 0
    """How often it was looked for since then and not found."""


class ShiftLetterPast(Value):
    """A shift letter, waiting or over, and how it ended."""

    letter: ShiftLetter
    state: Literal["pending", "sending", "said", "nothing", "parked"]
    settled_at: Instant | None


class Clock(Protocol):
    """Tells the time, in UTC; `pace` is how many of its seconds pass in one of ours (the demo's are many)."""

    @property
    def pace(self) -> float: ...
    def now(self) -> datetime: ...


class Alarm(Protocol):
    """Sleeps until a moment of the bot's clock, or until it is rung."""

    async def sleep(self, until: datetime | None, longest: timedelta, seconds: float | None = None) -> None:
        """`seconds` are of our own time, which Slack's limits run in, and not of the bot's clock."""

    def ring(self) -> None: ...


class Queries(WatchQueries, MemoryQueries, LoadQueries, Protocol):
    """What can be asked of the store. Plain functions: no await fits inside a transaction."""

    def case(self, number: CaseNumber) -> Case | None: ...
    def by_thread(self, channel: ChannelId, thread: Timestamp) -> Case | None:
        """The case whose thread this is, also by a thread it had before."""

    def by_card(self, channel: ChannelId, card: Timestamp) -> Case | None:
        """The case whose card this message is."""

    def by_reference(self, channel: ChannelId, reference: str) -> Case | None:
        """The first case of this channel with this reference that is not closed."""

    def unclosed(self, channel: ChannelId | None = None, most: int | None = None) -> list[Case]:
        """Cases that are open or resolved, by next due (those without one last), then by number; the first `most`."""

    def count_unclosed(self, channel: ChannelId) -> int:
        """How many of them this channel has, without reading them."""

    def of_person(self, person: UserId) -> list[Case]:
        """Unclosed cases that the person owns, holds an area of or has joined, in the order of `unclosed`."""

    def open_numbers(self) -> list[CaseNumber]:
        """Every open case, by number."""

    def opened_since(self, moment: datetime, channel: ChannelId, most: int) -> list[Case]:
        """Open cases opened after that moment, newest first; where there are more, those of this channel go before."""

    def facts(self, number: CaseNumber) -> list[Told]:
        """The case's facts, oldest first."""

    def answer(self, delivery: DeliveryId) -> Answer | None:
        """What this delivery did the first time; None where it is new. `facts` are those of the first time."""

    def due(self, now: datetime, limit: int) -> list[CaseNumber]:
        """Cases with a checkpoint at or before `now`, the most overdue first."""

    def next_due(self) -> datetime | None:
        """The earliest checkpoint of all."""

    def next_reminder(self, owner: UserId, after: datetime, before: datetime) -> datetime | None:
        """The last moment in that stretch, its ends left out, at which a reminder of a clock goes to this owner; None
        where none does, or where a reminder to them waits for such a moment already."""

    def next_delivery(self, after: datetime | None = None) -> datetime | None:
        """When the courier next has something to do: the earliest letter or surface, of those later than `after`."""

    def waiting(self, now: datetime, posts: Posts, edits: Mapping[str, int]) -> list[Waiting]:
        """What is due: of each lane of letters and new cards the next `posts.each`, letters by urgency and then age;
        and for each method of `edits` the next so many of what it draws."""

    def crowds(self) -> dict[tuple[str, int], int]:
        """How many letters and new cards wait, by lane and urgency, whether they may go yet or not."""

    def heard(self) -> dict[ChannelId, Timestamp]:
        """Up to which message each channel was heard."""

    def sign(self, name: str) -> datetime | None:
        """When `leave_sign` last wrote this name."""

    def parked(self, limit: int = 50) -> list[Parked]:
        """What could not be said on cases that are not closed, the newest first."""

    def erased_at(self, number: CaseNumber) -> datetime | None:
        """When this case was erased; None where it was not."""

    def closed_before(self, moment: datetime, limit: int) -> list[CaseNumber]:
        """Cases closed before `moment` about which nothing is left to say, the oldest first."""

    def naming(self, person: UserId) -> list[CaseNumber]:
        """Every case whose facts name this person."""

    def count(self) -> Count:
        """Counted by the store, without reading a case."""

    def backlog(self, now: datetime) -> timedelta:
        """How long the oldest letter that should have gone has waited; zero where none waits."""

    def due_before(self, moment: datetime, limit: int) -> list[Case]:
        """Open cases with something due before `moment`, what is due first at the head."""

    def shift_letters(self, now: datetime) -> list[ShiftLetterHeld]:
        """Those that wait and may be said now, the oldest first."""

    def had_shift_letter(self, kind: ShiftLetterKind, person: UserId, since: datetime) -> bool:
        """Whether this person had one of this kind written at `since` or later, or for such a moment."""

    def shift_letters_of(self, person: UserId) -> list[ShiftLetterPast]:
        """All that is kept of what this person was told about their shifts, the oldest first."""


class Transaction(Queries, WatchChanges, MemoryChanges, Protocol):
    """What can be changed, all of it or nothing."""

    def new_number(self) -> CaseNumber: ...
    def save(self, case: Case, moments: Sequence[Moment]) -> None:
        """Keep the case and *replace* its moments (checkpoints, nudges) and claims. Raises AreaTaken where the database
        refuses it."""

    def append(self, number: CaseNumber, facts: tuple[Fact, ...], delivery: DeliveryId) -> None:
        """Add facts to the case's history, and remember what this delivery did."""

    def remember(self, delivery: DeliveryId, number: CaseNumber, at: datetime) -> None:
        """Remember a delivery that changed nothing, so that its repetition has the same answer."""

    def enqueue(self, notice: Notice, at: datetime, until: datetime | None = None) -> None:
        """Put a notice into the outbox, to go no sooner than `until`; a key that is there already stays as it is."""

    def keep_shift_letter(self, letter: ShiftLetter, at: datetime, *, empty: bool) -> None:
        """Write it down, once; an `empty` one is remembered and not said."""

    def lease_shift_letter(self, id: str) -> None:
        """Somebody is saying it."""

    def settle_shift_letter(
        self, id: str, state: Literal["said", "nothing", "parked"], at: datetime, reason: str, receipt: Receipt | None
    ) -> None:
        """It was said, there was nothing left to say, or it can't be said."""

    def postpone_shift_letter(self, id: str, until: datetime, reason: str, *, unsure: bool, looked: int) -> None: ...
    def touch(
        self,
        kind: SurfaceKind,
        at: datetime,
        *,
        case: CaseNumber | None = None,
        person: UserId | None = None,
        part: str = "",
        calm: timedelta = timedelta(0),
        only_known: bool = False,
    ) -> None:
        """Want a surface shown anew, once for many wishes, no sooner than `calm` after it was last shown.

        With `part` it is the message that shows this part of the case alone, beside its card.

        With `only_known` a surface that was never wanted stays so: nobody looks at a home tab they never opened.
        """

    def take_letters(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[Letter]:
        """Lease pending letters whose time has come, by urgency and age; with `only`, those of these ids.

        A thread's letters wait for the thread, unless its first message is parked. What can't be read is parked.
        """

    def take_together(self, person: UserId, now: datetime, limit: int, beside: Collection[str]) -> list[Letter]:
        """Lease the reminders to this person whose time has come, beside these ids: by age. None that may have been
        said."""

    def settle_letter(self, id: str, receipt: Receipt | None, at: datetime) -> None:
        """It was said (or, without a receipt, there was nothing left to say)."""

    def postpone_letter(self, id: str, until: datetime, reason: str, *, unsure: bool, looked: int = 0) -> None: ...
    def park_letter(self, id: str, reason: str, at: datetime) -> None: ...

    def take_surfaces(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[Surface]:
        """Lease surfaces that are behind what is wanted and whose time has come; with `only`, those of these keys.

        A card waits for its thread.
        """

    def settle_surface(self, key: str, shown: int, receipt: Receipt | None, at: datetime) -> None:
        """This version is shown there. Without a receipt the surface keeps its place."""

    def postpone_surface(self, key: str, until: datetime, reason: str, *, unsure: bool, looked: int = 0) -> None: ...
    def park_surface(self, key: str, reason: str, at: datetime) -> None:
        """Stop showing it until it is touched again."""

    def forget_surface(self, key: str, at: datetime) -> None:
        """Its message is gone: post it anew."""

    def retry(self, id: str, at: datetime) -> int:
        """Try a parked letter or surface again, by its id or the beginning of it. Returns how many that were."""

    def retry_all(self, at: datetime) -> int:
        """Try everything parked again. Returns how much that was."""

    def erase(self, number: CaseNumber, at: datetime, reason: str) -> None:
        """Remove everything about a case but its number, facts included; `reason` is kept, and says nothing of it."""

    def forget(self, person: UserId, names: tuple[str, ...], at: datetime) -> Forgotten:
        """Put a pseudonym in the place of a person's id, and of these names, everywhere. Raises StillInCases."""

    def leave_sign(self, name: str, at: datetime) -> None:
        """Write one row, overwriting the last: shows that the store can be written."""

    def keep_heard(self, marks: Mapping[ChannelId, Timestamp], at: datetime) -> None:
        """These channels were heard up to these messages."""

    def recover(self, at: datetime) -> int:
        """At start: what a dead process was sending is unsure now. Returns how many.

        In a copy that was put in the place of the database, so is everything unsaid, and every reminder that fell due
        before `at`: it may have been said since the copy was made.
        """

    def hasten(self, at: datetime, beyond: datetime) -> None:
        """What waits for a moment later than `beyond` may go out at `at`: the clock was set back."""


class Store(Protocol):
    """One writer, many readers. What a `work` returns has been committed when the await returns."""

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one transaction. Raises what it raises, or NothingSaved; then nothing changed."""

    async def read(self, query: Callable[[Queries], T]) -> T:
        """Run a query on a snapshot of what is committed."""


class DeliveryTrouble(Exception):
    """It was not said, or nobody knows."""

    def __init__(self, reason: str, *, seconds: float = 0, method: str = "") -> None:
        self.reason = reason
        self.seconds = seconds
        self.method = method
        """The method of Slack's that refused, where one did."""
        super().__init__(reason)


class Wait(DeliveryTrouble):
    """Not now; `seconds` tells how long."""


class Crowded(DeliveryTrouble):
    """Slack takes no more messages for that moment in that place."""


class Limited(Wait):
    """We were too fast."""


class Unsure(DeliveryTrouble):
    """The answer was lost."""


class Unreadable(DeliveryTrouble):
    """It can't be looked for: the place may not be read, or too much was said there since."""


class Unreachable(DeliveryTrouble):
    """This place can't be reached."""


class PersonGone(Unreachable):
    """The person's account is deactivated or not there."""


class NotMember(Unreachable):
    """We are not in the channel: it takes no posts, while what stands there may still be edited."""


class ThreadShut(Unreachable):
    """The thread takes no replies, while its channel may take posts."""


class ThreadGone(DeliveryTrouble):
    """The thread was deleted."""


class MessageGone(DeliveryTrouble):
    """The message to edit was deleted or can no longer be edited."""


class Stopped(DeliveryTrouble):
    """The installation can't speak at all."""


class Faulty(DeliveryTrouble):
    """Our mistake."""


class Messenger(Protocol):
    """Says things where people read them. Raises DeliveryTrouble."""

    async def deliver(self, letter: Letter, case: Case, now: datetime) -> Receipt: ...
    async def deliver_together(self, letters: Sequence[tuple[Letter, Case]], now: datetime) -> Receipt:
        """Say several reminders to one person as one message, which is found by the id of each."""

    async def find(self, letter: Letter, case: Case) -> Receipt | None:
        """Look for a letter that may have arrived already. None where it does not stand; Unreadable where nobody can
        tell."""

    async def show(self, surface: Surface, cases: tuple[Case, ...], now: datetime) -> Receipt | None:
        """Draw a card (one case) or a home (a person's cases): edit where it stands, else post."""

    async def find_surface(self, surface: Surface, case: Case) -> Receipt | None: ...
