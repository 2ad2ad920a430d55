"""Nobody is alone: the team is asked in good time, quietly where one person is enough, and never for what is done."""

import re

import pytest

from tests.stage import KEN, MEI, SEV_A, TEAM, YUKI, area, shown, staged

ASKING = re.sub(r"nudges = false.*\n", "", TEAM).replace('language = "ja"', 'language = "ja"\nduty_group = "S0DUTY"')


@pytest.fixture
async def asking(tmp_path):
    async with staged(tmp_path, toml=ASKING) as stage:
        yield stage


def broadcasts(stage):
    """What the bot said to the whole channel."""
    return [m for m in stage.slack.messages(SEV_A) if m.user == stage.slack.bot_user_id]


async def test_an_owner_alone_for_five_minutes_is_heard_by_the_channel(asking):
    case = await asking.open_case()

    await asking.at("9:04")
    assert asking.said_in(case) == []
    await asking.at("9:05")

    (said,) = asking.said_in(case)
    assert "担当のほかに、5分たっても誰も参加していません" in said.text
    assert "ネットワーク経路" in said.text
    assert said in broadcasts(asking)
    assert f"<@{YUKI}>" not in said.text
    assert asking.said_to(YUKI) == []


async def test_then_whoever_is_on_duty_is_called_and_then_nobody_again(asking):
    case = await asking.open_case()

    await asking.at("9:05")
    await asking.at("9:10")
    await asking.at("9:14")

    first, second = asking.said_in(case)
    assert "<!subteam^S0DUTY>" not in shown(first)
    assert "<!subteam^S0DUTY>" in shown(second)


async def test_whoever_writes_in_the_thread_is_there_and_nobody_is_called(asking):
    case = await asking.open_case()
    await asking.slack.person(KEN).post(SEV_A, "見ます", thread_ts=case.thread)
    await asking.settle()

    await asking.at("9:12")

    assert asking.said_in(case) == []


async def test_an_area_is_claimed_from_the_call(asking):
    case = await asking.open_case()
    await asking.at("9:05")
    (said,) = asking.said_in(case)

    await asking.slack.person(KEN).click(said, "claim", value="1 firewall")
    await asking.settle()

    assert (await asking.case()).people == (KEN,)


async def test_a_claim_without_news_asks_its_holder_once_and_then_the_others(asking):
    case = await asking.open_case()
    await asking.mention(YUKI, case, "contacted 電話 確認中 / next 10:40 結果 理由: お電話で合意")
    await asking.mention(KEN, case, "claim firewall")

    await asking.at("9:31")
    (asked,) = asking.said_to(KEN)
    assert "状況をお知らせください" in asked.text
    await asking.at("9:55")
    assert len(asking.said_to(KEN)) == 1
    await asking.at("10:01")
    (offered,) = asking.said_in(case)
    assert "手伝える方はご参加ください" in offered.text
    assert f"<@{KEN}>" not in offered.text
    await asking.slack.person(MEI).click(offered, "join")
    await asking.settle()
    assert area(await asking.case(), "firewall").joined == (MEI,)


async def test_news_ends_it(asking):
    case = await asking.open_case()
    await asking.mention(YUKI, case, "contacted 電話 確認中 / next 10:40 結果 理由: お電話で合意")
    await asking.mention(KEN, case, "claim firewall")
    await asking.mention(KEN, case, "clear firewall 拒否なし")

    await asking.at("10:05")

    assert asking.said_to(KEN) == []


async def test_the_last_reminder_of_the_first_response_offers_next_actions(asking):
    case = await asking.open_case()
    await asking.mention(KEN, case, "claim firewall")

    await asking.at("9:10")

    said = asking.said_to(YUKI)[-1]
    assert "次の一手の候補です" in said.text
    assert said.text.count("•") == 3


async def test_the_timeline_says_who_was_asked(asking):
    await asking.open_case()
    await asking.at("9:05")

    assert "声かけ: 担当のほかに誰もいない → チーム" in await asking.sev(YUKI, "経過 1")


async def test_an_owner_without_a_next_action_takes_one_of_three_and_says_only_when(asking):
    case = await asking.open_case()
    await asking.mention(KEN, case, "claim firewall")
    await asking.at("9:10")
    said = asking.said_to(YUKI)[-1]

    offered = [block["accessory"] for block in said.blocks if block.get("accessory")]
    assert [one["action_id"] for one in offered] == ["next"] * 3
    await asking.slack.person(YUKI).click(said, "next", value=offered[0]["value"])
    assert await asking.slack.person(YUKI).submit({"next_at": "9:40"}) is None
    await asking.settle()

    promise = (await asking.case()).promise
    assert promise is not None
    assert f"1 {promise.action}" == offered[0]["value"]


async def test_where_the_first_response_is_far_the_owner_is_asked_after_ten_minutes(tmp_path):
    slow = ASKING.replace('id = "C01SEVJA"', 'id = "C01SEVJA"\npolicy = "slow"')
    slow += '\n[policies.slow]\nlike = "standard"\n[policies.slow.A]\nfirst_response = "1h"\n'
    async with staged(tmp_path, toml=slow) as stage:
        case = await stage.open_case()
        await stage.mention(KEN, case, "claim firewall")

        await stage.at("9:10")

        (said,) = stage.said_to(YUKI)
        assert "次回ご連絡がまだ決まっていません" in said.text
        assert "これを次の一手に" in shown(said)
        assert stage.said_in(case) == []


async def test_several_quiet_claims_are_one_message_with_a_button_each(asking):
    case = await asking.open_case()
    await asking.mention(YUKI, case, "contacted 電話 確認中 / next 10:40 結果 理由: お電話で合意")
    await asking.mention(KEN, case, "claim firewall")
    await asking.mention(MEI, case, "claim network-path")

    await asking.at("10:03")

    (offered,) = asking.said_in(case)
    joins = [b["accessory"]["value"] for b in offered.blocks if b.get("accessory", {}).get("action_id") == "join"]
    assert joins == ["1 firewall", "1 network-path"]
