"""Payloads: what Slack sends, parsed once into typed values. The only file that subscripts a payload.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/reference/events/message
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.values import ChannelId, DeliveryId, Instant, TeamId, Timestamp, UserId, Value

Payload = Mapping[str, Any]


class Actor(Value):
    """Who acts, and of which workspace they are."""

    user: UserId
    team: TeamId | None
    bot: bool = False


class Where(Value):
    """Where somebody acted, and how they can be answered privately."""

    team: TeamId
    channel: ChannelId | None = None
    thread: Timestamp | None = None
    message: Timestamp | None = None
    response_url: str = ""
    trigger: str = ""
    view: str = ""
    """The modal that is open, where they acted inside one."""
    told: bool = False
    """The channel is what a form of ours remembers, not what Slack says of this act."""

    @property
    def private(self) -> bool:
        """Whether a private answer has a place here; the home tab has none."""
        return bool(self.channel or self.response_url)


class SlashWords(Value):
    """A slash command: what was typed after its name."""

    delivery: DeliveryId
    actor: Actor
    where: Where
    text: str


class Posted(Value):
    """A message that a person posted in a channel."""

    delivery: DeliveryId
    actor: Actor
    where: Where
    ts: Timestamp
    at: Instant
    text: str
    shared: bool
    """In a channel shared with another organisation."""
    private: bool = True
    """In a channel that only its members see, or of which nothing is known."""


class Click(Value):
    """A button pressed or an option chosen."""

    delivery: DeliveryId
    actor: Actor
    where: Where
    action: str
    value: str
    meta: str = ""
    """What the modal remembers, where the button is inside one."""
    callback: str = ""
    """The verb of that modal."""


class Submission(Value):
    """A modal sent off: its fields by block id, blank ones as empty text."""

    delivery: DeliveryId
    actor: Actor
    where: Where
    callback: str
    meta: str
    fields: dict[str, str]


class Shortcut(Value):
    """A shortcut chosen from a message or from the search bar."""

    delivery: DeliveryId
    actor: Actor
    where: Where
    callback: str
    text: str = ""
    author: UserId | None = None


class Sharing(Value):
    """A channel came to be shared with another organisation, or is no longer (`channel_shared`, `channel_unshared`)."""

    channel: ChannelId
    shared: bool


class HomeOpened(Value):
    """Somebody looks at a tab of the app."""

    actor: Actor
    tab: str


def slash(body: Payload) -> SlashWords:
    return SlashWords(
        # A slash command is never sent again by Slack; its trigger id names this one typing of it.
        delivery=DeliveryId(f"slash:{body['trigger_id']}"),
        actor=Actor(user=UserId(body["user_id"]), team=TeamId(body["team_id"])),
        where=Where(
            team=TeamId(body["team_id"]),
            channel=ChannelId(body["channel_id"]),
            response_url=body.get("response_url", ""),
            trigger=body["trigger_id"],
        ),
        text=body.get("text", ""),
    )


_SPOKEN = (None, "thread_broadcast", "file_share")
"""Subtypes of messages that people write; edits, deletions, joins and the like have others."""


def posted(body: Payload) -> Posted | None:
    """The message of a `message` or `app_mention` event; None where no person spoke (bots, edits, joins)."""
    event = body["event"]
    if event.get("subtype") not in _SPOKEN or event.get("bot_id") or not event.get("user"):
        return None
    channel, ts = event["channel"], event["ts"]
    return Posted(
        # Not the event id: one message may come as `message` and as `app_mention`.
        delivery=DeliveryId(f"post:{body['team_id']}:{channel}:{ts}"),
        actor=Actor(user=UserId(event["user"]), team=_team_of_author(body)),
        where=Where(
            team=TeamId(body["team_id"]),
            channel=ChannelId(channel),
            thread=event.get("thread_ts"),
            message=ts,
        ),
        ts=Timestamp(ts),
        at=datetime.fromtimestamp(float(ts), UTC),
        text=event.get("text") or "",
        shared=bool(body.get("is_ext_shared_channel")),
        private=event.get("channel_type") != "channel",
    )


def missed(message: Payload, channel: ChannelId, team: TeamId, *, shared: bool, private: bool) -> dict[str, Any]:
    """A message as a history tells it, in the shape of the event that would have brought it."""
    kind = "group" if private else "channel"
    event = {**message, "type": "message", "channel": channel, "channel_type": kind}
    if event.get("thread_ts") == event["ts"]:
        # A history names the thread that grew below a message in the message itself; its event did not know of it yet.
        del event["thread_ts"]
    return {"team_id": team, "event": event, "is_ext_shared_channel": shared}


def _team_of_author(body: Payload) -> TeamId:
    """Authors from another workspace carry it in `user_team` or `source_team` (D:apis/slack-connect)."""
    event = body["event"]
    return TeamId(event.get("user_team") or event.get("source_team") or event.get("team") or body["team_id"])


def click(body: Payload) -> Click:
    action = body["actions"][0]
    return Click(
        delivery=DeliveryId(f"click:{body.get('trigger_id') or action['action_ts']}"),
        actor=_actor(body),
        where=_where(body),
        action=action["action_id"],
        value=_chosen(action),
        meta=(body.get("view") or {}).get("private_metadata", ""),
        callback=(body.get("view") or {}).get("callback_id", ""),
    )


def submission(body: Payload) -> Submission:
    view = body["view"]
    return Submission(
        # A view is submitted once; the same view again is the same act. Values that were refused wrote nothing.
        delivery=DeliveryId(f"view:{view['id']}"),
        actor=_actor(body),
        where=_where(body),
        callback=view["callback_id"],
        meta=view.get("private_metadata", ""),
        fields={
            block: _chosen(next(iter(elements.values()), {})) for block, elements in view["state"]["values"].items()
        },
    )


def shortcut(body: Payload) -> Shortcut:
    message = body.get("message") or {}
    return Shortcut(
        delivery=DeliveryId(f"shortcut:{body['trigger_id']}"),
        actor=_actor(body),
        where=_where(body),
        callback=body["callback_id"],
        text=message.get("text", ""),
        author=message.get("user"),
    )


def home_opened(body: Payload) -> HomeOpened:
    event = body["event"]
    return HomeOpened(
        actor=Actor(user=UserId(event["user"]), team=TeamId(body["team_id"])), tab=event.get("tab", "home")
    )


def sharing(body: Payload) -> Sharing:
    """https://docs.slack.dev/reference/events/channel_shared; one of several companies may leave and the rest stay."""
    event = body["event"]
    shared = event["type"] == "channel_shared" or bool(event.get("is_ext_shared"))
    return Sharing(channel=ChannelId(event["channel"]), shared=shared)


class Reaction(Value):
    """An emoji put on a message, or taken away (`reaction_added`, `reaction_removed`)."""

    delivery: DeliveryId
    actor: Actor
    channel: ChannelId
    ts: Timestamp
    emoji: str
    at: Timestamp
    """When it happened, as Slack says: its events come in any order."""
    added: bool


def reaction(body: Payload) -> Reaction:
    """https://docs.slack.dev/reference/events/reaction_added; skin tones follow the name after two colons."""
    event = body["event"]
    return Reaction(
        delivery=DeliveryId(f"event:{body['event_id']}"),
        actor=Actor(user=UserId(event["user"]), team=TeamId(body["team_id"])),
        channel=ChannelId(event["item"].get("channel", "")),
        ts=Timestamp(event["item"].get("ts", "")),
        emoji=event["reaction"].partition("::")[0],
        at=Timestamp(str(event.get("event_ts") or body.get("event_time") or "")),
        added=event["type"] == "reaction_added",
    )


def event_type(body: Payload) -> str:
    return str(body["event"]["type"])


class ProfileChanged(Value):
    """A `user_change` event: another zone, another language, or an account deactivated."""

    delivery: DeliveryId
    user: UserId
    gone: bool


def profile_changed(body: Payload) -> ProfileChanged:
    user = body["event"]["user"]
    return ProfileChanged(
        delivery=DeliveryId(f"event:{body['event_id']}"), user=UserId(user["id"]), gone=bool(user.get("deleted"))
    )


def _actor(body: Payload) -> Actor:
    user = body["user"]
    return Actor(user=UserId(user["id"]), team=user.get("team_id") or (body.get("team") or {}).get("id"))


def _where(body: Payload) -> Where:
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    return Where(
        team=TeamId((body.get("team") or {}).get("id") or body["user"].get("team_id") or ""),
        channel=channel,
        thread=container.get("thread_ts") or message.get("thread_ts"),
        message=container.get("message_ts") or message.get("ts") or body.get("message_ts"),
        response_url=body.get("response_url") or "",
        trigger=body.get("trigger_id") or "",
        view=_modal(body),
    )


def _modal(body: Payload) -> str:
    """The modal they acted in; the home tab is a view too, but nothing can be put on top of it or answered in it."""
    view = body.get("view") or {}
    return str(view["id"]) if view.get("type") == "modal" else ""


def _chosen(element: Payload) -> str:
    """What an interactive element holds, as text: a typed value, an option's value, a person."""
    for key in ("selected_option", "selected_options", "selected_user", "selected_conversation", "selected_channel"):
        chosen = element.get(key)
        if isinstance(chosen, Mapping):
            return str(chosen["value"])
        if isinstance(chosen, list):
            return ",".join(str(option["value"]) for option in chosen)
        if chosen:
            return str(chosen)
    return str(element.get("value") or "")
