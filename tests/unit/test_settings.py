"""Settings: every fault of a configuration is named, with file, key and what was expected, all at once."""

from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import (
    ChannelRules,
    Environment,
    SettingsFault,
    _name_faults,
    _policies,
    load_configuration,
    load_environment,
    zone_of,
)

GOLD = """
[policies.gold.A]
first_response = "5m"
next_contact = "30m"
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes `jibungoto.toml` here, and gives its name as an operator would."""
    monkeypatch.chdir(tmp_path)

    def write(text: str | bytes) -> str:
        (tmp_path / "jibungoto.toml").write_bytes(text.encode() if isinstance(text, str) else text)
        return "jibungoto.toml"

    return write


def faults(path):
    with pytest.raises(SettingsFault) as refused:
        load_configuration(path)
    assert str(refused.value) == "\n".join(refused.value.faults)
    return sorted(refused.value.faults)


# ---------------------------------------------------------------- what is right


@pytest.mark.parametrize("path", [None, "", "jibungoto.toml"])
def test_without_a_file_the_presets_apply(path):
    config = load_configuration(path)

    assert (config.defaults, config.channels, config.command) == (ChannelRules(), (), "/sev")
    assert (len(config.policies), config.own, config.policy("C1").name) == (32, frozenset(), "standard")
    assert len(config.families) == 11


def test_a_file_that_was_named_and_is_not_there_is_a_fault():
    with pytest.raises(SettingsFault, match=r"JIBUNGOTO_CONFIG: there is no file nowhere\.toml"):
        load_configuration("nowhere.toml")


def test_a_channel_stands_on_the_defaults(write):
    config = load_configuration(
        write('[defaults]\nlanguage = "ja"\nseverities = ["A", "B"]\n\n[[channels]]\nid = "C1"\nlanguage = "en"\n')
    )

    assert (config.rules("C1").language, config.rules("C1").severities) == ("en", ("A", "B"))
    assert config.rules("C2").language == "ja"


def test_an_empty_file_is_no_file(write):
    assert load_configuration(write("")) == load_configuration(None)


def test_a_channel_works_as_its_table_says_and_another_as_the_defaults_say(write):
    config = load_configuration(
        write(
            f"""
command = "/case"
[defaults]
language = "ja"
[[channels]]
id = "C1"
language = "en"
severities = ["A"]
policy = "gold"
families = ["network"]
backup = ["U1"]
customer_zone = "Europe/London"
{GOLD}"""
        )
    )

    assert config.command == "/case"
    assert config.rules("C1") == ChannelRules(
        id="C1", language="en", policy="gold", families=("network",), backup=("U1",), customer_zone="Europe/London"
    )
    assert config.rules("C2") == ChannelRules(language="ja")
    assert (config.policy("C1").name, config.policy("C2").name) == ("gold", "standard")
    assert [family.key for family in config.families_of("C1")] == ["network"]
    assert config.families_of("C2") == config.families
    assert zone_of(config.rules("C1")).key == "Europe/London"


def test_a_policy_of_the_same_name_replaces_ours_whole(write):
    config = load_configuration(write(GOLD.replace("gold", "standard")))

    assert (config.policies["standard"].terms("A").next_contact.seconds, config.policies["standard"].terms("B")) == (
        1800,
        None,
    )


def test_a_file_saved_with_a_byte_order_mark_is_read(write):
    assert load_configuration(write("\ufeff[defaults]\nlanguage = 'ja'\n")).defaults.language == "ja"


def test_the_net_is_there_by_default_and_can_be_switched_off(write):
    assert (load_configuration(None).net.scheduled, load_configuration(None).net.grace) == (True, timedelta(minutes=10))
    assert not load_configuration(write("[net]\nscheduled = false\n")).net.scheduled


def test_the_daily_line_has_a_time_or_none(write):
    assert load_configuration(None).report.daily_line == time(9)
    assert load_configuration(write('[report]\ndaily_line = "17:30"\n')).report.daily_line == time(17, 30)
    assert load_configuration(write('[report]\ndaily_line = ""\n')).report.daily_line is None


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize("where", ["file", "environment"])
def test_the_heartbeats_address_is_a_secret_even_where_it_is_wrong(write, where):
    file = write('[heartbeat]\nurl = "hc.example.com/secret-0815"\n')
    with pytest.raises(SettingsFault) as fault:
        load_configuration(file) if where == "file" else load_environment({"JIBUNGOTO_HEARTBEAT": "x/secret-0815"})

    assert "https://" in str(fault.value)
    assert "secret-0815" not in str(fault.value)
    well = load_environment({"JIBUNGOTO_HEARTBEAT": "https://hc.example.com/secret-0815"})
    kept = load_configuration(write('[heartbeat]\nurl = "https://hc.example.com/secret-0815"\n'))
    assert "secret-0815" not in repr(well) + repr(kept)


def test_five_faults_of_five_kinds_are_named_at_once(write):
    path = write("""
[defaults]
langauge = "ja"
customer_zone = "Asia/Tokio"

[[channels]]
id = "C1"
policy = "platinum"

[[channels]]
language = "en"

[policies.gold.A]
first_response = "15 minutes"
next_contact = "1h"
""")

    assert faults(path) == [
        'jibungoto.toml: channels.0.policy: expected a policy\'s name such as "standard" (`jibungoto policies` lists '
        "them), not 'platinum'",
        'jibungoto.toml: channels.1.id: expected the channel\'s id such as "C0123456789"',
        "jibungoto.toml: defaults.customer_zone: expected a time zone such as \"Asia/Tokyo\", not 'Asia/Tokio'",
        "jibungoto.toml: defaults.langauge: no such key here: is it misspelt? (it is 'ja')",
        "jibungoto.toml: policies.gold.A.first_response: expected a duration above zero such as 15m, 1h30m "
        "or 1bd, a year at most, not '15 minutes'",
    ]


DURATION = "expected a duration above zero such as 15m or 1h30m, a year at most, not"
CHECKPOINT = 'expected a checkpoint such as "50%", "10m before", "due" or "5m after", not'


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("comand = '/sev'", "comand: no such key here: is it misspelt? (it is '/sev')"),
        ("families = []", "families: no such key here: name them under [defaults] or [[channels]]"),
        ("[rota]\ntokyo = 1", "rota: no such key here: is it misspelt?"),
        ("[[channels]]\nid = 'C1'\nzone = 'UTC'", "channels.0.zone: no such key here: is it misspelt? (it is 'UTC')"),
        ("[[channels]]\nid = 'C1'\n[[channels]]\nid = 'C1'", "channels.1.id: C1 is listed twice"),
        ("[defaults]\nseverities = 'A'", "defaults.severities: expected a list, in [ ] (it is 'A')"),
        ("[defaults]\nseverities = ['A', 'Z']", "defaults.severities.1: Input should be 'A', 'B' or 'C' (it is 'Z')"),
        ("[defaults]\nseverities = 5", "defaults.severities: expected a list, in [ ] (it is '5')"),
        ("[defaults]\npolicy = ['gold']", "defaults.policy: expected text, in quotes"),
        ("[defaults]\nfamilies = [['vm']]", "defaults.families.0: expected text, in quotes"),
        ("[defaults]\nlanguage = 'fr'", "defaults.language: Input should be 'ja' or 'en' (it is 'fr')"),
        ("[defaults]\nopen_on_post = 'maybe'", "defaults.open_on_post: Input should be a valid boolean"),
        ("defaults = 5", "defaults: expected a table (it is '5')"),
        ("net = 5", "net: expected a table (it is '5')"),
        ("[net]\ngrace = 'soon'", f"net.grace: {DURATION} 'soon'"),
        ("[net]\ngrace = '2d'", 'net.grace: expected at most "1d"'),
        ("[heartbeat]\nevery = '1s'", 'heartbeat.every: expected between "10s" and "1d"'),
        ("[report]\ndaily_line = '9 Uhr'", 'report.daily_line: expected a time of day such as "09:00", or "" for none'),
        ("channels = 5", "channels: expected a list, in [ ] (it is '5')"),
        ("policies = 5", "policies: expected a table (it is '5')"),
        ("[policies]\ngold = 5", "policies.gold: expected a table (it is '5')"),
        ("[policies.gold.S1]\n", "policies.gold.S1: no such key here: is it misspelt?"),
        (GOLD + "hold = 15", f"policies.gold.A.hold: {DURATION} '15'"),
        (GOLD + "hold = '0m'", f"policies.gold.A.hold: {DURATION} '0m'"),
        (GOLD + "hold = '999999999d'", f"policies.gold.A.hold: {DURATION} '999999999d'"),
        (GOLD + "hold = 00:15:00", f"policies.gold.A.hold: {DURATION} '00:15:00'"),
        (
            GOLD + "next_contact_checkpoints = ['soon']",
            f"policies.gold.A.next_contact_checkpoints.0: {CHECKPOINT} 'soon'",
        ),
        (GOLD + "next_contact_checkpoints = [50]", f"policies.gold.A.next_contact_checkpoints.0: {CHECKPOINT} '50'"),
        (
            "[policies.gold.A]\nfirst_response = '5m'",
            'policies.gold.A: next_contact_required needs next_contact, for example next_contact = "1h"',
        ),
        (
            GOLD + "ladder = [{ after = '9m', tell = 'backup' }, { after = '5m', tell = 'channel' }]",
            "policies.gold.A: the ladder climbs: each step needs a later `after` than the one before",
        ),
        (
            GOLD + "ladder = [{ after = '9m', tell = 'boss' }]",
            "policies.gold.A.ladder.0.tell: Input should be 'owner', 'backup', 'holders', 'lead' or 'channel' "
            "(it is 'boss')",
        ),
        ("[defaults]\ntell = [{ who = ' ' }]", "defaults.tell.0.who: it names nobody: expected who = "),
        ("[defaults]\nchecks.netwrok = ['a']", "defaults.checks.netwrok: expected one of application, cloud-web"),
        ("[defaults]\nchecks.network = []", "defaults.checks.network: it names nothing to check: give items"),
        ("[defaults]\nchecks.network = ['a', 'A']", "defaults.checks.network: 'A' stands in it twice"),
        ("[defaults]\nchecks.network = ['']", "defaults.checks.network.items.0: it names nothing to check: expected"),
        ("[defaults]\nchecks.network = [{ ja = 'あ', de = 'a' }]", "defaults.checks.network.items.0.de: no such key"),
        (f"[defaults]\nchecks.network = ['{61 * 'a'}']", "defaults.checks.network.items.0.ja: expected at most 60"),
        ("[defaults]\nchecks = ['a']", "defaults.checks: expected a table"),
        ("[defaults]\nfirst_checks = false\nchecks.network = ['a']", "defaults.checks: first_checks is false here"),
        (
            "[defaults]\nchecks.intake = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']",
            "defaults.checks: 13 things to check and tell in a case of 'intake': 12 at most",
        ),
        (
            GOLD + "[defaults]\npolicy = 'gold'\nseverities = ['A', 'B']",
            "defaults.severities: the policy 'gold' has no terms for 'B'",
        ),
    ],
)
def test_a_fault_says_where_it_is_and_what_was_expected(write, text, fault):
    (told,) = faults(write(text))

    assert told.startswith(f"jibungoto.toml: {fault}")


def test_an_unknown_family_is_answered_with_those_there_are(write):
    (told,) = faults(write("[[channels]]\nid = 'C1'\nfamilies = ['netwrok']"))

    assert told.startswith("jibungoto.toml: channels.0.families: expected one of application, cloud-web-platform,")
    assert told.endswith("not 'netwrok'")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[defaults\n", "line 1"),
        ("[defaults]\nlanguage = ja\n", "line 2"),
        ("a = 1\na = 2\n", "overwrite"),
        (b"title = '\xff'", "utf-8"),
    ],
)
def test_what_is_no_toml_says_so_with_its_place(write, text, why):
    (told,) = faults(write(text))

    assert told.startswith("jibungoto.toml: expected a TOML file: ")
    assert why in told


def test_a_folder_is_no_file(tmp_path):
    (told,) = faults(str(tmp_path))

    assert told.startswith(f"{tmp_path}: expected a TOML file: ")


WORDS = st.sampled_from(["A", "C1", "gold", "standard", "15m", "due", "ja", "network", "", "after"])
SCALARS = WORDS | st.integers(-5, 5) | st.booleans() | st.floats(0, 5)
KEYS = st.sampled_from(
    ["channels", "policies", "defaults", "id", "policy", "severities", "families", "gold", "standard", "A", "ladder",
     "hold", "next_contact_checkpoints", "aliases", "labels", "backup"]
)  # fmt: skip
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.dictionaries(KEYS, ANYTHING, max_size=4))
def test_whatever_stands_in_the_file_it_is_told_and_never_crashes(given_):
    assert all(isinstance(fault, str) for fault in _name_faults(given_, _policies(given_)[0], {"network"}))


# ---------------------------------------------------------------- environment


def test_the_defaults_of_the_environment():
    assert load_environment({}) == Environment(
        slack_bot_token="",
        slack_app_token="",
        slack_signing_secret="",
        slack_api_url="https://slack.com/api/",
        jibungoto_config="jibungoto.toml",
        jibungoto_database="jibungoto.db",
        jibungoto_host="127.0.0.1",
        jibungoto_port=3000,
        jibungoto_log="console",
    )


def test_the_environment_is_read_by_its_names():
    environment = load_environment({"SLACK_BOT_TOKEN": "xoxb-1", "JIBUNGOTO_PORT": "8080", "HOME": "/root"})

    assert (environment.slack_bot_token, environment.jibungoto_port) == ("xoxb-1", 8080)


def test_an_empty_variable_counts_as_none(monkeypatch):
    monkeypatch.setenv("JIBUNGOTO_PORT", "")

    assert load_environment().jibungoto_port == 3000


def test_nothing_is_read_but_what_is_given(monkeypatch):
    monkeypatch.setenv("JIBUNGOTO_PORT", "8080")

    assert (load_environment({}).jibungoto_port, load_environment().jibungoto_port) == (3000, 8080)


def test_every_fault_of_the_environment_is_named():
    with pytest.raises(SettingsFault) as refused:
        load_environment({"JIBUNGOTO_PORT": "99999", "JIBUNGOTO_LOG": "loud"})

    assert refused.value.faults == (
        "environment: JIBUNGOTO_PORT: Input should be less than or equal to 65535 (it is '99999')",
        "environment: JIBUNGOTO_LOG: Input should be 'console' or 'json' (it is 'loud')",
    )


def test_a_secret_is_never_shown():
    secrets = {"SLACK_BOT_TOKEN": "xoxb-secret", "SLACK_APP_TOKEN": "xapp-secret", "SLACK_SIGNING_SECRET": "secret"}

    assert "secret" not in repr(load_environment(secrets)).replace("signing_secret", "")


# ---------------------------------------------------------------- who may do what


def test_every_fault_of_a_table_of_access_is_named(write):
    text = """
[access]
clsoe = ["owner"]
close = ["boss"]
note = []
edit = "owner"
[defaults.access]
open = ["member"]
[[channels]]
id = "C1"
shift_leads = ["naoko"]
"""
    told = faults(write(text))

    assert [fault.split(": ")[1] for fault in told] == [
        "access.close.0", "access.clsoe", "access.edit", "access.note", "channels.0.shift_leads.0", "defaults.access",
    ]  # fmt: skip
    assert "'owner', 'holder', 'member', 'shift_lead'" in told[0]
    assert "'close', 'reopen' or 'settings'" in told[1]
    assert "expected a list, in [ ]" in told[2]
    assert told[3].endswith('expected at least one role, such as ["admin"]')
    assert "write it as a table of its own, [access]" in told[5]


def test_a_door_that_nobody_could_open_is_a_fault(write):
    told = faults(write('[access]\nclose = ["shift_lead"]\n[[channels]]\nid = "C1"\nshift_leads = ["U1"]\n'))

    assert told == [
        'jibungoto.toml: access.close: nobody can be "shift_lead" here: name people in shift_leads or admins, or add '
        'a role such as "member"'
    ]


def test_a_channels_verb_stands_on_the_files_and_that_on_the_shipped(write):
    text = """
[access]
close = ["member"]
resolve = ["owner"]
[defaults]
admins = ["U1"]
[[channels]]
id = "C1"
shift_leads = ["U2"]
[channels.access]
close = ["admin"]
"""
    config = load_configuration(write(text))
    here, elsewhere = config.access_in("C1"), config.access_in("C2")

    assert (here.table["close"], here.table["resolve"], here.table["note"]) == (("admin",), ("owner",), ("member",))
    assert elsewhere.table["close"] == ("member",)
    assert (here.admins, here.shift_leads, elsewhere.shift_leads) == (("U1",), ("U2",), ())


def test_check_says_what_a_second_person_checks_first(write):
    "And that nothing of it ever stands before the customer."
    write('[policies.ours]\nlike = "standard"\n[policies.ours.A]\ndouble_check = ["severity", "close"]\n')
    said = CliRunner().invoke(app, ["check"]).stdout

    assert "policies.ours.A: a second person checks severity, close first." in said
    assert "It never blocks telling the customer: contacted, next, draft, tell and note wait for nobody." in said


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("contacted", "it never blocks telling the customer"),
        ("claim", "'severity', 'plan', 'pause', 'resolve' or 'close'"),
    ],
)
def test_what_cannot_wait_for_a_check_is_named_with_its_key(write, verb, expected):
    write(f'[policies.ours]\nlike = "standard"\n[policies.ours.A]\ndouble_check = ["{verb}"]\n')
    refused = CliRunner().invoke(app, ["check"])

    assert refused.exit_code == 2
    assert "policies.ours.A.double_check" in refused.stderr
    assert expected in refused.stderr


def test_check_prints_the_table(write):
    write('[[channels]]\nid = "C1"\nshift_leads = ["U2"]\n')
    printed = CliRunner().invoke(app, ["check", "--access"])

    assert printed.exit_code == 0
    assert "C1 (shift_lead: U2; admin: nobody)" in printed.output
    rows = [line.split() for line in printed.output.splitlines()]
    assert ["close", "yes", "-", "-", "yes", "yes", "-", "-"] in rows
    assert ["claim", "yes", "yes", "yes", "yes", "yes", "-", "-"] in rows
