"""Demo: the bot in the sandbox, playing a story in time-lapse and printing the thread as it grows."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from bot.app import Bot, started
from bot.pace import Limits, Rate
from bot.settings import Environment, load_configuration
from sandbox import Message, Sandbox
from sandbox.story import Player, Story

CARD_LINES = 40
_UNHURRIED = Limits(**{name: Rate(burst=1000, per_second=1000) for name in Limits.model_fields})
"""In time-lapse a real second between two posts would be minutes of the story; this sandbox has no limits."""
_MENTION = re.compile(r"<@([A-Z0-9]+)>")
_DATE = re.compile(r"<!date\^(\d+)\^[^|>]*\|([^>]*)>")
_LINK = re.compile(r"<([a-z]+://[^|>]+)\|([^>]+)>")


def stories() -> list[str]:
    """The names of the stories that come with Jibungoto."""
    folder = files("bot.stories")
    return sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))


def read_story(name: str) -> Story:
    """A story by name. Raises FileNotFoundError."""
    return Story.read(files("bot.stories").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


class SandboxClock:
    """The bot lives in the sandbox's time."""

    def __init__(self, slack: Sandbox) -> None:
        self._slack = slack

    @property
    def pace(self) -> float:
        return max(self._slack.clock.factor, 0.001)

    def now(self) -> datetime:
        return self._slack.clock.now()


@asynccontextmanager
async def playground(story: Story, folder: Path, *, speed: float, port: int) -> AsyncIterator[tuple[Sandbox, Bot]]:
    """A sandbox and a bot in it, at the story's beginning."""
    config = folder / "jibungoto.toml"
    config.write_text(files("bot.stories").joinpath("demo.toml").read_text(encoding="utf-8"), encoding="utf-8")
    manifest = Path(__file__).parent.parent / "manifest.yml"
    async with Sandbox(manifest=manifest, now=story.start, port=port) as slack:
        environment = Environment(
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
            jibungoto_database=str(folder / "jibungoto.db"),
            jibungoto_config=str(config),
            jibungoto_port=0,
        )
        slack.clock.freeze()
        async with started(
            environment, load_configuration(str(config)), clock=SandboxClock(slack), limits=_UNHURRIED
        ) as bot:
            await slack.connected()
            slack.clock.speed(speed)
            yield slack, bot


async def play(name: str, *, speed: float, folder: Path | None, port: int, stay: bool, console: Console) -> None:
    """Play a story to its end, printing it; then stay up until interrupted."""
    story = read_story(name)
    with _state(folder) as kept:
        async with playground(story, kept, speed=speed, port=port) as (slack, bot):
            console.print(f"[bold]{escape(story.title)}[/]  ×{speed:g}  sandbox {slack.url}  state {kept}")
            printer = asyncio.create_task(Transcript(slack, story, console).print_on())
            async for _ in Player(slack, story).play():
                pass
            await _quiet(slack, bot)
            printer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await printer
            _sum_up(slack, console)
            if stay:
                console.print("The sandbox and the bot stay up; Ctrl-C ends them.")
                slack.clock.speed(1)
                await asyncio.Event().wait()


@contextlib.contextmanager
def _state(folder: Path | None) -> Iterator[Path]:
    """Where the state lives: the folder that was asked for, or one that is thrown away."""
    if folder is None:
        with TemporaryDirectory(prefix="jibungoto-demo-") as made:
            yield Path(made)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


async def _quiet(slack: Sandbox, bot: Bot) -> None:
    """Until nothing is left to be sent at this moment."""
    while (wake := await bot.store.read(lambda q: q.next_delivery())) is not None:
        if (wake - slack.clock.now()).total_seconds() > 60:
            return
        await asyncio.sleep(0.05)


def _sum_up(slack: Sandbox, console: Console) -> None:
    counts: dict[str, int] = {}
    for call in slack.calls():
        counts[call.method] = counts.get(call.method, 0) + 1
    listed = ", ".join(f"{method} {count}" for method, count in sorted(counts.items()))
    console.print(f"\n[bold]Slack calls of the whole story:[/] {listed}")


class Transcript:
    """Prints what people see, as it appears: the channel, the thread, the card's first lines, direct messages."""

    def __init__(self, slack: Sandbox, story: Story, console: Console) -> None:
        self._slack = slack
        self._channel = story.channel
        self._zone = ZoneInfo("Asia/Tokyo")
        self._console = console
        self._seen: dict[tuple[str, str], str] = {}

    async def print_on(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._print_new()
                await asyncio.sleep(0.05)
        finally:
            self._print_new()

    def _print_new(self) -> None:
        places = [(f"#{self._channel_name()}", self._slack.messages(self._channel, replies=True))]
        places += [(f"DM {self._name(user)}", self._slack.dms(user)) for user in self._people()]
        fresh = [(message, place) for place, messages in places for message in messages if self._is_new(message)]
        for message, place in sorted(fresh, key=lambda pair: pair[0].ts):
            self._print(message, place)

    def _is_new(self, message: Message) -> bool:
        return self._seen.get((message.channel, message.ts)) != message.text

    def _print(self, message: Message, place: str) -> None:
        key = (message.channel, message.ts)
        edited = key in self._seen
        self._seen[key] = message.text
        lines = self._readable(message.text).split("\n")
        head = f"[dim]{self._slack.clock.now().astimezone(self._zone):%H:%M}[/] [cyan]{escape(place)}[/]"
        where = " ↳" if message.thread_ts and message.thread_ts != message.ts else ""
        if edited:
            self._console.print(f"{head}{where} [dim]カードを更新[/] {escape(lines[0])}")
            return
        self._console.print(f"{head}{where} [bold]{escape(self._name(message.user))}[/]")
        for line in lines[:CARD_LINES]:
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
