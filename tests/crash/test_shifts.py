"""Shift letters and death: whoever dies while one is written, taken, said or settled, it stands there once."""

from collections import Counter

import pytest

from tests.crash.fate import Fate
from tests.scenarios.test_shifts import GLOBAL, promised, shift_letters
from tests.stage import YUKI, staged

METHODS = ("keep_shift_letter", "lease_shift_letter", "settle_shift_letter", "postpone_shift_letter")


class Interrupted(BaseException):
    """The process ends here."""


class Interruption(Fate):
    """A fate that is an exception: for a story within the test's own process."""

    def end(self) -> None:
        raise Interrupted


@pytest.mark.parametrize("when", ["worked", "committed"])
@pytest.mark.parametrize("method", METHODS)
async def test_killed_there_the_letter_is_said_once(method, when, slack, tmp_path):
    # At nine each of the three on duty has an empty digest kept: what counts is the letter at four.
    fate = Interruption(f"{when} {method}", times=4 if method == "keep_shift_letter" else 1)
    async with staged(tmp_path, toml=GLOBAL, slack=slack, wrap=fate.wrap) as stage:
        await stage.settle()
        await promised(stage)
        if method == "postpone_shift_letter":
            slack.faults.add("chat.postMessage", "drop_after", channel=YUKI)
        with pytest.raises(Interrupted):
            await stage.at("16:00")

    async with staged(tmp_path, toml=GLOBAL, slack=slack) as stage:
        for minute in range(4):
            await stage.at(f"16:{minute:02}")
        assert len(shift_letters(stage, YUKI)) == 1
        said = Counter(message.metadata["event_payload"]["id"] for message in stage.said_to(YUKI))
        assert max(said.values()) == 1
        rows = await stage.bot.store.read(lambda q: q.shift_letters(slack.clock.now()))
        assert rows == []
