"""`python -m sandbox`: a Slack look-alike on loopback, to try an app in."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from datetime import datetime
from pathlib import Path

from .slack import Sandbox
from .story import Story


def main() -> None:
    """Read the arguments and serve until interrupted."""
    asyncio.run(serve(arguments().parse_args()))


def arguments() -> argparse.ArgumentParser:
    """What can be asked for."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="port on 127.0.0.1 (0: any; default 8765)")
    parser.add_argument("--manifest", type=Path, help="the app's manifest, JSON or YAML (default: a permissive one)")
    parser.add_argument("--request-url", help="send payloads there by HTTP; without it, through Socket Mode")
    parser.add_argument("--limits", choices=("off", "slack"), default="off", help="rate limits (default off)")
    parser.add_argument("--now", type=datetime.fromisoformat, help="the time it starts at, with its zone")
    parser.add_argument("--story", type=Path, action="append", default=[], help="a story to offer, YAML (repeatable)")
    parser.add_argument("--keep", type=Path, help="a file to keep the workspace in, and to go on from")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast its clock runs (default 1)")
    return parser


async def serve(asked: argparse.Namespace) -> None:
    """Run one sandbox, printing how to reach it."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    told = {path.stem: Story.read(path.read_text(encoding="utf-8")) for path in asked.story}
    async with Sandbox(
        asked.manifest, port=asked.port, now=asked.now, limits=asked.limits, stories=told, keep=asked.keep
    ) as slack:
        slack.request_url = asked.request_url
        slack.clock.speed(asked.speed)
        sys.stdout.write(welcome(slack))
        sys.stdout.flush()
        await stop.wait()


def welcome(slack: Sandbox) -> str:
    """The settings an app needs, as shell lines."""
    secret = f"SLACK_SIGNING_SECRET={slack.signing_secret}"
    token = f"SLACK_APP_TOKEN={slack.app_token}" if slack.request_url is None else secret
    lines = (f"SLACK_API_URL={slack.api_url}", f"SLACK_BOT_TOKEN={slack.bot_token}", token)
    return "\n".join((*lines, f"# the page: {slack.url}/  for programs: {slack.url}/control/state", ""))


if __name__ == "__main__":
    main()
