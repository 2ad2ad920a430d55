"""chat.*: the app posts, edits, deletes and whispers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.arguments import yes
from sandbox.content import UPDATE_TEXT_MOST, content, metadata
from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.methods.method import SPECIAL, Json, Method, given_channel, given_message, given_user
from sandbox.world import Channel

if TYPE_CHECKING:
    from sandbox.slack import Sandbox


def writable(slack: Sandbox, args: Json) -> Channel:
    """The channel, if the bot may write there now."""
    channel = given_channel(slack, args, user_opens_dm=True)
    if channel.is_im and not slack.messages_tab:
        raise SlackError("messages_tab_disabled")
    if channel.is_archived:
        raise SlackError("is_archived")
    open_to_all = not channel.is_private and "chat:write.public" in slack.app.scopes
    if not slack.state.bot_in(channel.id) and not open_to_all:
        raise SlackError("not_in_channel")
    return channel


def parent(slack: Sandbox, channel: Channel, thread_ts: Any) -> Message | None:
    """The message a reply belongs under; replies to replies are refused."""
    if not thread_ts:
        return None
    message = slack.state.posts[channel.id].get(str(thread_ts))
    if message is None or (message.deleted and message.subtype != "tombstone"):
        raise SlackError("thread_not_found")
    if message.is_reply or message.subtype in ("channel_join", "channel_leave"):
        raise SlackError("cannot_reply_to_message")
    return message


def post_message(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/chat.postMessage"""
    channel = writable(slack, args)
    root = parent(slack, channel, args.get("thread_ts"))
    said = content(args)
    message = slack.posts.bot_says(channel.id, said, metadata(args), root, broadcast=yes(args.get("reply_broadcast")))
    return {"ok": True, "channel": channel.id, "ts": message.ts, "message": message.as_json(metadata=True)}


def update(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/chat.update"""
    if str(args.get("channel") or "")[:1] in ("U", "W"):
        raise SlackError("channel_not_found")
    old = given_message(slack, args)
    if slack.state.channels[old.channel].is_archived:
        raise SlackError("is_inactive")
    if old.user != slack.world.bot_user_id:
        raise SlackError("cant_update_message")
    said = content(args, UPDATE_TEXT_MOST)
    changes: Json = {} if args.get("metadata") is None else {"metadata": metadata(args)}
    new = slack.posts.bot_edits(old, said, changes)
    body = new.as_json(metadata=True)
    return {"ok": True, "channel": new.channel, "ts": new.ts, "text": new.text, "message": body}


def delete(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/chat.delete"""
    message = given_message(slack, args)
    if message.user != slack.world.bot_user_id:
        raise SlackError("cant_delete_message")
    slack.posts.remove(message)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def post_ephemeral(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/chat.postEphemeral"""
    channel = writable(slack, args)
    user = given_user(slack, args)
    if user not in slack.state.members[channel.id]:
        raise SlackError("user_not_in_channel")
    root = parent(slack, channel, args.get("thread_ts"))
    message = slack.posts.bot_whispers(channel.id, user, content(args), root.ts if root else None)
    return {"ok": True, "message_ts": message.ts}


def get_permalink(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/chat.getPermalink"""
    message = given_message(slack, args, "message_ts")
    link = f"https://{slack.world.domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return {"ok": True, "channel": message.channel, "permalink": link}


METHODS = (
    Method("chat.postMessage", post_message, ("chat:write",), tier=SPECIAL),
    Method("chat.update", update, ("chat:write",), tier=3),
    Method("chat.delete", delete, ("chat:write",), tier=3),
    Method("chat.postEphemeral", post_ephemeral, ("chat:write",), tier=4),
    Method("chat.getPermalink", get_permalink, tier=SPECIAL),
)
