"""Shift statements: what those on duty are told about their shift."""

DUE_BEFORE = """
    SELECT document FROM cases WHERE number IN (
        SELECT number FROM cases WHERE status = 'open' AND status <> 'closed' AND next_due < ?
        ORDER BY next_due, number LIMIT ?
    ) ORDER BY next_due, number
"""
"""Open cases with something due before a moment. (Chosen from the index: only what is shown is read.)"""

SHIFT_LETTERS = """
    SELECT id, kind, person, since, until, attempts, unsure, looked FROM shift_letters
    WHERE state = 'pending' AND state IN ('pending', 'sending') AND not_before <= ? ORDER BY not_before, seq
"""
"""Those that may be said now. (The second condition names the index.)"""

SHIFT_LETTERS_OF = """
    SELECT kind, person, since, until, state, settled_at FROM shift_letters WHERE person = ? ORDER BY planned, seq
"""
"""What one person was told about their shifts, as long as it is kept."""

HAD_SHIFT_LETTER = """
    SELECT 1 FROM shift_letters WHERE person = ? AND kind = ? AND (planned >= ?3 OR created_at >= ?3) LIMIT 1
"""
"""Whether somebody had one since: a shift whose hours are changed in the file is spoken of once all the same."""

KEEP_SHIFT_LETTER = """
    INSERT INTO shift_letters (id, key, kind, person, since, until, planned, state, unsure, not_before, created_at)
    VALUES (:id, :key, :kind, :person, :since, :until, :planned, :state,
            EXISTS (SELECT 1 FROM signs WHERE name = 'restored' AND at >= :planned), :at, :at)
    ON CONFLICT (key) DO NOTHING
"""
"""One to say. What was planned before a restore may have been said before."""

FORGET_SHIFT_LETTERS = """
    DELETE FROM shift_letters WHERE until < ? AND state NOT IN ('pending', 'sending')
"""
"""Shifts that are long over."""

LEASE_SHIFT_LETTER = "UPDATE shift_letters SET state = 'sending', attempts = attempts + 1 WHERE id = ?"
"""Somebody is saying it."""

SETTLE_SHIFT_LETTER = """
    UPDATE shift_letters SET state = ?, settled_at = ?, reason = ?, channel = ?, ts = ?, unsure = 0
    WHERE id = ? AND state = 'sending'
"""
"""How it ended."""

RETRY_SHIFT_LETTERS = """
    UPDATE shift_letters SET state = 'pending', unsure = 0, looked = 0, attempts = 0, not_before = min(not_before, ?),
        reason = '', settled_at = NULL
    WHERE state = 'parked' AND id GLOB ?
"""
"""A person wants it tried again; one whose shift is over is then found to have nothing left to say."""

POSTPONE_SHIFT_LETTER = """
    UPDATE shift_letters SET state = 'pending', not_before = ?, reason = ?, unsure = ?, looked = ?
    WHERE id = ? AND state = 'sending'
"""
"""Not now."""

RECOVER_SHIFT_LETTERS = """
    UPDATE shift_letters SET state = 'pending', unsure = 1, looked = 0, not_before = ?
    WHERE state = 'sending' AND state IN ('pending', 'sending')
"""
"""A dead process was saying these."""

DOUBT_SHIFT_LETTERS = """
    UPDATE shift_letters SET state = 'pending', unsure = 1, looked = 0, not_before = ?
    WHERE state IN ('pending', 'sending')
"""
"""In a copy that was put in the place of the database, what waited may have been said since."""
