"""Mishaps: a bot that ends in the middle of a word, and what it complains of itself."""

import logging
from collections.abc import Callable
from typing import Any

from bot.ports import Letter, Messenger, Receipt, Surface


class Died(BaseException):
    """The bot's process ended here; nothing after it was done."""


class Mortal:
    """A messenger that ends with its process in the middle of speaking, once it is told to."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self.dies: str | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messenger, name)

    async def deliver(self, letter: Letter, case: Any, now: Any) -> Receipt:
        return await self._speak(lambda: self._messenger.deliver(letter, case, now))

    async def deliver_together(self, letters: Any, now: Any) -> Receipt:
        return await self._speak(lambda: self._messenger.deliver_together(letters, now))

    async def show(self, surface: Surface, cases: Any, now: Any) -> Receipt | None:
        return await self._speak(lambda: self._messenger.show(surface, cases, now))

    async def _speak(self, say: Callable[[], Any]) -> Any:
        if self.dies == "before":
            raise Died
        said = await say()
        if self.dies == "after":
            raise Died
        return said


class Complaints(logging.Handler):
    """What the bot itself calls a mistake of its own."""

    WORDS = ("nobody foresaw", "could not be settled", "never retrieved")

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = self.format(record)
        if any(word in said for word in self.WORDS):
            self.heard.append(said)
