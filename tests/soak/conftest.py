import pytest

from bot.settings import Configuration
from tests.crash.lives import configuration


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    """The team's settings, read once for all lives."""
    return configuration(tmp_path_factory.mktemp("config"))
