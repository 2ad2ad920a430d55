"""What must always be true of a case, whatever people do and however time passes. The numbers are design.md §2."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cases import ANN, AREAS, BEN, CHO, DAN, NINE, NUMBER, TIME_PASSES, ask, footing, opening, terms
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.case import TIME, Case, decide, open_case, replay
from bot.domain.errors import Refusal
from bot.domain.messages import (
    FACT,
    AcceptHandoff,
    Acknowledge,
    AddArea,
    AddNote,
    AreaOffered,
    Arrive,
    CallForHelp,
    CaseCommand,
    CaseReopened,
    ClaimArea,
    CloseCase,
    ContactMade,
    DeclineHandoff,
    EditCase,
    Fact,
    HandoffAccepted,
    JoinArea,
    LoseOwner,
    LoseThread,
    NextContactPromised,
    NextStep,
    OfferHandoff,
    OwnerLost,
    RecordContact,
    ReleaseArea,
    ReminderAcknowledged,
    ReminderCame,
    ReopenCase,
    ReportFinding,
    ResolveCase,
    SetNextContact,
    StartThread,
)
from bot.domain.notices import notices, still_worth_saying
from bot.domain.sla import checkpoints, clocks

LADDERS = (
    {},
    {"hold": "2m"},
    {"hold": "40m", "repeat": "7m"},
    {"ladder": [{"after": "5m", "tell": "channel"}, {"after": "20m", "tell": "backup"}]},
    {"ladder": [], "first_response_checkpoints": ["1%", "99%", "5m after"], "next_contact_checkpoints": ["59m before"]},
    {
        "ladder": [
            {"after": "1m", "tell": "backup"},
            {"after": "1m", "tell": "channel"},
            {"after": "2m", "tell": "channel"},
        ],
        "hold": "1m",
    },
)


def step_in(now: datetime, minutes: int) -> NextStep:
    return NextStep(due=now + timedelta(minutes=minutes), action="call")


def contacted(by: Any, minutes: int, area: str, now: datetime) -> CaseCommand:
    return ask(RecordContact, by, how="mail", said="hello", next=step_in(now, minutes), reason="agreed")


ACTS: dict[str, Callable[[Any, int, str, datetime], CaseCommand]] = {
    "contacts": contacted,
    "reports the end": lambda by, minutes, area, now: ask(RecordContact, by, how="phone", said="it works again"),
    "promises": lambda by, minutes, area, now: ask(SetNextContact, by, next=step_in(now, minutes), reason="agreed"),
    "acknowledges": lambda by, minutes, area, now: ask(Acknowledge, by),
    "claims": lambda by, minutes, area, now: ask(ClaimArea, by, area=area),
    "joins": lambda by, minutes, area, now: ask(JoinArea, by, area=area),
    "releases": lambda by, minutes, area, now: ask(ReleaseArea, by, area=area),
    "clears": lambda by, minutes, area, now: ask(ReportFinding, by, area=area, verdict="cleared", evidence="fine"),
    "suspects": lambda by, minutes, area, now: ask(ReportFinding, by, area=area, verdict="suspect", evidence="odd"),
    "adds": lambda by, minutes, area, now: ask(AddArea, by, name=f"part {minutes}"),
    "offers": lambda by, minutes, area, now: ask(OfferHandoff, by, to=PEOPLE[minutes % 4]),
    "accepts": lambda by, minutes, area, now: ask(AcceptHandoff, by),
    "declines": lambda by, minutes, area, now: ask(DeclineHandoff, by, reason="asleep"),
    "notes": lambda by, minutes, area, now: ask(AddNote, by, text="hm"),
    "arrives": lambda by, minutes, area, now: ask(Arrive, by),
    "calls": lambda by, minutes, area, now: ask(CallForHelp, by),
    "resolves": lambda by, minutes, area, now: ask(ResolveCase, by),
    "closes": lambda by, minutes, area, now: ask(CloseCase, by, anyway=minutes % 2 == 0),
    "reopens": lambda by, minutes, area, now: ask(ReopenCase, by, reason="again"),
    "regroups": lambda by, minutes, area, now: ask(EditCase, by, family=area, areas=OTHERS[minutes % 2]),
    "leaves the company": lambda by, minutes, area, now: ask(LoseOwner, TIME),
    "starts": lambda by, minutes, area, now: ask(StartThread, TIME, thread="2.000100"),
    "deletes": lambda by, minutes, area, now: ask(LoseThread, TIME, thread="2.000100"),
    "waits": lambda by, minutes, area, now: TIME_PASSES,
}
PEOPLE = (ANN, BEN, CHO, DAN)
OTHERS = (AREAS[:1], (AREAS[0], AreaOffered(key="cable", name_en="Cable", name_ja="ケーブル")))
MINUTES = (-1, 1, 2, 5, 11, 30, 60, 90)
OFTEN = ("contacts", "promises", "acknowledges", "waits", "resolves", "reopens")
"""What moves clocks comes up in every second step."""


class Step(NamedTuple):
    """Time passes, with the bot awake or down; then somebody acts."""

    seconds: int
    awake: bool
    act: str
    by: str
    minutes: int
    area: str


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([0, 0, 1, 60, 120, 299, 300, 450, 600, 1800, 7200]),
        st.booleans(),
        st.sampled_from(OFTEN) | st.sampled_from(sorted(ACTS)),
        st.sampled_from(PEOPLE),
        st.sampled_from(MINUTES),
        st.sampled_from(["network", "storage", "own-1"]),
    ),
    min_size=12,
    max_size=36,
)
Act = tuple[Case, CaseCommand, tuple[Fact, ...], Case]


class Life:
    """A case and everything that has happened on it."""

    def __init__(self, backup: tuple[Any, ...], **changed: Any) -> None:
        self.facts = open_case(NUMBER, opening(), footing(terms(**changed), backup), NINE)
        self.case = replay(self.facts)
        self.now = NINE

    def lives(self, steps: list[Step]) -> Iterator[Act]:
        """Each act with the case before and after it."""
        for step in steps:
            until = self.now + timedelta(seconds=step.seconds)
            while step.awake and (ahead := checkpoints(self.case)) and ahead[0].at <= until:
                self.now = max(self.now, ahead[0].at)
                yield self._does(TIME_PASSES)
            self.now = until
            yield self._does(ACTS[step.act](step.by, step.minutes, step.area, self.now))

    def _does(self, command: CaseCommand) -> Act:
        before, kept = self.case, self.case.model_dump_json()
        try:
            facts = decide(before, command, self.now)
        except Refusal:
            facts = ()
        self.case = replay(facts, before)
        self.facts += facts
        assert before.model_dump_json() == kept, "deciding changed the case"
        return before, command, facts, self.case


def lives(examples: int) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """The same lives at every run."""

    def over(test: Callable[..., None]) -> Callable[[], None]:
        told = given(STEPS, st.sampled_from(LADDERS), st.sampled_from([(), (BEN,)]))(test)
        return settings(max_examples=examples, derandomize=True, deadline=None, database=None)(told)

    return over


@lives(400)
def test_a_case_stands_in_one_piece_after_every_act(steps, changed, backup):
    life = Life(backup, **changed)
    for _, command, _, case in life.lives(steps):
        somebody_looks_after_the_promise(case)
        one_holder_per_area(case)
        moments_are_still_to_come(case)
        assert case.owner not in case.people
        assert len(set(case.people)) == len(case.people)
        if command is TIME_PASSES:
            assert [point for point in checkpoints(case) if point.at <= life.now] == []


def somebody_looks_after_the_promise(case):
    """Invariant 1."""
    if case.status == "open" and case.terms.next_contact_required:
        assert case.promise is not None or [clock.name for clock in clocks(case)] == ["first-response"]


def one_holder_per_area(case):
    """Invariant 8; and no helper without a holder."""
    assert len({area.key for area in case.areas}) == len(case.areas)
    for area in case.areas:
        assert area.holder not in area.joined
        assert len(set(area.joined)) == len(area.joined)
        assert area.holder or not area.joined


def moments_are_still_to_come(case):
    """Of running clocks, in order, none twice."""
    points = checkpoints(case)
    assert [point.at for point in points] == sorted(point.at for point in points)
    assert len({point.key for point in points}) == len(points)
    assert not {point.key for point in points} & case.fired
    assert {point.clock for point in points} <= set(clocks(case))


@lives(400)
def test_only_what_may_changes_what(steps, changed, backup):
    for before, command, facts, case in Life(backup, **changed).lives(steps):
        kinds = {type(fact) for fact in facts}
        if not kinds & {NextContactPromised, ContactMade, CaseReopened}:
            assert case.promise == before.promise
        if not kinds & {HandoffAccepted, OwnerLost}:
            assert case.owner == before.owner
        if HandoffAccepted in kinds:
            assert (clocks(case), case.tally) == (clocks(before), before.tally)
            assert [(p.key, p.at) for p in checkpoints(case)] == [(p.key, p.at) for p in checkpoints(before)]
        if ReminderAcknowledged in kinds:
            no_rung_is_lost(before, case)
        if ReminderCame in kinds:
            assert before.status == "open"
            assert command is TIME_PASSES


def no_rung_is_lost(before, case):
    """An acknowledgement puts a rung off at most."""
    earlier = {point.key: point.at for point in checkpoints(before)}
    later = {point.key: point.at for point in checkpoints(case)}
    assert later.keys() == earlier.keys()
    assert all(later[key] >= at for key, at in earlier.items())
    assert clocks(case) == clocks(before)


@lives(400)
def test_the_facts_are_the_case(steps, changed, backup):
    life = Life(backup, **changed)
    list(life.lives(steps))

    read_back = tuple(FACT.validate_json(fact.model_dump_json()) for fact in life.facts)

    assert read_back == life.facts
    assert replay(read_back) == life.case
    assert Case.model_validate_json(life.case.model_dump_json()) == life.case


@lives(400)
def test_a_notice_has_a_name_of_its_own_for_all_time(steps, changed, backup):
    said: dict[str, Fact] = {}
    for _, _, facts, case in Life(backup, **changed).lives(steps):
        for notice in notices(case, facts):
            assert said.setdefault(notice.key, notice.fact) == notice.fact


@lives(400)
def test_no_reminder_is_said_of_what_is_over(steps, changed, backup):
    """Invariant 6: every reminder of a case's life, re-checked against every later state of it."""
    reminders: set[Any] = set()
    for _, _, facts, case in Life(backup, **changed).lives(steps):
        reminders |= {n for n in notices(case, facts) if isinstance(n.fact, ReminderCame)}
        running = {(clock.name, clock.due) for clock in clocks(case)}
        for notice in reminders:
            assert not still_worth_saying(case, notice) or (notice.fact.clock, notice.fact.due) in running


@lives(400)
def test_every_promise_ends_in_exactly_one_way(steps, changed, backup):
    """Kept, late, missed or renegotiated: none disappears from the figures."""
    answered = 0
    for before, _, facts, case in Life(backup, **changed).lives(steps):
        answered += sum(isinstance(fact, ContactMade) for fact in facts) if before.responded_at is None else 0
        ended = case.promises - (case.promise is not None)
        assert sum(case.tally.model_dump().values()) == ended + answered
