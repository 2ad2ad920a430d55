"""Flood: very much at once. Everything arrives, the urgent first, as fast as Slack's limits let it, never faster."""

import asyncio
from datetime import timedelta

from bot.pace import Limits
from sandbox import Sandbox
from sandbox.limits import Limits as SlacksLimits
from tests.flood import Hourglass, drained, flooded, physical
from tests.stage import NINE, ROOT, SEV_A, STORE_POS, YUKI, staged


async def test_three_hundred_reminders_over_thirty_channels_arrive_as_fast_as_the_limits_let_them(tmp_path):
    """Each of them at its owner and in its thread. `make bench` does it with ten thousand over five hundred."""
    said, took = await flooded(tmp_path, cases=300, channels=30)

    reminders = [one for one in said if one.urgency == 0]
    assert sum(one.letters for one in reminders) == 600
    assert took <= 1.05 * physical(reminders, Limits())
    first = reminders[: len(reminders) // 5]
    assert len({one.lane for one in first}) == 60, "no channel and nobody waits until others have had theirs"


async def test_two_hundred_cases_posted_at_once_have_their_cards_and_no_limit_is_broken(tmp_path):
    glass = Hourglass()
    async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as slack:
        slack.clock.freeze(NINE)
        slack.limits = SlacksLimits("slack", glass.monotonic)
        async with staged(tmp_path, slack=slack, limits=Limits(), monotonic=glass.monotonic) as stage:
            await asyncio.gather(*(slack.person(YUKI).post(SEV_A, _post(n)) for n in range(200)))
            await stage.bot.reception.settled()
            began = glass.passed
            passed = [began]

            def all_stand() -> bool:
                slack.clock.set(NINE + timedelta(seconds=glass.passed))
                passed.append(glass.passed)
                return len(_cards(stage)) == 200

            await drained(stage.bot.courier, glass, all_stand)

            assert len({card.thread_ts for card in _cards(stage)}) == 200
            assert [call for call in slack.calls() if call.status == 429] == []
            limits = Limits().channel
            assert glass.passed - began <= 1.05 * (200 - limits.burst) / limits.per_second


def _post(number: int) -> str:
    return STORE_POS.replace("2411230010001234", f"{number:016}")


def _cards(stage):
    ours = stage.slack.bot_user_id
    return [message for message in stage.slack.messages(SEV_A, replies=True) if message.user == ours]
