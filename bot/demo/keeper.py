"""Keeper: starts the demo's bot as a child process, kills it, starts it again."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

START_WITHIN = 30.0


class Keeper:
    """One bot process at a time."""

    def __init__(self, sandbox: str, environment: Mapping[str, str], log: Path) -> None:
        self._sandbox = sandbox
        # The real bot's tokens, files and ports are none of the demo's business.
        others = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "JIBUNGOTO_"))}
        self._environment = others | dict(environment)
        self._log = log
        self._child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:  # opened once, handed to the child
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot.demo.child",
                self._sandbox,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which stops its child in order
            )

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing said goodbye."""
        await self._end(signal.SIGKILL)

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL where that is not enough."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        child, self._child = self._child, None
        if child is None or child.returncode is not None:
            return
        child.send_signal(how)
        try:
            async with asyncio.timeout(15):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

    @property
    def ended(self) -> bool:
        """Whether the bot ended by itself."""
        return self._child is not None and self._child.returncode is not None
