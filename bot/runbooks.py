"""Runbooks: the folder of them that the configuration names, read with it. A file with faults is left out, and told."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.domain.family import Family
from bot.domain.runbook import LONGEST_KEY, Runbook
from bot.domain.values import Value
from bot.runbook_text import key_of, read

LARGEST = 100_000
"""Ours: bytes of one file."""
MOST = 200
"""Ours: files of one folder."""
MOST_FAULTS = 5
"""Ours: of one file; after those it is easier to look at the whole."""


class RunbookRules(Value):
    """Where your runbooks are."""

    folder: str = ""
    """A folder of Markdown files with front matter, relative to this file; each is one runbook (docs/runbooks.md)."""
    examples: bool = True
    """Whether the examples that come with Jibungoto are offered, too. A file of the same name in your folder replaces
    one."""


class Shelf(Value):
    """The runbooks that can be started."""

    runbooks: tuple[Runbook, ...] = ()
    faults: tuple[str, ...] = ()
    """What is wrong with the files that are left out, each with file, line and key."""
    broken: tuple[str, ...] = ()
    """The keys of those files."""

    def keeping(self, earlier: "Shelf") -> "Shelf":
        """The same, with what a broken file said before it was broken."""
        kept = [one for one in earlier.runbooks if one.key in self.broken]
        mine = [one for one in self.runbooks if one.key not in self.broken]
        return self.model_copy(update={"runbooks": _sorted((*mine, *kept))})


def shelf(
    given: Mapping[str, Any], folder: Path, families: Collection[Family], shipped: tuple[Runbook, ...]
) -> tuple[Shelf, list[str]]:
    """What `[runbooks]` names, and what keeps the configuration from being used at all; a fault begins with its key."""
    rules = given.get("runbooks", {})
    if not isinstance(rules, dict):
        return Shelf(), []  # told by the model
    offered = shipped if rules.get("examples", True) is not False else ()
    named = rules.get("folder")
    if not isinstance(named, str) or not named:
        return Shelf(runbooks=offered), []
    where, path = "runbooks.folder", folder / named
    if not path.is_dir():
        there = "it is no folder" if path.exists() else "there is no such folder"
        return Shelf(runbooks=offered), [f"{where}: {path}: {there}"]
    found, faults, broken = _read(path, _keys(families))
    taken = {*(one.key for one in found), *broken}
    others = (one for one in offered if one.key not in taken)
    told = tuple(f"{where}: {fault}" for fault in faults)
    return Shelf(runbooks=_sorted((*found, *others)), faults=told, broken=tuple(broken)), []


def examples(families: Collection[Family]) -> tuple[Runbook, ...]:
    """The runbooks that come with Jibungoto. Raises ValueError where one has a fault."""
    folder = files("bot.presets").joinpath("runbooks")
    return _sorted(_shipped(one.name, _keys(families)) for one in folder.iterdir() if one.name.endswith(".md"))


def _shipped(name: str, families: Mapping[str, Collection[str]]) -> Runbook:
    text = files("bot.presets").joinpath("runbooks", name).read_text(encoding="utf-8")
    runbook, faults = read(name.removesuffix(".md"), text, families)
    if runbook is None:
        raise ValueError(f"{name}, {faults[0]}")
    return runbook


def _read(folder: Path, families: Mapping[str, Collection[str]]) -> tuple[list[Runbook], list[str], list[str]]:
    """The runbooks of a folder, the faults in it, and the keys of the files that have them."""
    found: dict[str, Runbook] = {}
    faults: list[str] = []
    broken: dict[str, None] = {}
    paths = sorted(_markdown(folder))
    if not paths:
        faults.append(f"{folder}: there is no runbook in it: expected files such as web-unreachable.md")
    if len(paths) > MOST:
        faults.append(f"{folder}: it has {len(paths)} runbooks: only the first {MOST} by name are read")
    for path in paths[:MOST]:
        key, runbook, wrong = _of_file(path, families)
        if key is not None and (key in found or key in broken):
            runbook, wrong = None, [f"{path}: another file is the runbook {key!r} already"]
        elif key is not None and runbook is None:
            broken[key] = None
        if key is not None and runbook is not None:
            found[key] = runbook
        faults += wrong[:MOST_FAULTS]
        if len(wrong) > MOST_FAULTS:
            faults.append(f"{path}: and {len(wrong) - MOST_FAULTS} more")
    return list(found.values()), faults, list(broken)


def _markdown(folder: Path) -> Iterator[Path]:
    """The files that are meant as runbooks: a README explains the folder, and a hidden file is somebody's editor's."""
    for path in folder.iterdir():
        name = path.name.lower()
        if name.endswith(".md") and not name.startswith(".") and name not in ("readme.md", "readme.ja.md"):
            yield path


def _of_file(path: Path, families: Mapping[str, Collection[str]]) -> tuple[str | None, Runbook | None, list[str]]:
    key = key_of(path.stem)
    if key is None:
        said = f"expected letters, digits and - in its name, {LONGEST_KEY} at most, such as web-unreachable.md"
        return None, None, [f"{path}: {said}: it is started by it"]
    try:
        text = _text(path)
    except (OSError, ValueError) as error:
        return key, None, [f"{path}: {getattr(error, 'strerror', None) or error}"]
    runbook, faults = read(key, text, families)
    return key, runbook, [f"{path}, {fault}" for fault in faults]


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError("it is no file")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it has more than {LARGEST // 1000} kB: a runbook is read in a hurry")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("expected a text file in UTF-8") from None


def _keys(families: Iterable[Family]) -> dict[str, frozenset[str]]:
    return {family.key: frozenset(area.key for area in family.areas) for family in families}


def _sorted(runbooks: Iterable[Runbook]) -> tuple[Runbook, ...]:
    return tuple(sorted(runbooks, key=lambda one: one.key))
