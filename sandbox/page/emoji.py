"""Emoji: names as Slack knows them. The table is emojibase's copy of iamcal/emoji-data, Slack's own source (MIT)."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from importlib.resources import files

TONE = re.compile(r"::skin-tone-[2-6]:?")
OFFERED = ("white_check_mark", "eyes", "pray", "+1", "raised_hands", "bow", "tada", "thinking_face", "sos", "heart")
"""What the reaction menu shows; any other name can be typed."""


@functools.cache
def table() -> Mapping[str, str]:
    """Every name and its character."""
    text = files("sandbox.page").joinpath("data/emoji.json").read_text(encoding="utf-8")
    names: dict[str, str] = json.loads(text)
    return names


def character(name: str) -> str | None:
    """The emoji of this name, without its skin tone; None for one that this workspace would have to add."""
    return table().get(TONE.split(name + ":", maxsplit=1)[0].rstrip(":"))


def shown(name: str) -> str:
    """The emoji, or its name between colons as Slack shows an unknown one."""
    return character(name) or f":{name}:"
