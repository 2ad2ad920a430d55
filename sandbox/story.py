"""Story: a script of who does what when, read from YAML and played by people in the sandbox."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

from .errors import SlackRefusal
from .messages import Message

if TYPE_CHECKING:
    from .slack import Sandbox

Json = dict[str, Any]
PATIENCE = 10.0
"""Seconds that a person waits for a button to appear."""
_ACTS = ("post", "say", "command", "click", "pass")


Words = Mapping[str, str]
"""What is told about a story, by language; `""` where it is told in one language for all."""


def told(words: Words, language: str) -> str:
    """In the reader's language where it was written in it, else in the first there is."""
    return words.get(language) or next(iter(words.values()), "")


class StoryFault(ValueError):
    """The script can't be played; says which step and what was expected."""


@dataclass(frozen=True)
class Step:
    """One act of one person at one moment."""

    at: datetime
    who: str
    act: str
    what: str
    option: str | None = None
    value: str | None = None
    place: str = "thread"
    fill: Mapping[str, Any] = field(default_factory=dict)
    note: Words = field(default_factory=dict)
    """What to look at in this moment; shown while the story is played."""


@dataclass(frozen=True)
class Story:
    """A whole script."""

    title: Words
    start: datetime
    channel: str
    steps: tuple[Step, ...]
    about: Words = field(default_factory=dict)
    """What happens, in a sentence."""
    zone: str = "UTC"
    language: str = ""
    """What its people speak."""

    @property
    def lead(self) -> str:
        """Through whose eyes to watch it: whoever acts first."""
        return next((step.who for step in self.steps if step.who), "")

    def not_before(self, now: datetime) -> Story:
        """The same story on the first day on which it does not begin in the past; wall times stay."""
        begin = self.start.astimezone(ZoneInfo(self.zone))
        days = max(0, (now - begin).days)
        while _days_later(begin, days) < now:
            days += 1
        moved = tuple(replace(step, at=_days_later(step.at, days)) for step in self.steps)
        return replace(self, start=_days_later(begin, days), steps=moved)

    @classmethod
    def read(cls, text: str) -> Story:
        """Parse a script. Raises StoryFault."""
        script = yaml.safe_load(text)
        start = datetime.fromisoformat(script["start"])
        zone = ZoneInfo(script.get("zone", "UTC"))
        now = start.astimezone(zone)
        steps = []
        for number, given in enumerate(script["steps"], 1):
            now = _moment(now, str(given.get("at", f"{now:%H:%M}")), number)
            steps.append(_step(given, now, number))
        return cls(
            title=_words(script["title"]),
            start=start,
            channel=script["channel"],
            steps=tuple(steps),
            about=_words(script.get("about", {})),
            zone=str(zone),
            language=script.get("language", ""),
        )


def _days_later(moment: datetime, days: int) -> datetime:
    """Wall time: aware arithmetic within one zone."""
    return moment + timedelta(days=days)


def _moment(now: datetime, clock: str, number: int) -> datetime:
    """The next time that the clock shows this."""
    try:
        hour, minute = map(int, clock.split(":"))
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise StoryFault(f'step {number}: expected a time such as "02:10", not {clock!r}') from None
    return moment if moment >= now.replace(second=0, microsecond=0) else moment + timedelta(days=1)


def _step(given: Json, at: datetime, number: int) -> Step:
    acts = [act for act in _ACTS if act in given]
    if len(acts) != 1:
        raise StoryFault(f"step {number}: expected one of {', '.join(_ACTS)}, found {', '.join(acts) or 'none'}")
    return Step(
        at=at,
        who=given.get("who", ""),
        act=acts[0],
        what=str(given[acts[0]]),
        option=given.get("option"),
        value=given.get("value"),
        place=given.get("in", "thread"),
        fill=given.get("fill", {}),
        note=_words(given.get("note", {})),
    )


def _words(given: Any) -> Words:
    return (
        {str(language): str(text) for language, text in given.items()} if isinstance(given, dict) else {"": str(given)}
    )


class Player:
    """Plays a story in a sandbox; the sandbox's clock says when."""

    def __init__(self, slack: Sandbox, story: Story, *, patience: float = PATIENCE) -> None:
        self._slack = slack
        self._patience = patience
        self._story = story
        self._root: Message | None = None
        self.position = 0
        """How many steps were done; playing goes on from there."""

    @property
    def story(self) -> Story:
        """What is being played."""
        return self._story

    @property
    def next_step(self) -> Step | None:
        """What comes next, None at the end."""
        steps = self._story.steps
        return steps[self.position] if self.position < len(steps) else None

    async def play(self) -> AsyncIterator[Step]:
        """Each step as it was done. Raises SlackRefusal where Slack would not let the person do it."""
        while (step := self.next_step) is not None:
            await self._until(step.at)
            await self.step()
            yield step

    async def step(self) -> Step | None:
        """Do the next step now, whatever the time; one that fails is not tried again."""
        step = self.next_step
        if step is not None:
            self.position += 1
            await self.act(step)
        return step

    async def _until(self, at: datetime) -> None:
        wait = at - self._slack.clock.now()
        if wait > timedelta(0):
            await self._slack.clock.sleep(wait)

    async def act(self, step: Step) -> None:
        """Let the person do it now."""
        if step.act == "pass":
            return
        person = self._slack.person(step.who)
        channel = self._story.channel
        match step.act:
            case "post":
                self._root = await person.post(channel, step.what)
            case "say":
                await person.post(channel, step.what, thread_ts=self._thread())
            case "command":
                name, _, words = step.what.partition(" ")
                await person.command(name, words, channel=channel)
            case "click":
                await person.click(await self._shown(step), step.what, value=step.value, option=step.option)
                if step.fill:
                    await self._fill(step)

    async def _fill(self, step: Step) -> None:
        person = self._slack.person(step.who)
        with contextlib.suppress(TimeoutError):  # then submitting says that there is none
            await self._slack.wait_for(lambda: person.view, self._patience)
        errors = await person.submit(dict(step.fill))
        if errors:
            raise SlackRefusal(" ".join(errors.values()))

    def _thread(self) -> str:
        if self._root is None:
            raise StoryFault("nothing was posted yet")
        return self._root.ts

    async def _shown(self, step: Step) -> Message:
        """The message with the button; a person waits a moment for it. Raises StoryFault where it does not come."""
        with contextlib.suppress(TimeoutError):
            await self._slack.wait_for(lambda: self._with_action(step), self._patience)
        message = self._with_action(step)
        if message is None:
            raise StoryFault(f"no message shows {step.what!r} to {step.who}")
        return message

    def _with_action(self, step: Step) -> Message | None:
        """The newest message that has the button, in the thread or in the person's direct messages."""
        if step.place == "dm":
            messages = self._slack.dms(step.who)
        else:
            messages = self._slack.thread(self._story.channel, self._thread())
        for message in reversed(messages):
            if any(_has(block, step.what) for block in message.blocks or ()):
                return message
        return None


def _has(block: Json, action: str) -> bool:
    elements = [*block.get("elements", ()), block.get("accessory") or {}]
    return any(element.get("action_id") == action for element in elements)
