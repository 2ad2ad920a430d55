"""Brief: the case for whoever is asked to take it over, in the order in which it is needed at three in the morning."""

from bot.domain.case import Case
from bot.domain.messages import HandoffOffered
from bot.domain.sla import clocks
from handlers.views import card, checks, coverage, ended, kin, parts, runs, tasks
from handlers.views.pen import Pen


def brief(pen: Pen, case: Case, fact: HandoffOffered) -> list[str]:
    """The next promise first, then the worry, the situation, the contacts, the areas, and how to answer.

    How the customer sounded stands in it only where somebody typed it.
    """
    running = [card.clock(pen, case, one, fact.at) for one in clocks(case)]
    return [
        f"{pen.severity(case)} · {parts.typed(case.title, 200)}",
        *running,
        *_worry(pen, fact),
        *checks.for_brief(pen, case, fact.at),
        pen.bold(pen.say("Situation")),
        *card.spoken_facts(pen, case),
        *card.waiting(pen, case, fact.at),
        *kin.lines(pen, case),
        pen.bold(pen.say("Contacts so far")),
        *(card.last_contact(pen, case, 400) or [pen.say("The customer has not been contacted yet.")]),
        ended.tally(pen, case),
        *coverage.lines(pen, case),
        *runs.lines(pen, case),
        *tasks.lines(pen, case, fact.at),
        pen.say("Take it over: confirm the next contact and say what you do first. Until then the owner is {owner}.",
                owner=pen.owner(case.owner)),
    ]  # fmt: skip


def _worry(pen: Pen, fact: HandoffOffered) -> list[str]:
    if not fact.note:
        return []
    asked = pen.say("What {who} wants you to know", who=parts.person(fact.by))
    return [pen.bold(asked), parts.typed_lines(fact.note, 1000)]
