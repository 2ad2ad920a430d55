"""The line to Slack: however the connection breaks, it is found, built anew, and what was posted meanwhile is heard."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import timedelta

import aiohttp
import pytest

from bot.app import LineLost, TokenRefused, Vigil
from handlers.slack.catchup import CatchUp
from handlers.slack.socket import Contact
from sandbox import Sandbox
from tests.stage import GUEST, KEN, MEI, NINE, ROOT, SEV_A, STORE_POS, YUKI, staged

QUICK = Vigil(ping=0.2, look=0.02, deaf=0.6, down=0.4, answer=0.5, again=0.05, lost=30)
"""A thirtieth of the real watch, so that nobody waits for it."""
HASTY = QUICK.model_copy(update={"lost": 0.8})
"""And it gives up soon."""


@pytest.fixture
async def stage(tmp_path):
    async with staged(tmp_path, http=False, vigil=QUICK) as stage:
        yield stage


@pytest.fixture
async def hasty(tmp_path):
    async with staged(tmp_path, http=False, vigil=HASTY) as stage:
        yield stage


async def stands_again(stage, connection: int = 1) -> Contact:
    """The line, once it has been connected anew so many times and it was noticed."""
    await until(lambda: stage.bot.line.contact.reconnects >= connection and stage.bot.line.contact.connected)
    return stage.bot.line.contact


async def breaks(stage) -> None:
    await until(lambda: not stage.bot.line.contact.connected)


async def until(fact: Callable[[], bool]) -> None:
    """The watch looks by itself and rings no bell."""
    for _ in range(1000):
        if fact():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("still not so after ten seconds")


def test_a_dead_line_is_found_and_replaced_within_thirty_seconds():
    "The promise, from the figures of the real watch: one ping, three without an answer, a look, a goodbye, an address."
    vigil = Vigil()
    assert vigil.deaf >= 3 * vigil.ping, "a single lost answer is no death"
    assert vigil.deaf + vigil.look + 1 + vigil.again < 30
    assert vigil.ping + vigil.down + vigil.look + 1 + vigil.again < 30


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "link_disabled", "too_many_websockets", None])
async def test_a_broken_connection_is_replaced(stage, reason):
    await stage.slack.disconnect(reason)
    await stands_again(stage)

    assert "SEV-1" in stage.card(await stage.open_case()).text
    assert (await stage.sev(KEN, "claim 1 network")).startswith("SEV-1")


async def test_a_half_open_connection_is_found_and_replaced(stage):
    """TCP is open and nothing answers: no close, no error, only silence.

    How long it takes at most is reckoned above: a busy machine stretches any moment that is measured here.
    """
    stage.slack.sockets.half_open()
    contact = await stands_again(stage)

    assert contact.reconnects == 1
    assert "SEV-1" in stage.card(await stage.open_case()).text


async def test_a_connection_that_is_deaf_from_its_hello_on_is_replaced(stage):
    stage.slack.sockets.half_open(later_ones=True)
    await until(lambda: stage.bot.line.contact.rebuilds >= 2)
    stage.slack.sockets.greets_deaf = False
    await breaks(stage)
    await stands_again(stage, stage.bot.line.contact.reconnects + 1)

    assert "SEV-1" in stage.card(await stage.open_case()).text


async def test_client_and_session_are_built_anew_where_the_address_is_dead(stage):
    "The SDK alone would try the same single-use address for ever."
    before = stage.bot.line._handler.client
    stage.slack.sockets.refuse("hello")
    await stage.slack.disconnect(None)
    await breaks(stage)
    await stage.slack.wait_for(lambda: len(stage.slack.calls("apps.connections.open")) >= 4)
    stage.slack.sockets.refuse()
    contact = await stands_again(stage)

    after = stage.bot.line._handler.client
    assert contact.rebuilds >= 1
    assert before is not after
    assert before.aiohttp_client_session.closed


async def test_an_outage_is_waited_out_however_long(hasty):
    "While the Web API is silent, no fresh process could do better."
    await hasty.slack.down()
    await breaks(hasty)
    await asyncio.sleep(HASTY.lost * 1.5)
    assert not hasty.bot.line.lost.done()
    await hasty.slack.down(False)

    assert (await stands_again(hasty)).connected


async def test_no_connection_although_slack_answers_ends_the_process(hasty):
    hasty.slack.sockets.refuse("hello")
    await hasty.slack.disconnect(None)

    with pytest.raises(LineLost, match=r"although Slack's Web API answers \(the WebSocket can't be opened\)"):
        await asyncio.wait_for(hasty.bot.lost(), 10)


async def test_connections_that_never_answer_end_the_process_too(hasty):
    hasty.slack.sockets.half_open(later_ones=True)

    with pytest.raises(LineLost, match=r"connections open and nothing comes through|no answer"):
        await asyncio.wait_for(hasty.bot.lost(), 10)


async def test_too_many_connections_end_the_process_too(hasty):
    hasty.slack.faults.add("apps.connections.open", "error:too_many_websockets", times=None)
    await hasty.slack.disconnect(None)

    with pytest.raises(LineLost, match="too_many_websockets"):
        await asyncio.wait_for(hasty.bot.lost(), 10)


async def test_a_revoked_token_ends_it_at_once(stage):
    began = time.monotonic()
    await stage.slack.uninstall()
    await stage.slack.disconnect(None)

    with pytest.raises(TokenRefused, match=r"SLACK_APP_TOKEN \(token_revoked\)"):
        await asyncio.wait_for(stage.bot.lost(), 10)
    assert time.monotonic() - began < QUICK.down + 1


async def test_a_silent_api_does_not_hold_the_preflight(stage):
    stage.slack.faults.add("apps.connections.open", "delay", delay=30, times=1)
    stage.slack.sockets.refuse("hello")
    await stage.slack.disconnect(None)
    await breaks(stage)
    stage.slack.sockets.refuse()

    assert (await stands_again(stage)).connected


async def test_readiness_says_how_we_stand_and_since_when(stage):
    async def ready() -> dict:
        async with aiohttp.ClientSession() as http, http.get(f"{stage.bot.address}/readyz") as answer:
            return await answer.json()

    assert await ready() == {
        "ok": True, "database": True, "slack": True, "outbox": True, "loops": True,
        "slack_since": "2026-11-24T00:00:00Z",
    }  # fmt: skip
    await stage.after(minutes=7)
    await stage.slack.down()
    await breaks(stage)
    broken = await ready()
    await stage.after(minutes=3)
    await stage.slack.down(False)
    await stands_again(stage)

    assert (broken["ok"], broken["slack"], broken["slack_since"]) == (False, False, "2026-11-24T00:07:00Z")
    assert (await ready())["slack_since"] == "2026-11-24T00:10:00Z"


async def test_figures_of_the_line_are_served(stage):
    await stage.slack.disconnect()
    await stands_again(stage)
    async with aiohttp.ClientSession() as http, http.get(f"{stage.bot.address}/metrics") as answer:
        figures = await answer.text()

    assert re.search(r"^jibungoto_slack_reconnects_total [1-9]", figures, re.MULTILINE)
    assert "jibungoto_slack_rebuilds_total 0.0" in figures
    assert "jibungoto_slack_caught_up_total 0.0" in figures


# ---------------------------------------------------------------- what was posted meanwhile


class TestWhatWasMissed:
    """Posted into a dead connection: heard when it stands again."""

    async def missed(self, stage, *posts) -> None:
        """These posts find nobody, and Slack's own retries find nobody either."""
        stage.slack.sockets.half_open()
        stage.slack.inbound.hold()
        for who, text, thread in posts:
            await stage.slack.person(who).post(SEV_A, text, thread_ts=thread)
        await stands_again(stage, stage.bot.line.contact.reconnects + 1)
        await stage.settle()

    async def test_a_case(self, stage):
        "The line breaks, a case is posted, the line stands: the case is open, once, and owned by who posted it."
        await self.missed(stage, (YUKI, STORE_POS, None))

        (case,) = await stage.bot.desk.unclosed()
        assert (case.owner, case.thread) == (YUKI, stage.slack.messages(SEV_A)[0].ts)
        assert "SEV-1" in stage.card(case).text
        assert not case.private, "a channel that everybody may read is one in the history, too"

    async def test_a_mention_in_the_thread_of_an_open_case(self, stage):
        case = await stage.open_case()
        await self.missed(stage, (KEN, "@jibungoto suspect firewall 拒否ログ 312 件", case.thread))

        assert await stage.kinds() == ["case_opened", "finding_reported"]
        assert stage.bot.catchup.caught == 1

    async def test_a_case_and_what_was_said_in_its_thread(self, stage):
        stage.slack.sockets.half_open()
        stage.slack.inbound.hold()
        post = await stage.yuki.post(SEV_A, STORE_POS)
        await stage.ken.post(SEV_A, "@jibungoto claim network", thread_ts=post.ts)
        await stands_again(stage)
        await stage.settle()

        assert await stage.kinds() == ["case_opened", "area_claimed"]

    async def test_and_it_comes_late_by_itself_as_well(self, stage):
        "Slack delivers what it kept after all: the effect of one."
        await self.missed(stage, (YUKI, STORE_POS, None))
        await stage.slack.inbound.release()
        await stage.settle()

        assert await stage.kinds() == ["case_opened"]
        assert stage.slack.ephemerals(YUKI) == []

    async def test_nothing_is_heard_twice_where_nothing_was_missed(self, stage):
        "A refused line is refused once: Ken's claim does not succeed later because it was read again."
        case = await stage.open_case()
        await stage.sev(MEI, "claim 1 network")
        await stage.mention(KEN, case, "claim network")
        await stage.sev(MEI, "release 1 network")
        kinds = await stage.kinds()
        await stage.slack.disconnect()
        await stands_again(stage)
        await stage.settle()

        assert await stage.kinds() == kinds
        assert len(stage.slack.ephemerals(KEN)) == 1
        assert stage.bot.catchup.caught == 0

    async def test_more_than_a_page(self, stage):
        talk = [(KEN, f"雑談 {n}", None) for n in range(230)]
        await self.missed(stage, (YUKI, STORE_POS, None), *talk)

        assert await stage.kinds() == ["case_opened"]
        assert len(stage.slack.calls("conversations.history")) >= 3

    async def test_slack_says_to_wait_or_fails_meanwhile(self, stage):
        stage.slack.faults.add("conversations.history", "429", retry_after=1)
        stage.slack.faults.add("users.conversations", "drop_before")
        await self.missed(stage, (YUKI, STORE_POS, None))

        assert await stage.kinds() == ["case_opened"]

    async def test_the_groups_scopes_may_be_left_out(self, stage):
        stage.slack.faults.add("users.conversations", "error:missing_scope")
        await self.missed(stage, (YUKI, STORE_POS, None))

        assert await stage.kinds() == ["case_opened"]

    async def test_a_channel_that_can_not_be_read_does_not_hide_the_others(self, stage):
        stage.slack.faults.add("conversations.history", "error:channel_not_found", channel="C02SEVEN", times=None)
        await self.missed(stage, (YUKI, STORE_POS, None))

        assert await stage.kinds() == ["case_opened"]

    async def test_outsiders_are_still_refused(self, stage):
        await self.missed(stage, (GUEST, STORE_POS, None))

        assert await stage.bot.desk.unclosed() == []


@pytest.mark.parametrize("http", [True, False], ids=["http", "socket"])
class TestWhileTheBotWasDown:
    """The next process hears what was posted since the last one listened."""

    async def restarted(self, tmp_path, http, meanwhile, *, first=None):
        """What happens in one process, then with none, then the next process, settled."""
        async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as slack:
            slack.clock.freeze(NINE)
            async with staged(tmp_path, slack=slack, http=http) as stage:
                if first is not None:
                    await first(stage)
            slack.clock.move(timedelta(minutes=1))
            slack.inbound.hold()
            await meanwhile(slack)
            async with staged(tmp_path, slack=slack, http=http) as stage:
                await stage.settle()
                yield stage

    async def test_a_case_posted_while_nobody_lived(self, tmp_path, http):
        async def meanwhile(slack):
            await slack.person(YUKI).post(SEV_A, STORE_POS)
            slack.clock.move(timedelta(minutes=90))

        async for stage in self.restarted(tmp_path, http, meanwhile):
            case = await stage.case()
            assert (await stage.kinds())[0] == "case_opened"
            assert case.owner == YUKI
            assert stage.said_to(YUKI), "its first response is overdue, and its owner hears so"

    async def test_the_first_start_leaves_the_past_alone(self, tmp_path, http):
        async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as slack:
            slack.clock.freeze(NINE)
            slack.inbound.hold()
            await slack.person(YUKI).post(SEV_A, STORE_POS)
            slack.clock.move(timedelta(minutes=1))
            async with staged(tmp_path, slack=slack, http=http) as stage:
                await stage.settle()
                assert await stage.bot.desk.unclosed() == []

    async def test_what_lay_for_more_than_a_day_is_left(self, tmp_path, http, caplog):
        async def meanwhile(slack):
            await slack.person(YUKI).post(SEV_A, STORE_POS)
            slack.clock.move(timedelta(minutes=25 * 60))
            await slack.person(KEN).post(SEV_A, "[SevA] 倉庫システムが停止")

        async for stage in self.restarted(tmp_path, http, meanwhile):
            assert [case.title for case in await stage.bot.desk.unclosed()] == ["倉庫システムが停止"]
        assert "more than" in caplog.text

    async def test_what_was_heard_before_is_not_read_again(self, tmp_path, http):
        async def first(stage):
            await stage.open_case()

        async def meanwhile(slack):
            slack.clock.move(timedelta(minutes=1))

        async for stage in self.restarted(tmp_path, http, meanwhile, first=first):
            assert await stage.kinds() == ["case_opened"]
            assert stage.bot.catchup.caught == 0
            read = [call for call in stage.slack.calls("conversations.history") if call.args["channel"] == SEV_A]
            assert [call.answer["messages"] for call in read] == [[]]


async def test_marks_are_written_once_for_many_messages(stage):
    "A busy channel costs no write a message."
    for n in range(50):
        await stage.ken.post(SEV_A, f"雑談 {n}")
    catchup: CatchUp = stage.bot.catchup
    before = await stage.bot.store.read(lambda q: q.heard())
    catchup.listening()
    await catchup.written()

    assert before == {}
    assert await stage.bot.store.read(lambda q: q.heard()) == {SEV_A: stage.slack.messages(SEV_A)[-1].ts}
