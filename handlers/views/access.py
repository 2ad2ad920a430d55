"""Access in words: who may do what, for refusals that say who could."""

from collections.abc import Sequence

from bot.domain.values import name_of
from handlers.views.pen import Pen
from handlers.views.texts import mark

ROLES = {
    "owner": mark("the owner"),
    "holder": mark("whoever holds an area"),
    "member": mark("members of this workspace"),
    "shift_lead": mark("a shift lead"),
    "admin": mark("an admin"),
    "guest": mark("guests"),
    "outsider": mark("people of other organisations"),
}
DEEDS = {
    "read": mark("see {case}"),
    "open": mark("open a case"),
    "arrive": mark("be in {case}"),
    "claim": mark("claim an area of {case}"),
    "join": mark("join an area of {case}"),
    "release": mark("give back an area of {case}"),
    "finding": mark("report a result on {case}"),
    "tick": mark("tick off what was done on {case}"),
    "note": mark("add a note to {case}"),
    "runbook": mark("work through a runbook on {case}"),
    "edit": mark("edit the details of {case}"),
    "swarm": mark("call for help on {case}"),
    "contacted": mark("record a contact on {case}"),
    "next": mark("set the next contact of {case}"),
    "ack": mark("hold the reminders of {case}"),
    "wrote": mark("note what the customer of {case} wrote"),
    "deadline": mark("change the customer's deadline of {case}"),
    "vendor": mark("note a vendor on {case}"),
    "pause": mark("pause {case}"),
    "resume": mark("resume {case}"),
    "severity": mark("change the severity of {case}"),
    "plan": mark("change the terms of {case}"),
    "parent": mark("name the parent of {case}"),
    "handoff": mark("hand {case} over"),
    "take": mark("take {case} over"),
    "accept": mark("accept {case}"),
    "decline": mark("decline {case}"),
    "check": mark("ask for a check on {case}"),
    "approve": mark("check a step of {case}"),
    "override": mark("go ahead unchecked on {case}"),
    "task": mark("ask a colleague for a part of {case}"),
    "answer": mark("answer what was asked of them on {case}"),
    "resolve": mark("resolve {case}"),
    "close": mark("close {case}"),
    "reopen": mark("reopen {case}"),
    "report": mark("ask for the report of {case}"),
    "load": mark("see who carries how much"),
    "settings": mark("have the settings read anew"),
}


def deed(pen: Pen, verb: str, number: int | None) -> str:
    """What was asked for, as it stands in a sentence."""
    return pen.say(DEEDS[verb], case=name_of(number) if number else pen.say("a case"))


def either(pen: Pen, roles: Sequence[str]) -> str:
    """One of these: `the owner, a shift lead or an admin`."""
    named = [pen.say(ROLES[role]) for role in roles]
    if len(named) < 2:
        return "".join(named)
    return pen.say("{some} or {last}", some=pen.texts.listed(named[:-1]), last=named[-1])
