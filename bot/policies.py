"""Policies as tables of the configuration file: the shipped ones, those made of vendors' plans, and who is like whom.

Everything here is a plain TOML table, before it is checked: what is printed to be copied is what is loaded.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, get_args

from bot.domain.duration import Span
from bot.domain.plan import ALWAYS, OURS, Level, Plan
from bot.domain.text import nearest
from bot.domain.values import Severity

Table = dict[str, Any]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
CADENCE: Mapping[Severity, str] = {"A": "1h", "B": "4h", "C": "2d"}
"""Ours, where a vendor publishes no time between two updates: every hour, every four hours, every two days. Between
what Red Hat, SAP and five SaaS vendors publish for their first three levels, and never said to be the vendor's.
https://access.redhat.com/site/support/offerings/openshift/sla"""
_OF_THE_HOUSE = ("ladder", "repeat", "hold", "next_contact_required", "alone_after", "stuck_after", "double_check")
"""What no vendor publishes, beside the checkpoints: how a team reminds itself. Taken from the policy `standard`."""


def table_of(plan: Plan, standard: Mapping[str, Any]) -> Table:
    """The plan as a policy: the vendor's figures, our cadence where it has none, our checkpoints and ladder."""
    about: Table = {
        "version": plan.as_of,
        "label": plan.label,
        "vendor": plan.vendor,
        "plan": plan.name,
        "status": plan.status,
        "as_of": plan.as_of,
        "aliases": list(plan.names),
        "note": plan.note,
    }
    terms = {s: _terms(plan.at(s), s, standard[s]) for s in SEVERITIES if plan.at(s)}
    return {key: value for key, value in about.items() if value not in ("", [])} | terms


def _terms(levels: Sequence[Level], severity: Severity, house: Mapping[str, Any]) -> Table:
    """The terms of one severity: those of its most severe level; the vendor's further levels stand beside them."""
    first, *others = levels
    table = _published(first)
    if first.update_every:
        table |= {"update_every": in_hours(first.update_every), "next_contact": _elapsed(first.update_every)}
    else:
        table |= {"next_contact": CADENCE[severity]}
    table["next_contact_source"] = first.source if first.update_every else OURS
    if "next_reply" in house:
        table |= {"next_reply": _counted(house["next_reply"], first.calendar), "next_reply_source": OURS}
    table |= {key: one for key, one in house.items() if key.endswith("_checkpoints") or key in _OF_THE_HOUSE}
    if first.first_response is None:  # without that clock there is nothing that asks for the first promise
        table.pop("first_response_checkpoints", None)
        table["next_contact_required"] = False
    if others:
        table["also"] = [_also(level) for level in others]
    return table


def _published(level: Level) -> Table:
    """What the vendor says of one level."""
    table: Table = {"level": level.name, "definition": level.definition}
    if level.first_response is not None:
        table["first_response"] = in_hours(level.first_response)
    table["calendar"] = level.calendar
    if level.language:
        table["language"] = {language: {"calendar": calendar} for language, calendar in level.language.items()}
    return table | {"confidence": level.confidence, "source": level.source}


def _also(level: Level) -> Table:
    """A further level as it stands in the table of the severity."""
    durations = {"first_response": level.first_response, "update_every": level.update_every}
    table: Table = {"name": level.name, "code": level.code, "definition": level.definition}
    table |= {key: in_hours(span) for key, span in durations.items() if span}
    table |= {"calendar": level.calendar, "language": dict(level.language)}
    return {key: one for key, one in table.items() if one} | {"confidence": level.confidence, "source": level.source}


def _counted(text: str, calendar: str) -> str:
    """Our own span where it is counted in this calendar: days become working days where there are nights."""
    return text.replace("d", "bd") if calendar != ALWAYS else text


def _elapsed(span: Span) -> str:
    """The span as elapsed time, which a promise is: hours as they are, a working day as a day.

    So eight business hours are never longer than published, and "the day after tomorrow" is the same time that day.
    """
    return f"{span.working_days}d" if span.working_days else in_hours(span)


def in_hours(span: Span) -> str:
    """The span in hours as vendors write it: 24h of an office's time are no day."""
    days, rest = divmod(span.time, timedelta(days=1))
    return f"{days * 24}h" if days and not rest else str(span)


# ---------------------------------------------------------------- like


def resolved(own: Mapping[str, Any], shipped: Mapping[str, Table]) -> tuple[dict[str, Any], list[str]]:
    """Every policy with what `like` brings filled in, and the faults of names that lead nowhere or round.

    A policy that is like its own name is like the shipped one of that name.
    """
    faults: list[str] = []
    tables: dict[str, Any] = {name: dict(table) for name, table in shipped.items()}
    for name, table in own.items():
        if isinstance(table, dict):
            mine, told = _resolved(name, own, shipped, ())
            tables[name] = mine
            faults += [fault for fault in told if fault not in faults]
        else:
            tables[name] = table
    return tables, faults


def _resolved(
    name: str, own: Mapping[str, Any], shipped: Mapping[str, Table], way: tuple[str, ...]
) -> tuple[Table, list[str]]:
    """One policy of the file upon those that it is like, each over the one before."""
    table, faults = dict(own[name]), list[str]()
    base: Table = {}
    for other in likes(table):
        found, told = _named(name, other, own, shipped, (*way, name))
        base = _over(base, found)
        faults += told
    return (_over(base, table) if base else table), faults


def _named(
    name: str, other: str, own: Mapping[str, Any], shipped: Mapping[str, Table], way: tuple[str, ...]
) -> tuple[Table, list[str]]:
    if other in shipped and (other == name or other not in own):
        return shipped[other], []
    if other in way:
        # The circle is one fault, told where it begins in the order of the alphabet.
        circle = way[way.index(other) :]
        first = min(circle)
        start = circle.index(first)
        round_ = " -> ".join((*circle[start:], *circle[:start], first))
        return {}, [f"policies.{first}.like: goes round in a circle ({round_}): leave one of them out"]
    if other in own:
        if not isinstance(own[other], dict):
            return {}, []  # told by the model: expected a table
        return _resolved(other, own, shipped, way)
    return {}, [f"policies.{name}.like: {unknown(other, (*own, *shipped))}"]


def likes(table: Mapping[str, Any]) -> tuple[str, ...]:
    """The names after `like`, one or a list; what is neither is told by the model."""
    given = table.get("like", ())
    listed = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return tuple(name for name in listed if isinstance(name, str))


def unknown(name: str, known: Sequence[str]) -> str:
    """What is wrong with a policy's name, and what was probably meant."""
    near = nearest(name, known) or ("standard",)
    meant = " or ".join(f'"{one}"' for one in near)
    return f"expected a policy's name such as {meant} (`jibungoto policies` lists them), not {name!r}"


_OWN = frozenset({"like", "version", "label", "aliases"})
"""What belongs to one policy alone and is not taken over by those like it."""


def _over(base: Mapping[str, Any], mine: Mapping[str, Any]) -> Table:
    """The base with mine over it: severities key by key, everything else as a whole."""
    table = {key: value for key, value in base.items() if key not in _OWN} | dict(mine)
    for severity in SEVERITIES:
        below, above = base.get(severity), mine.get(severity)
        if isinstance(below, dict) and isinstance(above, dict):
            table[severity] = _terms_over(below, above)
    return table


_FIGURES = {
    ("first_response", "calendar", "language"): ("confidence", "source", "level", "definition", "also"),
    ("next_contact",): ("next_contact_source", "update_every"),
    ("next_reply",): ("next_reply_source",),
}
"""A figure of one's own takes away whose it was: nothing is said in a vendor's name that the vendor did not say."""


def _terms_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Table:
    kept = dict(below)
    for figures, said in _FIGURES.items():
        if any(figure in above and above[figure] != below.get(figure) for figure in figures):
            for key in said:
                kept.pop(key, None)
    return kept | dict(above)


# ---------------------------------------------------------------- TOML


def written(name: str, table: Mapping[str, Any]) -> str:
    """The policy as it would stand in a configuration file; read back it is equal."""
    return "\n".join(_lines(f"policies.{_key(name)}", table))


_WIDE = 120


def _lines(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    below = {key: value for key, value in table.items() if isinstance(value, dict) and value}
    if len(below) < len(table) or not table:
        yield f"[{path}]"
    for key, value in table.items():
        if key not in below and value != {}:
            yield from _entry(key, value)
    for index, (key, value) in enumerate(below.items()):
        if index or len(below) < len(table):
            yield ""
        yield from _lines(f"{path}.{_key(key)}", value)


def _entry(key: str, value: Any) -> Iterator[str]:
    """One line, or for a list that is too long for one a line for each item."""
    line = f"{_key(key)} = {_value(value)}"
    if isinstance(value, list) and len(line) > _WIDE:
        yield f"{_key(key)} = ["
        yield from (f"    {_value(item)}," for item in value)
        yield "]"
    else:
        yield line


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items() if one != {})
        return "{ " + inside + " }"
    return str(value) if isinstance(value, int | float) else _text(str(value))


def _key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "-_") for c in key) else _text(key)


_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def _text(text: str) -> str:
    """A TOML string. https://toml.io/en/v1.0.0#string"""
    return '"' + "".join(_ESCAPED.get(c) or (c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'
