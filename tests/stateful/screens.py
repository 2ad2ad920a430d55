"""Screens: what stands on a message, a form or the home tab, and can be pressed or chosen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox import Message
from tests.stage import ALEX, BOB, HANA, KEN, MEI, YUKI

TEAM = (YUKI, BOB, HANA, KEN, MEI, ALEX)


@dataclass(frozen=True)
class Touchable:
    """Something on a screen that can be pressed or chosen from."""

    where: Any
    action: str
    block: str
    choices: tuple[dict[str, Any], ...]


def touchables_of(where: Message | dict[str, Any], blocks: list[Any]) -> Iterator[Touchable]:
    for block in blocks:
        elements = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        for element in elements:
            if not isinstance(element, dict) or "action_id" not in element or "url" in element:
                continue
            options = [
                *element.get("options", []),
                *(o for g in element.get("option_groups", []) for o in g["options"]),
            ]
            if element["type"] == "button":
                choices: tuple[dict[str, Any], ...] = ({"value": element.get("value")},)
            elif options:
                choices = tuple({"option": option["value"]} for option in options)
            elif "users_select" in element["type"]:
                choices = tuple({"user": who} for who in TEAM)
            else:
                continue
            yield Touchable(where, element["action_id"], block["block_id"], choices)
