"""From a post in the channel to its card: Slack calls and time, however slow Slack answers, alone and in bursts."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.limits import Limits as SlackLimits
from tests.benchmarks.conftest import Run
from tests.benchmarks.counts import some
from tests.benchmarks.figures import Report, Times, told
from tests.benchmarks.house import slack_settings
from tests.stage import ROOT, SEV_A, STORE_POS, YUKI

pytestmark = pytest.mark.benchmark
ALONE = some(20, 3)
BURSTS = (20, some(200, 30))
FASTER = 5.0
"""How many times as fast Slack's limits run, here and in the bot: 200 cards in one channel take 197 s of its time."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("wait", [0.0, 0.1, 0.25])
async def test_opening(report: Report, run: Run, wait: float):
    async with Sandbox(manifest=ROOT / "manifest.yml") as slack, run("unhurried", **slack_settings(slack)) as bot:
        slack.request_url = f"{bot.line}/slack/events"
        slack.faults.add(None, "delay", times=None, delay=wait)
        slack.state.calls.clear()
        first, first_calls = await posted(slack, 1), methods(slack)
        alone = Times()
        for _ in range(ALONE):
            slack.state.calls.clear()
            alone.seconds += (await posted(slack, 1)).seconds
        calls = methods(slack)
        report.chapter(
            f"From a post to its first message, Slack answering after {wait * 1e3:.0f} ms",
            "A person posts, the event is delivered, the case is committed, the card stands in the thread. "
            "Slack's limits are off here.",
        )
        report.add(
            "the first case of a fresh process", told(first.median), limit=f"one call: {told(wait)}" if wait else ""
        )
        report.add("its Slack calls", first_calls, limit="1: chat.postMessage")
        report.add("later ones, alone", alone, limit=f"one call: {told(wait)}" if wait else "")
        report.add("Slack calls of each", calls, limit="1: chat.postMessage")
        for burst in BURSTS:
            slack.state.calls.clear()
            used = bot.cpu
            cards = await posted(slack, burst)
            report.add(
                f"{burst} posted at once: first message", f"{cards}, last {told(max(cards.seconds))}",
                limit=f"64 in hand: {told(-(-burst // 64) * wait)}" if wait else "",
            )  # fmt: skip
            report.add(f"{burst} posted at once: Slack calls of each", f"{len(slack.calls()) / burst:.2f}", limit="1")
            report.add(f"{burst} posted at once: CPU of each", told((bot.cpu - used) / burst))


@pytest.mark.timeout(600)
async def test_opening_within_the_limits(report: Report, run: Run, tmp_path: Path):
    report.chapter(
        "A burst in one channel, within Slack's limits",
        f"One post a second and channel. The limits run {FASTER:g} times as fast in Slack and in the bot alike; the "
        "times are given as Slack's own.",
    )
    for burst in BURSTS:
        async with (
            Sandbox(manifest=ROOT / "manifest.yml") as slack,
            run("hurried", str(FASTER), database=tmp_path / f"{burst}.db", **slack_settings(slack)) as bot,
        ):
            slack.limits = fast_limits(FASTER)
            slack.request_url = f"{bot.line}/slack/events"
            cards = await posted(slack, burst, 120)
            refused = sum(call.status == 429 for call in slack.calls())
            last, dictated = max(cards.seconds) * FASTER, burst - 3.0
            report.add(
                f"{burst} posted at once: the last first message", f"{last:.1f} s",
                ratio=f"{last / dictated:.2f}x of the limit", limit=f"3 at once, then one a second: {dictated:.0f} s",
            )  # fmt: skip
            report.add(f"{burst} posted at once: refused by Slack (429)", refused, limit="0")


def fast_limits(faster: float) -> SlackLimits:
    """Slack's limits, so many times as fast."""
    loop = asyncio.get_running_loop()
    return SlackLimits("slack", lambda: loop.time() * faster)


async def posted(slack: Sandbox, count: int, patience: float = 60.0) -> Times:
    """So many cases posted at once: from each post until Slack has its card."""
    began: dict[str, datetime] = {}
    for _ in range(count):
        reference = f"{len(slack.state.posts[SEV_A]):016}"
        at = slack.clock.now()
        message = await slack.person(YUKI).post(SEV_A, STORE_POS.replace("2411230010001234", reference), wait=False)
        began[message.ts] = at

    def carded() -> dict[str, datetime]:
        """When the first message of each thread stood there."""
        found: dict[str, datetime] = {}
        for call in slack.calls("chat.postMessage"):
            if call.status == 200 and call.answer["ok"] and (thread := call.args.get("thread_ts")) in began:
                found.setdefault(thread, call.at)
        return found

    await slack.wait_for(lambda: len(slack.calls("chat.postMessage")) >= count and len(carded()) == count, patience)
    return Times([(at - began[thread]).total_seconds() for thread, at in carded().items()])


def methods(slack: Sandbox) -> str:
    counted: dict[str, int] = {}
    for call in slack.calls():
        counted[call.method] = counted.get(call.method, 0) + 1
    return ", ".join(f"{name} {times}" for name, times in counted.items())
