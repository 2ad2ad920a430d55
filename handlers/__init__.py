"""How people reach the bot: Slack, web pages, and the views that both draw."""
