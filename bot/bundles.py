"""Bundles: reminders to one person that are due together are said as one message, with a row of buttons for each.

Five cases promised for 15:00 are one ring of the phone and not five. Each reminder stays a letter of its own: it is
re-checked, settled, found again and put off by itself (docs/decisions/0032).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.messages import Notice, ReminderCame
from bot.domain.values import UserId
from bot.ports import Letter, Queries

TOGETHER = timedelta(minutes=1)
"""A reminder waits for the next one to the same owner if that comes within so long of its own moment, and never longer:
after that it would have to say that it is late."""
MOST = 10
"""Ours: as many as somebody scrolls through on a phone; each takes two of the 50 blocks of a message
(https://docs.slack.dev/reference/block-kit/blocks)."""


def goes_together(letter: Letter) -> bool:
    """Whether it may share a message: one that may stand there already is looked for, and said again, alone."""
    return _to_a_person(letter.notice) and not letter.unsure


def _to_a_person(notice: Notice) -> bool:
    return notice.place == "person" and isinstance(notice.fact, ReminderCame)


def people(letters: Sequence[Letter]) -> tuple[UserId, ...]:
    """Whose other reminders go along with these, in their order."""
    return tuple(dict.fromkeys(one.notice.to for one in letters if goes_together(one) and one.notice.to is not None))


def gathered(letters: Sequence[Letter]) -> list[tuple[Letter, ...]]:
    """The letters as they are said: those to one person that go together in groups of at most `MOST`, others alone."""
    alone = [(one,) for one in letters if not goes_together(one)]
    groups: list[tuple[Letter, ...]] = []
    for person in people(letters):
        theirs = [one for one in letters if goes_together(one) and one.notice.to == person]
        groups += [tuple(theirs[start : start + MOST]) for start in range(0, len(theirs), MOST)]
    return [*alone, *groups]


def waits_until(q: Queries, notice: Notice, now: datetime) -> datetime | None:
    """The moment at which another reminder to this owner comes, for which this one waits; None where it goes now."""
    fact = notice.fact
    if notice.to is None or not _to_a_person(notice) or not isinstance(fact, ReminderCame):
        return None
    return q.next_reminder(notice.to, now, fact.planned + TOGETHER)
