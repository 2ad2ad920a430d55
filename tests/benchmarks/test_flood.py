"""Flood: how fast very much arrives beside what Slack's limits dictate, and what an ack costs meanwhile."""

import asyncio
import time
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.pace import Limits
from bot.settings import Configuration
from sandbox import Sandbox
from sandbox.inbound import sign
from tests.benchmarks.conftest import Run
from tests.benchmarks.figures import Report, Times, told
from tests.benchmarks.house import opened, slack_settings, typed
from tests.flood import flooded, physical
from tests.stage import KEN, ROOT, SEV_A, STORE_POS, YUKI

pytestmark = pytest.mark.benchmark
SECONDS = 15.0
"""Below what `run` gives a process."""


@pytest.mark.timeout(900)
async def test_ten_thousand_reminders_over_five_hundred_channels(report: Report, tmp_path: Path):
    began = time.perf_counter()
    said, took = await flooded(tmp_path, cases=10_000, channels=500, look=2.0)
    worked = time.perf_counter() - began
    reminders = [one for one in said if one.urgency == 0]
    dictated = physical(reminders, Limits())
    assert sum(one.letters for one in reminders) == 20_000
    assert took <= 1.05 * dictated
    report.chapter(
        "10,000 reminders over 500 channels, within Slack's limits",
        "Due in the same instant, each told to its owner and in its thread. The clock that the limits run in "
        "travels from turn to turn: nobody waits, and nothing but the order of the turns is measured (aim: 1.05x).",
    )
    report.add(
        "until the last of them was said", told(took), ratio=f"{took / dictated:.3f}x",
        limit=f"the limits dictate: {told(dictated)}",
    )  # fmt: skip
    report.add(
        "real time for all of it, opening included",
        told(worked),
        limit=f"{sum(one.letters for one in said):,} letters in {len(said):,} posts",
    )


@pytest.mark.timeout(300)
async def test_acks_while_two_hundred_cases_go_out(report: Report, run: Run, config: Configuration, tmp_path: Path):
    async with opened(tmp_path / "jibungoto.db", config, 400) as (_, _, cases):
        words = [f"claim {case.number} {case.areas[0].key}" for case in cases]
    acked, limits = Times(), Limits()
    async with Sandbox(manifest=ROOT / "manifest.yml", limits="slack") as slack, aiohttp.ClientSession() as http:

        async def claim(url: str, line: str) -> None:
            body = urlencode(typed(slack, KEN, line)).encode()
            headers = {"content-type": "application/x-www-form-urlencoded"} | sign(slack.signing_secret, body)
            with acked.once():
                async with http.post(f"{url}/slack/events", data=body, headers=headers) as answer:
                    assert answer.status == 200
                    assert "SEV-" in await answer.text()

        async with run("bot", **slack_settings(slack)) as ours:
            slack.request_url = f"{ours.line}/slack/events"
            slack.state.calls.clear()
            began = time.perf_counter()
            posts = [slack.person(YUKI).post(SEV_A, _post(n), wait=False) for n in range(200)]
            flood = asyncio.gather(*posts)
            for line in words:
                if time.perf_counter() - began > SECONDS:
                    break
                await claim(ours.line, line)
                await asyncio.sleep(0.05)
            await flood
        moments = [call.at for call in slack.calls("chat.postMessage") if call.status == 200]
        sent, passed = len(moments), (moments[-1] - moments[0]).total_seconds()
        refused = [call for call in slack.calls() if call.status == 429]
    allowed = limits.channel.burst + passed * limits.channel.per_second
    assert refused == []
    assert sent >= 0.95 * allowed - 1
    assert acked.p99 < 1.0
    report.chapter(
        "Acks while 200 Sev A are posted at once in one channel",
        "In real time, within Slack's limits (aim: below 1 s at p99, no 429).",
    )
    report.add("`claim` meanwhile: ack", acked)
    report.add(f"posts in {passed:.0f} s", sent, ratio=f"{sent / allowed:.2f}x", limit=f"the limit lets {allowed:.0f}")
    report.add("posts refused by Slack (429)", len(refused), limit="0")


def _post(number: int) -> str:
    return STORE_POS.replace("2411230010001234", f"9{number:015}")
