"""Statements about past cases: the grams that each is known by, and how a case is found by them."""

GRAMS_OF = "SELECT grams FROM likenesses WHERE case_number = ?"
"""What a past case is known by, as JSON."""

DROP_GRAMS = "DELETE FROM likenesses WHERE case_number = ?"
"""It is open again; triggers take it out of the index and the counts too."""

KEEP_GRAMS = "INSERT INTO likenesses (case_number, grams) VALUES (?, ?)"
"""It is over; triggers bring it into the index and the counts too."""

COUNTS = "SELECT gram, cases FROM likeness_counts WHERE gram IN (SELECT value FROM json_each(?))"
"""In how many cases these grams stand. The empty gram stands in all of them."""

WITH_GRAM = "SELECT rowid FROM likeness WHERE likeness MATCH ? ORDER BY rowid DESC LIMIT ?"
"""The newest cases with a gram."""

GRAMS_OF_THESE = "SELECT case_number, grams FROM likenesses WHERE case_number IN (SELECT value FROM json_each(?))"
"""What these cases are known by."""

LAST_RESOLVED = """
    SELECT document FROM facts WHERE case_number = ? AND kind = 'case_resolved' ORDER BY seq DESC LIMIT 1
"""
"""How a case was resolved the last time."""

UNLIKENED = "SELECT last FROM numbers WHERE name = 'unlikened'"
"""Cases up to this number may not be in the index yet."""

NEXT_UNLIKENED = "SELECT number, document FROM cases WHERE number <= ? ORDER BY number DESC LIMIT ?"
"""The newest of them."""

LIKENED = "UPDATE numbers SET last = ? WHERE name = 'unlikened'"
"""Those above it are in the index."""
