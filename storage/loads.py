"""Loads: what bot.carrying promises, over the database."""

from datetime import datetime
from typing import Any

from bot.domain.load import Deed
from bot.domain.values import ChannelId, UserId
from storage import load_statements as sql
from storage.connection import Connection
from storage.rows import moment_of, text_of


class LoadQueries:
    """Questions, as bot.carrying.LoadQueries promises them."""

    _connection: Connection

    def deeds(self, person: UserId, since: datetime, most: int) -> list[Deed]:
        return [_deed(*row) for row in self._connection.execute(sql.DEEDS_OF, (person, text_of(since), most))]

    def working_in(self, channel: ChannelId, since: datetime, most: int) -> list[UserId]:
        lately = text_of(since)
        now = self._connection.execute(sql.PRESENT_IN, (channel, most)).fetchall()
        before = self._connection.execute(sql.ACTIVE_IN, (channel, lately, lately, most)).fetchall()
        return [UserId(person) for person in dict.fromkeys(person for (person,) in (*now, *before))][:most]


def _deed(
    case: Any, severity: Any, owner: Any, kind: Any, at: str, late: Any, answered: Any, reacted: Any, afar: Any
) -> Deed:
    return Deed(
        case=case,
        severity=severity,
        owner=owner,
        kind=kind,
        at=moment_of(at),
        late=bool(late),
        answered=answered,
        by_reaction=bool(reacted),
        from_afar=bool(afar),
    )
