"""Handoff: the owner changes only when the other side accepts, and no due time moves."""

import pytest

from bot.domain.messages import HandoffAccepted, HandoffDeclined, HandoffOffered, OfferHandoff
from bot.domain.values import DeliveryId
from tests.stage import GONE, GUEST, HANA, KEN, MEI, MEMBER, PARTNER, RELAY, YUKI, tokyo

BY_CALL = "contacted 電話 確認中とお伝えしました / next 9:40 ログの結果を共有"


async def offered(stage, to="@ken"):
    """A case with a promise and a finding, held out to Ken."""
    case = await stage.open_case()
    await stage.mention(YUKI, case, BY_CALL)
    await stage.mention(HANA, case, "suspect firewall 23時以降 deny が多数")
    await stage.mention(YUKI, case, f"handoff {to} 10時に電話予定、トレース取得中")
    return await stage.case()


async def test_an_offer_comes_with_the_brief_and_changes_nothing_yet(stage):
    case = await offered(stage)

    (brief,) = stage.said_to(KEN)
    assert (case.owner, case.offer.to, case.offer.by) == (YUKI, KEN, YUKI)
    for word in (
        "SEV-1", "店舗POSのWebサーバーに接続できない", "10時に電話予定、トレース取得中", "09:40", "ログの結果を共有",
        "確認中とお伝えしました", "23時以降 deny が多数", "西日本リテール様",
    ):  # fmt: skip
        assert word in brief.text
    buttons = [e["action_id"] for b in brief.blocks if b["type"] == "actions" for e in b["elements"]]
    assert buttons == ["accept", "decline"]


async def test_the_owner_changes_when_the_other_side_accepts(stage):
    case = await offered(stage)
    due = case.next_due

    await stage.press(KEN, stage.said_to(KEN)[-1], "accept")

    case = await stage.case()
    assert (case.owner, case.offer, case.people, case.next_due) == (KEN, None, (HANA, YUKI), due)
    assert (await stage.facts())[-1] == HandoffAccepted(by=KEN, at=case.changed_at, sender=YUKI)
    assert stage.said_in(case)[-1].pings == {KEN, YUKI}
    assert f"<@{KEN}>" in stage.card(case).text


async def test_reminders_go_to_the_new_owner(stage):
    await offered(stage)
    await stage.press(KEN, stage.said_to(KEN)[-1], "accept")

    await stage.at("09:40")

    assert len(stage.said_to(YUKI)) == 0
    assert "09:40" in stage.said_to(KEN)[-1].text
    assert len(stage.said_to(KEN)) == 2, "the brief, and the one that is due"


@pytest.mark.parametrize("way", ["button", "mention", "slash"])
async def test_who_declines_says_why_and_the_owner_hears_it(stage, way):
    case = await offered(stage)

    if way == "button":
        assert await stage.press(KEN, stage.said_to(KEN)[-1], "decline", reason="別案件の電話中") is None
    elif way == "mention":
        await stage.mention(KEN, case, "decline 別案件の電話中")
    else:
        await stage.sev(KEN, "decline 1 別案件の電話中")

    case = await stage.case()
    assert (case.owner, case.offer) == (YUKI, None)
    declined = HandoffDeclined(by=KEN, at=case.changed_at, sender=YUKI, reason="別案件の電話中")
    assert (await stage.facts())[-1] == declined
    (news,) = stage.said_to(YUKI)
    assert "別案件の電話中" in news.text


async def test_declining_needs_a_reason(stage):
    case = await offered(stage)

    answer = await stage.mention(KEN, case, "decline")

    assert "decline 1" in answer
    assert await stage.case() == case


async def test_only_who_was_asked_can_answer(stage):
    case = await offered(stage)

    for who, words in ((MEI, "accept 1"), (MEI, "decline 1 忙しい"), (YUKI, "accept 1")):
        assert "SEV-1" in await stage.sev(who, words)

    assert await stage.case() == case


async def test_an_offer_that_was_withdrawn_for_another_cannot_be_accepted(stage):
    case = await offered(stage)
    first = stage.said_to(KEN)[-1]
    await stage.mention(YUKI, case, "handoff @mei こちらでお願いします")

    await stage.press(KEN, first, "accept")

    case = await stage.case()
    assert (case.owner, case.offer.to) == (YUKI, MEI)
    assert "SEV-1" in stage.whispered(KEN)


async def test_the_same_offer_twice_is_one(stage):
    case = await offered(stage)

    answer = await stage.mention(YUKI, case, "handoff @ken お願いします")

    assert f"<@{KEN}>" in answer
    assert await stage.case() == case
    assert len(stage.said_to(KEN)) == 1


@pytest.mark.parametrize("way", ["mention", "card"])
async def test_anybody_can_take_the_case_over(stage, way):
    case = await stage.open_case()
    due = case.next_due

    if way == "mention":
        await stage.mention(MEI, case, "handoff @mei 私が引き取ります")
    else:
        await stage.press(MEI, stage.card(case), "more")
        await stage.press(MEI, stage.mei.view, "handoff", to=MEI)

    case = await stage.case()
    assert (case.owner, case.people, case.offer, case.next_due) == (MEI, (YUKI,), None, due)
    assert [type(fact) for fact in (await stage.facts())[-2:]] == [HandoffOffered, HandoffAccepted]
    assert stage.said_to(MEI) == []


async def test_the_owner_cannot_be_handed_the_own_case(stage):
    case = await stage.open_case()

    answer = await stage.mention(KEN, case, "handoff @yuki")

    assert f"<@{YUKI}>" in answer
    assert await stage.case() == case


@pytest.mark.parametrize("to", [GUEST, RELAY, PARTNER, GONE])
@pytest.mark.parametrize("way", ["mention", "modal"])
async def test_who_is_not_of_the_team_cannot_be_given_a_case(stage, way, to):
    case = await stage.open_case()

    if way == "mention":
        words = f"<@{stage.slack.bot_user_id}> handoff <@{to}>"
        await stage.yuki.post(case.channel, words, case.thread, as_stored=True)
        await stage.settle()
        refused = stage.whispered(YUKI)
    else:
        await stage.press(YUKI, stage.card(case), "more")
        errors = await stage.press(YUKI, stage.yuki.view, "handoff", to=to)
        assert list(errors) == ["to"]
        refused = errors["to"]

    assert refused
    assert await stage.case() == case
    assert stage.said_to(to) == []


async def test_to_whom_is_asked_where_nobody_is_named(stage):
    case = await stage.open_case()

    answer = await stage.mention(YUKI, case, "handoff")
    await stage.sev(YUKI, "handoff 1")

    assert "handoff 1" in answer
    assert stage.yuki.view["callback_id"] == "handoff"
    assert await stage.yuki.submit({"to": KEN, "text": "<!channel> 引き継ぎです"}) is None
    await stage.settle()
    (brief,) = stage.said_to(KEN)
    assert brief.pings == {YUKI}


async def test_a_reminder_that_waited_goes_to_nobody_who_gave_the_case_away(stage):
    """Slack is down at 9:15 and Ken takes over meanwhile: Yuki has nothing to do any more, Ken has."""
    case = await stage.open_case()
    await stage.at("09:14")
    before = len(stage.said_to(YUKI))
    await stage.slack.down(True)
    await stage.at("09:15")

    taken = OfferHandoff(delivery=DeliveryId("taken"), by=KEN, case=case.number, to=KEN)
    await stage.bot.desk.handle(taken, MEMBER)
    await stage.slack.down(False)
    await stage.after(minutes=1)
    await stage.after(minutes=1)

    assert len(stage.said_to(YUKI)) == before
    assert KEN in stage.said_in(case)[-1].pings
    assert tokyo("09:15") == (await stage.case()).next_due
