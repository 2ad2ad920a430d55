"""Rules: `decide(case, command, now)` says what happens when something is asked of a case, or refuses."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.domain import (
    area,
    change,
    check,
    checklist,
    contact,
    deadline,
    handoff,
    kin,
    ladder,
    measure,
    nudge,
    pause,
    presence,
    reply,
    run,
    swarm,
    task,
    vendor,
)
from bot.domain.case import TITLE, Case, edited
from bot.domain.clock import Clock, ClockName
from bot.domain.clock_messages import (
    AskVendor,
    ChangePlan,
    ChangeSeverity,
    NoteCustomerWrote,
    PauseCase,
    RecordVendorAnswer,
    ResumeCase,
    SetDeadline,
)
from bot.domain.errors import (
    CaseClosed as CaseIsClosed,
)
from bot.domain.errors import (
    CaseResolved as CaseIsResolved,
)
from bot.domain.errors import (
    CaseStillOpen,
    LooseEnds,
    ReasonNeeded,
    TextMissing,
    TitleMissing,
)
from bot.domain.kin_messages import (
    Enlarge,
    GatherCases,
    KeepApart,
    NoteChild,
    NoteParent,
    SetParent,
    Suspect,
)
from bot.domain.messages import (
    AcceptHandoff,
    AcceptTask,
    Acknowledge,
    AddArea,
    AddNote,
    ApproveCheck,
    Arrive,
    AskCheck,
    AskReport,
    AskTask,
    CallForHelp,
    CaseClosed,
    CaseCommand,
    CaseEdited,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    ClaimArea,
    CloseCase,
    DeclineHandoff,
    DeclineTask,
    EditCase,
    Fact,
    FindPlace,
    FinishCheck,
    FinishTask,
    Footing,
    JoinArea,
    Leave,
    LoseOwner,
    LosePlace,
    LoseThread,
    MarkShared,
    NoteAdded,
    OfferHandoff,
    OpenCase,
    OverrideCheck,
    OwnerLost,
    PlaceFound,
    PlaceLost,
    ReachCheckpoints,
    RecordContact,
    RejectCheck,
    ReleaseArea,
    ReopenCase,
    ReportAsked,
    ReportFinding,
    ResolveCase,
    SetNextContact,
    SharingChanged,
    Stamp,
    StartThread,
    ThreadLost,
    ThreadStarted,
    TickOff,
    WithdrawCheck,
    WithdrawHandoff,
    WithdrawTask,
)
from bot.domain.policy import Terms
from bot.domain.runbook_messages import ConfirmStep, DoStep, SkipStep, StartRunbook, StopRunbook, UndoStep
from bot.domain.sla import next_serial
from bot.domain.text import many_lines, one_line
from bot.domain.values import (
    CaseNumber,
)


def open_case(number: CaseNumber, command: OpenCase, footing: Footing, now: datetime) -> tuple[Fact, ...]:
    """The first fact of a case. Raises TitleMissing."""
    if not one_line(command.title, TITLE):
        raise TitleMissing()
    begun = min(command.posted_at or now, now)
    clocks = _first_clocks(footing.terms, begun)
    return (CaseOpened(by=command.by, at=now, case=number, opening=command, footing=footing, clocks=clocks),)


def _first_clocks(
    terms: Terms, begun: datetime, *, cycle: int = 1, edition: int = 0, serials: tuple[int, int] = (1, 1)
) -> tuple[Clock, ...]:
    """The clocks of a new cycle, from the beginning."""
    names: tuple[ClockName, ClockName] = ("first-response", "resolution")
    spans = (terms.first_response, terms.resolution)
    new = (
        Clock(name=name, serial=serial, start=begun, due=begun, span=span, cycle=cycle, edition=edition)
        for name, serial, span in zip(names, serials, spans, strict=True)
        if span is not None
    )
    return tuple(measure.run(clock, terms.calendar) for clock in new)


def decide(case: Case, command: CaseCommand, now: datetime) -> tuple[Fact, ...]:
    """What happens when this is asked of this case now; nothing, where there is nothing to change. Raises Refusal."""
    if case.status == "closed" and not isinstance(command, _FOR_THE_CLOSED):
        raise CaseIsClosed(number=case.number)
    stamp = Stamp(by=command.by, at=now)
    facts = _RULES[type(command)](case, command, stamp)
    return (*check.passed(case, command, stamp), *facts) if facts else facts


def _edit(case: Case, command: EditCase, stamp: Stamp) -> tuple[Fact, ...]:
    if command.title is not None and not one_line(command.title, TITLE):
        raise TitleMissing()
    return (CaseEdited(**stamp.fields, changes=command),) if edited(case, command) != case else ()


def _start_thread(case: Case, command: StartThread, stamp: Stamp) -> tuple[Fact, ...]:
    return (ThreadStarted(**stamp.fields, thread=command.thread),) if case.thread != command.thread else ()


def _lose_thread(case: Case, command: LoseThread, stamp: Stamp) -> tuple[Fact, ...]:
    return (ThreadLost(**stamp.fields, thread=command.thread),) if case.thread == command.thread else ()


def _lose_owner(case: Case, command: LoseOwner, stamp: Stamp) -> tuple[Fact, ...]:
    if case.owner is None or case.status != "open":
        return ()
    return (OwnerLost(**stamp.fields, owner=case.owner),)


def _lose_place(case: Case, command: LosePlace, stamp: Stamp) -> tuple[Fact, ...]:
    known = case.lost(command.to) is not None and command.to not in case.told
    if known or case.status == "closed":
        return ()
    return (PlaceLost(**stamp.fields, to=command.to, reason=one_line(command.reason, 200), edits=command.edits),)


def _find_place(case: Case, command: FindPlace, stamp: Stamp) -> tuple[Fact, ...]:
    return (PlaceFound(**stamp.fields, to=command.to),) if case.lost(command.to) is not None else ()


def _share(case: Case, command: MarkShared, stamp: Stamp) -> tuple[Fact, ...]:
    return (SharingChanged(**stamp.fields, shared=command.shared),) if case.shared != command.shared else ()


def _note(case: Case, command: AddNote, stamp: Stamp) -> tuple[Fact, ...]:
    text = many_lines(command.text, contact.LONGEST)
    if not text:
        raise TextMissing(number=case.number, verb="note")
    return (NoteAdded(**stamp.fields, text=text),)


def _resolve(case: Case, command: ResolveCase, stamp: Stamp) -> tuple[Fact, ...]:
    if case.status == "resolved":
        raise CaseIsResolved(number=case.number)
    return (CaseResolved(**stamp.fields, how=one_line(command.how, 500)),)


def _close(case: Case, command: CloseCase, stamp: Stamp) -> tuple[Fact, ...]:
    ends = loose_ends(case)
    if ends and not command.anyway:
        raise LooseEnds(number=case.number, ends=ends, areas=case.areas, runs=case.runs)
    closed = CaseClosed(**stamp.fields, left_open=ends, reason=one_line(command.reason, 500))
    return (closed, ReportAsked(**stamp.fields, by_closing=True)) if command.report else (closed,)


def loose_ends(case: Case) -> tuple[str, ...]:
    """What would be left undone by closing now, as words for the views: `unresolved`, `area:firewall`, `untold` …"""
    ends = ["unresolved"] if case.status == "open" else []
    ends += [f"area:{a.key}" for a in case.areas if a.holder and a.verdict in (None, "waiting")]
    if case.promise is not None:
        ends.append("promise")
    if case.resolved_at and (case.last_contact is None or case.last_contact.at < case.resolved_at):
        ends.append("untold")
    if case.offer is not None:
        ends.append("offer")
    if check.pending(case):
        ends.append("check")
    ends += [f"run:{one.serial}" for one in run.running(case)]
    ends += [f"child:{child.number}" for child in case.children if child.state == "open"]
    ends += [f"task:{one.serial}" for one in task.open_tasks(case)]
    return tuple(ends)


def _reopen(case: Case, command: ReopenCase, stamp: Stamp) -> tuple[Fact, ...]:
    if case.status == "open":
        raise CaseStillOpen(number=case.number)
    reason = one_line(command.reason, 500)
    if not reason:
        raise ReasonNeeded(number=case.number, verb="reopen")
    serials = next_serial(case, "first-response"), next_serial(case, "resolution")
    edition = len(case.earlier_terms)
    clocks = _first_clocks(case.terms, stamp.at, cycle=case.cycle + 1, edition=edition, serials=serials)
    return (CaseReopened(**stamp.fields, reason=reason, clocks=clocks),)


_FOR_THE_CLOSED = (
    ReopenCase,
    AskReport,
    AddNote,
    Arrive,
    Leave,
    StartThread,
    LoseThread,
    ReachCheckpoints,
    LoseOwner,
    LosePlace,
    FindPlace,
    MarkShared,
    NoteChild,
    NoteParent,
    KeepApart,
)

_RULES: dict[type[CaseCommand], Callable[[Case, Any, Stamp], tuple[Fact, ...]]] = {
    EditCase: _edit,
    ClaimArea: lambda case, command, stamp: area.claim(case.areas, command, stamp),
    JoinArea: lambda case, command, stamp: area.join(case.areas, command, stamp),
    ReleaseArea: lambda case, command, stamp: area.release(case.areas, command, stamp),
    AddArea: lambda case, command, stamp: area.add(case.areas, command, stamp),
    ReportFinding: lambda case, command, stamp: area.report(case.areas, command, stamp),
    RecordContact: contact.record,
    SetNextContact: contact.renegotiate,
    Acknowledge: contact.acknowledge,
    TickOff: checklist.tick,
    StartRunbook: run.start,
    DoStep: run.do,
    ConfirmStep: run.confirm,
    UndoStep: run.undo,
    SkipStep: run.skip,
    StopRunbook: run.stop,
    OfferHandoff: handoff.offer,
    AcceptHandoff: handoff.accept,
    DeclineHandoff: handoff.decline,
    WithdrawHandoff: handoff.withdraw,
    AskCheck: check.ask,
    ApproveCheck: check.approve,
    RejectCheck: check.reject,
    WithdrawCheck: check.withdraw,
    OverrideCheck: check.override,
    FinishCheck: check.finish,
    AskTask: task.ask,
    AcceptTask: task.accept,
    DeclineTask: task.decline,
    FinishTask: task.finish,
    WithdrawTask: task.withdraw,
    CallForHelp: swarm.call,
    AddNote: _note,
    ResolveCase: _resolve,
    CloseCase: _close,
    ReopenCase: _reopen,
    AskReport: lambda case, command, stamp: (ReportAsked(**stamp.fields),),
    Arrive: presence.arrive,
    Leave: presence.leave,
    StartThread: _start_thread,
    LoseThread: _lose_thread,
    LoseOwner: _lose_owner,
    PauseCase: pause.pause,
    ResumeCase: pause.resume,
    ChangeSeverity: change.severity,
    ChangePlan: change.plan,
    NoteCustomerWrote: reply.note,
    AskVendor: vendor.ask,
    RecordVendorAnswer: vendor.answer,
    SetDeadline: deadline.set_deadline,
    LosePlace: _lose_place,
    FindPlace: _find_place,
    MarkShared: _share,
    SetParent: kin.set_parent,
    GatherCases: kin.gather,
    NoteChild: kin.note_child,
    NoteParent: kin.note_parent,
    Suspect: kin.suspect,
    Enlarge: kin.enlarge,
    KeepApart: kin.keep_apart,
    ReachCheckpoints: lambda case, command, stamp: (
        *ladder.reach(on_duty := ladder.on_duty(case, command), stamp),
        *nudge.reach(on_duty, stamp),
    ),
}
