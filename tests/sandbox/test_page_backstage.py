"""Backstage: the clock, trouble on purpose, the journal, and stories played, stepped and taken over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.hooks import Hooks
from sandbox.show import Show
from sandbox.story import Story, StoryFault
from sandbox.travel import travel
from tests.sandbox.browsing import Open
from tests.sandbox.conftest import NINE, Inbox

SCRIPT = """
title: A short story
about: Two people talk.
zone: Asia/Tokyo
start: "2026-11-24T09:05:00+09:00"
channel: C01SEVJA
steps:
  - {at: "09:10", who: U01YUKI, post: "first", note: "Look here"}
  - {at: "09:20", who: U02BOB, say: "second"}
  - {at: "09:30", pass: wait}
  - {at: "09:40", who: U03HANA, click: missing}
  - {at: "09:50", who: U02BOB, say: "last"}
"""


@pytest.fixture
def shown(slack: Sandbox) -> Sandbox:
    slack.clock.freeze(NINE)
    slack.show = Show(slack, {"short": Story.read(SCRIPT)}, patience=0.05)
    return slack


def said(slack: Sandbox) -> list[str]:
    return [m.text for m in slack.messages("C01SEVJA", replies=True)]


# ---- the clock


async def test_the_clock_is_set_to_a_speed_and_stopped(slack: Sandbox, open_as: Open):
    page = open_as("U01YUKI")

    await page.do("/page/clock/speed", factor="600")
    assert slack.clock.factor == 600
    await page.do("/page/clock/speed", factor="0")
    assert slack.clock.factor == 0


async def test_a_jump_stops_at_each_moment_that_the_app_waits_for(slack: Sandbox, open_as: Open):
    slack.clock.freeze(NINE)
    waiting = [NINE + timedelta(minutes=m) for m in (10, 20, 90)]
    seen = []

    async def next_moment():
        return waiting[0] if waiting else None

    async def settle():
        seen.append(slack.clock.now())
        if waiting and waiting[0] <= slack.clock.now():
            waiting.pop(0)

    slack.hooks = Hooks(next_moment=next_moment, settle=settle)
    await open_as("U01YUKI").do("/page/clock/next")
    assert slack.clock.now() == NINE + timedelta(minutes=10)

    await travel(slack, NINE + timedelta(hours=1))
    assert seen == [NINE + timedelta(minutes=m) for m in (10, 20, 60)]
    assert waiting == [NINE + timedelta(minutes=90)]


async def test_an_app_that_stays_late_does_not_hold_the_clock_for_ever(slack: Sandbox):
    slack.clock.freeze(NINE)

    async def next_moment():
        return NINE - timedelta(minutes=1)

    async def settle():
        return None

    slack.hooks = Hooks(next_moment=next_moment, settle=settle)
    await travel(slack, NINE + timedelta(hours=1))

    assert slack.clock.now() == NINE + timedelta(hours=1)


async def test_jumping_to_nine_means_nine_where_the_viewer_lives(slack: Sandbox, open_as: Open):
    slack.clock.freeze(NINE)

    await open_as("U02BOB").do("/page/clock/nine", user="U02BOB")

    assert slack.clock.now() == NINE + timedelta(hours=9)


async def test_scheduled_messages_can_be_jumped_to_without_any_hook(
    slack: Sandbox, client: AsyncWebClient, open_as: Open
):
    slack.clock.freeze(NINE)
    page = open_as("U01YUKI")
    assert 'id="jump-next"' not in await page.look()
    await client.chat_scheduleMessage(channel="C01SEVJA", text="later", post_at=int(NINE.timestamp()) + 600)
    assert 'id="jump-next"' in await page.look()

    await page.do("/page/clock/next")

    assert said(slack) == ["later"]
    assert slack.clock.now() == NINE + timedelta(minutes=10)


# ---- trouble


async def test_trouble_is_set_shown_and_taken_back(slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open):
    page = open_as("U01YUKI")
    await page.do("/page/trouble/limit")
    await page.do("/page/trouble/twice")

    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.auth_test()
    _, shown = await page.get("/as/U01YUKI/C01SEVJA")
    await slack.person("U01YUKI").post("C01SEVJA", "hello")
    await slack.wait_for(lambda: len(inbox.events("message")) == 2)
    assert "the next 4 calls get 429" in shown
    assert "the next event comes twice" in shown

    await page.do("/page/trouble/clear")
    assert (await client.auth_test())["ok"]
    await page.do("/page/trouble/down")
    assert slack.is_down
    await page.do("/page/trouble/up")
    assert not slack.is_down


async def test_the_bot_can_be_restarted_where_somebody_lent_a_hand(slack: Sandbox, open_as: Open):
    page, restarts = open_as("U01YUKI"), []

    async def restart():
        restarts.append(slack.clock.now())

    assert 'id="trouble-restart"' not in (await page.get("/as/U01YUKI/C01SEVJA"))[1]
    assert (await page.do("/page/trouble/restart"))[0] == 400
    slack.hooks = replace(slack.hooks, restart_app=restart)
    assert 'id="trouble-restart"' in (await page.get("/as/U01YUKI/C01SEVJA"))[1]
    assert (await page.do("/page/trouble/restart"))[0] == 200
    assert len(restarts) == 1


# ---- the journal


async def test_calls_and_events_are_written_down_with_answer_and_delay(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    await slack.person("U01YUKI").post("C01SEVJA", "北海 needle")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C99", text="x")

    page = open_as("U01YUKI")
    _, shown = await page.get("/as/U01YUKI/C01SEVJA")
    event, call = slack.state.journal.since(0)

    assert (event.direction, event.name, event.status, event.went_well) == ("out", "message", 200, True)
    assert (call.direction, call.name, call.outcome) == ("in", "chat.postMessage", "channel_not_found")
    assert event.seconds > 0
    assert call.seconds > 0
    assert 'data-outcome="channel_not_found"' in shown
    _, payload = await page.get(f"/page/entry/{event.number}")
    assert "needle" in payload
    assert "&#34;event_callback&#34;" in payload


async def test_the_journal_is_searched_also_in_what_is_folded_away(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    await slack.person("U01YUKI").post("C01SEVJA", "北海 needle")
    await client.auth_test()
    page = open_as("U01YUKI")
    shown = await page.look()
    screen = shown.split("/page/stream/")[1].split('"')[0]

    for words, expected in (("needle", 1), ("event_callback needle", 1), ("AUTH.test", 1), ("", 2), ("nothing", 0)):
        _, found = await page.get(f"/page/log/{screen}?q={words}")
        assert found.count("data-entry=") == expected, words


# ---- stories


async def test_a_story_is_stepped_and_the_clock_goes_with_it(shown: Sandbox, open_as: Open):
    page = open_as("U01YUKI")
    await shown.show.choose("short")
    assert shown.clock.now() == NINE + timedelta(minutes=5)

    await page.do("/page/story/step")
    assert said(shown) == ["first"]
    assert shown.clock.now() == NINE + timedelta(minutes=10)
    assert "Look here" in await page.look()
    await page.do("/page/story/step")

    assert said(shown) == ["first", "second"]
    assert shown.clock.now() == NINE + timedelta(minutes=20)


async def test_a_story_that_cannot_go_on_stops_says_why_and_is_taken_over(shown: Sandbox):
    await shown.show.choose("short")
    shown.show.play()
    assert shown.clock.factor == 60, "a standing clock would tell no story"
    shown.clock.speed(36_000)

    await shown.wait_for(lambda: shown.show.trouble)
    assert shown.show.trouble == "no message shows 'missing' to U03HANA"
    assert not shown.show.is_playing
    await shown.person("U03HANA").post("C01SEVJA", "by hand", thread_ts=shown.messages("C01SEVJA")[0].ts)
    shown.show.play()

    await shown.wait_for(lambda: not shown.show.is_playing)
    assert said(shown) == ["first", "second", "by hand", "last"]
    assert shown.show.trouble == ""


async def test_a_story_is_begun_from_the_first_screen(shown: Sandbox, open_as: Open):
    page = open_as("U01YUKI")
    assert "Two people talk." in (await page.get("/"))[1]

    status, _ = await page.do("/page/story/begin", name="short", go="1")

    assert (status, shown.show.is_playing) == (200, True)
    await page.do("/page/story/stop")
    assert not shown.show.is_playing
    assert (await page.do("/page/story/begin", name="nothing"))[0] == 400


async def test_a_story_told_again_begins_on_a_later_day(shown: Sandbox):
    shown.clock.set(NINE + timedelta(hours=5))

    story = await shown.show.choose("short")

    assert story.start == NINE + timedelta(days=1, minutes=5)
    assert [step.at - story.start for step in story.steps[:2]] == [timedelta(minutes=5), timedelta(minutes=15)]
    assert shown.clock.now() == story.start


def test_a_script_with_a_fault_says_where():
    with pytest.raises(StoryFault, match="step 1"):
        Story.read(SCRIPT.replace('"09:10"', '"nine"'))
