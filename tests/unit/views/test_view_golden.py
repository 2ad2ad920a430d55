"""Golden views: the main states, whole, in both languages.

After a wanted change, `python tests/unit/views/test_view_golden.py` writes them anew; read the difference.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)] if __name__ == "__main__" else []

from stories import BEN, HANA, KEN, TOKYO, Story, at, busy  # noqa: E402

from bot.domain.messages import AcceptTask, AskTask, CallForHelp, CloseCase, OfferHandoff, RecordContact, ResolveCase  # noqa: E402
from bot.domain.values import Language  # noqa: E402
from handlers.views.card import card  # noqa: E402
from handlers.views.home import home  # noqa: E402
from handlers.views.menus import more_modal  # noqa: E402
from handlers.views.modals import contacted_modal  # noqa: E402
from handlers.views.news import news  # noqa: E402
from handlers.views.reminder import reminder  # noqa: E402

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES: tuple[Language, ...] = ("ja", "en")


def views(language: Language) -> Iterator[tuple[str, Any]]:
    """The views worth reading whole."""
    new, full = Story(language), busy(language)
    yield "card-new", card(new.case, at(1))
    yield "card-first-response-overdue", card(new.case, at(18))
    yield "card-busy", card(full.case, at(27))
    yield "card-overdue", card(full.case, at(65))
    for rung, minutes, place in (("before", 50, "person"), ("due", 60, "thread"), ("backup", 65, "person")):
        fact = full.reminder(minutes)
        to = {"before": HANA, "backup": BEN}.get(rung)
        yield f"reminder-{rung}", reminder(full.case, fact, place, to, TOKYO, language, at(minutes))  # type: ignore[arg-type]
    fact = full.reminder(70)
    yield "reminder-channel", reminder(full.case, fact, "broadcast", None, TOKYO, language, at(74))
    offered = busy(language).do(30, OfferHandoff, to=BEN, note="trace is running")
    yield "news-handoff", news(offered.case, offered.latest[0], language, TOKYO, at(30))
    asked = busy(language).do(30, AskTask, to=BEN, area="firewall", text="flow logs", due=at(45))
    yield "news-task", news(asked.case, asked.latest[0], language, TOKYO, at(30))
    yield "card-tasks", card(asked.do(31, AcceptTask, BEN).case, at(46))
    called = busy(language).do(30, CallForHelp, asking="DNS")
    yield "news-help", news(called.case, called.latest[0], language, TOKYO, at(30))
    resolved = busy(language).do(40, ResolveCase, how="NSG")
    yield "card-resolved", card(resolved.case, at(41))
    resolved.do(41, RecordContact, how="phone", said="OK").do(42, CloseCase, anyway=True)
    yield "card-closed", card(resolved.case, at(43))
    yield "modal-contacted", contacted_modal(new.case, language, TOKYO, "{}", at(3))
    yield "modal-more", more_modal(busy(language).case, KEN, language, "{}", (), at(27))
    yield "home-empty", home(HANA, [], language, TOKYO, at(0))


def written(shown: Any) -> str:
    plain = shown if isinstance(shown, dict) else asdict(shown)
    return json.dumps(plain, ensure_ascii=False, indent=1, default=list) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_main_states_look_as_agreed(language: Language) -> None:
    "Word for word, block for block."
    shown = {f"{name}.{language}.json": written(view) for name, view in views(language)}

    assert {path.name for path in GOLDEN.glob(f"*.{language}.json")} == set(shown)
    for name, text in shown.items():
        assert text == (GOLDEN / name).read_text(encoding="utf-8"), name


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for name, view in views(language):
            (GOLDEN / f"{name}.{language}.json").write_text(written(view), encoding="utf-8")
