"""conversations.*: channels, their members and their histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.arguments import yes
from sandbox.errors import SlackError
from sandbox.messages import Message
from sandbox.methods.method import Json, Method, direct_message, given_channel, need, need_for, page, reachable
from sandbox.world import Channel

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

KINDS = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def shown(slack: Sandbox, channel: Channel) -> Json:
    """The conversation object. D:reference/objects/conversation-object"""
    member = slack.state.bot_in(channel.id)
    if channel.is_im:
        leaver = slack.state.people[channel.user or ""].deleted
        return {
            "id": channel.id,
            "created": 1700000000,
            "is_im": True,
            "is_archived": False,
            "is_org_shared": False,
            "user": channel.user,
            "is_user_deleted": leaver,
            "is_open": True,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": 1700000000,
        "creator": "U01YUKI",
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": member,
        "context_team_id": slack.world.team_id,
        "shared_team_ids": _teams(slack, channel),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _teams(slack: Sandbox, channel: Channel) -> list[str]:
    people = slack.state.people
    teams = {slack.state.team_of(people[user]) for user in slack.state.members[channel.id] if user in people}
    return sorted(teams | {slack.world.team_id}) if channel.is_ext_shared else [slack.world.team_id]


def info(slack: Sandbox, args: Json) -> Json:
    """One channel."""
    channel = given_channel_even_of_leavers(slack, args)
    need_for(slack, channel, "read")
    body = shown(slack, channel)
    if yes(args.get("include_num_members")):
        body["num_members"] = len(slack.state.members[channel.id])
    if yes(args.get("include_locale")):
        body["locale"] = "en-US"
    return {"ok": True, "channel": body}


def given_channel_even_of_leavers(slack: Sandbox, args: Json) -> Channel:
    """Reading a DM works even when the other side left."""
    channel = slack.state.channels.get(str(args.get("channel") or ""))
    return channel if channel is not None and channel.is_im else given_channel(slack, args)


def list_(slack: Sandbox, args: Json) -> Json:
    """All channels of the asked types that the bot can see."""
    types = [t.strip() for t in str(args.get("types") or "public_channel").split(",")]
    for kind in types:
        if kind not in KINDS:
            raise SlackError("invalid_types")
        need(slack, KINDS[kind])
    found = [shown(slack, c) for c in slack.state.channels.values() if _listed(slack, c, types)]
    if yes(args.get("exclude_archived")):
        found = [c for c in found if not c["is_archived"]]
    channels, more = page(args, found, most=1000)
    return {"ok": True, "channels": channels, **more}


def kind_of(channel: Channel) -> str:
    """The type that a caller asks for it by."""
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"


def _listed(slack: Sandbox, channel: Channel, types: list[str]) -> bool:
    if channel.is_im:
        return "im" in types
    if channel.is_private:
        return "private_channel" in types and slack.state.bot_in(channel.id)
    return "public_channel" in types


def members(slack: Sandbox, args: Json) -> Json:
    """Who is in a channel."""
    channel = given_channel_even_of_leavers(slack, args)
    need_for(slack, channel, "read")
    found, more = page(args, sorted(slack.state.members[channel.id]), most=1000)
    return {"ok": True, "members": found, **more}


def open_(slack: Sandbox, args: Json) -> Json:
    """A DM with one person; group DMs are not simulated."""
    need(slack, "im:write", "mpim:write", "channels:manage", "groups:write")
    channel = given_channel(slack, args) if args.get("channel") else direct_message(slack, _single_user(slack, args))
    if not slack.messages_tab:
        raise SlackError("messages_tab_disabled")
    body = shown(slack, channel) if yes(args.get("return_im")) else {"id": channel.id}
    return {"ok": True, "channel": body}


def _single_user(slack: Sandbox, args: Json) -> str:
    given = args.get("users")
    users = given if isinstance(given, list) else [u.strip() for u in str(given or "").split(",") if u.strip()]
    if not users:
        raise SlackError("users_list_not_supplied")
    for user in users:
        if user not in slack.state.people:
            raise SlackError("user_not_found")
        reachable(slack, user)
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    return str(users[0])


def join(slack: Sandbox, args: Json) -> Json:
    """The bot comes into a public channel."""
    channel = given_channel(slack, args)
    if channel.is_private or channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    already = slack.state.bot_in(channel.id)
    slack.bring_in(channel.id, slack.world.bot_user_id)
    body: Json = {"ok": True, "channel": shown(slack, channel)}
    return body | ({"warning": "already_in_channel"} if already else {})


def history(slack: Sandbox, args: Json) -> Json:
    """Newest first, without replies and ephemerals. D:reference/methods/conversations.history"""
    channel = _readable(slack, args)
    found = [m for m in slack.state.history(channel.id) if _within(m, args)]
    return _messages(slack, args, found)


def replies(slack: Sandbox, args: Json) -> Json:
    """A thread, its first message first. D:reference/methods/conversations.replies"""
    channel = _readable(slack, args)
    thread = slack.state.thread(channel.id, str(args.get("ts") or ""))
    if not thread:
        raise SlackError("thread_not_found")
    return _messages(slack, args, [thread[0], *(m for m in thread[1:] if _within(m, args))])


def _readable(slack: Sandbox, args: Json) -> Channel:
    channel = given_channel_even_of_leavers(slack, args)
    need_for(slack, channel, "history")
    if not slack.state.bot_in(channel.id):
        raise SlackError("not_in_channel")
    return channel


def _within(message: Message, args: Json) -> bool:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "")
    inclusive = yes(args.get("inclusive"))
    ts = _number(message.ts)
    after = ts >= _number(oldest) if inclusive else ts > _number(oldest)
    before = not latest or (ts <= _number(latest) if inclusive else ts < _number(latest))
    return after and before


def _number(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    try:
        return int(seconds or 0), int((micros or "0").ljust(6, "0")[:6])
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None


def _messages(slack: Sandbox, args: Json, found: list[Message]) -> Json:
    metadata = yes(args.get("include_all_metadata"))
    some, more = page(args, found, most=999)
    has_more = bool(more["response_metadata"]["next_cursor"])
    bodies = [_with_thread(slack, m, m.as_json(metadata=metadata)) for m in some]
    return {"ok": True, "messages": bodies, "has_more": has_more} | (more if has_more else {})


def _with_thread(slack: Sandbox, message: Message, body: Json) -> Json:
    replies = [] if message.is_reply else slack.state.thread(message.channel, message.ts)[1:]
    if replies:
        users = list(dict.fromkeys(reply.user for reply in replies))
        body |= {"thread_ts": message.ts, "reply_count": len(replies), "reply_users_count": len(users)}
        body |= {"reply_users": users[:5], "latest_reply": replies[-1].ts}
    return body


METHODS = (
    Method("conversations.info", info, tier=3),
    Method("conversations.list", list_, tier=2),
    Method("conversations.members", members, tier=4),
    Method("conversations.open", open_, tier=3),
    Method("conversations.join", join, ("channels:join",), tier=3),
    Method("conversations.history", history, tier=3),
    Method("conversations.replies", replies, tier=3),
)
