"""Figures: times that were measured, and the one report that tells them."""

import os
import platform
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from storage.connection import SQLITE_MODULE, SQLITE_VERSION

TEMPLATE = Path(__file__).parent / "page.md"
COLUMNS = ("", "measured", "beside it", "ratio", "physical limit")


class Times:
    """How long something took, each time it was done."""

    def __init__(self, seconds: list[float] | None = None) -> None:
        self.seconds: list[float] = seconds or []

    @contextmanager
    def once(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - began)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[98] if self.few else max(self.seconds)

    @property
    def few(self) -> bool:
        return len(self.seconds) > 1

    def __str__(self) -> str:
        return f"{told(self.median)} / {told(self.p99)}"


def told(seconds: float) -> str:
    """`8.31 ms`, `2.4 µs`, `12.3 s`."""
    if seconds >= 10:
        return f"{seconds:,.1f} s"
    return f"{seconds * 1e3:,.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"


class Chapter:
    """One table: what was measured, what was measured beside it in the same run, and what no program could beat."""

    def __init__(self, title: str, about: str) -> None:
        self.title, self.about = title, about
        self.rows: list[tuple[str, str, str, str, str]] = []

    def page(self) -> str:
        used = [index for index in range(len(COLUMNS)) if index == 0 or any(row[index] for row in self.rows)]
        lines = [f"## {self.title}", ""]
        lines += [self.about, ""] if self.about else []
        for row in (COLUMNS, ("---",) * len(COLUMNS), *self.rows):
            lines.append("| " + " | ".join(row[index] for index in used) + " |")
        return "\n".join(lines)


CHAPTER = re.compile(r"^## ", re.MULTILINE)


class Report:
    """What one run found: a chapter for each question."""

    def __init__(self) -> None:
        self.chapters: list[Chapter] = []
        self._began, self._load = time.monotonic(), load()

    def chapter(self, title: str, about: str = "") -> None:
        self.chapters.append(Chapter(title, about))

    def add(self, name: str, figure: object, *, against: object = None, ratio: object = "", limit: object = "") -> None:
        """One row of the last chapter. Of two `Times` the ratios are of the medians and of the 99th percentiles."""
        if isinstance(figure, Times) and isinstance(against, Times):
            ratio = f"{figure.median / against.median:.2f}x / {figure.p99 / against.p99:.2f}x"
        beside = "" if against is None else str(against)
        self.chapters[-1].rows.append((name, str(figure), beside, str(ratio), str(limit)))

    def page(self) -> str:
        """The whole as Markdown."""
        return TEMPLATE.read_text(encoding="utf-8").format(
            machine=machine(),
            load=f"{self._load} at the beginning, {load()} at the end",
            minutes=f"{(time.monotonic() - self._began) / 60:.0f}",
            chapters="\n\n".join(chapter.page() for chapter in self.chapters),
        )

    def page_with(self, page: str) -> str:
        """An earlier run's page with these chapters in the place of its own, each with a line that says so."""
        about = f"Measured by itself after the others: load average {self._load} at the beginning, {load()} at the end."
        head, *found = CHAPTER.split(page.rstrip())
        kept = {part.partition("\n")[0]: part for part in found}
        for chapter in self.chapters:
            written = chapter.page().removeprefix("## ")
            kept[chapter.title] = written.replace("\n\n", f"\n\n{about}\n\n", 1)
        return "## ".join([head, *(f"{part.rstrip()}\n\n" for part in kept.values())]).rstrip() + "\n"


def load() -> str:
    return ", ".join(f"{part:.1f}" for part in os.getloadavg())


def machine() -> str:
    """What the figures were measured with."""
    parts = ", ".join(f"{name} {version(name)}" for name in ("slack-bolt", "slack-sdk", "aiohttp", "pydantic"))
    return (
        f"{os.cpu_count()} CPUs ({processor()}), {platform.system()} {platform.release()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {SQLITE_VERSION} by {SQLITE_MODULE}, {parts}, "
        f"Jibungoto {version('jibungoto')}"
    )


def processor() -> str:
    """The processor's own name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unnamed")
