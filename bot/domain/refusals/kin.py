"""Refusals of kin: about parent cases and their children."""

from bot.domain.refusals.cases import CaseRefusal
from bot.domain.refusals.promises import PromiseRefusal


class KinRefusal(CaseRefusal):
    """These cases can't be parent and child."""


class ParentNotNamed(KinRefusal):
    """Say which case is the parent of SEV-{number}, or `none`."""

    example = "parent {number} none"


class ParentOfItself(KinRefusal):
    """SEV-{number} can't be its own parent. Name another case."""

    example = "show {number}"


class ParentClosed(KinRefusal):
    """SEV-{parent} is closed, so it can't become a parent. Reopen it first, or name another case."""

    example = "reopen {parent} the fault came back"


class ChildAsParent(KinRefusal):
    """SEV-{parent} is itself a child of SEV-{above}, and there is one level only. Take SEV-{above} as the parent."""

    example = "parent {number} {above}"


class OwnChild(KinRefusal):
    """SEV-{parent} is a child of SEV-{number} already. To change that, take its parent away first."""

    example = "parent {parent} none"


class AlreadyParent(KinRefusal):
    """SEV-{number} has children itself, and there is one level only. Give them another parent first."""

    example = "parent {parent} {number}"


class TooManyChildren(KinRefusal):
    """SEV-{parent} has {most} children already, and no more fit on its card. Take another parent for the others."""

    example = "show {parent}"


class NoParent(KinRefusal):
    """SEV-{number} has no parent, so there is nothing to undo."""

    example = "show {number}"


class NothingToGather(KinRefusal):
    """No open case is waiting for SEV-{number} as its parent. Name a case and its parent."""

    example = "show {number}"


class CarriedContact(PromiseRefusal):
    """This contact would count for {child} as well, whose terms do not take it: give a reason, or leave it out."""

    example = "contacted {number} only phone told them we check / next 30m send the result"
