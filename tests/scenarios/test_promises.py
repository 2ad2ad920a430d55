"""Promises: only a person who spoke to the customer keeps one, and only an explicit act moves one."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.sla import Clock, clocks
from sandbox import SlackRefusal
from tests.stage import ALEX, BOB, HANA, KEN, NINE, PHONED, SEV_A_EN, YUKI, tokyo

CALLED = "contacted 1 電話 確認中とお伝えしました / next 9:40 ログの結果を共有"


async def promised(stage, due="9:40"):
    """A case whose first response was given at once, with the next contact promised."""
    case = await stage.open_case()
    await stage.mention(YUKI, case, f"contacted 電話 確認中とお伝えしました / next {due} ログの結果を共有")
    return await stage.case()


async def test_the_first_response_is_due_fifteen_minutes_after_the_opening(stage):
    case = await stage.open_case()

    assert clocks(case) == (Clock(name="first-response", serial=1, start=NINE, due=tokyo("09:15"), span="15m"),)
    assert "09:15" in stage.card(case).text


@pytest.mark.parametrize("way", ["button", "slash", "mention"])
async def test_a_contact_keeps_the_promise_and_makes_the_next_one_in_the_same_step(stage, way):
    case = await stage.open_case()

    if way == "button":
        assert await stage.press(YUKI, stage.card(case), "contacted", **PHONED) is None
        answer = stage.whispered(YUKI)
    elif way == "slash":
        answer = await stage.sev(YUKI, CALLED)
    else:
        answer = await stage.mention(YUKI, case, CALLED.replace(" 1 ", " "))

    case = await stage.case()
    made, agreed = (await stage.facts())[-2:]
    assert (made.by, made.how, made.said, made.due, made.late) == (
        YUKI, "phone", PHONED["said"], tokyo("09:15"), False
    )  # fmt: skip
    assert (agreed.due, agreed.action, agreed.at) == (tokyo("09:40"), PHONED["next_action"], made.at)
    assert [(clock.name, clock.due) for clock in clocks(case)] == [("next-contact", tokyo("09:40"))]
    assert (case.last_contact.said, case.tally.kept, case.tally.late) == (PHONED["said"], 1, 0)
    assert "09:40" in answer
    assert PHONED["next_action"] in stage.card(case).text


async def test_a_severe_case_is_never_left_without_a_next_contact(stage):
    case = await stage.open_case()

    answer = await stage.mention(YUKI, case, "contacted 電話 確認中とお伝えしました")

    assert "contacted 1" in answer
    assert await stage.case() == case


async def test_the_modal_insists_on_the_next_contact(stage):
    case = await stage.open_case()
    await stage.yuki.click(stage.card(case), "contacted")

    with pytest.raises(SlackRefusal, match="next_at"):
        await stage.yuki.submit({"said": "確認中", "next_at": None, "next_action": "結果"})
    assert set(await stage.yuki.submit({"said": "確認中", "next_at": "  ", "next_action": "結果"})) == {"next_at"}
    assert set(await stage.yuki.submit({"said": "確認中", "next_at": "9:40", "next_action": " "})) == {"next_action"}
    assert (await stage.case()).last_contact is None


async def test_a_slash_command_asks_in_a_modal_for_what_is_missing(stage):
    await stage.open_case()

    await stage.sev(YUKI, "contacted メール 確認中とお伝えしました")

    fields = {b["block_id"]: b["element"] for b in stage.yuki.view["blocks"] if b["type"] == "input"}
    assert fields["how"]["initial_option"]["value"] == "mail"
    assert fields["said"]["initial_value"] == "確認中とお伝えしました"
    assert await stage.yuki.submit({"next_at": "30m", "next_action": "結果"}) is None
    assert (await stage.case()).promise.due == NINE + timedelta(minutes=30) + (stage.slack.clock.now() - NINE)


async def test_the_mildest_severity_needs_no_next_contact(stage):
    await stage.sev(YUKI, "open C 帳票の文字が小さい")

    await stage.sev(YUKI, "contacted 1 メール 受け付けました")

    case = await stage.case()
    assert (case.last_contact.how, case.promise, case.tally.kept) == ("mail", None, 1)


@pytest.mark.parametrize(("moment", "late"), [(timedelta(0), False), (timedelta(seconds=1), True)])
async def test_a_contact_after_the_due_time_is_counted_late(stage, moment, late):
    case = await stage.open_case()
    stage.slack.clock.set(tokyo("09:15") + moment)

    await stage.mention(YUKI, case, "contacted 電話 遅くなりました / next 9:40 結果")

    case = await stage.case()
    assert (case.tally.kept, case.tally.late) == ((0, 1) if late else (1, 0))
    assert (await stage.facts())[-2].late is late


async def test_anybody_of_the_team_can_keep_the_promise(stage):
    await stage.open_case()

    await stage.sev(HANA, CALLED)

    case = await stage.case()
    assert (case.last_contact.by, case.owner, case.people) == (HANA, YUKI, (HANA,))


async def test_what_is_written_in_the_thread_keeps_no_promise(stage):
    """Only a recorded contact does: not a remark, not a note, not the bot."""
    case = await stage.open_case()

    await stage.ken.post(case.channel, "お客様に電話しました", thread_ts=case.thread)
    await stage.mention(KEN, case, "note お客様に電話しました")

    assert [(c.name, c.due) for c in clocks(await stage.case())] == [("first-response", tokyo("09:15"))]


# ---------------------------------------------------------------- moving a promise


@pytest.mark.parametrize("way", ["slash", "mention"])
async def test_a_promise_moves_with_a_reason_and_keeps_its_action(stage, way):
    case = await promised(stage)

    words = "next 10:00 reason: お客様のご希望"
    answer = await (stage.sev(YUKI, words) if way == "slash" else stage.mention(YUKI, case, words))

    case, moved = await stage.case(), (await stage.facts())[-1]
    assert (case.promise.due, case.promise.action) == (tokyo("10:00"), PHONED["next_action"])
    assert (moved.replaced, moved.reason, moved.missed) == (tokyo("09:40"), "お客様のご希望", False)
    assert (case.tally.renegotiated, case.tally.missed, case.tally.kept) == (1, 0, 1)
    assert "10:00" in answer


@pytest.mark.parametrize("way", ["slash", "mention"])
async def test_a_promise_does_not_move_without_a_reason(stage, way):
    case = await promised(stage)

    answer = await (stage.sev(YUKI, "next 10:00") if way == "slash" else stage.mention(YUKI, case, "next 10:00"))

    assert "next 1" in answer
    assert "09:40" in answer
    assert await stage.case() == case


async def test_the_modal_of_a_standing_promise_wants_a_reason(stage):
    case = await promised(stage)
    await stage.yuki.click(stage.card(case), "next")

    with pytest.raises(SlackRefusal, match="reason"):
        await stage.yuki.submit({"next_at": "10:00"})
    assert await stage.yuki.submit({"next_at": "10:00", "reason": "ログ待ち"}) is None

    assert ((await stage.case()).promise.due, (await stage.facts())[-1].reason) == (tokyo("10:00"), "ログ待ち")


async def test_a_promise_moved_after_its_time_was_missed(stage):
    case = await promised(stage)
    await stage.at("09:45")

    await stage.mention(YUKI, case, "next 10:00 reason: 電話がつながらず")

    case, moved = await stage.case(), (await stage.facts())[-1]
    assert moved.missed
    assert (case.tally.missed, case.tally.renegotiated) == (1, 0)


async def test_the_first_next_contact_can_be_set_before_the_first_response(stage):
    """It is no contact: the first-response clock runs on beside it."""
    case = await stage.open_case()

    await stage.mention(YUKI, case, "next 9:30 状況のご連絡")

    running = [(clock.name, clock.due) for clock in clocks(await stage.case())]
    assert running == [("first-response", tokyo("09:15")), ("next-contact", tokyo("09:30"))]


# ---------------------------------------------------------------- times that are refused


@pytest.mark.parametrize("time", ["1h", "10:00", "1時間後"])
async def test_an_hour_ahead_needs_no_reason(stage, time):
    case = await stage.open_case()

    await stage.mention(YUKI, case, f"contacted 電話 確認中 / next {time} 結果")

    assert (await stage.case()).promise.due - NINE <= timedelta(hours=1, minutes=1)


async def test_more_than_an_hour_ahead_needs_the_reason_that_the_customer_agreed_to(stage):
    case = await stage.open_case()

    refused = await stage.mention(YUKI, case, "contacted 電話 確認中 / next 11:00 結果")
    unchanged = await stage.case()
    await stage.mention(YUKI, case, "contacted 電話 確認中 / next 11:00 結果 reason: お客様と合意")

    assert "contacted 1" in refused
    assert unchanged == case
    agreed = (await stage.facts())[-1]
    assert (agreed.due, agreed.reason) == (tokyo("11:00"), "お客様と合意")


@pytest.mark.parametrize(
    ("field", "time"),
    [("next_at", "2026-11-24 08:00"), ("next_at", "2028-01-01 09:00"), ("next_at", "いつか"), ("reason", "11:00")],
)
async def test_the_modal_says_at_the_field_what_is_wrong_with_the_time(stage, field, time):
    case = await stage.open_case()

    errors = await stage.press(YUKI, stage.card(case), "contacted", **PHONED | {"next_at": time})

    assert list(errors) == [field]
    assert await stage.case() == case
    assert await stage.yuki.submit({"next_at": "9:40"}) is None, "what was refused can be put right in the same modal"
    assert (await stage.case()).promise.due == tokyo("09:40")


@pytest.mark.parametrize("time", ["2026-11-24 08:00", "2028-01-01 09:00", "31:00", "いつか"])
async def test_a_time_that_cannot_be_promised_is_refused_with_one_that_can(stage, time):
    case = await stage.open_case()

    answer = await stage.mention(YUKI, case, f"next {time} 結果を共有 reason: 合意")

    assert "next 1" in answer
    assert await stage.case() == case


# ---------------------------------------------------------------- zones


@pytest.mark.parametrize(
    ("who", "said", "due", "echo"),
    [
        (BOB, "0:40", datetime(2026, 11, 24, 0, 40, tzinfo=UTC), "Tue 24 Nov 00:40 GMT"),
        (ALEX, "16:45", datetime(2026, 11, 24, 0, 45, tzinfo=UTC), "Mon 23 Nov 16:45 PST"),
        (ALEX, "tomorrow 9:00", datetime(2026, 11, 24, 17, 0, tzinfo=UTC), "Tue 24 Nov 09:00 PST"),
        (BOB, "9:30 JST", datetime(2026, 11, 24, 0, 30, tzinfo=UTC), "Tue 24 Nov 00:30 GMT"),
        (YUKI, "明日 9:00", datetime(2026, 11, 25, 0, 0, tzinfo=UTC), "11/25(水) 09:00 日本時間"),
    ],
)
async def test_a_time_is_read_in_the_zone_of_whoever_says_it_and_echoed_with_it(stage, who, said, due, echo):
    case = await stage.open_case()

    answer = await stage.mention(who, case, f"contacted phone told them / next {said} the result reason: agreed")

    assert (await stage.case()).promise.due == due
    assert echo in answer


async def test_the_modal_reads_times_in_the_zone_of_whoever_fills_it_in(stage):
    case = await stage.open_case("[SevA] POS is down", channel=SEV_A_EN, who=BOB)

    await stage.press(ALEX, stage.card(case), "contacted", said="told them", next_at="16:45", next_action="the trace")

    assert (await stage.case()).promise.due == datetime(2026, 11, 24, 0, 45, tzinfo=UTC)
    assert "16:45 PST" in stage.whispered(ALEX)
