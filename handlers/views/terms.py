"""Terms: what a case is held to now, and what could be doubted about it."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.case import Case
from bot.domain.duration import Span
from bot.domain.policy import CheckedVerb, Policy
from bot.domain.values import Language, name_of
from bot.settings import Configuration
from handlers.views import checks, parts, policies
from handlers.views.buttons import act, row
from handlers.views.parts import Message
from handlers.views.pen import Pen, pens


def terms(case: Case, config: Configuration, language: Language, zone: str) -> Message:
    """The terms of the case, where their figures come from, and how to change them."""
    rich, plain = pens(language, zone, private=True)
    policy = config.policies.get(case.terms.policy)
    buttons = row(case, "terms", [act(rich, case, "plan"), act(rich, case, "severity"), act(rich, case, "clocks")])
    return Message(
        text=parts.fitting(_lines(plain, case, policy), parts.TEXT),
        blocks=(parts.section(parts.fitting(_lines(rich, case, policy), parts.SECTION)), buttons),
    )


def _lines(pen: Pen, case: Case, policy: Policy | None) -> list[str]:
    held = case.terms
    name = f"{held.policy} {held.version}" + (f" ({policy.label})" if policy and policy.label else "")
    hours = held.calendar
    lines = [
        pen.bold(
            pen.say("{case} is held to {policy}, severity {severity}", case=name_of(case.number),
                    policy=parts.typed(name, 150), severity=held.severity)
        ),
        _target(pen, pen.clock("first-response"), held.first_response),
        _longest(pen, held.next_contact),
        _target(pen, pen.clock("next-reply"), held.next_reply),
        _target(pen, pen.clock("resolution"), held.resolution),
        pen.say("Counted round the clock.") if hours is None else
        pen.say("Counted in the hours of {calendar}.", calendar=parts.typed(hours.name, 60)),
        policies.doubt(held, pen.language),
        _checked(pen, held.double_check),
        *(pen.say("Scope: {scope}", scope=parts.typed(note, 300)) for note in (policy.scope if policy else ())),
    ]  # fmt: skip
    if policy is not None and policy.version != held.version:
        lines.append(pen.say("The settings say version {version} now: `plan {number} apply` with a reason takes it.",
                             version=parts.typed(policy.version, 40), number=case.number))  # fmt: skip
    return [line for line in lines if line]


def _checked(pen: Pen, verbs: Sequence[CheckedVerb]) -> str:
    if not verbs:
        return ""
    said = pen.texts.listed([pen.say(checks.RISKS[verb]) for verb in verbs])
    return pen.say("A second person checks first: {what}. Telling the customer never waits for it.", what=said)


def _target(pen: Pen, name: str, span: Span | None) -> str:
    if span is None:
        return ""
    length = pen.count("{n} working day", "{n} working days", span.working_days)
    return f"{name}: {length if span.working_days else pen.lasting(span.time)}"


def _longest(pen: Pen, longest: timedelta | None) -> str:
    return pen.say("Next contact: within {length}", length=pen.lasting(longest)) if longest else ""
