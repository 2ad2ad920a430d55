"""Handoff: the owner changes only when the other side accepts, and no due time moves."""

import pytest

from bot.domain.messages import HandoffAccepted, HandoffDeclined, HandoffOffered, OfferHandoff
from bot.domain.values import DeliveryId
from tests.stage import GONE, GUEST, HANA, KEN, MEI, MEMBER, NAOKO, PARTNER, RELAY, TEAM, YUKI, staged, tokyo

RECEIPT = {"next_action": "トレースを確認して架電"}
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

    assert await stage.press(KEN, stage.said_to(KEN)[-1], "accept", **RECEIPT) is None

    case = await stage.case()
    assert (case.owner, case.offer, case.people, case.next_due) == (KEN, None, (HANA, YUKI), due)
    assert (await stage.facts())[-1] == HandoffAccepted(
        by=KEN, at=case.changed_at, sender=YUKI, action="トレースを確認して架電", due=due
    )
    assert stage.said_in(case)[-1].pings == {KEN, YUKI}
    assert "最初のアクション: トレースを確認して架電" in stage.said_in(case)[-1].text
    assert f"<@{KEN}>" in stage.card(case).text


async def test_reminders_go_to_the_new_owner(stage):
    await offered(stage)
    await stage.press(KEN, stage.said_to(KEN)[-1], "accept", **RECEIPT)

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


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("accept トレースを確認して架電", "09:40"),
        ("承諾 9:40 トレースを確認して架電", "09:40"),
        ("accept 9:50 トレースを確認して架電 理由: お電話で合意", "09:50"),
    ],
)
async def test_the_receipt_in_words(stage, words, due):
    """The time that stands is confirmed by itself; another one is a promise of the new owner, with its reason."""
    case = await offered(stage)

    answer = await stage.mention(KEN, case, words)

    case = await stage.case()
    assert (case.owner, case.next_due) == (KEN, tokyo(due))
    assert due in answer
    assert "最初のアクション: トレースを確認して架電" in answer


async def test_who_forgets_the_first_action_is_asked_in_a_form_or_in_one_sentence(stage):
    case = await offered(stage)

    answer = await stage.mention(KEN, case, "accept")
    await stage.sev(KEN, "accept 1 9:45")

    assert "accept 1" in answer
    assert (stage.ken.view["callback_id"], await stage.case()) == ("accept", case)
    errors = await stage.ken.submit({"next_action": "架電"})
    assert list(errors) == ["reason"], "another time than the one that stands"
    assert await stage.ken.submit({"next_action": "架電", "reason": "お電話で合意"}) is None
    await stage.settle()
    case = await stage.case()
    assert (case.owner, case.next_due, case.promise.action) == (KEN, tokyo("9:45"), "架電")


async def test_a_promise_that_has_passed_is_taken_over_as_it_is(stage):
    case = await offered(stage)
    await stage.at("9:42")

    assert await stage.press(KEN, stage.said_to(KEN)[0], "accept", **RECEIPT) is None

    case = await stage.case()
    assert (case.owner, case.promise.due, case.tally.missed) == (KEN, tokyo("9:40"), 0)


async def test_without_an_answer_both_hear_it_and_then_the_lead(tmp_path):
    led = TEAM.replace('backup = ["U03HANA"]', 'backup = ["U03HANA"]\nshift_leads = ["U07NAOKO"]')
    async with staged(tmp_path, toml=led) as stage:
        case = await stage.open_case()
        await stage.mention(YUKI, case, "contacted 電話 確認中 / next 10:00 結果を共有")
        await stage.mention(YUKI, case, "handoff @ken 10時に電話予定")
        before = len(stage.said_to(YUKI))

        await stage.at("9:09")
        assert len(stage.said_to(KEN)) == 1
        await stage.at("9:11")
        asked, told = stage.said_to(KEN)[-1], stage.said_to(YUKI)[-1]
        assert (len(stage.said_to(KEN)), len(stage.said_to(YUKI))) == (2, before + 1)
        assert "お返事をお願いします" in asked.text
        assert f"<@{KEN}> さんから、引き継ぎのお返事が" in told.text

        await stage.at("9:21")
        (lead,) = stage.said_to(NAOKO)
        assert f"<@{YUKI}> さんから <@{KEN}> さんへの引き継ぎに" in lead.text
        await stage.press(NAOKO, lead, "handoff", to=NAOKO)
        assert (await stage.case()).owner == NAOKO
        await stage.at("9:45")
        assert "取り消しました" in stage.said_to(KEN)[2].text, "somebody else has it now"
        assert len(stage.said_to(KEN)) == 3


async def test_an_answer_in_time_disturbs_nobody(stage):
    await offered(stage)
    await stage.press(KEN, stage.said_to(KEN)[-1], "accept", **RECEIPT)

    await stage.at("9:25")

    assert len(stage.said_to(KEN)) == 1
    assert stage.said_to(YUKI) == []


@pytest.mark.parametrize("way", ["mention", "slash", "more", "message"])
async def test_an_offer_is_withdrawn(stage, way):
    """The receiver hears it, and nobody can accept it any more."""
    case = await offered(stage)
    brief = stage.said_to(KEN)[-1]

    if way == "mention":
        await stage.mention(YUKI, case, "引継 取消")
    elif way == "slash":
        await stage.sev(YUKI, "handoff 1 withdraw")
    elif way == "more":
        await stage.press(YUKI, stage.card(case), "more")
        await stage.press(YUKI, stage.yuki.view, "withdraw")
    else:
        await stage.at("9:11")
        await stage.press(YUKI, stage.said_to(YUKI)[-1], "withdraw")

    case = await stage.case()
    assert (case.owner, case.offer) == (YUKI, None)
    assert (await stage.kinds())[-1] == "handoff_withdrawn"
    assert "取り消しました" in stage.said_to(KEN)[-1].text
    await stage.press(KEN, brief, "accept")
    assert stage.ken.view is None, "nobody fills in a form to be refused afterwards"
    assert "取り消されています" in stage.whispered(KEN)


async def test_accepting_twice_is_told_so(stage):
    case = await offered(stage)
    await stage.mention(KEN, case, "accept まず架電")

    answer = await stage.mention(KEN, case, "accept まず架電")

    assert "すでにあなたです" in answer
    assert (await stage.kinds()).count("handoff_accepted") == 1


async def test_who_was_asked_declines_and_does_not_withdraw(stage):
    case = await offered(stage)

    answer = await stage.mention(KEN, case, "handoff withdraw")

    assert "decline 1" in answer
    assert await stage.case() == case


async def test_declining_needs_a_reason(stage):
    case = await offered(stage)

    answer = await stage.mention(KEN, case, "decline")

    assert "decline 1" in answer
    assert await stage.case() == case


async def test_only_who_was_asked_can_answer(stage):
    case = await offered(stage)

    for who, words in ((MEI, "accept 1 架電"), (MEI, "decline 1 忙しい"), (YUKI, "accept 1 架電")):
        assert "SEV-1" in await stage.sev(who, words)

    assert await stage.case() == case


async def test_an_offer_that_was_withdrawn_for_another_cannot_be_accepted(stage):
    case = await offered(stage)
    first = stage.said_to(KEN)[-1]
    await stage.mention(YUKI, case, "handoff @mei こちらでお願いします")
    told = stage.said_to(KEN)[-1].text
    assert "引き継ぎの依頼を取り消しました" in told, "whoever was asked first need not wait for anything"

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
