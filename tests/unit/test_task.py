"""Task: a part of the work that one asks another for, what they answer, and who hears of it when."""

from datetime import timedelta

import pytest
from cases import ANN, BEN, CHO, DAN, NUMBER, a_case, after, ask, at, contact, facts_of, terms, told

from bot.domain.case import TIME, Case, replay
from bot.domain.errors import (
    AreaUnknown,
    CaseResolved,
    NoTask,
    NotYoursToTakeBack,
    NotYourTask,
    ResultMissing,
    TaskAcceptedAlready,
    TaskDueInThePast,
    TaskDueTooFar,
    TaskIsDeclined,
    TaskIsDone,
    TaskIsWithdrawn,
    TaskNotNamed,
    TaskPending,
    TaskReasonMissing,
    TaskTextMissing,
    TaskToSelf,
    TaskUnknown,
    TooManyTasks,
)
from bot.domain.messages import (
    AcceptTask,
    AddNote,
    AskTask,
    CaseCommand,
    CloseCase,
    DeclineTask,
    EditCase,
    FinishTask,
    NudgeCame,
    OfferHandoff,
    ReachCheckpoints,
    ReopenCase,
    ResolveCase,
    TaskAccepted,
    TaskAsked,
    TaskDeclined,
    TaskDone,
    TaskWithdrawn,
    WithdrawTask,
)
from bot.domain.notices import notices, still_worth_saying
from bot.domain.nudge import nudges, still_true
from bot.domain.rules import loose_ends
from bot.domain.task import MOST, in_hand, open_tasks, usual_due

LOGS = ask(AskTask, ANN, to=CHO, text=" check the\nflow logs ", area="network", due=at("9:50"))
ACCEPT = ask(AcceptTask, CHO)
DECLINE = ask(DeclineTask, CHO, reason="my shift\nends")
DONE = ask(FinishTask, CHO, result="no deny\nsince nine")
BACK = ask(WithdrawTask, ANN)


def asked(case: Case | None = None, clock: str = "9:20") -> Case:
    return after(case or a_case(), LOGS, clock)


def due_of(case: Case) -> list[tuple[str, int, str]]:
    """What is still to be asked about tasks."""
    return [(n.kind, n.step, f"{n.at:%H:%M}") for n in nudges(case) if n.task is not None]


def came(case: Case, clock: str) -> list[NudgeCame]:
    found = facts_of(case, ask(ReachCheckpoints, TIME), clock)
    return [fact for fact in found if isinstance(fact, NudgeCame) and fact.tasks]


def ears(case: Case, act: CaseCommand, clock: str) -> list[tuple[str | None, int]]:
    facts = facts_of(case, act, clock)
    return [(notice.to, notice.urgency) for notice in notices(replay(facts, case), facts)]


# ---------------------------------------------------------------- what becomes of one


def test_it_is_asked_with_everything_that_was_said():
    assert facts_of(a_case(), LOGS, "9:20") == (
        TaskAsked(by=ANN, at=at("9:20"), task=1, to=CHO, area="network", text="check the\nflow logs", due=at("9:50")),
    )
    (task,) = asked().tasks
    assert (task.by, task.to, task.state, task.open) == (ANN, CHO, "asked", True)


def test_without_a_time_it_is_due_after_half_the_cadence_in_whole_minutes():
    (fact,) = facts_of(a_case(), LOGS.model_copy(update={"due": None}), "9:20:30")
    assert fact.due == at("9:50")
    assert usual_due(a_case("C"), at("9:20")) == at("33:20")
    uncounted = a_case(agreed=terms(next_contact=None, next_contact_required=False))
    assert usual_due(uncounted, at("9:20")) == at("10:20")


def test_taken_on_and_done():
    accepted = after(asked(), ACCEPT, "9:22")
    done = after(accepted, DONE, "9:45")

    assert facts_of(asked(), ACCEPT, "9:22") == (TaskAccepted(by=CHO, at=at("9:22"), task=1, asker=ANN),)
    assert facts_of(accepted, DONE, "9:45") == (
        TaskDone(by=CHO, at=at("9:45"), task=1, asker=ANN, result="no deny since nine", due=at("9:50")),
    )
    assert facts_of(accepted, DONE, "9:51")[0].late
    assert [case.tasks[0].state for case in (accepted, done)] == ["accepted", "done"]
    assert (done.tasks[0].result, open_tasks(done)) == ("no deny since nine", ())


def test_whoever_has_done_it_at_once_need_not_take_it_on_first():
    assert after(asked(), DONE, "9:25").tasks[0].state == "done"


@pytest.mark.parametrize("before", [asked(), after(asked(), ACCEPT, "9:22")])
def test_it_is_given_back_with_a_reason_also_after_it_was_taken_on(before):
    assert facts_of(before, DECLINE, "9:25") == (
        TaskDeclined(by=CHO, at=at("9:25"), task=1, asker=ANN, reason="my shift ends"),
    )
    assert after(before, DECLINE, "9:25").tasks[0].state == "declined"


def test_whoever_asked_and_the_owner_take_it_back():
    by_ben = after(a_case(), ask(AskTask, BEN, to=CHO, text="look"), "9:10")

    for who in (BEN, ANN):
        assert facts_of(by_ben, ask(WithdrawTask, who), "9:12") == (
            TaskWithdrawn(by=who, at=at("9:12"), task=1, asker=BEN, to=CHO),
        )
    assert after(by_ben, ask(WithdrawTask, BEN), "9:12").tasks[0].state == "withdrawn"


def test_whoever_is_asked_is_in_the_case_only_once_they_take_it_on():
    assert (asked().people, asked().alone) == ((), True)
    assert after(asked(), DECLINE, "9:25").people == ()
    assert after(asked(), ACCEPT, "9:22").people == (CHO,)


def test_it_outlives_a_handover_and_another_family():
    handed = after(asked(), ask(OfferHandoff, BEN, to=BEN), "9:25")
    regrouped = after(handed, ask(EditCase, BEN, family="storage", areas=()), "9:26")

    assert handed.tasks == regrouped.tasks == asked().tasks
    assert [area.key for area in regrouped.areas] == ["network"], "what it is about stays"


def test_what_is_open_is_a_loose_end_and_ends_with_the_case():
    resolved = after(asked(), ask(ResolveCase), "9:30")
    closed = after(resolved, ask(CloseCase, anyway=True), "9:40")
    reopened = after(closed, ask(ReopenCase, reason="again"), "10:00")

    assert "task:1" in loose_ends(resolved)
    assert resolved.tasks[0].open
    assert (closed.tasks[0].state, closed.tasks[0].ended_at) == ("left", at("9:40"))
    assert due_of(reopened) == []
    with pytest.raises(TaskIsWithdrawn):
        after(reopened, ACCEPT, "10:01")


# ---------------------------------------------------------------- who hears of it


def test_the_two_hear_it_and_of_a_result_the_owner():
    by_ben = after(a_case(), ask(AskTask, BEN, to=CHO, text="look"), "9:10")

    assert ears(a_case(), LOGS, "9:20") == [(CHO, 0)]
    assert ears(by_ben, ACCEPT, "9:12") == []
    assert ears(by_ben, DECLINE, "9:12") == [(BEN, 0)]
    assert ears(by_ben, DONE, "9:12") == [(BEN, 2), (ANN, 2)]
    assert ears(by_ben, ask(WithdrawTask, BEN), "9:12") == [(CHO, 2)]
    assert ears(by_ben, ask(WithdrawTask, ANN), "9:12") == [(CHO, 2), (BEN, 2)]
    assert ears(by_ben, ask(WithdrawTask, TIME, task=1), "9:12") == [(BEN, 2)], "an account that is gone hears nothing"


def test_whoever_works_on_it_hears_that_the_case_is_closed():
    told_of_the_end = ears(after(asked(), ACCEPT, "9:22"), ask(CloseCase, anyway=True), "9:40")
    assert (CHO, 2) in told_of_the_end


def test_a_request_that_was_taken_back_before_it_was_said_is_not_said():
    facts = facts_of(a_case(), LOGS, "9:20")
    (notice,) = notices(asked(), facts)

    assert still_worth_saying(asked(), notice)
    assert not still_worth_saying(after(asked(), BACK, "9:21"), notice)


# ---------------------------------------------------------------- who is asked again


def test_without_an_answer_each_side_hears_it_once():
    assert due_of(asked()) == [("untaken", 1, "09:25"), ("untaken", 2, "09:30"), ("overdue", 2, "10:00")]
    assert [(fact.to, fact.tasks) for fact in came(asked(), "9:25")] == [(CHO, (1,))]
    later = told(asked(), "9:25")
    assert [(fact.to, fact.tasks) for fact in came(later, "9:30")] == [(ANN, (1,))]
    assert [fact.to for fact in came(asked(), "9:35")] == [CHO, ANN], "after a silence too"
    for answer in (ACCEPT, DECLINE, DONE, BACK):
        answered = after(later, answer, "9:26")
        assert not any(kind == "untaken" for kind, _, _ in due_of(answered))
        assert not still_true(answered, came(asked(), "9:25")[0])


def test_a_short_task_is_asked_about_within_its_time():
    soon = after(a_case(), LOGS.model_copy(update={"due": at("9:24")}), "9:20")
    assert due_of(soon) == [("untaken", 1, "09:22"), ("untaken", 2, "09:24"), ("overdue", 2, "09:34")]


def test_past_its_time_whoever_promised_it_is_asked_and_then_those_who_wait():
    by_ben = after(a_case(), ask(AskTask, BEN, to=CHO, text="look", due=at("9:50")), "9:20")
    accepted = after(by_ben, ACCEPT, "9:22")

    assert due_of(accepted) == [("overdue", 1, "09:50"), ("overdue", 2, "10:00")]
    assert [(f.to, f.also) for f in came(accepted, "9:50")] == [(CHO, ())]
    assert [(f.to, f.also) for f in came(told(accepted, "9:50"), "10:00")] == [(BEN, (ANN,))]
    assert due_of(told(accepted, "9:50", "10:00")) == [], "and nobody again"
    assert due_of(after(accepted, DONE, "9:55")) == []


def test_what_is_taken_on_after_its_time_is_not_asked_about_in_the_same_breath():
    late = after(told(asked(), "9:25", "9:30"), ACCEPT, "9:52")
    assert due_of(late) == [("overdue", 2, "10:00")]


def test_what_is_to_be_said_of_several_to_the_same_person_is_one_message():
    case = asked()
    case = after(case, ask(AskTask, ANN, to=CHO, text="and the rules", due=at("9:50")), "9:20")
    case = after(case, ask(AskTask, ANN, to=DAN, text="and the disks", due=at("9:50")), "9:20")

    assert [(fact.to, fact.tasks) for fact in came(case, "9:25")] == [(CHO, (1, 2)), (DAN, (3,))]
    (both, _) = came(case, "9:25")
    assert both.instead_of == ("untaken/1/asked/1",)
    one_left = after(told(case, "9:25"), ask(AcceptTask, CHO, task=2), "9:26")
    assert still_true(one_left, both)
    assert not still_true(after(one_left, ask(AcceptTask, CHO, task=1), "9:26"), both)


def test_a_resolved_case_asks_nobody():
    assert due_of(after(asked(), ask(ResolveCase), "9:22")) == []


# ---------------------------------------------------------------- which one is meant


def test_a_number_is_needed_only_where_several_could_be_meant():
    two = after(asked(), ask(AskTask, BEN, to=CHO, text="and the rules"), "9:21")

    with pytest.raises(TaskNotNamed) as refused:
        after(two, ACCEPT, "9:22")
    assert refused.value.about == {"number": NUMBER, "verb": "accept", "first": 1, "numbers": "1, 2"}
    one_taken = after(two, ask(AcceptTask, CHO, task=1), "9:22")
    assert after(one_taken, ACCEPT, "9:23").tasks[1].state == "accepted"
    assert facts_of(two, BACK, "9:22")[0].task == 1, "one's own request, though the owner may take back both"
    assert [task.serial for task in in_hand(two, CHO)] == [1, 2]


FULL = a_case()
for _number in range(MOST):
    FULL = after(FULL, ask(AskTask, ANN, to=CHO, text=f"part {_number}"), "9:05")


@pytest.mark.parametrize(
    ("case", "act", "refusal"),
    [
        (a_case(), ask(AskTask, ANN, to=ANN, text="look"), TaskToSelf(number=NUMBER, key="network")),
        (a_case(), ask(AskTask, CHO, to=CHO, text="look", area="disk"), AreaUnknown),
        (a_case(), ask(AskTask, ANN, to=CHO, text="look", area="長" * 200), AreaUnknown),
        (a_case(), ask(AskTask, ANN, to=CHO, text=" \u200b"), TaskTextMissing(number=NUMBER)),
        (a_case(), LOGS.model_copy(update={"due": at("9:30")}), TaskDueInThePast(number=NUMBER, due=at("9:30"))),
        (a_case(), LOGS.model_copy(update={"due": at("9:30") + timedelta(days=200)}), TaskDueTooFar),
        (asked(), LOGS, TaskPending(number=NUMBER, to=CHO, task=1)),
        (FULL, ask(AskTask, ANN, to=CHO, text="one more"), TooManyTasks(number=NUMBER, limit=MOST)),
        (after(a_case(), ask(ResolveCase), "9:01"), LOGS, CaseResolved(number=NUMBER)),
        (a_case(), ACCEPT, NoTask(number=NUMBER)),
        (a_case(), BACK, NoTask(number=NUMBER)),
        (asked(), ask(AcceptTask, CHO, task=2), TaskUnknown(number=NUMBER, task=2)),
        (asked(), ask(AcceptTask, DAN, task=1), NotYourTask(number=NUMBER, task=1, to=CHO)),
        (asked(), ask(FinishTask, ANN, task=1, result="done"), NotYourTask(number=NUMBER, task=1, to=CHO)),
        (asked(), ask(DeclineTask, CHO, reason=" "), TaskReasonMissing(number=NUMBER, task=1)),
        (asked(), ask(FinishTask, CHO, result=" "), ResultMissing(number=NUMBER, task=1)),
        (asked(), ask(WithdrawTask, CHO, task=1), TaskReasonMissing(number=NUMBER, task=1)),
        (asked(), ask(WithdrawTask, DAN, task=1), NotYoursToTakeBack(number=NUMBER, task=1, by=ANN)),
        (after(asked(), ACCEPT, "9:21"), ACCEPT, TaskAcceptedAlready(number=NUMBER, task=1)),
        (after(asked(), DONE, "9:21"), DONE, TaskIsDone(number=NUMBER, task=1)),
        (after(asked(), DONE, "9:21"), BACK, TaskIsDone(number=NUMBER, task=1)),
        (after(asked(), DECLINE, "9:21"), ACCEPT, TaskIsDeclined(number=NUMBER, task=1)),
        (after(asked(), BACK, "9:21"), DONE, TaskIsWithdrawn(number=NUMBER, task=1)),
    ],
)
def test_what_is_refused(case, act, refusal):
    with pytest.raises(refusal if isinstance(refusal, type) else type(refusal)) as refused:
        after(case, act, "9:40")

    assert isinstance(refusal, type) or refused.value.about == refusal.about


def test_a_long_text_is_kept_whole():
    text = "長" * 2000
    assert facts_of(a_case(), ask(AskTask, ANN, to=CHO, text=text), "9:20")[0].text == text


def test_asking_is_an_act_that_holds_the_ladder_and_declining_is_none():
    reminded = told(after(asked(), contact("10:00"), "9:30"), "9:50", "10:00", "10:05")
    assert BEN in reminded.told

    assert after(reminded, ask(AskTask, BEN, to=DAN, text="call them"), "10:06").held_until is not None
    to_ben = after(reminded, ask(AskTask, ANN, to=BEN, text="call"), "10:06").model_copy(update={"held_until": None})
    assert after(to_ben, ask(DeclineTask, BEN, reason="asleep"), "10:07").held_until is None
    assert after(to_ben, ask(AddNote, BEN, text="hm"), "10:07").held_until is not None
