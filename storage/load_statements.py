"""Statements about what people carry: their acts of a week, and who acted in a channel."""

DEEDS_OF = """
    SELECT case_number, severity, owner, kind, facts.at,
        coalesce(json_extract(facts.document, '$.late'), 0), coalesce(json_extract(facts.document, '$.clock'), ''),
        json_extract(facts.document, '$.reaction') IS NOT NULL, json_extract(facts.document, '$.via') IS NOT NULL
    FROM facts JOIN cases ON number = case_number
    WHERE facts."by" = ? AND facts."by" <> '' AND facts.at >= ?
    ORDER BY facts.at DESC LIMIT ?
"""
"""What one person did since a moment, the newest first. (The second condition names the index.)"""

ACTIVE_IN = """
    SELECT DISTINCT facts."by" FROM cases JOIN facts ON case_number = number
    WHERE channel = ? AND changed_at >= ? AND facts.at >= ? AND facts."by" <> '' LIMIT ?
"""
"""Who acted in a channel since a moment. A case that was acted on since then has changed since then."""

PRESENT_IN = """
    SELECT DISTINCT person FROM people
    WHERE case_number IN (SELECT number FROM cases WHERE channel = ? AND status <> 'closed') LIMIT ?
"""
"""Who owns, holds or helps in a channel now."""
