"""Transcript: what people see, printed as it appears: the channel, the thread, the card's first line, private words."""

import asyncio
import contextlib
import re
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from sandbox import Message, Sandbox
from sandbox.story import Story

LOOK_EVERY = 0.05
"""Seconds between two looks."""
CARD = {"ja": "カード", "en": "card"}
_MENTION = re.compile(r"<@([A-Z0-9]+)>")
_DATE = re.compile(r"<!date\^(\d+)\^[^|>]*\|([^>]*)>")
_LINK = re.compile(r"<([a-z]+://[^|>]+)\|([^>]+)>")


class Transcript:
    """Prints what people see, as it appears: the channel, the thread, the card's first lines, direct messages."""

    def __init__(self, slack: Sandbox, story: Story, console: Console) -> None:
        self._slack = slack
        self._channel, self._language = story.channel, story.language
        self._zone = ZoneInfo(story.zone)
        self._console = console
        self._seen: dict[tuple[str, str], str] = {}
        self._steps = 0

    async def print_on(self) -> None:
        """Until cancelled, or until nobody reads it any more (`jibungoto demo | head`)."""
        with contextlib.suppress(SystemExit, BrokenPipeError):  # rich leaves by SystemExit when its pipe breaks
            try:
                while True:
                    self._print_new()
                    await asyncio.sleep(LOOK_EVERY)
            except asyncio.CancelledError:
                self._print_new()
                raise

    def _print_new(self) -> None:
        self._print_acts()
        places = [(f"#{self._channel_name()}", self._slack.messages(self._channel, replies=True))]
        places += [(f"DM {self._name(user)}", self._slack.dms(user)) for user in self._people()]
        fresh = [(message, place) for place, messages in places for message in messages if self._is_new(message)]
        for message, place in sorted(fresh, key=lambda pair: pair[0].ts):
            self._print(message, place)

    def _print_acts(self) -> None:
        """What people pressed and typed, which nobody else sees."""
        player = self._slack.show.player
        if player is None:
            return
        for step in player.story.steps[self._steps : player.position]:
            if step.act in ("click", "command"):
                what = step.what if step.act == "command" else f"[{step.what}] {step.option or ''}".rstrip()
                filled = " ".join(f"{name}: {text}" for name, text in step.fill.items())
                head = f"[dim]{step.at.astimezone(self._zone):%H:%M}[/] {escape(self._name(step.who))} "
                self._console.print(f"{head}[green]▸ {escape(what)}[/]" + (f" {escape(filled)}" if filled else ""))
        self._steps = player.position

    def _is_new(self, message: Message) -> bool:
        return self._seen.get((message.channel, message.ts)) != message.text

    def _print(self, message: Message, place: str) -> None:
        key = (message.channel, message.ts)
        before, self._seen[key] = self._seen.get(key), message.text
        head = f"[dim]{self._slack.clock.now().astimezone(self._zone):%H:%M}[/] [cyan]{escape(place)}[/]"
        where = " ↳" if message.thread_ts and message.thread_ts != message.ts else ""
        who = CARD.get(self._language, CARD["en"]) if before is not None else self._name(message.user)
        self._console.print(f"{head}{where} [bold]{escape(who)}[/]")
        for line in _changed(self._readable(before or "").split("\n"), self._readable(message.text).split("\n")):
            self._console.print(f"      {escape(line)}")

    def _readable(self, text: str) -> str:
        text = _DATE.sub(lambda found: found[2], text)
        text = _LINK.sub(lambda found: found[2], text)
        text = _MENTION.sub(lambda found: f"@{self._name(found[1])}", text)
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    def _name(self, user: str) -> str:
        if user == self._slack.bot_user_id:
            return "Jibungoto"
        return self._slack.person(user).person.real_name

    def _channel_name(self) -> str:
        return next(c.name for c in self._slack.world.channels if c.id == self._channel)

    def _people(self) -> list[str]:
        return [p.id for p in self._slack.world.people if not (p.is_bot or p.deleted or p.team_id is not None)]


def _changed(before: list[str], after: list[str]) -> list[str]:
    """The lines that an edit brought; all of them where nothing stood before."""
    return [line for line in after if line not in before]
