"""The payloads Slack sends: checked against the models of `slack-events`, and told only to subscribers."""

import pytest
from slack_events import BlockActionsPayload, EventCallbackEnvelope, SlashCommandPayload, ViewSubmissionPayload
from slack_events.validation import ValidationError, get_adapter, payload_type_for
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.app import PERMISSIVE


def check(model, payload, *, apart_from=()):
    """A payload has every field its model asks for, each of the right type; null stands for "not on Grid"."""
    try:
        get_adapter(model).validate_python(payload)
    except ValidationError as error:
        wrong = [e for e in error.errors() if e["input"] is not None and e["loc"][0] not in apart_from]
        assert wrong == []


def check_event(payload):
    """The envelope and what is in it."""
    check(EventCallbackEnvelope, payload, apart_from=["event"])
    event = payload["event"]
    model = payload_type_for(event["type"], event.get("subtype"))
    assert model is not None
    # Inside a change Slack's message has no channel and event_ts of its own, which the model asks for.
    check(model, event, apart_from=["message", "previous_message"])


async def test_every_event_fits_its_model(slack, client, inbox):
    yuki, relay = slack.person("U01YUKI"), slack.person("U11RELAY")
    root = await yuki.post("C01SEVJA", "@sandboxbot hello")
    await slack.person("U02BOB").post("C01SEVJA", "reply", thread_ts=root.ts)
    await yuki.edit(root, "edited")
    await yuki.react(root, "eyes")
    await yuki.react(root, "eyes", remove=True)
    await relay.post("C01SEVJA", "from another bot")
    await slack.person("U09PARTNER").post("C03SHARED", "from a partner")
    await yuki.dm("hello")
    sent = await client.chat_postMessage(channel="C01SEVJA", text="by the app")
    await client.chat_update(channel="C01SEVJA", ts=sent["ts"], text="changed")
    await slack.delete_message(slack.message("C01SEVJA", sent["ts"]))
    await yuki.open_home()
    await slack.bring_in("C05NOBOT", "U00BOT", inviter="U01YUKI")
    await slack.kick_bot("C05NOBOT")
    await slack.archive("C06RANDOM")
    await slack.unarchive("C06RANDOM")
    await slack.rename_channel("C06RANDOM", "rare")
    await slack.delete_channel("C06RANDOM")
    await slack.uninstall()
    await slack.wait_for(lambda: len(inbox.events("message")) >= 9)

    for payload in inbox.payloads:
        check_event(payload)
    names = {payload["event"]["type"] for payload in inbox.payloads}
    assert names == set(slack.app.events) - {"message.channels", "message.groups", "message.im", "user_change"} | {
        "message"
    }


async def test_the_envelope_names_the_installation(slack, inbox):
    await slack.person("U01YUKI").post("C01SEVJA", "hello")

    (payload,) = inbox.payloads
    assert payload["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": "T0JIBUN",
            "user_id": "U00BOT",
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    assert (payload["team_id"], payload["api_app_id"], payload["is_ext_shared_channel"]) == ("T0JIBUN", "A00APP", False)
    assert payload["event_time"] == int(slack.clock.now().timestamp())


async def test_a_mention_comes_twice_with_two_event_ids(slack, inbox):
    message = await slack.person("U01YUKI").post("C01SEVJA", "@sandboxbot claim 42")

    assert {p["event"]["type"] for p in inbox.payloads} == {"message", "app_mention"}
    assert {p["event"]["ts"] for p in inbox.payloads} == {message.ts}
    assert len({p["event_id"] for p in inbox.payloads}) == 2


async def test_a_partner_carries_their_own_team(slack, inbox):
    await slack.person("U09PARTNER").post("C03SHARED", "hello")

    (payload,) = inbox.payloads
    assert payload["is_ext_shared_channel"] is True
    assert payload["team_id"] == "T0JIBUN"
    assert (payload["event"]["user_team"], payload["event"]["source_team"]) == ("T0PARTNER", "T0PARTNER")


async def test_the_apps_own_posts_come_back_with_their_metadata(slack, client, inbox):
    meta = {"event_type": "x", "event_payload": {"id": "7"}}
    await client.chat_postMessage(channel="C01SEVJA", text="x", metadata=meta)
    await slack.wait_for(lambda: inbox.events("message"))

    (event,) = inbox.events("message")
    assert (event["bot_id"], event["user"], event["metadata"]) == ("B00BOT", "U00BOT", meta)
    assert "subtype" not in event


async def test_nothing_comes_from_channels_without_the_bot(slack, inbox):
    await slack.person("U01YUKI").post("C05NOBOT", "secret @sandboxbot")
    await slack.kick_bot("C06RANDOM")
    await slack.person("U01YUKI").post("C06RANDOM", "secret")

    assert inbox.events("message") == []
    assert inbox.events("app_mention") == []


@pytest.mark.parametrize("lacking", ["subscription", "scope"])
async def test_nothing_comes_without_subscription_or_scope(lacking):
    manifest = {**PERMISSIVE}
    if lacking == "subscription":
        manifest["settings"] = {"event_subscriptions": {"bot_events": []}}
    else:
        manifest["oauth_config"] = {"scopes": {"bot": ["chat:write"]}}
    async with Sandbox(manifest) as slack:
        await slack.person("U01YUKI").post("C01SEVJA", "@sandboxbot hello")
        assert slack.inbound.pending == 0


async def test_commands_clicks_and_submissions_fit_their_models(slack, client, inbox):
    yuki = slack.person("U01YUKI")
    text = {"type": "plain_text", "text": "x"}
    block = {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": text}]}
    sent = await client.chat_postMessage(channel="C01SEVJA", text="x", blocks=[block])
    await yuki.command("/sev", "list", channel="C01SEVJA")
    await yuki.click(slack.message("C01SEVJA", sent["ts"]), "a")
    view = {"type": "modal", "title": text, "submit": text, "blocks": [block]}
    await client.views_open(trigger_id=inbox.asked[-1]["trigger_id"], view=view)
    await yuki.submit()

    models = (SlashCommandPayload, BlockActionsPayload, ViewSubmissionPayload)
    for model, payload in zip(models, inbox.asked, strict=True):
        check(model, payload)


async def test_users_info_knows_zone_language_and_kind(slack, client, refused):
    async def info(user):
        return (await client.users_info(user=user, include_locale=True))["user"]

    bob, guest, pat, gone = [await info(user) for user in ("U02BOB", "U08GUEST", "U09PARTNER", "U10GONE")]
    assert (bob["tz"], bob["locale"], bob["is_restricted"]) == ("Europe/Dublin", "en-GB", False)
    assert (await info("U01YUKI"))["tz_offset"] == 9 * 3600
    assert guest["is_restricted"] is True
    assert (pat["team_id"], "locale" in pat, pat["is_stranger"]) == ("T0PARTNER", False, False)
    assert gone["deleted"] is True
    assert (await info("U11RELAY"))["is_bot"] is True
    assert "locale" not in (await client.users_info(user="U02BOB"))["user"]
    assert await refused(client.users_info(user="U99")) == "user_not_found"


async def test_someone_who_leaves_cannot_be_written_to(slack, client, inbox, refused):
    await slack.deactivate("U02BOB")

    assert inbox.events("user_change")[0]["user"]["deleted"] is True
    assert await refused(client.conversations_open(users="U02BOB")) == "user_disabled"
    assert await refused(client.chat_postMessage(channel="U02BOB", text="x")) == "user_disabled"


async def test_channels_and_their_members(slack, client, refused):
    shared = (await client.conversations_info(channel="C03SHARED"))["channel"]
    assert (shared["is_ext_shared"], shared["is_member"]) == (True, True)
    assert "U09PARTNER" in (await client.conversations_members(channel="C03SHARED"))["members"]
    listed = await client.conversations_list(exclude_archived=True, limit=2)
    assert len(listed["channels"]) == 2
    assert (await client.conversations_join(channel="C05NOBOT"))["channel"]["is_member"]
    assert await refused(client.conversations_join(channel="C04OLD")) == "is_archived"
    assert await refused(client.conversations_info(channel="C99")) == "channel_not_found"
    await slack.kick_bot("C06RANDOM")
    assert await refused(client.conversations_history(channel="C06RANDOM")) == "not_in_channel"
    assert await refused(client.conversations_replies(channel="C01SEVJA", ts="1.0")) == "thread_not_found"


async def test_history_pages_from_the_newest(slack, client: AsyncWebClient):
    for number in range(5):
        await client.chat_postMessage(channel="C01SEVJA", text=str(number))
    first = await client.conversations_history(channel="C01SEVJA", limit=3)
    rest = await client.conversations_history(
        channel="C01SEVJA", limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    since = await client.conversations_history(channel="C01SEVJA", oldest=slack.messages("C01SEVJA")[2].ts)

    assert [m["text"] for m in (*first["messages"], *rest["messages"])] == ["4", "3", "2", "1", "0"]
    assert [m["text"] for m in since["messages"]] == ["4", "3"]
