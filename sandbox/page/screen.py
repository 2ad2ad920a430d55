"""Screen: one open window: what it shows, and what must change on it when the workspace does."""

from __future__ import annotations

import itertools
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from sandbox.marks import Marks

from . import parts
from .drawing import Drawing
from .place import Place
from .reader import Reader
from .rows import Row, channel_rows, thread_rows

if TYPE_CHECKING:
    from sandbox.slack import Sandbox

FIRST_ROWS = 60
MORE_ROWS = 100
LOG_ROWS = 150
"""How many entries of the journal stand on the page."""
KEPT = 200


class Screen:
    """Draws a place once, then only the differences."""

    def __init__(self, slack: Sandbox, made: jinja2.Environment, marks: Marks, place: Place, language: str) -> None:
        self.id = secrets.token_urlsafe(9)
        self.place, self.language = place, language
        self.sent = 0
        self.is_lost = False
        self._slack, self._made, self._marks = slack, made, marks
        self._rows: dict[str, dict[str, Row]] = {"messages": {}, "thread": {}}
        self._parts: dict[str, object] = {}
        self._since = ""
        self._new_from: dict[str, str | None] = {"messages": None, "thread": None}
        self._query = ""
        self._logged: list[int] = []
        self._log_seen = 0

    # The first look

    def page(self) -> str:
        """The whole page; from here on `changes` says what is different."""
        drawing, place = self._drawing(), self.place
        self._new_from = {"messages": self._last_seen(), "thread": self._last_seen(place.thread)}
        rows = self._messages(drawing.reader, most=FIRST_ROWS)
        self._since = rows[0].message.ts if rows else ""
        has_more = len(rows) >= FIRST_ROWS and self._has_before(drawing.reader)
        below = self._thread(drawing.reader)
        self._rows = {"messages": {r.key: r for r in rows}, "thread": {r.key: r for r in below}}
        self._see()
        drawn = {name: self._draw(drawing, name, data) for name, data in self._data()}
        return drawing.page(
            "slack.html", screen=self, place=place, slack=self._slack, parts=drawn, has_more=has_more,
            title=self.title(drawing), rows=drawing.rows(rows), thread=drawing.rows(below), log=self.log(self._query),
            names=self._names(), commands=self._commands(),
        )  # fmt: skip

    def title(self, drawing: Drawing) -> str:
        """What the place is called."""
        if self.place.kind == "channel":
            return f"#{self._slack.state.channels[self.place.channel].name}"
        return drawing.app_name if self.place.kind in ("dm", "home") else self._slack.world.team_name

    def earlier(self) -> str:
        """The messages before those that are shown; the window then knows them too."""
        drawing = self._drawing()
        rows = self._messages(drawing.reader, most=MORE_ROWS, before=self._since)
        if rows:
            self._since = rows[0].message.ts
        self._rows["messages"] = {r.key: r for r in rows} | self._rows["messages"]
        more = drawing.part("earlier", self.id) if rows and self._has_before(drawing.reader) else Markup("")
        return more + drawing.rows(rows)

    def log(self, query: str) -> Markup:
        """The newest entries of the journal in which the words occur, newest first."""
        drawing, journal = self._drawing(), self._slack.state.journal
        self._query, self._log_seen = query, journal.last
        entries = journal.find(query, LOG_ROWS)
        self._logged = [entry.number for entry in entries][::-1]
        return Markup("").join(drawing.part("entry", entry) for entry in entries)

    # What changed

    def changes(self) -> str:
        """Fragments that bring the window up to date, empty if it is."""
        drawing = self._drawing()
        fragments = [*self._changed_rows(drawing), *self._changed_parts(drawing), *self._new_entries(drawing)]
        return "".join(fragments)

    def _changed_rows(self, drawing: Drawing) -> Iterator[Markup]:
        fresh = {"messages": self._messages(drawing.reader, since=self._since), "thread": self._thread(drawing.reader)}
        self._see()
        for where, rows in fresh.items():
            before, now = self._rows[where], {row.key: row for row in rows}
            self._rows[where] = now
            yield from self._difference(drawing, where, before, now)

    def _difference(
        self, drawing: Drawing, where: str, before: dict[str, Row], now: dict[str, Row]
    ) -> Iterator[Markup]:
        for key in before.keys() - now.keys():
            yield Markup('<li id="{}" hx-swap-oob="delete"></li>').format(key)
        added: list[Row] = []
        for key, row in now.items():
            if key not in before:
                added.append(row)
            elif not row.looks_like(before[key]):
                yield drawing.row(row, oob=True)
        if added:
            yield Markup('<ol hx-swap-oob="beforeend:#{}">{}</ol>').format(where, drawing.rows(added))

    def _changed_parts(self, drawing: Drawing) -> Iterator[Markup]:
        for name, data in self._data():
            if self._parts.get(name) != data:
                yield self._draw(drawing, name, data, oob=True)

    def _new_entries(self, drawing: Drawing) -> Iterator[Markup]:
        journal, words = self._slack.state.journal, self._query.lower().split()
        new = [e for e in journal.since(self._log_seen) if all(e.mentions(word) for word in words)][-LOG_ROWS:]
        self._log_seen = journal.last
        if not new:
            return
        self._logged += [entry.number for entry in new]
        drawn = Markup("").join(drawing.part("entry", entry) for entry in reversed(new))
        yield Markup('<ul hx-swap-oob="afterbegin:#log">{}</ul>').format(drawn)
        for number in self._logged[:-LOG_ROWS]:
            yield Markup('<li id="log-{}" hx-swap-oob="delete"></li>').format(number)
        self._logged = self._logged[-LOG_ROWS:]

    # What is shown

    def _drawing(self) -> Drawing:
        slack = self._slack
        reader = Reader.of(slack.state, self.place.user)
        drawing = Drawing(self._made, reader, self.language, slack.app.name, slack.bot_user_id)
        drawing.shortcuts = self._message_shortcuts()
        return drawing

    def _message_shortcuts(self) -> tuple[Any, ...]:
        if self._slack.state.is_external(self.place.user):
            return ()
        return tuple(s for s in self._slack.app.shortcuts.values() if s.kind == "message")

    def _messages(self, reader: Reader, **how: Any) -> list[Row]:
        if self.place.kind not in ("channel", "dm") or self.place.channel not in self._slack.state.channels:
            return []
        return channel_rows(
            self._slack.state, self._marks, reader, self.place.channel, new_from=self._new_from["messages"], **how
        )

    def _thread(self, reader: Reader) -> list[Row]:
        if not self.place.thread or self.place.channel not in self._slack.state.channels:
            return []
        return thread_rows(
            self._slack.state, self._marks, reader, self.place.channel, self.place.thread,
            new_from=self._new_from["thread"],
        )  # fmt: skip

    def _has_before(self, reader: Reader) -> bool:
        return bool(self._messages(reader, most=1, before=self._since))

    def _last_seen(self, thread: str = "") -> str | None:
        return self._marks.seen(self.place.user, self.place.channel, thread) or None

    def _see(self) -> None:
        """What stands on an open window has been read."""
        posts = self._slack.state.posts.get(self.place.channel)
        if not posts or self.place.kind == "home":
            return
        last = next(reversed(posts.values())).ts
        self._marks.see(self.place.user, self.place.channel, last)
        if self.place.thread:
            self._marks.see(self.place.user, self.place.channel, last, self.place.thread)

    def _data(self) -> Iterator[tuple[str, object]]:
        """Each part and the values it is drawn from."""
        slack, marks, place = self._slack, self._marks, self.place
        view, home = slack.views.top(place.user), slack.views.home(place.user)
        yield "sidebar", parts.sidebar(slack, marks, place)
        yield "people", parts.faces(slack, marks, place)
        can_jump = slack.hooks.next_moment is not None or bool(slack.schedule.waiting)
        yield "clock", (slack.clock.turns, can_jump, slack.is_travelling)
        story = parts.staged(slack)
        yield "caption", story
        yield "script", story
        yield "trouble", (parts.troubles(slack), slack.hooks.restart_app is not None)
        yield "modal", (view["id"], view["hash"], slack.views.depth(place.user)) if view else None
        if place.kind == "home":
            yield "home", (home["id"], home["hash"]) if home else None

    def _draw(self, drawing: Drawing, name: str, data: Any, *, oob: bool = False) -> Markup:
        self._parts[name] = data
        given: dict[str, Callable[[], Sequence[Any]]] = {
            "sidebar": lambda: (data,),
            "people": lambda: (data,),
            "clock": lambda: (self._clock(drawing, data[1], data[2]),),
            "caption": lambda: (data, self._slack.show.last_step, self._next_step()),
            "script": lambda: (data, self._story(), self._other_stories()),
            "trouble": lambda: data,
            "modal": lambda: (self._slack.views.top(self.place.user), data[2] if data else 0, {}),
            "home": lambda: (self._slack.views.home(self.place.user),),
        }
        return drawing.part(name, *given[name](), oob=oob)

    def _clock(self, drawing: Drawing, can_jump: bool, busy: bool) -> dict[str, Any]:
        now, factor = self._slack.clock.now(), self._slack.clock.factor
        local = drawing.reader.local(now)
        return {
            "epoch": int(now.timestamp() * 1000),
            "factor": int(factor) if factor == int(factor) else factor,
            "now": f"{drawing.when(now)}",
            "zone": f"{local:%Z}" if not f"{local:%Z}".startswith(("+", "-")) else f"UTC{local:%Z}",
            "can_jump": can_jump,
            "busy": busy,
        }

    def _next_step(self) -> Any:
        player = self._slack.show.player
        return player.next_step if player else None

    def _story(self) -> Any:
        player = self._slack.show.player
        return player.story if player else None

    def _other_stories(self) -> list[tuple[str, Any]]:
        return list(self._slack.show.stories.items())

    def _commands(self) -> list[dict[str, str]]:
        """What `/` offers: nothing to people of other companies."""
        if self._slack.state.is_external(self.place.user):
            return []
        known = self._slack.app.commands.values()
        return [{"name": c.name, "usage": c.usage_hint, "about": c.description} for c in known]

    def _names(self) -> list[dict[str, str]]:
        """Whom one can mention: the people of the channel, and the app."""
        state = self._slack.state
        members = state.members.get(self.place.channel, set())
        people = [p for p in state.people.values() if p.id in members and not p.deleted]
        return [{"name": p.name if p.is_bot else p.real_name, "title": p.title or p.name} for p in people]


class Screens:
    """The windows opened lately; the oldest are forgotten."""

    def __init__(self) -> None:
        self._screens: OrderedDict[str, Screen] = OrderedDict()

    def add(self, screen: Screen) -> None:
        """A window was opened."""
        self._screens[screen.id] = screen
        for old in list(itertools.islice(self._screens, max(0, len(self._screens) - KEPT))):
            del self._screens[old]

    def get(self, name: str) -> Screen | None:
        """A window that is still known; it counts as lately used."""
        if name in self._screens:
            self._screens.move_to_end(name)
        return self._screens.get(name)
