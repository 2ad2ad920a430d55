"""Plans: every published figure is in one policy as it was published, and what is ours says so."""

import tomllib
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain.calendar_rules import CalendarRules
from bot.domain.duration import Span
from bot.domain.plan import Level, plans_from
from bot.domain.plan_words import policy_for, squeezed
from bot.domain.policy import Policy
from bot.policies import CADENCE, written
from bot.settings import load_configuration
from bot.shipped import shipped, shipped_plans, shipped_policies

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "presets" / "sla-presets.yaml"
PUBLISHED = yaml.safe_load(shipped("sla-presets.yaml"))
NAMES = tomllib.loads(shipped("plan-names.toml"))
CONFIG = load_configuration(None)
KEYS = sorted(shipped_policies())


def targets_published() -> list[tuple[Any, ...]]:
    """What the file says of each level of each plan, spans in one spelling."""
    return sorted(
        (
            plan["vendor"], plan["plan"], level["name"], span(level["first_response"]), span(level["update_every"]),
            level.get("calendar", level["clock"]), level.get("definition_short", ""),
            *((level["confidence"], level["source"]) if "://" in level["source"] else ("ours", "ours")),
            tuple(level.get("clock_by_language", {}).items()), plan["status"], PUBLISHED["as_of"],
        )
        for plan in PUBLISHED["presets"]
        for level in plan["severities"]
    )  # fmt: skip


def targets_in_policies() -> list[tuple[Any, ...]]:
    """The same, from the policies as a case would copy them. One level may be two severities: it counts once."""
    found = set()
    for policy in CONFIG.policies.values():
        for terms in (policy.A, policy.B, policy.C):
            if terms is None or policy.name == "standard":
                continue
            first = (terms.level, terms.first_response, terms.update_every, terms.calendar, terms.definition)
            languages = tuple((language, one.calendar) for language, one in terms.language.items())
            rows = [(*first, terms.confidence, terms.source, languages)]
            rows += [
                (one.name, one.first_response, one.update_every, one.calendar, one.definition, one.confidence,
                 one.source, tuple(one.language.items()))
                for one in terms.also
            ]  # fmt: skip
            found |= {
                (policy.vendor, policy.plan, name, span(response), span(update), *rest, policy.status, policy.as_of)
                for name, response, update, *rest in rows
            }
    return sorted(found)


def span(given: Any) -> str:
    return "none" if given is None else str(Span.model_validate(given))


# ---------------------------------------------------------------- the figures


@pytest.mark.skipif(not SHARED.exists(), reason="the file that ours is a copy of is not beside this checkout")
def test_what_we_ship_is_the_published_file() -> None:
    assert shipped("sla-presets.yaml") == SHARED.read_text(encoding="utf-8")


def test_every_published_target_is_in_exactly_one_policy_with_its_figure() -> None:
    "Figure, calendar, definition, confidence, source, status and month; no target is lost, doubled or invented."
    published = targets_published()

    assert len(published) == sum(len(plan["severities"]) for plan in PUBLISHED["presets"]) > 100
    assert targets_in_policies() == published


def test_every_plan_is_one_policy() -> None:
    assert len(shipped_plans()) == len(PUBLISHED["presets"]) == 31
    assert sorted(shipped_policies()) == sorted({"standard", *(plan.key for plan in shipped_plans())})
    assert {"aws-enterprise", "azure-rapid-response", "redhat-premium"} < set(shipped_policies())


def test_no_name_is_left_without_a_plan() -> None:
    named = {(vendor, plan) for vendor, plans in NAMES.items() for plan in plans}
    assert named == {(plan["vendor"], plan["plan"]) for plan in PUBLISHED["presets"]}


def test_every_calendar_that_a_plan_names_is_shipped_and_says_the_same() -> None:
    "Zone, days, hours and holidays as in the published file."
    ours = tomllib.loads(shipped("calendars.toml"))["calendars"]
    for given in PUBLISHED["calendars"]:
        rules = CalendarRules.model_validate(ours[given["key"]])
        week = [tuple(map(str, hours)) for hours in rules.week()]
        assert rules.zone == given["tz"], given["key"]
        assert week == [(f"{given['from']}-{given['to']}",)] * len(given["days"]) + [()] * 2, given["key"]
        assert rules.holidays == (() if given["holidays"] == "none" else (given["holidays"],)), given["key"]


# ---------------------------------------------------------------- levels and severities


@pytest.mark.parametrize(
    ("names", "severities"),
    [
        (["A", "B", "C"], "A B C"),
        (["P1", "P2", "P3", "P4"], "A B C C"),
        (["L1", "L2", "L3", "L4"], "A B C C"),
        (["1 (urgent)", "2 (high)", "3 (medium)", "4 (low)"], "A B C C"),
        (["1 Urgent", "2 High", "3 Normal", "4 Low"], "A B C C"),
        (["critical", "urgent", "high", "normal", "low"], "A A B C C"),
        (["Very high", "High", "Medium", "Low"], "A B C C"),
        (["Critical", "Standard"], "A BC"),
    ],
)
def test_a_level_is_the_severity_of_its_place_on_the_vendors_whole_scale(names, severities):
    levels = [Level(name=name) for name in names]

    assert ["".join(level.severities) for level in levels] == severities.split()
    assert [level.rank for level in levels] == sorted({level.rank for level in levels})


def test_a_plan_that_leaves_out_the_top_has_no_severity_a():
    policy = CONFIG.policies["google-cloud-standard"]
    assert [policy.terms(severity) is None for severity in "ABC"] == [True, False, False]


def test_of_two_levels_in_one_severity_the_more_severe_is_kept_to():
    "AWS lists Business from the bottom: a stopped production is 1h, and is not held to the 24h of a question."
    business, enterprise = CONFIG.policies["aws-business"], CONFIG.policies["aws-enterprise"]

    assert [str(business.terms(s).first_response) for s in "ABC"] == ["1h", "4h", "12h"]
    assert (enterprise.A.level, str(enterprise.A.first_response)) == ("Business-critical system down", "15m")
    assert [(one.name, str(one.first_response)) for one in enterprise.A.also] == [("Production system down", "1h")]


def test_a_level_that_nobody_placed_is_refused():
    odd = {"as_of": "2026-11", "presets": [dict(PUBLISHED["presets"][0])]}
    odd["presets"][0]["severities"] = [{**PUBLISHED["presets"][0]["severities"][0], "name": "Blue"}]
    with pytest.raises(ValueError, match="'Blue' has no place among the severities"):
        plans_from(odd, NAMES)


def test_business_hours_without_a_calendar_are_refused():
    odd = {"as_of": "2026-11", "presets": [dict(PUBLISHED["presets"][0])]}
    odd["presets"][0]["severities"] = [{**PUBLISHED["presets"][0]["severities"][0], "calendar": None}]
    with pytest.raises(ValueError, match="business-hours with a calendar"):
        plans_from(odd, NAMES)


# ---------------------------------------------------------------- what is ours


def test_a_cadence_that_no_vendor_published_is_ours_and_says_so():
    for policy in CONFIG.policies.values():
        for severity in "ABC" if policy.name != "standard" else "":
            terms = getattr(policy, severity)
            if terms is None:
                continue
            if terms.update_every is None:
                assert terms.next_contact_source == "ours", (policy.name, severity)
                assert str(Span.model_validate(terms.next_contact)) == CADENCE[severity]
            else:
                assert terms.next_contact_source == terms.source


def test_a_published_cadence_is_kept_to_as_elapsed_time():
    redhat = CONFIG.policies["redhat-premium"]
    assert [str(Span.model_validate(redhat.terms(s).next_contact)) for s in "ABC"] == ["1h", "4h", "8h"]
    assert str(CONFIG.policies["sap-enterprise"].B.update_every) == "1bd"
    assert str(Span.model_validate(CONFIG.policies["sap-enterprise"].B.next_contact)) == "1d"


def test_checkpoints_and_ladder_are_those_of_the_house():
    ours, theirs = CONFIG.policies["standard"].A, CONFIG.policies["redhat-premium"].A
    assert theirs.first_response_checkpoints == ours.first_response_checkpoints
    assert (theirs.ladder, theirs.repeat, theirs.hold) == (ours.ladder, ours.repeat, ours.hold)


@pytest.mark.parametrize("key", ["oracle-premier", "oracle-oci"])
def test_where_no_first_response_is_published_there_is_no_such_clock(key):
    terms = CONFIG.policies[key].terms("B")
    assert (terms.first_response, terms.next_contact_required, bool(terms.next_contact)) == (None, False, True)


def test_the_clock_may_depend_on_the_language():
    terms = CONFIG.policies["azure-professional-direct"].B
    assert (terms.calendar, {language: one.calendar for language, one in terms.language.items()}) == (
        "jp-0900-1730",
        {"en": "24x7"},
    )


# ---------------------------------------------------------------- printed and read back


@pytest.mark.parametrize("key", KEYS)
def test_what_is_printed_is_read_back_to_the_same_policy(key, tmp_path):
    "Put into a file, under its own name and under another."
    table = shipped_policies()[key]
    file = tmp_path / "jibungoto.toml"
    file.write_text(written(key, table) + "\n\n" + written("契約 2", table), encoding="utf-8")
    config = load_configuration(str(file))

    assert config.policies[key] == CONFIG.policies[key]
    renamed = Policy.model_validate({**dict(CONFIG.policies[key]), "name": "契約 2"})
    assert config.policies["契約 2"] == renamed
    for severity in "ABC":
        mine, theirs = (one.policies[key].terms(severity, "en") for one in (config, CONFIG))
        assert mine == theirs


def test_whatever_text_stands_in_a_policy_it_is_toml():
    table = {"note": 'a "b" \\ \n\t\x07 契約', "A": {"ladder": [], "x y": True, "n": 5, "language": {"en": {"k": "v"}}}}
    assert tomllib.loads(written("odd name", table)) == {"policies": {"odd name": table}}


# ---------------------------------------------------------------- names


def test_no_two_plans_share_a_name():
    "A name that two could mean belongs to neither."
    called = {plan.key: {squeezed(name) for name in (plan.key, plan.label, *plan.names)} for plan in shipped_plans()}
    shared = {(one, other): called[one] & called[other] for one, other in combinations(called, 2)}
    assert {pair: names for pair, names in shared.items() if names} == {}


def test_a_plan_is_found_by_every_name_it_has():
    for plan in shipped_plans():
        for name in (plan.key, plan.label, *plan.names):
            assert policy_for(name, CONFIG.policies) == plan.key, name
