"""Times: what people type is one instant, and nothing is guessed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.slack.times import UnreadableTime, find_time, read_duration, read_time, starts_with_time

TOKYO = ZoneInfo("Asia/Tokyo")
DUBLIN = ZoneInfo("Europe/Dublin")
SEATTLE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # a Tuesday, 14:00 in Tokyo


@pytest.mark.parametrize(
    ("said", "tokyo"),
    [
        ("30m", "11-24 14:30"),
        ("1h30m", "11-24 15:30"),
        ("1h 30m", "11-24 15:30"),
        ("1.5h", "11-24 15:30"),
        ("90min", "11-24 15:30"),
        ("90 minutes", "11-24 15:30"),
        ("in 30m", "11-24 14:30"),
        ("30 min later", "11-24 14:30"),
        ("half an hour", "11-24 14:30"),
        ("in an hour", "11-24 15:00"),
        ("30分", "11-24 14:30"),
        ("３０分後", "11-24 14:30"),
        ("1時間半", "11-24 15:30"),
        ("1時間30分後", "11-24 15:30"),
        ("2日後", "11-26 14:00"),
        ("15:00", "11-24 15:00"),
        ("１５：００", "11-24 15:00"),
        ("13:00", "11-25 13:00"),
        ("14:00", "11-25 14:00"),
        ("15時", "11-24 15:00"),
        ("15時半", "11-24 15:30"),
        ("15時5分", "11-24 15:05"),
        ("15:00までに", "11-24 15:00"),
        ("by 15:00", "11-24 15:00"),
        ("午後3時", "11-24 15:00"),
        ("午後 3:30", "11-24 15:30"),
        ("午後15時", "11-24 15:00"),
        ("午前9時", "11-25 09:00"),
        ("午後12時30分", "11-25 12:30"),
        ("朝7時", "11-25 07:00"),
        ("夕方5時", "11-24 17:00"),
        ("正午", "11-25 12:00"),
        ("3pm", "11-24 15:00"),
        ("3:15 p.m.", "11-24 15:15"),
        ("12am", "11-25 00:00"),
        ("25:00", "11-25 01:00"),
        ("tomorrow 9:00", "11-25 09:00"),
        ("9:00 tomorrow", "11-25 09:00"),
        ("tomorrow at 9am", "11-25 09:00"),
        ("明日 9:00", "11-25 09:00"),
        ("明日の9時", "11-25 09:00"),
        ("明朝8時", "11-25 08:00"),
        ("明後日　9:00", "11-26 09:00"),
        ("the day after tomorrow 9:00", "11-26 09:00"),
        ("today 15:00", "11-24 15:00"),
        ("今日 9:00", "11-24 09:00"),
        ("本日25:00", "11-25 01:00"),
        ("Friday 10:00", "11-27 10:00"),
        ("金曜 10時", "11-27 10:00"),
        ("火曜日 13:00", "12-01 13:00"),
        ("火曜日 15:00", "11-24 15:00"),
        ("11/24 9:00", "11-24 09:00"),
        ("11/25(水) 9:00", "11-25 09:00"),
        ("11月25日 9時", "11-25 09:00"),
        ("2026-11-24 09:00", "11-24 09:00"),
        ("2026/11/25 09:00", "11-25 09:00"),
        ("2026年11月25日(水) 9時半", "11-25 09:30"),
        ("2026-11-24T09:00:00+09:00", "11-24 09:00"),
        ("2026-11-24T09:00:00.123-05:00", "11-24 23:00"),
        ("2026-11-24T09:00Z", "11-24 18:00"),
        ("2026-11-24 09:00 UTC", "11-24 18:00"),
        ("15:00 UTC", "11-25 00:00"),
        ("tomorrow 9:00 utc", "11-25 18:00"),
        ("15:00 JST", "11-24 15:00"),
        ("日本時間 15:00", "11-24 15:00"),
        ("15:00 (JST)", "11-24 15:00"),
        ("15:00 UTC+9", "11-24 15:00"),
        ("9am PT", "11-25 02:00"),
        ("15:00 Europe/Dublin", "11-25 00:00"),
    ],
)
def test_a_time_is_read_in_the_speakers_zone(said: str, tokyo: str) -> None:
    """Someone in Tokyo at 14:00 on Tuesday 24 November 2026."""
    when = read_time(said, NOW, TOKYO)
    assert when.tzinfo is UTC
    assert when.astimezone(TOKYO).strftime("%m-%d %H:%M") == tokyo


@pytest.mark.parametrize(
    "said",
    [
        "", " ", "soon", "なるはや", "夕方", "tomorrow", "明日", "11/24", "30", "1500", "9:60", "30:00", "13:00pm",
        "13pm", "2/30 9:00", "24日", "30分前", "2h ago", "15:00 IST", "15:00 CST", "15:00 and then some", "15:00-16:00",
        "1m30h", "2026-13-01 09:00", "15:000", "5 monkeys", "999999m",
    ],
)  # fmt: skip
def test_what_is_not_a_time_is_refused(said: str) -> None:
    """Nothing is guessed, least of all a zone that has two meanings."""
    with pytest.raises(UnreadableTime) as refused:
        read_time(said, NOW, TOKYO)
    assert refused.value.text == said


@pytest.mark.parametrize(
    ("now", "said", "year"),
    [
        (datetime(2026, 12, 20, tzinfo=UTC), "1/5 9:00", 2027),
        (datetime(2027, 1, 3, tzinfo=UTC), "12/28 9:00", 2026),
        (datetime(2026, 11, 24, tzinfo=UTC), "11/20 9:00", 2026),
        (datetime(2027, 12, 24, tzinfo=UTC), "2/29 9:00", 2028),
    ],
)
def test_a_day_without_a_year_is_the_nearest(now: datetime, said: str, year: int) -> None:
    """Past or to come: whether the past is allowed is not decided here."""
    assert read_time(said, now, TOKYO).year == year


@pytest.mark.parametrize(
    ("zone", "now", "said", "utc"),
    [
        # Spring in Seattle, 8 March 2026: 02:00-03:00 does not exist.
        (SEATTLE, "2026-03-08T09:00", "2:30", "2026-03-08T10:30"),
        (SEATTLE, "2026-03-08T09:00", "today 3:30", "2026-03-08T10:30"),
        # Autumn in Seattle, 1 November 2026: 01:00-02:00 comes twice.
        (SEATTLE, "2026-11-01T07:00", "1:30", "2026-11-01T08:30"),
        (SEATTLE, "2026-11-01T09:10", "1:30", "2026-11-01T09:30"),
        (SEATTLE, "2026-11-01T09:40", "1:30", "2026-11-02T09:30"),
        (SEATTLE, "2026-10-31T19:00", "tomorrow 9:00", "2026-11-01T17:00"),
        # Durations are elapsed time, even across the change.
        (SEATTLE, "2026-11-01T08:30", "1h", "2026-11-01T09:30"),
        # In Dublin IST is Irish, in winter as in summer.
        (DUBLIN, "2026-07-01T09:00", "15:00 IST", "2026-07-01T14:00"),
        (DUBLIN, "2026-11-24T09:00", "15:00", "2026-11-24T15:00"),
    ],
)
def test_clocks_that_change(zone: ZoneInfo, now: str, said: str, utc: str) -> None:
    """A skipped time moves forward by the gap; of a doubled one the first still ahead is meant."""
    when = read_time(said, datetime.fromisoformat(now).replace(tzinfo=UTC), zone)
    assert when == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("15:00 send the trace", "send the trace"),
        ("15:00 トレースを\n送付", "トレースを\n送付"),
        ("１５：００　トレースを送付", "トレースを送付"),
        ("15:00までにトレースを送付", "トレースを送付"),
        ("15:00 にしむら様へ電話", "にしむら様へ電話"),
        ("15:00 - send", "send"),
        ("30m: send", "send"),
        ("15:00 DNS/DHCP を確認", "DNS/DHCP を確認"),
        ("15:00 TEST the failover", "TEST the failover"),
        ("15:00 et al", "et al"),
        ("1時間後、結果を共有", "結果を共有"),
        ("15:00 today's trace", "today's trace"),
    ],
)
def test_a_time_is_taken_off_the_front(said: str, rest: str) -> None:
    """The words after it come back as they were typed."""
    found = find_time(said, NOW, TOKYO)
    assert found is not None
    assert found[0] in (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), datetime(2026, 11, 24, 5, 30, tzinfo=UTC))
    assert found[1] == rest


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("20s", timedelta(seconds=20)),
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("1時間半", timedelta(minutes=90)),
        ("２時間", timedelta(hours=2)),
        ("30分間", timedelta(minutes=30)),
        ("2d", timedelta(days=2)),
        ("3日", timedelta(days=3)),
        ("half an hour", timedelta(minutes=30)),
    ],
)
def test_a_duration_is_read(said: str, length: timedelta) -> None:
    """Short or spelled out, in both languages."""
    assert read_duration(said) == length


@pytest.mark.parametrize(
    "said", ["", "30", "15:00", "soon", "1bd", "30m or so", "30分前", "m", "1h" + " " * 50_000 + "x"]
)
def test_what_is_not_a_duration_is_refused(said: str) -> None:
    """A number needs its unit."""
    with pytest.raises(UnreadableTime):
        read_duration(said)


def test_whether_a_phrase_begins_with_a_time() -> None:
    """Asked before a word like "next" is taken for a promise."""
    assert starts_with_time("明日 9:00 に")
    assert not starts_with_time("steps were explained")


@given(st.text(alphabet=st.sampled_from("0123456789:/-+. apmhtodywUTCZ時分日月年半前後午今明曜")))
def test_no_text_breaks_the_reading(said: str) -> None:
    """Whatever is typed gives an aware instant or nothing."""
    found = find_time(said, NOW, SEATTLE)
    assert found is None or found[0].tzinfo is UTC
