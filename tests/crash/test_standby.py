"""Two of one: the second stands by and takes over, and an upgrade hands the queue on. Real processes, real signals."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from storage.connection import connect
from tests.crash.test_serve import Served, free_port, serve
from tests.stage import KEN, ROOT, SEV_A, STORE_POS, YUKI

log = logging.getLogger(__name__)

TAKEN_OVER_WITHIN = 15.0
GONE_WITHIN = 10.0


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack:
        yield slack


def by_socket(slack: Sandbox) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": "",
        "SLACK_API_URL": slack.api_url,
    }


def by_http(slack: Sandbox, port: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "JIBUNGOTO_PORT": str(port),
    }


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(connect(str(folder / "jibungoto.db"), read_only=True)) as database:
        return database.execute(statement).fetchall()


async def cards(slack: Sandbox) -> list[str]:
    """The threads in which a card stands."""
    said = slack.messages(SEV_A, replies=True)
    return [m.thread_ts or "" for m in said if m.user == slack.bot_user_id and m.thread_ts]


class TestStandby:
    """A second process on the same database waits, says so, and lives on where the first one dies."""

    async def test_it_takes_over_from_one_that_is_killed(self, slack, tmp_path):
        async with serve(tmp_path, **by_socket(slack)) as first:
            await first.becomes("/readyz", 200)
            async with serve(tmp_path, **by_socket(slack)) as second:
                await second.says("standing by")
                assert await second.becomes("/healthz", 200) == {"ok": True}
                assert await second.becomes("/readyz", 503) == {"ok": False, "standby": True}
                assert slack.sockets.count == 1, "a standby listens to nothing: Slack would send it half of everything"
                await slack.person(YUKI).post(SEV_A, STORE_POS)
                await slack.wait_for(lambda: len(slack.messages(SEV_A, replies=True)) == 2)

                first.process.kill()
                died = time.monotonic()
                await first.process.wait()
                slack.inbound.hold()  # posted between the two lives: Slack finds nobody
                await slack.person(KEN).post(SEV_A, "[SevA] 倉庫システムが停止")
                await second.becomes("/readyz", 200)
                took = time.monotonic() - died
                log.info("taken over %.2f s after SIGKILL", took)
                await slack.wait_for(lambda: len(slack.messages(SEV_A, replies=True)) == 4, 10)

                assert took < TAKEN_OVER_WITHIN
                assert (await slack.person(KEN).command("/sev", "claim 1 network", channel=SEV_A)).ok
                second.process.terminate()
                assert await second.ended() == 0
        assert "taking over" in second.said
        assert "Traceback" not in second.said
        assert [kind for (kind,) in rows(tmp_path, "SELECT kind FROM facts ORDER BY case_number, seq")] == [
            "case_opened", "area_claimed", "case_opened",
        ]  # fmt: skip
        assert Counter(await cards(slack)).most_common(1)[0][1] == 1, "no card twice"

    async def test_on_the_same_port_it_answers_after_the_take_over(self, slack, tmp_path):
        port = free_port()
        async with serve(tmp_path, **by_http(slack, port)) as first:
            await first.becomes("/readyz", 200)
            async with serve(tmp_path, **by_http(slack, port)) as second:
                await second.says("standing by")
                await second.says("answer here after the take-over")
                assert "standby" not in await first.becomes("/readyz", 200)
                first.process.kill()
                await first.process.wait()
                await second.becomes("/readyz", 200)
                slack.request_url = f"{second.url}/slack/events"
                assert (await slack.person(YUKI).command("/sev", "open A 店舗POS", channel=SEV_A)).ok

    async def test_it_can_be_stopped_while_it_waits(self, slack, tmp_path):
        async with serve(tmp_path, **by_socket(slack)) as first:
            await first.becomes("/readyz", 200)
            async with serve(tmp_path, **by_socket(slack)) as second:
                await second.says("standing by")
                second.process.terminate()
                assert await second.ended() == 0
            assert "Traceback" not in second.said
            await first.becomes("/readyz", 200)

    async def test_who_wants_no_standby_leaves_with_a_sentence(self, slack, tmp_path):
        async with serve(tmp_path, **by_socket(slack)) as first:
            await first.becomes("/readyz", 200)
            async with serve(tmp_path, "--no-standby", **by_socket(slack)) as second:
                assert await _code(second, 25) == 4
        assert "is in use by another Jibungoto: stop that one first" in second.said


class TestUpgrade:
    """SIGTERM under load: what is in hand is finished within ten seconds, and the next one goes on with the rest."""

    async def test_nothing_is_lost_and_nothing_doubled(self, slack, tmp_path):
        "People type, posts are slow, the old version is told to go while the new one already stands by."
        acked: list[str] = []

        async def types(n: int) -> None:
            reply = await slack.person(KEN).command("/sev", f"note 1 記録 {n:03}", channel=SEV_A)
            if reply.ok and "SEV-1" in reply.text:
                acked.append(f"記録 {n:03}")

        async with serve(tmp_path, **by_socket(slack)) as old:
            await old.becomes("/readyz", 200)
            await slack.person(YUKI).post(SEV_A, STORE_POS)
            await slack.wait_for(lambda: len(slack.messages(SEV_A, replies=True)) == 2)
            slack.faults.add("chat.postMessage", "delay", delay=0.3, times=None)
            async with serve(tmp_path, **by_socket(slack)) as new:
                await new.says("standing by")
                posts = [asyncio.create_task(slack.person(YUKI).post(SEV_A, f"[SevA] 障害 {n}")) for n in range(12)]
                typing = [asyncio.create_task(types(n)) for n in range(40)]
                await slack.wait_for(lambda: len(acked) >= 5, 20)
                old.process.terminate()
                told = time.monotonic()
                code = await old.process.wait()
                took = time.monotonic() - told
                log.info("gone %.2f s after SIGTERM", took)
                await new.becomes("/readyz", 200)
                typing += [asyncio.create_task(types(n)) for n in range(40, 60)]
                await asyncio.gather(*posts, *typing)
                slack.faults.clear()
                await _all_said(tmp_path, cases=13)
                new.process.terminate()
                assert await new.ended() == 0

        assert code == 0
        assert took < GONE_WITHIN
        assert "Traceback" not in old.said + new.said
        noted = [text for (text,) in rows(tmp_path, "SELECT json_extract(document, '$.text') FROM facts "
                                                    "WHERE kind = 'note_added' ORDER BY seq")]  # fmt: skip
        assert set(acked) <= set(noted), "acknowledged, and not in the facts"
        assert len(noted) == len(set(noted)), "twice in the facts"
        assert len(acked) > 20
        assert rows(tmp_path, "SELECT count(*) FROM cases") == [(13,)]
        twice = [thread for thread, times in Counter(await cards(slack)).items() if times > 1]
        said = [(m.user, m.text, m.metadata) for thread in twice for m in slack.thread(SEV_A, thread)]
        assert said == [], "a card twice"
        assert len(await cards(slack)) == 13

    async def test_what_is_asked_at_that_moment_is_answered(self, slack, tmp_path):
        "A request in hand when SIGTERM comes gets its answer; the write-ahead log is closed behind it."
        port = free_port()
        async with serve(tmp_path, **by_http(slack, port)) as served:
            await served.becomes("/readyz", 200)
            slack.request_url = f"{served.url}/slack/events"
            slack.faults.add("users.info", "delay", delay=0.8)  # who is that? The answer waits for it.
            asking = asyncio.create_task(slack.person(YUKI).command("/sev", "open A 店舗POS", channel=SEV_A))
            await slack.wait_for(lambda: slack.inbound is not None and not slack.faults.waiting)
            served.process.terminate()
            reply = await asking
            assert await served.ended() == 0
        assert reply.ok
        assert "SEV-1" in reply.text
        assert not (tmp_path / "jibungoto.db-wal").exists()
        assert rows(tmp_path, "SELECT count(*) FROM cases") == [(1,)]


class TestItCanNotRecover:
    """Exit codes for a supervisor."""

    async def test_a_token_revoked_while_it_runs(self, slack, tmp_path):
        async with serve(tmp_path, **by_socket(slack)) as served:
            await served.becomes("/readyz", 200)
            await slack.uninstall()
            await slack.disconnect(None)
            assert await _code(served, 40) == 3
        assert served.said.strip().split("\n")[-1].startswith("Slack refuses SLACK_APP_TOKEN (token_revoked).")
        assert "Traceback" not in served.said


async def _code(served: Served, seconds: float) -> int:
    async with asyncio.timeout(seconds):
        served.said += (await served.process.stdout.read()).decode()
        return await served.process.wait()


async def _all_said(folder: Path, cases: int) -> None:
    """Until nothing waits to be sent."""
    for _ in range(400):
        waiting = rows(folder, "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')")
        behind = rows(
            folder, "SELECT count(*) FROM surfaces WHERE state = 'sending' OR (state = 'idle' AND ts IS NULL)"
        )
        if waiting == behind == [(0,)] and rows(folder, "SELECT count(*) FROM cases") == [(cases,)]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"still waiting: {rows(folder, 'SELECT * FROM outbox_state')}")
