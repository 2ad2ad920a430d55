"""Instead: what can't be said in its place is said in the next one, to somebody new, and the row of places ends."""

import pytest
from cases import ANN, BEN, CHO, DAN, NINE, TIME_PASSES, a_case, after, ask, facts_of, told
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import TIME
from bot.domain.instead import instead_of
from bot.domain.messages import CallForHelp, LosePlace, NoteAdded, OfferHandoff
from bot.domain.notices import notices

MOMENTS = {"before": "9:07:30", "due": "9:15", "backup": "9:20", "channel": "9:25"}


def reminded(rung, backup=(BEN,)):
    """The case and the notices of that moment, everything before having been said."""
    moments = list(MOMENTS.values())
    case = told(a_case(backup=backup), *moments[: moments.index(MOMENTS[rung])])
    facts = facts_of(case, TIME_PASSES, MOMENTS[rung])
    case = told(case, MOMENTS[rung])
    return case, notices(case, facts)


def lost(case, *people):
    """The case when it is known that these (None: the channel) can't be reached."""
    for person in people:
        case = after(case, ask(LosePlace, TIME, to=person, reason="messages_tab_disabled"), "9:30")
    return case


def places(notices):
    return [(notice.place, notice.to) for notice in notices]


def of(said, place):
    return next(notice for notice in said if notice.place == place)


@pytest.mark.parametrize(
    ("rung", "backup", "gone", "instead"),
    [
        ("before", (BEN,), (ANN,), [("thread", None)]),
        ("due", (BEN,), (ANN,), [("person", BEN)]),
        ("due", (), (ANN,), [("broadcast", None)]),
        ("backup", (BEN,), (BEN,), [("broadcast", None)]),
        ("backup", (BEN, CHO), (BEN,), []),
        ("due", (BEN,), (ANN, None), [("person", DAN)]),
    ],
)
def test_the_next_ear_hears_at_once_what_nobody_of_a_rung_heard(rung, backup, gone, instead):
    case, said = reminded(rung, backup)

    assert places(instead_of(lost(case, *gone), of(said, "person"), DAN)) == instead


def test_a_broken_channel_sends_its_call_to_the_people():
    case, said = reminded("channel")

    assert places(instead_of(lost(case, None), of(said, "broadcast"), DAN)) == [("person", BEN)]


def test_a_thread_that_is_shut_leaves_it_to_its_channel():
    case, said = reminded("due")

    assert places(instead_of(case, of(said, "thread"), DAN, thread_only=True)) == [("channel", None)]


def test_a_reminder_in_the_thread_is_not_moved_where_those_it_names_have_it():
    case, said = reminded("due")

    assert instead_of(lost(case, None), of(said, "thread"), DAN) == ()
    assert places(instead_of(lost(case, None, ANN), of(said, "thread"), DAN)) == [("person", DAN)]


def test_whom_it_did_not_reach_was_not_told():
    case, _ = reminded("due")

    assert ANN in case.told
    assert ANN not in lost(case, ANN).told


def test_news_does_not_go_to_the_admin():
    case = a_case()
    fact = NoteAdded(by=ANN, at=NINE, text="x")
    notice = of(reminded("due")[1], "thread").model_copy(update={"fact": fact, "urgency": 2})

    assert instead_of(lost(case, None, ANN), notice, DAN) == ()


@given(st.sampled_from([*MOMENTS, "help", "offer"]), st.booleans(), st.sampled_from([None, DAN, ANN]))
def test_where_every_place_is_broken_the_row_of_places_ends(rung, has_backup, admin):
    """Each place once, under a key of its own, and the admin is the last."""
    if rung in MOMENTS:
        case, said = reminded(rung, (BEN,) if has_backup else ())
    else:
        case = a_case()
        command = ask(CallForHelp) if rung == "help" else ask(OfferHandoff, to=CHO)
        said = notices(after(case, command, "9:01"), facts_of(case, command, "9:01"))
    seen = [notice.key for notice in said]
    hops, told_first = 0, bool(said)
    while said:
        hops += 1
        assert hops <= 5
        case = lost(case, *(notice.to for notice in said))
        more = {n.key: n for notice in said for n in instead_of(case, notice, admin)}
        said = tuple(notice for key, notice in more.items() if key not in seen)
        seen += [notice.key for notice in said]

    assert len(set(seen)) == len(seen)
    assert any(f"admin:{DAN}" in key for key in seen) == (admin == DAN and told_first)
