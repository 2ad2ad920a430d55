"""What Jibungoto does: rules, use cases, and the two loops that keep promises. Knows nothing of Slack or SQLite."""
