"""Playing: a sandbox, a bot in it, a story in time-lapse, and the thread printed as it grows."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.markup import escape

from bot.chores import next_moment
from bot.demo.keeper import START_WITHIN, Keeper
from bot.demo.transcript import Transcript
from sandbox import Sandbox
from sandbox.hooks import Hooks
from sandbox.story import Story, StoryFault, told

FIRST_STORY = "store-pos"


def stories() -> list[str]:
    """The names of the stories that come with Jibungoto, the one to begin with first."""
    folder = files("bot.stories")
    names = (item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))
    return sorted(names, key=lambda name: (name != FIRST_STORY, name))


def read_story(name: str) -> Story:
    """A story by name. Raises FileNotFoundError."""
    return Story.read(files("bot.stories").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


@asynccontextmanager
async def playground(story: Story, folder: Path, *, port: int) -> AsyncIterator[Sandbox]:
    """A sandbox at the story's beginning, its clock standing still, with the bot connected."""
    config = folder / "jibungoto.toml"
    config.write_text(files("bot.stories").joinpath("demo.toml").read_text(encoding="utf-8"), encoding="utf-8")
    lent = Hooks(
        restart_app=lambda: keeper.restart(),
        next_moment=lambda: next_moment(str(folder / "jibungoto.db")),
    )
    every = {name: read_story(name) for name in stories()}
    kept = folder / "slack.json"
    async with Sandbox(manifest=_manifest(), now=story.start, port=port, hooks=lent, stories=every, keep=kept) as slack:
        slack.clock.freeze()
        environment = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
            "JIBUNGOTO_CONFIG": str(config),
            "JIBUNGOTO_DATABASE": str(folder / "jibungoto.db"),
            "JIBUNGOTO_PORT": "0",
        }
        keeper = Keeper(slack.url, environment, folder / "bot.log")
        await keeper.start()
        try:
            await slack.connected(START_WITHIN)
            yield slack
        finally:
            await keeper.stop()


def _manifest() -> str:
    """The shipped manifest: beside the checkout's packages, or among them when installed."""
    beside = Path(__file__).parents[2] / "manifest.yml"
    return str(beside if beside.exists() else Path(sys.prefix) / "share" / "jibungoto" / "manifest.yml")


async def play(name: str, *, speed: float, folder: Path | None, port: int, stay: bool, console: Console) -> None:
    """Play a story to its end, printing it; then stay up until interrupted. A kept state goes on without a story.

    Raises NotKept, OSError.
    """
    story = read_story(name)
    with _state(folder) as kept:
        async with playground(story, kept, port=port) as slack:
            if slack.went_on:
                console.print(f"[bold]{slack.url}[/]  goes on where it stopped, state in {kept}")
                if stay:
                    await _stay(slack, console)
                return
            title = escape(told(story.title, story.language))
            console.print(f"[bold]{slack.url}[/]  {title} ×{speed:g}, state in {kept}")
            slack.clock.speed(speed)
            printer = asyncio.create_task(Transcript(slack, story, console).print_on())
            await slack.show.choose(name)
            slack.show.play()
            if not await _played(slack, printer):
                return
            await _quiet(slack, kept)
            printer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await printer
            _sum_up(slack, console)
            if stay:
                await _stay(slack, console)


async def _stay(slack: Sandbox, console: Console) -> None:
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


async def _played(slack: Sandbox, printer: asyncio.Task[None]) -> bool:
    """Until the story has come to its end, also when somebody stops it on the page and goes on by hand meanwhile.

    False where nobody reads what is printed any more. Raises StoryFault.
    """
    while slack.show.player is not None and slack.show.player.next_step is not None:
        if slack.show.trouble and not slack.show.is_playing:
            raise StoryFault(slack.show.trouble)
        if printer.done():
            return False
        await asyncio.sleep(0.1)
    return True


async def _quiet(slack: Sandbox, folder: Path) -> None:
    """Until nothing is left to be sent at this moment of the story."""
    for _ in range(200):
        wake = await next_moment(str(folder / "jibungoto.db"), deliveries=True)
        if wake is None or (wake - slack.clock.now()).total_seconds() > 60:
            return
        await asyncio.sleep(0.05)


def _sum_up(slack: Sandbox, console: Console) -> None:
    counts: dict[str, int] = {}
    for call in slack.calls():
        counts[call.method] = counts.get(call.method, 0) + 1
    listed = ", ".join(f"{method} {count}" for method, count in sorted(counts.items()))
    console.print(f"\n[bold]Slack calls of the whole story:[/] {listed}")
