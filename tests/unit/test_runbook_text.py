"""Runbook text: a Markdown file becomes a runbook, or every fault in it is told with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.runbook import LONGEST_NOTES, MOST_STEPS, Runbook, Step
from bot.runbook_text import key_of, read
from bot.shipped import shipped_families, shipped_runbooks

FAMILIES = {"network": {"dns", "routing"}, "storage": {"throttling"}}
WHOLE = """\
---
title:
  ja: 名前解決の確認
  en: Check name resolution
family: network
area: [dns, routing]
keywords: [名前解決, DNS]
steps:
  - Ask which resolver answers
  - ja: キャッシュを確認する
    en: Look at the caches
  - text: Change the record
    two_people: true
---
Both.
<!-- ja -->
補足です。
<!-- en -->
A note.
"""


def faults(text: str) -> list[str]:
    runbook, found = read("one", text, FAMILIES)
    assert (runbook is None) == bool(found)
    return list(found)


def test_a_whole_file_becomes_a_runbook() -> None:
    runbook, found = read("dns", WHOLE, FAMILIES)

    assert found == ()
    assert runbook == Runbook(
        key="dns",
        name_ja="名前解決の確認",
        name_en="Check name resolution",
        family="network",
        areas=("dns", "routing"),
        keywords=("名前解決", "DNS"),
        steps=(
            Step(ja="Ask which resolver answers", en="Ask which resolver answers"),
            Step(ja="キャッシュを確認する", en="Look at the caches"),
            Step(ja="Change the record", en="Change the record", two_people=True),
        ),
        notes_ja="Both.\n補足です。",
        notes_en="Both.\nA note.",
    )


def test_a_title_and_one_step_are_enough() -> None:
    runbook, found = read("one", "---\ntitle: One\nsteps: [Look]\n---", FAMILIES)

    assert found == ()
    assert runbook is not None
    assert (runbook.name("ja"), runbook.family, runbook.areas, runbook.notes("en")) == ("One", "", (), "")


HEAD = "---\ntitle: One\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: expected front matter between two lines of ---, with title and steps"),
        ("# A page\n", "line 1: expected front matter between two lines of ---, with title and steps"),
        ("---\ntitle: One\n", "line 1: the front matter that begins here has no end: expected another line of ---"),
        ("---\ntitle: [One\nsteps: [a]\n---", "line 3: expected YAML: "),
        ("---\n- a\n---", "line 2: expected lines such as `title: …` and `steps:`"),
        ("---\n---", "line 2: expected lines such as `title: …` and `steps:`"),
        ("---\nsteps: [a]\n---", "line 2: title: it has none: expected `title:`"),
        (HEAD + "---", "line 2: steps: it has none: expected `steps:`"),
        ("---\ntitle:\nsteps: [a]\n---", "line 2: title: expected a text"),
        ("---\ntitle: ' '\nsteps: [a]\n---", "line 2: title: expected a text, and it is empty"),
        (f"---\ntitle: {76 * 'a'}\nsteps: [a]\n---", "line 2: title: it has 76 characters: 75 at most"),
        ("---\ntitle: {de: Eins}\nsteps: [a]\n---", "line 2: title.de: no such key here: "),
        (HEAD + "stepz: [a]\nsteps: [a]\n---", "line 3: stepz: no such key here: is it steps?"),
        (HEAD + "steps: [a]\nsteps: [b]\n---", "line 4: steps: it stands there twice"),
        (HEAD + "steps: []\n---", "line 3: steps: expected a list of steps, "),
        (HEAD + "steps: Look\n---", "line 3: steps: expected a list of steps, "),
        (HEAD + "steps:\n  - a\n  -\n---", "line 5: steps.2: expected a text"),
        (HEAD + "steps:\n  - a\n  - [b]\n---", "line 5: steps.2: expected a text"),
        (HEAD + f"steps:\n  - a\n  - {301 * 'b'}\n---", "line 5: steps.2: it has 301 characters: 300 at most"),
        (HEAD + "steps:\n  - {two_people: true}\n---", "line 4: steps.1: expected a text, or one under `ja`"),
        (HEAD + "steps:\n  - {text: a, ja: b}\n---", "line 4: steps.1: expected `text`, or `ja` and `en`, and not"),
        (HEAD + "steps:\n  - text: a\n    two_people: maybe\n---", "line 5: steps.1.two_people: expected true or"),
        (HEAD + "steps:\n  - text: a\n    twopeople: true\n---", "line 5: steps.1.twopeople: no such key here: is"),
        (HEAD + "family: netwrok\nsteps: [a]\n---", "line 3: family: expected one of network, storage, not 'netwrok'"),
        (HEAD + "family: network\narea: throttling\nsteps: [a]\n---", "line 4: area: expected the key of an area of"),
        (HEAD + "area: [dns, dsn]\nsteps: [a]\n---", "line 3: area: expected the key of an area such as dns"),
        (HEAD + f"keywords: [{41 * 'a'}]\nsteps: [a]\n---", "line 3: keywords: it has 41 characters: 40 at most"),
        (HEAD + f"keywords: {list(range(21))}\nsteps: [a]\n---", "line 3: keywords: it has 21: 20 at most"),
        (HEAD + "title: &a [*a]\nsteps: [a]\n---", "line 3: title: it stands there twice"),
        (HEAD + "steps: !!python/object:os.system [a]\n---", ""),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(text: str, fault: str) -> None:
    found = faults(text)
    if fault:
        assert found[0].startswith(fault)


def test_every_fault_is_told_at_once() -> None:
    text = "---\ntitel: One\nfamily: x\nsteps:\n  - a\n  - {text: b, two_people: 5}\n---"
    assert [fault.split(": ")[0] for fault in faults(text)] == ["line 2", "line 2", "line 3", "line 6"]


def test_more_steps_than_a_message_holds_are_refused() -> None:
    steps = "\n".join(f"  - step {n}" for n in range(MOST_STEPS + 1))
    assert faults(f"{HEAD}steps:\n{steps}\n---") == [
        "line 4: steps: it has 26: 25 at most, as many as one message shows; split the runbook"
    ]


def test_long_notes_are_cut_and_what_could_hide_is_left_out() -> None:
    runbook, _ = read("one", f"{HEAD}steps: [a]\n---\n{2000 * 'あ'}", FAMILIES)
    hidden, _ = read("one", f"{HEAD}steps: ['a\u202eb']\n---\nx\u202ey", FAMILIES)

    assert runbook is not None
    assert hidden is not None
    assert len(runbook.notes_ja) == LONGEST_NOTES
    assert (hidden.steps[0].ja, hidden.notes_ja) == ("ab", "xy")


def test_a_file_of_windows_is_read() -> None:
    runbook, found = read("one", "\ufeff" + WHOLE.replace("\n", "\r\n"), FAMILIES)
    assert (found, runbook and runbook.notes_en) == ((), "Both.\nA note.")


@given(st.text(alphabet="-:[]{}&*!|>'\"#%@` \n\tatesl0", max_size=120))
@settings(max_examples=200, deadline=None)
def test_whatever_stands_in_it_is_told_and_never_crashes(front: str) -> None:
    runbook, found = read("one", f"---\n{front}\n---\n", FAMILIES)
    assert (runbook is None) == bool(found)
    assert all(fault.startswith("line ") for fault in found)


@pytest.mark.parametrize(
    ("name", "key"),
    [("web-unreachable", "web-unreachable"), ("VPN", "vpn"), ("復元", "復元"), ("two words", None), ("-a", None),
     ("a" * 61, None), ("", None)],
)  # fmt: skip
def test_the_name_of_a_file_is_the_word_to_start_it_by(name: str, key: str | None) -> None:
    assert key_of(name) == key


def test_the_examples_speak_both_languages_and_show_a_step_for_two() -> None:
    families = {family.key for family in shipped_families()}
    assert len(shipped_runbooks()) == 5
    for one in shipped_runbooks():
        assert one.name_ja != one.name_en
        assert all(step.ja != step.en for step in one.steps)
        assert sum(step.two_people for step in one.steps) == 1
        assert one.family in {"", *families}
        assert one.keywords
