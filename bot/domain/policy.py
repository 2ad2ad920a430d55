"""Policy: what a contract asks of us, per severity, and the terms that a case keeps from it.

A case copies its `Terms` when it opens, so that a changed configuration never moves a running promise.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_serializer, model_validator

from bot.domain.calendar import Calendar
from bot.domain.clock import ClockName
from bot.domain.duration import Duration, Span, read_duration, write_duration
from bot.domain.plan import Confidence
from bot.domain.published import PublishedPolicy, PublishedTerms
from bot.domain.values import Language, Severity, Value

ROUND_THE_CLOCK = "24x7"
"""The calendar that is always open."""


class When(Value):
    """A moment on a clock: a share of it, so long before its end, at its end, or so long after."""

    kind: Literal["percent", "before", "due", "after"]
    percent: int = 0
    offset: Duration = timedelta(0)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        return given if isinstance(given, dict) else _read_when(str(given))

    @model_validator(mode="after")
    def _can_be_read_back(self) -> Self:
        _read_when(str(self))
        return self

    @model_serializer
    def _write(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if self.kind == "percent":
            return f"{self.percent}%"
        return "due" if self.kind == "due" else f"{write_duration(self.offset)} {self.kind}"

    def moment(self, start: datetime, due: datetime) -> datetime:
        """The instant this falls on, for a clock that runs from `start` to `due`."""
        match self.kind:
            case "percent":
                return start + (due - start) * self.percent / 100
            case "before":
                return due - self.offset
            case "after":
                return due + self.offset
            case _:
                return due


def _read_when(text: str) -> dict[str, Any]:
    words = text.strip().lower().removeprefix("at ").split()
    if words == ["due"]:
        return {"kind": "due"}
    if len(words) == 1 and words[0].endswith("%") and words[0][:-1].isdecimal() and 0 < int(words[0][:-1]) < 100:
        return {"kind": "percent", "percent": int(words[0][:-1])}
    if len(words) == 2 and words[1] in ("before", "after"):
        return {"kind": words[1], "offset": read_duration(words[0])}
    raise ValueError(f'expected a checkpoint such as "50%", "10m before", "due" or "5m after", not {text!r}')


CheckedVerb = Literal["severity", "plan", "pause", "resolve", "close"]
"""The verbs that may wait for a second person: those that hold the case to less, make clocks wait or end it. Contacts,
promises, drafts, notes and telling somebody can't be named: telling the customer waits for nobody."""
_NEVER_CHECKED = ("contacted", "next", "draft", "tell", "note")


def _can_wait(given: Any) -> Any:
    """Say why, where somebody wants a check before the customer is told."""
    for verb in given if isinstance(given, list | tuple) else ():
        if verb in _NEVER_CHECKED:
            raise ValueError(f'"{verb}" can never wait for a check: it never blocks telling the customer')
    return given


CheckedVerbs = Annotated[tuple[CheckedVerb, ...], BeforeValidator(_can_wait)]
Tell = Literal["owner", "backup", "holders", "lead", "channel"]


class Step(Value):
    """One rung of the ladder: so long after a clock ran out unanswered, tell these."""

    after: Duration
    tell: Tell


class Terms(Value):
    """What one case is held to: spans, calendar, checkpoints and ladder, copied when it opens."""

    policy: str
    version: str
    severity: Severity
    confidence: Confidence = "ours"
    source: str = ""
    calendar: Calendar | None = None
    """In which first response, next reply and resolution are counted; None counts round the clock."""
    first_response: Span | None = None
    next_contact: Duration | None = None
    """The longest time between two contacts unless a longer one is agreed with a reason. Always elapsed time."""
    next_reply: Span | None = None
    resolution: Span | None = None
    next_contact_required: bool = True
    first_response_checkpoints: tuple[When, ...] = ()
    next_contact_checkpoints: tuple[When, ...] = ()
    next_reply_checkpoints: tuple[When, ...] = ()
    deadline_checkpoints: tuple[When, ...] = ()
    resolution_checkpoints: tuple[When, ...] = ()
    vendor_checkpoints: tuple[When, ...] = ()
    ladder: tuple[Step, ...] = ()
    repeat: Duration | None = None
    """After the last step of the ladder, say it again this often until somebody acts."""
    hold: Duration = timedelta(minutes=15)
    """How long an acknowledgement keeps the ladder quiet, at most."""
    alone_after: Duration | None = None
    """How long the owner is alone before the team is asked; None asks nobody."""
    stuck_after: Duration | None = None
    """How long the owner may have no next action before some are offered; None offers none."""
    quiet_claims: bool = False
    """Whether whoever holds an area is asked for news after half of `next_contact`, and others after the whole."""

    double_check: tuple[CheckedVerb, ...] = ()
    """The verbs that need a second person's check first."""

    def checkpoints_of(self, clock: ClockName) -> tuple[When, ...]:
        """The moments at which somebody is told of this clock. A look-again speaks when it is due, and once."""
        if clock == "look-again":
            return (When(kind="due"),)
        found: tuple[When, ...] = getattr(self, f"{clock.replace('-', '_')}_checkpoints")
        return found


_DUE = (When(kind="due"),)


class LanguageTerms(Value):
    """What differs for cases in one language. `[policies.NAME.A.language.en]`"""

    calendar: str | None = None
    first_response: Span | None = None
    next_contact: Duration | None = None
    next_reply: Span | None = None
    resolution: Span | None = None


class SeverityTerms(PublishedTerms):
    """One severity of a policy as the configuration file writes it."""

    calendar: str = ROUND_THE_CLOCK
    """In which first response, next reply and resolution are counted, by its name under `[calendars]`."""
    confidence: Confidence = "ours"
    """Where the figures come from: `confirmed`, `secondary`, `unconfirmed` or `ours`."""
    source: str = ""
    """The page they were read on."""
    first_response: Span | None = None
    next_contact: Duration | None = None
    next_reply: Span | None = None
    resolution: Span | None = None
    next_contact_required: bool = True
    first_response_checkpoints: tuple[When, ...] = _DUE
    next_contact_checkpoints: tuple[When, ...] = _DUE
    next_reply_checkpoints: tuple[When, ...] = _DUE
    deadline_checkpoints: tuple[When, ...] = _DUE
    resolution_checkpoints: tuple[When, ...] = _DUE
    vendor_checkpoints: tuple[When, ...] = _DUE
    ladder: tuple[Step, ...] = ()
    repeat: Duration | None = None
    hold: Duration = timedelta(minutes=15)
    alone_after: Duration | None = None
    """After so long with nobody but the owner the channel is asked, and after twice as long the `duty_group`."""
    stuck_after: Duration | None = None
    """After so long without a next contact its owner is offered next actions."""
    quiet_claims: bool = True
    """Whether a claim without news for half of `next_contact` is asked about, and after the whole offered to others."""
    double_check: CheckedVerbs = ()
    """The verbs that need a second person's check first, such as `["severity", "close"]`: severity (lowering it), plan,
    pause, resolve, close. Telling the customer never waits for one."""
    language: dict[Language, LanguageTerms] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _promises_can_be_kept(self) -> Self:
        if self.next_contact_required and self.next_contact is None:
            raise ValueError('next_contact_required needs next_contact, for example next_contact = "1h"')
        if self.next_contact_required and self.first_response is None:
            raise ValueError('next_contact_required needs first_response, for example first_response = "15m"')
        afters = [step.after for step in self.ladder]
        if afters != sorted(afters):
            raise ValueError("the ladder climbs: each step needs a later `after` than the one before")
        if self.repeat is not None and (not self.ladder or self.ladder[-1].tell != "channel"):
            raise ValueError('repeat calls the channel again: the ladder has to end with tell = "channel"')
        for name in (*_CHECKPOINTS, "ladder"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                raise ValueError(f"{name} says the same twice")
        return self

    @model_validator(mode="after")
    def _moments_lie_on_their_clock(self) -> Self:
        """A moment so long before the end that its clock has not begun would never come."""
        for name in ("first_response", "next_reply", "resolution"):
            target: Span | None = getattr(self, name)
            length = target.time if target else None
            for when in getattr(self, f"{name}_checkpoints") if length else ():
                if when.kind == "before" and when.offset >= length and self.calendar == ROUND_THE_CLOCK:
                    raise ValueError(
                        f'{name}_checkpoints: "{when}" lies before a clock of {write_duration(length)} begins'
                    )
        if self.calendar == ROUND_THE_CLOCK and any(
            span is not None and span.working_days for span in (self.first_response, self.next_reply, self.resolution)
        ):
            raise ValueError('a span in working days such as "1bd" needs a calendar, for example "local-0900-1700"')
        return self

    def calendars(self) -> tuple[str, ...]:
        """The calendars it names, languages included."""
        others = (terms.calendar for terms in self.language.values() if terms.calendar is not None)
        return tuple(dict.fromkeys((self.calendar, *others)))


_CHECKPOINTS = tuple(name for name in SeverityTerms.model_fields if name.endswith("_checkpoints"))


class Policy(PublishedPolicy):
    """The terms per severity under one name."""

    version: str = "1"
    source: str = ""
    A: SeverityTerms | None = None
    B: SeverityTerms | None = None
    C: SeverityTerms | None = None
    name: str = Field(default="")

    def terms(
        self, severity: Severity, language: Language | None = None, calendars: Mapping[str, Calendar] | None = None
    ) -> Terms | None:
        """The terms a case of this severity and language opens under, or None where the policy has none for it.

        `calendars` are resolved for the case's customer, by name; one that is missing counts round the clock.
        """
        wanted: SeverityTerms | None = getattr(self, severity)
        if wanted is None:
            return None
        said = {name: value for name, value in wanted if name in Terms.model_fields}
        if language in wanted.language:
            said |= {name: value for name, value in wanted.language[language] if value is not None}
        calendar = (calendars or {}).get(said["calendar"])
        said["calendar"] = None if calendar is None or calendar.always else calendar
        said["source"] = wanted.source or self.source
        return Terms(policy=self.name, version=self.version, severity=severity, **said)
