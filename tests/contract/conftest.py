"""The stores that must keep the promises of bot/ports.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from clerk import Clerk

from bot.ports import Store
from storage.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "jibungoto.db")


@pytest.fixture(params=["sqlite"])
async def store(request: pytest.FixtureRequest, path: str) -> AsyncIterator[Store]:
    """Every store there is: a second one joins by its name in `params`."""
    async with await SqliteStore.open(path) as opened:
        yield opened


@pytest.fixture
def clerk(store: Store) -> Clerk:
    return Clerk(store)
