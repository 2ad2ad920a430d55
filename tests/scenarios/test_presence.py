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


# ---------------------------------------------------------------- what is said becomes evidence


async def picked_up(stage, case, who, text, by):
    message = await stage.slack.person(who).post(SEV_A, text, thread_ts=case.thread)
    await stage.settle()
    await stage.slack.person(by).shortcut("finding", message)
    view = stage.slack.person(by).view
    form = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    return form["area"].get("initial_option", {}).get("value")


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("該当時間帯にスロットリングが発生しています", "storage-backend"),
        ("effective routes look right at both ends", "network-path"),
        ("コンソールでイベント ログを見ました。正常です", "guest-os"),
        ("ゲスト OS は問題ありません", "guest-os"),
        ("承知しました", None),
    ],
)
async def test_the_area_is_guessed_from_its_name_or_from_what_is_asked_there(stage, text, area):
    case = await stage.open_case()

    assert await picked_up(stage, case, KEN, text, MEI) == area


async def test_what_the_holder_wrote_anybody_may_pick_up(stage):
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim firewall")

    assert await picked_up(stage, case, KEN, "拒否のログが出ています", MEI) == "firewall"
    assert await stage.slack.person(MEI).submit({"verdict": "suspect"}) is None
    await stage.settle()

    found = next(area for area in (await stage.case()).areas if area.key == "firewall")
    assert (found.holder, found.verdict, found.reported_by) == (KEN, "suspect", MEI)


async def test_what_somebody_else_wrote_about_a_held_area_is_left_to_its_holder(stage):
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim firewall")

    await picked_up(stage, case, YUKI, "ファイアウォールでしょうか", MEI)
    errors = await stage.slack.person(MEI).submit({"verdict": "suspect"})

    assert set(errors or {}) == {"area"}


async def test_our_own_messages_are_no_evidence(stage):
    case = await stage.open_case()

    await stage.slack.person(MEI).shortcut("finding", stage.card(case))

    assert "人が書いた" in json.dumps(stage.slack.person(MEI).view, ensure_ascii=False)


async def test_a_call_for_one_area_is_answered_by_pressing(stage):
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim firewall")
    await stage.mention(KEN, case, "応援 firewall")
    (said,) = stage.said_in(case)

    await stage.slack.person(MEI).click(said, "join")
    await stage.settle()

    assert next(area for area in (await stage.case()).areas if area.key == "firewall").joined == (MEI,)
