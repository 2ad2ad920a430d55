"""Secrets: planted in every place a secret may come from, every way of failing made to speak, and all of it read."""

import asyncio
import os
import stat
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox import Sandbox
from storage.schema import prepare
from tests.crash.test_serve import serve, somebody_else, well
from tests.stage import ROOT, SEV_A, YUKI

PLANTED = {
    "SLACK_BOT_TOKEN": "xoxb-1111-2222-PLANTEDbot",
    "SLACK_APP_TOKEN": "xapp-1-A1-3333-PLANTEDapp",
    "SLACK_SIGNING_SECRET": "8f742231PLANTEDsigning",
    "JIBUNGOTO_METRICS_KEY": "0123456789-PLANTEDmetrics",
    "JIBUNGOTO_HEARTBEAT": "https://user:PLANTEDpassword@127.0.0.1:1/ping/PLANTEDheartbeat?k=PLANTEDquery",
}


async def said(folder: Path, *words: str, **settings: str) -> tuple[int, str]:
    """What a command says, and how it ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "JIBUNGOTO_"))}
    environment |= {"JIBUNGOTO_DATABASE": str(folder / "jibungoto.db"), "SLACK_API_URL": "http://127.0.0.1:1/api/"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)} | settings,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(30):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


def planted(*without: str) -> dict[str, str]:
    return {name: value for name, value in PLANTED.items() if name not in without}


def toml(folder: Path, text: str) -> dict[str, str]:
    (folder / "jibungoto.toml").write_text(text)
    return {"JIBUNGOTO_CONFIG": str(folder / "jibungoto.toml")}


def shared_file(folder: Path) -> dict[str, str]:
    (folder / "token").write_text(PLANTED["SLACK_BOT_TOKEN"])
    (folder / "token").chmod(0o644)
    return {"SLACK_BOT_TOKEN_FILE": str(folder / "token")}


@pytest.mark.parametrize(
    ("words", "failing", "expected"),
    [
        pytest.param(("check",), lambda folder: planted(), "well.", id="check"),
        pytest.param(("doctor",), lambda folder: planted(), "auth.test", id="doctor"),
        pytest.param(("doctor",), lambda folder: planted("SLACK_APP_TOKEN"), "HTTP mode", id="doctor over http"),
        pytest.param(("check",), lambda folder: planted() | {"JIBUNGOTO_PORT": PLANTED["SLACK_BOT_TOKEN"]},
                     "JIBUNGOTO_PORT", id="a token as the port"),
        pytest.param(("check",), lambda folder: planted() | {"JIBUNGOTO_LOG": PLANTED["SLACK_SIGNING_SECRET"]},
                     "JIBUNGOTO_LOG", id="the signing secret as a word"),
        pytest.param(("serve",), lambda folder: planted() | {"SLACK_API_URL": PLANTED["JIBUNGOTO_METRICS_KEY"]},
                     "waiting for Slack", id="a key as the address"),
        pytest.param(("serve",), lambda folder: planted("SLACK_BOT_TOKEN") | shared_file(folder), "chmod 600",
                     id="a token in an open file"),
        pytest.param(("serve",), lambda folder: planted() | toml(folder, f'''
            [slack]
            bot_token = "{PLANTED["SLACK_BOT_TOKEN"]}"
            signing_secret = "{PLANTED["SLACK_SIGNING_SECRET"]}"
            [[channels]]
            id = "{PLANTED["SLACK_APP_TOKEN"]}"'''), "does not belong in this file", id="secrets in the file"),
        pytest.param(("check",), lambda folder: toml(folder, f'[defaults]\nlangage = "{PLANTED["SLACK_BOT_TOKEN"]}"'),
                     "does not belong in this file", id="a token under a misspelt key"),
        pytest.param(("show", PLANTED["SLACK_BOT_TOKEN"]), lambda folder: planted(), "is not a case",
                     id="a token as an argument"),
        pytest.param(("backup", f"/nowhere/{PLANTED['SLACK_BOT_TOKEN']}"), lambda folder: planted(), "No copy was made",
                     id="a token as a file"),
    ],
)  # fmt: skip
async def test_every_way_of_failing_keeps_quiet(tmp_path, words, failing, expected):
    settings = failing(tmp_path)
    if expected == "waiting for Slack":
        async with serve(tmp_path, **settings) as served:
            await served.says(expected)
        output = served.said
    else:
        _, output = await said(tmp_path, *words, **settings)
    assert expected in output.replace("\n", " ")
    assert "PLANTED" not in output
    assert "Traceback" not in output


class TestARunningBot:
    async def test_refused_by_slack(self, tmp_path):
        async with Sandbox(manifest=ROOT / "manifest.yml") as slack:
            async with serve(tmp_path, **planted() | {"SLACK_API_URL": slack.api_url}) as served:
                assert await served.ended() == 3
            assert "PLANTED" not in served.said
            only_app = planted() | {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": slack.bot_token}
            async with serve(tmp_path, **only_app) as served:
                assert await served.ended() == 3
            assert "SLACK_APP_TOKEN" in served.said
            assert "PLANTED" not in served.said

    async def test_port_taken(self, tmp_path):
        with somebody_else() as port:
            async with serve(tmp_path, **planted() | {"JIBUNGOTO_PORT": str(port)}) as served:
                assert await served.ended() == 4
        assert "PLANTED" not in served.said

    @pytest.mark.parametrize("form", ["console", "json"])
    async def test_under_fire(self, tmp_path, form):
        "Forgeries, broken answers, a revoked token, a full disk's error: it logs, and none of its secrets."
        async with Sandbox(manifest=ROOT / "manifest.yml") as slack:
            names = ("JIBUNGOTO_METRICS_KEY", "JIBUNGOTO_HEARTBEAT")
            secrets = {**well(slack), **{name: PLANTED[name] for name in names}}
            async with serve(tmp_path, **secrets | {"JIBUNGOTO_LOG": form}) as served:
                await served.becomes("/readyz", 200)
                slack.request_url = f"{served.url}/slack/events"
                slack.faults.add("chat.postMessage", "error:token_revoked")
                await slack.person(YUKI).command("/sev", "open A PLANTEDcustomer", channel=SEV_A)
                await served.says("Slack refuses us")
                await self.attacked(served.url)
                await served.says("heartbeat")
                served.process.terminate()
                assert await served.ended() == 0
        for secret in (slack.bot_token, slack.signing_secret, "PLANTED"):
            assert secret not in served.said

    async def attacked(self, url: str) -> None:
        async with aiohttp.ClientSession() as http:
            forged: list[dict[str, Any]] = [
                {"X-Slack-Signature": "v0=PLANTED", "X-Slack-Request-Timestamp": "1"},
                {"Authorization": "Bearer PLANTED"},
                {"Cookie": "PLANTED"},
            ]
            for headers in forged:
                for path in ("/slack/events", "/metrics?key=PLANTED", "/PLANTED"):
                    async with http.post(f"{url}{path}", data=b"PLANTED", headers=headers) as answer:
                        assert answer.status in (401, 404, 405)

    async def test_its_files_are_for_nobody_else(self, tmp_path):
        "Whatever the umask: the database, what lies beside it, and its copies."
        before = os.umask(0o000)
        try:
            async with Sandbox(manifest=ROOT / "manifest.yml") as slack, serve(tmp_path, **well(slack)) as served:
                await served.becomes("/readyz", 200)
                _, output = await said(tmp_path, "backup", "copy.db")
                assert "copied" in output
                _, output = await said(tmp_path, "doctor", **well(slack))
                modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.db*")}
        finally:
            os.umask(before)
        assert "only its owner can read" in output
        assert modes == dict.fromkeys(
            ["jibungoto.db", "jibungoto.db-wal", "jibungoto.db-shm", "jibungoto.db.lock", "copy.db"], 0o600
        )

    async def test_doctor_warns_of_a_file_that_others_can_read(self, tmp_path):
        prepare(str(tmp_path / "jibungoto.db"))
        (tmp_path / "jibungoto.db").chmod(0o644)
        _, output = await said(tmp_path, "doctor")
        assert f"chmod 600 {tmp_path}/jibungoto.db" in output


async def test_a_crash_nobody_foresaw_reports_itself_without_secrets(tmp_path):
    """The command line's last resort, with a fault that no code of ours makes."""
    script = f"""
import asyncio, sys, threading
sys.path.insert(0, {str(ROOT)!r})
import bot.__main__ as main
def fall():
    token = {PLANTED["SLACK_BOT_TOKEN"]!r}
    raise RuntimeError("with " + token + " and {PLANTED["SLACK_SIGNING_SECRET"]}")
class Fallen:
    def __del__(self): fall()
def app():
    thread = threading.Thread(target=fall); thread.start(); thread.join()
    one = Fallen(); del one
    fall()
main.app = app
main.main()
"""
    environment = {"SLACK_SIGNING_SECRET": PLANTED["SLACK_SIGNING_SECRET"], "PATH": os.environ["PATH"]}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=tmp_path, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output = (await process.communicate())[0].decode()
    assert process.returncode == 1
    assert output.count("RuntimeError: with [redacted] and [redacted]") == 3
    assert "PLANTED" not in output
