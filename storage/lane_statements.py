"""Lane statements: what the courier may send next, found lane by lane."""

from storage.statements import CAN_GO, CAN_SHOW


def _each_lane(table: str, ready: str) -> str:
    """The lanes of a table that something waits in, one look into the index for each (a skip scan)."""
    return f"""
        WITH RECURSIVE lanes (name) AS (
            SELECT min(lane) FROM {table} WHERE {ready}
            UNION ALL
            SELECT (SELECT min(lane) FROM {table} WHERE {ready} AND lane > lanes.name)
            FROM lanes WHERE lanes.name IS NOT NULL
        )"""


WAITING_LETTERS = f"""
    {_each_lane("outbox", "state = 'pending'")}
    SELECT id, lane, urgency, not_before, unsure FROM lanes JOIN outbox ON seq IN (
        SELECT seq FROM outbox
        WHERE state = 'pending' AND lane = lanes.name AND not_before <= :now AND {CAN_GO}
        ORDER BY urgency, created_at, seq LIMIT :each
    )
    WHERE lanes.name IS NOT NULL AND lanes.name NOT IN (SELECT value FROM json_each(:closed))
    ORDER BY urgency, created_at, seq
"""
"""The next of each lane that is not closed: within it by urgency and age."""

WAITING_CARDS = f"""
    {_each_lane("surfaces", "state = 'idle' AND wanted > shown")}
    SELECT key, lane, 3, not_before, unsure FROM lanes JOIN surfaces ON key IN (
        SELECT key FROM surfaces
        WHERE state = 'idle' AND wanted > shown AND lane = lanes.name AND not_before <= :now AND {CAN_SHOW}
        ORDER BY not_before, key LIMIT :each
    )
    WHERE lanes.name NOT IN ('chat.update', 'views.publish')
        AND lanes.name NOT IN (SELECT value FROM json_each(:closed))
    ORDER BY not_before, key
"""
"""The next cards to be posted in each channel whose lane is not closed."""

CROWDS_OF_LETTERS = "SELECT lane, urgency, count(*) FROM outbox WHERE state = 'pending' GROUP BY lane, urgency"
"""How many letters wait in each lane, from the index alone."""

CROWDS_OF_CARDS = """
    SELECT lane, 3, count(*) FROM surfaces
    WHERE state = 'idle' AND wanted > shown AND lane NOT IN ('chat.update', 'views.publish') GROUP BY lane
"""
"""How many cards are still to be posted in each channel."""

WAITING_EDITS = """
    SELECT key, lane, 3, not_before, 0 FROM surfaces
    WHERE state = 'idle' AND wanted > shown AND lane = ? AND not_before <= ?
    ORDER BY not_before, key LIMIT ?
"""
"""The next of those that one method draws: cards that stand already, or home tabs."""
