"""Kin modals: which case is the parent, and for which children a contact counts."""

from collections.abc import Sequence

from bot.domain.case import Case
from bot.domain.kin import children
from bot.domain.values import Language, name_of
from handlers.views import parts
from handlers.views.inputs import choice, menu, tick
from handlers.views.parts import Block
from handlers.views.pen import Pen
from handlers.views.texts import mark
from handlers.views.windows import View, form, message_modal

NONE = "none"
"""The value of the option that takes the parent away."""
CARRIED, EVERY, ONLY = "carried", "all", "only"


def parent_modal(case: Case, offered: Sequence[Case], language: Language, meta: str) -> View:
    """Name the parent case, and whether its contacts count here too."""
    pen = Pen(language, "UTC", rich=True, private=True)
    options = [parts.option(f"{name_of(one.number)} {one.title}", str(one.number)) for one in offered]
    if case.parent is not None or case.incident is not None:
        options.append(parts.option(pen.say("No parent: a fault of its own"), NONE))
    if not options:
        return message_modal(language, pen.say("There is no other open case here that could be the parent."))
    chosen = case.parent.number if case.parent else case.incident.head if case.incident else None
    carried = pen.say("Its contacts with the customer count here too")
    blocks = [
        menu("parent", pen.say("Parent case"), options, chosen=str(chosen), placeholder=pen.say("Choose")),
        tick("carried", pen.say("Contacts"), carried, ticked=case.parent is not None and case.parent.carried),
        parts.context(pen.say("Each case keeps its own clocks, its own promise and its own end.")),
    ]
    title = pen.say(mark("Parent of {case}"), case=name_of(case.number))
    return form(pen, "parent", meta, title, pen.say("Save"), blocks)


def also_field(pen: Pen, case: Case) -> list[Block]:
    """Whether the children's customers heard it too. Nobody is told by silence: only what is carried is chosen."""
    known = children(case)
    if not known:
        return []
    carried = [name_of(child.number) for child in known if child.carried] if case.status == "open" else []
    every = pen.texts.listed([name_of(child.number) for child in known])
    options = [parts.option(pen.say("This case alone"), ONLY)]
    if carried:
        options.append(parts.option(pen.say("Those carried here: {cases}", cases=pen.texts.listed(carried)), CARRIED))
    if len(carried) < len(known):
        options.append(parts.option(pen.say("All child cases: {cases}", cases=every), EVERY))
    label = pen.say("Whose customer heard it?")
    return [choice("also", label, options, chosen=CARRIED if carried else ONLY)]
