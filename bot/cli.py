"""Command line: arguments in, sentences out. What is wrong is one sentence and an exit code, never a traceback."""

import asyncio
import contextlib
import errno
import logging
import os
import re
import signal
from collections.abc import Awaitable
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import office
from bot.app import AlreadyInUse, Bot, LineLost, TokenRefused, started
from bot.chores import (
    CONFIDENCES,
    Damaged,
    NotOurs,
    SchemaTooNew,
    calendar_findings,
    described,
    examined,
    explained,
    parked_messages,
    policy_findings,
    policy_list,
    policy_text,
    put_back,
    reported,
    roster_findings,
    runbook_findings,
    save_copy,
    tried_again,
)
from bot.domain.access import ROLES, VERBS, Access
from bot.domain.errors import CaseErased, ClockUnknown, NothingSaved, UnknownCase
from bot.domain.values import CaseNumber, ChannelId, Language
from bot.logs import configure_logs, unheard
from bot.policies import unknown
from bot.redaction import redacted
from bot.settings import Configuration, Environment, SettingsFault, load_configuration, load_environment
from bot.terms import checked_first

T = TypeVar("T")
BAD_SETTINGS, REFUSED, BUSY, LOST = 2, 3, 4, 5
"""Exit codes: the configuration, Slack's refusal of a token, a port or database that can't be used, no connection."""
ENDED_WITHIN = 10.0
"""Seconds after which an end that was asked for is forced; app.GRACE is shorter."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Jibungoto: support teams escalate together, and no promised contact is forgotten.")  # fmt: skip
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(code: int, *sentences: str) -> typer.Exit:
    """Say what is wrong, and leave."""
    for sentence in sentences:
        err.print(redacted(sentence), markup=False)
    return typer.Exit(code)


def _settings() -> tuple[Environment, Configuration]:
    try:
        environment = load_environment()
        return environment, load_configuration(environment.jibungoto_config)
    except SettingsFault as fault:
        raise fail(BAD_SETTINGS, *fault.faults) from None


@app.command()
def serve(
    standby: Annotated[
        bool, typer.Option(help="wait for another process on the same database to end, and take over")
    ] = True,
) -> None:
    """Run the bot with the tokens of the environment."""
    environment, config = _settings()
    if not standby:
        environment = environment.model_copy(update={"jibungoto_standby": False})
    if not environment.slack_bot_token:
        raise fail(BAD_SETTINGS, "SLACK_BOT_TOKEN is not set: copy it from OAuth & Permissions (xoxb-…).")
    if not (environment.slack_app_token or environment.slack_signing_secret):
        raise fail(BAD_SETTINGS, "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode.")
    configure_logs(environment.jibungoto_log)
    _run(_serve(environment, config))


async def _serve(environment: Environment, config: Configuration) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    _on_hangup(None)
    running = asyncio.create_task(_until(stop, environment, config))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
    if not running.done() and not stop.is_set():
        return
    stopped.cancel()
    # Still waiting for Slack at start: there is nothing to finish. Otherwise it closes by itself, in order.
    done, _ = await asyncio.wait((running,), timeout=ENDED_WITHIN)
    if not done:
        running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def _on_hangup(bot: Bot | None) -> None:
    """SIGHUP reads the configuration file anew; before the bot stands there is nothing to take it over."""
    reloads: set[asyncio.Task[Any]] = set()

    def hang_up() -> None:
        if bot is not None:
            reloads.add(task := asyncio.create_task(bot.reloader.reload()))
            task.add_done_callback(reloads.discard)

    if hasattr(signal, "SIGHUP"):  # Windows has none
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hang_up)


async def _until(stop: asyncio.Event, environment: Environment, config: Configuration) -> None:
    starting = asyncio.create_task(stop.wait())
    async with _stoppable(started(environment, config), starting) as bot:
        if bot is None:
            return
        _on_hangup(bot)
        mode = "Socket Mode" if bot.line is not None else f"HTTP mode at {bot.address}/slack/events"
        logging.getLogger("jibungoto").info("ready in %s, %s", bot.workspace.url, mode)
        lost = asyncio.create_task(bot.lost())
        await asyncio.wait((starting, lost), return_when=asyncio.FIRST_COMPLETED)
        if lost.done():
            lost.result()
        lost.cancel()


@contextlib.asynccontextmanager
async def _stoppable(opening: Any, stop: asyncio.Task[Any]) -> Any:
    """Enter a context that may wait long, giving up when asked to stop; yields None then."""
    entering = asyncio.create_task(opening.__aenter__())
    await asyncio.wait((entering, stop), return_when=asyncio.FIRST_COMPLETED)
    if not entering.done():
        entering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await entering
        yield None
        return
    bot = entering.result()
    try:
        yield bot
    finally:
        await opening.__aexit__(None, None, None)


@app.command()
def check(
    access: Annotated[bool, typer.Option("--access", help="also print who may do what, for every channel")] = False,
) -> None:
    """Check the configuration file and the environment; every fault is named."""
    environment, config = _settings()
    channels = ", ".join(channel.id for channel in config.channels) or "every channel the bot is invited to"
    there = Path(environment.jibungoto_config).exists()
    file = environment.jibungoto_config if there else f"{environment.jibungoto_config} is not there: defaults apply"
    out.print(f"{file}: well. Channels: {channels}.", markup=False)
    runbooks = ", ".join(one.key for one in config.shelf.runbooks) or "none"
    out.print(f"Runbooks: {runbooks}.", markup=False)
    looked_at = (*calendar_findings(config), *policy_findings(config), *roster_findings(config))
    for finding in (*looked_at, *runbook_findings(config)):
        if finding.state == "warning":
            err.print(f"warning: {finding.say}.", markup=False)
    for line in checked_first(config):
        out.print(line, markup=False)
    if access:
        for name, channel in (("elsewhere", ChannelId("")), *((rules.id, rules.id) for rules in config.channels)):
            _print_access(name, config.access_in(channel))


def _print_access(name: str, access: Access) -> None:
    """The table of one channel, and who bears a role by name."""
    named = {"shift_lead": access.shift_leads, "admin": access.admins}
    people = "; ".join(f"{role}: {', '.join(who) or 'nobody'}" for role, who in named.items())
    out.print(f"\n{name} ({people})", markup=False)
    table = Table("", *ROLES, box=None)
    for verb in VERBS:
        roles = access.table[verb]
        # Whoever owns, holds, leads or administers is a member as well.
        implied = {"owner", "holder", "shift_lead", "admin"} if "member" in roles else set()
        table.add_row(verb, *("yes" if role in roles or role in implied else "-" for role in ROLES))
    out.print(table)


@app.command()
def doctor() -> None:
    """Look at configuration, tokens, scopes, database, clock and reachability."""
    environment, config = _settings()
    findings = _run(examined(environment, config))
    signs = {"well": "[green]well[/]", "warning": "[yellow]warning[/]", "ill": "[red]ill[/]"}
    for finding in findings:  # a line each, however long: what it says to run can be copied
        sign = signs[finding.state] + " " * (8 - len(finding.state))
        out.print(sign, f"{finding.what:<14}", redacted(finding.say).replace("[", "\\["))
    if any(finding.state == "ill" for finding in findings):
        raise typer.Exit(1)


@app.command()
def show(
    case: Annotated[str, typer.Argument(help="42 or SEV-42")],
    language: Annotated[str, typer.Option(help="ja or en")] = "en",
    zone: Annotated[str, typer.Option(help="the time zone to print times in")] = "UTC",
) -> None:
    """Print a case and what happened, read from the database."""
    environment, number = _case_of(case)
    said = _of_case(environment, number, described(environment, number, _spoken(language), zone))
    out.print(said, markup=False)


@app.command()
def explain(
    case: Annotated[str, typer.Argument(help="42 or SEV-42")],
    clock: Annotated[str, typer.Argument(help="one clock, such as first-response; without it, all of them")] = "",
    language: Annotated[str, typer.Option(help="ja or en")] = "en",
    zone: Annotated[str, typer.Option(help="the time zone to print times in")] = "UTC",
) -> None:
    """Print how the due times of a case come about: every interval counted and not counted, and why."""
    environment, number = _case_of(case)
    out.print(_of_case(environment, number, explained(environment, number, clock, _spoken(language), zone)),
              markup=False, soft_wrap=True)  # fmt: skip


@app.command()
def report(
    case: Annotated[str, typer.Argument(help="42 or SEV-42")],
    folder: Annotated[Path, typer.Option("--out", help="where to write it")] = Path("."),
    language: Annotated[str, typer.Option(help="ja or en; by default the case's own")] = "",
    zone: Annotated[str, typer.Option(help="the time zone of its times; by default the customer's")] = "",
) -> None:
    """Write the report of a case into a folder: report.md, report.html, timeline.svg and timeline.png."""
    environment, number = _case_of(case)
    if language not in ("", "ja", "en"):
        raise fail(BAD_SETTINGS, f"--language is ja or en, not {language!r}.")
    out.print(_of_case(environment, number, _reported(environment, number, folder, language, zone)), markup=False)


async def _reported(environment: Environment, number: CaseNumber, folder: Path, language: str, zone: str) -> str:
    try:
        written = await reported(environment, number, folder, _spoken(language) if language else None, zone)
    except OSError as error:
        raise fail(BUSY, f"The report can't be written to {folder}: {error.strerror}") from None
    return "\n".join(map(str, written))


def _spoken(language: str) -> Language:
    return "ja" if language == "ja" else "en"


def _case_of(case: str) -> tuple[Environment, CaseNumber]:
    """The settings, and the case that is meant; ends with a sentence where there is no such word or no database."""
    environment, _ = _settings()
    number = case.strip().lower().removeprefix("sev-").removeprefix("#")
    if not (number.isascii() and number.isdigit()):
        raise fail(BAD_SETTINGS, f"{case} is not a case: write 42 or SEV-42.")
    if not Path(environment.jibungoto_database).exists():
        raise fail(BUSY, f"There is no database at {environment.jibungoto_database}: set JIBUNGOTO_DATABASE.")
    return environment, CaseNumber(int(number))


def _of_case(environment: Environment, number: CaseNumber, work: Awaitable[str]) -> str:
    """What is said of a case; ends with a sentence where it is not there."""
    try:
        return str(_run(work))
    except CaseErased as gone:
        raise fail(1, f"SEV-{number} was erased on {gone.about['at']:%Y-%m-%d}.") from None
    except UnknownCase:
        raise fail(1, f"There is no case SEV-{number} in {environment.jibungoto_database}.") from None
    except ClockUnknown as unknown:
        raise fail(BAD_SETTINGS, str(unknown)) from None


@app.command()
def retry(
    id: Annotated[str, typer.Argument(help="the id that `jibungoto doctor` shows, or its beginning; or all")] = "",
) -> None:
    """Try again what could not be delivered; without an id, list it. A running bot sends it within a minute."""
    environment, _ = _settings()
    if not Path(environment.jibungoto_database).exists():
        raise fail(BUSY, f"There is no database at {environment.jibungoto_database}: set JIBUNGOTO_DATABASE.")
    if not id:
        parked = _run(parked_messages(environment))
        for one in parked:
            out.print(f"{one.id[:8]}  {one.at:%Y-%m-%d %H:%M}Z  {one.what}: {one.reason}", markup=False)
        out.print("jibungoto retry all: tries them again." if parked else "Nothing is parked.", markup=False)
        return
    if id != "all" and (len(id) < 4 or set(id) - set("0123456789abcdef")):
        raise fail(BAD_SETTINGS, f"{id} is no id: write at least the first four of its characters, or all.")
    tried = _run(tried_again(environment, id))
    if not tried and id != "all":
        raise fail(1, f"Nothing is parked under {id}: `jibungoto retry` lists what is.")
    out.print(f"{tried} to be tried again.", markup=False)


@app.command()
def policies(
    name: Annotated[str, typer.Argument(help="one of them, to print as TOML")] = "",
    vendor: Annotated[str, typer.Option(help="only those of this vendor")] = "",
    confidence: Annotated[str, typer.Option(help="only those with figures that are: " + ", ".join(CONFIDENCES))] = "",
    language: Annotated[str, typer.Option(help="ja or en; by default as LANG says")] = "",
) -> None:
    """List the policies, shipped and yours, or print one as TOML to copy and edit."""
    _, config = _settings()
    reader = _language(language)
    if name:
        if name not in config.policies:
            raise fail(BAD_SETTINGS, f"policies: {unknown(name, tuple(config.policies))}.")
        out.print(policy_text(config, name, reader), markup=False)
        return
    wanted = next((one for one in CONFIDENCES if one == confidence), None)
    if confidence and wanted is None:
        raise fail(BAD_SETTINGS, f"--confidence is one of {', '.join(CONFIDENCES)}, not {confidence!r}.")
    shown = policy_list(config, reader, vendor=vendor, confidence=wanted)
    table = Table(title=shown.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in shown.headings:
        table.add_column(heading, overflow="fold", no_wrap=heading == shown.headings[0])
    for line in shown.lines:
        table.add_row(*(escape(cell) for cell in (line.key, line.vendor, line.plan, line.status, *line.terms)))
    Console(highlight=False).print(table)
    for sentence in shown.legend:
        out.print(sentence, markup=False)


def _language(asked: str) -> Language:
    """The language that was asked for, else that of the terminal: LC_ALL, LC_MESSAGES or LANG."""
    said = asked or next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    return "ja" if said.lower().startswith("ja") else "en"


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="where to write the copy")]) -> None:
    """Copy the database, also while the bot writes."""
    environment, _ = _settings()
    try:
        save_copy(environment, str(file))
    except (OSError, ValueError) as error:
        raise fail(BUSY, f"No copy was made: {error}") from None
    out.print(f"{environment.jibungoto_database} copied to {file}.", markup=False)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="the copy to go back to")]) -> None:
    """Put a copy in the place of the database; the bot has to be stopped."""
    environment, _ = _settings()
    if not file.is_file():
        raise fail(BUSY, f"There is no copy at {file}: nothing was changed.")
    done = _run(put_back(environment, str(file)))
    until = f", known until {done.until:%Y-%m-%d %H:%M:%S} UTC" if done.until else ""
    out.print(f"{environment.jibungoto_database} is {file} now: {done.cases} cases{until}.", markup=False)
    if done.replaced:
        out.print(f"What was there before is kept as {done.replaced}.", markup=False)
    out.print("At the next `jibungoto serve`, what may have been said since is looked for in Slack before it is said.")


@app.command()
def demo(
    story: Annotated[str, typer.Option(help="which story to play")] = "store-pos",
    speed: Annotated[float, typer.Option(help="how fast its time runs")] = 300.0,
    keep: Annotated[Path | None, typer.Option(help="keep the state in this folder")] = None,
    port: Annotated[int, typer.Option(help="the sandbox's port, 0 for a free one")] = 0,
    stay: Annotated[bool, typer.Option(help="stay up after the story")] = True,
) -> None:
    """Play a case in a sandbox, without any Slack account."""
    from bot.demo import NotKept, play, stories

    if story not in stories():
        raise fail(BAD_SETTINGS, f"There is no story {story!r}. There are: {', '.join(stories())}.")
    if speed <= 0:
        raise fail(BAD_SETTINGS, "--speed has to be above zero, for example 60.")
    logging.getLogger().setLevel(logging.ERROR)
    playing = play(story, speed=speed, folder=keep, port=port, stay=stay, console=out)
    try:
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            _run(_until_terminated(playing))
    except NotKept as refused:
        raise fail(BUSY, str(refused)) from None


async def _until_terminated(work: Awaitable[None]) -> None:
    """SIGTERM ends the demo as Ctrl-C does, in order: its bot is a process of its own and must not outlive it."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await work


@app.command()
def version() -> None:
    """Print the version."""
    out.print(installed_version("jibungoto"), markup=False)


def _run(work: Any) -> Any:
    """Run to the end, turning what can't be helped into one sentence."""
    try:
        return asyncio.run(_awaited(work))
    except TokenRefused as refused:
        raise fail(REFUSED, str(refused)) from None
    except LineLost as lost:
        raise fail(LOST, str(lost)) from None
    except NothingSaved:
        raise fail(
            BUSY, "The database can't be opened or written: check JIBUNGOTO_DATABASE, the disk and its rights."
        ) from None
    except (AlreadyInUse, Damaged, SchemaTooNew, NotOurs) as error:
        raise fail(BUSY, str(error)) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise fail(BUSY, _taken(str(error))) from None
        where = f"{error.filename}: " if error.filename else ""
        raise fail(BUSY, f"{where}{error.strerror or error}. Is the folder there, and may it be written?") from None


def _taken(error: str) -> str:
    """asyncio names the address only in its message: ('127.0.0.1', 3000)."""
    named = re.search(r", (\d+)\)", error)
    port = f"Port {named[1]}" if named else "The port"
    return f"{port} is used by another program: choose another by JIBUNGOTO_PORT (serve) or --port (demo)."


office.offer(app, lambda: _settings()[0], _run, fail, lambda said: out.print(said, markup=False))


async def _awaited(work: Awaitable[T]) -> T:
    asyncio.get_running_loop().set_exception_handler(unheard)
    return await work
