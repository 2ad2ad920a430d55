"""Access: the whole table by every path that a person has, and what those who may not are told."""

from collections.abc import Awaitable, Callable

import pytest

from bot.domain.case import Case
from tests.stage import (
    ALEX,
    BOB,
    GUEST,
    KEN,
    MEI,
    NAOKO,
    PARTNER,
    SEV_A,
    YUKI,
    Stage,
    in_japanese,
    staged,
)

SHARED = "C03SHARED"
HOUSE = """
[[channels]]
id = "C03SHARED"
language = "en"
shared = true
shift_leads = ["U07NAOKO"]
admins = ["U06ALEX"]
"""
WHO = {"owner": YUKI, "holder": KEN, "member": BOB, "shift_lead": NAOKO, "admin": ALEX, "guest": GUEST,
       "outsider": PARTNER}  # fmt: skip
MEMBERS = ("owner", "holder", "member", "shift_lead", "admin")
ACTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "claim": (MEMBERS, "claim {n} firewall", "area_claimed"),
    "add": (MEMBERS, "claim {n} new: printers", "area_added"),
    "join": (MEMBERS, "join {n} storage-backend", "area_joined"),
    "clear": (MEMBERS, "clear {n} firewall no deny in the logs", "finding_reported"),
    "note": (MEMBERS, "note {n} rebooted at 10:05", "note_added"),
    "edit": (MEMBERS, "edit {n} customer: Contoso", "case_edited"),
    "swarm": (MEMBERS, "swarm {n} need storage", "help_called"),
    "contacted": (MEMBERS, "contacted {n} phone we check / next 30m send it", "contact_made"),
    "next": (MEMBERS, "next {n} 30m send it", "next_contact_promised"),
    "ack": (MEMBERS, "ack {n}", "reminder_acknowledged"),
    "check": (MEMBERS, "check {n} restore db-prod-01: from 02:00 / rollback: keep it", "check_asked"),
    "handoff": (MEMBERS, "handoff {n} @mei please", "handoff_offered"),
    "take": (tuple(m for m in MEMBERS if m != "owner"), "handoff {n} @{me}", "handoff_accepted"),
    "resolve": (("owner", "holder", "shift_lead", "admin"), "resolve {n} rebooted", "case_resolved"),
    "close": (("owner", "shift_lead", "admin"), "close {n} anyway done", "case_closed"),
}
"""Who may, by which words, and the fact that shows that it was done."""
AT_CARD = {"claim": "firewall", "swarm": None}
BY_FORM = {
    "contacted": {"said": "we check", "next_at": "30m", "next_action": "send it"},
    "next": {"next_at": "30m", "next_action": "send it"},
    "resolve": {"text": "rebooted"},
}
BY_MORE = {"check": {"risk": "restore", "target": "db-prod-01", "what": "from 02:00", "rollback": "keep it"},
           "note": {"text": "rebooted"}, "handoff": {"to": MEI}, "edit": {"customer": "Contoso"}}  # fmt: skip


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, toml=HOUSE) as stage:
        await stage.slack.bring_in(SHARED, GUEST)
        yield stage


async def a_case(stage: Stage) -> Case:
    """Yuki owns it, Ken holds one area and Mei another."""
    case = await stage.open_case("[SevA] API down", SHARED, YUKI)
    await stage.sev(KEN, f"claim {case.number} network-path", SHARED)
    await stage.sev(MEI, f"claim {case.number} storage-backend", SHARED)
    return await stage.case(case.number)


async def by_slash(stage: Stage, role: str, act: str, case: Case) -> None:
    person = stage.slack.person(WHO[role])
    words = ACTS[act][1].format(n=case.number, me=person.person.name)
    if role == "outsider":  # Slack offers them no commands; one comes all the same
        slack = stage.slack
        payload = slack.interactions.command(
            person.person, slack.app.commands["/sev"], words, slack.state.channels[SHARED]
        )
        await slack.inbound.ask("slash_commands", payload, answers=True)
        await stage.settle()
        return
    await stage.sev(WHO[role], words, SHARED)


async def by_mention(stage: Stage, role: str, act: str, case: Case) -> None:
    name = stage.slack.person(WHO[role]).person.name
    await stage.mention(WHO[role], case, ACTS[act][1].format(n=case.number, me=name))


async def by_button(stage: Stage, role: str, act: str, case: Case) -> None:
    """Pressed on the card; where a form opens it is filled in and sent off."""
    person = stage.slack.person(WHO[role])
    if act in AT_CARD:
        await stage.on_card(WHO[role], case, act, option=AT_CARD[act])
        return
    through, filled = ("more", BY_MORE[act]) if act not in BY_FORM else (act, BY_FORM[act])
    await person.click(stage.card(case), through)
    if through == "more" and person.view and person.view["callback_id"] == "more":
        await person.click(person.view, act)
    if person.view and person.view.get("submit"):
        await person.submit(filled)
    await stage.settle()


PATHS: dict[str, tuple[Callable[..., Awaitable[None]], tuple[str, ...]]] = {
    "slash": (by_slash, tuple(ACTS)),
    "mention": (by_mention, tuple(ACTS)),
    "button": (by_button, tuple(dict.fromkeys((*AT_CARD, *BY_FORM, *BY_MORE)))),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", WHO)
async def test_the_table_holds_on_every_path(stage, role, path):
    "Each act on a case of its own: done by those who may, and nothing at all by those who may not."
    perform, acts = PATHS[path]
    happened = {}
    for act in acts:
        case = await a_case(stage)
        before = len(await stage.kinds(case.number))
        await perform(stage, role, act, case)
        happened[act] = ACTS[act][2] in (await stage.kinds(case.number))[before:]

    assert happened == {act: role in ACTS[act][0] for act in acts}


# ---------------------------------------------------------------- what they are told


async def test_a_refusal_says_who_could_by_name_in_both_languages(stage):
    case = await a_case(stage)
    english = await stage.sev(BOB, f"close {case.number} anyway", SHARED)
    japanese = await stage.sev(MEI, f"close {case.number} anyway", SHARED)

    assert english.startswith("Only the owner, a shift lead or an admin can close SEV-1: ask ")
    for said in (english, japanese):
        assert all(f"<@{who}>" in said for who in (YUKI, NAOKO, ALEX))
    assert in_japanese(japanese)
    assert "SEV-1 を終了できるのは、担当、シフトリード、管理者だけです。" in japanese


async def test_no_form_opens_that_would_be_refused(stage):
    "Nobody writes down how it was resolved to hear afterwards that they may not say so."
    case = await a_case(stage)
    answer = await stage.on_card(BOB, case, "resolve")

    assert stage.bob.view is None
    assert f"<@{YUKI}>" in answer


async def test_a_right_lost_while_the_form_was_open_keeps_what_was_typed(stage):
    "Ken holds an area, opens the form, gives the area back and sends the form off: it is said on top of it."
    case = await a_case(stage)
    await stage.ken.click(stage.card(case), "resolve")
    await stage.sev(KEN, f"release {case.number} network-path", SHARED)
    await stage.ken.submit({"text": "rebooted the front ends"})
    await stage.settle()

    assert stage.ken.view["callback_id"] == "message"
    assert f"<@{YUKI}>" in str(stage.ken.view["blocks"])
    assert stage.slack.views.depth(KEN) == 2, "the form lies below, with what was typed"
    assert (await stage.case()).status == "open"


async def test_when_the_owner_is_gone_anybody_ends_it_by_taking_it(stage):
    case = await a_case(stage)
    await stage.slack.deactivate(YUKI)
    await stage.settle()
    refused = await stage.sev(BOB, f"close {case.number} anyway", SHARED)
    await stage.sev(BOB, f"handoff {case.number} @bob", SHARED)
    await stage.sev(BOB, f"close {case.number} anyway", SHARED)

    assert "become the owner first" in refused
    assert (await stage.case()).status == "closed"


async def test_help_shows_what_the_reader_may_use(stage):
    case = await a_case(stage)
    owner = await stage.sev(YUKI, f"help {case.number}", SHARED)
    member = await stage.sev(BOB, f"help {case.number}", SHARED)

    assert "/sev resolve 1" in owner
    assert "/sev resolve" not in member
    assert "/sev claim 1" in member


# ---------------------------------------------------------------- a table of one's own


async def test_a_channel_may_have_rules_of_its_own(tmp_path):
    "Everywhere members close; in this channel only leads open, and guests may claim."
    toml = """
[access]
close = ["member"]
[[channels]]
id = "C01SEVJA"
shift_leads = ["U07NAOKO"]
[channels.access]
open = ["shift_lead"]
claim = ["member", "guest"]
"""
    async with staged(tmp_path, toml=toml) as stage:
        await stage.post("[SevA] API down", SEV_A, BOB)
        told = stage.whispered(BOB)
        case = await stage.open_case("[SevA] API down", SEV_A, NAOKO)
        await stage.slack.bring_in(SEV_A, GUEST)
        await stage.on_card(GUEST, case, "claim", option="firewall")
        more = await stage.on_card(GUEST, case, "more")
        await stage.sev(BOB, "close 1 anyway", SEV_A)

        assert told.startswith("Only a shift lead can open a case: ask ")
        assert [area.holder for area in (await stage.case()).areas if area.key == "firewall"] == [GUEST]
        assert more == "Only members of this team's own workspace can act on cases."
        assert (await stage.case()).status == "closed"
