"""Shipped: the presets that come with Jibungoto, each read once."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import TypeAdapter

from bot.domain.access import Roles, Verb
from bot.domain.family import Family, families_from
from bot.domain.plan import Plan, plans_from
from bot.domain.runbook import Runbook
from bot.first_moves import Check
from bot.policies import Table, table_of
from bot.runbooks import examples


def shipped(name: str) -> str:
    """The text of a preset that comes with Jibungoto."""
    return files("bot.presets").joinpath(name).read_text(encoding="utf-8")


@cache
def shipped_families() -> tuple[Family, ...]:
    """The product families that come with Jibungoto, read once: the file takes longer to parse than all the rest."""
    return families_from(_read_yaml("isolation-areas.yaml"))


@cache
def shipped_checks() -> dict[str, tuple[Check, ...]]:
    """The first checks of each family, beside those of every case."""
    listed = tomllib.loads(shipped("first-checks.toml"))
    return {family: tuple(Check.model_validate(one) for one in checks) for family, checks in listed.items()}


@cache
def shipped_runbooks() -> tuple[Runbook, ...]:
    """The runbooks that come with Jibungoto as examples, read once."""
    return examples(shipped_families())


@cache
def shipped_plans() -> tuple[Plan, ...]:
    """The vendors' plans that come with Jibungoto, as they were published."""
    return plans_from(_read_yaml("sla-presets.yaml"), tomllib.loads(shipped("plan-names.toml")))


@cache
def shipped_policies() -> dict[str, Table]:
    """The policies that come with Jibungoto, as tables: our own, and one for each plan."""
    ours: dict[str, Table] = tomllib.loads(shipped("policies.toml"))["policies"]
    return ours | {plan.key: table_of(plan, ours["standard"]) for plan in shipped_plans()}


def _read_yaml(name: str) -> Any:
    # The parser in C reads it ten times as fast; not every build of PyYAML has it.
    return yaml.load(shipped(name), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def shipped_access() -> dict[Verb, Roles]:
    """Who may do what where the configuration says nothing."""
    table = tomllib.loads(shipped("access.toml"))["access"]
    return TypeAdapter(dict[Verb, Roles]).validate_python(table)
