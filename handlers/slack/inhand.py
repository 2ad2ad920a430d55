"""In hand: what Slack asked and has no answer yet. At the end nothing more is taken, and these are answered first."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class InHand:
    """Counts requests from their arrival to their answer."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A request, for as long as the block lasts."""
        self._count += 1
        self._none.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    async def none(self, patience: float) -> None:
        """Wait until all are answered, so many seconds at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), patience)
