"""Audit: which reminders should have been said by now and were not, told from the case and from what is written of it.

The rules are applied a second time, to the case as it stands, and compared with the store: a reminder that somebody
removed by hand, or that a mistake of ours forgot, is seen here.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from bot.domain.case import Case
from bot.domain.messages import Notice, ReminderCame
from bot.domain.moment import moments
from bot.domain.notices import notices
from bot.domain.values import CaseNumber, Instant, Value, name_of

PATIENCE = timedelta(minutes=2)
"""Ours: what is on its way is not missed yet; the same figure as for `/readyz`."""

MissKind = Literal["unreached", "unplanned", "unwritten", "unsaid"]
"""Its moment passed and nothing happened; its moment is not in the plan; it came and no letter was written; the letter
was written and nobody has got it."""


class Miss(Value):
    """One reminder that was, or would be, missed."""

    key: str
    """Unique for all time: found once, told once."""
    case: CaseNumber
    kind: MissKind
    what: str
    """The checkpoint or the letter, by its key."""
    planned: Instant
    found_at: Instant
    repaired_at: Instant | None = None


def unreached(case: Case, now: datetime) -> tuple[Miss, ...]:
    """Checkpoints whose moment has passed and of which no fact tells."""
    return tuple(
        _miss(case, "unreached", point.key, point.at, now) for point in moments(case) if point.at <= now - PATIENCE
    )


def unplanned(case: Case, planned: Mapping[str, datetime], now: datetime) -> tuple[Miss, ...]:
    """Moments still to come that the plan does not hold, or holds at another time; and planned ones that are none."""
    right = {point.key: point.at for point in moments(case)}
    wrong = [(key, at) for key, at in right.items() if at > now and planned.get(key) != at]
    stale = [(key, at) for key, at in planned.items() if key not in right]
    return tuple(_miss(case, "unplanned", key, at, now) for key, at in (*wrong, *stale))


def unwritten(case: Case, reminders: Iterable[ReminderCame], letters: Collection[str]) -> tuple[Notice, ...]:
    """Notices of these reminders that nobody wrote down. Reminders of one moment are of one act, and read together."""
    acts = groupby(sorted(reminders, key=lambda fact: fact.at), key=lambda fact: fact.at)
    expected = [notice for _, facts in acts for notice in notices(case, tuple(facts))]
    return tuple(notice for notice in expected if notice.key not in letters)


def miss_of(case: Case, notice: Notice, now: datetime) -> Miss:
    """The finding about a notice that was not written."""
    planned = notice.fact.planned if isinstance(notice.fact, ReminderCame) else notice.fact.at
    return _miss(case, "unwritten", notice.key.removeprefix(f"{name_of(case.number)}/"), planned, now)


def unsaid(number: CaseNumber, letter: str, written: datetime, now: datetime) -> Miss:
    """The finding about a letter that waits."""
    what = letter.removeprefix(f"{name_of(number)}/")
    return Miss(key=f"unsaid/{letter}", case=number, kind="unsaid", what=what, planned=written, found_at=now)


def _miss(case: Case, kind: MissKind, what: str, planned: datetime, now: datetime) -> Miss:
    key = f"{kind}/{name_of(case.number)}/{what}/{planned:%Y%m%dT%H%M%S}"
    return Miss(key=key, case=case.number, kind=kind, what=what, planned=planned, found_at=now)
