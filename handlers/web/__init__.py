"""The aiohttp server: Slack's HTTP mode, health and metrics on one port."""
