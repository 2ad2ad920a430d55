"""Refusals of areas: about isolation areas, claims and findings."""

from bot.domain.refusals.base import Refusal


class AreaRefusal(Refusal):
    """That can't be done with this area."""


class AreaUnknown(AreaRefusal):
    """SEV-{number} has no area "{word}"; near ones are: {near}. To add one, write "new:" before its name."""

    example = "claim {number} new: {word}"


class AreaTaken(AreaRefusal):
    """{holder} is already looking at {area}. You can join."""

    example = "join {number} {key}"


class AreaNotHeld(AreaRefusal):
    """You neither hold {area} nor joined it, so there is nothing to give back."""

    example = "join {number} {key}"


class AreaAlreadyYours(AreaRefusal):
    """You are already looking at {area}."""

    example = "clear {number} {key} what you saw"


class AreaNotNamed(AreaRefusal):
    """Say which area you mean."""

    example = "{verb} {number} {near} what you saw"


class AreaExists(AreaRefusal):
    """SEV-{number} has an area {area} already. Claim that one."""

    example = "claim {number} {key}"


class AreaNameTooLong(AreaRefusal):
    """The name of an area has at most {limit} characters. Give it a short one, and say the rest in the thread."""

    example = "claim {number} new: payment gateway"


class TooManyAreas(AreaRefusal):
    """A case has at most {limit} areas. Use one of those that are there, or `note` for a remark."""

    example = "note {number} rebooted at 10:05"


class EvidenceMissing(AreaRefusal):
    """A finding needs one line of evidence: what did you look at, and what did you see?"""

    example = "{verb} {number} {key} no deny in the logs since 23:00"
