"""Heartbeat: a call to an address outside while all is well, so that somebody else notices when it is not.

The address is a secret (whoever knows it can pretend that we live): it is in no log line and in no error.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import aiohttp

log = logging.getLogger(__name__)

PATIENCE = aiohttp.ClientTimeout(total=10)


class Heartbeat:
    """Calls the address every so often, and never while anything is wrong."""

    def __init__(self, url: str, every: timedelta, well: Callable[[], Awaitable[Mapping[str, bool]]]) -> None:
        self._url = url
        self._every = every
        self._well = well

    async def run(self) -> None:
        """Until cancelled."""
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            while True:
                await self.beat(session)
                await asyncio.sleep(self._every.total_seconds())

    async def beat(self, session: aiohttp.ClientSession) -> bool:
        """One call, if all is well. Whether it was made and taken."""
        try:
            ill = [name for name, good in (await self._well()).items() if not good]
        except Exception:
            log.exception("no heartbeat: nobody knows how we are")
            return False
        if ill:
            log.warning("no heartbeat: %s", ", ".join(ill))
            return False
        try:
            async with session.get(self._url) as answer:
                if answer.status >= 400:
                    log.warning("the heartbeat's address answers HTTP %d", answer.status)
                return answer.status < 400
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning(
                "the heartbeat's address can't be reached: %s", type(error).__name__
            )  # its text has the address
            return False
