"""Reports: the report of a case, made when it is sent, and put into the case's thread as files.

Without the right to upload, its figures and questions go there as a message, with a sentence for whoever looks after
the bot. In a direct message, where the thread can't be reached, it is always that message.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.domain.account import Account
from bot.domain.case import Case
from bot.domain.errors import NothingSaved
from bot.domain.values import UserId, name_of
from bot.ports import DeliveryTrouble, Faulty, Letter, Receipt, Stopped, Wait
from handlers.slack.calls import MAY_NOT
from handlers.slack.upload import Paper, named, upload
from handlers.views.parts import Message
from handlers.views.report.papers import Papers, account_for_thread, in_short, not_uploaded, papers, people_in, titles

log = logging.getLogger(__name__)

Post = Callable[[Message, str, dict[str, Any]], Awaitable[Receipt]]
Called = Callable[[Sequence[UserId]], Awaitable[dict[UserId, str]]]


class Reports:
    """Makes a report and sends it where its letter says."""

    def __init__(self, client: AsyncWebClient, post: Post, called: Called) -> None:
        self._client = client
        self._post = post
        self._called = called
        self.desk: Desk

    async def deliver(self, letter: Letter, case: Case, now: datetime) -> Receipt:
        """Put it into the thread, or say it in short. Raises DeliveryTrouble."""
        told = await self._account(case, now)
        names = await self._called(people_in(told))
        try:
            short = in_short(told, case.language, case.customer_zone, names)
            if letter.notice.place == "person" or case.thread is None:
                return await self._post(short, letter.id, {"channel": letter.notice.to or case.channel})
            made = await asyncio.to_thread(papers, told, case.language, case.customer_zone, names)
        except DeliveryTrouble:
            raise
        except Exception as error:
            log.exception("the report of %s can't be made", name_of(case.number))
            raise Faulty(f"it can't be made: {type(error).__name__}") from error
        try:
            return await upload(self._client, _papers(made, told, letter.id), case.channel, case.thread, short)
        except Stopped as refused:
            if not refused.reason.startswith(MAY_NOT):
                raise
            log.error("reports can't be uploaded: %s", refused.reason)
            admin = self.desk.config.rules(case.channel).admin
            said = not_uploaded(short, case.language, admin, refused.reason)
            return await self._post(said, letter.id, {"channel": case.channel, "thread_ts": case.thread})

    async def _account(self, case: Case, now: datetime) -> Account:
        try:
            _, told = await self.desk.history(case.number)
        except NothingSaved:
            raise Wait("the database can't be read", seconds=1) from None
        return account_for_thread(case, [one.fact for one in told], now)


def _papers(made: Papers, told: Account, id: str) -> list[Paper]:
    """What is uploaded; the SVG stands in the page already."""
    stem, called = name_of(told.case.number), titles(told)
    return [
        Paper(name=named(f"{stem}-timeline", id, "png"), title=called.picture, content=made.png, alt=called.alt),
        Paper(name=named(stem, id, "html"), title=called.page, content=made.html.encode()),
        Paper(name=named(stem, id, "md"), title=called.text, content=made.markdown.encode()),
    ]
