"""Forged: buttons and forms carry no authority. What comes back changed, swapped or from elsewhere does nothing."""

import copy
from typing import Any

import pytest

from bot.domain.case import Case
from handlers.slack.seal import LENGTH, Seal
from sandbox import Sandbox, World
from sandbox.world import Channel
from tests.stage import BOB, KEN, MEI, NINE, PHONED, ROOT, SEV_A, SEV_A_EN, YUKI, Stage, shown, staged

SECRET, TEAMS = (
    "C07SECRET",
    """
[[channels]]
id = "C01SEVJA"
language = "ja"

[[channels]]
id = "C07SECRET"
language = "en"
""",
)


async def sent_off(stage: Stage, who: str, view: dict[str, Any]) -> Any:
    payload = stage.slack.interactions.submission(stage.slack.person(who).person, view)
    ack = await stage.slack.inbound.ask("interactive", payload, answers=True)
    await stage.settle()
    assert ack.ok
    return ack.body


async def form(stage: Stage, who: str, case: Case, verb: str, **filled: str) -> dict[str, Any]:
    """The form as it lies before somebody, filled in, to be changed on its way."""
    await stage.slack.person(who).click(stage.card(case), verb)
    view = copy.deepcopy(stage.slack.person(who).view)
    for name, text in filled.items():
        view["state"]["values"][name] = {"value": {"type": "plain_text_input", "value": text}}
    return view


async def unchanged(stage: Stage, number: int = 1) -> bool:
    return await stage.kinds(number) == ["case_opened"]


def stale(body: dict[str, Any]) -> bool:
    return body["response_action"] == "push" and "カードから" in str(body["view"]["blocks"])


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize(
    "edited",
    [
        lambda meta: meta.replace('"case":1', '"case":2'),
        lambda meta: meta[LENGTH:],
        lambda meta: "A" * LENGTH + meta[LENGTH:],
        lambda meta: meta + " ",
        lambda meta: "",
        lambda meta: "{}",
        lambda meta: Seal("guessed").signed({"callback_id": "contacted", "private_metadata": meta[LENGTH:]}, YUKI)[
            "private_metadata"
        ],
    ],
    ids=["other case", "unsigned", "wrong signature", "longer", "empty", "only braces", "another key"],
)
async def test_an_edited_private_metadata_is_refused(stage, edited):
    case = await stage.open_case()
    await stage.open_case("[SevA] another", SEV_A, BOB)
    view = await form(stage, YUKI, case, "contacted", **PHONED)
    view["private_metadata"] = edited(view["private_metadata"])

    assert stale(await sent_off(stage, YUKI, view))
    assert await unchanged(stage, 1)
    assert await unchanged(stage, 2)


@pytest.mark.parametrize("verb", ["resolve", "close", "reopen", "note", "edit", "open", "no_such_verb"])
async def test_a_form_sent_under_another_verb_is_refused(stage, verb):
    case = await stage.open_case()
    view = await form(stage, YUKI, case, "contacted", **PHONED) | {"callback_id": verb}

    assert stale(await sent_off(stage, YUKI, view))
    assert await unchanged(stage)


async def test_somebody_elses_form_is_refused(stage):
    case = await stage.open_case()
    view = await form(stage, YUKI, case, "contacted", **PHONED)

    assert stale(await sent_off(stage, KEN, view))
    assert await unchanged(stage)


async def test_a_form_as_it_was_opened_is_taken(stage):
    "The same hands, nothing changed: the tests above refuse for the right reason."
    case = await stage.open_case()
    view = await form(stage, YUKI, case, "contacted", **PHONED)
    await sent_off(stage, YUKI, view)

    assert "contact_made" in await stage.kinds()


async def test_a_form_that_was_open_over_a_restart_is_taken(tmp_path, slack):
    async with staged(tmp_path, slack=slack) as stage:
        case = await stage.open_case()
        view = await form(stage, YUKI, case, "contacted", **PHONED)
    async with staged(tmp_path, slack=slack) as again:
        await sent_off(again, YUKI, view)

        assert "contact_made" in await again.kinds()


@pytest.mark.parametrize(
    ("verb", "field", "value"),
    [("contacted", "how", {"type": "static_select", "selected_option": {"value": "telepathy"}}),
     ("edit", "family", {"type": "static_select", "selected_option": {"value": "no-such-family"}})],
)  # fmt: skip
async def test_a_value_that_was_never_offered_is_refused(stage, verb, field, value):
    case = await stage.open_case()
    view = await form(stage, YUKI, case, verb, **(PHONED if verb == "contacted" else {}))
    view["state"]["values"][field] = {"value": value}
    body = await sent_off(stage, YUKI, view)

    assert body["response_action"] in ("push", "errors")
    assert await unchanged(stage)


@pytest.mark.parametrize("to", ["U0NOSUCH", "U08GUEST", "U09PARTNER", "U11RELAY", ""])
async def test_a_case_is_handed_to_nobody_who_was_never_offered(stage, to):
    case = await stage.open_case()
    await stage.yuki.click(stage.card(case), "more")
    await stage.yuki.click(stage.yuki.view, "handoff")
    view = copy.deepcopy(stage.yuki.view)
    view["state"]["values"]["to"] = {"value": {"type": "users_select", "selected_user": to}}
    body = await sent_off(stage, YUKI, view)

    assert list(body["errors"]) == ["to"]
    assert await unchanged(stage)


# ---------------------------------------------------------------- buttons


async def pressed(stage: Stage, who: str, message: Any, action: str, **changed: Any) -> str:
    """A click whose value is not the one that was drawn."""
    person, before = stage.slack.person(who), len(stage.slack.ephemerals(who))
    drawn = {"type": "button", "block_id": "1/rest/0", "action_id": action, "action_ts": "1.0", **changed}
    payload = stage.slack.interactions.click_in_message(person.person, message, drawn)
    ack = await stage.slack.inbound.ask("interactive", payload, answers=True)
    await stage.settle()
    assert ack.ok
    return "\n".join(said.text for said in stage.slack.ephemerals(who)[before:])


@pytest.mark.parametrize("value", ["2", "2 firewall", "999999999", "-1", "1e9", "", "x" * 2000, "９"])
async def test_a_forged_case_number_does_nothing(stage, value):
    "Also where the case is there, in another channel: a button stands for the case it is drawn on."
    case = await stage.open_case()
    await stage.open_case("[SevA] API down", SEV_A_EN, BOB)
    answer = await pressed(stage, KEN, stage.card(case), "swarm", value=value)

    assert len(answer) > 10
    assert await unchanged(stage, 1)
    assert await unchanged(stage, 2)


async def test_a_button_with_another_channels_case_is_refused_in_a_sentence(stage):
    case = await stage.open_case()
    await stage.open_case("[SevA] API down", SEV_A_EN, BOB)
    answer = await pressed(stage, KEN, stage.card(case), "swarm", value="2")

    assert "カードから開き直してください" in answer
    assert await unchanged(stage, 2)


async def test_a_foreign_area_key_is_refused(stage):
    case = await stage.open_case()
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "no-such-area"}
    answer = await pressed(stage, KEN, stage.card(case), "claim", type="static_select", selected_option=option)

    assert "no-such-area" in answer
    assert await unchanged(stage)


async def test_an_unknown_button_is_refused(stage):
    case = await stage.open_case()
    assert "開き直してください" in await pressed(stage, KEN, stage.card(case), "drop_tables", value="1")
    assert await unchanged(stage)


async def test_a_button_of_a_form_names_the_forms_own_case(stage):
    "Inside More of SEV-1, a button whose value says SEV-2."
    case = await stage.open_case()
    await stage.open_case("[SevA] another", SEV_A, BOB)
    await stage.ken.click(stage.card(case), "more")
    view = stage.ken.view
    action = {"type": "button", "block_id": "2/whole", "action_id": "note", "action_ts": "1.0", "value": "2"}
    payload = stage.slack.interactions.click_in_view(stage.ken.person, view, action)
    await stage.slack.inbound.ask("interactive", payload, answers=True)
    await stage.settle()

    assert stage.ken.view["callback_id"] == "message"
    assert "開き直してください" in str(stage.ken.view["blocks"])


# ---------------------------------------------------------------- private channels


@pytest.fixture
async def secret(tmp_path):
    "Bob and Mei are in a private channel, where a case lives; Ken is not."
    usual = World.default()
    private = Channel(SECRET, "sev-secret", is_private=True, members=(BOB, MEI))
    world = World(people=usual.people, channels=(*usual.channels, private))
    async with Sandbox(manifest=ROOT / "manifest.yml", world=world, now=NINE) as slack:
        slack.clock.freeze(NINE)
        async with staged(tmp_path, toml=TEAMS, slack=slack) as stage:
            await stage.open_case("[SevA] Merger data room down\nCustomer: Contoso", SECRET, BOB)
            yield stage


@pytest.mark.parametrize(
    "words", ["show 1", "timeline 1", "claim 1 firewall", "note 1 hello", "close 1 anyway", "handoff 1 @ken", "swarm 1",
              "contacted 1 phone x / next 30m y", "help 1", "edit 1 customer: x", "resolve 1", "next 1 30m x"]
)  # fmt: skip
async def test_a_private_channels_case_is_not_there_for_others(secret, words):
    "The very words that a case which never was is answered with."
    answer = await secret.sev(KEN, words)
    never = await secret.sev(KEN, words.replace(" 1", " 77", 1))

    assert answer.replace("SEV-1 ", "SEV-77 ") == never
    assert "Merger" not in answer
    assert "Contoso" not in answer
    assert await unchanged(secret)


async def test_it_is_not_in_anybody_elses_lists(secret):
    for words in ("list", "mine"):
        for channel in (SEV_A, "D04KEN"):
            secret.slack.state.dm(KEN)
            assert "Merger" not in await secret.sev(KEN, words, channel)
    assert "Merger" in await secret.sev(MEI, "list", secret.slack.state.dm(MEI).id)


async def test_its_members_see_it_from_anywhere(secret):
    assert "Merger" in await secret.sev(MEI, "show 1")
    assert "Merger" in await secret.sev(BOB, "show 1", SECRET)


async def test_who_was_taken_out_sees_no_more(secret):
    "Within a minute, the time for which membership is believed."
    await secret.sev(MEI, "show 1")
    await secret.slack.take_out(SECRET, MEI)
    await secret.after(seconds=61)

    assert "Merger" not in await secret.sev(MEI, "show 1")


async def test_who_is_offered_it_gets_the_brief_and_can_take_it(secret):
    await secret.sev(BOB, "handoff 1 @ken you know the customer", SECRET)
    (brief,) = secret.said_to(KEN)
    assert await secret.press(KEN, brief, "accept", next_action="call them") is None

    assert "Merger" in shown(brief)
    assert (await secret.case()).owner == KEN
    assert "Merger" in await secret.sev(KEN, "show 1"), "the owner is let in"


async def test_a_form_left_open_is_no_key_to_it(secret):
    case = await secret.case()
    await secret.mei.click(secret.card(case), "contacted")
    view = copy.deepcopy(secret.mei.view)
    await secret.slack.take_out(SECRET, MEI)
    for name, text in PHONED.items():
        view["state"]["values"][name] = {"value": {"type": "plain_text_input", "value": text}}
    body = await sent_off(secret, MEI, view)

    assert body["response_action"] == "errors"
    assert await unchanged(secret)


async def test_nobody_opens_a_case_in_a_private_channel_they_are_not_in(secret):
    "The form of the global shortcut lets a channel be chosen; this one was never among Ken's."
    await secret.ken.shortcut("open")
    view = copy.deepcopy(secret.ken.view)
    view["state"]["values"]["title"] = {"value": {"type": "plain_text_input", "value": "let me in"}}
    view["state"]["values"]["channel"] = {"value": {"type": "conversations_select", "selected_conversation": SECRET}}
    body = await sent_off(secret, KEN, view)

    assert list(body["errors"]) == ["channel"]
    assert [case.number for case in await secret.bot.desk.unclosed()] == [1]


async def test_while_slack_does_not_say_who_is_in_it_nobody_is_let_in(secret):
    secret.slack.faults.add("conversations.members", "error:internal_error")
    assert "Merger" not in await secret.sev(MEI, "show 1")
    assert "Merger" in await secret.sev(MEI, "show 1")
