"""Windows: the frame of a modal view, and the two that hold only a sentence."""

from collections.abc import Sequence
from typing import Any

from bot.domain.values import Language
from handlers.views import parts
from handlers.views.parts import Block
from handlers.views.pen import Pen
from handlers.views.texts import texts

View = dict[str, Any]
TITLE = 24
METADATA = 3000 - 32
"""Slack's limit, less the signature that is put before it."""


def form(pen: Pen, verb: str, meta: str, title: str, submit: str, blocks: Sequence[Block]) -> View:
    """A modal that sends its fields as the verb."""
    view = window(pen, verb, meta, title, blocks)
    return view | {"submit": parts.plain_text(submit, TITLE), "close": parts.plain_text(pen.say("Cancel"), TITLE)}


def window(pen: Pen, verb: str, meta: str, title: str, blocks: Sequence[Block]) -> View:
    """A modal to read, with nothing to send. `meta` that is too long is our mistake, and Slack would refuse it."""
    if len(meta) > METADATA:
        raise ValueError(f"private_metadata holds {METADATA} characters, not {len(meta)}")
    return {
        "type": "modal",
        "callback_id": verb,
        "private_metadata": meta,
        "title": parts.plain_text(title, TITLE),
        "close": parts.plain_text(pen.say("Back"), TITLE),
        "blocks": list(blocks[: parts.VIEW_BLOCKS]),
    }


def loading_modal(language: Language) -> View:
    """Opened at once, because a trigger lives three seconds; the real one replaces it.

    https://docs.slack.dev/interactivity/handling-user-interaction
    """
    return message_modal(language, texts(language).say("One moment …"), verb="loading")


def message_modal(language: Language, text: str, *, verb: str = "message") -> View:
    """Something to read: the `text` of a message of ours, in which typed text is escaped already."""
    pen = Pen(language, "UTC", rich=True)
    return window(pen, verb, "", "Jibungoto", [parts.section(text)])
