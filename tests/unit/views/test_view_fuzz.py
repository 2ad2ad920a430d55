"""Whatever people type, everywhere they can: no message comes alive, breaks a limit or turns a line."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from every import LINKS, PEOPLE, every_view
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from limits import check_harmless, check_limits, spoken
from stories import HANA, Story, at
from test_view_limits import ended, told_everything

from bot.domain.text import many_lines, one_line
from handlers.views import parts
from handlers.views.access import DEEDS, ROLES
from handlers.views.parts import Message
from sandbox.blocks import faults_of_message, faults_of_view, too_large
from sandbox.mrkdwn import pings

SEQUENCES = (
    "<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S012|@team>", "<@U01HANA>", "<@W1|x>", "<#C01|general>",
    "<http://x|y>", "<https://evil.example>", "<mailto:a@b.example|a>", "<!date^1^{ago}^https://x|now>", "@channel",
    "@here", "@hana", "#general", "https://evil.example", "&lt;!channel&gt;", "&amp;lt;!here&amp;gt;", "&#60;", "&",
    "*bold*", "_it_", "~no~", "`code`", "```", ">", ">>> ", "• ", ":rotating_light:", "{case}", "%s", "\\",
    "\u202e", "\u202d", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u2060",
    "\ufeff", "\u00ad", "\u200d", "\u200c", "\U000e0041", "\u0301" * 30, "\u3164", "\x00", "\x1b[31m", "\n", "\r\n",
    "\u2028", "\t", " ", "مرحبا", "שלום", "नमस्ते", "👩‍👩‍👧", "障害", "a", "-", "|", "^", "!", "#", "@", "<", ">",
)  # fmt: skip
TYPED = st.lists(st.one_of(st.sampled_from(SEQUENCES), st.text(max_size=6)), min_size=1, max_size=14).map("".join)
FUZZ = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
KNOWN = (*PEOPLE, "U0BOT")
TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066\u2067]")
DATES = re.compile(r"<!date\^[^<>]*>|<@[A-Z0-9_]+>|<https://[^<>]*>")


def check_all(name: str, shown: Message | dict[str, Any]) -> None:
    """Everything that Slack, a reader and a team may expect of one message or view."""
    try:
        check_limits(shown)
        check_harmless(shown, PEOPLE, LINKS)
        check_sandbox(shown)
        for text in everything(shown):
            check_text(text)
        for text in spoken(shown):
            check_signs(text)
    except Exception as trouble:
        raise AssertionError(f"{name}: {trouble!r}") from trouble


def check_sandbox(shown: Message | dict[str, Any]) -> None:
    """As the sandbox takes it, and whom it would ping there: nobody but people we named ourselves."""
    if isinstance(shown, Message):
        blocks = list(shown.blocks)
        assert faults_of_message(blocks) == []
        assert pings(shown.text, blocks, names={"hana": HANA, "x": "U9"}) <= set(KNOWN)
    else:
        assert faults_of_view(shown, home=shown["type"] == "home") == []
        assert not too_large(shown)
        assert pings("", shown["blocks"], names={"hana": HANA}) <= set(KNOWN)


def check_text(text: str) -> None:
    """Nothing turns the direction of a line or hides in it; what we isolate ourselves is closed again."""
    assert not TURNING.search(text), text
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" for sign in text), text
    assert not re.search("[\u0300-\u036f]{5}", text), text
    for line in text.split("\n"):
        depth = 0
        for sign in line:
            depth += (sign == "\u2068") - (sign == "\u2069")
            assert depth in (0, 1), line
        assert depth == 0, line


def check_signs(text: str) -> None:
    """Bold is ours alone, italics and strike-through are nobody's, and no line but a quotation is one."""
    for line in DATES.sub("x", text).split("\n"):
        starts = re.findall(r"(?<![^\W_])[*_~](?=[^\s*_~])", line)
        ends = re.findall(r"(?<=[^\s*_~])[*_~](?![^\W_])", line)
        assert set(starts) | set(ends) <= {"*"}, line
        assert len(re.findall(r"\*", re.sub(r"(?<=[^\W_])[*_~]+(?=[^\W_])|(?<!\S)[*_~]+(?!\S)", "", line))) % 2 == 0, (
            line
        )
        assert not line.startswith("&gt;"), line


def everything(value: Any) -> Iterator[str]:
    """Every text that is shown, also in plain text objects and as what a field holds already."""
    if isinstance(value, Message):
        yield value.text
        yield from everything(list(value.blocks))
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for key, inner in value.items():
            if key != "initial_value":  # given back to whoever typed it, in a field of theirs
                yield from everything(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everything(inner)


@FUZZ
@given(TYPED)
def test_no_view_comes_alive_or_breaks(typed: str) -> None:
    "Cards, reminders, news, answers, lists, refusals, help, home and forms, with this text in every field."
    story = told_everything(typed, "ja")
    for name, shown in every_view(story, "ja", at(130), typed):
        check_all(name, shown)


@FUZZ
@given(TYPED)
def test_nor_where_outsiders_read_along_or_at_the_end(typed: str) -> None:
    "The same of a case in a shared channel, ended and opened again."
    story = ended(told_everything(typed, "en"), typed)
    story.case = story.case.model_copy(update={"shared": True})
    for name, shown in every_view(story, "en", at(300), typed):
        check_all(name, shown)


@pytest.mark.parametrize("sequence", SEQUENCES, ids=ascii)
def test_every_sequence_at_its_longest(sequence: str) -> None:
    "Fifty thousand characters of each, where one text is shown."
    typed = (sequence * 50_000)[:50_000]
    for name, shown in every_view(Story("ja", title=f"t{typed}", customer=typed, impact=typed), "ja", at(10), typed):
        check_all(name, shown)


@given(st.text(alphabet=st.sampled_from("*_~`>&<a.障 \n"), max_size=40), st.integers(3, 60))
def test_typed_text_formats_nothing(typed: str, limit: int) -> None:
    "Whatever stands on either side of it in the sentence."
    shown = parts.typed(typed, limit)

    assert len(shown) <= limit
    check_signs(f"a {shown} b")
    check_signs(shown)


@given(st.lists(st.one_of(st.sampled_from(SEQUENCES), st.text(max_size=4)), max_size=10).map("".join))
def test_what_is_kept_is_clean_and_stays_so(typed: str) -> None:
    "Stored once, shown often: cleaning twice changes nothing."
    once = many_lines(typed, 200)

    check_text(once)
    assert many_lines(once, 200) == once
    assert one_line(one_line(typed, 80), 80) == one_line(typed, 80)


@pytest.mark.parametrize(
    "written",
    ["👩‍👩‍👧", "👩🏽‍🚒", "❤️‍🔥", "🏳️‍🌈", "क्‍ष", "می‌خواهم", "مرحبا بالعالم", "שָׁלוֹם", "ガギグ", "Việt Nam", "สวัสดี", "한국어",
     "١٢٣", "a_b*c~d", "~/logs ", "e\u0301", "3 * 4"],
)  # fmt: skip
def test_what_people_really_write_stays_as_it_is(written: str) -> None:
    "Families of emoji, Indic and Persian joiners, marks of Hebrew and Vietnamese, and names of files."
    assert one_line(written, 100) == written.strip()


@pytest.mark.parametrize(
    ("written", "kept"),
    [("a\u200db", "ab"), ("障\u200b害", "障害"), ("👩\u200d", "👩"), ("\u200d👩", "👩"),
     ("pay\u202efdp.exe", "payfdp.exe"),
     ("z" + "\u0301" * 9, "z" + "\u0301" * 4), ("a\u2066b\u2069", "ab"), ("x\ufeffy", "xy")],
    ids=ascii,
)  # fmt: skip
def test_what_only_hides_is_left_out(written: str, kept: str) -> None:
    assert one_line(written, 100) == kept


def test_right_to_left_words_order_nothing_but_themselves() -> None:
    "A Hebrew customer between our words: numbers beside it stay where they are."
    assert parts.typed("שלום 12", 40) == "\u2068שלום 12\u2069"
    assert len(parts.typed("ש" * 50, 20)) == 20
    assert parts.typed("障害 12", 40) == "障害 12"


def test_every_verb_and_role_has_its_words() -> None:
    from bot.domain.access import ROLES as KNOWN_ROLES
    from bot.domain.access import VERBS

    assert set(DEEDS) == set(VERBS)
    assert set(ROLES) == set(KNOWN_ROLES)
