"""Drawing: values into markup, for one reader and one language of the page. Jinja2 escapes whatever comes in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import jinja2
from markupsafe import Markup

from sandbox.app import Shortcut
from sandbox.journal import Entry
from sandbox.messages import Message
from sandbox.story import Step, Words, told

from . import dates, mrkdwn_html
from .blocks import Blocks, Spot
from .emoji import OFFERED, shown
from .parts import color
from .place import address
from .reader import Reader
from .rows import Row
from .words import Say, speaker

Json = dict[str, Any]


def templates() -> jinja2.Environment:
    """The sandbox's templates; everything is escaped, and a misspelt name is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("sandbox.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.ChainableUndefined,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    made.globals |= {"shown": shown, "address": address, "color": color, "offered_emoji": OFFERED}
    return made


class Drawing:
    """Everything the page shows to one reader at one moment."""

    def __init__(self, made: jinja2.Environment, reader: Reader, language: str, app_name: str, bot: str) -> None:
        self._made = made
        self.reader, self.language = reader, language
        self.say: Say = speaker(language)
        self.app_name, self.bot = app_name, bot
        self.shortcuts: tuple[Shortcut, ...] = ()
        self._blocks = Blocks(made, reader, self.say)
        self._macros: Any = made.get_template("parts.html").module
        self._row: Any = made.get_template("row.html").module

    def page(self, template: str, **values: Any) -> str:
        """A whole page."""
        return self._made.get_template(template).render(d=self, say=self.say, language=self.language, **values)

    def part(self, name: str, *values: Any, oob: bool = False) -> Markup:
        """One part by its macro; `oob` marks it to take the place of the one on the page."""
        return Markup(getattr(self._macros, name)(self, oob, *values))

    def rows(self, rows: Iterable[Row]) -> Markup:
        """Lines of a conversation."""
        return Markup("").join(self.row(row) for row in rows)

    def row(self, row: Row, *, oob: bool = False) -> Markup:
        """One line."""
        return Markup(self._row.row(self, row, oob))

    # What macros ask for

    def told(self, words: Words) -> str:
        """What is told about a story, in the page's language where there is one."""
        return told(words, self.language)

    def content(self, message: Message, *, in_thread: bool) -> Markup:
        """What a message says."""
        if message.deleted:
            return Markup('<p class="gone">{}</p>').format(self.say("This message was deleted."))
        prefix = f"{'t' if in_thread else 'm'}{message.ts.replace('.', '-')}"
        spot = Spot("message", prefix, message.channel, message.ts)
        if message.blocks and not is_as_typed(message):
            drawn = self._blocks.draw(message.blocks, spot)
        else:
            loose = message.options.get("parse") == "full" or bool(message.options.get("link_names"))
            text = mrkdwn_html.draw(message.text, self.reader, verbatim=not loose)
            drawn = Markup('<div class="text">{}</div>').format(text) if message.text else Markup("")
        return drawn + self._attachments(message, spot) + self._files(message)

    def _files(self, message: Message) -> Markup:
        return Markup("").join(self._file(given) for given in message.files)

    def _file(self, given: Json) -> Markup:
        """A file by its title and name, to be saved; of a picture, the picture too."""
        address, title = f"/page/file/{given['id']}", given["title"]
        size = f"{max(1, int(given['size']) // 1024)} kB"
        link = Markup('<a class="file" href="{}" download="{}"><b>{}</b> <small>{} · {}</small></a>').format(
            address, given["name"], title, given["name"], size
        )
        if not str(given["mimetype"]).startswith("image/"):
            return link
        return link + Markup('<img class="file-picture" src="{}" alt="{}">').format(address, given["alt_txt"] or title)

    def _attachments(self, message: Message, spot: Spot) -> Markup:
        return Markup("").join(self._attachment(given, spot, i) for i, given in enumerate(message.attachments))

    def _attachment(self, given: Json, spot: Spot, number: int) -> Markup:
        """The older kind of layout: its texts, or the blocks in it."""
        if isinstance(given.get("blocks"), list):
            inner = self._blocks.draw(given["blocks"], Spot(spot.surface, f"{spot.prefix}a{number}"))
        else:
            texts = [str(given[k]) for k in ("pretext", "title", "text") if given.get(k)] or [
                str(given.get("fallback"))
            ]
            inner = Markup("").join(mrkdwn_html.draw(text, self.reader, verbatim=False) for text in texts)
        return Markup('<div class="attachment">{}</div>').format(inner)

    def view(self, view: Json, surface: str, errors: Mapping[str, str] | None = None) -> Markup:
        """The blocks of a modal or home tab."""
        spot = Spot(surface, str(view["id"]), values=view["state"]["values"], errors=errors or {})
        return self._blocks.draw(view["blocks"], spot)

    def plain(self, said: Json | None) -> Markup:
        """A plain_text object."""
        return self._blocks.text(said)

    def name(self, user: str) -> str:
        """Who somebody is; the app is called by its own name."""
        return self.app_name if user == self.bot else self.reader.name(user)

    def time(self, at: datetime) -> str:
        """The time beside a message."""
        return dates.clock_time(at, self.reader)

    def last_reply(self, at: datetime) -> str:
        """When somebody last replied."""
        return dates.day_and_time(at, self.reader)

    def when(self, at: datetime) -> str:
        """A day and a time."""
        return dates.day_and_time(at, self.reader)

    def full_time(self, at: datetime) -> str:
        """Day, time and zone, for whoever points at a time."""
        return f"{dates.day(at, self.reader)} {dates.clock_time(at, self.reader, seconds=True)} ({self.reader.zone})"

    def step(self, step: Step) -> str:
        """What somebody does, in a line."""
        words = " ".join(step.what.split())
        said = {"post": f"“{words}”", "say": f"↳ “{words}”", "click": f"▣ {words} {step.option or step.value or ''}"}
        return said.get(step.act, words if step.act == "command" else self.told(step.note) or words).strip()

    def reactions(self, message: Message) -> list[tuple[str, int, str, bool]]:
        """Each emoji with its count, who put it there, and whether the reader did."""
        users: dict[str, list[str]] = {}
        for emoji, user in message.reactions:
            users.setdefault(emoji, []).append(user)
        between = "、" if self.language == "ja" else ", "
        return [
            (emoji, len(who), between.join(map(self.name, who)), self.reader.user in who)
            for emoji, who in users.items()
        ]

    def payload(self, entry: Entry) -> str:
        """What was said and answered, to read; arguments that came as JSON in a form field are opened."""
        said = _opened(entry.said) if entry.direction == "in" else entry.said
        return f"→ {_indented(said)}\n← {_indented(entry.answer)}"


def _indented(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def _opened(said: Any) -> Any:
    if not isinstance(said, dict):
        return said
    return {name: _parsed(value) for name, value in said.items()}


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def is_as_typed(message: Message) -> bool:
    """Whether its one block only holds the text as it was typed: then the text says more, with names and links."""
    if len(message.blocks) != 1 or message.blocks[0].get("type") != "rich_text":
        return False
    parts = message.blocks[0].get("elements") or []
    inner = parts[0].get("elements") if len(parts) == 1 else None
    return inner == [{"type": "text", "text": message.text}]
