"""Modals: what was filled in becomes a command; what can't be accepted is said at the field that is wrong."""

from typing import Any

from pydantic import ValidationError

from bot.desk import Desk
from bot.domain.case import Case
from bot.domain.errors import (
    AnotherTime,
    AreaNameTooLong,
    AreaNotNamed,
    AreaRefusal,
    CantCheck,
    CarriedContact,
    CheckOfOneself,
    ContactEmpty,
    DeadlineInThePast,
    DraftTimesDiffer,
    DraftUnfinished,
    EvidenceMissing,
    FirstActionMissing,
    HandoffRefusal,
    HandoffToNobody,
    KinRefusal,
    LookAgainInThePast,
    LookAgainMissing,
    LookAgainTooFar,
    NextActionMissing,
    NextContactMissing,
    NoTermsForSeverity,
    NotInChannel,
    OutsideCustomerHours,
    OverrideReason,
    PersonUnavailable,
    PlanNotNamed,
    PromiseBeyondReason,
    PromiseInThePast,
    PromiseTooFar,
    ReasonMissing,
    ReasonNeeded,
    Refusal,
    ResultMissing,
    RollbackMissing,
    RunbookRefusal,
    SameTerms,
    SeverityUnknown,
    SharedChannel,
    SkipReasonMissing,
    StaleForm,
    StepMissing,
    StopReasonMissing,
    TargetDiffers,
    TargetMissing,
    TargetNotTyped,
    TaskDueInThePast,
    TaskDueTooFar,
    TaskReasonMissing,
    TaskRefusal,
    TaskTextMissing,
    TextMissing,
    TimeUnreadable,
    TitleMissing,
    UnknownCase,
    VendorNameMissing,
    VendorNotNamed,
    VendorTimeMissing,
    WrittenInTheFuture,
)
from bot.domain.kin_messages import SetParent
from bot.domain.messages import (
    AcceptHandoff,
    AddArea,
    AddNote,
    AskCheck,
    CaseCommand,
    CloseCase,
    Command,
    DeclineHandoff,
    EditCase,
    NextStep,
    OfferHandoff,
    OpenCase,
    RecordContact,
    ReopenCase,
    ReportFinding,
    ResolveCase,
    SetNextContact,
)
from bot.domain.values import CaseNumber, ChannelId, UserId
from handlers.slack import runs
from handlers.slack.check_forms import FORMS
from handlers.slack.commands import Commands
from handlers.slack.drafts import check
from handlers.slack.payloads import Submission
from handlers.slack.people import Speaker
from handlers.slack.replies import Meta, Reply
from handlers.slack.task_forms import answered, asked
from handlers.slack.teams import Teams
from handlers.slack.times import find_time
from handlers.views.kin_modals import EVERY, NONE, ONLY

_FIELD_OF: tuple[tuple[type[Refusal], str], ...] = (
    (TimeUnreadable, "next_at"),
    (OutsideCustomerHours, "outside"),
    (OutsideCustomerHours, "next_at"),
    (LookAgainMissing, "look_at"),
    (LookAgainInThePast, "look_at"),
    (LookAgainTooFar, "look_at"),
    (WrittenInTheFuture, "wrote_at"),
    (DeadlineInThePast, "deadline"),
    (VendorNameMissing, "name"),
    (VendorTimeMissing, "promise_at"),
    (VendorNotNamed, "vendor"),
    (SameTerms, "severity"),
    (SameTerms, "plan"),
    (NoTermsForSeverity, "severity"),
    (NoTermsForSeverity, "plan"),
    (PlanNotNamed, "plan"),
    (PromiseInThePast, "next_at"),
    (PromiseBeyondReason, "next_at"),
    (NextContactMissing, "next_at"),
    (PromiseTooFar, "reason"),
    (NextActionMissing, "next_action"),
    (ReasonMissing, "reason"),
    (AnotherTime, "reason"),
    (FirstActionMissing, "next_action"),
    (ReasonNeeded, "reason"),
    (SkipReasonMissing, "reason"),
    (StopReasonMissing, "reason"),
    (RunbookRefusal, "step"),
    (ContactEmpty, "said"),
    (DraftUnfinished, "said"),
    (DraftTimesDiffer, "said"),
    (EvidenceMissing, "evidence"),
    (HandoffToNobody, "to"),
    (PersonUnavailable, "to"),
    (CantCheck, "to"),
    (CheckOfOneself, "to"),
    (StepMissing, "what"),
    (TargetMissing, "target"),
    (TargetNotTyped, "target"),
    (TargetDiffers, "target"),
    (RollbackMissing, "rollback"),
    (OverrideReason, "reason"),
    (HandoffRefusal, "to"),
    (CarriedContact, "also"),
    (KinRefusal, "parent"),
    (NotInChannel, "channel"),
    (SharedChannel, "channel"),
    (TitleMissing, "title"),
    (SeverityUnknown, "severity"),
    (TextMissing, "text"),
    (TaskTextMissing, "text"),
    (TaskDueInThePast, "due"),
    (TaskDueTooFar, "due"),
    (TaskReasonMissing, "reason"),
    (ResultMissing, "result"),
    (TaskRefusal, "to"),
    (AreaNameTooLong, "text"),
    (AreaRefusal, "area"),
)


_FINDINGS = frozenset({"clear", "suspect", "cause", "waiting", "finding"})


def field_of(refusal: Refusal, fields: dict[str, str]) -> str | None:
    """The block that a refusal is about, where the modal has it; else its first one; None where it has no fields."""
    named = [refusal.about.get("field"), *(field for kind, field in _FIELD_OF if isinstance(refusal, kind))]
    return next((field for field in named if field in fields), next(iter(fields), None))


class Modals:
    """Every modal that can be sent off."""

    def __init__(self, desk: Desk, commands: Commands, teams: Teams) -> None:
        self._desk = desk
        self._commands = commands
        self._teams = teams

    async def submitted(self, sent: Submission, meta: Meta, speaker: Speaker) -> Reply:
        """Do what the modal asks; `meta` is what it remembered. Raises Refusal or NothingSaved."""
        where = meta.answered_at(sent.where)
        return await self._commands.done(await self._asked(sent, meta, speaker), speaker, where)

    async def _asked(self, sent: Submission, meta: Meta, speaker: Speaker) -> Command:
        """The command in it. A value that no form of ours offers was forged, or is older than this version."""
        try:
            if sent.callback == "open":
                return await self._open(sent, meta, speaker)
            if meta.case is None:
                raise UnknownCase(number="?")
            case = await self._desk.find(CaseNumber(meta.case))
            if sent.callback in runs.FORMS:
                who: dict[str, Any] = {"delivery": sent.delivery, "by": sent.actor.user, "case": case.number}
                return runs.sent(sent.callback, who, meta.run, sent.fields)
            if sent.callback in _FINDINGS:
                return _finding(sent, case, meta)
            if sent.callback in FORMS:
                return await self._step(sent, case, meta)
            return answered(sent.callback, _who(sent, case), sent.fields, meta.task) or await self._command(
                sent, case, speaker
            )
        except ValidationError:
            raise StaleForm() from None

    async def _open(self, sent: Submission, meta: Meta, speaker: Speaker) -> Command:
        field = sent.fields
        chosen = field.get("channel")
        channel = await self._teams.team_channel(ChannelId(chosen) if chosen else meta.channel)
        await self._commands.may_open(speaker, meta.answered_at(sent.where), channel)
        deadline = find_time(field.get("deadline", ""), self._desk.now(), speaker.tz)
        return OpenCase(
            delivery=sent.delivery,
            by=sent.actor.user,
            team=sent.where.team,
            channel=channel,
            language=self._desk.config.rules(channel).language or speaker.language,
            severity=field.get("severity") or "A",
            source=meta.source,
            deadline=deadline[0] if deadline else None,
            deadline_text=field.get("deadline", ""),
            family=field.get("family") or None,
            about=" ".join(field.values())[:4000],
            shared=await self._teams.shared(channel),
            private=await self._teams.private(channel),
            **{name: field.get(name, "") for name in ("title", "customer", "plan", "reference", "impact")},
        )

    async def _command(self, sent: Submission, case: Case, speaker: Speaker) -> CaseCommand:
        field, who = sent.fields, _who(sent, case)
        match sent.callback:
            case "contacted" | "draft":
                step = self._next_step(case, field, speaker)
                if sent.callback == "draft":
                    check(case, field.get("said", ""), step, speaker)
                return RecordContact(
                    **who,
                    how=field.get("how") or "other",
                    said=field.get("said", ""),
                    next=step,
                    reason=field.get("reason", ""),
                    confirmed=bool(field.get("outside")),
                    also=await self._told_too(case, field.get("also"), sent, speaker),
                )
            case "parent":
                return await self._parent(who, field, sent, speaker)
            case "next":
                step = self._next_step(case, field, speaker)
                if step is None:
                    raise TimeUnreadable(word="", number=case.number)
                outside = bool(field.get("outside"))
                return SetNextContact(**who, next=step, reason=field.get("reason", ""), confirmed=outside)
            case "area":
                return AddArea(**who, name=field.get("text", ""))
            case "handoff":
                return await self._handoff(who, case, field)
            case "task":
                request = asked(who, case, field, speaker, self._desk.now())
                await self._commands.can_be_asked(request.to)
                return request
            case "accept":
                return self._accept(who, case, field, speaker)
            case "decline":
                return DeclineHandoff(**who, reason=field.get("reason", ""))
            case "note":
                return AddNote(**who, text=field.get("text", ""))
            case "resolve":
                return ResolveCase(**who, how=field.get("text", ""))
            case "close":
                return CloseCase(**who, anyway=True, reason=field.get("reason", ""))
            case "reopen":
                return ReopenCase(**who, reason=field.get("reason", ""))
            case "edit":
                return self._edit(who, case, field, speaker)
        command = self._commands.forms.clock.command(sent.callback, who, case, field, speaker)
        if command is None:
            raise StaleForm()
        return command

    async def _step(self, sent: Submission, case: Case, meta: Meta) -> CaseCommand:
        """About a risky step: asked, approved, sent back, or done without a check."""
        who: dict[str, Any] = {"delivery": sent.delivery, "by": sent.actor.user, "case": case.number}
        command = self._commands.forms.checks.command(sent.callback, who, case, sent.fields, meta)
        for person in command.to if isinstance(command, AskCheck) else ():
            await self._commands.can_check(case, person)
        return command

    async def _told_too(
        self, case: Case, chosen: str | None, sent: Submission, speaker: Speaker
    ) -> tuple[CaseNumber, ...] | None:
        """The children whose customers heard a contact too; None for those that are carried."""
        if chosen == EVERY:
            return await self._commands.kindred.told(case, speaker, sent.where)
        return () if chosen == ONLY else None

    async def _parent(
        self, who: dict[str, Any], field: dict[str, str], sent: Submission, speaker: Speaker
    ) -> SetParent:
        chosen = field.get("parent", "")
        if chosen == NONE:
            return SetParent(**who)
        if not (chosen.isascii() and chosen.isdecimal()):
            raise StaleForm()
        above = await self._commands.kindred.found(int(chosen), speaker, sent.where)
        return SetParent(**who, parent=above.number, carried=bool(field.get("carried")))

    def _next_step(self, case: Case, field: dict[str, str], speaker: Speaker) -> NextStep | None:
        typed = field.get("next_at", "").strip()
        if not typed:
            return None
        found = find_time(typed, self._desk.now(), speaker.tz)
        if found is None:
            raise TimeUnreadable(word=typed[:40], number=case.number)
        return NextStep(due=found[0], action=field.get("next_action", "") or found[1])

    async def _handoff(self, who: dict[str, Any], case: Case, field: dict[str, str]) -> OfferHandoff:
        to = UserId(field.get("to", ""))
        if not to:
            raise HandoffToNobody(number=case.number)
        await self._commands.can_own(to)
        return OfferHandoff(**who, to=to, note=field.get("text", ""))

    def _accept(self, who: dict[str, Any], case: Case, field: dict[str, str], speaker: Speaker) -> AcceptHandoff:
        step = self._next_step(case, field, speaker)
        return AcceptHandoff(
            **who,
            due=step.due if step else None,
            action=field.get("next_action", ""),
            reason=field.get("reason", ""),
            confirmed=bool(field.get("outside")),
        )

    def _edit(self, who: dict[str, Any], case: Case, field: dict[str, str], speaker: Speaker) -> EditCase:
        typed = field.get("deadline", "")
        if typed == case.deadline_text:
            due = case.deadline
        else:
            found = find_time(typed, self._desk.now(), speaker.tz)
            due = found[0] if found else None
        texts = {n: field[n] for n in ("title", "customer", "plan", "reference", "impact") if n in field}
        return EditCase(**who, **texts, deadline=due, deadline_text=typed, family=field.get("family") or None)


def _who(sent: Submission, case: Case) -> dict[str, Any]:
    return {"delivery": sent.delivery, "by": sent.actor.user, "case": case.number}


def _finding(sent: Submission, case: Case, meta: Meta) -> ReportFinding:
    field = sent.fields
    area = field.get("area", "")
    if not area:
        raise AreaNotNamed(number=case.number, verb="clear", near=case.areas[0].key if case.areas else "")
    verdict = field.get("verdict") or ("cleared" if sent.callback == "clear" else sent.callback)
    reply: dict[str, Any] = {"source": meta.source, "author": meta.author}
    return ReportFinding(**_who(sent, case), area=area, verdict=verdict, evidence=field.get("evidence", ""), **reply)
