"""chat.schedule*: messages that Slack posts later by its own clock."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.arguments import yes
from sandbox.clock import Alarm
from sandbox.content import content
from sandbox.errors import SlackError
from sandbox.methods.chat import parent, writable
from sandbox.methods.method import Json, Method, given_channel, page

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

# D:reference/methods/chat.scheduleMessage, D:reference/methods/chat.deleteScheduledMessage
AHEAD_MOST = timedelta(days=120)
WINDOW = timedelta(minutes=5)
PER_WINDOW = 30
UNCANCELLABLE = timedelta(seconds=60)
UNRELIABLE = timedelta(minutes=5)
"""Nearer than this it says ok and posts all the same (gh:slackapi/bolt-js#1857, gh:slackapi/bolt-python#355)."""


@dataclass(frozen=True)
class Scheduled:
    """A message waiting for its time."""

    id: str
    channel: str
    post_at: datetime
    args: Json
    created: datetime
    alarm: Alarm


@dataclass
class Schedule:
    """All waiting messages."""

    waiting: dict[str, Scheduled] = field(default_factory=dict)
    ghosts: dict[str, Scheduled] = field(default_factory=dict)
    """Withdrawn too late: not listed any more, and posted all the same."""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))


def schedule_message(slack: Sandbox, args: Json) -> Json:
    """Refuses the past, more than 120 days ahead, and more than 30 in 5 minutes of a channel."""
    channel = writable(slack, args)
    parent(slack, channel, args.get("thread_ts"))
    content(args)
    post_at = _post_at(args)
    now = slack.clock.now()
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + AHEAD_MOST:
        raise SlackError("time_too_far")
    waiting = slack.schedule.waiting
    near = [s for s in waiting.values() if s.channel == channel.id and abs(s.post_at - post_at) < WINDOW]
    if len(near) >= PER_WINDOW:
        raise SlackError("restricted_too_many")
    name = f"Q{next(slack.schedule.numbers):08d}"
    put_back(slack, name, channel.id, post_at, dict(args, channel=channel.id), now)
    said = {"text": args.get("text", ""), "type": "delayed_message", "bot_id": slack.world.bot_id}
    stamp = int(post_at.timestamp())
    return {"ok": True, "channel": channel.id, "scheduled_message_id": name, "post_at": stamp, "message": said}


def put_back(slack: Sandbox, name: str, channel: str, post_at: datetime, args: Json, created: datetime) -> None:
    """Let it wait for its time; later ones get later names."""
    alarm = slack.clock.at(post_at, lambda: _post(slack, name))
    slack.schedule.waiting[name] = Scheduled(name, channel, post_at, args, created, alarm)
    slack.schedule.numbers = itertools.count(max(int(name[1:]) + 1, next(slack.schedule.numbers)))


def _post_at(args: Json) -> datetime:
    try:
        return datetime.fromtimestamp(int(args["post_at"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise SlackError("invalid_time") from None


def _post(slack: Sandbox, name: str) -> None:
    """Its time has come; what cannot be posted any more vanishes, and so does a message with metadata."""
    schedule = slack.schedule
    due = schedule.waiting.pop(name, None) or schedule.ghosts.pop(name)
    if due.args.get("metadata"):
        return  # documented bug: such a message never posts. D:reference/methods/chat.scheduleMessage
    try:
        channel = writable(slack, due.args)
        root = parent(slack, channel, due.args.get("thread_ts"))
        slack.posts.bot_says(channel.id, content(due.args), None, root, broadcast=yes(due.args.get("reply_broadcast")))
    except SlackError:
        return


def delete_scheduled_message(slack: Sandbox, args: Json) -> Json:
    """Impossible in the last 60 seconds; in the last five minutes it only looks as if it had worked."""
    channel = given_channel(slack, args, user_opens_dm=True)
    due = slack.schedule.waiting.get(str(args.get("scheduled_message_id") or ""))
    if due is None or due.channel != channel.id or due.post_at - slack.clock.now() <= UNCANCELLABLE:
        raise SlackError("invalid_scheduled_message_id")
    del slack.schedule.waiting[due.id]
    if due.post_at - slack.clock.now() < UNRELIABLE:
        slack.schedule.ghosts[due.id] = due
    else:
        due.alarm.cancel()
    return {"ok": True}


def scheduled_messages_list(slack: Sandbox, args: Json) -> Json:
    """What is waiting, soonest first."""
    channel = given_channel(slack, args).id if args.get("channel") else None
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    found = [
        {
            "id": due.id,
            "channel_id": due.channel,
            "post_at": int(due.post_at.timestamp()),
            "date_created": int(due.created.timestamp()),
            "text": due.args.get("text", ""),
        }
        for due in sorted(slack.schedule.waiting.values(), key=lambda each: each.post_at)
        if channel in (None, due.channel) and oldest <= due.post_at.timestamp() <= latest
    ]
    shown, more = page(args, found, most=100)
    return {"ok": True, "scheduled_messages": shown, **more}


METHODS = (
    Method("chat.scheduleMessage", schedule_message, ("chat:write",), tier=3),
    Method("chat.deleteScheduledMessage", delete_scheduled_message, ("chat:write",), tier=3),
    Method("chat.scheduledMessages.list", scheduled_messages_list, tier=3),
)
