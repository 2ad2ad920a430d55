"""Commands: one grammar for `/sev …` and `@jibungoto …`. Words become a command; its answer becomes a reply."""

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import (
    AreaNotNamed,
    CantBeAsked,
    CantCheck,
    CaseClosed,
    CaseNotNamed,
    NoOpenCase,
    NotInChannel,
    NotKnown,
    PersonUnavailable,
    Refusal,
    UnknownCase,
)
from bot.domain.messages import (
    CaseCommand,
    Command,
    OpenCase,
    ReopenCase,
)
from bot.domain.values import CaseNumber, ChannelId, DeliveryId, UserId
from bot.ports import DeliveryTrouble, PersonGone
from bot.reload import Reloaded
from bot.settings import Configuration
from handlers.slack.drafts import Drafts
from handlers.slack.forms import Forms
from handlers.slack.gate import Gate, verb_of
from handlers.slack.kindred import Kindred
from handlers.slack.loads import Loads
from handlers.slack.payloads import Where
from handlers.slack.people import People, Speaker
from handlers.slack.recall import Recall
from handlers.slack.replies import Modal, Reply
from handlers.slack.teams import Teams
from handlers.slack.unknown import unknown
from handlers.slack.verbs import VERBS
from handlers.slack.words import Spoken, read_words
from handlers.views.answers import answer
from handlers.views.refusal import unworded

log = logging.getLogger(__name__)

_TOO_LONG = re.compile(r"\d{10,}(?=\s|$)")
_FOR_THE_CLOSED = {"show", "timeline", "similar", "help", "note", "reopen", "report"}


@dataclass(frozen=True)
class Said:
    """One line that somebody typed to the bot, and where."""

    delivery: DeliveryId
    speaker: Speaker
    where: Where
    text: str
    here: Case | None
    """The case of the thread it was typed in."""


@dataclass(frozen=True)
class Asked:
    """A line understood so far: the verb is known, the rest is to be read by it."""

    said: Said
    verb: str
    words: Spoken
    now: datetime

    @property
    def rest(self) -> str:
        return self.words.rest

    @property
    def by(self) -> UserId:
        return self.said.speaker.user

    @property
    def private(self) -> bool:
        """Typed in a direct message, where no channel says which cases are meant."""
        return (self.said.where.channel or "").startswith("D")

    def which_area(self, case: Case) -> AreaNotNamed:
        """The refusal of a line that names no area, with one that is free."""
        free = next((a.key for a in case.areas if a.unseen), case.areas[0].key if case.areas else "network")
        return AreaNotNamed(number=case.number, verb=self.words.said_verb, near=free)


class Commands:
    """Everything that can be typed."""

    def __init__(
        self,
        desk: Desk,
        people: People,
        teams: Teams,
        forms: Forms,
        gate: Gate,
        bot: UserId,
        link: Callable[[Case], str],
    ) -> None:
        self.gate = gate
        self.desk = desk
        self.people = people
        self.drafts = Drafts(desk, people)
        self.teams = teams
        self.forms = forms
        self.bot = bot
        self.link = link
        self.recall = Recall(desk, gate, people)
        self.kindred = Kindred(desk, gate)
        self.loads = Loads(desk, people)
        self.reload: Callable[[UserId], Awaitable[Reloaded]]
        """Reads the settings anew; set once everybody who holds them is there."""

    @property
    def config(self) -> Configuration:
        return self.desk.config

    async def say(self, said: Said) -> Reply:
        """Do what the line asks. Raises Refusal or NothingSaved."""
        words = read_words(said.text, here=said.here.number if said.here else None)
        act = VERBS.get(words.verb or "")
        if act is None:
            raise unknown(words, said.here, said.speaker.user)
        asked = Asked(said=said, verb=words.verb or "", words=words, now=self.desk.now())
        if verb_of(asked.verb) == "read":
            self.desk.permit("read", asked.by, said.speaker.badge, channel=said.where.channel)
        return await act(self, asked)

    async def done(self, command: Command, speaker: Speaker, where: Where) -> Reply:
        """Hand the command to the desk and say what became of it."""
        channel = await self._channel_of(command)
        result = await self.desk.handle(command, await self.gate.badge(speaker, where, channel))
        try:
            if isinstance(command, ReopenCase):  # while it was closed nobody looked who reads along
                await self.desk.mark_shared(channel, await self.teams.shared(channel))
            return answer(
                result.case,
                result.facts,
                language=speaker.language,
                zone=speaker.zone,
                now=self.desk.now(),
                existing=result.existing,
                link=self.link(result.case),
                families=self.config.families,
            )
        except Exception:
            # It is on disk: an apology that asks to try again would have it done twice, no answer at all likewise.
            log.exception("what was done to SEV-%s can't be put into words", result.case.number)
            return unworded(speaker.language, result.case.number)

    async def _channel_of(self, command: Command) -> ChannelId:
        if isinstance(command, OpenCase):
            return command.channel
        assert isinstance(command, CaseCommand)
        return (await self.desk.find(command.case)).channel

    async def may_open(self, speaker: Speaker, where: Where, channel: ChannelId) -> None:
        """Raises NotInChannel for a private channel that the speaker is not in, and what the table of access says."""
        badge = await self.gate.badge(speaker, where, channel)
        if not badge.inside:
            raise NotInChannel()
        self.desk.permit("open", speaker.user, badge, channel=channel)

    # ------------------------------------------------------------ which case

    async def case(self, asked: Asked) -> Case:
        """The case that is meant, if it takes this verb from this speaker. Raises CaseRefusal or PersonRefusal."""
        case, speaker, where = await self._meant(asked), asked.said.speaker, asked.said.where
        await self.gate.reveal(speaker, where, case)
        if case.status == "closed" and asked.verb not in _FOR_THE_CLOSED:
            raise CaseClosed(number=case.number)  # at once: nobody fills in a form to be refused afterwards
        await self.gate.pass_on(asked.verb, speaker, where, case)
        return case

    async def _meant(self, asked: Asked) -> Case:
        """The case that was named, the thread's, or the only one that can be meant."""
        if asked.words.case is not None:
            return await self.desk.find(CaseNumber(asked.words.case))
        if (far := _TOO_LONG.match(asked.rest)) is not None:
            raise UnknownCase(number=far[0])  # the customer's own number, most likely: never the only case by chance
        if asked.said.here is not None:
            return asked.said.here
        return await self._only_one(asked)

    async def _only_one(self, asked: Asked) -> Case:
        channel = asked.said.where.channel
        here = await self.desk.unclosed(None if asked.private else channel)
        here = await self.gate.visible(here, asked.said.speaker, asked.said.where) if asked.private else here
        own = [case for case in here if case.owner == asked.by]
        candidates = here if len(here) == 1 else own if len(own) == 1 else here
        if not candidates:
            raise NoOpenCase()
        if len(candidates) > 1:
            numbers = [case.number for case in candidates[:8]]
            raise CaseNotNamed(
                verb=asked.words.said_verb, first=numbers[0], numbers=", ".join(f"SEV-{n}" for n in numbers)
            )
        return candidates[0]

    async def can_own(self, person: UserId) -> None:
        """Raises PersonUnavailable for guests, bots, outsiders and accounts that are gone or never were."""
        if not await self._belongs(person):
            raise PersonUnavailable(to=person)

    async def can_check(self, case: Case, person: UserId) -> None:
        """Raises CantCheck for the same people."""
        if not await self._belongs(person):
            raise CantCheck(number=case.number, to=person)

    async def can_be_asked(self, person: UserId) -> None:
        """Raises CantBeAsked for the same people."""
        if not await self._belongs(person):
            raise CantBeAsked(to=person)

    async def _belongs(self, person: UserId) -> bool:
        """Whether they are a member of the team. Raises NotKnown if Slack is silent about it."""
        try:
            return self.people.belongs(await self.people.profile(person))
        except PersonGone:
            return False
        except DeliveryTrouble as trouble:
            raise NotKnown() from trouble

    # ------------------------------------------------------------ shared

    async def do(self, kind: type[CaseCommand], asked: Asked, case: Case, **about: Any) -> Reply:
        command = kind(delivery=asked.said.delivery, by=asked.by, case=case.number, **about)
        return await self.done(command, asked.said.speaker, asked.said.where)

    def ask(
        self, asked: Asked, case: Case, form: Callable[[], dict[str, Any]], otherwise: Refusal | None = None
    ) -> Reply:
        """Ask for what is missing in a modal where one can be opened, else by the refusal's example."""
        if asked.said.where.trigger:
            return Modal(form())
        raise otherwise or asked.which_area(case)
