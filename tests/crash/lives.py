"""Lives: a team, its Slack, and a bot that dies and is started again on the same files."""

import asyncio
import multiprocessing
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.case import Case
from bot.domain.messages import CaseOpened, Fact, ReminderCame, ThreadStarted
from bot.domain.values import CaseNumber
from bot.settings import Configuration, Environment, load_configuration
from handlers.slack.upload import carries
from sandbox import Message, Sandbox
from storage.connection import connect
from storage.rows import text_of
from storage.transaction import SqliteQueries
from tests.crash.victim import Life, live
from tests.invariants import Invariants
from tests.stage import NINE, ROOT, SEV_A, TEAM, tokyo

PROCESSES = multiprocessing.get_context("forkserver")
# pytest too, for the child of a process looks at that process's main module again.
PROCESSES.set_forkserver_preload(["pytest", "tests.crash.victim"])
PATIENCE = 10.0
"""Seconds after which a test gives up on something that takes a tenth of one."""

_UNDONE = """
    WITH threaded AS (SELECT number FROM cases WHERE thread IS NOT NULL)
    SELECT (SELECT count(*) FROM checkpoints WHERE due_at <= :now)
         + (SELECT count(*) FROM outbox WHERE state = 'sending' OR (state = 'pending' AND not_before <= :now
                AND (place IN ('person', 'channel') OR case_number IN threaded)))
         + (SELECT count(*) FROM surfaces WHERE state = 'sending' OR (state = 'idle' AND wanted > shown
                AND not_before <= :now AND (kind <> 'card' OR case_number IN threaded)))
"""


_LOOKED_FOR = """
    SELECT min(not_before) FROM (
        SELECT not_before FROM outbox WHERE state = 'pending' AND looked > 0
        UNION ALL SELECT not_before FROM surfaces WHERE state = 'idle' AND wanted > shown AND looked > 0
    )
"""


class Lives:
    """One bot after the other on one database. Each may be given the point where it dies; then the next one lives."""

    def __init__(self, slack: Sandbox, folder: Path, config: Configuration, *, diary: bool = False) -> None:
        self.slack = slack
        self._diary = diary
        self.deaths = 0
        self._folder = folder
        self._database = str(folder / "jibungoto.db")
        self._config = config
        self._fates: list[tuple[str, int]] = []
        self._port = 0
        self._process: Any = None
        self.truth = Invariants(self._database, slack)

    # ------------------------------------------------------------ living and dying

    async def begin(self, *fates: tuple[str, int]) -> None:
        """Start the first; it dies at the first fate's point, its successor at the second's, and the last one lives."""
        self._fates = list(fates)
        await self._start()

    async def _start(self) -> None:
        point, times = self._fates.pop(0) if self._fates else (None, 1)
        ours, theirs = PROCESSES.Pipe(duplex=False)
        life = Life(self._environment(), self._config, self._folder, point, times, self._diary)
        self._process = PROCESSES.Process(target=live, args=(life, theirs), daemon=True)
        self._process.start()
        theirs.close()
        with closing(ours):
            try:
                address = await asyncio.to_thread(ours.recv)
            except EOFError:
                assert point is not None, f"it could not start: see {self._folder}/victim.log"
                return await self.follow()
        self._port = int(address.rpartition(":")[2])
        self.slack.request_url = f"{address}/slack/events"

    def _environment(self) -> Environment:
        return Environment(
            slack_bot_token=self.slack.bot_token,
            slack_signing_secret=self.slack.signing_secret,
            slack_api_url=self.slack.api_url,
            jibungoto_database=self._database,
            jibungoto_port=self._port,
        )

    async def _gone(self) -> bool:
        """Nobody answers: the news of a death takes longer to come than its consequences."""
        try:
            async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self._port}/healthz") as answer:
                return answer.status != 200
        except aiohttp.ClientError:
            return True

    async def follow(self) -> None:
        """After a death, the next one starts on the same files."""
        await self.ended()
        self.deaths += 1
        await self._start()

    def kill(self) -> None:
        self._process.kill()

    async def ended(self) -> int:
        """The exit code; minus nine after SIGKILL."""
        await asyncio.to_thread(self._process.join, PATIENCE)
        assert self._process.exitcode is not None, "the process goes on"
        return int(self._process.exitcode)

    async def stop(self) -> int:
        """Ask it to end (SIGTERM), and wait. The exit code."""
        self._process.terminate()
        return await self.ended()

    # ------------------------------------------------------------ what people do

    async def at(self, clock: str) -> None:
        """Let it become this Tokyo time, and everything due by then happen, by the next bot if need be."""
        self.tell_time(tokyo(clock))
        await self.settle()

    def tell_time(self, moment: datetime) -> None:
        fresh = self._folder / "clock.new"
        fresh.write_text(moment.isoformat())
        os.replace(fresh, self._folder / "clock")  # whole at any moment that it is read
        self.slack.clock.set(moment)

    async def settle(self, until: Callable[[], object] = lambda: True) -> None:
        """Until nothing that is due is left undone, and that is true. Whoever dies meanwhile is followed."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if await self._gone():
                    await self.follow()
                done = until() and not self.undone()
                if (soon := self._looked_for_at()) is not None and soon > self.slack.clock.now():
                    self.tell_time(soon)  # what was lost is looked for twice, with a pause between
                elif done:
                    return
                await asyncio.sleep(0.005)

    async def typed(self, who: str, words: str, channel: str = SEV_A) -> str:
        """Type `/sev …`; where Slack shows a failure the person types it again. What was answered in the end."""
        for _ in range(4):
            reply = await self.slack.person(who).command("/sev", words, channel=channel)
            if reply.ok:
                return reply.text
            await self.follow()
        raise AssertionError(f"/sev {words} never worked")

    # ------------------------------------------------------------ what is on disk

    def _looked_for_at(self) -> datetime | None:
        """When something that was not found is looked for again."""
        (found,) = self._asked(lambda c: c.execute(_LOOKED_FOR).fetchone())
        return None if found is None else datetime.fromisoformat(found)

    def _asked(self, question: Any) -> Any:
        with closing(connect(self._database, read_only=True)) as connection:
            return question(connection)

    def undone(self) -> int:
        now = text_of(self.slack.clock.now())
        return int(self._asked(lambda c: c.execute(_UNDONE, {"now": now}).fetchone()[0]))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._asked(lambda c: c.execute(statement, values).fetchall())

    def case(self, number: int = 1) -> Case:
        case = self._asked(lambda c: SqliteQueries(c).case(CaseNumber(number)))
        assert case is not None, f"there is no case {number}"
        return case

    def facts(self, number: int = 1) -> list[Fact]:
        return [told.fact for told in self._asked(lambda c: SqliteQueries(c).facts(CaseNumber(number)))]

    def numbers(self) -> list[int]:
        return [number for (number,) in self.rows("SELECT number FROM cases ORDER BY number")]

    # ------------------------------------------------------------ what must be true after any death

    def sound(self) -> None:
        """Everything the invariants promise of what is written and of what was said."""
        said = [m for place in self._places() for m in place if m.user == self.slack.bot_user_id]
        ids = Counter(
            id
            for m in said
            if m.metadata
            for id in (m.metadata["event_payload"]["id"], *m.metadata["event_payload"].get("also", ()))
        )
        written = self.rows("SELECT id, state, ts, reason FROM outbox")
        ids.update(id for m in said for id, *_ in written if carries({"files": m.files}, id))
        assert [id for id, times in ids.items() if times > 1] == [], "said twice"
        for id, state, ts, reason in written:
            assert state == "sent", f"{id} is {state}"
            assert (id in ids) == (ts is not None), f"{id} is {state} {reason!r}, and stands in Slack {ids[id]} times"
        surfaces = {id for (id,) in self.rows("SELECT id FROM surfaces WHERE kind = 'card'")}
        assert surfaces <= ids.keys(), "a case without its card"
        assert ids.keys() <= surfaces | {id for (id,) in self.rows("SELECT id FROM outbox")}, "nobody wrote that down"
        self.truth.settled(self.slack.clock.now())
        for number in self.numbers():
            reached = [
                key
                for fact in self.facts(number)
                if isinstance(fact, ReminderCame)
                for key in (fact.checkpoint, *fact.instead_of)
            ]
            assert len(reached) == len(set(reached)), "a checkpoint was reached twice"

    def _places(self) -> list[list[Message]]:
        people = [person for person in self.slack.state.people if not self.slack.person(person).person.is_bot]
        return [
            *(self.slack.messages(channel, replies=True) for channel in (SEV_A,)),
            *(self.slack.dms(person) for person in people),
        ]

    def world(self) -> dict[str, Any]:
        """All that anybody could see or read of it, but for the times at which Slack took things."""
        return {
            "facts": [[_of_any_life(fact) for fact in self.facts(number)] for number in self.numbers()],
            "planned": self.rows("SELECT case_number, key, due_at FROM checkpoints ORDER BY case_number, key"),
            "said": [sorted((m.user, m.text) for m in place) for place in self._places() if place],
            "outbox": sorted(
                (_UNNAMED.sub("", key), *rest)
                for key, *rest in self.rows("SELECT key, state, created_at, reason FROM outbox")
            ),
        }


_UNNAMED = re.compile(r"/[0-9a-f]{8}(?=/)")
"""What tells two acts of one instant apart is made from the whole fact, and so from Slack's names too."""


def _of_any_life(fact: Fact) -> Fact:
    """Without what differs from one attempt to the next: the names that Slack gives to commands and to messages."""
    match fact:
        case CaseOpened():
            return fact.model_copy(update={"opening": fact.opening.model_copy(update={"delivery": ""})})
        case ThreadStarted():
            # A lost first message is looked for twice, some seconds apart.
            return fact.model_copy(update={"thread": "", "at": fact.at.replace(second=0)})
    return fact


@asynccontextmanager
async def lived(
    folder: Path, *fates: tuple[str, int], config: Configuration | None = None, diary: bool = False
) -> AsyncIterator[Lives]:
    """A world at nine with a bot in it."""
    async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as slack:
        slack.clock.freeze()
        lives = Lives(slack, folder, config or configuration(folder), diary=diary)
        lives.tell_time(NINE)
        await lives.begin(*fates)
        try:
            yield lives
        finally:
            lives.kill()
            await lives.ended()


def configuration(folder: Path) -> Configuration:
    (folder / "jibungoto.toml").write_text(TEAM, encoding="utf-8")
    return load_configuration(str(folder / "jibungoto.toml"))
