"""Who is in a case: said by a reaction, by a word, and taken back by a word; the owner alone again is heard again."""

import json
import re

import pytest

from tests.stage import KEN, MEI, SEV_A, TEAM, YUKI, shown, staged

ASKING = re.sub(r"nudges = false.*\n", 'presence_reactions = ["eyes", "raised_hand"]\n', TEAM)


@pytest.fixture
async def asking(tmp_path):
    async with staged(tmp_path, toml=ASKING) as stage:
        yield stage


async def test_an_owner_who_is_alone_again_is_heard_again_after_the_same_time(asking):
    case = await asking.open_case()
    await asking.slack.person(KEN).react(asking.card(case), "eyes")
    await asking.at("9:06")
    assert asking.said_in(case) == []

    await asking.slack.person(KEN).react(asking.card(case), "eyes", remove=True)
    await asking.at("9:10")
    assert asking.said_in(case) == []
    await asking.at("9:11")

    (said,) = asking.said_in(case)
    assert "5分たっても" in said.text


async def test_a_reaction_of_a_skin_tone_counts_and_the_one_below_the_head_as_well(asking):
    case = await asking.open_case()
    await asking.slack.person(KEN).react(asking.card(case), "raised_hand::skin-tone-3")
    await asking.slack.person(KEN).react(asking.thread(case)[0], "eyes")
    await asking.slack.person(KEN).react(asking.card(case), "raised_hand::skin-tone-3", remove=True)
    await asking.settle()

    assert (await asking.case()).people == (KEN,)


async def test_the_same_event_again_changes_nothing_and_is_acknowledged(asking):
    case = await asking.open_case()
    await asking.slack.person(KEN).react(asking.card(case), "eyes")
    await asking.settle()
    before = await asking.kinds()

    await asking.slack.person(KEN).react(asking.thread(case)[0], "tada")
    await asking.settle()

    assert await asking.kinds() == before


@pytest.mark.parametrize("words", ["leave", "離脱", "抜けます"])
async def test_who_only_passed_by_leaves_by_a_word(asking, words):
    case = await asking.open_case()
    await asking.slack.person(KEN).post(SEV_A, "お疲れさまです", thread_ts=case.thread)
    await asking.settle()
    assert (await asking.case()).people == (KEN,)

    said = await asking.mention(KEN, case, words)

    assert (await asking.case()).people == ()
    assert "参加者から外れました" in said
    assert "参加者から外れました" in await asking.sev(YUKI, "経過 1")


async def test_leaving_is_a_button_for_those_who_are_there(asking):
    case = await asking.open_case()
    await asking.slack.person(KEN).react(asking.card(case), "eyes")
    await asking.slack.person(MEI).click(asking.card(case), "more")
    assert '"leave"' not in json.dumps(asking.slack.person(MEI).view)
    await asking.slack.person(KEN).click(asking.card(case), "more")

    await asking.press(KEN, asking.slack.person(KEN).view, "leave")

    assert (await asking.case()).people == ()
    assert "担当のほかに" in shown(asking.card(case))


async def test_refusals_say_what_to_do_first(asking):
    case = await asking.open_case()
    await asking.mention(KEN, case, "claim firewall")

    assert "release 1 firewall" in await asking.sev(KEN, "leave 1")
    assert "引き継" in await asking.sev(YUKI, "離脱 1")
    assert "参加者に入っていません" in await asking.sev(MEI, "離脱 1")
