"""Watch statements: the SQL of the net, the auditor and the daily report, named and explained."""

# ---------------------------------------------------------------- the net

_NET = "seq, key, case_number, person, place, thread, post_at, channel, scheduled, spoke"

NETS = f"SELECT {_NET} FROM nets ORDER BY seq"
"""Every net there is or was."""

NETS_OF_CASE = f"SELECT {_NET} FROM nets WHERE case_number = ? ORDER BY seq"
"""Those of one case."""

NET_TIMES = "SELECT place, post_at FROM nets WHERE spoke = 0 AND post_at >= ?"
"""Where and when Slack would post, to keep its window of 30 and ours of all together."""

BEGIN_NET = """
    INSERT INTO nets (key, case_number, person, place, thread, post_at) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq
"""
"""It is about to be laid: after a crash here, Slack is asked whether it was."""

SETTLE_NET = "UPDATE nets SET channel = ?, scheduled = ? WHERE seq = ?"
"""It lies, under this name."""

FORGET_NET = "DELETE FROM nets WHERE seq = ?"
"""It does not lie."""

NET_SPOKE = "UPDATE nets SET spoke = 1 WHERE seq = ?"
"""Slack has posted it."""

LOOK_AT_NETS = """
    INSERT INTO net_looks (case_number, look_at) VALUES (?, ?)
    ON CONFLICT (case_number) DO UPDATE SET look_at = excluded.look_at, wish = wish + 1
"""
"""Look at this case's nets at that moment."""

LOOK_AGAIN = "UPDATE net_looks SET look_at = ? WHERE case_number = ? AND wish = ?"
"""The next look, unless a wish came meanwhile."""

LOOK_AWAY = "DELETE FROM net_looks WHERE case_number = ? AND wish = ?"
"""Nothing to look at until somebody acts."""

NET_WISH = "SELECT wish FROM net_looks WHERE case_number = ?"
"""How often it was wished."""

LOOK_AT_ALL_NETS = """
    INSERT INTO net_looks (case_number, look_at)
        SELECT number, :at FROM cases WHERE status = 'open'
        UNION SELECT case_number, :at FROM nets WHERE spoke = 0
    ON CONFLICT (case_number) DO UPDATE SET look_at = excluded.look_at, wish = wish + 1
"""
"""Every open case, and every one that still has a net."""

LOOK_AFTER_LETTER = """
    INSERT INTO net_looks (case_number, look_at)
        SELECT case_number, :at FROM outbox
        WHERE id = :id AND EXISTS (SELECT 1 FROM nets WHERE nets.case_number = outbox.case_number AND spoke = 0)
    ON CONFLICT (case_number) DO UPDATE SET look_at = min(look_at, excluded.look_at), wish = wish + 1
"""
"""A letter was said: perhaps the net below it has done its duty."""

NET_LOOKS = """
    SELECT case_number FROM net_looks AS looks WHERE look_at <= ?
    ORDER BY coalesce(
        (SELECT min(post_at) FROM nets WHERE nets.case_number = looks.case_number AND spoke = 0),
        (SELECT next_due FROM cases WHERE number = looks.case_number),
        look_at
    ), case_number LIMIT ?
"""
"""What is to be looked at: what Slack would post first comes first, for it has to be withdrawn in time."""

NEXT_NET_LOOK = "SELECT min(look_at) FROM net_looks"
"""When next."""

UNSAID = "SELECT key FROM outbox WHERE case_number = ? AND state IN ('pending', 'sending')"
"""What a case still has to say."""

# ---------------------------------------------------------------- the auditor

REMINDERS = """
    SELECT case_number, seq, document FROM facts WHERE kind = 'reminder_came' AND at >= ?
    ORDER BY +case_number, +seq
"""
"""The reminders that came since. (Without the signs SQLite reads every fact there ever was, in the order asked for.)"""

LETTERS_OF_CASE = "SELECT key FROM outbox WHERE case_number = ?"
"""Every letter of a case, whatever became of it."""

LONG_UNSAID = """
    SELECT case_number, key, created_at FROM outbox
    WHERE state IN ('pending', 'sending') AND created_at <= ? AND urgency = 0
        AND json_extract(document, '$.fact.kind') = 'reminder_came'
    ORDER BY created_at LIMIT ?
"""
"""Reminders that have waited since then."""

_MISS = "key, case_number, kind, what, planned, found_at, repaired_at"

MISSES = f"""
    SELECT {_MISS} FROM misses
    WHERE (:unrepaired = 0 OR repaired_at IS NULL) AND (:untold = 0 OR told_at IS NULL)
    ORDER BY found_at DESC, key LIMIT :most
"""
"""What was found, the newest first."""

KEEP_MISS = """
    INSERT INTO misses (key, case_number, kind, what, planned, found_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO NOTHING
"""
"""Found; the first finding stands."""

REPAIR_MISS = "UPDATE misses SET repaired_at = coalesce(repaired_at, ?) WHERE key = ?"
"""It was made good."""

TELL_MISS = "UPDATE misses SET told_at = ? WHERE key = ?"
"""The admin knows."""

# ---------------------------------------------------------------- the report

OPEN_CASES = "SELECT count(*) FROM cases WHERE status = 'open' AND status <> 'closed'"
"""How many cases are open."""

_LATE = "julianday(settled_at) - julianday(json_extract(document, '$.fact.planned'))"

SAID_COUNT = """
    SELECT count(*) FROM outbox
    WHERE state = 'sent' AND urgency = 0 AND settled_at >= ? AND ts IS NOT NULL
        AND json_extract(document, '$.fact.kind') = 'reminder_came'
"""
"""How many reminders were said since."""

SAID_LATEST = f"""
    SELECT ({_LATE}) * 86400, json_extract(document, '$.fact.rung'), case_number FROM outbox
    WHERE state = 'sent' AND urgency = 0 AND settled_at >= ? AND ts IS NOT NULL
        AND json_extract(document, '$.fact.kind') = 'reminder_came'
    ORDER BY {_LATE} DESC LIMIT 1
"""
"""The one of them that came latest after its moment."""

PARKED_COUNT = "SELECT count(*) FROM outbox WHERE state = 'parked'"
"""What could not be delivered."""

NET_COUNTS = """
    SELECT coalesce(sum(spoke = 0 AND scheduled IS NOT NULL), 0), coalesce(sum(spoke = 1 AND post_at >= ?), 0) FROM nets
"""
"""How many nets lie, and how many spoke since."""

MISS_COUNTS = "SELECT coalesce(sum(found_at >= ?), 0), coalesce(sum(repaired_at IS NULL), 0) FROM misses"
"""How much was found since, and what is not made good."""

SIGN = "SELECT at FROM signs WHERE name = ?"
"""When a sign was last left."""
