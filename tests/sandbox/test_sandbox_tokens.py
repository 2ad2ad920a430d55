"""Tokens and scopes: who may call what."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox
from sandbox.app import PERMISSIVE


async def test_the_bot_learns_who_it_is(slack, client):
    answer = await client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U00BOT", "B00BOT", "T0JIBUN")


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-someone-else", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(slack, refused, token, error):
    client = AsyncWebClient(slack.app_token if token == "app" else token, base_url=slack.api_url)

    assert await refused(client.auth_test()) == error


async def test_a_bot_token_opens_no_socket(slack, client, refused):
    assert await refused(client.api_call("apps.connections.open")) == "not_allowed_token_type"


async def test_a_revoked_token_is_refused_and_the_app_is_told(slack, client, inbox, refused):
    await slack.revoke_token()

    assert await refused(client.auth_test()) == "token_revoked"
    assert inbox.events("tokens_revoked")[0]["tokens"]["bot"] == ["U00BOT"]


async def test_an_unknown_method_is_refused(client, refused):
    assert await refused(client.api_call("chat.shout")) == "unknown_method"


SCOPES = [
    ("chat.postMessage", {"channel": "C01SEVJA", "text": "x"}, "chat:write"),
    ("conversations.info", {"channel": "C01SEVJA"}, "channels:read"),
    ("conversations.history", {"channel": "C01SEVJA"}, "channels:history"),
    ("conversations.list", {}, "channels:read"),
    ("conversations.join", {"channel": "C01SEVJA"}, "channels:join"),
    ("users.info", {"user": "U02BOB"}, "users:read"),
    ("usergroups.list", {}, "usergroups:read"),
    ("usergroups.users.update", {"usergroup": "S01DUTY", "users": "U02BOB"}, "usergroups:write"),
    ("reactions.add", {"channel": "C01SEVJA", "timestamp": "1.0", "name": "eyes"}, "reactions:write"),
    ("team.info", {}, "team:read"),
]


@pytest.mark.parametrize(("method", "args", "scope"), SCOPES, ids=[row[0] for row in SCOPES])
async def test_a_missing_scope_is_named(method, args, scope):
    manifest = {**PERMISSIVE, "oauth_config": {"scopes": {"bot": ["commands"]}}}
    async with Sandbox(manifest) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as caught:
            await client.api_call(method, json=args)

    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", scope, "commands")


async def test_a_call_may_come_as_a_form_as_json_or_as_a_query(slack, client):
    for way in ("data", "json", "params"):
        await client.api_call("chat.postMessage", **{way: {"channel": "C01SEVJA", "text": way}})

    assert [m.text for m in slack.messages("C01SEVJA")] == ["data", "json", "params"]
