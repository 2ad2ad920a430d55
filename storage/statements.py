"""Statements: every SQL sentence the store speaks, named and explained. The tables are in schema.py."""

# ---------------------------------------------------------------- cases

NEW_NUMBER = "UPDATE numbers SET last = last + 1 WHERE name = 'case' RETURNING last"
"""The next case number; a rolled back transaction gives it back."""

CASE = "SELECT document FROM cases WHERE number = ?"
"""One case."""

CASE_EXISTS = "SELECT 1 FROM cases WHERE number = ?"
"""Whether a case is there."""

CASE_BY_THREAD = """
    SELECT document FROM threads JOIN cases ON number = case_number
    WHERE threads.channel = ? AND threads.thread = ?
    ORDER BY status = 'closed', cases.thread IS NOT threads.thread, number DESC LIMIT 1
"""
"""The case of a thread, present or former; where several had it, the living, then the present, then the newest."""

CASE_BY_CARD = """
    SELECT document FROM surfaces JOIN cases ON number = case_number
    WHERE surfaces.channel = ? AND surfaces.ts = ? AND surfaces.kind = 'card'
"""
"""The case of a card."""

CASE_BY_REFERENCE = """
    SELECT document FROM cases
    WHERE channel = ? AND reference_folded = ? AND status <> 'closed' AND reference_folded <> ''
    ORDER BY number LIMIT 1
"""
"""The first unclosed case of a channel with this reference."""

_BY_NEXT_DUE = "ORDER BY next_due IS NULL, next_due, number"

UNCLOSED = f"""
    SELECT document FROM cases WHERE number IN (
        SELECT number FROM cases WHERE status <> 'closed' {_BY_NEXT_DUE} LIMIT ?
    ) {_BY_NEXT_DUE}
"""
"""Everything not closed, what is due next first. (Chosen from the index: only what is shown is read.)"""

UNCLOSED_IN_CHANNEL = f"""
    SELECT document FROM cases WHERE number IN (
        SELECT number FROM cases WHERE status <> 'closed' AND channel = ? {_BY_NEXT_DUE} LIMIT ?
    ) {_BY_NEXT_DUE}
"""
"""The same, of one channel."""

COUNT_UNCLOSED = "SELECT count(*) FROM cases WHERE status <> 'closed' AND channel = ?"
"""How many they are."""

COUNT = """
    SELECT (SELECT count(*) FROM cases WHERE status = 'open' AND status <> 'closed'),
        (SELECT count(*) FROM cases WHERE status = 'resolved' AND status <> 'closed'),
        (SELECT count(*) FROM outbox LEFT JOIN cases ON number = case_number
            WHERE state = 'parked' AND status IS NOT 'closed')
            + (SELECT count(*) FROM surfaces LEFT JOIN cases ON number = case_number
                WHERE state = 'parked' AND state <> 'idle' AND status IS NOT 'closed')
            + (SELECT count(*) FROM shift_letters WHERE state = 'parked')
"""
"""How much there is; parked as PARKED lists it. (Conditions that say nothing new name the partial indexes.)"""

ERASED_AT = "SELECT at FROM erasures WHERE kind = 'case' AND case_number = ?"
"""When a case was erased."""

CLOSED_BEFORE = """
    SELECT number FROM cases
    WHERE status = 'closed' AND json_extract(document, '$.closed_at') < ?
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE case_number = number AND state IN ('pending', 'sending'))
    ORDER BY json_extract(document, '$.closed_at'), number LIMIT ?
"""
"""Cases that ended before a moment and have nothing left to say, the oldest first."""

NAMING = """
    SELECT DISTINCT case_number FROM facts WHERE instr(document, ?1) OR "by" = ?1 ORDER BY case_number
"""
"""Cases whose facts hold this id."""

CASES_OF_PERSON = """
    SELECT document FROM cases
    WHERE number IN (SELECT case_number FROM people WHERE person = ?) AND status <> 'closed'
    ORDER BY next_due IS NULL, next_due, number
"""
"""The unclosed cases of a person; `people` holds nobody of closed ones."""

OPENED_SINCE = """
    SELECT document FROM cases WHERE number IN (
        SELECT number FROM cases WHERE status = 'open' AND opened_at > ?
        ORDER BY channel <> ?, opened_at DESC, number DESC LIMIT ?
    ) ORDER BY opened_at DESC, number DESC
"""
"""The open cases that began lately, the newest first. (Chosen from the index: only those are read.)"""

SAVE_CASE = """
    INSERT INTO cases (number, team, channel, thread, status, severity, title, customer, reference, reference_folded,
                       owner, opened_at, next_due, changed_at, document)
    VALUES (:number, :team, :channel, :thread, :status, :severity, :title, :customer, :reference, :reference_folded,
            :owner, :opened_at, :next_due, :changed_at, :document)
    ON CONFLICT (number) DO UPDATE SET
        team = excluded.team, channel = excluded.channel, thread = excluded.thread, status = excluded.status,
        severity = excluded.severity, title = excluded.title, customer = excluded.customer,
        reference = excluded.reference, reference_folded = excluded.reference_folded, owner = excluded.owner,
        opened_at = excluded.opened_at, next_due = excluded.next_due, changed_at = excluded.changed_at,
        document = excluded.document
"""
"""Keep a case as it stands now."""

KEEP_THREAD = "INSERT INTO threads (channel, thread, case_number) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
"""A case's thread is found by for ever, also after it got another one."""

# ---------------------------------------------------------------- claims and people

CLAIMS = "SELECT area, holder FROM claims WHERE case_number = ?"
"""Who holds which area of a case."""

CLAIM = "INSERT INTO claims (case_number, area, holder) VALUES (?, ?, ?)"
"""Hold an area; the primary key refuses a second holder."""

RELEASE = "DELETE FROM claims WHERE case_number = ? AND area = ?"
"""Nobody holds the area any more."""

HOLDER = "SELECT holder FROM claims WHERE case_number = ? AND area = ?"
"""Who won the race."""

PEOPLE = "SELECT person, role FROM people WHERE case_number = ?"
"""Who is in a case, and as what."""

ADD_PERSON = "INSERT INTO people (case_number, person, role) VALUES (?, ?, ?)"
"""Somebody came in."""

DROP_PERSON = "DELETE FROM people WHERE case_number = ? AND person = ? AND role = ?"
"""Somebody left."""

# ---------------------------------------------------------------- checkpoints

OPEN_NUMBERS = "SELECT number FROM cases WHERE status = 'open' AND status <> 'closed' ORDER BY number"
"""Every open case. (The second condition names the index that knows what is not closed.)"""

CHECKPOINTS = "SELECT key, clock, rung, clock_due, due_at FROM checkpoints WHERE case_number = ?"
"""The moments planned for a case."""

PLAN = "INSERT INTO checkpoints (case_number, key, clock, rung, clock_due, due_at) VALUES (?, ?, ?, ?, ?, ?)"
"""Plan one moment."""

UNPLAN = "DELETE FROM checkpoints WHERE case_number = ? AND key = ?"
"""Forget one moment."""

DUE = "SELECT case_number FROM checkpoints WHERE due_at <= ? ORDER BY due_at, case_number"
"""Cases with something due, most overdue first, once per checkpoint: the reader stops when it has enough."""

NEXT_DUE = "SELECT min(due_at) FROM checkpoints"
"""The earliest moment of all."""

# ---------------------------------------------------------------- facts

FACTS = "SELECT seq, document FROM facts WHERE case_number = ? ORDER BY seq"
"""A case's history."""

FACTS_BETWEEN = "SELECT document FROM facts WHERE case_number = ? AND seq BETWEEN ? AND ? ORDER BY seq"
"""The part of it that one delivery added."""

LAST_SEQ = "SELECT coalesce(max(seq), 0) FROM facts WHERE case_number = ?"
"""How long the history is."""

APPEND = 'INSERT INTO facts (case_number, seq, kind, "by", at, delivery, document) VALUES (?, ?, ?, ?, ?, ?, ?)'
"""One more fact."""

DELIVERY = "SELECT case_number, first_seq, last_seq FROM deliveries WHERE id = ?"
"""What an inbound act did the first time."""

REMEMBER = """
    INSERT INTO deliveries (id, case_number, first_seq, last_seq, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
"""
"""Keep what an inbound act did; its first memory stands."""

# ---------------------------------------------------------------- outbox

_HAS_THREAD = "EXISTS (SELECT 1 FROM cases WHERE number = case_number AND thread IS NOT NULL)"
_STRANDED = """EXISTS (SELECT 1 FROM outbox AS head
    WHERE head.case_number = outbox.case_number AND head.urgency = 1 AND head.state = 'parked')"""
"""The message that was to begin the thread is parked: what waits for the thread has to find another place."""
CAN_GO = f"(place IN ('person', 'channel') OR {_HAS_THREAD} OR {_STRANDED})"

SALT = "SELECT salt FROM letter_names"
"""What this database's letters are named with."""

ENQUEUE = """
    INSERT INTO outbox (id, key, case_number, place, person, lane, urgency, not_before, created_at, document, unsure)
    VALUES (:id, :key, :case_number, :place, :person,
            coalesce(:person, (SELECT channel FROM cases WHERE number = :case_number), ''),
            :urgency, :not_before, :at, :document,
            EXISTS (SELECT 1 FROM signs WHERE name = 'restored' AND at >= :planned))
    ON CONFLICT (key) DO NOTHING
"""
"""A notice to say; the same key is said once for all time. What fell due before a restore may have been said before."""

_LETTER = "SELECT id, document, created_at, attempts, unsure, looked, lane FROM outbox"

LETTERS = f"""
    {_LETTER} WHERE state = 'pending' AND not_before <= ? AND {CAN_GO}
    ORDER BY urgency, created_at, seq LIMIT ?
"""
"""What may go out now."""

THESE_LETTERS = f"""
    {_LETTER} WHERE state = 'pending' AND not_before <= ? AND {CAN_GO} AND id IN (SELECT value FROM json_each(?))
    ORDER BY urgency, created_at, seq
"""
"""Those of these letters that may still go out."""

THEIR_REMINDERS = f"""
    {_LETTER} WHERE state = 'pending' AND lane = ? AND urgency = 0 AND place = 'person' AND unsure = 0
        AND not_before <= ? AND json_extract(document, '$.fact.kind') = 'reminder_came'
        AND id NOT IN (SELECT value FROM json_each(?))
    ORDER BY created_at, seq LIMIT ?
"""
"""What one person is to be reminded of now, apart from these letters."""

NEXT_REMINDER = """
    SELECT max(due_at) FROM people JOIN checkpoints ON checkpoints.case_number = people.case_number
    WHERE person = :owner AND role = 'owner' AND rung IN ('before', 'due', 'owner')
        AND due_at > :after AND due_at < :before
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'pending' AND lane = :owner AND urgency = 0
            AND place = 'person' AND not_before > :after)
"""
"""For which moment a reminder to this owner waits, so that both are one message; only the first of them waits."""

LEASE_LETTER = "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ?"
"""Somebody is saying it."""

SETTLE_LETTER = """
    UPDATE outbox SET state = 'sent', unsure = 0, channel = ?, ts = ?, settled_at = ?, reason = ?
    WHERE id = ? AND state <> 'sent'
"""
"""It was said, or there was nothing left to say."""

POSTPONE_LETTER = """
    UPDATE outbox SET state = 'pending', unsure = ?, looked = ?, not_before = ?, reason = ?
    WHERE id = ? AND state <> 'sent'
"""
"""Not now."""

PARK_LETTER = "UPDATE outbox SET state = 'parked', settled_at = ?, reason = ? WHERE id = ? AND state <> 'sent'"
"""It can't be said; a person sees why."""

RETRY_LETTERS = """
    UPDATE outbox SET state = 'pending', unsure = 0, looked = 0, attempts = 0, not_before = min(not_before, ?),
        reason = '',
        settled_at = NULL
    WHERE state = 'parked' AND id GLOB ?
"""
"""A person wants it tried again: at once, also where the clock of the asking process is ahead of the bot's."""

RECOVER_LETTERS = """
    UPDATE outbox SET state = 'pending', unsure = 1, looked = 0, not_before = ?
    WHERE state = 'sending' AND state IN ('pending', 'sending')
"""
"""A dead process was saying these. (The second condition names the index.)"""

HASTEN_LETTERS = "UPDATE outbox SET not_before = ? WHERE state = 'pending' AND not_before > ?"
"""These waited for a moment of a clock that was set back since."""

NEXT_LETTER = f"""
    SELECT not_before FROM outbox WHERE state = 'pending' AND not_before > ? AND {CAN_GO} ORDER BY not_before LIMIT 1
"""
"""When the next letter may go that may not yet."""

OLDEST_LETTER = f"""
    SELECT created_at FROM outbox WHERE state IN ('pending', 'sending') AND {CAN_GO} ORDER BY created_at LIMIT 1
"""
"""The letter that waits longest, those put off by trouble included."""

PARKED = """
    SELECT id, case_number, key, reason, at FROM (
        SELECT id, case_number, key, reason, settled_at AS at FROM outbox WHERE state = 'parked'
        UNION ALL
        SELECT id, case_number, key, reason, parked_at AS at FROM surfaces WHERE state = 'parked' AND state <> 'idle'
        UNION ALL
        SELECT id, NULL, key, reason, settled_at AS at FROM shift_letters WHERE state = 'parked'
    ) LEFT JOIN cases ON number = case_number
    WHERE status IS NOT 'closed'
    ORDER BY at DESC LIMIT ?
"""
"""What could not be said or shown, the newest first. With a closed case nobody waits for it any more."""

# ---------------------------------------------------------------- surfaces

CAN_SHOW = f"(kind <> 'card' OR {_HAS_THREAD})"

SURFACE_TIMES = "SELECT attempts, not_before, shown_at, calm_seconds, state FROM surfaces WHERE key = ?"
"""What decides when a surface may be shown again."""

SIGN = "SELECT at FROM signs WHERE name = ?"
"""When this was last written."""

HEARD = "SELECT channel, ts FROM heard"
"""Up to which message each channel was heard."""

KEEP_HEARD = """
    INSERT INTO heard (channel, ts, at) VALUES (?, ?, ?)
    ON CONFLICT (channel) DO UPDATE SET ts = excluded.ts, at = excluded.at
"""
"""It was heard up to this message."""

LEAVE_SIGN = "INSERT INTO signs (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
"""This could be written at that moment."""

ADD_SURFACE = """
    INSERT INTO surfaces (key, kind, case_number, person, place, id, calm_seconds, not_before, touched_at)
    VALUES (:key, :kind, :case_number, :person, coalesce((SELECT channel FROM cases WHERE number = :case_number), ''),
            :id, :calm_seconds, :not_before, :at)
"""
"""A surface is wanted for the first time."""

TOUCH_SURFACE = """
    UPDATE surfaces SET wanted = wanted + 1, calm_seconds = :calm_seconds, not_before = :not_before, touched_at = :at,
        attempts = CASE state WHEN 'parked' THEN 0 ELSE attempts END,
        reason = CASE state WHEN 'parked' THEN '' ELSE reason END,
        state = CASE state WHEN 'parked' THEN 'idle' ELSE state END
    WHERE key = :key
"""
"""It is wanted anew; being touched ends its parking."""

_SURFACE = (
    "SELECT key, kind, case_number, person, id, channel, ts, wanted, shown, attempts, unsure, looked FROM surfaces"
)

SURFACES = f"""
    {_SURFACE} WHERE state = 'idle' AND wanted > shown AND not_before <= ? AND {CAN_SHOW}
    ORDER BY not_before, key LIMIT ?
"""
"""What may be shown now."""

THESE_SURFACES = f"""
    {_SURFACE} WHERE state = 'idle' AND wanted > shown AND not_before <= ? AND {CAN_SHOW}
        AND key IN (SELECT value FROM json_each(?))
    ORDER BY not_before, key
"""
"""Those of these surfaces that may still be shown."""

LEASE_SURFACE = "UPDATE surfaces SET state = 'sending', attempts = attempts + 1 WHERE key = ?"
"""Somebody is showing it."""

SETTLE_SURFACE = """
    UPDATE surfaces SET state = 'idle', unsure = 0, looked = 0, attempts = 0, reason = '', shown = max(shown, :shown),
        channel = coalesce(:channel, channel), ts = coalesce(:ts, ts), shown_at = :at, not_before = :not_before
    WHERE key = :key AND state = 'sending'
"""
"""This version stands there now; unless it was forgotten or parked meanwhile, when what was shown no longer counts."""

POSTPONE_SURFACE = """
    UPDATE surfaces SET state = 'idle', unsure = ?, looked = ?, not_before = ?, reason = ?
    WHERE key = ? AND state = 'sending'
"""
"""Not now."""

PARK_SURFACE = "UPDATE surfaces SET state = 'parked', parked_at = ?, reason = ? WHERE key = ?"
"""It can't be shown."""

FORGET_SURFACE = """
    UPDATE surfaces SET state = 'idle', id = ?, channel = NULL, ts = NULL, shown = 0, shown_at = NULL, unsure = 0,
        not_before = ?, reason = ''
    WHERE key = ?
"""
"""Its message is gone: another one will stand in for it, under another id."""

RETRY_SURFACES = """
    UPDATE surfaces SET state = 'idle', unsure = 0, looked = 0, attempts = 0, not_before = min(not_before, ?),
        reason = ''
    WHERE state = 'parked' AND id GLOB ?
"""
"""A person wants it shown again."""

RECOVER_SURFACES = """
    UPDATE surfaces SET state = 'idle', unsure = 1, looked = 0, not_before = ?
    WHERE state = 'sending' AND state <> 'idle'
"""
"""A dead process was showing these."""

HASTEN_SURFACES = """
    UPDATE surfaces SET not_before = ? WHERE state = 'idle' AND wanted > shown AND not_before > ?
"""
"""These too."""

NEXT_SURFACE = f"""
    SELECT not_before FROM surfaces
    WHERE state = 'idle' AND wanted > shown AND not_before > ? AND {CAN_SHOW} ORDER BY not_before LIMIT 1
"""
"""When the next surface may be shown that may not yet."""

# ---------------------------------------------------------------- after a restore

STAMP_COPY = """
    INSERT INTO signs (name, at) SELECT 'copied', coalesce(max(changed_at), '') FROM cases WHERE true
    ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
"""This file is a copy, and knows everything until then."""

COPIED = "DELETE FROM signs WHERE name = 'copied' RETURNING at"
"""Whether this file is a copy that nobody has served from yet."""

DOUBT_LETTERS = "UPDATE outbox SET state = 'pending', unsure = 1, not_before = ? WHERE state IN ('pending', 'sending')"
"""Since the copy was made these may have been said."""

DOUBT_SURFACES = """
    UPDATE surfaces SET state = 'idle', unsure = 1, wanted = wanted + 1, attempts = 0, not_before = ?
    WHERE kind = 'home' OR EXISTS (SELECT 1 FROM cases WHERE number = case_number AND status <> 'closed')
"""
"""Since the copy was made these may have been drawn otherwise; of closed cases nobody looks at the card."""

LEAVE_GAP = "UPDATE numbers SET last = (last / 100 + 1) * 100 WHERE last > 0"
"""The next numbers may stand in Slack already, for cases that the copy does not know."""
