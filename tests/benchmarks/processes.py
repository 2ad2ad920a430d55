"""Processes: what is measured from outside. `python -m tests.benchmarks.processes bot|unhurried|hurried|posts`.

Settings come by the environment, as for `jibungoto serve`; the first line says where it listens, or the figure.
"""

import asyncio
import sys
import time

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import started
from bot.pace import Limits, Rate
from bot.settings import load_configuration, load_environment
from tests.stage import UNHURRIED


async def bot(limits: Limits | None = None) -> None:
    """The bot as it is."""
    environment = load_environment()
    config = load_configuration(environment.jibungoto_config)
    async with started(environment, config, limits=limits) as running:
        say(running.address)
        await asyncio.Event().wait()


async def unhurried() -> None:
    """The bot without Slack's limits: waiting for our turn is no speed of ours."""
    await bot(UNHURRIED)


async def hurried() -> None:
    """The bot with Slack's limits, so many times as fast: nobody waits an hour for a figure."""
    faster = float(sys.argv[2])
    usual = Limits()
    rates = {name: getattr(usual, name) for name in Limits.model_fields}
    await bot(Limits(**{name: Rate(burst=r.burst, per_second=r.per_second * faster) for name, r in rates.items()}))


async def posts() -> None:
    """How long so many bare posts take, 64 in the air, with the bot's own client: no bot over it is faster."""
    environment, waiting = load_environment(), iter(range(int(sys.argv[2])))
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(environment.slack_bot_token, base_url=environment.slack_api_url, session=session)

        async def post() -> None:
            for number in waiting:
                await client.chat_postMessage(channel=f"U{number % 500:05}", text="A reminder", blocks=[])

        began = time.perf_counter()
        await asyncio.gather(*(post() for _ in range(64)))
        say(f"{time.perf_counter() - began:.6f}")


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run({"bot": bot, "unhurried": unhurried, "hurried": hurried, "posts": posts}[sys.argv[1]]())
