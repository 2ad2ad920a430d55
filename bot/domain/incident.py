"""Incident: cases that opened together and look like one fault. They are asked about once; people decide.

Told from the cases alone, in the transaction that opens the newest of them (docs/decisions/0046).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from bot.domain.family import DEFAULT_FAMILY, EVERY_CASE
from bot.domain.kin_messages import Enlarge, Sign, Suspect
from bot.domain.likeness import grams, grams_of, weights
from bot.domain.region import regions
from bot.domain.values import CaseNumber, DeliveryId, UserId

if TYPE_CHECKING:
    from bot.domain.case import Case
    from bot.domain.messages import CaseCommand

WINDOW = timedelta(minutes=30)
"""Ours: a fault that hits several customers is reported within half an hour; later ones join by the cases between."""
MOST_CANDIDATES = 12
"""Ours: the open cases of the window that a new one is compared with: those of its channel first, the newest first."""
TOGETHER = 3
"""Ours: two cases of one family within half an hour are chance on a busy day; three are worth a question."""
LIKE, STRONG = 0.45, 0.7
"""Ours: the share of their words, rare ones weighing more, at which two cases say the same, and at which two are
enough."""
LEAST_SHARED = 3
MOST_SPOKEN = 8
"""Ours: cases of one group whose joining is said in the thread; afterwards the card alone lists them."""
NOBODY = UserId("")
"""Nobody says so: it is seen."""
_SAYS_NOTHING = (EVERY_CASE, DEFAULT_FAMILY)
"""Families that a case has whose words name none."""


class Said(NamedTuple):
    """What a case says, read once: the grams of its title, those of all of it, and the regions that it names."""

    title: frozenset[str]
    words: frozenset[str]
    regions: frozenset[str]


Count = Callable[[Collection[str]], Mapping[str, int]]
"""In how many past cases each of these grams stands; under `""` how many there are."""


def suspected(
    new: Case, candidates: Sequence[Case], heads: Mapping[CaseNumber, Case], count: Count, delivery: DeliveryId
) -> tuple[CaseCommand, ...]:
    """Who has to know that a new case may be one incident with others; nobody where it looks like a fault of its own.

    `heads` are the open cases that candidates name as the head of their group or as their parent; `delivery` is that
    of the opening.
    """
    near = [(case, said(case)) for case in candidates if may_be_asked(new, case)]
    if not near:
        return ()
    mine = said(new)
    counts = count(frozenset[str]().union(mine.words, *(theirs.words for _, theirs in near)))
    shares = {case.number: share(mine, theirs, counts) for case, theirs in near}
    like = [(c, found) for c, theirs in near if (found := _signs(new, mine, c, theirs, shares[c.number]))]
    of_heads = [heads[number] for case, _ in like if (number := head_of(case)) is not None and number in heads]
    named = Counter(head.number for head in of_heads if may_meet(new, head))
    if named:
        first = heads[min(named, key=lambda number: (-named[number], number))]
        return _joining(new, first, [one for one in like if head_of(one[0]) == first.number], delivery)
    return _beginning(new, [one for one in like if head_of(one[0]) not in heads], shares, delivery)


def head_of(case: Case) -> CaseNumber | None:
    """The case that stands for the group of this one."""
    if case.parent is not None:
        return case.parent.number
    if case.children:
        return case.number
    return case.incident.head if case.incident else None


def may_stand_for_others(case: Case) -> bool:
    """Whether a new case may join the group that this one is the head of."""
    return case.status == "open" and not case.apart and case.parent is None


_Like = Sequence[tuple["Case", frozenset[Sign]]]


def _beginning(
    new: Case, like: _Like, shares: Mapping[CaseNumber, float], delivery: DeliveryId
) -> tuple[CaseCommand, ...]:
    """A group of three, or of two that say nearly the same. Each channel concerned hears it once."""
    if len(like) + 1 < TOGETHER:
        like = [(case, found) for case, found in like if _is_strong(found, shares[case.number])]
    if not like:
        return ()
    cases = sorted([new, *(case for case, _ in like)], key=lambda case: (case.opened_at, case.number))
    first = {case.channel: case.number for case in reversed(cases)}
    signs = _in_order(found for _, found in like)
    return tuple(
        Suspect(
            **_named(delivery, case.number),
            head=cases[0].number,
            others=tuple(other.number for other in cases if other is not case),
            signs=signs,
            aloud=first[case.channel] == case.number,
        )
        for case in cases
    )


def _joining(new: Case, head: Case, like: _Like, delivery: DeliveryId) -> tuple[CaseCommand, ...]:
    """One more of a group that was asked about, or has a parent: said in one thread, never to the channel again."""
    alike = [case for case, _ in like]
    heard = [case for case in (head, *alike) if case.channel == new.channel and case.incident and case.incident.aloud]
    told = next(iter(heard), head if head.channel == new.channel else None)
    others = tuple(dict.fromkeys((head.number, *(case.number for case in alike))))
    many = head.incident is not None and len(head.incident.cases) >= MOST_SPOKEN
    about = {
        "head": head.number,
        "others": others,
        "signs": _in_order(found for _, found in like),
        "aloud": told is None,
    }
    grown = [Enlarge(**_named(delivery, head.number), joined=new.number, aloud=told is head and not many)]
    if told is not None and told is not head:
        grown.append(Enlarge(**_named(delivery, told.number), joined=new.number, aloud=not many))
    return (Suspect(**_named(delivery, new.number), **about), *grown)


def _named(delivery: DeliveryId, number: CaseNumber) -> dict[str, Any]:
    return {"delivery": f"{delivery}:incident:{number}", "by": NOBODY, "case": number}


def _in_order(found: Iterable[Collection[Sign]]) -> tuple[Sign, ...]:
    seen = {sign for one in found for sign in one}
    return tuple(sign for sign in get_args(Sign) if sign in seen)


# ---------------------------------------------------------------- two cases


def said(case: Case) -> Said:
    """What it says: the customer and the people are no part of it."""
    words = frozenset(grams_of(case))
    return Said(frozenset(grams(case.title)), words, regions(f"{case.title}\n{case.impact}"))


def may_be_asked(one: Case, other: Case) -> bool:
    """Whether it is a question at all; one of severity C is none, and what somebody kept apart stays so."""
    asked = one.number != other.number and not (one.apart or other.apart)
    return asked and "C" not in (one.severity, other.severity) and may_meet(one, other)


def signs_of(one: Case, other: Case, counts: Mapping[str, int]) -> frozenset[Sign]:
    """Why two open cases look like one incident; nothing where they don't, or must not be named side by side."""
    if not may_be_asked(one, other):
        return frozenset()
    here, there = said(one), said(other)
    return _signs(one, here, other, there, share(here, there, counts))


def _signs(one: Case, here: Said, other: Case, there: Said, shared: float) -> frozenset[Sign]:
    if here.regions and there.regions and not here.regions & there.regions:
        return frozenset()
    found: set[Sign] = {"region"} if here.regions & there.regions else set()
    if one.family == other.family not in _SAYS_NOTHING and one.severity == other.severity == "A":
        found.add("family")
    if shared >= LIKE:
        found.add("symptom")
    return frozenset(found)


def _is_strong(signs: Collection[Sign], shared: float) -> bool:
    """Whether two are enough: they say nearly the same, or all three signs point one way."""
    return len(signs) == 3 or shared >= STRONG


def may_meet(one: Case, other: Case) -> bool:
    """Whether both may be named in the channel of either: it is one channel, or both are open to the whole workspace.

    A private channel's case is not there for others, and who reads along from outside hears of no other channel.
    """
    if one.channel == other.channel:
        return True
    return not (one.private or other.private or one.shared or other.shared)


def share(one: Said, other: Said, counts: Mapping[str, int]) -> float:
    """How much of their words they have in common: of the titles, or of all that they say, whichever is more."""
    return max(_in_common(one.title, other.title, counts), _in_common(one.words, other.words, counts))


def _in_common(mine: frozenset[str], theirs: frozenset[str], counts: Mapping[str, int]) -> float:
    both = mine & theirs
    if len(both) < LEAST_SHARED:
        return 0.0
    weight = weights(mine | theirs, counts, counts.get("", 0))
    shared = sum(weight[gram] for gram in both)
    return 2 * shared / (sum(weight.values()) + shared)
