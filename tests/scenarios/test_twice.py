"""Twice, late and out of order: what Slack delivers again has the effect of one, in whatever order things come."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from tests.stage import KEN, SEV_A, STORE_POS, YUKI, Stage, staged

Act = Callable[[Stage], Awaitable[Any]]

# ---------------------------------------------------------------- every kind of payload, again


async def post(stage: Stage) -> None:
    await stage.hana.post(SEV_A, "[SevA] 倉庫システムが停止")


async def mention(stage: Stage) -> None:
    case = await stage.case()
    await stage.ken.post(SEV_A, "@jibungoto note 電源は正常", thread_ts=case.thread)


async def reply(stage: Stage) -> None:
    case = await stage.case()
    await stage.mei.post(SEV_A, "見ています", thread_ts=case.thread)


async def slash(stage: Stage) -> None:
    await stage.ken.command("/sev", "note 1 電源は正常", channel=SEV_A)


async def slash_open(stage: Stage) -> None:
    await stage.ken.command("/sev", "open A 倉庫システムが停止", channel=SEV_A)


async def button(stage: Stage) -> None:
    await stage.ken.click(stage.card(await stage.case()), "swarm")


async def menu(stage: Stage) -> None:
    await stage.ken.click(stage.card(await stage.case()), "claim", option="firewall")


async def runbook(stage: Stage) -> None:
    await stage.ken.command("/sev", "runbook 1 web-unreachable", channel=SEV_A)
    await stage.settle()


async def step(stage: Stage) -> None:
    await runbook(stage)
    (message,) = [m for m in stage.said_in(await stage.case()) if m.user == stage.slack.bot_user_id]
    await stage.ken.click(message, "step", value="1 1 6")


async def submission(stage: Stage) -> None:
    await stage.yuki.click(stage.card(await stage.case()), "contacted")
    await stage.yuki.submit({"said": "連絡しました", "next_at": "9:40", "next_action": "共有"})


async def asked_for_a_check(stage: Stage) -> None:
    await stage.mention(KEN, await stage.case(), "note 見ています")
    await stage.sev(YUKI, "check 1 restore db-prod-01: 02:00から / rollback: 旧ボリュームを残す")


async def approval(stage: Stage) -> None:
    await asked_for_a_check(stage)
    await stage.ken.click(stage.said_to(KEN)[-1], "approve")
    await stage.ken.submit({"target": "db-prod-01"})


async def message_shortcut(stage: Stage) -> None:
    message = await stage.bob.post(SEV_A, "倉庫システムも止まったようです")
    await stage.bob.shortcut("escalate", message)


async def global_shortcut(stage: Stage) -> None:
    await stage.bob.shortcut("open")


async def home(stage: Stage) -> None:
    await stage.yuki.open_home()


async def somebody_left(stage: Stage) -> None:
    await stage.slack.deactivate(YUKI)


KINDS: dict[str, tuple[Act, str]] = {
    "a post": (post, "message"),
    "a reply": (reply, "message"),
    "a mention": (mention, "message"),
    "a mention, as an app_mention too": (mention, "app_mention"),
    "a slash command": (slash, "/sev"),
    "an opening command": (slash_open, "/sev"),
    "a button": (button, "block_actions swarm"),
    "a menu": (menu, "block_actions claim"),
    "a runbook": (runbook, "/sev"),
    "a step for two people": (step, "block_actions step"),
    "a submission": (submission, "view_submission"),
    "a step put to a second person": (asked_for_a_check, "/sev"),
    "an approval": (approval, "view_submission"),
    "a message shortcut": (message_shortcut, "message_action"),
    "a global shortcut": (global_shortcut, "shortcut"),
    "a look at home": (home, "app_home_opened"),
    "an account that ended": (somebody_left, "user_change"),
}
WAITS = {"at once": timedelta(0), "a minute later": timedelta(minutes=1), "five minutes later": timedelta(minutes=5)}


def sent(slack: Sandbox, name: str) -> tuple[str, Any]:
    """The latest payload of this name, and how it travels."""
    if name == "app_mention":  # not in our manifest; an app with other events may send both for one message
        kind, payload = sent(slack, "message")
        return kind, payload | {"event_id": "Ev0OTHER", "event": payload["event"] | {"type": "app_mention"}}
    entry = next(e for e in reversed(slack.state.journal.since(0)) if e.direction == "out" and e.name == name)
    kind = "slash_commands" if name.startswith("/") else "events_api" if "event" in entry.said else "interactive"
    return kind, entry.said


async def world(stage: Stage) -> dict[str, Any]:
    """Everything that one more effect would show in: facts, letters, and what stands in Slack for all to see."""
    slack, cases = stage.slack, await stage.bot.desk.unclosed()
    return {
        "facts": {case.number: await stage.facts(case.number) for case in cases},
        "said": [m.text for m in slack.messages(SEV_A, replies=True) if m.user == slack.bot_user_id and not is_card(m)],
        "direct": {who: [m.text for m in stage.said_to(who)] for who in slack.state.people if who != slack.bot_user_id},
        "cards": sum(is_card(m) for m in slack.messages(SEV_A, replies=True)),
    }


def is_card(message: Any) -> bool:
    return any(element.get("action_id") == "claim" for block in message.blocks for element in block.get("elements", []))


async def again(stage: Stage, name: str) -> None:
    kind, payload = sent(stage.slack, name)
    ack = await stage.slack.inbound.ask(kind, payload, answers=True)
    assert ack.status == 200
    await stage.settle()


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_delivered_again_has_the_effect_of_one(stage, kind, wait):
    act, name = KINDS[kind]
    await stage.open_case()
    await act(stage)
    await stage.settle()
    await stage.after(seconds=WAITS[wait].total_seconds())
    before = await world(stage)

    await again(stage, name)

    assert await world(stage) == before


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_delivered_again_to_the_next_process_has_the_effect_of_one(slack, tmp_path: Path, kind):
    act, name = KINDS[kind]
    async with staged(tmp_path, slack=slack) as stage:
        await stage.open_case()
        await act(stage)
        await stage.settle()
        before = await world(stage)

    async with staged(tmp_path, slack=slack) as stage:
        await again(stage, name)

        assert await world(stage) == before


async def test_ten_of_one_at_the_same_time(stage):
    await stage.open_case()
    await slash(stage)
    kind, payload = sent(stage.slack, "/sev")
    fresh = payload | {"trigger_id": "1.2.another", "text": "note 1 配線も正常"}

    acks = await asyncio.gather(*(stage.slack.inbound.ask(kind, fresh, answers=True) for _ in range(10)))

    assert {ack.status for ack in acks} == {200}
    assert len({str(ack.body) for ack in acks}) == 1, "each has the first one's answer"
    assert (await stage.kinds()).count("note_added") == 2


# ---------------------------------------------------------------- out of order


async def test_two_posts_that_change_places_open_two_cases_each_with_its_own(stage):
    stage.slack.inbound.hold()
    first = await stage.yuki.post(SEV_A, STORE_POS)
    second = await stage.ken.post(SEV_A, "[SevA] 倉庫システムが停止")

    await stage.slack.inbound.release(reverse=True)
    await stage.settle()

    one, two = await stage.case(1), await stage.case(2)
    assert (one.thread, one.owner, two.thread, two.owner) == (second.ts, KEN, first.ts, YUKI)
    assert one.opened_at == second.at, "the clock runs since the post, whenever it was heard"


async def test_an_edit_that_comes_before_its_post_opens_one_case(stage):
    stage.slack.inbound.hold()
    message = await stage.yuki.post(SEV_A, STORE_POS)
    await stage.yuki.edit(message, STORE_POS.replace("Webサーバー", "APIサーバー"))

    await stage.slack.inbound.release(reverse=True)
    await stage.settle()

    (case,) = await stage.bot.desk.unclosed()
    assert (case.thread, case.owner) == (message.ts, YUKI)


async def test_a_mention_that_comes_before_the_post_above_it_is_refused_and_the_case_opens(stage):
    stage.slack.inbound.hold()
    message = await stage.yuki.post(SEV_A, STORE_POS)
    await stage.ken.post(SEV_A, "@jibungoto claim network", thread_ts=message.ts)

    await stage.slack.inbound.release(reverse=True)
    await stage.settle()

    assert stage.whispered(KEN), "Ken hears that there was no case yet"
    assert (await stage.kinds()) == ["case_opened"]
    assert await stage.mention(KEN, await stage.case(), "claim network")
    assert (await stage.kinds())[-1] == "area_claimed"


async def test_a_click_on_a_card_that_the_bot_does_not_know_to_stand_yet(stage):
    """Slack shows the card, its answer is lost, and somebody is quick."""
    stage.slack.faults.add("chat.postMessage", "drop_after")
    message = await stage.yuki.post(SEV_A, STORE_POS)
    await stage.bot.settle()
    case = await stage.case()

    await stage.ken.click(stage.card(case), "claim", option="firewall")
    await stage.after(seconds=10)

    assert next(a.holder for a in (await stage.case()).areas if a.key == "firewall") == KEN
    assert len(stage.slack.thread(SEV_A, message.ts)) == 2, "one card"
    assert f"<@{KEN}>" in stage.card(case).text
