"""Areas: one holder, helpers by choice, and no finding without evidence."""

import pytest
from cases import AREAS, BEN, CHO, DAN, NINE, NUMBER, a_case, after, ask, at

from bot.domain.area import MOST_AREAS, Area, unseen
from bot.domain.errors import (
    AreaAlreadyYours,
    AreaExists,
    AreaNameTooLong,
    AreaNotHeld,
    AreaTaken,
    AreaUnknown,
    EvidenceMissing,
    TooManyAreas,
)
from bot.domain.messages import AddArea, ClaimArea, JoinArea, ReleaseArea, ReportFinding

NETWORK = Area(key="network", name_en="Network path", name_ja="ネットワーク経路", since=NINE)


def network(*acts, case=None):
    """The network area after these acts, a minute apart from 9:01 on."""
    case = case or a_case()
    for minute, act in enumerate(acts, 1):
        case = after(case, act, f"9:{minute:02}")
    return case.areas[0]


def claim(by, area="network"):
    return ask(ClaimArea, by, area=area)


def join(by):
    return ask(JoinArea, by, area="network")


def release(by):
    return ask(ReleaseArea, by, area="network")


def found(by, verdict="cleared", evidence="no drops since 8:50", area="network"):
    return ask(ReportFinding, by, area=area, verdict=verdict, evidence=evidence)


def held(at_, by, *joined, **finding):
    return NETWORK.model_copy(update={"since": at(at_), "holder": by, "joined": joined, **finding})


CLEARED = {"verdict": "cleared", "evidence": "no drops since 8:50"}


@pytest.mark.parametrize(
    ("acts", "then"),
    [
        ([], NETWORK),
        ([claim(CHO)], held("9:01", CHO)),
        ([join(CHO)], held("9:01", CHO)),  # helpers without a holder would be nobody's area
        ([claim(CHO), join(DAN)], held("9:01", CHO, DAN)),  # a helper is no change of hands
        ([claim(CHO), join(DAN), join(BEN)], held("9:01", CHO, DAN, BEN)),
        ([claim(CHO), release(CHO)], held("9:02", None)),
        ([claim(CHO), join(DAN), release(DAN)], held("9:01", CHO)),
        ([claim(CHO), join(DAN), join(BEN), release(CHO)], held("9:04", DAN, BEN)),  # who helped longest holds on
        ([claim(CHO), found(CHO)], held("9:02", CHO, **CLEARED, reported_by=CHO)),
        ([found(CHO)], held("9:01", CHO, **CLEARED, reported_by=CHO)),  # who looked unasked has it
        ([claim(CHO), join(DAN), found(DAN)], held("9:03", CHO, DAN, **CLEARED, reported_by=DAN)),
        ([found(CHO), release(CHO)], held("9:02", None, **CLEARED, reported_by=CHO)),  # a finding outlives its holder
        ([found(CHO), release(CHO), claim(DAN)], held("9:03", DAN)),  # looked at again: no verdict stands
        ([found(CHO), claim(CHO)], held("9:02", CHO)),
        ([found(CHO, "suspect", "drops at 8:55"), found(CHO)], held("9:02", CHO, **CLEARED, reported_by=CHO)),
    ],
)
def test_an_area_after_what_people_did(acts, then):
    assert network(*acts) == then


@pytest.mark.parametrize(
    ("before", "act", "refusal"),
    [
        ([claim(CHO)], claim(DAN), AreaTaken(number=NUMBER, holder=CHO, area="network", key="network")),
        ([claim(CHO), join(DAN)], claim(DAN), AreaTaken(number=NUMBER, holder=CHO, area="network", key="network")),
        ([found(CHO)], claim(DAN), AreaTaken(number=NUMBER, holder=CHO, area="network", key="network")),
        ([claim(CHO)], found(DAN), AreaTaken(number=NUMBER, holder=CHO, area="network", key="network")),
        ([claim(CHO)], claim(CHO), AreaAlreadyYours(number=NUMBER, area="network", key="network")),
        ([claim(CHO)], join(CHO), AreaAlreadyYours(number=NUMBER, area="network", key="network")),
        ([claim(CHO), join(DAN)], join(DAN), AreaAlreadyYours(number=NUMBER, area="network", key="network")),
        ([], release(CHO), AreaNotHeld(number=NUMBER, area="network", key="network")),
        ([claim(CHO)], release(DAN), AreaNotHeld(number=NUMBER, area="network", key="network")),
        ([], claim(CHO, "netwrok"), AreaUnknown(number=NUMBER, word="netwrok", near="ネットワーク経路")),
        ([], claim(CHO, "  "), AreaUnknown(number=NUMBER, word="", near="network, storage, guest-os")),
        ([], found(CHO, evidence=" \u200b\n "), EvidenceMissing(number=NUMBER, verb="clear", key="network")),
        ([], found(CHO, "suspect", ""), EvidenceMissing(number=NUMBER, verb="suspect", key="network")),
        ([], ask(AddArea, name=" "), AreaUnknown(number=NUMBER, word="", near="network, storage, guest-os")),
        ([], ask(AddArea, name="長" * 61), AreaNameTooLong(number=NUMBER, limit=60)),
        ([], ask(AddArea, name="長" * 200), AreaNameTooLong(number=NUMBER, limit=60)),
        ([], ask(AddArea, name="ＧＵＥＳＴ　OS"), AreaExists(number=NUMBER, area="ＧＵＥＳＴ OS", key="ＧＵＥＳＴ OS")),
    ],
)
def test_what_an_area_refuses(before, act, refusal):
    case = a_case()
    for done in before:
        case = after(case, done, "9:01")

    with pytest.raises(type(refusal)) as refused:
        after(case, act, "9:02")

    # An area is given whole, so that each reader sees its name in their language; its key stands for it here.
    assert {name: str(value) for name, value in refused.value.about.items()} == {
        name: str(value) for name, value in refusal.about.items()
    }


@pytest.mark.parametrize("word", ["network", "NETWORK path", "ネットワーク経路", "net", "ネット", "ｎｅｔｗｏｒｋ"])
def test_an_area_is_meant_by_key_name_or_part_in_either_language(word):
    assert network(claim(CHO, word)).holder == CHO


def test_an_area_of_ones_own_is_claimed_in_the_same_breath():
    case = after(a_case(), ask(AddArea, CHO, name="  Load\nbalancer "), "9:05")

    assert case.areas[3:] == (
        Area(key="own-1", name_en="Load balancer", name_ja="Load balancer", since=at("9:05"), holder=CHO),
    )


def test_own_areas_have_keys_of_their_own():
    case = after(after(a_case(), ask(AddArea, name="CDN"), "9:05"), ask(AddArea, name="WAF"), "9:06")

    assert [area.key for area in case.areas[3:]] == ["own-1", "own-2"]


def test_a_case_has_only_so_many_areas():
    case = a_case()
    for n in range(MOST_AREAS - len(AREAS)):
        case = after(case, ask(AddArea, name=f"part number {n}"), "9:05")

    with pytest.raises(TooManyAreas):
        after(case, ask(AddArea, name="one more"), "9:06")


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ([], "open"),
        ([claim(CHO)], "claimed"),
        ([found(CHO)], "cleared"),
        ([found(CHO), release(CHO)], "cleared"),
        ([found(CHO, "waiting")], "waiting"),
        ([found(CHO, "cause"), claim(CHO)], "claimed"),
    ],
)
def test_the_state_of_an_area(acts, state):
    assert network(*acts).state == state


def test_blind_spots_are_what_nobody_holds_and_nobody_reported():
    case = after(after(a_case(), claim(CHO), "9:01"), found(DAN, area="storage"), "9:02")
    case = after(case, ask(ReleaseArea, DAN, area="storage"), "9:03")

    assert [area.key for area in unseen(case.areas)] == ["guest-os"]
