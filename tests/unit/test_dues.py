"""Dues: the time that a request begins or ends with, told from one that belongs to what is asked for."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.slack.dues import take_due
from handlers.slack.verbs.tasking import Answered, _answered

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
"""Nine in the morning in Tokyo."""


@pytest.mark.parametrize(
    ("words", "clock", "left"),
    [
        ("check the NSG flow logs by 02:40", "02:40", "check the NSG flow logs"),
        ("check the logs until 15:00", "15:00", "check the logs"),
        ("check the logs 15:00", "15:00", "check the logs"),
        ("check the logs in 30m", "09:30", "check the logs"),
        ("check the logs by tomorrow 9:00, please", "09:00", "check the logs"),
        ("by 15:00 check the logs", "15:00", "check the logs"),
        ("by 15:00", "15:00", ""),
        ("check the logs by 30m", "09:30", "check the logs"),
        ("check the logs within 20m, please", "09:20", "check the logs"),
        ("check the logs no later than 15:00", "15:00", "check the logs"),
        ("check the logs due 15:00", "15:00", "check the logs"),
        ("check the logs, due in 30m", "09:30", "check the logs"),
        ("within 20m check the logs", "09:20", "check the logs"),
        ("by 20m check the logs", "09:20", "check the logs"),
        ("NSG のフローログの確認 02:40まで", "02:40", "NSG のフローログの確認"),
        ("NSG のフローログの確認を02:40までにお願いします", "02:40", "NSG のフローログの確認"),
        ("フローログの確認、30分以内に", "09:30", "フローログの確認"),
        ("15:00までに拒否ログを確認", "15:00", "拒否ログを確認"),
        ("拒否ログの確認 明日 9:00まで", "09:00", "拒否ログの確認"),
    ],
)
def test_when_it_is_due(words, clock, left):
    due, rest = take_due(words, NOW, TOKYO)

    assert due is not None
    assert f"{due.astimezone(TOKYO):%H:%M}" == clock
    assert rest.rstrip(", ") == left


@pytest.mark.parametrize(
    "words",
    [
        "check the denies since 23:38",
        "check the last 30m",
        "who logged in at 23:38",
        "compare 22:00 to 23:00",
        "23:38 以降の拒否ログを確認",
        "15:00 のログを確認",
        "check the logs",
        "check what goes by the firewall",
        "",
        "check host 10.0.0.5 port 443",
    ],
)
def test_what_is_no_time_to_be_due(words):
    assert take_due(words, NOW, TOKYO) == (None, words)


@pytest.mark.parametrize(
    ("rest", "answer"),
    [
        ("accept 1", Answered("accept", 1, "")),
        ("accept", Answered("accept", None, "")),
        ("承諾します", Answered("accept", None, "")),
        ("done 3 no deny", Answered("done", 3, "no deny")),
        ("3 done no deny", Answered("done", 3, "no deny")),
        ("完了3 拒否なし", Answered("done", 3, "拒否なし")),
        ("完了しました 拒否なし", Answered("done", None, "拒否なし")),
        ("辞退 #2 別件対応中", Answered("decline", 2, "別件対応中")),
        ("取消 2", Answered("withdraw", 2, "")),
        ("<@U02BOB> done the logs", None),
        ("check what is done", None),
        ("3 servers to check", None),
        ("", None),
    ],
)
def test_an_answer_is_told_from_a_request(rest, answer):
    assert _answered(rest) == answer
