"""Page: a paper as one HTML file that needs nothing else, runs nothing, and asks nobody for anything."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape

from handlers.views.report import picture as drawn
from handlers.views.report.paper import Block, Items, Paper, Picture, Table, Words

STYLE = (
    ":root{color-scheme:light dark;--ink:#1a1a1a;--soft:#5b6470;--line:#c4cad1;--ground:#fff;--bar:#f3f5f8}"
    "@media (prefers-color-scheme:dark){:root{--ink:#eef1f4;--soft:#a9b3bf;--line:#414b57;--ground:#15191e;"
    "--bar:#1d232a}}"
    f"body{{font:16px/1.7 {drawn.FAMILY};color:var(--ink);background:var(--ground);max-width:75rem;margin:0 auto;"
    "padding:1.5rem 1rem 4rem;overflow-wrap:anywhere}"
    "h1{font-size:1.5rem;line-height:1.4}h2{font-size:1.15rem;margin:2.2rem 0 .6rem;"
    "border-bottom:1px solid var(--line);padding-bottom:.2rem}"
    "table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .7rem;border-bottom:1px solid var(--line)}"
    "thead th{background:var(--bar)}tbody th{font-weight:600;white-space:nowrap}"
    "ul{padding-left:1.2rem}li{margin:.15rem 0}"
    ".wide{overflow-x:auto}.wide svg{min-width:56rem;width:100%;height:auto}"
    "@media print{body{max-width:none}.wide svg{min-width:0}}"
)


def page(paper: Paper, svg: str) -> str:
    """The paper with its picture inside."""
    allowed = " ".join(f"'{_hash(style)}'" for style in (STYLE, drawn.style("both")))
    body = [f"<h1>{escape(paper.title)}</h1>"]
    for section in paper.sections:
        body.append(f"<section><h2>{escape(section.heading)}</h2>")
        body += [line for block in section.blocks for line in _drawn(block, svg)]
        body.append("</section>")
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{paper.language}"><head><meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy"'
            f" content=\"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'\">",
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{escape(paper.title)}</title><style>{STYLE}</style></head>",
            "<body><main>",
            *body,
            "</main></body></html>\n",
        ]
    )


def _hash(style: str) -> str:
    return f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"


def _drawn(block: Block, svg: str) -> Iterator[str]:
    match block:
        case Words(text):
            yield f"<p>{escape(text)}</p>"
        case Items(lines):
            yield "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"
        case Picture():
            yield f'<div class="wide">{svg.strip()}</div>'
        case Table(headings, rows):
            yield "<table>" + _head(headings) + "<tbody>"
            yield from (_row(row) for row in rows)
            yield "</tbody></table>"


def _head(headings: tuple[str, ...]) -> str:
    if not headings:
        return ""
    return "<thead><tr>" + "".join(f'<th scope="col">{escape(one)}</th>' for one in headings) + "</tr></thead>"


def _row(row: tuple[str, ...]) -> str:
    first, *rest = row
    return f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"
