"""Ending: what ends a case, what is still owed then, and how it begins again."""

import json
from datetime import timedelta

import pytest

from bot.domain.messages import CaseClosed
from bot.domain.sla import clocks
from sandbox import SlackRefusal
from tests.stage import KEN, MEI, YUKI, tokyo

BY_CALL = "contacted 電話 確認中とお伝えしました / next 9:40 ログの結果を共有"


async def worked_on(stage):
    """A case with a promise for 9:40, and Ken at the firewall."""
    case = await stage.open_case()
    await stage.mention(YUKI, case, BY_CALL)
    await stage.mention(KEN, case, "claim firewall")
    return await stage.case()


@pytest.mark.parametrize("way", ["slash", "mention", "button"])
async def test_resolving_stops_the_clocks(stage, way):
    case = await worked_on(stage)

    if way == "slash":
        await stage.sev(YUKI, "resolve 1 規則を修正")
    elif way == "mention":
        await stage.mention(YUKI, case, "復旧 規則を修正")
    else:
        assert await stage.press(YUKI, stage.card(case), "resolve", text="規則を修正") is None

    case = await stage.case()
    assert (case.status, clocks(case), (await stage.facts())[-1].how) == ("resolved", (), "規則を修正")
    assert "規則を修正" in stage.said_in(case)[-1].text
    assert await stage.bot.desk.next_due() is None


async def test_after_the_restoration_the_customer_is_told_without_a_new_promise(stage):
    case = await worked_on(stage)
    await stage.mention(YUKI, case, "resolve 規則を修正")

    refused = await stage.mention(YUKI, case, "contacted 電話 復旧しました / next 10:00 再確認")
    unchanged = await stage.case()
    await stage.press(YUKI, stage.card(case), "contacted", said="復旧しました")

    assert "reopen 1" in refused
    assert unchanged.last_contact.said == "確認中とお伝えしました"
    case = await stage.case()
    assert (case.last_contact.said, case.promise, case.tally.kept) == ("復旧しました", None, 2)


async def test_resolving_twice_is_refused_with_the_way_back(stage):
    case = await worked_on(stage)
    await stage.mention(YUKI, case, "resolve")
    resolved = await stage.case()

    answer = await stage.mention(YUKI, case, "resolve")

    assert "reopen 1" in answer
    assert await stage.case() == resolved


# ---------------------------------------------------------------- closing


async def test_closing_with_open_ends_asks_in_a_modal_that_lists_them(stage):
    await worked_on(stage)

    await stage.sev(YUKI, "close 1")

    view = stage.yuki.view
    listed = json.dumps(view["blocks"][0], ensure_ascii=False)
    assert view["callback_id"] == "close"
    assert listed.count("•") == 3, "not resolved, an area without a result, a promise"
    assert (await stage.case()).status == "open"
    assert await stage.yuki.submit({"reason": "別案件に統合"}) is None
    closed = (await stage.facts())[-1]
    assert (closed.left_open, closed.reason) == (("unresolved", "area:firewall", "promise"), "別案件に統合")
    assert (await stage.case()).status == "closed"


async def test_closing_with_open_ends_by_words_is_refused_until_one_says_anyway(stage):
    case = await worked_on(stage)

    refused = await stage.mention(YUKI, case, "close")
    unchanged = await stage.case()
    await stage.mention(YUKI, case, "close anyway 別案件に統合")

    assert refused.count("•") == 3
    assert "close 1" in refused
    assert unchanged == case
    assert (await stage.case()).status == "closed"
    assert (await stage.facts())[-1].reason == "別案件に統合"


async def test_a_case_without_open_ends_closes_at_once(stage):
    case = await worked_on(stage)
    await stage.mention(KEN, case, "cause firewall 規則の漏れ")
    await stage.mention(YUKI, case, "resolve 規則を修正")
    await stage.mention(YUKI, case, "contacted 電話 復旧しました")

    await stage.press(YUKI, stage.card(case), "close")

    case = await stage.case()
    assert (case.status, stage.yuki.view) == ("closed", None)
    assert (await stage.facts())[-1] == CaseClosed(by=YUKI, at=case.changed_at)


async def test_a_customer_who_was_not_told_of_the_end_is_an_open_end(stage):
    case = await worked_on(stage)
    await stage.mention(KEN, case, "clear firewall 異常なし")
    await stage.mention(YUKI, case, "resolve 規則を修正")

    await stage.press(YUKI, stage.card(case), "close")

    assert json.dumps(stage.yuki.view["blocks"][0], ensure_ascii=False).count("•") == 2
    assert (await stage.case()).status == "resolved"


async def test_the_card_of_a_closed_case_offers_only_the_way_back(stage):
    case = await stage.open_case()

    await stage.sev(YUKI, "close 1 anyway 重複")

    card = stage.card(case)
    actions = [e["action_id"] for b in card.blocks if b["type"] == "actions" for e in b["elements"]]
    assert actions == ["report", "reopen", "more"]


@pytest.mark.parametrize("action", ["contacted", "next", "handoff", "ack"])
async def test_an_old_button_of_a_closed_case_is_refused_with_the_way_back(stage, action):
    case = await worked_on(stage)
    await stage.at("09:40")
    reminder = stage.said_in(case)[-1]
    await stage.sev(YUKI, "close 1 anyway 重複")
    closed = await stage.case()

    await stage.press(YUKI, reminder, action)

    assert stage.yuki.view is None, "nobody fills in a form to be refused afterwards"
    assert "reopen 1" in stage.whispered(YUKI)
    assert await stage.case() == closed


ACTS = ("contacted 1 電話 連絡 / next 10:00 確認", "next 1 10:00 確認", "claim 1 storage", "suspect 1 storage 遅延",
        "handoff 1 @ken", "ack 1", "resolve 1", "swarm 1", "edit 1 customer: 別のお客様", "close 1",
        "release 1 firewall", "contacted 1", "next 1", "handoff 1", "suspect 1", "edit 1", "claim 1",
        "accept 1")  # fmt: skip


async def test_what_is_closed_takes_no_acts_and_opens_no_forms_for_them(stage):
    await worked_on(stage)
    await stage.sev(YUKI, "close 1 anyway 重複")
    closed = await stage.case()

    for words in ACTS:
        answer = await stage.sev(KEN, words)

        assert "reopen 1" in answer, words
        assert stage.ken.view is None, words
    assert await stage.case() == closed


async def test_what_is_closed_can_be_read_and_noted(stage):
    await worked_on(stage)
    await stage.sev(YUKI, "close 1 anyway 重複")

    await stage.sev(KEN, "note 1 請求先に連絡済み")

    assert "SEV-1" in await stage.sev(KEN, "show 1")
    assert "請求先に連絡済み" in await stage.sev(KEN, "timeline 1")
    assert (await stage.case()).status == "closed"


# ---------------------------------------------------------------- beginning again


@pytest.mark.parametrize("way", ["slash", "mention", "button"])
async def test_reopening_starts_the_first_response_anew(stage, way):
    case = await worked_on(stage)
    await stage.sev(YUKI, "close 1 anyway 復旧済み")
    await stage.at("10:00")

    if way == "slash":
        await stage.sev(MEI, "reopen 1 再発")
    elif way == "mention":
        await stage.mention(MEI, case, "reopen 再発")
    else:
        assert await stage.press(MEI, stage.card(case), "reopen", reason="再発") is None

    case, fact = await stage.case(), (await stage.facts())[-1]
    assert (case.status, case.cycle, case.owner, fact.reason) == ("open", 2, YUKI, "再発")
    assert [(c.name, c.serial, c.due - fact.at) for c in clocks(case)] == [("first-response", 2, timedelta(minutes=15))]
    before = len(stage.said_to(YUKI))
    await stage.at("10:16")
    assert len(stage.said_to(YUKI)) == before + 1
    assert "10:15" in stage.said_to(YUKI)[-1].text


async def test_a_promise_that_is_still_to_come_stands_after_reopening(stage):
    case = await worked_on(stage)
    await stage.sev(YUKI, "resolve 1")
    await stage.at("09:20")

    await stage.mention(YUKI, case, "reopen 再発")

    running = [(clock.name, clock.due) for clock in clocks(await stage.case())]
    assert running[1] == ("next-contact", tokyo("09:40"))
    assert running[0][0] == "first-response"


async def test_a_promise_that_passed_while_it_was_over_was_missed(stage):
    case = await worked_on(stage)
    await stage.sev(YUKI, "resolve 1")
    await stage.at("09:50")

    await stage.mention(YUKI, case, "reopen 再発")

    case = await stage.case()
    assert (case.promise, case.tally.missed) == (None, 1)


async def test_reopening_needs_a_reason(stage):
    case = await stage.open_case()
    await stage.sev(YUKI, "close 1 anyway 重複")
    closed = await stage.case()

    answer = await stage.mention(YUKI, case, "reopen")
    await stage.sev(YUKI, "reopen 1")
    with pytest.raises(SlackRefusal, match="reason"):
        await stage.yuki.submit({})

    assert "reopen 1" in answer
    assert await stage.case() == closed


async def test_what_is_open_cannot_be_reopened(stage):
    case = await stage.open_case()

    assert "SEV-1" in await stage.sev(YUKI, "reopen 1 再発")
    assert await stage.case() == case
