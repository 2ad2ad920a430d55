"""Six colleagues in the thread: help by area, replies that become evidence, a reaction that is enough."""

import pytest

from tests.stage import GUEST, KEN, MEI, SEV_A, YUKI, area, shown


async def reply(stage, case, who, text):
    message = await stage.slack.person(who).post(SEV_A, text, thread_ts=case.thread)
    await stage.settle()
    return message


# ---------------------------------------------------------------- help by area


async def test_help_is_asked_for_one_area(stage):
    case = await stage.open_case()

    await stage.mention(YUKI, case, "応援 firewall 規則に詳しい方をお願いします")

    (said,) = stage.said_in(case)
    assert "経路上のファイアウォール・セキュリティ規則 の応援をお願いします。" in said.text
    assert "規則に詳しい方をお願いします" in said.text
    assert "誰も見ていない領域" not in said.text


async def test_the_same_call_goes_out_once_in_ten_minutes(stage):
    case = await stage.open_case()
    await stage.mention(YUKI, case, "応援 firewall")

    refused = await stage.mention(KEN, case, "応援 firewall")
    await stage.mention(KEN, case, "応援 network-path")
    await stage.mention(KEN, case, "応援")
    assert len(stage.said_in(case)) == 3
    await stage.after(minutes=10)
    await stage.mention(KEN, case, "応援 firewall")

    assert "呼びかけ済みです" in refused
    assert len([m for m in stage.said_in(case) if "ファイアウォール・セキュリティ規則 の応援" in m.text]) == 2


async def test_whoever_holds_an_area_calls_for_help_with_it_by_a_button(stage):
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim firewall")
    await stage.slack.person(KEN).click(stage.card(case), "more")

    await stage.press(KEN, stage.slack.person(KEN).view, "swarm")

    (said,) = stage.said_in(case)
    assert "ファイアウォール" in said.text


# ---------------------------------------------------------------- a reply becomes evidence


async def test_a_reply_becomes_a_finding_in_one_step_and_the_card_leads_to_it(stage):
    case = await stage.open_case()
    said = await reply(stage, case, KEN, "ファイアウォールの規則、23:38 に店舗からの 443 が拒否に変わっています")

    await stage.slack.person(MEI).shortcut("finding", said)
    form = {b["block_id"]: b["element"] for b in stage.slack.person(MEI).view["blocks"] if b["type"] == "input"}
    assert form["area"]["initial_option"]["value"] == "firewall"
    assert form["evidence"]["initial_value"].startswith("ファイアウォールの規則")
    assert await stage.slack.person(MEI).submit({"verdict": "suspect"}) is None
    await stage.settle()

    found = area(await stage.case(), "firewall")
    assert (found.verdict, found.reported_by, found.source) == ("suspect", MEI, said.ts)
    assert f"/p{said.ts.replace('.', '')}|元の返信>" in shown(stage.card(case))


async def test_whoever_holds_one_area_speaks_of_that_one(stage):
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim network-path")
    said = await reply(stage, case, KEN, "異常は見当たりません")

    await stage.slack.person(KEN).shortcut("finding", said)

    form = {b["block_id"]: b["element"] for b in stage.slack.person(KEN).view["blocks"] if b["type"] == "input"}
    assert form["area"]["initial_option"]["value"] == "network-path"


async def test_a_message_elsewhere_is_no_finding(stage):
    await stage.open_case()
    said = await stage.slack.person(KEN).post(SEV_A, "おはようございます")
    await stage.settle()

    await stage.slack.person(KEN).shortcut("finding", said)

    assert "どの案件" in str(stage.slack.person(KEN).view) or "スレッドの返信" in str(stage.slack.person(KEN).view)


# ---------------------------------------------------------------- presence by a reaction


@pytest.mark.parametrize("where", ["card", "head"])
async def test_eyes_on_the_case_are_enough_to_be_there(stage, where):
    case = await stage.open_case()
    seen = stage.card(case) if where == "card" else stage.thread(case)[0]

    await stage.slack.person(KEN).react(seen, "eyes")
    await stage.settle()

    assert (await stage.case()).people == (KEN,)
    assert "リアクションで参加" in await stage.sev(YUKI, "経過 1")


async def test_taking_it_away_undoes_it_unless_they_did_more(stage):
    case = await stage.open_case()
    for who in (KEN, MEI):
        await stage.slack.person(who).react(stage.card(case), "eyes")
    await stage.mention(MEI, case, "note 規則を確認中")

    for who in (KEN, MEI):
        await stage.slack.person(who).react(stage.card(case), "eyes", remove=True)
    await stage.settle()

    assert (await stage.case()).people == (MEI,)


async def test_other_reactions_other_messages_and_other_people_mean_nothing(stage):
    case = await stage.open_case()
    said = await reply(stage, case, YUKI, "確認します")

    await stage.slack.person(KEN).react(stage.card(case), "tada")
    await stage.slack.person(KEN).react(said, "eyes")
    await stage.slack.person(GUEST).react(stage.card(case), "eyes")
    await stage.settle()

    assert (await stage.case()).people == ()
