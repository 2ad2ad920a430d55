"""HTTP: what reaches the bot's port. Slack alone is heard, once, and nobody holds a socket for long."""

import asyncio
import contextlib
import io
import json
import statistics
import time
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web

from bot.settings import Environment
from handlers.web.door import Door, Patience
from handlers.web.gate import Gate
from handlers.web.server import LARGEST_BODY, Pages, served
from sandbox.inbound import sign, wall_seconds
from storage.sqlite import SqliteStore
from tests.stage import NINE, SEV_A, STORE_POS, YUKI, Stage

SLASH = urlencode({"command": "/sev", "text": "open A 基幹バッチが停止", "team_id": "T0JIBUN", "user_id": YUKI,
                   "channel_id": SEV_A, "trigger_id": "1.2.x", "response_url": ""}).encode()  # fmt: skip
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def status(http: aiohttp.ClientSession, stage: Stage, headers: dict[str, str], body: bytes = SLASH) -> int:
    async with http.post(stage.slack.request_url, data=body, headers=FORM | headers) as answer:
        return answer.status


class TestTheSameRequestAgain:
    """A recorded request, played back within its five minutes."""

    async def test_is_401_and_without_effect(self, stage, http):
        headers = sign(stage.slack.signing_secret, SLASH)
        assert [await status(http, stage, headers) for _ in range(3)] == [200, 401, 401]
        assert [case.number for case in await stage.bot.desk.unclosed()] == [1]

    async def test_ten_at_once_have_the_effect_of_one(self, stage, http):
        headers = sign(stage.slack.signing_secret, SLASH)
        told = await asyncio.gather(*(status(http, stage, headers) for _ in range(10)))
        assert sorted(told) == [200, *[401] * 9]
        assert [case.number for case in await stage.bot.desk.unclosed()] == [1]

    async def test_a_question_is_not_answered_to_who_recorded_it(self, stage, http):
        "No delivery id would keep the list of cases from them: it changes nothing."
        await stage.open_case()
        asked = SLASH.replace(urlencode({"text": "open A 基幹バッチが停止"}).encode(), b"text=list")
        headers = FORM | sign(stage.slack.signing_secret, asked)
        said = []
        for _ in range(2):
            async with http.post(stage.slack.request_url, data=asked, headers=headers) as answer:
                said.append(await answer.text())
        assert "SEV-1" in said[0]
        assert said[1] == ""

    async def test_slack_itself_may_repeat_an_event(self, stage, http):
        "The same bytes, signed anew in the same second or later, with the number of the attempt."
        event = {"type": "message", "channel": SEV_A, "channel_type": "channel", "user": YUKI, "text": STORE_POS,
                 "ts": "1795478400.000900", "event_ts": "1795478400.000900", "team": "T0JIBUN"}  # fmt: skip
        wrapped = {"token": "t", "team_id": "T0JIBUN", "api_app_id": "A00APP", "type": "event_callback", "event": event,
                   "event_id": "Ev1", "event_time": 1795478400, "authorizations": [
                       {"team_id": "T0JIBUN", "user_id": "U00BOT", "is_bot": True}]}  # fmt: skip
        body, at = json.dumps(wrapped).encode(), wall_seconds()
        secret = stage.slack.signing_secret
        attempts = [
            sign(secret, body, at),
            sign(secret, body, at) | {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"},
            sign(secret, body, at - 60) | {"x-slack-retry-num": "2", "x-slack-retry-reason": "http_timeout"},
        ]
        json_type = {"content-type": "application/json"}
        assert [await status(http, stage, headers | json_type, body) for headers in attempts] == [200, 200, 200]
        assert [case.number for case in await stage.bot.desk.unclosed()] == [1]


class TestBodies:
    async def test_a_body_over_the_limit_is_413(self, stage, http):
        body = b"x" * (LARGEST_BODY + 1)
        headers = FORM | sign(stage.slack.signing_secret, body)
        async with http.post(stage.slack.request_url, data=io.BytesIO(body), headers=headers) as answer:
            assert answer.status == 413

    async def test_also_one_that_does_not_say_how_long_it_is(self, stage, http):
        async def parts():
            for _ in range(20):
                yield b"x" * (LARGEST_BODY // 16)

        headers = FORM | sign(stage.slack.signing_secret, b"")
        async with http.post(stage.slack.request_url, data=parts(), headers=headers) as answer:
            assert answer.status == 413

    async def test_an_unsigned_one_is_not_even_read(self, stage):
        "It is told 401 while its body is still to come."
        reader, writer = await dialled(stage.bot.address)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
        writer.close()


class TestWhatAnAnswerGivesAway:
    @pytest.mark.parametrize(
        ("method", "path", "expected"),
        [("GET", "/healthz", 200), ("GET", "/metrics", 200), ("GET", "/", 404), ("GET", "/slack/events", 405),
         ("POST", "/slack/events", 401)],
    )  # fmt: skip
    async def test_no_versions_and_the_headers_that_browsers_heed(self, stage, http, method, path, expected):
        async with http.request(method, f"{stage.bot.address}{path}") as answer:
            assert answer.status == expected
            assert answer.headers["Server"] == "Jibungoto"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("line", [b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"EVIL customer=1\r\n\r\n"])
    async def test_noise_hears_a_number_and_no_version(self, stage, caplog, line):
        reader, writer = await dialled(stage.bot.address)
        writer.write(line + b"\r\n\r\n")
        async with asyncio.timeout(5):
            said = await reader.read()
        writer.close()
        assert said.startswith(b"HTTP/1.1 400") or said.startswith(b"HTTP/1.0 400")
        assert b"aiohttp" not in said
        assert b"Python" not in said
        assert b"customer" not in said
        assert caplog.records == [], "the internet's noise fills no log"

    def test_the_port_is_on_loopback_unless_told_otherwise(self):
        assert (Environment().jibungoto_host, Environment().jibungoto_metrics_host) == ("127.0.0.1", "127.0.0.1")

    async def test_health_says_states_and_nothing_else(self, stage, http):
        await stage.open_case()
        async with http.get(f"{stage.bot.address}/readyz") as answer:
            told = await answer.json()
        datetime.fromisoformat(told.pop("slack_since"))
        assert [name for name, value in told.items() if not isinstance(value, bool)] == []


async def dialled(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))


@pytest.fixture
async def hurried(tmp_path):
    """A server that waits half a second, as ours waits ten."""
    async with await SqliteStore.open(str(tmp_path / "jibungoto.db")) as store:
        pages = Pages(store, lambda: NINE, gate=Gate("secret", wall_seconds))
        pages.patience = Patience(headers=0.5, body=0.5, idle=1.0)
        async with served(pages, "127.0.0.1", 0) as (address, _):
            yield address


class TestSlowCallers:
    """Slowloris: many that send a byte now and then. Each is let go in its time, and others are served meanwhile."""

    async def trickle(self, address: str, beginning: bytes, until: bytes = b"none") -> tuple[float, bytes]:
        """How long the connection lasted, and what was said to it. A byte now and then, `until` this was heard."""
        reader, writer = await dialled(address)
        began, said = time.perf_counter(), bytearray()
        writer.write(beginning)

        async def hear() -> None:
            with contextlib.suppress(ConnectionResetError):  # it was closed while we were still sending
                while part := await reader.read(1000):
                    said.extend(part)

        heard = asyncio.create_task(hear())
        async with asyncio.timeout(20):
            while not heard.done():
                if until not in said:
                    writer.write(b"x")
                await asyncio.wait((heard,), timeout=0.02)
        writer.close()
        return time.perf_counter() - began, bytes(said)

    async def test_headers_that_never_end(self, hurried, http):
        slow = [asyncio.create_task(self.trickle(hurried, b"GET /healthz HTTP/1.1\r\nX: ")) for _ in range(50)]
        await asyncio.sleep(0)
        async with http.get(f"{hurried}/healthz") as answer:
            assert answer.status == 200
        for lasted, said in await asyncio.gather(*slow):
            assert (lasted < 15, said) == (True, b"")

    async def test_headers_that_never_end_after_a_first_request(self, hurried):
        lasted, said = await self.trickle(
            hurried, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + b"GET /healthz HTTP/1.1\r\nX: "
        )
        assert said.count(b"HTTP/1.1 200") == 1
        assert lasted < 15

    async def test_silence(self, hurried):
        reader, writer = await dialled(hurried)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()

    async def test_a_body_that_never_ends(self, hurried):
        headers = sign("secret", b"")
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        lasted, said = await self.trickle(
            hurried, f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n{head}\r\n".encode(), b"408"
        )
        assert said.startswith(b"HTTP/1.1 408")
        assert lasted < 15

    async def test_a_crowd_pushes_out_who_asks_for_nothing(self, tmp_path, http):
        "One more than the house holds: the oldest idle one goes, and the newcomer is served."
        async with await SqliteStore.open(str(tmp_path / "jibungoto.db")) as store:
            runner = web.AppRunner(Pages(store, lambda: NINE).application(), access_log=None)
            await runner.setup()
            await Door(runner, "127.0.0.1", 0, patience=Patience(), most=5).start()
            port = runner.addresses[0][1]
            idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
            async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 200
            async with asyncio.timeout(5):
                assert await idle[0][0].read() == b""
            assert not idle[4][0].at_eof()
            for _, writer in idle:
                writer.close()
            await runner.cleanup()


class TestFigures:
    async def scraped(self, http: aiohttp.ClientSession, address: str, **headers: str) -> tuple[int, str]:
        async with http.get(f"{address}/metrics", headers=headers) as answer:
            return answer.status, await answer.text()

    async def test_are_counted(self, stage, http):
        for number in (1, 2, 3):
            await stage.sev(YUKI, f"open A 障害その{number}")
        await stage.sev(YUKI, "resolve 3 再起動")
        said = (await self.scraped(http, stage.bot.metrics_address))[1]
        assert "jibungoto_cases_open 2.0" in said
        assert "jibungoto_cases_resolved 1.0" in said
        assert "jibungoto_outbox_parked 0.0" in said
        assert "jibungoto_slack_connected 1.0" in said

    async def test_with_a_key_ask_for_it(self, tmp_path, http):
        async with served_alone(tmp_path, metrics_key="key-of-the-figures") as (address, _):
            assert (await self.scraped(http, address))[0] == 401
            assert (await self.scraped(http, address, Authorization="Bearer key-of-the-figure"))[0] == 401
            assert (await self.scraped(http, address, Authorization="Bearer key-of-the-figures"))[0] == 200

    async def test_at_an_address_of_their_own_are_nowhere_else(self, tmp_path, http):
        async with served_alone(tmp_path, apart=True) as (address, figures):
            assert address != figures
            assert (await self.scraped(http, address))[0] == 404
            assert (await self.scraped(http, figures))[0] == 200
            async with http.get(f"{figures}/readyz") as answer:
                assert answer.status == 404


@asynccontextmanager
async def served_alone(folder: Any, *, metrics_key: str = "", apart: bool = False):
    async with await SqliteStore.open(str(folder / "jibungoto.db")) as store:
        pages = Pages(store, lambda: NINE, metrics_key=metrics_key)
        async with served(pages, "127.0.0.1", 0, metrics_at=("127.0.0.1", 0) if apart else None) as addresses:
            yield addresses


class TestTheCostOfARefusal:
    """Measured by `make bench`; here only that no work of Bolt's or the store's hides in it."""

    @pytest.mark.parametrize("forged", [
        pytest.param(lambda secret: {}, id="unsigned"),
        pytest.param(lambda secret: sign(secret, SLASH, wall_seconds() - 301), id="stale"),
        pytest.param(lambda secret: sign("0" * 32, SLASH), id="wrong"),
        pytest.param(lambda secret: sign(secret, SLASH, NEVER_AGAIN), id="replayed"),
    ])  # fmt: skip
    async def test_is_small(self, stage, http, forged):
        headers = forged(stage.slack.signing_secret)
        await status(http, stage, sign(stage.slack.signing_secret, SLASH, NEVER_AGAIN))
        seconds = []
        for _ in range(50):
            began = time.process_time()
            assert await status(http, stage, headers) == 401
            seconds.append(time.process_time() - began)
        assert statistics.median(seconds) < 0.01, "with the caller's own work, and room for a busy machine"


NEVER_AGAIN = wall_seconds() - 1
