"""Scheduler: lays messages down at Slack for later, lists and withdraws them. Needs no scope but chat:write."""

import re
from datetime import UTC, datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.case import Case
from bot.domain.net import Net
from bot.domain.values import CaseNumber, ChannelId, UserId
from bot.ports import Crowded, DeliveryTrouble, Faulty, MessageGone, PersonGone
from bot.watch import Place, Scheduled
from handlers.slack.calls import call
from handlers.slack.messenger import SlackMessenger
from handlers.views.watch import is_net, net_message

PAGE = 100
_CASE = re.compile(r"SEV-(\d{1,9})\b")


class SlackScheduler:
    """chat.scheduleMessage, chat.scheduledMessages.list and chat.deleteScheduledMessage, worded for who reads it.

    Never with metadata: such a message is taken and never posted
    (https://docs.slack.dev/reference/methods/chat.scheduleMessage).
    """

    def __init__(self, client: AsyncWebClient, messenger: SlackMessenger) -> None:
        self._client = client
        self._messenger = messenger

    async def lay(self, net: Net, case: Case, place: Place, post_at: datetime) -> Scheduled:
        """Raises DeliveryTrouble; Crowded where Slack's window of 30 in five minutes is full."""
        language, zone = case.language, case.customer_zone
        where: dict[str, Any] = {"channel": place.channel, "thread_ts": place.thread}
        if place.person is not None:
            if await self._is_gone(place.person):
                raise PersonGone("the account is deactivated")
            reader = await self._messenger.people.reader(place.person)
            language, zone, where = reader.language, reader.zone, {"channel": place.person}
        message = net_message(case, net, zone=zone, language=language, in_thread=place.person is None)
        try:
            answer = await call(
                self._client.chat_scheduleMessage,
                post_at=int(post_at.timestamp()),
                text=message.text,
                blocks=list(message.blocks),
                unfurl_links=False,
                unfurl_media=False,
                **where,
            )
        except Faulty as trouble:
            if trouble.reason.startswith("restricted_too_many"):
                raise Crowded(trouble.reason) from None
            raise
        return Scheduled(
            id=answer["scheduled_message_id"], channel=answer["channel"], post_at=post_at, case=case.number,
            text=message.text,
        )  # fmt: skip

    async def _is_gone(self, person: UserId) -> bool:
        try:
            return (await self._messenger.people.profile(person)).deleted
        except DeliveryTrouble:
            return False  # let the attempt itself tell

    async def withdraw(self, channel: ChannelId, id: str) -> None:
        """Raises MessageGone where there is nothing to withdraw, or where it is too late."""
        try:
            await call(self._client.chat_deleteScheduledMessage, channel=channel, scheduled_message_id=id)
        except Faulty as trouble:
            if trouble.reason.startswith("invalid_scheduled_message_id"):
                raise MessageGone(trouble.reason) from None
            raise

    async def lying(self, near: datetime | None = None) -> list[Scheduled]:
        """Ours that wait, all or those of one second; what somebody else laid with the same token is left alone."""
        asked: dict[str, Any] = {"limit": PAGE}
        if near is not None:
            second = int(near.timestamp())
            asked |= {"oldest": str(second - 1), "latest": str(second + 1)}
        found: list[Scheduled] = []
        while True:
            page = await call(self._client.chat_scheduledMessages_list, **asked)
            found += [one for row in page["scheduled_messages"] if (one := _ours(row)) is not None]
            asked["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not asked["cursor"]:
                return found


def _ours(row: dict[str, Any]) -> Scheduled | None:
    text = str(row.get("text") or "")
    named = _CASE.search(text)
    if named is None or not is_net(text):
        return None
    return Scheduled(
        id=str(row["id"]),
        channel=ChannelId(row["channel_id"]),
        post_at=datetime.fromtimestamp(int(row["post_at"]), UTC),
        case=CaseNumber(int(named[1])),
        text=text,
    )
