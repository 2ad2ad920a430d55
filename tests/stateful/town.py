"""Town: a bot, its Slack and everybody in it, for tests that act without a script. It does only what people can do."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.ports import Messenger, Store
from sandbox import Sandbox
from sandbox.errors import AppFailed, SlackRefusal
from tests.invariants import Invariants
from tests.stage import (
    GUEST,
    NINE,
    PARTNER,
    RELAY,
    ROOT,
    SEV_A,
    SEV_A_EN,
    Stage,
    staged,
)
from tests.stateful.lines import FIELDS, LINES, POSTS, WORDS
from tests.stateful.mishaps import Complaints, Died, Mortal
from tests.stateful.screens import TEAM, Touchable, touchables_of

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
"""Picks one of several; the test framework's dice, so that a failure can be told again, and shortened."""

STRANGERS = (GUEST, PARTNER, RELAY)
CHANNELS = (SEV_A, SEV_A_EN)
TROUBLES = ("error:internal_error", "error:fatal_error", "drop_after", "drop_before", "http_502", "http_503", "429")
SPEAKING = ("chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.publish", "users.info")


class Town:
    """Everything that can happen. Use it in `async with`."""

    def __init__(self, folder: Path, *, http: bool = True) -> None:
        self._folder = folder
        self._http = http
        self._stack = AsyncExitStack()
        self._life = AsyncExitStack()
        self._complaints = Complaints()
        self._mortal: Mortal
        self._references = 0
        self.slack: Sandbox
        self.stage: Stage
        self.truth: Invariants
        self.counts: dict[str, int] = {}

    async def __aenter__(self) -> "Town":
        self.slack = await self._stack.enter_async_context(Sandbox(manifest=ROOT / "manifest.yml", now=NINE))
        self.slack.clock.freeze(NINE)
        logging.getLogger().addHandler(self._complaints)
        self._stack.callback(logging.getLogger().removeHandler, self._complaints)
        self.truth = Invariants(str(self._folder / "jibungoto.db"), self.slack)
        await self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._life.aclose()
        await self._stack.aclose()

    async def _begin(self) -> None:
        def wrap(store: Store, messenger: Messenger) -> tuple[Store, Messenger]:
            self._mortal = Mortal(messenger)
            return store, self._mortal  # type: ignore[return-value]

        self.stage = await self._life.enter_async_context(
            staged(self._folder, http=self._http, slack=self.slack, wrap=wrap)
        )

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    # ------------------------------------------------------------ people

    async def command(self, who: str, line: str, channel: str) -> None:
        """A line typed as a slash command."""
        self.count("commands")
        await self._allowed(self.slack.person(who).command("/sev", line, channel=channel))

    async def say(self, who: str, line: str, channel: str, choose: Choose[Any]) -> None:
        """The line said to the bot in a thread, or at the head of the channel."""
        self.count("mentions")
        threads = [m for m in self.slack.messages(channel) if not m.is_reply]
        thread = choose([*(m.ts for m in threads[-4:]), None])
        await self._allowed(self.slack.person(who).post(channel, f"@jibungoto {line}", thread_ts=thread))

    async def at_once(self, *acts: Any) -> None:
        """Several acts whose order nobody knows."""
        await asyncio.gather(*acts)

    def line(self, verb: str, choose: Choose[Any]) -> str:
        return f"{verb} {self._filled(choose(LINES[verb]), choose)}".strip()

    def post_text(self, choose: Choose[Any]) -> str:
        return self._filled(choose(POSTS), choose)

    def _filled(self, template: str, choose: Choose[Any]) -> str:
        if "{ref}" in template:
            self._references += choose((0, 1))  # now and then a reference that is known already
            template = template.replace("{ref}", f"24112300100{self._references:05}")
        fields = {
            "{case}": ("1", "1", "SEV-2", "", "99"),
            "{area}": ("network", "firewall", "storage", "ファイアウォール"),
            "{who}": ("@hana", "@ken", "@gita", "だれか"),
            "{word}": WORDS,
        }
        for name, values in fields.items():
            if name in template:
                template = template.replace(name, choose(values))
        return template

    async def post(self, who: str, text: str, channel: str) -> None:
        await self._allowed(self.slack.person(who).post(channel, text))

    async def press(self, who: str, choose: Choose[Any]) -> None:
        """Press something that this person sees; a form that opens is filled in and sent off, or closed."""
        person = self.slack.person(who)
        there = self.touchables(who)
        if not there:
            return
        touched: Touchable = choose(there)
        self.count("clicks")
        chosen = choose(touched.choices)
        await self._allowed(person.click(touched.where, touched.action, block_id=touched.block, **chosen))
        view = person.view
        if view is not None and view.get("submit") is not None and choose((True, True, False)):
            await self._allowed(person.submit(self.form(view, choose)))
        while person.view is not None:
            await person.close_view()

    def touchables(self, who: str) -> list[Touchable]:
        """Every button and menu before this person's eyes, the newest messages'."""
        slack = self.slack
        mine = [channel for channel, members in slack.state.members.items() if who in members]
        seen = [m for channel in mine for m in slack.messages(channel, replies=True) if m.user == slack.bot_user_id]
        seen = sorted(seen, key=lambda m: m.ts)[-12:] + slack.ephemerals(who)[-2:]
        home = slack.person(who).home
        screens: list[tuple[Any, list[Any]]] = [(m, list(m.blocks)) for m in seen]
        screens += [(home, home["blocks"])] if home else []
        return [touchable for where, blocks in screens for touchable in touchables_of(where, blocks)]

    def form(self, view: dict[str, Any], choose: Choose[Any]) -> dict[str, Any]:
        """What somebody fills in, by block id; what is required is never left out."""
        filled: dict[str, Any] = {}
        for block in view["blocks"]:
            if block["type"] != "input":
                continue
            element, name = block["element"], block["block_id"]
            options = [
                *element.get("options", []),
                *(o for g in element.get("option_groups", []) for o in g["options"]),
            ]
            if options:
                filled[name] = choose(options)["value"]
            elif "users_select" in element["type"]:
                filled[name] = choose((*TEAM, GUEST))
            elif "channels_select" in element["type"] or "conversations_select" in element["type"]:
                filled[name] = choose(CHANNELS)
            elif element["type"] == "plain_text_input":
                text = self._filled(choose(FIELDS.get(name, ("{word}",))), choose)
                text = text[: int(element.get("max_length") or 3000)]
                filled[name] = text if text or block.get("optional") else "わかりました"
        return filled

    async def escalate(self, who: str, choose: Choose[Any]) -> None:
        """The shortcut in a message's menu, or the global one."""
        person = self.slack.person(who)
        messages = [m for m in self.slack.messages(SEV_A) if m.user != self.slack.bot_user_id]
        message = choose([None, *messages[-3:]])
        await self._allowed(person.shortcut("open" if message is None else "escalate", message))
        view = person.view
        if view is not None and view.get("submit") is not None:
            await self._allowed(person.submit(self.form(view, choose)))
        while person.view is not None:
            await person.close_view()

    async def edit(self, who: str, choose: Choose[Any]) -> None:
        """Somebody changes or deletes what they wrote."""
        mine = [m for c in CHANNELS for m in self.slack.messages(c, replies=True) if m.user == who]
        if mine:
            message = choose(mine)
            person = self.slack.person(who)
            await self._allowed(choose((person.delete, lambda m: person.edit(m, choose(POSTS[2:]))))(message))

    async def look_at_home(self, who: str, choose: Choose[Any]) -> None:
        await self._allowed(self.slack.person(who).open_home(choose(("home", "messages"))))

    async def leave(self, who: str) -> None:
        """Somebody's account is deactivated."""
        if not self.slack.person(who).person.deleted:
            await self.slack.deactivate(who)

    async def _allowed(self, act: Any) -> None:
        """Slack's client refuses some acts; the bot failing at one is another matter."""
        try:
            result = await act
        except AppFailed as failed:
            if not self._cut_off(failed.status):
                raise
        except SlackRefusal:
            return
        else:
            unanswered = not getattr(result, "ok", True)
            assert not unanswered or self._cut_off(result.status), f"the bot gave no answer: {result}"

    def _cut_off(self, status: int) -> bool:
        """Socket Mode: the line broke while somebody acted, who saw that it did not work. It is not lost in silence."""
        self.count("unanswered")
        return status == 0 and self.counts.get("disconnects", 0) > 0

    # ------------------------------------------------------------ Slack, time, death

    async def again(self, choose: Choose[Any]) -> None:
        """Slack delivers one of the latest payloads of people once more: nothing may change."""
        journal = self.slack.state.journal
        sent = [entry.said for entry in journal.since(max(0, journal.last - 300)) if entry.direction == "out"]
        sent = [payload for payload in sent if "bot_id" not in payload.get("event", {})]
        if not sent:
            return
        payload = choose(sent[-8:])
        kind = "slash_commands" if "command" in payload else "events_api" if "event" in payload else "interactive"
        self.count("duplicates")
        before = await self.everything()
        ack = await self.slack.inbound.ask(kind, payload, answers=True)
        assert ack.ok or self._cut_off(ack.status), f"the same {kind} again was not taken: {ack}"
        assert await self.everything() == before, f"the same {kind} again had another effect: {payload}"

    async def everything(self) -> dict[int, list[str]]:
        cases = await self.stage.bot.desk.unclosed()
        return {case.number: await self.stage.kinds(case.number) for case in cases}

    async def settle(self) -> None:
        try:
            await self.stage.bot.settle()
        except Died:
            self.count("kills")
            await self._again()

    async def _again(self) -> None:
        await self._life.aclose()
        await self._begin()

    async def pass_time(self, by: timedelta, *, heard: bool = True) -> None:
        self.slack.clock.move(by)
        await asyncio.sleep(0)
        if heard:
            await self.settle()
        else:
            await self.stage.bot.desk.reach_due()

    async def restart(self) -> None:
        """Stopped in order, and started again: no due time moves (invariant 12)."""
        self.count("restarts")
        due = await self.stage.bot.desk.next_due()
        await self._again()
        assert await self.stage.bot.desk.next_due() == due, "a restart moved a due time"

    def die(self, when: str) -> None:
        """The next time the bot speaks is its last, `before` Slack hears it or `after`."""
        self._mortal.dies = when

    async def disconnect(self, reason: str | None) -> None:
        if not self._http:
            self.count("disconnects")
            await self.slack.disconnect(reason)
            await self.slack.connected(timeout=20)

    def trouble(self, method: str, kind: str, times: int) -> None:
        if kind == "429" and self.counts.get("fault 429"):
            return  # the wait is Slack's own, in real seconds: once in a story is enough
        self.count(f"fault {kind}")
        self.slack.faults.add(method, kind, times=1 if kind == "429" else times)

    async def all_is_well(self) -> None:
        """The trouble ends, and a quarter of an hour goes by: then everything has been said, and once."""
        self.slack.faults.clear()
        await self.slack.down(False)
        self._mortal.dies = None
        for seconds in (5, 30, 300, 310, 5, 5):
            await self.pass_time(timedelta(seconds=seconds))
        self.truth.settled(self.slack.clock.now())
        self.nobody_was_pinged()
        assert self._complaints.heard == []

    def nobody_was_pinged(self) -> None:
        """Invariant 11: no text that a person typed pings a channel."""
        for channel in self.slack.state.channels:
            for message in self.slack.messages(channel, replies=True):
                if message.user == self.slack.bot_user_id:
                    assert not {"channel", "here", "everyone"} & message.pings, message.text
