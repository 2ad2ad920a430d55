"""Policies: one like another, the policy that a post's plan names, and what is wrong in a file, all told at once."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock_faults import clock_faults
from bot.domain.duration import Span
from bot.domain.plan_words import policy_for, squeezed
from bot.plan_faults import plan_faults
from bot.policies import resolved, written
from bot.settings import SettingsFault, load_configuration
from handlers.slack.post_patterns import PostPatterns
from handlers.slack.posts import read_post

ROOT = Path(__file__).parents[2]
SAMPLES = yaml.safe_load((ROOT / "tests/samples/sev-a-posts.yaml").read_text(encoding="utf-8"))["posts"]
SHIPPED = load_configuration(None).policies


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads a configuration file with this text."""
    monkeypatch.chdir(tmp_path)

    def load(text):
        (tmp_path / "jibungoto.toml").write_text(text, encoding="utf-8")
        return load_configuration("jibungoto.toml")

    return load


def faults(load, text):
    with pytest.raises(SettingsFault) as refused:
        load(text)
    return sorted(fault.removeprefix("jibungoto.toml: ") for fault in refused.value.faults)


# ---------------------------------------------------------------- like


def test_a_policy_like_another_has_its_terms_and_its_own_over_them(load):
    ours = load('[policies.ours]\nlike = "aws-enterprise"\n[policies.ours.A]\nhold = "5m"').policies["ours"]
    theirs = SHIPPED["aws-enterprise"]

    assert (ours.name, ours.version, ours.like, ours.vendor) == ("ours", "1", ("aws-enterprise",), "AWS")
    assert (ours.label, ours.aliases) == ("", ())
    assert theirs.A.model_copy(update={"hold": Span.model_validate("5m").time}) == ours.A
    assert (ours.B, ours.C) == (theirs.B, theirs.C)


def test_a_figure_of_ones_own_is_not_said_in_the_vendors_name(load):
    "Confidence, page, level and definition go with the figure they were about; what was not changed keeps its own."
    ours = load(
        '[policies.ours]\nlike = "redhat-premium"\n[policies.ours.A]\nfirst_response = "30m"\n'
        '[policies.ours.B]\nnext_contact = "2h"\n'
    ).policies["ours"]

    assert (ours.A.confidence, ours.A.source, ours.A.level, ours.A.also) == ("ours", "", "", ())
    assert ours.A.next_contact_source == SHIPPED["redhat-premium"].A.source
    assert (ours.B.confidence, ours.B.level) == ("confirmed", "2 (high)")
    assert (ours.B.next_contact_source, ours.B.update_every) == ("", None)


def test_saying_the_same_figure_again_changes_nothing(load):
    config = load('[policies.ours]\nlike = "redhat-premium"\n[policies.ours.A]\nfirst_response = "1h"')
    assert config.policies["ours"].A == SHIPPED["redhat-premium"].A


def test_an_add_on_goes_over_the_plan_it_is_added_to(load):
    config = load('[policies.ours]\nlike = ["azure-professional-direct", "azure-rapid-response"]')
    ours = config.policies["ours"]

    assert [str(ours.terms(severity).first_response) for severity in "ABC"] == ["15m", "2h", "4h"]
    assert (ours.A.source, ours.B.confidence) == (SHIPPED["azure-rapid-response"].A.source, "secondary")


def test_a_policy_may_be_like_the_shipped_one_of_its_own_name(load):
    config = load('[policies.standard]\nlike = "standard"\n[policies.standard.A]\nhold = "5m"')

    assert config.policies["standard"].A.first_response == SHIPPED["standard"].A.first_response
    assert config.policies["standard"].A.hold != SHIPPED["standard"].A.hold


def test_likeness_goes_through_several_policies(load):
    config = load(
        '[policies.c]\nlike = "b"\n[policies.b]\nlike = "a"\nlabel = "B"\n'
        '[policies.a]\nlike = "servicenow"\nnote = "ours"\n'
    )
    assert config.policies["c"].A == SHIPPED["servicenow"].A
    assert (config.policies["c"].note, config.policies["c"].label) == ("ours", "")


# ---------------------------------------------------------------- the plan in a post


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["id"])
def test_every_sample_finds_the_policy_of_the_plan_it_names(sample):
    post = read_post(sample["text"], PostPatterns())
    plan = (post.plan if post else None) or ""
    expected = {"store-pos": "azure-rapid-response", "en-plain": "azure-professional-direct"}

    assert policy_for(plan, SHIPPED) == expected.get(sample["id"])


@pytest.mark.parametrize(
    ("plan", "policy"),
    [
        ("AWS Enterprise", "aws-enterprise"),
        ("aws-enterprise", "aws-enterprise"),
        ("ＡＷＳ　Ｅｎｔｅｒｐｒｉｓｅ", "aws-enterprise"),
        ("AWSエンタープライズサポート契約", "aws-enterprise"),
        ("AWS Enterprise Support plan", "aws-enterprise"),
        ("AWS Enterprise On-Ramp", "aws-enterprise-on-ramp"),
        ("aws enterprise onramp", "aws-enterprise-on-ramp"),
        ("AWS Business Support", "aws-business"),
        ("AWS Business Support+", "aws-business-support-plus"),
        ("AWS ビジネスサポート＋", "aws-business-support-plus"),
        ("Premier", "microsoft-premier"),
        ("ﾌﾟﾚﾐｱ", "microsoft-premier"),
        ("プレミアサポート", "microsoft-premier"),
        ("Oracle Premier Support", "oracle-premier"),
        ("プロフェッショナル ダイレクト", "azure-professional-direct"),
        ("プロフェッショナル・ダイレクト契約", "azure-professional-direct"),
        ("ProDirect", "azure-professional-direct"),
        ("Azure ラピッドレスポンス", "azure-rapid-response"),
        ("Unified", "microsoft-unified"),
        ("Unified Operations", "aws-unified-operations"),
        ("レッドハット プレミアム", "redhat-premium"),
        ("GitLab Ultimate", "gitlab-priority"),
        # Several could be meant, or none: the channel's policy stands.
        ("Enterprise", None),
        ("Premium", None),
        ("Standard", None),
        ("スタンダード", None),
        ("プロフェッショナル", None),
        ("Azure Standard + Rapid Response", None),
        ("not AWS Enterprise", None),
        ("AWS Enterprise?", "aws-enterprise"),
        ("AWS Enterprise から AWS Business に変更予定", None),
        ("サポート契約", None),
        ("", None),
        (" ・ ", None),
    ],
)
def test_a_plan_is_known_by_the_whole_of_its_name(plan, policy):
    assert policy_for(plan, SHIPPED) == policy


@settings(derandomize=True, database=None, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_asked_for(text):
    assert policy_for(text, SHIPPED) in {None, *SHIPPED}
    assert squeezed(squeezed(text)[:120]) in {squeezed(text)[:120], squeezed(squeezed(text)[:120])}


BY_PLAN = '[[channels]]\nid = "C1"\nby_plan = true\ncustomer_country = "JP"\npolicy = "standard"\n'


def test_a_channels_policy_stands_unless_it_says_by_plan(load):
    config = load('[[channels]]\nid = "C1"\n')
    assert config.policy("C1", "AWS Enterprise", "A").name == "standard"


def test_by_plan_the_plans_policy_is_taken_where_it_is_known(load):
    config = load(BY_PLAN)

    assert config.policy("C1", "AWS Enterprise", "A").name == "aws-enterprise"
    assert config.policy("C1", "Premium", "A").name == "standard"
    assert config.policy("C1", "", "A").name == "standard"
    assert config.policy("C2", "AWS Enterprise", "A").name == "standard"


def test_a_plan_that_says_nothing_of_a_severity_leaves_it_to_the_channel(load):
    "Rapid Response covers severity A only."
    config = load(BY_PLAN)

    assert config.policy("C1", "Rapid Response", "A").name == "azure-rapid-response"
    assert config.policy("C1", "Rapid Response", "B").name == "standard"


def test_a_teams_own_names_of_plans_go_first(load):
    config = load(
        '[[channels]]\nid = "C1"\ncustomer_country = "JP"\n'
        'plans = { "プレミアム" = "redhat-premium", "Rapid Response" = "ours" }\n'
        '[policies.ours]\nlike = ["azure-standard", "azure-rapid-response"]\n'
    )

    assert config.policy("C1", "ﾌﾟﾚﾐｱﾑ サポート", "A").name == "redhat-premium"
    assert config.policy("C1", "Rapid Response", "B").name == "ours"
    assert config.policy("C1", "AWS Enterprise", "A").name == "standard", "by_plan is not set"


def test_a_teams_own_policy_goes_before_a_shipped_one_of_the_same_name(load):
    config = load(BY_PLAN + '[policies.ours]\nlike = "aws-enterprise"\nlabel = "AWS Enterprise"\n')
    assert config.policy("C1", "AWS エンタープライズ", "A").name == "aws-enterprise"
    assert config.policy("C1", "AWS Enterprise", "A").name == "ours"


def test_two_policies_of_ones_own_with_one_name_are_neither(load):
    config = load(
        BY_PLAN
        + '[policies.one]\nlike = "aws-enterprise"\naliases = ["Gold"]\n'
        + '[policies.two]\nlike = "aws-business"\naliases = ["ゴールド", "gold"]\n'
    )
    assert config.policy("C1", "GOLD", "A").name == "standard"
    assert config.policy("C1", "ゴールド", "A").name == "two"


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[policies.a]\nlike = "nowhere-at-all"',
            ['policies.a.like: expected a policy\'s name such as "standard" (`jibungoto policies` lists'],
        ),
        ('[policies.a]\nlike = "a"', ["policies.a.like: goes round in a circle (a -> a): leave one of them out"]),
        (
            '[policies.a]\nlike = "b"\n[policies.b]\nlike = "c"\n[policies.c]\nlike = "a"',
            ["policies.a.like: goes round in a circle (a -> b -> c -> a): leave one of them out"],
        ),
        (
            '[policies.a]\nlike = "aws-entreprise"',
            ['policies.a.like: expected a policy\'s name such as "aws-enterprise"'],
        ),
        ("[policies.a]\nlike = 5", ["policies.a.like: expected a list, in [ ]"]),
        (
            '[policies.a.A]\nfirst_response = "1h"\nnext_contact = "1h"\ncalendar = "jp-0900-1703"',
            ["policies.a.A.calendar: expected a name under [calendars], for example 'jp-0900-1730'"],
        ),
        (
            '[policies.a.A]\nfirst_response = "1h"\nnext_contact = "1h"\ncalendar = ""',
            ["policies.a.A.calendar: expected a name under [calendars], for example '24x5', not ''"],
        ),
        (
            '[policies.a.A]\nfirst_response = "1bd"\nnext_contact = "1h"',
            ['policies.a.A: a span in working days such as "1bd" needs a calendar'],
        ),
        (
            '[policies.a]\nlike = "azure-standard"\n[policies.a.B.language.en]\ncalendar = "24/7"',
            ["policies.a.B.language.en.calendar: expected a name under [calendars], for example '24x7', not '24/7'"],
        ),
        (
            '[policies.a.A]\nfirst_response = "2d"\nnext_contact = "1h"\ncalendar = "jp-0900-1730"',
            ["policies.a.A.first_response: '2d' is 48 hours of working time in a calendar whose day has 8h30m"],
        ),
        (
            '[policies.a.A]\nfirst_response = "15m"\nnext_contact = "1h"\nfirst_response_checkpoints = ["20m before"]',
            ['policies.a.A: first_response_checkpoints: "20m before" lies before a clock of 15m begins'],
        ),
        (
            '[policies.a.A]\nfirst_response = "15m"\nnext_contact = "1h"\nfirst_response_checkpoints = ["120%"]',
            ['policies.a.A.first_response_checkpoints.0: expected a checkpoint such as "50%", "10m before", "due" or'],
        ),
        (
            '[policies.a.A]\nfirst_response = "15m"\nnext_contact = "1h"\nladder = [{ after = "5m", tell = "" }]',
            ["policies.a.A.ladder.0.tell: Input should be 'owner', 'backup', 'holders', 'lead' or 'channel'"],
        ),
        (
            '[policies.a.A]\nfirst_response = "15m"\nnext_contact = "1h"\nladder = [{ after = "5m" }]',
            ['policies.a.A.ladder.0.tell: it tells nobody: expected tell = "backup", "channel" or another'],
        ),
        (
            '[policies.a.A]\nfirst_response = "-5m"\nnext_contact = "0m"',
            [
                "policies.a.A.first_response: expected a duration above zero such as 15m, 1h30m or 1bd",
                "policies.a.A.next_contact: expected a duration above zero such as 15m or 1h30m",
            ],
        ),
        (
            '[[channels]]\nid = "C1"\nplans = { Gold = "azure-rapid" }',
            ['channels.0.plans.Gold: expected a policy\'s name such as "azure-rapid-response"'],
        ),
        (
            '[[channels]]\nid = "C1"\nby_plan = true',
            ["channels.0.customer_country: by_plan may choose a calendar that keeps the customer's holidays: give a"],
        ),
        (
            '[[channels]]\nid = "C1"\nplans = { Gold = "redhat-premium", Silver = "azure-standard" }',
            ["channels.0.customer_country: the calendar 'redhat-row-0900-1700' of plans.Gold keeps the customer's"],
        ),
        ('[policies.a]\nstatus = "old"', ["policies.a.status: Input should be 'current', 'legacy' or 'example'"]),
    ],
)
def test_a_fault_says_its_key_and_the_right_form(load, text, expected):
    told = faults(load, text)

    assert len(told) == len(expected), told
    for fault, begins in zip(told, sorted(expected), strict=True):
        assert fault.startswith(begins)


def test_faults_of_every_kind_are_told_together(load):
    told = faults(
        load,
        """
[defaults]
customer_zone = "Asia/Tokio"
plans = { Gold = "platinum" }

[policies.round]
like = "about"
[policies.about]
like = "round"

[policies.lost]
like = "nowhere-at-all"
[policies.lost.A]
first_response = "0m"
next_contact = "-1h"
calendar = "nine-to-five"
first_response_checkpoints = ["200%"]
ladder = [{ after = "5m", tell = "" }]

[calendars.night]
zone = "Mars/Olympus"
weekdays = ["09:00-25:00"]
holidays = "XX"
""",
    )
    keys = [fault.partition(": ")[0] for fault in told]
    assert keys == sorted(
        [
            "calendars.night.holidays",
            "calendars.night.weekdays.0",
            "calendars.night.zone",
            "defaults.customer_zone",
            "defaults.plans.Gold",
            "policies.about.like",
            "policies.lost.A.calendar",
            "policies.lost.A.first_response",
            "policies.lost.A.first_response_checkpoints.0",
            "policies.lost.A.ladder.0.tell",
            "policies.lost.A.next_contact",
            "policies.lost.like",
        ]
    )


SCALARS = st.sampled_from(["A", "a", "standard", "15m", "1bd", "24x7", "due", ""]) | st.integers(-3, 3) | st.booleans()
KEYS = st.sampled_from(
    ["a", "b", "A", "like", "calendar", "ladder", "language", "en", "first_response", "tell", "plans", "by_plan"]
)
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(st.dictionaries(KEYS, ANYTHING, max_size=4), st.dictionaries(KEYS, ANYTHING, max_size=2))
def test_whatever_stands_in_the_file_it_is_told_and_never_crashes(policies, calendars):
    tables, told = resolved(policies, {})
    file = {"defaults": policies, "channels": [calendars]}
    told += [*clock_faults(file, tables, calendars), *plan_faults(file, tables, calendars)]
    assert all(isinstance(fault, str) for fault in told)
    assert all(written(name, table) for name, table in tables.items() if isinstance(table, dict))
