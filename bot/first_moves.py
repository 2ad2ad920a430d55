"""First moves: what the configuration says of a case's first checks, and of whom to tell."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bot.domain.duration import Duration
from bot.domain.family import EVERY_CASE, Family
from bot.domain.text import fold, one_line
from bot.domain.values import Language, UserId, Value

LONGEST = 60
"""Ours: characters of one thing to check, which is one of several in a line of the card."""
MOST = 12
"""Ours: things to check and to tell in one case; as many as a form shows before everything else is out of sight."""


def _as_duration_or_none(given: Any) -> Any:
    """A duration, or `false` for none at all."""
    return None if given is False else given


FirstChecks = Annotated[Duration | None, BeforeValidator(_as_duration_or_none)]


def _somebody(who: str) -> str:
    if not one_line(who, LONGEST):
        raise ValueError('it names nobody: expected who = "営業担当" or another name')
    if len(who) > LONGEST:
        raise ValueError(f"expected at most {LONGEST} characters")
    return who


class ToTell(Value):
    """Somebody who has to hear of every case of a channel: `tell = [{ who = "営業担当", within = "30m" }]`."""

    who: Annotated[str, AfterValidator(_somebody)]
    """What they are called: the account manager, sales, the duty manager."""
    to: Annotated[UserId, Field(pattern=r"^[UW][A-Z0-9]+$")] | None = None
    """Their user id, where they are in the workspace."""
    within: Duration = timedelta(minutes=30)
    """How long after the opening."""


def _short(name: str) -> str:
    if len(name) > LONGEST:
        raise ValueError(f"expected at most {LONGEST} characters: it is one of several in a line of the card")
    return one_line(name, LONGEST)


class OwnCheck(Value):
    """One thing that a team checks first: a text, or one for each language."""

    ja: Annotated[str, AfterValidator(_short)] = ""
    en: Annotated[str, AfterValidator(_short)] = ""

    @model_validator(mode="before")
    @classmethod
    def _in_one_language(cls, given: Any) -> Any:
        return {"ja": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _in_some_language(self) -> "OwnCheck":
        if not (self.ja or self.en):
            raise ValueError('it names nothing to check: expected a text, or { ja = "…", en = "…" }')
        return self

    def name(self, language: Language) -> str:
        return (self.ja or self.en) if language == "ja" else (self.en or self.ja)


class OwnChecks(Value):
    """What a channel checks first in cases of one family: `checks.network = ["…"]`, or a table."""

    items: tuple[OwnCheck, ...] = ()
    """What to check, each a text or `{ ja = "…", en = "…" }`."""
    instead: bool = False
    """Whether these stand in the place of the template's, and not beside them."""

    @model_validator(mode="before")
    @classmethod
    def _a_list(cls, given: Any) -> Any:
        return {"items": given} if isinstance(given, list | tuple) else given


class Check(Value):
    """A first check as a case is offered it."""

    key: str
    en: str
    ja: str


def checks_of(
    family: str, own: Mapping[str, OwnChecks], families: Sequence[Family], shipped: Mapping[str, Sequence[Check]]
) -> tuple[Check, ...]:
    """The first checks of a case of this family: those of every case, then the family's own."""
    every = next((one for one in families if one.key == EVERY_CASE), None)
    of_every = tuple(Check(key=area.key, en=area.name_en, ja=area.name_ja) for area in every.areas) if every else ()
    found = list(_with_own(EVERY_CASE, of_every, own.get(EVERY_CASE)))
    if family != EVERY_CASE:
        found += _with_own(family, shipped.get(family, ()), own.get(family))
    return tuple(found)


def _with_own(family: str, offered: Sequence[Check], own: OwnChecks | None) -> Iterator[Check]:
    if own is None or not own.instead:
        yield from offered
    for place, one in enumerate(own.items if own else (), start=1):
        yield Check(key=f"{family}-{place}", en=one.name("en"), ja=one.name("ja"))


# ---------------------------------------------------------------- what is wrong with it


def first_faults(
    where: str, rules: Mapping[str, Any], families: Sequence[Family], shipped: Mapping[str, Sequence[Check]]
) -> Iterator[str]:
    """What is wrong with the lists of one channel, or of `[defaults]`, read from the file as it is."""
    given = rules.get("checks")
    if not isinstance(given, dict):
        return
    known = [family.key for family in families]
    for family, listed in given.items():
        if family not in known:
            yield f"{where}.checks.{family}: expected one of {', '.join(sorted(known))}, not {family!r}"
            continue
        yield from _of_list(f"{where}.checks.{family}", listed)
    if rules.get("first_checks") is False and given:
        yield f'{where}.checks: first_checks is false here, so nobody would see them: give it a time such as "30m"'
        return
    yield from _too_long(where, rules, families, shipped)


def _of_list(where: str, listed: Any) -> Iterator[str]:
    table = listed if isinstance(listed, dict) else {"items": listed}
    items = table.get("items", [])
    if items == [] and table.get("instead") is not True:
        yield f'{where}: it names nothing to check: give items = ["…"], or leave it out'
    seen: set[str] = set()
    for item in items if isinstance(items, list) else []:
        name = (
            item if isinstance(item, str) else str(item.get("ja") or item.get("en")) if isinstance(item, dict) else ""
        )
        if name and fold(name) in seen:
            yield f"{where}: {name[:LONGEST]!r} stands in it twice"
        seen.add(fold(name))


def _too_long(
    where: str, rules: Mapping[str, Any], families: Sequence[Family], shipped: Mapping[str, Sequence[Check]]
) -> Iterator[str]:
    """A case's list that no form would show whole."""
    try:
        own = {key: OwnChecks.model_validate(listed) for key, listed in rules["checks"].items()}
    except ValueError:
        return  # told by the model
    told = rules.get("tell")
    for family in (one.key for one in families if one.key in own or EVERY_CASE in own):
        count = len(checks_of(family, own, families, shipped)) + (len(told) if isinstance(told, list) else 0)
        if count > MOST:
            yield f"{where}.checks: {count} things to check and tell in a case of {family!r}: {MOST} at most"
            return
