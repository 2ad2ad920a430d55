"""Pace: Slack's own limits kept before being told to, and who goes next within them. Pure, over a monotonic clock.

chat.postMessage: 1 a second per channel, short bursts allowed, several hundred a minute per workspace; chat.update and
the conversations methods 50 a minute, views.publish and users.info 100 a minute (D:apis/web-api/rate-limits).
"""

import heapq
import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count, groupby

from bot.domain.values import Value
from bot.ports import Posts, Waiting

Crowds = Mapping[tuple[str, int], int]
"""How many wait, by lane and urgency."""

POSTS, EDITS, HOMES, LOOKING = "chat.postMessage", "chat.update", "views.publish", "conversations"
"""The lanes of methods; `conversations` stands for all that are read to look for a lost message."""
SLOWEST = 1 / 8
"""Ours: a lane that was refused goes at half its rate, refused again at a quarter, and never below this."""
SLOW_FOR = 60.0
"""Ours: seconds a refused lane goes slowly: Slack counts by the minute (D:apis/web-api/rate-limits)."""
INSTANT = 1e-6
"""Seconds that are nobody's wait: a sleep of floating length ends a hair early."""
REMEMBERED = 3600.0
"""Ours: seconds a lane's last turn is remembered to be fair."""


class Rate(Value):
    """So many at once, then so many a second."""

    burst: float
    per_second: float


class Limits(Value):
    """The limits of one installation."""

    channel: Rate = Rate(burst=3, per_second=1)
    posts: Rate = Rate(burst=20, per_second=5)
    updates: Rate = Rate(burst=10, per_second=0.8)
    homes: Rate = Rate(burst=10, per_second=1.6)
    scheduling: Rate = Rate(burst=20, per_second=0.8)
    """chat.scheduleMessage, chat.deleteScheduledMessage: 50 a minute each."""
    lookups: Rate = Rate(burst=10, per_second=0.8)
    profiles: Rate = Rate(burst=40, per_second=1)


class Pace:
    """When each lane has a turn. A lane is a name with a rate: a channel, a person, `chat.update`."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}
        self._shut_until: dict[str, float] = {}
        self._slow: dict[str, tuple[float, float]] = {}
        """By lane: the part of its rate it goes at, and until when."""
        self._used: dict[str, float] = {}
        self._held: dict[str, int] = {}
        """By lane: turns whose call is in the air. When it counts at Slack is known only when it has landed."""

    def wait(self, lane: str, rate: Rate, now: float) -> float:
        """The seconds until the lane has a turn; 0 where it has one now."""
        rate = self._learned(lane, rate, now)
        full_at = max(self._full_at.get(lane, now), now)
        turn_at = full_at + (1 + self._held.get(lane, 0) - rate.burst) / rate.per_second
        wait = max(turn_at - now, self._shut_until.get(lane, now) - now)
        return wait if wait > INSTANT else 0.0

    def take(self, lane: str, rate: Rate, now: float) -> None:
        """Use the lane's turn."""
        rate = self._learned(lane, rate, now)
        start = max(self._full_at.get(lane, now), self._shut_until.get(lane, now), now)
        self._full_at[lane] = start + 1 / rate.per_second
        self._used[lane] = now

    def hold(self, lane: str, now: float) -> None:
        """Take the lane's turn for a call that begins now. It counts from the moment in which it has landed: calls
        that were slow on their way arrive together, and must not be more than the burst."""
        self._held[lane] = self._held.get(lane, 0) + 1
        self._used[lane] = now

    def land(self, lane: str, rate: Rate, now: float) -> None:
        """The call of a held turn has its answer, or none will come."""
        self._held[lane] -= 1
        if not self._held[lane]:
            del self._held[lane]
        used = self._used.get(lane, now)
        self.take(lane, rate, now)
        self._used[lane] = used

    def give_back(self, lane: str) -> None:
        """No call was made in the held turn: it costs nothing."""
        self._held[lane] -= 1
        if not self._held[lane]:
            del self._held[lane]

    def turn(self, lane: str, rate: Rate, now: float) -> float:
        """Take the lane's next turn, now or later: the seconds to wait before using it."""
        wait = self.wait(lane, rate, now)
        self.take(lane, rate, now)
        return wait

    def turns(self, lane: str, rate: Rate, now: float) -> int:
        """How many turns the lane has now."""
        if self.wait(lane, rate, now) > 0:
            return 0
        rate = self._learned(lane, rate, now)
        ahead = max(self._full_at.get(lane, now) - now, 0.0)
        left = rate.burst - self._held.get(lane, 0) - ahead * rate.per_second
        return max(1, math.floor(left + INSTANT))

    def shut(self, lane: str, seconds: float, now: float) -> None:
        """Slack said to wait: nobody uses the lane before, and then it goes slowly for a while."""
        self._shut_until[lane] = max(self._shut_until.get(lane, now), now + seconds)
        part, until = self._slow.get(lane, (1.0, now))
        part = part / 2 if until >= now else 0.5
        self._slow[lane] = (max(part, SLOWEST), self._shut_until[lane] + SLOW_FOR)

    def closed(self, lanes: Iterable[str], rate: Rate, now: float) -> frozenset[str]:
        """Those of the lanes in use that have no turn now."""
        return frozenset(lane for lane in lanes if self.wait(lane, rate, now) > 0)

    @property
    def busy(self) -> frozenset[str]:
        """The lanes that are not as good as new."""
        return frozenset(self._full_at.keys() | self._shut_until.keys() | self._held.keys())

    def idle(self, lane: str, now: float) -> float:
        """The seconds since the lane was last used."""
        return now - self._used[lane] if lane in self._used else math.inf

    def forget_idle(self, now: float) -> None:
        """Lanes that are full again, open and at their full rate need no memory."""
        for lane in [lane for lane, at in self._full_at.items() if at <= now]:
            del self._full_at[lane]
        for lane in [lane for lane, at in self._shut_until.items() if at <= now]:
            del self._shut_until[lane]
        for lane in [lane for lane, (_, at) in self._slow.items() if at <= now]:
            del self._slow[lane]
        for lane in [lane for lane, at in self._used.items() if at <= now - REMEMBERED]:
            del self._used[lane]

    def _learned(self, lane: str, rate: Rate, now: float) -> Rate:
        part, until = self._slow.get(lane, (1.0, now))
        if until <= now:
            return rate
        return Rate(burst=1, per_second=rate.per_second * part)


class Turns:
    """Who goes now: the most urgent first, and of the equally urgent the one that has stood in front of its lane
    longest, so that a channel with two hundred letters takes turns with the others and starves none. Only a lane that
    would still be busy when all others are done goes before its turn: it decides when the last letter arrives."""

    def __init__(self, limits: Limits, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self._limits = limits

    def asked(self, room: int, now: float) -> tuple[Posts, Mapping[str, int]]:
        """What is worth looking at now: nothing of a method that has no turn."""
        limits, pace = self._limits, self.pace
        posts = min(pace.turns(POSTS, limits.posts, now), room)
        each = min(posts, math.ceil(limits.channel.burst))
        methods = {EDITS: limits.updates, HOMES: limits.homes}
        closed = pace.closed(pace.busy - {POSTS, EDITS, HOMES, LOOKING}, limits.channel, now)
        edits = {lane: min(pace.turns(lane, rate, now), room) for lane, rate in methods.items()}
        return Posts(each=each, closed=closed), edits

    def chosen(self, waiting: Sequence[Waiting], crowds: Crowds, room: int, now: float, at: datetime) -> list[Waiting]:
        """Those that go now, each with its turns held; `at` is the moment in which `now` is, `crowds` how many wait
        by lane and urgency."""
        going = [one for one in waiting if one.lane in (EDITS, HOMES)][:room]
        going = [one for one in going if self._takes(one, now)]
        posts: dict[str, deque[Waiting]] = {}
        for one in sorted(waiting, key=lambda one: one.urgency):
            if one.lane not in (EDITS, HOMES):
                posts.setdefault(one.lane, deque()).append(one)
        crowded, order = self._crowded(crowds), count()

        def head(queue: deque[Waiting]) -> tuple[int, bool, float, int, deque[Waiting]]:
            first = queue[0]
            patience = min(self.pace.idle(first.lane, now), (at - first.since).total_seconds())
            return first.urgency, (first.lane, first.urgency) not in crowded, -patience, next(order), queue

        heads = [head(queue) for queue in posts.values()]
        heapq.heapify(heads)
        while heads and len(going) < room and self.pace.wait(POSTS, self._limits.posts, now) == 0:
            *_, queue = heapq.heappop(heads)
            one = queue.popleft()
            took = self._takes(one, now)
            if took:
                going.append(one)
            # What has to be looked for first may have to wait where the next of its lane need not.
            if queue and (took or one.unsure):
                heapq.heappush(heads, head(queue))
        return going

    def _takes(self, one: Waiting, now: float) -> bool:
        """Take every turn it needs, where each of them is there."""
        lanes = self.lanes(one)
        if any(self.pace.wait(lane, rate, now) > 0 for lane, rate in lanes.items()):
            return False
        for lane in lanes:
            self.pace.hold(lane, now)
        return True

    def landed(self, one: Waiting, now: float) -> None:
        """Its call is over: from now on its turns come back."""
        for lane, rate in self.lanes(one).items():
            self.pace.land(lane, rate, now)

    def unused(self, one: Waiting) -> None:
        """It needed no call of its own: its turns are there for the next."""
        for lane in self.lanes(one):
            self.pace.give_back(lane)

    def _crowded(self, crowds: Crowds) -> frozenset[tuple[str, int]]:
        """The lanes that need as long for their letters as the workspace for all letters, by urgency and above."""
        posts, channel = self._limits.posts.per_second, self._limits.channel.per_second
        crowded: set[tuple[str, int]] = set()
        in_lane: dict[str, int] = {}
        everything = 0
        for urgency, group in groupby(sorted(crowds.items(), key=_urgency), key=_urgency):
            here = [(lane, n) for (lane, _), n in group]
            everything += sum(n for _, n in here)
            for lane, n in here:
                in_lane[lane] = waiting = in_lane.get(lane, 0) + n
                if waiting * posts >= everything * channel:
                    crowded.add((lane, urgency))
        return frozenset(crowded)

    def until_any(self, now: float) -> float | None:
        """The seconds until something that has no turn now has one again; None where everything has."""
        limits, pace = self._limits, self.pace
        methods = {POSTS: limits.posts, EDITS: limits.updates, HOMES: limits.homes, LOOKING: limits.lookups}
        waits = {lane: pace.wait(lane, rate, now) for lane, rate in methods.items()}
        if waits[POSTS] == 0:  # otherwise no channel's turn is of any use
            waits |= {lane: pace.wait(lane, limits.channel, now) for lane in pace.busy - methods.keys()}
        return min((wait for wait in waits.values() if wait > 0), default=None)

    def lanes(self, one: Waiting) -> dict[str, Rate]:
        """Every lane it needs a turn of."""
        limits = self._limits
        if one.lane == EDITS:
            return {EDITS: limits.updates}
        if one.lane == HOMES:
            return {HOMES: limits.homes}
        looking = {LOOKING: limits.lookups} if one.unsure else {}
        return {one.lane: limits.channel, POSTS: limits.posts, **looking}


def _urgency(crowd: tuple[tuple[str, int], int]) -> int:
    return crowd[0][1]
