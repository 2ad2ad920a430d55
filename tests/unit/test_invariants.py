"""What must always be true of a case, whatever people do and however time passes. The numbers are design.md §2."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from math import prod
from typing import Any, NamedTuple

from cases import ANN, AREAS, BEN, CHO, DAN, NINE, NUMBER, TIME_PASSES, ask, footing, opening, terms
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendar_rules import CalendarRules
from bot.domain.case import TIME, Case, replay
from bot.domain.check import LASTS
from bot.domain.clock_messages import (
    AskVendor,
    CasePaused,
    CaseResumed,
    ChangeSeverity,
    NoteCustomerWrote,
    PauseCase,
    PlanChanged,
    RecordVendorAnswer,
    ResumeCase,
    SetDeadline,
    SeverityChanged,
)
from bot.domain.errors import Refusal
from bot.domain.kin_messages import NoteParent, Relative, SetParent
from bot.domain.ledger import running
from bot.domain.messages import (
    FACT,
    AcceptHandoff,
    AcceptTask,
    Acknowledge,
    AddArea,
    AddNote,
    ApproveCheck,
    AreaOffered,
    Arrive,
    AskCheck,
    AskTask,
    CallForHelp,
    CaseClosed,
    CaseCommand,
    CaseReopened,
    ClaimArea,
    CloseCase,
    ContactMade,
    DeclineHandoff,
    DeclineTask,
    EditCase,
    Fact,
    FinishCheck,
    FinishTask,
    HandoffAccepted,
    JoinArea,
    LoseOwner,
    LoseThread,
    NextContactPromised,
    NextStep,
    Notice,
    OfferHandoff,
    OverrideCheck,
    OwnerLost,
    RecordContact,
    RejectCheck,
    ReleaseArea,
    ReminderAcknowledged,
    ReminderCame,
    ReopenCase,
    ReportFinding,
    ResolveCase,
    SetNextContact,
    StartThread,
    TaskAccepted,
    TaskAsked,
    TaskDeclined,
    TaskDone,
    TaskWithdrawn,
    WithdrawHandoff,
    WithdrawTask,
)
from bot.domain.notices import notices, still_worth_saying
from bot.domain.rules import decide, open_case
from bot.domain.sla import checkpoints, clocks
from bot.domain.values import UserId

NINE_TO_FIVE = CalendarRules(zone="Europe/London", weekdays=["09:00-12:00", "13:00-17:00"]).calendar("office")
LADDERS = (
    {},
    {"next_reply": "30m", "resolution": "2h", "resolution_checkpoints": ["50%", "10m before", "due"]},
    {
        "calendar": NINE_TO_FIVE,
        "first_response": "2h",
        "next_reply": "1h",
        "resolution": "1bd",
        "first_response_checkpoints": ["50%", "75%", "due"],
        "next_reply_checkpoints": ["50%", "due"],
        "deadline_checkpoints": ["10m before", "due"],
        "vendor_checkpoints": ["due", "5m after"],
        "ladder": [
            {"after": t, "tell": w} for t, w in (("1m", "owner"), ("3m", "holders"), ("5m", "lead"), ("9m", "channel"))
        ],
    },
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


class Step(NamedTuple):
    """Time passes, with the bot awake or down; then somebody acts."""

    seconds: int
    awake: bool
    act: str
    by: str
    minutes: int
    area: str

    def command(self, case: Case, now: datetime) -> CaseCommand:
        return ACTS[self.act](self, case, NextStep(due=now + timedelta(minutes=self.minutes), action="call"))


PEOPLE = (ANN, BEN, CHO, DAN)


def _asked_last(case: Case, otherwise: str) -> UserId:
    """Whoever was asked for a task last."""
    return case.tasks[-1].to if case.tasks else UserId(otherwise)


OTHERS = (AREAS[:1], (AREAS[0], AreaOffered(key="cable", name_en="Cable", name_ja="ケーブル")))
ACTS: dict[str, Callable[[Step, Case, NextStep], CaseCommand]] = {
    "contacts": lambda s, case, next_: ask(
        RecordContact, s.by, how="mail", said="hello", next=next_ if case.status == "open" else None, reason="agreed"
    ),
    "promises": lambda s, case, next_: ask(SetNextContact, s.by, next=next_, reason="agreed"),
    "acknowledges": lambda s, case, next_: ask(Acknowledge, s.by),
    "ends or begins again": lambda s, case, next_: (
        ask(ResolveCase, s.by) if case.status == "open" else ask(ReopenCase, s.by, reason="again")
    ),
    "waits": lambda s, case, next_: TIME_PASSES,
    "claims": lambda s, case, next_: ask(ClaimArea, s.by, area=s.area),
    "joins": lambda s, case, next_: ask(JoinArea, s.by, area=s.area),
    "releases": lambda s, case, next_: ask(ReleaseArea, s.by, area=s.area),
    "clears": lambda s, case, next_: ask(ReportFinding, s.by, area=s.area, verdict="cleared", evidence="fine"),
    "suspects": lambda s, case, next_: ask(ReportFinding, s.by, area=s.area, verdict="suspect", evidence="odd"),
    "adds": lambda s, case, next_: ask(AddArea, s.by, name=f"part {s.minutes}"),
    "offers": lambda s, case, next_: ask(OfferHandoff, s.by, to=PEOPLE[s.minutes % 4]),
    "accepts": lambda s, case, next_: ask(AcceptHandoff, case.offer.to if case.offer else s.by, action="look"),
    "accepts with another time": lambda s, case, next_: ask(
        AcceptHandoff, case.offer.to if case.offer else s.by, action="look", due=next_.due, reason="agreed"
    ),
    "asks": lambda s, case, next_: ask(
        AskTask, s.by, to=PEOPLE[s.minutes % 4], text=f"part {s.minutes}", area=s.area, due=next_.due
    ),
    "takes on": lambda s, case, next_: ask(AcceptTask, _asked_last(case, s.by)),
    "gives back": lambda s, case, next_: ask(DeclineTask, _asked_last(case, s.by), reason="asleep"),
    "finishes": lambda s, case, next_: ask(FinishTask, _asked_last(case, s.by), result="fine"),
    "takes back": lambda s, case, next_: ask(WithdrawTask, s.by),
    "withdraws": lambda s, case, next_: ask(WithdrawHandoff, s.by),
    "declines": lambda s, case, next_: ask(DeclineHandoff, case.offer.to if case.offer else s.by, reason="asleep"),
    "asks for a check": lambda s, case, next_: ask(
        AskCheck, s.by, risk="other", what=f"step {s.minutes}", target=s.area, rollback="none"
    ),
    "approves": lambda s, case, next_: ask(ApproveCheck, s.by, typed=s.area),
    "sends back": lambda s, case, next_: ask(RejectCheck, s.by, reason="not so"),
    "goes ahead": lambda s, case, next_: ask(OverrideCheck, s.by, reason="now"),
    "has done it": lambda s, case, next_: ask(FinishCheck, s.by),
    "notes": lambda s, case, next_: ask(AddNote, s.by, text="hm"),
    "arrives": lambda s, case, next_: ask(Arrive, s.by),
    "calls": lambda s, case, next_: ask(CallForHelp, s.by),
    "closes": lambda s, case, next_: ask(CloseCase, s.by, anyway=s.minutes % 2 == 0),
    "regroups": lambda s, case, next_: ask(EditCase, s.by, family=s.area, areas=OTHERS[s.minutes % 2]),
    "leaves the company": lambda s, case, next_: ask(LoseOwner, TIME),
    "starts": lambda s, case, next_: ask(StartThread, TIME, thread="2.000100"),
    "pauses": lambda s, case, next_: ask(PauseCase, s.by, reason="the logs", look_at=next_.due),
    "resumes": lambda s, case, next_: ask(ResumeCase, s.by),
    "raises or lowers": lambda s, case, next_: ask(
        ChangeSeverity,
        s.by,
        severity="C" if case.severity == "A" else "A",
        reason="agreed",
        next=next_ if s.minutes % 2 else None,
        terms=terms("C" if case.severity == "A" else "A", **OTHER_TERMS[s.minutes % 3]),
    ),
    "hears": lambda s, case, next_: ask(NoteCustomerWrote, s.by, wrote_at=next_.due - timedelta(hours=1)),
    "asks a vendor": lambda s, case, next_: ask(AskVendor, s.by, name=s.area, promise_at=next_.due),
    "has an answer": lambda s, case, next_: ask(RecordVendorAnswer, s.by),
    "sets a deadline": lambda s, case, next_: ask(SetDeadline, s.by, deadline=next_.due, reason="they said so"),
    "deletes": lambda s, case, next_: ask(LoseThread, TIME, thread="2.000100"),
    "is carried": lambda s, case, next_: ask(
        SetParent,
        s.by,
        parent=40,
        carried=True,
        found=Relative(number=40, state="open", due=case.promise.due if case.promise else None),
    ),
    "stands alone": lambda s, case, next_: ask(SetParent, s.by),
    "sees its parent change": lambda s, case, next_: ask(
        NoteParent, s.by, parent=40, state="open" if s.minutes % 2 else "resolved", due=next_.due
    ),
    "is told by way of it": lambda s, case, next_: ask(
        RecordContact,
        s.by,
        how="mail",
        said="to all",
        next=next_ if case.status == "open" else None,
        reason="agreed",
        via=40,
    ),
}
OTHER_TERMS = (
    {"first_response": "20m", "next_reply": "30m", "resolution": "4h"},
    {"first_response": "1bd", "next_reply": "1bd", "resolution": "3bd", "calendar": NINE_TO_FIVE},
    {"first_response": None, "next_contact_required": False, "calendar": NINE_TO_FIVE, "next_reply": "10m"},
)
OFTEN = ("contacts", "promises", "acknowledges", "ends or begins again", "waits")
"""What moves clocks comes up in every second step."""
WAYS = (
    (0, 0, 1, 60, 120, 299, 300, 450, 600, 1800, 7200),
    (True, True, False),
    (*ACTS, *OFTEN * 3),
    PEOPLE,
    (-1, 1, 2, 5, 11, 12, 30, 60, 90),
    ("network", "network", "storage", "own-1"),
)


def a_step(number: int) -> Step:
    """Each number is one of the ways in which a step can go: cheaper than drawing its six parts one by one."""
    chosen = []
    for ways in WAYS:
        number, index = divmod(number, len(ways))
        chosen.append(ways[index])
    return Step(*chosen)


STEPS = st.lists(st.integers(0, prod(map(len, WAYS)) - 1).map(a_step), min_size=20, max_size=40)
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
            yield self._does(step.command(self.case, self.now))

    def _does(self, command: CaseCommand) -> Act:
        before, kept = self.case, self.case.model_copy()
        try:
            facts = decide(before, command, self.now)
        except Refusal:
            facts = ()
        self.case = replay(facts, before)
        self.facts += facts
        assert before == kept, "deciding or evolving changed the case"
        return before, command, facts, self.case


@settings(max_examples=250, derandomize=True, deadline=None, database=None)
@given(STEPS, st.sampled_from(LADDERS), st.sampled_from([(), (BEN,)]))
def test_whatever_happens(steps, changed, backup):
    """One life, looked at from every side after every act; the names below say what must be true."""
    life = Life(backup, **changed)
    said: dict[str, Notice] = {}
    answered = 0
    for before, command, facts, case in life.lives(steps):
        somebody_looks_after_the_promise(case)
        one_holder_per_area(case)
        the_owner_is_one_and_the_others_are_the_people(case)
        moments_are_still_to_come(case)
        nobody_checks_their_own_step(case)
        only_what_may_changes_what(before, facts, case)
        time_has_said_everything(before, command, facts, case, life.now)
        no_task_is_lost(before, facts, case)
        a_notice_has_a_name_of_its_own(said, notices(case, facts))
        no_reminder_is_said_of_what_is_over(case, said)
        answered += first_responses(before, facts)
        every_promise_ends_in_exactly_one_way(case, answered)
    the_facts_are_the_case(life)


def somebody_looks_after_the_promise(case):
    """Invariant 1: an open case that needs one has a next contact or a running first response."""
    if case.status == "open" and case.terms.next_contact_required:
        assert case.promise is not None or running(case.ledger, "first-response") is not None


def one_holder_per_area(case):
    """Invariant 8; and no helper without a holder."""
    assert len({area.key for area in case.areas}) == len(case.areas)
    for area in case.areas:
        assert area.holder not in area.joined
        assert len(set(area.joined)) == len(area.joined)
        assert area.holder or not area.joined


def the_owner_is_one_and_the_others_are_the_people(case):
    assert case.owner not in case.people
    assert len(set(case.people)) == len(case.people)


def nobody_checks_their_own_step(case):
    """And what counts as checked was answered about this very edition."""
    assert [check.serial for check in case.checks] == list(range(1, len(case.checks) + 1))
    for check in case.checks:
        assert check.state != "approved" or check.answered_by not in (None, check.by)
        assert (check.state == "pending") == (check.answered_at is None)
        in_time = check.answered_at is None or check.at <= check.answered_at < check.at + LASTS
        assert in_time or (check.state in ("overridden", "used") and check.reason), "only an override comes later"


def moments_are_still_to_come(case):
    """Of running clocks, in order, none twice and none that came."""
    points = checkpoints(case)
    assert [point.at for point in points] == sorted(point.at for point in points)
    assert len({point.key for point in points}) == len(points)
    assert not {point.key for point in points} & case.fired
    assert {point.clock for point in points} <= set(clocks(case))


def only_what_may_changes_what(before, facts, case):
    """Invariants 3 and 12: a promise moves by an explicit act; handing over and acknowledging move no due time."""
    kinds = {type(fact) for fact in facts}
    if not kinds & {NextContactPromised, ContactMade, CaseReopened}:
        assert case.promise == before.promise
    if not kinds & {HandoffAccepted, OwnerLost}:
        assert case.owner == before.owner
    told = (moment_told(before), moment_told(case))
    if not kinds & {SeverityChanged, PlanChanged, CaseResumed, CasePaused}:
        assert all(told[1].get(key, due) == due for key, due in told[0].items())
    if HandoffAccepted in kinds and NextContactPromised not in kinds:
        assert (clocks(case), moments(case).keys(), case.tally) == (
            clocks(before),
            moments(before).keys(),
            before.tally,
        )
    if ReminderAcknowledged in kinds:
        assert (clocks(case), moments(case).keys()) == (clocks(before), moments(before).keys())
        assert all(moments(case)[key] >= earlier for key, earlier in moments(before).items())


def no_task_is_lost(before, facts, case):
    """Each keeps its number, and changes by an answer, a withdrawal or the end of its case alone."""
    kinds = {type(fact) for fact in facts}
    assert [task.serial for task in case.tasks] == list(range(1, len(case.tasks) + 1))
    assert len(case.tasks) - len(before.tasks) == sum(isinstance(fact, TaskAsked) for fact in facts)
    if not kinds & {TaskAccepted, TaskDeclined, TaskDone, TaskWithdrawn, CaseClosed}:
        assert case.tasks[: len(before.tasks)] == before.tasks


def moment_told(case):
    """The due time of every clock by its name and number: what somebody was told."""
    return {(clock.name, clock.serial): clock.due for clock in case.ledger if clock.name != "next-reply"}


def moments(case):
    return {point.key: point.at for point in checkpoints(case)}


def time_has_said_everything(before, command, facts, case, now):
    """Invariant 6: nothing after the end; and time never needs a second look at the same moment."""
    if any(isinstance(fact, ReminderCame) for fact in facts):
        assert (before.status, command) == ("open", TIME_PASSES)
    if command is TIME_PASSES:
        assert [point for point in checkpoints(case) if point.at <= now] == []


def a_notice_has_a_name_of_its_own(said, new):
    """For all time: the outbox keeps the first of a name."""
    for notice in new:
        assert said.setdefault(notice.key, notice) == notice


def no_reminder_is_said_of_what_is_over(case, said):
    """Invariant 6, the re-check: every reminder so far, against the case as it is now."""
    running = {(clock.name, clock.due) for clock in clocks(case)}
    for notice in said.values():
        if isinstance(notice.fact, ReminderCame) and still_worth_saying(case, notice):
            assert (notice.fact.clock, notice.fact.due) in running


def first_responses(before, facts):
    """How many came, or can come no more because the case began again after their time. Over by a change is neither."""
    owed = running(before.ledger, "first-response")
    if owed is None or owed.by_change:
        return 0
    return sum(
        isinstance(fact, ContactMade) or (isinstance(fact, CaseReopened) and fact.at >= owed.due) for fact in facts
    )


def every_promise_ends_in_exactly_one_way(case, answered):
    """Kept, late, missed or renegotiated, first responses included: none disappears from the figures."""
    ended = case.promises - (case.promise is not None)
    assert sum(case.tally.model_dump().values()) == ended + answered


def the_facts_are_the_case(life):
    """Invariant 9, as it is kept on disk."""
    read_back = tuple(FACT.validate_json(fact.model_dump_json()) for fact in life.facts)

    assert read_back == life.facts
    assert replay(read_back) == life.case
    assert Case.model_validate_json(life.case.model_dump_json()) == life.case
