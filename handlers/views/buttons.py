"""Buttons: the verbs a message offers. A button's action id is its verb, its value begins with the case number."""

from collections.abc import Iterable

from bot.domain.area import Area
from bot.domain.case import Case
from bot.domain.values import name_of
from handlers.views import parts
from handlers.views.parts import Block, Element
from handlers.views.pen import Pen
from handlers.views.texts import mark

NEW_AREA = "new"
"""The value of the option that adds an area."""
LABELS = {
    "accept": mark("Take it over"),
    "ack": mark("I'm on it"),
    "answered": mark("They answered"),
    "approve": mark("Approve"),
    "apart": mark("Not one incident"),
    "cause": mark("Cause found"),
    "check": mark("Ask for a check"),
    "claim": mark("Claim"),
    "clear": mark("Cleared"),
    "clocks": mark("Clocks"),
    "close": mark("Close"),
    "contacted": mark("Contacted"),
    "deadline": mark("Customer's deadline"),
    "decline": mark("Decline"),
    "details": mark("Show details"),
    "done": mark("Step is done"),
    "draft": mark("Draft an update"),
    "edit": mark("Edit details"),
    "handoff": mark("Hand over"),
    "join": mark("Join"),
    "leave": mark("Leave the case"),
    "load": mark("Who carries how much"),
    "more": mark("More"),
    "next": mark("Change the time"),
    "note": mark("Add a note"),
    "override": mark("Go ahead unchecked"),
    "parent": mark("Parent case"),
    "pause": mark("Wait for customer"),
    "plan": mark("Change plan"),
    "reject": mark("Send back"),
    "release": mark("Give back"),
    "reopen": mark("Reopen"),
    "report": mark("Case report"),
    "resolve": mark("Resolved"),
    "resume": mark("Resume"),
    "run": mark("Start"),
    "run-stop": mark("Stop the runbook"),
    "runbook": mark("Runbooks"),
    "severity": mark("Change severity"),
    "similar": mark("Past cases like it"),
    "step": mark("Done"),
    "step-back": mark("Take back"),
    "step-confirm": mark("Confirm"),
    "step-skip": mark("Skip a step"),
    "suspect": mark("Suspect"),
    "swarm": mark("Call for help"),
    "task": mark("Ask a colleague"),
    "task-accept": mark("I'll do it"),
    "task-decline": mark("Decline"),
    "task-done": mark("It is done"),
    "task-finding": mark("Make it a finding"),
    "task-withdraw": mark("Withdraw"),
    "terms": mark("Terms"),
    "tick": mark("Done"),
    "timeline": mark("Timeline"),
    "unask": mark("Withdraw the check"),
    "vendor": mark("Ask a vendor"),
    "waiting": mark("Waiting"),
    "withdraw": mark("Withdraw"),
    "wrote": mark("Customer wrote"),
}


def act(
    pen: Pen, case: Case, verb: str, *, rest: str = "", text: str = "", style: str | None = None, about: str = ""
) -> Element:
    """A button for a verb on this case; a screen reader hears the case's name with it, or what it is about."""
    shown = text or pen.say(LABELS[verb])
    value = f"{case.number} {rest}".strip()
    label = f"{shown}: {about}" if about else f"{shown}: {name_of(case.number)} {rest}".strip()
    return parts.button(shown, verb, value, style=style, label=label, confirm=_confirmed(pen, case, verb))


def _confirmed(pen: Pen, case: Case, verb: str) -> Element | None:
    """A slip of the thumb must not call a whole channel."""
    if verb != "swarm":
        return None
    asked = pen.say("The whole channel is asked for help with {case}.", case=name_of(case.number))
    return parts.confirmation(pen.say("Call for help"), asked, pen.say("Call"), pen.say("Cancel"))


def acts(pen: Pen, case: Case, verbs: Iterable[str], primary: str = "") -> list[Element]:
    """Buttons for several verbs, the primary one marked."""
    return [act(pen, case, verb, style="primary" if verb == primary else None) for verb in verbs]


def row(case: Case, name: str, elements: list[Element]) -> Block:
    """A row of buttons and menus. Its id begins with the case number, because a menu has no value of its own."""
    return parts.actions(elements, block_id(case, name))


def block_id(case: Case, name: str) -> str:
    """An id that names the case and changes whenever the case did.

    https://docs.slack.dev/reference/block-kit/blocks/actions-block
    """
    return f"{case.number}/{name}/{int(case.changed_at.timestamp() * 1000)}"


def next_button(pen: Pen, case: Case) -> Element:
    """Set the next contact, or change it once there is one."""
    text = "" if case.promise else pen.say("Set next contact")
    return act(pen, case, "next", text=text)


def claim_menu(pen: Pen, case: Case, *, named: bool = False) -> Element:
    """The areas to claim, those that nobody looks at first; the last entry adds one.

    `named` puts the case number before each value, for places that are not in the case's thread.
    """
    ordered = sorted(case.areas, key=lambda area: (not area.unseen, area.verdict is not None))
    before = f"{case.number} " if named else ""
    options = [parts.option(_menu_line(pen, area), f"{before}{area.key}") for area in ordered[:99]]
    options.append(parts.option(pen.say("Another area …"), f"{before}{NEW_AREA}"))
    return parts.select("claim", pen.say("Claim an area"), options)


def _menu_line(pen: Pen, area: Area) -> str:
    name = parts.words(area.name(pen.language), 55)
    return name if area.unseen else pen.say("{area} ({state})", area=name, state=pen.state(area))
