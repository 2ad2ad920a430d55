"""Carrying: what is asked of the store about who carries how much."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.case import Case
from bot.domain.load import MOST_DEEDS, MOST_PEOPLE, WEEK, Carried, Deed
from bot.domain.values import ChannelId, UserId


class LoadQueries(Protocol):
    """What is asked of it."""

    def deeds(self, person: UserId, since: datetime, most: int) -> list[Deed]:
        """What this person did since then, on cases that are still kept; the newest `most`."""

    def working_in(self, channel: ChannelId, since: datetime, most: int) -> list[UserId]:
        """Who owns, holds or helps in a channel now, and who acted in it since then; `most` at most."""


class Asked(LoadQueries, Protocol):
    """The store, with what it knows of a person's cases."""

    def of_person(self, person: UserId) -> list[Case]: ...


def carried(q: Asked, person: UserId, now: datetime) -> Carried:
    """What one person carries now and did within the week before."""
    deeds = q.deeds(person, now - WEEK, MOST_DEEDS)
    return Carried(person=person, cases=tuple(q.of_person(person)), deeds=tuple(deeds))


def carried_in(q: Asked, channel: ChannelId, beside: Sequence[UserId], now: datetime) -> tuple[Carried, ...]:
    """The same of everybody who works in a channel, and of those beside them who are to be asked next."""
    people = dict.fromkeys((*q.working_in(channel, now - WEEK, MOST_PEOPLE), *beside))
    return tuple(carried(q, person, now) for person in list(people)[:MOST_PEOPLE])
