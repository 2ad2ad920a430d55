"""Refusal: the rule in one sentence, and an example that works. Trouble of our own is told calmly."""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.area import Area
from bot.domain.duration import read_duration
from bot.domain.errors import NothingSaved, Refusal
from bot.domain.run import Run
from bot.domain.values import Language
from handlers.views import access, facts, parts
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens
from handlers.views.texts import texts

TYPED = 80
"""Ours: enough of what was typed to recognise it."""


class _Blank(dict[str, str]):
    """A field that nobody filled shows as an ellipsis: a sentence with a gap beats no sentence."""

    def __missing__(self, key: str) -> str:
        return "…"


def refusal(error: Refusal, language: Language, zone: str, *, said_with: str = "/sev ") -> Message:
    """What is refused and what would work. `said_with` is how the person would begin: `/sev ` or a mention."""
    rich, plain = pens(language, zone, private=True)
    return Message(
        text=parts.fitting(_lines(plain, error, said_with), parts.TEXT),
        blocks=(parts.section("\n".join(_lines(rich, error, said_with))),),
    )


def sentence(error: Refusal, language: Language, zone: str) -> str:
    """The sentence alone, in plain words, for the error line under a modal's field (plain text: nothing to escape)."""
    pen = Pen(language, zone, rich=False)
    about = {name: _words(pen, error, name, value) for name, value in error.about.items()}
    said = pen.say(error.sentence).format_map(_Blank(about))
    for unnamed in (pen.say("that person"), pen.say("these people")):
        said = said.replace(f"{unnamed} さん", unnamed)  # which belongs behind a name
    return parts.words(said, 300)


def _words(pen: Pen, error: Refusal, name: str, value: Any) -> str:
    """A field for plain text, where a mention would show as its id."""
    if name in error.people:
        return pen.say("these people") if isinstance(value, tuple) else pen.say("that person")
    if isinstance(value, Area | Run):
        return value.name(pen.language)
    return (
        parts.words(value, TYPED)
        if isinstance(value, str) and name not in ("limit", "deed")
        else _shown(pen, error, name, value)
    )


def _lines(pen: Pen, error: Refusal, said_with: str) -> list[str]:
    about = _Blank({name: _shown(pen, error, name, value) for name, value in error.about.items()})
    said = pen.say(error.sentence).format_map(about)
    return [said, *_ends(pen, error), *_example(pen, error, about, said_with)]


def _shown(pen: Pen, error: Refusal, name: str, value: Any) -> str:
    if isinstance(value, datetime):
        return pen.when(value)
    if isinstance(value, timedelta):
        return pen.lasting(value)
    if isinstance(value, Area):
        return pen.area(value)
    if isinstance(value, Run):
        return _named(pen, value)
    if name == "deed":
        return access.deed(pen, value, error.about.get("number"))
    if name == "roles":
        return access.either(pen, value)
    if name in error.people and isinstance(value, tuple):
        return parts.people(value)
    if isinstance(value, list | tuple | frozenset):
        return pen.texts.listed([parts.typed(str(one), TYPED) for one in value])
    if value is None or value == "":
        return "…"
    if name in error.people:
        return parts.person(str(value))
    return _duration(pen, str(value)) if name == "limit" else parts.typed(str(value), TYPED)


def _duration(pen: Pen, limit: str) -> str:
    try:
        return pen.lasting(read_duration(limit))
    except ValueError:
        return parts.typed(limit, TYPED)


def _ends(pen: Pen, error: Refusal) -> list[str]:
    """What is still open, where closing is refused for that."""
    names = {f"area:{area.key}": pen.area(area) for area in error.about.get("areas", ())}
    runs = {f"run:{run.serial}": _named(pen, run) for run in error.about.get("runs", ())}
    return [f"• {_end(pen, str(end), names, runs)}" for end in error.about.get("ends", ())]


def _end(pen: Pen, end: str, areas: dict[str, str], runs: dict[str, str]) -> str:
    if end in runs:
        return pen.say("the runbook “{name}” is not finished", name=runs[end])
    return pen.say("{area} has no result", area=areas[end]) if end in areas else facts.end(pen, None, end)


def _named(pen: Pen, run: Run) -> str:
    return parts.typed(run.name(pen.language), TYPED)


def _example(pen: Pen, error: Refusal, about: _Blank, said_with: str) -> list[str]:
    """The example, where every gap in it can be filled."""
    if not error.example:
        return []
    line = pen.say(error.example).format_map(about)
    return [] if "…" in line else [pen.say("Example: {line}", line=_code(pen, said_with + line))]


def _code(pen: Pen, line: str) -> str:
    """A command to copy; a mention before it has to stay a mention."""
    return f"`{line}`" if pen.rich and not line.startswith("<@") else line


# ---------------------------------------------------------------- trouble of our own


def apology(language: Language) -> Message:
    """Something went wrong inside; the person can do nothing about it but try again."""
    say = texts(language).say
    return simple(say("Sorry, that did not work. The fault is ours and is in the log. Please try again."))


def unworded(language: Language, number: int) -> Message:
    """What was asked is done and on disk, only its answer can't be put into words."""
    say = texts(language).say
    return simple(
        say(
            "This is recorded for SEV-{number}; only the answer can't be shown. The fault is ours and is in the log.",
            number=number,
        )
    )


def nothing_saved(language: Language) -> Message:
    """The store refused; nothing half-done remains."""
    return simple(texts(language).say(" ".join((NothingSaved.__doc__ or "").split())))


def simple(sentence: str) -> Message:
    """One sentence of our own as a message."""
    return Message(text=sentence, blocks=(parts.section(sentence),))
