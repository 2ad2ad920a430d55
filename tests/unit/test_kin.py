"""Kin: parent and child, one level deep; each with its own clocks, promise and end."""

import pytest
from cases import ANN, BEN, CHO, NUMBER, a_case, after, ask, at, contact, facts_of, told

from bot.domain import kin
from bot.domain.errors import (
    AlreadyParent,
    ChildAsParent,
    NoParent,
    NothingToGather,
    OwnChild,
    ParentClosed,
    ParentOfItself,
    TooManyChildren,
    UnknownCase,
)
from bot.domain.kin import Child, Parent, Suspicion, followed, recorded_for
from bot.domain.kin_messages import (
    ChildNoted,
    Enlarge,
    GatherCases,
    IncidentGrew,
    IncidentSuspected,
    KeepApart,
    KeptApart,
    NoteChild,
    NoteParent,
    ParentDropped,
    ParentNoted,
    ParentSet,
    Relative,
    SetParent,
    Suspect,
)
from bot.domain.messages import CloseCase, NextContactPromised, RecordContact, ReopenCase, ResolveCase
from bot.domain.notices import notices
from bot.domain.rules import loose_ends
from bot.domain.sla import checkpoints, clocks

FORTY = Relative(number=40, state="open", due=at("10:00"))


def child(carried=True, due="10:00", by=ANN):
    """SEV-42 as a child of SEV-40, which stands promised for ten o'clock."""
    command = ask(SetParent, by, parent=40, carried=carried, found=FORTY.model_copy(update={"due": at(due)}))
    return after(after(a_case(), contact("10:00"), "9:05"), command, "9:10")


def parent(*children):
    return a_case().model_copy(update={"children": children or (Child(number=43, carried=True), Child(number=44))})


# ---------------------------------------------------------------- becoming one


def test_a_parent_is_named_moved_and_taken_away():
    case = child()
    assert case.parent == Parent(number=40, carried=True, due=at("10:00"))
    again = ask(SetParent, parent=40, carried=True, found=FORTY)
    assert facts_of(case, again, "9:11") == ()
    other = ask(SetParent, parent=41, found=Relative(number=41, state="open"))
    assert facts_of(case, other, "9:11") == (ParentSet(by=ANN, at=at("9:11"), parent=41, replaced=40),)
    none = ask(SetParent, BEN)
    assert facts_of(case, none, "9:12") == (ParentDropped(by=BEN, at=at("9:12"), parent=40, carried=True),)
    assert after(case, none, "9:12").parent is None


@pytest.mark.parametrize(
    ("case", "asked", "refusal"),
    [
        (a_case(), {"parent": 42, "found": Relative(number=42, state="open")}, ParentOfItself(number=NUMBER)),
        (a_case(), {"parent": 99}, UnknownCase(number=99)),
        (a_case(), {"parent": 40, "found": Relative(number=40, state="closed")}, ParentClosed(number=42, parent=40)),
        (
            a_case(),
            {"parent": 40, "found": Relative(number=40, state="open", parent=39)},
            ChildAsParent(number=42, parent=40, above=39),
        ),
        (parent(), {"parent": 40, "found": FORTY}, AlreadyParent(number=42, parent=40)),
        (
            parent(Child(number=40)),
            {"parent": 40, "found": FORTY.model_copy(update={"parent": 42})},
            OwnChild(number=42, parent=40),
        ),
        (
            a_case(),
            {"parent": 40, "found": Relative(number=40, state="open", children=30)},
            TooManyChildren(number=42, parent=40, most=30),
        ),
        (a_case(), {}, NoParent(number=42)),
    ],
)
def test_what_is_refused(case, asked, refusal):
    with pytest.raises(type(refusal)) as caught:
        facts_of(case, ask(SetParent, **asked), "9:10")
    assert caught.value.about == refusal.about


def test_a_case_whose_children_are_all_closed_may_become_a_child():
    case = parent(Child(number=43, state="closed"))

    assert facts_of(case, ask(SetParent, parent=40, found=FORTY), "9:10")


# ---------------------------------------------------------------- what follows for the others


def follows(before, command, clock):
    facts = facts_of(before, command, clock)
    return list(followed(before, after(before, command, clock), command, facts))


def test_the_parent_hears_of_its_new_child_and_the_former_one_that_it_left():
    named = {"delivery": "delivery:child:40", "by": ANN, "case": 40}
    command = ask(SetParent, parent=40, carried=True, found=FORTY)
    assert follows(a_case(), command, "9:10") == [NoteChild(**named, child=42, state="open", carried=True)]

    moved = ask(SetParent, parent=41, found=Relative(number=41, state="open"))
    assert [(one.case, one.state) for one in follows(child(), moved, "9:11")] == [(40, "left"), (41, "open")]


def test_the_parent_hears_how_its_child_ends_and_begins_again():
    case = child(carried=False)

    assert [(one.case, one.state) for one in follows(case, ask(ResolveCase), "9:20")] == [(40, "resolved")]
    closed = after(case, ask(CloseCase, anyway=True), "9:30")
    assert [(one.case, one.state) for one in follows(closed, ask(ReopenCase, reason="again"), "9:40")] == [(40, "open")]


def test_the_children_hear_that_their_parent_ends_and_the_carried_ones_what_it_promised():
    case = parent()

    assert [(one.case, one.state, one.due) for one in follows(case, ask(ResolveCase), "9:20")] == [
        (43, "resolved", None),
        (44, "resolved", None),
    ]
    recorded, noted = follows(case, contact("10:00"), "9:05")
    assert (recorded.case, recorded.via, recorded.next, recorded.by) == (43, 42, contact("10:00").next, ANN)
    assert (noted.case, noted.due) == (43, at("10:00"))


def test_a_child_that_is_resolved_gets_the_contact_without_a_next_one():
    case = parent(Child(number=43, state="resolved", carried=True))

    recorded, _ = follows(case, contact("10:00"), "9:05")

    assert (recorded.case, recorded.next) == (43, None)


def test_whose_customers_heard_it():
    """What is carried, unless somebody says otherwise; nothing that nobody asked for."""
    case = parent()

    assert recorded_for(case, None) == (43,)
    assert recorded_for(case, ()) == ()
    assert recorded_for(case, (43, 44, 99)) == (43, 44)
    assert recorded_for(parent(Child(number=43), Child(number=44)), None) == ()
    assert recorded_for(parent(Child(number=43, state="closed", carried=True)), (43,)) == ()


# ---------------------------------------------------------------- the promise of a carried child


def test_a_contact_by_way_of_the_parent_is_the_childs_own():
    """Its promise is kept by a person who spoke to the customer, and a new one stands: invariants 1 and 2."""
    case = child()
    via = ask(RecordContact, BEN, how="phone", said="told them", next=contact("10:30").next, via=40)

    made, promised = facts_of(case, via, "9:50")

    assert (made.by, made.via, made.clock, made.late) == (BEN, 40, "next-contact", False)
    assert isinstance(promised, NextContactPromised)
    assert promised.via == 40
    case = after(case, via, "9:50")
    assert (case.tally.kept, case.promise.due, case.parent.due) == (2, at("10:30"), at("10:30"))
    assert case.people == (), "who speaks for the parent does not help here: the owner is still alone"


def reminders(case):
    return [(f"{point.at:%H:%M}", point.rung) for point in checkpoints(case)]


def test_the_owner_of_a_carried_child_is_not_rung_before_the_parent_has_missed():
    assert reminders(child(carried=False)) == [
        ("09:50", "before"), ("10:00", "due"), ("10:05", "backup"), ("10:10", "channel"),
    ]  # fmt: skip
    assert reminders(child()) == [("10:02", "due"), ("10:05", "backup"), ("10:10", "channel")]


@pytest.mark.parametrize(
    "otherwise",
    [
        ask(NoteParent, parent=40, state="resolved"),
        ask(NoteParent, parent=40, state="open", due=at("11:00")),
        ask(SetParent),
        ask(SetParent, parent=40, carried=False, found=FORTY),
    ],
)
def test_once_nobody_speaks_for_it_the_child_rings_as_any_case(otherwise):
    """The parent is over, has promised another time, or is no parent: the promise stands, and is the child's."""
    case = after(child(), otherwise, "9:20")

    assert [clock.due for clock in clocks(case)] == [at("10:00")]
    assert reminders(case)[:2] == [("09:50", "before"), ("10:00", "due")]


def test_what_the_child_promised_itself_is_its_own():
    case = after(child(), contact("10:20"), "9:30")

    assert reminders(case)[:2] == [("10:10", "before"), ("10:20", "due")]


def test_a_miss_is_told_once_whoever_spoke_for_it_when_it_came():
    case = told(child(), "10:03")

    assert [fired.rpartition("/")[2] for fired in case.fired] == ["due"]
    assert "due" not in {rung for _, rung in reminders(after(case, ask(SetParent), "10:04"))}


# ---------------------------------------------------------------- the end


def test_a_parent_that_closes_says_which_children_are_open_and_closes_none():
    case = after(parent(), ask(ResolveCase), "9:20")

    assert [end for end in loose_ends(case) if end.startswith("child")] == ["child:43", "child:44"]
    gone = after(case, ask(NoteChild, CHO, child=43, state="closed", carried=True), "9:30")
    assert [end for end in loose_ends(gone) if end.startswith("child")] == ["child:44"]
    assert gone.people == (), "who closes the child is not in the parent"


def test_who_hears_of_it():
    """The owner of a case that somebody else made a child, or has to speak for; nobody of what the card says."""
    case = child(by=BEN)
    (fact,) = facts_of(a_case(), ask(SetParent, BEN, parent=40, carried=True, found=FORTY), "9:10")
    assert [notice.to for notice in notices(case, (fact,))] == [ANN]
    noted = {"by": BEN, "at": at("9:10"), "child": 43, "state": "open"}
    assert [one.to for one in notices(a_case(), (ChildNoted(**noted, carried=True, new=True),))] == [ANN]
    assert notices(a_case(), (ChildNoted(**noted, new=True),)) == ()
    ended = ParentNoted(by=BEN, at=at("9:10"), parent=40, state="resolved")
    assert [one.to for one in notices(case, (ended,))] == [ANN]
    assert notices(child(carried=False), (ended,)) == ()


# ---------------------------------------------------------------- suspected of one incident


SUSPECTED = ask(Suspect, "", head=40, others=(40, 41), signs=("symptom",), aloud=True)


def test_a_suspicion_is_written_once_grows_and_is_put_aside():
    case = after(a_case(), SUSPECTED, "9:01")
    assert case.incident == Suspicion(head=40, cases=(40, 41), aloud=True)
    assert facts_of(case, SUSPECTED, "9:02") == ()
    grown = ask(Enlarge, "", joined=43, aloud=True)
    assert facts_of(case, grown, "9:03") == (IncidentGrew(by="", at=at("9:03"), joined=43, aloud=True),)
    assert facts_of(after(case, grown, "9:03"), grown, "9:04") == ()
    apart = facts_of(case, ask(SetParent, BEN), "9:05")
    assert apart == (KeptApart(by=BEN, at=at("9:05"), others=(40, 41)),)
    kept = after(case, ask(SetParent, BEN), "9:05")
    assert (kept.incident, kept.apart) == (None, True)
    assert facts_of(kept, SUSPECTED, "9:06") == (), "somebody said that it is not"
    assert not after(kept, ask(SetParent, parent=40, found=FORTY), "9:07").apart


def test_the_head_takes_the_suspicion_from_the_others():
    head = after(a_case(), SUSPECTED.model_copy(update={"head": NUMBER, "others": (43,)}), "9:01")

    assert [(one.case, one.head) for one in follows(head, ask(SetParent), "9:05")] == [(43, NUMBER)]
    member = after(a_case(), SUSPECTED, "9:01")
    assert follows(member, ask(SetParent), "9:05") == []
    assert facts_of(member, ask(KeepApart, head=39), "9:06") == ()


def test_the_channel_hears_it_once_and_a_thread_of_one_more():
    aloud = IncidentSuspected(by="", at=at("9:01"), head=42, others=(43,), aloud=True)
    grew = IncidentGrew(by="", at=at("9:01"), joined=43, aloud=True)
    assert [one.place for one in notices(a_case(), (aloud,))] == ["broadcast"]
    assert [one.place for one in notices(a_case(), (grew,))] == ["thread"]
    quiet = (aloud.model_copy(update={"aloud": False}), grew.model_copy(update={"aloud": False}))
    assert notices(a_case(), quiet) == ()


def test_one_button_gathers_those_that_can_be_children():
    case = after(a_case(), SUSPECTED.model_copy(update={"head": NUMBER, "others": (43, 44)}), "9:01")
    command = ask(GatherCases, BEN, cases=(43, 44))

    assert [(one.child, one.new) for one in facts_of(case, command, "9:02")] == [(43, True), (44, True)]
    assert [(one.case, one.parent) for one in follows(case, command, "9:02")] == [(43, 42), (44, 42)]
    assert facts_of(after(case, command, "9:02"), command, "9:03") == ()
    with pytest.raises(NothingToGather):
        facts_of(a_case(), ask(GatherCases), "9:02")
    with pytest.raises(ChildAsParent):
        facts_of(child(), command, "9:20")


def test_whatever_can_be_no_child_is_left_out():
    assert kin.may_be_gathered(a_case())
    assert not kin.may_be_gathered(child())
    assert not kin.may_be_gathered(parent())
    assert not kin.may_be_gathered(after(a_case(), ask(CloseCase, anyway=True), "9:20"))
