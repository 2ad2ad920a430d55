"""Markdown: a paper as text that reads well as it is, and that nothing typed can turn into something else."""

import re
from collections.abc import Iterator

from handlers.views.report.paper import Block, Items, Paper, Picture, Table, Words

PICTURE = "timeline.svg"
_SIGNS = re.compile(r"([\\`*\[\]<>|~]|(?<!\w)_|_(?!\w))")
_FIRST = re.compile(r"^(\s*)([#+\-=]|\d+[.)])")


def markdown(paper: Paper, picture: str = PICTURE) -> str:
    """The paper; the picture stands beside it in a file."""
    lines = [f"# {safe(paper.title)}", ""]
    for section in paper.sections:
        lines += [f"## {safe(section.heading)}", ""]
        for block in section.blocks:
            lines += [*_written(block, picture), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _written(block: Block, picture: str) -> Iterator[str]:
    match block:
        case Words(text):
            yield _FIRST.sub(r"\1\\\2", safe(text))
        case Items(lines):
            yield from (f"- {_FIRST.sub(_calm, safe(line))}" for line in lines)
        case Picture(text):
            yield f"![{safe(text)}]({picture})"
        case Table(headings, rows):
            width = len(headings) or max((len(row) for row in rows), default=1)
            yield _row(headings or ("",) * width)
            yield "|" + " --- |" * width
            yield from map(_row, rows)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(safe(cell) for cell in cells) + " |"


def _calm(found: re.Match[str]) -> str:
    sign = found[2]
    return f"{found[1]}{sign[:-1]}\\{sign[-1]}" if sign[0].isdigit() else f"{found[1]}\\{sign}"


def safe(text: str) -> str:
    """Plain text on one line, its signs without a meaning."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;")
