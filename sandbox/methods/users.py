"""users.* and usergroups.*: the people of the workspace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sandbox.arguments import yes
from sandbox.errors import SlackError
from sandbox.methods.conversations import KINDS, kind_of
from sandbox.methods.conversations import shown as shown_channel
from sandbox.methods.method import Json, Method, given_user, need, page
from sandbox.world import Person, UserGroup

if TYPE_CHECKING:
    from sandbox.slack import Sandbox


def shown(slack: Sandbox, person: Person, *, locale: bool = False) -> Json:
    """The user object. D:reference/objects/user-object"""
    zone = slack.clock.now().astimezone(ZoneInfo(person.tz))
    offset = zone.utcoffset()
    external = slack.state.is_external(person.id)
    body: Json = {
        "id": person.id,
        "team_id": slack.state.team_of(person),
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": zone.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": _profile(slack, person),
        "is_admin": False,
        "is_owner": False,
        "is_restricted": person.is_restricted or person.is_ultra_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
    }
    if external:
        body["is_stranger"] = not _knows(slack, person.id)
    if locale and person.locale is not None and not external:
        body["locale"] = person.locale  # missing for people of other companies. D:apis/slack-connect/
    if person.deleted:
        for key in ("tz", "tz_label", "tz_offset"):
            body.pop(key)
    return body


def _profile(slack: Sandbox, person: Person) -> Json:
    profile: Json = {"real_name": person.real_name, "display_name": person.real_name, "status_text": ""}
    profile |= {"real_name_normalized": person.real_name, "team": slack.state.team_of(person)}
    if person.bot_id is not None:
        own = person.id == slack.world.bot_user_id
        profile |= {"bot_id": person.bot_id, "api_app_id": slack.world.app_id if own else f"A{person.bot_id[1:]}"}
    return profile


def _knows(slack: Sandbox, user: str) -> bool:
    return any(user in members and slack.state.bot_in(c) for c, members in slack.state.members.items())


def info(slack: Sandbox, args: Json) -> Json:
    """One person."""
    person = slack.state.people[given_user(slack, args)]
    return {"ok": True, "user": shown(slack, person, locale=yes(args.get("include_locale")))}


def list_(slack: Sandbox, args: Json) -> Json:
    """Everyone."""
    locale = yes(args.get("include_locale"))
    found = [shown(slack, person, locale=locale) for person in slack.state.people.values()]
    members, more = page(args, found, most=1000)
    return {"ok": True, "members": members, "cache_ts": int(slack.clock.now().timestamp()), **more}


def usergroups_list(slack: Sandbox, args: Json) -> Json:
    """The user groups. D:reference/methods/usergroups.list"""
    users = yes(args.get("include_users"))
    return {"ok": True, "usergroups": [_group(slack, one, users=users) for one in slack.state.usergroups.values()]}


def usergroups_users_list(slack: Sandbox, args: Json) -> Json:
    """Who is in one. D:reference/methods/usergroups.users.list"""
    return {"ok": True, "users": list(_given_group(slack, args).users)}


def usergroups_users_update(slack: Sandbox, args: Json) -> Json:
    """Put these people into it in place of those who are there; an empty list is refused.

    D:reference/methods/usergroups.users.update
    """
    group, given = _given_group(slack, args), args.get("users") or ""
    users = [
        str(one).strip() for one in (given if isinstance(given, list) else str(given).split(",")) if str(one).strip()
    ]
    if not users:
        raise SlackError("no_users_provided")
    known = [slack.state.people.get(user) for user in users]
    if any(person is None or person.deleted or person.is_bot for person in known):
        raise SlackError("invalid_users")
    slack.state.usergroups[group.id] = replace(group, users=tuple(dict.fromkeys(users)))
    slack.state.bell.ring()
    return {"ok": True, "usergroup": _group(slack, slack.state.usergroups[group.id], users=True)}


def _given_group(slack: Sandbox, args: Json) -> UserGroup:
    group = slack.state.usergroups.get(str(args.get("usergroup") or ""))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _group(slack: Sandbox, group: UserGroup, *, users: bool) -> Json:
    """The user group object. D:reference/objects/usergroup-object"""
    body: Json = {"id": group.id, "team_id": slack.world.team_id, "is_usergroup": True, "name": group.name}
    body |= {"handle": group.handle, "date_delete": 0, "user_count": len(group.users)}
    return body | {"users": list(group.users)} if users else body


def conversations(slack: Sandbox, args: Json) -> Json:
    """The channels that the calling bot is a member of. D:reference/methods/users.conversations"""
    kinds = [kind.strip() for kind in str(args.get("types") or "public_channel").split(",")]
    for kind in kinds:
        if kind not in KINDS:
            raise SlackError("invalid_types")
        need(slack, KINDS[kind])
    found = [c for c in slack.state.channels.values() if slack.state.bot_in(c.id) and kind_of(c) in kinds]
    if yes(args.get("exclude_archived")):
        found = [c for c in found if not c.is_archived]
    bodies = [shown_channel(slack, channel) for channel in found]
    for body in bodies:
        body.pop("is_member", None)
    channels, more = page(args, bodies, most=999)
    return {"ok": True, "channels": channels, **more}


METHODS = (
    Method("users.conversations", conversations, tier=3),
    Method("users.info", info, ("users:read",), tier=4),
    Method("users.list", list_, ("users:read",), tier=2),
    Method("usergroups.list", usergroups_list, ("usergroups:read",), tier=2),
    Method("usergroups.users.list", usergroups_users_list, ("usergroups:read",), tier=2),
    Method("usergroups.users.update", usergroups_users_update, ("usergroups:write",), tier=2),
)
