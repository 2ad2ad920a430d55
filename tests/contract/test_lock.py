"""One Jibungoto for one database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.lock import AlreadyInUse, sole_user


async def test_a_second_process_is_told_to_wait_or_to_go_elsewhere(tmp_path: Path) -> None:
    "Two that send from one outbox would tell everybody twice."
    path = str(tmp_path / "jibungoto.db")

    async with sole_user(path):
        with pytest.raises(AlreadyInUse, match="in use by another Jibungoto"):
            async with sole_user(path, patience=0):
                pass


async def test_a_standby_waits_however_long_and_says_so_now_and_then(tmp_path: Path, caplog) -> None:
    "It begins when the first one goes; what it does meanwhile has ended by then."
    path, steps = str(tmp_path / "jibungoto.db"), []

    @asynccontextmanager
    async def waiting() -> AsyncIterator[None]:
        steps.append("waits")
        yield
        steps.append("waits no more")

    async def stand_by() -> None:
        async with sole_user(path, patience=None, told_every=0.1, meanwhile=waiting):
            steps.append("in")

    async with sole_user(path):
        second = asyncio.create_task(stand_by())
        await asyncio.sleep(0.5)
        steps.append("first goes")
    await asyncio.wait_for(second, 5)

    assert steps == ["waits", "first goes", "waits no more", "in"]
    assert caplog.text.count("standing by") >= 2
    assert caplog.text.count("taking over") == 1


async def test_the_next_one_begins_when_the_first_has_gone(tmp_path: Path) -> None:
    "Nothing is left behind that would have to be removed by hand."
    path = str(tmp_path / "jibungoto.db")

    for _ in range(2):
        async with sole_user(path, patience=0):
            pass
