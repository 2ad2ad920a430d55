"""Empty: a Bolt app with our settings and our kind of server that acks and does nothing else."""

import asyncio
import logging
import os
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def empty() -> None:
    app_token, secret = os.environ.get("SLACK_APP_TOKEN"), os.environ.get("SLACK_SIGNING_SECRET")
    logging.getLogger("nobody").setLevel(logging.ERROR)
    app = AsyncApp(
        name="empty",
        logger=logging.getLogger("nobody"),
        client=AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
        signing_secret=secret,
        process_before_response=True,
        request_verification_enabled=not app_token,
    )

    @app.command("/sev")
    async def nothing(ack: AsyncAck) -> None:
        await ack()

    if app_token:
        await AsyncSocketModeHandler(app, app_token).connect_async()
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


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(empty())
