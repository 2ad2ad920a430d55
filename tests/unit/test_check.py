"""Check: a risky step needs a second person, who types its target; and telling the customer never needs one."""

from typing import get_args

import pytest
from cases import ANN, BEN, CHO, DAN, NUMBER, a_case, after, ask, at, contact, facts_of, promise, terms

from bot.domain import clock_messages
from bot.domain.case import TIME
from bot.domain.check import LASTS, OWN, canonical, others, overridden, pending, put_to
from bot.domain.errors import (
    CaseClosed,
    CheckAnswered,
    CheckExpired,
    CheckNeeded,
    CheckNotNamed,
    CheckOfOneself,
    NoCheck,
    NotYourCheck,
    OverrideReason,
    OwnCheck,
    ReasonNeeded,
    RollbackMissing,
    StepEdited,
    StepMissing,
    TargetDiffers,
    TargetMissing,
    TargetNotTyped,
)
from bot.domain.messages import (
    AddNote,
    ApproveCheck,
    Arrive,
    AskCheck,
    CheckApproved,
    CheckAsked,
    CheckOverridden,
    CheckRejected,
    CheckUsed,
    CheckWithdrawn,
    ClaimArea,
    CloseCase,
    FinishCheck,
    NudgeCame,
    OverrideCheck,
    ReachCheckpoints,
    RejectCheck,
    ResolveCase,
    TickOff,
    WithdrawCheck,
)
from bot.domain.notices import notices, still_worth_saying
from bot.domain.nudge import nudges, still_true
from bot.domain.policy import CheckedVerb, SeverityTerms
from bot.domain.rules import _RULES, loose_ends
from bot.domain.values import UserId

LEAD = UserId("U_LEAD")
STEP = {"risk": "restore", "what": "from the 02:00\nsnapshot", "target": " db-prod-01 ", "rollback": "keep the volume"}
ABOUT = {"check": 1, "edition": 1, "risk": "restore", "target": "db-prod-01"}
ASK = ask(AskCheck, ANN, **STEP)


def in_company(**about):
    "Ann owns it; Ben and Cho are in it."
    case = after(a_case(**about), ask(ClaimArea, BEN, area="network"), "9:01")
    return after(case, ask(Arrive, CHO), "9:02")


def asked(case=None, clock="9:10", **changed):
    return after(case or in_company(), ask(AskCheck, ANN, **{**STEP, **changed}), clock)


def approved(case=None, clock="9:12"):
    return after(case or asked(), ask(ApproveCheck, BEN, typed="db-prod-01"), clock)


# ---------------------------------------------------------------- asking


def test_a_step_is_put_to_everybody_in_the_case_but_the_asker():
    assert facts_of(in_company(), ASK, "9:10") == (
        CheckAsked(
            by=ANN, at=at("9:10"), **ABOUT, what="from the 02:00 snapshot", rollback="keep the volume", to=(BEN, CHO)
        ),
    )


def test_or_to_whom_was_named():
    case = asked(to=(DAN,))

    assert (put_to(case, DAN), put_to(case, BEN)) == (case.checks, ())
    assert others(case, case.checks[0]) == (BEN, CHO)


@pytest.mark.parametrize(
    ("missing", "refusal"),
    [
        ({"target": "  "}, TargetMissing),
        ({"rollback": ""}, RollbackMissing),
        ({"what": "\n"}, StepMissing),
        ({"what": "", "target": "", "rollback": ""}, StepMissing),
        ({"to": (ANN,)}, CheckOfOneself),
    ],
)
def test_what_is_missing_is_asked_for(missing, refusal):
    with pytest.raises(refusal):
        facts_of(in_company(), ask(AskCheck, ANN, **{**STEP, **missing}), "9:10")


def test_alone_the_lead_is_asked_and_without_one_the_channel():
    alone = a_case()
    (to_lead,) = facts_of(alone, ask(AskCheck, ANN, **STEP, leads=(LEAD,)), "9:10")
    (to_nobody,) = facts_of(alone, ASK, "9:10")

    assert (to_lead.to, to_nobody.to) == ((LEAD,), ())
    assert [n.place for n in notices(after(alone, ASK, "9:10"), (to_nobody,))] == ["broadcast"]


# ---------------------------------------------------------------- approving


def test_a_second_person_types_the_target():
    case = approved()

    assert facts_of(asked(), ask(ApproveCheck, BEN, typed="db-prod-01"), "9:12") == (
        CheckApproved(by=BEN, at=at("9:12"), **ABOUT, asker=ANN, typed="db-prod-01"),
    )
    assert (case.checks[0].state, case.checks[0].answered_by, pending(case)) == ("approved", BEN, ())


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", TargetNotTyped),
        (" \u200b ", TargetNotTyped),
        ("db-prod-02", TargetDiffers),
        ("DB-PROD-01", TargetDiffers),
        ("db-prod-01 and more", TargetDiffers),
    ],
)
def test_another_target_approves_nothing(typed, refusal):
    with pytest.raises(refusal) as refused:
        facts_of(asked(), ask(ApproveCheck, BEN, typed=typed), "9:12")
    assert "db-prod-01" not in str(refused.value)


@pytest.mark.parametrize(
    ("risk", "typed", "kept"),
    [
        ("restore", "ｄｂ－prod－０１", "db-prod-01"),
        ("restore", " /data/A ", "/data/A"),
        ("severity", "重要度Ｂ", "B"),
        ("severity", "Sev b", "B"),
        ("close", "42", "SEV-42"),
        ("close", "#42", "SEV-42"),
        ("other", "42", "42"),
    ],
)
def test_a_target_has_one_spelling(risk, typed, kept):
    assert canonical(risk, typed) == kept


def test_whoever_asked_is_no_second_person():
    for answer in (ask(ApproveCheck, ANN, typed="db-prod-01"), ask(RejectCheck, ANN, reason="no")):
        with pytest.raises(OwnCheck):
            facts_of(asked(), answer, "9:12")


@pytest.mark.parametrize("serial", [None, 1])
def test_nobody_approves_twice(serial):
    with pytest.raises(CheckAnswered) as refused:
        facts_of(approved(), ask(ApproveCheck, CHO, typed="db-prod-01", check=serial), "9:13")
    assert refused.value.about["who"] == BEN


def test_sent_back_it_needs_a_reason_and_waits_no_more():
    reject = ask(RejectCheck, CHO, reason=" the snapshot\nis too old ")

    assert facts_of(asked(), reject, "9:12") == (
        CheckRejected(by=CHO, at=at("9:12"), **ABOUT, asker=ANN, reason="the snapshot is too old"),
    )
    assert pending(after(asked(), reject, "9:12")) == ()
    with pytest.raises(ReasonNeeded):
        facts_of(asked(), ask(RejectCheck, CHO, reason=" "), "9:12")


def test_the_asker_is_told_either_way():
    case = asked()
    for answer in (ask(ApproveCheck, BEN, typed="db-prod-01"), ask(RejectCheck, BEN, reason="too old")):
        facts = facts_of(case, answer, "9:12")
        assert [(n.place, n.to) for n in notices(after(case, answer, "9:12"), facts)] == [("person", ANN)]


@pytest.mark.parametrize(
    "answer",
    [
        ask(ApproveCheck, BEN, typed="db-prod-01"),
        ask(RejectCheck, BEN, reason="no"),
        ask(WithdrawCheck, ANN),
        ask(OverrideCheck, ANN, reason="now"),
        ask(FinishCheck, ANN),
        ask(ApproveCheck, BEN, typed="db-prod-01", check=7),
    ],
)
def test_without_a_step_there_is_nothing_to_answer(answer):
    with pytest.raises(NoCheck):
        facts_of(in_company(), answer, "9:12")


def test_a_closed_case_takes_no_check():
    closed = after(in_company(), ask(CloseCase, ANN, anyway=True), "9:05")
    with pytest.raises(CaseClosed):
        facts_of(closed, ASK, "9:10")


# ---------------------------------------------------------------- edits


@pytest.mark.parametrize("before", [asked(), approved()])
def test_any_edit_voids_what_was_said(before):
    edit = ask(AskCheck, ANN, **{**STEP, "what": "from the 01:00 snapshot"})
    case = after(before, edit, "9:14")

    (check,) = case.checks
    assert (check.serial, check.edition, check.state, check.answered_by) == (1, 2, "pending", None)
    with pytest.raises(StepEdited):
        facts_of(case, ask(ApproveCheck, BEN, typed="db-prod-01", check=1, edition=1), "9:15")
    with pytest.raises(StepEdited):
        facts_of(case, ask(AskCheck, BEN, **STEP, check=1, edition=1), "9:15")


def test_by_its_number_even_the_target_is_edited():
    case = after(asked(), ask(AskCheck, ANN, **{**STEP, "target": "db-prod-02"}, check=1, edition=1), "9:14")

    assert [(check.serial, check.target) for check in case.checks] == [(1, "db-prod-02")]


def test_who_edits_asks_and_who_had_asked_may_approve():
    edit = ask(AskCheck, BEN, **{**STEP, "rollback": "none"})
    case = after(asked(), edit, "9:14")

    (fact,) = facts_of(asked(), edit, "9:14")
    assert {n.to for n in notices(case, (fact,))} == {ANN, CHO}
    with pytest.raises(OwnCheck):
        facts_of(case, ask(ApproveCheck, BEN, typed="db-prod-01"), "9:15")
    assert facts_of(case, ask(ApproveCheck, ANN, typed="db-prod-01"), "9:15") != ()


def test_the_same_again_changes_nothing():
    assert facts_of(asked(), ASK, "9:11") == ()


def test_a_message_about_an_earlier_edition_is_not_sent_any_more():
    case = asked()
    (notice, *_) = notices(case, facts_of(in_company(), ASK, "9:10"))

    assert still_worth_saying(case, notice)
    assert not still_worth_saying(after(case, ask(AskCheck, ANN, **{**STEP, "what": "other"}), "9:11"), notice)
    assert not still_worth_saying(approved(case), notice)


# ---------------------------------------------------------------- several


def two_steps():
    return asked(asked(), "9:11", risk="failover", target="sql-west")


def test_of_several_steps_the_typed_target_says_which():
    (fact,) = facts_of(two_steps(), ask(ApproveCheck, BEN, typed="sql-west"), "9:12")

    assert (fact.check, fact.target) == (2, "sql-west")
    with pytest.raises(TargetDiffers):
        facts_of(two_steps(), ask(ApproveCheck, BEN, typed="sql-east"), "9:12")


def test_and_the_number_where_nothing_is_typed():
    with pytest.raises(CheckNotNamed) as refused:
        facts_of(two_steps(), ask(RejectCheck, BEN, reason="no"), "9:12")
    assert refused.value.about["steps"] == "1: db-prod-01, 2: sql-west"
    assert facts_of(two_steps(), ask(RejectCheck, BEN, reason="no", check=2), "9:12")[0].check == 2


# ---------------------------------------------------------------- taking back, doing, going ahead


def test_only_the_asker_withdraws():
    case = asked()
    assert facts_of(case, ask(WithdrawCheck, ANN), "9:11") == (
        CheckWithdrawn(by=ANN, at=at("9:11"), **ABOUT, to=(BEN, CHO)),
    )
    with pytest.raises(NotYourCheck):
        facts_of(case, ask(WithdrawCheck, BEN), "9:11")


def test_a_step_that_is_done_is_approved_no_more():
    done = after(approved(), ask(FinishCheck, ANN), "9:20")

    assert facts_of(approved(), ask(FinishCheck, ANN), "9:20") == (CheckUsed(by=ANN, at=at("9:20"), **ABOUT),)
    assert [n for n in nudges(done) if n.check] == []
    with pytest.raises(NoCheck):
        facts_of(done, ask(FinishCheck, ANN), "9:21")


def test_going_ahead_unchecked_needs_a_reason_and_is_loud():
    case = asked()
    override = ask(OverrideCheck, ANN, reason="the disk is full", leads=(LEAD,))
    facts = facts_of(case, override, "9:12")
    gone = after(case, override, "9:12")

    assert facts == (CheckOverridden(by=ANN, at=at("9:12"), **ABOUT, asker=ANN, reason="the disk is full", to=(LEAD,)),)
    assert [(n.place, n.to) for n in notices(gone, facts)] == [("thread", None), ("person", LEAD)]
    assert overridden(after(gone, ask(FinishCheck, ANN), "9:15")) != ()
    with pytest.raises(OverrideReason):
        facts_of(case, ask(OverrideCheck, ANN, reason=" "), "9:12")


def test_even_after_its_time_it_can_be_gone_ahead_with():
    over = after(asked(), ask(ReachCheckpoints, TIME), "9:40")
    (fact,) = facts_of(over, ask(OverrideCheck, ANN, reason="the disk is full"), "9:50")

    assert (fact.check, overridden(after(over, ask(OverrideCheck, ANN, reason="now"), "9:50"))[0].serial) == (1, 1)


# ---------------------------------------------------------------- time


def test_it_climbs_from_the_others_to_the_lead_to_the_channel():
    case = asked(to=(DAN,))
    came = []
    for clock in ("9:15", "9:20", "9:25"):
        tick = ask(ReachCheckpoints, TIME, leads=(LEAD,))
        facts = [f for f in facts_of(case, tick, clock) if isinstance(f, NudgeCame) and f.nudge == "unchecked"]
        case = after(case, tick, clock)
        came += [(f.to, f.also, [n.place for n in notices(case, (f,))]) for f in facts]

    assert came == [(BEN, (CHO,), ["person", "person"]), (LEAD, (), ["person"]), (None, (), ["broadcast"])]


def test_an_answer_stops_the_climb_also_of_what_is_on_its_way():
    case = asked(to=(DAN,))
    (came,) = [f for f in facts_of(case, ask(ReachCheckpoints, TIME), "9:15") if isinstance(f, NudgeCame)]
    case = after(case, ask(ReachCheckpoints, TIME), "9:15")

    assert still_true(case, came)
    assert not still_true(after(case, ask(ApproveCheck, BEN, typed="db-prod-01"), "9:16"), came)


@pytest.mark.parametrize(("case", "moment"), [(asked(), "9:40"), (approved(), "9:42")])
def test_after_half_an_hour_it_counts_no_more_and_the_asker_hears_it(case, moment):
    tick = ask(ReachCheckpoints, TIME)
    (over,) = [f for f in facts_of(case, tick, moment) if isinstance(f, NudgeCame) and f.nudge == "expired"]

    assert (over.to, over.check, at(moment)) == (ANN, 1, case.checks[0].until)
    assert at("9:40") - at("9:10") == LASTS
    with pytest.raises((CheckExpired, NoCheck)):
        facts_of(case, ask(FinishCheck, ANN), moment)
    with pytest.raises((CheckExpired, NoCheck)):
        facts_of(case, ask(ApproveCheck, BEN, typed="db-prod-01"), moment)
    assert facts_of(after(case, tick, moment), ASK, "9:50")[0].check == 2, "asked again, it is another one"


def test_a_resolved_case_goes_on_asking():
    resolved = after(in_company(), ask(ResolveCase, ANN), "9:05")
    case = after(resolved, ask(AskCheck, ANN, **{**STEP, "risk": "close", "target": "42"}), "9:10")

    assert [(n.kind, n.step) for n in nudges(case)] == [("unchecked", 2), ("unchecked", 3), ("expired", 1)]
    assert "check" in loose_ends(case)


# ---------------------------------------------------------------- the bot's own verbs


def held_to(*verbs):
    return in_company(agreed=terms("A", double_check=verbs))


def lowered(by=ANN):
    return ask(clock_messages.ChangeSeverity, by, severity="C", reason="a workaround holds", terms=terms("C"))


def test_lowering_the_severity_waits_for_a_check_of_it_where_the_terms_say_so():
    with pytest.raises(CheckNeeded) as refused:
        facts_of(held_to("severity"), lowered(), "9:20")
    assert refused.value.about == {"number": NUMBER, "risk": "severity", "target": "C"}
    assert facts_of(held_to(), lowered(), "9:20") != ()


def severity_checked(target="C"):
    case = after(held_to("severity"), ask(AskCheck, ANN, **{**STEP, "risk": "severity", "target": target}), "9:10")
    return after(case, ask(ApproveCheck, BEN, typed=target), "9:12")


def test_with_the_approval_it_passes_and_uses_it_up():
    used, changed = facts_of(severity_checked(), lowered(), "9:20")

    assert used == CheckUsed(by=ANN, at=at("9:20"), check=1, edition=1, risk="severity", target="C")
    assert changed.severity == "C"
    assert pending(after(severity_checked(), lowered(), "9:20")) == ()


@pytest.mark.parametrize(("case", "clock"), [(severity_checked("B"), "9:20"), (severity_checked(), "9:42")])
def test_an_approval_of_another_target_or_that_ran_out_passes_nothing(case, clock):
    with pytest.raises(CheckNeeded):
        facts_of(case, lowered(), clock)


def test_with_an_override_it_passes_and_says_so():
    case = after(held_to("severity"), ask(AskCheck, ANN, **{**STEP, "risk": "severity", "target": "C"}), "9:10")
    case = after(case, ask(OverrideCheck, ANN, reason="nobody answers"), "9:12")
    used, *_ = facts = facts_of(case, lowered(), "9:13")

    assert used.unchecked
    assert [n.place for n in notices(after(case, lowered(), "9:13"), facts) if n.fact == used] == ["thread"]


@pytest.mark.parametrize(
    "command",
    [
        ask(CloseCase, ANN, anyway=True),
        ask(ResolveCase, ANN),
        ask(clock_messages.PauseCase, ANN, look_at=at("11:00"), reason="waiting"),
        ask(clock_messages.ChangePlan, ANN, plan="gold", reason="as signed", terms=terms("A", version="2")),
    ],
)
def test_every_verb_that_can_be_named_waits(command):
    case = after(held_to(*get_args(CheckedVerb)), contact("10:00"), "9:05")
    with pytest.raises(CheckNeeded):
        facts_of(case, command, "9:20")


def test_nothing_that_tells_the_customer_can_be_made_to_wait():
    assert set(OWN) == set(get_args(CheckedVerb))
    case = held_to(*get_args(CheckedVerb))
    for command in (contact("10:00"), promise("9:50"), ask(AddNote, ANN, text="x")):
        assert facts_of(case, command, "9:20") != ()
    assert TickOff in _RULES


@pytest.mark.parametrize("verb", ["contacted", "next", "draft", "tell", "note"])
def test_such_verbs_are_refused_in_the_configuration(verb):
    with pytest.raises(ValueError, match="it never blocks telling the customer"):
        SeverityTerms.model_validate({"first_response": "15m", "next_contact": "1h", "double_check": [verb]})
