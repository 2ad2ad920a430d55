"""The manifest asks for what the code uses: no more, no less, and in a form that Slack accepts."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.doctor import SCOPES
from bot.settings import Configuration

ROOT = Path(__file__).parent.parent.parent
SCHEMA = ROOT.parent / "shared/slack/manifest.schema.2.0.0.json"

NEEDS: dict[str, set[str]] = {
    "auth_test": set(),
    "chat_deleteScheduledMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_scheduleMessage": {"chat:write"},
    "chat_scheduledMessages_list": set(),
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "usergroups_users_update": {"usergroups:write"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "users_conversations": {"channels:read", "groups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
"""The bot scopes of each method, for the kinds of conversation we call it on: https://docs.slack.dev/reference/methods/
(one page a method). Cases live in public and private channels, reminders in direct messages."""
CALLERS = ("messenger.py", "scheduler.py", "history.py", "upload.py")
APP_LEVEL = {"apps_connections_open"}
"""Called with the app-level token and its `connections:write`, which no manifest grants."""
EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "channel_shared": {"channels:read", "groups:read"},
    "channel_unshared": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "user_change": {"users:read"},
}
"""The scope of each event, from https://docs.slack.dev/reference/events (one page an event)."""
NOT_SUBSCRIBED = {"app_mention"}
"""Understood where an installer subscribes it, and not asked for: docs/decisions/0005."""
KNOWN_SCOPES = re.compile(
    r"commands|chat:write(?:\.public|\.customize)?|app_mentions:read|(?:channels|groups|im|mpim):(?:history|read|write)"
    r"|users:read(?:\.email)?|usergroups:(?:read|write)|reactions:(?:read|write)|team:read|files:write"
    r"|metadata\.message:read|pins:write"
)
"""Granular bot scopes as https://docs.slack.dev/reference/scopes spells them, as many as a bot like this could want."""


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return loaded


def scopes(manifest: dict[str, Any]) -> set[str]:
    return set(manifest["oauth_config"]["scopes"]["bot"])


# ---------------------------------------------------------------- Slack's own rules


def _schema() -> dict[str, Any]:
    if not SCHEMA.exists():
        pytest.skip("the manifest's schema lies beside the checkout in shared/slack, and is not there")
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def faults(manifest: dict[str, Any]) -> list[str]:
    """What Slack's schema has against it."""
    found = jsonschema.Draft7Validator(_schema()).iter_errors(manifest)
    return [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in found]


def test_slacks_schema_accepts_it(manifest: dict[str, Any]) -> None:
    assert faults(manifest) == []


def test_the_schema_would_have_said_so(manifest: dict[str, Any]) -> None:
    """A key of our own invention is refused, so an empty list of faults means something."""
    assert faults({**manifest, "colour": "blue"}) != []


@pytest.mark.parametrize("page", ["docs/install.md", "docs/install.ja.md"])
def test_the_changes_for_http_mode_are_accepted_too(manifest: dict[str, Any], page: str) -> None:
    """The manifest with what the page says to add has every address, and no Socket Mode."""
    (snippet,) = re.findall(r"^```yaml\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    changed = merged(manifest, yaml.safe_load(snippet))
    address = "https://jibungoto.example.com/slack/events"
    assert faults(changed) == []
    assert [command["url"] for command in changed["features"]["slash_commands"]] == [address]
    assert changed["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert changed["settings"]["event_subscriptions"]["request_url"] == address
    assert changed["settings"]["socket_mode_enabled"] is False


def merged(old: Any, new: Any) -> Any:
    """The old document with the new one's entries in it; lists are merged by place."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list):
        return [*(merged(*pair) for pair in zip(old, new, strict=False)), *old[len(new) :]]
    return new


# ---------------------------------------------------------------- rules that the schema does not make


def test_the_bots_name_is_made_of_allowed_characters(manifest: dict[str, Any]) -> None:
    """https://docs.slack.dev/reference/app-manifest: a-z 0-9 - _ . and at most 80."""
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", manifest["features"]["bot_user"]["display_name"])


def test_every_text_is_within_its_length(manifest: dict[str, Any]) -> None:
    about, features = manifest["display_information"], manifest["features"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", about["background_color"])
    assert len(features["shortcuts"]) <= 10
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert re.fullmatch(r"[a-z_]{1,255}", shortcut["callback_id"])
    assert len({shortcut["callback_id"] for shortcut in features["shortcuts"]}) == len(features["shortcuts"])
    for command in features["slash_commands"]:
        assert re.fullmatch(r"/[a-z0-9_-]{1,31}", command["command"])
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


def test_every_scope_is_one_that_slack_knows_and_stands_once(manifest: dict[str, Any]) -> None:
    asked = manifest["oauth_config"]["scopes"]["bot"]
    assert [scope for scope in asked if not KNOWN_SCOPES.fullmatch(scope)] == []
    assert len(set(asked)) == len(asked)


def test_every_scope_and_event_says_why(manifest: dict[str, Any]) -> None:
    lines = (ROOT / "manifest.yml").read_text(encoding="utf-8").splitlines()
    asked = [*manifest["oauth_config"]["scopes"]["bot"], *manifest["settings"]["event_subscriptions"]["bot_events"]]
    whys = {found[1] for line in lines if (found := re.fullmatch(r"\s+- ([a-z_.:]+) +#.+", line))}
    whys.add("groups:read")  # the line above it speaks for both groups scopes
    assert [name for name in asked if name not in whys] == []


def test_reminders_can_arrive(manifest: dict[str, Any]) -> None:
    """Without the messages tab a DM fails with messages_tab_disabled: https://docs.slack.dev/reference/methods/chat.postMessage"""
    home = manifest["features"]["app_home"]
    assert home["messages_tab_enabled"] is True
    assert home["home_tab_enabled"] is True


def test_names_arrive_as_ids(manifest: dict[str, Any]) -> None:
    """`handoff 42 @hana` needs the id behind the name."""
    assert [command["should_escape"] for command in manifest["features"]["slash_commands"]] == [True]


# ---------------------------------------------------------------- against the code


def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def called(path: str) -> Iterator[str]:
    """The Web API methods a file names: what is asked of something that is called a client."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).rpartition(".")[2] in ("client", "_client"):
            yield node.attr


def listened_for() -> set[str]:
    """The event types that edge.py's `match` names."""
    matches = [node for node in ast.walk(tree("handlers/slack/edge.py")) if isinstance(node, ast.Match)]
    (events,) = [match for match in matches if "event_type" in ast.unparse(match.subject)]
    return {
        node.value.value
        for case in events.cases
        for node in ast.walk(case.pattern)
        if isinstance(node, ast.MatchValue) and isinstance(node.value, ast.Constant)
    }


def test_every_method_that_is_called_is_in_the_table() -> None:
    methods = {name for file in CALLERS for name in called(f"handlers/slack/{file}") if "_" in name}
    assert methods == set(NEEDS)
    assert {name for name in called("handlers/slack/socket.py") if name.startswith("apps")} == APP_LEVEL


def test_nobody_else_calls_slack() -> None:
    """Messenger, scheduler and history are the only callers; doctor and line ask who and whether we are."""
    others = [*(ROOT / "handlers").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]
    found = {
        name
        for path in others
        if path.name not in CALLERS
        for name in called(str(path.relative_to(ROOT)))
        if re.match(r"[a-z]+_[a-zA-Z_]+$", name) and name.split("_")[0] in {need.split("_")[0] for need in NEEDS}
    }
    assert found <= {"auth_test"}


def test_the_scopes_are_those_of_methods_events_and_commands(manifest: dict[str, Any]) -> None:
    used = {"commands"}.union(*NEEDS.values(), *EVENTS.values())
    assert scopes(manifest) == used


def test_the_doctor_looks_for_the_same_scopes(manifest: dict[str, Any]) -> None:
    assert set(SCOPES) == scopes(manifest)


def test_the_events_are_those_that_are_listened_for(manifest: dict[str, Any]) -> None:
    subscribed = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert subscribed == set(EVENTS)
    assert {event.partition(".")[0] for event in subscribed} == listened_for() - NOT_SUBSCRIBED


def test_the_command_is_the_one_the_settings_expect(manifest: dict[str, Any]) -> None:
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == [Configuration().command]


def test_the_shortcuts_are_those_whose_forms_are_taken(manifest: dict[str, Any]) -> None:
    """Both open the same form, which comes back as the verb `open`."""
    offered = {(shortcut["callback_id"], shortcut["type"]) for shortcut in manifest["features"]["shortcuts"]}
    assert offered == {("escalate", "message"), ("finding", "message"), ("open", "global")}
    taken = {node.value for node in ast.walk(tree("handlers/slack/modals.py")) if isinstance(node, ast.Constant)}
    assert "open" in taken


def test_no_secret_and_no_address_stands_in_it(manifest: dict[str, Any]) -> None:
    """It is pasted by everybody: Socket Mode as it stands, no URL of anybody."""
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(manifest)
