"""Texts on the page: Slack's markup, dates in the reader's zone, and nothing that a person typed as markup."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import sandbox.page
from sandbox.page.dates import day_and_time, filled
from sandbox.page.mrkdwn_html import draw, plain
from sandbox.page.words import japanese, preferred, speaker
from tests.sandbox.drawn import NINE, reader


def mrkdwn(text: str, user: str = "U01YUKI", **how) -> str:
    return str(draw(text, reader(user), **how)).removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("*b* _i_ ~s~ `c`", "<b>b</b> <i>i</i> <s>s</s> <code>c</code>"),
        ("*a _b_ c*", "<b>a <i>b</i> c</b>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("顧客*重要*です", "顧客*重要*です"),  # Slack wants a space before the mark
        ("a\nb", "a<br>b"),
        ("&lt;b&gt; &amp;amp; ok", "&lt;b&gt; &amp;amp; ok"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        (":eyes: :nosuchemoji:",
         '<span class="emoji" role="img" aria-label="eyes" title=":eyes:">👀</span> :nosuchemoji:'),
        ("<https://example.com/?a=1&amp;b=2|here>",
         '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">here</a>'),
        ("<javascript:alert(1)|here>", "&lt;javascript:alert(1)|here&gt;"),
        ("<@U02BOB>", '<span class="mention" data-user="U02BOB">@Bob Walsh</span>'),
        ("<@U01YUKI>", '<span class="mention me" data-user="U01YUKI">@佐藤 有希</span>'),
        ("<#C06RANDOM|random>", '<a class="mention" href="/as/U01YUKI/C06RANDOM">#random</a>'),
        ("<!here>", '<span class="mention me">@here</span>'),
        ("<!subteam^S1|@night>", '<span class="mention">@night</span>'),
        ("@here #random https://example.com", "@here #random https://example.com"),
    ],
)  # fmt: skip
def test_marked_up_text(stored, shown):
    assert mrkdwn(stored) == shown


def test_text_that_is_not_verbatim_is_searched_for_names_and_addresses():
    shown = mrkdwn("@here #random @bob https://example.com", verbatim=False)

    assert '<span class="mention me">@here</span>' in shown
    assert 'href="/as/U01YUKI/C06RANDOM"' in shown
    assert 'data-user="U02BOB"' in shown
    assert 'href="https://example.com"' in shown


def test_quotes_and_code_blocks():
    assert mrkdwn("&gt; one\n&gt; two\nthree") == "<blockquote>one<br>two</blockquote><p>three"
    assert mrkdwn("before ```a *b*\n<https://example.com|x>``` after") == (
        "before </p><pre>a *b*\nhttps://example.com</pre><p> after"
    )


@pytest.mark.parametrize("typed", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "<b|<i>>", "'';!--"])
def test_nothing_typed_becomes_markup(typed):
    shown = mrkdwn(typed) + mrkdwn(f"*{typed}*") + mrkdwn(f"`{typed}`") + str(plain(typed))

    assert "<script" not in shown
    assert "<img" not in shown
    assert "<i>" not in shown


def test_a_link_to_a_message_of_this_workspace_leads_to_its_place_on_the_page():
    shown = draw("<https://sandbox.slack.com/archives/C01SEVJA/p1795478400000100|thread>", reader())

    assert 'href="/as/U01YUKI/C01SEVJA/t/1795478400.000100"' in shown


AT = int(datetime(2026, 11, 24, 0, 30, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("user", "form", "shown"),
    [
        ("U01YUKI", "{date_short_pretty} {time}", "今日 09:30"),
        ("U02BOB", "{date_short_pretty} {time}", "Today 00:30"),
        ("U06ALEX", "{date_short_pretty} {time}", "Today 4:30 PM"),
        ("U01YUKI", "{date_long}", "11月24日(火)"),
        ("U06ALEX", "{date_long} at {time_secs}", "Monday, November 23rd at 4:30:00 PM"),
        ("U02BOB", "{date_num} {date}", "2026-11-24 November 24th"),
        ("U02BOB", "{ago}", "In 30 minutes"),
        ("U01YUKI", "due {date_slash}", "Due 2026/11/24"),
    ],
)
def test_a_date_token_is_read_in_the_readers_zone(user, form, shown):
    stored = f"<!date^{AT}^{form}|Tue 00:30 UTC>"

    drawn = str(draw(stored, reader(user)))

    assert f">{shown}</time>" in drawn
    assert 'title="Tue 00:30 UTC"' in drawn


@pytest.mark.parametrize(
    "stored", ["<!date^99999999999999^{date}|then>", "<!date^x^{date}|then>", "<!date^1^{no}|then>"]
)
def test_a_date_that_cannot_be_formatted_falls_back_to_its_words(stored):
    assert "then" in str(draw(stored, reader()))


def test_a_date_far_away_has_its_year():
    assert filled("{date_short}", int(datetime(2025, 1, 2, tzinfo=UTC).timestamp()), reader("U02BOB")) == "Jan 2, 2025"
    assert day_and_time(NINE, reader("U06ALEX")) == "today at 4:00 PM"


def test_the_page_speaks_the_browsers_language():
    assert preferred("ja,en;q=0.8") == "ja"
    assert preferred("de-DE, en-GB;q=0.7, ja;q=0.9") == "ja"
    assert preferred("fr") == preferred("") == "en"
    assert speaker("ja")("{count} replies", count=3) == "3 件の返信"
    assert speaker("en")("{count} replies", count=3) == "3 replies"


def test_every_sentence_of_the_page_has_its_japanese():
    folder = Path(sandbox.page.__file__).parent
    said = set()
    for file in (*folder.glob("templates/*.html"), *folder.glob("*.py")):
        said |= set(re.findall(r'\bsay\("((?:[^"\\]|\\.)+)"', file.read_text(encoding="utf-8")))

    assert said - japanese().keys() == set()
