"""auth.*, api.*, apps.*, team.*, bots.*: who is asking, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.errors import SlackError
from sandbox.methods.method import SPECIAL, Json, Method

if TYPE_CHECKING:
    from sandbox.slack import Sandbox


def auth_test(slack: Sandbox, args: Json) -> Json:
    """The token's identity."""
    world = slack.world
    return {
        "ok": True,
        "url": f"https://{world.domain}.slack.com/",
        "team": world.team_name,
        "user": slack.app.bot_name,
        "team_id": world.team_id,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


def api_test(slack: Sandbox, args: Json) -> Json:
    """An echo."""
    said = {key: value for key, value in args.items() if key != "token"}
    if "error" in said:
        raise SlackError(str(said["error"]), args=said)
    return {"ok": True, "args": said}


def connections_open(slack: Sandbox, args: Json) -> Json:
    """A WebSocket URL for Socket Mode."""
    return {"ok": True, "url": slack.sockets.open_url()}


def team_info(slack: Sandbox, args: Json) -> Json:
    """The workspace."""
    world = slack.world
    domain = {"name": world.team_name, "domain": world.domain, "email_domain": "", "icon": {}}
    return {"ok": True, "team": {"id": world.team_id, **domain}}


def bots_info(slack: Sandbox, args: Json) -> Json:
    """A bot by its bot id."""
    wanted = args.get("bot") or slack.world.bot_id
    for person in slack.state.people.values():
        if person.bot_id == wanted:
            app_id = slack.world.app_id if person.id == slack.world.bot_user_id else f"A{wanted[1:]}"
            bot = {"id": wanted, "deleted": person.deleted, "name": person.name, "updated": 1700000000}
            return {"ok": True, "bot": {**bot, "app_id": app_id, "user_id": person.id, "icons": {}}}
    raise SlackError("bot_not_found")


METHODS = (
    Method("auth.test", auth_test, tier=SPECIAL),
    Method("api.test", api_test, tier=4, token="none"),
    Method("apps.connections.open", connections_open, tier=1, token="app"),
    Method("team.info", team_info, ("team:read",), tier=3),
    Method("bots.info", bots_info, ("users:read",), tier=3),
)
