"""Reminders: who is told when, what the buttons do, and why nothing false, nothing twice and nothing lost is said."""

from datetime import timedelta

import pytest

from bot.domain.messages import (
    CloseCase,
    NextStep,
    RecordContact,
    ReminderCame,
    ResolveCase,
    SetNextContact,
)
from bot.domain.values import DeliveryId
from tests.stage import BOB, HANA, KEN, MEI, MEMBER, SEV_A_EN, TEAM, YUKI, staged, tokyo

BY_CALL = "contacted 電話 確認中とお伝えしました / next 9:40 ログの結果を共有"


async def promised(stage):
    """A case whose first response was given, with the next contact promised for 9:40."""
    case = await stage.open_case()
    await stage.mention(YUKI, case, BY_CALL)
    return await stage.case()


def told(stage, case):
    """How many messages stand: to the owner, to the backup, in the thread alone, in the thread and the channel."""
    below = [message for message in stage.said_in(case) if "reminder" in str(message.blocks)]
    loud = [message for message in below if message.broadcast]
    return len(stage.said_to(YUKI)), len(stage.said_to(HANA)), len(below) - len(loud), len(loud)


# ---------------------------------------------------------------- when, and to whom


async def test_the_first_response_is_asked_for_and_then_the_ladder_climbs(stage):
    case = await stage.open_case()
    story = []

    for moment in ("09:07", "09:08", "09:10", "09:15", "09:20", "09:25", "09:54", "09:55", "10:24", "10:25", "10:55"):
        await stage.at(moment)
        story.append((moment, *told(stage, case)))

    assert story == [
        ("09:07", 0, 0, 0, 0),
        ("09:08", 1, 0, 0, 0),  # 50 %, at 9:07:30
        ("09:10", 2, 0, 0, 0),  # 5 minutes before
        ("09:15", 3, 0, 1, 0),  # due: to the owner, and in the thread
        ("09:20", 3, 1, 2, 0),  # the backup, and in the thread
        ("09:25", 3, 1, 2, 1),  # the channel
        ("09:54", 3, 1, 2, 1),
        ("09:55", 3, 1, 2, 2),  # and again
        ("10:24", 3, 1, 2, 2),
        ("10:25", 3, 1, 2, 3),
        ("10:55", 3, 1, 2, 4),
    ]


async def test_a_next_contact_is_asked_for_ten_minutes_before_and_when_it_is_due(stage):
    case = await promised(stage)
    story = []

    for moment in ("09:29", "09:30", "09:39", "09:40", "09:45", "09:50", "10:20"):
        await stage.at(moment)
        story.append((moment, *told(stage, case)))

    assert story == [
        ("09:29", 0, 0, 0, 0),
        ("09:30", 1, 0, 0, 0),
        ("09:39", 1, 0, 0, 0),
        ("09:40", 2, 0, 1, 0),
        ("09:45", 2, 1, 2, 0),
        ("09:50", 2, 1, 2, 1),
        ("10:20", 2, 1, 2, 2),
    ]


async def test_each_step_pings_those_whose_turn_it_is(stage):
    case = await stage.open_case()
    await stage.mention(KEN, case, "claim firewall")

    await stage.at("09:15")
    due = stage.said_in(case)[-1]
    await stage.at("09:20")
    backup = stage.said_in(case)[-1]

    assert due.pings == {YUKI}
    assert {HANA, KEN} <= backup.pings <= {HANA, KEN, YUKI}
    assert len(stage.said_to(KEN)) == 1, "who holds an area stands behind the owner as well"
    assert len(stage.said_to(MEI)) == 0


async def test_a_call_to_the_channel_pings_nobody_by_broadcast(stage):
    case = await stage.open_case()

    await stage.at("09:25")

    call = stage.said_in(case)[-1]
    assert call.broadcast
    assert call.pings <= {YUKI, HANA}


async def test_a_reminder_says_which_case_which_time_and_which_action(stage):
    await promised(stage)

    await stage.at("09:30")

    (reminder,) = stage.said_to(YUKI)
    for word in ("SEV-1", "店舗POSのWebサーバーに接続できない", "09:40", "ログの結果を共有"):
        assert word in reminder.text


async def test_without_a_backup_the_channel_hears_it_at_the_backups_time(stage):
    case = await stage.open_case("[SevA] POS is down", channel=SEV_A_EN, who=BOB)
    story = []

    for moment in ("09:19", "09:20", "09:25", "09:55"):
        await stage.at(moment)
        story.append((moment, *told(stage, case)[2:]))

    assert story == [("09:19", 1, 0), ("09:20", 1, 1), ("09:25", 1, 1), ("09:55", 1, 2)]


async def test_the_timeline_says_why_each_reminder_was_sent(stage):
    await stage.open_case()

    await stage.at("09:25")

    came = [fact for fact in await stage.facts() if isinstance(fact, ReminderCame)]
    assert [(fact.rung, fact.planned, fact.to) for fact in came] == [
        ("due", tokyo("09:15"), (YUKI,)),
        ("backup", tokyo("09:20"), (HANA,)),
        ("channel", tokyo("09:25"), ()),
    ]


# ---------------------------------------------------------------- the buttons


@pytest.fixture(params=["direct message", "thread"])
async def due(request, stage):
    """The promise of 9:40 is due: the reminder, as the owner and as the team see it."""
    case = await promised(stage)
    await stage.at("09:40")
    return stage.said_to(YUKI)[-1] if request.param == "direct message" else stage.said_in(case)[-1]


async def test_contacted_finishes_the_job(stage, due):
    errors = await stage.press(YUKI, due, "contacted", said="復旧見込みを共有", next_at="10:20", next_action="確認")

    case = await stage.case()
    assert errors is None
    assert (case.promise.due, case.last_contact.said) == (tokyo("10:20"), "復旧見込みを共有")
    assert "10:20" in stage.whispered(YUKI)


async def test_change_the_time_moves_the_promise(stage, due):
    await stage.press(YUKI, due, "next", next_at="10:10", reason="お客様が会議中")

    assert (await stage.case()).promise.due == tokyo("10:10")
    assert "10:10" in stage.whispered(YUKI)


async def test_hand_off_offers_the_case(stage, due):
    await stage.press(YUKI, due, "handoff", to=KEN)

    assert (await stage.case()).offer.to == KEN
    assert len(stage.said_to(KEN)) == 1


async def test_im_on_it_holds_the_ladder(stage, due):
    now = stage.slack.clock.now()

    await stage.press(YUKI, due, "ack")

    case = await stage.case()
    assert case.held_until == now + timedelta(minutes=10)
    assert case.promise.due == tokyo("09:40"), "the promise runs on"
    assert f"{case.held_until.astimezone(tokyo('09:00').tzinfo):%H:%M}" in stage.whispered(YUKI)


async def test_the_backup_can_contact_from_the_message_they_got(stage):
    await promised(stage)
    await stage.at("09:45")

    said = {"said": "代わりに連絡", "next_at": "10:20", "next_action": "確認"}
    await stage.press(HANA, stage.said_to(HANA)[-1], "contacted", **said)

    case = await stage.case()
    assert (case.last_contact.by, case.owner, case.tally.late) == (HANA, YUKI, 1)


async def test_the_channel_can_contact_from_the_call_it_got(stage):
    case = await stage.open_case()
    await stage.at("09:25")

    said = {"said": "代表して連絡", "next_at": "10:00", "next_action": "確認"}
    await stage.press(MEI, stage.said_in(case)[-1], "contacted", **said)

    assert (await stage.case()).last_contact.by == MEI


async def test_a_first_response_has_no_time_to_change(stage):
    case = await stage.open_case()

    await stage.at("09:15")

    for reminder in (stage.said_to(YUKI)[-1], stage.said_in(case)[-1]):
        actions = [e["action_id"] for b in reminder.blocks if b["type"] == "actions" for e in b["elements"]]
        assert actions == ["contacted", "draft", "handoff", "ack"]


# ---------------------------------------------------------------- acknowledging


async def test_an_acknowledgement_holds_the_ladder_for_ten_minutes_and_then_it_climbs_on(stage):
    case = await stage.open_case()
    await stage.at("09:18")
    await stage.mention(YUKI, case, "ack")
    story = []

    for moment in ("09:20", "09:27", "09:28", "09:32", "09:33", "10:02", "10:03"):
        await stage.at(moment)
        story.append((moment, *told(stage, case)[1:]))

    assert story == [
        ("09:20", 0, 1, 0),
        ("09:27", 0, 1, 0),
        ("09:28", 1, 2, 0),  # the backup
        ("09:32", 1, 2, 0),
        ("09:33", 1, 2, 1),  # the channel, as long after the backup as ever
        ("10:02", 1, 2, 1),
        ("10:03", 1, 2, 2),
    ]


async def test_a_second_acknowledgement_holds_what_is_still_to_climb(stage):
    case = await stage.open_case()
    await stage.at("09:20")
    before = told(stage, case)
    await stage.mention(YUKI, case, "ack")
    await stage.at("09:29")
    await stage.mention(HANA, case, "ack")

    await stage.at("09:38")
    held = told(stage, case)
    await stage.at("09:40")

    assert held == before
    assert told(stage, case) == (*before[:3], 1)


async def test_an_acknowledgement_between_two_calls_puts_off_the_next_one(stage):
    case = await stage.open_case()
    await stage.at("09:25")
    await stage.at("09:53")
    before = told(stage, case)
    await stage.mention(YUKI, case, "ack")

    await stage.at("10:02")
    held = told(stage, case)
    await stage.at("10:04")

    assert held == before
    assert told(stage, case)[3] == before[3] + 1


async def test_a_contact_ends_what_was_acknowledged(stage):
    case = await promised(stage)
    await stage.at("09:40")
    await stage.mention(YUKI, case, "ack")

    await stage.mention(YUKI, case, "contacted 電話 共有済み / next 10:00 再確認")

    assert (await stage.case()).held_until is None


async def test_where_no_clock_runs_there_is_nothing_to_acknowledge(stage):
    case = await stage.open_case()
    await stage.sev(YUKI, "resolve 1 再起動で復旧")

    answer = await stage.mention(YUKI, case, "ack")

    assert "SEV-1" in answer
    assert (await stage.case()).held_until is None


# ---------------------------------------------------------------- none that is not true


@pytest.mark.parametrize("words", [BY_CALL.replace("9:40", "9:59"), "resolve 再起動で復旧", "close anyway 重複"])
async def test_no_reminder_comes_for_what_is_done(stage, words):
    case = await stage.open_case()
    await stage.at("09:14")
    before = told(stage, case)

    await stage.mention(YUKI, case, words)
    for moment in ("09:15", "09:20", "09:25", "09:48"):
        await stage.at(moment)

    assert told(stage, case) == before


async def test_a_moved_promise_is_asked_for_at_its_new_time_only(stage):
    case = await promised(stage)
    await stage.mention(YUKI, case, "next 9:55 reason: お客様のご希望")
    story = []

    for moment in ("09:30", "09:40", "09:45", "09:54", "09:55"):
        await stage.at(moment)
        story.append((moment, *told(stage, case)))

    assert story == [
        ("09:30", 0, 0, 0, 0),
        ("09:40", 0, 0, 0, 0),
        ("09:45", 1, 0, 0, 0),  # ten minutes before
        ("09:54", 1, 0, 0, 0),
        ("09:55", 2, 0, 1, 0),
    ]


CHANGES = {
    "kept": lambda who: RecordContact(**who, how="phone", said="連絡しました",
                                      next=NextStep(due=tokyo("10:30"), action="確認")),
    "moved": lambda who: SetNextContact(**who, next=NextStep(due=tokyo("10:30"), action="確認"), reason="ご希望"),
    "resolved": lambda who: ResolveCase(**who, how="再起動"),
    "closed": lambda who: CloseCase(**who, anyway=True),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
async def test_what_changed_while_slack_was_down_is_not_asked_for_afterwards(stage, change):
    """The reminders of 9:40 and 9:45 are written down, Slack takes none, and meanwhile they become false."""
    case = await promised(stage)
    await stage.at("09:39")
    before = told(stage, case)
    await stage.slack.down(True)
    await stage.at("09:40")
    await stage.at("09:45")

    who = {"delivery": DeliveryId("meanwhile"), "by": YUKI, "case": case.number}
    await stage.bot.desk.handle(CHANGES[change](who), MEMBER)
    await stage.slack.down(False)
    for _ in range(6):
        await stage.after(minutes=2)

    done = [m for m in stage.said_to(HANA) if "ご連絡済み" in m.text]
    assert len(done) == (change == "kept"), "whoever was to be woken hears that it is done"
    assert told(stage, case) == (before[0], before[1] + len(done), *before[2:])
    assert stage.card(case).version > 1, "the card has caught up"


# ---------------------------------------------------------------- late, and never twice


async def test_what_slack_did_not_take_for_twenty_minutes_says_so(stage):
    case = await stage.open_case()
    await stage.at("09:14")
    before = told(stage, case)
    await stage.slack.down(True)
    for _ in range(21):
        await stage.after(minutes=1)

    await stage.slack.down(False)
    for _ in range(6):
        await stage.after(minutes=1)

    assert told(stage, case) == (before[0] + 1, before[1] + 1, before[2] + 2, before[3] + 1)
    late = stage.said_to(YUKI)[-1]
    assert late.at >= tokyo("09:35")
    assert "09:15" in late.text.split("\n")[-1]
    assert f"{(late.at - tokyo('09:15')) // timedelta(minutes=1)}分" in late.text.split("\n")[-1]


async def test_a_reminder_in_time_says_nothing_of_lateness(stage):
    await promised(stage)

    await stage.at("09:30")

    assert stage.said_to(YUKI)[-1].text.endswith("ログの結果を共有")


async def test_after_an_hour_without_the_bot_each_is_told_once_and_how_late(tmp_path, slack):
    async with staged(tmp_path, slack=slack) as stage:
        case = await stage.open_case()
        begun = told(stage, case)
    slack.clock.set(tokyo("10:05"))

    async with staged(tmp_path, slack=slack) as stage:
        await stage.settle()
        caught_up = told(stage, case)
        await stage.at("10:34")

        assert begun == (0, 0, 0, 0)
        assert caught_up == (1, 1, 0, 1), "the call in the thread speaks for the milder ones"
        assert told(stage, case) == caught_up
        assert "50分" in stage.said_to(YUKI)[-1].text.split("\n")[-1]
        await stage.at("10:35")
        assert told(stage, case)[3] == 2, "and again after half an hour"


async def test_a_restart_moves_no_due_time_and_repeats_nothing(tmp_path, slack):
    async with staged(tmp_path, slack=slack) as stage:
        case = await stage.open_case()
        await stage.at("09:20")
        said, before = told(stage, case), await stage.case()

    async with staged(tmp_path, slack=slack) as stage:
        await stage.settle()

        assert told(stage, case) == said
        assert await stage.case() == before
        assert await stage.bot.desk.next_due() == tokyo("09:25")
        await stage.at("09:25")
        assert told(stage, case) == (*said[:3], 1)


async def test_new_terms_move_no_due_time_of_a_case_that_runs(tmp_path, slack):
    """The terms were copied when the case opened."""
    async with staged(tmp_path, slack=slack) as stage:
        case = await stage.open_case()
    hasty = TEAM + '\n[policies.standard.A]\nfirst_response = "2m"\nnext_contact = "5m"\n'

    async with staged(tmp_path, slack=slack, toml=hasty) as stage:
        await stage.at("09:07")

        assert told(stage, case) == (0, 0, 0, 0)
        assert (await stage.case()).next_due == tokyo("09:15")
