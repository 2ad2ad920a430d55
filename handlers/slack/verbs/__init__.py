"""Verbs: what each word of the grammar does. A verb reads the rest of its line and asks the desk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from handlers.slack.replies import Reply
from handlers.slack.verbs import (
    agreeing,
    carrying,
    checking,
    drafting,
    duty,
    ending,
    governing,
    isolating,
    knowing,
    opening,
    pausing,
    promising,
    relating,
    running,
    sharing,
    tasking,
    ticking,
    vendors,
)

if TYPE_CHECKING:
    from handlers.slack.commands import Asked, Commands

Verb = Callable[["Commands", "Asked"], Awaitable[Reply]]

VERBS: dict[str, Verb] = {
    "open": opening.open_case,
    "list": knowing.list_cases,
    "mine": knowing.mine,
    "show": knowing.show,
    "timeline": knowing.timeline,
    "similar": knowing.similar,
    "duty": duty.duty,
    "load": carrying.load,
    "help": knowing.help_here,
    "claim": isolating.claim,
    "join": isolating.join,
    "release": isolating.release,
    "leave": sharing.leave,
    "clear": isolating.finding,
    "suspect": isolating.finding,
    "cause": isolating.finding,
    "waiting": isolating.finding,
    "contacted": promising.contacted,
    "draft": drafting.draft,
    "next": promising.next_contact,
    "ack": promising.ack,
    "wrote": pausing.wrote,
    "pause": pausing.pause,
    "resume": pausing.resume,
    "deadline": agreeing.deadline,
    "severity": agreeing.severity,
    "plan": agreeing.plan,
    "vendor": vendors.vendor,
    "clocks": knowing.clocks,
    "parent": relating.parent,
    "handoff": sharing.handoff,
    "accept": sharing.accept,
    "decline": sharing.decline,
    "check": checking.check,
    "approve": checking.approve,
    "reject": checking.reject,
    "task": tasking.task,
    "swarm": sharing.swarm,
    "note": sharing.note,
    "tell": ticking.tick,
    "checked": ticking.tick,
    "runbook": running.runbook,
    "edit": sharing.edit,
    "resolve": ending.resolve,
    "close": ending.close,
    "reopen": ending.reopen,
    "report": ending.report,
    "settings": governing.settings,
}
