"""How fast the bot answers and speaks, as Slack sees it: over loopback, each app in a process of its own."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.settings import Configuration
from sandbox import Sandbox
from sandbox.inbound import sign
from storage.connection import connect
from tests.benchmarks.conftest import opened
from tests.benchmarks.figures import Report, Times
from tests.stage import KEN, MEI, ROOT, SEV_A, STORE_POS, YUKI

pytestmark = pytest.mark.benchmark
WARM, MEASURED = 30, 400


def slack_settings(slack: Sandbox, *, socket: bool = False) -> dict[str, str]:
    way = {"SLACK_APP_TOKEN": slack.app_token} if socket else {"SLACK_SIGNING_SECRET": slack.signing_secret}
    return {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url} | way


def typed(slack: Sandbox, who: str, words: str) -> dict[str, Any]:
    place, command = slack.state.channels[SEV_A], slack.app.commands["/sev"]
    return slack.interactions.command(slack.person(who).person, command, words, place)


async def claims(path: Path, config: Configuration) -> list[str]:
    """A claim for each of so many cases that nobody looks at."""
    async with opened(path, config, WARM + MEASURED) as (_, _, cases):
        return [f"claim {case.number} {case.areas[0].key}" for case in cases]


def told(report: Report, claimed: Times, refused: Times, nothing: Times) -> None:
    report.add("empty Bolt app: ack only", nothing)
    report.add("/sev claim, a fresh area", claimed, against=nothing)
    report.add("/sev claim, refused: taken", refused, against=nothing)


async def test_ack_over_http(report: Report, run: Callable[..., Any], config: Configuration, tmp_path: Path):
    words = await claims(tmp_path / "jibungoto.db", config)
    claimed, refused, nothing = Times(), Times(), Times()
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack, aiohttp.ClientSession() as http:

        async def asked(url: str, who: str, line: str) -> str:
            body = urlencode(typed(slack, who, line)).encode()
            headers = {"content-type": "application/x-www-form-urlencoded"} | sign(slack.signing_secret, body)
            async with http.post(f"{url}/slack/events", data=body, headers=headers) as answer:
                assert answer.status == 200
                return await answer.text()

        settings = slack_settings(slack)
        async with run("bot", **settings) as ours, run("empty", **settings) as theirs:
            for number, line in enumerate(words):
                with nothing.once():
                    await asked(theirs, KEN, line)
                with claimed.once():
                    await asked(ours, KEN, line)
                with refused.once():
                    said = await asked(ours, MEI, line)
                assert f"<@{KEN}>" in said
                if number == WARM:
                    for times in (claimed, refused, nothing):
                        times.seconds.clear()
    committed = commits(tmp_path / "jibungoto.db")
    report.chapter("Ack of a slash command, signed HTTP, one after the other (aim: at most 3x at the median)")
    told(report, claimed, refused, nothing)
    report.add("of which the disk: one small COMMIT, synchronous=FULL", committed)


def commits(path: Path) -> Times:
    times, connection = Times(), connect(str(path))
    for number in range(MEASURED):
        with times.once():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO deliveries VALUES (?, 1, 1, 0, '')", (f"bench:{number}",))
            connection.execute("COMMIT")
    connection.close()
    return times


async def test_ack_over_socket_mode(report: Report, run: Callable[..., Any], config: Configuration, tmp_path: Path):
    words = await claims(tmp_path / "jibungoto.db", config)
    claimed, refused, nothing = Times(), Times(), Times()
    manifest = ROOT / "manifest.yml"
    async with Sandbox(manifest=manifest) as ours, Sandbox(manifest=manifest) as theirs:

        async def asked(slack: Sandbox, who: str, line: str) -> None:
            assert (await slack.inbound.ask("slash_commands", typed(slack, who, line), answers=True)).ok

        async with (
            run("bot", **slack_settings(ours, socket=True)),
            run("empty", **slack_settings(theirs, socket=True)),
        ):
            await asyncio.gather(ours.connected(), theirs.connected())
            for number, line in enumerate(words):
                with nothing.once():
                    await asked(theirs, KEN, line)
                with claimed.once():
                    await asked(ours, KEN, line)
                with refused.once():
                    await asked(ours, MEI, line)
                if number == WARM:
                    for times in (claimed, refused, nothing):
                        times.seconds.clear()
    report.chapter("The same through Socket Mode")
    told(report, claimed, refused, nothing)


async def test_from_the_post_to_its_card(report: Report, run: Callable[..., Any], tmp_path: Path):
    card, calls = Times(), {}
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack, run("unhurried", **slack_settings(slack)) as address:
        slack.request_url = f"{address}/slack/events"
        slack.state.calls.clear()
        for number in range(100):
            text = STORE_POS.replace("2411230010001234", f"{number:016}")
            before = len(slack.state.calls)
            began = time.perf_counter()
            await slack.person(YUKI).post(SEV_A, text, wait=False)
            posts = len(slack.calls("chat.postMessage"))
            await slack.wait_for(lambda posts=posts: len(slack.calls("chat.postMessage")) > posts)
            card.seconds.append(time.perf_counter() - began)
            calls["a post, the first"] = calls.get("a post, the first") or methods(slack, before)
            calls["a post, later ones"] = methods(slack, before)
        for which in ("a one-line /sev open, the first", "a one-line /sev open, later ones"):
            before = len(slack.state.calls)
            await slack.person(KEN).command("/sev", f"open A 接続できない {which}", channel=SEV_A)
            await slack.wait_for(lambda before=before: methods(slack, before).get("chat.postMessage") == 2)
            calls[which] = methods(slack, before)
    report.chapter("From a post in the channel to the card (event sent -> chat.postMessage has arrived)")
    report.add("post to card", card)
    for what, counted in calls.items():
        report.add(f"Slack calls for {what}", ", ".join(f"{name} {times}" for name, times in counted.items()))


def methods(slack: Sandbox, since: int) -> dict[str, int]:
    counted: dict[str, int] = {}
    for call in slack.calls()[since:]:
        counted[call.method] = counted.get(call.method, 0) + 1
    return counted
