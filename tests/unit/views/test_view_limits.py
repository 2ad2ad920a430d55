"""Every view stays within Slack's limits, and nothing that people type comes alive in it."""

from itertools import cycle
from typing import Any

import pytest
from every import LINKS, PEOPLE, every_view
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from limits import check_harmless, check_limits
from stories import AREAS, BEN, HANA, KEN, MIO, TOKYO, Story, at, busy

from bot.domain.messages import (
    AcceptTask,
    AddArea,
    AddNote,
    AskTask,
    CallForHelp,
    CloseCase,
    DeclineHandoff,
    DeclineTask,
    EditCase,
    FinishTask,
    LoseOwner,
    LoseThread,
    NextStep,
    OfferHandoff,
    RecordContact,
    ReopenCase,
    ReportFinding,
    ResolveCase,
    SetNextContact,
    StartThread,
    WithdrawTask,
)
from bot.domain.values import Language
from handlers.views.card import card
from handlers.views.lists import timeline
from handlers.views.menus import timeline_modal

NASTY = (
    "<!channel> <@U1> <https://x|y> &amp;amp; <!subteam^S1> <#C1|general> <!date^1^{ago}|now>",
    "@here @channel #general https://evil.example mailto:a@b.example",
    "```code\n> quoted\n*bold* _it_ ~no~ `tick` :rotating_light:",
    "line\none\r\n\ttab \u202eesrever\u202c \u200bzero\u2066 \x00\x07",
    "👩‍🚒🔥" * 30 + " {title} %s {0} \\",
    "&<>" * 2000,
    "長" * 50_000,
    "<" * 50_000,
    "a b " * 12_500,
)
LANGUAGES: tuple[Language, ...] = ("ja", "en")


def told_everything(typed: str, language: Language, areas: Any = AREAS) -> Story:
    """A case in which every text that a person can type is this one, and every kind of thing happened."""
    text = typed.strip() or "x"
    known = dict.fromkeys(("title", "customer", "plan", "reference", "impact", "deadline_text"), f"t{text}")
    story = Story(language, areas=areas, told=(KEN, MIO), **known)
    step = NextStep(due=at(60), action=f"a{text}")
    story.wait(8).wait(21)
    story.do(22, RecordContact, how="mail", said=f"s{text}", next=step)
    story.do(23, SetNextContact, next=NextStep(due=at(70), action=f"a{text}"), reason=f"r{text}")
    story.do(24, AddArea, MIO, name=f"n{text}"[:60])
    for index, area in enumerate(story.case.areas):
        if area.holder is None and index % 2:
            story.do(25, ReportFinding, KEN, area=area.key, verdict="suspect", evidence=f"e{text}")
    story.do(26, AddNote, text=f"m{text}").do(27, CallForHelp, asking=f"h{text}").do(28, EditCase, impact=f"i{text}")
    story.do(29, OfferHandoff, to=BEN, note=f"o{text}").do(30, DeclineHandoff, BEN, reason=f"d{text}")
    area = story.case.areas[0].key if story.case.areas else ""
    for minutes, by, to in ((30, HANA, KEN), (31, HANA, KEN), (32, MIO, BEN), (33, HANA, MIO)):
        story.do(minutes, AskTask, by, to=to, text=f"{minutes} {text}", area=area, due=at(55))
    story.do(34, AcceptTask, KEN, task=1).do(35, DeclineTask, BEN, reason=f"d{text}")
    story.wait(60).wait(75).wait(80).wait(120)
    story.do(120, FinishTask, KEN, task=1, result=f"u{text}").do(120, WithdrawTask, task=4)
    return story.do(121, OfferHandoff, to=BEN, note=f"o{text}")


def ended(story: Story, typed: str) -> Story:
    """The same, resolved, closed and opened again, its owner and its thread lost."""
    text = typed.strip() or "x"
    story.do(122, ResolveCase, how=f"w{text}").do(123, CloseCase, anyway=True, reason=f"c{text}")
    story.do(124, ReopenCase, reason=f"p{text}").do(125, LoseOwner, by="").do(126, StartThread, by="", thread="1.2")
    return story.do(127, LoseThread, by="", thread="1.2")


@pytest.mark.parametrize(("typed", "language"), [*zip(NASTY, cycle(LANGUAGES), strict=False)], ids=range(len(NASTY)))
def test_whatever_is_typed_every_view_is_accepted_and_harmless(typed: str, language: Language) -> None:
    "Long, hostile or strange: Slack takes the view, and only our own mentions, dates and links are alive in it."
    story = told_everything(typed, language)
    for name, shown in every_view(story, language, at(121), typed):
        _check(name, shown)
    for name, shown in every_view(ended(story, typed), language, at(300), typed):
        _check(name, shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_forty_areas_fit(language: Language) -> None:
    "The most areas a case can have, each with evidence as long as it may be."
    areas = [(f"area-{n}", f"Area <{n}> " + "x" * 80, f"領域 <{n}> " + "長" * 80) for n in range(39)]
    story = told_everything("<&>" * 400, language, areas)

    assert len(story.case.areas) == 40
    for name, shown in every_view(story, language, at(130)):
        _check(name, shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_without_areas_or_people_is_shown_too(language: Language) -> None:
    "Nothing to claim, nobody to tell."
    story = Story(language, areas=(), backup=())
    for name, shown in every_view(story, language, at(1)):
        _check(name, shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_under_mild_terms_is_shown_too(language: Language) -> None:
    "Severity C needs no next contact."
    for name, shown in every_view(Story(language, severity="C"), language, at(1)):
        _check(name, shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_history_shows_its_latest_part(language: Language) -> None:
    "Thousands of entries: the newest that fit, and how many there are."
    story = told_everything("🔥" * 300, language)
    told = [entry.model_copy(update={"seq": seq}) for seq, entry in enumerate(story.told * 100)]

    message = timeline(story.case, told, language, TOKYO, limit=1000)

    _check("timeline", message)
    _check("modal", timeline_modal(story.case, told, language, TOKYO))
    assert f"{len(told)}" in message.text
    assert "o🔥" in message.text.split("\n")[-1]


WORDS = ("U01HANA", "date", "channel", "https://x", "amp;", "lt;")
PIECES = st.sampled_from([*"<>&|!@#^`*~_{}\n\t\u202e\u200d。", *WORDS])


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), min_size=1, max_size=12).map("".join))
def test_no_typed_text_becomes_a_mention_or_a_link(typed: str) -> None:
    "Any text at all, everywhere it can be typed."
    for name, shown in every_view(told_everything(typed, "ja"), "ja", at(130), typed):
        _check(name, shown)


def _check(name: str, shown: Any) -> None:
    try:
        check_limits(shown)
        check_harmless(shown, PEOPLE, LINKS)
    except Exception as trouble:
        raise AssertionError(f"{name}: {trouble!r}") from trouble


def test_a_busy_case_is_calm() -> None:
    "On a phone, few blocks and at most one emoji."
    message = card(busy().case, at(27))

    assert len(message.blocks) <= 9
    assert "🔴" not in str(message)
    assert str(card(busy().case, at(66)).blocks).count("🔴") == 1
    assert HANA in message.text
