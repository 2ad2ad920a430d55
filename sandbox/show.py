"""Show: the stories of a sandbox and the one being played: played on, stepped, stopped and taken over by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from .errors import SlackRefusal
from .story import PATIENCE, Player, Step, Story, StoryFault
from .travel import travel

if TYPE_CHECKING:
    from .slack import Sandbox

GRACE = timedelta(minutes=10)
"""A story that would have begun so recently begins now, rather than on the next day."""
PACE = 60.0
"""How fast the clock runs when a story is started while it stands or runs like a real one."""


class Show:
    """At most one story at a time; people may act by hand in between, and the story goes on where it was."""

    def __init__(self, slack: Sandbox, stories: Mapping[str, Story], *, patience: float = PATIENCE) -> None:
        self._slack = slack
        self._patience = patience
        self.stories = dict(stories)
        self.name: str | None = None
        self.player: Player | None = None
        self.trouble = ""
        """Why the last step could not be done."""
        self._task: asyncio.Task[None] | None = None

    @property
    def is_playing(self) -> bool:
        """Whether steps are done by themselves."""
        return self._task is not None and not self._task.done()

    @property
    def last_step(self) -> Step | None:
        """What was done last."""
        if self.player is None or self.player.position == 0:
            return None
        return self.player.story.steps[self.player.position - 1]

    async def choose(self, name: str) -> Story:
        """Put a story on, at its beginning; the clock goes there. Raises LookupError."""
        if name not in self.stories:
            raise LookupError(f"there is no story {name!r}; there are: {', '.join(self.stories) or 'none'}")
        await self.stop()
        story = self.stories[name].not_before(self._slack.clock.now() - GRACE)
        self.name, self.player, self.trouble = name, Player(self._slack, story, patience=self._patience), ""
        await travel(self._slack, story.start)
        self._changed()
        return story

    def play(self) -> None:
        """Go on by the clock from where the story is."""
        if self.player is None or self.is_playing:
            return
        if self._slack.clock.factor <= 1:
            self._slack.clock.speed(PACE)
        self.trouble = ""
        self._task = asyncio.get_running_loop().create_task(self._play(self.player))
        self._changed()

    async def step(self) -> None:
        """Go to the moment of the next step and do it."""
        await self.stop()
        if self.player is None or (step := self.player.next_step) is None:
            return
        self.trouble = ""
        await travel(self._slack, step.at)
        with self._told():
            await self.player.step()
        self._changed()

    async def stop(self) -> None:
        """Nothing more happens by itself; the next step can be done by hand instead."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._changed()

    async def _play(self, player: Player) -> None:
        with self._told():
            async for _ in player.play():
                self._changed()
        self._task = None
        self._changed()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (SlackRefusal, StoryFault) as refusal:
            self.trouble = str(refusal)

    def _changed(self) -> None:
        self._slack.state.bell.ring()
