"""Page: a small, honest Slack in the browser, over the same workspace that programs talk to."""
