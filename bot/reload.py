"""Reload: a changed configuration file, taken over while the bot runs. A faulty one changes nothing, and is told.

New policies and calendars apply to cases opened from then on; a running case keeps its terms until others are applied.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.values import UserId
from bot.ports import DeliveryTrouble
from bot.settings import Configuration, SettingsFault
from bot.watch import Herald

log = logging.getLogger(__name__)

AT_START = ("command", "net", "heartbeat", "report")
"""What is read when the bot starts and not again."""


@dataclass(frozen=True)
class Reloaded:
    """How it went."""

    faults: tuple[str, ...] = ()
    """What kept the last good configuration in force; empty where the new one is."""
    waiting: tuple[str, ...] = ()
    """What has changed too, and is read at the next start only."""
    broken: tuple[str, ...] = ()
    """What is wrong with single runbooks: everything else is in force, and they stay as they were last read."""
    changed: tuple[str, ...] = ()
    """The keys that are other than before, as the file spells them; never their values, of which one may be secret."""


class Reloader:
    """Reads the file anew, and hands it to everybody who holds the configuration."""

    def __init__(
        self,
        config: Configuration,
        read: Callable[[], Configuration],
        takers: Sequence[Callable[[Configuration], None]],
        herald: Herald,
    ) -> None:
        self.config = config
        self._read = read
        self._takers = takers
        self._herald = herald

    async def reload(self, asked_by: UserId | None = None) -> Reloaded:
        """Read the file and go on with it, or say why not. The admin is told of faults, unless they asked for it."""
        try:
            fresh = self._read()
        except SettingsFault as refused:
            log.error("the configuration was not reloaded, the last good one goes on: %s", "; ".join(refused.faults))
            if asked_by is None or asked_by != self.config.defaults.admin:
                await self._tell(refused.faults)
            return Reloaded(faults=refused.faults)
        waiting = [name for name in AT_START if getattr(fresh, name) != getattr(self.config, name)]
        # These are in force as they were at the start: a reload must not show a half of them.
        kept = fresh.model_copy(update={name: getattr(self.config, name) for name in AT_START})
        # A runbook that is broken now goes on as it was last read, so that nobody misses it at night.
        kept = kept.model_copy(update={"shelf": kept.shelf.keeping(self.config.shelf)})
        changed = tuple(changes(self.config, kept))
        for take in self._takers:
            take(kept)
        self.config = kept
        log.info("the configuration was reloaded: new cases follow it")
        if waiting:
            log.warning("changed, and read only at the next start: %s", ", ".join(waiting))
        doubt(kept)
        return Reloaded(waiting=tuple(waiting), broken=kept.shelf.faults, changed=changed)

    async def _tell(self, faults: tuple[str, ...]) -> None:
        admin: UserId | None = self.config.defaults.admin
        if admin is None:
            return
        try:
            await self._herald.faults(admin, faults)
        except DeliveryTrouble as trouble:
            log.warning("the admin could not be told of the faulty configuration: %s", trouble.reason)


def doubt(config: Configuration) -> None:
    """Log what can't be used of a configuration that is in force all the same."""
    for fault in config.shelf.faults:
        log.warning("a runbook was not read: %s", fault)


def changes(before: Configuration, after: Configuration) -> Iterator[str]:
    """The keys in which two configurations differ: the deepest that both have, or the table that came or went."""
    yield from _changes("", before.model_dump(), after.model_dump())
    said = [config.roster.sources if config.roster else () for config in (before, after)]
    if said[0] != said[1]:
        yield "roster.imports"  # a file that it names says something else
    if before.runbooks == after.runbooks and before.shelf.runbooks != after.shelf.runbooks:
        yield "runbooks.folder"  # as above


def _changes(where: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, tuple | list) and isinstance(after, tuple | list) and _tables(before) and _tables(after):
        before, after = dict(enumerate(before)), dict(enumerate(after))
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield where
        return
    for key in (*before, *(key for key in after if key not in before)):
        here = f"{where}.{key}" if where else str(key)
        if key in before and key in after:
            yield from _changes(here, before[key], after[key])
        else:
            yield here


def _tables(listed: Sequence[Any]) -> bool:
    return all(isinstance(one, dict) for one in listed)
