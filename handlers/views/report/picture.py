"""Picture: the time of a case as SVG. Patterns, signs and words say all of it; colour only repeats them."""

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Literal, get_args
from unicodedata import east_asian_width

from bot.domain.account import Account
from bot.domain.values import name_of
from handlers.views.report.lanes import FILLS, SIGNS, Bar, Dot, Fill, Flag, Lane, Sign, flags, lanes, window
from handlers.views.report.scribe import Scribe
from handlers.views.report.ticks import ticks

Look = Literal["both", "light", "dark"]
WIDTH, LEFT, RIGHT = 1200, 216, 28
LANE, GAP, TOP = 28, 8, 16
SIZE, SMALL = 14, 12
ROWS = 4
"""Rows for the labels of flags: what finds no room in them has its line alone."""
APART = 24
"""Signs closer than this become one with a number."""
FAMILY = "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic UI','Segoe UI',sans-serif"
LIGHT = {"ground": "#ffffff", "ink": "#1a1a1a", "soft": "#5b6470", "line": "#c4cad1", "bar": "#e8edf3",
         "strong": "#1f3a5f", "on": "#ffffff", "stroke": "#3d5a80", "warn": "#a62b1f"}  # fmt: skip
DARK = {"ground": "#15191e", "ink": "#eef1f4", "soft": "#a9b3bf", "line": "#414b57", "bar": "#2a333d",
        "strong": "#a9c7ee", "on": "#10151b", "stroke": "#8fb0dc", "warn": "#ff9d8f"}  # fmt: skip


def picture(pen: Scribe, account: Account, look: Look = "both") -> str:
    """The whole picture, readable by itself in light and dark."""
    return _Drawing(pen, account).svg(look)


class _Drawing:
    """One picture being drawn, from the top down."""

    def __init__(self, pen: Scribe, account: Account) -> None:
        self._pen = pen
        self._account = account
        self._start, self._end = window(account)
        self._lanes = lanes(pen, account)

    def svg(self, look: Look) -> str:
        body, height = self._body()
        title = f"{name_of(self._account.case.number)}: {self._pen.say('Timeline')}"
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
                f' height="{height}" role="img" aria-label="{escape(title)}">',
                f"<title>{escape(title)}</title>",
                f"<style>{style(look)}</style>",
                _PATTERNS,
                f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
                *body,
                "</svg>\n",
            ]
        )

    def _x(self, at: datetime) -> float:
        share = (at - self._start) / (self._end - self._start)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def _body(self) -> tuple[list[str], int]:
        labels, top = self._flag_labels()
        bottom = top + len(self._lanes) * (LANE + GAP)
        drawn = [*self._axis(top, bottom)]
        for index, lane in enumerate(self._lanes):
            drawn += self._lane(lane, top + index * (LANE + GAP))
        drawn += [_line(self._x(flag.at), top - 4, bottom, "flag") for flag in flags(self._pen, self._account)]
        legend, height = self._legend(bottom + 58)
        return [*drawn, *labels, *legend], height

    # ------------------------------------------------------------ flags and time

    def _flag_labels(self) -> tuple[list[str], int]:
        """Each label in the first row that has room for it, and where the lanes begin."""
        ends = [float("-inf")] * ROWS
        drawn: list[tuple[int, float, str, Flag]] = []
        for flag in flags(self._pen, self._account):
            width, x = measure(flag.label, SMALL) + 8, self._x(flag.at)
            left = x if x + width <= WIDTH else x - width
            row = next((row for row in range(ROWS) if ends[row] + 6 <= left), None)
            if row is not None:
                ends[row] = left + width
                drawn.append((row, left, "start" if left == x else "end", flag))
        rows = 1 + max((row for row, *_ in drawn), default=0)
        top = TOP + rows * 18 + 8
        svg = []
        for row, _, anchor, flag in drawn:
            x, y = self._x(flag.at), TOP + row * 18
            svg.append(_line(x, y - 2, top, "flag"))
            svg.append(_text(x + (4 if anchor == "start" else -4), y + 10, flag.label, "small halo", anchor=anchor))
        return svg, top

    def _axis(self, top: int, bottom: int) -> Iterator[str]:
        free = 0.0
        for tick in ticks(self._start, self._end, self._pen.tz):
            x = self._x(tick.at)
            midnight = tick.day and self._pen.clock_time(tick.at) == "00:00"
            yield _line(x, top - 4, bottom, "day" if midnight else "grid")
            yield _text(x, bottom + 18, self._pen.clock_time(tick.at), "small", anchor="middle")
            day = self._pen.day(tick.at)
            if tick.day and x - measure(day, SMALL) / 2 >= free:
                yield _text(x, bottom + 34, day, "small", anchor="middle")
                free = x + measure(day, SMALL) / 2 + 6

    # ------------------------------------------------------------ lanes

    def _lane(self, lane: Lane, y: int) -> Iterator[str]:
        yield _text(LEFT - 10, y + 19, cut(lane.name, LEFT - 20, SIZE), "name", anchor="end")
        nexts = [self._x(bar.start) for bar in lane.bars[1:]] + [float(WIDTH)]
        for bar, free in zip(lane.bars, nexts, strict=False):
            yield from self._bar(bar, y, free)
        yield from self._dots(lane.dots, y + LANE // 2 + 4)

    def _bar(self, bar: Bar, y: int, free: float) -> Iterator[str]:
        """A bar with the longest of its labels that fits in it, else beside it where nothing stands before `free`."""
        left, right = self._x(bar.start), self._x(bar.end)
        width = max(right - left, 1.5)
        hint = f"{bar.labels[0] if bar.labels else ''} {self._pen.span(bar.start, bar.end)}".strip()
        yield f"<g><title>{escape(hint)}</title>{_box(left, y, width, bar.fill)}"
        inside = next((label for label in bar.labels if measure(label, SMALL) + 8 <= width), "")
        beside = next((label for label in bar.labels if measure(label, SMALL) + 12 <= free - right), "")
        if inside:
            dark = bar.fill in ("cause", "over")
            yield _text(left + 4, y + 18, inside, "small on" if dark else "small halo")
        elif beside:
            yield _text(left + width + 5, y + 18, beside, "small halo")
        yield "</g>"

    def _dots(self, dots: tuple[Dot, ...], y: int) -> Iterator[str]:
        """Signs of one kind that would cover each other become one with their number."""
        for sign in get_args(Sign):
            group: list[float] = []
            for x in [self._x(dot.at) for dot in dots if dot.sign == sign]:
                if group and x - group[0] > APART:
                    yield from self._sign(sign, group, y)
                    group = []
                group.append(x)
            if group:
                yield from self._sign(sign, group, y)

    def _sign(self, sign: Sign, xs: list[float], y: int) -> Iterator[str]:
        x = sum(xs) / len(xs)
        yield f"<g><title>{escape(self._pen.say(SIGNS[sign]))} ×{len(xs)}</title>{_shape(sign, x, y)}"
        if len(xs) > 1:
            yield _text(x + 6, y - 5, str(len(xs)), "tiny halo")
        yield "</g>"

    # ------------------------------------------------------------ legend

    def _legend(self, y: int) -> tuple[list[str], int]:
        """What the patterns and signs mean that are on this picture."""
        fills = dict.fromkeys(bar.fill for lane in self._lanes for bar in lane.bars)
        signs = {dot.sign for lane in self._lanes for dot in lane.dots}
        x, svg = 24.0, []
        entries: list[tuple[str, Fill | None, Sign | None]] = [
            (FILLS[fill], fill, None) for fill in get_args(Fill) if fill in fills
        ]
        entries += [(SIGNS[sign], None, sign) for sign in get_args(Sign) if sign in signs]
        for msgid, fill, sign in entries:
            word = self._pen.say(msgid)
            width = 40 + measure(word, SMALL) + 20
            if x + width > WIDTH:
                x, y = 24.0, y + 24
            svg.append(_box(x, y - 12, 30, fill, 16) if fill else _shape(sign or "contact", x + 15, y - 3))
            svg.append(_text(x + 38, y, word, "small"))
            x += width
        return svg, y + 20


# ---------------------------------------------------------------- shapes


def _box(x: float, y: float, width: float, fill: Fill, height: int = LANE) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="2"'
    return f'<rect {place} class="b {fill}"/>' + (f'<rect {place} class="p-{fill}"/>' if fill in _STROKES else "")


def _shape(sign: Sign, x: float, y: float) -> str:
    match sign:
        case "contact":
            return f'<circle cx="{x:.1f}" cy="{y}" r="5" class="sign"/>'
        case "late":
            return f'<circle cx="{x:.1f}" cy="{y}" r="5.5" class="warn"/>' + _text(x, y + 4, "!", "tiny on", "middle")
        case "due":
            return f'<path d="M{x:.1f} {y - 6}l5 6-5 6-5-6z" class="hollow"/>'
        case "missed":
            return f'<path d="M{x - 5:.1f} {y - 5}l10 10m0-10l-10 10" class="cross"/>'
        case "wrote":
            return f'<path d="M{x - 6:.1f} {y - 4}h12v8h-12zl6 5 6-5" class="hollow"/>'
        case "reminder":
            return f'<path d="M{x - 5:.1f} {y - 4}h10l-5 8z" class="hollow"/>'
        case "call":
            return f'<path d="M{x - 6:.1f} {y - 5}h12l-6 9z" class="warn"/>'


def _line(x: float, top: float, bottom: float, kind: str) -> str:
    return f'<path d="M{x:.1f} {top}V{bottom}" class="{kind}"/>'


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.0f}" class="{kind} {anchor}">{escape(text)}</text>'


def measure(text: str, size: int) -> float:
    """About how wide a text will be: nobody asks a font here."""
    return sum(1.0 if east_asian_width(sign) in "WFA" else 0.58 for sign in text) * size


def cut(text: str, room: float, size: int) -> str:
    """As much of a text as fits."""
    if measure(text, size) <= room:
        return text
    while text and measure(text + "…", size) > room:
        text = text[:-1]
    return f"{text}…"


# ---------------------------------------------------------------- style

_STROKES: dict[str, str] = {
    "claimed": '<path d="M-2 10L10-2M4 16L16 4" class="s"/>',
    "cleared": '<circle cx="3" cy="3" r="1.3" class="d"/><circle cx="9" cy="9" r="1.3" class="d"/>',
    "suspect": '<path d="M0 12L12 0M0 0L12 12" class="s"/>',
    "waiting": '<path d="M0 3H12M0 9H12" class="s"/>',
    "paused": '<path d="M3 0V12M9 0V12" class="s"/>',
    "alone": '<path d="M-2 2L10 14M2-2L14 10" class="s"/>',
}
_PATTERNS = (
    "<defs>"
    + "".join(
        f'<pattern id="t-{name}" width="12" height="12" patternUnits="userSpaceOnUse">{strokes}</pattern>'
        for name, strokes in _STROKES.items()
    )
    + "</defs>"
)


def style(look: Look) -> str:
    """The rules of the picture for one look, or for whichever the reader has chosen."""
    if look == "both":
        return f"{_rules(LIGHT)}@media (prefers-color-scheme:dark){{{_rules(DARK)}}}"
    return _rules(LIGHT if look == "light" else DARK)


def _rules(c: dict[str, str]) -> str:
    return (
        f"text{{font-family:{FAMILY};fill:{c['ink']}}}"
        f".name{{font-size:{SIZE}px}}.small{{font-size:{SMALL}px}}.tiny{{font-size:10px}}"
        ".start{text-anchor:start}.middle{text-anchor:middle}.end{text-anchor:end}"
        f".halo{{stroke:{c['ground']};stroke-width:4px;paint-order:stroke;stroke-linejoin:round}}"
        f".on{{fill:{c['on']}}}.ground{{fill:{c['ground']}}}"
        f".grid{{stroke:{c['line']};stroke-width:1}}.day{{stroke:{c['soft']};stroke-width:1.5}}"
        f".flag{{stroke:{c['ink']};stroke-width:1;stroke-dasharray:3 3}}"
        f".b{{fill:{c['bar']};stroke:{c['stroke']};stroke-width:1}}"
        f".open,.nobody{{fill:{c['ground']};stroke-dasharray:4 3;stroke:{c['soft']}}}"
        f".cause{{fill:{c['strong']}}}.over,.warn{{fill:{c['warn']};stroke:{c['warn']}}}"
        f".clock{{fill:{c['ground']}}}.sign{{fill:{c['strong']}}}"
        f".hollow{{fill:{c['ground']};stroke:{c['ink']};stroke-width:1.5}}"
        f".cross{{fill:none;stroke:{c['warn']};stroke-width:2.5}}"
        f".s{{stroke:{c['stroke']};stroke-width:1.2;fill:none}}.d{{fill:{c['stroke']}}}"
        + "".join(f".p-{name}{{fill:url(#t-{name})}}" for name in _STROKES)
    )
