from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import Sandbox
from tests.stage import NINE, ROOT, Stage, staged


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as stage:
        yield stage


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """A Slack that outlives the bot: `staged(folder, slack=slack)` begins a new one there."""
    async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as slack:
        slack.clock.freeze(NINE)
        yield slack
