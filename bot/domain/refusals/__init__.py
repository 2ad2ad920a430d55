"""Refusals, a file for each noun. `bot.domain.errors` has them all, and says how they are written."""
