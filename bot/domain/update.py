"""Update: what is to be said to the customer now: the case as it stands, and what came out since the last contact.

No person is named in it, and no note stands in it. Wording is in handlers/views/draft.py.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.area import Area
from bot.domain.case import Case
from bot.domain.clock_messages import VendorAnswered
from bot.domain.contact import suggested
from bot.domain.messages import CaseResolved, ContactMade, Fact, FindingReported, Verdict
from bot.domain.outward import Inside, kept, outward
from bot.domain.sla import unanswered
from bot.domain.values import AreaKey, Instant, Value
from bot.domain.vendor import waiting as asked

STANDS = timedelta(minutes=15)
"""Ours: a promise at least so far away stands as the next contact; a nearer one is what this update keeps."""
EVIDENCE, ACTION, IMPACT = 300, 300, 400
"""Ours: what a form's 3,000 characters leave room for."""
_WAITED_FOR = ("waiting for the ", "waiting for ", "wait for the ", "wait for ", "待ち", "を待つ", "待つ")


class Looked(Value):
    """An area as the customer may hear of it."""

    name_en: str
    name_ja: str
    verdict: Verdict | None = None
    evidence: str = ""
    outside: bool = False
    """The question was put to somebody outside, whose name is not for the customer."""
    fresh: bool = False
    """Reported since the last contact."""
    again: bool = False
    """The customer may have heard something else of it: it is looked at once more, or came out differently."""


class Update(Value):
    """What there is to say."""

    at: Instant
    told_at: Instant | None
    """The last contact; None where the customer has heard nothing from us."""
    late: bool
    """The contact was due before."""
    wrote_at: Instant | None
    resolved_at: Instant | None
    how: str = ""
    """What restored the service."""
    customer: str
    reference: str
    title: str
    impact: tuple[str, ...]
    deadline: Instant | None
    deadline_text: str
    areas: tuple[Looked, ...]
    """Those that are looked at or have a result."""
    others_asked: bool
    """Somebody outside has a question of ours."""
    others_answered: bool
    """Somebody outside has answered since the last contact."""
    paused: bool
    """Work waits for the customer."""
    awaited: str
    """What the customer is asked for."""
    due: Instant | None
    """The next contact; None where none is owed."""
    action: str
    """What was promised for it; empty where that is to be said anew."""
    withheld: bool
    """Something that was typed is not said, or not as it was typed."""

    @property
    def results(self) -> tuple[Looked, ...]:
        """What came out since the last contact."""
        return tuple(one for one in self.areas if one.fresh and one.verdict != "waiting")

    @property
    def news(self) -> bool:
        """Whether anything came out since the last contact."""
        return bool(self.results or self.others_answered or self.resolved_at)

    def of(self, verdict: Verdict | None) -> tuple[Looked, ...]:
        """The areas that stand so; None for those that are being looked at."""
        return tuple(one for one in self.areas if one.verdict == verdict)


def update(case: Case, facts: Sequence[Fact], now: datetime, inside: Inside) -> Update:
    """What the customer should hear, from the facts so far."""
    before, since = _split(facts)
    owed = unanswered(case)
    due, action = _next(case, now)
    resolved = case.status != "open"
    how = next((fact.how for fact in reversed(facts) if isinstance(fact, CaseResolved)), "") if resolved else ""
    awaited = case.paused.reason if case.paused else ""
    impact = case.impact.splitlines()
    typed = [how, awaited, action, case.title, case.deadline_text, *impact, *_evidence(case)]
    return Update(
        at=now,
        told_at=before[-1].at if before else None,
        late=bool(owed and now > owed[0].due),
        wrote_at=case.wrote_at,
        resolved_at=case.resolved_at if resolved else None,
        how=outward(how, inside, EVIDENCE),
        customer=case.customer,
        reference=case.reference,
        title=outward(case.title, inside, 150),
        impact=_shortened(impact, inside),
        deadline=case.deadline,
        deadline_text=outward(case.deadline_text, inside, 100),
        areas=tuple(_looked(case, area, before, since, inside) for area in case.areas if not area.unseen),
        others_asked=bool(asked(case)),
        others_answered=any(isinstance(fact, VendorAnswered) for fact in since),
        paused=case.paused is not None,
        awaited=_asked_for(outward(awaited, inside, ACTION)),
        due=due,
        action=outward(action, inside, ACTION),
        withheld=not all(kept(text, inside) for text in typed),
    )


def _split(facts: Sequence[Fact]) -> tuple[Sequence[Fact], Sequence[Fact]]:
    """The facts up to and with the last contact, and those after it."""
    last = max((place for place, fact in enumerate(facts, 1) if isinstance(fact, ContactMade)), default=0)
    return facts[:last], facts[last:]


def _next(case: Case, now: datetime) -> tuple[datetime | None, str]:
    if case.status != "open":
        return None, ""
    if case.promise is not None and case.promise.due - now > STANDS:
        return case.promise.due, case.promise.action
    return suggested(case, now), ""


def _evidence(case: Case) -> Iterator[str]:
    outside = _outside(case)
    yield from (area.evidence for area in case.areas if area.key not in outside)
    yield from (area.name_en for area in case.areas if area.key.startswith("own-"))


def _outside(case: Case) -> frozenset[AreaKey]:
    """The areas that are, or wait for, a question to somebody outside."""
    waits = {vendor.area for vendor in asked(case) if vendor.area}
    return frozenset(area.key for area in case.areas if area.key.startswith("vendor-") or area.key in waits)


def _looked(case: Case, area: Area, before: Sequence[Fact], since: Sequence[Fact], inside: Inside) -> Looked:
    asked_outside = area.key in _outside(case)
    secret = asked_outside and area.verdict in (None, "waiting")
    earlier = _verdict(before, area.key)
    fresh = area.verdict is not None and _verdict(since, area.key) is not None
    return Looked(
        name_en=outward(area.name_en, inside, 100),
        name_ja=outward(area.name_ja, inside, 100),
        verdict=area.verdict,
        evidence="" if secret else outward(area.evidence, inside, EVIDENCE),
        outside=area.key.startswith("vendor-"),
        fresh=fresh,
        again=earlier not in (None, "waiting", area.verdict) and (earlier, area.verdict) != ("suspect", "cause"),
    )


def _verdict(facts: Sequence[Fact], key: AreaKey) -> Verdict | None:
    """The last result of an area among these facts."""
    found = (fact.verdict for fact in reversed(facts) if isinstance(fact, FindingReported) and fact.area == key)
    return next(found, None)


def _shortened(lines: Sequence[str], inside: Inside) -> tuple[str, ...]:
    """As many whole lines as there is room for."""
    said: list[str] = []
    room = IMPACT
    for line in lines:
        line = outward(line, inside, max(room, 0))
        room -= len(line) + 1
        if line:
            said.append(line)
    return tuple(said)


def _asked_for(reason: str) -> str:
    """What is waited for, without the waiting: `ログのご送付待ち` is `ログのご送付`."""
    for words in _WAITED_FOR:
        if words.isascii() and reason.lower().startswith(words):
            return reason[len(words) :]
        if reason.endswith(words):
            return reason[: -len(words)]
    return reason
