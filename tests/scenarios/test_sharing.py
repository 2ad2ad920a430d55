"""Sharing: where people of another organisation read along, no case by accident, and no customer data."""

import json

import pytest

from bot.domain.case import Case
from tests.stage import BOB, GUEST, HANA, KEN, PARTNER, SEV_A, YUKI, Stage, shown, staged

SHARED = "C03SHARED"
POST = """[SevA] API down
Customer: Contoso Freight / Plan: Gold Support / SR# 778899
Impact: 40 trucks stand still. Deadline: 18:00"""
SECRETS = ("Contoso", "Gold Support", "778899", "trucks", "18:00", "rerouted by hand", "send the failover plan")
OPT_IN = '[[channels]]\nid = "C03SHARED"\nlanguage = "en"\nshared = true\nbackup = ["U03HANA"]\n'
USUAL = '[[channels]]\nid = "C01SEVJA"\nlanguage = "en"\nbackup = ["U03HANA"]\n'
CALLED = "contacted {n} phone rerouted by hand / next 30m send the failover plan"


def said(stage: Stage, case: Case) -> str:
    """Everything of ours that stands in the case's thread, read with every block."""
    ours = [m for m in stage.thread(case) if m.user == stage.slack.bot_user_id]
    return "\n".join(f"{m.text}\n{json.dumps(m.blocks, ensure_ascii=False)}" for m in ours)


def leaked(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


async def shared(stage: Stage, event: str, **about: object) -> None:
    """Slack's own event: the channel is shared now, or no longer."""
    payload = stage.slack.events._envelope({"type": event, "channel": SEV_A, "event_ts": "1.0", **about}, SEV_A)
    await stage.slack.inbound.settled(stage.slack.inbound.send([payload]))
    await stage.settle()


# ---------------------------------------------------------------- without an opt-in


async def test_a_post_opens_nothing_and_its_writer_is_told_why_once(tmp_path, slack):
    async with staged(tmp_path, slack=slack, toml=USUAL) as stage:
        await stage.post(POST, SHARED, BOB)
        await stage.post("we are looking at it", SHARED, BOB)

        (told,) = slack.ephemerals(BOB)
        assert "shared with people outside" in told.text
        assert "C03SHARED" in told.text
        assert await stage.bot.desk.unclosed() == []
        assert slack.calls("chat.postMessage") == []


@pytest.mark.parametrize("who", [GUEST, PARTNER])
async def test_an_outsider_is_told_nothing(tmp_path, who):
    async with staged(tmp_path, toml=USUAL) as stage:
        await stage.slack.bring_in(SHARED, who)
        await stage.post(POST, SHARED, who)

        assert stage.slack.ephemerals(who) == []


async def test_commands_and_forms_say_it_too(tmp_path):
    async with staged(tmp_path, toml=USUAL) as stage:
        by_words = await stage.sev(BOB, "open A API down", SHARED)
        by_form = await stage.sev(BOB, "open", SHARED)
        post = await stage.post("slow today", SHARED, BOB)
        await stage.bob.shortcut("escalate", post)

        assert "shared with people outside" in by_words
        assert by_form == by_words
        assert "shared with people outside" in json.dumps(stage.bob.view["blocks"])
        assert await stage.bot.desk.unclosed() == []


async def test_to_be_listed_is_no_opt_in(tmp_path):
    "A channel whose language somebody set has not been opened to outsiders by that."
    async with staged(tmp_path, toml='[[channels]]\nid = "C03SHARED"\nlanguage = "en"\n') as stage:
        await stage.post(POST, SHARED, BOB)

        assert await stage.bot.desk.unclosed() == []


# ---------------------------------------------------------------- with it


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, toml=OPT_IN) as stage:
        yield stage


async def test_nothing_of_the_customer_is_said_in_the_channel_all_along(stage):
    "From the opening over every reminder to the end; the post itself is the writer's own."
    case = await stage.open_case(POST, SHARED, BOB)
    await stage.sev(KEN, "suspect 1 firewall 312 denies", SHARED)
    await stage.sev(BOB, CALLED.format(n=1), SHARED)
    await stage.sev(KEN, "swarm 1 need storage", SHARED)
    await stage.after(minutes=35)
    await stage.after(minutes=20)
    overdue = said(stage, case)
    await stage.sev(BOB, CALLED.format(n=1), SHARED)
    await stage.sev(BOB, "resolve 1", SHARED)
    await stage.after(minutes=1)

    assert (leaked(overdue), leaked(said(stage, case))) == ([], [])
    assert "Customer data is hidden: this channel is shared with people outside." in overdue
    assert len(stage.said_in(case)) >= 4


async def test_members_see_the_whole_by_the_button_and_privately(stage):
    case = await stage.open_case(POST, SHARED, BOB)
    await stage.sev(BOB, CALLED.format(n=1), SHARED)
    details = await stage.on_card(KEN, case, "details")
    words = await stage.sev(KEN, "show 1", SHARED)
    await stage.after(minutes=36)

    assert leaked(details)[:4] == list(SECRETS[:4])
    assert leaked(words) == leaked(details)
    assert "send the failover plan" in shown(stage.said_to(HANA)[-1]), "a direct message to a colleague"


@pytest.mark.parametrize("who", [GUEST, PARTNER])
async def test_outsiders_press_it_in_vain(stage, who):
    case = await stage.open_case(POST, SHARED, BOB)
    await stage.slack.bring_in(SHARED, who)
    answer = await stage.on_card(who, case, "details")

    assert leaked(answer) == []
    assert answer == "Only members of this team's own workspace can act on cases."


# ---------------------------------------------------------------- shared while a case is open


@pytest.fixture
async def usual(tmp_path):
    async with staged(tmp_path, toml=USUAL) as stage:
        yield stage


async def test_a_channel_that_becomes_shared_hides_it_from_then_on(usual):
    case = await usual.open_case(POST, SEV_A, YUKI)
    await usual.sev(YUKI, CALLED.format(n=1))
    before = usual.card(case)
    usual.slack.state.change_channel(SEV_A, is_ext_shared=True)
    await shared(usual, "channel_shared", connected_team_id="T0PARTNER")

    assert leaked(shown(before)) != []
    assert leaked(shown(usual.card(case)) + usual.card(case).text) == []
    assert "社外の方と共有されました" in usual.said_to(YUKI)[-1].text
    assert (await usual.kinds())[-1] == "sharing_changed"


async def test_it_is_seen_by_the_next_message_if_the_event_was_missed(usual):
    "The bot was down when it was shared: every message says so."
    case = await usual.open_case(POST, SEV_A, YUKI)
    usual.slack.state.change_channel(SEV_A, is_ext_shared=True)
    await usual.post("hello", SEV_A, KEN)
    await usual.post("hello again", SEV_A, KEN)

    assert leaked(shown(usual.card(case))) == []
    assert (await usual.kinds()).count("sharing_changed") == 1


async def test_when_the_last_guest_company_leaves_it_is_shown_again(usual):
    case = await usual.open_case(POST, SEV_A, YUKI)
    await shared(usual, "channel_shared", connected_team_id="T0PARTNER")
    await shared(usual, "channel_unshared", previously_connected_team_id="T0OTHER", is_ext_shared=True)
    still = shown(usual.card(case))
    await shared(usual, "channel_unshared", previously_connected_team_id="T0PARTNER", is_ext_shared=False)

    assert leaked(still) == []
    assert "Contoso" in shown(usual.card(case))


async def test_a_case_reopened_in_a_channel_shared_meanwhile_hides_it(usual):
    case = await usual.open_case(POST, SEV_A, YUKI)
    await usual.sev(YUKI, "close 1 anyway")
    usual.slack.state.change_channel(SEV_A, is_ext_shared=True)
    await shared(usual, "channel_shared", connected_team_id="T0PARTNER")
    await usual.sev(YUKI, "reopen 1 it came back")
    await usual.after(minutes=1)

    assert leaked(shown(usual.card(case))) == []
