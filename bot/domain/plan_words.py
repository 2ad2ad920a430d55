"""Plan words: the plan that somebody wrote into a post, and the policy that is meant by it.

A policy is taken only if the whole of what was written is one of its names. A looser match could hold a case to a laxer
contract than the customer's, which nobody would notice before the due time (docs/decisions/0028).
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Protocol

from bot.domain.text import fold

_LONGEST = 120
_AROUND = ("サポート", "ご契約", "契約", "プラン", "加入", "です", "様")
"""Said beside a plan's name without being part of it; Japanese writes them without a space."""
_BESIDE = frozenset({"support", "plan", "contract", "subscription", "the", "our"})
_APART = re.compile(r"[^\w]+|_")


class Called(Protocol):
    """What has names: a policy."""

    @property
    def label(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


@lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """The words that make a plan's name, joined: width, case, spaces, hyphens and words around it make no difference.

    A plus stays: "Business Support+" is another plan than "Business Support".
    """
    words = _APART.split(fold(text[:_LONGEST]).replace("+", " plus "))
    name = "".join(word for word in words if word not in _BESIDE)
    while shorter := next((word for word in _AROUND if name.endswith(word) and name != word), ""):
        name = name.removesuffix(shorter)
    while shorter := next((word for word in _AROUND if name.startswith(word) and name != word), ""):
        name = name.removeprefix(shorter)
    return name


def policy_for(
    plan: str,
    policies: Mapping[str, Called],
    *,
    own: Collection[str] = (),
    plans: Mapping[str, str] | None = None,
) -> str | None:
    """The key of the policy that the plan names, or None if none or several could be meant.

    First what the team says in `plans`, then the names of its own policies, then those of the shipped ones.
    """
    wanted = squeezed(plan)
    if not wanted:
        return None
    for name, key in (plans or {}).items():
        if squeezed(name) == wanted:
            return key
    for group in (set(own), set(policies) - set(own)):
        if fits := {key for key in group if wanted in _names(key, policies.get(key), mine=key in own)}:
            return fits.pop() if len(fits) == 1 else None
    return None


def _names(key: str, policy: Called | None, *, mine: bool) -> set[str]:
    """What a policy is called. Ours without a label, `standard`, is no plan that anybody could have."""
    if policy is None or not (mine or policy.label):
        return set()
    return {squeezed(name) for name in (key, policy.label, *policy.aliases) if name}
