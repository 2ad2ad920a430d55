"""Terms: what the configuration says today for a case of a channel, with the calendar resolved for its customer."""

from collections.abc import Iterator
from functools import lru_cache
from typing import get_args

from bot.domain.calendar import Calendar
from bot.domain.calendar_rules import CalendarRules
from bot.domain.case import Case
from bot.domain.clock_messages import ChangePlan, ChangeSeverity
from bot.domain.commands import ItemOffered
from bot.domain.errors import NoTermsForSeverity, PolicyUnknown
from bot.domain.plan_words import policy_for
from bot.domain.policy import Policy, Terms
from bot.domain.text import fold, nearest
from bot.domain.values import ChannelId, Language, Severity
from bot.first_moves import checks_of
from bot.settings import Configuration
from bot.shipped import shipped_checks

_LONGEST_NAME = 8
"""Ours: in words; no published plan has a longer name."""
_OFFERED = 5
"""Ours: as many names as a tired person reads in a refusal."""


def terms(
    config: Configuration, channel: ChannelId, policy: Policy, severity: Severity, language: Language, year: int
) -> Terms | None:
    """The terms of a policy for one case of this channel; None where it has none for this severity."""
    agreed = getattr(policy, severity)
    if agreed is None:
        return None
    calendars = {name: found for name in agreed.calendars() if (found := calendar(config, channel, name, year))}
    copied = policy.terms(severity, language, calendars)
    if copied is None or config.rules(channel).nudges:
        return copied
    return copied.model_copy(update={"alone_after": None, "stuck_after": None, "quiet_claims": False})


def checklist(config: Configuration, channel: ChannelId, severity: Severity, family: str) -> tuple[ItemOffered, ...]:
    """The first checks of a severe case of this family, from the templates and the channel, and whom it tells."""
    rules = config.rules(channel)
    if severity != "A":
        return ()
    within = rules.first_checks
    offered = () if within is None else checks_of(family, rules.checks, config.families, shipped_checks())
    checks = [
        ItemOffered(key=one.key, sort="check", name_en=one.en, name_ja=one.ja, within=within)
        for one in offered
        if within is not None
    ]
    told = [
        ItemOffered(key=f"tell-{place}", sort="tell", name_en=one.who, name_ja=one.who, to=one.to, within=one.within)
        for place, one in enumerate(rules.tell, start=1)
    ]
    return (*checks, *told)


def calendar(config: Configuration, channel: ChannelId, name: str, year: int) -> Calendar | None:
    """A calendar for this channel's customers, with the holidays of this year and the next kept in it."""
    rules = config.calendars.get(name)
    of = config.rules(channel)
    return None if rules is None else _kept(rules, name, of.customer_zone, of.customer_country, year)


@lru_cache(maxsize=256)
def _kept(rules: CalendarRules, name: str, zone: str, country: str, year: int) -> Calendar:
    return rules.calendar(name, zone=zone, country=country).keeping(year, year + 1)


def changed(config: Configuration, case: Case, command: ChangeSeverity | ChangePlan, year: int) -> Terms | None:
    """The terms that this change asks for; None where it asks for what is there.

    Raises PolicyUnknown, NoTermsForSeverity.
    """
    severity = case.severity
    if isinstance(command, ChangeSeverity):
        if command.severity == severity:
            return None
        severity, wanted = command.severity, ""
    else:
        wanted = command.policy or (command.plan if command.plan in config.policies else "")
    policy = _policy(config, case, wanted)
    found = terms(config, case.channel, policy, severity, case.language, year)
    if found is None:
        known = ", ".join(name for name in ("A", "B", "C") if getattr(policy, name) is not None)
        raise NoTermsForSeverity(number=case.number, policy=policy.name, severity=severity, known=known)
    return found


def checked_first(config: Configuration) -> Iterator[str]:
    """A line for each terms that ask for a second person's check, as `jibungoto check` says it."""
    for name, policy in config.policies.items():
        for severity in get_args(Severity):
            agreed = getattr(policy, severity)
            if agreed is not None and agreed.double_check:
                verbs = ", ".join(agreed.double_check)
                yield (
                    f"policies.{name}.{severity}: a second person checks {verbs} first. It never blocks telling the "
                    "customer: contacted, next, draft, tell and note wait for nobody."
                )


def plan_named(config: Configuration, case: Case, words: str) -> tuple[str, str, str]:
    """The policy, the plan as it was called, and the words after it: as many of the first ones as name a policy.

    Raises PolicyUnknown where they name none.
    """
    said = words.split()
    plans = config.rules(case.channel).plans
    for count in range(min(len(said), _LONGEST_NAME), 0, -1):
        name = " ".join(said[:count])
        key = name if name in config.policies else policy_for(name, config.policies, own=config.own, plans=plans)
        if key is not None and key in config.policies:
            return key, name, " ".join(said[count:])
    raise _unknown(config, case, " ".join(said[:3]))


def near_plans(config: Configuration, case: Case, word: str = "") -> tuple[str, ...]:
    """A few policies that may be meant: those whose names are near the word, then the team's own."""
    known = sorted(config.policies, key=lambda key: (key not in config.own, key))
    fitting = [key for key in known if word and fold(word) in fold(f"{key} {config.policies[key].label}")]
    return tuple(dict.fromkeys((*fitting, *nearest(word, known), *known)))[:_OFFERED]


def _unknown(config: Configuration, case: Case, word: str) -> PolicyUnknown:
    near = near_plans(config, case, word)
    return PolicyUnknown(number=case.number, word=word, known=", ".join(near), near=near[0])


def _policy(config: Configuration, case: Case, wanted: str) -> Policy:
    if wanted and wanted not in config.policies:
        raise _unknown(config, case, wanted)
    return config.policies.get(wanted or case.terms.policy) or config.policy(case.channel)
