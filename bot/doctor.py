"""Doctor: looks at settings, database and Slack, and says of each whether it is well and what to do if not."""

import glob
import os
import shlex
from collections.abc import Callable, Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from bot.domain.audit import Miss
from bot.domain.calendar_rules import holiday_gaps
from bot.domain.policy import Policy
from bot.domain.roster import AHEAD, Stretch
from bot.domain.values import Severity, Value
from bot.ports import Parked, Queries
from bot.settings import SLACK_API, Configuration, Environment

SCOPES = (
    "channels:history", "channels:read", "chat:write", "commands", "files:write", "groups:history", "groups:read",
    "im:history", "im:write", "reactions:read", "usergroups:write", "users:read",
)  # fmt: skip
"""What the manifest asks for; each one's reason stands there."""
FOR_USER_GROUPS = "usergroups:write"
"""Missed only where the roster names a user group."""
MOST_PARKED = 20
SHOWN = 8
"""Characters of an id that are shown: as many as tell a few thousand apart."""
SKEW = 60
"""Seconds the machine's clock may differ from Slack's: signatures are refused after five minutes."""


class Finding(Value):
    """One thing looked at."""

    what: str
    state: Literal["well", "warning", "ill"]
    say: str


def _well(what: str, say: str) -> Finding:
    return Finding(what=what, state="well", say=say)


def _ill(what: str, say: str) -> Finding:
    return Finding(what=what, state="ill", say=say)


def examine_settings(environment: Environment, config: Configuration) -> list[Finding]:
    """Which mode the secrets choose, and what the configuration file says."""
    found = Path(environment.jibungoto_config).exists()
    where = environment.jibungoto_config if found else f"{environment.jibungoto_config} (not there: defaults apply)"
    findings = [_well("configuration", f"{where}: channels {len(config.channels)}, policies {len(config.policies)}")]
    if not environment.slack_bot_token:
        findings.append(_ill("token", "SLACK_BOT_TOKEN is not set: copy it from OAuth & Permissions (xoxb-…)"))
    if environment.slack_app_token:
        findings.append(_well("mode", "Socket Mode (SLACK_APP_TOKEN is set)"))
    elif environment.slack_signing_secret:
        findings.append(_well("mode", "HTTP mode (SLACK_SIGNING_SECRET is set)"))
    else:
        findings.append(_ill("mode", "set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode"))
    return findings


def examine_calendars(config: Configuration, now: datetime) -> list[Finding]:
    """Whether the holidays are known for every year in which a clock that starts now may end: a year at most."""
    gaps = [Finding(what="calendars", state="warning", say=gap) for gap in holiday_gaps(config.calendars, now.year + 1)]
    return gaps or [_well("calendars", f"{len(config.calendars)}, holidays known until {now.year + 1} or longer")]


MOST_GAPS = 10


def examine_roster(config: Configuration, now: datetime) -> list[Finding]:
    """Whether somebody is on duty at every moment of the next two weeks, and every shift has somebody in it."""
    roster = config.roster
    if roster is None:
        return []
    gaps = [f"roster: nobody is on duty {_from_to(gap)}" for gap in roster.gaps(now, now + AHEAD)]
    gaps += [
        f"roster: everybody of the shift in {roster.called(duty.region)} is away {_from_to(duty)}"
        for duty in roster.unmanned(now, now + AHEAD)
    ]
    if not gaps:
        return [_well("roster", f"{len(roster.regions)} regions, somebody is on duty for the next {AHEAD.days} days")]
    more = [f"roster: and {len(gaps) - MOST_GAPS} more gaps"] if len(gaps) > MOST_GAPS else []
    return [Finding(what="roster", state="warning", say=say) for say in (*gaps[:MOST_GAPS], *more)]


def examine_runbooks(config: Configuration) -> list[Finding]:
    """How many runbooks can be started, and every fault of those that can't."""
    kept = config.shelf
    known = f"{len(kept.runbooks)} can be started"
    if not kept.faults:
        return [_well("runbooks", known)]
    left = f"{known}, broken in the folder: {len(kept.broken)}"
    return [Finding(what="runbooks", state="warning", say=say) for say in (left, *kept.faults)]


def _from_to(span: Stretch) -> str:
    return f"from {span.start:%a %Y-%m-%d %H:%M} to {span.end:%a %Y-%m-%d %H:%M} UTC"


def examine_rights(environment: Environment) -> list[Finding]:
    """Whether others of this machine can read what the database and its companions hold."""
    database = Path(environment.jibungoto_database)
    if os.name != "posix" or not database.exists():
        return []
    beside = sorted(database.parent.glob(f"{glob.escape(database.name)}*"))
    wide = [str(path) for path in beside if path.is_file() and path.stat().st_mode & 0o077]
    if wide:
        say = f"others can read {', '.join(wide)}: chmod 600 {' '.join(shlex.quote(path) for path in wide)}"
        return [Finding(what="rights", state="warning", say=say)]
    return [_well("rights", f"only its owner can read {database}")]


Doubts = Callable[[Policy, Iterable[Severity]], list[str]]
"""Says what is doubtful about a policy at these severities, a sentence each."""


def examine_policies(config: Configuration, doubts: Doubts) -> list[Finding]:
    """Whether the figures that channels are held to were read on the vendor's own page."""
    found: dict[str, None] = {}
    for rules in config.channels or (config.defaults,):
        for name in dict.fromkeys((rules.policy, *rules.plans.values())):
            found |= dict.fromkeys(doubts(config.policies[name], rules.severities))
    warnings = [Finding(what="policies", state="warning", say=say.removesuffix(".")) for say in found]
    return warnings or [_well("policies", f"{len(config.policies)}, those in use are confirmed or your own")]


class Description(Protocol):
    """How a database file is."""

    @property
    def sqlite_version(self) -> str: ...
    @property
    def sqlite_module(self) -> str: ...
    @property
    def schema_version(self) -> int: ...
    @property
    def journal_mode(self) -> str: ...
    @property
    def counts(self) -> dict[str, int]: ...


def examine_database(environment: Environment, describe: Callable[[str], Description]) -> list[Finding]:
    """Which SQLite is in use, and how the file is."""
    path = environment.jibungoto_database
    if not Path(path).exists():
        return [_well("database", f"{path} is not there yet: `serve` makes it")]
    try:
        about = describe(path)
    except Exception as error:  # whatever is wrong with the file is what the doctor is asked to say
        return [_ill("database", f"{path} can't be read: {error}")]
    known = (
        f"{path}: SQLite {about.sqlite_version} ({about.sqlite_module}), schema {about.schema_version}, "
        f"{about.journal_mode}, {about.counts.get('cases', 0)} cases"
    )
    version = tuple(int(part) for part in about.sqlite_version.split("."))
    # https://sqlite.org/wal.html: the WAL-reset bug of 3.7.0 to 3.51.2
    if version < (3, 51, 3):
        say = f"{known}: this SQLite has the WAL-reset bug, install pysqlite3 0.6.1 or newer"
        return [Finding(what="database", state="warning", say=say)]
    return [_well("database", known)]


Asked = Callable[[str, Callable[[Queries], list[Miss]]], list[Miss] | None]
"""Puts a question to a database file without changing it; None where its tables are of another release."""


def examine_watch(environment: Environment, asked: Asked) -> list[Finding]:
    """What the auditor found missing and could not make good, or made good in the last hundred findings."""
    if not Path(environment.jibungoto_database).exists():
        return []
    try:
        left = asked(environment.jibungoto_database, lambda q: q.misses(unrepaired=True))
        found = asked(environment.jibungoto_database, lambda q: q.misses())
    except Exception as error:  # as for the database itself, every way of failing is a finding
        return [_ill("reminders", f"what the auditor found can't be read: {error}")]
    if left is None or found is None:
        return [Finding(what="reminders", state="warning", say="no audit yet: the tables are of an older release")]
    if left:
        return [_ill("reminders", f"{len(left)} missing and not made good: {_named(left)}")]
    if found:
        return [Finding(what="reminders", state="warning", say=f"made good by the auditor: {_named(found)}")]
    return [_well("reminders", "the auditor found none missing")]


def _named(misses: list[Miss]) -> str:
    shown = [f"SEV-{m.case} {m.what} ({m.kind}, planned {m.planned:%Y-%m-%d %H:%M} UTC)" for m in misses[:5]]
    return "; ".join([*shown, *(["…"] if len(misses) > len(shown) else [])])


def examine_parked(environment: Environment, parked_in: Callable[[str], list[Parked]]) -> list[Finding]:
    """What could not be delivered and waits for a person, the newest first; nothing where there is no database."""
    path = environment.jibungoto_database
    if not Path(path).exists():
        return []
    try:
        parked = parked_in(path)
    except Exception as error:  # an older file, or none of ours: `database` says more
        return [Finding(what="outbox", state="warning", say=f"what is parked can't be read: {error}")]
    if not parked:
        return [_well("outbox", "nothing is parked")]
    lines = [f"{one.id[:SHOWN]} {one.at:%Y-%m-%d %H:%M}Z {one.what}: {one.reason}" for one in parked[:MOST_PARKED]]
    lines += [f"and {len(parked) - MOST_PARKED} more"] if len(parked) > MOST_PARKED else []
    first = f"{len(parked)} could not be delivered; `jibungoto retry ID` or `jibungoto retry all` tries again"
    return [Finding(what="outbox", state="warning", say="\n".join([first, *lines]))]


class SlackClient(Protocol):
    """As much of the Web API client as the doctor needs."""

    async def auth_test(self, **kwargs: Any) -> Any: ...
    async def apps_connections_open(self, *, app_token: str, **kwargs: Any) -> Any: ...


async def examine_slack(
    client: SlackClient, environment: Environment, config: Configuration, now: datetime
) -> list[Finding]:
    """Reachability, tokens, scopes and the clock."""
    try:
        answer = await client.auth_test()
    except Exception as error:  # every way of failing is a finding
        return [_ill("slack", f"auth.test at {environment.slack_api_url}: {_said(error)}")]
    at = "" if environment.slack_api_url == SLACK_API else f" at {environment.slack_api_url}"
    findings = [_well("slack", f"{answer['team']} as {answer['user']}{at}")]
    headers = {key.lower(): value for key, value in answer.headers.items()}
    findings.append(_scopes(headers.get("x-oauth-scopes"), config))
    findings.append(_clock(headers.get("date"), now))
    if environment.slack_app_token:
        findings.append(await _socket(client, environment))
    return findings


def _scopes(header: str | None, config: Configuration) -> Finding:
    if header is None:
        return Finding(what="scopes", state="warning", say="Slack did not say which scopes the token has")
    wanted = set(SCOPES) - (set() if config.roster and config.roster.user_groups() else {FOR_USER_GROUPS})
    missing = sorted(wanted - {scope.strip() for scope in header.split(",")})
    if missing:
        return _ill("scopes", f"missing {', '.join(missing)}: add them in the manifest and install the app again")
    return _well("scopes", f"all {len(wanted)} there")


def _clock(header: str | None, now: datetime) -> Finding:
    if header is None:
        return Finding(what="clock", state="warning", say="Slack did not say what time it is")
    skew = abs((parsedate_to_datetime(header) - now).total_seconds())
    if skew > SKEW:
        return _ill("clock", f"{skew:.0f} s apart from Slack's: set this machine's clock (NTP), or reminders are off")
    return _well("clock", f"{skew:.0f} s apart from Slack's")


async def _socket(client: SlackClient, environment: Environment) -> Finding:
    try:
        await client.apps_connections_open(app_token=environment.slack_app_token)
    except Exception as error:  # as above
        return _ill("socket", f"SLACK_APP_TOKEN: {_said(error)}")
    return _well("socket", "Socket Mode can be opened")


def _said(error: Exception) -> str:
    response = getattr(error, "response", None)
    data = getattr(response, "data", None)
    return str(data.get("error")) if isinstance(data, dict) else f"{type(error).__name__}: {error}"[:200]
