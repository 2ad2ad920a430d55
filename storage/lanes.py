"""Lanes: which letters and surfaces could go now, the next ones of each lane, and how many wait behind them."""

import json
from collections.abc import Mapping
from datetime import datetime

from bot.ports import Posts, Waiting
from storage import lane_statements as sql
from storage import rows
from storage.connection import Connection
from storage.rows import text_of


class LaneQueries:
    """Questions, as bot.ports.Queries promises them."""

    _connection: Connection

    def waiting(self, now: datetime, posts: Posts, edits: Mapping[str, int]) -> list[Waiting]:
        found: list[Waiting] = []
        if posts.each > 0:
            asked = {"now": text_of(now), "each": posts.each, "closed": json.dumps(sorted(posts.closed))}
            letters = self._connection.execute(sql.WAITING_LETTERS, asked).fetchall()
            cards = self._connection.execute(sql.WAITING_CARDS, asked).fetchall()
            found += [rows.waiting_of(row, "letter") for row in letters]
            found += [rows.waiting_of(row, "surface") for row in cards]
        for method, room in edits.items():
            if room > 0:
                found += [
                    rows.waiting_of(row, "surface")
                    for row in self._connection.execute(sql.WAITING_EDITS, (method, text_of(now), room))
                ]
        return found

    def crowds(self) -> dict[tuple[str, int], int]:
        found = [
            row for crowd in (sql.CROWDS_OF_LETTERS, sql.CROWDS_OF_CARDS) for row in self._connection.execute(crowd)
        ]
        return {(lane, urgency): number for lane, urgency, number in found}
