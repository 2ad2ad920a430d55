"""Watching: what the net, the auditor and the daily report ask of the database, and what they change in it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from bot.domain.audit import Miss
from bot.domain.messages import ReminderCame
from bot.domain.net import Laid, Net
from bot.domain.values import CaseNumber, ChannelId, Timestamp
from bot.watch import Counts, Figures, Reminded, Said
from storage import watch_statements as sql
from storage.connection import Connection
from storage.rows import Columns, fact_of, moment_of, text_of
from storage.statements import CHECKPOINTS


class WatchingQueries:
    """Questions, as bot.watch.WatchQueries promises them."""

    _connection: Connection

    def nets(self, number: CaseNumber | None = None) -> list[Laid]:
        rows = self._ask(sql.NETS) if number is None else self._ask(sql.NETS_OF_CASE, number)
        return [_laid_of(row) for row in rows]

    def net_times(self, since: datetime) -> list[tuple[str, datetime]]:
        return [(place, moment_of(at)) for place, at in self._ask(sql.NET_TIMES, text_of(since))]

    def unsaid(self, number: CaseNumber) -> list[str]:
        return [key for (key,) in self._ask(sql.UNSAID, number)]

    def net_looks(self, now: datetime, limit: int) -> list[CaseNumber]:
        return [number for (number,) in self._ask(sql.NET_LOOKS, text_of(now), limit)]

    def net_wish(self, number: CaseNumber) -> int:
        found = self._ask(sql.NET_WISH, number)
        return int(found[0][0]) if found else 0

    def next_net_look(self) -> datetime | None:
        ((found,),) = self._ask(sql.NEXT_NET_LOOK)
        return moment_of(found) if found is not None else None

    def reminders(self, since: datetime) -> list[Reminded]:
        return [_reminded_of(row) for row in self._ask(sql.REMINDERS, text_of(since))]

    def letters(self, number: CaseNumber) -> list[str]:
        return [key for (key,) in self._ask(sql.LETTERS_OF_CASE, number)]

    def long_unsaid(self, since: datetime, limit: int = 1000) -> list[tuple[CaseNumber, str, datetime]]:
        return [(number, key, moment_of(at)) for number, key, at in self._ask(sql.LONG_UNSAID, text_of(since), limit)]

    def planned(self, number: CaseNumber) -> dict[str, datetime]:
        return {key: moment_of(at) for key, _, _, _, at in self._ask(CHECKPOINTS, number)}

    def misses(self, *, unrepaired: bool = False, untold: bool = False, limit: int = 100) -> list[Miss]:
        wish = {"unrepaired": int(unrepaired), "untold": int(untold), "most": limit}
        return [_miss_of(row) for row in self._connection.execute(sql.MISSES, wish).fetchall()]

    def figures(self, since: datetime) -> Figures:
        at = text_of(since)
        ((open_,),), ((parked,),) = self._ask(sql.OPEN_CASES), self._ask(sql.PARKED_COUNT)
        return Figures(open=open_, said=self._said(at), parked=parked, watch=self.watch_counts(since))

    def watch_counts(self, since: datetime) -> Counts:
        at = text_of(since)
        ((nets, spoke),), ((misses, unrepaired),) = self._ask(sql.NET_COUNTS, at), self._ask(sql.MISS_COUNTS, at)
        return Counts(nets=nets, spoke=spoke, misses=misses, unrepaired=unrepaired)

    def _said(self, since: str) -> Said:
        ((count,),) = self._ask(sql.SAID_COUNT, since)
        latest = self._ask(sql.SAID_LATEST, since)
        if not latest:
            return Said()
        seconds, rung, case = latest[0]
        return Said(count=count, worst=timedelta(seconds=max(0.0, round(seconds, 3))), rung=rung, case=case)

    def sign(self, name: str) -> datetime | None:
        found = self._ask(sql.SIGN, name)
        return moment_of(found[0][0]) if found else None

    def _ask(self, statement: str, *values: Any) -> list[Columns]:
        return self._connection.execute(statement, values).fetchall()


class WatchingChanges(WatchingQueries):
    """Changes, as bot.watch.WatchChanges promises them."""

    def look_at_nets(self, number: CaseNumber, at: datetime) -> None:
        self._ask(sql.LOOK_AT_NETS, number, text_of(at))

    def looked_at_nets(self, number: CaseNumber, wish: int, again: datetime | None) -> None:
        if again is None:
            self._ask(sql.LOOK_AWAY, number, wish)
        else:
            self._ask(sql.LOOK_AGAIN, text_of(again), number, wish)

    def look_at_all_nets(self, at: datetime) -> None:
        self._connection.execute(sql.LOOK_AT_ALL_NETS, {"at": text_of(at)})

    def look_after_letter(self, id: str, at: datetime) -> None:
        """The letter is off the list: look whether its case still needs the net."""
        self._connection.execute(sql.LOOK_AFTER_LETTER, {"id": id, "at": text_of(at)})

    def begin_net(self, net: Net, place: str, thread: Timestamp | None, post_at: datetime) -> int:
        ((seq,),) = self._ask(sql.BEGIN_NET, net.key, net.case, net.to, place, thread, text_of(post_at))
        return int(seq)

    def settle_net(self, seq: int, channel: ChannelId, scheduled: str) -> None:
        self._ask(sql.SETTLE_NET, channel, scheduled, seq)

    def forget_net(self, seq: int) -> None:
        self._ask(sql.FORGET_NET, seq)

    def net_spoke(self, seq: int) -> None:
        self._ask(sql.NET_SPOKE, seq)

    def keep_miss(self, miss: Miss, at: datetime) -> bool:
        row = (miss.key, miss.case, miss.kind, miss.what, text_of(miss.planned), text_of(at))
        return bool(self._connection.execute(sql.KEEP_MISS, row).rowcount)

    def repair_miss(self, key: str, at: datetime) -> None:
        self._ask(sql.REPAIR_MISS, text_of(at), key)

    def tell_misses(self, keys: Collection[str], at: datetime) -> None:
        for key in keys:
            self._ask(sql.TELL_MISS, text_of(at), key)


def _laid_of(row: Columns) -> Laid:
    seq, key, case, person, place, thread, post_at, channel, scheduled, spoke = row
    return Laid(
        seq=seq, key=key, case=case, to=person, place=place, thread=thread, post_at=moment_of(post_at),
        channel=channel, scheduled=scheduled, spoke=bool(spoke),
    )  # fmt: skip


def _reminded_of(row: Columns) -> Reminded:
    number, seq, document = row
    fact = fact_of(document)
    assert isinstance(fact, ReminderCame)
    return Reminded(case=number, seq=seq, fact=fact)


def _miss_of(row: Columns) -> Miss:
    key, case, kind, what, planned, found_at, repaired_at = row
    return Miss(
        key=key, case=case, kind=kind, what=what, planned=moment_of(planned), found_at=moment_of(found_at),
        repaired_at=moment_of(repaired_at) if repaired_at else None,
    )  # fmt: skip
