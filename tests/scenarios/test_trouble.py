"""Trouble: a disk that refuses, a Slack that limits, drops or forgets us. Nothing is lost, doubled or made up."""

import os
import resource
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.domain.messages import Acknowledge
from bot.domain.values import DeliveryId
from handlers.views.refusal import nothing_saved
from tests.stage import HANA, KEN, MEMBER, SEV_A, STORE_POS, YUKI, Stage, tokyo

NOTHING_SAVED = nothing_saved("ja").text


@contextmanager
def a_full_disk(folder: Path):
    """No file of this process may grow beyond the write-ahead log's present size: a real write that really fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.stat(folder / "jibungoto.db-wal").st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def no_database(folder: Path):
    """The file is out of reach, as on a network drive that is gone: neither read nor written."""
    file = folder / "jibungoto.db"
    file.rename(folder / "elsewhere.db")
    try:
        yield
    finally:
        (folder / "elsewhere.db").rename(file)


ILL = {"a full disk": a_full_disk, "no database": no_database}


@pytest.fixture(params=ILL)
def ill(request, tmp_path):
    """A database that can't be written, while the block lasts."""
    return lambda: ILL[request.param](tmp_path)


async def retried(stage: Stage) -> None:
    """Slack sends again what was not acked, a minute later."""
    stage.slack.clock.move(timedelta(minutes=1))
    await stage.slack.wait_for(lambda: not stage.slack.inbound.pending)
    await stage.settle()


def posts(stage, error=None):
    """The calls that post a message, and failed so (or not)."""
    return [call for call in stage.slack.calls("chat.postMessage") if call.error == error]


# ---------------------------------------------------------------- a database that refuses


async def test_a_command_that_could_not_be_saved_says_so(stage, ill):
    case = await stage.open_case()

    with ill():
        reply = await stage.ken.command("/sev", "claim 1 network", channel=SEV_A)

    assert reply.text == NOTHING_SAVED
    assert await stage.case() == case
    assert "SEV-1" in await stage.sev(KEN, "claim 1 network"), "a moment later it works"


async def test_a_button_that_could_not_be_saved_says_so(stage, ill):
    case = await stage.open_case()
    card = stage.card(case)

    with ill():
        clicked = await stage.ken.click(card, "claim", option=case.areas[0].key)
        await stage.bot.reception.settled()

    assert clicked.ok
    assert stage.whispered(KEN) == NOTHING_SAVED
    assert await stage.case() == case


async def test_a_modal_that_could_not_be_saved_says_so_and_keeps_what_was_typed(stage, ill):
    case = await stage.open_case()
    await stage.yuki.click(stage.card(case), "contacted")
    typed = {"said": "連絡しました", "next_at": "9:40", "next_action": "共有"}

    with ill():
        errors = await stage.yuki.submit(typed)

    assert list(errors.values()) == [NOTHING_SAVED]
    assert await stage.case() == case
    assert await stage.yuki.submit(typed) is None, "the same form can be sent off again"
    assert (await stage.case()).promise.action == "共有"


async def test_a_post_that_could_not_be_saved_is_told_and_taken_when_slack_sends_it_again(stage, ill):
    await stage.open_case()

    with ill():
        message = await stage.hana.post(SEV_A, "[SevA] 倉庫システムが停止")
        await stage.bot.reception.settled()
        told = stage.whispered(HANA)
        # Slack tries a second time almost at once, and a third time a minute later.
        await stage.slack.wait_for(lambda: len(stage.slack.ephemerals(HANA)) == 2)
    await retried(stage)

    assert told == NOTHING_SAVED
    case = await stage.case(2)
    assert (case.thread, case.owner) == (message.ts, HANA)
    assert "SEV-2" in stage.card(case).text


async def test_reading_goes_on_while_nothing_can_be_written(stage, tmp_path):
    await stage.open_case()

    with a_full_disk(tmp_path):
        listed = await stage.ken.command("/sev", "list", channel=SEV_A)
        shown = await stage.ken.command("/sev", "show 1", channel=SEV_A)

    assert "SEV-1" in listed.text
    assert "西日本リテール様" in shown.text


@pytest.mark.parametrize("how", ["a full disk", "no database"])
async def test_readiness_says_that_nothing_can_be_written(stage, tmp_path, how):
    await stage.open_case()

    with ILL[how](tmp_path):
        ill = await _ready(stage)

    assert (ill, await _ready(stage)) == ((503, False), (200, True))


async def _ready(stage: Stage) -> tuple[int, bool]:
    async with aiohttp.ClientSession() as web, web.get(f"{stage.bot.address}/readyz") as answer:
        return answer.status, (await answer.json())["database"]


# ---------------------------------------------------------------- a Slack that limits


async def test_a_reminder_waits_as_long_as_slack_says(stage):
    await stage.open_case()
    await stage.at("09:14")
    before = len(stage.said_to(YUKI))
    stage.slack.faults.add("chat.postMessage", "429", channel=YUKI, retry_after=1)

    stage.slack.clock.set(tokyo("09:15"))
    await stage.bot.settle()
    (limited,) = posts(stage, "ratelimited")
    assert len(stage.said_to(YUKI)) == before
    stage.slack.clock.set(limited.at + timedelta(seconds=0.9))
    await stage.bot.settle()
    assert len(stage.said_to(YUKI)) == before
    stage.slack.clock.set(limited.at + timedelta(seconds=1))
    await stage.bot.settle()

    assert len(stage.said_to(YUKI)) == before + 1
    assert len(posts(stage, "ratelimited")) == 1


async def test_a_card_waits_as_long_as_slack_says(stage):
    case = await stage.open_case()
    version = stage.card(case).version
    stage.slack.faults.add("chat.update", "429", retry_after=30)

    await stage.sev(KEN, "claim 1 network")
    await stage.after(seconds=20)
    limited = len(stage.slack.calls("chat.update"))
    await stage.after(seconds=11)

    assert limited == 1
    assert len(stage.slack.calls("chat.update")) == 2
    assert stage.card(case).version == version + 1
    assert f"<@{KEN}>" in stage.card(case).text


# ---------------------------------------------------------------- a Slack that drops


DROPPED = {
    "after the effect": ("drop_after", 0),
    "before the effect": ("drop_before", 1),
    "by a gateway": ("http_502", 1),
    "as an internal error": ("error:internal_error", 1),
}


@pytest.mark.parametrize("how", DROPPED)
async def test_a_reminder_whose_answer_was_lost_arrives_once(stage, how):
    """It is looked for by its metadata, and sent again only where it is not found."""
    kind, again = DROPPED[how]
    case = await stage.open_case()
    await stage.at("09:14")
    direct, below = len(stage.said_to(YUKI)), len(stage.said_in(case))
    stage.slack.faults.add("chat.postMessage", kind, channel=YUKI)
    stage.slack.faults.add("chat.postMessage", kind, channel=SEV_A)

    tried = len(stage.slack.calls("chat.postMessage"))

    await stage.at("09:15")
    for _ in range(3):
        await stage.after(seconds=30)

    assert len(stage.said_to(YUKI)) == direct + 1
    assert len(stage.said_in(case)) == below + 1
    assert len(stage.slack.calls("chat.postMessage")) == tried + 2 + 2 * again


@pytest.mark.parametrize("how", DROPPED)
async def test_a_card_whose_answer_was_lost_stands_once(stage, how):
    stage.slack.faults.add("chat.postMessage", DROPPED[how][0])

    message = await stage.post(STORE_POS)
    for _ in range(3):
        await stage.after(seconds=10)
    case = await stage.case()
    await stage.sev(KEN, "claim 1 network")

    assert len(stage.slack.thread(SEV_A, message.ts)) == 2
    assert f"<@{KEN}>" in stage.card(case).text


@pytest.mark.parametrize("how", DROPPED)
async def test_a_thread_whose_opening_was_lost_is_opened_once(stage, how):
    stage.slack.faults.add("chat.postMessage", DROPPED[how][0])

    await stage.sev(YUKI, "open A 店舗POSに接続できない")
    for _ in range(3):
        await stage.after(seconds=10)

    (opened,) = stage.slack.messages(SEV_A)
    assert (await stage.case()).thread == opened.ts
    assert len(stage.slack.thread(SEV_A, opened.ts)) == 2


async def test_a_card_that_slack_will_not_edit_in_an_outage_is_true_afterwards(stage):
    case = await stage.open_case()
    stage.slack.faults.add("chat.update", "http_503", times=5)

    for area in ("network", "storage"):
        await stage.sev(KEN, f"claim 1 {area}")
    for _ in range(8):
        await stage.after(seconds=30)

    assert len([call for call in stage.slack.calls("chat.update") if call.error]) == 5
    assert stage.card(case).text.count(f"<@{KEN}>") == 3, "present, and at both areas"
    assert len([m for m in stage.thread(case) if m.user == stage.slack.bot_user_id]) == 1


async def test_an_outage_of_the_whole_slack_delays_and_loses_nothing(stage):
    case = await stage.open_case()
    await stage.slack.down(True)

    who = {"delivery": DeliveryId("meanwhile"), "by": YUKI, "case": case.number}
    await stage.at("09:10")
    await stage.bot.desk.handle(Acknowledge(**who), MEMBER)
    for _ in range(10):
        await stage.after(minutes=2)
    tried = len(stage.slack.calls())
    await stage.slack.down(False)
    for _ in range(6):
        await stage.after(minutes=1)

    assert tried < 60, "it is tried ever more seldom"
    assert {message.text.split("\n")[0].split(":")[0] for message in stage.said_to(YUKI)} == {"SEV-1"}
    assert await stage.bot.desk.parked() == []
    assert (await stage.bot.store.read(lambda q: q.backlog(stage.slack.clock.now()))) == timedelta(0)


# ---------------------------------------------------------------- a Slack that forgets us


async def test_a_revoked_token_stops_the_talking_and_a_new_one_loses_nothing(stage):
    case = await stage.open_case()
    await stage.slack.revoke_token()

    for moment in ("09:10", "09:15"):
        await stage.at(moment)
    for _ in range(4):
        await stage.after(minutes=1)
    refused = [call for call in stage.slack.calls() if call.error == "token_revoked"]
    stage.slack.revoked.clear()
    for _ in range(2):
        await stage.after(seconds=60)

    assert 3 <= len(refused) <= 40, "once a minute each, and never in a loop"
    due = stage.said_to(YUKI)[-1]
    assert due.at >= tokyo("09:19")
    assert "09:15" in due.text
    assert YUKI in stage.said_in(case)[-2].pings | stage.said_in(case)[-1].pings
    assert await stage.bot.desk.parked() == []


async def test_who_acts_while_the_token_is_revoked_is_answered(stage):
    await stage.open_case()
    await stage.sev(KEN, "list")
    await stage.slack.revoke_token()

    known = await stage.ken.command("/sev", "claim 1 network", channel=SEV_A)
    stranger = await stage.mei.command("/sev", "claim 1 storage", channel=SEV_A)

    assert "SEV-1" in known.text, "an hour-old profile is believed"
    assert (await stage.case()).areas[0].holder in (None, KEN)
    assert stranger.ok
    assert stranger.text
    assert [fact.by for fact in await stage.facts()] == [YUKI, KEN]
