"""User groups: those that the roster names hold the people on duty, shift after shift; where they can't, it is said."""

import yaml

from sandbox import Sandbox
from tests.scenarios.test_duty import GLOBAL
from tests.stage import ALEX, BOB, HANA, KEN, NAOKO, NINE, ROOT, YUKI, staged

ADMIN = GLOBAL.replace("[[channels]]", '[defaults]\nadmin = "U03HANA"\n\n[[channels]]', 1)
GROUPS = ADMIN.replace('name = "東京"', 'name = "東京"\nuser_group = "S02TOKYO"').replace(
    "[roster.regions.tokyo]", '[roster]\nuser_group = "S01DUTY"\n\n[roster.regions.tokyo]'
)


def members(slack, group):
    return set(slack.state.usergroups[group].users)


def updates(slack):
    return [call for call in slack.state.calls if call.method == "usergroups.users.update"]


async def test_a_group_holds_those_on_duty_and_changes_with_the_shift(tmp_path):
    async with staged(tmp_path, toml=GROUPS) as stage:
        await stage.settle()
        assert members(stage.slack, "S01DUTY") == members(stage.slack, "S02TOKYO") == {KEN, YUKI, HANA}
        await stage.at("17:00")
        assert members(stage.slack, "S01DUTY") == {ALEX, BOB}


async def test_while_nobody_is_on_duty_it_stays_as_it_was(tmp_path):
    async with staged(tmp_path, toml=GROUPS) as stage:
        await stage.settle()
        await stage.at("17:00")
        assert members(stage.slack, "S02TOKYO") == {KEN, YUKI, HANA}
        await stage.at("+1 03:00")
        assert members(stage.slack, "S01DUTY") == {ALEX, BOB}
        assert len(updates(stage.slack)) == 3


async def test_a_missing_scope_is_told_to_the_admin_once_and_stops_nothing_else(tmp_path):
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"].remove("usergroups:write")
    async with Sandbox(manifest=manifest, now=NINE) as slack:
        slack.clock.freeze(NINE)
        async with staged(tmp_path, toml=GROUPS, slack=slack) as stage:
            await stage.settle()
            await stage.at("12:00")
        async with staged(tmp_path, toml=GROUPS, slack=slack) as stage:
            await stage.settle()
            told = [m.text for m in stage.said_to(HANA) if "usergroups:write" in m.text]
            assert [("S01DUTY" in text, "S02TOKYO" in text) for text in told] == [(True, False), (False, True)]
            assert members(slack, "S01DUTY") == {NAOKO}
            assert (await stage.open_case()).number == 1


async def test_a_group_that_is_not_there_is_told_with_slacks_own_word(tmp_path):
    async with staged(tmp_path, toml=GROUPS.replace("S02TOKYO", "S09NONE")) as stage:
        await stage.settle()
        (told,) = stage.said_to(HANA)
        assert "S09NONE" in told.text
        assert "no_such_subteam" in told.text
        assert members(stage.slack, "S01DUTY") == {KEN, YUKI, HANA}


async def test_an_outage_is_waited_for(tmp_path):
    async with staged(tmp_path, toml=GROUPS) as stage:
        stage.slack.faults.add("usergroups.users.update", "error:internal_error", times=2)
        await stage.settle()
        await stage.after(minutes=1)
        assert members(stage.slack, "S01DUTY") == members(stage.slack, "S02TOKYO") == {KEN, YUKI, HANA}
        assert stage.said_to(HANA) == []
