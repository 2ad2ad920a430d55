"""Incident: which cases look like one fault, and who is told of it once."""

from datetime import timedelta

import pytest
from cases import NINE, footing, opening

from bot.domain.case import Case, replay
from bot.domain.incident import said, share, signs_of, suspected
from bot.domain.kin import Child, Parent, Suspicion
from bot.domain.kin_messages import Enlarge, Suspect
from bot.domain.region import regions
from bot.domain.rules import open_case
from bot.domain.values import CaseNumber, ChannelId

POS, SHIP, MAIL = "店舗POSのサーバーに接続できない", "店舗POSのサーバーに繋がらない", "メール配信が遅延している"


def case(number: int, title: str = POS, *, minutes: float = 0, family: str = "vm-compute", **known) -> Case:
    """A case opened so many minutes after nine; channel and what else is said of it are given by name."""
    changes = {name: known.pop(name) for name in ("shared", "apart", "incident", "parent", "children") if name in known}
    channel = ChannelId(known.pop("channel", "C_TEAM"))
    asked = opening(known.pop("severity", "A"), title=title, **known).model_copy(update={"channel": channel})
    ground = footing().model_copy(update={"family": family})
    made = replay(open_case(CaseNumber(number), asked, ground, NINE + timedelta(minutes=minutes)))
    return made.model_copy(update=changes)


def told(new: Case, *others: Case) -> dict[int, Suspect | Enlarge]:
    """Who is told what, by number."""
    heads = {one.number: one for one in others}
    return {one.case: one for one in suspected(new, others, heads, lambda grams: {}, "opening")}


# ---------------------------------------------------------------- words and regions


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("東日本リージョンの VM が停止", {"japaneast"}),
        ("Japan East の VM が停止", {"japaneast"}),
        ("japaneast-vm01 に接続できない", {"japaneast"}),
        ("ap-northeast-1a のインスタンスが応答しない", {"ap-northeast-1"}),
        ("東京リージョンで障害", {"ap-northeast-1"}),
        ("GCE in asia-northeast1-b is down", {"asia-northeast1"}),
        ("東日本で接続できない", {"japaneast"}),
        ("西日本リテール様の店舗で接続できない", set()),
        ("西日本銀行の勘定系が停止", set()),
        ("store-1-2 に接続できない", set()),
        ("japaneast と japanwest の両方", {"japaneast", "japanwest"}),
    ],
)
def test_a_region_is_named_by_code_or_word_and_a_company_is_none(text, named):
    assert regions(text) == named


def test_the_same_words_are_the_same_symptom_and_a_common_one_is_not_enough():
    one = said(case(1))
    assert share(one, said(case(2)), {}) == 1
    assert share(one, said(case(2, MAIL)), {}) == 0
    assert share(one, said(case(2, "倉庫システムに接続できない")), {}) < 0.45
    common = dict.fromkeys(("店舗", "pos"), 900) | {"": 1_000}
    assert share(one, said(case(2, SHIP)), common) < share(one, said(case(2, SHIP)), {"": 1_000})


@pytest.mark.parametrize(
    ("other", "signs"),
    [
        (case(2, MAIL), {"family"}),
        (case(2, POS, family="network"), {"symptom"}),
        (case(2, MAIL, family="network", impact="東日本リージョン全体"), {"region"}),
        (case(2, MAIL, severity="C"), set()),
        (case(2, apart=True), set()),
        (case(2, impact="西日本リージョンのみ"), set()),
        (case(2, MAIL, family="cloud-web-platform"), set()),
    ],
)
def test_why_two_cases_look_alike(other, signs):
    """Another region, a question, or what somebody kept apart is another matter, however alike the words are."""
    assert signs_of(case(1, impact="東日本リージョンの店舗"), other, {}) == signs


# ---------------------------------------------------------------- who is told


def test_two_that_say_the_same_are_enough_and_two_of_a_family_are_not():
    assert told(case(2), case(1)) == {
        1: Suspect(
            delivery="opening:incident:1", by="", case=1, head=1, others=(2,), signs=("family", "symptom"), aloud=True
        ),
        2: Suspect(
            delivery="opening:incident:2", by="", case=2, head=1, others=(1,), signs=("family", "symptom"), aloud=False
        ),
    }
    assert told(case(2, MAIL), case(1)) == {}


def test_three_of_a_family_are_asked_about_under_the_oldest():
    found = told(case(3, "会計が停止", minutes=20), case(1, minutes=10), case(2, MAIL, minutes=5))

    assert {number: (one.head, one.others, one.aloud) for number, one in found.items()} == {
        2: (2, (1, 3), True),
        1: (2, (2, 3), False),
        3: (2, (2, 1), False),
    }


def test_one_more_joins_the_group_and_only_the_thread_hears_of_it():
    head = case(1, incident=Suspicion(head=1, cases=(2,), aloud=True))
    member = case(2, incident=Suspicion(head=1, cases=(1,)))

    found = told(case(3), head, member)

    assert found[3].head == 1
    assert not found[3].aloud
    assert found[1] == Enlarge(delivery="opening:incident:1", by="", case=1, joined=3, aloud=True)
    assert 2 not in found


def test_after_many_the_thread_is_left_in_peace():
    head = case(1, incident=Suspicion(head=1, cases=tuple(range(2, 10)), aloud=True))

    assert not told(case(30), head)[1].aloud


def test_a_case_like_a_child_is_offered_its_parent():
    parent, child = case(1, MAIL, children=(Child(number=2),)), case(2, parent=Parent(number=1))

    found = told(case(3), parent, child)

    assert (found[3].head, found[3].others, found[1].joined) == (1, (1, 2), 3)


def test_a_group_whose_head_is_over_is_joined_by_nobody():
    member = case(2, incident=Suspicion(head=1, cases=(1,)))

    assert suspected(case(3), [member], {}, lambda grams: {}, "opening")[0].head == 2


# ---------------------------------------------------------------- channels


def test_cases_of_other_channels_meet_only_where_everybody_reads_both():
    here, there = {"channel": "C_HERE"}, {"channel": "C_THERE"}

    assert told(case(2, **here), case(1, **there)) == {}, "nobody knows whether they are private"
    assert told(case(2, private=False, **here), case(1, private=True, **there)) == {}
    assert told(case(2, private=False, shared=True, **here), case(1, private=False, **there)) == {}
    met = told(case(2, private=False, **here), case(1, private=False, **there))
    assert {number: one.aloud for number, one in met.items()} == {1: True, 2: True}, "each channel hears it once"
