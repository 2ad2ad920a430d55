"""Access: who may do what. Every command is judged here and nowhere else, whatever way it came.

A **badge** is what the edge found out about whoever acts: facts. Which **roles** that makes on a case, and whether one
of them may do a **verb**, is decided here by a table (bot/presets/access.toml, and what the configuration changes).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator

from bot.domain import clock_messages as c
from bot.domain import kin_messages as k
from bot.domain import messages as m
from bot.domain import runbook_messages as r
from bot.domain.case import TIME, Case
from bot.domain.check import put_to
from bot.domain.errors import AskOrTakeOver, AskThem, NotAllowed, Outsider, TakeOverFirst, UnknownCase
from bot.domain.values import TeamId, UserId, Value

Role = Literal["owner", "holder", "member", "shift_lead", "admin", "guest", "outsider"]
Verb = Literal[
    "read", "open", "arrive", "claim", "join", "release", "finding", "note", "edit", "swarm", "contacted", "next",
    "ack", "tick", "runbook", "wrote", "deadline", "vendor", "pause", "resume", "severity", "plan", "parent", "handoff",
    "take", "accept", "decline", "task", "answer", "check", "approve", "override", "report", "load", "resolve", "close",
    "reopen",
    "settings",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
VERBS: tuple[Verb, ...] = get_args(Verb)


def _somebody(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if not roles:
        raise ValueError('expected at least one role, such as ["admin"]')
    return roles


Roles = Annotated[tuple[Role, ...], AfterValidator(_somebody)]
Table = dict[Verb, Roles]

_ELSEWHERE: tuple[Verb, ...] = ("settings", "load")
"""What the operator can do without Slack, and what a team without leads needs not: nobody is locked out of a case."""

_VERB_OF: dict[type[m.Command], Verb | None] = {
    m.OpenCase: "open",
    m.EditCase: "edit",
    m.ClaimArea: "claim",
    m.AddArea: "claim",
    m.JoinArea: "join",
    m.ReleaseArea: "release",
    m.ReportFinding: "finding",
    m.RecordContact: "contacted",
    m.SetNextContact: "next",
    m.Acknowledge: "ack",
    c.NoteCustomerWrote: "wrote",
    c.SetDeadline: "deadline",
    c.AskVendor: "vendor",
    c.RecordVendorAnswer: "vendor",
    c.PauseCase: "pause",
    c.ResumeCase: "resume",
    c.ChangeSeverity: "severity",
    c.ChangePlan: "plan",
    m.OfferHandoff: "handoff",
    m.AcceptHandoff: "accept",
    m.DeclineHandoff: "decline",
    m.WithdrawHandoff: "handoff",
    m.AskCheck: "check",
    m.ApproveCheck: "approve",
    m.RejectCheck: "approve",
    m.WithdrawCheck: "check",
    m.OverrideCheck: "override",
    m.FinishCheck: "check",
    m.AskTask: "task",
    m.AcceptTask: "answer",
    m.DeclineTask: "answer",
    m.FinishTask: "answer",
    m.WithdrawTask: "task",
    m.CallForHelp: "swarm",
    m.AddNote: "note",
    m.ResolveCase: "resolve",
    m.CloseCase: "close",
    m.ReopenCase: "reopen",
    m.AskReport: "report",
    m.Arrive: "arrive",
    m.TickOff: "tick",
    r.StartRunbook: "runbook",
    r.DoStep: "runbook",
    r.ConfirmStep: "runbook",
    r.UndoStep: "runbook",
    r.SkipStep: "runbook",
    r.StopRunbook: "runbook",
    m.Leave: "arrive",
    m.StartThread: None,
    m.LoseThread: None,
    m.LoseOwner: None,
    m.LosePlace: None,
    m.FindPlace: None,
    m.MarkShared: None,
    m.ReachCheckpoints: None,
    k.SetParent: "parent",
    k.GatherCases: "parent",
    k.NoteChild: None,
    k.NoteParent: None,
    k.Suspect: None,
    k.Enlarge: None,
    k.KeepApart: None,
}
"""The verb of every command there is; None where only the bot itself gives it. One that is not here does nothing."""


class Badge(Value):
    """What is known of whoever acts. Where nothing is known, nothing is allowed."""

    home: TeamId = TeamId("")
    """The workspace that the bot is installed in."""
    team: TeamId | None = None
    """The workspace of the account, as its profile says."""
    acting: TeamId | None = None
    """The workspace that they acted from, as this very act says."""
    also: tuple[TeamId, ...] = ()
    """On Enterprise Grid, every workspace of the account (`enterprise_user.teams`,
    https://docs.slack.dev/reference/objects/user-object)."""
    guest: bool = False
    bot: bool = False
    gone: bool = False
    """The account is deactivated."""
    inside: bool = False
    """They are in the case's channel, or it is open to every member."""
    itself: bool = False
    """Nobody acts: the bot tidies up after somebody who left."""

    @property
    def at_home(self) -> bool:
        """By comparing team ids: everything that says where they belong says that it is here."""
        if self.home in self.also:
            return True
        named = [team for team in (self.team, self.acting) if team]
        return bool(self.home and named) and all(team == self.home for team in named)


NOBODY = Badge()
ITSELF = Badge(itself=True)


class Access(Value):
    """The table of one channel, and who bears a role there by name."""

    table: Table
    shift_leads: tuple[UserId, ...] = ()
    admins: tuple[UserId, ...] = ()
    backup: tuple[UserId, ...] = ()
    """Whom the roster lets a ladder tell: they are let into what they are told about."""

    def roles(self, by: UserId, badge: Badge, case: Case | None = None) -> frozenset[Role]:
        """What somebody is. A guest or an outsider is nothing else; other bots and leavers are nothing at all."""
        if badge.bot or badge.gone or not by:
            return frozenset()
        if not badge.at_home:
            return frozenset({"outsider"})
        if badge.guest:
            return frozenset({"guest"})
        named: tuple[tuple[Role, bool], ...] = (
            ("owner", case is not None and case.owner == by),
            ("holder", case is not None and any(area.has(by) for area in case.areas)),
            ("shift_lead", by in self.shift_leads),
            ("admin", by in self.admins),
        )
        return frozenset({"member", *(role for role, true in named if true)})

    def may(self, roles: frozenset[Role], verb: Verb) -> bool:
        return not roles.isdisjoint(self.table.get(verb, ()))

    def allowed(self, by: UserId, badge: Badge, case: Case | None = None) -> frozenset[Verb]:
        """Every verb that this person may do, on this case or without one."""
        roles = self.roles(by, badge, case)
        return frozenset(verb for verb in VERBS if self.may(roles, verb))

    def judge(self, verb: Verb, by: UserId, badge: Badge, case: Case | None = None) -> None:
        """Let it pass, or raise Outsider, UnknownCase where they can't see the case, NotAllowed that says who could."""
        if case is not None:
            self.find(by, badge, case)
        roles = self.roles(by, badge, case)
        if self.may(roles, verb):
            return
        raise self._refusal(verb, by, roles, case) if "member" in roles else Outsider()

    def find(self, by: UserId, badge: Badge, case: Case) -> None:
        """Raises UnknownCase where the case is not there for this person: they are not in its channel."""
        roles = self.roles(by, badge, case)
        if not (badge.inside or self._let_in(by, roles, case)):
            raise UnknownCase(number=case.number) if "member" in roles else Outsider()

    def _let_in(self, by: UserId, roles: frozenset[Role], case: Case) -> bool:
        """Whom the team or the configuration let into this case: they keep it, wherever its channel is."""
        if not roles.isdisjoint({"owner", "holder", "shift_lead", "admin"}):
            return True
        return "member" in roles and (
            by in (*case.backup, *self.backup)
            or (case.offer is not None and case.offer.to == by)
            or bool(put_to(case, by))
            or any(task.to == by and task.state in ("asked", "accepted", "done") for task in case.tasks)
        )

    def _refusal(self, verb: Verb, by: UserId, roles: frozenset[Role], case: Case | None) -> NotAllowed:
        could = tuple(role for role in ROLES if role in self.table.get(verb, ()))
        number = case.number if case else None
        ask = tuple(dict.fromkeys(person for person in self._bearers(could, case) if person != by))
        taking = case is not None and case.status != "closed" and "owner" in could and self.may(roles, "take")
        if ask and taking:
            return AskOrTakeOver(deed=verb, number=number, roles=could, ask=ask)
        if ask:
            return AskThem(deed=verb, number=number, roles=could, ask=ask)
        if taking:
            return TakeOverFirst(deed=verb, number=number, roles=could)
        return NotAllowed(deed=verb, number=number, roles=could)

    def _bearers(self, roles: Iterable[Role], case: Case | None) -> Iterator[UserId]:
        """The people who are known to bear one of these roles."""
        bearing: Mapping[str, Iterable[UserId | None]] = {
            "owner": (case.owner,) if case else (),
            "holder": (area.holder for area in case.areas) if case else (),
            "shift_lead": self.shift_leads,
            "admin": self.admins,
        }
        yield from (person for role in roles for person in bearing.get(role, ()) if person)

    def locked(self) -> tuple[Verb, ...]:
        """The verbs that nobody can ever come to do: every role they name is one that nobody here can get."""
        got: set[Role] = {"member", "guest", "outsider"}
        if self.shift_leads:
            got.add("shift_lead")
        if self.admins:
            got.add("admin")
        if not got.isdisjoint(self.table.get("claim", ())):
            got.add("holder")
        if not got.isdisjoint(self.table.get("take", ())):  # an owner who is away opens no door to anybody
            got.add("owner")
        return tuple(verb for verb in VERBS if verb not in _ELSEWHERE and got.isdisjoint(self.table.get(verb, ())))


def verb_of(command: m.Command) -> Verb | None:
    """What a command asks for; None for what the bot does by itself. Raises KeyError for one without a verb."""
    if isinstance(command, m.OfferHandoff) and command.to == command.by:
        return "take"
    return _VERB_OF[type(command)]


def judge(command: m.Command, badge: Badge | None, access: Access, case: Case | None = None) -> None:
    """Let a command pass, or refuse it. Without a badge only time may act. Raises what Access.judge raises."""
    if badge is None:
        badge = ITSELF if command.by == TIME else NOBODY
    if badge.itself:
        return
    verb = verb_of(command)
    if verb is None:
        raise Outsider()
    access.judge(verb, command.by, badge, case)
