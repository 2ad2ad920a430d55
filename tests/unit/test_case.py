"""Case: how it opens, is corrected, ends and begins again, and who is in it."""

import pytest
from cases import (
    ANN,
    BEN,
    CHO,
    DAN,
    NINE,
    NUMBER,
    THREAD,
    TIME_PASSES,
    a_case,
    after,
    ask,
    at,
    contact,
    facts_of,
    footing,
    opening,
    promise,
    terms,
)

from bot.domain.area import Area
from bot.domain.case import TIME, Case, replay
from bot.domain.clock import Clock
from bot.domain.contact import Tally
from bot.domain.errors import (
    CaseClosed,
    CaseResolved,
    CaseStillOpen,
    LooseEnds,
    ReasonNeeded,
    TextMissing,
    TitleMissing,
)
from bot.domain.ledger import running
from bot.domain.messages import (
    AcceptHandoff,
    Acknowledge,
    AddArea,
    AddNote,
    AreaOffered,
    Arrive,
    CallForHelp,
    CaseEdited,
    CaseOpened,
    CaseReopened,
    ClaimArea,
    CloseCase,
    DeclineHandoff,
    EditCase,
    HelpCalled,
    JoinArea,
    LoseOwner,
    LoseThread,
    NoteAdded,
    OfferHandoff,
    OwnerLost,
    PersonArrived,
    ReleaseArea,
    ReopenCase,
    ReportFinding,
    ResolveCase,
    StartThread,
    ThreadLost,
    ThreadStarted,
)
from bot.domain.messages import CaseClosed as Closed
from bot.domain.messages import CaseResolved as Resolved
from bot.domain.rules import loose_ends, open_case

RESOLVE = ask(ResolveCase, how="rule put back")
CLOSE = ask(CloseCase, anyway=True)
REOPEN = ask(ReopenCase, reason="it came back")


FIRST_RESPONSE = Clock(name="first-response", serial=1, start=NINE, due=at("9:15"), span="15m")


def changed(case, **fields):
    return case.model_copy(update=fields)


# ---------------------------------------------------------------- opening


def test_the_case_that_was_just_opened():
    case = a_case(
        title="  Stores can't\nreach the POS ",
        customer="Nishi Retail",
        plan="Rapid Response",
        reference="SR-1",
        impact="no sales\nat all",
        deadline=at("22:00"),
        deadline_text="before opening",
        told=(CHO,),
    )

    assert case == Case(
        number=NUMBER,
        team="T_TEAM",
        channel="C_TEAM",
        thread=THREAD,
        language="en",
        status="open",
        severity="A",
        title="Stores can't reach the POS",
        customer="Nishi Retail",
        plan="Rapid Response",
        reference="SR-1",
        impact="no sales\nat all",
        deadline=at("22:00"),
        deadline_text="before opening",
        customer_zone="Asia/Tokyo",
        family="vm-compute",
        owner=ANN,
        backup=(BEN,),
        people=(),
        informed=(CHO,),
        areas=tuple(
            Area(key=key, name_en=en, name_ja=ja, since=NINE)
            for key, en, ja in (
                ("network", "Network path", "ネットワーク経路"),
                ("storage", "Storage", "ストレージ"),
                ("guest-os", "Guest OS", "ゲスト OS"),
            )
        ),
        terms=terms(),
        opened_at=NINE,
        cycle=1,
        cycle_started_at=NINE,
        responded_at=None,
        promise=None,
        promises=0,
        last_contact=None,
        tally=Tally(),
        held_until=None,
        holds=0,
        fired=frozenset(),
        told=(),
        last_rung_at=None,
        offer=None,
        resolved_at=None,
        closed_at=None,
        changed_at=NINE,
    )


def test_an_opening_is_one_fact():
    command, ground = opening(), footing()

    assert open_case(NUMBER, command, ground, NINE) == (
        CaseOpened(by=ANN, at=NINE, case=NUMBER, opening=command, footing=ground, clocks=(FIRST_RESPONSE,)),
    )


@pytest.mark.parametrize("title", ["", "  \n ", "\u200b\u202e"])
def test_a_case_needs_a_title(title):
    with pytest.raises(TitleMissing):
        a_case(title=title)


def test_a_long_title_is_cut_where_slack_would_refuse_it():
    title = a_case(title="x" * 200).title

    assert (len(title), title[-2:]) == (150, "x…")


def test_the_facts_of_a_case_begin_with_its_opening():
    with pytest.raises(ValueError, match="begins with its opening"):
        replay((NoteAdded(by=ANN, at=NINE, text="hello"),))


# ---------------------------------------------------------------- what the card asks for


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({}, ("customer", "plan", "reference", "impact")),
        ({"customer": "Nishi", "impact": "all"}, ("plan", "reference")),
        ({"customer": "Nishi", "plan": "P", "reference": "R", "impact": "all"}, ()),
    ],
)
def test_what_nobody_has_said_yet(known, missing):
    assert a_case(**known).missing == missing


@pytest.mark.parametrize(
    ("case", "needs"),
    [
        (a_case(), True),
        (after(a_case(), contact("10:00"), "9:10"), False),
        (after(a_case(), promise("9:30"), "9:10"), False),
        (after(a_case(), RESOLVE, "9:10"), False),
        (a_case("C"), False),
    ],
)
def test_a_case_says_when_it_needs_a_next_contact(case, needs):
    assert case.needs_next_contact is needs


# ---------------------------------------------------------------- editing


@pytest.mark.parametrize(
    ("changes", "then"),
    [
        ({"title": " New\ntitle "}, {"title": "New title"}),
        ({"customer": "Nishi"}, {"customer": "Nishi"}),
        ({"impact": "all\nstores"}, {"impact": "all\nstores"}),
        ({"deadline": at("22:00"), "deadline_text": "ten"}, {"deadline": at("22:00"), "deadline_text": "ten"}),
        ({"deadline_text": "soon"}, {"deadline": None, "deadline_text": "soon"}),  # words that name no time
    ],
)
def test_what_is_filled_in_later(changes, then):
    case = a_case(deadline=at("20:00"), deadline_text="eight")
    edit = ask(EditCase, CHO, **changes)

    assert facts_of(case, edit, "9:05") == (CaseEdited(by=CHO, at=at("9:05"), changes=edit),)
    edited = after(case, edit, "9:05")
    assert edited == changed(case, people=(CHO,), changed_at=at("9:05"), ledger=edited.ledger, **then)
    assert running(edited.ledger, "deadline") == (
        None
        if edited.deadline is None
        else Clock(
            name="deadline",
            serial=1 if edited.deadline == case.deadline else 2,
            start=NINE if edited.deadline == case.deadline else at("9:05"),
            due=edited.deadline,
        )
    )


@pytest.mark.parametrize("changes", [{}, {"title": "Stores can't reach the POS server"}, {"family": "vm-compute"}])
def test_an_edit_that_changes_nothing_is_no_fact(changes):
    assert facts_of(a_case(), ask(EditCase, **changes), "9:05") == ()


def test_a_title_cannot_be_edited_away():
    with pytest.raises(TitleMissing):
        after(a_case(), ask(EditCase, title=" "), "9:05")


def test_another_family_brings_its_areas_and_loses_no_finding():
    case = after(a_case(), ask(ClaimArea, CHO, area="network"), "9:01")
    case = after(case, ask(ReportFinding, DAN, area="storage", verdict="cleared", evidence="fine"), "9:02")
    case = after(case, ask(ReleaseArea, DAN, area="storage"), "9:03")
    case = after(after(case, ask(AddArea, DAN, name="CDN"), "9:04"), ask(ReleaseArea, DAN, area="own-1"), "9:04")
    offered = (
        AreaOffered(key="storage", name_en="Storage", name_ja="ストレージ"),
        AreaOffered(key="pod", name_en="Pods", name_ja="Pod"),
    )

    case = after(case, ask(EditCase, family="kubernetes", areas=offered), "9:05")

    assert [(area.key, area.state, area.since) for area in case.areas] == [
        ("network", "claimed", at("9:01")),
        ("storage", "cleared", at("9:03")),
        ("own-1", "open", at("9:04")),
        ("pod", "open", at("9:05")),
    ]


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("acts", "people"),
    [
        ([], ()),
        ([ask(Arrive, ANN)], ()),  # the owner is not company
        ([ask(Arrive, CHO)], (CHO,)),
        ([ask(Arrive, CHO), ask(Arrive, DAN), ask(Arrive, CHO)], (CHO, DAN)),
        ([ask(ClaimArea, CHO, area="network"), ask(ReleaseArea, CHO, area="network")], (CHO,)),
        ([ask(AddNote, DAN, text="hm")], (DAN,)),
        ([TIME_PASSES, ask(StartThread, TIME, thread="2.1")], ()),  # time is nobody
        ([ask(OfferHandoff, ANN, to=CHO)], ()),  # asked, but not there yet
        ([ask(OfferHandoff, CHO, to=CHO)], (ANN,)),
        ([ask(LoseOwner, TIME), ask(Arrive, ANN)], (ANN,)),
    ],
)
def test_whoever_acts_is_in_the_case(acts, people):
    case = a_case(told=(BEN,))
    for act in acts:
        case = after(case, act, "9:16")

    assert (case.people, case.alone) == (people, not people)


def test_an_arrival_is_a_fact_the_first_time():
    assert facts_of(a_case(), ask(Arrive, CHO), "9:05") == (PersonArrived(by=CHO, at=at("9:05")),)


def test_the_owner_whose_account_is_gone():
    case = after(a_case(), ask(LoseOwner, TIME), "9:05")

    assert facts_of(a_case(), ask(LoseOwner, TIME), "9:05") == (OwnerLost(by=TIME, at=at("9:05"), owner=ANN),)
    assert (case.owner, facts_of(case, ask(LoseOwner, TIME), "9:06")) == (None, ())


# ---------------------------------------------------------------- thread


@pytest.mark.parametrize(
    ("before", "act", "facts", "thread"),
    [
        (None, ask(StartThread, TIME, thread="2.1"), (ThreadStarted(by=TIME, at=at("9:05"), thread="2.1"),), "2.1"),
        (THREAD, ask(StartThread, TIME, thread=THREAD), (), THREAD),
        (THREAD, ask(LoseThread, TIME, thread=THREAD), (ThreadLost(by=TIME, at=at("9:05"), thread=THREAD),), None),
        (THREAD, ask(LoseThread, TIME, thread="1.9"), (), THREAD),  # an older one: the case has another already
        (None, ask(LoseThread, TIME, thread=THREAD), (), None),
    ],
)
def test_the_thread_of_a_case(before, act, facts, thread):
    case = a_case(source=before)

    assert (facts_of(case, act, "9:05"), after(case, act, "9:05").thread) == (facts, thread)


# ---------------------------------------------------------------- notes and calls


def test_a_note_keeps_its_lines():
    note = ask(AddNote, CHO, text=" one\ntwo ")

    assert facts_of(a_case(), note, "9:05") == (NoteAdded(by=CHO, at=at("9:05"), text="one\ntwo"),)


def test_a_note_without_words_is_none():
    with pytest.raises(TextMissing):
        after(a_case(), ask(AddNote, text=" \u200b"), "9:05")


def test_a_call_for_help_is_one_line():
    call = ask(CallForHelp, asking="who knows\nnginx?")

    assert facts_of(a_case(), call, "9:05") == (HelpCalled(by=ANN, at=at("9:05"), asking="who knows nginx?"),)


# ---------------------------------------------------------------- the end, and again


def test_a_resolved_case_keeps_what_was_promised():
    promised = after(a_case(), contact("10:00"), "9:10")

    assert facts_of(promised, RESOLVE, "9:30") == (Resolved(by=ANN, at=at("9:30"), how="rule put back"),)
    assert after(promised, RESOLVE, "9:30") == changed(
        promised, status="resolved", resolved_at=at("9:30"), changed_at=at("9:30")
    )


def test_a_closed_case_says_what_was_left_open():
    promised = after(a_case(), contact("10:00"), "9:10")
    close = ask(CloseCase, anyway=True, reason="customer\nagreed")

    assert facts_of(promised, close, "9:30") == (
        Closed(by=ANN, at=at("9:30"), left_open=("unresolved", "promise"), reason="customer agreed"),
    )
    assert after(promised, close, "9:30") == changed(
        promised, status="closed", closed_at=at("9:30"), changed_at=at("9:30")
    )


@pytest.mark.parametrize("end", [RESOLVE, CLOSE])
def test_a_reopened_case_begins_a_new_cycle(end):
    promised = after(a_case(), contact("10:00"), "9:10")

    case = after(after(promised, end, "9:30"), REOPEN, "9:40")
    again = FIRST_RESPONSE.model_copy(update={"serial": 2, "cycle": 2, "start": at("9:40"), "due": at("9:55")})

    assert facts_of(after(promised, end, "9:30"), REOPEN, "9:40") == (
        CaseReopened(by=ANN, at=at("9:40"), reason="it came back", clocks=(again,)),
    )
    assert case == changed(
        promised,
        cycle=2,
        cycle_started_at=at("9:40"),
        responded_at=None,
        changed_at=at("9:40"),
        ledger=(*promised.ledger, again),
    )


@pytest.mark.parametrize(("reopened", "stands"), [("9:59:59", True), ("10:00", False), ("10:01", False)])
def test_a_promise_that_passed_meanwhile_was_missed(reopened, stands):
    promised = after(a_case(), contact("10:00"), "9:10")

    case = after(after(promised, RESOLVE, "9:30"), REOPEN, reopened)

    assert (case.promise is not None, case.tally) == (stands, Tally(kept=1, missed=0 if stands else 1))


@pytest.mark.parametrize(
    ("acts", "ends"),
    [
        ([], ("unresolved",)),
        ([(RESOLVE, "9:30")], ("untold",)),
        ([(contact("10:00"), "9:10"), (RESOLVE, "9:30")], ("promise", "untold")),
        ([(contact("10:00"), "9:10"), (RESOLVE, "9:30"), (contact(), "9:40")], ()),
        ([(RESOLVE, "9:30"), (contact(), "9:30")], ()),
        ([(ask(ClaimArea, CHO, area="network"), "9:05")], ("unresolved", "area:network")),
        (
            [(ask(ReportFinding, CHO, area="network", verdict="waiting", evidence="logs"), "9:05")],
            ("unresolved", "area:network"),
        ),
        ([(ask(ReportFinding, CHO, area="network", verdict="cause", evidence="rule"), "9:05")], ("unresolved",)),
        ([(ask(OfferHandoff, to=CHO), "9:05")], ("unresolved", "offer")),
    ],
)
def test_what_would_be_left_undone_by_closing(acts, ends):
    case = a_case()
    for act, clock in acts:
        case = after(case, act, clock)

    assert loose_ends(case) == ends


def test_loose_ends_are_named_before_a_case_closes():
    with pytest.raises(LooseEnds) as refused:
        after(a_case(), ask(CloseCase), "9:30")

    assert (refused.value.about["number"], refused.value.about["ends"]) == (NUMBER, ("unresolved",))


def test_a_case_without_loose_ends_closes():
    case = after(after(a_case(), RESOLVE, "9:30"), contact(), "9:31")

    assert after(case, ask(CloseCase), "9:32").status == "closed"


@pytest.mark.parametrize(
    ("end", "act", "refusal"),
    [
        (None, REOPEN, CaseStillOpen(number=NUMBER)),
        (RESOLVE, ask(ReopenCase, reason=" "), ReasonNeeded(number=NUMBER, verb="reopen")),
        (RESOLVE, RESOLVE, CaseResolved(number=NUMBER)),
        (RESOLVE, ask(CallForHelp), CaseResolved(number=NUMBER)),
        *(
            (CLOSE, act, CaseClosed(number=NUMBER))
            for act in (
                RESOLVE,
                CLOSE,
                contact(),
                contact("10:30"),
                promise("10:30"),
                ask(Acknowledge),
                ask(EditCase, title="New"),
                ask(ClaimArea, area="network"),
                ask(JoinArea, area="network"),
                ask(ReleaseArea, area="network"),
                ask(AddArea, name="CDN"),
                ask(ReportFinding, area="network", verdict="cleared", evidence="fine"),
                ask(OfferHandoff, to=CHO),
                ask(AcceptHandoff, CHO, action="call"),
                ask(DeclineHandoff, CHO, reason="no"),
                ask(CallForHelp),
            )
        ),
    ],
)
def test_what_a_case_refuses_after_its_end(end, act, refusal):
    case = after(a_case(), end, "9:30") if end else a_case()

    with pytest.raises(type(refusal)) as refused:
        after(case, act, "9:31")

    assert refused.value.about == refusal.about


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (ask(AddNote, CHO, text="thanks"), [NoteAdded]),
        (ask(StartThread, TIME, thread="2.1"), [ThreadStarted]),
        (ask(LoseThread, TIME, thread=THREAD), [ThreadLost]),
        (REOPEN, [CaseReopened]),
        (ask(Arrive, CHO), []),
        (ask(LoseOwner, TIME), []),
        (TIME_PASSES, []),
    ],
)
def test_what_a_closed_case_still_takes(act, kinds):
    case = after(a_case(), CLOSE, "9:30")

    assert [type(fact) for fact in facts_of(case, act, "23:00")] == kinds
