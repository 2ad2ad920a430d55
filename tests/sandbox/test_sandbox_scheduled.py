"""Scheduled messages post by the sandbox's clock."""

from datetime import UTC, datetime, timedelta

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # when the sandbox of these tests starts


def at(minutes):
    return int((NINE + timedelta(minutes=minutes)).timestamp())


async def test_a_scheduled_message_posts_at_its_time_even_when_the_clock_jumps(slack, client):
    slack.clock.freeze()
    await client.chat_scheduleMessage(channel="C01SEVJA", text="later", post_at=at(10))
    assert slack.messages("C01SEVJA") == []

    slack.clock.move(timedelta(hours=1))
    (message,) = slack.messages("C01SEVJA")
    assert (message.text, message.at) == ("later", NINE + timedelta(minutes=10))


async def test_it_also_posts_when_time_only_runs_faster(slack, client):
    await client.chat_scheduleMessage(channel="C01SEVJA", text="later", post_at=at(10))
    slack.clock.speed(60 * 600)

    await slack.wait_for(lambda: slack.messages("C01SEVJA"))


async def test_one_with_metadata_never_posts(slack, client):
    meta = {"event_type": "x", "event_payload": {"id": "1"}}
    await client.chat_scheduleMessage(channel="C01SEVJA", text="later", post_at=at(10), metadata=meta)
    slack.clock.move(timedelta(hours=1))

    assert slack.messages("C01SEVJA") == []


async def test_it_is_listed_and_can_be_cancelled_until_the_last_minute(slack, client, refused):
    sent = await client.chat_scheduleMessage(channel="C01SEVJA", text="later", post_at=at(10))
    name = sent["scheduled_message_id"]
    listed = (await client.chat_scheduledMessages_list())["scheduled_messages"]
    assert [each["id"] for each in listed] == [name]

    slack.clock.move(timedelta(minutes=9, seconds=1))
    late = client.chat_deleteScheduledMessage(channel="C01SEVJA", scheduled_message_id=name)
    assert await refused(late) == "invalid_scheduled_message_id"
    slack.clock.move(timedelta(minutes=-5))
    await client.chat_deleteScheduledMessage(channel="C01SEVJA", scheduled_message_id=name)
    slack.clock.move(timedelta(hours=1))
    assert slack.messages("C01SEVJA") == []


async def test_the_limits_of_scheduling(slack, client, refused):
    async def schedule(minutes):
        return await refused(client.chat_scheduleMessage(channel="C01SEVJA", text="x", post_at=at(minutes)))

    assert await schedule(-1) == "time_in_past"
    assert await schedule(121 * 24 * 60) == "time_too_far"
    for _ in range(30):
        await client.chat_scheduleMessage(channel="C01SEVJA", text="x", post_at=at(10))
    assert await schedule(11) == "restricted_too_many"


async def test_it_vanishes_when_the_channel_is_archived_meanwhile(slack, client):
    await client.chat_scheduleMessage(channel="C01SEVJA", text="x", post_at=at(10))
    await slack.archive("C01SEVJA")
    slack.clock.move(timedelta(hours=1))

    assert slack.messages("C01SEVJA") == []


async def test_one_withdrawn_in_its_last_five_minutes_is_posted_all_the_same(slack, client):
    sent = await client.chat_scheduleMessage(channel="C01SEVJA", text="later", post_at=at(10))
    slack.clock.move(timedelta(minutes=5, seconds=1))
    await client.chat_deleteScheduledMessage(channel="C01SEVJA", scheduled_message_id=sent["scheduled_message_id"])
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []

    slack.clock.move(timedelta(minutes=5))
    assert [message.text for message in slack.messages("C01SEVJA")] == ["later"]
