"""Reference: docs/configuration.md, written from the settings models, so that it can't disagree with them.

`python -m docs.reference` (or `make docs`) writes the file; a test says when it has to be written anew. Every sentence
about a setting is the docstring below its field; only what stands without one is said here.
"""

import ast
import inspect
import textwrap
import tomllib
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.domain.calendar import Closure, ExtraDay
from bot.domain.calendar_rules import WEEKDAYS, CalendarRules
from bot.domain.duration import write_duration
from bot.domain.plan import Level
from bot.domain.policy import LanguageTerms, Policy, SeverityTerms, Step, Terms
from bot.domain.roster import Absence, Import, Region, Roster, Shift
from bot.domain.values import Value
from bot.first_moves import OwnChecks, ToTell
from bot.precautions import HeartbeatRules, NetRules, ReportRules
from bot.runbooks import RunbookRules
from bot.settings import ChannelRules, Configuration, Environment, RetentionRules
from bot.shipped import shipped
from docs.reference_words import KINDS, OTHERWISE

PAGE = Path(__file__).parent / "configuration.md"


def page() -> str:
    """The whole of docs/configuration.md."""
    return "\n".join(line.rstrip() for line in _lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield from _table(Environment, spell=str.upper)
    yield _FILE
    yield from _table(Configuration)
    yield _CHANNELS
    yield from _table(ChannelRules)
    yield '\nSomebody in `tell`, such as `{ who = "営業担当", within = "30m" }`:'
    yield from _table(ToTell)
    yield "\nThe list of a family in `checks`, where it is a table:"
    yield from _table(OwnChecks)
    yield _WATCH
    yield "\n### `[net]`"
    yield from _table(NetRules)
    yield "\n### `[heartbeat]`"
    yield from _table(HeartbeatRules)
    yield "\n### `[report]`"
    yield from _table(ReportRules)
    yield _RUNBOOKS
    yield from _table(RunbookRules)
    yield _RETENTION
    yield from _table(RetentionRules)
    yield _ROSTER
    yield from _table(Roster, leave_out=("user_group",))
    yield "\n### `[roster.regions.NAME]`"
    yield from _table(Region, leave_out=("user_group",))
    yield "\n### `[[roster.shifts]]`"
    yield from _table(Shift)
    yield "\n### `[[roster.absences]]`"
    yield from _table(Absence)
    yield "\n### `[[roster.imports]]`"
    yield _IMPORTS
    yield from _table(Import)
    yield _WHOLE_ROSTER
    yield _FAMILIES
    yield _POLICIES
    yield from _table(Policy, leave_out=("B", "C", "name"))
    yield "\n### `[policies.NAME.A]`, `.B`, `.C`"
    yield from _table(SeverityTerms)
    yield "\n### `[policies.NAME.A.language.en]`"
    yield from _table(LanguageTerms)
    yield "\nOne of the levels in `also`; they are there to be read, and hold no case to anything:"
    yield from _table(Level)
    yield '\nA step of the `ladder`, such as `{ after = "5m", tell = "backup" }`:'
    yield from _table(Step)
    yield _SHIPPED
    yield ""
    yield from _figures()
    yield _CALENDARS.strip()
    yield from _table(CalendarRules)
    yield _CLOSURES
    yield from _table(Closure)
    yield _EXTRA
    yield from _table(ExtraDay)
    yield _SHIPPED_CALENDARS
    yield from _week_tables()
    yield ""
    yield _WHOLE


# ---------------------------------------------------------------- tables


def _table(model: type[BaseModel], *, spell: Any = str, leave_out: tuple[str, ...] = ()) -> Iterator[str]:
    yield ""
    yield "| name | is | default | what it says |"
    yield "|---|---|---|---|"
    written = annotations(model)
    for name, field in model.model_fields.items():
        if name not in leave_out and not field.exclude:
            yield f"| `{spell(name)}` | {kind(written[name])} | {_default(field)} | {said(model, name)} |"


def kind(annotation: str) -> str:
    """An annotation of the source, for readers who don't write Python."""
    return KINDS.get(annotation.removesuffix(" | None"), f"`{annotation}`").replace("|", "\\|")


def said(model: type[BaseModel], name: str) -> str:
    """What a field means: its docstring, that of the same term on a case, or what is said here."""
    known = docstrings(model).get(name) or (docstrings(Terms).get(name) if model is SeverityTerms else None)
    return (known or OTHERWISE.get(f"{model.__name__}.{name}", "")).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    return toml(field.get_default(call_default_factory=True))


def toml(value: Any) -> str:
    """A default as it would be written in the file; an empty one is none."""
    if value is None or value == "" or value == () or value == {} or isinstance(value, BaseModel):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    if isinstance(value, time):
        return f'`"{value:%H:%M}"`'
    if hasattr(value, "total_seconds"):
        return f'`"{write_duration(value)}"`'
    return f"`{value}`" if isinstance(value, int) else f'`"{value}"`'


# ---------------------------------------------------------------- the source


def annotations(model: type[BaseModel]) -> dict[str, str]:
    """Every field's annotation as it is written."""
    return {target: ast.unparse(node.annotation) for target, node, _ in _fields(model)}


def docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstring below each field that has one, on one line."""
    found = {}
    for name, _, after in _fields(model):
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            found[name] = " ".join(after.value.value.split())
    return found


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, ast.AnnAssign, ast.stmt | None]]:
    """The fields of a class and of those it stands on, in their source: name, statement, and the statement after it."""
    for base in model.__bases__:
        if issubclass(base, Value) and base is not Value:
            yield from _fields(base)
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node, after


# ---------------------------------------------------------------- the shipped figures


def _figures() -> Iterator[str]:
    """What the policies that come with Jibungoto ask for, side by side."""
    for name, policy in tomllib.loads(shipped("policies.toml"))["policies"].items():
        severities = [severity for severity in "ABC" if severity in policy]
        yield f"**`{name}`**, version {policy['version']}"
        yield ""
        yield f"| | {' | '.join(severities)} |"
        yield "|---|" + "---|" * len(severities)
        for field in (name for name in SeverityTerms.model_fields if any(name in policy[one] for one in severities)):
            terms = [SeverityTerms.model_validate(policy[severity]) for severity in severities]
            yield f"| `{field}` | {' | '.join(_figure(getattr(one, field)) for one in terms)} |"
        yield ""


def _week_tables() -> Iterator[str]:
    """The calendars that come with Jibungoto, one line each."""
    yield "| name | zone | hours | holidays |"
    yield "|---|---|---|---|"
    for name, given in tomllib.loads(shipped("calendars.toml"))["calendars"].items():
        rules = CalendarRules.model_validate(given)
        yield f"| `{name}` | `{rules.zone}` | {_week(rules)} | {', '.join(rules.holidays) or 'none'} |"


def _week(rules: CalendarRules) -> str:
    """The days that are worked and their hours, days of the same hours together."""
    days: dict[str, list[str]] = {}
    for day, hours in zip(WEEKDAYS, rules.week(), strict=True):
        if hours:
            days.setdefault(", ".join(map(str, hours)), []).append(day)
    return "; ".join(f"{on[0]}-{on[-1]} {hours}" for hours, on in days.items())


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(_step(item) if isinstance(item, Step) else str(item) for item in value) or "none"
    return write_duration(value) if isinstance(value, timedelta) else str(value or "none")


def _step(step: Step) -> str:
    return f"{step.tell} after {write_duration(step.after)}"


# ---------------------------------------------------------------- the words between


_HEAD = """\
# Configuration

<!-- Written by `make docs` from bot/settings.py, bot/domain and bot/presets. Edit those. -->

Jibungoto reads the environment (secrets, files, addresses) and one TOML file (how your team works) when it starts.
`jibungoto check` names every fault with its key and what was expected; `jibungoto serve` refuses to start with any. To
apply a changed file, send the process SIGHUP (`systemctl reload`, `kill -HUP`) or restart: no promise is lost and no
due time moves. Running cases keep their terms. A faulty file is not taken over: the last good one goes on, and the log
and the admin hear every fault. `command`, `[net]`, `[heartbeat]`, `[report]` and the environment are read at the start
alone.

A *duration* is written `20s`, `15m`, `1h30m`, `2d` and counts round the clock. A *span* is written in the same way, or
`1bd` for a working day, and counts the time of a calendar. A *checkpoint* is `"50%"` (of the time
between start and due), `"10m before"`, `"due"` or `"5m after"`. A *time zone* is a name such as `"Asia/Tokyo"`.

## The environment"""

_FILE = """
With `SLACK_APP_TOKEN` the bot uses Socket Mode, and the signing secret is not needed. Without it, HTTP mode needs
`SLACK_SIGNING_SECRET`. See [install.md](install.md). A secret in the TOML file is refused; only the heartbeat's
address may stand there, for those who see no secret in it.

Every secret can lie in a file instead, named by `NAME_FILE`: `SLACK_BOT_TOKEN_FILE=/run/secrets/bot-token`. The
file holds the secret and nothing else, and nobody but its owner can read it (`chmod 600`); with Docker or Kubernetes
say mode `0400`.

## The file

Without a file the defaults below apply: every channel the bot is invited to is a team channel. A key that is not listed
here is refused, so a misspelt one is never silently ignored."""

_CHANNELS = """
## Channels

`[defaults]` and each `[[channels]]` have the same keys. A channel that is listed does not inherit from `[defaults]`:
what it leaves out has the default of this table. A channel shared with another organisation (Slack Connect) takes cases
only if it is listed here."""

_RUNBOOKS = """
## `[runbooks]`

Steps that your team wrote down, offered on the cases that they fit: [runbooks.md](runbooks.md). `jibungoto check` lists
them and names every fault in a file with its line; the others can be started all the same. A reload reads them anew."""

_RETENTION = """
## `[retention]`

Off unless you set it: how long you keep cases is for your contracts and your law to say. What goes and what stays:
[operations.md](operations.md#keeping-exporting-erasing)."""

_ROSTER = """
## `[roster]`

Who is on duty, for teams that follow the sun. Hours are wall time of the region, so that a shift begins at nine in
summer and in winter. Shifts may overlap, touch or leave gaps, and people may stand in several regions; `check` and
`doctor` name every time of the next 14 days at which nobody is on duty, and every shift whose people are all away.
While somebody is on duty, a ladder's `lead` and `backup` are theirs and not the channel's."""

_IMPORTS = """
iCalendar files (RFC 5545), with recurring events, exceptions and zones. Each event is a shift of the region. Its people
are its attendees, by mail address or name; without any, the names in its summary, parted by commas. An attendee whose
role is `CHAIR` leads. Declined invitations and cancelled events do not count. A file is read when the bot starts and at
each reload; a broken one is named with its line and, at a reload, leaves the last good configuration in force.

```text
[[roster.imports]]
file = "dublin.ics"
region = "dublin"
people = { "bob@example.com" = "U02BOB", "Mei" = "U05MEI" }
```"""

_WHOLE_ROSTER = """
```toml
[roster.regions.tokyo]
name = "東京"
zone = "Asia/Tokyo"
members = ["U01YUKI", "U03HANA"]
leads = ["U04KEN"]

[roster.regions.dublin]
name = "Dublin"
zone = "Europe/Dublin"
members = ["U02BOB", "U06ALEX"]
leads = ["U02BOB"]

[[roster.shifts]]
region = "tokyo"
hours = "08:00-17:00"

[[roster.shifts]]
region = "dublin"
hours = "08:00-17:30"
days = ["mon", "tue", "wed", "thu", "fri"]
backup = ["U06ALEX"]

[[roster.absences]]
member = "U03HANA"
first = 2026-12-28
last = 2027-01-04
```
"""

_FAMILIES = """
## Product families

The product families are those of `bot/presets/isolation-areas.yaml`: each brings its isolation areas and the first
questions to ask there. Which one a case gets is guessed from its words, and can be changed on the card."""

_WATCH = """
## Watching over the bot

What these are for: [operations.md](operations.md). The admin is named in `[defaults]`."""

_POLICIES = """
## Policies

A policy says what a contract asks of you, by severity. A case copies its terms when it opens; a policy that changes
later does not touch it. A policy of your own names every term it wants, or begins from another by `like`. The plans of
vendors are shipped as policies: [policies.md](policies.md) lists them, `jibungoto policies` prints each as TOML.

### `[policies.NAME]`"""

_CALENDARS = """
## Calendars

A calendar says when time counts. Hours are wall time of its zone: on a night on which the clock is set forward, a night
shift is an hour shorter. Hours past midnight, `"22:00-06:00"`, belong to the day on which they begin. A severity of a
policy names the calendar in which its first response, next reply and resolution are counted.

### `[calendars.NAME]`"""

_CLOSURES = """
One of the `closures`; a yearly one may go over the turn of the year:"""

_EXTRA = """
One of the `extra` days. It is stronger than the week, the holidays and the closures, so it also makes a short day:"""

_SHIPPED_CALENDARS = """
### The calendars that come with Jibungoto

`bot/presets/calendars.toml` names the source of each. `1bd`, one working day, is as long as the most common day of the
calendar's week. `jibungoto check` and `doctor` warn if the holidays of a country are not known far enough ahead.
"""

_SHIPPED = """
### What comes with Jibungoto

Neutral figures of our own, not a vendor's; `bot/presets/policies.toml` names the published targets beside them. Replace
them by your contract's under the same name, or add a policy and name it in a channel.
"""

_WHOLE = """\
## A whole file

```toml
command = "/sev"

[[channels]]
id = "C0123456789"
language = "ja"
customer_zone = "Asia/Tokyo"
severities = ["A", "B"]
backup = ["U0123456789"]
policy = "gold"

[channels.aliases]
"sev zero" = "A"

[channels.labels]
customer = ["得意先"]

[policies.gold]
version = "2026-04"
source = "Support contract, annex 2"

[policies.gold.A]
first_response = "15m"
next_contact = "30m"
first_response_checkpoints = ["50%", "5m before", "due"]
next_contact_checkpoints = ["10m before", "due"]
ladder = [{ after = "5m", tell = "backup" }, { after = "10m", tell = "channel" }]
repeat = "15m"
hold = "10m"

[policies.gold.B]
first_response = "1h"
next_contact = "4h"
ladder = [{ after = "30m", tell = "backup" }]
```
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
