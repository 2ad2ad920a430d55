"""Run: the steps of a runbook on a case: who may do what with which one, and which runbook fits at all."""

from typing import Any

import pytest
from cases import ANN, BEN, CHO, NUMBER, a_case, after, ask, at

from bot.domain import rules, run
from bot.domain.case import Case
from bot.domain.errors import (
    CaseClosed,
    LooseEnds,
    NoRun,
    NoRunbooks,
    NothingToConfirm,
    Refusal,
    RunbookNotClear,
    RunbookRuns,
    RunbookUnknown,
    RunNotNamed,
    RunOver,
    SecondPersonNeeded,
    SkipReasonMissing,
    StepDoneAlready,
    StepSkippedAlready,
    StepStillOpen,
    StepUnknown,
    StepWaits,
    StopReasonMissing,
    TooManyRuns,
)
from bot.domain.messages import CloseCase, ReopenCase, ReportFinding, ResolveCase
from bot.domain.run import MOST_RUNS
from bot.domain.runbook import Runbook, Step, exactly, fitting, named
from bot.domain.runbook_messages import ConfirmStep, DoStep, SkipStep, StartRunbook, StopRunbook, UndoStep


def book(key: str, **about: Any) -> Runbook:
    steps = (
        Step(ja="見る", en="Look"),
        Step(ja="切り替える", en="Switch", two_people=True),
        Step(ja="記す", en="Write"),
    )
    return Runbook(**{"key": key, "name_ja": f"{key} の手順", "name_en": f"How to {key}", "steps": steps, **about})


LINE, DISK = book("line-down"), book("disk-full")


def started(sheet: Runbook = LINE, case: Case | None = None, clock: str = "9:01") -> Case:
    return after(case or a_case(), ask(StartRunbook, ANN, runbook=sheet.key, sheet=sheet), clock)


def states(case: Case, serial: int = 1) -> list[str]:
    return [step.state for step in case.runs[serial - 1].steps]


def kinds(case: Case, command: Any, clock: str = "9:30") -> list[str]:
    return [fact.kind for fact in rules.decide(case, command, at(clock))]


def refused(case: Case, command: Any) -> type[Exception]:
    with pytest.raises(Refusal) as refusal:
        rules.decide(case, command, at("9:30"))
    return refusal.type


# ---------------------------------------------------------------- the way of a run


def test_a_run_goes_from_its_first_step_to_its_last() -> None:
    case = started()
    case = after(case, ask(DoStep, ANN, step=1), "9:02")
    case = after(case, ask(DoStep, BEN, step=2), "9:03")
    assert states(case) == ["done", "waiting", "open"]
    assert (case.runs[0].next, case.runs[0].gone) == (2, 1), "half done is not done"

    case = after(case, ask(ConfirmStep, CHO, step=2), "9:04")
    assert kinds(case, ask(DoStep, ANN, step=3)) == ["step_done", "runbook_finished"]
    case = after(case, ask(DoStep, ANN, step=3), "9:05")

    done = case.runs[0]
    assert (done.running, done.ended_at, done.ended_by, run.running(case)) == (False, at("9:05"), ANN, ())
    assert (done.steps[1].by, done.steps[1].second, done.steps[1].second_at) == (BEN, CHO, at("9:04"))


def test_a_step_that_needs_two_people_is_never_both_of_one() -> None:
    case = after(started(), ask(DoStep, ANN, step=2), "9:02")

    assert refused(case, ask(ConfirmStep, ANN, step=2)) is SecondPersonNeeded
    assert refused(case, ask(DoStep, ANN, step=2)) is SecondPersonNeeded


def test_nobody_becomes_the_second_person_unawares() -> None:
    """Ben pressed "Done" on what he still saw as open; Ann had been faster."""
    case = after(started(), ask(DoStep, ANN, step=2), "9:02")

    assert refused(case, ask(DoStep, BEN, step=2)) is StepWaits
    assert states(after(case, ask(ConfirmStep, BEN, step=2), "9:03"))[1] == "done"


def test_taking_back_lets_both_begin_anew() -> None:
    case = after(started(), ask(DoStep, ANN, step=2), "9:02")
    case = after(case, ask(ConfirmStep, BEN, step=2), "9:03")
    case = after(case, ask(UndoStep, CHO, step=2), "9:04")
    case = after(case, ask(DoStep, BEN, step=2), "9:05")

    assert (states(case)[1], case.runs[0].steps[1].by, case.runs[0].steps[1].second) == ("waiting", BEN, None)


def test_what_was_skipped_has_its_reason_and_counts_as_gone() -> None:
    case = after(started(), ask(SkipStep, ANN, step=2, reason="one line only"), "9:02")

    assert (states(case), case.runs[0].steps[1].skipped, case.runs[0].gone) == (
        ["open", "skipped", "open"], "one line only", 1,
    )  # fmt: skip


def test_a_finished_run_goes_on_when_a_step_is_taken_back() -> None:
    case = started()
    for step in (1, 2, 3):
        case = after(case, ask(SkipStep, ANN, step=step, reason="a drill"), f"9:0{step + 1}")
    assert not case.runs[0].running

    case = after(case, ask(UndoStep, ANN, step=3), "9:06")

    assert (case.runs[0].running, case.runs[0].next, case.runs[0].ended_at) == (True, 3, None)


def test_two_runs_go_side_by_side_and_each_keeps_its_steps() -> None:
    case = started(DISK, started())
    case = after(case, ask(DoStep, ANN, run="disk-full", step=1), "9:02")
    case = after(case, ask(DoStep, ANN, run="1", step=3), "9:03")

    assert (states(case, 1), states(case, 2)) == (["open", "open", "done"], ["done", "open", "open"])


# ---------------------------------------------------------------- what is refused

DONE = after(started(), ask(DoStep, ANN, step=1), "9:02")
STOPPED = after(started(), ask(StopRunbook, ANN, reason="found elsewhere"), "9:02")


@pytest.mark.parametrize(
    ("case", "command", "refusal"),
    [
        (a_case(), ask(DoStep, ANN, step=1), NoRun),
        (a_case(), ask(StopRunbook, ANN, reason="x"), NoRun),
        (a_case(), ask(DoStep, ANN, run="7", step=1), NoRun),
        (a_case(), ask(StartRunbook, ANN, runbook="line-down"), NoRunbooks),
        (started(), ask(StartRunbook, BEN, runbook="line-down", sheet=LINE), RunbookRuns),
        (started(), ask(DoStep, ANN, step=4), StepUnknown),
        (started(), ask(DoStep, ANN, step=0), StepUnknown),
        (started(), ask(DoStep, ANN, run="disk", step=1), RunbookUnknown),
        (started(), ask(UndoStep, ANN, step=1), StepStillOpen),
        (started(), ask(ConfirmStep, BEN, step=2), NothingToConfirm),
        (started(), ask(SkipStep, ANN, step=1, reason=" "), SkipReasonMissing),
        (started(), ask(StopRunbook, ANN), StopReasonMissing),
        (started(DISK, started()), ask(DoStep, ANN, step=1), RunNotNamed),
        (DONE, ask(DoStep, BEN, step=1), StepDoneAlready),
        (DONE, ask(SkipStep, BEN, step=1, reason="x"), StepDoneAlready),
        (DONE, ask(ConfirmStep, BEN, step=1), NothingToConfirm),
        (
            after(started(), ask(SkipStep, ANN, step=1, reason="x"), "9:02"),
            ask(DoStep, BEN, step=1),
            StepSkippedAlready,
        ),
        (STOPPED, ask(DoStep, ANN, run="line-down", step=1), RunOver),
        (STOPPED, ask(UndoStep, ANN, run="1", step=1), RunOver),
        (STOPPED, ask(DoStep, ANN, step=1), NoRun),
        (after(DONE, ask(CloseCase, ANN, anyway=True), "9:10"), ask(DoStep, ANN, step=2), CaseClosed),
    ],
)
def test_what_can_not_be_is_refused(case: Case, command: Any, refusal: type[Exception]) -> None:
    assert refused(case, command) is refusal


def test_a_stopped_runbook_can_be_started_again_as_another_run() -> None:
    case = started(case=STOPPED, clock="9:05")

    assert [(one.serial, one.running) for one in case.runs] == [(1, False), (2, True)]
    assert states(after(case, ask(DoStep, ANN, run="line-down", step=1), "9:06"), 2)[0] == "done"


def test_a_case_has_only_so_many_runs() -> None:
    case = a_case()
    for number in range(MOST_RUNS):
        case = started(book(f"book-{number}"), case)
    assert refused(case, ask(StartRunbook, ANN, runbook="line-down", sheet=LINE)) is TooManyRuns


def test_a_run_that_goes_on_is_a_loose_end() -> None:
    resolved = after(started(), ask(ResolveCase, ANN), "9:02")

    assert "run:1" in rules.loose_ends(resolved)
    assert refused(resolved, ask(CloseCase, ANN)) is LooseEnds
    assert not any(end.startswith("run") for end in rules.loose_ends(STOPPED))


def test_a_run_outlives_the_end_and_goes_on_when_the_case_comes_back() -> None:
    closed = after(DONE, ask(CloseCase, ANN, anyway=True), "9:10")
    case = after(closed, ask(ReopenCase, ANN, reason="it is back"), "9:20")

    assert states(after(case, ask(SkipStep, ANN, step=2, reason="x"), "9:21")) == ["done", "skipped", "open"]


# ---------------------------------------------------------------- which one is meant, and which one fits


def test_a_runbook_is_named_by_key_title_or_a_part_that_fits_one_alone() -> None:
    for word in ("line-down", "Line-Down", "line", "line-down の手順", "How to line-down"):
        assert named(word, (LINE, DISK), NUMBER) == LINE
    assert (exactly("How to line-down", (LINE,)), exactly("line", (LINE,))) == (True, False)


@pytest.mark.parametrize(
    ("word", "books", "refusal", "near"),
    [
        ("line", (), NoRunbooks, None),
        ("How to", (LINE, DISK), RunbookNotClear, "line-down, disk-full"),
        ("手順", (LINE, DISK), RunbookNotClear, "line-down, disk-full"),
        ("lnie-down", (DISK, LINE), RunbookUnknown, "line-down, disk-full"),
        ("電源", (LINE, DISK), RunbookUnknown, "line-down, disk-full"),
    ],
)
def test_a_word_that_names_none_is_answered_with_those_there_are(
    word: str, books: Any, refusal: Any, near: Any
) -> None:
    with pytest.raises(refusal) as refused:
        named(word, books, NUMBER)
    assert refused.value.about.get("near") == near


FAMILY = book("of-the-family", family="network")
OTHER = book("of-another", family="storage", areas=("network",), keywords=("S3",))
AREA = book("of-the-area", areas=("network",))
WORDS = book("by-words", keywords=("証明書", "POS"))


def test_what_fits_is_ranked_by_area_words_and_family() -> None:
    case = a_case().model_copy(update={"family": "network", "title": "POS の証明書が期限切れ"})
    assert [one.key for one in fitting(case, (LINE, FAMILY, OTHER, AREA, WORDS))] == ["by-words", "of-the-family"]

    suspected = after(case, ask(ReportFinding, ANN, area="network", verdict="suspect", evidence="drops"), "9:05")
    found = [one.key for one in fitting(suspected, (LINE, FAMILY, OTHER, AREA, WORDS))]
    assert found == ["of-the-area", "by-words", "of-the-family"]


def test_a_finding_says_what_the_title_did_not() -> None:
    case = after(a_case(), ask(ReportFinding, ANN, area="network", verdict="waiting", evidence="S3 の応答待ち"), "9:05")

    assert [one.key for one in fitting(case, (OTHER, LINE))] == ["of-another"]


def test_a_latin_word_is_a_word_of_its_own() -> None:
    assert fitting(a_case().model_copy(update={"title": "POSTGRES is slow"}), (WORDS,)) == ()
