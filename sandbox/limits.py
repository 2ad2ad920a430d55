"""Limit: how often a method may be called, per workspace and per channel."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

# Calls a minute. D:apis/web-api/rate-limits; gh:slackapi/java-slack-sdk:metadata/web-api/rate_limit_tiers.json
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
POST_PER_WORKSPACE = 300  # "several hundred messages a minute". D:reference/methods/chat.postMessage
POST_BURST = 4  # one a second per channel, "short bursts" allowed: their size is not documented
SPECIAL_PER_MINUTE = 600  # auth.test and other special ones: hundreds a minute


class Bucket:
    """Tokens that trickle back."""

    def __init__(self, size: float, per_second: float, now: float) -> None:
        self._size, self._rate, self._left, self._at = size, per_second, size, now

    def wait(self, now: float) -> float:
        """Take a token, or say how many seconds are missing."""
        self._left = min(self._size, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._rate


class Limits:
    """Slack's limits, or none."""

    def __init__(self, mode: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        if mode not in ("off", "slack"):
            raise ValueError('limits are "off" or "slack"')
        self.mode = mode
        self._monotonic = monotonic
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def refuse(self, method: str, tier: int, channel: str) -> int:
        """Seconds to wait before this call may be made again; 0 lets it through."""
        if self.mode == "off":
            return 0
        if method == "chat.postMessage":
            wait = self._take(method, channel, POST_BURST, 1.0) or self._minute(method, POST_PER_WORKSPACE)
        else:
            wait = self._minute(method, TIERS.get(tier, SPECIAL_PER_MINUTE))
        return math.ceil(wait)

    def _minute(self, method: str, calls: int) -> float:
        return self._take(method, "", calls, calls / 60)

    def _take(self, method: str, channel: str, size: float, rate: float) -> float:
        now = self._monotonic()
        bucket = self._buckets.get((method, channel))
        if bucket is None:
            bucket = self._buckets[method, channel] = Bucket(size, rate, now)
        return bucket.wait(now)
