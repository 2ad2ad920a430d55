"""Method: one entry of the Web API, with the token and scopes it asks for and its tier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.world import Channel

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

Json = dict[str, Any]
SPECIAL = 0  # not in a tier. D:apis/web-api/rate-limits


@dataclass(frozen=True)
class Method:
    """Its name, what it does, the scopes of which it needs one, its tier and the kind of token."""

    name: str
    run: Callable[[Sandbox, Json], Json]
    scopes: tuple[str, ...] = ()
    tier: int = 3
    token: str = "bot"


_BY_KIND = {"channel": "channels", "group": "groups", "im": "im"}


def need(slack: Sandbox, *scopes: str) -> None:
    """Refuse unless the app has one of these scopes."""
    granted = slack.app.scopes
    if scopes and not granted.intersection(scopes):
        raise SlackError("missing_scope", needed=",".join(scopes), provided=",".join(sorted(granted)))


def need_for(slack: Sandbox, channel: Channel, right: str) -> None:
    """Reading needs the scope of the channel's kind: channels:, groups: or im:."""
    need(slack, f"{_BY_KIND[channel.kind]}:{right}")


def given_channel(slack: Sandbox, args: Json, *, user_opens_dm: bool = False) -> Channel:
    """The channel a call is about; private ones without the bot do not exist for it."""
    wanted = str(args.get("channel") or "")
    if user_opens_dm and wanted[:1] in ("U", "W"):
        return direct_message(slack, wanted)
    channel = slack.state.channels.get(wanted) or _named(slack, wanted)
    if channel is None or (channel.is_private and not slack.state.bot_in(channel.id)):
        raise SlackError("channel_not_found")
    if channel.is_im and channel.user is not None:
        reachable(slack, channel.user)
    return channel


def _named(slack: Sandbox, wanted: str) -> Channel | None:
    name = wanted.removeprefix("#")
    return next((c for c in slack.state.channels.values() if name and c.name == name), None)


def direct_message(slack: Sandbox, user: str) -> Channel:
    """The DM with somebody, if the bot may write there."""
    if user not in slack.state.people:
        raise SlackError("channel_not_found")
    reachable(slack, user)
    return slack.state.dm(user)


def reachable(slack: Sandbox, user: str) -> None:
    """Refuse to talk to leavers and bots. D:reference/methods/conversations.open"""
    person = slack.state.people[user]
    if person.deleted:
        raise SlackError("user_disabled")
    if person.is_bot:
        raise SlackError("cannot_dm_bot")


def given_user(slack: Sandbox, args: Json, key: str = "user") -> str:
    """The account a call is about."""
    user = str(args.get(key) or "")
    if user not in slack.state.people:
        raise SlackError("user_not_found")
    return user


def given_message(slack: Sandbox, args: Json, key: str = "ts") -> Message:
    """The message a call is about."""
    channel = given_channel(slack, args)
    message = slack.state.find(channel.id, str(args.get(key) or ""))
    if message is None:
        raise SlackError("message_not_found")
    return message


def page(args: Json, found: list[Any], *, most: int = 1000, default: int = 100) -> tuple[list[Any], Json]:
    """One page of a list and the cursor of the next. D:apis/web-api/pagination"""
    try:
        limit = int(args.get("limit") or default)
        start = int(str(args.get("cursor") or "c0").removeprefix("c"))
    except ValueError:
        raise SlackError("invalid_cursor") from None
    if limit < 1 or limit > most:
        raise SlackError("invalid_limit")
    following = f"c{start + limit}" if start + limit < len(found) else ""
    return found[start : start + limit], {"response_metadata": {"next_cursor": following}}
