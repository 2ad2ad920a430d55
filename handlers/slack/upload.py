"""Upload: files into a thread, in Slack's three steps: an address for each, the bytes, and then they are shared.

Nothing stands anywhere before the last step, so only that one can leave us unsure. A file that may stand is found by
its name, which carries the id of its letter: what completeUploadExternal shares has no metadata
(https://docs.slack.dev/reference/methods/files.completeUploadExternal).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.values import ChannelId, Timestamp, Value
from bot.ports import Receipt, Unsure, Wait
from handlers.slack.calls import call
from handlers.views.parts import Message

SENT_WITHIN = 30.0
"""Ours: seconds for the bytes of one file."""
SHOWN = 12
"""Ours: characters of a letter's id in a file's name; sixteen to the twelfth are enough for one thread."""


class Paper(Value):
    """A file to upload."""

    name: str
    title: str
    content: bytes
    alt: str = ""


def named(stem: str, id: str, ending: str) -> str:
    """A name that people can read and that is found again: `SEV-42-0123456789ab.html`."""
    return f"{stem}-{id[:SHOWN]}.{ending}"


def carries(message: Mapping[str, Any], id: str) -> bool:
    """Whether a message shares a file of this letter."""
    return any(f"-{id[:SHOWN]}." in str(file.get("name") or "") for file in message.get("files") or ())


async def upload(
    client: AsyncWebClient, papers: Sequence[Paper], channel: ChannelId, thread: Timestamp, comment: Message
) -> Receipt:
    """Share them in one message. Raises DeliveryTrouble; Unsure only where they may stand there."""
    try:
        ids = [await _sent(client, paper) for paper in papers]
    except Unsure as lost:
        raise Wait(lost.reason, seconds=5) from lost
    answer = await call(
        client.files_completeUploadExternal,
        files=[{"id": id, "title": paper.title} for id, paper in zip(ids, papers, strict=True)],
        channel_id=channel,
        thread_ts=thread,
        # Not `initial_comment`, in which names and channels would be looked for.
        blocks=json.dumps(list(comment.blocks)),
    )
    return Receipt(channel=channel, ts=_stands(answer, channel))


async def _sent(client: AsyncWebClient, paper: Paper) -> str:
    """The id of a file whose bytes are at Slack. Raises DeliveryTrouble."""
    asked = await call(
        client.files_getUploadURLExternal, filename=paper.name, length=len(paper.content), alt_txt=paper.alt or None
    )
    await call(_send, client=client, url=str(asked["upload_url"]), content=paper.content)
    return str(asked["file_id"])


async def _send(client: AsyncWebClient, url: str, content: bytes) -> None:
    # The address is the right to write there: no token goes with it.
    timeout = aiohttp.ClientTimeout(total=SENT_WITHIN)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(url, data=content, proxy=client.proxy, ssl=client.ssl or True) as answer,
    ):
        answer.raise_for_status()


def _stands(answer: Any, channel: ChannelId) -> Timestamp:
    """The message's name, where Slack knows it already: a file is shared a moment later
    (https://github.com/slackapi/python-slack-sdk/issues/1277)."""
    for file in answer.get("files") or ():
        shares = file.get("shares") or {}
        for where in (shares.get("public") or {}, shares.get("private") or {}):
            if where.get(channel):
                return Timestamp(str(where[channel][0].get("ts") or ""))
    return Timestamp("")
