"""Block, drawn: each block and element of Block Kit by its own macro; one without a macro is shown as such."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from sandbox.views import EMPTY, initial_values

from . import mrkdwn_html, rich
from .reader import Reader
from .words import Say

Json = dict[str, Any]
Values = Mapping[str, Mapping[str, Json]]

BLOCKS = ("section", "header", "context", "actions", "divider", "image", "input")
_SELECTS = ("static_select", "users_select", "channels_select", "conversations_select")
ELEMENTS = {
    **dict.fromkeys(("button", "overflow", "image", "checkboxes", "radio_buttons"), ""),
    **dict.fromkeys(_SELECTS, "select"),
    **{f"multi_{kind}": "multi_select" for kind in _SELECTS},
    **dict.fromkeys(("datepicker", "timepicker", "datetimepicker"), "picker"),
    **dict.fromkeys(("plain_text_input", "email_text_input", "url_text_input", "number_input"), "text_input"),
}
"""Element types and the macro that draws them; empty: of the same name."""


@dataclass(frozen=True)
class Spot:
    """Where blocks stand, and so where a click on them goes."""

    surface: str  # message, modal, home
    prefix: str  # of DOM ids; the same message may stand in the channel and in its thread
    channel: str = ""
    ts: str = ""
    values: Values = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Control:
    """One element as its macro needs it: ids, what a click sends, and what is chosen now."""

    id: str
    field: str
    vals: Json
    url: str
    target: str
    is_input: bool
    chosen: Any
    options: tuple[Json, ...] = ()
    block_id: str = ""


class Blocks:
    """Draws blocks for one reader; everything typed by a person comes out escaped."""

    def __init__(self, templates: Environment, reader: Reader, say: Say) -> None:
        self._blocks: Any = templates.get_template("blocks.html").module
        self._elements: Any = templates.get_template("elements.html").module
        self.reader, self.say = reader, say

    def draw(self, blocks: Iterable[Json], spot: Spot) -> Markup:
        """All blocks of a surface."""
        listed = list(blocks)
        values = spot.values or dict(initial_values(listed))
        return Markup("").join(self._block(block, index, spot, values) for index, block in enumerate(listed))

    def text(self, said: Json | None) -> Markup:
        """A text object, mrkdwn or plain."""
        if not said:
            return Markup("")
        if said.get("type") == "mrkdwn":
            return mrkdwn_html.draw(str(said.get("text", "")), self.reader, verbatim=bool(said.get("verbatim")))
        return mrkdwn_html.plain(str(said.get("text", "")))

    def rich(self, block: Json) -> Markup:
        """A rich_text block."""
        return rich.draw(block, self.reader)

    # One block

    def _block(self, block: Json, index: int, spot: Spot, values: Values) -> Markup:
        kind = str(block.get("type"))
        if kind == "rich_text":
            return self._drawn(self._blocks.rich_text, block, self)
        if kind not in BLOCKS:
            return self._drawn(self._blocks.unknown, kind, json.dumps(block, ensure_ascii=False, indent=1), self)

        def element(given: Json, place: int = 0) -> Markup:
            return self._element(given, block, f"{index}-{place}", spot, values)

        macro = getattr(self._blocks, kind)
        if kind == "input":
            error = spot.errors.get(str(block.get("block_id")), "")
            return self._drawn(macro, block, self, element, f"{spot.prefix}-{index}", error)
        return self._drawn(macro, block, self, element)

    def _element(self, element: Json, block: Json, place: str, spot: Spot, values: Values) -> Markup:
        kind = str(element.get("type"))
        if kind in ("mrkdwn", "plain_text"):
            return self.text(element)
        if kind not in ELEMENTS:
            return self._drawn(self._blocks.unknown, kind, json.dumps(element, ensure_ascii=False, indent=1), self)
        control = self._control(element, block, place, spot, values)
        return self._drawn(getattr(self._elements, ELEMENTS[kind] or kind), element, control, self)

    def _control(self, element: Json, block: Json, place: str, spot: Spot, values: Values) -> Control:
        name = f"{spot.prefix}-{place}"
        block_id, action_id = str(block.get("block_id", "")), str(element.get("action_id", ""))
        is_input = block.get("type") == "input"
        silent = is_input and not block.get("dispatch_action")
        vals = {"surface": spot.surface, "block_id": block_id, "action_id": action_id, "field": name}
        if spot.surface == "message":
            vals |= {"channel": spot.channel, "ts": spot.ts}
        if "value" in element:
            vals["value"] = element["value"]
        return Control(
            id=name,
            field=name,
            vals=vals,
            url=f"/page/as/{self.reader.user}/{'fill' if silent else 'click'}",
            target="#modal-trouble" if spot.surface == "modal" else "#notice",
            is_input=is_input,
            chosen=self._chosen(element, values.get(block_id, {}).get(action_id)),
            options=tuple(self._options(element)),
            block_id=block_id,
        )

    def _chosen(self, element: Json, state: Json | None) -> Any:
        """What stands in the element, as the form control wants it: a text, or a list of values."""
        kind = str(element.get("type"))
        key = EMPTY.get(kind)
        given = None if state is None or key is None else state.get(key)
        if given is None:
            return [] if kind.startswith("multi_") or kind in ("checkboxes", "radio_buttons") else ""
        if isinstance(given, list):
            return [one["value"] if isinstance(one, dict) else one for one in given]
        if kind == "radio_buttons":
            return [given["value"]]
        if kind == "datetimepicker":
            return f"{datetime.fromtimestamp(int(given), self.reader.zone):%Y-%m-%dT%H:%M}"
        return given["value"] if isinstance(given, dict) else given

    def _options(self, element: Json) -> Iterable[Json]:
        """What a menu offers, in groups; one without a label for most."""
        kind = str(element.get("type"))
        if "users_select" in kind:
            # Slack offers bots here too, and leaves out those who left.
            people = [p for p in self.reader.people.values() if not p.deleted]
            yield {"label": None, "options": [_option(p.real_name, p.id) for p in people]}
        elif kind.endswith(("channels_select", "conversations_select")):
            yield {"label": None, "options": [_option(f"#{c.name}", c.id) for c in self._offered(element)]}
        elif element.get("option_groups"):
            yield from element["option_groups"]
        else:
            yield {"label": None, "options": element.get("options") or []}

    def _offered(self, element: Json) -> list[Any]:
        allowed = (element.get("filter") or {}).get("include") or ["public", "private"]
        kinds = {"public": False, "private": True}
        private = {kinds[kind] for kind in allowed if kind in kinds}
        return [
            c for c in self.reader.channels.values() if not c.is_im and not c.is_archived and c.is_private in private
        ]

    @staticmethod
    def _drawn(macro: Any, *given: Any) -> Markup:
        return Markup(macro(*given))


def _option(text: str, value: str) -> Json:
    return {"text": {"type": "plain_text", "text": text}, "value": value}
