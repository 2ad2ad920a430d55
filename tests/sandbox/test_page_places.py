"""Places on the page: what each person sees where, and who may ask at all."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.story import Story
from tests.sandbox.browsing import Open
from tests.sandbox.conftest import Inbox


async def test_the_first_screen_says_what_to_do_in_the_browsers_language(open_as: Open):
    _, english = await open_as("U01YUKI").get("/")
    _, japanese = await open_as("U01YUKI", "ja-JP").get("/")

    assert '<html lang="en">' in english
    assert "Become anyone at any moment" in english
    assert '<html lang="ja">' in japanese
    assert "いつでも誰かになって手を動かせます" in japanese
    for user in ("U01YUKI", "U02BOB", "U06ALEX", "U08GUEST", "U09PARTNER"):
        assert f'data-person="{user}"' in english
    for user in ("U10GONE", "U11RELAY", "U00BOT"):
        assert f'data-person="{user}"' not in english


async def test_a_channel_shows_its_messages_to_its_members_only(slack: Sandbox, inbox: Inbox, open_as: Open):
    await slack.person("U02BOB").post("C01SEVJA", "hello <script>alert(1)</script> & *all*")

    shown = await open_as("U01YUKI").look()

    assert "hello &lt;script&gt;alert(1)&lt;/script&gt; &amp; <b>all</b>" in shown
    assert "<script>alert" not in shown
    assert (await open_as("U09PARTNER").get("/as/U09PARTNER/C01SEVJA"))[0] == 404
    assert "C01SEVJA" not in (await open_as("U09PARTNER").look("C03SHARED")).split('id="sidebar"')[1].split("</nav>")[0]


@pytest.mark.parametrize(
    "path",
    ["/as/U99", "/as/U10GONE", "/as/U00BOT", "/as/U01YUKI/C99", "/as/U01YUKI/D02BOB", "/as/U01YUKI/C01SEVJA/t/1.0"],
)
async def test_a_place_that_is_not_there_is_not_found(open_as: Open, path: str):
    status, shown = await open_as("U01YUKI").get(path)

    assert status == 404
    assert 'href="/"' in shown


async def test_an_ephemeral_message_is_seen_by_one_person(slack: Sandbox, client: AsyncWebClient, open_as: Open):
    await client.chat_postEphemeral(channel="C01SEVJA", user="U01YUKI", text="for you alone")

    mine, theirs = await open_as("U01YUKI").look(), await open_as("U02BOB").look()

    assert "for you alone" in mine
    assert "Only visible to you" in mine
    assert "for you alone" not in theirs


async def test_a_thread_stands_beside_its_channel(slack: Sandbox, inbox: Inbox, open_as: Open):
    root = await slack.person("U01YUKI").post("C01SEVJA", "the case")
    await slack.person("U02BOB").post("C01SEVJA", "a reply", thread_ts=root.ts)
    reply = await slack.person("U03HANA").post("C01SEVJA", "for all", thread_ts=root.ts, broadcast=True)

    channel = await open_as("U01YUKI").look()
    thread = await open_as("U01YUKI").look(thread=root.ts)
    by_reply = await open_as("U01YUKI").look(thread=reply.ts)

    assert 'data-replies="2"' in channel
    assert "a reply" not in channel
    assert "replied to a thread:" in channel
    for page in (thread, by_reply):
        below = page.split('id="thread"')[1]
        assert below.index("the case") < below.index("a reply") < below.index("for all")


async def test_unread_marks_and_calls_go_when_the_place_was_seen(slack: Sandbox, inbox: Inbox, open_as: Open):
    hana = open_as("U03HANA")
    await hana.look("C06RANDOM")
    root = await slack.person("U02BOB").post("C01SEVJA", "hello @鈴木 花")
    await slack.person("U02BOB").post("C01SEVJA", "and here @鈴木 花", thread_ts=root.ts)

    before = _door(await hana.look("C06RANDOM"))
    await hana.look("C01SEVJA")
    between = _door(await hana.look("C06RANDOM"))
    await hana.look("C01SEVJA", thread=root.ts)
    after = _door(await hana.look("C06RANDOM"))

    assert 'class="door unread"' in before
    assert ">2</span>" in before
    assert ">1</span>" in between, "the one in the thread"
    assert 'class="door"' in after


def _door(shown: str) -> str:
    return shown.split("Channels</p>")[1].split("</a>")[0]


async def test_a_line_stands_before_what_is_new(slack: Sandbox, inbox: Inbox, open_as: Open):
    await slack.person("U02BOB").post("C01SEVJA", "old")
    await open_as("U01YUKI").look()
    slack.clock.move(timedelta(minutes=9))
    await slack.person("U02BOB").post("C01SEVJA", "new one")

    shown = await open_as("U01YUKI").look()

    assert shown.index(">old<") < shown.index('class="new-line"') < shown.index("new one")


async def test_edits_deletions_and_reactions_are_shown(slack: Sandbox, inbox: Inbox, open_as: Open):
    bob, yuki = slack.person("U02BOB"), slack.person("U01YUKI")
    first = await bob.post("C01SEVJA", "first")
    await bob.edit(first, "better")
    await yuki.react(first, "eyes")
    second = await bob.post("C01SEVJA", "second")
    await yuki.post("C01SEVJA", "below", thread_ts=second.ts)
    await bob.delete(second)
    third = await bob.post("C01SEVJA", "third")
    await bob.delete(third)

    shown = await open_as("U01YUKI").look()

    assert "better" in shown
    assert "(edited)" in shown
    assert 'data-reaction="eyes"' in shown
    assert 'aria-pressed="true"' in shown.split('class="reactions"')[1]
    assert "This message was deleted." in shown
    assert ">third<" not in shown


async def test_the_home_tab_is_drawn_and_its_opening_told_to_the_app(
    slack: Sandbox, inbox: Inbox, client: AsyncWebClient, open_as: Open
):
    empty = await open_as("U01YUKI").look("home")
    await slack.wait_for(lambda: inbox.events("app_home_opened"))
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "My cases"}}]
    await client.views_publish(user_id="U01YUKI", view={"type": "home", "blocks": blocks})

    shown = await open_as("U01YUKI").look("home")

    assert "This app has published nothing for you yet." in empty
    assert "My cases</h3>" in shown
    assert inbox.events("app_home_opened")[0]["tab"] == "home"


async def test_a_read_only_messages_tab_has_no_field(open_as: Open, slack: Sandbox):
    slack.app = replace(slack.app, messages_tab_read_only=True)

    shown = await open_as("U01YUKI").look("dm")

    assert "Sending messages to this app has been turned off." in shown
    assert "data-composer" not in shown


async def test_slash_commands_are_offered_with_their_hints_but_not_to_other_companies(slack: Sandbox, open_as: Open):
    ours, theirs = await open_as("U01YUKI").look(), await open_as("U09PARTNER").look("C03SHARED")

    assert '"name": "/sev"' in ours
    assert "/sev" not in theirs.split("data-commands")[1].split(">")[0]


async def test_no_script_or_style_stands_in_the_page_and_nothing_comes_from_elsewhere(slack: Sandbox, open_as: Open):
    async with aiohttp.ClientSession() as session, session.get(f"{slack.url}/as/U01YUKI/C01SEVJA") as answer:
        policy, shown = answer.headers["Content-Security-Policy"], await answer.text()

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert " style=" not in shown
    assert "<script>" not in shown
    assert "http://" not in shown.replace("http://www.w3.org", "")
    assert "https://" not in shown
    for file in ("htmx.min.js", "htmx-sse.min.js", "page.js", "page.css", "slack.css", "blocks.css", "htmx.LICENSE"):
        status, _ = await open_as("U01YUKI").get(f"/page/static/{file}")
        assert status == 200


async def test_only_the_page_itself_may_act_and_only_at_loopback(slack: Sandbox, open_as: Open):
    status, _ = await open_as("U01YUKI").get("/", Host="evil.example.com")
    assert status == 403

    fields = {"text": "x", "channel": "C01SEVJA"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{slack.url}/page/as/U01YUKI/say", data=fields) as answer:
            assert answer.status == 403
        async with session.post(f"{slack.url}/page/trouble/down") as answer:
            assert answer.status == 403
    assert slack.messages("C01SEVJA") == []


STORY = """
title: {{ja: 日本の話, en: A Japanese story}}
about: {{ja: 何が起きるか, en: What happens}}
language: {language}
start: "2026-11-24T02:10:00+09:00"
channel: C01SEVJA
steps: [{{at: "02:10", who: U01YUKI, post: hello}}]
"""


@pytest.mark.parametrize(
    ("language", "about", "sentence"), [("en", "What happens", "too old"), ("ja", "何が起きるか", "古い")]
)
async def test_the_first_screen_tells_stories_in_my_language_first_and_turns_old_browsers_away(
    language, about, sentence
):
    told = {name: Story.read(STORY.format(language=name)) for name in ("ja", "en")}
    headers = {"Accept-Language": language}
    async with (
        Sandbox(stories=told) as slack,
        aiohttp.ClientSession() as session,
        session.get(slack.url, headers=headers) as answer,
    ):
        page = await answer.text()

    assert re.findall(r'data-story="([a-z-]+)"', page)[0] == language
    assert about in page
    old = re.search(r'<p class="too-old"[^>]*>(.*?)</p>', page)
    assert old is not None
    assert sentence in old[1]
    assert "<noscript>" in page
