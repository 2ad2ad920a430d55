"""Actions: buttons and menus. Each does its verb at once, or opens the modal that asks for the rest."""

import re
from collections.abc import Callable
from typing import Any

from bot.desk import Desk
from bot.domain import task as tasks
from bot.domain.case import Case
from bot.domain.check_messages import FinishCheck, WithdrawCheck
from bot.domain.clock_messages import ResumeCase
from bot.domain.errors import CaseClosed, Refusal, StaleForm, TaskUnknown
from bot.domain.handoff import expected
from bot.domain.kin_messages import SetParent
from bot.domain.messages import (
    AcceptTask,
    Acknowledge,
    AskReport,
    CallForHelp,
    CaseCommand,
    ClaimArea,
    CloseCase,
    JoinArea,
    Leave,
    ReleaseArea,
    TickOff,
    WithdrawHandoff,
    WithdrawTask,
)
from bot.domain.rules import loose_ends
from bot.domain.values import CaseNumber, UserId
from handlers.slack import runs
from handlers.slack.check_forms import FORMS, step_of
from handlers.slack.commands import Commands
from handlers.slack.drafts import language_named
from handlers.slack.forms import Forms
from handlers.slack.gate import Gate
from handlers.slack.messenger import SlackMessenger
from handlers.slack.payloads import Click
from handlers.slack.people import Speaker
from handlers.slack.replies import Modal, Reply, Silence
from handlers.slack.seal import Seal
from handlers.slack.verbs.duty import on_duty
from handlers.views.lists import show
from handlers.views.parts import Message
from handlers.views.sums import sums
from handlers.views.terms import terms
from handlers.views.windows import message_modal

NEW_AREA = "new"
_NUMBER = re.compile(r"[0-9]{1,9}")
_PERSON = re.compile(r"[UW][A-Z0-9]{1,40}")
_FOR_THE_CLOSED = {"reopen", "note", "more", "timeline", "similar", "details", "clocks", "report"}
_AT_ONCE: dict[str, Callable[..., CaseCommand]] = {
    "ack": Acknowledge,
    "swarm": CallForHelp,
    "resume": ResumeCase,
    "leave": Leave,
    "report": AskReport,
    "withdraw": WithdrawHandoff,
    "tick": TickOff,
}
_OF_WHAT = {"swarm": "area", "tick": "item"}
"""What the rest of a value means to those acts."""
_ON_AREAS: dict[str, Callable[..., CaseCommand]] = {"claim": ClaimArea, "join": JoinArea, "release": ReleaseArea}
_OF_TASKS: dict[str, Callable[..., CaseCommand]] = {"task-accept": AcceptTask, "task-withdraw": WithdrawTask}
_VERDICTS: dict[str, Any] = {"clear": "cleared", "suspect": "suspect", "cause": "cause", "waiting": "waiting"}
_ON_STEPS: dict[str, Callable[..., CaseCommand]] = {"done": FinishCheck, "unask": WithdrawCheck}
_CLOCK_FORMS = ("pause", "wrote", "deadline", "severity", "plan", "vendor", "answered", "accept")
"""Buttons that open the form of their own name."""
_TO_READ = frozenset({"clocks", "terms"})
"""What is asked for to be read: inside a form it opens on top of it."""
_FROM_AFAR = frozenset({"gather", "apart"})
"""Asked in every channel that a suspected incident concerns; about the oldest case of it, which may live in another."""
_KNOWN = frozenset(
    ("area", "contacted", "draft", "next", "handoff", "decline", "resolve", "close", "reopen", "edit", "note", "more",
     "details", "parent", "gather", "apart", "load", "timeline", "clocks", "terms", "runbook", *runs.ACTIONS,
     "task", "task-decline", "task-done",
     "task-finding", *_OF_TASKS,
     *_CLOCK_FORMS, *_AT_ONCE, *_ON_AREAS, *_ON_STEPS, *_VERDICTS, *FORMS)
)  # fmt: skip


class Actions:
    """Every button and menu, by its action id."""

    def __init__(
        self, desk: Desk, commands: Commands, forms: Forms, messenger: SlackMessenger, gate: Gate, seal: Seal
    ) -> None:
        self._gate = gate
        self._seal = seal
        self._desk = desk
        self._commands = commands
        self._forms = forms
        self._messenger = messenger

    async def clicked(self, click: Click, speaker: Speaker) -> Reply:
        """Do what the button says. Raises Refusal or NothingSaved.

        StaleForm, where the value names another case than the one the button stands for: it is forged, or very old.
        """
        if click.action == "retry":
            case, rest = await self._case(click)
            await self._desk.retry(rest, case.number, speaker.user)
            return Silence()
        if click.action == "duty":
            self._desk.permit("read", speaker.user, speaker.badge)
            return on_duty(self._commands, speaker, self._desk.now())
        if click.action == "week":
            self._desk.permit("read", speaker.user, speaker.badge)
            return await self._commands.loads.week(speaker)
        if click.where.view:
            meta = self._seal.read(click.meta, callback=click.callback, user=speaker.user)
            click = click.model_copy(update={"where": meta.answered_at(click.where)})
            case, rest = await self._case(click)
            if case.number != meta.case:
                raise StaleForm()
            return await self._in_a_modal(click, speaker, case, rest)
        case, rest = await self._case(click)
        channel, from_afar = click.where.channel, click.action in _FROM_AFAR
        if channel is not None and not channel.startswith("D") and channel != case.channel and not from_afar:
            raise StaleForm()
        return await self._act(click, speaker, case, rest)

    async def _case(self, click: Click) -> tuple[Case, str]:
        """The case and what follows its number in the value; a menu's value is an area of the thread's case.

        Raises StaleForm for a value that names nothing: buttons carry no authority, and may be old or forged.
        """
        number, _, rest = click.value.partition(" ")
        if _NUMBER.fullmatch(number):
            return await self._desk.find(CaseNumber(int(number))), rest
        where = click.where
        if click.action == "claim" and where.channel and (where.thread or where.message):
            case = await self._desk.in_thread(where.channel, where.thread or where.message)  # type: ignore[arg-type]
            if case is not None:
                return case, click.value
        raise StaleForm()

    async def _act(self, click: Click, speaker: Speaker, case: Case, rest: str) -> Reply:
        if click.action not in _KNOWN | _FOR_THE_CLOSED:
            raise StaleForm()
        await self._gate.reveal(speaker, click.where, case)
        if case.status == "closed" and click.action not in _FOR_THE_CLOSED:
            raise CaseClosed(number=case.number)  # at once: nobody fills in a form to be refused afterwards
        await self._gate.pass_on(click.action, speaker, click.where, case)
        who: dict[str, Any] = {"delivery": click.delivery, "by": click.actor.user, "case": case.number}
        if click.action == "area" or (click.action == "claim" and rest == NEW_AREA):
            return Modal(self._forms.new_area(speaker, case, click.where))
        if click.action in _ON_AREAS:
            return await self._commands.done(_ON_AREAS[click.action](**who, area=rest), speaker, click.where)
        if click.action in _ON_STEPS:
            command = _ON_STEPS[click.action](**who, **dict(step_of(rest)))
            return await self._commands.done(command, speaker, click.where)
        if click.action in FORMS:
            return Modal(self._forms.checks.open(click.action, speaker, case, click.where, step_of(rest)))
        if click.action in _AT_ONCE:
            about = {_OF_WHAT[click.action]: rest} if click.action in _OF_WHAT else {}
            return await self._commands.done(_AT_ONCE[click.action](**who, **about), speaker, click.where)
        if click.action in runs.STEPS:
            await self._commands.done(runs.pressed(click.action, who, rest), speaker, click.where)
            return Silence()  # its own message shows it
        if click.action in runs.STARTS:
            return await self._commands.done(runs.pressed(click.action, who, rest), speaker, click.where)
        if click.action == "gather":
            asked = await self._commands.kindred.gather(click.delivery, case, speaker, click.where)
            return await self._commands.done(asked, speaker, click.where)
        if click.action == "apart":
            return await self._commands.done(SetParent(**who), speaker, click.where)
        if click.action in _OF_TASKS:
            return await self._commands.done(_OF_TASKS[click.action](**who, task=_serial(rest)), speaker, click.where)
        if click.action == "close" and not loose_ends(case):
            return await self._commands.done(CloseCase(**who), speaker, click.where)
        return await self._form(click, speaker, case, rest)

    async def _form(self, click: Click, speaker: Speaker, case: Case, rest: str) -> Reply:
        forms, where = self._forms, click.where
        if click.action in _VERDICTS:
            area = next((a for a in case.areas if a.key == rest), None)
            return Modal(forms.finding(speaker, case, where, _VERDICTS[click.action], area))
        match click.action:
            case "contacted":
                return Modal(forms.contacted(speaker, case, where))
            case "draft":
                return await self._commands.drafts.form(case, speaker, where, language_named(rest))
            case "next":
                return Modal(forms.next(speaker, case, where, action=rest))
            case "handoff":
                receiver = None if case.owner == speaker.user else speaker.user
                if _PERSON.fullmatch(rest):  # who is on duty next was named on the button
                    receiver = UserId(rest)
                return Modal(forms.handoff(speaker, case, where, receiver=receiver))
            case "accept":
                expected(case, speaker.user)  # at once, as above
                return Modal(forms.accept(speaker, case, where))
            case "decline":
                return Modal(forms.decline(speaker, case, where))
            case "task":
                tasks.askable(case)  # at once, as above
                return Modal(forms.task.again(speaker, case, where, rest))
            case "task-decline" | "task-done":
                answer: tasks.Answer = "decline" if click.action == "task-decline" else "done"
                asked = tasks.expected(case, speaker.user, _serial(rest), answer)
                return Modal(forms.task.answer(answer, speaker, case, where, asked))
            case "task-finding":
                return Modal(forms.task.finding(speaker, case, where, _done(case, _serial(rest))))
            case "resolve":
                return Modal(forms.resolve(speaker, case, where))
            case "close":
                return Modal(forms.close(speaker, case, where, loose_ends(case)))
            case "reopen":
                return Modal(forms.reopen(speaker, case, where))
            case "edit":
                return Modal(forms.edit(speaker, case, where))
            case "note":
                return Modal(forms.note(speaker, case, where))
            case "load":
                return await self._commands.loads.of(case.channel, speaker)
            case "parent":
                return Modal(await self._commands.kindred.form(case, speaker, where))
            case "more":
                return Modal(forms.more(speaker, case, where, await self._gate.allowed(speaker, where, case)))
            case "details":
                return show(case, speaker.language, self._desk.now(), zone=speaker.zone)
            case "clocks":
                return sums(case, speaker.language, speaker.zone, self._desk.now())
            case "terms":
                return terms(case, self._desk.config, speaker.language, speaker.zone)
            case "runbook":
                return Modal(forms.runbooks(speaker, case, where))
            case "step-skip" | "run-stop":
                return Modal(forms.of_run(speaker, case, where, click.action, runs.going(case, rest)))
            case one if one in _CLOCK_FORMS:
                view: dict[str, Any] = getattr(forms.clock, one)(speaker, case, where)
                return Modal(view)
            case "timeline":
                _, told = await self._desk.history(case.number)
                return Modal(forms.timeline(speaker, case, told, where))
            case "similar":
                past = await self._commands.recall.like(case, speaker, where)
                return Modal(forms.alike(speaker, case, past, where, self._commands.link))
        raise StaleForm()

    async def _in_a_modal(self, click: Click, speaker: Speaker, case: Case, rest: str) -> Reply:
        """Inside "more": what needs words opens on top of it; what does not is done and the modal redrawn."""
        where, user = click.where, speaker.user
        try:
            reply = await self._act(click, speaker, case, rest)
        except Refusal as refusal:
            await self._messenger.push_view(where.trigger, self._forms.refusal(speaker, refusal))
            return Silence()
        if isinstance(reply, Modal) and click.callback == click.action == "draft":
            await self._messenger.update_view(where.view, self._seal.signed(reply.view, user))  # in another language
            return Silence()
        if isinstance(reply, Modal):
            await self._messenger.push_view(where.trigger, self._seal.signed(reply.view, user))
            return Silence()
        if isinstance(reply, Message) and click.action in _TO_READ:
            await self._messenger.push_view(where.trigger, message_modal(speaker.language, reply.text))
            return Silence()
        fresh = await self._desk.find(case.number)
        if click.callback == "runbook":
            again = self._forms.runbooks(speaker, fresh, where)
        else:
            again = self._forms.more(speaker, fresh, where, await self._gate.allowed(speaker, where, fresh))
        await self._messenger.update_view(where.view, self._seal.signed(again, user))
        return Silence()


def _serial(rest: str) -> int:
    """The number of a task. Raises StaleForm for a value that is none."""
    if not _NUMBER.fullmatch(rest):
        raise StaleForm()
    return int(rest)


def _done(case: Case, serial: int) -> tasks.Task:
    """A task with a result. Raises TaskUnknown, and StaleForm for one without."""
    task = tasks.of(case, serial)
    if task is None:
        raise TaskUnknown(number=case.number, task=serial)
    if task.state != "done" or task.area is None:
        raise StaleForm()
    return task
