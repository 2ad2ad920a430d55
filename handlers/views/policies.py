"""Policies: the list of them and one of them for the command line, and what is doubtful about a policy's figures."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from bot.domain.duration import Span
from bot.domain.plan import OURS, Confidence, Level
from bot.domain.policy import Policy, SeverityTerms
from bot.domain.values import Language, Severity
from bot.policies import in_hours
from handlers.views.texts import Texts, mark, texts

SEVERITIES: tuple[Severity, ...] = ("A", "B", "C")
MARKS: dict[Confidence, str] = {"confirmed": "", "secondary": "~", "unconfirmed": "?", "ours": "*"}
"""What stands behind a figure in the list."""
CONFIDENCES: dict[Confidence, str] = {
    "confirmed": mark("read on the vendor's own page"),
    "secondary": mark("read on a partner's, a community's or an older page"),
    "unconfirmed": mark("not seen on any page: ask before you rely on it"),
    "ours": mark("no vendor's: your own, or ours"),
}
STATUSES = {
    "current": mark("sold today"),
    "legacy": mark("no longer sold"),
    "example": mark("example"),
}


class Held(Protocol):
    """What a case is held to, or would be."""

    @property
    def policy(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def confidence(self) -> Confidence: ...
    @property
    def source(self) -> str: ...


# ---------------------------------------------------------------- doubt


def doubt(terms: Held, language: Language) -> str:
    """The sentence that says why these figures should be checked against the contract, or nothing."""
    return _doubt(texts(language), terms.policy, terms.severity, terms.confidence, terms.source)


def doubts(policy: Policy, severities: Iterable[Severity], language: Language) -> list[str]:
    """Every sentence of that kind about the policy at these severities, each once."""
    say = texts(language)
    found = []
    if policy.status == "example":
        found.append(say.say("{policy} is an example, not your contract.", policy=policy.name))
    by_page: dict[tuple[Confidence, str], list[str]] = {}
    for severity in severities:
        if terms := _of(policy, severity):
            by_page.setdefault((terms.confidence, terms.source), []).append(severity)
    for (confidence, source), alike in by_page.items():
        found.append(_doubt(say, policy.name, say.listed(alike), confidence, source))
    return [sentence for sentence in found if sentence]


def _doubt(say: Texts, policy: str, severity: str, confidence: Confidence, source: str) -> str:
    about = {"policy": policy, "severity": severity, "source": source}
    if confidence == "secondary":
        return say.say(
            "The figures of {policy} for severity {severity} come from a partner's, a community's or an older page and "
            "not from the vendor's own: check them against the contract ({source}).",
            **about,
        )
    if confidence == "unconfirmed":
        return say.say(
            "The figures of {policy} for severity {severity} have not been seen on the vendor's page: check them "
            "against the contract ({source}).",
            **about,
        )
    return ""


# ---------------------------------------------------------------- the list


class Line(NamedTuple):
    """One policy in the list."""

    key: str
    vendor: str
    plan: str
    status: str
    terms: tuple[str, ...]


class Listing(NamedTuple):
    """The list of policies, in words."""

    title: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    legend: tuple[str, ...]


def listing(
    policies: Iterable[Policy], language: Language, *, vendor: str = "", confidence: Confidence | None = None
) -> Listing:
    """The policies with what they promise first, by severity; those of one vendor or with figures so sure, if asked."""
    say = texts(language)
    shown = tuple(_line(say, policy) for policy in policies if _wanted(policy, vendor, confidence))
    headings = (
        say.say("Policy"),
        say.say("Vendor"),
        say.say("Plan"),
        say.say("Status"),
        *(say.say("Severity {severity}", severity=severity) for severity in SEVERITIES),
    )
    legend = [f"{sign} {say.say(CONFIDENCES[one])}" for one, sign in MARKS.items() if sign]
    legend += [
        say.say("Each figure is the first response and the calendar in which it is counted. Without a mark it was read "
                "on the vendor's own page."),
        say.say("In brackets: the vendor's less severe levels of the same severity, or another calendar by language."),
        say.say("`jibungoto policies NAME` prints one to copy into your file and edit."),
    ]  # fmt: skip
    title = say.count("{n} policy", "{n} policies", len(shown))
    return Listing(title, headings, shown, tuple(legend))


def _wanted(policy: Policy, vendor: str, confidence: Confidence | None) -> bool:
    if vendor and vendor.casefold() not in f"{policy.vendor} {policy.label} {policy.name}".casefold():
        return False
    return confidence is None or confidence in {
        one for severity in SEVERITIES for one in _all_of(_of(policy, severity))
    }


def _all_of(terms: SeverityTerms | None) -> Iterator[Confidence]:
    """How sure the figures of a severity are, those of its further levels among them."""
    if terms is not None:
        yield terms.confidence
        yield from (level.confidence for level in terms.also)


def _line(say: Texts, policy: Policy) -> Line:
    status = say.say(STATUSES[policy.status]) if policy.status else "–"
    terms = tuple(_cell(say, _of(policy, severity)) for severity in SEVERITIES)
    return Line(policy.name, policy.vendor or "–", policy.plan or policy.label or "–", status, terms)


def _cell(say: Texts, terms: SeverityTerms | None) -> str:
    if terms is None:
        return "–"
    figure = f"{_span(say, terms.first_response)}{MARKS[terms.confidence]} {terms.calendar}"
    others = [_further(say, level, terms) for level in terms.also]
    others += [f"{language}: {one.calendar}" for language, one in terms.language.items() if one.calendar]
    brackets = f" ({say.listed(others)})" if others else ""
    return f"{figure}{brackets}"


def _further(say: Texts, level: Level, terms: SeverityTerms) -> str:
    elsewhere = "" if level.calendar == terms.calendar else f" {level.calendar}"
    return f"{_span(say, level.first_response)}{MARKS[level.confidence]}{elsewhere}"


def _span(say: Texts, span: Span | None) -> str:
    return in_hours(span) if span else say.say("none published")


# ---------------------------------------------------------------- one of them


def preface(policy: Policy, language: Language, *, own: bool) -> list[str]:
    """The lines of comment above a policy that is printed to be copied."""
    say = texts(language)
    lines = []
    if policy.vendor:
        about = {"vendor": policy.vendor, "plan": policy.plan, "as_of": policy.as_of}
        lines.append(say.say("{vendor}: {plan}. Figures as of {as_of}.", **about))
    if policy.status:
        lines.append(say.say("Status: {status}", status=say.say(STATUSES[policy.status])))
    lines += doubts(policy, SEVERITIES, language)
    if any(terms.next_contact_source == OURS for severity in SEVERITIES if (terms := _of(policy, severity))):
        lines.append(say.say("The vendor publishes no time between contacts: where its source says ours, it is ours."))
    if not own:
        lines += [
            say.say("Copy it into your file to change it: under this name it replaces the shipped one."),
            say.say("Where you change a figure, change its source and confidence, too."),
        ]
    return lines


def _of(policy: Policy, severity: Severity) -> SeverityTerms | None:
    found: SeverityTerms | None = getattr(policy, severity)
    return found
