"""Time that can be moved, and text that pings."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import Clock
from sandbox.mrkdwn import pings

NINE = datetime(2026, 11, 24, tzinfo=UTC)


async def test_alarms_ring_in_order_and_at_their_own_time():
    clock = Clock()
    clock.freeze(NINE)
    rang = []
    for minutes in (30, 10, 20):
        clock.at(NINE + timedelta(minutes=minutes), lambda minutes=minutes: rang.append((minutes, clock.now())))
    clock.move(timedelta(minutes=25))

    assert rang == [(m, NINE + timedelta(minutes=m)) for m in (10, 20)]
    assert clock.now() == NINE + timedelta(minutes=25)


async def test_the_clock_runs_stops_and_runs_faster():
    clock = Clock()
    clock.freeze(NINE)
    assert clock.now() == clock.now() == NINE
    clock.speed(3600)
    await clock.sleep(timedelta(seconds=36))
    assert clock.now() >= NINE + timedelta(seconds=36)
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused here
    with pytest.raises(ValueError, match="backwards"):
        clock.speed(-1)


def mrkdwn(text, **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, **more}}


NAMES = {"bob": "U02BOB"}


@pytest.mark.parametrize(
    ("text", "blocks", "who"),
    [
        ("hello <@U02BOB>", [], {"U02BOB"}),
        ("<!channel> <!here|here> <!subteam^S1>", [], {"channel", "here", "S1"}),
        ("&lt;!channel&gt; &lt;@U02BOB&gt;", [], set()),
        ("@here @bob", [], set()),
        ("", [mrkdwn("@here @bob bob@bob.jp")], {"here", "U02BOB"}),
        ("", [mrkdwn("@here @bob", verbatim=True)], set()),
        ("", [mrkdwn("<@U02BOB>", verbatim=True)], {"U02BOB"}),
        ("", [{"type": "header", "text": {"type": "plain_text", "text": "<!channel> @here"}}], set()),
        ("", [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<!here>"}]}], {"here"}),
        ("", [{"type": "markdown", "text": "@channel"}], {"channel"}),
        ("", [{"type": "rich_text", "elements": [{"type": "user", "user_id": "U02BOB"}]}], {"U02BOB"}),
    ],
)
def test_whom_a_message_would_ping(text, blocks, who):
    assert pings(text, blocks, names=NAMES) == who


def test_parse_and_link_names_make_bare_names_ping():
    assert pings("@here @bob", parse="full", names=NAMES) == {"here", "U02BOB"}
    assert pings("@here @bob", link_names=True, names=NAMES) == {"here", "U02BOB"}


async def test_a_stored_message_says_whom_it_pings(slack, client):
    await client.chat_postMessage(channel="C01SEVJA", text="x", blocks=[mrkdwn("forged @here <@U02BOB>")])

    assert slack.messages("C01SEVJA")[0].pings == {"here", "U02BOB"}
