"""Clock faults: what is wrong between policies, calendars and channels, read from the file as it is.

What one table says wrongly by itself its model tells; here are the names that lead nowhere and the spans that can't be
counted, so that they are told beside every other fault.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError

from bot.domain.calendar_rules import CalendarRules
from bot.domain.duration import span_fault
from bot.domain.policy import ROUND_THE_CLOCK
from bot.domain.values import Severity

SPANS = ("first_response", "next_reply", "resolution")
SEVERITIES = get_args(Severity)
Calendars = Mapping[str, CalendarRules | None]
"""By name; None where the table is no calendar."""


def clock_faults(given: Mapping[str, Any], policies: Any, calendars: Any) -> Iterator[str]:
    """A sentence for each fault, with its key and the right form."""
    policies = _tables(policies)
    if not _tables(calendars):
        return  # told by the model: with none to be named, every name would be a fault
    parsed = {name: _rules(table) for name, table in _tables(calendars).items()}
    for name, policy in policies.items():
        for severity in SEVERITIES:
            if isinstance(policy.get(severity), dict):
                yield from _of_severity(f"policies.{name}.{severity}", policy[severity], parsed)
    for where, rules in _grounds(given):
        yield from _of_channel(given, where, rules, policies, parsed)


def _of_severity(where: str, terms: dict[str, Any], calendars: Calendars) -> Iterator[str]:
    own = terms.get("calendar", ROUND_THE_CLOCK)
    yield from _unknown(f"{where}.calendar", own, calendars)
    languages = _tables(terms.get("language", {}))
    for language, differing in languages.items():
        if "calendar" in differing:
            yield from _unknown(f"{where}.language.{language}.calendar", differing["calendar"], calendars)
    for path, said in ((where, terms), *((f"{where}.language.{key}", one) for key, one in languages.items())):
        rules = calendars.get(str(said.get("calendar", own)))
        for span in SPANS:
            if rules is None or not isinstance(said.get(span), str):
                continue
            if fault := span_fault(said[span], rules.calendar("", zone="UTC", country="JP").working_day):
                yield f"{path}.{span}: {fault}"


def _of_channel(
    given: Mapping[str, Any],
    where: str,
    rules: dict[str, Any],
    policies: dict[str, dict[str, Any]],
    calendars: Calendars,
) -> Iterator[str]:
    hours = rules.get("customer_hours", "")
    if hours:
        yield from _unknown(f"{where}.customer_hours", hours, calendars)
    policy = policies.get(str(rules.get("policy", "standard")), {})
    wanted: list[Any] = [hours]
    for severity in SEVERITIES:
        terms = policy.get(severity)
        if not isinstance(terms, dict):
            continue
        wanted += [terms.get("calendar"), *(one.get("calendar") for one in _tables(terms.get("language", {})).values())]
        ladder = terms.get("ladder", [])
        tells = [step.get("tell") for step in ladder if isinstance(step, dict)] if isinstance(ladder, list) else []
        if "lead" in tells and not (rules.get("shift_leads") or _led(given)):
            yield (
                f"{where}.shift_leads: the ladder of policies.{rules.get('policy', 'standard')}.{severity} tells "
                '"lead" and nobody is named: give shift_leads = ["U0123ABCD"]'
            )
    if rules.get("customer_country"):
        return
    for name in dict.fromkeys(str(one) for one in wanted if one):
        if (found := calendars.get(name)) is not None and "customer" in found.holidays:
            yield (
                f"{where}.customer_country: the calendar {name!r} keeps the customer's holidays: give a country "
                'such as "JP"'
            )


def _led(given: Mapping[str, Any]) -> bool:
    """Whether a roster names shift leads: then the channel needs none of its own."""
    roster = given.get("roster")
    roster = roster if isinstance(roster, dict) else {}
    shifts = roster.get("shifts")
    listed = [one for one in shifts if isinstance(one, dict)] if isinstance(shifts, list) else []
    return any(one.get("leads") for one in [*_tables(roster.get("regions")).values(), *listed])


def _unknown(key: str, name: Any, calendars: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(name, str) and name not in calendars:
        near = (*get_close_matches(name, calendars, 1), *sorted(calendars))[0]
        yield f"{key}: expected a name under [calendars], for example {near!r}, not {name!r}"


def _rules(table: Any) -> CalendarRules | None:
    """The calendar, if it is one; what is wrong with it the model tells."""
    try:
        return CalendarRules.model_validate(table) if isinstance(table, dict) else None
    except ValidationError:
        return None


def _grounds(given: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    defaults, channels = given.get("defaults", {}), given.get("channels", [])
    yield "defaults", defaults if isinstance(defaults, dict) else {}
    for index, channel in enumerate(channels if isinstance(channels, list) else []):
        if isinstance(channel, dict):
            yield f"channels.{index}", channel


def _tables(given: Any) -> dict[str, dict[str, Any]]:
    return {key: one for key, one in given.items() if isinstance(one, dict)} if isinstance(given, dict) else {}
