"""A kept workspace goes on where it stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.keeping import NotKept, kept

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
TEAM = "C01SEVJA"


async def test_everything_people_see_is_there_again(tmp_path):
    file = tmp_path / "slack.json"
    async with Sandbox(now=NINE, keep=file) as slack:
        slack.clock.freeze(NINE)
        assert not slack.went_on
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        root = await slack.person("U01YUKI").post(TEAM, "ネットワークが落ちました", wait=False)
        await slack.person("U04KEN").post(TEAM, "見ます", thread_ts=root.ts, wait=False)
        await slack.person("U05MEI").react(root, "eyes", wait=False)
        said = await client.chat_postMessage(channel=TEAM, text="hello", blocks=[{"type": "divider"}])
        await client.chat_update(channel=TEAM, ts=said["ts"], text="hello again")
        await client.chat_postEphemeral(channel=TEAM, user="U01YUKI", text="only you")
        await client.chat_postMessage(channel="U01YUKI", text="a direct message")
        await client.views_publish(user_id="U01YUKI", view={"type": "home", "blocks": [{"type": "divider"}]})
        slack.state.marks.see("U01YUKI", TEAM, root.ts)
        slack.clock.move(timedelta(hours=1))
        before = kept(slack)

    async with Sandbox(now=NINE, keep=file) as slack:
        slack.clock.freeze()
        assert slack.went_on
        assert slack.clock.now() >= NINE + timedelta(hours=1)
        assert [m.text for m in slack.thread(TEAM, root.ts)] == ["ネットワークが落ちました", "見ます"]
        slack.clock.set(before.now)
        assert kept(slack) == before


async def test_what_waits_at_slack_is_posted_after_the_restart(tmp_path):
    file = tmp_path / "slack.json"
    async with Sandbox(now=NINE, keep=file) as slack:
        slack.clock.freeze(NINE)
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        at = int((NINE + timedelta(minutes=10)).timestamp())
        first = await client.chat_scheduleMessage(channel=TEAM, text="later", post_at=at)

    async with Sandbox(keep=file) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        second = await client.chat_scheduleMessage(channel=TEAM, text="later still", post_at=at + 60)
        assert second["scheduled_message_id"] != first["scheduled_message_id"]
        slack.clock.move(timedelta(minutes=30))
        assert [m.text for m in slack.messages(TEAM)] == ["later", "later still"]


async def test_messages_after_the_restart_come_after_those_before(tmp_path):
    file = tmp_path / "slack.json"
    async with Sandbox(now=NINE, keep=file) as slack:
        slack.clock.freeze(NINE)
        first = await slack.person("U01YUKI").post(TEAM, "before", wait=False)
    async with Sandbox(keep=file) as slack:
        slack.clock.freeze(NINE)
        second = await slack.person("U01YUKI").post(TEAM, "after", wait=False)
    assert second.ts > first.ts


async def test_a_killed_process_leaves_what_it_had_written(tmp_path):
    file = tmp_path / "slack.json"
    slack = Sandbox(now=NINE, keep=file)
    await slack.start()
    await slack.person("U01YUKI").post(TEAM, "before", wait=False)
    assert slack._keeper is not None
    slack._keeper.write()
    written = file.read_bytes()
    await slack.close()
    file.write_bytes(written)

    async with Sandbox(keep=file) as slack:
        assert [m.text for m in slack.messages(TEAM)] == ["before"]


async def test_another_file_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "slack.json"
    file.write_text('{"not": "ours"}')

    with pytest.raises(NotKept, match="move it away"):
        await Sandbox(keep=file).start()

    assert file.read_text() == '{"not": "ours"}'
