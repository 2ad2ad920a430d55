"""Processes: what is measured from outside. `python -m tests.benchmarks.processes bot|unhurried|empty|memory`.

Settings come by the environment, as for `jibungoto serve`; the first line says where it listens, or the figures.
"""

import asyncio
import json
import logging
import sys
import time

import psutil
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import SystemClock, started
from bot.desk import Desk
from bot.pace import Limits
from bot.settings import load_configuration, load_environment
from storage.sqlite import SqliteStore
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


async def empty() -> None:
    """A Bolt app with our settings and our server that acks and does nothing else."""
    environment = load_environment()
    logging.getLogger("nobody").setLevel(logging.ERROR)
    app = AsyncApp(
        name="empty",
        logger=logging.getLogger("nobody"),
        client=AsyncWebClient(environment.slack_bot_token, base_url=environment.slack_api_url),
        signing_secret=environment.slack_signing_secret or None,
        process_before_response=True,
        request_verification_enabled=not environment.slack_app_token,
    )

    @app.command("/sev")
    async def nothing(ack: AsyncAck) -> None:
        await ack()

    if environment.slack_app_token:
        await AsyncSocketModeHandler(app, environment.slack_app_token).connect_async()
        say("connected")
        await asyncio.Event().wait()

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", events)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


async def memory() -> None:
    """How much a process holds with the store open, and after it read every open case."""
    environment, process = load_environment(), psutil.Process()
    config = load_configuration(environment.jibungoto_config)
    rss = [process.memory_info().rss]
    async with await SqliteStore.open(environment.jibungoto_database) as store:
        desk = Desk(store, config, SystemClock().now)
        await desk.next_due()
        rss.append(process.memory_info().rss)
        began = time.perf_counter()
        cases = len(await desk.unclosed())
        took = time.perf_counter() - began
        rss.append(process.memory_info().rss)
    say(json.dumps({"rss": rss, "cases": cases, "seconds": took}))


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run({"bot": bot, "unhurried": unhurried, "empty": empty, "memory": memory}[sys.argv[1]]())
