"""Form: what a person chooses in an element, and what its client refuses to send."""

from __future__ import annotations

import re
from typing import Any

from .blocks import elements_of
from .errors import SlackRefusal
from .state import State
from .views import EMPTY

Json = dict[str, Any]

TEXT_MOST = 3000  # D:reference/block-kit/block-elements/plain-text-input-element
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{2}:\d{2}")


class Forms:
    """Checks a choice against the element and the workspace."""

    def __init__(self, state: State) -> None:
        self._state = state

    def value(self, element: Json, given: Any) -> Json:
        """The state of one element with this value chosen; None empties it."""
        kind: str = element["type"]
        if kind not in EMPTY:
            raise SlackRefusal(f"nobody can fill in a {kind}")
        key = EMPTY[kind]
        if given is None or given in ("", []):
            return {"type": kind, key: [] if key.endswith("s") else None}
        if key.endswith("s"):
            chosen = [self._one(element, each) for each in given]
            most = element.get("max_selected_items")
            if most is not None and len(chosen) > most:
                raise SlackRefusal(f"no more than {most} may be selected")
            return {"type": kind, key: chosen}
        return {"type": kind, key: self._one(element, given)}

    def _one(self, element: Json, given: Any) -> Any:
        kind: str = element["type"]
        if "static_select" in kind or kind in ("radio_buttons", "checkboxes"):
            return option_of(element, given)
        if kind.endswith("external_select"):
            raise SlackRefusal("external selects are not simulated")
        if "users_select" in kind:
            return self._known(given, self._state.people, "person")
        if kind.endswith(("channels_select", "conversations_select")):
            return self._known(given, self._state.channels, "channel")
        return _written(element, given)

    def _known(self, given: Any, among: Any, what: str) -> str:
        if given not in among:
            raise SlackRefusal(f"there is no {what} {given!r} to select")
        return str(given)

    def missing(self, view: Json) -> list[str]:
        """The required inputs that are still empty."""
        return [
            block["block_id"]
            for block in view["blocks"]
            if block["type"] == "input" and not block.get("optional") and not self._filled(view, block)
        ]

    def _filled(self, view: Json, block: Json) -> bool:
        value = view["state"]["values"].get(block["block_id"], {}).get(block["element"]["action_id"])
        return value is None or value[EMPTY[value["type"]]] not in (None, "", [])


def option_of(element: Json, value: Any) -> Json:
    """The option with this value."""
    groups = element.get("option_groups") or []
    options = [*(element.get("options") or []), *(o for group in groups for o in group["options"])]
    for option in options:
        if option.get("value") == value or option == value:
            return dict(option)
    offered = ", ".join(str(option.get("value")) for option in options)
    raise SlackRefusal(f"there is no option {value!r}; there are: {offered}")


def _written(element: Json, given: Any) -> Any:
    kind = element["type"]
    if kind == "datetimepicker":
        return int(given)
    text = str(given)
    if kind == "datepicker" and not _DATE.fullmatch(text):
        raise SlackRefusal(f"{text!r} is not a date (YYYY-MM-DD)")
    if kind == "timepicker" and not _TIME.fullmatch(text):
        raise SlackRefusal(f"{text!r} is not a time (HH:MM)")
    if kind == "plain_text_input":
        _of_length(text, int(element.get("min_length") or 0), int(element.get("max_length") or TEXT_MOST))
    if kind == "email_text_input" and "@" not in text:
        raise SlackRefusal(f"{text!r} is not an address")
    if kind == "url_text_input" and "://" not in text:
        raise SlackRefusal(f"{text!r} is not a link")
    if kind == "number_input":
        _number(text, element)
    return text


def _of_length(text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most:
        raise SlackRefusal(f"the text must have {least} to {most} characters, not {len(text)}")


def _number(text: str, element: Json) -> None:
    try:
        number = float(text)
    except ValueError:
        raise SlackRefusal(f"{text!r} is not a number") from None
    if not element.get("is_decimal_allowed") and not number.is_integer():
        raise SlackRefusal(f"{text!r} is not a whole number")
    least, most = element.get("min_value"), element.get("max_value")
    if (least is not None and number < float(least)) or (most is not None and number > float(most)):
        raise SlackRefusal(f"{text!r} is not between {least} and {most}")


def find_element(
    blocks: list[Json], action_id: str, *, block_id: str | None, value: Any, option: Any
) -> tuple[Json, Json]:
    """The one element that is meant, with its block."""
    found = [
        (block, element)
        for block in blocks
        for element in elements_of(block)
        if element.get("action_id") == action_id and block_id in (None, block.get("block_id"))
    ]
    if value is not None:
        found = [(b, e) for b, e in found if e.get("value") == value or e["type"] not in ("button", "workflow_button")]
    if option is not None and len(found) > 1:
        found = [(b, e) for b, e in found if any(o.get("value") == option for o in e.get("options") or [])]
    if not found:
        there = sorted({str(e.get("action_id")) for b in blocks for e in elements_of(b)})
        raise SlackRefusal(f"there is no {action_id!r} (value {value!r}) here; there are: {', '.join(there) or 'none'}")
    if len(found) > 1:
        raise SlackRefusal(f"there are {len(found)} elements {action_id!r}: say which value or block_id")
    return found[0]
