"""Policy tables: the end of docs/policies.md and of its Japanese twin, written from the shipped presets.

`python -m docs.policy_tables` (or `make docs`) writes them below the mark and leaves the words above it as they are; a
test says when they have to be written anew.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.domain.plan import OURS, Level, Plan
from bot.domain.values import Language
from bot.policies import CADENCE, in_hours
from bot.shipped import shipped_plans
from handlers.views.policies import CONFIDENCES, STATUSES
from handlers.views.texts import texts

FOLDER = Path(__file__).parent
PAGES: dict[Language, Path] = {"en": FOLDER / "policies.md", "ja": FOLDER / "policies.ja.md"}


MARK = "<!-- The tables below are written by `make docs` from bot/presets. -->"


def page(language: Language) -> str:
    """The whole of one page: its own words, and the tables."""
    words, mark, _ = PAGES[language].read_text(encoding="utf-8").partition(MARK)
    return words + mark + "\n".join(["", *_lines(language)]).rstrip() + "\n"


def _lines(language: Language) -> Iterator[str]:
    vendors: dict[str, list[Plan]] = {}
    for plan in shipped_plans():
        vendors.setdefault(plan.vendor, []).append(plan)
    for vendor, plans in vendors.items():
        yield f"\n### {vendor}"
        for plan in plans:
            yield from _plan(plan, language)


def _plan(plan: Plan, language: Language) -> Iterator[str]:
    say = texts(language)
    yield f"\n**`{plan.key}`** · {plan.name} · {say.say(STATUSES[plan.status])} · {plan.as_of}"
    if plan.note:
        yield f"\n{_linked(plan.note)}"
    if plan.levels:
        yield ""
        yield _COLUMNS[language]
        yield "|---|---|---|---|---|---|"
        yield from (_row(level, language) for level in plan.levels)


def _row(level: Level, language: Language) -> str:
    say = texts(language)
    first = in_hours(level.first_response) if level.first_response else say.say("none published")
    others = "".join(f" ({spoken}: `{calendar}`)" for spoken, calendar in level.language.items())
    source = OURS if level.source == OURS else f"[{level.source.split('/')[2]}]({level.source})"
    cells = (
        level.name,
        ", ".join(level.severities),
        f"{first} `{level.calendar}`{others}",
        in_hours(level.update_every) if level.update_every else _OURS[language].format(CADENCE[level.severities[0]]),
        say.say(CONFIDENCES[level.confidence]),
        source,
    )
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _linked(note: str) -> str:
    """The file's own words; what looks like markup in them is none."""
    return note.replace("<", "&lt;").replace("_", "\\_")


_COLUMNS: dict[Language, str] = {
    "en": "| level | severity | first response | between contacts | how sure | source |",
    "ja": "| レベル | 重要度 | 初回応答 | ご連絡の間隔 | 確度 | 出典 |",
}
_OURS: dict[Language, str] = {"en": "{} (ours)", "ja": "{} (Jibungoto の値)"}

if __name__ == "__main__":
    for language, path in PAGES.items():
        path.write_text(page(language), encoding="utf-8")
