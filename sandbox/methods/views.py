"""views.*: modals and home tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.arguments import given_json
from sandbox.errors import SlackError
from sandbox.methods.method import Json, Method, given_user
from sandbox.triggers import Trigger

if TYPE_CHECKING:
    from sandbox.slack import Sandbox


def _view(args: Json) -> Any:
    view = given_json(args, "view", "invalid_arguments")
    if view is None:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: view"])
    return view


def _trigger(slack: Sandbox, args: Json) -> Trigger:
    trigger_id = args.get("trigger_id") or args.get("interactivity_pointer")
    if not trigger_id:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    return slack.triggers.exchange(str(trigger_id))


def open_(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/views.open"""
    view = _view(args)
    return {"ok": True, "view": slack.views.open(_trigger(slack, args).user, view)}


def push(slack: Sandbox, args: Json) -> Json:
    """Only from within a modal. D:reference/methods/views.push"""
    view = _view(args)
    trigger = _trigger(slack, args)
    if trigger.view_id is None:
        raise SlackError("not_found")
    return {"ok": True, "view": slack.views.push(trigger.user, view)}


def update(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/views.update"""
    view_id, external_id = args.get("view_id"), args.get("external_id")
    if not view_id and not external_id:
        raise SlackError("invalid_arguments", ["[ERROR] one of view_id or external_id is required"])
    view = slack.views.update(_view(args), view_id=view_id, external_id=external_id, expected=args.get("hash"))
    return {"ok": True, "view": view}


def publish(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/views.publish"""
    user = given_user(slack, args, "user_id")
    if not slack.app.home_tab:
        raise SlackError("not_enabled")
    return {"ok": True, "view": slack.views.publish(user, _view(args), args.get("hash"))}


METHODS = (
    Method("views.open", open_, tier=4),
    Method("views.push", push, tier=4),
    Method("views.update", update, tier=4),
    Method("views.publish", publish, tier=4),
)
