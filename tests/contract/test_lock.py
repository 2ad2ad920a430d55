"""One Jibungoto for one database."""

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


async def test_the_next_one_begins_when_the_first_has_gone(tmp_path: Path) -> None:
    "Nothing is left behind that would have to be removed by hand."
    path = str(tmp_path / "jibungoto.db")

    for _ in range(2):
        async with sole_user(path, patience=0):
            pass
