"""Access: the whole table, who is what, and that no command can be forgotten."""

import pytest
from cases import ANN, BEN, CHO, DAN, a_case, after, ask

from bot.domain import access, clock_messages, kin_messages, messages, rules, runbook_messages
from bot.domain.access import ITSELF, NOBODY, ROLES, VERBS, Access, Badge, verb_of
from bot.domain.case import TIME
from bot.domain.errors import AskOrTakeOver, AskThem, NotAllowed, Outsider, Refusal, TakeOverFirst, UnknownCase
from bot.domain.messages import (
    ApproveCheck,
    AskCheck,
    ClaimArea,
    CloseCase,
    OfferHandoff,
    OpenCase,
    ReachCheckpoints,
    ResolveCase,
)
from bot.domain.values import TeamId, UserId
from bot.shipped import shipped_access

HOME, ELSEWHERE = TeamId("T0HOME"), TeamId("T0OTHER")
LEAD, ADMIN, GUEST, PAT = UserId("U_LEAD"), UserId("U_ADMIN"), UserId("U_GUEST"), UserId("U_PAT")
MEMBER = Badge(home=HOME, team=HOME, inside=True)
WHO = {
    "owner": (ANN, MEMBER),
    "holder": (CHO, MEMBER),
    "member": (DAN, MEMBER),
    "shift_lead": (LEAD, MEMBER),
    "admin": (ADMIN, MEMBER),
    "guest": (GUEST, MEMBER.model_copy(update={"guest": True})),
    "outsider": (PAT, MEMBER.model_copy(update={"team": ELSEWHERE})),
}
TABLE = """
            owner holder member shift_lead admin guest outsider
read          yes    yes    yes        yes   yes     -        -
open          yes    yes    yes        yes   yes     -        -
arrive        yes    yes    yes        yes   yes     -        -
claim         yes    yes    yes        yes   yes     -        -
join          yes    yes    yes        yes   yes     -        -
release       yes    yes    yes        yes   yes     -        -
finding       yes    yes    yes        yes   yes     -        -
note          yes    yes    yes        yes   yes     -        -
tick          yes    yes    yes        yes   yes     -        -
runbook       yes    yes    yes        yes   yes     -        -
edit          yes    yes    yes        yes   yes     -        -
swarm         yes    yes    yes        yes   yes     -        -
contacted     yes    yes    yes        yes   yes     -        -
next          yes    yes    yes        yes   yes     -        -
ack           yes    yes    yes        yes   yes     -        -
wrote         yes    yes    yes        yes   yes     -        -
deadline      yes    yes    yes        yes   yes     -        -
vendor        yes    yes    yes        yes   yes     -        -
pause         yes    yes      -        yes   yes     -        -
resume        yes    yes    yes        yes   yes     -        -
severity      yes    yes      -        yes   yes     -        -
plan          yes      -      -        yes   yes     -        -
parent        yes    yes    yes        yes   yes     -        -
handoff       yes    yes    yes        yes   yes     -        -
take          yes    yes    yes        yes   yes     -        -
accept        yes    yes    yes        yes   yes     -        -
decline       yes    yes    yes        yes   yes     -        -
task          yes    yes    yes        yes   yes     -        -
answer        yes    yes    yes        yes   yes     -        -
resolve       yes    yes      -        yes   yes     -        -
close         yes      -      -        yes   yes     -        -
reopen        yes    yes    yes        yes   yes     -        -
check         yes    yes    yes        yes   yes     -        -
approve       yes    yes    yes        yes   yes     -        -
override      yes      -      -        yes   yes     -        -
report        yes    yes    yes        yes   yes     -        -
load            -      -      -        yes   yes     -        -
settings        -      -      -          -   yes     -        -
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(row[0], role, cell == "yes") for row in ROWS for role, cell in zip(HEAD, row[1:], strict=True)]


@pytest.fixture
def house() -> Access:
    return Access(table=shipped_access(), shift_leads=(LEAD,), admins=(ADMIN,))


@pytest.fixture
def case():
    "Ann owns it, Cho holds the network."
    return after(a_case(), ask(ClaimArea, CHO, area="network"), "9:01")


def test_the_table_names_every_verb_and_every_role() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(VERBS)
    assert sorted(HEAD) == sorted(ROLES)
    assert sorted(shipped_access()) == sorted(VERBS)


@pytest.mark.parametrize(("verb", "role", "may"), CELLS)
def test_the_shipped_table(house, case, verb, role, may) -> None:
    by, badge = WHO[role]
    about = None if verb == "open" else case
    if may:
        house.judge(verb, by, badge, about)
        return
    with pytest.raises(Outsider if role in ("guest", "outsider") else NotAllowed):
        house.judge(verb, by, badge, about)


# ---------------------------------------------------------------- every command


def commands() -> list[type[messages.Command]]:
    known = {**vars(messages), **vars(clock_messages), **vars(runbook_messages), **vars(kin_messages)}
    kinds = [kind for kind in known.values() if isinstance(kind, type) and issubclass(kind, messages.Command)]
    return [kind for kind in kinds if kind not in (messages.Command, messages.CaseCommand)]


def test_every_command_has_its_place() -> None:
    "A new verb can't forget to say who may: it is refused until it stands in the table."
    assert set(commands()) == set(access._VERB_OF)
    assert {kind for kind in commands() if kind is not OpenCase} == set(rules._RULES)
    assert set(access._VERB_OF.values()) - {None} == set(VERBS) - {"read", "take", "load", "settings"}


@pytest.mark.parametrize("kind", [kind for kind, verb in access._VERB_OF.items() if verb is None])
@pytest.mark.parametrize("role", WHO)
def test_what_the_bot_does_by_itself_nobody_can_ask_for(house, case, kind, role) -> None:
    by, badge = WHO[role]
    command = kind.model_construct(delivery="d", by=by, case=case.number)

    with pytest.raises(Outsider):
        access.judge(command, badge, house, case)


def test_only_time_acts_without_a_badge(house, case) -> None:
    "A caller that forgets to say who acts is refused."
    access.judge(ReachCheckpoints(delivery="d", by=TIME, case=case.number), None, house, case)
    with pytest.raises(Outsider):
        access.judge(ResolveCase(delivery="d", by=ANN, case=case.number), None, house, case)
    with pytest.raises(Outsider):
        access.judge(ResolveCase(delivery="d", by=TIME, case=case.number), NOBODY, house, case)
    access.judge(ResolveCase(delivery="d", by=ANN, case=case.number), ITSELF, house, case)


def test_offering_a_case_to_oneself_is_taking_it() -> None:
    offer = {"delivery": "d", "case": 42, "by": DAN}
    assert (verb_of(OfferHandoff(**offer, to=DAN)), verb_of(OfferHandoff(**offer, to=CHO))) == ("take", "handoff")


# ---------------------------------------------------------------- who somebody is


@pytest.mark.parametrize(
    ("badge", "at_home"),
    [
        (Badge(home=HOME, team=HOME), True),
        (Badge(home=HOME, team=HOME, acting=HOME), True),
        (Badge(home=HOME, acting=HOME), True),
        (Badge(home=HOME, team=HOME, acting=ELSEWHERE), False),
        (Badge(home=HOME, team=ELSEWHERE, acting=HOME), False),
        (Badge(home=HOME, team=ELSEWHERE, also=(HOME,)), True),
        (Badge(home=HOME, team=ELSEWHERE, also=(TeamId("T0THIRD"),)), False),
        (Badge(home=HOME), False),
        (Badge(team=HOME), False),
        (NOBODY, False),
    ],
)
def test_who_is_at_home_is_told_by_team_ids(badge, at_home) -> None:
    assert badge.at_home is at_home


def test_other_bots_and_leavers_are_nothing_whatever_the_table_says(case) -> None:
    generous = Access(table={verb: ROLES for verb in VERBS}, admins=(ANN,))
    for sort in ("bot", "gone"):
        assert generous.allowed(ANN, MEMBER.model_copy(update={sort: True}), case) == frozenset()


def test_a_guest_stays_a_guest_whatever_they_hold_or_are_called(case) -> None:
    "Named as admin and owner of the case: still nothing, until the table says guest."
    badge = MEMBER.model_copy(update={"guest": True})
    strict = Access(table=shipped_access(), admins=(ANN,))
    kind = Access(table={**shipped_access(), "claim": ("member", "guest")}, admins=(ANN,))

    assert strict.allowed(ANN, badge, case) == frozenset()
    assert kind.allowed(ANN, badge, case) == {"claim"}


# ---------------------------------------------------------------- what is said


def refused(house: Access, verb, by, case=None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        house.judge(verb, by, MEMBER, case)
    return caught.value


def test_a_refusal_names_those_who_could(house, case) -> None:
    said = refused(house, "close", DAN, case)

    assert type(said) is AskOrTakeOver
    assert said.about == {"deed": "close", "number": 42, "roles": ("owner", "shift_lead", "admin"),
                          "ask": (ANN, LEAD, ADMIN)}  # fmt: skip


def test_where_nobody_can_be_asked_the_way_is_to_take_the_case(case) -> None:
    orphan = case.model_copy(update={"owner": None})
    assert type(refused(Access(table=shipped_access()), "close", DAN, orphan)) is TakeOverFirst


def test_where_it_cannot_be_taken_nobody_is_sent_there(case) -> None:
    table = {**shipped_access(), "take": ("admin",)}
    orphan = case.model_copy(update={"owner": None})

    assert type(refused(Access(table=table, admins=(ADMIN,)), "close", DAN, case)) is AskThem
    assert type(refused(Access(table=table), "close", DAN, orphan)) is NotAllowed


def test_the_owner_is_never_needed(house, case) -> None:
    "Gone at three in the morning: any member takes the case and closes it."
    taken = after(case, ask(OfferHandoff, DAN, to=DAN), "9:02")
    access.judge(CloseCase(delivery="d", by=DAN, case=42), MEMBER, house, taken)


# ---------------------------------------------------------------- private channels


OUTSIDE = MEMBER.model_copy(update={"inside": False})


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "open"])
def test_a_case_that_one_cannot_see_is_not_there(house, case, verb) -> None:
    with pytest.raises(UnknownCase):
        house.judge(verb, DAN, OUTSIDE, case)


@pytest.mark.parametrize("who", [ANN, CHO, LEAD, ADMIN, BEN])
def test_who_was_let_in_stays_in(house, case, who) -> None:
    "The owner, a holder, the lead, the admin, and the backup who is told in a direct message."
    house.judge("contacted", who, OUTSIDE, case)


def test_who_is_offered_the_case_can_read_and_take_it(house, case) -> None:
    offered = after(case, ask(OfferHandoff, ANN, to=DAN), "9:02")
    house.judge("accept", DAN, OUTSIDE, offered)


def test_who_is_asked_to_check_a_step_can_read_and_answer_it(house, case) -> None:
    step = {"risk": "restore", "what": "from 02:00", "target": "db-1", "rollback": "keep it"}
    asked = after(case, ask(AskCheck, ANN, **step, to=(DAN,)), "9:02")
    house.judge("approve", DAN, OUTSIDE, asked)
    with pytest.raises(UnknownCase):
        house.judge("approve", DAN, OUTSIDE, after(asked, ask(ApproveCheck, CHO, typed="db-1"), "9:03"))


# ---------------------------------------------------------------- tables that lock a door


@pytest.mark.parametrize(
    ("changed", "named", "locked"),
    [
        ({}, {}, ()),
        ({"close": ("shift_lead",)}, {}, ("close",)),
        ({"close": ("shift_lead",)}, {"shift_leads": (LEAD,)}, ()),
        ({"take": ("owner",)}, {}, ("plan", "take", "override", "close")),
        ({"take": ("owner",)}, {"admins": (ADMIN,)}, ("take",)),
        ({"claim": ("admin",), "resolve": ("holder",)}, {}, ("claim", "resolve")),
    ],
)
def test_a_table_that_nobody_can_use_is_seen(changed, named, locked) -> None:
    assert Access(table={**shipped_access(), **changed}, **named).locked() == locked
