"""Storage: how Jibungoto remembers. One SQLite file, one writer, every statement in one place."""
