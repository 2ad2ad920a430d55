"""Heard: up to which message each channel was heard. In memory, pure; the catch-up writes it down now and then.

A channel's mark never passes a message that is still in hand, or that was not taken: what is above the mark is read
again after a break, and what was heard already has no effect twice.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from bot.domain.values import ChannelId, Timestamp

REMEMBERED = 10_000
"""Ours: messages remembered by name, so that those of the last minutes are not heard again after a break."""


class Heard:
    """What this process has listened to."""

    def __init__(self) -> None:
        self._marks: dict[ChannelId, int] = {}
        self._highest: dict[ChannelId, int] = {}
        self._in_hand: dict[ChannelId, set[int]] = {}
        self._known: OrderedDict[tuple[ChannelId, int], None] = OrderedDict()
        self.owed = False
        """Whether a message was refused by ourselves (the database could not be written) and has to be read again."""

    def begin(self, marks: Mapping[ChannelId, Timestamp]) -> None:
        """Where the process before left off."""
        self._marks = {channel: micros(ts) for channel, ts in marks.items()}

    @contextmanager
    def hearing(self, channel: ChannelId, ts: Timestamp) -> Iterator[None]:
        """While the block lasts the message is in hand; where it raises, the message is owed and stays so."""
        at = micros(ts)
        in_hand = self._in_hand.setdefault(channel, set())
        in_hand.add(at)
        try:
            yield
        except BaseException:
            self.owed = True
            raise
        in_hand.discard(at)
        self._known[channel, at] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        highest = self._highest[channel] = max(self._highest.get(channel, 0), at)
        # Just below what is still in hand: reading begins after the mark.
        self._marks[channel] = max(self._marks.get(channel, 0), min((highest, *(one - 1 for one in in_hand))))

    def knows(self, channel: ChannelId, ts: Timestamp) -> bool:
        """Whether this process has heard this very message."""
        return (channel, micros(ts)) in self._known

    def forget_older(self, than: datetime) -> None:
        """What is owed for longer than anybody looks back is given up."""
        oldest = _micros_of(than)
        for channel, in_hand in list(self._in_hand.items()):
            self._in_hand[channel] = {at for at in in_hand if at >= oldest}

    def marks(self) -> dict[ChannelId, Timestamp]:
        """Each channel's mark."""
        return {channel: spelt(at) for channel, at in self._marks.items()}


def micros(ts: Timestamp) -> int:
    """A message's name as a number: microseconds since 1970."""
    seconds, _, rest = ts.partition(".")
    return int(seconds or 0) * 1_000_000 + int((rest or "0").ljust(6, "0")[:6])


def spelt(at: int) -> Timestamp:
    return Timestamp(f"{at // 1_000_000}.{at % 1_000_000:06d}")


def _micros_of(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def named(moment: datetime) -> Timestamp:
    """A moment as a message of that moment would be named."""
    return spelt(_micros_of(moment))
