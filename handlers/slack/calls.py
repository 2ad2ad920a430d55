"""Calls: one call of the Web API, and what each way of failing means. The only file that knows Slack's error names."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.ports import (
    DeliveryTrouble,
    Faulty,
    Limited,
    MessageGone,
    NotMember,
    PersonGone,
    Stopped,
    ThreadGone,
    ThreadShut,
    Unreachable,
    Unsure,
    Wait,
)

# The classes follow the error tables of chat.postMessage, chat.update and views.publish (D:reference/methods/…).
_LIMITED = {"ratelimited", "rate_limited"}
_WAIT = {"service_unavailable", "request_timeout", "team_added_to_org"}
_UNSURE = {"internal_error", "fatal_error"}
_STOPPED = {
    "not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive", "missing_scope",
    "not_allowed_token_type", "no_permission", "org_login_required", "ekm_access_denied", "accesslimited",
    "access_denied", "message_limit_exceeded",
}  # fmt: skip
_THREAD_GONE = {"thread_not_found", "cannot_reply_to_message"}
_MESSAGE_GONE = {
    "message_not_found", "cant_update_message", "edit_window_closed", "block_mismatch",
}  # fmt: skip
_PERSON_GONE = {"user_not_found", "user_disabled", "user_not_visible", "cannot_dm_bot", "user_deleted"}
_NOT_MEMBER = {"not_in_channel"}
_THREAD_SHUT = {"restricted_action_thread_locked", "restricted_action_non_threadable_channel"}
_UNREACHABLE = {
    "channel_not_found", "is_archived", "is_inactive", "messages_tab_disabled", "restricted_action",
    "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "user_not_in_channel",
}  # fmt: skip
MAY_NOT = ("missing_scope", "not_allowed_token_type", "no_permission", "access_denied")
"""What stops one method and not the whole installation."""


async def call(method: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
    """Call once; every way of failing becomes a DeliveryTrouble."""
    try:
        return await method(**arguments)
    except SlackApiError as error:
        trouble = _trouble(error)
        trouble.method = method_of(method)
        raise trouble from error
    except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError) as error:
        raise _lost(error) from error


def method_of(method: Callable[..., Any]) -> str:
    """`chat.postMessage` in Slack's spelling up to the case of its letters: `conversations_replies` is a function."""
    return str(getattr(method, "__name__", "")).replace("_", ".", 1)


def _lost(error: Exception) -> DeliveryTrouble:
    """Nothing was sent where no connection was made; otherwise nobody knows."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return Wait("Slack can't be reached", seconds=5)
    return Unsure(f"no answer: {type(error).__name__}")


def _trouble(error: SlackApiError) -> DeliveryTrouble:
    response = error.response
    data = getattr(response, "data", None)
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    if not isinstance(data, dict):
        # Not JSON: a gateway answered instead of Slack, which may or may not have done it.
        return Unsure(f"HTTP {status}")
    name = str(data.get("error") or f"HTTP {status}")
    seconds = float(response.headers.get("Retry-After", 0) or 5)
    if status == 429 or name in _LIMITED:
        return Limited(name, seconds=seconds)
    if name in _WAIT:
        return Wait(name, seconds=seconds)
    if name in _UNSURE or status >= 500:
        return Unsure(name)
    kinds: tuple[tuple[set[str], type[DeliveryTrouble]], ...] = (
        (_STOPPED, Stopped),
        (_PERSON_GONE, PersonGone),
        (_THREAD_GONE, ThreadGone),
        (_THREAD_SHUT, ThreadShut),
        (_NOT_MEMBER, NotMember),
        (_MESSAGE_GONE, MessageGone),
        (_UNREACHABLE, Unreachable),
    )
    reason = f"{name} ({data['needed']} needed)" if name == "missing_scope" and data.get("needed") else name
    return next((kind(reason) for names, kind in kinds if name in names), Faulty(_detail(name, data)))


def _detail(name: str, data: dict[str, Any]) -> str:
    messages = (data.get("response_metadata") or {}).get("messages") or []
    return f"{name}: {'; '.join(map(str, messages))}"[:500] if messages else name
