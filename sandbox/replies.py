"""Reply: what the app answers to a command or a click, in the ack or by response_url."""

from __future__ import annotations

from typing import Any

from .arguments import yes
from .content import content
from .errors import SlackError
from .messages import Message
from .posts import Posts
from .state import State
from .triggers import ResponseUrl, Triggers

Json = dict[str, Any]


class Replies:
    """Turns answers into messages: ephemeral unless the app says `in_channel`."""

    def __init__(self, state: State, posts: Posts, triggers: Triggers) -> None:
        self._state, self._posts, self._triggers = state, posts, triggers

    def in_ack(self, body: Any, user: str, channel: str) -> Message | None:
        """The body of a slash command's ack: nothing, text, or a message."""
        if not body:
            return None
        said = body if isinstance(body, dict) else {"text": str(body)}
        return self._say(said, user, channel)

    def by_url(self, secret: str, said: Json) -> Message | None:
        """One use of a response_url. D:interactivity/handling-user-interaction"""
        url = self._triggers.use_url(secret)
        if url.source is not None and yes(said.get("delete_original")):
            self._delete(url.source)
            return None
        if url.source is not None and yes(said.get("replace_original")):
            return self._replace(url, said)
        return self._say(said, url.user, url.channel)

    def _say(self, said: Json, user: str, channel: str) -> Message | None:
        thread_ts = said.get("thread_ts")
        root = None if not thread_ts else self._state.find(channel, str(thread_ts))
        if thread_ts and root is None:
            raise SlackError("thread_not_found")
        if said.get("response_type") == "in_channel":
            return self._posts.bot_says(channel, content(said), None, root, subtype="bot_message")
        return self._posts.bot_whispers(channel, user, content(said), root.ts if root else None)

    def _delete(self, source: Message) -> None:
        if source.ephemeral_to is not None:
            self._posts.bot_whispers_anew(source, None)
        elif (message := self._state.find(source.channel, source.ts)) is not None:
            self._posts.remove(message)

    def _replace(self, url: ResponseUrl, said: Json) -> Message | None:
        source = url.source
        if source is None:
            return None
        if source.ephemeral_to is not None:
            return self._posts.bot_whispers_anew(source, content(said))
        message = self._state.find(source.channel, source.ts)
        if message is None or message.user != self._state.world.bot_user_id:
            raise SlackError("message_not_found")
        return self._posts.bot_edits(message, content(said), {})
