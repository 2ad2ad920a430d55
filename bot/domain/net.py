"""Net: what lies with Slack beforehand for each promise, so that the owner is told even by a bot that is no more.

A scheduled message (https://docs.slack.dev/reference/methods/chat.scheduleMessage) waits at Slack for the due time plus
a grace. A bot that lives pushes it on or withdraws it long before; so it is read only where the bot was silent.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.case import PROMISED, Case
from bot.domain.messages import ClockName
from bot.domain.sla import Clock, checkpoints, clocks
from bot.domain.values import CaseNumber, ChannelId, Instant, Timestamp, UserId, Value, name_of

SAFE = timedelta(minutes=10)
"""Slack refuses to withdraw in the last minute, and people report that below about five it says ok and posts all the
same (https://github.com/slackapi/bolt-js/issues/1857, https://github.com/slackapi/bolt-python/issues/355). Twice that.
"""
HEADROOM = timedelta(minutes=1)
"""Ours: what the living bot has to do the withdrawing in."""
STEP = timedelta(minutes=5)
"""How far a net is pushed on; also the length of Slack's window of 30 messages per channel (same page)."""
PER_WINDOW = 30
TOGETHER = 100
"""Ours: nets of all places within a step of each other. Each may have to be pushed on and then withdrawn while the bot
lives, and Slack lets 50 a minute be withdrawn (tier 3): more of them would speak before their turn to be silenced."""
FARTHEST = timedelta(days=119)
"""Slack takes no more than 120 days (`time_too_far`); a day less, for clocks that differ."""
LAST_MINUTE = timedelta(seconds=60)
"""https://docs.slack.dev/reference/methods/chat.deleteScheduledMessage: too late to ask."""


class Net(Value):
    """A message that should lie at Slack: for which clock of which case, for whom, and when it would be posted."""

    key: str
    """`SEV-42/next-contact/3`: one for each promise."""
    case: CaseNumber
    clock: ClockName
    due: Instant
    to: UserId | None
    """The owner, as a direct message; None lays it in the thread."""
    post_at: Instant


class Laid(Value):
    """A net as it was laid, or was about to be: `scheduled` is Slack's name for it, None while nobody knows."""

    seq: int
    key: str
    case: CaseNumber
    to: UserId | None
    place: str
    """Where it lies: a person's id for their direct messages, else the channel's."""
    thread: Timestamp | None
    post_at: Instant
    channel: ChannelId | None = None
    scheduled: str | None = None
    spoke: bool = False


class Work(Value):
    """What has to be done so that what lies is what should: first `lay`, then `withdraw`, so that no moment is bare."""

    lay: tuple[Net, ...] = ()
    find: tuple[Laid, ...] = ()
    """Nobody knows whether these lie: ask Slack."""
    withdraw: tuple[Laid, ...] = ()
    spoke: tuple[Laid, ...] = ()
    """Their time has come: Slack has posted them."""
    look_at: Instant | None = None
    """When this case has to be looked at again, though nobody acts on it."""


def wanted(case: Case, unsaid: Collection[str], now: datetime, grace: timedelta) -> tuple[Net, ...]:
    """The nets that should lie for this case now; `unsaid` are the keys of its letters that are not said yet."""
    if case.owner is None and case.thread is None:
        return ()
    return tuple(
        Net(key=key_of(case, clock), case=case.number, clock=clock.name, due=clock.due, to=case.owner,
            post_at=_ahead(clock.due + grace, now))
        for clock in clocks(case)
        if clock.name in PROMISED and not _spoken(case, clock, unsaid, now)
    )  # fmt: skip


def key_of(case: Case, clock: Clock) -> str:
    return f"{name_of(case.number)}/{clock.name}/{clock.serial}"


def _spoken(case: Case, clock: Clock, unsaid: Collection[str], now: datetime) -> bool:
    """It is past due, and the bot itself has said what it had to: nobody needs the net of this promise any more."""
    if now < clock.due:
        return False
    still_to_come = any(point.clock == clock and point.at <= now for point in checkpoints(case))
    return not still_to_come and not any(key.startswith(f"{key_of(case, clock)}/") for key in unsaid)


def _ahead(first: datetime, now: datetime) -> datetime:
    """That moment, or as many steps later that it can still be withdrawn safely. Whole seconds, rounded up."""
    first = first.replace(microsecond=0) + timedelta(seconds=first.microsecond > 0)
    short = now + SAFE + HEADROOM - first
    return first if short < timedelta(0) else first + (short // STEP + 1) * STEP


def work(nets: Iterable[Net], laid: Iterable[Laid], thread: Timestamp | None, now: datetime) -> Work:
    """What to do, given what should lie and what does; `thread` is the case's present one."""
    nets, laid = tuple(nets), tuple(laid)
    spoke = tuple(one for one in laid if one.scheduled is not None and not one.spoke and one.post_at <= now)
    told = {one.key for one in laid if one.spoke} | {one.key for one in spoke}
    find = tuple(one for one in laid if one.scheduled is None and not one.spoke)
    lying = [one for one in laid if one.scheduled is not None and one.post_at > now and not one.spoke]
    # Whom the net has told, is told: a promise is not said twice by Slack however long the bot was away.
    nets = tuple(net for net in nets if net.key not in told)
    kept = {net.key: one for net in nets for one in lying if _serves(one, net, thread)}
    near = [net for net in nets if net.key not in kept and net.post_at - now <= FARTHEST]
    far = [net for net in nets if net.post_at - now > FARTHEST]
    looks = [net.post_at - SAFE - HEADROOM for net in near] + [net.post_at - FARTHEST for net in far]
    looks += [one.post_at - SAFE - HEADROOM for one in kept.values()]
    looks += [one.post_at for one in lying if one not in kept.values() and one.post_at - now <= LAST_MINUTE]
    return Work(
        lay=() if find else tuple(near),  # one of the unknown may be it
        find=find,
        withdraw=tuple(one for one in lying if one not in kept.values() and one.post_at - now > LAST_MINUTE),
        spoke=spoke,
        look_at=min(looks, default=None),
    )


def _serves(one: Laid, net: Net, thread: Timestamp | None) -> bool:
    """What lies there says this, to the right person, and not before it should (a crowded moment may make it later)."""
    return one.key == net.key and one.to == net.to and one.post_at >= net.post_at and one.thread in (None, thread)


def uncrowded(place: str, post_at: datetime, others: Sequence[tuple[str, datetime]]) -> datetime:
    """The moment, or the first step after it, that has room: in this place for Slack, in all places for ourselves."""
    all_times = sorted(at for _, at in others)
    here = sorted(at for there, at in others if there == place)
    while _around(here, post_at) >= PER_WINDOW or _around(all_times, post_at) >= TOGETHER:
        post_at += STEP
    return post_at


def _around(times: list[datetime], at: datetime) -> int:
    """How many of these lie less than a step from that moment."""
    return bisect_left(times, at + STEP) - bisect_right(times, at - STEP)
