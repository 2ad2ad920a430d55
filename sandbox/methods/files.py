"""files.*: the app uploads in three steps: ask for an address, send the bytes there, share what was sent.

https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.content import content
from sandbox.errors import SlackError
from sandbox.files import File
from sandbox.methods.chat import parent, writable
from sandbox.methods.method import Json, Method

if TYPE_CHECKING:
    from sandbox.slack import Sandbox


def get_upload_url(slack: Sandbox, args: Json) -> Json:
    """D:reference/methods/files.getUploadURLExternal"""
    name, length = str(args.get("filename") or ""), str(args.get("length") or "")
    if not name or not length:
        raise SlackError("missing_argument")
    if not length.isdigit() or int(length) == 0:
        raise SlackError("invalid_arguments")
    alt = str(args.get("alt_txt") or "")
    secret, file = slack.files.expect(name, int(length), slack.bot_user_id, slack.clock.now(), alt)
    return {"ok": True, "upload_url": f"{slack.url}/upload/v1/{secret}", "file_id": file.id}


def complete_upload(slack: Sandbox, args: Json) -> Json:
    """Share what was sent, in one message; where it stands is not said: that is made known later, if at all.

    D:reference/methods/files.completeUploadExternal, gh:slackapi/python-slack-sdk#1277
    """
    files = [_sent(slack, given) for given in _given(args)]
    if where := args.get("channel_id"):
        channel = writable(slack, {**args, "channel": where})
        root = parent(slack, channel, args.get("thread_ts"))
        comment = str(args.get("initial_comment") or "")
        words = {"text": comment} if comment else {"blocks": args["blocks"]} if args.get("blocks") else None
        shown = tuple(file.as_json(slack.url) for file in files)
        slack.posts.bot_shares(channel.id, content(words) if words else None, shown, root)
    for file in files:
        slack.files.all[file.id] = file
    return {"ok": True, "files": [{**file.as_json(slack.url), "shares": {}} for file in files]}


def _given(args: Json) -> list[Json]:
    files: Any = args.get("files")
    if isinstance(files, str):
        try:
            files = json.loads(files)
        except ValueError:
            files = None
    if not isinstance(files, list) or not files or not all(isinstance(one, dict) for one in files):
        raise SlackError("invalid_arguments")
    return files


def _sent(slack: Sandbox, given: Json) -> File:
    file = slack.files.all.get(str(given.get("id")))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    return replace(file, title=str(given.get("title") or file.name))


METHODS = (
    Method("files.getUploadURLExternal", get_upload_url, ("files:write",), tier=4),
    Method("files.completeUploadExternal", complete_upload, ("files:write",), tier=4),
)
