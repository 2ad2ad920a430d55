"""Settings: what the environment and one TOML file say, read once and frozen. Every fault is named, all at once."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.clock_faults import clock_faults
from bot.credentials import from_files, misplaced
from bot.domain.access import Access, Roles, Verb
from bot.domain.calendar_rules import CalendarRules
from bot.domain.family import Family
from bot.domain.holiday import known_place
from bot.domain.plan_words import policy_for
from bot.domain.policy import Policy
from bot.domain.roster import Roster
from bot.domain.values import ChannelId, Language, Severity, UserId, Value
from bot.domain.wall import known_zone
from bot.first_moves import FirstChecks, OwnChecks, ToTell, first_faults
from bot.plan_faults import plan_faults
from bot.policies import resolved, unknown
from bot.precautions import HeartbeatRules, NetRules, ReportRules, SecretAddress
from bot.redaction import keep_quiet, redacted
from bot.roster_faults import roster_faults
from bot.runbooks import RunbookRules, Shelf, shelf
from bot.shipped import shipped, shipped_access, shipped_checks, shipped_families, shipped_policies, shipped_runbooks
from bot.toml_faults import model_faults

SLACK_API = "https://slack.com/api/"
LONGEST_KEPT = 36_500
"""Ours: days, a hundred years."""
SHORTEST_KEY = 16
"""Ours: characters of a key that guards a page."""


class SettingsFault(Exception):
    """The configuration can't be used; `faults` names each with file, key and what was expected."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = tuple(redacted(fault) for fault in faults)
        super().__init__("\n".join(self.faults))


def _long_enough(key: str) -> str:
    if 0 < len(key) < SHORTEST_KEY or not key.isascii():
        raise ValueError(f"expected at least {SHORTEST_KEY} ASCII characters, for example of `openssl rand -hex 16`")
    return key


class Environment(BaseSettings):
    """What the environment says: tokens, files, addresses. What has `repr=False` is a secret, and may lie in a file."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    slack_bot_token: str = Field(default="", repr=False)
    """`xoxb-…`: the app's own token in your workspace."""
    slack_app_token: str = Field(default="", repr=False)
    """`xapp-…`: chooses Socket Mode, which needs no public address."""
    slack_signing_secret: str = Field(default="", repr=False)
    """Without an app token: chooses HTTP mode, in which Slack calls `/slack/events`."""
    slack_api_url: str = SLACK_API
    """Where the Web API is; another one only to try the bot against the sandbox."""
    jibungoto_config: str = "jibungoto.toml"
    """The configuration file; without one the defaults apply."""
    jibungoto_database: str = "jibungoto.db"
    """The SQLite file; made at the first start."""
    jibungoto_host: str = "127.0.0.1"
    """The address the HTTP server binds."""
    jibungoto_port: int = Field(default=3000, ge=0, le=65535)
    """Its port."""
    jibungoto_heartbeat: SecretAddress = Field(default="", repr=False)
    """A secret address that is called while all is well; goes before `[heartbeat] url`."""
    jibungoto_standby: bool = True
    """Whether a second process on the same database stands by and takes over when the first one ends; otherwise it
    waits 15 seconds and leaves with exit code 4. `serve --no-standby` says the same."""
    jibungoto_metrics_host: str = "127.0.0.1"
    """The address of the figures, where they have a port of their own."""
    jibungoto_metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """A port for `/metrics` alone; without one it is served beside the rest."""
    jibungoto_metrics_key: Annotated[str, AfterValidator(_long_enough)] = Field(default="", repr=False)
    """With one, `/metrics` answers only `Authorization: Bearer …` with this key."""
    jibungoto_log: Literal["console", "json"] = "console"
    """How the log is written."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What `load_environment` was given and nothing beside it: an empty variable counts as none."""
        return (init_settings,)


SECRETS = frozenset(name for name, field in Environment.model_fields.items() if field.repr is False)
"""The settings that are secret: struck out wherever they would be said, and read from `NAME_FILE` too."""


Zone = Annotated[str, AfterValidator(known_zone)]


Place = Annotated[str, AfterValidator(lambda place: known_place(place) if place else "")]
People = tuple[Annotated[UserId, Field(pattern=r"^[UW][A-Z0-9]+$")], ...]


class ChannelRules(Value):
    """How one team channel works. `[[channels]]` in the file; what a channel does not say there, `[defaults]` says."""

    id: Annotated[ChannelId, Field(pattern=r"^([CG][A-Z0-9]+)?$")] = ChannelId("")
    """The channel's id, `C0123456789`; in `[defaults]` it is left out."""
    language: Language | None = None
    """The language of shared messages: `ja` or `en`. Without one: the language of whoever opens the case."""
    severities: tuple[Severity, ...] = ("A",)
    """The severities whose posts open a thread."""
    policy: str = "standard"
    """The policy that new cases copy their terms from."""
    by_plan: bool = False
    """Whether a case whose plan is known by name is held to that plan's policy instead; `policy` is for all others."""
    plans: dict[str, str] = Field(default_factory=dict)
    """Your own names of plans and their policies, `"Gold" = "aws-enterprise"`; they hold without `by_plan`, too."""
    families: tuple[str, ...] = ()
    """The product families offered, by key; empty offers all."""
    backup: People = ()
    """Who is told when the owner does not act, by user id."""
    admin: Annotated[UserId, Field(pattern=r"^[UW][A-Z0-9]+$")] | None = None
    """Who looks after the bot, by user id: gets its daily line, hears what went wrong, is told what reaches neither its
    person nor the channel, may send it again, and is one of the `admins`."""
    customer_zone: Zone = "UTC"
    """The customers' time zone, shown beside the reader's own; calendars of the zone `"customer"` run in it."""
    customer_country: Place = ""
    """The customers' country, `"JP"` or `"US-CA"`, for calendars that keep the customer's holidays."""
    customer_hours: str = ""
    """When your customers can be reached, by a name under `[calendars]`: a next contact outside of it is asked back.
    Left out, the calendar that the case's severity is counted in."""
    aliases: dict[str, Severity] = Field(default_factory=dict)
    """Further words for a severity at the head of a post, such as `"sev zero" = "A"`."""
    labels: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Further labels in posts for a field: `customer = ["得意先"]`; the fields are title, customer, plan, reference,
    impact and deadline."""
    open_on_post: bool = True
    """Whether a post that begins with a severity opens a thread by itself."""
    shared: bool = False
    """Whether cases may live here although people of another organisation read along (Slack Connect). The card then
    hides customer data; members see it by a button."""
    report_on_close: bool = True
    """Whether a case that is closed has its report put into its thread by itself; `report` does it at any time."""
    nudges: bool = True
    """Whether the team is asked without a clock running out: an owner alone, a claim without news, no next action."""
    incidents: bool = True
    """Whether cases that open together and look alike are shown as one incident that they could be."""
    first_checks: FirstChecks = timedelta(minutes=30)
    """By when after the opening the first checks of the templates are to be done; `false` has none."""
    checks: dict[str, OwnChecks] = Field(default_factory=dict)
    """First checks of your own by product family, `intake` for every case: `checks.network = ["…"]` adds to the
    template's, `checks.network = { items = ["…"], instead = true }` replaces them. A case has 12 things to check and
    tell at most."""
    tell: tuple[ToTell, ...] = ()
    """Who has to be told of every case, and by when: undone, its owner is reminded."""
    presence_reactions: tuple[str, ...] = ("eyes",)
    """Emoji by name: whoever puts one on a case's card or first message is in the case."""
    duty_group: Annotated[str, Field(pattern=r"^(S[A-Z0-9]+)?$")] = ""
    """The user group on duty, by its id `S0123456789`: called when nobody joins an owner who is alone."""
    shift_leads: People = ()
    """Who leads the shift here, by user id: told by a ladder's `lead` step, and see `[access]`."""
    admins: People = ()
    """Who answers for the bot here, by user id: see `[access]`."""
    access: dict[Verb, Roles] = Field(default_factory=dict)
    """Who may do what in this channel alone: `[channels.access]`, as under `[access]`. Not in `[defaults]`."""


def _as_days(given: Any) -> Any:
    found = re.fullmatch(r"(\d{1,5})d", given) if isinstance(given, str) else None
    if found is None or not 1 <= int(found[1]) <= LONGEST_KEPT:
        raise ValueError(f'expected days such as "365d", {LONGEST_KEPT} at most, not {given!r}')
    return timedelta(days=int(found[1]))


Days = Annotated[timedelta, BeforeValidator(_as_days)]


class RetentionRules(Value):
    """How long closed cases are kept. `[retention]` in the file."""

    closed_after: Days | None = None
    """Days after its closing that a case is erased, such as `"365d"`; without it nothing is erased by itself."""
    export_to: str = ""
    """A folder that each case is written to, as JSON, before it is erased."""


class Configuration(Value):
    """The configuration file, whole."""

    defaults: ChannelRules = ChannelRules()
    channels: tuple[ChannelRules, ...] = ()
    policies: dict[str, Policy] = Field(default_factory=dict)
    calendars: dict[str, CalendarRules] = Field(default_factory=dict)
    command: str = Field(default="/sev", pattern=r"^/[a-z0-9_-]{1,31}$")
    """The slash command's name, as in your manifest."""
    net: NetRules = NetRules()
    heartbeat: HeartbeatRules = HeartbeatRules()
    report: ReportRules = ReportRules()
    access: dict[Verb, Roles] = Field(default_factory=dict)
    """Who may do what: a verb and the roles that may, in place of the shipped ones (docs/access.md)."""
    retention: RetentionRules = RetentionRules()
    roster: Roster | None = None
    """Who is on duty where: `[roster]`. Without one a ladder tells the people that the channel names."""
    runbooks: RunbookRules = RunbookRules()
    families: tuple[Family, ...] = Field(default=(), exclude=True, repr=False)
    shelf: Shelf = Field(default=Shelf(), exclude=True, repr=False)
    """The runbooks that can be started, and what is wrong with those that can't."""
    own: frozenset[str] = Field(default=frozenset(), exclude=True, repr=False)
    """The policies that the file itself says; the others are shipped."""
    tables: dict[str, Any] = Field(default_factory=dict, exclude=True, repr=False)
    """Every policy as a table of the file, with what it is like filled in."""

    def rules(self, channel: ChannelId) -> ChannelRules:
        """How this channel works."""
        return next((rules for rules in self.channels if rules.id == channel), self.defaults)

    def policy(self, channel: ChannelId, plan: str = "", severity: Severity | None = None) -> Policy:
        """The policy of a case in this channel, by its plan where the channel's rules say so.

        A plan that says nothing about this severity leaves it to the channel's policy.
        """
        rules = self.rules(channel)
        usual = self.policies[rules.policy]
        names = self.policies if rules.by_plan else {}
        found = self.policies.get(policy_for(plan, names, own=self.own, plans=rules.plans) or "", usual)
        return found if severity is None or getattr(found, severity) else usual

    def access_in(self, channel: ChannelId | None) -> Access:
        """Who may do what in this channel: the shipped table, what the file says, what the channel says."""
        rules = self.rules(channel or ChannelId(""))
        operator = rules.admin or self.defaults.admin
        return Access(
            table={**shipped_access(), **self.access, **rules.access},
            shift_leads=tuple(dict.fromkeys((*rules.shift_leads, *(self.roster.leaders() if self.roster else ())))),
            backup=self.roster.backups() if self.roster else (),
            admins=tuple(dict.fromkeys((*rules.admins, *([operator] if operator else [])))),
        )

    def families_of(self, channel: ChannelId) -> tuple[Family, ...]:
        """The families offered in this channel."""
        wanted = self.rules(channel).families
        return tuple(f for f in self.families if not wanted or f.key in wanted)


def load_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """The environment, checked. Raises SettingsFault."""
    given = {key.lower(): value for key, value in (os.environ if environ is None else environ).items()}
    known = {key: value for key, value in given.items() if key in Environment.model_fields and value != ""}
    if given.get("slack_client_id") and given.get("slack_client_secret"):
        # slack_bolt app/async_app.py: with both set it looks for installations and drops the token it was given.
        raise SettingsFault(("environment: SLACK_CLIENT_ID: unset it, or Bolt ignores SLACK_BOT_TOKEN",))
    held, faults = from_files(given, SECRETS)
    known |= held
    keep_quiet(value for key, value in known.items() if key in SECRETS)
    try:
        environment = Environment.model_validate(known)
    except ValidationError as error:
        raise SettingsFault((*faults, *model_faults("environment", error, str.upper))) from None
    if faults:
        raise SettingsFault(tuple(faults))
    return environment


def load_configuration(path: str | None) -> Configuration:
    """The configuration file over the shipped presets; without a file the presets alone.

    Raises SettingsFault that names every fault at once.
    """
    name = path or "defaults"
    if path and path != Environment.model_fields["jibungoto_config"].default and not Path(path).exists():
        raise SettingsFault((f"environment: JIBUNGOTO_CONFIG: there is no file {path}",))
    written = _read_toml(Path(path)) if path and Path(path).exists() else {}
    secrets = list(misplaced(written, SECRETS))
    if secrets:
        keep_quiet(secret for _, _, secret in secrets)
        raise SettingsFault(tuple(f"{name}: {place}: {fault}" for place, fault, _ in secrets))
    given = _inherited(written)
    families = shipped_families()
    policies, likeness = _policies(given)
    calendars = _calendars(given)
    own = _own(given)
    named = _name_faults(given, policies, {family.key for family in families})
    told = (
        *named,
        *_list_faults(given, families),
        *likeness,
        *clock_faults(given, policies, calendars),
        *plan_faults(given, policies, calendars),
    )
    sources, unread = _imported(given, Path(path or ".").parent)
    runbooks, missing = shelf(given, Path(path or ".").parent, families, shipped_runbooks())
    told = (*told, *roster_faults(given, calendars), *unread, *missing)
    faults = [f"{name}: {fault}" for fault in told]
    try:
        config = Configuration.model_validate(
            {
                **given,
                "policies": policies,
                "calendars": calendars,
                "families": families,
                "shelf": runbooks,
                "own": own,
                "tables": policies if isinstance(policies, dict) else {},
            }
        )
    except ValidationError as error:
        raise SettingsFault((*model_faults(name, error, str), *faults)) from None
    faults += [f"{name}: {fault}" for fault in _lockouts(config)]
    if faults:
        raise SettingsFault(tuple(faults))
    if config.roster is not None:
        config = config.model_copy(update={"roster": _filled(config.roster, config, sources)})
    keep_quiet([config.heartbeat.url])  # the one secret that may stand there
    return config


def _filled(roster: Roster, config: Configuration, sources: tuple[Any, ...]) -> Roster:
    """The roster with what other tables and files say of it."""
    hours = config.calendars[roster.covers].calendar(roster.covers) if roster.covers else None
    return roster.model_copy(update={"sources": sources, "hours": hours})


def _imported(given: Mapping[str, Any], folder: Path) -> tuple[tuple[Any, ...], list[str]]:
    """What the roster's calendar files say, and what is wrong with them."""
    roster = given.get("roster")
    if not isinstance(roster, dict) or not roster.get("imports"):
        return (), []
    from bot.roster_file import imports  # its libraries cost a start 0.1 s, and most have no such file

    return imports(given, folder)


def _lockouts(config: Configuration) -> Iterator[str]:
    """Verbs that a table takes away from everybody."""
    grounds = [("access", ChannelId("")), *((f"channels.{n}.access", c.id) for n, c in enumerate(config.channels))]
    for where, channel in grounds:
        access = config.access_in(channel)
        for verb in access.locked():
            roles = ", ".join(f'"{role}"' for role in access.table[verb])
            yield (
                f"{where}.{verb}: nobody can be {roles} here: name people in shift_leads or admins, or add a role "
                'such as "member"'
            )


def _inherited(given: dict[str, Any]) -> dict[str, Any]:
    """The file with every channel's rules standing on `[defaults]`: what a channel does not say, the defaults say."""
    defaults, channels = given.get("defaults"), given.get("channels")
    if not isinstance(defaults, dict) or not isinstance(channels, list):
        return given
    try:
        ChannelRules.model_validate(defaults)
    except ValidationError:
        return given  # its faults are told once, and not again for every channel
    return {**given, "channels": [{**defaults, **c} if isinstance(c, dict) else c for c in channels]}


def _list_faults(given: Mapping[str, Any], families: tuple[Family, ...]) -> Iterator[str]:
    """What is wrong with the first checks of the file; what every channel has from the defaults is told once."""
    defaults, channels = given.get("defaults"), given.get("channels")
    if isinstance(defaults, dict):
        yield from first_faults("defaults", defaults, families, shipped_checks())
    usual = defaults if isinstance(defaults, dict) else {}
    for index, channel in enumerate(channels if isinstance(channels, list) else []):
        if isinstance(channel, dict) and any(channel.get(key) != usual.get(key) for key in ("checks", "first_checks")):
            yield from first_faults(f"channels.{index}", channel, families, shipped_checks())


def _name_faults(given: Mapping[str, Any], policies: Any, families: set[str]) -> Iterator[str]:
    """Names that lead nowhere, read from the file as it is, so that they are told beside every other fault."""
    if "families" in given:
        yield "families: no such key here: name them under [defaults] or [[channels]]"
    channels = given.get("channels", [])
    listed = [c for c in channels if isinstance(c, dict)] if isinstance(channels, list) else []
    for index, channel in enumerate(listed):
        if not channel.get("id"):
            yield f'channels.{index}.id: expected the channel\'s id such as "C0123456789"'
        elif channel["id"] in [other.get("id") for other in listed[:index]]:
            yield f"channels.{index}.id: {channel['id']} is listed twice"
    defaults = given.get("defaults", {})
    if isinstance(defaults, dict) and "access" in defaults:
        yield 'defaults.access: write it as a table of its own, [access], with lines such as close = ["owner"]'
    grounds = [("defaults", defaults if isinstance(defaults, dict) else {})]
    for where, rules in [*grounds, *((f"channels.{index}", channel) for index, channel in enumerate(listed))]:
        policy = rules.get("policy", "standard")
        plans = rules.get("plans")
        for plan, named in plans.items() if isinstance(plans, dict) and isinstance(policies, dict) else ():
            if isinstance(named, str) and named not in policies:
                yield f"{where}.plans.{plan}: {unknown(named, tuple(policies))}"
        if isinstance(policies, dict) and isinstance(policy, str):
            if policy not in policies:
                yield f"{where}.policy: {unknown(policy, tuple(policies))}"
            terms = policies.get(policy)
            for severity in _words(rules.get("severities", ["A"])):
                if isinstance(terms, dict) and severity in get_args(Severity) and severity not in terms:
                    yield f"{where}.severities: the policy {policy!r} has no terms for {severity!r}"
        for family in _words(rules.get("families", [])):
            if family not in families:
                yield f"{where}.families: expected one of {', '.join(sorted(families))}, not {family!r}"


def _words(given: Any) -> list[str]:
    """The words of a list; what is none is told by the model."""
    return [word for word in given if isinstance(word, str)] if isinstance(given, list) else []


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad writes a BOM
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsFault((f"{path}: expected a TOML file: {error}",)) from None


def _own(given: Mapping[str, Any]) -> frozenset[str]:
    """The names of the policies that the file says itself."""
    mine = given.get("policies", {})
    return frozenset(mine) if isinstance(mine, dict) else frozenset()


def _policies(given: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """Every policy with what it is like filled in, the file's over the shipped ones; and names that lead nowhere."""
    mine = given.get("policies", {})
    if not isinstance(mine, dict):
        return mine, []
    tables, faults = resolved(mine, shipped_policies())
    return {name: {**body, "name": name} if isinstance(body, dict) else body for name, body in tables.items()}, faults


def _calendars(given: Mapping[str, Any]) -> Any:
    mine = given.get("calendars", {})
    return {**tomllib.loads(shipped("calendars.toml"))["calendars"], **mine} if isinstance(mine, dict) else mine


def zone_of(rules: ChannelRules) -> ZoneInfo:
    return ZoneInfo(rules.customer_zone)
