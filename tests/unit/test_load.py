"""Load: what one person carries, counted by case, with nights by their own wall."""

from datetime import UTC, datetime

import pytest
from cases import ANN, BEN, CHO, a_case, after, ask

from bot.domain.load import Deed, Now, Week, now_of, week_of
from bot.domain.messages import ClaimArea, JoinArea, ReportFinding, ResolveCase


def deed(case: int, kind: str = "area_claimed", at: str = "2026-07-06T12:00", **about) -> Deed:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return Deed(**{"case": case, "severity": "A", "owner": BEN, "kind": kind, "at": moment, **about})


def test_a_case_counts_once_however_much_was_done_on_it():
    week = week_of(ANN, [deed(1), deed(1, "finding_reported"), deed(2, "note_added")], "UTC")

    assert week == Week(owned=0, helped=2, nights=0, promised=0, kept=0)


@pytest.mark.parametrize("how", [{"kind": "case_opened"}, {"kind": "handoff_accepted"}, {"owner": ANN}])
def test_what_somebody_owned_for_a_while_is_no_help(how):
    week = week_of(ANN, [deed(1, **how), deed(1), deed(2)], "UTC")

    assert (week.owned, week.helped) == (1, 1)


@pytest.mark.parametrize("kind", ["person_left", "report_asked", "child_noted", "handoff_declined"])
def test_who_only_looked_or_left_did_not_work_on_it(kind):
    assert week_of(ANN, [deed(1, kind), deed(2, "person_arrived", by_reaction=True)], "UTC").helped == 0
    assert week_of(ANN, [deed(4, "contact_made", from_afar=True, answered="next-contact")], "UTC").kept == 0
    assert week_of(ANN, [deed(3, "person_arrived")], "UTC").helped == 1, "who writes in the thread is there"


@pytest.mark.parametrize(
    ("zone", "at", "night"),
    [
        ("Asia/Tokyo", "2026-07-06T13:00", True),  # 22:00
        ("Asia/Tokyo", "2026-07-06T12:59", False),
        ("Asia/Tokyo", "2026-07-06T20:59", True),  # 5:59
        ("Asia/Tokyo", "2026-07-06T21:00", False),
        ("Europe/Dublin", "2026-07-06T20:59", False),
        ("Nowhere/Else", "2026-07-06T23:00", True),
    ],
)
def test_a_night_is_that_of_the_persons_own_wall(zone, at, night):
    assert week_of(ANN, [deed(1, at=at)], zone).nights == night


def test_a_lesser_case_at_night_is_a_night_all_the_same():
    week = week_of(ANN, [deed(1, severity="B", at="2026-07-06T23:00")], "UTC")

    assert (week.helped, week.nights) == (0, 1)


def test_promises_are_counted_as_they_were_made_and_kept():
    deeds = [
        deed(1, "next_contact_promised"),
        deed(1, "contact_made", answered="first-response"),
        deed(1, "contact_made", answered="next-contact", late=True),
        deed(2, "contact_made", answered="next-reply"),
        deed(2, "contact_made"),
    ]

    assert week_of(ANN, deeds, "UTC").model_dump(include={"promised", "kept"}) == {"promised": 1, "kept": 1}


def test_now_is_what_is_open_and_not_yet_cleared():
    case = after(a_case(), ask(ClaimArea, ANN, area="network"), "9:01")
    case = after(case, ask(ClaimArea, CHO, area="storage"), "9:02")
    case = after(case, ask(JoinArea, ANN, area="storage"), "9:03")
    other = a_case("C")

    assert now_of(ANN, [case, other]) == Now(owned=1, held=1, joined=1)
    cleared = after(case, ask(ReportFinding, ANN, area="network", verdict="cleared", evidence="fine"), "9:04")
    assert now_of(ANN, [cleared]).held == 0
    assert now_of(ANN, [after(case, ask(ResolveCase), "9:05")]) == Now(owned=0, held=0, joined=0)
