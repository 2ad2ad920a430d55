"""Posts heard: what a message in a channel means to us. It opens a case, it is said to the bot, or somebody arrived."""

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import Outsider, PersonRefusal, SharedChannel, TitleMissing, UnknownCase
from bot.domain.messages import Arrive, OpenCase
from bot.domain.values import UserId
from handlers.slack.commands import Commands, Said
from handlers.slack.payloads import Posted
from handlers.slack.people import People, Speaker
from handlers.slack.posts import Post, lone_marker, read_post
from handlers.slack.replies import Reply, Silence
from handlers.slack.teams import Teams
from handlers.slack.times import find_time
from handlers.slack.words import read_words


class Ear:
    """Listens in the channels the bot is in."""

    def __init__(self, desk: Desk, commands: Commands, people: People, teams: Teams, bot: UserId) -> None:
        self._desk = desk
        self._commands = commands
        self._people = people
        self._teams = teams
        self._bot = bot

    async def heard(self, posted: Posted) -> Reply:
        """Act on a message if it is meant for us. Raises Refusal only to people who spoke to the bot."""
        words = self._said_to_us(posted)
        post = self._opening(posted, words)
        if post is not None:
            return await self._open(posted, post)
        if words is not None:
            speaker = await self._people.member(posted.actor)
            said = Said(
                delivery=posted.delivery,
                speaker=speaker,
                where=posted.where.model_copy(update={"thread": posted.where.thread or posted.ts}),
                text=words,
                here=await self._case_here(posted),
            )
            return await self._commands.say(said)
        if self._lacks_a_title(posted):
            await self._people.member(posted.actor)
            raise TitleMissing()
        return await self._arrived(posted)

    def _said_to_us(self, posted: Posted) -> str | None:
        """What follows the bot's name at the head of the message; None where it is not addressed."""
        text = posted.text.lstrip()
        name = f"<@{self._bot}"
        if not text.startswith((f"{name}>", f"{name}|")):
            return None
        return text.partition(">")[2].lstrip(" :,、")

    def _opening(self, posted: Posted, words: str | None) -> Post | None:
        """The case this message opens: posts at the head of a channel only, and not the bot's own verbs."""
        if posted.where.thread is not None or posted.where.channel is None:
            return None
        if words is not None and read_words(words).verb is not None:
            return None
        if not self._teams.opens_on_post(posted.where.channel):
            return None
        return read_post(posted.text if words is None else words, self._teams.patterns(posted.where.channel))

    def _lacks_a_title(self, posted: Posted) -> bool:
        """A marker alone: whoever posts a Sev A must hear that no case was opened."""
        where = posted.where
        if where.thread is not None or where.channel is None:
            return False
        heard = self._teams.opens_on_post(where.channel) and not self._closed_to_cases(posted)
        return heard and lone_marker(posted.text, self._teams.patterns(where.channel))

    async def _open(self, posted: Posted, post: Post) -> Reply:
        try:
            speaker = await self._people.member(posted.actor)
        except Outsider:
            return Silence()
        assert posted.where.channel is not None
        if self._closed_to_cases(posted):
            raise SharedChannel(channel=posted.where.channel)
        command = self._opened_by(posted, post, speaker)
        badge = await self._commands.gate.badge(speaker, posted.where, posted.where.channel)
        result = await self._desk.handle(command, badge)
        if result.existing:
            return await self._commands.done(command, speaker, posted.where)
        return Silence()

    def _closed_to_cases(self, posted: Posted) -> bool:
        """People of another organisation read along, and nobody has said that cases may live here all the same."""
        channel = posted.where.channel
        return posted.shared and channel is not None and not self._teams.may_be_shared(channel)

    def _opened_by(self, posted: Posted, post: Post, speaker: Speaker) -> OpenCase:
        channel = posted.where.channel
        assert channel is not None
        deadline = find_time(post.deadline_text or "", posted.at, speaker.tz)
        return OpenCase(
            delivery=posted.delivery,
            by=posted.actor.user,
            team=posted.where.team,
            channel=channel,
            language=self._desk.config.rules(channel).language or speaker.language,
            severity=post.severity,
            title=post.title,
            source=posted.ts,
            posted_at=posted.at,
            customer=post.customer or "",
            plan=post.plan or "",
            reference=post.reference or "",
            impact=post.impact or "",
            deadline=deadline[0] if deadline else None,
            deadline_text=post.deadline_text or "",
            about=post.body[:4000],
            told=tuple(UserId(user) for user in post.mentions if user not in (self._bot, posted.actor.user)),
            shared=posted.shared,
            private=posted.private,
        )

    async def _arrived(self, posted: Posted) -> Reply:
        """Somebody who writes in a case's thread is there: it counts once."""
        case = await self._case_here(posted)
        if case is None or _present(case, posted.actor.user) or case.status == "closed":
            return Silence()
        try:
            speaker = await self._people.member(posted.actor)
            badge = await self._commands.gate.badge(speaker, posted.where, case.channel)
            await self._desk.handle(Arrive(delivery=posted.delivery, by=posted.actor.user, case=case.number), badge)
        except (PersonRefusal, UnknownCase):
            return Silence()  # they talk, and nobody asked the bot anything
        return Silence()

    async def _case_here(self, posted: Posted) -> Case | None:
        where = posted.where
        if where.channel is None or where.thread is None:
            return None
        return await self._desk.in_thread(where.channel, where.thread)


def _present(case: Case, person: UserId) -> bool:
    return person == case.owner or person in case.people
