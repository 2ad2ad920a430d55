"""Content: what a message says: text, blocks, attachments and metadata, checked as Slack checks them."""

from __future__ import annotations

import json
from typing import Any

from .arguments import given_json, yes
from .blocks import faults_of_message
from .errors import SlackError

Json = dict[str, Any]

TEXT_MOST = 40_000  # truncated beyond. D:reference/methods/chat.postMessage
UPDATE_TEXT_MOST = 4_000  # D:reference/methods/chat.update
MARKDOWN_MOST = 12_000
ATTACHMENTS_MOST = 100
METADATA_BYTES = 16_000  # `metadata_too_large` is documented, its size is not


def content(args: Json, text_most: int = TEXT_MOST) -> Json:
    """Text, blocks, attachments and metadata of a message, checked."""
    text = str(args.get("text") or "")
    markdown = args.get("markdown_text")
    blocks = given_json(args, "blocks", "invalid_blocks_format") or []
    attachments = given_json(args, "attachments", "invalid_attachments") or []
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if markdown and len(markdown) > MARKDOWN_MOST:
        raise SlackError("msg_too_long")
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if faults := faults_of_message(blocks):
        raise SlackError("invalid_blocks", faults, errors=[f.removeprefix("[ERROR] ") for f in faults])
    if len(attachments) > ATTACHMENTS_MOST:
        raise SlackError("too_many_attachments")
    if not (text.strip() or markdown or blocks or attachments):
        raise SlackError("no_text")
    if text_most == UPDATE_TEXT_MOST and len(text) > text_most:
        raise SlackError("msg_too_long")
    return {
        "text": (markdown or text)[:text_most],
        "blocks": blocks,
        "attachments": tuple(attachments),
        "options": {"parse": args.get("parse", "none"), "link_names": yes(args.get("link_names"))},
    }


def metadata(args: Json) -> Json | None:
    """The machine-readable part. D:messaging/message-metadata/"""
    given = given_json(args, "metadata", "invalid_metadata_format")
    if not given:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    if not isinstance(given.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}
