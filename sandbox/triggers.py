"""Trigger: the short-lived right to open a modal, and the response_url that comes with it."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from .clock import Clock
from .errors import SlackError
from .messages import Message

TRIGGER_SECONDS = 3.0  # D:interactivity/handling-user-interaction
URL_USES = 5
URL_LIFETIME = timedelta(minutes=30)
KEPT = 10_000


@dataclass
class Trigger:
    """Exchanged for a modal within 3 seconds, once."""

    user: str
    expires: float
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer one interaction: 5 times within 30 minutes."""

    user: str
    channel: str
    expires: datetime
    source: Message | None = None
    uses: int = 0


class Triggers:
    """The triggers and response URLs given out, the oldest forgotten first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: OrderedDict[str, Trigger] = OrderedDict()
        self._urls: OrderedDict[str, ResponseUrl] = OrderedDict()

    def issue(self, user: str, view_id: str | None = None) -> str:
        """A new trigger_id for somebody, perhaps from within a modal."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, time.monotonic() + TRIGGER_SECONDS, view_id)
        if len(self._triggers) > KEPT:
            self._triggers.popitem(last=False)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger up, or refuse."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger")
        if trigger.used:
            # views.* answer these spellings; D:interactivity/handling-user-interaction writes trigger_exchanged,
            # trigger_expired. Observed: gh:slackapi/bolt-python#596, gh:jcraigk/kudochest#167
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_url(self, user: str, channel: str, source: Message | None = None) -> str:
        """A secret under which the app may answer."""
        secret = secrets.token_urlsafe(18)
        self._urls[secret] = ResponseUrl(user, channel, self._clock.now() + URL_LIFETIME, source)
        if len(self._urls) > KEPT:
            self._urls.popitem(last=False)
        return secret

    def use_url(self, secret: str) -> ResponseUrl:
        """One use of a response URL, or refuse."""
        url = self._urls.get(secret)
        if url is None:
            raise SlackError("no_such_url")
        if self._clock.now() > url.expires:
            raise SlackError("expired_url")
        if url.uses >= URL_USES:
            raise SlackError("used_url")
        url.uses += 1
        return url
