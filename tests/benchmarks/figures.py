"""Figures: times that were measured, and how they are told."""

import os
import platform
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from storage.connection import SQLITE_MODULE, SQLITE_VERSION


class Times:
    """How long something took, each time it was done."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

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
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[98]

    def __str__(self) -> str:
        return f"median {told(self.median)}  p99 {told(self.p99)}  n={len(self.seconds)}"


def told(seconds: float) -> str:
    """`8.31 ms`, `2.4 µs`."""
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"


class Report:
    """What one run found, a line each."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def chapter(self, title: str) -> None:
        self.lines += ["", title]

    def add(self, name: str, figure: object, *, against: Times | None = None) -> None:
        ratio = f"  = {figure.median / against.median:.2f}x" if against and isinstance(figure, Times) else ""
        self.lines.append(f"  {name:<54} {figure}{ratio}")


def machine() -> str:
    """What the figures were measured with."""
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    parts = ", ".join(f"{name} {version(name)}" for name in ("slack-bolt", "aiohttp", "pydantic", "sqlite-utils"))
    return (
        f"{os.cpu_count()} CPUs (load {load}), {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {SQLITE_VERSION} by {SQLITE_MODULE}, {parts}"
    )
