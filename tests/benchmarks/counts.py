"""Counts: how much of everything one run does. `BENCH_QUICK=1` does little, `BENCH_FULL=1` all."""

import os

QUICK = bool(os.environ.get("BENCH_QUICK"))
FULL = bool(os.environ.get("BENCH_FULL"))
IDLE = float(os.environ.get("BENCH_IDLE") or (5 if QUICK else 60))
"""Seconds of doing nothing."""


def some(many: int, few: int) -> int:
    return few if QUICK else many
