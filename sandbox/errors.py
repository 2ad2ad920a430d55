"""Errors: what Slack answers to a bad call, and what its client does not let a person do."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """A Web API method refuses: `ok: false` with this error."""

    def __init__(self, error: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.more = more

    def answer(self) -> dict[str, Any]:
        """The body Slack would send."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class SlackRefusal(Exception):
    """Slack's client would not let this person do this."""


class AppFailed(SlackRefusal):
    """The app did not answer in time, or answered with something Slack cannot use."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status
