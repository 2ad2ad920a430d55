"""Kinship: what the desk asks the store about other cases, before and after an act on one."""

from bot.domain import incident, kin
from bot.domain.case import Case
from bot.domain.kin_messages import GatherCases, SetParent
from bot.domain.messages import CaseCommand, OpenCase
from bot.ports import Queries
from bot.settings import Configuration


def filled(q: Queries, command: CaseCommand) -> CaseCommand:
    """A command about a parent, knowing how the others stand in this transaction."""
    if isinstance(command, SetParent) and command.parent is not None:
        parent = q.case(command.parent)
        return command.model_copy(update={"found": kin.relative(parent) if parent else None})
    if isinstance(command, GatherCases):
        cases = [case for number in command.cases if (case := q.case(number)) is not None]
        return command.model_copy(update={"cases": tuple(c.number for c in cases if kin.may_be_gathered(c))})
    return command


def suspected(q: Queries, config: Configuration, case: Case, command: OpenCase) -> tuple[CaseCommand, ...]:
    """What has to be noted because the case that was just opened may be one incident with others."""
    if not config.rules(case.channel).incidents:
        return ()
    lately = q.opened_since(case.opened_at - incident.WINDOW, case.channel, incident.MOST_CANDIDATES + 1)
    others = [one for one in lately if one.number != case.number and config.rules(one.channel).incidents]
    if not others:
        return ()
    named = {head for other in others if (head := incident.head_of(other)) is not None}
    found = [one for number in named if (one := q.case(number)) is not None]
    heads = {one.number: one for one in found if incident.may_stand_for_others(one)}
    return incident.suspected(case, others, heads, q.gram_counts, command.delivery)
