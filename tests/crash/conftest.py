from collections.abc import AsyncIterator

import pytest

from bot.settings import Configuration
from sandbox import Sandbox
from tests.crash.lives import configuration
from tests.stage import NINE, ROOT


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    """The team's settings, read once for all lives."""
    return configuration(tmp_path_factory.mktemp("config"))


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """A Slack that outlives the bot, at nine."""
    async with Sandbox(manifest=ROOT / "manifest.yml", now=NINE) as slack:
        slack.clock.freeze(NINE)
        yield slack
