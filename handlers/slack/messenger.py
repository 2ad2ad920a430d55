"""Messenger: says things at Slack. But for scheduler.py, which lays messages down for later, the only caller of the Web
API; how a call fails is in calls.py."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.kin_messages import IncidentGrew, IncidentSuspected
from bot.domain.messages import HandoffOffered, NudgeCame, ReminderCame, ReportAsked
from bot.domain.values import ChannelId, Language, TeamId, Timestamp, UserId, Value
from bot.memory import Past
from bot.pace import Limits, Pace
from bot.ports import (
    DeliveryTrouble,
    Faulty,
    Letter,
    Limited,
    MessageGone,
    PersonGone,
    Receipt,
    Stopped,
    Surface,
    ThreadGone,
    Unreachable,
    Unreadable,
    Unsure,
    Wait,
)
from bot.settings import Configuration
from handlers.slack.calls import MAY_NOT, call, method_of
from handlers.slack.payloads import Where
from handlers.slack.people import People, Profile
from handlers.slack.places import place_of, said_since
from handlers.slack.relatives import Relatives
from handlers.slack.reports import Reports
from handlers.slack.teams import Standing
from handlers.slack.upload import carries
from handlers.views import kin
from handlers.views.alike import brief
from handlers.views.bundle import bundle
from handlers.views.card import card
from handlers.views.home import home
from handlers.views.news import news
from handlers.views.nudge import nudge
from handlers.views.parts import Message
from handlers.views.reminder import reminder, repeated
from handlers.views.runs import part_of
from handlers.views.veil import veiled, veiled_fact

log = logging.getLogger(__name__)

EVENT_TYPE = "jibungoto"
LOOKED_BACK = timedelta(seconds=60)
"""A message may carry a time slightly before our own clock's attempt."""
PAGES, PAGE = 10, 200
"""Ours: how far a lost message is looked for, and the messages of a page."""
PROFILES, CHANNELS = "users.info", "conversations.info"
NAMED = 60
"""Ours: how many people are asked for by name for one report."""

_UNREAD: dict[str, Any] = {"parse": "none", "link_names": False}
"""Slack looks for no names, channels or addresses in the text; chat.update would, by default
(https://docs.slack.dev/reference/methods/chat.update)."""
_QUIETLY: dict[str, Any] = {**_UNREAD, "unfurl_links": False, "unfurl_media": False}


class Workspace(Value):
    """Who the bot is in which workspace (auth.test)."""

    team: TeamId
    url: str
    bot_user: UserId

    def link(self, channel: ChannelId, ts: Timestamp | None) -> str:
        """The address of a message, made without asking (https://docs.slack.dev/reference/methods/chat.getPermalink)."""
        address = f"{self.url.rstrip('/')}/archives/{channel}"
        return f"{address}/p{ts.replace('.', '')}" if ts else address


class SlackMessenger:
    """Renders in the reader's language and zone, and speaks through one Web API client that never repeats by itself."""

    def __init__(
        self,
        client: AsyncWebClient,
        config: Configuration,
        limits: Limits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._config = config
        self._limits = limits or Limits()
        self._pace = Pace()
        self._monotonic = monotonic
        self._reports = Reports(client, self._post, self.called)
        self._relatives = Relatives()
        self.people: People
        self.link: Callable[[ChannelId, Timestamp], str] | None = None
        """The address of a message, once the workspace is known."""
        self.recall: Callable[[Case, UserId], Awaitable[Sequence[Past]]]
        """Past cases like one, of those that a person may see."""

    def adopt(self, config: Configuration) -> None:
        """Go on with another configuration."""
        self._config = config

    # ------------------------------------------------------------ what must arrive

    async def deliver(self, letter: Letter, case: Case, now: datetime) -> Receipt:
        """Post a notice where it belongs. Raises DeliveryTrouble."""
        notice = letter.notice
        if isinstance(notice.fact, ReportAsked):
            return await self._reports.deliver(letter, case, now)
        try:
            message = await self._worded(letter, case, now)
        except DeliveryTrouble:
            raise
        except Exception as error:  # nothing was sent: one letter that can't be put into words holds up no other
            log.exception("%s can't be put into words", notice.key)
            raise Faulty(f"it can't be put into words: {type(error).__name__}") from error
        return await self._post(message, letter.id, place_of(notice, case))

    async def deliver_together(self, letters: Sequence[tuple[Letter, Case]], now: datetime) -> Receipt:
        """Say several reminders to one person as one message. Raises DeliveryTrouble."""
        to = letters[0][0].notice.to
        assert to is not None
        reminders = [(case, one.notice.fact) for one, case in letters if isinstance(one.notice.fact, ReminderCame)]
        case = letters[0][1]
        language, zone = await self._as_read_by(to, case.language, case.customer_zone)
        try:
            message = bundle(reminders, to, zone, language, now)
        except Exception as error:
            log.exception("%d reminders can't be put into words together", len(letters))
            raise Faulty(f"they can't be put into words: {type(error).__name__}") from error
        ids = [letter.id for letter, _ in letters]
        return await self._post(message, ids[0], {"channel": to}, also=ids[1:])

    async def _as_read_by(self, person: UserId, language: Language, zone: str) -> tuple[Language, str]:
        """The reader's own language and zone, where we know them or may ask. Raises PersonGone."""
        if not self._may_ask_about(person):
            return language, zone
        if await self._is_gone(person):
            raise PersonGone("the account is deactivated")
        reader = await self.people.reader(person, language, zone)
        return reader.language, reader.zone

    async def _worded(self, letter: Letter, case: Case, now: datetime) -> Message:
        notice, fact = letter.notice, letter.notice.fact
        language, zone = case.language, case.customer_zone
        if notice.place == "person" and notice.to is not None:
            language, zone = await self._as_read_by(notice.to, language, zone)
        if notice.place != "person":
            case, fact = veiled(case), veiled_fact(case, fact)
        if isinstance(fact, ReminderCame):
            said = reminder(case, fact, notice.place, notice.to, zone, language, now, families=self._config.families)
        elif isinstance(fact, NudgeCame):
            said = nudge(case, fact, zone, language, now, self._config.families)
        elif isinstance(fact, IncidentSuspected | IncidentGrew):
            beside = await self._relatives.of(case, self.link, fact)
            said = kin.incident(case, fact, beside, language=language, zone=zone, now=now)
        else:
            past = await self.recall(case, fact.to) if isinstance(fact, HandoffOffered) else ()
            said = news(case, fact, language=language, zone=zone, now=now, more=brief(past))
        return repeated(said, language) if letter.repeat else said

    def tell_from(self, desk: Desk) -> None:
        """Whom the facts of a report and the cases named beside one are asked of; set once it is there."""
        self._reports.desk = self._relatives.desk = desk

    async def called(self, people: Sequence[UserId]) -> dict[UserId, str]:
        """The names of people, each asked for in its turn; who is unknown keeps their id."""
        names: dict[UserId, str] = {}
        for person in people[:NAMED]:
            if not self.people.knows(person):
                await asyncio.sleep(self._pace.wait(PROFILES, self._limits.profiles, self._monotonic()))
            try:
                names[person] = (await self.people.profile(person)).name
            except DeliveryTrouble as trouble:
                log.info("%s is not named: %s", person, trouble.reason)
        return {person: name for person, name in names.items() if name}

    def _may_ask_about(self, person: UserId) -> bool:
        """Whether we know them, or may ask now. A flood does not wait for profiles: it speaks the case's language."""
        return self.people.knows(person) or self._pace.wait(PROFILES, self._limits.profiles, self._monotonic()) == 0

    async def _is_gone(self, person: UserId) -> bool:
        try:
            return (await self.people.profile(person)).deleted
        except DeliveryTrouble:
            return False  # let the attempt itself tell

    async def _post(self, message: Message, id: str, arguments: dict[str, Any], also: Sequence[str] = ()) -> Receipt:
        """Post it, to be found again by its id, or by one of those that it says along."""
        payload: dict[str, Any] = {"id": id} | ({"also": list(also)} if also else {})
        answer = await call(
            self._client.chat_postMessage,
            text=message.text,
            blocks=list(message.blocks),
            metadata={"event_type": EVENT_TYPE, "event_payload": payload},
            **_QUIETLY,
            **arguments,
        )
        return Receipt(channel=answer["channel"], ts=answer["ts"])

    async def find(self, letter: Letter, case: Case) -> Receipt | None:
        """Look for a letter whose answer was lost, by its metadata. None where it is not there.

        Raises Unreadable where it can't be read, or too much was said since to read it all.
        """
        since = said_since(letter) - LOOKED_BACK
        if letter.notice.place == "person":
            opened = await self._readable(self._client.conversations_open, users=letter.notice.to)
            return await self._search(letter.id, opened["channel"]["id"], None, since)
        thread = case.thread if letter.notice.place in ("thread", "broadcast") else None
        return await self._search(letter.id, case.channel, thread, since)

    async def _search(self, id: str, channel: ChannelId, thread: Timestamp | None, since: datetime) -> Receipt | None:
        method = self._client.conversations_replies if thread else self._client.conversations_history
        arguments: dict[str, Any] = {"channel": channel, "limit": PAGE, "include_all_metadata": True}
        arguments |= {"ts": thread} if thread else {}
        arguments["oldest"] = f"{since.timestamp():.6f}"
        for _ in range(PAGES):
            try:
                page = await self._readable(method, **arguments)
            except ThreadGone:
                return None  # what stood in it is gone as well
            for message in page["messages"]:
                said = (message.get("metadata") or {}).get("event_payload", {})
                if id in (said.get("id"), *(said.get("also") or ())) or carries(message, id):
                    return Receipt(channel=channel, ts=message["ts"])
            arguments["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                return None
        raise Unreadable(f"more than {PAGES * PAGE} messages since")

    async def _readable(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """The answer, in the method's own turn. Raises Unreadable where Slack does not let us read there."""
        wait = self._pace.turn(method_of(method), self._limits.lookups, self._monotonic())
        if wait > 0:
            await asyncio.sleep(wait)
        try:
            return await self._asked(method, **arguments)
        except (Unreachable, MessageGone, Faulty) as trouble:
            raise Unreadable(trouble.reason) from trouble
        except Stopped as trouble:
            if trouble.reason.startswith(MAY_NOT):
                raise Unreadable(trouble.reason) from trouble
            raise

    async def _asked(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """The answer; where we were too fast the method rests as long as Slack says."""
        try:
            return await call(method, **arguments)
        except Limited as limited:
            self._pace.shut(limited.method, limited.seconds, self._monotonic())
            raise

    async def post_to(self, person: UserId, message: Message, id: str) -> Receipt:
        """A direct message about no single case, to be found again by its id. Raises DeliveryTrouble."""
        if await self._is_gone(person):
            raise PersonGone("the account is deactivated")
        return await self._post(message, id, {"channel": person})

    async def find_at(self, person: UserId, id: str, since: datetime) -> Receipt | None:
        """Look for such a message. Raises Unreadable where it can't be looked for."""
        opened = await self._readable(self._client.conversations_open, users=person)
        return await self._search(id, opened["channel"]["id"], None, since - LOOKED_BACK)

    # ------------------------------------------------------------ what mirrors state

    async def show(self, surface: Surface, cases: tuple[Case, ...], now: datetime) -> Receipt | None:
        """Draw a card or a home tab: edit it where it stands, else post it. Raises DeliveryTrouble."""
        if surface.kind == "home":
            await self._show_home(surface, cases, now)
            return None
        (case,) = cases
        relatives = await self._relatives.of(case, self.link)
        try:
            message = part_of(case, surface.part) if surface.part else card(case, now, self._reply_in(case), relatives)
        except Exception as error:
            log.exception("%s can't be drawn", surface.key)
            raise Faulty(f"it can't be drawn: {type(error).__name__}") from error
        if surface.ts is None:
            return await self._post(message, surface.id, {"channel": case.channel, "thread_ts": case.thread})
        await call(
            self._client.chat_update,
            channel=surface.channel,
            ts=surface.ts,
            text=message.text,
            blocks=list(message.blocks),
            **_UNREAD,
        )
        return None

    def _reply_in(self, case: Case) -> Callable[[Timestamp], str] | None:
        link = self.link
        return (lambda ts: link(case.channel, ts)) if link else None

    async def _show_home(self, surface: Surface, cases: tuple[Case, ...], now: datetime) -> None:
        assert surface.person is not None
        reader = await self.people.reader(surface.person)
        view = home(
            surface.person,
            cases,
            reader.language,
            reader.zone,
            now,
            surface.parked,
            roster=self._config.roster is not None,
        )
        await call(self._client.views_publish, user_id=surface.person, view=view)

    async def find_surface(self, surface: Surface, case: Case) -> Receipt | None:
        return await self._search(surface.id, case.channel, case.thread, case.opened_at - LOOKED_BACK)

    # ------------------------------------------------------------ what is for one person, now

    async def tell(self, to: UserId, message: Message) -> None:
        """A direct message that no letter stands for, and that nobody looks for again. Raises DeliveryTrouble."""
        await call(
            self._client.chat_postMessage,
            channel=to,
            text=message.text,
            blocks=list(message.blocks),
            unfurl_links=False,
            unfurl_media=False,
        )

    async def whisper(self, where: Where, to: UserId, message: Message) -> None:
        """Tell one person privately where they acted. Best effort, as Slack's ephemeral messages are."""
        if where.response_url and (where.thread is None or where.channel is None):
            await self._reply(where.response_url, message)
        elif where.channel is not None:
            await call(
                self._client.chat_postEphemeral,
                channel=where.channel,
                user=to,
                thread_ts=where.thread,
                text=message.text,
                blocks=list(message.blocks),
                **_UNREAD,
            )

    async def _reply(self, url: str, message: Message) -> None:
        webhook = AsyncWebhookClient(url, timeout=10, retry_handlers=[])
        await webhook.send(
            text=message.text,
            blocks=list(message.blocks),
            response_type="ephemeral",
            replace_original=False,
            unfurl_links=False,
            unfurl_media=False,
        )

    async def open_view(self, trigger: str, view: dict[str, Any]) -> None:
        """Open a modal while the trigger lives (3 s). Raises DeliveryTrouble."""
        await call(self._client.views_open, trigger_id=trigger, view=view)

    async def push_view(self, trigger: str, view: dict[str, Any]) -> None:
        """Put a modal on top of the one that is open."""
        await call(self._client.views_push, trigger_id=trigger, view=view)

    async def update_view(self, view_id: str, view: dict[str, Any]) -> None:
        """Redraw the modal that is open."""
        await call(self._client.views_update, view_id=view_id, view=view)

    # ------------------------------------------------------------ who and where

    async def profile(self, user: UserId) -> Profile:
        """What Slack says of a person, asked at once because somebody waits. Raises DeliveryTrouble."""
        self._pace.take(PROFILES, self._limits.profiles, self._monotonic())
        found = (await self._soon(self._client.users_info, user=user, include_locale=True))["user"]
        return Profile(
            user=found["id"],
            team=found.get("team_id"),
            name=_called(found),
            locale=found.get("locale") or "",
            zone=found.get("tz") or "UTC",
            guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            bot=bool(found.get("is_bot")),
            deleted=bool(found.get("deleted")),
            teams=tuple((found.get("enterprise_user") or {}).get("teams") or ()),
        )

    async def standing(self, channel: ChannelId) -> Standing:
        """How we stand in a channel (conversations.info). Raises DeliveryTrouble, also where it is not our turn."""
        now = self._monotonic()
        if (wait := self._pace.wait(CHANNELS, self._limits.lookups, now)) > 0:
            raise Wait("asked too often", seconds=wait)
        self._pace.take(CHANNELS, self._limits.lookups, now)
        try:
            found = (await self._soon(self._client.conversations_info, channel=channel))["channel"]
        except Unreachable:
            return Standing(member=False, shared=False)
        return Standing(
            member=bool(found.get("is_member")),
            shared=bool(found.get("is_ext_shared")),
            private=bool(found.get("is_private", True)),
        )

    async def inside(self, channel: ChannelId, user: UserId) -> bool:
        """Whether somebody is in a channel (conversations.members). Raises DeliveryTrouble."""
        arguments: dict[str, Any] = {"channel": channel, "limit": 1000}
        for _ in range(PAGES):
            try:
                page = await self._soon(self._client.conversations_members, **arguments)
            except Unreachable:
                return False
            if user in page["members"]:
                return True
            arguments["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not arguments["cursor"]:
                break
        return False

    async def fill(self, group: str, people: tuple[UserId, ...]) -> None:
        """Put these people into a user group, in place of those who are in it. Raises DeliveryTrouble."""
        await call(self._client.usergroups_users_update, usergroup=group, users=list(people))

    async def workspace(self) -> Workspace:
        """Who we are (auth.test). Raises DeliveryTrouble."""
        answer = await call(self._client.auth_test)
        return Workspace(team=answer["team_id"], url=answer["url"], bot_user=answer["user_id"])

    async def _soon(self, method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """Ask once, and wait no longer than somebody who waits for an answer can: an ack is due after 3 s."""
        try:
            return await asyncio.wait_for(self._asked(method, **arguments), timeout=2)
        except TimeoutError:
            raise Unsure(f"{getattr(method, '__name__', 'Slack')} gave no answer in 2 s") from None


def _called(found: dict[str, Any]) -> str:
    """What people call somebody: the display name where they chose one."""
    profile = found.get("profile") or {}
    return str(profile.get("display_name") or profile.get("real_name") or found.get("real_name") or "")
