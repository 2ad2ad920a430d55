"""reactions.*: the app puts an emoji on a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.methods.method import Json, Method, given_message

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

EMOJI_PER_MESSAGE = 50  # `too_many_emoji`. D:reference/methods/reactions.add


def _asked(slack: Sandbox, args: Json) -> tuple[Message, str]:
    name = str(args.get("name") or "").strip(":")
    if not name or " " in name:
        raise SlackError("invalid_name")
    message = given_message(slack, args, "timestamp")
    if slack.state.channels[message.channel].is_archived:
        raise SlackError("is_archived")
    if not slack.state.bot_in(message.channel):
        raise SlackError("not_in_channel")
    return message, name


def add(slack: Sandbox, args: Json) -> Json:
    """Once per message and emoji."""
    message, name = _asked(slack, args)
    if (name, slack.world.bot_user_id) in message.reactions:
        raise SlackError("already_reacted")
    if len({emoji for emoji, _ in message.reactions} | {name}) > EMOJI_PER_MESSAGE:
        raise SlackError("too_many_emoji")
    slack.posts.react(message, slack.world.bot_user_id, name)
    return {"ok": True}


def remove(slack: Sandbox, args: Json) -> Json:
    """Only one's own."""
    message, name = _asked(slack, args)
    if (name, slack.world.bot_user_id) not in message.reactions:
        raise SlackError("no_reaction")
    slack.posts.react(message, slack.world.bot_user_id, name, added=False)
    return {"ok": True}


METHODS = (
    Method("reactions.add", add, ("reactions:write",), tier=3),
    Method("reactions.remove", remove, ("reactions:write",), tier=2),
)
