"""Posts: what happens when something is said, changed or taken away, by a person or by the app."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from typing import Any

from .blocks import with_ids
from .events import Events
from .inbound import Delivery, Inbound
from .messages import Message
from .mrkdwn import pings
from .state import State
from .world import Person

Json = dict[str, Any]


class Posts:
    """Writes into the state and tells the app what it is subscribed to."""

    def __init__(self, state: State, events: Events, inbound: Inbound) -> None:
        self._state, self._events, self._inbound = state, events, inbound
        self._ids = (f"b{number:x}" for number in itertools.count(0xA000))

    # The app

    def bot_says(self, channel: str, said: Json, metadata: Json | None, root: Message | None, *,
                 broadcast: bool = False, subtype: str | None = None) -> Message:  # fmt: skip
        """The app posts."""
        message = self._bots(channel, said, metadata=metadata, subtype=subtype)
        if root is not None:
            message = replace(message, thread_ts=root.ts, parent_user_id=root.user, broadcast=broadcast)
        self._state.add(message)
        self._inbound.send(self._events.posted(message))
        return message

    def bot_shares(self, channel: str, said: Json | None, files: tuple[Json, ...], root: Message | None) -> Message:
        """The app shares files, with or without words. D:reference/events/message/file_share"""
        silent: Json = {"text": "", "blocks": [], "attachments": (), "options": {"parse": "none", "link_names": False}}
        message = replace(self._bots(channel, said or silent, metadata=None, subtype="file_share"), files=files)
        if root is not None:
            message = replace(message, thread_ts=root.ts, parent_user_id=root.user)
        self._state.add(message)
        self._inbound.send(self._events.posted(message))
        return message

    def bot_edits(self, old: Message, said: Json, changes: Json) -> Message:
        """The app changes its message; text alone removes the blocks, and only then it is marked as edited."""
        now = self._state.clock.now()
        fresh = self._bots(old.channel, said, metadata=None, ts=old.ts)
        marks: Json = {"edited": now}
        if not said["blocks"]:
            marks |= {"edited_by": old.user, "edited_ts": f"{int(now.timestamp())}.000000"}
        content = {key: getattr(fresh, key) for key in ("text", "blocks", "attachments", "pings", "options")}
        return self._change(old, **content, **marks, **changes)

    def bot_whispers(self, channel: str, user: str, said: Json, thread_ts: str | None = None) -> Message:
        """The app says something to one person only."""
        message = replace(self._bots(channel, said, metadata=None), ephemeral_to=user, thread_ts=thread_ts)
        self._state.whisper(message, user)
        return message

    def bot_whispers_anew(self, old: Message, said: Json | None) -> Message | None:
        """An ephemeral message is replaced or removed."""
        new = None
        if said is not None:
            new = replace(self._bots(old.channel, said, metadata=None, ts=old.ts), ephemeral_to=old.ephemeral_to)
        self._state.replace_whisper(old, new)
        return new

    # People

    def person_says(self, person: Person, channel: str, text: str, root: Message | None, *, broadcast: bool = False,
                    blocks: list[Json] | None = None) -> tuple[Message, list[Delivery]]:  # fmt: skip
        """A person (or another bot) posts."""
        ts = self._state.new_ts(channel)
        message = Message(
            ts=ts,
            channel=channel,
            user=person.id,
            text=text,
            at=self._state.clock.now(),
            blocks=tuple(blocks) if blocks is not None else (_rich_text(text, next(self._ids)),),
            thread_ts=root.ts if root else None,
            parent_user_id=root.user if root else None,
            pings=pings(text, blocks or ()),
            team=self._state.team_of(person),
            bot_id=person.bot_id,
            bot_name=person.name if person.is_bot else None,
            app_id=f"A{person.bot_id[1:]}" if person.bot_id else None,
            client_msg_id=None if person.is_bot else str(uuid.uuid4()),
            broadcast=broadcast,
            subtype="thread_broadcast" if broadcast and root else None,
            external=self._state.is_external(person.id),
            author_name=person.real_name,
        )
        self._state.add(message)
        return message, self._inbound.send(self._events.posted(message))

    def person_edits(self, old: Message, text: str) -> tuple[Message, list[Delivery]]:
        """A person changes what they wrote."""
        now = self._state.clock.now()
        new = old.changed(
            text=text,
            blocks=(_rich_text(text, next(self._ids)),),
            pings=pings(text),
            edited=now,
            edited_by=old.user,
            edited_ts=f"{int(now.timestamp())}.000000",
        )
        self._state.put(new)
        return new, self._inbound.send(self._events.edited(old, new))

    # Anyone

    def remove(self, message: Message) -> list[Delivery]:
        """A message is deleted; with replies below it, a tombstone remains."""
        replies = [] if message.is_reply else self._state.thread(message.channel, message.ts)[1:]
        if replies:
            gone = message.changed(subtype="tombstone", text="This message was deleted.", deleted=True, blocks=(),
                                   metadata=None, attachments=(), pings=frozenset(), reactions=())  # fmt: skip
            self._state.put(gone)
            return self._inbound.send(self._events.edited(message, gone))
        self._state.put(message.changed(deleted=True))
        return self._inbound.send(self._events.deleted(message))

    def react(self, message: Message, user: str, emoji: str, *, added: bool = True) -> list[Delivery]:
        """An emoji is put on a message or taken away."""
        mark = (emoji, user)
        others = tuple(each for each in message.reactions if each != mark)
        self._state.put(replace(message, reactions=(*others, mark) if added else others))
        return self._inbound.send(self._events.reacted(message, user, emoji, added=added))

    def _change(self, old: Message, **fields: Any) -> Message:
        new = old.changed(**fields)
        self._state.put(new)
        self._inbound.send(self._events.edited(old, new))
        return new

    def _bots(self, channel: str, said: Json, *, metadata: Json | None, ts: str | None = None,
              subtype: str | None = None) -> Message:  # fmt: skip
        world, options = self._state.world, said["options"]
        blocks = with_ids(said["blocks"], self._ids)
        return Message(
            ts=ts or self._state.new_ts(channel),
            channel=channel,
            user=world.bot_user_id,
            text=said["text"],
            at=self._state.clock.now(),
            blocks=tuple(blocks),
            attachments=said["attachments"],
            metadata=metadata,
            team=world.team_id,
            bot_id=world.bot_id,
            app_id=world.app_id,
            bot_name=self._state.app.name,
            subtype=subtype,
            options=options,
            pings=pings(
                said["text"],
                blocks,
                said["attachments"],
                parse=options["parse"],
                link_names=options["link_names"],
                names=self._state.names(),
            ),
        )


def _rich_text(text: str, block_id: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}
