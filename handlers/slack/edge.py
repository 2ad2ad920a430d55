"""Edge: builds the Bolt app. Everything from Slack comes in here, and here a Refusal becomes a reply.

`process_before_response=True`: the listener runs, commits, and only then the answer goes out. An exception means no
ack, so Slack sends an event again. Every listener catches all: an unmatched request is never acked and is retried.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import (
    CaseClosed,
    CaseRefusal,
    NoCaseHere,
    NotAllowed,
    NothingFound,
    NothingSaved,
    NotKnown,
    Outsider,
    PersonRefusal,
    Refusal,
    StaleForm,
)
from bot.domain.messages import Arrive, Leave, Reaction
from bot.domain.values import ChannelId, DeliveryId, Language, TeamId, UserId
from bot.ports import DeliveryTrouble
from bot.settings import Configuration
from handlers.slack import payloads
from handlers.slack.actions import Actions
from handlers.slack.commands import Commands, Said
from handlers.slack.ear import Ear
from handlers.slack.forms import Forms
from handlers.slack.gate import Gate
from handlers.slack.heard import Heard
from handlers.slack.history import Room
from handlers.slack.leavers import tidy_up
from handlers.slack.messenger import SlackMessenger, Workspace
from handlers.slack.modals import Modals, field_of
from handlers.slack.payloads import Actor, Posted, Where
from handlers.slack.people import People, Speaker
from handlers.slack.posts import read_post
from handlers.slack.replies import Meta, Modal, Reply, Silence
from handlers.slack.seal import Seal
from handlers.slack.teams import Teams
from handlers.views.lists import show
from handlers.views.parts import Message
from handlers.views.refusal import apology, nothing_saved, refusal, sentence
from handlers.views.windows import message_modal

log = logging.getLogger(__name__)

Body = dict[str, Any]
_ANY = re.compile(".*", re.DOTALL)
REMEMBERED = 1000
"""Ours: how many answered messages are remembered, so that a repeated event is not answered twice."""


class Reception:
    """The Bolt app with every listener, over our own Web API client."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        signing_secret: str,
        desk: Desk,
        messenger: SlackMessenger,
        workspace: Workspace,
    ) -> None:
        self.heard = Heard()
        self._edge = Edge(desk, messenger, workspace, self.heard, Seal(client.token or ""))
        self.commands = self._edge.commands
        self.app = AsyncApp(
            name="jibungoto",  # or Bolt walks the whole call stack with its sources to find one: 0.1 s of every start
            client=client,
            signing_secret=signing_secret or None,
            process_before_response=True,
            # Without a secret we are in Socket Mode, whose envelopes carry no signature.
            request_verification_enabled=bool(signing_secret),
            logger=_bolt_log(),
        )
        self.app.command(_ANY)(self._edge.command)
        self.app.action(_ANY)(self._edge.action)
        self.app.view(_ANY)(self._edge.view)
        self.app.shortcut(_ANY)(self._edge.shortcut)
        self.app.event(_ANY)(self._edge.event)

    def adopt(self, config: Configuration) -> None:
        """Go on with another configuration."""
        self._edge.adopt(config)

    async def settled(self) -> bool:
        """Wait until every private answer in the air has landed; whether there was any."""
        return await self._edge.settled()

    async def hear(self, message: dict[str, Any], room: Room) -> bool:
        """Hear a message that was read from a history; whether a person had said something. Raises NothingSaved."""
        return await self._edge.missed(message, room)


def _bolt_log() -> logging.Logger:
    """Bolt copies the root's level to its own loggers, and warns at each start that our client has a token already."""
    quiet = logging.getLogger("slack_bolt")
    quiet.setLevel(logging.ERROR)
    return quiet


class Edge:
    """What is done with each kind of payload."""

    def __init__(self, desk: Desk, messenger: SlackMessenger, workspace: Workspace, heard: Heard, seal: Seal) -> None:
        self._heard = heard
        self._seal = seal
        self._desk = desk
        self._messenger = messenger
        self._workspace = workspace
        self._bot = workspace.bot_user
        self._people = People(messenger.profile, desk.now, workspace.team, desk.welcome)
        messenger.people = self._people
        self._teams = Teams(desk.config, messenger.standing, messenger.inside, desk.now)
        self._gate = Gate(desk, self._teams)
        self._forms = Forms(desk.config, desk.now)
        self.commands = Commands(
            desk,
            self._people,
            self._teams,
            self._forms,
            self._gate,
            workspace.bot_user,
            lambda case: workspace.link(case.channel, case.thread),
        )
        messenger.recall = self.commands.recall.for_brief
        self._actions = Actions(desk, self.commands, self._forms, messenger, self._gate, seal)
        self._modals = Modals(desk, self.commands, self._teams)
        self._ear = Ear(desk, self.commands, self._people, self._teams, workspace.bot_user)
        self._whispers: set[asyncio.Task[None]] = set()
        self._told: OrderedDict[DeliveryId, None] = OrderedDict()
        self._shared: set[ChannelId] = set()

    def adopt(self, config: Configuration) -> None:
        """Go on with another configuration."""
        self._teams.adopt(config)
        self._forms.adopt(config)

    # ------------------------------------------------------------ what comes in

    async def command(self, ack: AsyncAck, body: Body) -> None:
        sent = payloads.slash(body)

        async def act(speaker: Speaker) -> Reply:
            return await self.commands.say(
                Said(delivery=sent.delivery, speaker=speaker, where=sent.where, text=sent.text, here=None)
            )

        reply = await self._answered(sent.actor, sent.where, act)
        if isinstance(reply, Modal):
            reply = await self._opened(sent.where, reply, sent.actor.user)
        if isinstance(reply, Message):
            # Nothing in it is looked up or unfurled: the blocks are verbatim, and blocks are what is shown.
            blocks = list(reply.blocks)
            await ack(text=reply.text, blocks=blocks, response_type="ephemeral", unfurl_links=False, unfurl_media=False)
        else:
            await ack()

    async def action(self, ack: AsyncAck, body: Body) -> None:
        click = payloads.click(body)
        reply = await self._answered(click.actor, click.where, lambda speaker: self._actions.clicked(click, speaker))
        if isinstance(reply, Modal):
            reply = await self._opened(click.where, reply, click.actor.user)
        if isinstance(reply, Message) and not click.where.private:
            reply = await self._opened(click.where, await self._window(click.actor.user, reply), click.actor.user)
        self._whisper(click.where, click.actor.user, reply)
        await ack()

    async def view(self, ack: AsyncAck, body: Body) -> None:
        sent = payloads.submission(body)
        try:
            speaker = await self._people.member(sent.actor)
            meta = self._seal.read(sent.meta, callback=sent.callback, user=speaker.user)
            reply = await self._modals.submitted(sent, meta, speaker)
        except Refusal as error:
            await self._refuse_view(ack, sent, error)
            return
        except NothingSaved:
            await self._nothing_saved_in(ack, sent)
            return
        except Exception:
            log.exception("a form failed in a way nobody foresaw")
            language = await self._language(sent.actor.user)
            await ack(response_action="update", view=message_modal(language, apology(language).text))
            return
        where = meta.answered_at(sent.where)
        if chosen := sent.fields.get("channel"):
            where = where.model_copy(update={"channel": ChannelId(chosen)})
        if isinstance(reply, Message) and not where.private:
            await ack(response_action="update", view=(await self._window(sent.actor.user, reply)).view)
            return
        self._whisper(where, sent.actor.user, reply)
        await ack(response_action="clear")

    async def _nothing_saved_in(self, ack: AsyncAck, sent: payloads.Submission) -> None:
        """Said at the first field, so that everything typed stays where it is for the next try."""
        language = await self._language(sent.actor.user)
        said = nothing_saved(language).text
        if sent.fields:
            await ack(response_action="errors", errors={next(iter(sent.fields)): said})
        else:
            await ack(response_action="update", view=message_modal(language, said))

    async def _refuse_view(self, ack: AsyncAck, sent: payloads.Submission, error: Refusal) -> None:
        reader = await self._people.reader(sent.actor.user)
        if isinstance(error, NotAllowed | NotKnown | Outsider | StaleForm):
            # No field is wrong. It is said on top of the form, so that what was typed can still be copied.
            await ack(response_action="push", view=self._forms.refusal(reader, error))
            return
        field = field_of(error, sent.fields)
        if field is None:
            await ack(response_action="update", view=self._forms.refusal(reader, error))
        else:
            await ack(response_action="errors", errors={field: sentence(error, reader.language, reader.zone)})

    async def shortcut(self, ack: AsyncAck, body: Body) -> None:
        chosen = payloads.shortcut(body)
        choose = self._evidence if chosen.callback == "finding" else self._escalate
        reply = await self._answered(chosen.actor, chosen.where, lambda speaker: choose(chosen, speaker))
        if isinstance(reply, Modal):
            reply = await self._opened(chosen.where, reply, chosen.actor.user)
        if isinstance(reply, Message):
            window = await self._window(chosen.actor.user, reply)
            reply = await self._opened(chosen.where, window, chosen.actor.user)
        self._whisper(chosen.where, chosen.actor.user, reply)  # where even a window could not be opened
        await ack()

    async def _evidence(self, chosen: payloads.Shortcut, speaker: Speaker) -> Reply:
        """A reply becomes a finding: the form, filled with its words. Raises NoCaseHere for a message elsewhere."""
        where = chosen.where
        head = where.thread or where.message
        case = await self._desk.in_thread(where.channel, head) if where.channel and head else None
        if case is None:
            raise NoCaseHere()
        if case.status == "closed":
            raise CaseClosed(number=case.number)
        await self._gate.pass_on("finding", speaker, where, case)
        if chosen.author == self._bot:
            raise NothingFound(number=case.number)
        return Modal(self._forms.evidence(speaker, case, where, chosen.text, chosen.author))

    async def _escalate(self, chosen: payloads.Shortcut, speaker: Speaker) -> Reply:
        """The modal of a new case, filled with what can be read from the message it was chosen on."""
        if (case := await self._case_under(chosen.where)) is not None:
            await self._gate.pass_on("show", speaker, chosen.where, case)
            link = self._workspace.link(case.channel, case.thread)
            return show(case, language=speaker.language, zone=speaker.zone, now=self._desk.now(), link=link)
        channels = self._teams.choices() if chosen.where.channel is None else None
        channel = next(iter(channels), ChannelId("")) if channels is not None else None
        channel = channel if channel is not None else await self._teams.team_channel(chosen.where.channel)
        if channels is None:  # where it is chosen in the form, it is judged when the form comes back
            await self.commands.may_open(speaker, chosen.where, channel)
        patterns = self._teams.patterns(channel)
        everything = patterns.model_copy(update={"severities": ("A", "B", "C")})
        post = read_post(chosen.text, everything) or read_post(f"[SevA] {chosen.text}", everything)
        meta = Meta.of(chosen.where)
        if chosen.where.thread in (None, chosen.where.message):  # a message with replies names itself as its thread
            meta = meta.model_copy(update={"source": chosen.where.message, "thread": chosen.where.message})
        known = (
            {}
            if post is None
            else {
                "severity": post.severity,
                "title": post.title,
                "customer": post.customer or "",
                "plan": post.plan or "",
                "reference": post.reference or "",
                "impact": post.impact or "",
                "deadline": post.deadline_text or "",
            }
        )
        return Modal(self._forms.open(speaker, meta, channel, channels=channels, **known))

    async def _case_under(self, where: Where) -> Case | None:
        """The case that lives under this very message and is not over."""
        if where.channel is None or where.message is None:
            return None
        case = await self._desk.in_thread(where.channel, where.message)
        return case if case is not None and case.status != "closed" else None

    async def event(self, ack: AsyncAck, body: Body) -> None:
        match payloads.event_type(body):
            case "message" | "app_mention":
                await self._message(body)
            case "app_home_opened":
                opened = payloads.home_opened(body)
                if opened.tab == "home":
                    await self._desk.open_home(opened.actor.user)
            case "reaction_added" | "reaction_removed":
                await self._reacted(payloads.reaction(body))
            case "user_change":
                await self._profile_changed(payloads.profile_changed(body))
            case "channel_shared" | "channel_unshared":
                await self._sharing_changed(payloads.sharing(body))
        await ack()

    async def _message(self, body: Body) -> None:
        posted = payloads.posted(body)
        if posted is None or posted.where.channel is None:
            return
        with self._heard.hearing(posted.where.channel, posted.ts):
            await self._spoken(posted)

    async def missed(self, message: Body, room: Room) -> bool:
        """A message that was posted while nobody listened. One that fails is left: it must not stop the others."""
        body = payloads.missed(message, room.id, self._workspace.team, shared=room.shared, private=room.private)
        if payloads.posted(body) is None:
            return False
        try:
            await self._message(body)
        except NothingSaved:
            raise
        except Exception:
            log.exception("a message of %s could not be heard", room.id)
        return True

    async def _spoken(self, posted: Posted) -> None:
        if posted.shared and posted.where.channel not in (None, *self._shared):
            # Every message says so: what happened while we were away is known with the first one.
            await self._sharing_changed(payloads.Sharing(channel=posted.where.channel, shared=True))
        try:
            reply = await self._ear.heard(posted)
        except Refusal as error:
            reply = self._refused(error, await self._people.reader(posted.actor.user), posted.where)
        except NothingSaved:
            # No ack: Slack sends the event again, and the person is told meanwhile.
            reply = nothing_saved(await self._language(posted.actor.user))
            self._whisper(posted.where, posted.actor.user, reply)
            raise
        if isinstance(reply, Modal):
            reply = Silence()
        if not self._told_first(posted.delivery):
            return  # Slack sent the event again: it was answered already
        # In the thread only where there is one: Slack shows an ephemeral message in active threads alone.
        # https://docs.slack.dev/reference/methods/chat.postEphemeral
        self._whisper(posted.where, posted.actor.user, reply)

    async def _reacted(self, reaction: payloads.Reaction) -> None:
        """A reaction that means "I'm with you", on a case's card or first message, or taken away."""
        case = await self._desk.under(reaction.channel, reaction.ts)
        if case is None or reaction.emoji not in self._desk.config.rules(case.channel).presence_reactions:
            return
        mark = Reaction(on=reaction.ts, emoji=reaction.emoji, at=reaction.at)
        who: dict[str, Any] = {"delivery": reaction.delivery, "by": reaction.actor.user, "case": case.number}
        where = Where(team=reaction.actor.team or TeamId(""), channel=reaction.channel)
        try:
            speaker = await self._people.member(reaction.actor)
            badge = await self._gate.badge(speaker, where, case.channel)
            await self._desk.handle((Arrive if reaction.added else Leave)(**who, reaction=mark), badge)
        except (PersonRefusal, CaseRefusal):
            return  # they react, and nobody asked the bot anything

    async def _sharing_changed(self, changed: payloads.Sharing) -> None:
        """From the next drawing on, the cards of this channel hide customer data, or show it again."""
        self._teams.changed(changed.channel)
        await self._desk.mark_shared(changed.channel, changed.shared)
        (self._shared.add if changed.shared else self._shared.discard)(changed.channel)

    async def _profile_changed(self, changed: payloads.ProfileChanged) -> None:
        self._people.forget(changed.user)
        if changed.gone:
            await tidy_up(self._desk, changed)

    # ------------------------------------------------------------ what goes back

    async def _answered(self, actor: Actor, where: Where, act: Callable[[Speaker], Awaitable[Reply]]) -> Reply:
        """The reply of an act, refusals and our own failures put into words for the person who acted."""
        try:
            return await act(await self._people.member(actor))
        except Refusal as error:
            return self._refused(error, await self._people.reader(actor.user), where)
        except NothingSaved:
            return nothing_saved(await self._language(actor.user))
        except Exception:
            log.exception("an act failed in a way nobody foresaw")
            return apology(await self._language(actor.user))

    def _refused(self, error: Refusal, reader: Speaker, where: Where | None = None) -> Message:
        """In a thread the example begins with our name: Slack takes no slash command there."""
        in_thread = where is not None and where.thread is not None
        said_with = f"<@{self._bot}> " if in_thread else f"{self._desk.config.command} "
        try:
            return refusal(error, language=reader.language, zone=reader.zone, said_with=said_with)
        except Exception:
            log.exception("the refusal %s can't be put into words", type(error).__name__)
            return apology(reader.language)

    async def _opened(self, where: Where, modal: Modal, to: UserId) -> Reply:
        """Open the modal while its trigger lives; if Slack was too slow, say that pressing again helps."""
        try:
            await self._messenger.open_view(where.trigger, self._seal.signed(modal.view, to))
        except DeliveryTrouble as trouble:
            log.warning("a modal could not be opened: %s", trouble.reason)
            return apology(await self._language(to))
        return Silence()

    async def _window(self, user: UserId, message: Message) -> Modal:
        """An answer as a modal, where it has no other place."""
        return Modal(message_modal(await self._language(user), message.text))

    async def _language(self, user: UserId) -> Language:
        return (await self._people.reader(user)).language

    def _told_first(self, delivery: DeliveryId) -> bool:
        """Whether this delivery is answered for the first time by this process."""
        if delivery in self._told:
            return False
        self._told[delivery] = None
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True

    def _whisper(self, where: Where, to: UserId, reply: Reply) -> None:
        """Tell the person privately, beside the ack: it must not wait for Slack."""
        if not isinstance(reply, Message):
            return
        message = reply

        async def whisper() -> None:
            try:
                await self._messenger.whisper(where, to, message)
            except DeliveryTrouble as trouble:
                log.info("a private answer was not delivered: %s", trouble.reason)

        task = asyncio.create_task(whisper())
        self._whispers.add(task)
        task.add_done_callback(self._whispers.discard)

    async def settled(self) -> bool:
        """Wait until every private answer in the air has landed; whether there was any."""
        waiting = bool(self._whispers)
        while self._whispers:
            await asyncio.gather(*self._whispers)
        return waiting
