"""Rich text, drawn: the block that Slack's own editor writes. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup, escape

from . import mrkdwn_html as mrkdwn
from .dates import filled
from .emoji import shown
from .reader import Reader

Json = dict[str, Any]
_STYLES = (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code"), ("underline", "u"))


def draw(block: Json, reader: Reader) -> Markup:
    """All parts of a rich_text block."""
    return Markup("").join(_part(part, reader) for part in block.get("elements") or [])


def _part(part: Json, reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        tag = "ol" if part.get("style") == "ordered" else "ul"
        items = Markup("").join(Markup("<li>{}</li>").format(_inner(one, reader)) for one in part.get("elements") or [])
        return Markup('<{} class="indent{}">{}</{}>').format(tag, min(int(part.get("indent") or 0), 8), items, tag)
    frames = {"rich_text_section": "p", "rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}
    tag = frames.get(str(kind), "")
    return Markup("<{}>{}</{}>").format(tag, _inner(part, reader), tag) if tag else unknown(part)


def _inner(part: Json, reader: Reader) -> Markup:
    return Markup("").join(_styled(one, reader) for one in part.get("elements") or [])


def _styled(element: Json, reader: Reader) -> Markup:
    drawn = _element(element, reader)
    style = element.get("style")
    for name, tag in _STYLES:
        if isinstance(style, dict) and style.get(name):
            drawn = Markup("<{}>{}</{}>").format(tag, drawn, tag)
    return drawn


def _element(element: Json, reader: Reader) -> Markup:
    match element.get("type"):
        case "text":
            return Markup("<br>").join(escape(line) for line in str(element.get("text", "")).split("\n"))
        case "link":
            url = str(element.get("url", ""))
            return mrkdwn.link(url, str(element.get("text") or url), reader)
        case "user":
            return mrkdwn.mention(str(element.get("user_id", "")), reader)
        case "channel":
            return mrkdwn.channel(str(element.get("channel_id", "")), reader)
        case "usergroup":
            return Markup('<span class="mention">@{}</span>').format(element.get("usergroup_id", ""))
        case "broadcast":
            return mrkdwn.broadcast(str(element.get("range", "")))
        case "emoji":
            return Markup('<span class="emoji">{}</span>').format(shown(str(element.get("name", ""))))
        case "date":
            form, unix = str(element.get("format", "")), int(element.get("timestamp") or 0)
            return escape(filled(form, unix, reader) or element.get("fallback") or str(unix))
        case "color":
            return Markup("<code>{}</code>").format(element.get("value", ""))
    return unknown(element)


def unknown(part: Json) -> Markup:
    """A part that is not known is shown as such, with what it holds."""
    return Markup('<code class="unknown" data-unknown="{}">{}</code>').format(
        part.get("type", "?"), json.dumps(part, ensure_ascii=False)[:500]
    )
