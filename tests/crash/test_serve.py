"""`jibungoto serve` as an operator meets it: a process with an environment, exit codes and sentences."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlite_utils import Database

from sandbox import Sandbox
from storage.connection import connect
from storage.schema import STEPS, prepare
from tests.stage import ROOT, SEV_A, TEAM, YUKI

PATIENCE = 20.0


class Served:
    """A running `jibungoto serve`, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.said = ""

    async def ended(self) -> int:
        """The exit code, once it has said everything."""
        async with asyncio.timeout(PATIENCE):
            self.said += (await self.process.stdout.read()).decode()
            return await self.process.wait()

    async def says(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in self.said:
                line = await self.process.stdout.readline()
                assert line, f"it ended without a word of {words!r}: {self.said}"
                self.said += line.decode()

    async def becomes(self, path: str, status: int) -> dict[str, Any]:
        """What the page answers, once it answers so."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
            while True:
                try:
                    async with http.get(self.url + path) as answer:
                        if answer.status == status:
                            return await answer.json()
                except aiohttp.ClientConnectorError:
                    assert self.process.returncode is None
                await asyncio.sleep(0.05)


@asynccontextmanager
async def serve(folder: Path, *arguments: str, **settings: Any) -> AsyncIterator[Served]:
    """Started with these settings over well ones; killed at the end where it still runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "JIBUNGOTO_"))}
    given = {
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret", "SLACK_API_URL": "http://127.0.0.1:1/api/",
        "JIBUNGOTO_DATABASE": str(folder / "jibungoto.db"), "JIBUNGOTO_CONFIG": str(folder / "jibungoto.toml"),
        "JIBUNGOTO_PORT": str(free_port()), **settings,
    }  # fmt: skip
    config = folder / "jibungoto.toml"
    if not config.exists():
        config.write_text(TEAM, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", *arguments, cwd=ROOT, env=environment | given,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    served = Served(process, int(given["JIBUNGOTO_PORT"]))
    try:
        yield served
    finally:
        if process.returncode is None:
            process.kill()
        await served.ended()


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


@contextmanager
def somebody_else() -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack:
        yield slack


def well(slack: Sandbox) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
    }


class TestItRefusesToStart:
    """One sentence that says what to do, and an exit code for the service manager; never a traceback."""

    async def test_a_wrong_token(self, slack, tmp_path):
        async with serve(tmp_path, SLACK_API_URL=slack.api_url) as served:
            assert await served.ended() == 3
        (sentence,) = served.said.strip().split("\n")
        assert sentence.startswith("Slack refuses SLACK_BOT_TOKEN (invalid_auth).")

    async def test_a_database_of_a_newer_version(self, tmp_path):
        def tomorrow(db: Database) -> None:
            db.execute("CREATE TABLE hoverboards (id INTEGER)")

        prepare(str(tmp_path / "jibungoto.db"), (*STEPS, tomorrow))
        async with serve(tmp_path) as served:
            assert await served.ended() == 4
        (sentence,) = served.said.strip().split("\n")
        assert sentence.endswith(f"knows up to {len(STEPS)}: upgrade Jibungoto.")

    async def test_five_faults_are_told_at_once(self, tmp_path):
        (tmp_path / "jibungoto.toml").write_text("""
            comand = "/sev"
            [[channels]]
            id = "C01SEVJA"
            language = "fr"
            customer_zone = "Asia/Edo"
            policy = "platinum"
            [[channels]]
            language = "ja"
        """)
        async with serve(tmp_path) as served:
            assert await served.ended() == 2
        file, keys, _ = zip(*(fault.split(": ", 2) for fault in served.said.strip().split("\n")), strict=True)
        assert set(file) == {f"{tmp_path}/jibungoto.toml"}
        wrong = ("language", "customer_zone", "policy")
        assert sorted(keys) == sorted(["comand", *(f"channels.0.{key}" for key in wrong), "channels.1.id"])

    @pytest.mark.skipif(sys.platform != "linux", reason="a folder that nobody may write into, root neither")
    async def test_a_folder_that_is_read_only(self, tmp_path):
        async with serve(tmp_path, JIBUNGOTO_DATABASE="/sys/jibungoto.db") as served:
            assert await served.ended() == 4
        (sentence,) = served.said.strip().split("\n")
        assert "/sys/jibungoto.db" in sentence

    async def test_a_port_that_is_taken(self, tmp_path):
        with somebody_else() as port:
            async with serve(tmp_path, JIBUNGOTO_PORT=str(port)) as served:
                assert await served.ended() == 4
        (sentence,) = served.said.strip().split("\n")
        assert str(port) in sentence


class TestItWaitsForSlack:
    """The machine comes up before its network does."""

    async def test_and_is_ready_when_slack_comes(self, tmp_path):
        late = Sandbox(manifest=ROOT / "manifest.yml", port=free_port())
        settings = well(late) | {"SLACK_API_URL": f"http://127.0.0.1:{late._port}/api/"}
        async with serve(tmp_path, **settings) as served:
            await served.says("waiting for Slack")
            assert await served.becomes("/healthz", 200) == {"ok": True}
            ready = await served.becomes("/readyz", 503)
            assert ready.pop("slack_since").endswith("Z")
            assert ready == {"ok": False, "database": True, "slack": False, "outbox": True, "loops": True}
            async with late:
                assert (await served.becomes("/readyz", 200))["slack"] is True
                served.process.terminate()
                assert await served.ended() == 0
        assert "Traceback" not in served.said

    async def test_and_can_be_stopped_meanwhile(self, tmp_path):
        async with serve(tmp_path) as served:
            await served.says("waiting for Slack")
            served.process.terminate()
            async with asyncio.timeout(2):
                assert await served.ended() == 0
        assert "Traceback" not in served.said


class TestItIsAskedToEnd:
    """SIGTERM: what is in the air lands and is written down, and nothing is left for the next start to doubt."""

    async def test_while_a_message_is_being_sent(self, slack, tmp_path):
        async with serve(tmp_path, **well(slack)) as served:
            await served.becomes("/readyz", 200)
            slack.request_url = f"{served.url}/slack/events"
            slack.faults.add("chat.postMessage", "delay", delay=0.5)
            await slack.person(YUKI).command("/sev", "open A 店舗POSに接続できない", channel=SEV_A)
            with closing(connect(str(tmp_path / "jibungoto.db"), read_only=True)) as database:
                for _ in range(500):
                    if database.execute("SELECT state FROM outbox").fetchall() == [("sending",)]:
                        break
                    await asyncio.sleep(0.01)
                served.process.terminate()
                async with asyncio.timeout(5):
                    assert await served.ended() == 0
                said = [message.ts for message in slack.messages(SEV_A)]
                assert database.execute("SELECT state, unsure, ts FROM outbox").fetchall() == [("sent", 0, *said)]
        assert "Traceback" not in served.said


class TestItReloads:
    """SIGHUP reads the file anew; a faulty one leaves the last good one in force, and the log says so."""

    async def test_a_good_file_and_a_faulty_one(self, tmp_path: Path, slack: Sandbox) -> None:
        config = tmp_path / "jibungoto.toml"
        async with serve(tmp_path, **well(slack)) as served:
            await served.says("ready in")
            config.write_text(TEAM + '\n[[channels]]\nid = "C9"\npolicy = "platinum"\n', encoding="utf-8")
            served.process.send_signal(signal.SIGHUP)
            await served.says("the last good one goes on")
            assert "channels.2.policy: expected a policy's name" in served.said
            config.write_text(TEAM, encoding="utf-8")
            served.process.send_signal(signal.SIGHUP)
            await served.says("the configuration was reloaded")
            assert (await served.becomes("/healthz", 200)) is not None
