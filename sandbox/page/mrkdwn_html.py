"""Mrkdwn, drawn: a stored text as the reader sees it. Whatever is not Slack's own markup comes out escaped.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from sandbox.mrkdwn import BROADCASTS, unescape

from .dates import filled
from .emoji import character
from .reader import Reader

_FENCE = re.compile(r"```(.*?)```", re.DOTALL)
_QUOTE = re.compile(r"^(?:&gt;|>)(?!&gt;&gt;) ?")
# A mark opens after a space or punctuation and closes before one: inside a word it is a plain character.
_INLINE = re.compile(
    r"""
      <(?P<control>[^<>\n]+)>
    | `(?P<code>[^`\n]+)`
    | (?<![\w*])\*(?P<bold>(?=\S)[^*\n]*?\S)\*(?![\w*])
    | (?<![\w_])_(?P<italic>(?=\S)[^_\n]*?\S)_(?![\w_])
    | (?<![\w~])~(?P<strike>(?=\S)[^~\n]*?\S)~(?![\w~])
    | :(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):
    | (?P<loose>https?://[^\s<>|]+|(?<![\w@&/.])[@\#][\w.\-]+)
    """,
    re.VERBOSE,
)
_SCHEMES = ("http://", "https://", "mailto:", "tel:", "slack://")
_PERMALINK = re.compile(r"https://[\w-]+\.slack\.com/archives/(\w+)/p(\d{10})(\d{6})(?:\?(?:.*&)?thread_ts=([\d.]+))?")
_TAGS = {"bold": "b", "italic": "i", "strike": "s"}


def draw(text: str, reader: Reader, *, verbatim: bool = True) -> Markup:
    """A whole text: paragraphs, quotes and code. Without `verbatim`, bare addresses and names become links too."""
    parts: list[Markup] = []
    for index, piece in enumerate(_FENCE.split(text)):
        if index % 2:
            parts.append(Markup("<pre>{}</pre>").format(_code(piece.strip("\n"))))
        elif stripped := piece.strip("\n") if len(parts) or "```" in text else piece:
            parts.extend(_lines(stripped, reader, verbatim))
    return Markup("").join(parts)


def inline(text: str, reader: Reader, *, verbatim: bool = True) -> Markup:
    """One run of text without quotes or fences."""
    return Markup("").join(_runs(text, reader, verbatim))


def plain(text: str) -> Markup:
    """A plain_text object: emoji names become emoji and nothing else is special."""
    return Markup("").join(
        _emoji(piece) if index % 2 else escape(piece)
        for index, piece in enumerate(re.split(r":([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):", text))
    )


def _lines(text: str, reader: Reader, verbatim: bool) -> Iterator[Markup]:
    """Neighbouring quoted lines are one quotation."""
    held: list[Markup] = []
    quoted = False
    for line in text.split("\n"):
        marked = _QUOTE.match(line)
        if held and bool(marked) != quoted:
            yield _block(held, quoted)
            held = []
        quoted = bool(marked)
        held.append(inline(line[marked.end() :] if marked else line, reader, verbatim=verbatim))
    if held:
        yield _block(held, quoted)


def _block(lines: list[Markup], quoted: bool) -> Markup:
    joined = Markup("<br>").join(lines)
    return Markup("<blockquote>{}</blockquote>").format(joined) if quoted else Markup("<p>{}</p>").format(joined)


def _runs(text: str, reader: Reader, verbatim: bool) -> Iterator[Markup]:
    place = 0
    for found in _INLINE.finditer(text):
        kind, inner = found.lastgroup or "", found[found.lastgroup or 0]
        if kind == "loose" and verbatim:
            continue
        yield escape(unescape(text[place : found.start()]))
        place = found.end()
        yield _run(kind, inner, reader, verbatim)
    yield escape(unescape(text[place:]))


def _run(kind: str, inner: str, reader: Reader, verbatim: bool) -> Markup:
    if kind == "control":
        return _control(inner, reader)
    if kind == "code":
        return Markup("<code>{}</code>").format(_code(inner))
    if kind == "emoji":
        return _emoji(inner)
    if kind == "loose":
        return _loose(inner, reader)
    return Markup(f"<{_TAGS[kind]}>{{}}</{_TAGS[kind]}>").format(inline(inner, reader, verbatim=verbatim))


def _code(text: str) -> Markup:
    """In code only links are resolved, to their address."""
    return escape(unescape(re.sub(r"<([^<>\n|]+)(?:\|[^<>\n]*)?>", r"\1", text)))


def _emoji(name: str) -> Markup:
    known = character(name)
    if known is None:
        return escape(f":{name}:")
    return Markup('<span class="emoji" role="img" aria-label="{}" title=":{}:">{}</span>').format(name, name, known)


def _loose(found: str, reader: Reader) -> Markup:
    """What Slack finds in block text that is not verbatim."""
    if found.startswith("http"):
        return link(found, found, reader)
    word = found[1:]
    if found[0] == "@":
        named = next((p.id for p in reader.people.values() if p.name == word), None)
        return mention(named, reader) if named else broadcast(word) if word in BROADCASTS else escape(found)
    known = next((c.id for c in reader.channels.values() if c.name == word and not c.is_im), None)
    return channel(known, reader) if known else escape(found)


def _control(inner: str, reader: Reader) -> Markup:
    target, _, label = inner.partition("|")
    shown = unescape(label)
    if target.startswith("@"):
        return mention(target[1:], reader)
    if target.startswith("#"):
        return channel(target[1:], reader, shown)
    if target.startswith("!date^"):
        return _date(target, shown, reader)
    if target.startswith("!subteam^"):
        return Markup('<span class="mention">{}</span>').format(shown or f"@{target[9:]}")
    if target.startswith("!"):
        return broadcast(target[1:]) if target[1:] in BROADCASTS else escape(shown or f"<{target}>")
    if target.startswith(_SCHEMES):
        return link(unescape(target), shown or unescape(target), reader)
    return escape(f"<{unescape(inner)}>")


def _date(target: str, fallback: str, reader: Reader) -> Markup:
    parts = target.split("^", 3)
    if len(parts) < 3 or not re.fullmatch(r"-?\d{1,12}", parts[1]):
        return escape(fallback or target)
    said = filled(unescape(parts[2]), int(parts[1]), reader)
    drawn = Markup('<time class="date" datetime="{}" title="{}">{}</time>').format(parts[1], fallback, said or fallback)
    return link(unescape(parts[3]), drawn, reader) if len(parts) == 4 else drawn


def mention(user: str, reader: Reader) -> Markup:
    """A person's name; one's own stands out."""
    mine = " me" if user == reader.user else ""
    return Markup('<span class="mention{}" data-user="{}">@{}</span>').format(mine, user, reader.name(user))


def broadcast(word: str) -> Markup:
    """@channel, @here and @everyone are for the reader too."""
    return Markup('<span class="mention me">@{}</span>').format(word)


def channel(channel_id: str, reader: Reader, label: str = "") -> Markup:
    """A channel's name, which leads there."""
    name = reader.channel(channel_id) or label
    if not name:
        return Markup('<span class="mention">#{}</span>').format(channel_id)
    return Markup('<a class="mention" href="/as/{}/{}">#{}</a>').format(reader.user, channel_id, name)


def link(url: str, label: str | Markup, reader: Reader) -> Markup:
    """A link; one to a message of this workspace leads to its place on the page."""
    if not url.startswith(_SCHEMES):
        return escape(label)
    if found := _PERMALINK.fullmatch(url):
        ts = found[4] or f"{found[2]}.{found[3]}"
        place = "dm" if found[1].startswith("D") else found[1]
        return Markup('<a href="/as/{}/{}/t/{}">{}</a>').format(reader.user, place, ts, label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label)
