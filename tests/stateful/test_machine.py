"""Nobody wrote this story: people, time and trouble act on the whole bot as Hypothesis likes, and what must be is.

In `make test` always the same stories; `make soak` tells other ones for as long as it is given.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from handlers.slack.words import VERBS
from tests.stage import MEI
from tests.stateful.lines import LINES
from tests.stateful.town import CHANNELS, SPEAKING, STRANGERS, TEAM, TROUBLES, Town

anybody = st.sampled_from((*TEAM, *TEAM, *STRANGERS))
a_member = st.sampled_from(TEAM)
channels = st.sampled_from(CHANNELS)
verbs = st.sampled_from(sorted(LINES))
dice = st.integers(0, 2**32)
"""What is on a screen depends on the bot: so one number decides what is chosen there, however much there is."""


class WholeBot(RuleBasedStateMachine):
    """One town after the other; each rule is something that happens there."""

    towns: ClassVar[Counter[str]] = Counter()
    """What happened in all of them."""
    lateness: ClassVar[list[float]] = []

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory(prefix="jibungoto-")
        self._town: Town | None = None

    @property
    def town(self) -> Town:
        assert self._town is not None
        return self._town

    def live(self, what: Coroutine[Any, Any, Any]) -> None:
        self._runner.run(what)

    def does(self, what: Coroutine[Any, Any, Any]) -> None:
        """Somebody does this, and a few seconds later the bot has its say."""
        self.live(what)
        self.live(self.town.pass_time(timedelta(seconds=3)))

    @initialize(http=st.booleans())
    def begin(self, http: bool) -> None:
        self._town = Town(Path(self._folder.name), http=http)
        self.live(self.town.__aenter__())
        self.live(self.town.post(TEAM[0], "[SevA] 店舗POSに接続できない\nお客様: 西日本リテール様", CHANNELS[0]))
        self.live(self.town.settle())

    # ------------------------------------------------------------ people

    @rule(who=anybody, verb=verbs, channel=channels, dice=dice)
    def somebody_types_a_command(self, who: str, verb: str, channel: str, dice: int) -> None:
        choose = _by(dice)
        self.does(self.town.command(who, self.town.line(verb, choose), channel))

    @rule(who=anybody, verb=verbs, channel=channels, dice=dice)
    def somebody_says_it_in_a_thread(self, who: str, verb: str, channel: str, dice: int) -> None:
        choose = _by(dice)
        self.does(self.town.say(who, self.town.line(verb, choose), channel, choose))

    @rule(verbs=st.lists(verbs, min_size=2, max_size=5), channel=channels, dice=dice)
    def several_type_at_once(self, verbs: list[str], channel: str, dice: int) -> None:
        choose = _by(dice)
        typed = [(choose(TEAM), self.town.line(verb, choose)) for verb in verbs]
        self.does(self.town.at_once(*(self.town.command(who, line, channel) for who, line in typed)))

    @rule(who=anybody, channel=channels, dice=dice)
    def somebody_posts(self, who: str, channel: str, dice: int) -> None:
        self.does(self.town.post(who, self.town.post_text(_by(dice)), channel))

    @rule(who=a_member, dice=dice)
    def somebody_presses(self, who: str, dice: int) -> None:
        self.does(self.town.press(who, _by(dice)))

    @rule(who=a_member, who_else=a_member, dice=dice)
    def two_press(self, who: str, who_else: str, dice: int) -> None:
        self.does(self.town.press(who, _by(dice)))
        self.does(self.town.press(who_else, _by(dice)))

    @rule(who=a_member, dice=dice)
    def somebody_does_something_else(self, who: str, dice: int) -> None:
        choose = _by(dice)
        self.does(choose((self.town.escalate, self.town.edit, self.town.look_at_home))(who, choose))

    @rule(leaves=st.integers(0, 4))
    def somebody_leaves_the_company(self, leaves: int) -> None:
        if leaves == 4:
            self.does(self.town.leave(MEI))

    # ------------------------------------------------------------ time and trouble

    @rule(seconds=st.sampled_from((1, 60, 450, 900, 1800, 7200)), heard=st.booleans())
    def time_passes(self, seconds: int, heard: bool) -> None:
        """With `heard` false it only comes: what it brings is written down, and said after what happens next."""
        self.live(self.town.pass_time(timedelta(seconds=seconds), heard=heard))

    @rule(method=st.sampled_from(SPEAKING), kind=st.sampled_from(TROUBLES), times=st.integers(1, 3))
    def slack_has_trouble(self, method: str, kind: str, times: int) -> None:
        self.town.trouble(method, kind, times)

    @rule(how=st.sampled_from(("twice", "again", "again", "disconnect", "refresh")), dice=dice)
    def slack_stutters(self, how: str, dice: int) -> None:
        match how:
            case "twice":
                self.town.slack.inbound.duplicate(2, count=1)
            case "again":
                self.live(self.town.again(_by(dice)))
            case "disconnect":
                self.live(self.town.disconnect(None))
            case "refresh":
                self.live(self.town.disconnect("refresh_requested"))

    @rule(how=st.sampled_from(("restart", "before", "after")))
    def the_bot_ends(self, how: str) -> None:
        if how == "restart":
            self.live(self.town.restart())
        else:
            self.town.die(how)

    @rule(now=st.booleans())
    def all_is_well_again(self, now: bool) -> None:
        if now:
            self.live(self.town.all_is_well())

    # ------------------------------------------------------------ always

    @invariant()
    def what_must_be_true_is_true(self) -> None:
        if self._town is not None:
            self.town.truth.structure()

    def teardown(self) -> None:
        try:
            if self._town is not None:
                self.live(self.town.all_is_well())
        finally:
            if self._town is not None:
                self.live(self.town.__aexit__())
                self._remember(self.town)
            self._runner.close()
            self._folder.cleanup()

    def _remember(self, town: Town) -> None:
        figures = town.truth.figures()
        self.lateness.extend(figures["lateness"])
        done = {name: figures[name] for name in ("cases", "facts", "reminders")}
        self.towns.update({"towns": 1, "doubles": town.truth.doubles, **town.counts, **done})


def _by(dice: int) -> Any:
    return Random(dice).choice


def test_people_say_every_verb_there_is() -> None:
    "A new verb is driven by the machine, or this fails."
    assert set(LINES) == {words.verb for words in VERBS}


STORIES = settings(
    max_examples=12,
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # a story is not told a hundred times more to be shortened
)


@pytest.mark.timeout(240)
def test_whatever_happens_the_invariants_hold() -> None:
    WholeBot.towns.clear()

    run_state_machine_as_test(WholeBot, settings=STORIES)

    happened = WholeBot.towns
    quiet = [
        what for what in ("commands", "mentions", "clicks", "kills", "restarts", "duplicates") if not happened[what]
    ]
    assert quiet == [], "the stories are too tame"
    assert min(happened["cases"], happened["reminders"]) > happened["towns"]
