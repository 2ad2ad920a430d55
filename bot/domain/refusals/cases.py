"""Refusals of cases: the case is not there, or not in a state for this."""

from bot.domain.refusals.base import Refusal


class CaseRefusal(Refusal):
    """The case can't do that now."""


class UnknownCase(CaseRefusal):
    """There is no case SEV-{number} here. `list` shows the open ones."""

    example = "list"


class CaseErased(UnknownCase):
    """SEV-{number} was erased on {at}, as the rules on keeping data ask. `list` shows the open ones."""


class CaseNotNamed(CaseRefusal):
    """Several cases are open here: say which one you mean ({numbers})."""

    example = "{verb} {first}"


class NoOpenCase(CaseRefusal):
    """No case is open here. Open one first."""

    example = "open A stores can't reach the POS server"


class CaseClosed(CaseRefusal):
    """SEV-{number} is closed. Reopen it first, with a reason."""

    example = "reopen {number} the fault came back"


class CaseResolved(CaseRefusal):
    """SEV-{number} is already resolved, so nothing new is promised or asked for. Reopen it first, with a reason."""

    example = "reopen {number} the fault came back"


class CaseStillOpen(CaseRefusal):
    """SEV-{number} is open: there is nothing to reopen."""

    example = "show {number}"


class LooseEnds(CaseRefusal):
    """SEV-{number} still has open ends. Close it anyway only if they no longer matter."""

    example = "close {number} anyway"


class FamilyUnknown(CaseRefusal):
    """ "{word}" is not a product family here. Use one of: {known}."""

    example = "edit {number} family: network"


class TitleMissing(CaseRefusal):
    """A case needs a title: one line that says what has stopped."""

    example = "open A stores can't reach the POS server"


class SeverityUnknown(CaseRefusal):
    """There is no severity "{word}" here. Use one of: {known}."""

    example = "open A stores can't reach the POS server"


class CalledJustNow(CaseRefusal):
    """The channel was called for this at {at}. It can be called again at {again}."""

    example = "note {number} what help is needed"


class NoCaseHere(CaseRefusal):
    """This message is in no case's thread. Choose a reply in the thread of a case."""


class NothingFound(CaseRefusal):
    """This message is the bot's own. Choose a reply that a person wrote."""


class ItemUnknown(CaseRefusal):
    """SEV-{number} has no "{word}" to tick off. It has: {known}."""

    example = "checked {number} {near}"
