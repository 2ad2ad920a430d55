"""Slack's edge: what comes in is parsed once, what goes out has one caller."""
