"""Text: what Slack delivers is read once, what is posted can neither ping nor hide."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import escape, fold, folded, many_lines, mentions, mrkdwn_safe, nearest, one_line, plain

ENTITIES = re.compile(r"&(?!(?:amp|lt|gt);)")


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("<https://example.com/a?b=1&amp;c=2|SR 1 &amp; 2>", "SR 1 & 2"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|>", "https://example.com"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        ("<#C1|sev-a>", "#sev-a"),
        ("<#C1|>", "#C1"),
        ("<#C1>", "#C1"),
        ("<!date^1732410000^{date} {time}|24 Nov 10:00 JST>", "24 Nov 10:00 JST"),
        ("<!subteam^S1|@oncall> <!subteam^S1>", "@oncall @subteam"),
        ("<!here> <!channel|@channel>", "@here @channel"),
        ("<@U1> <@U2|ben>", "@U1 @ben"),
        ("a <b> c < d", "a <b> c < d"),
        ("", ""),
    ],
)
def test_slack_text_is_read_as_its_reader_sees_it(typed: str, seen: str) -> None:
    """Entities are decoded exactly once and markup becomes its label."""
    assert plain(typed) == seen


def test_a_title_can_do_without_mentions() -> None:
    """People and groups leave the text, channels and links stay."""
    assert plain("<@U1> <!here> <#C1|x> down", keep_mentions=False) == "  #x down"


def test_mentions_are_told_once_and_in_order() -> None:
    """Who is named is known by id."""
    assert mentions("cc <@U02BOB> <@W1|ann> <@U02BOB> &lt;@U9&gt;") == ("U02BOB", "W1")


@given(st.text())
def test_what_is_escaped_reads_back_the_same(text: str) -> None:
    """Out and in again changes nothing."""
    assert plain(escape(text)) == text


@given(st.text(alphabet=st.sampled_from("<>&@!#|^Uhereltgamp;:/ \n")))
def test_no_typed_text_yields_a_live_mention(text: str) -> None:
    """However often it is read and written, markup never comes alive."""
    for out in (escape(text), escape(plain(text)), mrkdwn_safe(plain(text), 20)):
        assert "<" not in out
        assert ">" not in out


@given(st.text(alphabet=st.sampled_from("a<>&漢\n\u202e")), st.integers(-1, 40))
def test_a_cut_never_falls_inside_an_entity(text: str, limit: int) -> None:
    """The escaped text keeps its limit, and every & in it begins a whole entity."""
    out = mrkdwn_safe(text, limit)
    assert len(out) <= max(limit, 0)
    assert not ENTITIES.search(out)


@pytest.mark.parametrize(
    ("text", "limit", "safe"),
    [
        ("a&b", 7, "a&amp;b"),
        ("a&b", 6, "a…"),
        ("&&", 10, "&amp;&amp;"),
        ("a\r\nb\tc", 9, "a\nb c"),
        ("x" * 99, 5, "xxxx…"),
    ],
)
def test_mrkdwn_is_cut_after_escaping(text: str, limit: int, safe: str) -> None:
    """What fits is whole, what does not ends in an ellipsis."""
    assert mrkdwn_safe(text, limit) == safe


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  a\n\tb \r\n c ", "a b c"),
        ("evil\u202etxt\u200b.exe\u2066", "eviltxt.exe"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("全角\u3000空白", "全角 空白"),
        ("\u3164\u2800", ""),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("x" * 10, "x" * 10),
        ("x" * 11, "x" * 9 + "…"),
        ("障害🔥", "障害🔥"),
    ],
)
def test_one_line_shows_all_that_it_holds(typed: str, line: str) -> None:
    """No control, zero-width or bidi character survives, and the limit holds."""
    assert one_line(typed, 10 if typed.startswith("x") else 40) == line


@given(st.text(), st.integers(-1, 30))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    """Whatever is typed, one line of at most the limit comes out."""
    line = one_line(text, limit)
    assert len(line) <= max(limit, 0)
    assert line.splitlines() in ([], [line])


def test_many_lines_keep_their_breaks() -> None:
    """Only the breaks between lines stay."""
    assert many_lines(" a\r\nb\u202e\n", 40) == "a\nb"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("clam", ("claim", "clear")),
        ("CL", ("claim", "clear", "close")),
        ("引き受て", ("引き受け",)),
        ("ﾈｯﾄﾜｰｸ", ("ネットワーク",)),
        ("ネット", ("ネットワーク",)),
        ("復", ("復旧",)),
        ("zzz", ()),
        ("", ()),
        ("x" * 50_000, ()),
    ],
)
def test_near_words_are_offered(word: str, near: tuple[str, ...]) -> None:
    """The beginning of a word, or a slip in it, is enough in either script."""
    assert nearest(word, ["claim", "clear", "close", "引き受け", "復旧", "ネットワーク"]) == near


def test_folding_forgets_width_and_case() -> None:
    """What looks the same compares the same."""
    assert fold("ＳｅｖＡ ﾈｯﾄ ㍻") == "seva ネット 平成"


@given(st.text(), st.integers(0, 20))
def test_a_folded_text_knows_its_original(text: str, limit: int) -> None:
    """Each folded character points into the original, the end past what was looked at."""
    front = folded(text, limit)
    assert len(front.places) == len(front.text) + 1
    assert front.original(len(front.text)) == min(len(text), limit)
    assert list(front.places) == sorted(front.places)
