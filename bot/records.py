"""Records: what is kept of cases and people: given out, let go after their time, or on request."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.archive import NotWhole, archived_case, archived_person, case_file, read_archive, write_archive
from bot.domain.case import Case
from bot.domain.errors import CaseErased, CaseRefusal, NothingSaved, UnknownCase
from bot.domain.values import CaseNumber, UserId, name_of
from bot.ports import Forgotten, Queries, ShiftLetterPast, Store, Told, Transaction
from bot.settings import RetentionRules

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Ours: cases of one look, so that erasing years of them delays nobody's command."""
EVERY = timedelta(hours=1)
"""Ours: how often `serve` looks for cases whose time has come."""


class StillOpen(CaseRefusal):
    """SEV-{number} is not closed: close it first, then erase it."""


class Records:
    """Export, erasure and forgetting, over a store. `scrub` lets the erased be gone from the files too."""

    def __init__(self, store: Store, now: Callable[[], datetime], scrub: Callable[[], Awaitable[bool]]) -> None:
        self._store = store
        self._now = now
        self._scrub = scrub
        self._unscrubbed = True  # who was here before us may have died between erasing and this

    # ------------------------------------------------------------ cases

    async def closed_before(self, moment: datetime, limit: int = 1_000_000) -> list[CaseNumber]:
        """Cases that were closed before a moment, the oldest first."""
        return await self._store.read(lambda q: q.closed_before(moment, limit))

    async def export(self, number: CaseNumber, folder: Path) -> Path:
        """Write a case to `SEV-42.json` in a folder. Raises UnknownCase, OSError, NotWhole."""
        case, told = await self._store.read(lambda q: _whole(q, number))
        return await asyncio.to_thread(self._written, case, told, folder)

    def _written(self, case: Case, told: list[Told], folder: Path) -> Path:
        document = archived_case(case, told, self._now())
        read_archive(document)
        return write_archive(case_file(folder, case.number), document)

    async def erase(self, number: CaseNumber, reason: str, *, folder: Path | None = None) -> None:
        """Remove a closed case, exported first where a folder is given. Raises what `export` raises, and StillOpen.

        A case that changed while it was exported is left as it is: UnknownCase and StillOpen are told, a change by
        the next look.
        """
        case, told = await self._store.read(lambda q: _whole(q, number))
        if case.status != "closed":
            raise StillOpen(number=number)
        if folder is not None:
            await asyncio.to_thread(self._written, case, told, folder)
        now = self._now()

        def work(tx: Transaction) -> bool:
            if tx.case(number) != case:
                return False
            tx.erase(number, now, reason)
            return True

        if await self._store.write(work):
            self._unscrubbed = True
            log.info("%s was erased (%s)", name_of(number), reason)

    # ------------------------------------------------------------ people

    async def about(self, person: UserId, path: Path) -> int:
        """Write what is known of a person to a file; returns in how many cases they are named. Raises OSError."""

        def known(q: Queries) -> tuple[list[tuple[Case, list[Told]]], list[ShiftLetterPast]]:
            return [_whole(q, number) for number in q.naming(person)], q.shift_letters_of(person)

        cases, letters = await self._store.read(known)
        await asyncio.to_thread(write_archive, path, archived_person(person, cases, letters, self._now()))
        return len(cases)

    async def forget(self, person: UserId, names: tuple[str, ...] = ()) -> Forgotten:
        """Put a pseudonym in a person's place, everywhere. Raises StillInCases."""
        now = self._now()
        forgotten = await self._store.write(lambda tx: tx.forget(person, names, now))
        self._unscrubbed = True
        return forgotten

    # ------------------------------------------------------------ time

    async def scrub(self) -> bool:
        """Let what was erased be gone from the files; tried again by the next look where somebody was reading."""
        if self._unscrubbed:
            self._unscrubbed = not await self._scrub()
        return not self._unscrubbed

    async def keep(self, rules: RetentionRules) -> int:
        """Export and erase what was closed long enough ago. Returns how many cases. Raises OSError, NothingSaved."""
        if rules.closed_after is None:
            return 0
        folder = Path(rules.export_to) if rules.export_to else None
        erased, passed = 0, set[CaseNumber]()
        while due := await self.closed_before(self._now() - rules.closed_after, AT_ONCE + len(passed)):
            fresh = [number for number in due if number not in passed]
            if not fresh:
                break
            for number in fresh:
                passed.add(number)
                try:
                    await self.erase(number, "retention", folder=folder)
                    erased += 1
                except (CaseRefusal, NotWhole) as kept:
                    log.error("%s is kept: %s", name_of(number), kept)
        await self.scrub()
        return erased

    async def run(self, rules: RetentionRules, every: timedelta = EVERY) -> None:
        """Until cancelled. A full disk or a folder that is gone delays it and erases nothing."""
        while True:
            try:
                await self.keep(rules)
            except OSError as error:
                log.error("closed cases are kept: %s: %s", error.filename or "the disk", error.strerror)
            except NothingSaved:
                log.warning("closed cases are kept: the database can't be written")
            await asyncio.sleep(every.total_seconds())


def _whole(q: Queries, number: CaseNumber) -> tuple[Case, list[Told]]:
    case = q.case(number)
    if case is None:
        at = q.erased_at(number)
        raise CaseErased(number=number, at=at) if at is not None else UnknownCase(number=number)
    return case, q.facts(number)
