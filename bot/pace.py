"""Pace: Slack's own limits kept before being told to. Token buckets over a monotonic clock, pure.

chat.postMessage: 1 a second per channel, short bursts allowed, several hundred a minute per workspace;
chat.update and most others 50 a minute, views.publish 100 a minute (D:apis/web-api/rate-limits).
"""

from bot.domain.values import Value


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


class Pace:
    """How long each lane has to wait. A lane is a name with a rate: `channel C1`, `chat.update`."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}
        self._shut_until: dict[str, float] = {}

    def turn(self, lane: str, rate: Rate, now: float) -> float:
        """Take the lane's next turn: the seconds to wait before using it."""
        room = rate.burst / rate.per_second
        full_at = max(self._full_at.get(lane, now), self._shut_until.get(lane, now), now)
        self._full_at[lane] = full_at + 1 / rate.per_second
        wait = self._full_at[lane] - now - room
        return max(0.0, wait, self._shut_until.get(lane, now) - now)

    def shut(self, lane: str, seconds: float, now: float) -> None:
        """Slack said to wait: nobody uses the lane before."""
        self._shut_until[lane] = max(self._shut_until.get(lane, now), now + seconds)

    def forget_idle(self, now: float) -> None:
        """Lanes that are full again and open need no memory."""
        for lane in [lane for lane, at in self._full_at.items() if at <= now]:
            del self._full_at[lane]
        for lane in [lane for lane, at in self._shut_until.items() if at <= now]:
            del self._shut_until[lane]
