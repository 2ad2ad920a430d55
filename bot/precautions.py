"""Precautions: what the configuration file says of the net, the heartbeat and the daily report."""

import re
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from bot.domain.duration import Duration
from bot.domain.values import Value

_ADDRESS = re.compile(r"https?://[^\s/?#]+\S*")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _an_address(given: str) -> str:
    if given and not _ADDRESS.fullmatch(given):
        # The address is a secret: it is not said again.
        raise ValueError('expected an address that begins with "https://" or "http://"')
    return given


def _a_time(given: Any) -> Any:
    if given in ("", None) or isinstance(given, time):
        return given or None
    if isinstance(given, str) and (found := _TIME.fullmatch(given)):
        return time(int(found[1]), int(found[2]))
    raise ValueError('expected a time of day such as "09:00", or "" for none')


def _long_enough(given: timedelta) -> timedelta:
    if not timedelta(seconds=10) <= given <= timedelta(days=1):
        raise ValueError('expected between "10s" and "1d"')
    return given


def _not_too_long(given: timedelta) -> timedelta:
    if given > timedelta(days=1):
        raise ValueError('expected at most "1d"')
    return given


SecretAddress = Annotated[str, AfterValidator(_an_address)]
TimeOfDay = Annotated[time | None, BeforeValidator(_a_time)]


class NetRules(Value):
    """The net under the bot."""

    scheduled: bool = True
    """Whether each promise also lies with Slack as a scheduled message, for the case that the bot is down."""
    grace: Annotated[Duration, AfterValidator(_not_too_long)] = timedelta(minutes=10)
    """How long after the due time Slack posts it, if the bot was silent until then."""


class HeartbeatRules(Value):
    """A sign of life to an address outside."""

    url: SecretAddress = Field(default="", repr=False)
    """The address that is called while all is well; a secret, so better given as `JIBUNGOTO_HEARTBEAT`."""
    every: Annotated[Duration, AfterValidator(_long_enough)] = timedelta(minutes=5)
    """How often."""


class ReportRules(Value):
    """The daily line to the admin."""

    daily_line: TimeOfDay = time(9)
    """When the admin of `[defaults]` gets it, in their own zone; `""` for never."""
