"""Could be one incident: several cases that open together are linked once, where everybody may read of all of them."""

import re

import pytest

from sandbox import Channel, Sandbox, World
from tests.stage import (
    BOB,
    HANA,
    KEN,
    MEI,
    MEMBER,
    NINE,
    ROOT,
    SEV_A,
    SEV_A_EN,
    TEAM,
    YUKI,
    shown,
    staged,
)

ASKING = re.sub(r"incidents = false.*\n", "", TEAM)
SECRET, SHARED = "C07SECRET", "C03SHARED"
MORE = (
    ASKING
    + f"""
[[channels]]
id = "{SECRET}"
language = "ja"
report_on_close = false
first_checks = false
nudges = false

[[channels]]
id = "{SHARED}"
language = "en"
shared = true
report_on_close = false
first_checks = false
nudges = false
"""
)
POS = "[SevA] 東日本リージョンの店舗POSサーバーに接続できない\nお客様: {customer}"
ONE, TWO, THREE, FOUR = (POS.format(customer=name) for name in ("甲社様", "乙社様", "丙社様", "丁社様"))
CASH = "[SevA] 東日本リージョンで会計処理が停止"


@pytest.fixture
async def asking(tmp_path):
    """With a private channel beside the others, of Bob and Mei."""
    usual = World.default()
    private = Channel(SECRET, "sev-secret", is_private=True, members=(BOB, MEI))
    world = World(people=usual.people, channels=(*usual.channels, private))
    async with Sandbox(manifest=ROOT / "manifest.yml", world=world, now=NINE) as slack:
        slack.clock.freeze(NINE)
        async with staged(tmp_path, toml=MORE, slack=slack) as stage:
            yield stage


def questions(stage, channel=SEV_A):
    """What the bot asked the whole channel."""
    said = [m for m in stage.slack.messages(channel) if m.user == stage.slack.bot_user_id]
    return [m for m in said if "同一障害" in m.text or "one incident" in m.text]


async def test_two_cases_that_say_the_same_raise_one_message_that_links_them(asking):
    first = await asking.open_case(ONE)
    await asking.after(minutes=5)
    second = await asking.open_case(TWO, who=KEN)

    (asked,) = questions(asking)
    assert asked in asking.said_in(first)
    assert asking.said_in(second) == []
    for word in ("SEV-1", "SEV-2", f"<@{YUKI}>", f"<@{KEN}>", "同じリージョンの記載", "接続できない"):
        assert word in asked.text
    assert f"/archives/{SEV_A}/p" in shown(asked)
    assert "甲社" not in asked.text
    assert "同一障害の可能性があります: SEV-1" in asking.card(second).text
    assert "同一障害の可能性があります: SEV-2" in asking.card(first).text


async def test_what_is_another_matter_is_not_asked_about(asking):
    """Other words, another region, or half an hour later."""
    await asking.open_case(ONE)
    await asking.open_case("[SevA] メール配信の遅延", who=KEN)
    await asking.open_case(ONE.replace("東日本", "西日本"), who=HANA)
    await asking.after(minutes=31)
    await asking.open_case(TWO, who=MEI)

    assert questions(asking) == []


async def test_three_of_one_region_are_enough_whatever_they_say(asking):
    await asking.open_case("[SevA] 東日本リージョンの基幹サーバーが停止")
    await asking.open_case("[SevA] メールが送信できない\n影響: 東日本リージョンの全利用者", who=KEN)
    assert questions(asking) == []

    await asking.open_case(CASH, who=HANA)

    (asked,) = questions(asking)
    assert all(f"SEV-{n}" in asked.text for n in (1, 2, 3))


async def test_a_further_case_is_a_short_reply_and_never_a_second_broadcast(asking):
    first = await asking.open_case(ONE)
    await asking.open_case(TWO, who=KEN)
    await asking.open_case(THREE, who=HANA)
    await asking.open_case(FOUR, who=MEI)

    assert len(questions(asking)) == 1
    replies = [message.text for message in asking.said_in(first)[1:]]
    assert len(replies) == 2
    assert "SEV-3 も同一障害の可能性があります" in replies[0]
    assert "SEV-4" in asking.card(first).text


async def test_the_same_post_twice_and_a_restart_ask_once(slack, tmp_path):
    async with staged(tmp_path, toml=ASKING, slack=slack) as stage:
        await stage.open_case(ONE)
        await stage.open_case(TWO, who=KEN)
        opening = (await stage.facts(2))[0].opening
    async with staged(tmp_path, toml=ASKING, slack=slack) as again:
        answer = await again.bot.desk.handle(opening, MEMBER)
        await again.settle()

        assert answer.case.number == 2
        assert len(questions(again)) == 1
        assert (await again.kinds(1)).count("incident_suspected") == 1


async def test_what_comes_late_says_that_it_does(asking):
    """Slack takes nothing for three minutes."""
    await asking.open_case(ONE)
    await asking.ken.post(SEV_A, TWO)
    asking.slack.faults.add("chat.postMessage", "error:internal_error", times=None, channel=SEV_A)
    await asking.settle()
    asking.slack.faults.clear()
    await asking.after(minutes=4)

    (asked,) = questions(asking)
    assert asked.text.endswith("の記録)")


# ---------------------------------------------------------------- what people decide


async def test_the_button_makes_the_oldest_the_parent_of_all(asking):
    first = await asking.open_case(ONE)
    await asking.open_case(TWO, who=KEN)
    await asking.open_case(THREE, who=HANA)

    await asking.press(MEI, questions(asking)[0], "gather")

    assert [(await asking.case(n)).parent.number for n in (2, 3)] == [1, 1]
    first = await asking.case(1)
    assert [child.number for child in first.children] == [2, 3]
    assert "子案件: 2 件(うち対応中 2 件)" in asking.card(first).text
    assert (first.people, (await asking.case(2)).people) == ((), ()), "who sorts cases is in none of them for that"
    assert "親案件: SEV-1" in asking.card(await asking.case(2)).text
    await asking.press(MEI, questions(asking)[0], "gather")
    assert (await asking.kinds(1)).count("child_noted") == 2


@pytest.mark.parametrize("way", ["slash", "mention"])
async def test_the_same_in_words(asking, way):
    first = await asking.open_case(ONE)
    await asking.open_case(TWO, who=KEN)

    said = await (asking.sev(MEI, "親案件 1 全件") if way == "slash" else asking.mention(MEI, first, "parent all"))

    assert "SEV-2" in said
    assert (await asking.case(2)).parent.number == 1


@pytest.mark.parametrize("way", ["button", "slash", "mention"])
async def test_not_one_incident_puts_the_question_aside_for_all(asking, way):
    first = await asking.open_case(ONE)
    await asking.open_case(TWO, who=KEN)

    if way == "button":
        await asking.press(KEN, questions(asking)[0], "apart")
    elif way == "slash":
        await asking.sev(KEN, "parent 1 none")
    else:
        await asking.mention(KEN, first, "親案件 なし")

    assert [(await asking.case(n)).apart for n in (1, 2)] == [True, True]
    assert "同一障害" not in asking.card(await asking.case(2)).text
    await asking.open_case(THREE, who=HANA)
    assert len(questions(asking)) == 1


async def test_what_is_a_child_by_now_is_not_put_aside_and_the_button_says_where_it_is_parted(asking):
    first = await asking.open_case(ONE)
    await asking.open_case(TWO, who=KEN)
    await asking.sev(KEN, "parent 2 1")

    for act in (asking.press(HANA, questions(asking)[0], "apart"), asking.mention(HANA, first, "親案件 なし")):
        await act
        assert "SEV-2 はすでに SEV-1 の子案件です" in asking.whispered(HANA)
        assert "親案件 2 なし" in asking.whispered(HANA)
    assert "kept_apart" not in await asking.kinds(1)
    assert "SEV-2 はすでに SEV-1 の子案件です" in await asking.mention(HANA, first, "親案件 2")

    await asking.open_case(THREE, who=HANA)
    await asking.press(HANA, questions(asking)[0], "apart")
    assert [(await asking.case(n)).apart for n in (1, 2, 3)] == [True, False, True]
    assert (await asking.case(2)).parent.number == 1, "only the one that is no child is put aside"


# ---------------------------------------------------------------- who may read of it


async def test_two_open_channels_each_hear_it_once(asking):
    await asking.open_case(ONE)
    english = await asking.open_case(TWO, SEV_A_EN, BOB)

    (here,), (there,) = questions(asking), questions(asking, SEV_A_EN)
    assert "SEV-2" in here.text
    assert "These could be one incident: SEV-1, SEV-2" in there.text
    await asking.press(BOB, there, "gather")
    assert (await asking.case(english.number)).parent.number == 1


@pytest.mark.parametrize("channel", [SECRET, SHARED])
async def test_a_private_channel_and_one_with_outsiders_are_named_nowhere_and_told_nothing(asking, channel):
    await asking.open_case(ONE)
    await asking.open_case(TWO, channel, BOB)

    assert questions(asking) == questions(asking, channel) == []
    await asking.open_case(THREE, channel, MEI)
    (asked,) = questions(asking, channel)
    assert "SEV-1" not in asked.text
    assert questions(asking) == []


async def test_a_channel_may_do_without(tmp_path):
    async with staged(tmp_path) as stage:
        await stage.open_case(ONE)
        await stage.open_case(TWO, who=KEN)
        assert "incident_suspected" not in await stage.kinds(1)
