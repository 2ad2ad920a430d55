"""Many at once: reminders of one owner that fall due together are one message, with a row of buttons for each."""

from datetime import timedelta

from tests.stage import HANA, KEN, YUKI, Stage, shown, tokyo

NUMBERS = (1, 2, 3, 4, 5)


async def promised(stage: Stage, *times: str, who: str = YUKI) -> None:
    """Cases of one owner whose customers were called and promised another call, each for its time."""
    for number, due in enumerate(times, start=1):
        await stage.open_case(f"[SevA] 店舗POSに接続できない {number}", who=who)
        await stage.sev(who, f"連絡済 {number} 電話 確認中とお伝え / 次回 {due} 結果 {number} をお送りする")


def rows(message):
    """Which case each row of buttons acts on."""
    return [block["elements"][0]["value"] for block in message.blocks if block["type"] == "actions"]


async def test_five_promises_for_one_moment_are_one_ring_of_the_phone(stage: Stage) -> None:
    await promised(stage, *["9:50"] * 5)

    await stage.at("9:40")

    (said,) = stage.said_to(YUKI)
    assert rows(said) == ["1", "2", "3", "4", "5"]
    assert "リマインドが 5 件あります" in said.text
    assert all(f"結果 {number} をお送りする" in shown(said) for number in NUMBERS)
    assert [
        len(fact.to) for number in NUMBERS for fact in await stage.facts(number) if fact.kind == "reminder_came"
    ] == [1] * 5


async def test_each_row_finishes_its_own_job(stage: Stage) -> None:
    await promised(stage, *["9:50"] * 3)
    await stage.at("9:40")
    (said,) = stage.said_to(YUKI)

    third = [block for block in said.blocks if block["type"] == "actions"][2]
    await stage.yuki.click(said, "contacted", value=third["elements"][0]["value"])
    await stage.yuki.submit({"said": "復旧の見込みをお伝え", "next_at": "10:20", "next_action": "経過のご連絡"})
    await stage.settle()

    assert (await stage.case(3)).promise.due == tokyo("10:20")
    assert [(await stage.case(number)).promise.due for number in (1, 2)] == [tokyo("9:50")] * 2


async def test_within_a_minute_the_first_waits_for_the_second_and_nobody_is_called_late(stage: Stage) -> None:
    await promised(stage, "9:50", "9:59")
    await stage.after(seconds=20)
    await stage.sev(YUKI, "次回 2 50m 結果 2 をお送りする 理由: お客様のご要望")
    apart = (await stage.case(2)).promise.due - (await stage.case(1)).promise.due
    assert timedelta(0) < apart < timedelta(minutes=1)

    await stage.at("9:40")
    early = len(stage.said_to(YUKI))
    await stage.after(seconds=apart.total_seconds())

    assert early == 0
    (said,) = stage.said_to(YUKI)
    assert rows(said) == ["1", "2"]
    assert "遅れ" not in said.text


async def test_alone_it_is_what_it_always_was(stage: Stage) -> None:
    await promised(stage, "9:50")

    await stage.at("9:40")

    (said,) = stage.said_to(YUKI)
    assert "件あります" not in said.text
    assert rows(said) == ["1"]


async def test_different_owners_have_messages_of_their_own(stage: Stage) -> None:
    await promised(stage, "9:50")
    await stage.open_case("[SevA] 倉庫の障害", who=KEN)
    await stage.sev(KEN, "連絡済 2 電話 確認中とお伝え / 次回 9:50 結果をお送りする")

    await stage.at("9:40")

    assert [rows(message) for who in (YUKI, KEN) for message in stage.said_to(who)] == [["1"], ["2"]]


async def test_more_than_a_phone_shows_are_two_messages(stage: Stage) -> None:
    await promised(stage, *["9:50"] * 12)

    await stage.at("9:40")

    said = stage.said_to(YUKI)
    assert sorted(int(case) for message in said for case in rows(message)) == list(range(1, 13))
    assert max(len(rows(message)) for message in said) == 10


async def test_whoever_acts_before_it_is_said_is_left_out(stage: Stage) -> None:
    """The message is put off by Slack; meanwhile one of the customers is called."""
    await promised(stage, *["9:50"] * 3)
    stage.slack.faults.add("chat.postMessage", "error:internal_error", channel=YUKI)
    await stage.at("9:40")
    await stage.sev(YUKI, "連絡済 2 電話 復旧の見込みをお伝え / 次回 10:20 経過のご連絡")
    await stage.after(seconds=30)
    await stage.after(seconds=30)

    told = [case for message in stage.said_to(YUKI) for case in rows(message)]
    assert sorted(told) == ["1", "3"]


async def test_an_answer_that_was_lost_is_found_by_each_of_them(stage: Stage) -> None:
    await promised(stage, *["9:50"] * 3)
    stage.slack.faults.add("chat.postMessage", "drop_after", channel=YUKI)

    await stage.at("9:40")
    await stage.after(seconds=30)

    (said,) = stage.said_to(YUKI)
    assert rows(said) == ["1", "2", "3"]


async def test_where_the_owner_cant_be_reached_each_goes_its_own_way(stage: Stage) -> None:
    await promised(stage, *["9:50"] * 2)
    stage.slack.faults.add("chat.postMessage", "error:cannot_dm_bot", channel=YUKI, times=None)

    await stage.at("9:40")
    await stage.after(seconds=5)

    for number in (1, 2):
        assert any(
            "確認" in message.text or "ご連絡" in message.text for message in stage.said_in(await stage.case(number))
        )


async def test_backups_have_theirs_together_too(stage: Stage) -> None:
    await promised(stage, *["9:30"] * 3)

    await stage.at("9:35")

    (said,) = stage.said_to(HANA)
    assert rows(said) == ["1", "2", "3"]
