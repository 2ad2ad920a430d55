"""Notices: who must be told what, once. What the card says already is not said again."""

import pytest
from cases import (
    ANN,
    BEN,
    CHO,
    DAN,
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
    told,
)

from bot.domain.case import TIME, replay
from bot.domain.messages import (
    AcceptHandoff,
    Acknowledge,
    AddArea,
    AddNote,
    Arrive,
    CallForHelp,
    ClaimArea,
    CloseCase,
    DeclineHandoff,
    EditCase,
    HandoffOffered,
    JoinArea,
    LoseOwner,
    LoseThread,
    Notice,
    OfferHandoff,
    ReleaseArea,
    ReopenCase,
    ReportFinding,
    ResolveCase,
    StartThread,
)
from bot.domain.notices import notices, still_worth_saying
from bot.domain.rules import open_case


def said(case, act, clock):
    """The notices of this act."""
    facts = facts_of(case, act, clock)
    return notices(replay(facts, case), facts)


def to_whom(case, act, clock):
    """In short: `thread`, `person:U_CHO`, and how urgent."""
    return [(f"{n.place}:{n.to}" if n.to else n.place, n.urgency) for n in said(case, act, clock)]


def finding(verdict, by=CHO, area="network"):
    return ask(ReportFinding, by, area=area, verdict=verdict, evidence="look")


RESOLVED = after(a_case(), ask(ResolveCase), "9:01")
OFFERED = after(a_case(), ask(OfferHandoff, to=CHO), "9:01")
HELD = after(a_case(), ask(ClaimArea, CHO, area="network"), "9:01")
PROMISED = after(a_case(), contact("10:00"), "9:01")


@pytest.mark.parametrize(
    ("case", "act", "places"),
    [
        (HELD, ask(ClaimArea, DAN, area="storage"), []),
        (HELD, ask(JoinArea, DAN, area="network"), []),
        (HELD, ask(ReleaseArea, CHO, area="network"), []),
        (HELD, ask(AddArea, DAN, name="CDN"), []),
        (HELD, finding("cleared"), []),
        (HELD, finding("waiting"), []),
        (HELD, finding("suspect"), [("thread", 2)]),
        (HELD, finding("cause"), [("thread", 2)]),
        (PROMISED, contact("10:30"), []),
        (PROMISED, promise("10:30", reason="asked"), []),
        (PROMISED, ask(Acknowledge), []),
        (PROMISED, ask(EditCase, title="New"), []),
        (PROMISED, ask(AddNote, text="hm"), []),
        (PROMISED, ask(Arrive, CHO), []),
        (PROMISED, ask(OfferHandoff, to=CHO), [("person:U_CHO", 0)]),
        (PROMISED, ask(OfferHandoff, DAN, to=DAN), [("thread", 2)]),
        (OFFERED, ask(AcceptHandoff, CHO, action="call"), [("thread", 2)]),
        (OFFERED, ask(DeclineHandoff, CHO, reason="asleep"), [("person:U_ANN", 0)]),
        (PROMISED, ask(CallForHelp), [("broadcast", 0)]),
        (PROMISED, ask(LoseOwner, TIME), [("broadcast", 0)]),
        (PROMISED, ask(ResolveCase), [("thread", 2)]),
        (PROMISED, ask(CloseCase, anyway=True), [("thread", 2)]),  # the promise was left open
        (PROMISED, ask(CloseCase, DAN, anyway=True), [("thread", 2), ("person:U_ANN", 2)]),
        (PROMISED, promise("10:30", by=DAN, reason="asked"), [("person:U_ANN", 2)]),
        (PROMISED, contact("10:20", by=DAN), [("person:U_ANN", 2)]),
        (RESOLVED, ask(ReopenCase, reason="again"), [("thread", 2)]),
        (PROMISED, ask(LoseThread, TIME, thread=THREAD), [("channel", 1)]),
        (PROMISED, ask(StartThread, TIME, thread="2.1"), []),
    ],
)
def test_where_each_act_is_said(case, act, places):
    assert to_whom(case, act, "9:30") == places


@pytest.mark.parametrize(("source", "places"), [(None, ["channel"]), (THREAD, [])])
def test_an_opening_without_a_post_needs_a_message_of_its_own(source, places):
    facts = open_case(NUMBER, opening(source=source), footing(), at("9:00"))

    assert [notice.place for notice in notices(replay(facts), facts)] == places


@pytest.mark.parametrize(
    ("before", "moment", "places"),
    [
        ([], "9:50", [("person:U_ANN", 0)]),
        (["9:50"], "10:00", [("person:U_ANN", 0), ("thread", 0)]),
        (["9:50", "10:00"], "10:05", [("person:U_BEN", 0), ("thread", 0)]),
        (["9:50", "10:00", "10:05"], "10:10", [("broadcast", 0)]),
        (["9:50", "10:00", "10:05", "10:10"], "10:40", [("broadcast", 0)]),
        # After a silence the channel's call stands in the thread too: the milder mentions there are left out.
        ([], "15:00", [("person:U_ANN", 0), ("person:U_BEN", 0), ("broadcast", 0)]),
    ],
)
def test_where_each_reminder_is_said(before, moment, places):
    assert to_whom(told(PROMISED, *before), TIME_PASSES, moment) == places


@pytest.mark.parametrize(
    ("before", "places"),
    [
        (["9:50", "10:00"], []),
        (["9:50", "10:00", "10:05"], [("person:U_BEN", 2)]),
        (["9:50", "10:00", "10:05", "10:10"], [("person:U_BEN", 2), ("thread", 2)]),
    ],
)
def test_whoever_was_woken_hears_that_it_is_done(before, places):
    "Nobody calls the customer a second time."
    assert to_whom(told(PROMISED, *before), contact("11:00"), "10:11") == places


def test_a_quiet_reminder_is_said_nowhere():
    assert to_whom(after(PROMISED, ask(LoseOwner, TIME), "9:30"), TIME_PASSES, "9:50") == []


def test_a_notice_carries_its_fact_under_a_name_for_all_time():
    (fact,) = facts_of(PROMISED, TIME_PASSES, "9:50")

    assert said(PROMISED, TIME_PASSES, "9:50") == (
        Notice(
            key="SEV-42/next-contact/1/10m before/person:U_ANN",
            case=NUMBER,
            place="person",
            to=ANN,
            urgency=0,
            fact=fact,
        ),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (finding("suspect"), finding("suspect", area="storage")),
        (finding("suspect"), finding("suspect", DAN, "storage")),
        (ask(CallForHelp, CHO, area="storage"), ask(CallForHelp, DAN, area="network")),
        (ask(OfferHandoff, to=CHO), ask(OfferHandoff, to=DAN)),
    ],
)
def test_two_acts_in_the_same_instant_are_both_said(one, other):
    case = after(a_case(), one, "9:30")

    assert said(a_case(), one, "9:30")[0].key != said(case, other, "9:30")[0].key


# ---------------------------------------------------------------- the re-check


@pytest.mark.parametrize(
    ("case", "act", "then", "worth"),
    [
        (PROMISED, ask(CallForHelp), ask(ResolveCase), False),
        (PROMISED, ask(CallForHelp), contact("10:30"), True),
        (PROMISED, ask(LoseOwner, TIME), ask(OfferHandoff, CHO, to=CHO), False),
        (PROMISED, ask(LoseOwner, TIME), ask(ResolveCase), False),
        (PROMISED, ask(OfferHandoff, to=CHO), ask(DeclineHandoff, CHO, reason="no"), False),
        (PROMISED, ask(OfferHandoff, to=CHO), ask(OfferHandoff, to=DAN), False),
        (PROMISED, ask(OfferHandoff, to=CHO), contact("10:30"), True),
        (PROMISED, ask(LoseThread, TIME, thread=THREAD), ask(StartThread, TIME, thread="2.1"), False),
        (PROMISED, ask(LoseThread, TIME, thread=THREAD), ask(AddNote, text="hm"), True),
        (PROMISED, finding("suspect"), finding("cleared"), True),  # it was said in the heat, and it is history
        (PROMISED, ask(ResolveCase), ask(ReopenCase, reason="again"), True),
    ],
)
def test_what_is_still_worth_saying_when_its_turn_comes(case, act, then, worth):
    (notice,) = said(case, act, "9:30")

    later = after(after(case, act, "9:30"), then, "9:31")

    assert still_worth_saying(later, notice) is worth


@pytest.mark.parametrize(
    ("then", "worth"), [(contact("10:30"), False), (ask(ResolveCase), False), (ask(Acknowledge), True)]
)
def test_a_reminder_is_checked_again(then, worth):
    case = told(PROMISED, "9:50")
    spoken = said(case, TIME_PASSES, "10:00")

    later = after(told(case, "10:00"), then, "10:01")

    assert [still_worth_saying(later, notice) for notice in spoken] == [worth, worth]


def test_the_backup_hears_an_offer_once():
    """The receiver, and nobody else: not the thread, not the owner."""
    (notice,) = said(PROMISED, ask(OfferHandoff, to=BEN, note="call at ten"), "9:30")

    assert (notice.to, notice.fact) == (BEN, HandoffOffered(by=ANN, at=at("9:30"), to=BEN, note="call at ten"))
