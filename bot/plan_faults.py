"""Plan faults: what is wrong with a channel that chooses by plan, read from the file as it is, and the right form."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.policies import SEVERITIES


def plan_faults(given: Mapping[str, Any], policies: Any, calendars: Any) -> Iterator[str]:
    """Plans that could lead a case to a calendar of a country that nobody named: it could not be opened."""
    if not isinstance(policies, dict) or not isinstance(calendars, dict):
        return  # told by the model: expected a table
    channels = given.get("channels", [])
    listed = enumerate(channels if isinstance(channels, list) else [])
    grounds = [("defaults", given.get("defaults")), *((f"channels.{index}", channel) for index, channel in listed)]
    for where, rules in grounds:
        if not isinstance(rules, dict) or rules.get("customer_country"):
            continue
        if rules.get("by_plan") is True:
            yield (
                f"{where}.customer_country: by_plan may choose a calendar that keeps the customer's holidays: "
                'give a country such as "JP"'
            )
            continue
        plans = rules.get("plans")
        for plan, policy in plans.items() if isinstance(plans, dict) else ():
            for calendar in _of_customer(policies.get(policy) if isinstance(policy, str) else None, calendars):
                yield (
                    f"{where}.customer_country: the calendar {calendar!r} of plans.{plan} keeps the customer's "
                    'holidays: give a country such as "JP"'
                )


def _of_customer(policy: Any, calendars: Mapping[str, Any]) -> Iterator[str]:
    """The calendars of a policy that keep the customer's holidays, each once."""
    named: dict[str, None] = {}
    for severity in SEVERITIES:
        terms = policy.get(severity) if isinstance(policy, dict) else None
        for table in (terms, *(one for _, one in _tables(terms.get("language")))) if isinstance(terms, dict) else ():
            if isinstance(calendar := table.get("calendar"), str):
                named[calendar] = None
    for calendar in named:
        rules = calendars.get(calendar)
        holidays = rules.get("holidays", ()) if isinstance(rules, dict) else ()
        if holidays == "customer" or (isinstance(holidays, list) and "customer" in holidays):
            yield calendar


def _tables(given: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(given, dict):
        yield from ((str(key), table) for key, table in given.items() if isinstance(table, dict))
