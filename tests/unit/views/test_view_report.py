"""The report of a case: papers that say what happened, harm nobody, and stand alone.

After a wanted change, `python tests/unit/views/test_view_report.py` writes the golden papers anew; read the difference.
"""

import re
import sys
import time
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)] if __name__ == "__main__" else []

from long_stories import NAMES, half_an_hour, three_days  # noqa: E402
from stories import HANA, KEN, STORE, TOKYO, Story, at  # noqa: E402

from bot.domain.account import Account, account  # noqa: E402
from bot.domain.clock_messages import SetDeadline  # noqa: E402
from bot.domain.messages import (  # noqa: E402
    AcceptTask,
    AddNote,
    ApproveCheck,
    AskCheck,
    AskTask,
    DeclineTask,
    FinishCheck,
    FinishTask,
    MarkShared,
    OverrideCheck,
)
from bot.domain.values import Language, UserId  # noqa: E402
from handlers.views.report.markdown import markdown  # noqa: E402
from handlers.views.report.papers import account_for_thread, in_short, papers  # noqa: E402
from handlers.views.report.picture import picture  # noqa: E402
from handlers.views.report.scribe import Scribe  # noqa: E402
from handlers.views.report.story import paper  # noqa: E402
from handlers.views.report.ticks import ticks  # noqa: E402

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES: tuple[Language, ...] = ("ja", "en")
NASTY = "<script>alert(1)</script> | `x` [a](http://evil) <@U999> **b** _c_ # \u202e"


def told(story: Story) -> Account:
    return account(story.case, story.facts, story.facts[-1].at + timedelta(minutes=1))


def written(language: Language) -> str:
    return markdown(paper(Scribe(language, TOKYO, NAMES), told(half_an_hour(language))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_reads_as_agreed(language: Language) -> None:
    "Word for word."
    assert written(language) == (GOLDEN / f"report.{language}.md").read_text(encoding="utf-8")


def test_what_colleagues_asked_each_other_for_is_a_table_of_its_own() -> None:
    "Who asked whom for what, by when, and what came of it; no such chapter where nobody did."
    story = Story("en").do(5, AskTask, to=KEN, area="firewall", text="check the denies", due=at(20))
    story.do(6, AskTask, to=KEN, text="check the disks", due=at(30)).do(7, AcceptTask, KEN, task=1)
    story.do(28, FinishTask, KEN, task=1, result="443 is denied").do(29, DeclineTask, KEN, task=2, reason="no access")
    text = markdown(paper(Scribe("en", TOKYO, NAMES), told(story)))

    rows = text.partition("## Tasks")[2].partition("\n## ")[0].strip().splitlines()[2:]
    assert [row.split(" | ")[-1].strip(" |") for row in rows] == [
        "done, 8 min late: 443 is denied",
        "declined: no access",
    ]
    assert "Firewall and security rules on the path: check the denies" in rows[0]
    assert "## Tasks" not in written("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_days_and_two_thousand_facts_take_less_than_two_seconds(language: Language) -> None:
    "All files, the picture in dots included."
    story = three_days(language)
    assert len(story.facts) >= 2000

    begun = time.process_time()
    made = papers(told(story), language, TOKYO, NAMES)

    assert time.process_time() - begun < 2
    assert made.png.startswith(b"\x89PNG")
    assert len(made.png) < 1_000_000


def test_a_long_story_sums_up_the_promises_that_were_kept() -> None:
    "What was not kept is a line of its own."
    text = markdown(paper(Scribe("en", TOKYO), told(three_days("en"))))
    clocks = text.partition("## Clocks")[2].partition("## ")[0]

    assert re.search(r"\| \d+ promises kept \|", clocks)
    assert clocks.count("\n| ") < 8
    assert "late, by" in clocks


def test_the_page_stands_alone_and_runs_nothing() -> None:
    "One file: nothing is fetched, nothing runs, and what was typed stays text."
    story = Story("en", **{**STORE, "customer": NASTY, "title": f"Down {NASTY}"}).do(1, AddNote, text=NASTY)
    html = papers(told(story), "en", TOKYO, {HANA: NASTY}).html
    seen = Tags()
    seen.feed(html)

    assert seen.tags.isdisjoint({"script", "img", "iframe", "object", "embed", "form", "base", "a"})
    assert seen.attributes.isdisjoint({"src", "href", "style", "onload", "onclick", "srcset"})
    assert "default-src 'none'" in html
    assert "\u202e" not in html


def test_the_markdown_says_what_was_typed_and_nothing_else() -> None:
    "No table is broken, no tag or link made; a typed mention is no person."
    story = Story("en", **{**STORE, "customer": NASTY}).do(1, AddNote, text=NASTY)
    text = markdown(paper(Scribe("en", TOKYO, {UserId("U999"): "Somebody"}), told(story)))
    (customer,) = [line for line in text.splitlines() if line.startswith("| Customer |")]

    assert len(re.findall(r"(?<!\\)\|", customer)) == 3
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)\[(?!\]|The case)", text.replace("![", "!"))
    assert "Somebody" not in text


def test_double_checks_are_told_and_counted() -> None:
    "With whoever confirmed them, and why one was not waited for; a report without any says nothing of them."
    step = {"risk": "restore", "what": "from 02:00", "target": "db-prod-01", "rollback": "keep it"}
    story = Story("en", **STORE).do(1, AskCheck, **step).do(2, ApproveCheck, by=KEN, typed="db-prod-01")
    story.do(3, FinishCheck).do(4, AskCheck, **step).do(5, OverrideCheck, reason="the disk is full")
    text = markdown(paper(Scribe("en", TOKYO, NAMES), told(story)))

    assert "| Double checks | asked 2, approved 1, sent back 0, done without 1 |" in text
    assert "## Double checks of risky steps" in text
    assert re.search(r"Restore: db-prod-01 \|.*approved by 鈴木 健", text)
    assert re.search(r"done without a check by .* the disk is full \|", text)
    assert "Double check" not in written("en")


def test_people_have_their_names_or_their_ids() -> None:
    "Slack's signs are gone."
    known = markdown(paper(Scribe("ja", TOKYO, NAMES), told(half_an_hour())))
    unknown = markdown(paper(Scribe("ja", TOKYO), told(half_an_hour())))

    assert "鈴木 健" in known
    assert "U02KEN" not in known
    assert "U02KEN" in unknown
    assert "@" not in known + unknown


def test_nobody_is_counted_or_ranked() -> None:
    "People stand in the order in which they came, and no number stands beside a name."
    text = markdown(paper(Scribe("en", TOKYO, NAMES), told(three_days("en"))))
    people = text.partition("## Who was there")[2].partition("## ")[0]
    rows = [line for line in people.splitlines() if line.startswith("| ")][2:]

    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [
        NAMES[HANA],
        NAMES[KEN],
        "佐藤 澪",
        "Ben Carter",
    ]
    assert not re.search(r"\d+ (notes|contacts|findings|areas)", people)


def test_where_outsiders_read_the_customer_is_hidden() -> None:
    "A shared channel's report says nothing that its card hides."
    story = Story("en", **STORE).promised(8, 60)
    story.do(9, SetDeadline, deadline=at(7 * 60), deadline_text="7:00 sharp")
    story.do(10, MarkShared, by=UserId(""), shared=True)
    made = papers(account_for_thread(story.case, story.facts, at(30)), "en", TOKYO)
    whole = papers(told(story), "en", TOKYO)

    for secret in (STORE["customer"], STORE["impact"], "7:00 sharp", "調査を開始したことをお伝えした"):
        assert secret in whole.markdown
        assert secret not in made.markdown + made.html + made.svg
    assert "deadline" not in made.markdown.lower()


@pytest.mark.parametrize("look", ["light", "dark", "both"])
@pytest.mark.parametrize("story", [half_an_hour, three_days])
def test_the_picture_needs_no_colour(story, look) -> None:
    "Every pattern and sign on it is explained in words, and no two areas of time look alike but for their colour."
    svg = picture(Scribe("en", TOKYO, NAMES), told(story("en")), look)
    texts = [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]

    for used, word in (
        ("p-claimed", "looking"),
        ("p-suspect", "suspect"),
        ("p-cleared", "cleared"),
        ("sign", "contact"),
    ):
        assert (word in texts) is (f'class="{used}"' in svg), word
    assert "Cause found" in " ".join(filter(None, texts))


def test_labels_of_the_picture_stay_inside_it() -> None:
    "At the left and right edge too."
    for story in (half_an_hour("en"), three_days("en")):
        svg = ElementTree.fromstring(picture(Scribe("en", TOKYO, NAMES), told(story), "light"))
        places = [float(text.attrib["x"]) for text in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert min(places) >= 0
        assert max(places) <= 1200


@pytest.mark.parametrize(
    ("minutes", "first", "most"),
    [(30, "00:00", 10), (72 * 60, "00:00", 10), (3, "00:00", 5), (60 * 24 * 200, "00:00", 10)],
)
def test_a_time_line_is_marked_at_round_moments(minutes: int, first: str, most: int) -> None:
    "Few enough to read, from half an hour to months."
    start = datetime(2026, 11, 23, 15, tzinfo=UTC)
    found = ticks(start, start + timedelta(minutes=minutes), ZoneInfo("Asia/Tokyo"))
    clocks = [f"{tick.at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" for tick in found]

    assert clocks[0] == first
    assert 2 <= len(found) <= most + 1


def test_an_hour_that_comes_twice_is_marked_in_order() -> None:
    "Clocks go back in London on 25 October 2026."
    start = datetime(2026, 10, 25, 0, tzinfo=UTC)
    found = [tick.at for tick in ticks(start, start + timedelta(hours=5), ZoneInfo("Europe/London"))]

    assert found == sorted(set(found))


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_short_it_fits_a_message(language: Language) -> None:
    "Figures and questions, within Slack's limits."
    said = in_short(told(three_days(language)), language, TOKYO, NAMES)

    assert len(said.text) <= 3900
    assert all(len(block["text"]["text"]) <= 3000 for block in said.blocks)


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


if __name__ == "__main__":
    for each in LANGUAGES:
        (GOLDEN / f"report.{each}.md").write_text(written(each), encoding="utf-8")
