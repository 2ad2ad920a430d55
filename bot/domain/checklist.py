"""Checklist: the first checks of a case, and whom to tell, each with its time. Ticking off is a fact, and so is
taking a tick back: never again "why was that not checked first, why was sales not told"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.domain.commands import ItemOffered, TickOff
from bot.domain.errors import CaseResolved, ItemUnknown
from bot.domain.facts import Fact, ItemTicked
from bot.domain.message import Stamp
from bot.domain.text import fold, nearest, one_line
from bot.domain.values import Instant, Language, UserId, Value

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.case import Case

Sort = Literal["check", "tell"]


class Item(Value):
    """One thing to be done early, and by when."""

    key: str
    sort: Sort
    name_en: str
    name_ja: str
    to: UserId | None = None
    """Whom to tell, where they are in the workspace."""
    due: Instant
    done_at: Instant | None = None
    done_by: UserId | None = None

    def name(self, language: Language) -> str:
        return self.name_ja if language == "ja" else self.name_en


def begun(offered: tuple[ItemOffered, ...], begin: datetime) -> tuple[Item, ...]:
    """The list of a case that begins then."""
    return tuple(
        Item(key=one.key, sort=one.sort, name_en=one.name_en, name_ja=one.name_ja, to=one.to, due=begin + one.within)
        for one in offered
    )


def exchanged(items: tuple[Item, ...], offered: tuple[ItemOffered, ...], at: datetime) -> tuple[Item, ...]:
    """The list of another family: what somebody ticked stays, what is on both lists keeps its time, the rest is new."""
    known = {item.key: item for item in items}
    new = {item.key: known.get(item.key, item) for item in begun(offered, at)}
    return (*(item for item in items if item.done_at and item.key not in new), *new.values())


def undone(case: Case, sort: Sort | None = None) -> tuple[Item, ...]:
    """What is still to be done."""
    return tuple(item for item in case.checklist if item.done_at is None and sort in (None, item.sort))


def tick(case: Case, command: TickOff, stamp: Stamp) -> tuple[Fact, ...]:
    """It is done, or after all it is not; nothing where that is known. Raises CaseResolved, ItemUnknown."""
    if case.status != "open":
        raise CaseResolved(number=case.number)
    item = _find(case, command.item)
    if (item.done_at is not None) == command.done:
        return ()
    return (ItemTicked(**stamp.fields, item=item.key, done=command.done),)


def _find(case: Case, word: str) -> Item:
    """The item meant by its key, its name in either language, or a part that fits one alone."""
    wanted = fold(one_line(word, 60))
    names = {fold(name): item for item in case.checklist for name in (item.key, item.name_en, item.name_ja)}
    if wanted in names:
        return names[wanted]
    fitting = {item.key: item for name, item in names.items() if wanted and wanted in name}
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    known = [item.key for item in undone(case)] or [item.key for item in case.checklist]
    near = tuple(dict.fromkeys((*fitting, *nearest(wanted, known), *known)))[:4]
    raise ItemUnknown(number=case.number, word=one_line(word, 40), known=", ".join(near), near=near[0] if near else "")


def ticked(case: Case, fact: ItemTicked) -> Case:
    """The list after it."""
    done = {"done_at": fact.at, "done_by": fact.by} if fact.done else {"done_at": None, "done_by": None}
    changed = tuple(i.model_copy(update=done) if i.key == fact.item else i for i in case.checklist)
    return case.model_copy(update={"checklist": changed})
